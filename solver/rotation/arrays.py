"""Orthogonal arrays: built over fields, developed from base rows of the literature, multiplied, and checked when built.

An array of order n with c columns has n^2 rows, and any two of its columns show each of the n^2 pairs of symbols once.
Its columns but one are columns of people, the last is the round: so rounds come out in which nobody meets twice, and
those of one column never meet at all (a resolvable transversal design).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, product
from math import prod
from typing import Final, TypeAlias

import numpy as np

from solver.rotation.field import field, prime_power
from solver.rotation.problem import Ints

Row: TypeAlias = tuple[int, ...]
Gapped: TypeAlias = tuple[int | None, ...]
"""A base row; None stands for a point at infinity, which no translation moves."""

HANDBOOK: Final = "Colbourn and Dinitz 2007, Handbook of Combinatorial Designs, III.3"


@dataclass(frozen=True, eq=False)
class Array:
    """`rows` has shape (order^2, columns), symbols 0 .. order - 1. `source`: who found it."""

    order: int
    rows: Ints
    name: str
    source: str

    def __post_init__(self) -> None:
        for one, other in combinations(range(self.columns), 2):
            seen = np.unique(self.rows[:, one] * self.order + self.rows[:, other])
            if len(self.rows) != self.order**2 or len(seen) != self.order**2:
                raise ArithmeticError(f"{self.name}: columns {one} and {other} do not show every pair once")

    @property
    def columns(self) -> int:
        """How many columns there are."""
        return int(self.rows.shape[1])

    def narrowed(self, columns: int) -> Array:
        """The first columns alone."""
        return Array(self.order, self.rows[:, :columns], self.name, self.source)


@lru_cache(maxsize=64)
def array(order: int, columns: int) -> Array | None:
    """An array with at least so many columns, narrowed to them; None where none is known here."""
    if order < 2 or columns < 2:
        return None
    if prime_power(order) is not None:
        return _over_field(order, columns) if columns <= order + 1 else None
    if order in NAMED:
        named = NAMED[order]()
        if named.columns >= columns:
            return named.narrowed(columns)
    for factor in range(2, order):
        if order % factor == 0 and factor * factor <= order:
            one, other = array(factor, columns), array(order // factor, columns)
            if one is not None and other is not None:
                return _times(one, other)
    return None


def _over_field(order: int, columns: int) -> Array:
    """Lines y = m x + b over the field: one column for each x, and one, the last, for the slope."""
    plane = field(order)
    slopes, heights = (part.ravel() for part in np.divmod(np.arange(order**2), order))
    values = [plane.add[plane.times[slopes, x], heights] for x in range(columns - 1)]
    return Array(
        order, np.stack([*values, slopes], axis=1), f"lines of the plane over {order} elements",
        "MacNeish 1922, Euler squares",
    )  # fmt: skip


def _times(one: Array, other: Array) -> Array:
    """The product: symbols are pairs of symbols, rows pairs of rows."""
    rows = (one.rows[:, None, :] * other.order + other.rows[None, :, :]).reshape(-1, one.columns)
    return Array(
        one.order * other.order, rows, f"{one.name} times {other.name}", "MacNeish 1922, Euler squares"
    )  # fmt: skip


class _Cyclic:
    """The direct sum of integers mod each of `orders`, its elements counted 0, 1, ... with the last fastest."""

    def __init__(self, *orders: int) -> None:
        self.order = prod(orders)
        elements = list(product(*map(range, orders)))
        number = {element: index for index, element in enumerate(elements)}
        self.add = np.array(
            [
                [number[tuple((a + b) % n for a, b, n in zip(x, y, orders, strict=True))] for y in elements]
                for x in elements
            ],
            np.int64,
        )

    def plus(self, a: int, b: int) -> int:
        """The sum of two elements."""
        return int(self.add[a, b])


def _from_differences(group: _Cyclic, base: Iterable[Row], *, name: str, source: str) -> Array:
    """A difference matrix, moved by every element; which base row a row comes from is one column more, the last."""
    rows = [
        (*(group.plus(value, by) for value in row), number)
        for number, row in enumerate(base)
        for by in range(group.order)
    ]
    return Array(group.order, np.array(rows, np.int64), name, source)


def _from_gapped(group: _Cyclic, base: Sequence[Gapped], *, name: str, source: str) -> Array:
    """A quasi-difference matrix: base rows with at most one gap each, moved by every element.

    The gaps of a column are points at infinity 0, 1, ... behind the elements; an array of the points at infinity
    alone, over their field, makes it whole.
    """
    width = len(base[0])
    gaps = [0] * width
    rows: list[Row] = []
    for row in base:
        filled: list[tuple[int, bool]] = []
        for place, value in enumerate(row):
            filled.append((group.order + gaps[place], True) if value is None else (value, False))
            gaps[place] += value is None
        rows += [
            tuple(value if still else group.plus(value, by) for value, still in filled) for by in range(group.order)
        ]
    infinite = gaps[0]
    alone = array(infinite, width).rows if infinite > 1 else np.zeros((1, width), np.int64)  # type: ignore[union-attr]  # five points have six columns
    rows += [tuple(int(symbol) + group.order for symbol in row) for row in alone]
    return Array(group.order + infinite, np.array(rows, np.int64), name, source)


def _order_12() -> Array:
    """Over the integers mod 2 and mod 6: (a, b) is 6 a + b."""
    base = (
        (0, 0, 0, 0, 0, 0), (0, 1, 6, 3, 8, 4), (0, 2, 8, 6, 1, 11), (0, 3, 2, 1, 11, 10),
        (0, 4, 7, 9, 5, 2), (0, 5, 1, 11, 9, 7), (0, 6, 9, 2, 3, 8), (0, 7, 11, 8, 10, 6),
        (0, 8, 4, 5, 2, 9), (0, 9, 10, 4, 7, 1), (0, 10, 5, 7, 6, 3), (0, 11, 3, 10, 4, 5),
    )  # fmt: skip
    return _from_differences(
        _Cyclic(2, 6), base, name="difference matrix of order 12",
        source="Johnson, Dulmage and Mendelsohn 1961, Orthomorphisms of groups and orthogonal Latin squares; "
        "Hanani 1975, Balanced incomplete block designs and related designs, lemma 3.21",
    )  # fmt: skip


def _order_14() -> Array:
    """28 base rows over two cycles of seven; a letter is a symbol, the first seven are one cycle."""
    base = (
        "aahhhd abclbh acbfmj adnilb aemkje afdgeg agkbdk ahijfn aiamnl ajeccf akgngi allakm amfeic anjdaa "
        "hajidi hbekml hcgaig hddhfc hekdcn hfachk hglgab hhbbeh hifnkd hjnjba hkiflm hlcmge hmhljj hnmenf"
    )
    rows = [
        tuple((symbol := ord(letter) - ord("a")) // 7 * 7 + (symbol + by) % 7 for letter in row)
        for row in base.split()
        for by in range(7)
    ]
    return Array(
        14, np.array(rows, np.int64), "four orthogonal Latin squares of order 14",
        "Todorov 2012, Four mutually orthogonal Latin squares of order 14",
    )  # fmt: skip


def _order_15() -> Array:
    """Over the integers mod 15."""
    squares = (
        (1, 3, 6, 8, 10, 13, 5, 2, 0, 12, 4, 7, 9, 11, 14),
        (1, 7, 4, 0, 11, 8, 14, 5, 12, 3, 9, 6, 2, 13, 10),
        (1, 11, 7, 2, 12, 3, 8, 13, 4, 9, 14, 5, 0, 10, 6),
    )
    base = [(0, column, *(square[column] for square in squares)) for column in range(15)]
    return _from_differences(
        _Cyclic(15), base, name="difference matrix of order 15",
        source="Schellenberg, van Rees and Vanstone 1978, Four pairwise orthogonal Latin squares of order 15",
    )  # fmt: skip


def _order_18() -> Array:
    """Over the integers mod 2, 3 and 3; only the last two coordinates are moved, so a base row gives 3 x 9 rows."""
    columns = (
        "000 100 100 000 100 100 100 000 000 000 100 000", "000 020 100 100 000 120 110 110 010 020 010 120",
        "000 100 022 102 112 001 101 120 121 001 020 002", "000 002 100 002 102 122 010 111 110 121 021 001",
        "000 021 000 100 020 112 100 021 112 102 102 012", "000 000 011 010 100 010 110 122 011 121 120 111",
        "000 100 002 022 011 121 020 122 100 010 112 112",
    )  # fmt: skip
    slopes = ((0, 0), (0, 1), (1, 0), (2, 1), (2, 2), (1, 2), (0, 2))
    rows = []
    for entries in zip(*(column.split() for column in columns), strict=True):
        for y, b, c in product(range(3), repeat=3):
            rows.append(
                tuple(
                    9 * int(entry[0])
                    + 3 * ((int(entry[1]) + slope[0] * y + b) % 3)
                    + (int(entry[2]) + slope[1] * y + c) % 3
                    for entry, slope in zip(entries, slopes, strict=True)
                )
            )
    return Array(
        18, np.array(rows, np.int64), "five orthogonal Latin squares of order 18",
        "Abel 2015, Existence of five MOLS of orders 18 and 60",
    )  # fmt: skip


def _order_20() -> Array:
    """Over the integers mod 19 and one point at infinity; each column gives three rows."""
    columns: tuple[Gapped, ...] = (
        (None, 0, 0, 7, 1, 11), (7, 1, 11, None, 0, 0), (13, 15, 10, 13, 15, 10), (1, 7, 11, 16, 17, 5),
        (16, 17, 5, 1, 7, 11), (9, 6, 4, 2, 14, 3), (2, 14, 3, 9, 6, 4),
    )  # fmt: skip
    base: list[Gapped] = []
    for a, b, c, d, e, f in columns:
        base += [(a, b, c, d, e, f), (b, c, a, f, d, e), (c, a, b, e, f, d)]
    return _from_gapped(
        _Cyclic(19), base, name="quasi-difference matrix of order 19 + 1",
        source="Todorov 1989, Four mutually orthogonal Latin squares of order 20; " + HANDBOOK + ".49",
    )  # fmt: skip


def _order_21() -> Array:
    """Over the integers mod 21; each column of five gives its five turns."""
    base: list[Row] = [(0,) * 6]
    for column in ((8, 9, 11, 14, 18), (17, 16, 5, 1, 19), (20, 4, 10, 3, 12), (2, 15, 6, 13, 7)):
        base += [(*column[turn:], *column[:turn], 0) for turn in range(5)]
    return _from_differences(
        _Cyclic(21), base, name="difference matrix of order 21",
        source="Nazarok 1991, Five pairwise orthogonal Latin squares of order 21; " + HANDBOOK + ".50",
    )  # fmt: skip


def _order_22() -> Array:
    """Over the integers mod 21 and one point at infinity; multiplying by 4 and 16 turns the first three columns."""
    columns: tuple[Gapped, ...] = (
        (1, 16, 18, 6, 12), (13, 19, 3, 15, 9), (18, 1, 16, 6, 19), (3, 13, 19, 15, 16), (16, 18, 1, 6, 5),
        (19, 3, 13, 15, 2), (None, 0, 0, 0, 0),
    )  # fmt: skip
    base: list[Gapped] = [(0, 7, 14, None, 0), (0, 14, 7, 0, None)]
    for a, b, c, d, e in columns:
        base.append((a, b, c, d, e))
        for factor, (x, y, z), up in ((16, (c, a, b), 7), (4, (b, c, a), 14)):
            moved = tuple(None if value is None else factor * value % 21 for value in (x, y, z, d, e))
            *turned, fourth, fifth = moved
            base.append((*turned, _shifted(fourth, up), _shifted(fifth, 21 - up)))
    return _from_gapped(
        _Cyclic(21), base, name="quasi-difference matrix of order 21 + 1", source=HANDBOOK + ".51"
    )  # fmt: skip


def _shifted(value: int | None, by: int) -> int | None:
    return None if value is None else (value + by) % 21


def _order_24() -> Array:
    """Over the integers mod 3 and three times mod 2; base rows come in pairs, the second with column j moved by j."""
    columns = (
        "0000 0000 0000 0000 0000 0000 0000 0000 0000 0000 0000 0000",
        "0000 0010 0100 0110 1000 1010 1100 1110 2000 2010 2100 2110",
        "0000 0011 1001 2110 0111 2011 2111 1000 0100 1100 1101 2010",
        "0000 1010 1011 2000 1101 2110 0001 0101 2100 2001 0111 1100",
        "0000 0001 2010 1111 2111 2100 1101 0011 1010 2101 1000 0110",
        "0000 1000 2001 1011 0100 1100 0110 2101 2111 0010 1111 2011",
        "0000 1001 0111 2100 2000 0010 1110 2011 1100 1011 0101 2111",
        "0000 1011 2101 0100 2110 1001 2000 0110 0101 1111 2011 1010",
    )
    base: list[Row] = []
    for entries in zip(*(column.split() for column in columns), strict=True):
        row = tuple(8 * int(entry[0]) + int(entry[1:], 2) for entry in entries)
        base += [row, tuple(value ^ place for place, value in enumerate(row))]
    return _from_differences(
        _Cyclic(3, 2, 2, 2), base, name="difference matrix of order 24", source=HANDBOOK + ".52"
    )  # fmt: skip


def _order_26() -> Array:
    """Over the integers mod 21 and five points at infinity; each column gives its six turns."""
    base: list[Gapped] = [(0,) * 6]
    for column in ((0, 1, 3, 6, 4), (0, 6, 11, 10, 19), (0, 7, 20, 14, 5), (0, 8, 18, 1, 12), (0, 14, 10, 5, 2)):
        whole: Gapped = (None, *column)
        base += [(*whole[turn:], *whole[:turn]) for turn in range(6)]
    return _from_gapped(
        _Cyclic(21), base, name="quasi-difference matrix of order 21 + 5",
        source=HANDBOOK + ".53",
    )  # fmt: skip


NAMED: Final[dict[int, Callable[[], Array]]] = {
    12: _order_12, 14: _order_14, 15: _order_15, 18: _order_18, 20: _order_20, 21: _order_21, 22: _order_22,
    24: _order_24, 26: _order_26,
}  # fmt: skip
"""Orders that are no prime power, where products would give far fewer columns."""
