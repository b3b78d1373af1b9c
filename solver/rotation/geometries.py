"""Designs whose groups are the lines of a geometry over a finite field."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, product

from solver.cp import cp_model, cp_solver
from solver.rotation.design import Design
from solver.rotation.field import field
from solver.rotation.problem import Group


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
