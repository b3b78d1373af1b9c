"""POST /compose: a programme and its candidates in, a proposal out."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.access import opens
from api.answers import without_proposal
from api.asking import asked_in
from api.body import Blueprint
from api.idempotency import once_stateless
from api.schemas import ComposeBody
from api.sizes import limits_in
from api.turns import turns
from service.compose import answer
from service.proposal_file import as_bytes
from service.proposal_schema import ProposalForm
from service.store.spaces import Scope

resource = Blueprint("compose", __name__, url_prefix="/api/v1", description="Who sits where, and who advises whom")


@resource.route("/compose", methods=["POST"])
@once_stateless
@opens(Scope.ORGANISE)
@resource.refuses
@resource.arguments(ComposeBody)
@resource.response(200, ProposalForm, description="A proposal: the bytes of proposal.json")
@resource.alt_response(503, "BUSY")
@resource.alt_response(504, "NOTHING_FOUND")
def compose(body: dict[str, Any]) -> Response:
    """Compose networks and trios

    Stateless, and at most ten seconds: it ends early when everything is proven. With `effort` instead of
    `time_limit`, the same body gets the same answer every time.
    """
    asked = asked_in(body)
    with turns().one():
        found = answer(asked, limits_in(body))
        if found.proposal is None:
            raise without_proposal(found)
    return Response(as_bytes(found.proposal), content_type="application/json")
