"""/health and /ready, for whoever runs the service: outside /api/v1, and without a key."""

from __future__ import annotations

from flask import Response

from api.answers import rendered
from api.body import Blueprint
from api.schemas import HealthAnswer
from service.version import __version__

resource = Blueprint("health", __name__, description="For whoever runs the service")


@resource.route("/health")
@resource.doc(security=[])
@resource.response(200, HealthAnswer)
def health() -> Response:
    """Whether the process lives"""
    return rendered({"status": "ok", "kring": __version__})


@resource.route("/ready")
@resource.doc(security=[])
@resource.response(200, HealthAnswer)
def ready() -> Response:
    """Whether it can take requests

    The solver is loaded before the first request is taken and nothing is stored, so a process that answers is ready.
    """
    return rendered({"status": "ready", "kring": __version__})
