"""/proposals/{id}/scenarios and /repair: what would change if something changed, as runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response

from api.access import opens, space, store
from api.answers import rendered
from api.body import Blueprint
from api.idempotency import once
from api.kept import row_shown, run_shown
from api.problems import ProblemError, of_faults
from api.schemas import AnyObject, RepairBody, RunAnswer, ScenarioBody
from service.beside import changes_of, posed_by
from service.faults import InputError
from service.rows import beside_each_other, posed_row, scenarios_of
from service.store.proposals import proposal, question_of
from service.store.runs import REPAIR, SCENARIO, Run, ask_beside, ask_row, runs_of_row
from service.store.runs import run as find_run
from service.store.spaces import Scope

resource = Blueprint("scenarios", __name__, url_prefix="/api/v1", description="What would change if something changed")

ROW = "row_"
"""How ids of rows begin."""


@resource.route("/proposals/<proposal_id>/scenarios", methods=["POST"])
@once
@opens(Scope.ORGANISE)
@resource.refuses
@resource.refuses_reading
@resource.arguments(ScenarioBody)
@resource.response(202, RunAnswer, description="It stands in line; its id is that of the run")
@resource.alt_response(503, "BUSY")
def ask(body: dict[str, Any], proposal_id: str) -> Response:
    """Ask for a scenario, or for a row of them: the proposal's question with changes, composed from the proposal

    With `sweep` or `scenarios` the answer is the row, `kind` is `row`, and its `scenarios` are runs.
    """
    if "sweep" in body or "scenarios" in body:
        return _row_asked(proposal_id, body)
    return _asked(proposal_id, SCENARIO, body)


@resource.route("/proposals/<proposal_id>/repair", methods=["POST"])
@once
@opens(Scope.ORGANISE)
@resource.refuses
@resource.refuses_reading
@resource.arguments(RepairBody)
@resource.response(202, RunAnswer, description="It stands in line; its id is that of the run")
@resource.alt_response(503, "BUSY")
def repair(body: dict[str, Any], proposal_id: str) -> Response:
    """Ask for a repair: the proposal put right after changes with the fewest moves, its past meetings kept"""
    return _asked(proposal_id, REPAIR, body)


@resource.route("/scenarios/<scenario_id>", methods=["GET"])
@opens(Scope.ORGANISE)
@resource.refuses_reading
@resource.response(200, RunAnswer, description="The run of the scenario or the repair")
def read(scenario_id: str) -> Response:
    """Where a scenario, a row of them or a repair is"""
    if scenario_id.startswith(ROW):
        return rendered(row_shown(scenario_id, runs_of_row(store(), space(), scenario_id)))
    return rendered(run_shown(_found(scenario_id)))


@resource.route("/scenarios/<scenario_id>/comparison", methods=["GET"])
@opens(Scope.ORGANISE)
@resource.refuses_reading
@resource.response(200, AnyObject, description="As `kring what-if --json` and `kring repair --json` have it")
@resource.alt_response(409, "CONFLICT")
def comparison(scenario_id: str) -> Response:
    """The scenario beside its baseline: each rule, who moves, bound and gap; of a row, each of its scenarios"""
    if scenario_id.startswith(ROW):
        return rendered(_row_compared(runs_of_row(store(), space(), scenario_id)))
    there = _found(scenario_id)
    if there.comparison is None:
        raise ProblemError("not_yet", headers={"Retry-After": "1"})
    return rendered(there.comparison)


def _asked(proposal_id: str, kind: str, body: dict[str, Any]) -> Response:
    there = proposal(store(), space(), proposal_id)
    try:
        posed = posed_by(question_of(store(), there), there.content, changes_of(body["changes"]))
    except InputError as error:
        raise of_faults(error, body, inside="changes") from error
    asked = ask_beside(store(), space(), kind, there, posed, body)
    response = rendered(run_shown(asked))
    response.status_code = 202
    response.headers["Location"] = f"/api/v1/runs/{asked.id}"
    return response


def _row_asked(proposal_id: str, body: dict[str, Any]) -> Response:
    there = proposal(store(), space(), proposal_id)
    limits = {key: value for key, value in body.items() if key not in ("changes", "sweep", "scenarios")}
    try:
        row = scenarios_of(body)
        posed = posed_row(question_of(store(), there), there.content, row)
    except InputError as error:
        raise of_faults(error, body) from error
    asked = [{**limits, "changes": each.changes, "name": each.name, "value": each.value} for each in row]
    made = ask_row(store(), space(), there, list(zip(posed, asked, strict=True)))
    response = rendered(row_shown(made, runs_of_row(store(), space(), made)))
    response.status_code = 202
    response.headers["Location"] = f"/api/v1/scenarios/{made}"
    return response


def _row_compared(runs: Sequence[Run]) -> dict[str, Any]:
    if not all(each.state.ended for each in runs):
        raise ProblemError("not_yet", headers={"Retry-After": "1"})
    baseline = proposal(store(), space(), str(runs[0].baseline))
    told = [
        (
            each.asked["name"],
            each.asked["value"],
            {**(each.comparison or {}), "run": each.id, "proposal": each.proposal},
        )
        for each in runs
    ]
    return beside_each_other(baseline.content, told)


def _found(scenario_id: str) -> Run:
    there = find_run(store(), space(), scenario_id)
    if there.baseline is None:
        raise ProblemError("not_found")
    return there
