"""The form of a proposal, as marshmallow schemas: read back from proposal.json, or sent as data with a programme.

What another version of Kring adds to a proposal is let through and not looked at.
"""

from __future__ import annotations

from typing import Any

from marshmallow import INCLUDE, Schema, fields

from service.programme_schema import Checked, Form, Listed, Table, Text, Whole, is_number, texts


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


class RepairPart(Part):
    """How a proposal came from an earlier one."""

    from_meeting = Whole(1, 201)


class ProposalForm(Part):
    """proposal.json"""

    status = Text(required=True)
    composition = Table(CompositionPart, required=True)
    networks = Listed(Table(NetworkPart), required=True)
    waitlist = Listed(Table(WaitingPart))
    rules = Listed(Table(ComposedRulePart), required=True)
    rotations = Listed(Table(RotationPart), required=True)
    repair = Table(RepairPart)


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
