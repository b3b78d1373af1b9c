"""/health and /ready, for whoever runs the service: outside /api/v1, and without a key."""

from __future__ import annotations

from flask import Response, current_app

from api.access import opens
from api.answers import rendered
from api.body import Blueprint
from api.problems import ProblemError
from api.schemas import HealthAnswer
from service.version import __version__

resource = Blueprint("health", __name__, description="For whoever runs the service")


@resource.route("/health")
@opens()
@resource.doc(security=[])
@resource.response(200, HealthAnswer)
def health() -> Response:
    """Whether the process lives"""
    return rendered({"status": "ok", "kring": __version__})


@resource.route("/ready")
@opens()
@resource.doc(security=[])
@resource.response(200, HealthAnswer)
@resource.alt_response(503, "NOT_READY")
def ready() -> Response:
    """Whether a question would be answered at once

    The first start on a machine compiles the search, which takes some seconds.
    """
    if not current_app.extensions["kring-ready"]():
        raise ProblemError("not_ready", headers={"Retry-After": "1"})
    return rendered({"status": "ready", "kring": __version__})
