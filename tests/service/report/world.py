"""A tiny programme with a proposal written by hand, so that every expected name and number can be seen here."""

from __future__ import annotations

import json
from typing import Any

from service.candidates import CandidateList
from service.files import NoFiles
from service.programme import read_programme
from service.question import Question, ask
from service.reading import gather

SECRET = "marker-7f3"
"""Stands in every cell that members must never see."""

PEOPLE = [
    {"id": "c1", "name": "Ann Baert", "role": "coach", "sector": "zorg", "organisation": "Alfa", "region": "BE23"},
    {"id": "c2", "name": "Bo Claes", "role": "coach", "sector": "bouw", "organisation": "Beta", "region": "BE23"},
    {"id": "c3", "name": "Cé D'Hondt", "role": "coach", "sector": "zorg", "organisation": "Gamma", "region": "BE21"},
    {"id": "c4", "name": "Dirk Els", "role": "lead", "sector": "retail", "organisation": "Delta", "region": "BE21"},
    {"id": "c5", "name": "Eva Fret", "role": "lead", "sector": "retail", "organisation": "Delta", "region": "BE21"},
]


def programme(language: str = "nl", **changes: Any) -> dict[str, Any]:
    """The programme as tables."""
    tables: dict[str, Any] = {
        "name": "Kleine kring",
        "language": language,
        "networks": {
            "count": 1,
            "max_size": 4,
            "fixed": [{"name": "Gent", "region": "BE23", "place": "9000", "slot": "tue-pm", "facilitator": "F1"}],
        },
        "facilitators": [{"id": "F1"}],
        "pins": [{"candidate": "c1", "network": "Gent"}],
        "meetings": {"count": 3, "dates": ["2027-03-23T13:30", "2027-03-30T13:30"], "minutes": 120},
        "rules": [
            {"rule": "spread", "attribute": "sector", "weight": 4},
            {"rule": "apart", "weight": 9},
            {"rule": "exchange", "weight": 1},
        ],
    }
    return {**tables, **changes}


def people() -> list[dict[str, Any]]:
    """Everybody, with a secret in each private cell; who should sit apart is c1 and c2."""
    rows = [{**person, "email": f"{SECRET}.{person['id']}@x.example", "notes": f"{SECRET} note"} for person in PEOPLE]
    rows[0] |= {"apart_from": "c2", "asks": ["feedback", "planning"], "offers": ["ICT"]}
    rows[1] |= {"asks": [], "offers": ["feedback"]}
    return rows


def question(tables: dict[str, Any] | None = None, candidates: list[dict[str, Any]] | None = None) -> Question:
    """The question that these tables and people make."""
    asked = read_programme(tables or programme())
    data = json.dumps({"candidates": candidates or people()}).encode()
    found: CandidateList = gather(asked, [("people.json", data)])
    return ask(asked, found, NoFiles())


def proposal(**changes: Any) -> dict[str, Any]:
    """Four people in Gent, c5 waits, c4 misses meeting 2; c1 and c2 sit together though they should not."""
    stated: dict[str, Any] = {
        "kring": "0.1.0",
        "programme": {"name": "Kleine kring", "sha256": "ab" * 32},
        "seed": 1,
        "workers": 1,
        "seconds": 0.1,
        "status": "feasible",
        "composition": {
            "status": "feasible",
            "waiting": 1,
            "least_waiting": 1,
            "objective": 10,
            "bound": 8,
            "gap": 0.2,
        },
        "networks": [
            {
                "name": "Gent",
                "kind": "peer",
                "region": "BE23",
                "place": "9000",
                "slot": "tue-pm",
                "facilitator": "F1",
                "members": ["c1", "c2", "c3", "c4"],
                "pinned": ["c1"],
            }
        ],
        "waitlist": [{"id": "c5", "why": "alle netwerken zijn vol"}],
        "set_aside": [{"file": "people.json", "row": 14, "why": "toestemming geweigerd"}],
        "notes": ["people.json: iets gedaan"],
        "rules": [
            {"name": "spread sector", "rule": "spread", "strength": 4, "penalty": 0, "bound": 0, "violations": []},
            {
                "name": "apart",
                "rule": "apart",
                "strength": 9,
                "penalty": 1,
                "bound": 0,
                "violations": [{"network": "Gent", "penalty": 1, "text": "1 paar samen: c1 - c2"}],
            },
            {
                "name": "exchange",
                "rule": "exchange",
                "strength": 1,
                "penalty": 1,
                "bound": 0,
                "violations": [{"network": "Gent", "penalty": 1, "text": "1 leervragen zonder aanbod: planning"}],
            },
        ],
        "rotations": [
            {
                "network": "Gent",
                "status": "optimal",
                "repeats": 9,
                "least_repeats": 9,
                "balance": {"objective": 9, "bound": 9, "gap": 0.0},
                "rest": {"objective": 0, "bound": 0, "gap": 0.0},
                "rules": [
                    {
                        "name": "meet_new",
                        "rule": "meet_new",
                        "strength": "first",
                        "penalty": 9,
                        "violations": [{"penalty": 9, "text": "6 paren zien elkaar meer dan eens"}],
                    }
                ],
                "meetings": [
                    _meeting(1, "2027-03-23T13:30", ["c1", "c2", "c3", "c4"], "c1"),
                    _meeting(2, "2027-03-30T13:30", ["c1", "c2", "c3"], "c2", absent=["c4"]),
                    _meeting(3, None, ["c1", "c2", "c3", "c4"], "c3"),
                ],
            }
        ],
    }
    return {**stated, **changes}


def _meeting(
    number: int, date: str | None, members: list[str], giver: str, absent: list[str] | None = None
) -> dict[str, Any]:
    trios = [{"members": members, "case_giver": giver}]
    return {"number": number, "date": date, "absent": absent or [], "trios": trios}
