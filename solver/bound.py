"""Bounds: what no composition can be better than, and how that is known.

A linear relaxation over configurations, as in the p-median problem: networks that are alike are added up, and each
configuration fixes the option that some `best` terms choose, so that those become linear. Whatever the linear solver
says, the bound is computed again in whole numbers from its rounded duals (Neumaier and Shcherbina 2004, "Safe bounds in
linear and mixed-integer linear programming"): any duals give a valid bound, good ones a high one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import product
from math import gcd
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from solver.limits import Watch
from solver.linear import LinearProgram, Method, Sparse, solve
from solver.lower import Lowered, alike
from solver.lowering import Best, Count, Cover, Lead, Likeness, Pairs, Place, Term, Variety
from solver.price import Score
from solver.problem import Network
from solver.terms import best, count, cover, pairs, place, variety
from solver.terms.common import Ints, Priced
from solver.terms.model import GroupModel
from solver.terms.relaxed import Linear, Program, RelaxedGroup, total

LADDER = (1_000, 3_000, 9_000, 27_000)
"""People times configurations: the most for which a program is built, smallest first. More prove more, and slower."""

LARGEST = 9_000
"""People times classes of networks: above it there is no program, and the bound is 0."""

SURE = 3_000
"""The largest of the ladder where work is counted and no clock can stop it."""

GROWTH = 3.0
"""The time that a program takes grows about with this power of its columns."""

RULES_SHARE, RULES_UNTIL = 0.2, 0.8
"""Of the time that is left, the most that limits of single rules may take; of the limit, when to stop with them."""

NEXT_SHARE = 0.75
"""The most of the time that is left for the next program, as it is foreseen."""

SMALL = 5_000
"""Columns up to which the dual simplex is the quicker method."""

MOST_ASKS = 25_000
"""Asks times configurations: above it, `cover` terms are left out of the relaxation (their price counts as 0)."""

SCALE, ROOM = 1 << 30, 1 << 62
"""Duals are rounded to this part of a unit, or to a larger one where sums would not stay below the room there is."""


@dataclass(frozen=True, slots=True)
class Bound:
    """Proven lower limits of the objective and of the number of people waiting."""

    objective: int
    waiting: int


def least_waiting(lowered: Lowered) -> int:
    """People less seats: whoever has no seat waits."""
    problem = lowered.problem
    if problem.waiting_is_weighed:
        return 0
    return max(0, problem.pool.size - sum(network.max_size for network in problem.networks))


def relax(lowered: Lowered, *, most_waiting: int | None, score: Score, most_seats: int = SURE) -> Relaxation | None:
    """The relaxation of a problem among answers that let no more than so many wait; None where it would be too large.

    `score`, of a good answer, tells which rules cost most: their options make the configurations.
    """
    classes = alike(lowered)
    if lowered.problem.pool.size * len(classes) > LARGEST:
        return None
    costs = [scored.rule.weight * scored.penalty for scored in score.rules]
    return Relaxation(lowered, classes, most_waiting, costs, most_seats)


@dataclass(frozen=True, slots=True)
class Relaxed:
    """What relaxations have proven: a limit of the objective, and of each rule's penalty."""

    objective: int
    by_rule: tuple[int, ...]


def climb(
    lowered: Lowered,
    *,
    most_waiting: int,
    score: Score,
    watch: Watch,
    tell: Callable[[int], None] = lambda bound: None,
    share: float = NEXT_SHARE,
    ladder: Sequence[int] = LADDER,
) -> Relaxed:
    """The limits that ever larger relaxations prove, as far as the time goes; the first takes a blink.

    `share`: of the time that is left, the most for the next program. `ladder`: how large programs may be, in turn.
    """
    best = 0
    by_rule: tuple[int, ...] = (0,) * len(score.rules)
    columns, took = 0, 0.0
    for most_seats in ladder:
        if most_seats > SURE and watch.by_effort:
            break
        relaxation = relax(lowered, most_waiting=most_waiting, score=score, most_seats=most_seats)
        if relaxation is None or watch.over():
            break
        size = len(relaxation.program.upper)
        if size <= columns:
            continue
        remaining = watch.remaining()
        foreseen = took * (size / max(1, columns)) ** GROWTH
        if remaining is not None and foreseen > share * remaining:
            break
        begin = watch.elapsed()
        proven = relaxation.bound(watch)
        best = max(best, proven)
        columns, took = size, watch.elapsed() - begin
        tell(best)
        if remaining is None or took * len(score.rules) <= RULES_SHARE * remaining:
            by_rule = tuple(map(max, by_rule, limits_by_rule(relaxation, score, watch, until=RULES_UNTIL)))
        if best >= score.objective:
            break
    return Relaxed(best, by_rule)


class Relaxation:
    """The linear program of a lowered problem; `cost[r]` is the price of rule r."""

    def __init__(
        self,
        lowered: Lowered,
        classes: Sequence[tuple[int, ...]],
        most_waiting: int | None,
        costs: Sequence[int],
        most_seats: int,
    ) -> None:
        self.costs = costs
        self.most_seats = most_seats
        self.lowered = lowered
        self.problem = lowered.problem
        self.program = Program()
        self.cost: list[Linear] = [Linear() for _ in lowered.rules]
        units = lowered.units.members
        self.waits = [
            self.program.column(0 if any(p in self.problem.must_place for p in members) else 1) for members in units
        ]
        self.seated = [Linear(dict(wait.columns)) for wait in self.waits]
        configured = self._configured(len(classes))
        formed = []
        for networks in classes:
            formed.append(self._add_class(networks, configured))
            every = len(self.problem.networks) == self.problem.min_count
            if every or self.problem.networks[networks[0]].fixed:
                self.program.zero(formed[-1] - len(networks))
            else:
                self.program.at_least_zero(len(networks) - formed[-1])
        self.program.at_least_zero(total(formed) - self.problem.min_count)
        for seated in self.seated:
            self.program.zero(seated - 1)
        waiting = total(len(members) * wait for members, wait in zip(units, self.waits, strict=True))
        if most_waiting is not None and not self.problem.waiting_is_weighed:
            self.program.at_least_zero(most_waiting - waiting)
        self._add_waiting_costs()
        for rule, cost in zip(lowered.rules, self.cost, strict=True):
            if rule.is_must:
                self.program.zero(cost)

    def _configured(self, classes: int) -> list[Best]:
        """The `best` terms whose options make the configurations: the dearest first, while there is room."""
        terms = [x for x in self.lowered.terms if isinstance(x.term, Best) and x.term.options]
        # Trio rules, which have no cost here, follow the rules of the problem.
        terms.sort(key=lambda x: -self.costs[x.rule] if x.rule < len(self.costs) else 0)
        chosen: list[Best] = []
        size = self.problem.pool.size * classes
        for priced in terms:
            term = cast("Best", priced.term)
            if any(term.by_slot and other.by_slot for other in chosen):
                continue
            if size * len(term.options) <= self.most_seats:
                size *= len(term.options)
                chosen.append(term)
        return chosen

    def _add_class(self, networks: tuple[int, ...], configured: Sequence[Best]) -> Linear:
        """One class of networks that are alike, in all its configurations; how many of it are formed."""
        network = self.problem.networks[networks[0]]
        spoken = {id(x.term) for x in self.lowered.terms if x.speaks_about(networks[0])}
        terms = [term for term in configured if id(term) in spoken]
        ranges = [options_of(term, network) for term in terms]
        counts = []
        for options in product(*ranges):
            fixed = dict(zip(map(id, terms), options, strict=True))
            counts.append(self._add_configuration(networks, network, fixed, sum(map(len, ranges)) or 1))
        return total(counts)

    def _add_configuration(
        self, networks: tuple[int, ...], network: Network, fixed: dict[int, int], width: int
    ) -> Linear:
        most = len(networks)
        number = networks[0]
        members = self.lowered.units.members
        count_of = self.program.column(most)
        seats: list[Linear | int] = []
        for unit, people in enumerate(members):
            pinned = {self.problem.pins[p] for p in people if p in self.problem.pins}
            possible = all(network.accepts(p) for p in people) and (not pinned or pinned <= set(networks))
            seat = self.program.column(1) if possible else 0
            if isinstance(seat, Linear):
                self.program.at_least_zero(count_of - seat)
                self.seated[unit] = self.seated[unit] + seat
            seats.append(seat)
        of = self.lowered.units.of
        largest = min(network.max_size, self.problem.pool.size)
        led: Linear | int = self.program.column(most) if self.problem.facilitators else 0
        group = RelaxedGroup(
            self.program,
            [seats[of[person]] for person in range(self.problem.pool.size)],
            number=number,
            count=count_of,
            most=most,
            sizes=range(network.min_size, largest + 1),
            options=fixed,
            led=led,
        )
        if isinstance(led, Linear):
            self.program.at_least_zero(count_of - led)
        alike_groups = cast("GroupModel", group)  # it answers what terms ask
        for priced in self.lowered.terms:
            if priced.speaks_about(number):
                parts = self._encode(priced, alike_groups, width)
                self.cost[priced.rule] = self.cost[priced.rule] + total(
                    part for part in parts if isinstance(part, Linear)
                )
        return count_of

    def _encode(self, priced: Priced[Term], group: GroupModel, width: int) -> Sequence[Any]:
        """The term's price in one configuration; what has no relaxation counts as nothing."""
        match priced.term:
            case Count() as term:
                return count.encode(term, group)
            case Variety() as term:
                return variety.encode(term, group)
            case Best() as term:
                return best.encode(term, group)
            case Cover() as term if width * sum(len(asks) for asks, _ in term.topics) <= MOST_ASKS:
                return cover.encode(term, group)
            case Pairs() as term:
                return pairs.encode(term, group)
            case Place() as term:
                return place.encode(term, group)
            case Likeness() as term:
                return self._likeness(term, group)
            case Lead():
                return [group.open - group.led]
            case _:
                return []

    def _likeness(self, term: Likeness, group: GroupModel) -> list[Linear]:
        """Half of what each member agrees at least with the fewest or the most others there can be."""
        network = self.problem.networks[group.number]
        floors = least_agreement(term.numerators, network.min_size, min(network.max_size, self.problem.pool.size))
        seats = [
            (floor, seat) for floor, seat in zip(floors.tolist(), group.seats, strict=True) if isinstance(seat, Linear)
        ]
        if term.scale == 1:
            return [(floor // 2) * seat for floor, seat in seats]
        # In thousandths of the price, all rounded down; rounding to the nearest takes at most a half from each network.
        price = self.program.column(sum(max(0, floor) for floor, _ in seats) // term.scale + 1)
        agreed = total((500 * floor // term.scale) * seat for floor, seat in seats)
        self.program.at_least_zero(1000 * price - agreed + 500 * group.open)
        return [price]

    def _add_waiting_costs(self) -> None:
        of = self.lowered.units.of
        for priced in self.lowered.terms:
            term = priced.term
            if isinstance(term, Place) and term.waiting is not None:
                costs = total(cost * self.waits[of[person]] for person, cost in enumerate(term.waiting) if cost)
                self.cost[priced.rule] = self.cost[priced.rule] + costs
            if isinstance(term, Likeness):
                self.cost[priced.rule] = self.cost[priced.rule] + term.constant

    def bound(self, watch: Watch, *, rule: int | None = None) -> int:
        """A proven lower limit of the objective, or of one rule's penalty."""
        if rule is not None:
            goal = self.cost[rule]
            divisor = 1
        else:
            weighted = [x for x in zip(self.lowered.rules, self.cost, strict=True) if not x[0].is_must]
            goal = total(r.weight * cost for r, cost in weighted)
            divisor = reduce(gcd, (r.weight for r, _ in weighted), 0) or 1
        least = minimum(self.program, goal, watch)
        return max(0, -(-least // divisor) * divisor)


def options_of(term: Best, network: Network) -> list[int]:
    """The options that a network may choose; a given slot leaves one."""
    if term.by_slot and network.slot is not None:
        return [network.slot]
    return [option for option, people in enumerate(term.options) if people] or [0]


def least_agreement(numerators: Ints, smallest: int, largest: int) -> Ints:
    """For each person, the least sum of agreements with size - 1 others, over every size of the group."""
    rows = np.sort(numerators + np.diag(np.full(len(numerators), np.iinfo(np.int64).max // 4)), axis=1)
    sums = np.concatenate([np.zeros((len(rows), 1), dtype=np.int64), np.cumsum(rows[:, : largest - 1], axis=1)], axis=1)
    return cast("Ints", sums[:, smallest - 1 : largest].min(axis=1))


def minimum(program: Program, goal: Linear, watch: Watch) -> int:
    """A proven lower limit of the goal over the program, rounded up, from the duals of a linear solver."""
    matrix = Matrix.of(program)
    cost = np.zeros(len(program.upper), dtype=np.int64)
    for column, amount in goal.columns.items():
        cost[column] = amount
    duals = solved_duals(matrix, cost, watch)
    return safe_bound(matrix, cost, duals) + goal.constant


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


def limits_by_rule(relaxation: Relaxation, score: Score, watch: Watch, *, until: float) -> tuple[int, ...]:
    """A proven limit of each rule's penalty: 0 where the penalty is 0, or where the share of the time is up."""
    # Without a clock to stop it, only what is surely quick is solved again for each rule.
    quick = len(relaxation.program.upper) <= SMALL or not watch.by_effort
    return tuple(
        relaxation.bound(watch, rule=index) if scored.penalty and quick and not watch.over(until) else 0
        for index, scored in enumerate(score.rules)
    )
