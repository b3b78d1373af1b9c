"""Linear programs: the least cost under limits, with what each row is worth, by HiGHS.

The only file that speaks with HiGHS (Huangfu and Hall 2018, "Parallelizing the dual revised simplex method"), by way of
`highspy`, which loads in a fraction of the time that `scipy.optimize` takes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.int32]


SIMPLEX, PRIMAL = "simplex", 4
"""What HiGHS calls the simplex method, and its primal strategy."""


class LinearError(Exception):
    """A program that makes no sense, or that HiGHS would not take: a mistake in Kring, never of a user."""


class Method(Enum):
    """How to solve."""

    DUAL_SIMPLEX = SIMPLEX
    INTERIOR_POINT = "ipx"
    """with crossover at the end, so that the duals are those of a vertex"""


class End(Enum):
    """How it ended."""

    OPTIMAL = "optimal"
    INFEASIBLE = "infeasible"
    UNBOUNDED = "unbounded"
    OUT_OF_TIME = "out of time"
    GAVE_UP = "gave up"


@dataclass(frozen=True, slots=True)
class Sparse:
    """A matrix by rows: row r has `value[i]` in column `index[i]` for i from `start[r]` to `start[r + 1] - 1`."""

    start: Places
    index: Places
    value: Floats

    @staticmethod
    def of(rows: ArrayLike, columns: ArrayLike, values: ArrayLike, *, height: int) -> Sparse:
        """The matrix that has these values in these rows and columns, each place named once."""
        row, column = np.asarray(rows, dtype=np.int32), np.asarray(columns, dtype=np.int32)
        order = np.argsort(row, kind="stable")
        start = np.zeros(height + 1, dtype=np.int32)
        np.cumsum(np.bincount(row, minlength=height), out=start[1:])
        return Sparse(start, column[order], np.asarray(values, dtype=np.float64)[order])


@dataclass(frozen=True, slots=True)
class LinearProgram:
    """The least `cost x` where `row_low <= rows x <= row_high` and `low <= x <= high`; a limit may be infinite."""

    cost: Floats
    rows: Sparse
    row_low: Floats
    row_high: Floats
    low: Floats
    high: Floats

    def __post_init__(self) -> None:
        rows = self.rows
        columns, height, entries = len(self.cost), len(rows.start) - 1, len(rows.value)
        if len(self.low) != columns or len(self.high) != columns:
            raise LinearError(f"{columns} columns with {len(self.low)} lower and {len(self.high)} upper limits")
        if len(self.row_low) != height or len(self.row_high) != height:
            raise LinearError(f"{height} rows with {len(self.row_low)} lower and {len(self.row_high)} upper limits")
        if len(rows.index) != entries or height < 0 or rows.start[0] != 0 or rows.start[-1] != entries:
            raise LinearError(f"rows from {rows.start[:1]} to {rows.start[-1:]} over {entries} entries")
        if (np.diff(rows.start) < 0).any():
            raise LinearError("rows that end before they start")
        if entries and (rows.index.min() < 0 or rows.index.max() >= columns):
            raise LinearError(f"entries in columns {rows.index.min()} to {rows.index.max()} of {columns}")
        if not (np.isfinite(self.cost).all() and np.isfinite(rows.value).all()):
            raise LinearError("a cost or an entry that is no finite number")
        if np.isnan([*self.row_low, *self.row_high, *self.low, *self.high]).any():
            raise LinearError("a limit that is no number")


@dataclass(frozen=True, slots=True)
class Optimum:
    """The least cost, where it is reached, and by how much it rises with each row's limit."""

    value: float
    x: Floats
    duals: Floats
    """above 0 where the lower limit of a row costs something, below 0 where the upper one does; either for equations"""


@dataclass(frozen=True, slots=True)
class Solved:
    """How it ended, and the optimum if it was reached."""

    end: End
    optimum: Optimum | None


@cache
def _highspy() -> Any:
    """Loaded when something is solved: only then is it needed."""
    import highspy  # noqa: PLC0415

    return highspy


def solve(
    program: LinearProgram,
    *,
    method: Method = Method.DUAL_SIMPLEX,
    seconds: float | None = None,
    threads: int = 1,
) -> Solved:
    """Solves a program, for so many seconds at most. The same program and threads give the same duals.

    HiGHS keeps one crew of threads for the whole process: whoever asks for more than one must always ask for as many.
    """
    if not len(program.cost):
        return _without_columns(program)
    highspy = _highspy()
    limit = {} if seconds is None else {"time_limit": float(seconds)}
    highs = _solver(solver=method.value, threads=threads, parallel="on" if threads > 1 else "off", **limit)
    if highs.passModel(_model(program)) == highspy.HighsStatus.kError:
        raise LinearError("HiGHS does not take this program")
    highs.run()
    kinds = highspy.HighsModelStatus
    ends = {
        kinds.kOptimal: End.OPTIMAL,
        kinds.kInfeasible: End.INFEASIBLE,
        kinds.kUnbounded: End.UNBOUNDED,
        kinds.kTimeLimit: End.OUT_OF_TIME,
    }
    end = ends.get(highs.getModelStatus(), End.GAVE_UP)
    return Solved(end, _optimum(highs) if end is End.OPTIMAL else None)


def _solver(**options: float | str) -> Any:
    """A silent HiGHS with these options."""
    highspy = _highspy()
    highs = highspy._core._Highs()  # the class above it prints a line of its own before it can be told not to
    for name, value in {"output_flag": False, **options}.items():
        if highs.setOptionValue(name, value) == highspy.HighsStatus.kError:
            raise LinearError(f"HiGHS does not take {name} = {value}")
    return highs


def _optimum(highs: Any) -> Optimum:
    found = highs.getSolution()
    x, duals = np.array(found.col_value, dtype=np.float64), np.array(found.row_dual, dtype=np.float64)
    return Optimum(float(highs.getInfo().objective_function_value), x, duals)


class Growing:
    """Equations over columns from 0 up, to which columns and equations are added from one solution to the next.

    Each solution goes on from the basis of the one before, by the primal simplex: new columns and other costs leave it
    feasible. The same changes in the same order give the same duals.
    """

    def __init__(self, right: Floats) -> None:
        highspy = _highspy()
        self._refused = highspy.HighsStatus.kError
        self._optimal = highspy.HighsModelStatus.kOptimal
        self._highs = _solver(solver=SIMPLEX, simplex_strategy=PRIMAL, threads=1, parallel="off")
        self.width = 0
        self.equations(right, Sparse.of([], [], [], height=len(right)))

    def equations(self, right: Floats, rows: Sparse) -> None:
        """Adds equations over the columns there are."""
        added = self._highs.addRows(len(right), right, right, len(rows.value), rows.start[:-1], rows.index, rows.value)
        self._told(added, f"{len(right)} equations")

    def columns(self, cost: Floats, columns: Sparse) -> None:
        """Adds columns, `columns` with one row for each."""
        if not len(cost):
            return
        low, high = np.zeros(len(cost)), np.full(len(cost), np.inf)
        added = self._highs.addCols(
            len(cost), cost, low, high, len(columns.value), columns.start[:-1], columns.index, columns.value
        )
        self._told(added, f"{len(cost)} columns")
        self.width += len(cost)

    def price(self, columns: Places, cost: Floats) -> None:
        """Sets what some columns cost."""
        if len(columns):
            self._told(self._highs.changeColsCost(len(columns), columns, cost), f"{len(cost)} costs")

    def solve(self) -> Optimum | None:
        """The optimum; None where there is none."""
        self._highs.run()
        return _optimum(self._highs) if self._highs.getModelStatus() == self._optimal else None

    def _told(self, status: object, what: str) -> None:
        if status == self._refused:
            raise LinearError(f"HiGHS does not take {what}")


def _model(program: LinearProgram) -> Any:
    highspy = _highspy()
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(program.cost), len(program.row_low)
    model.col_cost_, model.col_lower_, model.col_upper_ = program.cost, program.low, program.high
    model.row_lower_, model.row_upper_ = program.row_low, program.row_high
    matrix = model.a_matrix_
    matrix.format_ = highspy.MatrixFormat.kRowwise
    matrix.start_, matrix.index_, matrix.value_ = program.rows.start, program.rows.index, program.rows.value
    return model


def _without_columns(program: LinearProgram) -> Solved:
    """Nothing to choose: HiGHS calls such a program empty, whatever its rows say."""
    possible = (program.row_low <= 0).all() and (program.row_high >= 0).all()
    nothing = np.zeros(len(program.row_low))
    return Solved(End.OPTIMAL, Optimum(0.0, np.zeros(0), nothing)) if possible else Solved(End.INFEASIBLE, None)


def matched(worth: Sequence[Sequence[int]] | NDArray[np.int64]) -> list[int]:
    """The column of each row of a square table, each column once, so that the sum of what they are worth is largest."""
    from ortools.graph.python import linear_sum_assignment  # noqa: PLC0415

    table = np.asarray(worth, dtype=np.int64)
    if table.ndim != 2 or table.shape[0] != table.shape[1]:
        raise LinearError(f"a table of {table.shape} is not square")
    size = len(table)
    if not size:
        return []
    rows, columns = np.divmod(np.arange(size * size), size)
    matching = linear_sum_assignment.SimpleLinearSumAssignment()
    matching.add_arcs_with_cost(rows, columns, -table.ravel())
    if matching.solve() != matching.OPTIMAL:
        raise LinearError("no assignment, though every row may have every column")
    return [matching.right_mate(row) for row in range(size)]
