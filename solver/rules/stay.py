"""`stay`: members keep their network of an earlier proposal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from solver.lowering import Place, Term
from solver.problem import Composition, Pool, Problem
from solver.rules.base import Ground, Parameter, Rule, Violation, Words, parameter


@dataclass(frozen=True, kw_only=True)
class Stay(Rule):
    """Those in a network of the baseline who are now in another network, by name, or waiting."""

    rule: ClassVar[str] = "stay"
    in_trios: ClassVar[bool] = False
    by_network: ClassVar[bool] = False
    definition: ClassVar[Words] = Words(
        nl="leden blijven in hun netwerk",
        fr="les membres gardent leur réseau",
        en="members keep their network",
        de="Mitglieder behalten ihr Netzwerk",
    )
    violation: ClassVar[Words] = Words(
        nl="{person} gaat weg uit {before}",
        fr="{person} quitte {before}",
        en="{person} leaves {before}",
        de="{person} verlässt {before}",
    )

    before: Mapping[int, str] = parameter(Parameter.BASELINE, key="baseline")
    """The name of the network in which each person was."""

    def violations(self, problem: Problem, composition: Composition) -> list[Violation]:
        found = []
        for person, name in sorted(self.before.items()):
            place = composition.places[person]
            if place < 0 or problem.networks[place].name.casefold() != name.casefold():
                facts = {"penalty": 1, "person": problem.pool.ids[person], "before": name}
                found.append(Violation(None, 1, facts))
        return found

    def lower(self, pool: Pool, ground: Ground) -> Sequence[Term]:
        moved = tuple(int(person in self.before) for person in range(pool.size))
        names = {name.casefold() for name in self.before.values()}
        columns = {}
        for k, network in enumerate(ground.networks):
            if network.name.casefold() in names:
                home = network.name.casefold()
                columns[k] = tuple(
                    int(person in self.before and self.before[person].casefold() != home) for person in range(pool.size)
                )
        return [Place(costs=columns, elsewhere=moved, waiting=moved)]
