"""`available`: the members can come when the network meets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import ClassVar

from solver.exact import share_up
from solver.lowering import Band, Best, Count, Term
from solver.problem import Category, Pool
from solver.rules.base import Ground, Group, GroupRule, Parameter, Pricer, Share, Words, parameter

SLOTS = "available"
"""The column whose values are the slots, in the order of the problem's slots."""


@dataclass(frozen=True, kw_only=True)
class Available(GroupRule):
    """max(0, ceil(share n) - members available at the slot); without a slot, at the best one."""

    rule: ClassVar[str] = "available"
    in_trios: ClassVar[bool] = False
    definition: ClassVar[Words] = Words(
        nl="de leden kunnen op het gekozen moment",
        fr="les membres sont disponibles au moment choisi",
        en="the members can come at the chosen time",
        de="die Mitglieder können zur gewählten Zeit",
    )
    violation: ClassVar[Words] = Words(
        nl="{missing} leden kunnen niet op {slot}; {penalty} meer dan mag",
        fr="{missing} membres ne sont pas libres {slot} ; {penalty} de plus que permis",
        en="{missing} members cannot come at {slot}; {penalty} more than allowed",
        de="{missing} Mitglieder können {slot} nicht; {penalty} mehr als erlaubt",
    )

    share: Share = parameter(Parameter.SHARE, default=Share(Fraction(1)))
    everyone: Category = field(default=Category((), ()), repr=False)
    """When each person is available, coded by the problem's slots."""

    def present(self, group: Group) -> tuple[int, int | None]:
        """How many members can come, and when: at the group's slot, else at the best."""
        slots = range(len(self.everyone.names)) if group.slot is None else (group.slot,)
        counts = [(sum(slot in self.everyone.codes[person] for person in group.members), -slot) for slot in slots]
        most, slot = max(counts, default=(0, None))
        return most, None if slot is None else -slot

    def pricer(self, pool: Pool) -> Pricer:
        return lambda group: max(0, share_up(self.share.part, len(group.members)) - self.present(group)[0])

    def facts(self, group: Group, pool: Pool) -> Mapping[str, object]:
        present, slot = self.present(group)
        return {
            "missing": len(group.members) - present,
            "slot": "-" if slot is None else self.everyone.names[slot],
        }

    def lower(self, pool: Pool, ground: Ground) -> Sequence[Term]:
        need = tuple(share_up(self.share.part, size) for size in ground.sizes())
        carriers = self.everyone.carriers()
        if not carriers:
            nobody = Band(low=need, high=need)
            return [Count(values=(((), nobody),))]
        return [Best(options=carriers, need=need, by_slot=True)]
