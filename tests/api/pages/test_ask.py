"""What an organiser asks for: wishes in plain words, beside what the people allow."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import pytest
from flask import Flask

from service.intake.tables import Objects
from service.programme_file import as_toml
from service.store import Store
from service.store.candidates import add_candidates
from service.store.earlier import earlier_proposals
from service.store.programmes import make_programme, programme
from service.store.runs import ask_for_run
from tests.api.pages.conftest import Reader, solve, words_of

CONTENT: dict[str, Any] = {
    "name": "HR 2027",
    "language": "en",
    "networks": {"count": 2, "min_size": 4, "max_size": 9, "waitlist": "allowed", "kind": "peer"},
    "meetings": {"count": 6, "group_size": 3},
    "keep": ["gender"],
}


def people(count: int = 18) -> list[dict[str, Any]]:
    return [
        {
            "id": f"c{n}",
            "sector": ("care", "industry", "culture")[n % 3],
            "organisation": f"o{n // 2}",
            "gender": "woman" if n < 7 else "man",
            "available": ("tue-pm", "thu-am")[n % 2],
        }
        for n in range(count)
    ]


@pytest.fixture
def made(store: Store, space: str) -> str:
    there = make_programme(store, space, CONTENT)
    add_candidates(store, space, there.id, Objects("candidates", people()))
    return there.id


def content(store: Store, space: str, made: str) -> Any:
    return programme(store, space, made).content


def address(made: str, rest: str = "") -> str:
    return f"/programmes/{made}/ask{rest}"


def test_a_programme_without_people_has_nothing_to_count(reader: Reader, store: Store, space: str) -> None:
    empty = make_programme(store, space, CONTENT)
    assert reader.open(address(empty.id)).status_code == 200
    assert "There is nobody on the list yet" in reader.text


def test_a_wish_is_added_and_stands_there_as_a_sentence_with_what_the_people_allow(
    reader: Reader, store: Store, space: str, made: str
) -> None:
    """Six women in each of two networks take twelve; there are seven."""
    reader.open(address(made, "/wishes/new"))
    assert "At least or at most so many" in reader.text
    reader.open(address(made, "/wishes/new?rule=limit"))
    reader.send("/ask/wishes", attribute="gender", value="woman", min="6", strength="must")
    assert "At least six people with “woman” in each network" in reader.text
    assert "Impossible 7 people have “woman”. 2 networks need at least 12 together: 5 too few." in reader.text
    assert content(store, space, made)["rules"] == [
        {"rule": "limit", "attribute": "gender", "value": "woman", "min": 6, "strength": "must"}
    ]


def test_a_wish_that_is_not_right_comes_back_as_typed_with_what_is_wrong_beside_its_field(
    reader: Reader, store: Store, space: str, made: str
) -> None:
    reader.open(address(made, "/wishes/new?rule=limit"))
    page = reader.send("/ask/wishes", attribute="gender", value="woman", min="many", max="40%", strength="5")
    assert page.status_code == 422
    assert '<a href="#min">' in page.text
    assert "At least: Expected: a whole number of people, or a share" in reader.text
    assert 'value="many"' in page.text
    assert 'value="40%"' in page.text
    assert 'aria-invalid="true"' in page.text
    assert "rules" not in content(store, space, made)


def test_a_wish_without_its_column_says_so_at_the_column(reader: Reader, made: str) -> None:
    reader.open(address(made, "/wishes/new?rule=spread"))
    page = reader.send("/ask/wishes", attribute="", strength="1")
    assert page.status_code == 422
    assert '<a href="#attribute">' in page.text


def test_a_wish_is_changed_made_stronger_and_taken_away(reader: Reader, store: Store, space: str, made: str) -> None:
    reader.open(address(made, "/wishes/new?rule=spread"))
    reader.send("/ask/wishes", attribute="sector", strength="5")
    assert "As many different sectors as possible in each network" in reader.text
    reader.send("/wishes/1/strength", strength="must")
    assert content(store, space, made)["rules"] == [{"rule": "spread", "attribute": "sector", "strength": "must"}]
    reader.open(address(made, "/wishes/1"))
    reader.send("/wishes/1", min_values="3", within="trio", name="all sectors")
    assert "At least three different sectors in each small group" in reader.text
    assert content(store, space, made)["rules"] == [
        {
            "rule": "spread",
            "attribute": "sector",
            "min_values": 3,
            "name": "all sectors",
            "within": "trio",
            "strength": "must",
        }
    ]
    reader.send("/wishes/1/remove")
    assert "The wish is gone." in reader.text
    assert content(store, space, made)["rules"] == []


def test_somebody_elses_change_is_not_written_over(reader: Reader, store: Store, space: str, made: str) -> None:
    reader.open(address(made, "/wishes/new?rule=facilitated"))
    assert reader.send("/ask/wishes", version="99", strength="1").status_code == 412
    assert "rules" not in content(store, space, made)


def test_the_usual_wishes_are_written_for_the_columns_there_are(
    reader: Reader, store: Store, space: str, made: str
) -> None:
    """Nobody has asks or offers, so nothing is written about them, and the page says which columns would be used."""
    reader.open(address(made))
    assert "No two people from the same organisation in each network" in reader.text
    assert "wants to learn" in reader.text
    reader.send("/ask/preset", kind="peer")
    rules = [rule["rule"] for rule in content(store, space, made)["rules"]]
    assert rules == ["distinct", "spread", "case_turns", "available"]
    assert "4 wishes were written." in reader.text


def test_networks_and_meetings_are_changed_and_what_is_wrong_stands_at_its_field(
    reader: Reader, store: Store, space: str, made: str
) -> None:
    reader.open(address(made))
    dates = "tue-pm: 12/1/2027 13u30, 2027-02-09 13:30"
    reader.send("/ask", **{"networks.count": "3", "networks.max_size": "7", "meetings.dates": dates})
    there = content(store, space, made)
    assert (there["networks"]["count"], there["networks"]["max_size"]) == (3, 7)
    assert there["meetings"]["dates"] == {"tue-pm": ["2027-01-12T13:30", "2027-02-09T13:30"]}
    page = reader.send("/ask", **{"networks.min_size": "9", "meetings.count": "often"})
    assert page.status_code == 422
    assert '<a href="#meetings.count">' in page.text
    assert 'value="often"' in page.text
    page = reader.send("/ask", **{"meetings.count": "6"})
    assert '<a href="#networks.min_size">' in page.text
    assert content(store, space, made)["networks"]["min_size"] == 4


def test_a_number_of_networks_is_left_to_kring(reader: Reader, store: Store, space: str, made: str) -> None:
    reader.open(address(made))
    reader.send("/ask", **{"networks.count": "", "networks.min_count": "2", "networks.max_count": "4"})
    networks = content(store, space, made)["networks"]
    assert ("count" in networks, networks["min_count"], networks["max_count"]) == (False, 2, 4)


def test_a_given_network_and_its_facilitator(reader: Reader, store: Store, space: str, made: str) -> None:
    """A new name is followed by the wishes that speak of the network."""
    reader.open(address(made, "/leaders/new"))
    reader.send("/ask/leaders", id="F1", languages="nl, fr", max_networks="2")
    reader.open(address(made, "/networks/new"))
    reader.send("/ask/networks", name="Gent", slot="tue-pm", facilitator="F1", accepts="sector: care, industry")
    assert content(store, space, made)["networks"]["fixed"] == [
        {"name": "Gent", "slot": "tue-pm", "facilitator": "F1", "accepts": {"sector": ["care", "industry"]}}
    ]
    reader.open(address(made, "/wishes/new?rule=spread"))
    reader.send("/ask/wishes", attribute="sector", networks="Gent", strength="1")
    reader.open(address(made, "/networks/1"))
    reader.send("/networks/1", name="Gent-Zuid")
    assert content(store, space, made)["rules"][0]["networks"] == ["Gent-Zuid"]
    reader.open(address(made, "/networks/1"))
    page = reader.send("/networks/1", facilitator="Nobody")
    assert page.status_code == 422
    assert '<a href="#facilitator">' in page.text


def test_the_programme_goes_out_as_a_file_and_comes_in_again(
    reader: Reader, store: Store, space: str, made: str
) -> None:
    text = reader.open(address(made, "/programme.toml")).text
    assert text.startswith('name = "HR 2027"')
    reader.open(address(made))
    changed = text.replace("count = 2", "count = 3")
    reader.send("/ask/file", file=(io.BytesIO(changed.encode()), "mine.toml"))
    assert content(store, space, made)["networks"]["count"] == 3
    assert as_toml(content(store, space, made)) == changed


def test_a_file_that_is_not_right_says_everything_that_is_wrong_and_changes_nothing(
    reader: Reader, store: Store, space: str, made: str
) -> None:
    reader.open(address(made))
    wrong = b'name = "X"\nnmae = 1\n[networks]\ncount = 0\n'
    page = reader.send("/ask/file", file=(io.BytesIO(wrong), "mine.toml"))
    assert page.status_code == 422
    assert "mine.toml, nmae" in reader.text
    assert "mine.toml, networks.count" in reader.text
    assert content(store, space, made) == CONTENT


@pytest.mark.parametrize("language", ["nl", "fr", "en", "de"])
def test_the_pages_speak_four_languages(app: Flask, store: Store, space: str, made: str, language: str) -> None:
    reader = Reader(app.test_client(), language)
    reader.sign_in()
    for rest in ("", "/wishes/new", "/networks/new", "/leaders/new"):
        assert reader.open(address(made, rest)).status_code == 200
    from solver.rules import RULES

    for rule in RULES:
        page = reader.open(address(made, f"/wishes/new?rule={rule}"))
        assert page.status_code == 200
        assert "page.ask" not in words_of(page.text)


def test_people_stay_where_an_earlier_proposal_had_them_and_count_who_met_there(
    reader: Reader, store: Store, space: str, made: str
) -> None:
    """What the wish needs of the proposal is kept with the programme, and whoever is erased is erased from it too."""
    ask_for_run(store, space, made, {"effort": 1, "workers": 1})
    solve(store)
    page = reader.open(address(made, "/wishes/new?rule=stay"))
    (earlier,) = re.findall(r'<option value="(\w+_\w+)">', page.text)
    reader.send("/ask/wishes", baseline=earlier, strength="3")
    assert "People stay in the network they were in" in reader.text
    baseline = content(store, space, made)["rules"][0]["baseline"]
    assert sum(len(network["members"]) for network in baseline["networks"]) == 18
    reader.open(address(made, "/wishes/1"))
    reader.send("/wishes/1", strength="5")
    assert content(store, space, made)["rules"] == [{"rule": "stay", "baseline": baseline, "weight": 5}]
    reader.open(address(made, "/wishes/new?rule=meet_new"))
    reader.send("/ask/wishes", **{"history": "c1, c2", "history.from": earlier, "strength": "1"})
    history = content(store, space, made)["rules"][1]["history"]
    assert history[0] == ["c1", "c2"]
    assert len(history[1]["rotations"]) == 2
    reader.open(address(made, "/wishes/2"))
    reader.send("/wishes/2")
    assert content(store, space, made)["rules"][1]["history"] == history
    reader.open(f"/programmes/{made}/people/c5")
    reader.send("/remove")
    assert '"c5"' not in json.dumps(content(store, space, made))


def test_a_proposal_of_another_programme_is_no_baseline(reader: Reader, store: Store, space: str, made: str) -> None:
    ask_for_run(store, space, made, {"effort": 1, "workers": 1})
    solve(store)
    (earlier,) = (each.id for each in earlier_proposals(store, space, made))
    other = make_programme(store, space, CONTENT).id
    reader.open(address(other, "/wishes/new?rule=stay"))
    assert reader.send("/ask/wishes", baseline=earlier, strength="1").status_code == 422


def test_a_proposal_of_nobody_is_no_baseline(reader: Reader, store: Store, space: str, made: str) -> None:
    reader.open(address(made, "/wishes/new?rule=stay"))
    assert "There is no earlier proposal yet." in reader.text
    page = reader.send("/ask/wishes", baseline="prp_elsewhere", strength="1")
    assert page.status_code == 422
    assert "rules" not in content(store, space, made)
