"""What a programme and its candidates mean together."""

from __future__ import annotations

from typing import Any

import pytest

from service.check import check
from service.compose import answer
from service.faults import InputError
from service.files import NoFiles
from service.intake.tables import Objects
from service.reading import Asked, asked_of
from solver.limits import Limits

TWELVE = [{"id": f"c{number}", "sector": "ab"[number % 2], "available": "TUE-pm"} for number in range(12)]


def asked(**tables: Any) -> Asked:
    """A programme of two given networks and one more, for twelve people."""
    networks = {"count": 3, "fixed": [{"name": "A", "slot": "tue-PM"}, {"name": "B"}]}
    return asked_of({"name": "x", "networks": networks, **tables}, Objects("candidates", TWELVE), NoFiles())


def codes(**tables: Any) -> list[str]:
    """The codes of what is wrong."""
    with pytest.raises(InputError) as caught:
        asked(**tables)
    return [fault.code for fault in caught.value.faults]


def test_a_slot_is_spelled_as_in_the_programme() -> None:
    """Candidates write "TUE-pm", the programme "tue-PM": the same slot, and the programme's word for it."""
    assert asked().question.problem.slots == ("tue-PM",)


def test_two_rules_that_ask_for_facilitators_are_priced_where_each_applies() -> None:
    """Nobody leads: 3 once for network A, and 1000 for each of the three networks."""
    rules = [{"rule": "facilitated", "networks": ["A"], "weight": 3}, {"rule": "facilitated", "weight": 1000}]
    found = answer(asked(rules=rules, meetings={"count": 0}), Limits(effort=1))
    assert found.proposal is not None
    assert found.proposal["composition"]["objective"] == 3003


def test_rules_spaced_may_ask_different_gaps() -> None:
    """A repeat after two meetings holds with gap 2 and costs 4 - 2 with gap 4; each rule has its own row."""
    rules = [{"rule": "spaced", "gap": 2, "name": "near"}, {"rule": "spaced", "gap": 4, "name": "far", "weight": 3}]
    case = asked(rules=rules, meetings={"count": 6})
    found = answer(case, Limits(effort=1))
    assert found.proposal is not None
    rows = {row["name"]: row["penalty"] for row in found.proposal["rotations"][0]["rules"]}
    assert set(rows) == {"meet_new", "near", "far"}
    assert rows["far"] >= rows["near"]
    assert check(case.question, found.proposal) == ()


def test_free_networks_take_the_names_that_members_are_to_stay_in() -> None:
    """A baseline's "Autumn" is formed again, since who sat there is to stay there."""
    baseline = {"networks": [{"name": "Autumn", "members": ["c0", "c1"]}]}
    problem = asked(rules=[{"rule": "stay", "baseline": baseline}]).question.problem
    assert [network.name for network in problem.networks] == ["A", "B", "Autumn"]


def test_an_id_that_is_nobody_is_a_fault_with_its_place() -> None:
    """Pins, pairs and absences name candidates by id; a wrong one is named with the nearest."""
    with pytest.raises(InputError) as caught:
        asked(rules=[{"rule": "apart", "pairs": [["c1", "c99"]]}])
    (fault,) = caught.value.faults
    assert (fault.code, fault.pointer, fault.found) == ("unknown_id", "rules[0].pairs[0][1]", "c99")
