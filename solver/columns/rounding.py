"""Roundings: what follows from a whole number of networks for every kind of people.

A mixture of sets may have two and a half networks for people of one role and region, and those fill them; but two leave
some of these people elsewhere, and three take in others. Both are valid inequalities (mixed-integer rounding: Nemhauser
and Wolsey 1990, "A recursive procedure to generate all cuts for 0-1 mixed integer programs"). Each speaks of the
networks of one kind alone, so in their pricing it is a part of what people and a network are worth, and nothing else
changes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from solver.bound import Matrix, solved_duals
from solver.limits import Watch
from solver.lower import Lowered
from solver.lowering import Best
from solver.terms.common import Ints
from solver.terms.relaxed import Linear, Program, total

LARGEST = 20_000
"""Kinds of units times configurations: with more, roundings are left out."""

SLIGHT = 1e-6
"""What is worth less is worth nothing."""


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


def binding(lowered: Lowered, classes: Sequence[Configured], found: Sequence[Rounding], watch: Watch) -> list[Rounding]:
    """The roundings that cost something where only terms with a fixed option count.

    Units that carry the same options are one kind there, so it is a small program. All roundings would be valid, but
    many say nearly the same, and what each is worth then swings for long.
    """
    priced = {id(x.term): x for x in lowered.of(Best)}
    terms = {id(x.term): x.term for x in lowered.terms if isinstance(x.term, Best)}
    fixed = sorted(
        {item for each in classes for options in each.options for item in options.items()},
        key=lambda item: (priced[item[0]].rule, item[1]),
    )
    carriers = [frozenset(terms[term].options[option]) for term, option in fixed]
    units = lowered.units.members
    of = [(len(people), *(sum(p in option for p in people) for option in carriers)) for people in units]
    amounts = Counter(of)
    if not found or len(amounts) * sum(len(each.options) for each in classes) > LARGEST:
        return []
    first = {kind: of.index(kind) for kind in amounts}
    number = {item: place for place, item in enumerate(fixed, start=1)}
    program, goal = Program(), Linear()
    seated = {kind: Linear() for kind in amounts}
    sums = [Linear() for _ in found]
    for index, each in enumerate(classes):
        formed = Linear()
        for model, options in enumerate(each.options):
            network = program.column(each.most)
            formed += network
            seats = {kind: program.column(amount) for kind, amount in amounts.items()}
            people = total(kind[0] * seat for kind, seat in seats.items())
            program.at_least_zero(people - each.sizes.start * network)
            program.at_least_zero((each.sizes.stop - 1) * network - people)
            for kind, seat in seats.items():
                seated[kind] += seat
            for row, rounding in enumerate(found):
                if model in rounding.models[index]:
                    members = total(int(rounding.units[first[kind]]) * seat for kind, seat in seats.items())
                    sums[row] += rounding.network * network + members
            for term, option in options.items():
                largest = each.sizes.stop - 1
                missing = program.column(0 if priced[term].must else len(of) * largest)
                having = total(kind[number[term, option]] * seat for kind, seat in seats.items())
                program.at_least_zero(largest * (missing + having) - terms[term].need[largest] * people)
                goal += priced[term].weight * missing
        program.at_least_zero(formed - each.least)
        program.at_least_zero(each.most - formed)
    # Whoever waits does because there is no room, not because it is cheaper.
    dear = 1 + sum(x.weight for x in priced.values())
    for kind, amount in amounts.items():
        waits = program.column(amount)
        program.zero(seated[kind] + waits - amount)
        goal += kind[0] * dear * waits
    begin = len(program.rows)
    for rounding, amount_of in zip(found, sums, strict=True):
        program.at_least_zero(amount_of - rounding.least)
    cost = np.zeros(len(program.upper), dtype=np.int64)
    for column, weight in goal.columns.items():
        cost[column] = weight
    worth = solved_duals(Matrix.of(program), cost, watch)[begin:]
    return [rounding for rounding, dual in zip(found, worth.tolist(), strict=True) if dual > SLIGHT]
