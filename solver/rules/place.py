"""`place`: candidates are placed rather than kept waiting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from solver.lowering import Place as PlaceTerm
from solver.lowering import Term
from solver.problem import Composition, Pool, Problem
from solver.rules.base import Ground, Rule, Violation, Words, waiting


@dataclass(frozen=True, kw_only=True)
class Place(Rule):
    """Candidates on the waitlist. With a weight, waiting is weighed with the rest instead of coming first."""

    rule: ClassVar[str] = "place"
    in_trios: ClassVar[bool] = False
    by_network: ClassVar[bool] = False
    weighs_waiting: ClassVar[bool] = True
    definition: ClassVar[Words] = Words(
        nl="niemand wacht",
        fr="personne n'attend",
        en="nobody waits",
        de="niemand wartet",
    )
    violation: ClassVar[Words] = Words(
        nl="{penalty} kandidaten op de wachtlijst",
        fr="{penalty} candidats sur la liste d'attente",
        en="{penalty} candidates on the waitlist",
        de="{penalty} Personen auf der Warteliste",
    )

    def violations(self, problem: Problem, composition: Composition) -> list[Violation]:
        count = sum(1 for _ in waiting(composition))
        return [Violation(None, count, {"penalty": count})] if count else []

    def lower(self, pool: Pool, ground: Ground) -> Sequence[Term]:
        return [PlaceTerm(costs={}, waiting=(1,) * pool.size)]
