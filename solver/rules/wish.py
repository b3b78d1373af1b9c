"""`wish`: people sit in the network they asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from solver.lowering import Place, Term
from solver.problem import Network, Pool
from solver.rules.base import Ground, PersonRule, Words


@dataclass(frozen=True, kw_only=True)
class Wish(PersonRule):
    """Members with a wish, none of whose wishes is their network."""

    rule: ClassVar[str] = "wish"
    in_trios: ClassVar[bool] = False
    definition: ClassVar[Words] = Words(
        nl="wie een netwerk wenst, zit daar",
        fr="qui souhaite un réseau y est placé",
        en="who wishes for a network sits there",
        de="wer sich ein Netzwerk wünscht, sitzt dort",
    )
    violation: ClassVar[Words] = Words(
        nl="{penalty} leden wensten een ander netwerk: {people}",
        fr="{penalty} membres souhaitaient un autre réseau : {people}",
        en="{penalty} members wished for another network: {people}",
        de="{penalty} Mitglieder wünschten ein anderes Netzwerk: {people}",
    )

    def misses(self, person: int, network: Network, pool: Pool) -> bool:
        column = pool.category("network_wish")
        wishes = {column.names[code].casefold() for code in column.codes[person]}
        return bool(wishes) and network.name.casefold() not in wishes

    def lower(self, pool: Pool, ground: Ground) -> Sequence[Term]:
        wished = {name.casefold() for name in pool.category("network_wish").names}
        columns = {
            k: tuple(int(self.misses(person, network, pool)) for person in range(pool.size))
            for k, network in enumerate(ground.networks)
            if network.name.casefold() in wished
        }
        has_wish = tuple(int(bool(codes)) for codes in pool.category("network_wish").codes)
        return [Place(costs=columns, elsewhere=has_wish)]
