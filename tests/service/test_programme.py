"""What a programme may say, and what is said about one that cannot stand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from service.faults import Fault, InputError
from service.programme import parse_toml, read_programme
from service.reading import load

FIXTURES = Path(__file__).parents[2] / "fixtures"


def faults(**tables: Any) -> list[tuple[str, str | None]]:
    """(code, pointer) of everything that is wrong with a programme."""
    with pytest.raises(InputError) as caught:
        read_programme({"name": "x", "candidates": "c.csv", "networks": {"count": 2}, **tables})
    return [(fault.code, fault.pointer) for fault in caught.value.faults]


def fault(**tables: Any) -> Fault:
    """The one thing that is wrong."""
    with pytest.raises(InputError) as caught:
        read_programme({"name": "x", "candidates": "c.csv", "networks": {"count": 2}, **tables})
    (only,) = caught.value.faults
    return only


def rule(**keys: Any) -> dict[str, Any]:
    """A programme's list with one rule."""
    return {"rules": [keys]}


def test_every_fixture_is_a_programme() -> None:
    """Whatever an organiser may copy from the fixtures reads without a fault."""
    for path in sorted(FIXTURES.glob("*/programme.toml")):
        read_programme(parse_toml(path.read_bytes(), file=path.name))


def test_names_of_rules_are_made_from_rule_attribute_and_value() -> None:
    """Detail 16: the rule, then the attribute, then the value; a repeated name gets a number."""
    programme = read_programme(
        {
            "name": "x",
            "networks": {"count": 2},
            "rules": [
                {"rule": "spread", "attribute": "sector"},
                {"rule": "spread", "attribute": "sector"},
                {"rule": "limit", "attribute": "role", "value": "HR", "max": 2},
                {"rule": "exchange", "name": "give and take"},
            ],
        }
    )
    assert [each.name for each in programme.rules] == [
        "spread sector",
        "spread sector 2",
        "limit role HR",
        "give and take",
    ]


def test_an_unknown_key_names_the_one_that_was_meant() -> None:
    """ "maxsize" is not a key; "max_size" is."""
    found = fault(networks={"count": 2, "maxsize": 3})
    assert (found.code, found.pointer, found.nearest) == ("unknown_key", "networks.maxsize", "max_size")


def test_an_unknown_rule_names_the_one_that_was_meant() -> None:
    """ "spred" is not a rule; "spread" is."""
    found = fault(**rule(rule="spred", attribute="sector"))
    assert (found.code, found.nearest) == ("unknown_rule", "spread")


@pytest.mark.parametrize(
    ("keys", "code", "key"),
    [
        ({"rule": "spread"}, "missing", "attribute"),
        ({"rule": "same", "attribute": "a", "weight": 0}, "out_of_range", "weight"),
        ({"rule": "same", "attribute": "a", "weight": 1001}, "out_of_range", "weight"),
        ({"rule": "same", "attribute": "a", "weight": True}, "not_whole_number", "weight"),
        ({"rule": "same", "attribute": "a", "weight": 2, "strength": "must"}, "conflicting_keys", "weight"),
        ({"rule": "same", "attribute": "a", "strength": "strong"}, "not_one_of", "strength"),
        ({"rule": "limit", "attribute": "a"}, "missing_one_of", "min"),
        ({"rule": "limit", "attribute": "a", "max": "140%"}, "not_amount", "max"),
        ({"rule": "available", "share": 80}, "not_share", "share"),
        ({"rule": "near"}, "missing_one_of", "max_km"),
        ({"rule": "near", "max_km": 10, "same_region": True}, "conflicting_keys", "same_region"),
        ({"rule": "near", "max_km": -1}, "not_number", "max_km"),
        ({"rule": "wish", "within": "trio"}, "unknown_key", "within"),
        ({"rule": "place", "networks": ["Gent"]}, "unknown_key", "networks"),
        ({"rule": "stay"}, "missing", "baseline"),
        ({"rule": "apart", "pairs": [["c1"]]}, "not_pairs", "pairs"),
        ({"rule": "meet_new", "strength": "must"}, "missing", "at_most"),
        ({"rule": "diverse", "matrix": "m.csv", "networks": ["Gent"]}, "unknown_key", "networks"),
        ({"rule": "exchange", "networks": ["Gent"]}, "unknown_network", "networks[0]"),
    ],
)
def test_a_rule_that_cannot_stand(keys: dict[str, Any], code: str, key: str) -> None:
    """Each fault has its code and points at the key."""
    assert faults(**rule(**keys)) == [(code, f"rules[0].{key}")]


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        ({"language": "it"}, ("not_one_of", "language")),
        ({"networks": {"count": 2, "max_count": 3}}, ("conflicting_keys", "networks.max_count")),
        ({"networks": {"count": 2, "min_size": 9, "max_size": 6}}, ("reversed", "networks.min_size")),
        ({"networks": {"count": 1, "fixed": [{"name": "A"}, {"name": "B"}]}}, ("fewer_than_fixed", "networks.count")),
        ({"networks": {"fixed": [{"name": "A"}, {"name": "a"}]}}, ("repeated_name", "networks.fixed[1].name")),
        ({"pins": [{"candidate": "c1", "network": "Gent"}]}, ("unknown_network", "pins[0].network")),
        ({"meetings": {"count": -1}}, ("out_of_range", "meetings.count")),
        ({"meetings": {"timezone": "Gent"}}, ("not_timezone", "meetings.timezone")),
        ({"meetings": {"dates": ["tomorrow"]}}, ("not_dates", "meetings.dates")),
        (
            {"meetings": {"count": 3, "absent": [{"candidate": "c1", "meeting": 4}]}},
            ("no_such_meeting", "meetings.absent[0].meeting"),
        ),
    ],
)
def test_a_programme_that_cannot_stand(tables: dict[str, Any], expected: tuple[str, str]) -> None:
    """Each fault has its code and points at the key."""
    assert faults(**tables) == [expected]


def test_faults_of_form_and_of_candidates_are_told_together() -> None:
    """The faulty programme names a bad language, a rule that is none, a column that is none, and candidates' faults."""
    with pytest.raises(InputError) as caught:
        load(FIXTURES / "messy" / "programme-faults.toml")
    told = {(fault.code, fault.pointer or fault.row) for fault in caught.value.faults}
    assert told >= {
        ("not_one_of", "language"),
        ("unknown_rule", "rules[0].rule"),
        ("unknown_column", "rules[1].attribute"),
        ("conflicting_keys", "rules[2].weight"),
        ("missing", "rules[3].attribute"),
        ("out_of_range", "rules[4].weight"),
        ("repeated_name", "rules[5].name"),
        ("unknown_key", "rules[5].within"),
        ("unknown_id", "pins[0].candidate"),
        ("unknown_network", "pins[0].network"),
        ("id_missing", 4),
    }


def test_a_byte_order_mark_is_no_fault() -> None:
    """Windows editors begin a file with one."""
    assert parse_toml(b"\xef\xbb\xbfname = 'x'", file="programme.toml") == {"name": "x"}
