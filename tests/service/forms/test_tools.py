"""Each form tool's body is read as the tool means it."""

import json
from datetime import UTC, datetime

import pytest

from service.faults import InputError
from service.forms import TOOLS, Kind, Received
from tests.service.forms.deliveries import PAYLOADS, answers, delivery, payload, tool_of

NAMES = sorted(path.name for path in PAYLOADS.iterdir())


def test_typeform_answers_stand_with_their_questions() -> None:
    """Also those inside a group, the one left open, what was written under "other", and a hidden field."""
    read = delivery("typeform.json")
    assert (read.id, read.form, read.names_all) == ("01JWEVENTLIES", "Leernetwerken", True)
    assert read.at == datetime(2026, 10, 5, 9, 30, tzinfo=UTC)
    assert answers(read.questions) == {
        "f1": ("Lies",),
        "f2": ("Maes",),
        "f3": ("Lies.Maes@example.org",),
        "f4": ("Zorg", "Welzijn"),
        "g1": (),
        "f5": ("12",),
        "f6": (),
        "f7": ("true",),
        "hidden.campaign": ("herfst",),
    }
    assert [question.kind for question in read.questions if question.key in {"f3", "f7"}] == [Kind.EMAIL, Kind.CONSENT]


def test_typeform_without_its_definition_keeps_the_answers() -> None:
    sent = json.loads(payload("typeform.json").body)
    del sent["form_response"]["definition"]
    read = TOOLS["typeform"].read(Received({}, json.dumps(sent).encode()))
    assert answers(read.questions)["f1"] == ("Lies",)
    assert not read.names_all


def test_tally_options_are_told_in_words() -> None:
    """An id that no option explains is kept apart, so that it never passes for an answer."""
    read = delivery("tally.json")
    assert read.id == "7c1e0f5e-0000-4000-8000-000000000001"
    assert answers(read.questions) == {
        "question_a": ("Chloé Dubois",),
        "question_b": ("chloe@example.org",),
        "question_c": ("Soins", "Enseignement"),
        "question_c_opt-1": ("true",),
        "question_d": (),
        "question_e.row-1": ("après-midi",),
        "question_e.row-2": (),
        "question_f": ("https://files.example.org/cv.pdf",),
        "question_g": (),
    }
    assert [q.unexplained for q in read.questions if q.key == "question_d"] == [("opt-9",)]
    assert [q.label for q in read.questions if q.key == "question_e.row-1"] == ["Vos disponibilités lundi"]


def test_jotform_is_read_from_its_raw_request() -> None:
    """`pretty` would make three sectors of two."""
    read = delivery("jotform.multipart")
    assert answers(read.questions) == {
        "q1_fullName.prefix": (),
        "q1_fullName.first": ("Bram",),
        "q1_fullName.last": ("Peeters",),
        "q2_email": ("bram@example.org",),
        "q3_sector": ("Zorg, welzijn", "Onderwijs"),
        "q4_address.addr_line1": ("Kerkstraat 1",),
        "q4_address.city": ("Gent",),
        "q4_address.postal": ("9000",),
        "q5_startDate": ("2027-01-12",),
        "q6_phone.full": ("(09) 123",),
    }


def test_jotform_edited_submission_is_a_new_delivery() -> None:
    """Sent twice it is one, though it has the same number when it was changed."""
    sent = payload("jotform.multipart")
    edited = Received({}, sent.body.replace(b"Kerkstraat 1", b"Kerkstraat 2"))
    read = TOOLS["jotform"].read
    assert read(sent).id == read(sent).id
    assert read(sent).id != read(edited).id


def test_formbricks_sends_a_list_of_one() -> None:
    read = delivery("formbricks.json")
    assert read.id == "resp1:responseFinished:2026-10-05T09:03:00.000Z"
    assert answers(read.questions) == {
        "vorname": ("Jonas",),
        "nachname": ("Weber",),
        "e_mail": ("jonas@example.org",),
        "sprache": ("Deutsch", "Französisch"),
        "einwilligung": ("accepted",),
        "contactAttributes.userId": ("u7",),
    }


def test_formbricks_message_id_comes_first() -> None:
    sent = payload("formbricks.json")
    assert TOOLS["formbricks"].read(Received({"Webhook-Id": "msg_1"}, sent.body)).id == "msg_1"


def test_formbricks_list_of_two_is_not_half_read() -> None:
    events = json.loads(payload("formbricks.json").body)
    with pytest.raises(InputError):
        TOOLS["formbricks"].read(Received({}, json.dumps(events * 2).encode()))


def test_limesurvey_secret_is_not_among_the_answers() -> None:
    read = delivery("limesurvey.json")
    assert read.id == "4711:12:2026-10-05 11:30:00"
    assert answers(read.questions) == {
        "participant.firstname": ("Omar",),
        "participant.lastname": ("El Amrani",),
        "participant.email": ("omar@example.org",),
        "functie": ("A2",),
        "regio": ("Gent",),
        "pretty.Wat is uw functie?": ("Directeur",),
    }
    assert "lime-secret" not in repr(read)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "google_forms.json",
            {
                "respondent_email": ("an@example.org",),
                "101": ("An Smet",),
                "102": ("Zorg", "Onderwijs"),
                "103": (),
            },
        ),
        ("google_forms_event.json", {"respondent_email": ("an@example.org",), "201": ("An Smet",), "202": ()}),
        (
            "google_forms_sheet.json",
            {"Tijdstempel": ("5-10-2026 11:30:00",), "Voornaam": ("An",), "Achternaam": ("Smet",)},
        ),
    ],
)
def test_google_forms_in_three_shapes(name: str, expected: dict[str, tuple[str, ...]]) -> None:
    assert answers(delivery(name).questions) == expected


def test_google_forms_edited_response_is_a_new_delivery() -> None:
    """Google keeps its id."""
    sent = payload("google_forms.json")
    edited = Received({}, sent.body.replace(b"09:30:00", b"10:45:00"))
    assert TOOLS["google_forms"].read(sent).id == "2_ABaOnuOwn:2026-10-05T09:30:00.000Z"
    assert TOOLS["google_forms"].read(edited).id == "2_ABaOnuOwn:2026-10-05T10:45:00.000Z"


def test_gravity_forms_boxes_of_one_question_are_together() -> None:
    read = delivery("gravity_forms.json")
    assert read.id == "88:3:2026-10-05 09:30:00"
    assert answers(read.questions) == {
        "1.3": ("Pieter",),
        "1.6": ("Claes",),
        "2": ("pieter@example.org",),
        "4": ("Zorg", "Industrie"),
        "5.1": ("maandag",),
        "5.2": (),
        "5.3": ("vrijdag",),
        "1": ("Pieter", "Claes"),
        "5": ("maandag", "vrijdag"),
    }


@pytest.mark.parametrize("name", ["plain.json", "plain.txt", "plain.multipart"])
def test_plain_forms_of_any_encoding(name: str) -> None:
    read = answers(delivery(name).questions)
    assert read["naam"][0].startswith("Fatma")
    assert read["sector"] == ("Zorg", "Onderwijs")


def test_plain_keys_inside_keys() -> None:
    read = answers(delivery("plain.json").questions)
    assert (read["jaren"], read["adres.postcode"]) == (("7",), ("B-9000",))


def test_windows_1252_from_an_old_form_is_read() -> None:
    assert answers(TOOLS["plain"].read(Received({}, b"naam=Ren\xe9e")).questions) == {"naam": ("Renée",)}


def test_uploaded_file_is_told_by_its_name() -> None:
    body = b'--b\r\nContent-Disposition: form-data; name="cv"; filename="cv.pdf"\r\n\r\n\x00\xff\r\n--b--\r\n'
    assert answers(TOOLS["plain"].read(Received({}, body)).questions) == {"cv": ("cv.pdf",)}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe\x00",
        b"hello",
        b"null",
        b"[]",
        b"{}",
        b"[[]]",
        b'{"a":1,"a":2}',
        b'{"a":NaN}',
        b"[" * 100_000,
        b'{"data":' * 500 + b"1" + b"}" * 500,
        b"--b\r\n\r\n",
        b"--",
    ],
    ids=range(13),
)
def test_body_that_no_tool_sends_is_told_as_a_fault(name: str, body: bytes) -> None:
    with pytest.raises(InputError):
        tool_of(name).read(Received({}, body))


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith(("plain", "gravity"))])
def test_body_of_another_tool_is_told_as_a_fault(name: str) -> None:
    with pytest.raises(InputError):
        tool_of(name).read(Received({}, b'{"naam": "An"}'))
