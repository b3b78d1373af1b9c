"""Column generation: networks as sets of members, priced exactly, for bounds that a relaxation cannot reach.

The master program chooses sets of members, one for each network, so that everybody is in one or waits (Dantzig and
Wolfe 1960, "Decomposition principle for linear programs"). Its duals say what each person is worth; for these, CP-SAT
finds the set that is cheapest with every rule, or proves how cheap it can be at most. At any duals whatever,

    sum of duals + (number of networks) x (least price of a set less the duals of its members)

is a lower limit (Lasdon 1970, "Optimization theory for large systems"), so no convergence is needed, and no bound comes
from a floating-point program: duals are rounded, and everything proven is added up in whole numbers. Duals start at
those of the relaxation and stay in a box around the best so far (Marsten, Hogan and Blankenship 1975, "The boxstep
method for large-scale optimization").

Where the bound is close to the answer, every set that a better answer could use is listed - those whose price less
duals is within the gap - and an exact cover of all people by listed sets is sought: where there is none, the answer is
proven (Baldacci, Christofides and Mingozzi 2008 do so for vehicle routing, "An exact algorithm for the vehicle routing
problem based on the set partitioning formulation with additional cuts").
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import reduce
from itertools import combinations, product
from math import floor, gcd, prod
from typing import cast

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model
from scipy.optimize import linprog
from scipy.sparse import coo_array, csr_array

from solver.bound import options_of
from solver.cp import cp_solver
from solver.limits import Watch
from solver.lower import Lowered, alike
from solver.lowering import Best, Likeness, Place, Scatter
from solver.model import encode
from solver.price import Score
from solver.problem import WAITING, Network
from solver.terms.model import GroupModel, LinearExpr

UNIT = 256
"""Duals are rounded to this part of the objective's unit."""

MOST_OPTIONS = 40
"""Configurations of one class of networks: with more, each is quicker and all together slower."""

MOST_UNITS = 40
"""Above it pricing raises the bound as well, but takes time in which the exact model finds better answers."""

PRICE_WORK = 3.0
"""Deterministic time for one pricing; what is proven by then counts."""

MOST_CUTS, MOST_NEW, BROKEN, SLIGHT = 150, 12, 0.05, 1e-6
"""Cuts at most, new ones in one round, by how much a cut is broken, and how much of a set is none."""

CALL_WORK = 0.001
"""What one call of the solver counts as, however little it has to do."""

BOX = 0.6
"""How far duals may go from the best so far, at first, in the objective's unit."""

NEVER = 1 << 60
"""The price of what cannot be."""

FORCE = 1 << 30
"""What makes a member of who has to be one."""

WIDER, NARROWER, LEAST_BOX = 1.4, 0.7, 0.03
"""How the box changes after a round that proved more, and after one that did not; its least width."""

FEW, MANY, MOST_WINDOW = 0.25, 1.0, 2.0
"""By how much a set may be dearer than the cheapest, in steps of the objective, for a listing of all such sets to be
tried at once, when columns prove no more without cuts, and at the end."""

DEAR = 1e4
"""What a network without any set costs in the master program."""

COVER_WORK = 5.0
"""Deterministic time for the cover by listed sets."""

MOST_LISTED = 1_000
"""Sets of one configuration that are listed before giving up."""

Members = tuple[int, ...]
"""The units of one network, in order."""

Found = tuple[Members, int]
"""A set and its price."""


Cut = tuple[int, int, int]
"""Three units: of the networks that are formed, at most one holds two or more of them."""


@dataclass(frozen=True, slots=True)
class Duals:
    """What seating each unit is worth, and what each cut costs a set that it counts; in parts of a unit."""

    units: list[int]
    cuts: dict[Cut, int]

    @property
    def sum(self) -> int:
        """Of all right-hand sides."""
        return sum(self.units) - sum(self.cuts.values())

    def of(self, members: Members) -> int:
        """What a set is worth by them."""
        inside = set(members)
        counted = sum(cost for cut, cost in self.cuts.items() if len(inside.intersection(cut)) > 1)
        return sum(self.units[unit] for unit in members) - counted


@dataclass(frozen=True, slots=True)
class Proven:
    """What columns prove: a limit of the objective, and an answer that is better, where one was met."""

    objective: int
    groups: tuple[tuple[tuple[int, ...], Members], ...] | None = None
    """each set of units, with the networks of which it is one"""


def applies(lowered: Lowered) -> bool:
    """Whether there are few enough people, and the price is a sum over networks as far as it is read here.

    Sets scattered over networks and facilitators who lead several tie networks to each other: that is left out, which
    only makes more answers possible. Likeness that must be none is a promise of all networks together.
    """
    return len(lowered.units) <= MOST_UNITS and not any(priced.must for priced in lowered.of(Likeness))


def places(lowered: Lowered, groups: Sequence[tuple[tuple[int, ...], Members]]) -> list[int]:
    """The network of each person: a set with somebody pinned where they are pinned, the others in order."""
    found = [WAITING] * lowered.problem.pool.size
    taken: set[int] = set()
    pinned = [{lowered.problem.pins.get(p) for u in units for p in lowered.units.members[u]} for _, units in groups]
    order = sorted(range(len(groups)), key=lambda index: not pinned[index] - {None})
    for index in order:
        networks, units = groups[index]
        free = [network for network in networks if network not in taken]
        here = next((network for network in free if network in pinned[index]), free[0])
        taken.add(here)
        for unit in units:
            for person in lowered.units.members[unit]:
                found[person] = here
    return found


def configurations(terms: Sequence[Best], network: Network) -> list[dict[int, int]]:
    """Every choice of an option for each of these terms, by its identity: the first ones, as long as there is room."""
    chosen: dict[int, list[int]] = {}
    for term in terms:
        options = options_of(term, network)
        if len(options) * prod(map(len, chosen.values())) <= MOST_OPTIONS:
            chosen[id(term)] = options
    return [dict(zip(chosen, options, strict=True)) for options in product(*chosen.values())]


class OneNetwork(GroupModel):
    """One network, with the option of some `best` terms fixed."""

    def __init__(
        self,
        model: cp_model.CpModel,
        seats: Sequence[LinearExpr],
        options: Mapping[int, int],
        *,
        number: int,
        sizes: Sequence[int],
        slots: Mapping[int, LinearExpr],
        led: LinearExpr,
    ) -> None:
        self.options = options
        super().__init__(model, seats, number=number, sizes=sizes, slots=slots, led=led)

    def chosen(self, term: Best) -> int | None:
        """The option of this configuration."""
        return self.options.get(id(term))


@dataclass(frozen=True, slots=True)
class Priced:
    """What pricing one configuration said: no set is cheaper than `low`; `members` cost `price` if any were found."""

    low: int
    """of the price less duals, in parts of a unit"""
    work: float
    members: Members | None = None
    price: int = 0
    exact: bool = False
    """whether there is no cheaper set"""


class Pricing:
    """The model of one network of a class, in one configuration."""

    def __init__(
        self, lowered: Lowered, networks: tuple[int, ...], options: Mapping[int, int], sizes: range, seed: int
    ) -> None:
        self.model = model = cp_model.CpModel()
        self.lowered = lowered
        self.networks = networks
        self.options = options
        self.sizes = sizes
        self.seed = seed
        problem, units = lowered.problem, lowered.units
        number = networks[0]
        network = problem.networks[number]
        self.seats: list[LinearExpr] = []
        for members in units.members:
            pinned = {problem.pins[person] for person in members if person in problem.pins}
            possible = all(network.accepts(person) for person in members) and pinned <= set(networks)
            here = possible and bool(pinned) and len(networks) == 1
            self.seats.append(1 if here else model.new_bool_var("") if possible else 0)
        slots: dict[int, LinearExpr] = {} if network.slot is None else {network.slot: 1}
        group = OneNetwork(
            model,
            [self.seats[units.of[person]] for person in range(problem.pool.size)],
            options,
            number=number,
            sizes=sizes,
            slots=slots,
            # Whoever may lead elsewhere may lead here: who leads what is left open, so that networks are apart.
            led=1 if problem.facilitators or network.facilitator is not None else 0,
        )
        self.price: LinearExpr = 0
        for priced in lowered.terms:
            if isinstance(priced.term, Scatter) or not priced.speaks_about(number):
                continue
            amount: LinearExpr = sum(encode(priced.term, group))
            if not priced.must:
                self.price += priced.weight * amount
            elif not isinstance(amount, int):
                model.add(amount <= 0)
            elif amount > 0:
                model.add_bool_or([])

    def solve(self, duals: Duals, most: int | None, watch: Watch, others: list[Found] | None = None) -> Priced:
        """The cheapest set less duals, if it is at most so much."""
        model = self.model.clone()
        goal = UNIT * self.price - sum(dual * seat for dual, seat in zip(duals.units, self.seats, strict=True))
        for cut, cost in duals.cuts.items():
            counted = model.new_bool_var("")
            for one, other in combinations(cut, 2):
                model.add(counted >= self.seats[one] + self.seats[other] - 1)
            goal += cost * counted
        if isinstance(goal, int):
            goal = goal + 0 * model.new_bool_var("")
        if most is not None:
            model.add(goal <= most)
        model.minimize(goal)
        solver = cp_solver(work=PRICE_WORK)
        solver.parameters.random_seed = self.seed
        solver.parameters.linearization_level = 2
        solver.parameters.symmetry_level = 0
        # Presolve costs more than it spares where most models only have to be refuted.
        solver.parameters.cp_model_presolve = most is None
        solver.parameters.cp_model_probing_level = 0
        remaining = watch.remaining()
        if remaining is not None:
            solver.parameters.max_time_in_seconds = max(0.01, remaining)
        status = solver.solve(model, None if others is None else _Others(self, others))
        work = CALL_WORK + solver.response_proto.deterministic_time
        beyond = NEVER if most is None else most + 1
        if status == cp_model.INFEASIBLE:
            return Priced(beyond, work)
        # A limit that says nothing yet is minus infinity.
        low = round(max(-1e15, solver.best_objective_bound))
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return Priced(min(low, beyond), work)
        members, price = self.found(solver)
        return Priced(min(low, beyond), work, members, price, status == cp_model.OPTIMAL)

    def found(self, solver: cp_model.CpSolver | cp_model.CpSolverSolutionCallback) -> Found:
        """The set in a solution, with its price."""
        seats = enumerate(self.seats)
        members = tuple(unit for unit, seat in seats if (seat if isinstance(seat, int) else solver.boolean_value(seat)))
        return members, self.price if isinstance(self.price, int) else solver.value(self.price)

    def price_of(self, members: Members, watch: Watch) -> int | None:
        """What a set costs in this configuration; None where the time was up."""
        inside = set(members)
        force = [
            0 if isinstance(seat, int) else -FORCE if unit in inside else FORCE for unit, seat in enumerate(self.seats)
        ]
        found = self.solve(Duals([-amount for amount in force], {}), None, watch)
        return found.price if found.exact and found.members == members else None

    def split(self) -> list[Pricing]:
        """The same in all configurations of the terms that are still open."""
        number = self.networks[0]
        left = [
            x.term
            for x in self.lowered.terms
            if isinstance(x.term, Best) and x.term.options and id(x.term) not in self.options and x.speaks_about(number)
        ]
        return [
            Pricing(self.lowered, self.networks, {**self.options, **options}, self.sizes, self.seed)
            for options in configurations(left, self.lowered.problem.networks[number])
        ]

    def exclude(self, members: Members) -> None:
        """Never this set again."""
        inside = set(members)
        flags = []
        for unit, seat in enumerate(self.seats):
            if not isinstance(seat, int):
                flags.append(~seat if unit in inside else seat)
        self.model.add_bool_or(flags)


class _Others(cp_model.CpSolverSolutionCallback):  # type: ignore[misc]  # ortools ships no types
    """Keeps the sets that are met on the way to the cheapest."""

    def __init__(self, pricing: Pricing, others: list[Found]) -> None:
        super().__init__()
        self._pricing = pricing
        self._others = others

    def on_solution_callback(self) -> None:
        self._others.append(self._pricing.found(self))


@dataclass(frozen=True, slots=True)
class _Master:
    """What the master program says: its optimum, what units, cuts and classes are worth, and how much of each set."""

    value: float
    units: NDArray[np.float64]
    cuts: NDArray[np.float64]
    classes: NDArray[np.float64]
    sets: list[tuple[Members, float]]


class _Sparse:
    """A linear program in the making: equations over columns that are not negative."""

    def __init__(self) -> None:
        self.costs: list[float] = []
        self._rows: list[int] = []
        self._columns: list[int] = []
        self._values: list[int] = []

    def column(self, cost: float, where: Mapping[int, int]) -> None:
        """A new column, with its value in some rows."""
        self._rows += where
        self._columns += [len(self.costs)] * len(where)
        self._values += where.values()
        self.costs.append(cost)

    def solve(self, right: NDArray[np.float64]) -> tuple[float, NDArray[np.float64], NDArray[np.float64]] | None:
        """The optimum, how much of each column, and the duals; None where there is none."""
        entries = (np.array(self._values, dtype=np.float64), (self._rows, self._columns))
        table = csr_array(coo_array(entries, shape=(len(right), len(self.costs))))
        found = linprog(np.array(self.costs), A_eq=table, b_eq=right, method="highs-ds")  # type: ignore[call-overload]
        if found.status != 0:
            return None
        return float(found.fun), found.x, found.eqlin.marginals


@dataclass(slots=True)
class _Listing:
    """Sets of a configuration with their prices, the work it took, and whether these are all."""

    prices: dict[Members, int]
    work: float
    whole: bool


@dataclass(slots=True)
class _Class:
    """Networks that are alike."""

    networks: tuple[int, ...]
    least: int
    """how many of them are formed at least"""
    models: list[Pricing]
    columns: dict[Members, int]
    """each set that was met, with the least price it was met with"""
    values: list[int]
    """what each model found last, which tells in what order to ask them"""


class Columns:
    """Column generation on one problem, among answers that let no more than so many wait."""

    def __init__(
        self,
        lowered: Lowered,
        score: Score,
        most_waiting: int | None,
        watch: Watch,
        *,
        until: float = 1.0,
        most_work: float | None = None,
    ) -> None:
        self.lowered = lowered
        self.problem = problem = lowered.problem
        self.watch = watch
        self.most_waiting = None if problem.waiting_is_weighed else most_waiting
        self.work = 0.0
        """deterministic time spent"""
        self.most_work = most_work
        self.best = -(1 << 60)
        """the highest limit so far, in parts of a unit"""
        self.best_duals = Duals([], {})
        self.best_lows: list[int] = []
        self.until = until
        self.waits = [
            None
            if any(person in problem.must_place or problem.pins.get(person, WAITING) != WAITING for person in members)
            else UNIT * sum(self._waiting_price(person) for person in members)
            for members in lowered.units.members
        ]
        self.constant = sum(x.weight * x.term.constant for x in lowered.terms if isinstance(x.term, Likeness))
        soft = [rule.weight for rule in lowered.rules if not rule.is_must]
        self.step = reduce(gcd, soft, 0) or 1
        costs = [scored.rule.weight * scored.penalty for scored in score.rules]
        self.every = len(problem.networks) == problem.min_count
        self.classes = [self._class(networks, costs) for networks in alike(lowered)]

    def _waiting_price(self, person: int) -> int:
        return sum(
            priced.weight * priced.term.waiting[person]
            for priced in self.lowered.terms
            if isinstance(priced.term, Place) and priced.term.waiting is not None and not priced.must
        )

    def _class(self, networks: tuple[int, ...], costs: Sequence[int]) -> _Class:
        network = self.problem.networks[networks[0]]
        formed = self.every or network.fixed
        terms = [
            x
            for x in self.lowered.terms
            if isinstance(x.term, Best) and x.term.options and not x.term.by_slot and x.speaks_about(networks[0])
        ]
        terms.sort(key=lambda x: -costs[x.rule] if x.rule < len(costs) else 0)
        sizes = self._sizes(networks[0])
        seed = self.watch.limits.seed % (1 << 31)
        models = [
            Pricing(self.lowered, networks, options, sizes, seed)
            for options in configurations([cast("Best", x.term) for x in terms], network)
            if sizes
        ]
        return _Class(networks, len(networks) if formed else 0, models, {}, [0] * len(models))

    def _sizes(self, number: int) -> range:
        """The sizes of a network that leave the others theirs, where all are formed."""
        problem = self.problem
        network = problem.networks[number]
        low, high = network.min_size, min(network.max_size, problem.pool.size)
        if self.every:
            others = [other for k, other in enumerate(problem.networks) if k != number]
            high = min(high, problem.pool.size - sum(other.min_size for other in others))
            if self.most_waiting is not None:
                seated = problem.pool.size - self.most_waiting
                low = max(low, seated - sum(other.max_size for other in others))
        return range(low, high + 1)

    # --- bounds

    def limit(self, duals: Duals, lows: Sequence[int]) -> int:
        """The Lagrangian limit in parts of a unit: duals, the cheapest networks, and whoever is better off waiting."""
        return UNIT * self.constant + duals.sum + self._networks(lows) + self._waiting(duals)

    def _networks(self, lows: Sequence[int], *, without: int | None = None) -> int:
        """The least sum of what networks cost less duals: those that are formed, and any that are worth it.

        `without`: leave out one network of this class, which is formed in any case.
        """
        total = 0
        formed = 0
        optional: list[int] = []
        for index, (each, low) in enumerate(zip(self.classes, lows, strict=True)):
            least, most = each.least, len(each.networks)
            if index == without:
                least, most, formed = max(0, least - 1), most - 1, formed + 1
            total += least * low
            formed += least
            optional += [low] * (most - least)
        for low in sorted(optional):
            if low >= 0 and formed >= self.problem.min_count:
                break
            total += low
            formed += 1
        return total

    def _waiting(self, duals: Duals) -> int:
        """The least that those who wait add, each unit being at least one person."""
        gains = sorted(wait - dual for wait, dual in zip(self.waits, duals.units, strict=True) if wait is not None)
        return sum(gain for gain in gains[: self.most_waiting] if gain < 0)

    def rounded_up(self, parts: int) -> int:
        """A limit as the objective can be: a multiple of the weights' common divisor, and none below nothing."""
        return max(0, -(-parts // (UNIT * self.step)) * self.step)

    # --- pricing

    def price(
        self, duals: Duals, most: Sequence[int | None], pool: ThreadPoolExecutor, *, slack: int
    ) -> list[int] | None:
        """The least price less duals of each class, every configuration asked; None where the time was up.

        `most`: sets that cost more are of no use. `slack`: by how much a set may be dearer than the cheapest so far.
        """
        lows = []
        for each, useful in zip(self.classes, most, strict=True):
            low, limit = NEVER, useful
            order = sorted(range(len(each.models)), key=lambda index: (each.values[index], index))
            workers = self.watch.limits.workers
            for start in range(0, len(order), workers):
                if self.over():
                    return None
                batch = order[start : start + workers]
                met: list[list[Found]] = [[] for _ in batch]
                jobs = [
                    pool.submit(each.models[index].solve, duals, limit, self.watch, others)
                    for index, others in zip(batch, met, strict=True)
                ]
                for index, job, others in zip(batch, jobs, met, strict=True):
                    found = job.result()
                    for members, price in others:
                        self._keep(each, members, price)
                    self.work += found.work
                    low = min(low, found.low)
                    each.values[index] = found.low
                    if found.members is not None:
                        self._keep(each, found.members, found.price)
                        value = UNIT * found.price - duals.of(found.members)
                        limit = min(value + slack, value + slack if limit is None else limit)
            lows.append(low)
        return lows

    def _keep(self, each: _Class, members: Members, price: int) -> None:
        each.columns[members] = min(price, each.columns.get(members, price))

    def over(self) -> bool:
        """Whether to stop: by the clock, by the work done, or because somebody asked."""
        return self.watch.over(self.until) or (self.most_work is not None and self.work >= self.most_work)

    # --- the master program

    def master(self, centre: NDArray[np.float64], cut_centre: Mapping[Cut, float], box: float) -> _Master | None:
        """The cheapest mixture of sets, with duals no farther than the box from its centre."""
        program = _Sparse()
        people, cuts = len(self.waits), list(cut_centre)
        waiting, least, first = people, people + 1, people + 2
        first_cut = first + len(self.classes)
        for unit, (wait, members) in enumerate(zip(self.waits, self.lowered.units.members, strict=True)):
            if wait is not None:
                program.column(wait / UNIT, {unit: 1, waiting: len(members)})
            program.column(centre[unit] + box, {unit: 1})
            program.column(box - centre[unit], {unit: -1})
        program.column(0.0, {waiting: 1})
        program.column(0.0, {least: -1})
        for row, cost in enumerate(cut_centre.values(), start=first_cut):
            program.column(cost + box, {row: -1})
            program.column(-max(0.0, cost - box), {row: 1})
        for index, each in enumerate(self.classes):
            program.column(DEAR, {first + index: 1, least: 1})
            if each.least < len(each.networks):
                program.column(0.0, {first + index: 1})
        before = len(program.costs)
        sets = [(index, members) for index, each in enumerate(self.classes) for members in each.columns]
        for index, members in sets:
            inside = set(members)
            counted = {first_cut + c: 1 for c, cut in enumerate(cuts) if len(inside.intersection(cut)) > 1}
            price = float(self.classes[index].columns[members])
            program.column(price, {**dict.fromkeys(members, 1), first + index: 1, least: 1, **counted})
        right = np.ones(first_cut + len(cuts))
        right[waiting] = 1000 * people if self.most_waiting is None else self.most_waiting
        right[least] = self.problem.min_count
        right[first:first_cut] = [len(each.networks) for each in self.classes]
        found = program.solve(right)
        if found is None:
            return None
        value, used, duals = found
        return _Master(
            value,
            duals[:people],
            np.maximum(0.0, -duals[first_cut:]),
            duals[first:first_cut] + duals[least],
            [(members, amount) for (_, members), amount in zip(sets, used[before:].tolist(), strict=True)],
        )

    def separate(self, sets: Sequence[tuple[Members, float]]) -> list[Cut]:
        """The cuts that a mixture of sets breaks most (Jepsen, Petersen, Spoorendonk and Pisinger 2008)."""
        used = [(members, amount) for members, amount in sets if amount > SLIGHT]
        table = np.zeros((len(used), len(self.waits)), dtype=np.int8)
        for row, (members, _) in enumerate(used):
            table[row, list(members)] = 1
        amounts = np.array([amount for _, amount in used])
        found: list[tuple[float, Cut]] = []
        for one, other in combinations(range(len(self.waits)), 2):
            third = table[:, other + 1 :]
            counted = (table[:, one] + table[:, other])[:, None] + third > 1
            for place, amount in enumerate((amounts @ counted).tolist()):
                if amount > 1 + BROKEN:
                    found.append((-amount, (one, other, other + 1 + place)))
        found.sort()
        return [cut for _, cut in found[:MOST_NEW]]

    # --- the whole

    def run(
        self, start: Sequence[float], objective: int, pool: ThreadPoolExecutor, tell: Callable[[int], None]
    ) -> Proven:
        """The highest limit that the time allows, from these duals; an answer where a better one was met."""
        self.generate(start, objective, pool, tell)
        proven = Proven(self.rounded_up(self.best) if self.best_lows else 0)
        if proven.objective >= objective or not self.best_lows or self.over():
            return proven
        if UNIT * (objective - self.step) - self.best > MOST_WINDOW * UNIT * self.step:
            return proven
        return self.close(objective, pool) or proven

    def generate(
        self, start: Sequence[float], objective: int, pool: ThreadPoolExecutor, tell: Callable[[int], None]
    ) -> None:
        """Raises the limit round by round, until it reaches the objective, the best that columns can, or the end."""
        centre = np.array(start, dtype=np.float64)
        cuts: dict[Cut, float] = {}
        box = BOX
        duals = Duals(np.rint(centre * UNIT).astype(np.int64).tolist(), {})
        most: list[int | None] = [None] * len(self.classes)
        while not self.over():
            lows = self.price(duals, most, pool, slack=UNIT)
            if lows is None:
                break
            limit = self.limit(duals, lows)
            if limit > self.best:
                self.best, self.best_duals, self.best_lows = limit, duals, lows
                centre = np.array(duals.units) / UNIT
                cuts |= {cut: duals.cuts.get(cut, 0) / UNIT for cut in cuts}
                box = min(BOX, box * WIDER)
                tell(self.rounded_up(limit))
            else:
                box = max(LEAST_BOX, box * NARROWER)
            # What an answer better by one step leaves for sets that are not the cheapest.
            window = UNIT * (objective - self.step) - self.best
            if window <= FEW * UNIT * self.step:
                break
            master = self.master(centre, cuts, box)
            if master is not None and UNIT * (master.value + self.constant) - self.best < len(self.waits) / 4:
                if window <= MANY * UNIT * self.step:
                    break
                new = [cut for cut in self.separate(master.sets) if cut not in cuts]
                if not new or len(cuts) + len(new) > MOST_CUTS:
                    break
                cuts |= dict.fromkeys(new, 0.0)
                box = BOX
                master = self.master(centre, cuts, box)
            if master is None:
                break
            costs = zip(cuts, np.rint(master.cuts * UNIT).astype(np.int64).tolist(), strict=True)
            duals = Duals(
                np.rint(master.units * UNIT).astype(np.int64).tolist(), {cut: cost for cut, cost in costs if cost}
            )
            most = [floor(worth * UNIT) for worth in master.classes]

    # --- the end

    def close(self, objective: int, pool: ThreadPoolExecutor) -> Proven | None:
        """Lists every set that an answer better than the objective could use, and covers everybody with them.

        None: there were too many, or the time was up.
        """
        target = (objective - self.step) * UNIT
        outside = UNIT * self.constant + self.best_duals.sum + self._waiting(self.best_duals)
        listed: list[dict[Members, int]] = []
        for index, each in enumerate(self.classes):
            most = target - outside - self._networks(self.best_lows, without=index)
            sets: dict[Members, int] = {}
            workers = self.watch.limits.workers
            for begin in range(0, len(each.models), workers):
                batch = each.models[begin : begin + workers]
                budget = None if self.most_work is None else self.most_work - self.work
                jobs = [pool.submit(self._every_set, model, most, budget) for model in batch]
                listings = [job.result() for job in jobs]
                self.work += sum(listing.work for listing in listings)
                for listing in listings:
                    for members, price in listing.prices.items():
                        sets[members] = min(price, sets.get(members, price))
                if self.over() or not all(listing.whole for listing in listings):
                    return None
            listed.append(sets)
        return self._cover(listed, objective - self.step)

    def _every_set(self, model: Pricing, most: int, budget: float | None) -> _Listing:
        """All sets of a configuration that cost at most so much less duals, as far as the limits go."""
        listing = _Listing({}, 0.0, whole=False)
        first = model.solve(self.best_duals, most, self.watch)
        listing.work += first.work
        if first.members is None:
            listing.whole = first.low > most
            return listing
        for finer in model.split():
            for members in listing.prices:
                finer.exclude(members)
            while True:
                spent = budget is not None and listing.work >= budget
                if spent or self.watch.over(self.until) or len(listing.prices) > MOST_LISTED:
                    return listing
                answer = finer.solve(self.best_duals, most, self.watch)
                listing.work += answer.work
                if answer.members is None:
                    if answer.low <= most:
                        return listing
                    break
                # Another option may be cheaper for this set.
                price = model.price_of(answer.members, self.watch)
                if price is None:
                    return listing
                listing.prices[answer.members] = price
                finer.exclude(answer.members)
        listing.whole = True
        return listing

    def _cover(self, listed: Sequence[dict[Members, int]], most: int) -> Proven | None:
        """The cheapest cover of everybody by listed sets, if it costs at most so much."""
        model = cp_model.CpModel()
        covered: list[list[LinearExpr]] = [[] for _ in self.waits]
        cost: LinearExpr = self.constant
        waiting: LinearExpr = 0
        taken: list[tuple[int, Members, cp_model.IntVar]] = []
        for unit, (wait, members) in enumerate(zip(self.waits, self.lowered.units.members, strict=True)):
            if wait is not None:
                flag = model.new_bool_var("")
                covered[unit].append(flag)
                cost += wait // UNIT * flag
                waiting += len(members) * flag
        if self.most_waiting is not None and not isinstance(waiting, int):
            model.add(waiting <= self.most_waiting)
        for index, (each, sets) in enumerate(zip(self.classes, listed, strict=True)):
            flags = []
            for members, price in sets.items():
                flag = model.new_bool_var("")
                flags.append(flag)
                taken.append((index, members, flag))
                cost += price * flag
                for unit in members:
                    covered[unit].append(flag)
            if not flags and each.least:
                return Proven(most + self.step)
            if flags:
                model.add_linear_constraint(sum(flags), each.least, len(each.networks))
        if any(not flags for flags in covered) or len(taken) < self.problem.min_count:
            return Proven(most + self.step)
        model.add(sum(flag for _, _, flag in taken) >= self.problem.min_count)
        for flags in covered:
            model.add_exactly_one(flags)
        model.add(cost <= most)
        model.minimize(cost)
        solver = cp_solver(work=COVER_WORK)
        remaining = self.watch.remaining()
        if remaining is not None:
            solver.parameters.max_time_in_seconds = max(0.05, remaining)
        status = solver.solve(model)
        self.work += solver.response_proto.deterministic_time
        if status == cp_model.INFEASIBLE:
            return Proven(most + self.step)
        if status != cp_model.OPTIMAL:
            return None
        chosen = [
            (self.classes[index].networks, members) for index, members, flag in taken if solver.boolean_value(flag)
        ]
        return Proven(round(solver.objective_value), tuple(chosen))
