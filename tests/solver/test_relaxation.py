"""What a relaxation takes from the numbers that people agree in."""

from __future__ import annotations

import numpy as np
import pytest

from solver.relaxation import least_agreement


@pytest.mark.parametrize(("smallest", "largest", "expected"), [(2, 2, [1, 1, 2]), (3, 3, [4, 3, 5]), (1, 3, [0, 0, 0])])
def test_least_agreement_is_with_the_least_alike(smallest: int, largest: int, expected: list[int]) -> None:
    """In a pair everybody agrees least with one other; of three, with both; alone, with nobody."""
    table = np.array([[0, 1, 3], [1, 0, 2], [3, 2, 0]])
    assert least_agreement(table, smallest, largest).tolist() == expected
