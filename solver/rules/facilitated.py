"""`facilitated`: every network has a facilitator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from solver.lowering import Lead, Term
from solver.problem import Pool
from solver.rules.base import Ground, GroupRule, Pricer, Words


@dataclass(frozen=True, kw_only=True)
class Facilitated(GroupRule):
    """1 where the network has no facilitator."""

    rule: ClassVar[str] = "facilitated"
    in_trios: ClassVar[bool] = False
    definition: ClassVar[Words] = Words(
        nl="elk netwerk heeft een begeleider",
        fr="chaque réseau a un animateur",
        en="every network has a facilitator",
        de="jedes Netzwerk hat eine Begleitung",
    )
    violation: ClassVar[Words] = Words(
        nl="geen begeleider",
        fr="pas d'animateur",
        en="no facilitator",
        de="keine Begleitung",
    )

    def pricer(self, pool: Pool) -> Pricer:
        return lambda group: int(group.facilitator is None)

    def lower(self, pool: Pool, ground: Ground) -> Sequence[Term]:
        return [Lead()]
