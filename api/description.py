"""Describes the calls in OpenAPI 3.1, from the schemas that read them."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from itertools import combinations
from typing import Any

from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask
from flask_smorest import Api
from marshmallow import Schema, fields

from api.body import OF_CHANGING, OF_READING, REFUSALS
from api.problems import MEDIA_TYPE, PROBLEMS
from api.schemas import ProblemDetails
from service.programme_schema import AnyRule, CandidatesField, Checked, NetworksForm, Text, rule_form
from service.proposal_schema import EarlierProposalForm, MatrixForm
from service.version import __version__
from solver.rules import RULES


def reference(name: str) -> dict[str, str]:
    """Leads to a schema."""
    return {"$ref": f"#/components/schemas/{name}"}


_WHOLE = {"type": "integer", "minimum": 0}
_SHARE = {"type": "string", "pattern": r"^\s*[0-9]+([.,][0-9]*)?\s*%\s*$"}
_SAID = r"[^\s\x1c-\x1f\x85]"
"""A sign that is no space: the four separators of ASCII and U+0085 are spaces too, other than in JavaScript."""
_ID = {"type": "string", "pattern": _SAID}
_MOMENT = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$"}

CHECKED: Mapping[str, Mapping[str, Any]] = {
    "not_amount": {"oneOf": [_WHOLE, _SHARE]},
    "not_share": _SHARE,
    "not_number": {"type": "number", "minimum": 0},
    "not_pairs": {"type": "array", "items": {"type": "array", "items": _ID, "minItems": 2, "maxItems": 2}},
    "not_groups": {"type": "array", "items": {"type": "array", "items": _ID, "minItems": 2}},
    "not_history": {
        "type": "array",
        "items": {"oneOf": [{"type": "array", "items": _ID}, reference("EarlierProposal")]},
    },
    "not_timezone": {"type": "string", "examples": ["Europe/Brussels"]},
    "not_dates": {
        "oneOf": [
            {"type": "array", "items": _MOMENT},
            {"type": "object", "additionalProperties": {"type": "array", "items": _MOMENT}},
        ]
    },
    "not_text": {"type": ["string", "number"]},
}
"""What a field accepts that is checked by a function, by the code of its fault."""

DATA: Mapping[str, type[Schema]] = {"baseline": EarlierProposalForm, "matrix": MatrixForm}
"""What stands in a rule where a programme on disk names a file."""

INTRODUCTION = """Composes learning networks.

`/compose`, `/check` and `/conflicts` are stateless: data in, an answer out, nothing kept.
Programmes, candidates, runs and proposals are kept in your space; changes take `If-Match` with the ETag that was read,
and a POST with an `Idempotency-Key` is done once however often it is sent.

Errors are problem details (RFC 9457). `code` stays the same from version to version; `errors` points at each field that
is wrong. Texts of faults come in Dutch, French, English or German, as `Accept-Language` asks."""

SHARED_RESPONSES = {
    "BUSY": "Every place to solve is taken; `Retry-After` says when to try again",
    "NO_CANDIDATES": "The programme has no candidates yet",
    "NOTHING_FOUND": "Time ran out with nothing found and nothing proven",
    "NOT_READY": "Not ready yet; `Retry-After` says when to try again",
    "TOO_MANY": "Too often; `Retry-After` says when to ask again",
    "PROBLEM": "Something is wrong; `code` says what",
}


class Described(Api):
    """An API whose errors are problems, in its description too."""

    ERROR_SCHEMA = ProblemDetails
    DEFAULT_ERROR_RESPONSE_NAME = "PROBLEM"

    def _register_error_handlers(self) -> None:
        """Nothing: `api.problems` handles errors."""

    def _register_responses(self) -> None:
        """Every status as a problem, for resources to refer to."""
        named = {status.name: status.phrase for status in HTTPStatus if status >= HTTPStatus.BAD_REQUEST}
        refusals = REFUSALS | OF_READING | OF_CHANGING
        refused = {HTTPStatus(status).name: meaning for status, meaning in refusals.items()}
        for name, description in (named | refused | SHARED_RESPONSES).items():
            content = {MEDIA_TYPE: {"schema": ProblemDetails}}
            self.spec.components.response(name, {"description": description, "content": content}, lazy=True)


def described(app: Flask) -> Described:
    """An API on this app that describes itself at /api/v1/openapi.json."""
    app.config.update(
        API_TITLE="Kring",
        API_VERSION=__version__,
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api/v1",
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={
            "info": {"description": INTRODUCTION, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
            "security": [{"key": []}],
        },
    )
    plugin = MarshmallowPlugin(schema_name_resolver=name_of)
    api = Described(app, spec_kwargs={"marshmallow_plugin": plugin})
    converter = plugin.converter
    assert converter is not None  # noqa: S101  (made when the plugin is given to the specification)
    for described_field in (checked, any_rule, text, no_file):
        converter.add_attribute_function(described_field)  # type: ignore[no-untyped-call]
    api.spec.components.security_scheme("key", {"type": "http", "scheme": "bearer"})
    for schema in DATA.values():
        api.spec.components.schema(name_of(schema), schema=schema)
    for name, rule in RULES.items():
        form = converter.schema2jsonschema(rule_form(rule))  # type: ignore[no-untyped-call]
        form["properties"] |= {"rule": {"const": name}}
        form["properties"] |= {key: reference(name_of(DATA[key])) for key in DATA.keys() & form["properties"].keys()}
        form["description"] = rule.definition.en.replace("{", "<").replace("}", ">")
        exclusive = [("strength", "weight"), *(combinations(rule.one_of, 2) if rule.only_one else ())]
        form["allOf"] = [never_both(*pair) for pair in exclusive]
        if rule.one_of:
            form["anyOf"] = [{"required": [key]} for key in rule.one_of]
        api.spec.components.schema(rule_name(name), component=form)
    api.spec.components.schema(name_of(NetworksForm), schema=NetworksForm)
    counted = [never_both("count", other) for other in ("min_count", "max_count")]
    api.spec.components.schemas[name_of(NetworksForm)]["allOf"] = counted
    return api


def never_both(one: str, other: str) -> dict[str, Any]:
    """Two fields of which at most one is there."""
    return {"not": {"required": [one, other]}}


def name_of(schema: type[Schema] | Schema | str) -> str:
    """What the description calls a schema."""
    name = schema if isinstance(schema, str) else (schema if isinstance(schema, type) else type(schema)).__name__
    for ending in ("Schema", "Form", "Part"):
        name = name.removesuffix(ending)
    return name


def rule_name(rule: str) -> str:
    """What the description calls the form of a rule."""
    return "".join(word.capitalize() for word in rule.split("_")) + "Rule"


def checked(self: object, field: fields.Field[Any], **_: Any) -> dict[str, Any]:
    """What a function accepts, as a schema."""
    if not isinstance(field, Checked):
        return {}
    return {
        **CHECKED.get(field.code, {}),
        **{k: field.metadata[k] for k in ("minimum", "maximum") & field.metadata.keys()},
    }


def text(self: object, field: fields.Field[Any], **_: Any) -> dict[str, Any]:
    """Text that is more than spaces."""
    return {"pattern": _SAID} if isinstance(field, Text) and not field.validators else {}


def any_rule(self: object, field: fields.Field[Any], **_: Any) -> dict[str, Any]:
    """Any rule, each in its own form."""
    if not isinstance(field, AnyRule):
        return {}
    return {"oneOf": [reference(rule_name(rule)) for rule in RULES]}


def no_file(self: object, field: fields.Field[Any], **_: Any) -> dict[str, Any]:
    """The candidates that a programme on disk names: nothing, over HTTP."""
    return {"not": {}, "description": "send them beside the programme"} if isinstance(field, CandidatesField) else {}


def codes() -> list[tuple[str, int, str]]:
    """Every code of a problem with its status and title."""
    return [(code, int(kind.status), kind.title) for code, kind in PROBLEMS.items()]
