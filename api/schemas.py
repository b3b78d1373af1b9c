"""The forms of bodies: what a request may hold, and what an answer holds.

A programme's own form stands in `service.programme_schema`; this file adds what exists over HTTP only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import EXCLUDE, INCLUDE, Schema, ValidationError, fields, validate, validates_schema

from api.sizes import MOST_SECONDS
from service.programme_schema import (
    Checked,
    Form,
    Listed,
    ProgrammeSchema,
    Table,
    Tables,
    Text,
    Whole,
    is_number,
    is_pairs,
)
from service.proposal_schema import EarlierProposalForm, MatrixForm, ProposalForm
from service.store.intake import Settled
from service.store.runs import State

LEAST_SECONDS = 0.1
MOST_WORKERS = 8


MOST_RUN_SECONDS = 24 * 3600
MOST_RUN_EFFORT = 100_000

OURS = ("id", "stored")
"""Fields that Kring adds to what it keeps; whoever sends back what they read sends them too."""


def without_ours(content: Any) -> Any:
    """Content without what Kring added to it."""
    return {key: value for key, value in content.items() if key not in OURS} if isinstance(content, dict) else content


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


class ProgrammeBody(ProgrammeSchema):
    """A programme, without files."""

    def load(self, data: Any, **_: Any) -> Any:
        """The programme as it was sent, once it has been looked at in full; raises ValidationError."""
        if not isinstance(data, dict):
            return super().load(data)  # which refuses it
        return AsSent().deserialize(without_ours(data))


class RunBody(LimitsForm):
    """How long to look, over as many rounds as that takes."""

    time_limit = Checked(
        "not_number",
        lambda value: is_time_limit(value) and value <= MOST_RUN_SECONDS,
        metadata={"minimum": LEAST_SECONDS, "maximum": MOST_RUN_SECONDS},
    )
    effort = Whole(1, MOST_RUN_EFFORT)


class MissedForm(Form):
    """Somebody, and the meeting that they miss."""

    candidate = Text(required=True)
    meeting = Whole(1, required=True)


class ChangesForm(Form):
    """What is different, as `kring what-if` has it."""

    drop = Listed(Text())
    add = Listed(Tables())
    set = Tables(metadata={"description": "by key of the programme: `networks.max_size`"})
    without = Listed(Text())
    weight = Tables(metadata={"description": "by name of the rule: 1 to 1000, or `must`"})
    absent = Listed(Table(MissedForm))
    merge = Checked("not_pairs", is_pairs)
    split = Listed(Text())


class NamedChangesForm(Form):
    """One scenario of several, and how it is called."""

    name = Text()
    changes = Table(ChangesForm, required=True)


class ScenarioBody(RunBody):
    """Changes to a proposal's question, and how long to look: one scenario, or a row of them within one call.

    The limits are those of each scenario.
    """

    changes = Table(ChangesForm, metadata={"description": "of every scenario; asked for where it is the only one"})
    sweep = Tables(
        keys=fields.String(),
        metadata={
            "description": "a scenario for each value of a key of the programme: `2..6`, `2..10..2`, `2,4` or a list"
        },
    )
    scenarios = Listed(Table(NamedChangesForm), metadata={"description": "a scenario for each"})

    @validates_schema
    def something(self, data: Mapping[str, Any], **_: Any) -> None:
        """Whether there is anything to compose."""
        if not any(key in data for key in ("changes", "sweep", "scenarios")):
            raise ValidationError({"changes": ["missing"]})


class RepairBody(RunBody):
    """What has happened, and how moves are weighed."""

    changes = Table(ChangesForm, required=True)
    from_meeting = Whole(1)
    price_per_move = Whole(0)
    move_budget = Whole(0)


class PlacementBody(Form):
    """A newcomer, with the fields of a candidate."""

    candidate = Tables(required=True)


class MoveForm(Form):
    """Somebody, and where they go."""

    candidate = Text(required=True)
    network = Text(required=True, metadata={"description": "a network of the proposal, or `waitlist`"})


class AdjustmentBody(Form):
    """What is changed by hand, all at once."""

    moves = Listed(Table(MoveForm))
    swaps = Checked("not_pairs", is_pairs)
    pin = Listed(Text())
    unpin = Listed(Text())


class AdjustmentQuery(Form):
    """Whether to do it."""

    dry_run = fields.Boolean(load_default=False, metadata={"description": "only say what it would make of every rule"})


class AnyObject(Form):
    """A JSON object, told by the call that takes or gives it."""

    class Meta:
        """Any field."""

        unknown = INCLUDE


class PageQuery(Form):
    """Which page."""

    after = fields.Integer(load_default=0, validate=validate.Range(0, 2**62))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 500))


class IntakeQuery(Schema):
    """Which programme, and the secret where the tool does not sign; tools may add fields of their own."""

    class Meta:
        """Any other field is the tool's."""

        unknown = EXCLUDE

    programme = fields.String(required=True)
    secret = fields.String()


class DeliveriesQuery(PageQuery):
    """Which deliveries."""

    state = fields.String(validate=validate.OneOf([state.value for state in Settled]))


class SourceBody(Form):
    """A form tool, and its secret where the tool makes it."""

    tool = Text(required=True)
    secret = Text()


class CandidatesQuery(Form):
    """How to take a list of candidates."""

    dry_run = fields.Boolean(load_default=False)
    skip_bad_rows = fields.Boolean(load_default=False)


class ExplanationQuery(Form):
    """What to look at."""

    instead = fields.String(metadata={"description": "the only other network to look at"})


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


class StoredPart(Schema):
    """What the store adds to what it keeps."""

    version = fields.Integer(required=True, metadata={"description": "the ETag, for If-Match"})
    created_at = fields.DateTime(required=True)
    updated_at = fields.DateTime(required=True)


class KeptAnswer(AnyObject):
    """Something that is kept, with the fields that it was sent with."""

    id = fields.String(required=True)
    stored = fields.Nested(StoredPart, required=True)


class ProgrammeAnswer(KeptAnswer):
    """A programme."""


class CandidateAnswer(KeptAnswer):
    """A candidate."""


class ProposalAnswer(KeptAnswer):
    """A proposal: the fields of proposal.json."""


class PageAnswer(Schema):
    """Some items, and where the next page begins."""

    items = fields.List(fields.Dict(), required=True)
    next = fields.Integer(required=True, allow_none=True, metadata={"description": "for `after`; null: no more"})


class AddedAnswer(Schema):
    """What became of candidates that were sent."""

    dry_run = fields.Boolean(required=True)
    added = fields.Integer(required=True)
    items = fields.List(fields.Nested(CandidateAnswer), required=True)
    set_aside = fields.List(fields.Dict(), required=True)
    notes = fields.List(fields.String(), required=True)
    left_out = fields.List(fields.String(), required=True)
    errors = fields.List(fields.Nested(ErrorPart), required=True)


class ReceiptAnswer(Schema):
    """A delivery was kept."""

    receipt = fields.String(required=True)
    state = fields.String(required=True)


class DeliveryAnswer(ReceiptAnswer):
    """What became of a delivery."""

    reasons = fields.List(fields.Dict(), required=True)
    mapping = fields.Integer(required=True, allow_none=True)
    candidate = fields.String(required=True, allow_none=True)
    created_at = fields.DateTime(required=True)


class SourceAnswer(Schema):
    """Where forms of one tool come in."""

    id = fields.String(required=True)
    tool = fields.String(required=True)
    address = fields.String(required=True)
    secret = fields.String(required=True)


class RunAnswer(Schema):
    """A run, with the best that is known so far."""

    id = fields.String(required=True)
    programme = fields.String(required=True)
    kind = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf([state.value for state in State]))
    stopping = fields.Boolean(required=True)
    stage = fields.String(required=True, allow_none=True)
    objective = fields.Integer(required=True, allow_none=True)
    bound = fields.Integer(required=True, allow_none=True)
    gap = fields.Float(required=True, allow_none=True)
    waiting = fields.Integer(required=True, allow_none=True)
    rounds = fields.Integer(required=True)
    baseline = fields.String(required=True, allow_none=True)
    proposal = fields.String(required=True, allow_none=True)
    problem = fields.Dict(required=True, allow_none=True)
    limits = fields.Dict(required=True)
    created_at = fields.DateTime(required=True)
    started_at = fields.DateTime(required=True, allow_none=True)
    ended_at = fields.DateTime(required=True, allow_none=True)
    scenarios = fields.List(fields.Dict(), metadata={"description": "the runs of a row"})


class HealthAnswer(Schema):
    """That the process lives, and which version it is."""

    status = fields.String(required=True)
    kring = fields.String(required=True)
