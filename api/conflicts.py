"""POST /conflicts: which rules and limits contradict each other."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.access import opens
from api.answers import rendered, told
from api.asking import asked_in
from api.body import Blueprint
from api.idempotency import once_stateless
from api.problems import ProblemError
from api.schemas import ComposeBody, ConflictsAnswer
from api.sizes import limits_in
from api.turns import turns
from service.conflicts import explained
from service.store.spaces import Scope

resource = Blueprint("conflicts", __name__, url_prefix="/api/v1", description="What cannot hold together")


@resource.route("/conflicts", methods=["POST"])
@once_stateless
@opens(Scope.ORGANISE)
@resource.refuses
@resource.arguments(ComposeBody)
@resource.response(200, ConflictsAnswer, description="The smallest sets of rules and limits that cannot hold together")
@resource.alt_response(503, "BUSY")
@resource.alt_response(504, "NOTHING_FOUND")
def conflicts(body: dict[str, Any]) -> Response:
    """Find the rules that contradict each other

    An empty list means that a composition was found which keeps every `must` rule and limit.
    """
    asked = asked_in(body)
    with turns().one():
        found = explained(asked, limits_in(body))
    if found.possible is None:
        raise ProblemError("nothing_found", "More time may help.")
    return rendered(told(found))
