"""Scenarios and repairs as they come over HTTP: changes as data, beside a proposal that is kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from service.changes import Changes
from service.intake.tables import Objects
from service.proposal_file import Proposal
from service.reading import Asked
from service.rounds_beside import RepairRounds, ScenarioRounds
from service.what_if import posed_beside
from solver.limits import Limits
from solver.repair import Wanted

ADDED = "add"
"""What faults call the candidates that come in."""


def changes_of(stated: Mapping[str, Any]) -> Changes:
    """Changes from their JSON, whose form has been looked at."""
    added = stated.get("add", ())
    return Changes(
        drop=tuple(stated.get("drop", ())),
        add=(Objects(ADDED, list(added)),) if added else (),
        set=tuple(stated.get("set", {}).items()),
        without=tuple(stated.get("without", ())),
        weight=tuple(stated.get("weight", {}).items()),
        absent=tuple((each["candidate"], each["meeting"]) for each in stated.get("absent", ())),
        merge=tuple((kept, gone) for kept, gone in stated.get("merge", ())),
        split=tuple(stated.get("split", ())),
    )


def posed_by(asked: Asked, baseline: Proposal, changes: Changes) -> Asked:
    """What changes make of a question; raises InputError with every fault of them."""
    return posed_beside(asked, baseline, changes)[1]


def scenario_rounds(asked: Asked, baseline: Proposal, stated: Mapping[str, Any], limits: Limits) -> ScenarioRounds:
    """A scenario beside its baseline, ready to be done in rounds."""
    return ScenarioRounds(asked, baseline, changes_of(stated.get("changes", {})), limits)


def repair_rounds(asked: Asked, baseline: Proposal, stated: Mapping[str, Any], limits: Limits) -> RepairRounds:
    """A repair of its baseline, ready to be done in rounds."""
    return RepairRounds(
        asked,
        baseline,
        changes_of(stated.get("changes", {})),
        limits,
        from_meeting=stated.get("from_meeting", 1),
        wanted=Wanted(stated.get("price_per_move"), stated.get("move_budget")),
    )


def as_data(told: Mapping[str, Any]) -> dict[str, Any]:
    """What a use case tells, as JSON holds it."""
    found: dict[str, Any] = json.loads(json.dumps(told, default=str))
    return found
