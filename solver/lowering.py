"""The terms that rules are lowered to: a handful, described as plain data.

Organisers speak in rules; the solver knows only terms. Here is what a term says; `solver.terms` has, one file a term,
how it is priced step by step, how CP-SAT reads it, and how the bound relaxes it. People are numbers; sizes index
tuples that run from 0 to the largest group.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

import numpy as np
from numpy.typing import NDArray

People = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A price of groups. `only`: the networks it speaks about; None: every group."""

    only: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Band:
    """What a count c in a group of n may be: low[n] <= c <= high[n]; outside, each step costs 1.

    With `only_where_present`, a count of 0 costs nothing.
    """

    low: tuple[int, ...]
    high: tuple[int, ...]
    only_where_present: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Count(Term):
    """Sum over values of how far the number of carriers in the group lies outside its band."""

    values: tuple[tuple[People, Band], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Variety(Term):
    """max(0, need[n] - number of values with a carrier in the group)."""

    values: tuple[People, ...]
    need: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Best(Term):
    """max(0, need[n] - the most carriers of any one option); with `by_slot`, of the group's slot if it has one."""

    options: tuple[People, ...]
    need: tuple[int, ...]
    by_slot: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Home(Term):
    """The least, over the homes of members, of the summed excess[place][home] of all members."""

    home: tuple[int | None, ...]
    excess: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover(Term):
    """Sum over topics of the askers to whom nobody else in the group offers it: (askers, offerers) per topic."""

    topics: tuple[tuple[People, People], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs(Term):
    """How many of these pairs sit together."""

    pairs: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Likeness(Term):
    """Sum over pairs in the group of (agreement of two people), divided by `scale`, to the nearest whole, halves up.

    `numerators` is int64 (people, people), symmetric with a zero diagonal, in units of 1 / scale.
    `constant` is added once for all groups together.
    """

    numerators: NDArray[np.int64]
    scale: int = 1
    constant: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Place(Term):
    """The cost of each person in each network: `costs[k][person]`; a network without a column costs nothing."""

    costs: Mapping[int, tuple[int, ...]]
    elsewhere: tuple[int, ...] | None = None
    """The cost of each person in a network without a column; None: nothing."""
    waiting: tuple[int, ...] | None = None
    """The cost of each person on the waitlist; None: nothing."""


@dataclass(frozen=True, slots=True)
class Moments:
    """What is known of everybody's numbers, whole: value i is `whole(values)[i] / denominator`."""

    denominator: int
    total: int
    known: int
    variance: int
    """known^2 times the variance of the whole values"""

    @staticmethod
    def of(values: Sequence[Fraction | None]) -> Moments:
        """Everybody's numbers in a common denominator, which the standard deviation cancels."""
        known = [value for value in values if value is not None]
        denominator = lcm(*(value.denominator for value in known)) if known else 1
        filled = [int(value * denominator) for value in known]
        variance = len(filled) * sum(value * value for value in filled) - sum(filled) ** 2
        return Moments(denominator, sum(filled), len(filled), variance)

    def whole(self, values: Sequence[Fraction | None]) -> list[int | None]:
        """Some of these numbers, in the common denominator."""
        return [None if value is None else int(value * self.denominator) for value in values]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mean(Term):
    """Distance of the group's mean to everybody's, in hundredths of the standard deviation, halves up."""

    values: tuple[Fraction | None, ...]
    moments: Moments
    """of everybody, of whom `values` may be a part"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scatter(Term):
    """Per set of people: its size less the most of it in one place, the waitlist being a place."""

    groups: tuple[People, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead(Term):
    """1 for each network without a facilitator."""
