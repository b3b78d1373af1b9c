"""`early`: everybody meets everybody soon."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from solver.rules.base import TrioRule, Words


@dataclass(frozen=True, kw_only=True)
class Early(TrioRule):
    """The meeting at which each pair first met, summed; a pair that never meets counts one more than the last."""

    rule: ClassVar[str] = "early"
    definition: ClassVar[Words] = Words(
        nl="iedereen ontmoet iedereen vroeg",
        fr="chacun rencontre tôt tous les autres",
        en="everybody meets everybody soon",
        de="alle treffen alle früh",
    )
    violation: ClassVar[Words] = Words(
        nl="som van de eerste ontmoetingen: {penalty}",
        fr="somme des premières rencontres : {penalty}",
        en="sum of first meetings: {penalty}",
        de="Summe der ersten Begegnungen: {penalty}",
    )
