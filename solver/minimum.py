"""The least of a program, proven.

Whatever the linear solver says, its bound is computed again in whole numbers from rounded duals (Neumaier and
Shcherbina 2004, "Safe bounds in linear and mixed-integer linear programming"): any duals give a valid bound, good ones
a high one.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from solver.cp import cp_model, cp_solver
from solver.limits import Watch
from solver.linear import LinearProgram, Method, Sparse, solve
from solver.terms.common import Ints
from solver.terms.relaxed import Linear, Program

SMALL = 5_000
"""Columns up to which the dual simplex is the quicker method."""

SCALE, ROOM = 1 << 30, 1 << 62
"""Duals are rounded to this part of a unit, or to a larger one where sums would not stay below the room there is."""


def minimum(program: Program, goal: Linear, watch: Watch) -> int:
    """A proven lower limit of the goal over the program, rounded up, from the duals of a linear solver."""
    matrix = Matrix.of(program)
    cost = np.zeros(len(program.upper), dtype=np.int64)
    for column, amount in goal.columns.items():
        cost[column] = amount
    duals = solved_duals(matrix, cost, watch)
    return safe_bound(matrix, cost, duals) + goal.constant


def whole_minimum(program: Program, goal: Linear, watch: Watch, *, share: float, work: float) -> int:
    """A proven lower limit of the goal over the whole points of a program, by CP-SAT.

    share: of the time that is left. work: for one effort, in deterministic time.
    """
    model = cp_model.CpModel()
    columns = [model.new_int_var(0, upper, "") for upper in program.upper]

    def whole(expression: Linear) -> cp_model.LinearExpr:
        of = [columns[column] for column in expression.columns]
        return cp_model.LinearExpr.weighted_sum(of, list(expression.columns.values())) + expression.constant

    for expression, above in program.rows:
        model.add_linear_constraint(whole(expression), 0, cp_model.INT_MAX if above is None else above)
    model.minimize(whole(goal))
    effort = watch.limits.effort
    solver = cp_solver(workers=watch.limits.workers, work=None if effort is None else work * effort)
    solver.parameters.random_seed = watch.limits.seed % (1 << 31)
    solver.parameters.linearization_level = 2
    # Workers take turns where work is counted, so that a rerun gives the same limit.
    solver.parameters.interleave_search = watch.by_effort
    remaining = watch.remaining()
    if remaining is not None:
        solver.parameters.max_time_in_seconds = max(0.05, share * remaining)
    status, bound = solver.solve(model), solver.best_objective_bound
    # What columns may be, whatever the rows say.
    least = goal.constant + sum(min(0, amount * program.upper[column]) for column, amount in goal.columns.items())
    # Before anything is known, the limit reads as 0 or as minus infinity.
    known = status in (cp_model.OPTIMAL, cp_model.FEASIBLE) or (status == cp_model.UNKNOWN and bound > 0)
    return max(least, round(bound)) if known and isfinite(bound) else least


@dataclass(frozen=True, slots=True)
class Matrix:
    """A program as arrays: low <= A x <= high by rows, 0 <= x <= upper."""

    start: NDArray[np.int32]
    index: NDArray[np.int32]
    value: Ints
    low: Ints
    free_above: NDArray[np.bool_]
    """rows without an upper limit; the others are equations"""
    upper: Ints

    @staticmethod
    def of(program: Program) -> Matrix:
        """The arrays of a program."""
        lengths = [len(expression.columns) for expression, _ in program.rows]
        start = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
        index = np.fromiter((c for e, _ in program.rows for c in e.columns), dtype=np.int32, count=int(start[-1]))
        value = np.fromiter(
            (a for e, _ in program.rows for a in e.columns.values()), dtype=np.int64, count=int(start[-1])
        )
        low = np.array([-expression.constant for expression, _ in program.rows], dtype=np.int64)
        free = np.array([high is None for _, high in program.rows], dtype=np.bool_)
        return Matrix(start, index, value, low, free, np.array(program.upper, dtype=np.int64))


def solved_duals(matrix: Matrix, cost: Ints, watch: Watch) -> NDArray[np.float64]:
    """The row duals at the optimum that HiGHS finds; zeros where it finds none in the time."""
    columns, low = len(matrix.upper), matrix.low.astype(np.float64)
    remaining = watch.remaining()
    found = solve(
        LinearProgram(
            cost.astype(np.float64),
            Sparse(matrix.start, matrix.index, matrix.value.astype(np.float64)),
            low,
            np.where(matrix.free_above, np.inf, low),
            np.zeros(columns),
            matrix.upper.astype(np.float64),
        ),
        method=Method.DUAL_SIMPLEX if columns < SMALL else Method.INTERIOR_POINT,
        seconds=None if remaining is None else max(0.1, 0.9 * remaining),
    ).optimum
    if found is None or not np.isfinite(found.duals).all():
        return np.zeros(len(low))
    return found.duals


def safe_bound(matrix: Matrix, cost: Ints, duals: NDArray[np.float64]) -> int:
    """The bound that rounded duals prove, in whole numbers, rounded up."""
    rows = np.repeat(np.arange(len(matrix.low)), np.diff(matrix.start))
    parts = np.abs(matrix.value) * (np.abs(duals[rows]) + 1.0)
    sums = np.abs(cost) + np.bincount(matrix.index, parts, minlength=len(cost))
    largest = max(1.0, sums.max(initial=0.0), np.abs(duals).max(initial=0.0))
    scale = SCALE
    while scale > 1 and largest * scale >= ROOM:
        scale //= 2
    if largest * scale >= ROOM:
        duals = np.zeros(len(matrix.low))
    rounded = np.rint(duals * scale).astype(np.int64)
    # A row without an upper limit allows only duals that push upwards.
    rounded[matrix.free_above & (rounded < 0)] = 0
    reduced = cost * scale
    np.subtract.at(reduced, matrix.index, matrix.value * rounded[rows])
    negative = reduced < 0
    proven = sum(int(dual) * int(low) for dual, low in zip(rounded.tolist(), matrix.low.tolist(), strict=True))
    proven += sum(int(d) * int(u) for d, u in zip(reduced[negative], matrix.upper[negative], strict=True))
    return -(-proven // scale)
