"""Presets for the four kinds of network, fitted to the columns that people have."""

from __future__ import annotations

from typing import Any

import pytest

from service.candidates import CandidateList
from service.files import NoFiles
from service.intake.tables import Objects
from service.presets import KINDS, fitted, with_preset
from service.programme import read_programme
from service.question import ask
from service.reading import gather

CONTENT: dict[str, Any] = {"name": "P", "networks": {"count": 2, "kind": "peer"}, "meetings": {"count": 8}}


def everything(number: int) -> dict[str, Any]:
    return {
        "id": f"c{number}",
        "role": ("lead", "coach")[number % 2],
        "sector": ("a", "b", "c")[number % 3],
        "organisation": f"o{number}",
        "site": f"s{number % 4}",
        "size_class": ("s", "l")[number % 2],
        "region": ("BE23", "BE21")[number % 2],
        "language": ("nl", "fr")[number % 2],
        "years": str(number),
        "available": "tue-pm",
        "asks": "t1",
        "offers": "t2",
        "project": "p",
        "meetings": "8",
        "apart_from": "c1" if number == 0 else "",
        "together_with": "c3" if number == 2 else "",
        "network_wish": "Gent" if number == 1 else "",
    }


def listed(rows: list[dict[str, Any]]) -> CandidateList:
    return gather(read_programme(CONTENT), [Objects("candidates", rows)])


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_writes_rules_that_its_people_can_have(kind: str) -> None:
    """With every column filled nothing is missing, and what is written can be put to the solver."""
    people = listed([everything(number) for number in range(12)])
    written = with_preset(CONTENT, kind, people)
    assert written["networks"]["kind"] == kind
    assert fitted(kind, people).missing == ()
    question = ask(read_programme(written), people, NoFiles())
    assert len(question.problem.rules) + len(question.problem.trio_rules) == len(written["rules"]) > 6


def test_a_preset_leaves_out_what_the_list_has_no_column_for_and_says_which() -> None:
    people = listed([{"id": f"c{number}", "sector": "abc"[number % 3]} for number in range(6)])
    found = fitted("peer", people)
    assert {rule["rule"] for rule in found.rules} == {"spread", "case_turns"}
    assert "organisation" in found.missing


def test_a_column_in_which_all_are_the_same_is_nothing_to_spread() -> None:
    people = listed([{"id": f"c{number}", "sector": "a"} for number in range(6)])
    assert not [rule for rule in fitted("peer", people).rules if rule["rule"] == "spread"]


def test_a_preset_leaves_what_the_organiser_wished_already_as_it_is() -> None:
    people = listed([everything(number) for number in range(12)])
    own = {"rule": "spread", "attribute": "Sector", "weight": 99}
    written = with_preset({**CONTENT, "rules": [own]}, "peer", people)
    assert [rule for rule in written["rules"] if rule["rule"] == "spread" and rule["attribute"] != "size_class"] == [
        own
    ]
    again = with_preset(written, "peer", people)
    assert again == written
    instead = with_preset({**CONTENT, "rules": [own]}, "peer", people, instead=True)
    assert own not in instead["rules"]


def test_a_community_of_practice_asks_what_its_people_can_promise() -> None:
    """Eight meetings, and a project."""
    people = listed([everything(number) for number in range(12)])
    assert with_preset(CONTENT, "practice", people)["rules"][0] == {
        "rule": "commitment", "min_meetings": 8, "project": True, "strength": "must"
    }  # fmt: skip
