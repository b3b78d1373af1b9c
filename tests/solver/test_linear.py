"""Linear programs: duals that one can work out on paper, signs that a proof may stand on, and nothing printed."""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
import pytest
from numpy.typing import NDArray

from solver.linear import End, Growing, LinearError, LinearProgram, Method, Sparse, matched, solve

FREE = np.inf


def program(
    cost: list[float],
    rows: list[list[float]],
    row_limits: list[tuple[float, float]],
    limits: list[tuple[float, float]] | None = None,
) -> LinearProgram:
    """A program from a full table; columns are from 0 up where no limits are given."""
    table = np.array(rows, dtype=np.float64).reshape(len(rows), len(cost))
    row, column = np.nonzero(table)
    low, high = np.array(limits or [(0.0, FREE)] * len(cost)).reshape(-1, 2).T
    row_low, row_high = np.array(row_limits, dtype=np.float64).reshape(-1, 2).T
    sparse = Sparse.of(row, column, table[row, column], height=len(rows))
    return LinearProgram(np.array(cost), sparse, row_low, row_high, low, high)


@pytest.mark.parametrize("method", Method)
def test_a_row_that_asks_for_enough_has_a_dual_above_zero(method: Method) -> None:
    """2 a + 3 b with a + b >= 4 and a <= 3: a = 3 and b = 1 cost 9. One more asked for is one more b, so 3."""
    found = solve(program([2, 3], [[1, 1]], [(4, FREE)], [(0, 3), (0, FREE)]), method=method).optimum
    assert found is not None
    assert found.value == pytest.approx(9)
    assert found.x == pytest.approx([3, 1])
    assert found.duals == pytest.approx([3])


@pytest.mark.parametrize("method", Method)
def test_a_row_that_allows_no_more_has_a_dual_below_zero(method: Method) -> None:
    """-5 a - 4 b with a + b <= 10 and 2 a + b <= 16: a = 6, b = 4 cost -46; one more in the rows is worth 3 and 1."""
    found = solve(program([-5, -4], [[1, 1], [2, 1]], [(-FREE, 10), (-FREE, 16)]), method=method).optimum
    assert found is not None
    assert found.value == pytest.approx(-46)
    assert found.duals == pytest.approx([-3, -1])


@pytest.mark.parametrize(("cost", "dual"), [(4.0, 4.0), (-4.0, -4.0)])
def test_an_equation_has_a_dual_of_either_sign(cost: float, dual: float) -> None:
    """a = 2 by one equation: one more of it costs what a costs."""
    found = solve(program([cost], [[1]], [(2, 2)])).optimum
    assert found is not None
    assert found.value == pytest.approx(2 * cost)
    assert found.duals == pytest.approx([dual])


def test_a_row_that_binds_nothing_is_worth_nothing() -> None:
    """a + b >= 1 is slack where a is 5 anyhow."""
    found = solve(program([1, 1], [[1, 1], [1, 0]], [(1, FREE), (5, 5)])).optimum
    assert found is not None
    assert found.duals == pytest.approx([0, 1])


def random_program(dice: np.random.Generator) -> LinearProgram:
    """Up to four rows over up to four columns in boxes; a third of the rows are equations, one in nine is empty."""
    height, width = (int(n) for n in dice.integers(1, 5, size=2))
    table = dice.integers(-3, 4, size=(height, width)) * dice.integers(0, 2, size=(height, 1), endpoint=True)
    low = dice.integers(-4, 4, size=height)
    limits = [(float(n), float(n) if dice.random() < 0.35 else FREE) for n in low]
    boxes = [(0.0, float(dice.integers(0, 5))) for _ in range(width)]
    return program(dice.integers(-4, 5, size=width).tolist(), table.tolist(), limits, boxes)


def full(given: LinearProgram) -> NDArray[np.float64]:
    """The rows as a full table."""
    table = np.zeros((len(given.row_low), len(given.cost)))
    rows = np.repeat(np.arange(len(given.row_low)), np.diff(given.rows.start))
    table[rows, given.rows.index] = given.rows.value
    return table


def least_of_vertices(given: LinearProgram) -> float | None:
    """By brute force: the least cost over all points where as many limits meet as there are columns."""
    width = len(given.cost)
    table = np.vstack([full(given), np.eye(width)])
    low, high = np.concatenate([given.row_low, given.low]), np.concatenate([given.row_high, given.high])
    planes = [(row, side) for row, sides in enumerate(zip(low, high, strict=True)) for side in sides if side < FREE]
    costs = []
    for chosen in combinations(planes, width):
        square = table[[row for row, _ in chosen]]
        if abs(np.linalg.det(square)) < 1e-9:
            continue
        point = np.linalg.solve(square, [side for _, side in chosen])
        if (table @ point >= low - 1e-7).all() and (table @ point <= high + 1e-7).all():
            costs.append(float(given.cost @ point))
    return min(costs) if costs else None


@pytest.mark.parametrize("method", Method)
@pytest.mark.parametrize("seed", range(60))
def test_duals_prove_the_least_that_brute_force_finds(seed: int, method: Method) -> None:
    """Rows by their duals, and columns by what is then left of their cost, add up to the optimum and never to more."""
    given = random_program(np.random.default_rng(seed))
    least = least_of_vertices(given)
    solved = solve(given, method=method)
    if least is None:
        assert solved == solve(given, method=method)
        assert solved.end is End.INFEASIBLE
        return
    assert solved.optimum is not None
    duals = solved.optimum.duals
    assert solved.optimum.value == pytest.approx(least, abs=1e-6)
    assert (duals[given.row_high == FREE] >= -1e-9).all()
    left = given.cost - duals @ full(given)
    assert duals @ given.row_low + np.minimum(left, 0) @ given.high == pytest.approx(least, abs=1e-6)


def test_what_is_impossible_and_what_has_no_end_are_told_apart() -> None:
    """a <= 1 and a >= 2 is impossible; the cheaper the more, without a limit, has no optimum."""
    assert solve(program([1], [[1], [1]], [(-FREE, 1), (2, FREE)])).end is End.INFEASIBLE
    assert solve(program([-1], [[1]], [(0, FREE)])).end is End.UNBOUNDED


def test_out_of_time_has_no_optimum() -> None:
    """A program of 400 rows is not solved in no time, and that is no error."""
    dice = np.random.default_rng(1)
    table = (dice.integers(1, 9, size=(400, 800)) * (dice.random((400, 800)) < 0.05)).tolist()
    solved = solve(program(dice.random(800).tolist(), table, [(5, FREE)] * 400), seconds=0.0)
    assert solved.end is End.OUT_OF_TIME
    assert solved.optimum is None


def test_a_program_without_columns_is_possible_where_its_rows_allow_nothing() -> None:
    """Nothing to choose costs nothing, unless a row asks for something."""
    assert solve(program([], [[]], [(-1, 1)])).end is End.OPTIMAL
    assert solve(program([], [[]], [(1, 1)])).end is End.INFEASIBLE


def test_a_program_that_makes_no_sense_is_refused() -> None:
    """HiGHS would read beyond the arrays."""
    one = np.ones(1)
    with pytest.raises(LinearError, match="1 columns with 2 lower"):
        LinearProgram(one, Sparse.of([0], [0], [1], height=1), one, one, np.zeros(2), one)
    with pytest.raises(LinearError, match="columns 3 to 3 of 1"):
        LinearProgram(one, Sparse.of([0], [3], [1], height=1), one, one, one, one)
    with pytest.raises(LinearError, match="no finite number"):
        LinearProgram(np.array([np.nan]), Sparse.of([0], [0], [1], height=1), one, one, one, one)


def test_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    """Standard output is for proposals: HiGHS greets whoever makes one, unless it is told not to at once."""
    solve(program([2, 3], [[1, 1]], [(4, FREE)]))
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("size", range(7))
def test_an_assignment_is_the_best_of_all(size: int) -> None:
    """Compared with every permutation."""
    worth = np.random.default_rng(size).integers(-5, 9, size=(size, size))
    best = max(sum(int(worth[row, column]) for row, column in enumerate(p)) for p in permutations(range(size)))
    columns = matched(worth)
    assert sorted(columns) == list(range(size))
    assert sum(int(worth[row, column]) for row, column in enumerate(columns)) == best


@pytest.mark.parametrize("seed", range(30))
def test_a_program_that_grew_ends_where_a_fresh_one_does(seed: int) -> None:
    """Columns, an equation and another cost, one after the other: each optimum is that of the whole at once."""
    dice = np.random.default_rng(seed)
    right = dice.integers(1, 4, 4).astype(np.float64)
    table, cost = np.zeros((4, 0)), np.zeros(0)
    growing = Growing(right)

    def add(column: NDArray[np.float64], price: float) -> None:
        nonlocal table, cost
        rows = np.flatnonzero(column)
        growing.columns(np.array([price]), Sparse.of(np.zeros(len(rows)), rows, column[rows], height=1))
        table, cost = np.column_stack([table, column]), np.append(cost, price)

    def check() -> None:
        found = growing.solve()
        whole = solve(program(cost.tolist(), table.tolist(), [(float(x), float(x)) for x in right])).optimum
        assert found is not None
        assert whole is not None
        assert found.value == pytest.approx(whole.value)
        assert table @ found.x == pytest.approx(right)
        # No column is cheaper than what its rows are worth, and all rows together are worth the optimum.
        assert (cost - found.duals @ table >= -1e-6).all()
        assert found.duals @ right == pytest.approx(whole.value)

    for row in range(4):
        add(np.eye(4)[row], 50.0)  # dear, but with these there is always a solution
    for _ in range(3):
        add(dice.integers(0, 2, 4).astype(np.float64), float(dice.integers(1, 20)))
        check()
    cost[5] += 9
    growing.price(np.array([5], dtype=np.int32), cost[5:6])
    check()
    more = np.concatenate([np.zeros(4), dice.integers(0, 2, 3)])
    columns = np.flatnonzero(more)
    growing.equations(np.array([2.0]), Sparse.of(np.zeros(len(columns)), columns, more[columns], height=1))
    table, right = np.vstack([table, more]), np.append(right, 2.0)
    add(np.eye(5)[4], 50.0)
    check()
    add(np.ones(5), 3.0)
    check()


def test_a_program_that_grew_says_where_nothing_is_possible() -> None:
    """One column that would have to be 1 and 2 at once."""
    growing = Growing(np.array([1.0, 2.0]))
    growing.columns(np.array([1.0]), Sparse.of([0, 0], [0, 1], [1.0, 1.0], height=1))
    assert growing.solve() is None


def test_a_column_of_an_equation_that_is_not_there_is_an_error() -> None:
    """A mistake of ours does not become an answer."""
    growing = Growing(np.array([1.0]))
    with pytest.raises(LinearError, match="1 columns"):
        growing.columns(np.array([1.0]), Sparse.of([0], [5], [1.0], height=1))
