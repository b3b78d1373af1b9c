"""`distinct`: no two members share a value, usually their organisation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from solver.lowering import Band, Count, Term
from solver.problem import Pool
from solver.rules.base import Ground, Group, GroupRule, Parameter, Pricer, Trios, Words, parameter


@dataclass(frozen=True, kw_only=True)
class Distinct(GroupRule):
    """Sum over the values of max(0, c(v) - at_most); an empty cell never clashes."""

    rule: ClassVar[str] = "distinct"
    definition: ClassVar[Words] = Words(
        nl="hoogstens {at_most} per waarde van {attribute}",
        fr="au plus {at_most} par valeur de {attribute}",
        en="at most {at_most} for each value of {attribute}",
        de="höchstens {at_most} je Wert von {attribute}",
    )
    violation: ClassVar[Words] = Words(
        nl="{attribute}: {crowded}",
        fr="{attribute} : {crowded}",
        en="{attribute}: {crowded}",
        de="{attribute}: {crowded}",
    )

    attribute: str = parameter(Parameter.ATTRIBUTE)
    at_most: int = parameter(Parameter.COUNT, default=1)

    def crowded(self, group: Group, pool: Pool) -> dict[int, int]:
        """How many members each crowded value has."""
        codes = pool.category(self.attribute).codes
        # Only the values of members: there may be as many employers as there are networks.
        counts = Counter(code for person in group.members for code in codes[person])
        return {value: counts[value] for value in sorted(counts) if counts[value] > self.at_most}

    def pricer(self, pool: Pool) -> Pricer:
        return lambda group: sum(count - self.at_most for count in self.crowded(group, pool).values())

    def facts(self, group: Group, pool: Pool) -> Mapping[str, object]:
        names = pool.category(self.attribute).names
        told = ", ".join(f"{count} x {names[value]}" for value, count in self.crowded(group, pool).items())
        return {"attribute": self.attribute, "crowded": told}

    def lower(self, pool: Pool, ground: Ground) -> Sequence[Term]:
        band = Band(low=tuple(0 for _ in ground.sizes()), high=tuple(self.at_most for _ in ground.sizes()))
        carriers = pool.category(self.attribute).carriers()
        return [Count(values=tuple((people, band) for people in carriers if len(people) > self.at_most))]

    def needs_of_network(self, pool: Pool, trios: Trios) -> Sequence[Term]:
        """Four colleagues of nine cannot be kept out of each other's three trios."""
        band = Band(low=(0,) * len(trios.groups), high=tuple(self.at_most * groups for groups in trios.groups))
        carriers = pool.category(self.attribute).carriers()
        return [Count(values=tuple((people, band) for people in carriers if len(people) > self.at_most))]
