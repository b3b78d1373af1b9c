"""/runs: composing that takes its time, and goes on whatever stops."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from threading import BoundedSemaphore
from typing import Any

from flask import Flask, Response, current_app, request

from api.access import opens, space, store
from api.answers import rendered
from api.body import Blueprint
from api.idempotency import once
from api.kept import page_shown, run_shown
from api.lanes import short
from api.problems import ProblemError
from api.schemas import PageAnswer, PageQuery, RunAnswer, RunBody
from service.store import Store
from service.store.errors import NotThereError
from service.store.runs import ask_for_run, cancel, events_after, list_runs
from service.store.runs import run as find_run
from service.store.spaces import Scope

resource = Blueprint("runs", __name__, url_prefix="/api/v1", description="Composing that takes its time")

LOOK = 0.3
"""Seconds between two looks at what has happened."""

BREATH = 10.0
"""Seconds after which a stream says that it is still there, so that nothing between closes it."""

LONGEST = 600.0
"""Seconds of one stream; whoever listens comes back with Last-Event-ID, and misses nothing."""


def give_streams(app: Flask, places: int) -> None:
    """Says how many may listen at once, since each takes a thread."""
    app.extensions["kring-streams"] = BoundedSemaphore(places)


@resource.route("/programmes/<programme_id>/runs", methods=["POST"])
@once
@opens(Scope.ORGANISE)
@resource.refuses
@resource.refuses_reading
@resource.arguments(RunBody)
@resource.response(202, RunAnswer, description="It stands in line")
@resource.alt_response(409, "NO_CANDIDATES")
@resource.alt_response(503, "BUSY")
def ask(body: dict[str, Any], programme_id: str) -> Response:
    """Ask for a run

    It composes what the programme and its candidates ask at this moment; later changes do not reach it.
    """
    asked = ask_for_run(store(), space(), programme_id, body)
    response = rendered(run_shown(asked))
    response.status_code = 202
    response.headers["Location"] = f"/api/v1/runs/{asked.id}"
    return response


@resource.route("/programmes/<programme_id>/runs", methods=["GET"])
@opens(Scope.ORGANISE)
@resource.refuses_reading
@resource.arguments(PageQuery, location="query")
@resource.response(200, PageAnswer, description="Runs, in the order in which they were asked for")
@short
def list_all(query: dict[str, Any], programme_id: str) -> Response:
    """List the runs of a programme"""
    return page_shown(list_runs(store(), space(), programme_id, **query), run_shown)


@resource.route("/runs/<run_id>", methods=["GET"])
@opens(Scope.ORGANISE)
@resource.refuses_reading
@resource.response(200, RunAnswer, description="The run")
@short
def read(run_id: str) -> Response:
    """Where a run is: its state, the best objective so far, the bound and the gap"""
    return rendered(run_shown(find_run(store(), space(), run_id)))


@resource.route("/runs/<run_id>", methods=["DELETE"])
@opens(Scope.ORGANISE)
@resource.refuses_reading
@resource.response(202, RunAnswer, description="It stops, with the best that was found")
def stop(run_id: str) -> Response:
    """Cancel a run, and keep the best that was found"""
    response = rendered(run_shown(cancel(store(), space(), run_id)))
    response.status_code = 202
    return response


@resource.route("/runs/<run_id>/events", methods=["GET"])
@opens(Scope.ORGANISE)
@resource.refuses_reading
@resource.response(200, description="Server-sent events: `state`, `progress`, `stopping`")
@resource.alt_response(503, "BUSY")
def events(run_id: str) -> Response:
    """Follow a run by server-sent events

    Each event has a number; `Last-Event-ID` goes on after it. The stream ends when the run has.
    """
    find_run(store(), space(), run_id)
    given = request.headers.get("Last-Event-ID", "0")
    last = int(given) if given.isascii() and given.isdigit() and len(given) < 19 else 0
    places: BoundedSemaphore = current_app.extensions["kring-streams"]
    if not places.acquire(blocking=False):
        raise ProblemError("streams_taken", more={"retry_after": 5}, headers={"Retry-After": "5"})
    stream = Response(_told(store(), space(), run_id, last), content_type="text/event-stream")
    stream.call_on_close(places.release)
    stream.headers["X-Accel-Buffering"] = "no"
    return stream


def _told(kept: Store, space_id: str, run_id: str, last: int) -> Iterator[str]:
    """What happens, as it happens, until the run ends."""
    began = spoken = time.monotonic()
    yield "retry: 1000\n\n"
    while time.monotonic() - began < LONGEST:
        try:
            ended = find_run(kept, space_id, run_id).state.ended
            happened = events_after(kept, space_id, run_id, last)
        except NotThereError:  # deleted meanwhile, with its programme
            return
        for event in happened:
            last = event.number
            yield f"id: {event.number}\nevent: {event.kind}\ndata: {json.dumps(event.content)}\n\n"
        if ended:
            return
        if happened:
            spoken = time.monotonic()
        elif time.monotonic() - spoken > BREATH:
            spoken = time.monotonic()
            yield ": still here\n\n"
        time.sleep(LOOK)
