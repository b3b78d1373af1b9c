"""Who is of one kind with whom: to swap two of a kind leaves what is dearest as it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from solver.lower import Lowered
from solver.lowering import Best, Term
from solver.terms.common import Ints

FEW = 8
"""Units of one kind, on average, below which kinds are too small to look for others in."""

NO_KINDS: Ints = np.zeros((0, 2), dtype=np.int64)
"""Where nobody is told apart."""


@dataclass(frozen=True, slots=True)
class Kinds:
    """Units that may move, those of one kind next to each other."""

    order: Ints
    spans: Ints
    """(units, 2) where in `order` a unit's kind begins, and how many it has there; (0, 2) where nobody is told apart"""


def divides(term: Term) -> bool:
    """Whether nobody has more than one value of what a term wants shared, and there are values to tell apart."""
    if not isinstance(term, Best) or len(term.options) < 2:
        return False
    carriers = [person for option in term.options for person in option]
    return len(carriers) == len(set(carriers))


def numbered(carriers: Sequence[Sequence[int]], people: int) -> list[int]:
    """For each person the number of whose carriers they are (the last of several), or how many there are."""
    column = [len(carriers)] * people
    for number, carrying in enumerate(carriers):
        for person in carrying:
            column[person] = number
    return column


def by_kind(lowered: Lowered, movable: Ints) -> Kinds:
    """Units by what they share: the dearest first, as far as there are enough of each kind."""
    units = lowered.units.members
    first = np.array([members[0] for members in units], dtype=np.int64)
    kinds = np.zeros(len(units), dtype=np.int64)
    for priced in sorted(lowered.terms, key=lambda priced: (not priced.must, -priced.weight)):
        if not isinstance(priced.term, Best) or not divides(priced.term):
            continue
        column = np.array(numbered(priced.term.options, lowered.problem.pool.size), dtype=np.int64)
        finer = np.unique(np.stack([kinds, column[first]]), axis=1, return_inverse=True)[1].reshape(-1)
        if len(np.unique(finer[movable])) * FEW > len(movable):
            break
        kinds = finer
    if not len(movable) or (kinds[movable] == kinds[movable[0]]).all():
        return Kinds(movable, NO_KINDS)
    order = movable[np.argsort(kinds[movable], kind="stable")]
    _, begin, mine, number = np.unique(kinds[order], return_index=True, return_inverse=True, return_counts=True)
    spans = np.zeros((len(units), 2), dtype=np.int64)
    spans[order] = np.stack([begin, number], axis=1)[mine]
    return Kinds(order, spans)
