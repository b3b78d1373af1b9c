"""`meet_new`: members meet others in their trios than those they met before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import comb
from typing import ClassVar

from solver.lowering import Band, Count, Term
from solver.problem import Pool
from solver.rules.base import Parameter, TrioRule, Trios, Words, parameter


@dataclass(frozen=True, kw_only=True)
class MeetNew(TrioRule):
    """Sum over pairs of met (met - 1) / 2; least when meetings are spread evenly."""

    rule: ClassVar[str] = "meet_new"
    must_needs: ClassVar[str | None] = "at_most"
    definition: ClassVar[Words] = Words(
        nl="iedereen ontmoet telkens anderen",
        fr="chacun rencontre chaque fois d'autres membres",
        en="everybody keeps meeting others",
        de="alle treffen immer wieder andere",
    )
    violation: ClassVar[Words] = Words(
        nl="{pairs} paren zien elkaar meer dan eens",
        fr="{pairs} paires se voient plus d'une fois",
        en="{pairs} pairs meet more than once",
        de="{pairs} Paare treffen sich mehr als einmal",
    )

    at_most: int | None = parameter(Parameter.COUNT, default=None)
    history: tuple[tuple[int, int], ...] = parameter(Parameter.HISTORY, default=())
    """Pairs who met before, once for each time."""

    @cached_property
    def met_before(self) -> Mapping[int, Sequence[int]]:
        """Whom each person met before, once for each time; looked up for every network."""
        found: dict[int, list[int]] = {}
        for one, other in self.history:
            found.setdefault(one, []).append(other)
            found.setdefault(other, []).append(one)
        return found

    def needs_of_network(self, pool: Pool, trios: Trios) -> Sequence[Term]:
        """Some sizes leave too few pairs for the meetings: eight people in two fours meet 120 times, in 28 pairs."""
        if self.at_most is None:
            return ()
        most = self.at_most
        # The count of everybody is the size, so a band that asks for one more than there are forbids a size.
        low = tuple(
            size + 1 if meetings > most * comb(size, 2) else 0 for size, meetings in enumerate(trios.pair_meetings)
        )
        band = Band(low=low, high=tuple(range(len(low))))
        return [Count(values=((tuple(range(pool.size)), band),))]
