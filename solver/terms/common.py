"""What the kernels of all terms share: how terms become arrays over units.

A *unit* is one person, or several whom a rule `together` keeps in one place; units are what the search moves.
Every term has the same four functions: `build` makes the arrays; `change` tells what taking one unit out of a group and
putting another in would cost, and only reads; `commit` makes that exchange final, and only writes; `encode` writes the
term for CP-SAT. A proposal of the search is read far more often than it is made.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from solver.lowering import Term
from solver.terms.compiled import part

TermT_co = TypeVar("TermT_co", bound=Term, covariant=True)
Ints = NDArray[np.int64]
Flags = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Priced(Generic[TermT_co]):
    """A term with what its rule says about it."""

    term: TermT_co
    rule: int
    weight: int
    must: bool
    networks: frozenset[int] | None

    def speaks_about(self, group: int) -> bool:
        """Whether the term prices this group."""
        return (self.networks is None or group in self.networks) and (self.term.only is None or group in self.term.only)


@dataclass(frozen=True, slots=True)
class Units:
    """Who moves together: `members[u]` are the people of unit u; `of[person]` is their unit."""

    members: tuple[tuple[int, ...], ...]
    of: tuple[int, ...]

    @staticmethod
    def singles(people: int) -> Units:
        """Everybody moves alone."""
        return Units(tuple((person,) for person in range(people)), tuple(range(people)))

    def __len__(self) -> int:
        return len(self.members)


class Strengths(NamedTuple):
    """Weight, must flag and groups of each term of one kind."""

    weight: Ints
    must: Ints
    active: Flags
    """(terms, groups)"""


def strengths(terms: Sequence[Priced[Term]], groups: int) -> Strengths:
    """The arrays of what the rules say about terms of one kind."""
    active = np.zeros((len(terms), groups), dtype=np.uint8)
    for t, priced in enumerate(terms):
        for k in range(groups):
            active[t, k] = priced.speaks_about(k)
    weight = np.array([priced.weight for priced in terms], dtype=np.int64)
    must = np.array([priced.must for priced in terms], dtype=np.int64)
    return Strengths(weight, must, active)


class Lists(NamedTuple):
    """For each unit, a run of (item, how many of its people carry it), in the order of the items."""

    start: Ints
    item: Ints
    times: Ints


def lists(carriers: Sequence[Sequence[int]], units: Units) -> Lists:
    """Turns the carriers of each item into the items of each unit."""
    found: list[Counter[int]] = [Counter() for _ in units.members]
    for item, people in enumerate(carriers):
        for person in people:
            found[units.of[person]][item] += 1
    start = np.zeros(len(units) + 1, dtype=np.int64)
    start[1:] = np.cumsum([len(counter) for counter in found])
    items = np.array([i for counter in found for i in counter], dtype=np.int64)
    times = np.array([n for counter in found for n in counter.values()], dtype=np.int64)
    return Lists(start, items, times)


def carries(carriers: Sequence[Sequence[int]], units: Units) -> Ints:
    """(units + 1, items) how many people of each unit carry each item; the last row, number -1, is nobody's."""
    found = np.zeros((len(units) + 1, len(carriers)), dtype=np.int64)
    for item, people in enumerate(carriers):
        for person in people:
            found[units.of[person], item] += 1
    return found


@part
def numbers(low: int, high: int) -> range:
    """The numbers from one up to another as unsigned ones.

    An index that may be negative would be looked at one by one, and no loop over them would become vectors.
    """
    return range(np.uint64(low), np.uint64(high))


@part
def first_of(carried: Lists, unit: int) -> int:
    """Where the run of a unit starts; nobody (-1) has an empty run."""
    return carried.start[unit] if unit >= 0 else 0


@part
def end_of(carried: Lists, unit: int) -> int:
    """Where the run of a unit ends."""
    return carried.start[unit + 1] if unit >= 0 else 0


@part
def next_item(carried: Lists, i: int, i_end: int, j: int, j_end: int) -> tuple[int, int, int, int]:
    """The next item of two runs, by how much its number changes if the first unit leaves and the second comes, and
    where either run goes on."""
    item = carried.item[i] if i < i_end else carried.item[j]
    if j < j_end and carried.item[j] < item:
        item = carried.item[j]
    step = 0
    if i < i_end and carried.item[i] == item:
        step -= carried.times[i]
        i += 1
    if j < j_end and carried.item[j] == item:
        step += carried.times[j]
        j += 1
    return item, step, i, j


@part
def retally(carried: Lists, row: Ints, out: int, into: int) -> None:
    """Counts the items of one unit out of a row of numbers, and those of another in."""
    for i in range(first_of(carried, out), end_of(carried, out)):
        row[carried.item[i]] -= carried.times[i]
    for i in range(first_of(carried, into), end_of(carried, into)):
        row[carried.item[i]] += carried.times[i]


def offsets(lengths: Sequence[int]) -> Ints:
    """Where each run starts when runs of these lengths are laid end to end; one entry more than runs."""
    return np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]).astype(np.int64)
