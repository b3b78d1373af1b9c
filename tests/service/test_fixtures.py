"""The fixtures are what their README lines say, and can be made again."""

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from service.candidates import CandidateList
from service.faults import InputError
from service.intake import read_candidates

FIXTURES = Path(__file__).parents[2] / "fixtures"
NAMES = sorted(path.parent.name for path in FIXTURES.glob("*/programme.toml"))
SOUND = [name for name in NAMES if name != "messy"]


def _programme(name: str) -> dict[str, Any]:
    return tomllib.loads((FIXTURES / name / "programme.toml").read_text("utf-8"))


def _read(name: str, *, skip: bool = False, files: list[str] | None = None) -> CandidateList:
    programme = _programme(name)
    named = files or programme["candidates"]
    fixed = [network["name"] for network in programme["networks"].get("fixed", ())]
    used = {column for rule in programme["rules"] for column in [rule.get("attribute"), *rule.get("attributes", ())]}
    return read_candidates(
        [FIXTURES / name / file for file in ([named] if isinstance(named, str) else named)],
        vocabularies=programme.get("vocabularies", {}),
        used_columns=used - {None},
        keep=programme.get("keep", ()),
        network_names=fixed or None,
        skip_bad_rows=skip,
    )


@pytest.mark.parametrize(
    ("name", "count", "set_aside"),
    [
        ("career-counsellors", 29, 1),
        ("education-domain", 27, 0),
        ("hr-managers", 300, 0),
        ("impossible", 48, 0),
        ("regional-project-developers", 18, 0),
        ("sme-owners", 48, 0),
        ("sustainable-careers", 22, 0),
        ("team-leaders", 36, 0),
        ("technical-services", 120, 0),
        ("trade-union-training-officers", 24, 0),
    ],
)
def test_fixture_reads_without_a_fault(name: str, count: int, set_aside: int) -> None:
    listed = _read(name)
    assert (len(listed.candidates), len(listed.set_aside)) == (count, set_aside)
    assert listed.dropped == ()


def test_every_fixture_is_tested_and_has_its_line() -> None:
    assert len(SOUND) == 10
    for name in NAMES:
        assert (FIXTURES / name / "README.md").read_text("utf-8").strip()


def test_fixtures_use_every_rule_but_the_one_that_needs_an_earlier_proposal() -> None:
    used = {rule["rule"] for name in NAMES for rule in _programme(name)["rules"]}
    composing = {
        "same",
        "spread",
        "limit",
        "not_alone",
        "balance",
        "distinct",
        "apart",
        "together",
        "near",
        "available",
    }
    people = {"exchange", "wish", "commitment", "diverse", "facilitated", "place"}
    rotating = {"meet_new", "early", "spaced", "case_turns", "size_turns"}
    assert used == composing | people | rotating


def test_impossible_asks_for_more_women_than_there_are() -> None:
    """Six networks of at least six women: 36. There are 30."""
    listed = _read("impossible")
    women = sum(one.value("Geslacht") == "vrouw" for one in listed.candidates)
    rule = _programme("impossible")["rules"][0]
    assert (women, _programme("impossible")["networks"]["count"] * rule["min"]) == (30, 36)


def test_messy_has_one_of_every_fault() -> None:
    with pytest.raises(InputError) as error:
        _read("messy")
    assert [(fault.file, fault.row, fault.column, fault.code) for fault in error.value.faults] == [
        ("kandidaten.csv", 4, "Nr", "id_missing"),
        ("kandidaten.csv", 5, "Nr", "id_repeated"),
        ("kandidaten.csv", 6, "Jaren ervaring", "not_a_number"),
        ("kandidaten.csv", 7, "Bijeenkomsten", "not_a_number"),
        ("kandidaten.csv", 9, "Niet met", "nobody"),
        ("kandidaten.csv", 10, "Samen met", "nobody"),
        ("kandidaten.csv", 11, "N", "extra_cell"),
        ("kandidaten.csv", 12, "E-mail", "no_at"),
        ("kandidaten.csv", 13, "Netwerkwens", "unknown_network"),
        ("kandidaten.csv", 14, "Regio", "not_in_vocabulary"),
        ("kandidaten.csv", 18, "Niet met", "not_unique"),
        ("late-inschrijvingen.csv", 3, "naam", "made_id_repeated"),
        ("late-inschrijvingen.csv", 4, "mail", "made_id_repeated"),
        ("late-inschrijvingen.csv", 4, "mail", "no_at"),
        ("late-inschrijvingen.csv", 5, None, "no_way_to_id"),
    ]


def test_messy_without_its_bad_rows() -> None:
    listed = _read("messy", skip=True)
    assert [one.id for one in listed.candidates] == ["m1", "m2", "m15", "m16", "m18", "petra-lenz"]
    assert [row.row for row in listed.set_aside if row.why_code == "consent_refused"] == [15]


def test_messy_headers() -> None:
    with pytest.raises(InputError) as error:
        _read("messy", files=["dubbele-koppen.csv"])
    assert [(fault.column, fault.code) for fault in error.value.faults] == [
        ("Mail", "duplicate_header"),
        ("D", "headerless_column"),
    ]


def test_fixtures_are_what_the_generator_makes(tmp_path: Path) -> None:
    """The same seed gives the same bytes."""
    _generate("small", str(tmp_path))
    for made in tmp_path.glob("*/*"):
        assert made.read_bytes() == (FIXTURES / made.parent.name / made.name).read_bytes(), made.name
        assert made.stat().st_size < 100_000


def test_national_programme_of_any_size(tmp_path: Path) -> None:
    _generate("national", "200", str(tmp_path), "--seed", "7")
    listed = read_candidates(
        [tmp_path / "candidates.csv"],
        vocabularies={},
        used_columns=(),
        keep=(),
        network_names=None,
        skip_bad_rows=False,
    )
    assert len(listed.candidates) == 200
    assert tomllib.loads((tmp_path / "programme.toml").read_text("utf-8"))["networks"]["count"] == 20


def _generate(*arguments: str) -> None:
    subprocess.run([sys.executable, str(FIXTURES / "generate.py"), *arguments], check=True, timeout=60)
