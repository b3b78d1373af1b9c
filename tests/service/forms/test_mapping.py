"""A mapping is data; whatever is wrong with it is told at once."""

import re
from pathlib import Path

import pytest

import service.forms
from service.faults import InputError
from service.forms import read_mapping
from service.forms.mapping import By, Column, Otherwise
from service.words import LANGUAGES, catalogue

EMAIL = {"column": "E-mail", "key": "q1"}


def _faults(data: object) -> list[tuple[str, str | None]]:
    with pytest.raises(InputError) as caught:
        read_mapping(data)
    assert all(fault.text(language) for fault in caught.value.faults for language in LANGUAGES)
    return [(fault.code, fault.pointer) for fault in caught.value.faults]


def test_mapping_as_an_organiser_states_it() -> None:
    """Columns may be called as in a file, in four languages."""
    mapping = read_mapping(
        {
            "version": 3,
            "columns": [
                EMAIL,
                {
                    "column": "Sector",
                    "label": "In welke sector werkt u?",
                    "transform": ["split", "lower"],
                    "separator": ",",
                    "vocabulary": {"zorg": "86"},
                    "otherwise": "keep",
                    "required": True,
                },
                {"column": "Schoenmaat", "pointer": "/data/0/maat"},
            ],
        }
    )
    assert mapping.version == 3
    assert mapping.columns == (
        Column(name="email", by=By.KEY, source="q1"),
        Column(
            name="sector",
            by=By.LABEL,
            source="In welke sector werkt u?",
            transforms=("split", "lower"),
            separator=",",
            vocabulary={"zorg": "86"},
            otherwise=Otherwise.KEEP,
            required=True,
        ),
        Column(name="Schoenmaat", by=By.POINTER, source="/data/0/maat"),
    )


def test_all_faults_are_told_together() -> None:
    assert _faults(
        {
            "version": 0,
            "colums": [],
            "columns": [
                {"column": " ", "key": "q"},
                {"column": "role"},
                {"column": "role", "key": "q", "label": "l"},
                {"column": "role", "pointer": "no slash"},
                {"column": "role", "pointer": "/a~2"},
                {"column": "role", "key": "q", "transform": ["uper"]},
                {"column": "role", "key": "q", "transform": ["split"]},
                {"column": "role", "key": "q", "vocabulary": {"zorg": 86}},
                {"column": "role", "key": "q", "otherwise": "drop"},
                {"column": "role", "key": "q", "required": "yes"},
                "role",
            ],
        }
    ) == [
        ("out_of_range", "version"),
        ("not_text", "columns[0].column"),
        ("missing_one_of", "columns[1]"),
        ("conflicting_keys", "columns[2]"),
        ("not_pointer", "columns[3].pointer"),
        ("not_pointer", "columns[4].pointer"),
        ("not_one_of", "columns[5].transform[0]"),
        ("missing", "columns[6].separator"),
        ("not_text", "columns[7].vocabulary.zorg"),
        ("not_one_of", "columns[8].otherwise"),
        ("not_flag", "columns[9].required"),
        ("not_table", "columns[10]"),
        ("unknown_key", "colums"),
    ]


@pytest.mark.parametrize("data", [None, [], "x", 3])
def test_what_is_no_table_is_no_mapping(data: object) -> None:
    assert _faults(data) == [("not_table", "")]


@pytest.mark.parametrize("columns", [["role"], ["first_name"], ["last_name", "role"]])
def test_mapping_that_tells_nobody(columns: list[str]) -> None:
    """A first name alone would make one person of everyone called Jan."""
    data = {"version": 1, "columns": [{"column": column, "key": column} for column in columns]}
    assert _faults(data) == [("form_nobody_mapped", "columns")]


def test_one_column_twice() -> None:
    data = {"version": 1, "columns": [EMAIL, {"column": "courriel", "key": "q2"}]}
    assert _faults(data) == [("repeated_name", "columns[1].column")]


def test_every_code_of_forms_has_its_text() -> None:
    sources = Path(service.forms.__file__).parent.rglob("*.py")
    text = "".join(path.read_text("utf-8") for path in sources)
    used = set(re.findall(r'(?:code=|_refused\(|NotFittingError\(|_faulty\(column, )"(\w+)"', text))
    assert len(used) > 15
    assert used <= {key.removeprefix("fault.") for key in catalogue("en")}
