"""`diverse`: the members of a network differ from each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from itertools import combinations
from math import lcm
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from solver.exact import round_half_up
from solver.lowering import Likeness, Term
from solver.problem import Composition, Pool, Problem
from solver.rules.base import Ground, Group, GroupRule, Parameter, Pricer, Violation, Words, parameter

Matrix = NDArray[np.int64]

COMMON_DENOMINATOR_LIMIT = 1 << 40
"""Above it, agreements are rounded to this scale for the search; the recount stays exact."""


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

    def distance(self, one: int, other: int, pool: Pool) -> Fraction:
        """Gower distance, the mean over the attributes that both have; 0 where they have none in common."""
        parts = []
        for attribute in self.attributes:
            if attribute in pool.numbers:
                values = pool.numbers[attribute]
                mine, theirs = values.values[one], values.values[other]
                if mine is not None and theirs is not None:
                    span = values.span()
                    parts.append(abs(mine - theirs) / span if span else Fraction(0))
            else:
                codes = pool.category(attribute).codes
                a, b = set(codes[one]), set(codes[other])
                if a and b:
                    parts.append(1 - Fraction(len(a & b), len(a | b)))
        return sum(parts, Fraction(0)) / len(parts) if parts else Fraction(0)

    def pricer(self, pool: Pool) -> Pricer:
        known: dict[tuple[int, int], Fraction] = {}

        def likeness(one: int, other: int) -> Fraction:
            if (one, other) not in known:
                known[one, other] = 1 - self.distance(one, other, pool)
            return known[one, other]

        def price(group: Group) -> int:
            pairs = combinations(sorted(group.members), 2)
            return round_half_up(10 * sum((likeness(*pair) for pair in pairs), Fraction(0)))

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
        size = pool.size
        pairs = {
            (one, other): 10 * (1 - self.distance(one, other, pool)) for one, other in combinations(range(size), 2)
        }
        scale = reduce(lcm, {value.denominator for value in pairs.values()}, 1)
        scale = min(scale, COMMON_DENOMINATOR_LIMIT)
        numerators = np.zeros((size, size), dtype=np.int64)
        for (one, other), value in pairs.items():
            numerators[one, other] = numerators[other, one] = round_half_up(value * scale)
        return [Likeness(numerators=numerators, scale=scale)]
