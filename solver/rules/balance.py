"""`balance`: each network is like the pool."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import ClassVar

from solver.exact import round_ratio_to_root, whole_numbers
from solver.lowering import Band, Count, Mean, Moments, Term
from solver.problem import Pool
from solver.rules.base import Ground, Group, GroupRule, Parameter, Pricer, Words, count_values, parameter


@dataclass(frozen=True, kw_only=True)
class Balance(GroupRule):
    """A category: how far each count lies outside its share of the pool, rounded down to up.

    A number: the distance of the group's mean to the pool's, in hundredths of the pool's standard deviation.
    """

    rule: ClassVar[str] = "balance"
    definition: ClassVar[Words] = Words(
        nl="elk netwerk weerspiegelt het geheel wat {attribute} betreft",
        fr="chaque réseau ressemble à l'ensemble pour {attribute}",
        en="each network mirrors the pool in {attribute}",
        de="jedes Netzwerk spiegelt alle in {attribute}",
    )
    violation: ClassVar[Words] = Words(
        nl="{attribute}: {found}",
        fr="{attribute} : {found}",
        en="{attribute}: {found}",
        de="{attribute}: {found}",
    )

    attribute: str = parameter(Parameter.ATTRIBUTE)
    as_type: str | None = parameter(Parameter.TYPE, key="as", default=None)

    def is_number(self, pool: Pool) -> bool:
        """Whether the attribute is balanced by its mean."""
        return self.as_type == "number" or (self.as_type is None and self.attribute in pool.numbers)

    def pricer(self, pool: Pool) -> Pricer:
        return self._price_of_mean(pool) if self.is_number(pool) else self._price_of_shares(pool)

    def _price_of_shares(self, pool: Pool) -> Pricer:
        column = pool.category(self.attribute)
        totals = [len(people) for people in column.carriers()]

        def price(group: Group) -> int:
            counts = count_values(column.codes, group.members, len(totals))
            shares = [Fraction(len(group.members) * total, pool.size) for total in totals]
            return sum(
                max(0, floor(share) - count, count - ceil(share)) for share, count in zip(shares, counts, strict=True)
            )

        return price

    def _price_of_mean(self, pool: Pool) -> Pricer:
        # In whole units: the ratio of a distance to a deviation has none, and fractions take ten times as long.
        _, values = whole_numbers(pool.numbers[self.attribute].values)
        known = [value for value in values if value is not None]
        mean = Fraction(sum(known), len(known)) if known else Fraction(0)
        variance = Fraction(sum(value * value for value in known), len(known)) - mean**2 if known else Fraction(0)

        def price(group: Group) -> int:
            mine = [value for person in group.members if (value := values[person]) is not None]
            if not mine or variance == 0:
                return 0
            return round_ratio_to_root(100 * abs(Fraction(sum(mine), len(mine)) - mean), variance)

        return price

    def facts(self, group: Group, pool: Pool) -> Mapping[str, object]:
        if self.is_number(pool):
            numbers = pool.numbers[self.attribute].values
            mine = [number for person in group.members if (number := numbers[person]) is not None]
            return {"attribute": self.attribute, "found": float(sum(mine, Fraction(0)) / len(mine))}
        column, size = pool.category(self.attribute), len(group.members)
        counts = count_values(column.codes, group.members, len(column.names))
        told = []
        for value, people in enumerate(column.carriers()):
            share = Fraction(size * len(people), pool.size)
            if not floor(share) <= counts[value] <= ceil(share):
                told.append(f"{column.names[value]} {counts[value]} ({floor(share)}-{ceil(share)})")
        return {"attribute": self.attribute, "found": ", ".join(told)}

    def lower(self, pool: Pool, ground: Ground) -> Sequence[Term]:
        if self.is_number(pool):
            values = pool.numbers[self.attribute].values
            return [Mean(values=values, moments=Moments.of(values))]
        bands = {}
        for total in {len(people) for people in pool.category(self.attribute).carriers()}:
            shares = [Fraction(size * total, pool.size) for size in ground.sizes()]
            bands[total] = Band(low=tuple(floor(x) for x in shares), high=tuple(ceil(x) for x in shares))
        carriers = pool.category(self.attribute).carriers()
        return [Count(values=tuple((people, bands[len(people)]) for people in carriers))]
