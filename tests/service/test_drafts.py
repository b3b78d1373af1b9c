"""A spreadsheet on its way in: what its columns mean, what is wrong where, and how it is mended."""

from __future__ import annotations

import base64
import json
import time
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.drafts import (
    LEAVE,
    OWN,
    UNSAID,
    Draft,
    Examined,
    as_source,
    begin,
    examine,
    guesses,
    pack,
    pasted,
    unpack,
    why,
    with_cells,
    with_meanings,
    with_replaced,
    without_rows,
)
from service.faults import InputError
from service.programme import Programme, read_programme
from service.words import LANGUAGES

SHEET = (
    "Naam\tE-mail\tWerkgever\tGeslacht\tJaren ervaring\tGSM\n"
    "An\tan@x.be\tAcme\tv\t12\t0470 1\n"
    "Bo\tbo.x.be\tAcme\tm\tveel\t0470 2\n"
    "Cas\tcas@x.be\tBeta\tv\t3,5\t0470 3\n"
    "Dee\tdee@x.be\tBeta\tm\t\t0470 4\n"
)


def programme(**more: Any) -> Programme:
    return read_programme({"name": "P", "networks": {"count": 1}, **more})


def draft(text: str = SHEET, **more: Any) -> Draft:
    return begin(pasted(text), **more)


def places(examined: Examined) -> list[tuple[str, int | None, int | None]]:
    return [(each.fault.code, each.row, each.column) for each in examined.faults]


def test_a_pasted_table_says_what_it_takes_each_column_for_and_why() -> None:
    """E-mail, employer and years are known; gender is the organiser's own; telephone numbers stay out."""
    found = draft()
    assert found.meanings == ("name", "email", "organisation", OWN, "years", LEAVE)
    reasons = [why(guess, "en") for guess in guesses(found)]
    assert reasons[0] == "“Naam” is a name for “name”"
    assert reasons[3] == "few different values: handy for wishes"
    assert [guess.why.sure for guess in guesses(found)] == [True, True, True, False, True, False]


def test_a_column_that_a_wish_uses_is_kept_whatever_is_in_it() -> None:
    assert draft(used=["gsm"]).meanings[-1] == OWN


def test_every_fault_stands_at_its_cell_by_row_and_column() -> None:
    """Row 3 of the spreadsheet has an address without @ and words where a number belongs."""
    examined = examine(draft(), programme())
    assert places(examined) == [("not_a_number", 3, 4), ("no_at", 3, 1)]
    assert (examined.good, examined.ready) == (3, False)


def test_a_cell_is_mended_and_the_fault_is_gone() -> None:
    mended = with_cells(draft(), {(3, 1): "bo@x.be", (3, 4): "7"})
    assert mended.cell(3, 1) == "bo@x.be"
    examined = examine(mended, programme())
    assert (examined.faults, examined.good, examined.ready) == ((), 4, True)


def test_a_row_can_be_left_out() -> None:
    examined = examine(without_rows(draft(), {3}), programme())
    assert (examined.faults, examined.good) == ((), 3)


def test_two_columns_of_one_meaning_are_said_at_the_second_and_the_rows_are_looked_at_all_the_same() -> None:
    found = with_meanings(draft(), {5: "name"})
    assert places(examine(found, programme()))[0] == ("duplicate_header", None, 5)
    assert ("no_at", 3, 1) in places(examine(found, programme()))


def test_a_column_without_a_name_waits_for_a_meaning_unless_it_is_empty() -> None:
    found = draft("E-mail\t\t\nan@x.be\tx\t\nbo@x.be\t\t\n")
    assert found.meanings == ("email", UNSAID, LEAVE)
    assert places(examine(found, programme())) == [("draft_nameless", None, 1)]
    named = with_meanings(found, {1: OWN}, {1: "Ploeg"})
    assert examine(named, programme()).ready
    assert named.kept_names() == ("Ploeg",)


def test_a_table_that_names_nobody_says_so_once() -> None:
    """And not once for each of its rows."""
    examined = examine(draft("Sector\na\nb\nc\n"), programme())
    assert places(examined) == [("draft_nobody", None, None)]


def test_a_cell_too_many_is_shown_where_it_stands_and_goes_when_it_is_emptied() -> None:
    found = draft("id\tsector\nc1\ta\nc2\tb\textra\n")
    assert places(examine(found, programme())) == [("extra_cell", 3, 2)]
    assert examine(with_cells(found, {(3, 2): " "}), programme()).ready


def test_people_who_are_on_the_list_already_are_pointed_out() -> None:
    examined = examine(draft("id\nc1\nc2\n"), programme(), [{"id": "c2"}])
    assert (examined.there, examined.good) == ((3,), 1)


def test_whoever_said_no_is_counted_and_not_faulty() -> None:
    examined = examine(draft("id\ttoestemming\nc1\tja\nc2\tnee\n"), programme())
    assert (examined.good, examined.refused, examined.faults) == (1, 1, ())


def test_the_same_mistake_in_many_rows_is_mended_once() -> None:
    """Three write Gnet; the vocabulary knows Gent."""
    asked = programme(vocabularies={"region": ["Gent", "Brugge"]})
    found = draft("id\tregio\nc1\tGnet\nc2\tgnet\nc3\tBrugge|Gnet\nc4\tGent\n")
    alike = examine(found, asked).alike()
    assert [(placed.fault.found, placed.fault.nearest, n) for placed, n in alike] == [("Gnet", "Gent", 2)]
    mended = with_replaced(found, 1, "Gnet", "Gent")
    assert examine(mended, asked).ready
    assert mended.cell(4, 1) == "Brugge|Gent"


def test_an_own_column_that_has_a_known_name_comes_in_under_another() -> None:
    """ "Code" says id to Kring; here it is the code of a school."""
    found = with_meanings(draft("Code\tE-mail\nA1\tan@x.be\nA1\tbo@x.be\n"), {0: OWN})
    assert found.kept_names() == ("Code (2)",)
    assert examine(found, programme()).ready


def test_a_file_that_cannot_be_read_says_why() -> None:
    with pytest.raises(InputError) as caught:
        begin(("list.xlsx", b"%PDF-1.4"))
    assert caught.value.code == "wrong_kind"


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


@given(
    st.lists(TEXT, min_size=1, max_size=4),
    st.lists(st.lists(TEXT, max_size=6), max_size=4),
)
def test_a_draft_travels_in_a_form_and_comes_back_as_it_was(headers: list[str], rows: list[list[str]]) -> None:
    meanings = tuple([OWN, LEAVE, UNSAID, "email"][index % 4] for index in range(len(headers)))
    there = Draft(
        "list.csv", 1, tuple(headers), meanings, tuple((n, tuple(cells)) for n, cells in enumerate(rows, 2)), "|;"
    )
    assert unpack(pack(there)) == there


@pytest.mark.parametrize("text", ["", "x", "eJxL", "é", "A" * 100, pack(Draft("f", 1, ("a",), (OWN,), (), "|"))[:-8]])
def test_a_draft_that_was_cut_short_is_told_and_breaks_nothing(text: str) -> None:
    with pytest.raises(InputError) as caught:
        unpack(text)
    assert caught.value.code == "draft_damaged"
    assert all(caught.value.faults[0].expected(language) for language in LANGUAGES)


def test_two_thousand_people_with_thirty_columns_are_looked_at_within_seconds() -> None:
    """And travel in less than a megabyte. The limit is generous: it is about a factor of ten, not about a tenth."""
    header = "\t".join(["E-mail", "Naam", "Sector", *(f"vraag {n}" for n in range(27))])
    lines = [
        "\t".join([f"p{row}@x.be", f"Naam {row}", f"s{row % 7}", *(f"antwoord {row * n % 97}" for n in range(27))])
        for row in range(2000)
    ]
    began = time.monotonic()
    found = draft("\n".join([header, *lines]))
    packed = pack(found)
    examined = examine(unpack(packed), programme())
    assert examined.good == 2000
    assert len(packed) < 1_000_000
    assert time.monotonic() - began < 20


def test_a_draft_reads_as_any_other_table() -> None:
    assert as_source(draft()).table.header == ("name", "email", "organisation", "Geslacht", "years", "")


@given(
    st.recursive(
        st.none() | st.integers() | st.floats() | TEXT, lambda inner: st.lists(inner, max_size=6), max_leaves=12
    )
)
def test_a_draft_that_somebody_made_up_breaks_nothing(content: Any) -> None:
    """Whatever JSON a form brings along, it is a draft or it is told to be none."""
    text = base64.urlsafe_b64encode(zlib.compress(json.dumps(content).encode())).decode()
    try:
        found = unpack(text)
    except InputError as error:
        assert error.code == "draft_damaged"
    else:
        examine(found, programme())
