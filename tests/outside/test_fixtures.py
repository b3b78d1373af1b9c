"""What Kring composes for the fixtures, recounted by code that was written from the contract and shares nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from service.compose import answer
from service.reading import load
from solver.limits import Limits
from tests.outside.recount import Programme, differences

FIXTURES = Path(__file__).parents[2] / "fixtures"
COMPOSED = sorted(path.parent.name for path in FIXTURES.glob("*/programme.toml"))
COMPOSED = [name for name in COMPOSED if name not in ("impossible", "messy", "hr-managers")]


@pytest.mark.parametrize("name", COMPOSED)
def test_an_outside_recount_finds_the_same_numbers(name: str) -> None:
    """Penalties, repeats, sizes, gaps and statuses: every number of the proposal, counted again from the contract."""
    programme = FIXTURES / name / "programme.toml"
    proposal = answer(load(programme), Limits(effort=1, workers=2)).proposal
    assert proposal is not None
    assert list(differences(Programme.read(programme), json.loads(json.dumps(proposal)))) == []


def test_an_outside_recount_sees_a_number_that_is_wrong() -> None:
    """One penalty more than there is, and the recount says so."""
    programme = FIXTURES / "education-domain" / "programme.toml"
    proposal = answer(load(programme), Limits(effort=1, workers=2)).proposal
    assert proposal is not None
    proposal["rules"][2]["penalty"] += 1
    assert list(differences(Programme.read(programme), proposal)) != []
