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


class _Scale:
    """A column of numbers: how far two people are apart, of the whole range."""

    def __init__(self, column: Number) -> None:
        unit, self._values = whole_numbers(column.values)
        # The range is of the whole column: looked up per pair it would cost more than all the rest.
        self._span = int(column.span() * unit) or 1
        self.denominators = {self._span}

    def apart(self, one: int, other: int, whole: int) -> int | None:
        """The distance in parts of a whole; None where either says nothing."""
        mine, theirs = self._values[one], self._values[other]
        return None if mine is None or theirs is None else abs(mine - theirs) * whole // self._span


class _Kinds:
    """A column of values: what two people do not share, of what they have together."""

    def __init__(self, column: Category) -> None:
        self._codes = [frozenset(codes) for codes in column.codes]
        most = 2 * max(map(len, self._codes), default=0)
        self.denominators = set(range(1, min(most, len(column.names)) + 1))

    def apart(self, one: int, other: int, whole: int) -> int | None:
        """The distance in parts of a whole; None where either says nothing."""
        mine, theirs = self._codes[one], self._codes[other]
        if not mine or not theirs:
            return None
        if mine.isdisjoint(theirs):
            return whole
        return whole - whole * len(mine & theirs) // len(mine | theirs)


class Agreement:
    """How much any two people agree, in parts of one whole: sums of whole numbers are exact and take no time."""

    def __init__(self, columns: Sequence[_Scale | _Kinds]) -> None:
        self._columns = columns
        together = lcm(*(denominator for column in columns for denominator in column.denominators))
        self.whole = together * lcm(*range(1, len(columns) + 1))

    def parts(self, one: int, other: int) -> int:
        """The whole less the Gower distance, which is the mean over the attributes that both state, else 0."""
        apart, stated = 0, 0
        for column in self._columns:
            found = column.apart(one, other, self.whole)
            if found is not None:
                stated += 1
                apart += found
        return self.whole - (apart // stated if stated else 0)


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
        return Agreement(
            tuple(
                _Scale(pool.numbers[attribute]) if attribute in pool.numbers else _Kinds(pool.category(attribute))
                for attribute in self.attributes
            )
        )

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
