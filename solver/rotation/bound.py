"""Proven lower limits of every rotation penalty: never above the truth, each with the argument that proves it.

An argument looks at what no plan can change (how many pairs sit together at each meeting, who is there), never at a
plan. `meet_new` and `repeats` are both a convex price of how often each pair meets, so the same arguments serve both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations
from math import comb, lcm
from typing import Literal, TypeAlias

import numpy as np

from solver.rotation.frame import Frame
from solver.rotation.price import RotationPenalties, penalties
from solver.rotation.problem import MUST, Bools, Group, Ints, TrioTable, Weight

Gauge: TypeAlias = Literal["meet_new", "repeats"]
"""Which convex price of a pair's meetings: n (n - 1) / 2, or max(0, n - 1)."""

Sitting: TypeAlias = tuple[Group, tuple[int, ...]]
"""Who comes to one meeting, and the sizes of their groups."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A lower limit, and how it is known."""

    value: int
    how: str


@dataclass(frozen=True, slots=True)
class RotationBounds:
    """A proven lower limit of each penalty, not weighted (`trio_weighted` apart).

    `broken`: of the sum of `must` penalties; above 0 no plan exists, and `broken_by` says why.
    """

    meet_new: Bound
    least_repeats: Bound
    early: Bound
    spaced: tuple[Bound, ...]
    case_turns: Bound
    size_turns: Bound
    exchange: Bound
    gatherings: tuple[Bound, ...]
    trio_weighted: Bound
    broken: int
    broken_by: tuple[str, ...]
    rest: int

    def raised(self, meet_new: Bound, repeats: Bound, *, weight: int | None) -> RotationBounds:
        """With these limits too; `weight` is what a unit of `meet_new` adds to the rest, if it does."""
        most = max(self.meet_new, meet_new, key=lambda bound: bound.value)
        return replace(
            self,
            meet_new=most,
            least_repeats=max(self.least_repeats, repeats, key=lambda bound: bound.value),
            rest=self.rest + (weight or 0) * (most.value - self.meet_new.value),
        )


def rotation_bounds(shape: Frame, table: TrioTable | None) -> RotationBounds:
    """All bounds of one problem. A missing `table` bounds the rules within the trio by 0."""
    problem, prices = shape.problem, shape.problem.prices
    v = problem.members
    sittings = tuple(_fullest(shape, block) for block in shape.blocks)
    barred = barred_pairs(shape, table)
    meet_new = least("meet_new", v, sittings, before=shape.met, barred=barred)
    repeats = least("repeats", v, sittings, before=shape.met, barred=barred)
    early = _early(shape, barred)
    spaced = tuple(_spaced(shape, barred, number) for number in range(len(prices.spaced)))
    case_turns, size_turns = _case_turns(shape), _size_turns(shape)
    exchange = _exchange(shape)
    gatherings = tuple(_gathering(shape, number) for number in range(len(problem.gatherings)))
    trio_weighted, trio_broken = _trio(shape, table, faults=False), _trio(shape, table, faults=True)
    weighed: list[tuple[Weight | None, Bound, str]] = [
        (prices.meet_new, meet_new, "meet_new"),
        (prices.early, early, "early"),
        *((s.weight, bound, "spaced") for s, bound in zip(prices.spaced, spaced, strict=True)),
        (prices.case_turns, case_turns, "case_turns"),
        (prices.size_turns, size_turns, "size_turns"),
        (problem.exchange.weight if problem.exchange else None, exchange, "exchange"),
        *((g.weight, bound, "together") for g, bound in zip(problem.gatherings, gatherings, strict=True)),
        (1, trio_weighted, "rules within the trio"),
        (MUST, trio_broken, "must rules within the trio"),
        (MUST, _above_most(shape, sittings, barred), "meet_new at_most"),
    ]
    impossible = [(bound, name) for weight, bound, name in weighed if weight is MUST and bound.value > 0]
    return RotationBounds(
        meet_new=meet_new,
        least_repeats=repeats,
        early=early,
        spaced=spaced,
        case_turns=case_turns,
        size_turns=size_turns,
        exchange=exchange,
        gatherings=gatherings,
        trio_weighted=trio_weighted,
        broken=sum(bound.value for bound, _ in impossible),
        broken_by=tuple(f"{name}: {bound.how}" for bound, name in impossible),
        rest=sum(weight * bound.value for weight, bound, _ in weighed if isinstance(weight, int)),
    )


def barred_pairs(shape: Frame, table: TrioTable | None) -> Bools:
    """Pairs that no open meeting may seat together, because every group with both breaks a `must` rule.

    Shape (members, members), symmetric.
    """
    v = shape.problem.members
    barred = np.zeros((v, v), np.bool_)
    sizes = {size for cut in shape.sizes for size in cut if size > 1}
    if table is None or not sizes or not sizes.issubset(table.faults):
        return barred
    barred[:] = True
    for size in sizes:
        fine = _all_groups(v, size)[table.faults[size] == 0]
        for one, other in combinations(range(size), 2):
            barred[fine[:, one], fine[:, other]] = False
            barred[fine[:, other], fine[:, one]] = False
    np.fill_diagonal(barred, False)
    return barred


def least(gauge: Gauge, members: int, sittings: Sequence[Sitting], *, before: Ints, barred: Bools) -> Bound:
    """The least total price over pairs after these sittings, when they met `before[i, j]` times already.

    Pairs in `barred` do not meet again. Of several arguments the strongest; the first is the contract's count, so
    it is never below that.
    """
    pairs = np.triu_indices(members, 1)
    return _least(gauge, members, tuple(sittings), tuple(before[pairs].tolist()), tuple(barred[pairs].tolist()))


@lru_cache(maxsize=512)
def _least(
    gauge: Gauge, members: int, sittings: tuple[Sitting, ...], before: tuple[int, ...], barred: tuple[bool, ...]
) -> Bound:
    i, j = np.triu_indices(members, 1)
    met = np.array(before, np.int64)
    there = np.zeros((len(sittings), members), np.bool_)
    for row, (people, _) in zip(there, sittings, strict=True):
        row[list(people)] = True
    can = np.where(np.array(barred, np.bool_), 0, (there[:, i] & there[:, j]).sum(axis=0))
    spent = int(_price(gauge, met).sum())
    slots = sum(comb(size, 2) for _, sizes in sittings for size in sizes)
    found = [
        Bound(spent + _cheapest(_steps(gauge, met, can), slots), "counting: pair meetings spread over all pairs"),
        _per_member(gauge, members, sittings=sittings, there=there, met=met, can=can, spent=spent),
    ]
    everybody = tuple(range(members))
    if all(people == everybody for people, _ in sittings) and sittings:
        shared = _between_rounds(gauge, members, tuple(sizes for _, sizes in sittings))
        found.append(Bound(spent + shared.value, shared.how))
        if not met.any() and all(len(sizes) == 2 for _, sizes in sittings):
            found.append(_two_groups(gauge, members, tuple(sizes for _, sizes in sittings)))
    return max(found, key=lambda bound: bound.value)


def _price(gauge: Gauge, met: Ints) -> Ints:
    return met * (met - 1) // 2 if gauge == "meet_new" else np.maximum(0, met - 1)


def _steps(gauge: Gauge, met: Ints, can: Ints) -> Ints:
    """What each further meeting of each pair costs, for as many as each can still have."""
    start = np.repeat(met, can)
    counted = np.arange(len(start)) - np.repeat(np.cumsum(can) - can, can)
    before = start + counted
    return before if gauge == "meet_new" else (before > 0).astype(np.int64)


def _cheapest(steps: Ints, count: int) -> int:
    """The sum of the `count` least steps: prices are convex, so cheap steps never wait behind dear ones."""
    return int(np.sort(steps)[:count].sum())


def _per_member(
    gauge: Gauge, members: int, *, sittings: tuple[Sitting, ...], there: Bools, met: Ints, can: Ints, spent: int
) -> Bound:
    """Each member's own meetings, spread over the others; every pair has two ends, so half the sum is a limit.

    Who sits in a larger group meets more people: how many is left free between the sizes on offer, in total as it is.
    """
    i, j = np.triu_indices(members, 1)
    forced, free, missing = 0, [], 0
    for member in range(members):
        mine = (i == member) | (j == member)
        steps = np.sort(_steps(gauge, met[mine], can[mine]))
        low = sum(min(sizes) - 1 for (_, sizes), here in zip(sittings, there[:, member], strict=True) if here)
        high = sum(max(sizes) - 1 for (_, sizes), here in zip(sittings, there[:, member], strict=True) if here)
        forced += int(steps[:low].sum())
        free.append(steps[low:high])
        missing -= low
    missing += sum(size * (size - 1) for _, sizes in sittings for size in sizes)
    both_ends = forced + (_cheapest(np.concatenate(free), missing) if free else 0)
    return Bound(spent + -(-both_ends // 2), "counting: each member's meetings spread over the others")


def _between_rounds(gauge: Gauge, members: int, cuts: tuple[tuple[int, ...], ...]) -> Bound:
    """A group of s people split over k < s later groups leaves pairs together: pigeonholes between two meetings.

    Summed over all pairs of meetings, shared pairs are exactly the sum of met (met - 1) / 2; a meeting repeats at
    least what it shares with any one before it.
    """
    shared = [[max(_kept(a, len(b)), _kept(b, len(a))) for b in cuts[:number]] for number, a in enumerate(cuts)]
    value = sum(sum(row) if gauge == "meet_new" else max(row, default=0) for row in shared)
    return Bound(value, "pigeonholes: a group larger than the number of groups cannot part completely")


def _kept(sizes: tuple[int, ...], groups: int) -> int:
    """Pairs of these groups that stay together when everybody is dealt over so many groups."""
    total = 0
    for size in sizes:
        q, r = divmod(size, groups)
        total += (groups - r) * comb(q, 2) + r * comb(q + 1, 2)
    return total


def _two_groups(gauge: Gauge, members: int, cuts: tuple[tuple[int, ...], ...]) -> Bound:
    """With two groups, the pairs apart an odd number of times form a cut: everybody on one of two sides.

    Of any three people an even number of pairs is apart at each meeting. So pairs across the two sides have met with
    one parity and pairs on one side with the other, and each climbs in steps of two. Where v is even the size of a side
    has a parity too: both groups of a meeting are even or both odd, and the side is their symmetric difference. Where
    both groups are equal, everybody meets equally many, which ties the sums inside and across the sides together.
    """
    rounds = len(cuts)
    slots = sum(comb(size, 2) for cut in cuts for size in cut)
    equal = all(cut[0] == cut[1] for cut in cuts)
    each = sum(cut[0] - 1 for cut in cuts)
    prices: list[int] = []
    for side in range(members // 2 + 1):
        if members % 2 == 0 and (side - sum(cut[0] for cut in cuts)) % 2:
            continue
        other = members - side
        across = _climb(gauge, side * other, (rounds - 1) % 2, rounds)
        if equal:
            inside, beyond = (_climb(gauge, comb(size, 2), rounds % 2, rounds) for size in (side, other))
            for total in inside:
                over = side * each - 2 * total
                rest, half = divmod(other * each - over, 2)
                if over in across and not half and rest in beyond:
                    prices.append(inside[total] + across[over] + beyond[rest])
        else:
            inside = _climb(gauge, comb(side, 2) + comb(other, 2), rounds % 2, rounds)
            prices += [inside[total] + across[slots - total] for total in inside if slots - total in across]
    return Bound(min(prices, default=0), "parity: with two groups, pairs apart an odd number of times form a cut")


def _climb(gauge: Gauge, pairs: int, start: int, most: int) -> dict[int, int]:
    """The least price of so many pairs for each total of their meetings, when each has `start`, `start` + 2, ..."""
    if pairs and start > most:
        return {}
    levels = np.arange(start, most - 1, 2)
    steps = np.repeat(_price(gauge, levels + 2) - _price(gauge, levels), pairs)
    first = pairs * int(_price(gauge, np.array([start], np.int64))[0])
    climbed = first + np.concatenate([[0], np.cumsum(steps)])
    return {pairs * start + 2 * count: int(price) for count, price in enumerate(climbed)}


def _fullest(shape: Frame, block: range) -> Sitting:
    """The meeting of a block with most pair meetings: the block has at least those."""
    problem = shape.problem
    number = max(block, key=lambda m: sum(comb(size, 2) for size in problem.sizes[m]))
    return tuple(np.flatnonzero(problem.present[number]).tolist()), problem.sizes[number]


def _above_most(shape: Frame, sittings: tuple[Sitting, ...], barred: Bools) -> Bound:
    """Meetings of pairs beyond `at_most`, by counting over all pairs and around each member."""
    at_most = shape.problem.prices.at_most
    if at_most is None:
        return Bound(0, "no limit asked")
    v = shape.problem.members
    i, j = np.triu_indices(v, 1)
    over = int(np.maximum(0, shape.met[i, j] - at_most).sum())
    if at_most == 1:
        found = least("repeats", v, sittings, before=shape.met, barred=barred)
        return Bound(max(over, found.value), found.how)
    rooms = np.where(barred[i, j], 0, np.maximum(0, at_most - shape.met[i, j]))
    slots = sum(comb(size, 2) for _, sizes in sittings for size in sizes)
    value = over + max(0, slots - int(rooms.sum()))
    for member in range(v):
        mine = (i == member) | (j == member)
        own_room = int(rooms[mine].sum())
        own = sum(min(sizes) - 1 for people, sizes in sittings if member in people)
        value = max(value, over + own - own_room)
    return Bound(value, "counting: more pair meetings than all pairs may have")


def _early(shape: Frame, barred: Bools) -> Bound:
    """After each meeting, at least so many pairs have not met: more cannot have sat together."""
    problem = shape.problem
    v, how = problem.members, "counting: pairs that cannot have met yet, meeting by meeting"
    i, j = np.triu_indices(v, 1)
    past = shape.first_met[i, j][problem.earlier[i, j] == 0]
    waiting = int((past == 0).sum())
    before = (shape.met > 0).astype(np.int64)
    total = int(past.sum())
    for number in range(problem.meetings + 1):
        begun = [block for block in shape.blocks if block.start < number]
        if shape.steady:
            sittings = tuple(_fullest(shape, block) for block in begun)
            slots = sum(comb(size, 2) for _, sizes in sittings for size in sizes)
            new = slots - least("repeats", v, sittings, before=before, barred=barred).value
        else:
            new = sum(comb(s, 2) for block in begun for m in block if m < number for s in problem.sizes[m])
        total += max(0, waiting - new)
    return Bound(total, how)


def _spaced(shape: Frame, barred: Bools, number: int) -> Bound:
    """Windows of `gap` meetings in a row, each with at least its own repeats.

    A pair that meets at a and next at b is inside gap - (b - a) such windows, so the penalty is exactly the sum over
    windows of max(0, meetings of the pair in the window - 1): each window is a small rotation with its own limit.
    """
    problem = shape.problem
    v, gap = problem.members, problem.prices.spaced[number].gap
    if not shape.steady:
        return Bound(0, "not bounded: people come and go within meetings that keep their groups")
    nothing = np.zeros((v, v), np.int64)
    total = _past(shape).spaced[number]
    for start in range(1 - gap, problem.meetings):
        inside = [block for block in shape.blocks if block.start < start + gap and block.stop > start]
        sittings = tuple(_fullest(shape, block) for block in inside)
        total += least("repeats", v, sittings, before=nothing, barred=barred).value
    return Bound(total, "counting: repeats inside every window of meetings")


def _case_turns(shape: Frame) -> Bound:
    """Turns as case giver: those taken in the past, and those that each member can be there for."""
    problem = shape.problem
    past = len(problem.fixed)
    most = shape.cases + problem.present[past:].sum(axis=0)
    total = int(shape.cases.sum()) + sum(len(sizes) for sizes in problem.sizes[past:])
    return _range_bound(shape.cases, most, total)


def _size_turns(shape: Frame) -> Bound:
    """Turns in a group of the other size: forced where all groups have it, possible where one has."""
    problem = shape.problem
    least_turns, most = shape.odd.copy(), shape.odd.copy()
    total = int(shape.odd.sum())  # of past meetings and of those that follow them
    for block in shape.blocks:
        for number in block:
            there = problem.present[number].astype(np.int64)
            other = [size for size in problem.sizes[number] if size != problem.group_size]
            total += sum(other)
            most += there if other else 0
            least_turns += there if len(other) == len(problem.sizes[number]) else 0
    return _range_bound(least_turns, most, total)


def _range_bound(least_turns: Ints, most: Ints, total: int) -> Bound:
    """max - min - 1 of turns between `least_turns` and `most` that add up to `total`, from below."""
    how = "counting: turns shared as equally as attendance allows"
    if not len(most):
        return Bound(0, how)
    ceiling = int(least_turns.max())
    while np.minimum(most, ceiling).sum() < total and ceiling < most.max():
        ceiling += 1
    floor = int(most.min())
    while floor > 0 and np.maximum(least_turns, floor).sum() > total:
        floor -= 1
    return Bound(max(0, ceiling - floor - 1), how)


def _exchange(shape: Frame) -> Bound:
    """Asks that nobody present offers stay open whoever sits with the case giver: the least of them, per group."""
    problem = shape.problem
    how = "counting: asks that nobody present offers"
    if problem.exchange is None:
        return Bound(0, how)
    asks, offers = problem.exchange.asks, problem.exchange.offers
    total = _past(shape).exchange
    for number in range(len(problem.fixed), problem.meetings):
        people = np.flatnonzero(problem.present[number])
        open_asks = [
            int(np.bitwise_count(asks[i] & ~np.bitwise_or.reduce(offers[people[people != i]], axis=0)).sum())
            for i in people
        ]
        total += sum(sorted(open_asks)[: len(problem.sizes[number])])
    return Bound(total, how)


def _gathering(shape: Frame, number: int) -> Bound:
    """No group holds more of them than it has seats."""
    problem = shape.problem
    members = problem.gatherings[number].members
    total = _past(shape).gatherings[number] + sum(
        max(0, int(problem.present[m, list(members)].sum()) - max(problem.sizes[m], default=0))
        for m in range(len(problem.fixed), problem.meetings)
    )
    return Bound(total, "counting: more of them than the largest group seats")


def _trio(shape: Frame, table: TrioTable | None, *, faults: bool) -> Bound:
    """Each member sits in some group, and pays at least a share of the cheapest that is possible.

    Prices of a group of s are shared out over its s members; the shares of those present add up to a limit.
    """
    how = "shares: the cheapest group that each member can be in"
    if table is None:
        return Bound(0, how)
    problem = shape.problem
    columns = table.faults if faults else table.weights
    past = _past(shape)
    total = past.trio_broken if faults else past.trio_weighted
    known: dict[tuple[bytes, tuple[int, ...]], int] = {}
    for number in range(len(problem.fixed), problem.meetings):
        key = (problem.present[number].tobytes(), problem.sizes[number])
        if key not in known:
            known[key] = _one_meeting(problem.present[number], problem.sizes[number], columns)
        total += known[key]
    return Bound(total, how)


def _one_meeting(present: Bools, sizes: tuple[int, ...], columns: Mapping[int, Ints]) -> int:
    """The shares of one meeting, rounded up; counted in units of 1 / lcm(sizes), to stay whole."""
    unit = lcm(*sizes) if sizes else 1
    shares = np.full(len(present), np.iinfo(np.int64).max, np.int64)
    for size in set(sizes):
        if size not in columns:
            return 0
        groups = _all_groups(len(present), size)
        possible = present[groups].all(axis=1)
        for place in range(size):
            np.minimum.at(shares, groups[possible, place], columns[size][possible] * (unit // size))
    return -(-int(shares[present].sum()) // unit)


@lru_cache(maxsize=16)
def _all_groups(members: int, size: int) -> Ints:
    """Every group of this size, one a row, in the order of `rank`."""
    groups = np.array(list(combinations(range(members), size)), np.int64).reshape(-1, size)
    # Compared from the last member to the first, groups come in the order of their rank.
    return groups[np.lexsort(groups.T)]


def _past(shape: Frame) -> RotationPenalties:
    """What the past meetings cost by themselves."""
    problem = shape.problem
    return penalties(replace(problem, present=problem.present[: len(problem.fixed)]), problem.fixed)
