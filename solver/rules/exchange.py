"""`exchange`: what members want to learn, somebody else in the network can offer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from solver.lowering import Cover, Term
from solver.problem import Pool
from solver.rules.base import Ground, Group, GroupRule, Pricer, Words


@dataclass(frozen=True, kw_only=True)
class Exchange(GroupRule):
    """Asks of members that nobody else in the group offers; in a trio only those of the case giver."""

    rule: ClassVar[str] = "exchange"
    definition: ClassVar[Words] = Words(
        nl="wat iemand wil leren, kan een ander aanbieden",
        fr="ce que l'un veut apprendre, un autre peut l'offrir",
        en="what one wants to learn, another can offer",
        de="was jemand lernen will, kann ein anderer anbieten",
    )
    violation: ClassVar[Words] = Words(
        nl="{penalty} leervragen zonder aanbod: {topics}",
        fr="{penalty} demandes sans offre : {topics}",
        en="{penalty} asks without an offer: {topics}",
        de="{penalty} Fragen ohne Angebot: {topics}",
    )

    def unmet(self, group: Group, pool: Pool) -> list[tuple[int, str]]:
        """(member, topic) for every ask that nobody else offers."""
        asks, offers = pool.category("asks"), pool.category("offers")
        offered: dict[str, set[int]] = {}
        for person in group.members:
            for code in offers.codes[person]:
                offered.setdefault(offers.names[code].casefold(), set()).add(person)
        askers = group.members if group.case_giver is None else (group.case_giver,)
        return [
            (person, asks.names[code])
            for person in askers
            for code in asks.codes[person]
            if not offered.get(asks.names[code].casefold(), set()) - {person}
        ]

    def pricer(self, pool: Pool) -> Pricer:
        return lambda group: len(self.unmet(group, pool))

    def facts(self, group: Group, pool: Pool) -> Mapping[str, object]:
        topics = sorted({topic for _, topic in self.unmet(group, pool)}, key=str.casefold)
        return {"topics": ", ".join(topics)}

    def lower(self, pool: Pool, ground: Ground) -> Sequence[Term]:
        asks, offers = pool.category("asks"), pool.category("offers")
        offerers = dict(zip((name.casefold() for name in offers.names), offers.carriers(), strict=True))
        topics = zip(asks.names, asks.carriers(), strict=True)
        return [Cover(topics=tuple((people, offerers.get(name.casefold(), ())) for name, people in topics))]
