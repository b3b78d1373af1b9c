"""Makes the application: every resource, its description, its errors and its key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, Response, request

from api import candidates, check, compose, conflicts, health, intake, metrics, programmes, proposals, runs, scenarios
from api.access import ask_for_key
from api.description import described
from api.docs import show_docs
from api.lanes import give_lane
from api.limits import Buckets, limit
from api.metrics import measure
from api.pages import add_pages
from api.problems import handle
from api.runs import give_streams
from api.sizes import MOST_BYTES
from api.turns import Turns, give_turns
from service.settings import RateLimits
from service.store import Store
from service.trace import trace

CONTENT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""Nothing from anywhere else, and no script at all."""


STREAMS = 8
"""How many may follow a run at once by server-sent events, each on a thread of its own."""


class Application(Flask):
    """Flask, but for what it writes in the log."""

    def log_exception(self, exc_info: Any) -> None:
        """Where an error came from, without the address asked for or what it quotes: both may name people."""
        rule = request.url_rule
        self.logger.error("%s %s\n%s", request.method, rule.rule if rule else "no page", trace(exc_info[1]))


def create_app(
    store: Store,
    *,
    key: str | None = None,
    turns: Turns | None = None,
    streams: int = STREAMS,
    limits: RateLimits | None = None,
    buckets: Buckets | None = None,
    ready: Callable[[], bool] = lambda: True,
) -> Flask:
    """The WSGI application.

    store: what is kept. key: one that has every scope on the first space, beside those that the store keeps.
    turns: how many solves may run at once while the caller waits; as many as there are processors by default.
    streams: how many may follow a run at once.
    limits: how often one may ask; buckets: where that is counted, which several processes may share.
    ready: what /ready asks.
    """
    app = Application("api", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MOST_BYTES
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the provider that Flask comes with
    give_turns(app, turns or Turns())
    app.extensions["kring-ready"] = ready
    app.extensions["kring-store"] = store
    give_streams(app, streams)
    give_lane(app, store)
    measure(app, store)
    intake.know_sources(app, store)
    limit(app, limits or RateLimits(), buckets or Buckets())
    ask_for_key(app, store, key)
    handle(app)
    api = described(app)
    for resource in (
        compose,
        check,
        conflicts,
        programmes,
        candidates,
        runs,
        proposals,
        scenarios,
        intake,
        health,
        metrics,
    ):
        api.register_blueprint(resource.resource)
    show_docs(app, api)
    add_pages(app)
    app.after_request(guarded)
    return app


def guarded(response: Response) -> Response:
    """Answers are about people: no cache keeps them, and no browser guesses what they are."""
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
    if request.path.startswith("/api/v1/"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response
