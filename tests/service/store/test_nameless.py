"""Jobs and logs hold no one's id, name or address from a file; columns that nobody asked for are nowhere."""

from __future__ import annotations

import json
import logging

import pytest
from sqlalchemy import select

from service.beside import changes_of, posed_by
from service.intake.tables import Objects
from service.store import Store
from service.store.candidates import add_candidates, remove_candidate
from service.store.programmes import make_programme
from service.store.proposals import list_proposals, proposal, question_of
from service.store.runs import REPAIR, SCENARIO, ask_beside, ask_for_run, run
from service.store.tables import METADATA, parts, runs
from service.worker import one_round
from tests.api.conftest import people, programme

SECRETS = ("zeldzaam", "Xanthippe", "schoenmaat")
"""A part of every address, a part of every name, and a column that neither Kring nor the programme knows."""


def folk(count: int = 18) -> list[dict[str, str]]:
    """People without ids, who are called by their addresses."""
    return [
        {
            **{key: value for key, value in person.items() if key != "id"},
            "email": f"p{n}@zeldzaam.example",
            "name": f"Xanthippe{n}",
            "schoenmaat": "43 schoenmaat",
        }
        for n, person in enumerate(people(count))
    ]


def test_nothing_of_a_file_is_in_a_job_or_a_log(store: Store, space: str, caplog: pytest.LogCaptureFixture) -> None:
    """A composition, a scenario and a repair in which somebody drops out, misses a meeting and comes in."""
    caplog.set_level(logging.DEBUG)
    made = make_programme(store, space, programme()).id
    add_candidates(store, space, made, Objects("people", folk()))
    ask_for_run(store, space, made, {"effort": 1, "workers": 1})
    assert one_round(store, "w")
    (baseline,) = list_proposals(store, space, made).items
    changes = {
        "drop": ["p3@zeldzaam.example"],
        "absent": [{"candidate": "p4@zeldzaam.example", "meeting": 4}],
        "add": [folk(19)[-1]],
    }
    for kind in (SCENARIO, REPAIR):
        body = {"changes": changes, "effort": 1, "workers": 1}
        posed = posed_by(question_of(store, baseline), baseline.content, changes_of(changes))
        ask_beside(store, space, kind, baseline, posed, body)
    secrets_in_jobs(store)
    while one_round(store, "w"):
        secrets_in_jobs(store)
    for each in list_proposals(store, space, made).items[1:]:
        ids = {id_ for network in each.content["networks"] for id_ in network["members"]}
        assert "p3@zeldzaam.example" not in ids
        assert "p18@zeldzaam.example" in ids
        absent = {id_ for each in each.content["rotations"] for id_ in each["meetings"][3]["absent"]}
        assert absent == {"p4@zeldzaam.example"}
    assert not any(secret in line for secret in SECRETS for line in caplog.text.splitlines())
    everything = everything_in(store)
    assert SECRETS[0] in everything  # what was filled in is kept, so that the search above would find it
    assert SECRETS[2] not in everything


def secrets_in_jobs(store: Store) -> None:
    """What workers are given, and what they hand to each other; what they find is a result like a proposal."""
    with store.reading() as connection:
        columns = [runs.c.asked, runs.c.standing, runs.c.progress, runs.c.worker, runs.c.problem]
        told = [repr(tuple(row)) for row in connection.execute(select(*columns))]
        told += [repr(tuple(row)) for row in connection.execute(select(parts))]
    assert told
    assert not any(secret in each for secret in SECRETS for each in told)


def everything_in(store: Store) -> str:
    """Every row of every table."""
    with store.reading() as connection:
        return "\n".join(
            repr(tuple(row)) for table in METADATA.sorted_tables for row in connection.execute(select(table))
        )


def test_a_job_that_waits_is_done_although_somebody_in_it_was_erased(store: Store, space: str) -> None:
    """The one who drops out is erased meanwhile; nothing of them is left, and the scenario comes to its end."""
    made = make_programme(store, space, programme()).id
    add_candidates(store, space, made, Objects("people", folk()))
    ask_for_run(store, space, made, {"effort": 1, "workers": 1})
    assert one_round(store, "w")
    (baseline,) = list_proposals(store, space, made).items
    changes = {"drop": ["p3@zeldzaam.example"]}
    posed = posed_by(question_of(store, baseline), baseline.content, changes_of(changes))
    asked = ask_beside(store, space, SCENARIO, baseline, posed, {"changes": changes, "effort": 1, "workers": 1})
    remove_candidate(store, space, made, "p3@zeldzaam.example", version=1)
    assert one_round(store, "w")
    ended = run(store, space, asked.id)
    assert ended.proposal is not None
    content = proposal(store, space, ended.proposal).content
    assert sum(len(network["members"]) for network in content["networks"]) == 17
    assert "p3@zeldzaam.example" not in everything_in(store)
    assert json.dumps(content)
