"""What each other place would cost one person: moving alone, in the best swap, and with everybody free to follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from solver.ledger import Change, Ledger
from solver.limits import Watch
from solver.onward import LEAST_ROUND, ROUND, begin, ground, search
from solver.price import Score, breaches, score
from solver.problem import WAITING, Composition, Problem


@dataclass(frozen=True, slots=True)
class Swap:
    """The best exchange of one person with a member of another network."""

    other: int
    change: Change


@dataclass(frozen=True, slots=True)
class Following:
    """The best answer found with one person elsewhere, and everybody else free to follow."""

    composition: Composition
    score: Score
    rules: tuple[int, ...]
    """By how much each rule's penalty rises."""
    objective: int
    waiting: int
    moved: int
    """How many others are elsewhere too."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """One other place for one person; None where there is no such way."""

    place: int
    alone: Change
    swap: Swap | None
    following: Following | None


def elsewhere(
    ledger: Ledger, person: int, places: Sequence[int], watch: Watch, *, share: float = 1.0
) -> tuple[Elsewhere, ...]:
    """Every other place, in the order of `places`; `share`: of the time limit."""
    found = []
    for number, place in enumerate(places, 1):
        until = share * number / max(1, len(places))
        found.append(
            Elsewhere(
                place,
                ledger.change({person: place}),
                best_swap(ledger, person, place),
                following(ledger, person, place, watch, until=until),
            )
        )
    return tuple(found)


def best_swap(ledger: Ledger, person: int, place: int) -> Swap | None:
    """The member of a network with whom changing places costs least; who is pinned stays."""
    mine = ledger.composition.places[person]
    swaps = [
        Swap(other, ledger.change({person: place, other: mine}))
        for other in sorted(ledger.members.get(place, ()))
        if other not in ledger.problem.pins
    ]
    return min(swaps, key=lambda swap: (swap.change.key, swap.other), default=None)


def following(ledger: Ledger, person: int, place: int, watch: Watch, *, until: float = 1.0) -> Following | None:
    """The best answer that going on from here finds with the person there; None where none keeps what must hold."""
    problem, composition = ledger.problem, ledger.composition
    if problem.pins.get(person, place) != place:
        return None
    held = as_formed(problem, composition)
    held = replace(held, pins={**held.pins, person: place})
    start: list[int | None] = list(composition.places)
    start[person] = place
    ready = ground(held, start)
    if ready is None:
        return None
    setting = replace(
        composition,
        slots=composition.slots[: len(held.networks)],
        facilitators=composition.facilitators[: len(held.networks)],
    )
    began = begin(ready, start, setting)
    steps = max(LEAST_ROUND, ROUND * len(ready.lowered.units) // 2)
    runs = 2 * max(1, watch.limits.workers) * (watch.limits.effort or 1)
    found = search(ready, [began], watch, runs=runs, steps=steps, share=until)
    if found.rank.hard or list(breaches(held, found.composition)):
        return None
    priced = score(held, found.composition)
    before = ledger.penalties()
    return Following(
        found.composition,
        priced,
        tuple(scored.penalty - was for scored, was in zip(priced.rules, before, strict=True)),
        priced.objective - sum(rule.weight * was for rule, was in zip(problem.rules, before, strict=True)),
        priced.waiting - len(composition.waiting),
        sum(
            now != was
            for other, (now, was) in enumerate(zip(found.composition.places, composition.places, strict=True))
            if other != person
        ),
    )


def as_formed(problem: Problem, composition: Composition) -> Problem:
    """The problem of exactly the networks that are formed, each with its slot and facilitator: a place for pins."""
    formed = set(composition.places) - {WAITING}
    last = max(formed, default=-1) + 1
    networks = tuple(
        replace(
            network,
            fixed=True,
            slot=composition.slots[k] if network.slot is None else network.slot,
            facilitator=composition.facilitators[k] if network.facilitator is None else network.facilitator,
        )
        for k, network in enumerate(problem.networks[:last])
    )
    return replace(problem, networks=networks, min_count=len(networks))
