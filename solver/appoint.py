"""Who leads which network and when: at first, and while members are searched; then facilitators and slots move."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from solver.board import Board
from solver.lower import Lowered
from solver.problem import Composition, works_in
from solver.search import random_word, scaled, unit_interval
from solver.terms.best import BestBoard, commit
from solver.terms.common import Flags, Ints, offsets
from solver.terms.compiled import allocating, part

STEPS = 30
"""Proposals for each network, each time."""


class Offices(NamedTuple):
    """What facilitators may do. Facilitator number F is nobody, slot number S is none in particular."""

    given: Ints
    """(groups,) the slot that a network has from the start, or -1"""
    open: Ints
    """the groups whose facilitator is not given"""
    room: Ints
    """(F + 1,) how many networks each may lead"""
    works: Flags
    """(F + 1, groups): whether each works in a network's region"""
    first: Ints
    """(F + 2,) where the slots of each begin"""
    options: Ints
    """the slots of each, end to end"""
    free: Flags
    """(F + 1, S + 1): the same as a table"""
    clash: Flags
    """(S + 1, S + 1): which slots have a date in common"""


def offices(lowered: Lowered, networks: Sequence[int]) -> Offices:
    """What the facilitators of a problem may do for these of its networks, as groups 0, 1, ..."""
    problem = lowered.problem
    nobody, none = len(problem.facilitators), len(problem.slots)
    chosen = [problem.networks[k] for k in networks]
    every = tuple(range(none)) or (none,)
    options = [
        every if facilitator.slots is None or not none else tuple(sorted(facilitator.slots))
        for facilitator in problem.facilitators
    ]
    free = np.zeros((nobody + 1, none + 1), dtype=np.uint8)
    free[nobody] = 1
    for f, slots in enumerate(options):
        free[f, list(slots)] = 1
    works = np.ones((nobody + 1, len(chosen)), dtype=np.uint8)
    for f, facilitator in enumerate(problem.facilitators):
        works[f] = [network.region is None or works_in(facilitator, network.region) for network in chosen]
    dates = [problem.dates(slot) for slot in [*range(none), None]]
    return Offices(
        given=np.array([-1 if network.slot is None else network.slot for network in chosen], dtype=np.int64),
        open=np.array([k for k, network in enumerate(chosen) if network.facilitator is None], dtype=np.int64),
        room=np.array([*(f.max_networks for f in problem.facilitators), len(chosen)], dtype=np.int64),
        works=works,
        first=offsets([*map(len, options), 1]),
        options=np.array([slot for slots in [*options, (none,)] for slot in slots], dtype=np.int64),
        free=free,
        clash=np.array([[bool(one & other) for other in dates] for one in dates], dtype=np.uint8),
    )


def first_setting(lowered: Lowered, formed: Sequence[int], dice: random.Random) -> Composition | None:
    """Facilitators and their slots to begin with, at random but possible; None where there are none to appoint."""
    problem = lowered.problem
    if not problem.facilitators:
        return None
    leaders: list[int | None] = [network.facilitator for network in problem.networks]
    slots: list[int | None] = [network.slot for network in problem.networks]
    led = {f: [k for k, leader in enumerate(leaders) if leader == f] for f in range(len(problem.facilitators))}
    networks = [k for k in formed if leaders[k] is None]
    dice.shuffle(networks)
    for k in networks:
        choices = list(led)
        dice.shuffle(choices)
        # Whoever leads least comes first, so that facilitators are spread.
        for f in sorted(choices, key=lambda f: len(led[f]) / problem.facilitators[f].max_networks):
            slot = _slot_for(lowered, k, f, [slots[other] for other in led[f]], dice)
            if slot is not None:
                leaders[k], slots[k] = f, slot[0]
                led[f].append(k)
                break
    return Composition((), tuple(slots), tuple(leaders))


def _slot_for(
    lowered: Lowered, k: int, f: int, taken: Sequence[int | None], dice: random.Random
) -> tuple[int | None] | None:
    """A slot at which the facilitator can lead the network as well as those they lead already; None: there is none."""
    problem = lowered.problem
    facilitator, network = problem.facilitators[f], problem.networks[k]
    if len(taken) >= facilitator.max_networks:
        return None
    if network.region is not None and not works_in(facilitator, network.region):
        return None
    options: list[int | None] = [network.slot] if network.slot is not None or not problem.slots else []
    if not options:
        options = list(range(len(problem.slots)))
    dice.shuffle(options)
    for slot in options:
        if slot is not None and facilitator.slots is not None and slot not in facilitator.slots:
            continue
        if any(problem.dates(slot) & problem.dates(other) for other in taken):
            continue
        return (slot,)
    return None


def appoint(board: Board, held: Offices, state: Ints, temperature: float, must: int, dear: int, now: Ints) -> None:
    """Anneals who leads each group and when, at one temperature, with everybody in place.

    must: the price of one hard violation; dear: how many times as dear as it is it shall seem to have nobody.
    now: (hard, waiting, soft) of the board, updated.
    """
    foreign = strangers(board.foreign, board.people, board.where, board.leader.size)
    draw(
        board.best, board.filled, board.leader, board.lead_weight, board.lead_must, foreign, held, state,
        temperature, must, dear, now,
    )  # fmt: skip


def strangers(foreign: Flags, people: Ints, where: Ints, groups: int) -> Ints:
    """(groups, F + 1): how many members of each group each facilitator has no language for."""
    counts = np.zeros((groups + 1, foreign.shape[0]), dtype=np.int64)
    who, unit = np.nonzero(foreign)
    np.add.at(counts, (where[unit], who), people[unit])
    return counts[:groups]


@part
def late(board: BestBoard, k: int, slot: int, size: int, must: int) -> int:
    """What it costs group k of so many people to meet at this slot, or at the best one for each rule."""
    cost = 0
    for t in range(board.strength.weight.size):
        if board.by_slot[t] and board.strength.active[t, k]:
            low, high = board.first[t], board.first[t + 1]
            if slot < high - low:
                low += slot
                high = low + 1
            most = 0
            for option in range(low, high):
                most = max(most, board.tally[k, option])
            cost += (board.strength.weight[t] + must * board.strength.must[t]) * max(0, board.need[t, size] - most)
    return cost


@part
def fits(held: Offices, leader: Ints, slot: Ints, who: int, at: int, k: int, other: int) -> bool:
    """Whether somebody may lead group k at this slot, whoever leads that one and one other group now."""
    if not held.works[who, k] or not held.free[who, at]:
        return False
    if who != held.room.size - 1:
        for group in range(leader.size):
            if leader[group] == who and group not in (k, other) and held.clash[slot[group], at]:
                return False
    return True


@allocating
def draw(
    choices: BestBoard,
    filled: Ints,
    leader: Ints,
    lead_weight: Ints,
    lead_must: Ints,
    foreign: Ints,
    held: Offices,
    state: Ints,
    temperature: float,
    must: int,
    dear: int,
    now: Ints,
) -> None:
    """The kernel of `appoint`. foreign: (groups, F + 1) members of each group without a language in common."""
    nobody, none = held.room.size - 1, held.clash.shape[0] - 1
    groups = leader.size
    slot = choices.slot.copy()
    times = np.empty((groups, none + 1), dtype=np.int64)
    alone = np.zeros(groups, dtype=np.int64)
    led = np.zeros(nobody + 1, dtype=np.int64)
    before = leader.copy()
    for k in range(groups):
        led[leader[k]] += 1
        if slot[k] < 0:
            slot[k] = none
        if filled[k]:
            alone[k] = dear * (lead_weight[k] + must * lead_must[k])
        for at in range(none + 1):
            times[k, at] = late(choices, k, at, filled[k], must)
    for _ in range(STEPS * held.open.size):
        word = random_word(state)
        one = held.open[scaled(word >> np.uint64(32), held.open.size)]
        other = one
        if word & np.uint64(1):
            other = held.open[scaled(word & np.uint64(0xFFFFFFFF), held.open.size)]
            comes, at = leader[other], slot[other]
            if comes == leader[one] and at == slot[one]:
                continue
        else:
            comes = scaled(word & np.uint64(0xFFFFFFFF), nobody + 1)
            choices_of = held.first[comes + 1] - held.first[comes]
            if not choices_of or (comes != leader[one] and led[comes] >= held.room[comes]):
                continue
            at = held.options[held.first[comes] + scaled(random_word(state) >> np.uint64(32), choices_of)]
        goes = leader[one]
        then = slot[one] if held.given[other] < 0 else held.given[other]
        if held.given[one] >= 0:
            at = held.given[one]
        if not fits(held, leader, slot, comes, at, one, other):
            continue
        dearer = times[one, at] - times[one, slot[one]]
        dearer += must * (foreign[one, comes] - foreign[one, goes])
        dearer += alone[one] * ((comes == nobody) - (goes == nobody))
        if other != one:
            if not fits(held, leader, slot, goes, then, other, one):
                continue
            if comes == goes and comes != nobody and held.clash[at, then]:
                continue
            dearer += times[other, then] - times[other, slot[other]]
            dearer += must * (foreign[other, goes] - foreign[other, comes])
            dearer += alone[other] * ((goes == nobody) - (comes == nobody))
        if dearer > 0 and (temperature <= 0 or unit_interval(state) >= np.exp(-dearer / temperature)):
            continue
        if other != one:
            leader[other], slot[other] = goes, then
        else:
            led[goes] -= 1
            led[comes] += 1
        leader[one], slot[one] = comes, at
    for k in range(groups):
        who, was = leader[k], before[k]
        now[0] += foreign[k, who] - foreign[k, was]
        if filled[k]:
            without = (who == nobody) - (was == nobody)
            now[0] += lead_must[k] * without
            now[2] += lead_weight[k] * without
        choices.slot[k] = slot[k] if slot[k] < none and (who != nobody or held.given[k] >= 0) else -1
        for t in range(choices.strength.weight.size):
            now[0] -= choices.strength.must[t] * choices.strength.active[t, k] * choices.cost[k, t]
            now[2] -= choices.strength.weight[t] * choices.strength.active[t, k] * choices.cost[k, t]
        commit(choices, k, -1, -1, filled[k])
        for t in range(choices.strength.weight.size):
            now[0] += choices.strength.must[t] * choices.strength.active[t, k] * choices.cost[k, t]
            now[2] += choices.strength.weight[t] * choices.strength.active[t, k] * choices.cost[k, t]


__all__ = ["Offices", "appoint", "draw", "first_setting", "offices"]
