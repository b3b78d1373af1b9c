"""The least of a program: never above the truth whatever the duals are, and with whole numbers the truth itself."""

from __future__ import annotations

import time
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver.limits import Limits, Watch
from solver.minimum import Matrix, safe_bound, whole_minimum
from solver.terms.relaxed import Linear, Program, total


def small_program(dice: np.random.Generator) -> tuple[Program, Linear]:
    """Three columns up to 3, two rows that at least the zero point or the full point keeps, and a goal."""
    program = Program()
    columns = [program.column(3) for _ in range(3)]
    for _ in range(2):
        weights = dice.integers(-3, 4, size=3)
        expression = total(int(w) * column for w, column in zip(weights, columns, strict=True))
        program.at_least_zero(expression + int(dice.integers(0, 4)))
    goal = total(int(w) * column for w, column in zip(dice.integers(-5, 6, size=3), columns, strict=True))
    return program, goal


def least(program: Program, goal: Linear) -> int:
    """The least of the goal over all whole points."""
    values = []
    for point in product(range(4), repeat=3):
        kept = all(
            sum(amount * point[column] for column, amount in expression.columns.items()) + expression.constant >= 0
            for expression, _ in program.rows
        )
        if kept:
            values.append(sum(amount * point[column] for column, amount in goal.columns.items()))
    return min(values)


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 1 << 32))
def test_any_duals_give_a_valid_bound(seed: int) -> None:
    """Neumaier and Shcherbina: a bound from rounded duals is below the least value, even when the duals are noise."""
    dice = np.random.default_rng(seed)
    program, goal = small_program(dice)
    times = 1 << int(dice.choice([0, 0, 31, 45, 58]))
    cost = np.zeros(3, dtype=np.int64)
    for column, amount in goal.columns.items():
        cost[column] = amount * times
    duals = dice.normal(size=2) * 3 * times
    assert safe_bound(Matrix.of(program), cost, duals) <= least(program, goal) * times


@pytest.mark.parametrize("cost", [1, 1 << 31, 1 << 45, 1 << 58])
def test_good_duals_give_the_bound_itself(cost: int) -> None:
    """x <= 3 and x + y >= 4, where y costs something: y is at least 1, and a dual as high proves it, however dear."""
    program = Program()
    x, y = program.column(3), program.column(9)
    program.at_least_zero(x + y - 4)
    assert safe_bound(Matrix.of(program), np.array([0, cost]), np.array([float(cost)])) == cost


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 1 << 32))
def test_whole_numbers_are_the_least_of_all_whole_points(seed: int) -> None:
    program, goal = small_program(np.random.default_rng(seed))
    watch = Watch(Limits(effort=1), time.monotonic)
    assert whole_minimum(program, goal + 5, watch, share=1.0, work=1.0) == least(program, goal) + 5


def test_where_nothing_is_known_columns_alone_are_a_limit() -> None:
    """x is at most 3 and would have to be 5: 1 - 2 x is no lower than -5, and that is all."""
    program = Program()
    x = program.column(3)
    program.at_least_zero(x - 5)
    watch = Watch(Limits(effort=1), time.monotonic)
    assert whole_minimum(program, -2 * x + 1, watch, share=1.0, work=1.0) == -5
