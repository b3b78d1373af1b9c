"""`size_turns`: everybody sits in a group of the other size equally often."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from solver.rules.base import TrioRule, Words


@dataclass(frozen=True, kw_only=True)
class SizeTurns(TrioRule):
    """max(0, most - fewest - 1) over the members, of how often each sits in a group of another size."""

    rule: ClassVar[str] = "size_turns"
    definition: ClassVar[Words] = Words(
        nl="iedereen zit even vaak in een groep van een andere grootte",
        fr="chacun est aussi souvent dans un groupe d'une autre taille",
        en="everybody sits in a group of another size equally often",
        de="alle sitzen gleich oft in einer Gruppe anderer Größe",
    )
    violation: ClassVar[Words] = Words(
        nl="de beurten verschillen {penalty} te veel",
        fr="les tours diffèrent de {penalty} de trop",
        en="turns differ by {penalty} too many",
        de="die Runden unterscheiden sich um {penalty} zu viel",
    )
