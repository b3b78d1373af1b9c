"""`commitment`: the entry rule of a community of practice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from solver.lowering import Place, Term
from solver.problem import Network, Pool
from solver.rules.base import Ground, Parameter, PersonRule, Words, parameter


@dataclass(frozen=True, kw_only=True)
class Commitment(PersonRule):
    """Members who promise too few meetings or bring no project; 1 each, even where both fail."""

    rule: ClassVar[str] = "commitment"
    one_of: ClassVar[tuple[str, ...]] = ("min_meetings", "project")
    in_trios: ClassVar[bool] = False
    definition: ClassVar[Words] = Words(
        nl="elk lid belooft genoeg bijeenkomsten en brengt een project mee",
        fr="chaque membre promet assez de rencontres et apporte un projet",
        en="each member promises enough meetings and brings a project",
        de="jedes Mitglied verspricht genügend Treffen und bringt ein Projekt mit",
    )
    violation: ClassVar[Words] = Words(
        nl="{penalty} leden voldoen niet: {people}",
        fr="{penalty} membres ne remplissent pas la condition : {people}",
        en="{penalty} members do not meet it: {people}",
        de="{penalty} Mitglieder erfüllen sie nicht: {people}",
    )

    min_meetings: int | None = parameter(Parameter.COUNT, default=None)
    project: bool = parameter(Parameter.FLAG, default=False)

    def misses(self, person: int, network: Network, pool: Pool) -> bool:
        if self.project and not pool.category("project").codes[person]:
            return True
        if self.min_meetings is None:
            return False
        promised = pool.numbers["meetings"].values[person] if "meetings" in pool.numbers else None
        return promised is None or promised < self.min_meetings

    def lower(self, pool: Pool, ground: Ground) -> Sequence[Term]:
        # Whether a member meets it does not depend on the network, so one column serves every network.
        network = ground.networks[0]
        return [Place(costs={}, elsewhere=tuple(int(self.misses(p, network, pool)) for p in range(pool.size)))]
