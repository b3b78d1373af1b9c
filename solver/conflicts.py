"""Conflicts: the smallest sets of `must` rules, pins and limits that cannot hold together, and the ways out of them.

Enumeration over maximal sets (MARCO: Liffiton, Previti, Malik and Marques-Silva 2016, "Fast, flexible MUS
enumeration"): a largest set not yet decided either holds, and what it leaves out is a way out; or it does not, and is
shrunk to a smallest set by dropping each member in turn. Counting contradictions, which a search would have to try out
one by one, follow from redundant rows of totals. Out of time is never called impossible: what could not be decided
stays in its set, which is then not called smallest.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import count as counting

from solver.cp import cp_model, cp_solver
from solver.lower import Lowered, lower
from solver.lowering import Count, Pairs, Variety
from solver.model import CompositionModel
from solver.price import breaches, score
from solver.problem import WAITING, Composition, Network, Problem
from solver.rules.base import Ground, Rule

MOST_CONFLICTS = 10
"""Conflicts that are looked for."""

CORE_WORK, TRIAL_WORK, QUICK_WORK = 1.0, 0.5, 0.2
"""Deterministic seconds for one look at many rules at once, for one trial of a few, and for a first quick one."""

LEAST_CLIQUE = 3
"""People who all have to be kept apart, from which a row of their own is worth it."""


class Limit(Enum):
    """What a programme asks of its networks, rules apart."""

    COUNT = "networks.count"
    MIN_SIZE = "networks.min_size"
    MAX_SIZE = "networks.max_size"
    WAITLIST = "networks.waitlist"
    ACCEPTS = "networks.accepts"
    PINS = "pins"
    FACILITATORS = "facilitators"


@dataclass(frozen=True, slots=True)
class Pinned:
    """One pin, by the number of the person."""

    person: int


Part = Limit | Pinned | str
"""One member of a conflict: a limit, a pin, or the name of a rule."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Rules, pins and limits that cannot hold together; `smallest`: proven that each of them is needed."""

    rules: tuple[str, ...]
    limits: tuple[Limit, ...]
    smallest: bool
    pins: tuple[int, ...] = ()

    @property
    def parts(self) -> tuple[Part, ...]:
        """All of it."""
        return (*self.rules, *map(Pinned, self.pins), *self.limits)


@dataclass(frozen=True, slots=True)
class Exit:
    """Parts without which everything else holds together, and an answer that shows it."""

    parts: tuple[Part, ...]
    composition: Composition


@dataclass(frozen=True, slots=True)
class Conflicts:
    """What was found: conflicts, smallest first, and ways out.

    `possible` is True where everything holds together, False where that is proven impossible, None where neither is.
    `complete`: whether there are no other conflicts.
    """

    possible: bool | None
    conflicts: tuple[Conflict, ...] = ()
    exits: tuple[Exit, ...] = ()
    complete: bool = False
    example: Composition | None = None
    """An answer that keeps every rule that must hold, where there is one."""


def find_conflicts(
    problem: Problem, *, most: int = MOST_CONFLICTS, stopped: Callable[[], bool] = lambda: False
) -> Conflicts:
    """Every smallest set that cannot hold together, up to so many."""
    return _Finder(problem, most, stopped).run()


def musts(problem: Problem) -> tuple[Rule, ...]:
    """Every rule that has to hold, of networks and of trios."""
    trio = problem.trio_rules if problem.meetings.count else ()
    return tuple(rule for rule in (*problem.rules, *trio) if rule.is_must)


def parts_of(problem: Problem) -> tuple[Part, ...]:
    """Everything that a composition has to keep: rules, pins, and the limits that the problem sets at all."""
    networks, people = problem.networks, problem.pool.size
    found: list[Part] = [rule.name for rule in musts(problem)]
    found += [Pinned(person) for person in sorted(problem.pins)]
    if problem.min_count > 1 or len(networks) < people:
        found.append(Limit.COUNT)
    if any(network.min_size > 1 for network in networks):
        found.append(Limit.MIN_SIZE)
    if any(network.max_size < people for network in networks):
        found.append(Limit.MAX_SIZE)
    if problem.must_place:
        found.append(Limit.WAITLIST)
    if any(network.accepted is not None for network in networks):
        found.append(Limit.ACCEPTS)
    if problem.facilitators:
        found.append(Limit.FACILITATORS)
    return tuple(found)


def asking_only(problem: Problem, parts: Collection[Part]) -> Problem:
    """The same problem, of which only these parts have to be kept; rules with a weight are left out."""
    kept = set(parts)
    networks = tuple(_relaxed(network, problem.pool.size, kept) for network in problem.networks)
    changed = replace(
        problem,
        rules=tuple(rule for rule in problem.rules if rule.is_must and rule.name in kept),
        trio_rules=tuple(rule for rule in problem.trio_rules if rule.is_must and rule.name in kept),
        networks=networks,
        must_place=problem.must_place if Limit.WAITLIST in kept else frozenset(),
        pins={person: place for person, place in problem.pins.items() if Pinned(person) in kept},
    )
    return changed if Limit.FACILITATORS in kept else without_facilitators(changed)


def with_any_count(problem: Problem, most: int) -> Problem:
    """The same problem with as few networks as it likes, or as many as `most`; given ones stay."""
    fixed = problem.fixed_count
    like = problem.networks[-1]
    more = [Network(f"+{i}", like.min_size, like.max_size) for i in range(most - len(problem.networks))]
    return replace(problem, networks=(*problem.networks, *more)[: max(fixed, most)], min_count=fixed)


def most_networks(problem: Problem) -> int:
    """How many networks there can be at most: by their least sizes, and by the rules that ask something of each."""
    fixed, people = problem.fixed_count, problem.pool.size
    free = problem.networks[fixed:] or problem.networks
    most = people // min(network.min_size for network in free)
    ground = Ground(problem.networks, max(1, people), len(problem.slots))
    for rule in problem.rules:
        for term in rule.lower(problem.pool, ground) if rule.is_must and rule.networks is None else ():
            if isinstance(term, Count):
                for carriers, band in term.values:
                    if not band.only_where_present and min(band.low[1:]) > 0:
                        most = min(most, len(carriers) // min(band.low[1:]))
            elif isinstance(term, Variety) and min(term.need[1:]) > 0:
                most = min(most, sum(map(len, term.values)) // min(term.need[1:]))
    return max(fixed, most)


def hold(problem: Problem, parts: Collection[Part], *, work: float = TRIAL_WORK) -> Trial:
    """Whether these parts can hold together, whatever else the problem asks.

    With any number of networks, more and more of them are tried; that it cannot be is proven only with as many as
    there could ever be.
    """
    asked = asking_only(problem, parts)
    if Limit.COUNT in parts or not asked.networks:
        return attempt(asked, work=work)
    most, here = most_networks(asked), len(asked.networks)
    trial = Trial(None)
    for count in sorted({min(most, here), min(most, 2 * here + 2), min(most, MOST_SEATS // max(1, problem.pool.size))}):
        if count < asked.fixed_count:
            continue
        trial = attempt(with_any_count(asked, count), work=work)
        if trial.possible or (trial.possible is False and count == most):
            return trial
    return _everybody_alone(asked) or Trial(None)


def _everybody_alone(problem: Problem) -> Trial | None:
    """An answer with a network for each unit, if that keeps everything that is asked."""
    if problem.fixed_count or problem.pins or any(network.min_size > 1 for network in problem.networks):
        return None
    units = lower(problem).units
    alone = with_any_count(problem, len(units))
    alone = replace(alone, networks=tuple(replace(n, accepted=None) for n in alone.networks))
    nothing = (None,) * len(alone.networks)
    composition = Composition(units.of, nothing, nothing)
    good = not score(alone, composition).broken and next(breaches(alone, composition), None) is None
    return Trial(True, composition) if good else None


def without_facilitators(problem: Problem) -> Problem:
    """The same problem with nobody to lead, and no rule that asks for it."""
    return replace(
        problem,
        facilitators=(),
        networks=tuple(replace(network, facilitator=None) for network in problem.networks),
        rules=tuple(rule for rule in problem.rules if rule.rule != "facilitated"),
    )


def _relaxed(network: Network, people: int, kept: Collection[Part]) -> Network:
    smallest = network.min_size if Limit.MIN_SIZE in kept else 1
    largest = network.max_size if Limit.MAX_SIZE in kept else max(network.max_size, people)
    accepted = network.accepted if Limit.ACCEPTS in kept else None
    return replace(network, min_size=smallest, max_size=max(smallest, largest), accepted=accepted)


@dataclass(frozen=True, slots=True)
class Trial:
    """Whether a problem can be answered: an example where it can, None and no proof where that was not found out."""

    possible: bool | None
    example: Composition | None = None


def attempt(problem: Problem, *, work: float = TRIAL_WORK, seconds: float | None = None) -> Trial:
    """Whether anything keeps all the problem's `must` rules and limits, within so much work."""
    people = problem.pool.size - sum(place == WAITING for place in problem.pins.values())
    room = sum(network.max_size for network in problem.networks)
    needed = sum(sorted(network.min_size for network in problem.networks)[: problem.min_count])
    given = sum(network.min_size for network in problem.networks[: problem.fixed_count])
    if max(needed, given) > people or room < len(problem.must_place):
        return Trial(False)
    lowered = lower(replace(problem, rules=tuple(rule for rule in problem.rules if rule.is_must)))
    model = CompositionModel(lowered)
    for row in totals(model, [*range(len(lowered.rules))]):
        model.model.add(row.holds)
    for solver in (_solver(min(QUICK_WORK, work), seconds), _thorough(work, seconds)):
        status = solver.solve(model.model)
        if status == cp_model.INFEASIBLE:
            return Trial(False)
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return Trial(True, model.composition(list(solver.response_proto.solution)))
    return Trial(None)


def _solver(work: float, seconds: float | None = None) -> cp_model.CpSolver:
    """One worker, which is what assumptions need, and gives the same answer every time.

    The rows of totals say what the linear relaxation, probing and symmetries would find out, in half the time.
    """
    solver = _thorough(work, seconds)
    solver.parameters.cp_model_probing_level = 0
    solver.parameters.symmetry_level = 0
    solver.parameters.linearization_level = 0
    return solver


def _thorough(work: float, seconds: float | None = None) -> cp_model.CpSolver:
    """The same with all that CP-SAT can do."""
    solver = cp_solver(workers=1, work=work)
    if seconds is not None:
        solver.parameters.max_time_in_seconds = max(0.01, seconds)
    return solver


@dataclass(frozen=True, slots=True)
class Row:
    """A consequence of one rule, added so that counting contradictions are seen at once."""

    rule: int
    holds: object


def totals(model: CompositionModel, rules: Sequence[int]) -> Iterator[Row]:
    """What rules ask of all networks together: no more of a value than the pool has, room for all who are placed."""
    wanted, of = set(rules), model.lowered.units.of
    pool, groups = model.problem.pool, model.groups
    for priced in model.lowered.terms:
        if priced.rule not in wanted:
            continue
        here = [group for k, group in enumerate(groups) if priced.speaks_about(k)]
        everywhere = len(here) == len(groups)
        match priced.term:
            case Count(values=values):
                for people, band in values:
                    if max(band.low) > 0 and not band.only_where_present:
                        least = sum(group.by_size(band.low) for group in here)
                        if not isinstance(least, int) or least > len(people):
                            yield Row(priced.rule, _at_most(least, len(people)))
                    if everywhere and min(band.high) < len(people):
                        waiting = sum(model.waits[of[person]] for person in people)
                        room = sum(group.by_size(band.high) for group in here) + waiting
                        if not isinstance(room, int) or room < len(people):
                            yield Row(priced.rule, _at_least(room, len(people)))
            case Variety(values=values, need=need):
                there = sum(min(len(people), len(here)) for people in values)
                least = sum(group.by_size(need) for group in here)
                if not isinstance(least, int) or least > there:
                    yield Row(priced.rule, _at_most(least, there))
            case Pairs(pairs=pairs) if everywhere:
                for clique in cliques(pairs, pool.size):
                    for group in here:
                        yield Row(priced.rule, _at_most(group.sum(clique), 1))
                    room = sum(group.open for group in here) + sum(model.waits[of[person]] for person in clique)
                    yield Row(priced.rule, _at_least(room, len(clique)))
            case _:
                continue


def _at_most(amount: object, limit: int) -> object:
    return amount <= limit  # type: ignore[operator]


def _at_least(amount: object, limit: int) -> object:
    return amount >= limit  # type: ignore[operator]


def cliques(pairs: Collection[tuple[int, int]], people: int) -> list[tuple[int, ...]]:
    """Sets of people of whom every two are a pair, grown greedily from the one with most partners."""
    partners: dict[int, set[int]] = {}
    for one, other in pairs:
        partners.setdefault(one, set()).add(other)
        partners.setdefault(other, set()).add(one)
    found = []
    left = set(partners)
    while left:
        first = max(sorted(left), key=lambda person: len(partners[person] & left))
        clique, common = [first], partners[first] & left
        while common:
            among = set(common)
            best = max(sorted(among), key=lambda person: len(partners[person] & among))
            clique.append(best)
            common &= partners[best]
        left -= set(clique)
        if len(clique) >= LEAST_CLIQUE:
            found.append(tuple(sorted(clique)))
    return found


def count_tried(problem: Problem) -> int:
    """How many networks are looked at where their number is open: enough for what any number would do, as a rule."""
    return max(problem.fixed_count, min(problem.pool.size, 2 * len(problem.networks) + 2))


class _Literals:
    """The model in which every part is a literal that can be assumed or not."""

    def __init__(self, problem: Problem, parts: Sequence[Part]) -> None:
        self.parts = [part for part in parts if part not in OUTER]
        kept: set[Part] = {part for part in parts if isinstance(part, str) or part in OUTER}
        loose = asking_only(problem, kept)
        if Limit.COUNT not in kept:
            loose = with_any_count(loose, count_tried(problem))
            problem = with_any_count(problem, count_tried(problem))
        # As weights, rules merge nobody into units and forbid nothing: their literals do.
        loose = replace(loose, rules=tuple(replace(rule, strength=1) for rule in loose.rules))
        self.problem = problem
        self.lowered: Lowered = lower(loose)
        self.model = CompositionModel(self.lowered, keep_musts=False)
        self.literal = {part: self.model.model.new_bool_var("") for part in self.parts}
        self._rules()
        self._limits()

    def _rules(self) -> None:
        index = {rule.name: number for number, rule in enumerate(self.lowered.rules)}
        for part in self.parts:
            if isinstance(part, str):
                self._if(part, _at_most(self.model.penalties[index[part]], 0))
        for row in totals(self.model, list(index.values())):
            self._if(self.lowered.rules[row.rule].name, row.holds)

    def _if(self, part: Part, holds: object) -> None:
        """The constraint holds where the part is kept."""
        if part not in self.literal:
            return
        if holds is False:
            self.model.model.add_bool_or([~self.literal[part]])
        elif holds is not True:
            self.model.model.add(holds).only_enforce_if(self.literal[part])

    def _limits(self) -> None:
        model, problem, of = self.model, self.problem, self.lowered.units.of
        groups = list(zip(model.groups, problem.networks, strict=True))
        people = problem.pool.size
        placed = sum(group.size for group in model.groups) + model.waiting
        model.model.add(placed == people)
        smallest = [group.open * network.min_size for group, network in groups]
        for (group, network), least in zip(groups, smallest, strict=True):
            self._if(Limit.MIN_SIZE, _at_least(group.size, least))
            self._if(Limit.MAX_SIZE, _at_most(group.size, network.max_size))
        self._if(Limit.MIN_SIZE, _at_most(sum(smallest), people))
        room = sum(group.open * network.max_size for group, network in groups)
        self._if(Limit.MAX_SIZE, _at_least(room + model.waiting, people))
        for person in sorted(problem.must_place):
            self._if(Limit.WAITLIST, _at_most(model.waits[of[person]], 0))
        for k, (_, network) in enumerate(groups):
            if network.accepted is not None:
                outside = [person for person in range(people) if person not in network.accepted]
                self._if(Limit.ACCEPTS, _at_most(sum(model.seats[k][of[person]] for person in outside), 0))
        for person, place in sorted(problem.pins.items()):
            seat = model.waits[of[person]] if place == WAITING else model.seats[place][of[person]]
            self._if(Pinned(person), _at_least(seat, 1))

    def look(self, kept: Collection[Part], work: float, seconds: float | None) -> tuple[Trial, tuple[Part, ...]]:
        """Whether these parts hold together; where not, those of them that already do not."""
        assumed = [part for part in self.parts if part in kept]
        self.model.model.clear_assumptions()
        self.model.model.add_assumptions([self.literal[part] for part in assumed])
        solver = _solver(work, seconds)
        status = solver.solve(self.model.model)
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            values = list(solver.response_proto.solution)
            return Trial(True, self.model.composition(values)), ()
        if status == cp_model.INFEASIBLE:
            core = set(solver.sufficient_assumptions_for_infeasibility())
            return Trial(False), tuple(part for part in assumed if self.literal[part].index in core)
        return Trial(None), ()


MOST_SEATS = 16_000
"""People times networks, up to which any number of networks is tried."""

FEW_SEATS = 1_500
"""People times networks, up to which conflicts are looked for that any number of networks has."""

OUTER = (Limit.COUNT, Limit.FACILITATORS)
"""Limits that change what there is to decide, and are therefore tried by asking anew."""


class _Finder:
    """One enumeration."""

    def __init__(
        self, problem: Problem, most: int, stopped: Callable[[], bool], parts: Sequence[Part] | None = None
    ) -> None:
        self.problem = problem
        self.most = most
        self.stopped = stopped
        self.parts = parts_of(problem) if parts is None else tuple(parts)
        self.inner = [part for part in self.parts if part not in OUTER]
        self.outer = [part for part in self.parts if part in OUTER]
        self.conflicts: list[Conflict] = []
        self.exits: list[Exit] = []
        self.found: set[frozenset[Part]] = set()

    def run(self) -> Conflicts:
        """Decides one largest set after the other."""
        atlas = _Map(self.inner)
        literals: _Literals | None = None
        undecided = proven = False
        for turn in counting():
            seed = atlas.largest()
            if seed is None or len(self.conflicts) >= self.most or self.stopped():
                break
            if turn == 0:
                # Most programmes hold together, and some contradict themselves in a way that is seen at once.
                trial = hold(self.problem, self.parts)
                if trial.possible:
                    return Conflicts(True, complete=True, example=trial.example)
                proven = trial.possible is False
            if literals is None:
                literals = _Literals(self.problem, self.parts)
            trial, core = literals.look(seed, CORE_WORK, None)
            if trial.possible is None:
                trial = hold(self.problem, [*seed, *self.outer], work=2 * CORE_WORK)
                core = tuple(seed)
            if trial.possible:
                left_out = frozenset(self.inner) - set(seed)
                if not left_out:
                    return Conflicts(True, complete=True, example=trial.example)
                assert trial.example is not None  # noqa: S101  (a trial that holds has an example)
                self.exits.append(Exit(tuple(p for p in self.inner if p in left_out), trial.example))
                atlas.holds(seed)
            elif trial.possible is False:
                inner, smallest = self._shrink(core)
                if Limit.COUNT not in self.outer and self._holds([*inner, *self.outer]) is not False:
                    undecided = True  # too few networks were looked at for a proof
                    atlas.skip(seed)
                    continue
                self._add(inner, smallest)
                atlas.fails(inner)
                if not inner:
                    break  # the limits on the number of networks, or on who leads them, contradict themselves
            else:
                undecided = True
                atlas.skip(seed)
        possible = False if self.conflicts or proven else None
        if possible is False and not self.conflicts and self.stopped():
            self.conflicts = [self._whole()]
        complete = not undecided and atlas.largest() is None
        for part in self.outer:
            complete = self._without(part) and complete
        self.conflicts.sort(key=lambda found: (len(found.parts), found.rules, found.pins))
        self.exits.sort(key=lambda found: len(found.parts))
        return Conflicts(possible, tuple(self.conflicts), tuple(self.exits), complete)

    def _whole(self) -> Conflict:
        """Everything together, where there was no time to say what of it."""
        return _conflict(self.parts, smallest=False)

    def _holds(self, parts: Collection[Part]) -> bool | None:
        return hold(self.problem, parts).possible

    def _shrink(self, core: Sequence[Part]) -> tuple[list[Part], bool]:
        """A smallest set within one that cannot hold: each member is dropped in turn, and kept where that helps."""
        kept, smallest = list(core), True
        # Wide rules go first, so that what stays is as telling as it can be.
        for part in sorted(core, key=lambda part: (isinstance(part, str), core.index(part))):
            if self.stopped():
                return kept, False
            rest = [other for other in kept if other != part]
            holds = self._holds([*rest, *self.outer])
            if holds is False:
                kept = rest
            elif holds is None:
                smallest = False
        return kept, smallest

    def _add(self, inner: Sequence[Part], smallest: bool) -> None:
        """Notes a conflict, with the outer limits that it needs."""
        outer = list(self.outer)
        for part in self.outer:
            rest = [other for other in outer if other != part]
            holds = self._holds([*inner, *rest])
            if holds is False:
                outer = rest
            elif holds is None:
                smallest = False
        key = frozenset([*inner, *outer])
        if key not in self.found:
            self.found.add(key)
            self.conflicts.append(_conflict([*inner, *outer], smallest=smallest))

    def _without(self, part: Part) -> bool:
        """A way out by an outer limit alone; or the conflicts that do not need it. Whether that is all there is."""
        if not self.conflicts:
            return True
        if self.stopped() or len(self.conflicts) >= self.most:
            return False
        rest = [other for other in self.parts if other != part]
        trial = hold(self.problem, rest)
        if trial.possible and trial.example is not None:
            self.exits.append(Exit((part,), trial.example))
        if trial.possible is not False:
            return trial.possible is True
        if count_tried(self.problem) * self.problem.pool.size > FEW_SEATS:
            return False
        below = _Finder(self.problem, self.most - len(self.conflicts), self.stopped, rest).run()
        for conflict in below.conflicts:
            key = frozenset(conflict.parts)
            if not any(known <= key for known in self.found):
                self.found.add(key)
                self.conflicts.append(conflict)
        return below.complete


def _conflict(parts: Sequence[Part], *, smallest: bool) -> Conflict:
    order = list(Limit)
    return Conflict(
        tuple(part for part in parts if isinstance(part, str)),
        tuple(sorted((part for part in parts if isinstance(part, Limit)), key=order.index)),
        smallest,
        tuple(sorted(part.person for part in parts if isinstance(part, Pinned))),
    )


class _Map:
    """Which sets of parts are not decided yet."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self.parts = list(parts)
        self.model = cp_model.CpModel()
        self.literal = {part: self.model.new_bool_var("") for part in self.parts}
        self.model.maximize(sum(self.literal.values()))

    def largest(self) -> list[Part] | None:
        """A largest set that is not decided; None where all are."""
        solver = _solver(1.0)
        if solver.solve(self.model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None
        return [part for part in self.parts if solver.boolean_value(self.literal[part])]

    def holds(self, kept: Collection[Part]) -> None:
        """These hold together, and so does everything within them."""
        self.model.add_bool_or([self.literal[part] for part in self.parts if part not in kept])

    def fails(self, kept: Collection[Part]) -> None:
        """These do not, and neither does anything that has them all."""
        self.model.add_bool_or([~self.literal[part] for part in kept])

    def skip(self, kept: Collection[Part]) -> None:
        """Not this very set again."""
        inside = set(kept)
        self.model.add_bool_or([~self.literal[part] if part in inside else self.literal[part] for part in self.parts])


def softened(problem: Problem, parts: Collection[Part], weight: int) -> Problem:
    """The problem in which these rules have a weight instead, and these pins are gone; limits stay as they are."""
    loose = {part for part in parts if isinstance(part, str)}
    return replace(
        problem,
        rules=tuple(replace(rule, strength=weight) if rule.name in loose else rule for rule in problem.rules),
        trio_rules=tuple(replace(r, strength=weight) if r.name in loose else r for r in problem.trio_rules),
        pins={person: place for person, place in problem.pins.items() if Pinned(person) not in parts},
    )
