"""Who sits where, and the ledgers of a price, as kernels see them."""

from __future__ import annotations

from typing import NamedTuple

from solver.rotation.problem import Ints
from solver.terms.compiled import inner


class Seating(NamedTuple):
    """Who sits where: U meetings (or blocks that keep their groups), v members, K groups at most.

    `seat[u, p]` is the member on seat p, or -1; the seats of group k are `start[u, k]` up to `start[u, k + 1]`;
    `group_of_seat[u, p]`; `seats[u]` how many are taken.
    """

    seat: Ints
    start: Ints
    group_of_seat: Ints
    seats: Ints


BROKEN, BALANCE, REST = 0, 1, 2
"""The three ledgers of a price, in the order in which they matter."""


@inner
def improves(now: Ints, best: Ints) -> bool:
    """Whether less is broken, or as much with a better balance, or both the same with less of the rest."""
    for part in (BROKEN, BALANCE, REST):
        if now[part] != best[part]:
            return bool(now[part] < best[part])
    return False
