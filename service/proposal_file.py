"""The file proposal.json: written and read, without anything that solves."""

from __future__ import annotations

import json
from typing import Any

from service.faults import Fault, InputError
from service.proposal_schema import ProposalForm

Proposal = dict[str, Any]
"""JSON, with the fields of the contract's section 5."""


def as_bytes(proposal: Proposal) -> bytes:
    """The proposal as its file holds it: the same proposal gives the same bytes."""
    return (json.dumps(proposal, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def read_proposal(data: bytes, *, file: str) -> Proposal:
    """A proposal from its file; raises InputError where it is none."""
    try:
        loaded = json.loads(data)
    except ValueError as error:
        raise InputError([Fault(code="not_a_proposal", file=file)]) from error
    if not isinstance(loaded, dict) or ProposalForm().validate(loaded):
        raise InputError([Fault(code="not_a_proposal", file=file)])
    return loaded


def percent(objective: int, bound: int) -> str:
    """The gap as people read it."""
    return f"{100 * max(0, objective - bound) / max(1, objective):.1f} %"
