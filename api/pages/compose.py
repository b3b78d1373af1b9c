"""Composing: asking for a run, watching it, and finishing it early. Leaving the page loses nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, request, url_for

from api.access import opens, space, store
from api.pages.show import is_partial, onward, show
from api.pages.way import proposal_of
from service.report.search_chart import Known, search_chart
from service.store.candidates import count_candidates
from service.store.names import now
from service.store.parts import crew
from service.store.programmes import programme
from service.store.runs import COMPOSE, Run, ask_for_run, cancel, events_after, last_runs
from service.store.runs import run as find_run
from service.store.spaces import Scope

page = Blueprint("compose", __name__)

HOW_LONG = {"short": 20, "usual": 120, "long": 600}
"""Seconds of a look, of a good search, and of one over coffee."""


@page.get("/programmes/<programme_id>/compose")
@opens(Scope.ORGANISE)
def start(programme_id: str) -> Response:
    """How long to look, and the runs there were."""
    there = programme(store(), space(), programme_id)
    return show(
        "compose.html",
        programme=there,
        proposal=proposal_of(there),
        people=count_candidates(store(), space(), programme_id),
        runs=last_runs(store(), space(), programme_id),
        choices=HOW_LONG,
    )


@page.post("/programmes/<programme_id>/compose")
@opens(Scope.ORGANISE)
def ask(programme_id: str) -> Response:
    """Asks for a run."""
    seconds = HOW_LONG.get(request.form.get("how_long", ""), HOW_LONG["usual"])
    seed = request.form.get("seed", "")
    asked: dict[str, Any] = {"time_limit": seconds}
    if seed.isascii() and seed.isdigit() and 0 < len(seed) < 10:
        asked["seed"] = int(seed)
    made = ask_for_run(store(), space(), programme_id, asked)
    return onward("pages.compose.watch", run_id=made.id)


@page.get("/runs/<run_id>")
@opens(Scope.ORGANISE)
def watch(run_id: str) -> Response:
    """A run as it goes; a script asks for the picture alone, every second."""
    there = find_run(store(), space(), run_id)
    context = _of_run(there)
    if not is_partial():
        return show("run.html", **context)
    response = show("run_picture.html", **context)
    if there.state.ended:
        response.headers["HX-Refresh"] = "true"
    return response


@page.post("/runs/<run_id>/finish")
@opens(Scope.ORGANISE)
def finish(run_id: str) -> Response:
    """Ends a run with the best it has."""
    cancel(store(), space(), run_id)
    return onward("pages.compose.watch", "finishing", run_id=run_id)


def _of_run(there: Run) -> dict[str, Any]:
    of = programme(store(), space(), there.programme)
    began = there.started_at or there.created_at
    steps = [
        Known(_seconds(began, event.at), event.content["objective"], event.content["bound"])
        for event in events_after(store(), space(), there.id, 0)
        if event.kind == "progress"
    ]
    passed = _seconds(began, there.ended_at or now()) if there.started_at else 0.0
    wanted = there.asked.get("time_limit")
    return {
        "programme": of,
        "proposal": proposal_of(of),
        "run": there,
        "chart": search_chart(steps, passed),
        "passed": passed,
        "wanted": wanted,
        "nobody": not there.state.ended and crew(store()).workers == 0,
        "can_finish": not there.state.ended and not there.stop,
        "next": _next(there),
    }


def _next(there: Run) -> str | None:
    """Where the reader goes once a run has ended well."""
    if there.proposal is None:
        return None
    if there.kind == COMPOSE:
        return url_for("pages.board.start", proposal_id=there.proposal)
    return url_for("pages.compare.scenario", run_id=there.id)


def _seconds(since: datetime, at: datetime) -> float:
    return max(0.0, (at - since).total_seconds())
