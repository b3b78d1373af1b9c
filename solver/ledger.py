"""What every rule costs in every group, so that the price of a change is known without counting everything again.

Only plain definitions, as in a recount: the change of a rule is exactly what two recounts would differ by.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from solver.price import Breach
from solver.problem import WAITING, Composition, Problem
from solver.rules.base import Group, GroupRule, Pricer


@dataclass(frozen=True, slots=True)
class Change:
    """What a change makes of each rule's penalty, of the number waiting, and of what the programme forbids."""

    rules: tuple[int, ...]
    """By how much each rule's penalty rises, in the order of the problem's rules."""
    objective: int
    """By how much the weighted sum rises."""
    waiting: int
    musts: int
    """By how much the penalties of the rules that must hold rise, together."""
    breaches: tuple[Breach, ...]
    """What would be forbidden, rules apart."""

    @property
    def allowed(self) -> bool:
        """Whether every rule that must hold still does, as far as it did, and nothing is forbidden."""
        return self.musts <= 0 and not self.breaches

    @property
    def key(self) -> tuple[int, int, int, int]:
        """Smaller is better: what is forbidden, what must hold, who waits, what it costs."""
        return len(self.breaches), max(0, self.musts), self.waiting, self.objective


class Ledger:
    """The prices of one composition, group by group."""

    def __init__(self, problem: Problem, composition: Composition) -> None:
        self.problem = problem
        self.pricers = pricers(problem)
        self._set(composition)

    def _set(self, composition: Composition) -> None:
        self.composition = composition
        self.members: dict[int, frozenset[int]] = {k: frozenset(who) for k, who in composition.groups().items()}
        self.prices: dict[int, tuple[int, ...]] = {k: self._price(k, who) for k, who in self.members.items()}
        self.wide = self._wide(composition)

    def penalties(self) -> tuple[int, ...]:
        """The penalty of every rule, as it stands."""
        return tuple(
            self.wide[index] if pricer is None else sum(prices[index] for prices in self.prices.values())
            for index, pricer in enumerate(self.pricers)
        )

    def change(self, moves: Mapping[int, int]) -> Change:
        """What it would make of everything if these people went to these places; slots and facilitators stay."""
        places = self.composition.places
        moves = {person: place for person, place in moves.items() if places[person] != place}
        groups = self._after(moves)
        changes = [0] * len(self.problem.rules)
        for k, members in groups.items():
            before = self.prices.get(k)
            for index, price in enumerate(self._price(k, members)):
                changes[index] += price - (before[index] if before is not None else 0)
        if any(pricer is None for pricer in self.pricers):
            after = list(places)
            for person, place in moves.items():
                after[person] = place
            wide = self._wide(replace(self.composition, places=tuple(after)))
            for index, pricer in enumerate(self.pricers):
                if pricer is None:
                    changes[index] = wide[index] - self.wide[index]
        rules = self.problem.rules
        return Change(
            tuple(changes),
            sum(rule.weight * change for rule, change in zip(rules, changes, strict=True)),
            sum((place == WAITING) - (places[person] == WAITING) for person, place in moves.items()),
            sum(change for rule, change in zip(rules, changes, strict=True) if rule.is_must),
            tuple(self._breaches(moves, groups)),
        )

    def move(self, moves: Mapping[int, int]) -> None:
        """Makes the change."""
        places = list(self.composition.places)
        for person, place in moves.items():
            places[person] = place
        for k, members in self._after(moves).items():
            if members:
                self.members[k], self.prices[k] = members, self._price(k, members)
            else:
                self.members.pop(k, None)
                self.prices.pop(k, None)
        self.composition = replace(self.composition, places=tuple(places))
        self.wide = self._wide(self.composition)

    def _after(self, moves: Mapping[int, int]) -> dict[int, frozenset[int]]:
        """The members of every network that a change touches."""
        places = self.composition.places
        touched = {places[person] for person in moves} | set(moves.values())
        found = {}
        for k in sorted(touched - {WAITING}):
            out = {person for person in moves if places[person] == k}
            into = {person for person, place in moves.items() if place == k}
            found[k] = (self.members.get(k, frozenset()) - out) | into
        return found

    def _price(self, k: int, members: Iterable[int]) -> tuple[int, ...]:
        who = tuple(sorted(members))
        if not who:
            return (0,) * len(self.problem.rules)
        composition, problem = self.composition, self.problem
        group = Group(who, problem.networks[k], composition.slots[k], composition.facilitators[k])
        return tuple(
            pricer(group) if pricer is not None and rule.applies(k) else 0
            for rule, pricer in zip(problem.rules, self.pricers, strict=True)
        )

    def _wide(self, composition: Composition) -> tuple[int, ...]:
        """The penalties of rules that look at everybody at once."""
        return tuple(
            sum(violation.penalty for violation in rule.violations(self.problem, composition)) if pricer is None else 0
            for rule, pricer in zip(self.problem.rules, self.pricers, strict=True)
        )

    def _breaches(self, moves: Mapping[int, int], groups: Mapping[int, frozenset[int]]) -> Iterator[Breach]:
        problem = self.problem
        for k, members in groups.items():
            network = problem.networks[k]
            size, was = len(members), len(self.members.get(k, ()))
            small = 0 < size < network.min_size and not 0 < was <= size
            if network.max_size < size > was or small:
                yield Breach("size", k)
            elif not members and network.fixed:
                yield Breach("not_formed", k)
        formed = len(self.members) + sum((bool(who)) - (k in self.members) for k, who in groups.items())
        if formed < problem.min_count and formed < len(self.members):
            yield Breach("count", None)
        for person, place in sorted(moves.items()):
            if problem.pins.get(person, place) != place:
                yield Breach("pin", None if place == WAITING else place, person)
            if place == WAITING:
                if person in problem.must_place:
                    yield Breach("waits", None, person)
                continue
            if not problem.networks[place].accepts(person):
                yield Breach("not_accepted", place, person)
            leader = self.composition.facilitators[place]
            if leader is not None and person in problem.facilitators[leader].foreign:
                yield Breach("facilitator_language", place, person)


def pricers(problem: Problem) -> list[Pricer | None]:
    """How each rule prices one network by itself; None for rules that look at everybody at once."""
    return [
        rule.pricer(problem.pool) if isinstance(rule, GroupRule) and getattr(rule, "matrix", None) is None else None
        for rule in problem.rules
    ]


def seat(
    problem: Problem,
    start: Sequence[int | None],
    composition: Composition,
    networks: Sequence[int],
    units: Sequence[Sequence[int]],
) -> list[int]:
    """A complete start: everybody where `start` has them as far as that is allowed, the others where it costs least.

    `composition` gives slots and facilitators; `networks` are those that are formed; `units` move as one. Who is in
    `start` nowhere, no longer accepted, or one too many in a network that became smaller, is seated anew; at worst on
    the waitlist.
    """
    seats = [_start(problem, unit, start, networks) for unit in units]
    standing = [WAITING] * problem.pool.size
    for unit, place in zip(units, seats, strict=True):
        for person in unit:
            standing[person] = WAITING if place is None else place
    ledger = Ledger(problem, replace(composition, places=tuple(standing)))
    nowhere = [unit for unit, place in zip(units, seats, strict=True) if place is None]
    for k in networks:
        here = [unit for unit, place in zip(units, seats, strict=True) if place == k and _movable(problem, unit)]
        while len(ledger.members.get(k, ())) > problem.networks[k].max_size and here:
            out = min(here, key=lambda unit: (_price(ledger, unit, WAITING), unit[0]))
            here.remove(out)
            ledger.move(dict.fromkeys(out, WAITING))
            nowhere.append(out)
    hurried = len(nowhere) * len(networks) > MOST_TRIES
    for unit in nowhere:
        options = [k for k in networks if _fits(ledger, unit, k)]
        if options:
            best = min(
                options,
                key=lambda k: (
                    len(ledger.members.get(k, ())) - problem.networks[k].min_size if hurried else _full(ledger, k),
                    (0, 0) if hurried else _price(ledger, unit, k),
                    k,
                ),
            )
            ledger.move(dict.fromkeys(unit, best))
    return list(ledger.composition.places)


MOST_TRIES = 3_000
"""People to seat times networks: above it they are seated by room alone, since the search follows anyway."""


def _start(problem: Problem, unit: Sequence[int], start: Sequence[int | None], networks: Sequence[int]) -> int | None:
    """Where a unit begins: where it is pinned, else where most of it was, if that is still allowed."""
    pinned = [problem.pins[person] for person in unit if person in problem.pins]
    if pinned:
        return pinned[0]
    known = [place for person in unit if (place := start[person]) is not None]
    if not known:
        return None
    place = max(dict.fromkeys(known), key=known.count)
    if place == WAITING:
        return None if any(person in problem.must_place for person in unit) else WAITING
    return place if place in networks and all(problem.networks[place].accepts(person) for person in unit) else None


def _movable(problem: Problem, unit: Sequence[int]) -> bool:
    return not any(person in problem.pins for person in unit)


def _fits(ledger: Ledger, unit: Sequence[int], k: int) -> bool:
    network, leader = ledger.problem.networks[k], ledger.composition.facilitators[k]
    foreign = ledger.problem.facilitators[leader].foreign if leader is not None else frozenset()
    room = len(ledger.members.get(k, ())) + len(unit) <= network.max_size
    return room and all(network.accepts(person) and person not in foreign for person in unit)


def _full(ledger: Ledger, k: int) -> int:
    """Networks that lack their least size come first."""
    return int(len(ledger.members.get(k, ())) >= ledger.problem.networks[k].min_size)


def _price(ledger: Ledger, unit: Sequence[int], place: int) -> tuple[int, int]:
    change = ledger.change(dict.fromkeys(unit, place))
    return change.musts, change.objective
