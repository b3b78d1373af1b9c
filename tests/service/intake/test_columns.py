"""Headers in four languages, and what becomes of columns that nobody knows."""

import pytest

from service.candidates import COLUMN_ALIASES, match_column
from tests.service.intake.reading import csv, faults, read

ALIASES = [(canonical, alias) for canonical, aliases in COLUMN_ALIASES.items() for alias in (canonical, *aliases)]


def test_all_names_of_the_contract_are_understood() -> None:
    """27 columns, and the names of detail 5 all of them."""
    assert len(COLUMN_ALIASES) == 27
    assert sum(map(len, COLUMN_ALIASES.values())) == 108


@pytest.mark.parametrize(("canonical", "alias"), ALIASES)
def test_header_in_any_language_case_and_spelling(canonical: str, alias: str) -> None:
    """ "JAREN ERVARING", "jaren_ervaring" and "Jaren-Ervaring" are one header; "prenom" is as good as "prénom"."""
    for header in (alias, alias.upper(), alias.replace(" ", "_"), alias.replace(" ", "-").title(), f" {alias} "):
        value = "7" if canonical in {"years", "meetings"} else "a@b"
        ids = "" if canonical == "id" else "id,"
        text = f'{ids}"{header}"\n{"" if canonical == "id" else "x1,"}{value}\n'
        if canonical in {"apart_from", "together_with"}:
            text = f'{ids}"{header}"\nx1,x2\nx2,\n'
            value = "x2"
        assert read(csv(text)).candidates[0].values(canonical) == (value,), header


def test_naam_beside_voornaam_is_the_surname() -> None:
    one = read(csv("Voornaam,Naam\nAn,Smet\n")).candidates[0]
    assert (one.id, one.name, one.value("last_name")) == ("an-smet", "An Smet", "Smet")
    alone = read(csv("Naam\nAn Smet\n")).candidates[0]
    assert (alone.id, alone.value("name")) == ("an-smet", "An Smet")


def test_two_headers_of_one_meaning_are_a_fault() -> None:
    found = faults(csv("id,E-mail,courriel,Maat,MAAT\nc1,a@b,c@d,1,2\n"))
    assert [(fault.code, fault.row, fault.column) for fault in found] == [
        ("duplicate_header", 1, "courriel"),
        ("duplicate_header", 1, "MAAT"),
    ]
    assert "“E-mail” in column B" in found[0].expected("en")


def test_values_under_no_header_between_others_are_a_fault() -> None:
    found = faults(csv("id,,naam\nc1,,An\nc2,what?,Bo\n"))
    assert [(fault.code, fault.row, fault.column, fault.found) for fault in found] == [
        ("headerless_column", 1, "B", "what?")
    ]


def test_empty_columns_under_no_header_are_nothing() -> None:
    assert len(read(csv("id,,naam,,\nc1,,An,,\n")).candidates) == 1


def test_unknown_column_is_named_and_left_out_unless_used_or_kept() -> None:
    text = "id,Shoe size,Hobby,Team\nc1,42,chess,red\n"
    listed = read(csv(text), used=["shoe_size"], keep=["TEAM"])
    assert listed.candidates[0].cells == {"id": ("c1",), "Shoe size": ("42",), "Team": ("red",)}
    assert listed.columns == ("id", "Shoe size", "Hobby", "Team")
    assert listed.dropped == ("Hobby",)
    assert [(note.code, note.params["columns"]) for note in listed.notes] == [("columns_left_out", ("Hobby",))]


def test_files_of_one_list_agree_on_the_name_of_an_unknown_column() -> None:
    listed = read(csv("id,Shoe size\na,1\n", "1.csv"), csv("nr;shoe_size\nb;2\n", "2.csv"), keep=["shoe size"])
    assert [one.value("Shoe size") for one in listed.candidates] == ["1", "2"]


@pytest.mark.parametrize(
    ("asked", "columns", "found"),
    [
        ("sektor", ("id", "sector"), "sector"),
        ("Sector", ("id", "sector"), "sector"),
        ("Years of service", ("id", "years_of-service"), "years_of-service"),
        ("naam", ("first_name", "last_name"), "last_name"),
        ("sector", ("id", "role"), None),
        ("shoe", ("id",), None),
    ],
)
def test_column_that_a_programme_means(asked: str, columns: tuple[str, ...], found: str | None) -> None:
    assert match_column(asked, columns) == found
