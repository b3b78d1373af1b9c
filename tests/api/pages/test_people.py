"""People: a spreadsheet that is looked at and mended before it counts, and the list, one at a time."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask

from service.intake.tables import Objects
from service.store import Store
from service.store.candidates import add_candidates, every_candidate
from service.store.programmes import make_programme, programme
from tests.api.pages.conftest import Reader, words_of

CONTENT: dict[str, Any] = {
    "name": "HR 2027",
    "networks": {"count": 2, "min_size": 2, "max_size": 9},
    "vocabularies": {"region": ["Gent", "Brugge"]},
}

SHEET = (
    "Naam\tE-mail\tRegio\tGeslacht\tGSM\n"
    "An Aerts\tan@x.be\tGent\tv\t1\n"
    "Bo Bos\tbo.x.be\tGnet\tm\t2\n"
    "Cas Claes\tcas@x.be\tGnet\tv\t3\n"
    "Dee Daens\tdee@x.be\tBrugge\tm\t4\n"
)


@pytest.fixture
def made(store: Store, space: str) -> str:
    return make_programme(store, space, CONTENT).id


def address(made: str, rest: str = "") -> str:
    return f"/programmes/{made}/people{rest}"


def cells(store: Store, space: str, made: str) -> list[dict[str, Any]]:
    return [dict(each) for each in every_candidate(store, space, made)]


def test_an_empty_list_offers_the_ways_in(reader: Reader, made: str) -> None:
    reader.open(address(made))
    for way in ("From a spreadsheet", "From a form", "Add somebody"):
        assert way in reader.text


def test_a_pasted_table_is_shown_with_its_columns_and_everything_that_is_wrong(
    reader: Reader, store: Store, space: str, made: str
) -> None:
    """Three faults in two rows; nothing is kept yet."""
    reader.open(address(made, "/import"))
    page = reader.send("/people/import", text=SHEET)
    assert page.status_code == 200
    assert "3 things to mend" in reader.text
    assert "row 3, E-mail: “bo.x.be” – expected: an e-mail address, with an @" in reader.text
    assert '<a href="#cell-3-1">' in page.text
    assert 'id="cell-3-1" name="cell-3-1" value="bo.x.be" autocomplete="off" aria-invalid="true"' in page.text
    assert "2 times “Gnet” at Regio" in reader.text
    assert "few different values: handy for wishes" in reader.text
    assert cells(store, space, made) == []


def test_a_list_is_mended_in_place_and_taken_in(reader: Reader, store: Store, space: str, made: str) -> None:
    reader.open(address(made, "/import"))
    reader.send("/people/import", text=SHEET)
    reader.send("/import/review", "do=look", **{"cell-3-1": "bo@x.be", "by-0": "Gent"})
    assert "Everything is right: 4 people can come in." in reader.text
    page = reader.send("/import/review", "do=take")
    assert page.request.path == address(made)
    assert "4 people have come in." in reader.text
    assert cells(store, space, made)[1] == {
        "id": "bo@x.be",
        "name": "Bo Bos",
        "email": "bo@x.be",
        "region": "Gent",
        "Geslacht": "m",
    }
    assert programme(store, space, made).content["keep"] == ["Geslacht"]


def test_a_file_is_read_as_well_and_a_column_can_mean_something_else(
    reader: Reader, store: Store, space: str, made: str
) -> None:
    """The column GSM is kept after all; the one with gender is left out."""
    reader.open(address(made, "/import"))
    file = io.BytesIO(SHEET.replace("Gnet", "Gent").replace("bo.x", "bo@x").encode("utf-16"))
    reader.send("/people/import", file=(file, "lijst.csv"))
    assert "lijst.csv: 4 people, 5 columns." in reader.text
    reader.send("/import/review", "do=look", **{"meaning-3": "leave", "meaning-4": "own"})
    reader.send("/import/review", "do=take")
    assert cells(store, space, made)[0]["GSM"] == "1"
    assert "Geslacht" not in cells(store, space, made)[0]


def test_what_was_typed_stays_where_something_else_is_still_wrong(reader: Reader, made: str) -> None:
    reader.open(address(made, "/import"))
    reader.send("/people/import", text=SHEET)
    page = reader.send("/import/review", "do=take", **{"cell-3-1": "bo@x.be"})
    assert page.status_code == 422
    assert 'value="bo@x.be"' in page.text
    assert "2 things to mend" in reader.text


def test_only_those_who_are_right_are_taken_in(reader: Reader, store: Store, space: str, made: str) -> None:
    reader.open(address(made, "/import"))
    reader.send("/people/import", text=SHEET)
    assert "Take in only the 2 that are right" in reader.text
    reader.send("/import/review", "do=good")
    assert [each["name"] for each in cells(store, space, made)] == ["An Aerts", "Dee Daens"]


def test_who_is_on_the_list_already_is_left_out_at_once(reader: Reader, store: Store, space: str, made: str) -> None:
    add_candidates(store, space, made, Objects("x", [{"email": "an@x.be", "name": "An Aerts"}]))
    reader.open(address(made, "/import"))
    reader.send("/people/import", text="E-mail\nan@x.be\nnew@x.be\n")
    reader.send("/import/review", "do=new")
    assert "Everything is right: one person can come in." in reader.text
    reader.send("/import/review", "do=take")
    assert [each["email"] for each in cells(store, space, made)] == ["an@x.be", "new@x.be"]


def test_a_list_that_comes_again_changes_those_who_are_there(
    reader: Reader, store: Store, space: str, made: str
) -> None:
    """What changes is shown before it does; what the list leaves empty, or has no column for, stays as it was typed."""
    typed = [
        {"email": "an@x.be", "name": "An Aerts", "sector": "care", "role": "lead"},
        {"email": "bo@x.be", "name": "Bo Bos", "sector": "care", "notes": "typed by hand"},
        {"email": "cas@x.be", "name": "Cas Claes", "sector": "care"},
    ]
    add_candidates(store, space, made, Objects("x", typed))
    reader.open(address(made, "/import"))
    again = "E-mail\tNaam\tSector\nan@x.be\tAn Aerts\tindustry\nbo@x.be\tBo Bos-Claes\t\n"
    reader.send("/people/import", text=again + "cas@x.be\tCas Claes\tcare\nnew@x.be\tNel Nys\tculture\n")
    assert "3 people are on the list already" in reader.text
    assert "New: 1. As on the list: 1. 2 people change" in reader.text
    for words in ("an@x.be sector care industry", "bo@x.be name Bo Bos Bo Bos-Claes"):
        assert words.casefold() in " ".join(reader.text.split()).casefold()
    assert len(cells(store, space, made)) == 3, "nothing is done before somebody says so"
    reader.send("/import/review", "do=renew")
    assert "3 people have come in or have changed." in reader.text
    assert cells(store, space, made) == [
        {"id": "an@x.be", "email": "an@x.be", "name": "An Aerts", "sector": "industry", "role": "lead"},
        {"id": "bo@x.be", "email": "bo@x.be", "name": "Bo Bos-Claes", "sector": "care", "notes": "typed by hand"},
        {"id": "cas@x.be", "email": "cas@x.be", "name": "Cas Claes", "sector": "care"},
        {"id": "new@x.be", "email": "new@x.be", "name": "Nel Nys", "sector": "culture"},
    ]


def test_a_list_that_comes_again_with_a_mistake_changes_nothing(
    reader: Reader, store: Store, space: str, made: str
) -> None:
    """And the mistake is shown."""
    add_candidates(store, space, made, Objects("x", [{"email": "an@x.be", "name": "An Aerts"}]))
    before = cells(store, space, made)
    reader.open(address(made, "/import"))
    reader.send("/people/import", text="E-mail\tNaam\nan@x.be\tAn Other\nnowhere\tNo One\n")
    assert "nowhere" in reader.text
    assert reader.page is not None
    assert 'value="renew"' not in reader.page.text
    assert cells(store, space, made) == before


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [("list.xlsx", b"%PDF-1.7", "holds something else"), ("list.csv", b"", "file is empty")],
)
def test_a_file_that_cannot_be_read_says_why(reader: Reader, made: str, name: str, data: bytes, said: str) -> None:
    reader.open(address(made, "/import"))
    page = reader.send("/people/import", file=(io.BytesIO(data), name))
    assert page.status_code == 422
    assert said in reader.text


def test_nothing_chosen_and_nothing_pasted_says_so(reader: Reader, made: str) -> None:
    reader.open(address(made, "/import"))
    assert reader.send("/people/import").status_code == 422
    assert "choose a file, or paste a table" in reader.text


def test_a_draft_that_was_cut_short_is_told(reader: Reader, made: str) -> None:
    reader.open(address(made, "/import"))
    reader.send("/people/import", text=SHEET)
    page = reader.send("/import/review", "do=take", draft="abc")
    assert page.status_code == 422
    assert "cut short" in reader.text


def test_two_thousand_people_with_thirty_columns_come_in(reader: Reader, store: Store, space: str, made: str) -> None:
    """Larger than forms usually may be: pasted as text, then carried along compressed."""
    header = "\t".join(["E-mail", *(f"vraag {n}" for n in range(29))])
    lines = ["\t".join([f"p{row}@x.be", *(f"antwoord {row * n % 97} {n}" for n in range(29))]) for row in range(2000)]
    reader.open(address(made, "/import"))
    reader.send("/people/import", text="\n".join([header, *lines]))
    assert "2000 people, 30 columns" in reader.text
    reader.send("/import/review", "do=take")
    assert len(cells(store, space, made)) == 2000


def test_somebody_is_added_changed_and_taken_off_the_list(reader: Reader, store: Store, space: str, made: str) -> None:
    reader.open(address(made, "/new"))
    page = reader.send("/people", first_name="An", email="an.x.be", region="Gent")
    assert page.status_code == 422
    assert '<a href="#email">' in page.text
    assert 'value="an.x.be"' in page.text
    reader.send("/people", email="an@x.be")
    assert "The person is on the list." in reader.text
    assert cells(store, space, made) == [{"id": "an@x.be", "first_name": "An", "email": "an@x.be", "region": "Gent"}]
    link = next(part for part in reader.page.text.split('"') if "/people/cnd_" in part)  # type: ignore[union-attr]
    reader.open(link)
    page = reader.send(link, region="Gnet")
    assert page.status_code == 422
    assert "did you mean “Gent”?" in reader.text
    reader.send(link, region="Brugge", first_name="")
    assert cells(store, space, made) == [{"id": "an@x.be", "email": "an@x.be", "region": "Brugge"}]
    reader.open(link)
    reader.send("/remove")
    assert "off the list" in reader.text
    assert cells(store, space, made) == []


def test_somebody_is_found_by_any_cell(reader: Reader, store: Store, space: str, made: str) -> None:
    people = [{"id": f"c{n}", "name": f"Name {n}", "organisation": "Acme" if n == 7 else "Other"} for n in range(150)]
    add_candidates(store, space, made, Objects("x", people))
    reader.open(address(made))
    assert "150 people" in reader.text
    assert "Name 149" not in reader.text
    reader.open(address(made, "?find=acme"))
    assert "1 of 150 people" in reader.text
    assert "Name 7" in reader.text


def test_what_somebody_wrote_is_never_markup(reader: Reader, store: Store, space: str, made: str) -> None:
    add_candidates(store, space, made, Objects("x", [{"id": "c1", "name": "<script>alert(1)</script>"}]))
    assert "<script>alert" not in reader.open(address(made)).text
    reader.open(address(made, "/import"))
    page = reader.send("/people/import", text='Naam\t"><b>x\n"<i>"\t<u>\n')
    assert "<u>" not in page.text
    assert "<i>" not in page.text


@pytest.mark.parametrize("language", ["nl", "fr", "en", "de"])
def test_the_pages_speak_four_languages(app: Flask, store: Store, space: str, made: str, language: str) -> None:
    reader = Reader(app.test_client(), language)
    reader.sign_in()
    add_candidates(store, space, made, Objects("x", [{"id": "c1", "first_name": "An", "region": "Gent"}]))
    for rest in ("", "/new", "/c1", "/import", "/forms"):
        page = reader.open(address(made, rest))
        assert page.status_code == 200
        assert "page.people" not in words_of(page.text)
    reader.open(address(made, "/import"))
    assert reader.send("/people/import", text=SHEET).status_code == 200


def test_everything_that_is_kept_of_a_person_can_be_taken_along(
    reader: Reader, store: Store, space: str, made: str
) -> None:
    """By the organiser's own session, without a key."""
    add_candidates(store, space, made, Objects("x", [{"id": "c1", "first_name": "An"}]))
    page = reader.open(address(made, "/c1"))
    link = next(part for part in page.text.split('"') if part.endswith("/export"))
    assert reader.client.get(link).get_json()["candidate"]["first_name"] == "An"
