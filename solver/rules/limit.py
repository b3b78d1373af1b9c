"""`limit`: at least and at most so many members have a value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from solver.exact import share_down, share_up
from solver.lowering import Band, Count, Term
from solver.problem import Pool
from solver.rules.base import (
    Ground,
    Group,
    GroupRule,
    Parameter,
    Pricer,
    Share,
    Trios,
    Words,
    count_values,
    counted,
    parameter,
)


@dataclass(frozen=True, kw_only=True)
class Limit(GroupRule):
    """How far the count lies outside; without a value, the sum over every value of the pool."""

    rule: ClassVar[str] = "limit"
    one_of: ClassVar[tuple[str, ...]] = ("min", "max")
    definition: ClassVar[Words] = Words(
        nl="het aantal leden met een waarde van {attribute} blijft binnen de grenzen",
        fr="le nombre de membres par valeur de {attribute} reste dans les limites",
        en="how many members have a value of {attribute} stays within limits",
        de="die Zahl der Mitglieder je Wert von {attribute} bleibt in den Grenzen",
    )
    violation: ClassVar[Words] = Words(
        nl="{attribute}: {outside}",
        fr="{attribute} : {outside}",
        en="{attribute}: {outside}",
        de="{attribute}: {outside}",
    )

    attribute: str = parameter(Parameter.ATTRIBUTE)
    value: str | None = parameter(Parameter.VALUE, default=None)
    minimum: int | Share | None = parameter(Parameter.AMOUNT, key="min", default=None)
    maximum: int | Share | None = parameter(Parameter.AMOUNT, key="max", default=None)

    def least(self, size: int) -> int:
        """The fewest members with the value that a group of this size may have."""
        if size == 0 or self.minimum is None:
            return 0
        return share_up(self.minimum.part, size) if isinstance(self.minimum, Share) else self.minimum

    def most(self, size: int) -> int | None:
        """The most members with the value that a group of this size may have; None: no limit."""
        return share_down(self.maximum.part, size) if isinstance(self.maximum, Share) else self.maximum

    def outside(self, count: int, size: int) -> int:
        """How far a count lies outside."""
        return _outside(count, self.least(size), self.most(size))

    def pricer(self, pool: Pool) -> Pricer:
        column, values = pool.category(self.attribute), counted(pool, self.attribute, self.value)

        def price(group: Group) -> int:
            counts, size = count_values(column.codes, group.members, len(column.names)), len(group.members)
            least, most = self.least(size), self.most(size)
            return sum(_outside(value.count(counts), least, most) for value in values)

        return price

    def facts(self, group: Group, pool: Pool) -> Mapping[str, object]:
        column, size = pool.category(self.attribute), len(group.members)
        counts = count_values(column.codes, group.members, len(column.names))
        most = self.most(size)
        allowed = f"{self.least(size)}-{most}" if most is not None else f">= {self.least(size)}"
        told = [
            f"{value.name} {value.count(counts)} ({allowed})"
            for value in counted(pool, self.attribute, self.value)
            if self.outside(value.count(counts), size)
        ]
        return {"attribute": self.attribute, "outside": ", ".join(told)}

    def lower(self, pool: Pool, ground: Ground) -> Sequence[Term]:
        most = [self.most(size) for size in ground.sizes()]
        band = Band(
            low=tuple(self.least(size) for size in ground.sizes()),
            high=tuple(ground.largest if limit is None else limit for limit in most),
        )
        carriers = pool.category(self.attribute).carriers()
        values = counted(pool, self.attribute, self.value)
        return [Count(values=tuple((value.carriers(carriers), band) for value in values))]

    def needs_of_network(self, pool: Pool, trios: Trios) -> Sequence[Term]:
        """Each trio takes at most so many, so the network has at most that for each of its groups."""
        if not isinstance(self.maximum, int):
            return ()
        most = self.maximum
        band = Band(low=(0,) * len(trios.groups), high=tuple(most * groups for groups in trios.groups))
        carriers = pool.category(self.attribute).carriers()
        values = counted(pool, self.attribute, self.value)
        return [Count(values=tuple((value.carriers(carriers), band) for value in values))]


def _outside(count: int, least: int, most: int | None) -> int:
    return max(0, least - count) + (max(0, count - most) if most is not None else 0)
