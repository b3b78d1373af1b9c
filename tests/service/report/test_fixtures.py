"""Programmes that organisers really run come out whole."""

from __future__ import annotations

import csv
import html
from pathlib import Path

import pytest

from service.compose import answer
from service.reading import load
from service.report import write_files
from solver.limits import Limits

FIXTURES = Path(__file__).parents[3] / "fixtures"


@pytest.mark.parametrize("name", ["team-leaders", "sustainable-careers", "education-domain"])
def test_every_member_is_in_every_file(name: str, tmp_path: Path) -> None:
    """The networks of a Dutch, a French and a German programme, from JSON, ODS and CSV."""
    asked = load(FIXTURES / name / "programme.toml")
    found = answer(asked, Limits(effort=1))
    assert found.proposal is not None
    write_files(found.question, found.proposal, tmp_path)
    with (tmp_path / "networks.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    stated = {id_: network["name"] for network in found.proposal["networks"] for id_ in network["members"]}
    assert {row["id"]: row["network"] for row in rows if row["network"]} == stated
    assert {row["id"] for row in rows if not row["network"]} == {row["id"] for row in found.proposal["waitlist"]}
    page = html.unescape((tmp_path / "report.html").read_text("utf-8"))
    assert not [row["name"] for row in rows if row["name"] not in page]
