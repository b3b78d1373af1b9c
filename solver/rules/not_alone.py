"""`not_alone`: nobody is the only one of a kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from solver.lowering import Band, Count, Term
from solver.problem import Pool
from solver.rules.base import Ground, Group, GroupRule, Parameter, Pricer, Words, count_values, counted, parameter


@dataclass(frozen=True, kw_only=True)
class NotAlone(GroupRule):
    """Sum over the values present with fewer than at_least members, of how many are missing."""

    rule: ClassVar[str] = "not_alone"
    definition: ClassVar[Words] = Words(
        nl="niemand is alleen met een waarde van {attribute}",
        fr="personne n'est seul avec une valeur de {attribute}",
        en="nobody is alone with a value of {attribute}",
        de="niemand ist mit einem Wert von {attribute} allein",
    )
    violation: ClassVar[Words] = Words(
        nl="{attribute}: te weinig leden met {lonely}",
        fr="{attribute} : trop peu de membres avec {lonely}",
        en="{attribute}: too few members with {lonely}",
        de="{attribute}: zu wenige Mitglieder mit {lonely}",
    )

    attribute: str = parameter(Parameter.ATTRIBUTE)
    value: str | None = parameter(Parameter.VALUE, default=None)
    at_least: int = parameter(Parameter.COUNT, default=2)

    def lonely(self, group: Group, pool: Pool) -> dict[str, int]:
        """How many are missing, for each value that is present but too rare."""
        column = pool.category(self.attribute)
        counts = count_values(column.codes, group.members, len(column.names))
        found = {value.name: value.count(counts) for value in counted(pool, self.attribute, self.value)}
        return {name: self.at_least - count for name, count in found.items() if 0 < count < self.at_least}

    def pricer(self, pool: Pool) -> Pricer:
        return lambda group: sum(self.lonely(group, pool).values())

    def facts(self, group: Group, pool: Pool) -> Mapping[str, object]:
        return {"attribute": self.attribute, "lonely": ", ".join(self.lonely(group, pool))}

    def lower(self, pool: Pool, ground: Ground) -> Sequence[Term]:
        always = tuple(self.at_least for _ in ground.sizes())
        band = Band(low=always, high=tuple(ground.largest for _ in ground.sizes()), only_where_present=True)
        carriers = pool.category(self.attribute).carriers()
        values = counted(pool, self.attribute, self.value)
        return [Count(values=tuple((value.carriers(carriers), band) for value in values))]
