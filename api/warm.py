"""Compiles and loads the search before anybody waits for it."""

from __future__ import annotations

from threading import Event, Thread

from service.compose import answer
from service.intake.tables import Objects
from service.question import NoFiles
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


def warming() -> Event:
    """Warms up beside whatever else happens; the event is set once that is done."""
    done = Event()

    def work() -> None:
        try:
            warm_up()
        finally:
            done.set()  # a search that cannot be compiled is for the first request to say

    Thread(target=work, name="warm-up", daemon=True).start()
    return done
