"""Rounds for whoever comes: a design as it is, over and over, without some people, or with guests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import combinations
from typing import Final, TypeAlias

import numpy as np

from solver.rotation.design import TRIVIAL, Design, Round
from solver.rotation.designs import largest, transversal
from solver.rotation.packings import columns, square, with_guests
from solver.rotation.search import anneal, deal
from solver.rotation.symmetry import Recipe, cook, orbits

Schedule: TypeAlias = tuple[tuple[Round, ...], str, str]
"""Rounds, the name of what they come from, and its source."""
LARGEST_TURNED: Final = 40
"""Members up to which a design is sought by a symmetry alone."""
MOST_FRESH: Final = 2
"""Rounds dealt anew; with more of them a search from nothing does as well."""
LEAST_STEPS: Final = 20_000
"""Of the search for people to leave out."""


@lru_cache(maxsize=256)
def schedule(members: int, sizes: tuple[int, ...], rounds: int) -> Schedule | None:
    """Rounds with these group sizes whose even spread is perfect, if one is known here.

    A design as it is; a complete one over and over; a larger one without some of its people, which leaves groups one
    smaller (everybody left out must sit apart in the rounds that are used); where no design has so many rounds, some
    rounds over the integers, or a smaller design with guests.
    """
    size = max(sizes, default=0)
    smaller = sum(s == size - 1 for s in sizes)
    if size < 2 or len(set(sizes)) > 2 or members != size * len(sizes) - smaller:
        return None
    if len(sizes) == 1:
        return ((tuple(range(members)),),) * rounds, "one group", TRIVIAL
    for design in _whole(members + smaller, size, rounds):
        kept = _fitted(design, smaller, rounds)
        if kept is not None:
            return kept, design.name + (f" without {smaller}" if smaller else ""), design.source
    return _packed(members, sizes, rounds) if rounds <= len(sizes) else None


def _whole(members: int, size: int, rounds: int) -> Iterator[Design]:
    """The design with most rounds, the one whose columns are easy to leave people out of, one with a symmetry."""
    best = largest(members, size)
    if best is not None:
        yield best
    crossed = transversal(size, members // size)
    if crossed is not None:
        yield crossed
    if members <= LARGEST_TURNED and rounds * (size - 1) < members:
        turned = _turning(members, size, rounds)
        if turned is not None:
            yield turned


@lru_cache(maxsize=64)
def _turning(members: int, size: int, rounds: int) -> Design | None:
    """Exactly so many rounds, all turned from one, where annealing over orbits finds it."""
    recipe = Recipe(members, (size,) * (members // size), rounds, 1, iterations=400_000, restarts=2, hot=0.5, cold=0.2)
    if rounds < 2 or members < rounds:
        return None
    found, cost = cook(recipe)
    if cost:
        return None
    return Design(members, found, False, f"one round turned {rounds} times", "annealing over orbits")


def _fitted(design: Design, smaller: int, rounds: int) -> tuple[Round, ...] | None:
    """So many rounds of a design without `smaller` of its people, or None."""
    if smaller <= 1 and (design.complete or rounds <= len(design.rounds)):
        kept = tuple(design.rounds[r % len(design.rounds)] for r in range(rounds))
        return _without(kept, (design.members - 1,) * smaller)
    found = _apart(design.rounds, design.members, smaller, rounds)
    return None if found is None else _without(found[1], found[0])


@lru_cache(maxsize=64)
def mended(members: int, sizes: tuple[int, ...], rounds: int) -> Schedule | None:
    """A larger design without people who do share a group: the rounds in which they did are dealt anew.

    Not perfect, but often closer than any search.
    """
    size = max(sizes, default=0)
    smaller = sum(s == size - 1 for s in sizes)
    design = largest(members + smaller, size) if smaller else None
    if design is None or len(sizes) < 2 or members != size * len(sizes) - smaller or rounds > len(design.rounds):
        return None
    left_out = tuple(range(smaller))
    kept = [_without((groups,), left_out)[0] for groups in design.rounds]
    whole = [groups for groups in kept if tuple(len(group) for group in groups) == sizes]
    random = np.random.default_rng([members, size, rounds])
    start = whole[:rounds]
    fresh = rounds - len(start)
    if not 0 < fresh <= MOST_FRESH:
        return None
    start += deal((tuple(range(members)),) * fresh, (sizes,) * fresh, random)
    kind, orbit = orbits(range(members))
    counts = np.arange(rounds + 2, dtype=np.int64)
    found = anneal(
        start, kind=kind, step=np.ones_like(orbit), size=orbit, price=counts * (counts - 1) // 2,
        before=np.zeros_like(orbit), random=random, iterations=200_000, target=0, stop=lambda: False, hot=0.5, cold=0.1,
        moving=range(rounds - fresh, rounds),
    )  # fmt: skip
    return found.blocks, f"{design.name} without {smaller}, {fresh} rounds dealt anew", design.source


def _packed(members: int, sizes: tuple[int, ...], rounds: int) -> Schedule | None:
    """No more rounds than groups, over the integers mod the number of groups: see `packings`."""
    size, groups = max(sizes), len(sizes)
    smaller = members - groups * (size - 1)
    smaller = groups - smaller if smaller else 0
    if rounds <= 3 and groups == size:
        found = _apart(square(size), size * size, smaller, rounds)
        if found is not None:
            return _without(found[1], found[0]), f"square of {size}", "Euler 1782, on Latin squares"
    whole = columns(size, groups, rounds)
    if whole is not None:
        # Those left out are of one column, so they never meet.
        name = f"{rounds} rounds over the integers mod {groups}" + (f" without {smaller}" if smaller else "")
        return _without(whole, tuple(range(groups - smaller, groups))), name, "differences, searched"
    if not smaller:
        return None
    guests = groups - smaller
    crossed = transversal(size - 1, groups)
    base = crossed.rounds if crossed is not None else columns(size - 1, groups, rounds)
    joined = None if base is None else with_guests(base, guests, rounds)
    if joined is None:
        return None
    name = crossed.name if crossed is not None else f"{rounds} rounds over the integers mod {groups}"
    return _without(joined, ()), f"{name} with {guests} guests", crossed.source if crossed else "differences, searched"


def _apart(
    design: Sequence[Round], members: int, count: int, rounds: int
) -> tuple[tuple[int, ...], tuple[Round, ...]] | None:
    """People to leave out who never share a group in `rounds` of the rounds, and those rounds: by depth-first search.

    Whoever is chosen spoils the rounds in which he meets those chosen before.
    """
    meets = np.full((members, members), -1, np.int64)
    for number, groups in enumerate(design):
        for group in groups:
            for one, other in combinations(group, 2):
                meets[one, other] = meets[other, one] = number
    spare = len(design) - rounds
    steps = 0

    def search(chosen: list[int], spoiled: frozenset[int]) -> tuple[list[int], frozenset[int]] | None:
        nonlocal steps
        if len(chosen) == count:
            return chosen, spoiled
        for candidate in range(chosen[-1] + 1 if chosen else 0, members):
            steps += 1
            if steps > LEAST_STEPS:
                return None
            after = spoiled.union(int(meets[candidate, other]) for other in chosen) - {-1}
            if len(after) <= spare:
                found = search([*chosen, candidate], after)
                if found is not None:
                    return found
            if not chosen:
                return None
        return None

    found = search([], frozenset())
    if spare < 0 or found is None:
        return None
    chosen, spoiled = found
    usable = [groups for number, groups in enumerate(design) if number not in spoiled]
    return tuple(chosen), tuple(usable[:rounds])


def _without(rounds: Iterable[Round], left_out: Sequence[int]) -> tuple[Round, ...]:
    """The rounds without some people; the others are renumbered, and larger groups come first."""
    members = sorted({member for groups in rounds for group in groups for member in group} - set(left_out))
    number = {member: index for index, member in enumerate(members)}
    return tuple(
        tuple(
            sorted(
                (tuple(sorted(number[m] for m in group if m in number)) for group in groups),
                key=lambda group: (-len(group), group),
            )
        )
        for groups in rounds
    )
