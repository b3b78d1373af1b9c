"""Scenarios and repairs as they come over HTTP: changes as data, beside a proposal that is kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from service.baseline import Baseline, check_networks, merged
from service.changes import Changes
from service.intake.tables import Objects
from service.proposal_file import Proposal
from service.reading import Asked
from service.repair import Mended, mend
from service.scenario import changed
from service.what_if import Compared, what_if
from solver.limits import Limits, Listener
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
    check_networks(baseline, changes)
    return changed(asked, changes, names=Baseline(baseline, merged(changes)).sizes)


def scenario(
    asked: Asked,
    baseline: Proposal,
    stated: Mapping[str, Any],
    limits: Limits,
    listen: Listener,
    stopped: Callable[[], bool],
) -> Compared:
    """A scenario beside its baseline."""
    changes = changes_of(stated.get("changes", {}))
    return what_if(asked, baseline, changes, limits, listen=listen, stopped=stopped)


def repaired(
    asked: Asked,
    baseline: Proposal,
    stated: Mapping[str, Any],
    limits: Limits,
    listen: Listener,
    stopped: Callable[[], bool],
) -> Mended:
    """A repair of its baseline."""
    return mend(
        asked,
        baseline,
        changes_of(stated.get("changes", {})),
        limits,
        from_meeting=stated.get("from_meeting", 1),
        wanted=Wanted(stated.get("price_per_move"), stated.get("move_budget")),
        listen=listen,
        stopped=stopped,
    )


def as_data(told: Mapping[str, Any]) -> dict[str, Any]:
    """What a use case tells, as JSON holds it."""
    found: dict[str, Any] = json.loads(json.dumps(told, default=str))
    return found
