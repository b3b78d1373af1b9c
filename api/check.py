"""POST /check: recounts a proposal."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.access import opens
from api.answers import rendered
from api.asking import asked_in
from api.body import Blueprint
from api.idempotency import once_stateless
from api.schemas import CheckAnswer, CheckBody
from service.check import check as recount
from service.store.spaces import Scope

resource = Blueprint("check", __name__, url_prefix="/api/v1", description="Recounting, with no solver code")


@resource.route("/check", methods=["POST"])
@once_stateless
@opens(Scope.ORGANISE)
@resource.refuses
@resource.arguments(CheckBody)
@resource.response(200, CheckAnswer, description="What the recount found")
def check(body: dict[str, Any]) -> Response:
    """Recount a proposal from the definitions of the rules

    Answers 200 whether the proposal is right or not; `agrees` says which, `differences` where it is not.
    """
    differences = recount(asked_in(body).question, body["proposal"])
    rows = [{"where": each.where, "stated": each.stated, "counted": each.counted} for each in differences]
    return rendered({"agrees": not rows, "differences": rows})
