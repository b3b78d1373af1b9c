"""Rounds that a group of symmetries makes from a few: annealing over the orbits of pairs.

What is assumed is a recipe; ten rounds become two or three, and the search is done in a blink.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Final

import numpy as np

from solver.rotation.design import Round
from solver.rotation.problem import Ints, group_sizes
from solver.rotation.search import anneal, deal


@dataclass(frozen=True)
class Recipe:
    """Rounds that a group of symmetries makes from a few: what to assume, and a seed that is known to get there.

    The symmetry turns the members in cycles, numbered one after the other: as many of length `order` as there is room
    for, the others staying, unless `cycles` gives their lengths (divisors of `order`). Each of `base` rounds is turned
    into `order` rounds; `still` rounds are given, and the symmetry maps them among themselves.
    """

    members: int
    sizes: tuple[int, ...]
    order: int
    base: int
    still: tuple[Round, ...] = ()
    seed: int = 0
    iterations: int = 1_000_000
    restarts: int = 20
    hot: float = 0.6
    cold: float = 0.15
    cycles: tuple[int, ...] = ()

    @property
    def rounds(self) -> int:
        """How many rounds come out."""
        return self.order * self.base + len(self.still)

    @property
    def turned(self) -> tuple[int, ...]:
        """Where the symmetry takes each member."""
        whole, rest = divmod(self.members, self.order)
        turned: list[int] = []
        for length in self.cycles or (self.order,) * whole + (1,) * rest:
            first = len(turned)
            turned += [*range(first + 1, first + length), first]
        return tuple(turned)


def cook(recipe: Recipe, *, target: int = 0, stop: Callable[[], bool] = lambda: False) -> tuple[tuple[Round, ...], int]:
    """The rounds of a recipe and their even-spread price, the sum over pairs of met (met - 1) / 2."""
    v, n = recipe.members, recipe.order
    kind, size = orbits(recipe.turned)
    step = n // size
    before = np.zeros(len(size), np.int64)
    for groups in recipe.still:
        for group in groups:
            for a, b in combinations(group, 2):
                before[kind[a, b]] += 1
    # The symmetry maps the still rounds among themselves, so all pairs of an orbit meet in them equally often.
    before //= size
    most = recipe.base * sum(s * (s - 1) // 2 for s in recipe.sizes) * n + len(recipe.still)
    counts = np.arange(most + 2, dtype=np.int64)
    random = np.random.default_rng([recipe.seed, v, n])
    everybody = (tuple(range(v)),) * recipe.base
    best: tuple[tuple[Round, ...], int] | None = None
    for _ in range(recipe.restarts):
        found = anneal(
            deal(everybody, (recipe.sizes,) * recipe.base, random),
            kind=kind, step=step, size=size, price=counts * (counts - 1) // 2, before=before, random=random,
            iterations=recipe.iterations, target=target, stop=stop, hot=recipe.hot * n, cold=recipe.cold * n,
        )  # fmt: skip
        if best is None or found.cost < best[1]:
            best = (found.blocks, found.cost)
        if best[1] <= target or stop():
            break
    if best is None:
        raise ValueError("a recipe needs at least one restart")
    return tuple(recipe.still) + _turned(best[0], recipe), best[1]


@lru_cache(maxsize=64)
def cooked(recipe: Recipe, target: int) -> tuple[tuple[Round, ...], int]:
    """`cook`, remembered: many networks of one size share one design."""
    return cook(recipe, target=target)


def recipes(members: int, sizes: tuple[int, ...], rounds: int) -> Iterator[Recipe]:
    """Symmetries worth assuming for so many rounds.

    Groups of order d that divides the rounds (d copies of rounds / d base rounds), or one less than the rounds, with
    one round that stays: whole cycles as groups, each fixed member joining one of them.
    """
    usual = min(sizes)
    for order in range(rounds, 1, -1):
        if rounds % order == 0 and members // order:
            yield Recipe(members, sizes, order, rounds // order, restarts=3)
    extra = sum(s == usual + 1 for s in sizes)
    if usual > 2 and (rounds - 1) % usual == 0 and rounds > 1 and members == usual * len(sizes) + extra:
        yield Recipe(members, sizes, usual, (rounds - 1) // usual, (cycles_together(members, usual),), restarts=3)


def known_recipe(members: int, sizes: tuple[int, ...], rounds: int) -> Recipe | None:
    """The recipe that is known to give the best spread found for this size, if search alone does not get there."""
    known = KNOWN.get((members, sizes, rounds))
    return None if known is None else known[0]


def cycles_together(members: int, order: int) -> Round:
    """The round whose groups are the cycles, each member that stays fixed joining one of the first."""
    cycles = members // order
    return tuple(
        (*range(c * order, (c + 1) * order), *(() if cycles * order + c >= members else (cycles * order + c,)))
        for c in range(cycles)
    )


def _ten(
    members: int, order: int, base: int, *, seed: int, iterations: int = 400_000, hot: float = 0.6, cold: float = 0.15
) -> Recipe:
    """Ten meetings in trios; where `order` is 3, one round stays: the cycles themselves."""
    still = (cycles_together(members, order),) if order == 3 else ()
    return Recipe(
        members, group_sizes(members, 3), order, base, still,
        seed=seed, iterations=iterations, restarts=1, hot=hot, cold=cold,
    )  # fmt: skip


def _nineteen() -> Recipe:
    """Ten rounds of five threes and two pairs, no pair twice: all pairs but one meet.

    Eight couples, which the symmetry swaps, and three members who stay. A couple that met in a swapped round would meet
    twice, so seven couples and the three pairs of those who stay need rounds that are mapped to themselves. Two such
    rounds hold just that; up to names little is left to choose in them.
    """
    f, g, h = 16, 17, 18
    a, b = (tuple(range(side, 16, 2)) for side in (0, 1))
    one = (
        (f, g, h),
        *((side[2], side[3], side[4]) for side in (a, b)),
        *((side[5], side[6], side[7]) for side in (a, b)),
    )
    other = ((f, a[2], b[2]), (g, a[3], b[3]), (h, a[4], b[4]), *((side[0], side[1], side[7]) for side in (a, b)))
    still = ((*one, (a[0], b[0]), (a[1], b[1])), (*other, (a[5], b[5]), (a[6], b[6])))
    return Recipe(
        19, (3, 3, 3, 3, 3, 2, 2), 2, 4, still,
        seed=581, restarts=1, hot=0.35, cycles=(*(2,) * 8, 1, 1, 1),
    )  # fmt: skip


def _twenty_three() -> Recipe:
    """Ten rounds in which all meet and 17 pairs meet twice, as few as can be.

    Cycles of four, with rounds in fours and two. Those two were searched ahead together with the others: twice the
    symmetry maps them to themselves. Under a symmetry of order three the repeats, at most one of them between members
    that stay, cannot add up to 17 without a pair that meets three times.
    """
    one = ((0, 2, 8, 10), (13, 15, 17, 19), (1, 7, 12), (3, 5, 14), (4, 11, 18), (6, 9, 16), (20, 21, 22))
    other = ((1, 3, 9, 11), (12, 14, 16, 18), (2, 4, 13), (0, 6, 15), (5, 8, 19), (7, 10, 17), (20, 21, 22))
    return Recipe(
        23, (4, 4, 3, 3, 3, 3, 3), 4, 2, (one, other),
        seed=17, iterations=400_000, restarts=1, hot=0.5, cycles=(*(4,) * 5, 2, 1),
    )  # fmt: skip


KNOWN: Final[dict[tuple[int, tuple[int, ...], int], tuple[Recipe, int]]] = {
    (recipe.members, recipe.sizes, recipe.rounds): (recipe, price)
    for recipe, price in (
        (_ten(13, 3, 3, seed=0), 72),
        (Recipe(14, (4, 4, 3, 3), 2, 5, seed=2, restarts=1, cycles=(*(2,) * 6, 1, 1)), 89),
        (_nineteen(), 0),
        (_ten(22, 3, 3, seed=6, iterations=10_000_000, hot=0.4, cold=0.3), 9),
        (_twenty_three(), 17),
        (_ten(25, 5, 2, seed=0), 0),
        (_ten(26, 5, 2, seed=9), 0),
        (_ten(29, 3, 3, seed=0, iterations=600_000), 0),
    )
}
"""Where search alone is slow or never gets there: a symmetry and a seed, and the even-spread price they reach."""


def _turned(base: Sequence[Round], recipe: Recipe) -> tuple[Round, ...]:
    """All turns of all base rounds."""
    turned = recipe.turned
    rounds: list[Round] = []
    for groups in base:
        rounds.append(groups)
        for _ in range(recipe.order - 1):
            rounds.append(tuple(tuple(sorted(turned[p] for p in group)) for group in rounds[-1]))
    return tuple(rounds)


def orbits(turned: Sequence[int]) -> tuple[Ints, Ints]:
    """The orbit of each pair, shape (members, members), and the size of each orbit; `turned` is the symmetry."""
    members = len(turned)
    kind = np.full((members, members), -1, np.int64)
    sizes: list[int] = []
    for pair in combinations(range(members), 2):
        if kind[pair] < 0:
            orbit: list[tuple[int, int]] = []
            a, b = pair
            while kind[a, b] < 0:
                kind[a, b] = kind[b, a] = len(sizes)
                orbit.append((a, b))
                a, b = turned[a], turned[b]
            sizes.append(len(orbit))
    np.fill_diagonal(kind, 0)
    return kind, np.array(sizes, np.int64)
