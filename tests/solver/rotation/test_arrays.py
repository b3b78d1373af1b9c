"""Orthogonal arrays: each is checked when built, so building one is the test."""

from __future__ import annotations

import numpy as np
import pytest

from solver.rotation.arrays import NAMED, Array, array


@pytest.mark.parametrize(
    ("order", "columns"),
    [(12, 7), (14, 6), (15, 6), (18, 7), (20, 6), (21, 7), (22, 5), (24, 9), (26, 6)],
)
def test_named_arrays_have_their_columns(order: int, columns: int) -> None:
    """As many columns as the literature gives, every two of them with every pair of symbols once."""
    made = NAMED[order]()
    assert (made.order, made.columns) == (order, columns)


@pytest.mark.parametrize(("order", "columns"), [(4, 5), (7, 8), (28, 5), (35, 6), (36, 5)])
def test_fields_and_products(order: int, columns: int) -> None:
    """Over a field one column more than elements; of a product as many as the poorer factor has, and no more."""
    made = array(order, columns)
    assert made is not None
    assert made.columns == columns
    assert array(order, columns + 1) is None


def test_orders_six_and_ten_have_few() -> None:
    """No two squares of order 6 are orthogonal (Tarry 1900); of order 10 none are built here."""
    assert array(6, 4) is None
    assert array(10, 4) is None


def test_an_array_with_a_repeated_pair_is_refused() -> None:
    """Nobody can build an array that is none."""
    with pytest.raises(ArithmeticError, match="every pair once"):
        Array(2, np.zeros((4, 2), np.int64), "zeros", "nobody")
