"""Roundings: what follows from a whole number of networks for every kind of people.

A mixture of sets may have two and a half networks for people of one role and region, and those fill them; but two leave
some of these people elsewhere, and three take in others. Both are valid inequalities (mixed-integer rounding: Nemhauser
and Wolsey 1990, "A recursive procedure to generate all cuts for 0-1 mixed integer programs"). Each speaks of the
networks of one kind alone, so in their pricing it is a part of what people and a network are worth, and nothing else
changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from solver.lower import Lowered
from solver.lowering import Best
from solver.terms.common import Ints


@dataclass(frozen=True, slots=True)
class Configured:
    """A class of networks that are alike: how many there are and are formed at least, their sizes, and in each of its
    configurations the option of some `best` terms, by their identity."""

    most: int
    least: int
    sizes: range
    options: Sequence[Mapping[int, int]]


@dataclass(frozen=True, slots=True)
class Rounding:
    """Of all networks of a kind, in any answer: the sum of `network`, and of `units` over members, is at least so much.

    A network is of a kind where the option of some `best` terms is chosen so.
    """

    models: tuple[frozenset[int], ...]
    """of each class of networks, the configurations that are of this kind"""
    network: int
    units: Ints
    least: int


def roundings(lowered: Lowered, classes: Sequence[Configured]) -> list[Rounding]:
    """Those that say more than the sizes do.

    Of n people of a kind, networks of at most m for them leave n - m each elsewhere at least, which is r (q + 1 - each)
    where n = q m + r; and networks of at least m take in m each - n others at least, which is s (each - q) where
    n + s = (q + 1) m.
    """
    options = {id(x.term): x.term.options for x in lowered.terms if isinstance(x.term, Best)}
    units = lowered.units.members
    everybody = np.array([len(members) for members in units], dtype=np.int64)
    found = []
    for kind in _kinds(classes):
        models = tuple(
            frozenset(index for index, fixed in enumerate(each.options) if kind <= fixed.items()) for each in classes
        )
        sizes = [each.sizes for each, those in zip(classes, models, strict=True) if those]
        most, fewest = max(size.stop - 1 for size in sizes), min(size.start for size in sizes)
        carriers = frozenset.intersection(*(frozenset(options[term][option]) for term, option in kind))
        alike = np.array([sum(person in carriers for person in members) for members in units], dtype=np.int64)
        people = int(alike.sum())
        full, over = divmod(people, most)
        if full and over:
            # Whoever is elsewhere is whoever is not in these networks, which makes it a sum over these alone.
            found.append(Rounding(models, over, -alike, over * (full + 1) - people))
        enough, missing = people // fewest, -people % fewest
        if enough and missing:
            found.append(Rounding(models, -missing, everybody - alike, -missing * enough))
    return found


def _kinds(classes: Sequence[Configured]) -> list[frozenset[tuple[int, int]]]:
    """Every choice of options for some terms that some configuration makes, each once, in order."""
    kinds = {
        frozenset(some): None
        for each in classes
        for fixed in each.options
        for many in range(1, len(fixed) + 1)
        for some in combinations(fixed.items(), many)
    }
    return list(kinds)
