"""Every way a row can be bad is reported at once; consent refused is not one of them."""

import json

import pytest

from service.intake import Objects
from tests.service.intake.reading import csv, faults, read


def test_every_bad_row_is_reported_at_once() -> None:
    """One of each of detail 8, in the order of the file, with what was found and what was probably meant."""
    text = (
        "id,naam,E-mail,ervaring,bijeenkomsten,regio,netwerkwens,niet met,samen met\n"
        "c1,An,a@b.be,3,10,BE21,Gent,,\n"
        ",Bo,,,,,,,\n"
        "c1,Cy,,,,,,,\n"
        "c4,Di,,veel,,,,,\n"
        "c5,Ed,,,tien,,,,\n"
        "c6,Fa,,,,,,c99,\n"
        "c7,Gi,,,,,,,Niemand\n"
        "c8,Ha,,,,,,,,zoveel,te veel\n"
        "c9,Io,no-address,,,,,,\n"
        "c10,Jo,,,,,Gnet,,\n"
        "c11,Ka,,,,BE212,,,\n"
    )
    found = faults(csv(text), vocabularies={"region": ["BE21", "BE22"]}, networks=["Gent", "Leuven"])
    assert [(fault.row, fault.column, fault.code, fault.found, fault.nearest) for fault in found] == [
        (3, "id", "id_missing", None, None),
        (4, "id", "id_repeated", "c1", None),
        (5, "ervaring", "not_a_number", "veel", None),
        (6, "bijeenkomsten", "not_a_number", "tien", None),
        (7, "niet met", "nobody", "c99", "c9"),
        (8, "samen met", "nobody", "Niemand", None),
        (9, "J", "extra_cell", "zoveel", None),
        (10, "E-mail", "no_at", "no-address", None),
        (11, "netwerkwens", "unknown_network", "Gnet", "Gent"),
        (12, "regio", "not_in_vocabulary", "BE212", "BE21"),
    ]
    assert {fault.file for fault in found} == {"candidates.csv"}


def test_bad_rows_can_be_skipped_and_are_then_set_aside_with_their_reason() -> None:
    listed = read(csv("id,jaren\nc1,3\nc2,n/a\nc3,3,5\n"), skip=True)
    assert [one.id for one in listed.candidates] == ["c1"]
    assert [(row.file, row.row, row.why_code) for row in listed.set_aside] == [
        ("candidates.csv", 3, "bad_row"),
        ("candidates.csv", 4, "bad_row"),
    ]
    assert listed.set_aside[0].why("en") == "not readable. Expected: jaren: one number, such as 12, 3.5 or 3,5"


@pytest.mark.parametrize("no", ["nee", "Neen", "NON", "nein", " no ", "false", "onwaar", "faux", "falsch", "0"])
def test_refused_consent_sets_aside_and_is_no_bad_row(no: str) -> None:
    """Whatever else is wrong with that row, it is reported by its number only."""
    listed = read(csv(f"id,jaren,toestemming\nc1,n/a,{no}\nc2,3,\nc3,4,ja\n"))
    assert [one.id for one in listed.candidates] == ["c2", "c3"]
    assert [(row.row, row.why("nl")) for row in listed.set_aside] == [(2, "toestemming geweigerd")]


def test_refused_consent_in_json_may_be_a_boolean() -> None:
    people = [{"id": "c1", "consent": False}, {"id": "c2", "consent": True}]
    assert [row.row for row in read(("c.json", json.dumps(people).encode())).set_aside] == [2]


def test_ids_are_made_of_the_address_else_the_name() -> None:
    text = "Voornaam;Naam;E-mail\nAn;Smet;An.Smet@Voorbeeld.BE\nZoë;D'Hondt;\nJürgen;Groß;\n"
    listed = read(csv(text))
    assert [one.id for one in listed.candidates] == ["an.smet@voorbeeld.be", "zoe-d-hondt", "jurgen-gross"]
    assert listed.ids_from == "email"
    assert [(note.code, note.params["n"]) for note in listed.notes] == [("ids_from_email", 1), ("ids_from_name", 2)]


def test_second_person_of_one_made_id_is_a_bad_row() -> None:
    found = faults(csv("naam\nAn Smet\nAN  SMET\n"))
    assert [(fault.code, fault.row, fault.column, fault.params) for fault in found] == [
        ("made_id_repeated", 3, "naam", {"file": "candidates.csv", "row": 2})
    ]


def test_row_without_anything_to_make_an_id_of() -> None:
    assert [(fault.code, fault.row) for fault in faults(csv("naam,rol\nAn,x\n,y\n"))] == [("no_way_to_id", 3)]


def test_id_used_in_two_files_names_the_later_row() -> None:
    found = faults(csv("id\nc1\n", "one.csv"), csv("id\nc2\nc1\n", "two.csv"))
    assert [(fault.file, fault.row, fault.params) for fault in found] == [("two.csv", 3, {"file": "one.csv", "row": 2})]


def test_ids_compare_exactly_and_are_trimmed_only() -> None:
    assert [one.id for one in read(csv('id\n c1 \nC1\n"c  1"\n')).candidates] == ["c1", "C1", "c  1"]


def test_people_are_named_by_id_else_address_else_name() -> None:
    text = (
        "id,voornaam,naam,mail,apart_from,together_with\n"
        "c1,An,Smet,an@x.be,c2|BO@x.be,\nc2,Bo,Claes,bo@x.be,,cy  peeters\nc3,Cy,Peeters,cy@x.be,,\n"
    )
    one, two, _ = read(csv(text)).candidates
    assert (one.values("apart_from"), two.values("together_with")) == (("c2",), ("c3",))


def test_name_that_two_people_have_names_neither() -> None:
    found = faults(csv("id,naam,niet met\nc1,An Smet,\nc2,An Smet,\nc3,Bo,An Smet\n"))
    assert [(fault.code, fault.row, fault.params) for fault in found] == [("not_unique", 4, {"rows": ("2", "3")})]


def test_naming_somebody_who_takes_no_part_is_left_out_with_a_note() -> None:
    """No fault of the one who names, and nothing of the one who refused."""
    listed = read(csv("id,niet met,consent\nc1,c2|c3,\nc2,,nee\nc3,c3,\n"))
    assert [one.values("apart_from") for one in listed.candidates] == [("c3",), ()]
    assert [(note.code, note.row) for note in listed.notes] == [("reference_left_out", 2), ("reference_to_self", 4)]


def test_naming_a_bad_row_that_was_skipped_is_left_out_with_a_note() -> None:
    listed = read(csv("id,niet met,jaren\nc1,c2,\nc2,,x\n"), skip=True)
    assert ([one.cells for one in listed.candidates], [note.code for note in listed.notes]) == (
        [{"id": ("c1",)}],
        ["reference_left_out"],
    )


def test_values_are_tidied_and_repeated_ones_count_once() -> None:
    one = read(csv("id,vragen,notes\nc1,  Coachen | COACHEN||feed   back| ,a | b\n")).candidates[0]
    assert (one.values("asks"), one.values("notes")) == (("Coachen", "feed back"), ("a | b",))


def test_decomposed_letters_are_composed() -> None:
    assert read(csv("id,naam\nc1,Zoe\u0308\n")).candidates[0].value("name") == "Zoë"


def test_vocabulary_is_told_in_any_spelling_of_the_column_and_without_regard_to_case() -> None:
    assert len(read(csv("id,Regio\nc1,be21|BE22\nc2,\n"), vocabularies={"région": ["BE21", "BE22"]}).candidates) == 2


def test_wish_is_free_where_networks_are_not_fixed() -> None:
    assert read(csv("id,wens\nc1,Elders\n")).candidates[0].value("network_wish") == "Elders"


def test_control_characters_are_a_fault() -> None:
    assert [(fault.code, fault.found) for fault in faults(csv("id,naam\nc1,An\x1b[2J\n"))] == [
        ("control_character", "An\\x1b[2J")
    ]


def test_header_without_rows() -> None:
    assert [fault.code for fault in faults(csv("id,naam\n"))] == ["no_candidates"]


def test_faults_of_all_files_are_told_together() -> None:
    found = faults(csv("id,id\nx,y\n", "1.csv"), ("2.xlsx", b"PK\x03\x04"), csv("id,jaren\nc1,?\n", "3.csv"))
    assert [(fault.file, fault.code) for fault in found] == [
        ("1.csv", "duplicate_header"),
        ("2.xlsx", "broken_file"),
        ("3.csv", "not_a_number"),
    ]


def test_candidates_that_are_in_memory_already() -> None:
    """What an HTTP request brings: the same faults, without a file to write."""
    assert [one.id for one in read(Objects("request", [{"id": "c1"}, {"id": "c2"}])).candidates] == ["c1", "c2"]
    assert [(fault.file, fault.code, fault.row) for fault in faults(Objects("request", [{"id": "c1"}, 3]))] == [
        ("request", "json_shape", 3)
    ]
