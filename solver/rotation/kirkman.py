"""Resolvable designs in threes and fours: formulas over fields, and base blocks that are turned."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Final

from solver.rotation.design import BAKER_WILSON, BOSE, RAY_CHAUDHURI_WILSON, Design, Round
from solver.rotation.field import field
from solver.rotation.problem import Group, Ints
from solver.rotation.symmetry import Recipe, cook

NEARLY_KIRKMAN: Final = {18: Recipe(18, (3,) * 6, 4, 2)}
MIXED: Final = {11: (4, (5, 8, 10, 2, 7), (4, 8, 1, 10, 5))}


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


def nearly_kirkman(members: int) -> Design:
    """Threes of 6 t members in 3 t - 1 rounds, from 18: every pair but one for each member (BAKER_WILSON).

    Base blocks over the integers mod members / 2 - 1, two cycles and two fixed points; 18 needs a smaller group.
    """
    recipe = NEARLY_KIRKMAN.get(members) or Recipe(members, (3,) * (members // 3), members // 2 - 1, 1)
    rounds, cost = cook(recipe)
    if cost:
        raise ArithmeticError(f"no nearly Kirkman triple system of {members} found")
    return Design(members, rounds, False, f"nearly Kirkman triple system of {members}", BAKER_WILSON)


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


def _translates(base: Sequence[Group], add: Ints, *, levels: int) -> tuple[Round, ...]:
    """The base round moved by every element of the field, level by level; points beyond the levels stay."""
    order = len(add)

    def moved(point: int, by: int) -> int:
        level, x = divmod(point, order)
        return point if level >= levels else level * order + int(add[x, by])

    return tuple(tuple(tuple(sorted(moved(p, by) for p in group)) for group in base) for by in range(order))
