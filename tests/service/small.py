"""A small programme to decide about: three networks of four, with a pin, rules of both strengths and meetings."""

from __future__ import annotations

from typing import Any

from service.compose import answer
from service.files import NoFiles
from service.intake.tables import Objects
from service.reading import Asked, asked_of
from solver.limits import Limits

LIMITS = Limits(effort=1, seed=1, workers=1)


def people() -> list[dict[str, Any]]:
    """Twelve, each with a name that nobody else's text may show."""
    return [
        {
            "id": f"c{i}",
            "first_name": f"Voornaam{i}",
            "last_name": f"Achternaam{i}",
            "email": f"p{i}@example.org",
            "sector": ("care", "school", "metal")[i % 3],
            "organisation": f"org{i // 2}",
            "role": ("lead", "coach")[i % 2],
            "asks": f"t{i % 4}",
            "offers": f"t{(i + 1) % 4}",
            "notes": f"geheim{i}",
            "apart_from": {0: "c5", 5: "c0"}.get(i, ""),
        }
        for i in range(12)
    ]


def programme(**more: Any) -> dict[str, Any]:
    """Three networks, one of them given, which has a pin."""
    tables: dict[str, Any] = {
        "name": "Klein",
        "language": "nl",
        "networks": {
            "count": 3,
            "min_size": 3,
            "max_size": 5,
            "fixed": [{"name": "Gent", "slot": "tue-pm"}],
        },
        "pins": [{"candidate": "c1", "network": "Gent"}],
        "meetings": {"count": 4, "dates": {"tue-pm": ["2027-01-12T13:30"]}},
        "rules": [
            {"rule": "distinct", "attribute": "organisation", "strength": "must"},
            {"rule": "spread", "attribute": "sector", "weight": 5},
            {"rule": "balance", "attribute": "role", "weight": 3},
            {"rule": "exchange", "weight": 1},
            {"rule": "apart", "strength": "must"},
            {"rule": "distinct", "attribute": "organisation", "within": "trio", "weight": 2},
        ],
    }
    return tables | more


def asked(rows: list[dict[str, Any]] | None = None, **more: Any) -> Asked:
    """The question."""
    return asked_of(programme(**more), Objects("people", rows or people()), NoFiles(), sha256="0" * 64)


def proposal(of: Asked) -> dict[str, Any]:
    """A proposal for it."""
    found = answer(of, LIMITS).proposal
    assert found is not None
    return found


def joiner(id_: str = "n1", **more: Any) -> Objects:
    """Somebody new."""
    return Objects("new", [{"id": id_, "sector": "care", "organisation": "elders", "role": "coach", **more}])
