"""Prices a finished rotation from the words of its rules; shares nothing with the search."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import TypeAlias

from solver.rotation.problem import MUST, Group, Meeting, RotationProblem, Weight

Pair: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Encounter:
    """One block of meetings in which a pair sat together: the first and the last of them, counted from 1."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class RotationPenalties:
    """The penalty of each rule, not weighted, whether or not the programme asks for it.

    `spaced` has one for each rule of that name, `gatherings` one for each gathering. `above_most`: meetings of pairs
    beyond `at_most`. `trio_weighted` is the exception: the rules within the trio give it weighted already.
    `trio_broken`: the `must` penalties within the trio.
    """

    meet_new: int
    repeats: int
    pair_meetings: int
    above_most: int
    early: int
    spaced: tuple[int, ...]
    case_turns: int
    size_turns: int
    exchange: int
    gatherings: tuple[int, ...]
    trio_weighted: int
    trio_broken: int


def encounters(problem: RotationProblem, meetings: Sequence[Meeting]) -> dict[Pair, tuple[Encounter, ...]]:
    """Each pair's encounters in order; meetings of one `keep` block are one encounter."""
    found: dict[Pair, list[Encounter]] = {}
    for block in problem.blocks:
        together: dict[Pair, list[int]] = {}
        for number in block:
            for group in meetings[number].groups:
                for pair in combinations(sorted(group), 2):
                    together.setdefault(pair, []).append(number + 1)
        for pair, numbers in together.items():
            found.setdefault(pair, []).append(Encounter(numbers[0], numbers[-1]))
    return {pair: tuple(times) for pair, times in sorted(found.items())}


def met(problem: RotationProblem, meetings: Sequence[Meeting]) -> dict[Pair, int]:
    """How often each pair of members met, history included; every pair is there, 0 or not."""
    times = encounters(problem, meetings)
    return {
        (a, b): int(problem.earlier[a, b]) + len(times.get((a, b), ()))
        for a, b in combinations(range(problem.members), 2)
    }


def penalties(problem: RotationProblem, meetings: Sequence[Meeting]) -> RotationPenalties:
    """Every rule's penalty for these meetings, counted afresh."""
    times = encounters(problem, meetings)
    counts = met(problem, meetings)
    at_most = problem.prices.at_most
    groups = [group for meeting in meetings for group in meeting.groups]
    return RotationPenalties(
        meet_new=sum(count * (count - 1) // 2 for count in counts.values()),
        repeats=sum(max(0, count - 1) for count in counts.values()),
        pair_meetings=sum(counts.values()),
        above_most=0 if at_most is None else sum(max(0, count - at_most) for count in counts.values()),
        early=sum(_first(problem, pair, times) for pair in counts),
        spaced=tuple(
            sum(
                spacing.penalty(later.first - sooner.last)
                for pair_times in times.values()
                for sooner, later in pairwise(pair_times)
            )
            for spacing in problem.prices.spaced
        ),
        case_turns=_beyond_one(problem.members, Counter(_givers(meetings))),
        size_turns=_beyond_one(
            problem.members,
            Counter(member for group in groups if len(group) != problem.group_size for member in group),
        ),
        exchange=_unanswered(problem, meetings),
        gatherings=tuple(_scattered(gathering.members, meetings) for gathering in problem.gatherings),
        trio_weighted=0 if problem.trio is None else sum(problem.trio.weighted(_sorted(group)) for group in groups),
        trio_broken=0 if problem.trio is None else sum(problem.trio.broken(_sorted(group)) for group in groups),
    )


@dataclass(frozen=True, slots=True)
class RotationScore:
    """The penalties added up: what must be 0, what comes first, and the weighted rest.

    `balance` is None where `meet_new` has a weight; it is part of `rest` then.
    """

    broken: int
    balance: int | None
    rest: int


def score(problem: RotationProblem, found: RotationPenalties) -> RotationScore:
    """Weighs the penalties as the programme asks."""
    prices = problem.prices
    weighed: list[tuple[Weight | None, int]] = [
        (prices.meet_new, found.meet_new),
        (prices.early, found.early),
        (prices.case_turns, found.case_turns),
        (prices.size_turns, found.size_turns),
        (1, found.trio_weighted),
        (MUST, found.trio_broken),
        (MUST, found.above_most),
        (None if problem.exchange is None else problem.exchange.weight, found.exchange),
    ]
    weighed += [(spacing.weight, penalty) for spacing, penalty in zip(prices.spaced, found.spaced, strict=True)]
    weighed += [
        (gathering.weight, penalty) for gathering, penalty in zip(problem.gatherings, found.gatherings, strict=True)
    ]
    return RotationScore(
        broken=sum(penalty for weight, penalty in weighed if weight is MUST),
        balance=found.meet_new if prices.spread_comes_first else None,
        rest=sum(weight * penalty for weight, penalty in weighed if isinstance(weight, int)),
    )


def least_even_spread(pairs: int, pair_meetings: int) -> int:
    """The contract's limit of `meet_new`: (P - r) q (q - 1) / 2 + r q (q + 1) / 2 with q, r = divmod(T, P)."""
    if pairs == 0:
        return 0
    q, r = divmod(pair_meetings, pairs)
    return (pairs - r) * (q * (q - 1) // 2) + r * (q * (q + 1) // 2)


def faults(problem: RotationProblem, meetings: Sequence[Meeting]) -> tuple[str, ...]:
    """What makes these meetings no rotation of this problem at all, in words; empty when they are one."""
    found: list[str] = []
    if len(meetings) != problem.meetings:
        return (f"{len(meetings)} meetings instead of {problem.meetings}",)
    for number, meeting in enumerate(meetings):
        past = number < len(problem.fixed)
        if past and meeting != problem.fixed[number]:
            found.append(f"meeting {number + 1} is past and was changed")
        present = {member for member in range(problem.members) if problem.present[number, member]}
        seated = [member for group in meeting.groups for member in group]
        if sorted(seated) != sorted(present):
            found.append(f"meeting {number + 1} does not seat exactly those present")
        if not past:
            sizes = sorted((len(group) for group in meeting.groups), reverse=True)
            if tuple(sizes) != problem.sizes_for(len(present)):
                found.append(f"meeting {number + 1} has groups of {sizes}")
            if any(giver is None for giver in meeting.case_givers):
                found.append(f"meeting {number + 1} has a group without a case giver")
    return tuple(found)


def _sorted(group: Group) -> Group:
    return tuple(sorted(group))


def _givers(meetings: Sequence[Meeting]) -> list[int]:
    return [giver for meeting in meetings for giver in meeting.case_givers if giver is not None]


def _first(problem: RotationProblem, pair: Pair, times: dict[Pair, tuple[Encounter, ...]]) -> int:
    """The meeting by which a pair has met: 0 if it did before, one more than there are if never."""
    if problem.earlier[pair]:
        return 0
    return times[pair][0].first if pair in times else problem.meetings + 1


def _beyond_one(members: int, turns: Counter[int]) -> int:
    """How far the turns of members differ beyond one."""
    each = [turns[member] for member in range(members)]
    return max(0, max(each) - min(each) - 1) if each else 0


def _unanswered(problem: RotationProblem, meetings: Sequence[Meeting]) -> int:
    """Asks of case givers that none of their consultants offers."""
    if problem.exchange is None:
        return 0
    unanswered = 0
    for meeting in meetings:
        for group, giver in zip(meeting.groups, meeting.case_givers, strict=True):
            if giver is not None:
                for word in range(problem.exchange.asks.shape[1]):
                    asks = int(problem.exchange.asks[giver, word])
                    for consultant in group:
                        if consultant != giver:
                            asks &= ~int(problem.exchange.offers[consultant, word])
                    unanswered += asks.bit_count()
    return unanswered


def _scattered(members: tuple[int, ...], meetings: Sequence[Meeting]) -> int:
    """Per meeting, those of `members` who are there but outside the group with most of them."""
    total = 0
    for meeting in meetings:
        shares = [len(set(group) & set(members)) for group in meeting.groups]
        total += sum(shares) - max(shares, default=0)
    return total
