"""What a rotation is asked: who is there at each meeting, how groups are cut, and what each wish weighs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from itertools import combinations
from math import comb
from typing import Final, Literal, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

Ints: TypeAlias = npt.NDArray[np.int64]
Bools: TypeAlias = npt.NDArray[np.bool_]
Group: TypeAlias = tuple[int, ...]
"""Local indices of the members of one group, in increasing order."""

LARGEST_TABLE: Final = 200_000
"""Prices of groups are tabulated up to this many groups; beyond it they are asked one by one."""


class Must(Enum):
    """The strength of a rule that no plan may break."""

    MUST = "must"


MUST: Final = Must.MUST
Weight: TypeAlias = int | Must
"""What one unit of penalty costs: a whole number, or MUST where any penalty is forbidden."""


def group_sizes(
    present: int, group_size: int, remainder: Literal["larger", "smaller"] = "larger", groups: int | None = None
) -> tuple[int, ...]:
    """The sizes of the groups when `present` people split, largest first; they differ by at most one.

    `groups` fixes their number (never more than there are people); otherwise `remainder` says whether those
    left over make some groups one larger or one smaller. Nobody present: no groups.
    """
    if group_size < 2 or (groups is not None and groups < 1) or present < 0:
        raise ValueError("group_sizes needs present >= 0, group_size >= 2 and groups >= 1")
    if present == 0:
        return ()
    down, up = max(1, present // group_size), -(-present // group_size)
    if groups is not None:
        count = min(groups, present)
    elif remainder == "smaller":
        count = up
    elif -(-present // down) <= group_size + 1:
        count = down
    else:
        # Rounding up would give pairs or singles: rather one group that is larger still.
        count = down if group_size >= 3 and present // up < 3 else up
    least, larger = divmod(present, count)
    return (least + 1,) * larger + (least,) * (count - larger)


class TrioPrice(Protocol):
    """What the rules within the trio make of one group, whoever gives the case.

    Both answers are whole, not negative, and depend on the members only: the group comes sorted, and may have
    any size that `group_sizes` gives. They are asked once for each group and then remembered.
    """

    def weighted(self, group: Group) -> int:
        """The sum over rules with a weight of weight times penalty."""

    def broken(self, group: Group) -> int:
        """The sum of the penalties of the `must` rules; a plan needs 0 everywhere."""


@dataclass(frozen=True, eq=False)
class TrioTable:
    """Prices of every possible group, computed beforehand; itself a `TrioPrice`.

    `weights[s]` and `faults[s]` have `comb(members, s)` whole numbers each, in the order of `rank`.
    A size that is not in them costs nothing.
    """

    members: int
    weights: Mapping[int, Ints]
    faults: Mapping[int, Ints]

    def __post_init__(self) -> None:
        for size, prices in (*self.weights.items(), *self.faults.items()):
            if prices.shape != (comb(self.members, size),) or (prices < 0).any():
                raise ValueError(f"prices of groups of {size} need {comb(self.members, size)} entries, none negative")

    def weighted(self, group: Group) -> int:
        """The weighted price of one group."""
        return int(self.weights[len(group)][rank(group)]) if len(group) in self.weights else 0

    def broken(self, group: Group) -> int:
        """The `must` penalties of one group."""
        return int(self.faults[len(group)][rank(group)]) if len(group) in self.faults else 0


def rank(group: Sequence[int]) -> int:
    """The place of a sorted group among all groups of its size: sum of comb(member, position + 1).

    The combinatorial number system (Lehmer 1964): it needs no number of members, and {0, 1, 2} has rank 0.
    """
    return sum(comb(member, place + 1) for place, member in enumerate(group))


def tabulate(price: TrioPrice, *, members: int, sizes: Sequence[int]) -> TrioTable:
    """Asks `price` for every group of these sizes once."""
    weights: dict[int, Ints] = {}
    faults: dict[int, Ints] = {}
    for size in sizes:
        weights[size] = np.zeros(comb(members, size), np.int64)
        faults[size] = np.zeros(comb(members, size), np.int64)
        for group in combinations(range(members), size):
            place = rank(group)
            weights[size][place] = price.weighted(group)
            faults[size][place] = price.broken(group)
    return TrioTable(members, weights, faults)


@dataclass(frozen=True, eq=False)
class Exchange:
    """The rule `exchange` within trios: asks of the case giver that none of the consultants offers.

    `asks[i]` and `offers[i]` are the topics of member i as bits of one or more 64-bit words, shape (members, words).
    """

    asks: npt.NDArray[np.uint64]
    offers: npt.NDArray[np.uint64]
    weight: Weight = 1

    def __post_init__(self) -> None:
        if self.asks.ndim != 2 or self.asks.shape != self.offers.shape:
            raise ValueError("asks and offers need the same shape (members, words)")
        _refuse_weight(self.weight)

    @classmethod
    def of(cls, asks: Sequence[Sequence[int]], offers: Sequence[Sequence[int]], *, weight: Weight = 1) -> Exchange:
        """From the numbers 0, 1, ... of the topics that each member asks and offers."""
        topics = 1 + max((topic for row in (*asks, *offers) for topic in row), default=0)
        words = -(-topics // 64)
        return cls(_bits(asks, words), _bits(offers, words), weight)


@dataclass(frozen=True)
class Gathering:
    """The rule `together` within trios: per meeting, the present of these members outside the trio with most."""

    members: tuple[int, ...]
    weight: Weight = 1

    def __post_init__(self) -> None:
        if len(set(self.members)) != len(self.members):
            raise ValueError("a member is named twice in one gathering")
        _refuse_weight(self.weight)


@dataclass(frozen=True)
class CountedValue:
    """Who has a value, and how many of a group of n may have it: low[n] to high[n], each step outside costing one."""

    carriers: tuple[int, ...]
    low: tuple[int, ...]
    high: tuple[int, ...]
    only_where_present: bool = False


@dataclass(frozen=True)
class CountRule:
    """A rule within the trio that counts values, said so that it can be priced without listing groups."""

    weight: Weight
    values: tuple[CountedValue, ...]


@dataclass(frozen=True)
class Spacing:
    """One rule `spaced`: a repeat costs the meetings by which it comes sooner than `gap` after the last."""

    weight: Weight = 1
    gap: int = 3

    def __post_init__(self) -> None:
        _refuse_weight(self.weight)
        if self.gap < 0:
            raise ValueError("gap cannot be negative")

    def penalty(self, after: int) -> int:
        """What a repeat costs so many meetings after the last, not weighted."""
        return max(0, self.gap - after)


@dataclass(frozen=True)
class RotationPrices:
    """What the rules about the whole rotation weigh; None where the programme has no such rule.

    Without a weight for `meet_new` an even spread comes first, before everything else that is weighed.
    `at_most` is the most often that any pair may meet, history included, and is a `must`.
    """

    meet_new: int | None = None
    at_most: int | None = None
    early: Weight | None = None
    spaced: tuple[Spacing, ...] = ()
    case_turns: Weight | None = None
    size_turns: Weight | None = None

    def __post_init__(self) -> None:
        for weight in (self.meet_new, self.early, self.case_turns, self.size_turns):
            if weight is not None:
                _refuse_weight(weight)
        if self.at_most is not None and self.at_most < 0:
            raise ValueError("at_most cannot be negative")

    @property
    def spread_comes_first(self) -> bool:
        """Whether `meet_new` is the balance, apart from the weighted rest."""
        return self.meet_new is None


@dataclass(frozen=True)
class Meeting:
    """The groups of one meeting, with the case giver of each.

    A past meeting mentions only those who are still members; a case giver who is gone is None there.
    """

    groups: tuple[Group, ...]
    case_givers: tuple[int | None, ...]

    def __post_init__(self) -> None:
        if len(self.groups) != len(self.case_givers):
            raise ValueError("each group has one case giver")
        for group, giver in zip(self.groups, self.case_givers, strict=True):
            if giver is not None and giver not in group:
                raise ValueError("a case giver sits in the group")
        seated = [member for group in self.groups for member in group]
        if len(set(seated)) != len(seated):
            raise ValueError("a member sits in two groups of one meeting")


@dataclass(frozen=True, slots=True)
class PlainQuestion:
    """All that decides a rotation in which one member is like another: equal questions have equal answers."""

    members: int
    meetings: int
    group_size: int
    remainder: Literal["larger", "smaller"]
    groups: int | None
    keep: int
    prices: RotationPrices


@dataclass(frozen=True, eq=False)
class RotationProblem:
    """The rotation of one network: members are 0 .. members - 1, meetings 0 .. len(present) - 1.

    `present[m, i]`: whether member i comes to meeting m. `history[i, j]`: how often i and j met before; it counts
    in `met`, as 0 in `early`, and not in `spaced`. `fixed`: the first meetings, already past. `keep`: how many
    meetings in a row keep their groups, as far as attendance allows; a pair that meets in such a block has met once.
    `counted`: the rules of `trio` again, where all of them count values.
    """

    members: int
    present: Bools
    group_size: int = 3
    remainder: Literal["larger", "smaller"] = "larger"
    groups: int | None = None
    keep: int = 1
    history: Ints | None = None
    fixed: tuple[Meeting, ...] = ()
    prices: RotationPrices = RotationPrices()
    trio: TrioPrice | None = None
    counted: tuple[CountRule, ...] | None = None
    exchange: Exchange | None = None
    gatherings: tuple[Gathering, ...] = field(default=())

    def __post_init__(self) -> None:
        v = self.members
        if self.present.ndim != 2 or self.present.shape[1] != v or self.present.dtype != np.bool_:
            raise ValueError("present needs shape (meetings, members) and dtype bool")
        if self.group_size < 2 or self.keep < 1 or (self.groups is not None and self.groups < 1):
            raise ValueError("group_size is at least 2, keep and groups at least 1")
        if self.history is not None and (
            self.history.shape != (v, v) or (self.history != self.history.T).any() or (self.history < 0).any()
        ):
            raise ValueError("history needs shape (members, members), symmetric, not negative")
        if len(self.fixed) > self.meetings:
            raise ValueError("more past meetings than meetings")
        for number, meeting in enumerate(self.fixed):
            seated = sorted(member for group in meeting.groups for member in group)
            if seated != np.flatnonzero(self.present[number]).tolist():
                raise ValueError(f"past meeting {number}: present and seated differ")
        if self.exchange is not None and self.exchange.asks.shape[0] != v:
            raise ValueError("asks need a row for each member")
        if any(not 0 <= member < v for gathering in self.gatherings for member in gathering.members):
            raise ValueError("a gathering names somebody who is no member")

    @property
    def meetings(self) -> int:
        """How many meetings there are, past ones included."""
        return len(self.present)

    @property
    def pairs(self) -> int:
        """P of the contract: pairs of members, absent or not."""
        return comb(self.members, 2)

    @cached_property
    def earlier(self) -> Ints:
        """The history, zero where there is none; the diagonal is zero."""
        if self.history is None:
            return np.zeros((self.members, self.members), np.int64)
        earlier = self.history.astype(np.int64)
        np.fill_diagonal(earlier, 0)
        return earlier

    @cached_property
    def blocks(self) -> tuple[range, ...]:
        """The meetings that keep their groups, block by block."""
        return tuple(
            range(start, min(start + self.keep, self.meetings)) for start in range(0, self.meetings, self.keep)
        )

    @cached_property
    def sizes(self) -> tuple[tuple[int, ...], ...]:
        """The sizes of the groups of each meeting; of past meetings as they were."""
        past = tuple(tuple(len(group) for group in meeting.groups) for meeting in self.fixed)
        return past + tuple(self.sizes_for(int(row.sum())) for row in self.present[len(self.fixed) :])

    @cached_property
    def plain(self) -> PlainQuestion | None:
        """The question without its people, where they are all alike and always there; None where they are not."""
        alike = (
            self.trio is None
            and self.exchange is None
            and not self.gatherings
            and not self.fixed
            and not self.earlier.any()
            and bool(self.present.all())
        )
        if not alike:
            return None
        return PlainQuestion(
            self.members, self.meetings, self.group_size, self.remainder, self.groups, self.keep, self.prices
        )

    def sizes_for(self, present: int) -> tuple[int, ...]:
        """The sizes of the groups when this many are present."""
        return group_sizes(present, self.group_size, self.remainder, self.groups)


def full_attendance(members: int, meetings: int) -> Bools:
    """Everybody at every meeting."""
    return np.ones((meetings, members), np.bool_)


def _bits(rows: Sequence[Sequence[int]], words: int) -> npt.NDArray[np.uint64]:
    """Rows of topic numbers as bits."""
    packed = np.zeros((len(rows), words), np.uint64)
    for member, topics in enumerate(rows):
        for topic in topics:
            packed[member, topic // 64] |= np.uint64(1) << np.uint64(topic % 64)
    return packed


def _refuse_weight(weight: Weight) -> None:
    """Weights are whole and at least 0."""
    if weight is not MUST and weight < 0:
        raise ValueError("a weight cannot be negative")
