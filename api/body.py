"""Reads the JSON of a request, strictly: what two parsers could read differently is refused."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from functools import cache
from http import HTTPStatus
from typing import Any, NoReturn, TypeVar

from flask import Request
from flask_smorest import Blueprint as SmorestBlueprint
from marshmallow import Schema, ValidationError
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import RequestEntityTooLarge

from api.problems import ProblemError, of_faults
from api.sizes import ELSEWHERE, MOST_BYTES
from service.faults import InputError
from service.programme_schema import faults_of


def read_json(request: Request) -> Any:
    """The body of a request; a problem where it is not JSON."""
    if request.mimetype != "application/json" and not request.mimetype.endswith("+json"):
        raise ProblemError("wrong_content_type", headers={"Accept": "application/json"})
    try:
        text = request.get_data(cache=True).decode("utf-8-sig")
        content = json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant, parse_float=_finite)
        # Half of a character that needs two (a lone surrogate) passes as JSON and nowhere else.
        json.dumps(content, ensure_ascii=False).encode("utf-8")
    except RequestEntityTooLarge as error:
        large = [{"field": "", "text": f"at most {MOST_BYTES} bytes"}]
        raise ProblemError("too_large", ELSEWHERE, large) from error
    except RecursionError as error:
        raise ProblemError("bad_json", "It nests too deep.") from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise ProblemError("bad_json", f"It breaks off at {where}: {error.msg}.") from error
    except UnicodeError as error:
        raise ProblemError("bad_json", "It is not text in UTF-8.") from error
    except ValueError as error:
        raise ProblemError("bad_json", str(error)) from error
    return content


View = TypeVar("View", bound=Callable[..., Any])

REFUSALS = {
    400: "The body is not JSON",
    401: "No key, or a wrong one",
    413: "Too large, or too long, to answer while you wait",
    415: "The body is not `application/json`",
    422: "The input cannot be used: `errors` says what and where; or the `must` rules contradict each other",
}
"""What every call with a body may answer besides its own."""

OF_READING = {
    403: "This key may not do that",
    404: "There is nothing here",
    422: REFUSALS[422],
}
"""What every call about something that is kept may answer besides its own."""

OF_CHANGING = {
    409: "Not in the state that it is in",
    412: "Somebody has changed it since you read it",
    428: "Say which version you saw: `If-Match`",
}
"""What every call that changes something may answer besides that."""


class BodyParser(FlaskParser):
    """Loads a body with a schema of `service`, whose messages are codes, and points at every fault."""

    DEFAULT_UNKNOWN_BY_LOCATION = FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION | {"query": None}

    def _get_schema(self, argmap: Any, req: Request) -> Schema:
        """One instance of each schema for all requests: they keep nothing of what they load."""
        return _instance(argmap) if isinstance(argmap, type) else super()._get_schema(argmap, req)

    def load_json(self, req: Request, schema: Schema) -> Any:
        """The body, before its schema has seen it."""
        return read_json(req)

    def handle_error(self, error: ValidationError, req: Request, schema: Schema, **_: Any) -> NoReturn:
        """Every fault of form in one problem."""
        assert isinstance(error.messages, dict)  # noqa: S101  (keyed by where it was looked for)
        if "query" in error.messages:
            wrong = error.messages["query"]
            errors = [
                {"field": f"/{name}", "text": f"in the query: {'; '.join(map(str, wrong[name]))}"} for name in wrong
            ]
            raise ProblemError("bad_query", errors=errors) from error
        body = read_json(req)
        _loaded, faults = faults_of(schema, body, None)
        raise of_faults(InputError(faults), body) from error


@cache
def _instance(schema: type[Schema]) -> Schema:
    return schema()


class Blueprint(SmorestBlueprint):
    """A resource whose bodies are read by `BodyParser`."""

    ARGUMENTS_PARSER = BodyParser()

    def refuses(self, view: View) -> View:
        """Says in the description that a view may answer every refusal."""
        return self._refused(view, REFUSALS)

    def refuses_reading(self, view: View) -> View:
        """Says that a view is about something that may not be there, or not for this caller."""
        return self._refused(view, {401: "", **OF_READING})

    def refuses_changing(self, view: View) -> View:
        """Says that a view changes something, which somebody else may have changed."""
        return self._refused(view, {**REFUSALS, **OF_READING, **OF_CHANGING})

    def _refused(self, view: View, statuses: Mapping[int, str]) -> View:
        for status in statuses:
            view = self.alt_response(status, HTTPStatus(status).name)(view)
        return view


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"An object has the key {next(key for key in keys if keys.count(key) > 1)!r} twice.")
    return found


def _no_constant(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON number.")


EXACT = 2**53
"""Below this a number with a decimal point is exactly what it says."""


def _finite(text: str) -> float | int:
    """A number; 3.0 is the whole number 3, as JSON Schema has it and as some languages write it."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is more than a number can hold.")
    return int(number) if number.is_integer() and abs(number) < EXACT else number
