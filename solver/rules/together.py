"""`together`: some people stay in one network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from solver.lowering import Scatter, Term
from solver.problem import WAITING, Composition, Pool, Problem
from solver.rules.base import Ground, Parameter, Rule, Violation, Words, parameter


@dataclass(frozen=True, kw_only=True)
class Together(Rule):
    """Per group of people: its size less the most of it in one place, the waitlist being a place."""

    rule: ClassVar[str] = "together"
    by_network: ClassVar[bool] = False
    definition: ClassVar[Words] = Words(
        nl="deze mensen blijven samen",
        fr="ces personnes restent ensemble",
        en="these people stay together",
        de="diese Personen bleiben zusammen",
    )
    violation: ClassVar[Words] = Words(
        nl="{penalty} van {group} elders dan de rest",
        fr="{penalty} de {group} ailleurs que les autres",
        en="{penalty} of {group} elsewhere than the rest",
        de="{penalty} von {group} anderswo als die anderen",
    )

    groups: tuple[tuple[int, ...], ...] = parameter(Parameter.GROUPS)

    def violations(self, problem: Problem, composition: Composition) -> list[Violation]:
        found = []
        for group in self.groups:
            places = Counter(composition.places[person] for person in group)
            place, most = min(places.items(), key=lambda item: (-item[1], item[0] == WAITING, item[0]))
            if len(group) > most:
                named = ", ".join(problem.pool.ids[person] for person in group)
                facts = {"penalty": len(group) - most, "group": named}
                found.append(Violation(None if place == WAITING else place, len(group) - most, facts))
        return found

    def lower(self, pool: Pool, ground: Ground) -> Sequence[Term]:
        return [Scatter(groups=self.groups)]
