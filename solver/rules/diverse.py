"""`diverse`: the members of a network differ from each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, reduce
from itertools import combinations
from math import lcm
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from solver.exact import round_half_up, whole_numbers
from solver.lowering import Likeness, Term
from solver.problem import Category, Composition, Number, Pool, Problem
from solver.rules.base import Ground, Group, GroupRule, Parameter, Pricer, Violation, Words, parameter

Matrix = NDArray[np.int64]

COMMON_DENOMINATOR_LIMIT = 1 << 40
"""Above it, agreements are rounded to this scale for the search; the recount stays exact."""


class Agreement:
    """How much any two people agree, in parts of one whole: sums of whole numbers are exact, and quick."""

    def __init__(self, numbers: Sequence[Number], categories: Sequence[Category]) -> None:
        scales = []
        for column in numbers:
            unit, values = whole_numbers(column.values)
            # The range is of everybody: looked up per pair it would cost more than all the rest.
            scales.append((int(column.span() * unit) or 1, values))
        self._kinds = [_sets(column) for column in categories]
        # Two people may have as many values together as both have, and no more than there are.
        most = [min(2 * max(map(len, column.codes), default=0), len(column.names)) for column in categories]
        spans = [span for span, _ in scales]
        together = lcm(*spans, *(number for each in most for number in range(1, each + 1)))
        self.whole = together * lcm(*range(1, len(numbers) + len(categories) + 1))
        self._scales = [(self.whole // span, values) for span, values in scales]

    def parts(self, one: int, other: int) -> int:
        """The whole less the Gower distance, which is the mean over the attributes that both state, else 0."""
        apart, stated, whole = 0, 0, self.whole
        for unit, values in self._scales:
            mine, theirs = values[one], values[other]
            if mine is not None and theirs is not None:
                stated += 1
                apart += abs(mine - theirs) * unit
        for sets in self._kinds:
            a, b = sets[one], sets[other]
            if a and b:
                stated += 1
                if a is not b:
                    apart += whole if a.isdisjoint(b) else whole - whole * len(a & b) // len(a | b)
        return whole - (apart // stated if stated else 0)


def _sets(column: Category) -> list[frozenset[int]]:
    """The values of each person; those who have the same share one set."""
    known = {codes: frozenset(codes) for codes in set(column.codes)}
    return [known[codes] for codes in column.codes]


@dataclass(frozen=True, kw_only=True, eq=False)
class Diverse(GroupRule):
    """Ten times the sum over pairs of (1 - Gower distance), rounded once per network.

    With a matrix: the distances, in thousandths, of all pairs that do not share a network, so that the least penalty is
    the largest sum of distances inside networks: the maximally diverse grouping problem.
    Gower, J. C. (1971), "A general coefficient of similarity and some of its properties", Biometrics 27(4).
    """

    rule: ClassVar[str] = "diverse"
    one_of: ClassVar[tuple[str, ...]] = ("attributes", "matrix")
    only_one: ClassVar[bool] = True
    definition: ClassVar[Words] = Words(
        nl="de leden verschillen van elkaar",
        fr="les membres diffèrent les uns des autres",
        en="the members differ from each other",
        de="die Mitglieder unterscheiden sich voneinander",
    )
    violation: ClassVar[Words] = Words(
        nl="gelijkenis {penalty}",
        fr="ressemblance {penalty}",
        en="likeness {penalty}",
        de="Ähnlichkeit {penalty}",
    )

    attributes: tuple[str, ...] = parameter(Parameter.ATTRIBUTES, default=())
    matrix: Matrix | None = parameter(Parameter.MATRIX, default=None)
    """int64 (people, people), thousandths, symmetric."""

    def agreement(self, pool: Pool) -> Agreement:
        """How much any two people of a pool agree."""
        numbers = [pool.numbers[each] for each in self.attributes if each in pool.numbers]
        return Agreement(numbers, [pool.category(each) for each in self.attributes if each not in pool.numbers])

    def pricer(self, pool: Pool) -> Pricer:
        agreement = self.agreement(pool)
        parts = cache(agreement.parts)

        def price(group: Group) -> int:
            pairs = combinations(sorted(group.members), 2)
            return round_half_up(Fraction(10 * sum(parts(*pair) for pair in pairs), agreement.whole))

        return price

    def violations(self, problem: Problem, composition: Composition) -> list[Violation]:
        if self.matrix is None:
            return super().violations(problem, composition)
        inside = 0
        for members in composition.groups().values():
            inside += int(self.matrix[np.ix_(members, members)].sum()) // 2
        lost = int(self.matrix.sum()) // 2 - inside
        return [Violation(None, lost, {"penalty": lost})] if lost else []

    def lower(self, pool: Pool, ground: Ground) -> Sequence[Term]:
        if self.matrix is not None:
            return [Likeness(numerators=-self.matrix, constant=int(self.matrix.sum()) // 2)]
        size, agreement = pool.size, self.agreement(pool)
        pairs = {
            (one, other): Fraction(10 * agreement.parts(one, other), agreement.whole)
            for one, other in combinations(range(size), 2)
        }
        scale = reduce(lcm, {value.denominator for value in pairs.values()}, 1)
        scale = min(scale, COMMON_DENOMINATOR_LIMIT)
        numerators = np.zeros((size, size), dtype=np.int64)
        for (one, other), value in pairs.items():
            numerators[one, other] = numerators[other, one] = round_half_up(value * scale)
        return [Likeness(numerators=numerators, scale=scale)]
