"""`diverse`: what is counted in parts of one whole is the Gower distance, to the last digit."""

from __future__ import annotations

from fractions import Fraction

import pytest

from solver.problem import Category, Number, Pool
from solver.rules.base import Group
from solver.rules.diverse import Diverse

POOL = Pool(
    ("a", "b", "c", "d"),
    {
        "sector": Category(("care", "metal"), ((0,), (0,), (1,), ())),
        "topics": Category(("x", "y", "z"), ((0, 1), (1, 2), (2,), (0, 1, 2))),
        "empty": Category((), ((),) * 4),
    },
    {
        "years": Number((Fraction(1), Fraction(5, 2), None, Fraction(4))),
        "same": Number((Fraction(3), Fraction(3), Fraction(3), Fraction(3))),
    },
)
DIVERSE = Diverse(name="diverse", attributes=("sector", "topics", "empty", "years", "same"))


@pytest.mark.parametrize(
    ("pair", "distance"),
    [
        # sector 0, topics 1 - 1/3, years 1.5 of 3, same 0: four columns that both state.
        ((0, 1), Fraction(0 + Fraction(2, 3) + Fraction(1, 2) + 0, 4)),
        # sector 1, topics 1, no years, same 0.
        ((0, 2), Fraction(2, 3)),
        # No sector, topics 1 - 2/3, years 3 of 3, same 0.
        ((0, 3), Fraction(Fraction(1, 3) + 1, 3)),
    ],
)
def test_agreement_is_one_less_the_mean_over_what_both_state(pair: tuple[int, int], distance: Fraction) -> None:
    """A column that either leaves empty counts for nothing; a range is of everybody, not of the pair."""
    agreement = DIVERSE.agreement(POOL)
    assert Fraction(agreement.parts(*pair), agreement.whole) == 1 - distance


def test_nothing_in_common_to_state_is_full_agreement() -> None:
    """The distance is 0, so two people who say nothing cost ten."""
    silent = Pool(("a", "b"), {"sector": Category((), ((), ()))}, {})
    price = Diverse(name="diverse", attributes=("sector",)).pricer(silent)
    assert price(Group((0, 1))) == 10


def test_a_network_is_rounded_once() -> None:
    """7.08, 3.33 and 5 (b and c: sector 1, topics 1/2, same 0) are 7, 3 and 5 by themselves, and 15.42 together."""
    price = DIVERSE.pricer(POOL)
    pairs = [price(Group(pair)) for pair in ((0, 1), (0, 2), (1, 2))]
    assert pairs == [7, 3, 5]
    assert price(Group((0, 1, 2))) == 15
