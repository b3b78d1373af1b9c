"""`spaced`: who meets again, meets again later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from solver.rules.base import Parameter, TrioRule, Words, parameter


@dataclass(frozen=True, kw_only=True)
class Spaced(TrioRule):
    """For each repeat, how many meetings it comes too soon."""

    rule: ClassVar[str] = "spaced"
    definition: ClassVar[Words] = Words(
        nl="herhalingen liggen minstens {gap} bijeenkomsten uiteen",
        fr="les répétitions sont espacées d'au moins {gap} rencontres",
        en="repeats are at least {gap} meetings apart",
        de="Wiederholungen liegen mindestens {gap} Treffen auseinander",
    )
    violation: ClassVar[Words] = Words(
        nl="{penalty} bijeenkomsten te vroeg, alles samen",
        fr="{penalty} rencontres trop tôt, au total",
        en="{penalty} meetings too soon, all together",
        de="{penalty} Treffen zu früh, insgesamt",
    )

    gap: int = parameter(Parameter.COUNT, most=200, default=3)
