"""`spread`: the members bring many different values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from solver.lowering import Term, Variety
from solver.problem import Pool
from solver.rules.base import Ground, Group, GroupRule, Parameter, Pricer, Words, parameter


@dataclass(frozen=True, kw_only=True)
class Spread(GroupRule):
    """max(0, min_values - different values); without min_values, as many as the pool and the size allow."""

    rule: ClassVar[str] = "spread"
    definition: ClassVar[Words] = Words(
        nl="zoveel mogelijk verschillende waarden van {attribute}",
        fr="autant de valeurs différentes de {attribute} que possible",
        en="as many different values of {attribute} as asked or possible",
        de="möglichst viele verschiedene Werte von {attribute}",
    )
    violation: ClassVar[Words] = Words(
        nl="{found} verschillende waarden van {attribute}, {penalty} minder dan gevraagd ({wanted})",
        fr="{found} valeurs différentes de {attribute}, {penalty} de moins que demandé ({wanted})",
        en="{found} different values of {attribute}, {penalty} fewer than asked ({wanted})",
        de="{found} verschiedene Werte von {attribute}, {penalty} weniger als verlangt ({wanted})",
    )

    attribute: str = parameter(Parameter.ATTRIBUTE)
    min_values: int | None = parameter(Parameter.COUNT, default=None)

    def wanted(self, size: int, pool: Pool) -> int:
        """How many different values a group of this size should have."""
        if size == 0:
            return 0
        return min(size, len(pool.category(self.attribute).names)) if self.min_values is None else self.min_values

    def found(self, group: Group, pool: Pool) -> int:
        """How many different values the group has; a member with several counts for each."""
        codes = pool.category(self.attribute).codes
        return len({code for person in group.members for code in codes[person]})

    def pricer(self, pool: Pool) -> Pricer:
        return lambda group: max(0, self.wanted(len(group.members), pool) - self.found(group, pool))

    def facts(self, group: Group, pool: Pool) -> Mapping[str, object]:
        return {
            "attribute": self.attribute,
            "found": self.found(group, pool),
            "wanted": self.wanted(len(group.members), pool),
        }

    def lower(self, pool: Pool, ground: Ground) -> Sequence[Term]:
        need = tuple(self.wanted(size, pool) for size in ground.sizes())
        return [Variety(values=pool.category(self.attribute).carriers(), need=need)]
