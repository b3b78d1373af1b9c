"""The forms of bodies: what a request may hold, and what an answer holds.

A programme's own form stands in `service.programme_schema`; this file adds what exists over HTTP only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields

from api.sizes import MOST_SECONDS
from service.programme_schema import Checked, Form, Listed, ProgrammeSchema, Table, Whole, is_number
from service.proposal_schema import EarlierProposalForm, MatrixForm, ProposalForm

LEAST_SECONDS = 0.1
MOST_WORKERS = 8


def is_time_limit(value: Any) -> bool:
    """Seconds, a tenth or more; how many are too many is a matter of size, not of form."""
    return is_number(value) and value >= LEAST_SECONDS


# bodies


class AsSent(Table):
    """A programme without files: looked at in full, and handed on as it was sent, for the use case to read."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(ProgrammeSchema, **kwargs)

    def _deserialize(  # type: ignore[override]  # marshmallow's own Nested adds a parameter that is not used here
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        if not isinstance(value, dict):
            raise self.make_error("type")
        wrong: dict[Any, Any] = {"candidates": ["path_over_http"]} if "candidates" in value else {}
        try:
            super()._deserialize({key: value[key] for key in value if key != "candidates"}, attr, data, **kwargs)
        except ValidationError as error:
            assert isinstance(error.messages, dict)  # noqa: S101  (a schema's own errors are always keyed)
            wrong |= error.messages
        if not wrong and (rules := dict(_data_faults(value.get("rules", [])))):
            wrong = {"rules": rules}
        if wrong:
            raise ValidationError(wrong)
        return value


def _data_faults(rules: list[Mapping[str, Any]]) -> Iterator[tuple[int, dict[str, Any]]]:
    """What is wrong with data that stands where a file has a name, by the index of its rule."""
    for index, rule in enumerate(rules):
        found: dict[str, Any] = {}
        for key, form in (("baseline", EarlierProposalForm()), ("matrix", MatrixForm())):
            if isinstance(rule.get(key), dict) and (wrong := form.validate(rule[key])):
                found[key] = wrong
        earlier = {i: each for i, each in enumerate(rule.get("history", ())) if isinstance(each, dict)}
        history = {i: wrong for i, each in earlier.items() if (wrong := EarlierProposalForm().validate(each))}
        if history:
            found["history"] = history
        if found:
            yield index, found


class LimitsForm(Form):
    """How long to look, and how to repeat it."""

    time_limit = Checked("not_number", is_time_limit, metadata={"minimum": LEAST_SECONDS, "maximum": MOST_SECONDS})
    effort = Whole()
    seed = Whole(0, 2**31 - 1)
    workers = Whole(1, MOST_WORKERS)


class QuestionForm(Form):
    """A programme and its candidates."""

    programme = AsSent(required=True)
    # What a candidate may hold is told by whoever reads candidates from files too.
    candidates = Listed(fields.Raw(allow_none=True), required=True)


class ComposeBody(QuestionForm):
    """A question and its limits."""

    limits = Table(LimitsForm)


class CheckBody(QuestionForm):
    """A question and the proposal that says it answers it."""

    proposal = Table(ProposalForm, required=True)


# answers


class DifferencePart(Schema):
    """Something that the proposal says and the recount does not find."""

    where = fields.String(required=True)
    stated = fields.Raw(required=True, allow_none=True)
    counted = fields.Raw(required=True, allow_none=True)


class CheckAnswer(Schema):
    """What a recount found."""

    agrees = fields.Boolean(required=True)
    differences = fields.List(fields.Nested(DifferencePart), required=True)


class PinnedPart(Schema):
    """A pin that is part of a conflict."""

    candidate = fields.String(required=True)
    network = fields.String(required=True)


class ConflictPart(Schema):
    """Rules and limits that cannot hold together, though they can without any one of them."""

    rules = fields.List(fields.String(), required=True)
    limits = fields.List(fields.String(), required=True)
    pins = fields.List(fields.Nested(PinnedPart), required=True)
    smallest = fields.Boolean(required=True, metadata={"description": "proven that each member is needed"})
    text = fields.String(required=True)


class CostPart(Schema):
    """What one rule costs."""

    name = fields.String(required=True)
    penalty = fields.Integer(required=True)


class WayOutPart(Schema):
    """What would have to give way, verified by an answer, and what that answer costs elsewhere."""

    text = fields.String(required=True)
    rules = fields.List(fields.String(), required=True)
    limits = fields.List(fields.String(), required=True)
    pins = fields.List(fields.String(), required=True)
    switches = fields.List(fields.String(), required=True)
    steps = fields.Integer(required=True)
    waiting = fields.Integer(required=True)
    objective = fields.Integer(required=True)
    costs = fields.List(fields.Nested(CostPart), required=True)


class ConflictsAnswer(Schema):
    """Every conflict that was found; none where everything that must hold can."""

    conflicts = fields.List(fields.Nested(ConflictPart), required=True)
    ways_out = fields.List(fields.Nested(WayOutPart), required=True)


class ErrorPart(Schema):
    """One thing that is wrong."""

    field = fields.String(required=True, metadata={"description": "a JSON pointer into the body"})
    text = fields.String(required=True)


class ProblemDetails(Schema):
    """RFC 9457."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    code = fields.String(required=True)
    detail = fields.String()
    instance = fields.String(required=True)
    errors = fields.List(fields.Nested(ErrorPart), required=True)
    conflicts = fields.List(fields.Nested(ConflictPart))
    ways_out = fields.List(fields.Raw())
    retry_after = fields.Integer()


class HealthAnswer(Schema):
    """That the process lives, and which version it is."""

    status = fields.String(required=True)
    kring = fields.String(required=True)
