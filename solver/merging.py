"""Merging: units that nothing tells apart, of what a program speaks of, are one kind and have one column between them.

Whatever an answer costs, it costs with any two of a kind exchanged as well, so only their numbers count (Bödi, Herr and
Joswig 2013, "Algorithms for highly symmetric linear and integer programs"). A thousand people are a hundred kinds by
what costs most; what all rules ask about tells everybody apart. So a program of kinds leaves terms out, which then
count as nothing, and its bound is valid for all of them together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from solver.lower import Lowered
from solver.lowering import Best, Count, Lead, Mean, Place, Term, Variety
from solver.terms.common import Ints, Priced

MERGES = 2
"""Units for each kind, on average: with fewer, merging leaves out terms and spares next to nothing."""


@dataclass(frozen=True, slots=True)
class Merged:
    """Units by kind, and the terms by which nobody is told apart from others of a kind."""

    terms: tuple[Priced[Term], ...]
    of: tuple[int, ...]
    """the kind of each unit"""
    members: tuple[tuple[int, ...], ...]
    """the people of one unit of each kind"""
    amounts: tuple[int, ...]
    """units of each kind"""

    def __len__(self) -> int:
        return len(self.members)


def each_alone(lowered: Lowered) -> Merged:
    """Nobody is merged, so every term counts."""
    units = lowered.units.members
    return Merged(lowered.terms, tuple(range(len(units))), units, (1,) * len(units))


class Merging:
    """How units can be merged, for networks in these classes of alike ones."""

    def __init__(self, lowered: Lowered, classes: Sequence[tuple[int, ...]]) -> None:
        self._units = lowered.units.members
        self._classes = len(classes)
        self._before = np.array(_numbered(_before_rules(lowered, [networks[0] for networks in classes])))
        self._codes: dict[int, Ints] = {}
        """of each term, by its identity: who is alike for it has the same number"""
        self.terms: list[Priced[Term]] = []
        """the terms that can be part of a program of kinds"""
        for priced in lowered.terms:
            marks = _marks(priced.term, lowered.problem.pool.size)
            if marks is not None:
                self.terms.append(priced)
                self._codes[id(priced.term)] = np.array(_numbered(_together(marks, unit) for unit in self._units))

    def merged(self, order: Iterable[Priced[Term]], most_seats: int) -> Merged | None:
        """With these terms, the first first, as long as kinds times configurations are no more than this.

        None: next to nobody would be merged.
        """
        kinds, configurations = self._before, 1
        terms = []
        for priced in order:
            code = self._codes[id(priced.term)]
            both, finer = np.unique(kinds * (int(code.max(initial=0)) + 1) + code, return_inverse=True)
            choices = configurations * (len(priced.term.options) if isinstance(priced.term, Best) else 1)
            if len(both) * MERGES <= len(self._units) and len(both) * choices * self._classes <= most_seats:
                terms.append(priced)
                kinds, configurations = finer.reshape(-1), choices
        if not terms:
            return None
        _, first, amounts = np.unique(kinds, return_index=True, return_counts=True)
        members = tuple(self._units[unit] for unit in first.tolist())
        return Merged(tuple(terms), tuple(kinds.tolist()), members, tuple(amounts.tolist()))


def _numbered(signs: Iterable[Hashable]) -> list[int]:
    """The number of each sign, from 0 in the order they appear in."""
    numbers: dict[Hashable, int] = {}
    return [numbers.setdefault(sign, len(numbers)) for sign in signs]


def _together(marks: Sequence[Hashable], members: Sequence[int]) -> Hashable:
    """The marks of a unit, in no order."""
    return marks[members[0]] if len(members) == 1 else frozenset(Counter(marks[person] for person in members).items())


def _before_rules(lowered: Lowered, networks: Sequence[int]) -> list[Hashable]:
    """What tells units apart whatever the rules say: their size, where they must be, and where they may."""
    problem = lowered.problem
    limited = [network for k in networks if (network := problem.networks[k]).accepted is not None]
    return [
        (
            len(members),
            any(person in problem.must_place for person in members),
            tuple(sorted({problem.pins[person] for person in members if person in problem.pins})),
            tuple(all(network.accepts(person) for person in members) for network in limited),
        )
        for members in lowered.units.members
    ]


def _marks(term: Term, people: int) -> list[tuple[Hashable, ...]] | None:
    """What a term asks about each person; None: it is about people by themselves, or nothing is known of it."""
    found: list[list[Hashable]] = [[] for _ in range(people)]
    match term:
        case Best():
            carriers: Sequence[Sequence[int]] = term.options
        case Count():
            carriers = [having for having, _ in term.values]
        case Variety():
            carriers = term.values
        case Mean():
            return [(value,) for value in term.values]
        case Place():
            costs = [column for column in (*term.costs.values(), term.elsewhere, term.waiting) if column is not None]
            return [tuple(column[person] for column in costs) for person in range(people)]
        case Lead():
            carriers = []
        case _:
            return None
    for number, having in enumerate(carriers):
        for person in having:
            found[person].append(number)
    return [tuple(mine) for mine in found]
