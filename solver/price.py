"""Prices a whole composition from the rules' plain definitions; knows neither terms nor CP-SAT."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from solver.problem import WAITING, Composition, Problem, works_in
from solver.rules.base import Rule, Violation


@dataclass(frozen=True, slots=True)
class Scored:
    """A rule and where a composition breaks it."""

    rule: Rule
    violations: tuple[Violation, ...]

    @property
    def penalty(self) -> int:
        """The rule's penalty, before its weight."""
        return sum(violation.penalty for violation in self.violations)


@dataclass(frozen=True, slots=True)
class Score:
    """The price of a composition, rule by rule."""

    rules: tuple[Scored, ...]
    waiting: int

    @property
    def objective(self) -> int:
        """The weighted sum of the penalties."""
        return sum(scored.rule.weight * scored.penalty for scored in self.rules)

    @property
    def broken(self) -> tuple[Scored, ...]:
        """The `must` rules that do not hold."""
        return tuple(scored for scored in self.rules if scored.rule.is_must and scored.penalty)


def score(problem: Problem, composition: Composition) -> Score:
    """Every rule's violations, afresh."""
    return Score(
        tuple(Scored(rule, tuple(rule.violations(problem, composition))) for rule in problem.rules),
        len(composition.waiting),
    )


@dataclass(frozen=True, slots=True)
class Breach:
    """Something that the programme itself forbids, rules apart; `code` says what."""

    code: str
    network: int | None
    person: int | None = None


def breaches(problem: Problem, composition: Composition) -> Iterator[Breach]:
    """Everything in which a composition is not one of the problem's: sizes, accepted members, pins, facilitators."""
    groups = composition.groups()
    for k, network in enumerate(problem.networks):
        size = len(groups.get(k, ()))
        if size and not network.min_size <= size <= network.max_size:
            yield Breach("size", k)
        if network.fixed and not size:
            yield Breach("not_formed", k)
        if network.slot is not None and composition.slots[k] != network.slot:
            yield Breach("slot", k)
        if network.facilitator is not None and composition.facilitators[k] != network.facilitator:
            yield Breach("facilitator", k)
        for person in groups.get(k, ()):
            if not network.accepts(person):
                yield Breach("not_accepted", k, person)
    if not problem.min_count <= len(groups) <= len(problem.networks):
        yield Breach("count", None)
    for person, place in sorted(problem.pins.items()):
        if composition.places[person] != place:
            yield Breach("pin", None if place == WAITING else place, person)
    for person in composition.waiting:
        if person in problem.must_place:
            yield Breach("waits", None, person)
    yield from _facilitator_breaches(problem, composition, groups)


def _facilitator_breaches(
    problem: Problem, composition: Composition, groups: dict[int, tuple[int, ...]]
) -> Iterator[Breach]:
    leads = Counter(f for k in groups if (f := composition.facilitators[k]) is not None)
    for k, members in groups.items():
        f = composition.facilitators[k]
        if f is None:
            continue
        facilitator, network = problem.facilitators[f], problem.networks[k]
        slot = composition.slots[k]
        if leads[f] > facilitator.max_networks:
            yield Breach("leads_too_many", k)
        if slot is not None and facilitator.slots is not None and slot not in facilitator.slots:
            yield Breach("facilitator_slot", k)
        if network.region is not None and not works_in(facilitator, network.region):
            yield Breach("facilitator_region", k)
        for person in members:
            if person in facilitator.foreign:
                yield Breach("facilitator_language", k, person)
    led = [k for k in groups if composition.facilitators[k] is not None]
    for one, other in combinations(led, 2):
        same = composition.facilitators[one] == composition.facilitators[other]
        if same and problem.dates(composition.slots[one]) & problem.dates(composition.slots[other]):
            yield Breach("two_places_on_one_date", other)
