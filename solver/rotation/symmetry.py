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

    Members 0 .. turning - 1 form cycles of length `order`, which the symmetry turns; the others stay. Each of `base`
    rounds is turned into `order` rounds; `still` rounds are given, and the symmetry maps each to itself.
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

    @property
    def rounds(self) -> int:
        """How many rounds come out."""
        return self.order * self.base + len(self.still)

    @property
    def turning(self) -> int:
        """How many members the symmetry moves."""
        return self.members // self.order * self.order


def cook(recipe: Recipe, *, target: int = 0, stop: Callable[[], bool] = lambda: False) -> tuple[tuple[Round, ...], int]:
    """The rounds of a recipe and their even-spread price, the sum over pairs of met (met - 1) / 2."""
    v, n = recipe.members, recipe.order
    kind, size = orbits(v, n, recipe.turning)
    step = n // size
    before = np.zeros(len(size), np.int64)
    for groups in recipe.still:
        # The symmetry maps a still round to itself, so whole orbits meet in it: count one pair of each.
        met = {kind[a, b] for group in groups for a, b in combinations(group, 2)}
        before[list(met)] += 1
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


KNOWN: Final[dict[tuple[int, tuple[int, ...], int], tuple[Recipe, int]]] = {
    (recipe.members, recipe.sizes, recipe.rounds): (recipe, price)
    for recipe, price in (
        (_ten(13, 3, 3, seed=0), 72),
        (_ten(14, 3, 3, seed=0), 90),
        (_ten(22, 3, 3, seed=6, iterations=10_000_000, hot=0.4, cold=0.3), 9),
        (_ten(23, 3, 3, seed=4, iterations=6_000_000), 18),
        (_ten(25, 5, 2, seed=0), 0),
        (_ten(26, 5, 2, seed=9), 0),
        (_ten(29, 3, 3, seed=0, iterations=600_000), 0),
    )
}
"""Where search alone is slow or never gets there: a symmetry and a seed, and the even-spread price they reach."""


def _turn(point: int, by: int, order: int, turning: int) -> int:
    """Where the symmetry of a recipe takes a member."""
    return point if point >= turning else point // order * order + (point + by) % order


def _turned(base: Sequence[Round], recipe: Recipe) -> tuple[Round, ...]:
    """All turns of all base rounds."""
    return tuple(
        tuple(tuple(sorted(_turn(p, by, recipe.order, recipe.turning) for p in group)) for group in groups)
        for groups in base
        for by in range(recipe.order)
    )


def orbits(members: int, order: int, turning: int) -> tuple[Ints, Ints]:
    """The orbit of each pair, shape (members, members), and the size of each orbit."""
    kind = np.full((members, members), -1, np.int64)
    sizes: list[int] = []
    for pair in combinations(range(members), 2):
        if kind[pair] < 0:
            orbit = {tuple(sorted(_turn(p, by, order, turning) for p in pair)) for by in range(order)}
            for a, b in orbit:
                kind[a, b] = kind[b, a] = len(sizes)
            sizes.append(len(orbit))
    np.fill_diagonal(kind, 0)
    return kind, np.array(sizes, np.int64)
