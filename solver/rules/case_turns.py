"""`case_turns`: everybody brings a case equally often."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from solver.rules.base import TrioRule, Words


@dataclass(frozen=True, kw_only=True)
class CaseTurns(TrioRule):
    """max(0, most - fewest - 1) over the members, of how often each is case giver."""

    rule: ClassVar[str] = "case_turns"
    definition: ClassVar[Words] = Words(
        nl="iedereen is even vaak inbrenger",
        fr="chacun apporte un cas aussi souvent",
        en="everybody brings a case equally often",
        de="alle bringen gleich oft einen Fall ein",
    )
    violation: ClassVar[Words] = Words(
        nl="de beurten verschillen {penalty} te veel",
        fr="les tours diffèrent de {penalty} de trop",
        en="turns differ by {penalty} too many",
        de="die Runden unterscheiden sich um {penalty} zu viel",
    )
