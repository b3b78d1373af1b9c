"""Settles what a network decides besides its members: when it meets and who leads it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from solver.cp import cp_model, cp_solver
from solver.lower import Lowered
from solver.lowering import Best, Lead, People
from solver.model import CompositionModel
from solver.problem import WAITING, Composition


def settle(lowered: Lowered, places: Sequence[int]) -> Composition:
    """The best slots and facilitators for these members.

    Slots by counting; where there are facilitators, slots and facilitators together by a small model, which also
    appoints facilitators that cost nothing.
    """
    if lowered.problem.facilitators and (led := _settle_together(lowered, places)) is not None:
        return led
    slots = best_slots(lowered, places, range(len(lowered.problem.networks)))
    return Composition(tuple(places), tuple(slots), tuple(x.facilitator for x in lowered.problem.networks))


def best_slots(lowered: Lowered, places: Sequence[int], networks: Iterable[int]) -> list[int | None]:
    """What `best_slot` says of each of these networks, by looking at everybody once."""
    slotted = [x for x in lowered.terms if isinstance(x.term, Best) and x.term.by_slot]
    common: dict[int, dict[int, int]] = {}
    formed = set(places)
    slots: list[int | None] = []
    for k in networks:
        network = lowered.problem.networks[k]
        term = next((x.term for x in slotted if x.speaks_about(k)), None)
        if network.slot is not None or k not in formed or not isinstance(term, Best):
            slots.append(network.slot)
            continue
        if id(term) not in common:
            common[id(term)] = most_common(term.options, places)
        slots.append(common[id(term)].get(k, 0))
    return slots


def slotted(lowered: Lowered, composition: Composition, networks: Sequence[int]) -> Composition:
    """The same people in the same places, each network without a facilitator at its best slot."""
    slots = list(composition.slots)
    free = [k for k in networks if composition.facilitators[k] is None]
    for k, slot in zip(free, best_slots(lowered, composition.places, free), strict=True):
        slots[k] = slot
    return Composition(composition.places, tuple(slots), composition.facilitators)


def most_common(options: Sequence[People], places: Sequence[int]) -> dict[int, int]:
    """The option that most members of each network have, the first of equals; networks where nobody has any are left
    out."""
    counts: dict[int, dict[int, int]] = {}
    for option, people in enumerate(options):
        for person in people:
            if places[person] != WAITING:
                mine = counts.setdefault(places[person], {})
                mine[option] = mine.get(option, 0) + 1
    return {k: min(mine, key=lambda option: (-mine[option], option)) for k, mine in counts.items()}


def best_slot(lowered: Lowered, k: int, members: Sequence[int]) -> int | None:
    """The given slot, else the one that most members can come to; the earliest of equals."""
    network = lowered.problem.networks[k]
    if network.slot is not None or not members:
        return network.slot
    mine = set(members)
    terms = [x.term for x in lowered.terms if isinstance(x.term, Best) and x.term.by_slot and x.speaks_about(k)]
    if not terms:
        return None
    counts = [len(mine.intersection(people)) for people in terms[0].options]
    return counts.index(max(counts))


def _settle_together(lowered: Lowered, places: Sequence[int]) -> Composition | None:
    """Slots and facilitators with everybody fixed; None where these members leave no way."""
    fixed = dict(enumerate(places))
    if any(fixed[person] != place for person, place in lowered.problem.pins.items()):
        return None
    formed = set(places) - {WAITING}
    terms = [x for x in lowered.terms if isinstance(x.term, Lead) or (isinstance(x.term, Best) and x.term.by_slot)]
    model = CompositionModel(lowered, fixed=fixed, lead_always=True, keep_musts=False, sized=False, terms=terms)
    led = sum(sum(x.leads.values()) for k, x in enumerate(model.leading) if k in formed)
    must = sum(penalty for rule, penalty in zip(lowered.rules, model.penalties, strict=True) if rule.is_must)
    many = len(lowered.problem.networks) + 1
    model.model.minimize(1_000_000 * many * must + many * model.objective - led)
    solver = cp_solver(work=2.0)
    if solver.solve(model.model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    found = model.composition(list(solver.response_proto.solution))
    slots = [
        slot if k in formed else network.slot
        for k, (slot, network) in enumerate(zip(found.slots, lowered.problem.networks, strict=True))
    ]
    leaders = [
        f if k in formed else network.facilitator
        for k, (f, network) in enumerate(zip(found.facilitators, lowered.problem.networks, strict=True))
    ]
    return Composition(tuple(places), tuple(slots), tuple(leaders))
