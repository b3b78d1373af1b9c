"""Repairs an answer that no longer fits: few choices from "nobody moves" to "whoever has to for the best".

Moves are counted as the rule `stay` counts them. The fewest come first: with nobody but newcomers and those who were
waiting allowed to move; where that cannot be, by a price on moves above everything else, and by an exact model where
the problem is small enough. From there the price falls, and every answer that costs less for more moves is a choice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from solver.chain import HEATS, Found
from solver.compose import MODEL_LIMIT, Status
from solver.cp import cp_model, cp_solver
from solver.ledger import Ledger
from solver.limits import Watch
from solver.lower import lower
from solver.model import CompositionModel
from solver.onward import Ground, begin, ground, renamed, repriced, search, with_rule
from solver.price import Score, breaches, score
from solver.problem import WAITING, Composition, Problem
from solver.rules.stay import Stay
from solver.settle import settle

PRICES = (16, 8, 4, 2, 1, 0)
"""Prices of one move, as parts of what a rule of weight 1 costs, from dear to free."""

ABOVE_ALL = 1_000_000
"""The price of a move where the fewest come first: above any sum of penalties that a repair could save."""

FEW, HURRIED, MANY = 120, 40, 400
"""Proposals for each unit in one run along the prices; the same, and fewer prices, above so many units."""

TRIES_NEAR_BUDGET = 5
"""Prices that are tried to come close to a budget."""

FEW_UNITS, LEAST_RUNS = 60, 6
"""Units up to which runs are so short that there can be more of them."""

PROOF_WORK, EXACT_WORK = 2.0, 1.0
"""Deterministic seconds for the exact model of the fewest moves, and for that of a price or a budget."""

FEW_SEATS = 200
"""People times networks, up to which the best of all is worked out exactly too."""

MOST_UNDONE = 7
"""Moves of a choice of which every part is taken back in turn, to see what fewer would cost."""

MOST_CHOICES = 7
"""Choices that are shown; more are no choice."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One repaired answer: how many move, who waits, and what it costs."""

    moves: int
    composition: Composition
    score: Score

    @property
    def waiting(self) -> int:
        """How many wait."""
        return self.score.waiting

    @property
    def objective(self) -> int:
        """What it costs."""
        return self.score.objective


@dataclass(frozen=True, slots=True)
class Repaired:
    """The choices, fewest moves first, and which of them was asked for; none where nothing keeps the `must` rules."""

    choices: tuple[Choice, ...]
    chosen: int | None
    fewest_proven: bool
    """Whether it is proven that no repair moves fewer people."""
    status: Status


@dataclass(frozen=True, slots=True)
class Wanted:
    """How moves are weighed: fewest first, or at a price, and at most so many."""

    price: int | None = None
    budget: int | None = None


FEWEST = Wanted()
"""Fewest moves first."""


def repair(
    problem: Problem,
    start: Sequence[int | None],
    before: Mapping[int, str],
    watch: Watch,
    *,
    wanted: Wanted = FEWEST,
) -> Repaired:
    """The choices there are. `start`: where each person was, None for newcomers; `before`: by name, as `stay` has it.

    Newcomers wait only where no answer was found that places them without putting a member on the waitlist.
    """
    newcomers = [person for person, place in enumerate(start) if place is None and person not in before]
    members = _may_be_placed(problem, before)
    placed = problem.must_place | members | _may_be_placed(problem, newcomers)
    mender = _Mender(replace(problem, must_place=placed), start, before, watch)
    found = mender.run(wanted)
    if found.choices:
        return found
    # Somebody fits nowhere: let those newcomers wait whom the search could not place, then all who have to.
    stuck = mender.unplaced(newcomers)
    for must_place in (placed - stuck | problem.must_place, members | problem.must_place, problem.must_place):
        if must_place != mender.problem.must_place:
            mender = _Mender(replace(problem, must_place=must_place), start, before, watch)
            found = mender.run(wanted)
            if found.choices:
                break
    return found


def _may_be_placed(problem: Problem, people: Iterable[int]) -> frozenset[int]:
    """Those whom some network accepts, and whom the organiser does not keep waiting."""
    return frozenset(
        person
        for person in people
        if problem.pins.get(person) != WAITING and any(network.accepts(person) for network in problem.networks)
    )


class _Mender:
    """One search for choices, with one opinion about who may wait."""

    def __init__(self, problem: Problem, start: Sequence[int | None], before: Mapping[int, str], watch: Watch) -> None:
        self.problem = problem
        self.start = start
        self.before = before
        self.watch = watch
        self.stay = Stay(name="", strength=1, before=dict(before))
        self.priced = with_rule(problem, self.stay)
        self.lowered = lower(self.priced)
        self.seats = problem.pool.size * len(problem.networks)
        self.ground: Ground
        self.runs = self.steps = 0
        self.known: dict[tuple[int, ...], Choice] = {}
        self.last: Composition | None = None
        self.least = 0
        """No repair moves fewer people."""

    def run(self, wanted: Wanted) -> Repaired:
        """All choices that a fall of the price of moves comes upon."""
        ready = ground(self.priced, self.start, lowered=self.lowered)
        if ready is None:
            return Repaired((), None, fewest_proven=False, status=Status.INFEASIBLE)
        self.ground = ready
        units = len(self.lowered.units)
        self.steps = max(4_000, FEW * units) if units <= MANY else max(FEW * MANY, HURRIED * units)
        limits = self.watch.limits
        self.runs = max(limits.workers * (limits.effort or 1), LEAST_RUNS if units <= FEW_UNITS else 1)
        began = begin(ready, self.start, problem=self.problem)
        self._note([began])
        free = [person for person in range(self.problem.pool.size) if self._may_move(person, began)]
        found = self._search(ABOVE_ALL, [began], movable=free)
        if found.rank.hard or self._moves(found.composition) > 0:
            found = self._fewest(found)
        for price in self._prices(wanted):
            if self.watch.over(0.9):
                break
            near = min(self._known(), key=lambda choice: self._cost(choice, price)).composition
            found = self._search(price, [near, found.composition])
        if wanted.budget is not None:
            self._within(wanted.budget)
        self._undone()
        if wanted != FEWEST or self.seats <= FEW_SEATS:
            self._exactly_wanted(wanted)
        return self._repaired(wanted)

    def _prices(self, wanted: Wanted) -> list[int]:
        """The prices of a move that are tried, from dear to free."""
        few = PRICES if len(self.lowered.units) <= MANY else PRICES[1::2] + PRICES[-1:]
        ladder = {price * self._unit() for price in few}
        return sorted(ladder | ({wanted.price} if wanted.price is not None else set()), reverse=True)

    def _search(self, price: int, starts: Sequence[Composition], movable: Sequence[int] | None = None) -> Found:
        """The best answer at a price for each move, from these starts."""
        here = repriced(self.ground, len(self.priced.rules) - 1, price)
        steps = self.steps if movable is None else max(2_000, FEW * len(movable))
        found = search(
            here, starts, self.watch, runs=self.runs, steps=steps, movable=movable, heats=(HEATS[3], HEATS[1], HEATS[0])
        )
        self._note([found.composition])
        return found

    def _undone(self) -> None:
        """More choices with few moves: those of known ones with some moves taken back.

        A falling price only comes upon choices that are cheapest at some price; those between two of them are here.
        """
        number = {network.name.casefold(): k for k, network in enumerate(self.problem.networks)}
        homes = {person: number.get(name.casefold()) for person, name in self.before.items()}
        for choice in pareto(self.known.values(), weighed=self.problem.waiting_is_weighed):
            places = choice.composition.places
            back = {person: home for person, home in homes.items() if home is not None and places[person] != home}
            if not 1 < len(back) <= MOST_UNDONE or self.watch.over(0.9):
                continue
            ledger = Ledger(self.problem, choice.composition)
            for size in range(1, len(back)):
                options = [
                    (change.key, some)
                    for some in combinations(sorted(back), size)
                    if (change := ledger.change({person: back[person] for person in some})).allowed
                ]
                if options:
                    _, some = min(options)
                    undone = list(places)
                    for person in some:
                        undone[person] = back[person]
                    again = replace(choice.composition, places=tuple(undone))
                    # Whoever leads goes on leading: to appoint anew for every part would take longest of all.
                    self._note([again if self.problem.facilitators else self._settled(again)])

    def _exactly_wanted(self, wanted: Wanted) -> None:
        """The exact model of what was asked, from the best that is known: what no price of a move comes upon."""
        if self.seats > MODEL_LIMIT or not self.known or self.watch.over(0.9):
            return
        price = wanted.price if wanted.price is not None else 0
        model = CompositionModel(self.lowered)
        moves = model.penalties[len(self.priced.rules) - 1]
        cost = model.objective + (price - 1) * moves
        weighed = self.problem.waiting_is_weighed
        allowed = [c for c in self.known.values() if wanted.budget is None or c.moves <= wanted.budget]
        if wanted.budget is not None:
            model.model.add(moves <= wanted.budget)
        if allowed:
            best = min(allowed, key=lambda choice: self._cost(choice, price))
            if not weighed:
                model.model.add(model.waiting <= best.waiting)
            model.hint(best.composition)
        model.model.minimize(cost)
        solver = self._solver(EXACT_WORK)
        if solver.solve(model.model) in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            self._note([self._settled(model.composition(list(solver.response_proto.solution)))])

    def _settled(self, composition: Composition) -> Composition:
        """The same members with the best slots and facilitators."""
        return settle(self.lowered, composition.places)

    def _solver(self, work: float) -> cp_model.CpSolver:
        solver = cp_solver(workers=1, work=work)
        solver.parameters.random_seed = self.watch.limits.seed % (1 << 31)
        remaining = self.watch.remaining()
        if remaining is not None:
            solver.parameters.max_time_in_seconds = max(0.05, 0.5 * remaining)
        return solver

    # one answer at a time

    def _unit(self) -> int:
        """The least weight there is: what one step of the cheapest rule costs."""
        return min((rule.weight for rule in self.problem.rules if not rule.is_must), default=1)

    def _may_move(self, person: int, began: Composition) -> bool:
        """Whether a move of this person would not count, or has to be made anyway."""
        if person not in self.before:
            return True
        place = began.places[person]
        return place == WAITING or self.problem.networks[place].name.casefold() != self.before[person].casefold()

    def _moves(self, composition: Composition) -> int:
        return len(self.stay.violations(self.problem, composition))

    def _note(self, compositions: Iterable[Composition]) -> None:
        for composition in compositions:
            named = renamed(self.lowered, composition, self.before)
            self.last = named
            priced = score(self.problem, named)
            if not priced.broken and not list(breaches(self.problem, named)):
                self.known[named.places] = Choice(self._moves(named), named, priced)

    def _known(self) -> list[Choice]:
        return list(self.known.values()) or [
            Choice(0, self.last, score(self.problem, self.last)) for _ in (0,) if self.last is not None
        ]

    def _cost(self, choice: Choice, price: int) -> tuple[int, int]:
        waiting = 0 if self.problem.waiting_is_weighed else choice.waiting
        return waiting, choice.objective + price * choice.moves

    def unplaced(self, people: Iterable[int]) -> frozenset[int]:
        """Those of these people whom the last answer leaves waiting."""
        if self.last is None:
            return frozenset()
        return frozenset(person for person in people if self.last.places[person] == WAITING)

    # the fewest moves, where somebody has to

    def _fewest(self, found: Found) -> Found:
        """Moves as few as can be, by a search at a price above everything, then exactly where that is small enough."""
        again = self._search(ABOVE_ALL, [found.composition])
        exact = self._exactly()
        return again if exact is None else self._search(ABOVE_ALL, [exact, again.composition])

    def _exactly(self) -> Composition | None:
        """An answer with the fewest moves, by the exact model; None where it is too large or was not found in time."""
        if self.seats > MODEL_LIMIT:
            return None
        stay = len(self.priced.rules) - 1
        model = CompositionModel(self.lowered, terms=[x for x in self.lowered.terms if x.must or x.rule == stay])
        model.model.minimize(model.penalties[stay])
        if self.known:
            model.hint(min(self.known.values(), key=lambda choice: choice.moves).composition)
        solver = self._solver(PROOF_WORK)
        status = solver.solve(model.model)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None
        self.least = max(self.least, round(solver.best_objective_bound))
        return self._settled(model.composition(list(solver.response_proto.solution)))

    def _within(self, budget: int) -> None:
        """More choices near a budget: prices between one that comes out above it and one that does not."""
        low, high = 0, PRICES[0] * self._unit()
        for _ in range(TRIES_NEAR_BUDGET):
            within = [choice for choice in self._known() if choice.moves <= budget]
            price = (low + high) // 2
            if not within or price in (low, high) or self.watch.over(0.95):
                break
            near = min(within, key=lambda choice: self._cost(choice, price)).composition
            found = self._search(price, [near])
            low, high = (low, price) if self._moves(found.composition) <= budget else (price, high)

    # what comes out

    def _repaired(self, wanted: Wanted) -> Repaired:
        front = pareto(self.known.values(), weighed=self.problem.waiting_is_weighed)
        if not front:
            return Repaired((), None, fewest_proven=False, status=Status.UNKNOWN)
        proven = front[0].moves <= self.least
        allowed = [choice for choice in front if wanted.budget is None or choice.moves <= wanted.budget]
        if not allowed:
            status = Status.INFEASIBLE if proven else Status.UNKNOWN
            return Repaired(tuple(thinned(front)), None, fewest_proven=proven, status=status)
        if wanted.price is not None:
            price = wanted.price
            best = min(allowed, key=lambda choice: (self._cost(choice, price), choice.moves))
        elif wanted.budget is not None:
            best = min(allowed, key=lambda choice: (self._cost(choice, 0), choice.moves))
        else:
            best = allowed[0]
        shown = thinned(front, best)
        return Repaired(tuple(shown), shown.index(best), fewest_proven=proven, status=Status.FEASIBLE)


def pareto(choices: Iterable[Choice], *, weighed: bool) -> list[Choice]:
    """The choices that nothing beats in both moves and cost, fewest moves first."""
    front: list[Choice] = []

    def cost(choice: Choice) -> tuple[int, int]:
        return 0 if weighed else choice.waiting, choice.objective

    for choice in sorted(choices, key=lambda choice: (choice.moves, cost(choice), choice.composition.places)):
        if not front or cost(choice) < cost(front[-1]):
            front.append(choice)
    return front


def thinned(front: Sequence[Choice], kept: Choice | None = None) -> list[Choice]:
    """At most so many choices: both ends, the one that is kept, and those that save most for their moves."""
    if len(front) <= MOST_CHOICES:
        return list(front)
    worth = sorted(
        range(1, len(front) - 1),
        key=lambda index: (
            -(front[index - 1].objective - front[index].objective)
            / max(1, front[index].moves - front[index - 1].moves),
            front[index].moves,
        ),
    )
    chosen = {0, len(front) - 1, *worth[: MOST_CHOICES - 3]}
    if kept is not None:
        chosen.add(front.index(kept))
    return [front[index] for index in sorted(chosen)]
