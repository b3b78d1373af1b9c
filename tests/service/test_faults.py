"""Faults say where, what was found and what was expected, to people and to programs."""

import pickle
import re
from pathlib import Path

import pytest

import service.faults
from service.faults import Fault, InputError, nearest
from service.words import LANGUAGES, catalogue

FAULT = Fault(
    code="not_in_vocabulary",
    file="c.csv",
    row=14,
    column="Regio",
    found="Nroth",
    known=("North", "South"),
    nearest="North",
)


def test_fault_for_people() -> None:
    assert FAULT.text("en") == (
        "c.csv, row 14, column Regio: found “Nroth”; expected: a value of the vocabulary (North, South) "
        "— did you mean “North”?"
    )
    assert Fault(code="empty_file", file="c.csv").text("nl").startswith("c.csv: verwacht: een tabel")


def test_fault_for_programs() -> None:
    """The five fields of the contract and no other."""
    assert InputError([FAULT]).as_json() == {
        "code": "not_in_vocabulary",
        "errors": [
            {
                "file": "c.csv",
                "row": 14,
                "column": "Regio",
                "found": "Nroth",
                "expected": "a value of the vocabulary (North, South) — did you mean “North”?",
            }
        ],
    }


def test_fault_in_a_programme_points_at_its_key() -> None:
    fault = Fault(code="unknown_column", file="p.toml", pointer="rules[2].attribute", found="sectr", nearest="sector")
    assert fault.as_json()["column"] == "rules[2].attribute"
    assert fault.text("en").startswith("p.toml, rules[2].attribute: found “sectr”; expected: a column")


def test_error_of_several_kinds_is_bad_input() -> None:
    assert InputError([FAULT, Fault(code="no_at")]).code == "bad_input"


def test_error_without_a_fault_is_our_mistake() -> None:
    with pytest.raises(ValueError, match="needs a fault"):
        InputError([])


def test_error_survives_the_way_between_processes() -> None:
    assert pickle.loads(pickle.dumps(InputError([FAULT]))).faults == (FAULT,)  # noqa: S301 - our own bytes


def test_long_finds_and_long_lists_are_cut() -> None:
    fault = Fault(code="not_in_vocabulary", found="x" * 1000, known=tuple(f"value {n}" for n in range(50)))
    assert len(fault.text("en")) < 400


@pytest.mark.parametrize(
    ("found", "meant"), [("Nroth", "North"), ("NORTH", "North"), ("South-west", "South"), ("zzz", None), ("", None)]
)
def test_nearest_known_value(found: str, meant: str | None) -> None:
    assert nearest(found, ["North", "South"]) == meant


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_of_the_tree_has_its_text_and_every_text_its_code(language: str) -> None:
    """The tree at the top of the file is complete."""
    tree = (service.faults.__doc__ or "").split("word files:")[1]
    drawn = set(re.findall(r"[a-z_]{5,}", re.sub(r"\n    \w+ \w+( \w+)?   ", "\n", tree))) - {"headers", "programme"}
    written = {key.removeprefix("fault.") for key in catalogue(language) if key.startswith("fault.")}
    assert drawn == written


def test_every_code_that_the_reader_uses_has_its_text() -> None:
    sources = Path(service.faults.__file__).parent.joinpath("intake").glob("*.py")
    text = "".join(path.read_text("utf-8") for path in sources)
    used = set(re.findall(r'(?:code=|\.fault\(|Refusal\()"(\w+)"', text))
    assert used
    assert used <= {key.removeprefix("fault.") for key in catalogue("en")}
