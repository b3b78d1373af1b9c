"""What comes after a proposal: trios, what if, repairs, and what goes out."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from service.intake.tables import Objects
from service.store import Store
from service.store.candidates import add_candidates
from service.store.names import now
from service.store.programmes import make_programme
from service.store.proposals import StoredProposal, list_proposals
from service.store.runs import ask_for_run, runs_beside
from service.store.tables import shares
from tests.api.conftest import people, programme
from tests.api.pages.conftest import Reader, solve

DATES = ["2027-01-12T13:30", "2027-02-09T13:30", "2027-03-09T13:30", "2027-04-13T13:30"]


def folk(count: int = 18) -> list[dict[str, Any]]:
    """People with what the others may know of them, and what they may not."""
    tongues = ("nl", "Français", "deutsch", "x")
    return [
        {
            **each,
            "first_name": f"Ann{n}",
            "last_name": "Peeters",
            "email": f"ann{n}@example.org",
            "language": tongues[n % 4],
            "apart_from": "c1" if n == 0 else "",
            "notes": "difficult" if n == 2 else "",
        }
        for n, each in enumerate(people(count))
    ]


@pytest.fixture
def proposed(store: Store, space: str, reader: Reader) -> StoredProposal:
    """Two networks of nine, with four dated meetings; e-mail and notes are kept by known column."""
    there = make_programme(
        store, space, programme(language="en", meetings={"count": 4, "dates": DATES, "timezone": "Europe/Brussels"})
    )
    add_candidates(store, space, there.id, Objects("people", folk()))
    ask_for_run(store, space, there.id, {"effort": 1, "workers": 1})
    solve(store)
    return list_proposals(store, space, there.id).items[0]


def members(there: StoredProposal) -> list[str]:
    """Whoever is in the first network."""
    found: list[str] = there.content["networks"][0]["members"]
    return found


def test_each_network_shows_its_meetings_and_who_meets_whom(reader: Reader, proposed: StoredProposal) -> None:
    name = proposed.content["networks"][1]["name"]
    page = reader.open(f"/proposals/{proposed.id}/trios?network={name}")
    assert page.status_code == 200
    assert "Tuesday 12 January 2027, 13:30" in reader.text
    assert page.text.count('class="meeting"') == 4
    assert page.text.count('class="self"') == 9, "a matrix of nine by nine"


def test_a_network_that_is_not_there_is_nowhere(reader: Reader, proposed: StoredProposal) -> None:
    assert reader.open(f"/proposals/{proposed.id}/trios?network=Nowhere").status_code == 404


def test_cards_are_printed_one_sheet_a_meeting(reader: Reader, proposed: StoredProposal) -> None:
    page = reader.open(f"/proposals/{proposed.id}/cards")
    assert page.text.count('class="sheet"') == 4
    assert page.text.count('class="trio-no"') == 12, "three trios of nine people at four meetings"


def test_whoever_misses_a_meeting_is_planned_around(
    reader: Reader, store: Store, space: str, proposed: StoredProposal
) -> None:
    """From the third meeting on; the first two stay to the letter, and nobody changes networks."""
    who = members(proposed)[0]
    reader.open(f"/proposals/{proposed.id}/trios")
    page = reader.send("/attendance", absent=f"3:{who}", from_meeting="3")
    assert page.request.path.startswith("/runs/")
    solve(store)
    again = list_proposals(store, space, proposed.programme).items[-1].content
    assert members(proposed) == again["networks"][0]["members"]
    before, after = (each["rotations"][0]["meetings"] for each in (proposed.content, again))
    assert before[:2] == after[:2]
    assert after[2]["absent"] == [who]


def test_a_what_if_is_laid_beside_the_proposal_and_accepted(
    reader: Reader, store: Store, space: str, proposed: StoredProposal
) -> None:
    reader.open(f"/proposals/{proposed.id}/compare")
    page = reader.send("/what-if", **{"networks.max_size": "12", "weight:spread sector": "9"})
    assert page.request.path.startswith("/runs/")
    solve(store)
    found = runs_beside(store, space, proposed.id)[0]
    assert found.asked["changes"] == {"weight": {"spread sector": 9}, "set": {"networks.max_size": 12}}
    reader.open(f"/scenarios/{found.id}")
    assert "Members at most: 12" in reader.text
    assert "Everybody stays where they are." in reader.text
    reader.send("/accept")
    assert list_proposals(store, space, proposed.programme).items[-1].accepted_at is not None


def test_a_row_of_numbers_is_a_row_of_scenarios_with_a_picture(
    reader: Reader, store: Store, space: str, proposed: StoredProposal
) -> None:
    reader.open(f"/proposals/{proposed.id}/compare")
    reader.send("/what-if", **{"networks.max_size": "9-11"})
    assert "3 comparisons stand in line." in reader.text
    solve(store)
    page = reader.open(f"/proposals/{proposed.id}/compare")
    assert "Points over Members at most" in reader.text
    assert page.text.split('class="sweep"')[1].count("<circle cx=") == 3


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"networks.count": "two"}, "A number, a range such as 2-6"),
        ({"networks.count": "1-100"}, "A number, a range such as 2-6"),
        ({"networks.count": "2-3", "networks.max_size": "9-11"}, "one number at a time"),
        ({"weight:spread sector": "heavy"}, "A number from 1 to 1000"),
    ],
)
def test_what_cannot_be_asked_is_said_beside_its_field_and_stays(
    reader: Reader, store: Store, space: str, proposed: StoredProposal, typed: dict[str, str], said: str
) -> None:
    reader.open(f"/proposals/{proposed.id}/compare")
    page = reader.send("/what-if", **typed)
    assert page.status_code == 422
    assert said in reader.text
    assert all(f'value="{value}"' in page.text for value in typed.values())
    assert not runs_beside(store, space, proposed.id)


def test_what_is_wrong_is_told_by_the_name_of_its_field(reader: Reader, proposed: StoredProposal) -> None:
    """At the top, for whoever does not see which field is red; a wish by its sentence."""
    reader.open(f"/proposals/{proposed.id}/compare")
    reader.send("/what-if", **{"networks.count": "two", "weight:spread sector": "heavy"})
    assert "Networks: A number, a range such as 2-6" in reader.text
    assert "As many different sectors as possible in each network: A number from 1 to 1000" in reader.text


def test_a_contradiction_in_what_is_asked_leads_to_no_field(reader: Reader, proposed: StoredProposal) -> None:
    """Nobody is left: there is no one field that this is about."""
    reader.open(f"/proposals/{proposed.id}/compare")
    page = reader.send("/what-if", drop=[f"c{n}" for n in range(18)])
    assert page.status_code == 422
    assert "One thing is not right" in reader.text


def test_wishes_are_called_by_their_sentences(
    reader: Reader, store: Store, space: str, proposed: StoredProposal
) -> None:
    """Side by side and on the board, unless their organiser named them."""
    reader.open(f"/proposals/{proposed.id}/beside/{proposed.id}")
    assert "As many different sectors as possible in each network" in reader.text
    assert "spread sector" not in reader.text


def test_somebody_drops_out_and_a_newcomer_takes_part(
    reader: Reader, store: Store, space: str, proposed: StoredProposal
) -> None:
    """The newcomer came after the proposal, so the page offers to take them in."""
    gone = "c1"  # whom somebody else does not want to sit with
    newcomer = {**folk(1)[0], "id": "new", "apart_from": "", "organisation": "o99", "email": "new@example.org"}
    add_candidates(store, space, proposed.programme, Objects("people", [newcomer]))
    reader.open(f"/proposals/{proposed.id}/compare")
    reader.send("/repair", gone=gone, add="new", from_meeting="3")
    solve(store)
    found = runs_beside(store, space, proposed.id)[0]
    assert found.proposal is not None
    reader.open(f"/scenarios/{found.id}")
    assert "without one person; with one more person; from meeting 3" in reader.text
    again = list_proposals(store, space, proposed.programme).items[-1].content
    placed = [id_ for network in again["networks"] for id_ in network["members"]]
    assert "new" in placed
    assert gone not in placed


def test_everybody_gets_a_text_in_their_own_language(reader: Reader, proposed: StoredProposal) -> None:
    """Dutch, French and German as they wrote it; whoever wrote something else gets the programme's language."""
    reader.open(f"/proposals/{proposed.id}/out")
    assert "18 texts, each in that person's language." in reader.text
    table = reader.client.get(f"/proposals/{proposed.id}/letters.csv")
    rows = list(csv.DictReader(io.StringIO(table.get_data().decode("utf-8-sig"))))
    assert [row["language"] for row in rows[:4]] == ["nl", "fr", "de", "en"]
    assert rows[0]["email"] == "ann0@example.org"
    assert rows[0]["text"].startswith("Dag Ann0,")
    assert "1. Tuesday 12 January 2027, 13:30" in rows[3]["text"]
    assert not any("@" in row["text"] or "difficult" in row["text"] for row in rows)


def test_a_link_shows_what_members_may_see_to_whoever_has_it(
    app: Flask, reader: Reader, store: Store, proposed: StoredProposal
) -> None:
    reader.open(f"/proposals/{proposed.id}/out")
    page = reader.send("/shares", days="7")
    address = page.text.split('id="link" readonly value="http://localhost')[1].split('"')[0]
    stranger = Reader(app.test_client())
    shown = stranger.open(address)
    assert shown.status_code == 200
    assert "Ann0 Peeters" in stranger.text
    assert "example.org" not in shown.text
    assert "difficult" not in shown.text
    assert (shown.headers["X-Robots-Tag"], shown.headers["Referrer-Policy"]) == ("noindex", "no-referrer")
    assert b"BEGIN:VCALENDAR" in stranger.client.get(f"{address}/meetings.ics").get_data()
    assert address.rsplit("/", 1)[1] not in reader.open(f"/proposals/{proposed.id}/out").text, "shown once"
    reader.send("/revoke")
    assert stranger.open(address).status_code == 404


def test_a_link_ends_by_itself(app: Flask, reader: Reader, store: Store, proposed: StoredProposal) -> None:
    reader.open(f"/proposals/{proposed.id}/out")
    page = reader.send("/shares", days="7")
    address = page.text.split('id="link" readonly value="http://localhost')[1].split('"')[0]
    with store.writing() as connection:
        left = connection.execute(shares.select()).one().expires_at - now()
        connection.execute(shares.update().values(expires_at=now() - timedelta(seconds=1)))
    assert timedelta(days=6, hours=23) < left <= timedelta(days=7)
    assert Reader(app.test_client()).open(address).status_code == 404


@pytest.mark.parametrize("file", ["report", "kring.xlsx", "networks.csv", "trios.csv", "meetings.ics"])
def test_files_open_with_the_session(reader: Reader, proposed: StoredProposal, file: str) -> None:
    page = reader.open(f"/proposals/{proposed.id}/out")
    address = f"/api/v1/proposals/{proposed.id}/{file}"
    assert f'href="{address}"' in page.text
    assert reader.client.get(address).status_code == 200
