"""Rotations without a repeated pair, from design theory: named, built, never copied, and checked when built.

Points are members, parallel classes are rounds. Where theory has a formula it is used; where it proves existence by
base blocks found with a computer, the base blocks are found here too, by annealing over the orbits of an assumed group
of symmetries, which turns ten rounds into one or two and is done in a blink. Everything is deterministic and cached.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, product
from typing import Final, TypeAlias

import numpy as np

from solver.rotation.field import field, prime_power
from solver.rotation.problem import Group, Ints, group_sizes
from solver.rotation.search import anneal, deal

Round: TypeAlias = tuple[Group, ...]

RAY_CHAUDHURI_WILSON: Final = "Ray-Chaudhuri and Wilson 1971, Solution of Kirkman's schoolgirl problem"
BOSE: Final = "Bose 1942, A note on the resolvability of balanced incomplete block designs"
BAKER_WILSON: Final = "Baker and Wilson 1977, Nearly Kirkman triple systems"


@dataclass(frozen=True)
class Design:
    """Rounds in which no pair shares a group twice. `complete`: every pair does once. `source`: who found it."""

    members: int
    rounds: tuple[Round, ...]
    complete: bool
    name: str
    source: str

    def __post_init__(self) -> None:
        fault = fault_of(self.members, self.rounds, complete=self.complete)
        if fault is not None:
            raise ArithmeticError(f"{self.name}: {fault}")


def fault_of(members: int, rounds: Sequence[Round], *, complete: bool = False) -> str | None:
    """What is wrong with rounds that should not repeat a pair; None when nothing is."""
    met: set[Group] = set()
    for number, groups in enumerate(rounds, 1):
        if sorted(member for group in groups for member in group) != list(range(members)):
            return f"round {number} does not seat everybody once"
        for group in groups:
            for pair in combinations(sorted(group), 2):
                if pair in met:
                    return f"round {number} repeats the pair {pair}"
                met.add(pair)
    if complete and len(met) != members * (members - 1) // 2:
        return "not every pair meets"
    return None


def affine(order: int, dimension: int) -> Design:
    """The lines of the affine space over the field with `order` elements: order^dimension members, groups of `order`.

    One round for each direction: the parallel classes of lines (Euclid; Veblen and Bussey 1906).
    """
    space = field(order)
    points = list(product(range(order), repeat=dimension))
    number = {point: index for index, point in enumerate(points)}
    rounds = []
    for direction in points:
        # A direction and its multiples give the same lines: take the one whose first non-zero coordinate is 1.
        if next((c for c in direction if c), 0) != 1:
            continue
        lines = {
            tuple(
                sorted(
                    number[tuple(int(space.add[c, space.times[s, d]]) for c, d in zip(point, direction, strict=True))]
                    for s in range(order)
                )
            )
            for point in points
        }
        rounds.append(tuple(sorted(lines)))
    name = f"affine space of dimension {dimension} over {order} elements"
    return Design(len(points), tuple(rounds), True, name, "Veblen and Bussey 1906, Finite projective geometries")


def transversal(size: int, order: int) -> Design:
    """Groups of `size` with one member from each of `size` columns of `order`: as many rounds as `order`.

    Lines y = m x + b: round m, group b (MacNeish 1922); `order` is a prime power, at least `size`. Members of a column
    never meet.
    """
    plane = field(order)
    rounds = tuple(
        tuple(
            tuple(x * order + int(plane.add[plane.times[slope, x], height]) for x in range(size))
            for height in range(order)
        )
        for slope in range(order)
    )
    return Design(
        size * order, rounds, size == 1, f"resolvable transversal design TD({size}, {order})",
        "MacNeish 1922, Euler squares",
    )  # fmt: skip


def bose_fours(order: int) -> Design:
    """Fours of 3 q + 1 members in q rounds, complete, for a prime power q = 4 t + 1: 16, 28, 40, 52, ..."""
    plane, t = field(order), (order - 1) // 4
    x = plane.powers
    base = [(3 * order, 0, order, 2 * order)]
    for i, level in product(range(t), range(3)):
        above = (level + 1) % 3
        base.append(
            (
                level * order + x[i], level * order + x[i + 2 * t],
                above * order + x[i + t], above * order + x[i + 3 * t],
            )
        )  # fmt: skip
    rounds = _translates(base, plane.add, levels=3)
    return Design(3 * order + 1, rounds, True, f"resolvable design ({3 * order + 1}, 4, 1)", BOSE)


def kirkman_three_levels(order: int) -> Design:
    """Threes of 3 q members, complete, for a prime power q = 6 t + 1: 21, 39, 57, ... (RAY_CHAUDHURI_WILSON)."""
    plane, t = field(order), (order - 1) // 6
    x = plane.powers
    upright = [tuple(level * order + x[(i + 2 * t * level) % (6 * t)] for level in range(3)) for i in range(6 * t)]
    base: list[Group] = [(0, order, 2 * order)]
    base += [
        (level * order + x[i], level * order + x[i + 2 * t], level * order + x[i + 4 * t])
        for i, level in product(range(t), range(3))
    ]
    base += [upright[i] for i in range(6 * t) if (i // t) % 2]
    rounds = list(_translates(base, plane.add, levels=3))
    # Each of the other upright triples is by itself, translated, a round.
    for i in range(6 * t):
        if (i // t) % 2 == 0:
            rounds.append(tuple(shifted[0] for shifted in _translates([upright[i]], plane.add, levels=3)))
    return Design(3 * order, tuple(rounds), True, f"Kirkman triple system of {3 * order}", RAY_CHAUDHURI_WILSON)


def kirkman_two_levels(order: int) -> Design:
    """Threes of 2 q + 1 members, complete, for a prime power q = 6 t + 1: 15, 27, 39, ... (RAY_CHAUDHURI_WILSON)."""
    plane, t = field(order), (order - 1) // 6
    x = plane.powers
    double = {int(plane.add[power, power]): exponent for exponent, power in enumerate(x)}
    m = double[int(plane.add[x[t], 1])]

    def on(level: int, exponent: int) -> int:
        return level * order + x[exponent % (6 * t)]

    base: list[Group] = [(0, order, 2 * order)]
    base += [(on(0, i), on(0, i + t), on(1, i + m)) for i in range(6 * t) if (i // t) % 2 == 0]
    base += [(on(1, i + m + t), on(1, i + m + 3 * t), on(1, i + m + 5 * t)) for i in range(t)]
    rounds = _translates(base, plane.add, levels=2)
    return Design(2 * order + 1, rounds, True, f"Kirkman triple system of {2 * order + 1}", RAY_CHAUDHURI_WILSON)


def circle(members: int) -> Design:
    """Pairs of an even number of members, everybody with everybody: the circle method (Kirkman 1847)."""
    turning = members - 1
    rounds = tuple(
        ((r, turning), *(((r + i) % turning, (r - i) % turning) for i in range(1, members // 2)))
        for r in range(turning)
    )
    return Design(
        members, rounds, True, f"one-factorisation of {members}", "Kirkman 1847, On a problem in combinations"
    )


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
    kind, size = _orbits(v, n, recipe.turning)
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


def nearly_kirkman(members: int) -> Design:
    """Threes of 6 t members in 3 t - 1 rounds, from 18: every pair but one for each member (BAKER_WILSON).

    Base blocks over the integers mod members / 2 - 1, two cycles and two fixed points; 18 needs a smaller group.
    """
    recipe = NEARLY_KIRKMAN.get(members) or Recipe(members, (3,) * (members // 3), members // 2 - 1, 1)
    rounds, cost = cook(recipe)
    if cost:
        raise ArithmeticError(f"no nearly Kirkman triple system of {members} found")
    return Design(members, rounds, False, f"nearly Kirkman triple system of {members}", BAKER_WILSON)


def kirkman_mixed(order: int) -> Design:
    """Threes of 3 q members for odd q, over the integers mod q on three levels, complete: 33 and 45.

    (q - 1) / 2 upright triples (0, a, b) are each, turned, a round; one base round gives q more. As in
    RAY_CHAUDHURI_WILSON, but without a formula where q = 5 mod 6: the triples and the base round are searched.
    """
    seed, a, b = MIXED[order]
    still = tuple(
        tuple((i, order + (i + up) % order, 2 * order + (i + top) % order) for i in range(order))
        for up, top in zip(a, b, strict=True)
    )
    rounds, cost = cook(Recipe(3 * order, (3,) * order, order, 1, still, seed=seed))
    if cost:
        raise ArithmeticError(f"no Kirkman triple system of {3 * order} found")
    return Design(3 * order, rounds, True, f"Kirkman triple system of {3 * order}", RAY_CHAUDHURI_WILSON)


NEARLY_KIRKMAN: Final = {18: Recipe(18, (3,) * 6, 4, 2)}
MIXED: Final = {11: (4, (5, 8, 10, 2, 7), (4, 8, 1, 10, 5))}


@lru_cache(maxsize=128)
def largest(members: int, size: int) -> Design | None:
    """A design of this many members in groups of `size` with as many rounds as is known here; None if none is."""
    return max((design for design in _families(members, size)), key=lambda design: len(design.rounds), default=None)


def _families(members: int, size: int) -> Iterator[Design]:
    """Every construction that fits, best first where one is complete."""
    if members % size or members < 2 or size < 2:
        return
    power = prime_power(members)
    base = prime_power(size)
    if size == 2:
        yield circle(members)
        return
    if base and power and base[0] == power[0] and power[1] % base[1] == 0:
        yield affine(size, power[1] // base[1])
        return
    if size == 3 and members % 6 == 3:
        if _one_mod_six(members // 3):
            yield kirkman_three_levels(members // 3)
            return
        if _one_mod_six((members - 1) // 2):
            yield kirkman_two_levels((members - 1) // 2)
            return
        if members // 3 in MIXED:
            yield kirkman_mixed(members // 3)
            return
    if size == 3 and members % 6 == 0 and 18 <= members <= 48:
        yield nearly_kirkman(members)
        return
    if size == 4 and members % 3 == 1 and prime_power(members // 3) and members // 3 % 4 == 1:
        yield bose_fours(members // 3)
        return
    if members // size >= size and prime_power(members // size):
        yield transversal(size, members // size)


def _one_mod_six(order: int) -> bool:
    return order % 6 == 1 and prime_power(order) is not None


@lru_cache(maxsize=256)
def schedule(members: int, sizes: tuple[int, ...], rounds: int) -> tuple[tuple[Round, ...], str, str] | None:
    """Rounds with these group sizes whose even spread is perfect, with the design's name and source, if one is known.

    Three ways: a design as it is; a complete design over and over; a larger design without some of its people, which
    leaves groups one smaller (everybody deleted must sit apart in the rounds that are used).
    """
    size = max(sizes, default=0)
    smaller = sum(s == size - 1 for s in sizes)
    if size < 2 or len(set(sizes)) > 2 or members != size * len(sizes) - smaller:
        return None
    if len(sizes) == 1:
        return (((tuple(range(members)),),) * rounds, "one group", "nobody to choose")
    design = largest(members + smaller, size)
    if design is None:
        return None
    if smaller <= 1 and (design.complete or rounds <= len(design.rounds)):
        kept = tuple(design.rounds[r % len(design.rounds)] for r in range(rounds))
        left_out: tuple[int, ...] = (members,) * smaller
    else:
        found = _apart(design, smaller, rounds)
        if found is None:
            return None
        left_out, kept = found
    return _without(kept, left_out), design.name + (f" without {smaller}" if smaller else ""), design.source


def _apart(design: Design, count: int, rounds: int) -> tuple[tuple[int, ...], tuple[Round, ...]] | None:
    """People to leave out who never share a group in `rounds` rounds of the design, and those rounds."""
    chosen: list[int] = [0]
    usable = list(design.rounds)
    for candidate in range(1, design.members):
        if len(chosen) == count:
            break
        left = [groups for groups in usable if not any(candidate in g and set(chosen) & set(g) for g in groups)]
        if len(left) >= rounds:
            chosen.append(candidate)
            usable = left
    return (tuple(chosen), tuple(usable[:rounds])) if len(chosen) == count and len(usable) >= rounds else None


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


def known_recipe(members: int, sizes: tuple[int, ...], rounds: int) -> Recipe | None:
    """The recipe that is known to give the best spread found for this size, if search alone does not get there."""
    known = KNOWN.get((members, sizes, rounds))
    return None if known is None else known[0]


@lru_cache(maxsize=64)
def cooked(recipe: Recipe, target: int) -> tuple[tuple[Round, ...], int]:
    """`cook`, remembered: many networks of one size share one design."""
    return cook(recipe, target=target)


def _translates(base: Sequence[Group], add: Ints, *, levels: int) -> tuple[Round, ...]:
    """The base round moved by every element of the field, level by level; points beyond the levels stay."""
    order = len(add)

    def moved(point: int, by: int) -> int:
        level, x = divmod(point, order)
        return point if level >= levels else level * order + int(add[x, by])

    return tuple(tuple(tuple(sorted(moved(p, by) for p in group)) for group in base) for by in range(order))


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


def _orbits(members: int, order: int, turning: int) -> tuple[Ints, Ints]:
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
