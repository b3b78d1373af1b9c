"""Errors as HTTP says them: RFC 9457 problem details, each with a code that stays.

Faults of the input carry the code of the fault itself where all faults share one, else `bad_input`; every other code
stands in PROBLEMS. `errors` says each thing that is wrong: `field` is a JSON pointer into the body, `text` is for
people.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, request
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import HTTPException

from api.pointers import field_of
from service.faults import InputError
from service.store.errors import NotNowError, NotThereError, QueueFullError, StaleError
from service.words import LANGUAGES

MEDIA_TYPE = "application/problem+json"
DOCS = "/api/v1/docs"


@dataclass(frozen=True, slots=True)
class Kind:
    """What one code means, whatever the request was."""

    status: HTTPStatus
    title: str


PROBLEMS: Mapping[str, Kind] = {
    "bad_json": Kind(HTTPStatus.BAD_REQUEST, "The body is not JSON"),
    "key_missing": Kind(HTTPStatus.UNAUTHORIZED, "A key is needed"),
    "key_wrong": Kind(HTTPStatus.UNAUTHORIZED, "This key opens nothing"),
    "delivery_refused": Kind(HTTPStatus.UNAUTHORIZED, "The delivery does not prove where it comes from"),
    "csrf_missing": Kind(HTTPStatus.FORBIDDEN, "A change by session needs the session's X-CSRF-Token"),
    "scope_missing": Kind(HTTPStatus.FORBIDDEN, "This key may not do that"),
    "not_found": Kind(HTTPStatus.NOT_FOUND, "There is nothing here"),
    "method_not_allowed": Kind(HTTPStatus.METHOD_NOT_ALLOWED, "This address does not answer that method"),
    "no_candidates": Kind(HTTPStatus.CONFLICT, "The programme has no candidates yet"),
    "not_yet": Kind(HTTPStatus.CONFLICT, "It has not come to an end yet, or came to none"),
    "nothing_to_undo": Kind(HTTPStatus.CONFLICT, "Nothing was done by hand that could be undone"),
    "nothing_to_redo": Kind(HTTPStatus.CONFLICT, "Nothing was undone that could be done again"),
    "id_is_fixed": Kind(HTTPStatus.CONFLICT, "The id of a candidate does not change"),
    "at_once": Kind(HTTPStatus.CONFLICT, "The same request is being answered; send it again"),
    "stale": Kind(HTTPStatus.PRECONDITION_FAILED, "Somebody has changed it since you read it"),
    "version_missing": Kind(HTTPStatus.PRECONDITION_REQUIRED, "Say which version you saw: If-Match"),
    "too_large": Kind(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Too large to answer while you wait"),
    "too_long": Kind(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Too long to answer while you wait"),
    "wrong_content_type": Kind(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "The body has to be application/json"),
    "bad_query": Kind(HTTPStatus.UNPROCESSABLE_ENTITY, "The query cannot be used"),
    "bad_idempotency_key": Kind(HTTPStatus.UNPROCESSABLE_ENTITY, "An Idempotency-Key is a text of 1 to 255 signs"),
    "idempotency_key_reused": Kind(
        HTTPStatus.UNPROCESSABLE_ENTITY, "This Idempotency-Key was sent with another request"
    ),
    "unknown_field": Kind(HTTPStatus.UNPROCESSABLE_ENTITY, "The body has a field that Kring does not know"),
    "path_over_http": Kind(HTTPStatus.UNPROCESSABLE_ENTITY, "The body names a file; send the data instead"),
    "bad_input": Kind(HTTPStatus.UNPROCESSABLE_ENTITY, "The input cannot be used"),
    "contradiction": Kind(HTTPStatus.UNPROCESSABLE_ENTITY, "The must rules contradict each other; this is proven"),
    "too_many": Kind(HTTPStatus.TOO_MANY_REQUESTS, "Too often; ask again later"),
    "nothing_found": Kind(HTTPStatus.GATEWAY_TIMEOUT, "Stopped with nothing found and nothing proven"),
    "busy": Kind(HTTPStatus.SERVICE_UNAVAILABLE, "Every place to solve is taken"),
    "queue_full": Kind(HTTPStatus.SERVICE_UNAVAILABLE, "As many runs wait as the queue holds"),
    "streams_taken": Kind(HTTPStatus.SERVICE_UNAVAILABLE, "Every place to listen is taken; ask for the run instead"),
    "not_ready": Kind(HTTPStatus.SERVICE_UNAVAILABLE, "Not ready yet"),
    "internal": Kind(HTTPStatus.INTERNAL_SERVER_ERROR, "Kring made a mistake"),
}
"""Every code besides those of faults, which `service.faults` lists and which are all 422."""

BY_STATUS = {404: "not_found", 405: "method_not_allowed", 413: "too_large", 415: "wrong_content_type", 500: "internal"}
"""The code of what Flask itself refuses."""

CODES_OVER_HTTP = {"unknown_key": "unknown_field"}
"""Faults that are called otherwise over HTTP than on the command line."""


@dataclass(eq=False)  # not frozen: whoever passes an exception on writes on it
class ProblemError(Exception):
    """A request that gets no answer but this problem."""

    code: str
    detail: str | None = None
    errors: Sequence[Mapping[str, Any]] = ()
    more: Mapping[str, Any] = field(default_factory=dict)
    """Further members of the problem."""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> Kind:
        """What the code means; a code that is none of ours is a fault's."""
        return PROBLEMS.get(self.code, PROBLEMS["bad_input"])

    def response(self) -> Response:
        """The problem as it goes over the wire."""
        return respond(self.code, self.kind.status, self.kind.title, self)


def of_faults(error: InputError, body: object, *, inside: str = "") -> ProblemError:
    """Every fault with a pointer into the body; `inside` is the field that pointers of a programme start from."""
    said = language()
    errors = [
        {
            "field": field_of(fault, body, inside=inside),
            "text": replace(fault, file=None, row=None, column=None, pointer=None).text(said),
        }
        for fault in error.faults
    ]
    codes = {CODES_OVER_HTTP.get(fault.code, fault.code) for fault in error.faults}
    return ProblemError(codes.pop() if len(codes) == 1 else "bad_input", errors=errors)


def of_file_faults(error: InputError) -> ProblemError:
    """Every fault of a file that was sent, with the row and column that a spreadsheet shows."""
    said = language()
    errors = [
        {"field": "", "text": fault.text(said), "file": fault.file, "row": fault.row, "column": fault.column}
        for fault in error.faults
    ]
    codes = {fault.code for fault in error.faults}
    return ProblemError(codes.pop() if len(codes) == 1 else "bad_input", errors=errors)


def language() -> str:
    """The language that the caller reads best, of those that Kring speaks."""
    return request.accept_languages.best_match(LANGUAGES, "en")


def respond(code: str, status: int, title: str, problem: ProblemError | None = None) -> Response:
    """One problem; `type` leads to what the code means."""
    content: dict[str, Any] = {
        "type": f"{DOCS}#{code if code in PROBLEMS else 'bad_input'}",
        "title": title,
        "status": int(status),
        "code": code,
    }
    if problem is not None and problem.detail is not None:
        content["detail"] = problem.detail
    content["instance"] = request.path
    content["errors"] = [] if problem is None else list(problem.errors)
    content |= {} if problem is None else problem.more
    response = Response(json.dumps(content), status=int(status), content_type=MEDIA_TYPE)
    response.headers.extend({} if problem is None else dict(problem.headers))
    return response


def handle(app: Flask) -> None:
    """Makes every error of the app a problem, Flask's own included."""

    @app.errorhandler(ProblemError)
    def problem(error: ProblemError) -> Response:
        return error.response()

    @app.errorhandler(NotThereError)
    def not_there(error: NotThereError) -> Response:
        return ProblemError("not_found").response()

    @app.errorhandler(StaleError)
    def stale(error: StaleError) -> Response:
        return ProblemError("stale").response()

    @app.errorhandler(NotNowError)
    def not_now(error: NotNowError) -> Response:
        return ProblemError(error.code).response()

    @app.errorhandler(QueueFullError)
    def queue_full(error: QueueFullError) -> Response:
        wait = {"Retry-After": str(error.seconds)}
        return ProblemError("queue_full", more={"retry_after": error.seconds}, headers=wait).response()

    @app.errorhandler(IntegrityError)
    def at_once(error: IntegrityError) -> Response:
        return ProblemError("at_once", headers={"Retry-After": "1"}).response()

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Response:
        status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
        code = BY_STATUS.get(status, HTTPStatus(status).phrase.lower().replace(" ", "_"))
        title = PROBLEMS[code].title if code in PROBLEMS else HTTPStatus(status).phrase
        response = respond(code, status, title)
        # What Flask sends along matters: a 405 names the methods that the address does answer.
        response.headers.extend([(name, value) for name, value in error.get_headers() if name != "Content-Type"])
        return response
