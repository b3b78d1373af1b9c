"""/intake: what form tools deliver, and how organisers say what its answers mean."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, current_app, request

from api.access import caller_with, opens, space, store
from api.answers import rendered
from api.body import Blueprint
from api.idempotency import once
from api.kept import page_shown
from api.known import Known
from api.lanes import short
from api.problems import ProblemError, language, of_faults
from api.schemas import (
    AnyObject,
    DeliveriesQuery,
    DeliveryAnswer,
    IntakeQuery,
    PageAnswer,
    ReceiptAnswer,
    SourceAnswer,
    SourceBody,
)
from service.faults import InputError
from service.forms import Held, RefusedError
from service.store import Store, now
from service.store.intake import (
    Delivered,
    FormSource,
    delivery,
    list_deliveries,
    make_source,
    open_source,
    receive,
    settle,
    source_for,
    suggested,
    switch_on,
    tool_named,
    try_mapping,
)
from service.store.spaces import Scope

resource = Blueprint("intake", __name__, url_prefix="/api/v1", description="What forms deliver")

Named = tuple[str, str, str]


def know_sources(app: Flask, store: Store) -> None:
    """Lets an app know for a moment where forms come in, by space, programme and tool."""
    app.extensions["kring-sources"] = Known[Named, FormSource](lambda name: source_for(store, *name))


ANY_BODY = {
    "required": True,
    "content": {
        "application/json": {"schema": {}},
        "application/x-www-form-urlencoded": {"schema": {"type": "object"}},
        "multipart/form-data": {"schema": {"type": "object"}},
    },
}


@resource.route("/intake/<tool>", methods=["POST"])
@opens()
@resource.refuses
@resource.refuses_reading
@resource.arguments(IntakeQuery, location="query")
@resource.doc(requestBody=ANY_BODY, security=[{"key": []}, {}])
@resource.response(202, ReceiptAnswer, description="It is kept; the receipt says what becomes of it")
def take(query: dict[str, Any], tool: str) -> Response:
    """Take what a form delivers

    Proven by the tool's own signature, by the secret in the address (`secret`) or in the body, or by a key with scope
    `intake`. Kept as it came, then answered; the same delivery sent twice is one.
    """
    body = request.get_data(cache=True)
    headers = dict(request.headers)
    known = caller_with(Scope.INTAKE)
    if known is not None:
        source = current_app.extensions["kring-sources"].get((known.space, query["programme"], tool))
    else:
        try:
            source = open_source(
                store(),
                query["programme"],
                tool,
                headers=headers,
                body=body,
                address_secret=query.get("secret"),
                moment=now(),
            )
        except RefusedError as error:
            raise ProblemError("delivery_refused", error.fault.expected(language())) from error
    taken = receive(store(), source, headers, body)
    response = rendered({"receipt": taken.id, "state": taken.state.value})
    response.status_code = 202
    response.headers["Location"] = f"/api/v1/intake/receipts/{taken.id}"
    return response


@resource.route("/intake/receipts/<receipt>", methods=["GET"])
@opens(Scope.INTAKE, Scope.ORGANISE)
@resource.refuses_reading
@resource.response(200, DeliveryAnswer, description="What became of it")
def read(receipt: str) -> Response:
    """What became of a delivery: mapped, held for review, or refused, and why"""
    return rendered(_shown(settle(store(), space(), delivery(store(), space(), receipt).id)))


@resource.route("/programmes/<programme_id>/deliveries", methods=["GET"])
@opens(Scope.ORGANISE)
@resource.refuses_reading
@resource.arguments(DeliveriesQuery, location="query")
@resource.response(200, PageAnswer, description="Deliveries, in the order in which they came")
@short
def list_all(query: dict[str, Any], programme_id: str) -> Response:
    """List what forms delivered for a programme; `state=held` is what waits for review"""
    return page_shown(list_deliveries(store(), space(), programme_id, **query), _shown)


@resource.route("/programmes/<programme_id>/sources", methods=["POST"])
@once
@opens(Scope.ORGANISE)
@resource.refuses
@resource.refuses_reading
@resource.arguments(SourceBody)
@resource.response(201, SourceAnswer, description="The address for the form, and its secret, which is shown once")
def make(body: dict[str, Any], programme_id: str) -> Response:
    """Open a programme to the forms of a tool, or give it a new secret

    The secret before stays valid until the next, so that nothing is lost in between.
    """
    made = make_source(store(), space(), programme_id, body["tool"], body.get("secret"))
    response = rendered(
        {
            "id": made.id,
            "tool": made.tool,
            "address": f"/api/v1/intake/{made.tool}?programme={programme_id}",
            "secret": made.secrets[0],
        }
    )
    response.status_code = 201
    return response


@resource.route("/programmes/<programme_id>/sources/<tool>/mapping", methods=["PUT"])
@opens(Scope.ORGANISE)
@resource.refuses
@resource.refuses_reading
@resource.arguments(AnyObject)
@resource.response(200, AnyObject, description="The version that is switched on")
def switch(body: dict[str, Any], programme_id: str, tool: str) -> Response:
    """Switch a mapping on as the next version; what was held is tried again"""
    try:
        version = switch_on(store(), space(), programme_id, tool_named(tool), body)
    except InputError as error:
        raise of_faults(error, body) from error
    return rendered({"version": version})


@resource.route("/programmes/<programme_id>/sources/<tool>/mapping/try", methods=["POST"])
@once
@opens(Scope.ORGANISE)
@resource.refuses
@resource.refuses_reading
@resource.arguments(AnyObject)
@resource.response(200, AnyObject, description="What it would make of the last deliveries")
def try_it(body: dict[str, Any], programme_id: str, tool: str) -> Response:
    """Try a mapping on what was delivered, before it is switched on"""
    try:
        tried = try_mapping(store(), space(), programme_id, tool_named(tool), {"version": 1, **body})
    except InputError as error:
        raise of_faults(error, body) from error
    said = language()
    items = [
        {"receipt": id_, "held": [fault.text(said) for fault in found.reasons], "row": None}
        if isinstance(found, Held)
        else {"receipt": id_, "held": [], "row": {name: list(values) for name, values in found.row.items()}}
        for id_, found in tried
    ]
    return rendered({"items": items})


@resource.route("/programmes/<programme_id>/sources/<tool>/mapping/suggestion", methods=["GET"])
@opens(Scope.ORGANISE)
@resource.refuses_reading
@resource.response(200, AnyObject, description="A mapping, and why each question is in it")
def suggestion(programme_id: str, tool: str) -> Response:
    """Suggest a mapping from the form's own questions, as the last delivery has them"""
    try:
        return rendered(suggested(store(), space(), programme_id, tool_named(tool)))
    except InputError as error:
        raise of_faults(error, {}) from error


def _shown(there: Delivered) -> dict[str, Any]:
    return {
        "receipt": there.id,
        "state": there.state.value,
        "reasons": list(there.reasons),
        "mapping": there.mapping,
        "candidate": there.candidate,
        "created_at": there.created_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
