"""Rotations without a repeated pair, from design theory: named, built, never copied, and checked when built.

Points are members, parallel classes are rounds. Where theory has a formula it is used; where it proves existence by
base blocks found with a computer, the base blocks are found here too, by annealing over the orbits of an assumed group
of symmetries, which turns ten rounds into one or two and is done in a blink. Everything is deterministic and cached.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from solver.rotation.arrays import array
from solver.rotation.design import RAY_CHAUDHURI_WILSON, Design, circle, cited, one_group, one_round
from solver.rotation.field import prime_power
from solver.rotation.geometries import affine, maximal_arc, parallelism_of_fours, unital
from solver.rotation.kirkman import (
    MIXED,
    NEARLY_KIRKMAN,
    bose_fours,
    eight_translations,
    kirkman_mixed,
    kirkman_three_levels,
    kirkman_two_levels,
    nearly_kirkman,
)
from solver.rotation.starters import STARTERS, started


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
        cited(cross.source, inside.source),
    )  # fmt: skip


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
        cited(RAY_CHAUDHURI_WILSON, cross.source, fill.source),
    )  # fmt: skip
