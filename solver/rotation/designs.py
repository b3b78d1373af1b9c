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
from ortools.sat.python import cp_model

from solver.cp import cp_solver
from solver.rotation.arrays import array
from solver.rotation.field import field, prime_power
from solver.rotation.packings import columns, square, with_guests
from solver.rotation.problem import Group, Ints, group_sizes
from solver.rotation.search import anneal, deal
from solver.rotation.starters import Starter, develop

Round: TypeAlias = tuple[Group, ...]

RAY_CHAUDHURI_WILSON: Final = "Ray-Chaudhuri and Wilson 1971, Solution of Kirkman's schoolgirl problem"
BOSE: Final = "Bose 1942, A note on the resolvability of balanced incomplete block designs"
GE_LING: Final = "Ge and Ling 2004, A survey on resolvable group divisible designs with block size four (existence)"
TRIVIAL: Final = "no theory needed"
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


def transversal(size: int, order: int) -> Design | None:
    """Groups of `size` with one member from each of `size` columns of `order`: as many rounds as `order`.

    From an orthogonal array with one column more, which names the round. Members of a column never meet.
    """
    known = array(order, size + 1)
    if known is None:
        return None
    rounds = tuple(
        tuple(
            tuple(column * order + symbol for column, symbol in enumerate(row))
            for row in known.rows[known.rows[:, -1] == number, :-1].tolist()
        )
        for number in range(order)
    )
    name = f"resolvable transversal design TD({size}, {order}): {known.name}"
    return Design(size * order, rounds, size == 1, name, known.source)


def inflated(master: Design, size: int, order: int) -> Design | None:
    """Every member of a master design becomes `order`, every group a transversal design; one round of groups is kept
    aside, and each of its groups, grown to `size` x `order` members, gets a design of its own.

    The product construction (Moore 1893; in this form Ray-Chaudhuri and Wilson 1971): a Kirkman triple system of 15
    and one of 21 give one of 105, a master of one group is the tripling of a system.
    """
    cross, inside = transversal(size, order), largest(size * order, size)
    if cross is None or (inside is None and len(master.rounds) == 1):
        return None
    *grown, kept = master.rounds
    rounds = [
        tuple(
            tuple(sorted(group[point // order] * order + point % order for point in block))
            for group in groups
            for block in blocks
        )
        for groups in grown
        for blocks in cross.rounds
    ]
    # Where nothing better fits the kept groups, they are grown like the others.
    fill = cross if inside is None or len(inside.rounds) <= order else inside
    rounds += [
        tuple(
            tuple(sorted(group[point // order] * order + point % order for point in block))
            for group in kept
            for block in blocks
        )
        for blocks in fill.rounds
    ]
    name = f"{master.name}, each member {order} times" + (f"; {fill.name} inside" if fill is not cross else "")
    return Design(
        master.members * order, tuple(rounds), master.complete and fill.complete, name,
        _cited(RAY_CHAUDHURI_WILSON, cross.source, fill.source),
    )  # fmt: skip


def _cited(*sources: str) -> str:
    """Sources one after the other, each once."""
    return "; ".join(source for source in dict.fromkeys(sources) if source != TRIVIAL)


def one_group(size: int) -> Design:
    """Everybody together, once."""
    return Design(size, ((tuple(range(size)),),), True, f"one group of {size}", TRIVIAL)


def one_round(members: int, size: int) -> Design:
    """Groups of neighbours, once: what is left where nothing more is known."""
    groups = tuple(tuple(range(start, start + size)) for start in range(0, members, size))
    return Design(members, (groups,), members == size, "one round", TRIVIAL)


def columns_filled(size: int, order: int) -> Design | None:
    """A transversal design, and then rounds within its columns: 32 x 3 people in fours have 24 rounds and 7 more."""
    cross, inside = transversal(size, order), largest(order, size) if order % size == 0 else None
    if cross is None or inside is None:
        return None
    within = tuple(
        tuple(tuple(column * order + point for point in block) for column in range(size) for block in blocks)
        for blocks in inside.rounds
    )
    return Design(
        cross.members, cross.rounds + within, inside.complete, f"{cross.name}; {inside.name} in its columns",
        _cited(cross.source, inside.source),
    )  # fmt: skip


def unital(order: int) -> Design:
    """Groups of q + 1 of q^3 + 1 members, complete, for a prime power q: 28 in fours, 65 in fives.

    The points of a Hermitian curve x^(q+1) + y^(q+1) + z^(q+1) = 0 over q^2 elements, cut by the lines that are no
    tangents. For each point P but the first on one tangent, the lines through P and the polar of P are a round (Bose
    1959, On the application of finite projective geometry for deriving a certain series of balanced Kirkman
    arrangements).
    """
    q = order
    plane = field(q * q)

    def power(x: int, exponent: int) -> int:
        found = 1
        for _ in range(exponent):
            found = int(plane.times[found, x])
        return found

    conjugate = [power(x, q) for x in range(q * q)]
    everything = [(1, b, c) for b in range(q * q) for c in range(q * q)]
    everything += [(0, 1, c) for c in range(q * q)] + [(0, 0, 1)]

    def product_of(one: Sequence[int], other: Sequence[int]) -> int:
        total = 0
        for a, b in zip(one, other, strict=True):
            total = int(plane.add[total, plane.times[a, conjugate[b]]])
        return total

    curve = [point for point in everything if product_of(point, point) == 0]
    number = {point: index for index, point in enumerate(curve)}
    touched = curve[0]
    rounds = []
    for pole in everything:
        if pole in number or product_of(pole, touched) != 0:
            continue
        # A line is the polar of a point; it runs through `pole` when that point lies on the polar of `pole`.
        through = [other for other in everything if product_of(other, pole) == 0 and other not in number]
        lines = [pole, *through]
        groups = {tuple(sorted(number[point] for point in curve if product_of(point, line) == 0)) for line in lines}
        rounds.append(tuple(sorted(group for group in groups if len(group) == q + 1)))
    return Design(len(curve), tuple(rounds), True, f"Hermitian unital ({q**3 + 1}, {q + 1}, 1)", "Bose 1959")


def parallelism_of_fours() -> Design:
    """Fives of 85 members in 21 rounds, complete: the lines of the space of dimension 3 over four elements.

    Points are (v, c), v in the field of 64 elements and c in its subfield of four, up to a factor of the subfield. An
    element of order 7 turns v. Of each of the 51 orbits of lines one line is put into one of three rounds, so that each
    holds every point once: an exact cover. That the lines fall into rounds at all: Denniston 1972.
    """
    space = field(64)
    scalars = (1, space.powers[21], space.powers[42])
    small = (0, *scalars)

    def normal(v: int, c: int) -> tuple[int, int]:
        return min((int(space.times[v, s]), int(space.times[c, s])) for s in scalars)

    points = sorted({normal(v, c) for v, c in product(range(64), small) if (v, c) != (0, 0)})
    number = {point: index for index, point in enumerate(points)}
    turn = [number[normal(int(space.times[v, space.powers[9]]), c)] for v, c in points]

    def line(one: int, other: int) -> Group:
        (v, c), (w, d) = points[one], points[other]
        on = {number[normal(w, d)]}
        for s in small:
            on.add(number[normal(int(space.add[v, space.times[w, s]]), int(space.add[c, space.times[d, s]]))])
        return tuple(sorted(on))

    orbits: dict[Group, list[Group]] = {}
    seen: set[Group] = set()
    for at in sorted({line(one, other) for one, other in combinations(range(len(points)), 2)}):
        if at not in seen:
            orbits[at] = [at]
            while (following := tuple(sorted(turn[point] for point in orbits[at][-1]))) != at:
                orbits[at].append(following)
            seen.update(orbits[at])
    model = cp_model.CpModel()
    through: dict[tuple[int, int], list[cp_model.IntVar]] = {}
    chosen: list[tuple[int, Group, cp_model.IntVar]] = []
    for orbit in orbits.values():
        options = [(base, at, model.new_bool_var("")) for base in range(3) for at in orbit]
        model.add_exactly_one(variable for _, _, variable in options)
        chosen += options
        for base, at, variable in options:
            for point in at:
                through.setdefault((base, point), []).append(variable)
    for variables in through.values():
        model.add_exactly_one(variables)
    solver = cp_solver(work=20.0)
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        raise ArithmeticError("the lines of the space do not fall into rounds")
    rounds = []
    for base in range(3):
        groups = [at for where, at, variable in chosen if where == base and solver.value(variable)]
        for _ in range(7):
            rounds.append(tuple(sorted(groups)))
            groups = [tuple(sorted(turn[point] for point in at)) for at in groups]
    return Design(
        len(points), tuple(rounds), True, "parallelism of the lines of space over four elements",
        "Denniston 1972, Some packings of projective spaces",
    )  # fmt: skip


def maximal_arc(order: int, size: int) -> Design:
    """Groups of n of q n - q + n members in q + 1 rounds, complete, for powers of two n < q: 120 in eights.

    The points (x, y) of the plane over q elements whose value under an irreducible quadratic form lies in an additive
    subgroup of n elements meet every line in n points or none (Denniston 1969). One round for each direction.
    """
    plane = field(order)
    squares = [int(plane.times[x, x]) for x in range(order)]

    def form(c: int, x: int, y: int) -> int:
        # x^2 + x y + c y^2, irreducible where it vanishes at the origin alone
        return int(plane.add[plane.add[squares[x], plane.times[x, y]], plane.times[c, squares[y]]])

    coefficient = next(c for c in range(1, order) if all(form(c, x, 1) for x in range(order)))
    # Elements are polynomials over two elements, so those below a power of two are an additive subgroup.
    points = [(x, y) for x in range(order) for y in range(order) if form(coefficient, x, y) < size]
    rounds = []
    for slope in range(order + 1):
        lines: dict[int, list[int]] = {}
        for number, (x, y) in enumerate(points):
            height = x if slope == order else int(plane.add[y, plane.times[slope, x]])
            lines.setdefault(height, []).append(number)
        rounds.append(tuple(tuple(line) for _, line in sorted(lines.items())))
    return Design(
        len(points), tuple(rounds), True, f"maximal arc of degree {size} in the plane over {order} elements",
        "Denniston 1969, Some maximal arcs in finite projective planes",
    )  # fmt: skip


def eight_translations() -> Design:
    """Fours of 32 members in ten rounds: everybody meets everybody but one.

    Members are four cycles of the elements of the group of order 8 whose squares vanish: member 8 c + x, moved by t,
    is 8 c + (x xor t). Sixteen base groups, each with the elements that move it within its round, and how often the
    round is moved.
    """
    everything, half, third = tuple(range(8)), (0, 2, 5, 7), (0, 3, 4, 7)
    base: tuple[tuple[tuple[int, ...], tuple[int, ...], Round], ...] = (
        ((0,), everything, ((0, 8, 16, 24),)),
        ((0,), everything, ((0, 13, 23, 26),)),
        ((0,), everything, ((0, 6, 18, 20), (8, 9, 28, 29))),
        ((0,), everything, ((0, 1, 4, 5), (8, 10, 12, 14), (16, 17, 18, 19), (24, 27, 29, 30))),
        ((0, 1), half, ((0, 14, 19, 29), (1, 8, 23, 30))),
        ((0, 1), half, ((0, 10, 17, 27), (1, 3, 29, 31), (9, 12, 16, 21))),
        ((0, 1), third, ((0, 11, 21, 25), (1, 2, 13, 14), (16, 20, 27, 31))),
    )
    rounds = [
        tuple(sorted({tuple(sorted(point ^ by ^ start for point in group)) for group in groups for by in within}))
        for starts, within, groups in base
        for start in starts
    ]
    return Design(
        32, tuple(rounds), False, "resolvable group divisible design of 32 in fours",
        "Aguado 2004, A 10 days solution to the social golfer problem, after Shen 1996",
    )  # fmt: skip


def _fours(cycle: int, staying: int, multiplier: int, *, second: int = 0, seed: int = 0) -> Starter:
    """Fours of 3 cycles and one, two or three members that stay, as many rounds as the cycle is long."""

    def upright(x: int, stays: int) -> Group:
        return (*(level * cycle + x * multiplier**level % cycle for level in range(3)), 3 * cycle + stays)

    given = {1: (upright(0, 0),), 2: (upright(0, 0), upright(second, 1)), 3: ()}[staying]
    return Starter(4, cycle, 3, staying, multiplier, given=given, seed=seed)


_LISTED = (
    _fours(7, 3, 1), _fours(11, 3, 1), _fours(14, 2, 9, second=1), _fours(18, 2, 7, second=2), _fours(19, 3, 7),
    _fours(15, 3, 1), _fours(23, 3, 1, seed=3), _fours(26, 2, 3, second=2, seed=6), _fours(27, 3, 10, seed=2),
    _fours(33, 1, 1, seed=24), _fours(35, 3, 16, seed=15),
    Starter(
        4, 43, 4, multiplier=4, shift=0, given=((0, 43, 86, 129),),
        upright=((0, 79, 117, 155), (0, 71, 112, 166)), seed=455,
    ),
    Starter(3, 22, 3, given=((0, 22, 44),), matched=True, seed=9665),
    Starter(3, 30, 3, matched=True, seed=8205),
)  # fmt: skip

STARTERS: Final = {(starter.members, starter.size): starter for starter in _LISTED}
"""Where theory proves existence by a computer search: what to assume so that the search takes a blink."""


def started(starter: Starter) -> Design:
    """The rounds of a starter: a resolvable design, or one that leaves out small sets of members who never meet."""
    members, rounds = starter.members, develop(starter)
    complete = (starter.size - 1) * len(rounds) == members - 1
    return Design(
        members, rounds, complete,
        f"starter of {members} in groups of {starter.size} over the integers mod {starter.cycle}",
        BAKER_WILSON if starter.size == 3 else GE_LING,
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


@lru_cache(maxsize=256)
def largest(members: int, size: int) -> Design | None:
    """A design of this many members in groups of `size` with as many rounds as is known here; None if none is."""
    best: Design | None = None
    most = (members - 1) // (size - 1) if size > 1 else 0
    for design in _families(members, size):
        if best is None or len(design.rounds) > len(best.rounds):
            best = design
        if len(best.rounds) >= most:
            break
    return best


def _families(members: int, size: int) -> Iterator[Design]:
    """Every construction that fits, those with a formula first, those that search last."""
    if members % size or members < 2 or size < 2:
        return
    if members == size:
        yield one_group(size)
        return
    if size == 2:
        yield circle(members)
        return
    yield from _formulas(members, size)
    yield from _recursions(members, size)
    if (members, size) == (85, 5):
        yield parallelism_of_fours()
    if (members, size) in STARTERS:
        yield started(STARTERS[members, size])
    yield one_round(members, size)
    if size == 3 and members % 6 == 3 and members // 3 in MIXED:
        yield kirkman_mixed(members // 3)
    if size == 3 and members % 6 == 0 and (18 <= members <= 48 or members in NEARLY_KIRKMAN):
        yield nearly_kirkman(members)


def _formulas(members: int, size: int) -> Iterator[Design]:
    power, base = prime_power(members), prime_power(size)
    if base and power and base[0] == power[0] and power[1] % base[1] == 0:
        yield affine(size, power[1] // base[1])
    if size == 3 and members % 6 == 3 and _one_mod_six(members // 3):
        yield kirkman_three_levels(members // 3)
    if size == 3 and members % 6 == 3 and _one_mod_six((members - 1) // 2):
        yield kirkman_two_levels((members - 1) // 2)
    if size == 4 and members % 3 == 1 and prime_power(members // 3) and members // 3 % 4 == 1:
        yield bose_fours(members // 3)
    if (members, size) == (32, 4):
        yield eight_translations()
    if size >= 4 and base and base[0] == 2:
        for order in (2 * size, 4 * size):
            if members == order * size - order + size:
                yield maximal_arc(order, size)
    if members == (size - 1) ** 3 + 1 and size > 4 and prime_power(size - 1):
        yield unital(size - 1)


def _recursions(members: int, size: int) -> Iterator[Design]:
    order = members // size
    if order >= size:
        plain = transversal(size, order)
        if plain is not None:
            yield plain
        filled = columns_filled(size, order)
        if filled is not None:
            yield filled
    for grown in range(size, members // size):
        if members % grown == 0 and members // grown % size == 0 and members // grown > size:
            master = largest(members // grown, size)
            made = None if master is None else inflated(master, size, grown)
            if made is not None:
                yield made


def _one_mod_six(order: int) -> bool:
    return order % 6 == 1 and prime_power(order) is not None


Schedule: TypeAlias = tuple[tuple[Round, ...], str, str]
"""Rounds, the name of what they come from, and its source."""


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


LARGEST_TURNED: Final = 40
"""Members up to which a design is sought by a symmetry alone."""


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

    Not perfect, but often closer than any search: 19 people in ten rounds of threes and two pairs have one repeat.
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
    kind, orbit = _orbits(members, 1, members)
    counts = np.arange(rounds + 2, dtype=np.int64)
    found = anneal(
        start, kind=kind, step=np.ones_like(orbit), size=orbit, price=counts * (counts - 1) // 2,
        before=np.zeros_like(orbit), random=random, iterations=200_000, target=0, stop=lambda: False, hot=0.5, cold=0.1,
        moving=range(rounds - fresh, rounds),
    )  # fmt: skip
    return found.blocks, f"{design.name} without {smaller}, {fresh} rounds dealt anew", design.source


MOST_FRESH: Final = 2
"""Rounds dealt anew; with more of them a search from nothing does as well."""


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


LEAST_STEPS: Final = 20_000
"""Of the search for people to leave out."""


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
