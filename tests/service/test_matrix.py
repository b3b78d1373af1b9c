"""Matrices of distances: read exactly, fast where they are plain."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.faults import InputError
from service.reading import load

PROGRAMME = """
name = "distances"
candidates = "c.csv"
networks = { count = 1 }
meetings = { count = 0 }
rules = [{ rule = "diverse", matrix = "m.csv" }]
"""


def matrix_read(folder: Path, cell: str, quote: str = "") -> int:
    """The distance of two people, in thousandths, as Kring reads one cell."""
    (folder / "programme.toml").write_text(PROGRAMME)
    (folder / "c.csv").write_text("id\na\nb\n")
    written = f"{quote}{cell}{quote}"
    (folder / "m.csv").write_text(f"id,a,b\na,0,{written}\nb,{written},0\n")
    rule = load(folder / "programme.toml").question.problem.rules[0]
    return int(np.asarray(rule.matrix)[0, 1])  # type: ignore[attr-defined]


@settings(max_examples=200, deadline=None)
@given(whole=st.integers(0, 10**6), digits=st.text("0123456789", min_size=1, max_size=8))
def test_distances_are_rounded_to_thousandths_exactly_with_halves_up(
    tmp_path_factory: pytest.TempPathFactory, whole: int, digits: str
) -> None:
    """Whatever decimals a file has, the distance is the nearest thousandth of the decimal, not of a float near it."""
    cell = f"{whole}.{digits}"
    expected = int(Fraction(cell) * 1000 + Fraction(1, 2))
    assert matrix_read(tmp_path_factory.mktemp("matrix"), cell) == expected


@pytest.mark.parametrize(("cell", "thousandths"), [("0.0005", 1), ("2.6755", 2676), ("1.0015", 1002), ("0.00049", 0)])
def test_halves_that_no_float_has_go_up(tmp_path: Path, cell: str, thousandths: int) -> None:
    """2.6755 as a float is a little less than that, and would be rounded down."""
    assert matrix_read(tmp_path, cell) == thousandths


def test_a_comma_for_the_point_is_understood(tmp_path: Path) -> None:
    """A cell that is not plain is looked at by itself."""
    assert matrix_read(tmp_path, "3,5", quote='"') == 3500


@pytest.mark.parametrize("cell", ["-1", "nan", "inf", "far", ""])
def test_what_is_no_distance_is_named(tmp_path: Path, cell: str) -> None:
    """No word, sign or empty cell passes for a number."""
    with pytest.raises(InputError) as caught:
        matrix_read(tmp_path, cell)
    assert {fault.code for fault in caught.value.faults} == {"not_a_distance"}
