"""Compiles and loads the search before anybody's time limit runs."""

from __future__ import annotations

from service.compose import answer
from service.files import NoFiles
from service.intake.tables import Objects
from service.reading import asked_of
from solver.limits import Limits

PROGRAMME = {
    "name": "warming up",
    "networks": {"count": 2, "min_size": 3},
    "meetings": {"count": 2},
    "rules": [{"rule": "spread", "attribute": "sector"}],
}


def warm_up() -> None:
    """Answers a question so small that its time is all spent on compiling and loading."""
    people = [{"id": str(number), "sector": "ab"[number % 2]} for number in range(8)]
    answer(asked_of(PROGRAMME, Objects("candidates", people), NoFiles()), Limits(effort=1))
