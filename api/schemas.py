"""The forms of bodies: what a request may hold, and what an answer holds.

A programme's own form stands in `service.programme_schema`; this file adds what exists over HTTP only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import INCLUDE, Schema, ValidationError, fields

from api.sizes import MOST_SECONDS
from service.programme_schema import Checked, Form, Listed, ProgrammeSchema, Table, Text, Whole, is_number, texts

LEAST_SECONDS = 0.1
MOST_WORKERS = 8


def is_time_limit(value: Any) -> bool:
    """Seconds, a tenth or more; how many are too many is a matter of size, not of form."""
    return is_number(value) and value >= LEAST_SECONDS


def is_strength(value: Any) -> bool:
    """`must`, `first` or a weight."""
    return value in ("must", "first") or (isinstance(value, int) and not isinstance(value, bool))


class Count(Whole):
    """A whole number from 0, as proposals are full of them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(0, 10**15, **kwargs)


# what a proposal holds; what another version of Kring adds to one is let through and not looked at


class Part(Schema):
    """A table of a proposal."""

    class Meta:
        """Unknown keys stay."""

        unknown = INCLUDE

    error_messages = {"type": "not_table"}  # noqa: RUF012


class BoundedPart(Part):
    """An objective, what it is proven to be at least, and the gap between the two."""

    objective = Count(required=True)
    bound = Count(required=True)
    gap = Checked("not_number", is_number, required=True)


class CompositionPart(BoundedPart):
    """Who sits where, summed up."""

    status = Text(required=True)
    waiting = Count(required=True)
    least_waiting = Count(required=True, allow_none=True)


class ViolationPart(Part):
    """One place where a rule does not hold."""

    penalty = Count(required=True)
    text = fields.String()


class RulePart(Part):
    """One rule and what it costs."""

    name = Text(required=True)
    rule = Text(required=True)
    strength = Checked("not_text", is_strength, required=True)
    penalty = Count(required=True)
    violations = Listed(Table(ViolationPart), required=True)


class ComposedRulePart(RulePart):
    """One rule of the composition."""

    bound = Count(required=True, allow_none=True)


class NetworkPart(Part):
    """One network and its members."""

    name = Text(required=True)
    slot = Text(allow_none=True)
    facilitator = Text(allow_none=True)
    members = texts(required=True)


class WaitingPart(Part):
    """One candidate who waits."""

    id = Text(required=True)


class TrioPart(Part):
    """Who sits together at one meeting, and whose question they work on."""

    members = texts(required=True)
    case_giver = Text(required=True, allow_none=True)


class MeetingPart(Part):
    """One meeting of one network."""

    trios = Listed(Table(TrioPart), required=True)


class RotationPart(Part):
    """All meetings of one network."""

    network = Text(required=True)
    status = Text(required=True)
    repeats = Count(required=True)
    least_repeats = Count(required=True)
    balance = Table(BoundedPart, required=True, allow_none=True)
    rest = Table(BoundedPart, required=True)
    rules = Listed(Table(RulePart), required=True)
    meetings = Listed(Table(MeetingPart), required=True)


class ProposalForm(Part):
    """proposal.json"""

    status = Text(required=True)
    composition = Table(CompositionPart, required=True)
    networks = Listed(Table(NetworkPart), required=True)
    waitlist = Listed(Table(WaitingPart))
    rules = Listed(Table(ComposedRulePart), required=True)
    rotations = Listed(Table(RotationPart), required=True)


# earlier answers and distances, which a programme on disk has in files


class EarlierNetworkPart(Part):
    """A network of an earlier proposal."""

    name = Text(required=True)
    members = texts(required=True)


class EarlierTrioPart(Part):
    """A trio of an earlier proposal."""

    members = texts(required=True)


class EarlierMeetingPart(Part):
    """A meeting of an earlier proposal."""

    trios = Listed(Table(EarlierTrioPart), required=True)


class EarlierRotationPart(Part):
    """The meetings of a network of an earlier proposal."""

    meetings = Listed(Table(EarlierMeetingPart), required=True)


class EarlierProposalForm(Part):
    """As much of an earlier proposal as a baseline or a history needs."""

    networks = Listed(Table(EarlierNetworkPart), required=True)
    rotations = Listed(Table(EarlierRotationPart))


class MatrixForm(Form):
    """Distances between candidates."""

    ids = texts(required=True)
    rows = Listed(Listed(Checked("not_number", is_number)), required=True)


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


class ConflictPart(Schema):
    """Rules and limits that cannot hold together, though they can without any one of them."""

    rules = fields.List(fields.String(), required=True)
    limits = fields.List(fields.String(), required=True)
    text = fields.String(required=True)


class ConflictsAnswer(Schema):
    """Every conflict that was found; none where everything that must hold can."""

    conflicts = fields.List(fields.Nested(ConflictPart), required=True)
    ways_out = fields.List(fields.Raw(), required=True)


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
