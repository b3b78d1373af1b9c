"""`apart`: some people do not sit together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Self

from solver.lowering import Pairs, Term
from solver.problem import Pool
from solver.rules.base import Ground, Group, GroupRule, Parameter, Pricer, Words, parameter


@dataclass(frozen=True, kw_only=True)
class Apart(GroupRule):
    """How many of the pairs sit together; each unordered pair counts once."""

    rule: ClassVar[str] = "apart"
    definition: ClassVar[Words] = Words(
        nl="deze paren zitten niet samen",
        fr="ces paires ne sont pas ensemble",
        en="these pairs do not sit together",
        de="diese Paare sitzen nicht zusammen",
    )
    violation: ClassVar[Words] = Words(
        nl="{penalty} paar samen: {pairs}",
        fr="{penalty} paire(s) ensemble : {pairs}",
        en="{penalty} pair(s) together: {pairs}",
        de="{penalty} Paar(e) zusammen: {pairs}",
    )

    pairs: frozenset[tuple[int, int]] = parameter(Parameter.PAIRS)
    """(lower, higher) numbers of people."""

    def together(self, group: Group) -> list[tuple[int, int]]:
        """The pairs that sit together in a group."""
        members = set(group.members)
        return sorted(pair for pair in self.pairs if members.issuperset(pair))

    def among(self, local: Mapping[int, int]) -> Self:
        kept = (sorted((local[a], local[b])) for a, b in self.pairs if a in local and b in local)
        return replace(self, pairs=frozenset((a, b) for a, b in kept))

    def pricer(self, pool: Pool) -> Pricer:
        partners: dict[int, set[int]] = {}
        for one, other in self.pairs:
            partners.setdefault(one, set()).add(other)

        def price(group: Group) -> int:
            members = set(group.members)
            return sum(len(partners[person] & members) for person in members if person in partners)

        return price

    def facts(self, group: Group, pool: Pool) -> Mapping[str, object]:
        named = (f"{pool.ids[one]} - {pool.ids[other]}" for one, other in self.together(group))
        return {"pairs": ", ".join(named)}

    def lower(self, pool: Pool, ground: Ground) -> Sequence[Term]:
        return [Pairs(pairs=tuple(sorted(self.pairs)))]
