"""/proposals: what runs came to."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from flask import Response

from api.access import caller, opens, space, store
from api.answers import rendered
from api.asking import newcomer_in
from api.body import Blueprint
from api.idempotency import once, once_stateless
from api.kept import page_shown, proposal_listed, proposal_shown
from api.problems import language, of_faults
from api.schemas import (
    AdjustmentBody,
    AdjustmentQuery,
    AnyObject,
    ExplanationQuery,
    PageAnswer,
    PageQuery,
    PlacementBody,
    ProposalAnswer,
)
from api.standing import explainer, hand, placer
from api.turns import turns
from api.versions import tagged, wanted_version
from service.by_hand import Adjustment
from service.faults import InputError
from service.report.files import RENDERINGS, render
from service.store.proposals import (
    StoredProposal,
    accept,
    change_proposal,
    list_proposals,
    proposal,
    question_of,
    redo,
    undo,
)
from service.store.spaces import Scope
from solver.limits import Limits

resource = Blueprint("proposals", __name__, url_prefix="/api/v1", description="What runs came to")

EXPLAIN_SECONDS = 5.0

ADJUST_SECONDS = 4.0
"""For planning the meetings of the networks that change."""

TYPES = {
    "networks.csv": "text/csv; charset=utf-8",
    "trios.csv": "text/csv; charset=utf-8",
    "kring.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "report": "text/html; charset=utf-8",
    "meetings.ics": "text/calendar; charset=utf-8",
}
"""What may be asked for besides the proposal itself."""


@resource.route("/programmes/<programme_id>/proposals", methods=["GET"])
@opens(Scope.ORGANISE)
@resource.refuses_reading
@resource.arguments(PageQuery, location="query")
@resource.response(200, PageAnswer, description="Proposals, in the order in which they were found")
def list_all(query: dict[str, Any], programme_id: str) -> Response:
    """List the proposals for a programme"""
    return page_shown(list_proposals(store(), space(), programme_id, **query), proposal_listed)


@resource.route("/proposals/<proposal_id>", methods=["GET"])
@opens(Scope.ORGANISE)
@resource.refuses_reading
@resource.response(200, ProposalAnswer, description="The proposal")
def read(proposal_id: str) -> Response:
    """Read a proposal: the fields of proposal.json"""
    there = proposal(store(), space(), proposal_id)
    return tagged(rendered(proposal_shown(there)), there.version)


@resource.route(
    "/proposals/<proposal_id>/<any(" + ", ".join(f"'{name}'" for name in TYPES) + "):name>", methods=["GET"]
)
@opens(Scope.ORGANISE)
@resource.refuses_reading
@resource.response(200, description="The file")
def file(proposal_id: str, name: str) -> Response:
    """The report, the tables and the calendar of a proposal, as `kring compose` writes them"""
    there = proposal(store(), space(), proposal_id)
    wanted = "report.html" if name == "report" else name
    assert wanted in RENDERINGS  # noqa: S101  (TYPES names no others)
    data = render(wanted, question_of(store(), there).question, there.content)
    response = Response(data, content_type=TYPES[name])
    if name != "report":
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@resource.route("/proposals/<proposal_id>", methods=["PATCH"])
@opens(Scope.ORGANISE)
@resource.refuses_changing
@resource.arguments(AdjustmentQuery, location="query")
@resource.arguments(AdjustmentBody)
@resource.response(
    200, ProposalAnswer, description="The proposal as it is now, with `changes`: each rule before and after"
)
@resource.alt_response(503, "BUSY")
def adjust(query: dict[str, Any], body: dict[str, Any], proposal_id: str) -> Response:
    """Move, swap and pin people by hand

    Nothing that a `must` rule, a size or a network forbids is done; `errors` says what forbids it. The meetings of the
    networks that change are planned anew, all others stay to the letter. What the proposal was before is kept.
    """
    there = proposal(store(), space(), proposal_id)
    version = wanted_version(there.version)
    adjustment = Adjustment(
        {move["candidate"]: move["network"] for move in body.get("moves", ())},
        tuple((first, second) for first, second in body.get("swaps", ())),
        tuple(body.get("pin", ())),
        tuple(body.get("unpin", ())),
    )
    with turns().one():
        try:
            ready = hand(store(), there)
            if query["dry_run"]:
                return rendered(ready.price(adjustment).as_json(language()))
            adjusted = ready.adjust(adjustment, limits=Limits(ADJUST_SECONDS, workers=os.cpu_count() or 1))
        except InputError as error:
            raise of_faults(error, body) from error
    changed = change_proposal(store(), space(), proposal_id, adjusted.proposal, version=version)
    shown = proposal_shown(changed) | {"changes": adjusted.priced.as_json(language())}
    return tagged(rendered(shown), changed.version)


@resource.route("/proposals/<proposal_id>/accept", methods=["POST"])
@once
@opens(Scope.ORGANISE)
@resource.refuses_changing
@resource.response(200, ProposalAnswer, description="The proposal, accepted")
def accept_it(proposal_id: str) -> Response:
    """Accept a proposal: the one that holds for its programme"""
    there = proposal(store(), space(), proposal_id)
    accepted = accept(store(), space(), proposal_id, version=wanted_version(there.version))
    return tagged(rendered(proposal_shown(accepted)), accepted.version)


@resource.route("/proposals/<proposal_id>/undo", methods=["POST"])
@once
@opens(Scope.ORGANISE)
@resource.refuses_changing
@resource.response(200, ProposalAnswer, description="The proposal as it was before the last change by hand")
@resource.alt_response(409, "CONFLICT")
def undo_it(proposal_id: str) -> Response:
    """Undo the last change by hand"""
    return _gone_back(proposal_id, undo)


@resource.route("/proposals/<proposal_id>/redo", methods=["POST"])
@once
@opens(Scope.ORGANISE)
@resource.refuses_changing
@resource.response(200, ProposalAnswer, description="The proposal as it was before the last undo")
@resource.alt_response(409, "CONFLICT")
def redo_it(proposal_id: str) -> Response:
    """Do again what was undone"""
    return _gone_back(proposal_id, redo)


def _gone_back(proposal_id: str, go: Callable[..., StoredProposal]) -> Response:
    there = proposal(store(), space(), proposal_id)
    now = go(store(), space(), proposal_id, version=wanted_version(there.version))
    return tagged(rendered(proposal_shown(now)), now.version)


@resource.route("/proposals/<proposal_id>/candidates/<candidate_id>/explanation", methods=["GET"])
@opens(Scope.ORGANISE)
@resource.refuses_reading
@resource.arguments(ExplanationQuery, location="query")
@resource.response(200, AnyObject, description="Why here, and what each other place costs")
@resource.alt_response(503, "BUSY")
def explanation(query: dict[str, Any], proposal_id: str, candidate_id: str) -> Response:
    """Why somebody sits where they sit, and what each other place would cost"""
    there = proposal(store(), space(), proposal_id)
    with turns().one():
        try:
            ready = explainer(store(), there)
            found = ready.explain(candidate_id, Limits(EXPLAIN_SECONDS), instead=query.get("instead"))
        except InputError as error:
            raise of_faults(error, {}) from error
    return rendered(found.as_json())


@resource.route("/proposals/<proposal_id>/placements", methods=["POST"])
@once_stateless
@opens(Scope.INTAKE, Scope.ORGANISE)
@resource.refuses
@resource.refuses_reading
@resource.arguments(PlacementBody)
@resource.response(200, AnyObject, description="The networks, the best first")
def place(body: dict[str, Any], proposal_id: str) -> Response:
    """Rank the networks for a newcomer, without moving anybody

    A key with scope `intake` gets names and ranks; one with `organise` also what each place costs, and why.
    """
    ranking = newcomer_in(body, placer(store(), space(), proposal_id))
    return rendered(ranking.as_json() if Scope.ORGANISE in caller().scopes else ranking.public())
