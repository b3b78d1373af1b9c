"""`same`: all members share one value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from solver.lowering import Best, Term
from solver.problem import Pool
from solver.rules.base import Ground, Group, GroupRule, Parameter, Pricer, Words, count_values, parameter


@dataclass(frozen=True, kw_only=True)
class Same(GroupRule):
    """n - max c(v): the members who do not have the group's most common value."""

    rule: ClassVar[str] = "same"
    definition: ClassVar[Words] = Words(
        nl="alle leden hebben dezelfde {attribute}",
        fr="tous les membres ont le même {attribute}",
        en="all members have the same {attribute}",
        de="alle Mitglieder haben dasselbe Merkmal {attribute}",
    )
    violation: ClassVar[Words] = Words(
        nl="{penalty} van {n} leden hebben een andere {attribute} dan {value}",
        fr="{penalty} membres sur {n} ont un autre {attribute} que {value}",
        en="{penalty} of {n} members have another {attribute} than {value}",
        de="{penalty} von {n} Mitgliedern haben bei {attribute} etwas anderes als {value}",
    )

    attribute: str = parameter(Parameter.ATTRIBUTE)

    def pricer(self, pool: Pool) -> Pricer:
        column = pool.category(self.attribute)

        def price(group: Group) -> int:
            counts = count_values(column.codes, group.members, len(column.names))
            return len(group.members) - max(counts, default=0)

        return price

    def facts(self, group: Group, pool: Pool) -> Mapping[str, object]:
        column = pool.category(self.attribute)
        counts = count_values(column.codes, group.members, len(column.names))
        value = column.names[counts.index(max(counts))] if counts else "-"
        return {"attribute": self.attribute, "value": value}

    def lower(self, pool: Pool, ground: Ground) -> Sequence[Term]:
        return [Best(options=pool.category(self.attribute).carriers(), need=tuple(ground.sizes()))]
