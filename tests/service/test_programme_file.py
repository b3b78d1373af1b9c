"""A stored programme as programme.toml, and back."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.faults import InputError
from service.programme_file import as_toml, from_toml
from tests.service.small import programme


def test_a_programme_goes_out_readable_and_comes_back_equal() -> None:
    there = programme()
    text = as_toml(there)
    assert from_toml(text.encode(), file="programme.toml").content == there
    assert text.startswith('name = "Klein"\nlanguage = "nl"\n')


@pytest.mark.parametrize(
    "name", ["hr-managers", "sme-owners", "technical-services", "education-domain", "team-leaders"]
)
def test_the_fixtures_come_back_equal(name: str, fixtures: Path) -> None:
    tables = tomllib.loads((fixtures / name / "programme.toml").read_text("utf-8"))
    tables.pop("candidates")
    assert from_toml(as_toml(tables).encode(), file="p.toml").content == tables


WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12).filter(str.strip)


@given(
    name=WORDS,
    keep=st.lists(WORDS, max_size=3),
    vocabulary=st.dictionaries(WORDS, st.lists(WORDS, max_size=3), max_size=3),
    weight=st.integers(1, 1000),
)
def test_any_text_comes_back_equal(name: str, keep: list[str], vocabulary: dict[str, Any], weight: int) -> None:
    """Quotes, line breaks, control characters and all."""
    there = {
        "name": name,
        "keep": keep,
        "vocabularies": vocabulary,
        "networks": {"fixed": [{"name": "Gent", "accepts": vocabulary}], "waitlist": "never"},
        "meetings": {"dates": {"tue-pm": ["2027-01-12T13:30"]}},
        "rules": [{"rule": "limit", "attribute": name, "value": 3.5, "min": "40%", "weight": weight}],
    }
    assert from_toml(as_toml(there).encode(), file="p.toml").content == there


def test_an_uploaded_programme_leaves_its_candidates_file_out_and_says_so() -> None:
    found = from_toml(b'\xef\xbb\xbfname = "P"\ncandidates = "c.csv"\n[networks]\ncount = 2\n', file="p.toml")
    assert (found.content, found.left_out) == ({"name": "P", "networks": {"count": 2}}, ("c.csv",))


def test_every_fault_of_an_uploaded_programme_is_named_at_once() -> None:
    text = b"""
    name = "P"
    nmae = "Q"
    [networks]
    count = 0
    [[rules]]
    rule = "spraed"
    [[rules]]
    rule = "stay"
    baseline = "earlier.json"
    [[rules]]
    rule = "diverse"
    matrix = { ids = ["a"], rows = ["far"] }
    """
    with pytest.raises(InputError) as caught:
        from_toml(text, file="p.toml")
    assert {(fault.code, fault.pointer) for fault in caught.value.faults} == {
        ("unknown_key", "nmae"),
        ("out_of_range", "networks.count"),
        ("unknown_rule", "rules[0].rule"),
        ("path_over_http", "rules[1].baseline"),
        ("not_list", "rules[2].matrix.rows[0]"),
    }


def test_what_is_no_toml_says_where() -> None:
    with pytest.raises(InputError) as caught:
        from_toml(b"name = ", file="p.toml")
    assert caught.value.code == "bad_toml"
