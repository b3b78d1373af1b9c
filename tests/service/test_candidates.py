"""How values compare."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.candidates import parse_number, same_value_key, tidy


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("HR manager", " hr  Manager "),
        ("Zoë", "zoe\u0308"),
        ("Straße", "STRASSE"),
        ("a\u00a0b", "a b"),
        ("İ", "i\u0307"),
    ],
)
def test_values_that_are_the_same(one: str, other: str) -> None:
    assert same_value_key(one) == same_value_key(other)


def test_accents_make_different_values() -> None:
    assert same_value_key("Zoë") != same_value_key("Zoe")


@given(st.text())
def test_keys_and_tidy_values_stay_what_they_are(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)
    assert same_value_key(tidy(text)) == same_value_key(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", Fraction(12)),
        ("3.5", Fraction(7, 2)),
        ("3,5", Fraction(7, 2)),
        (" -4 ", Fraction(-4)),
        ("0,1", Fraction(1, 10)),
        ("1.000,5", None),
        ("1e3", None),
        ("12 jaar", None),
        ("", None),
        ("nan", None),
        ("٣", None),
    ],
)
def test_numbers(text: str, number: Fraction | None) -> None:
    assert parse_number(text) == number
