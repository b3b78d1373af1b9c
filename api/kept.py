"""How what is kept looks over HTTP: the fields of the files, with `id` and `stored` beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from flask import Response

from api.answers import rendered
from service.store.candidates import StoredCandidate
from service.store.pages import Page
from service.store.programmes import StoredProgramme
from service.store.proposals import StoredProposal
from service.store.runs import Run, State

Item = TypeVar("Item")


def programme_shown(there: StoredProgramme) -> dict[str, Any]:
    """A programme, as it was sent."""
    return {"id": there.id, **there.content, "stored": _stored(there.version, there.created_at, there.updated_at)}


def candidate_shown(there: StoredCandidate) -> dict[str, Any]:
    """A candidate; `id` is what the organiser calls them."""
    return {
        **there.content,
        "stored": {"ref": there.ref, **_stored(there.version, there.created_at, there.updated_at)},
    }


def run_shown(there: Run) -> dict[str, Any]:
    """A run, with the best that is known of it so far."""
    known = {key: there.progress.get(key) for key in ("stage", "objective", "bound", "gap", "waiting")}
    return {
        "id": there.id,
        "programme": there.programme,
        "kind": there.kind,
        "state": there.state.value,
        "stopping": there.stop and not there.state.ended,
        **known,
        "rounds": there.rounds,
        "baseline": there.baseline,
        "proposal": there.proposal,
        "problem": there.problem,
        "limits": there.asked,
        "created_at": _said(there.created_at),
        "started_at": _said(there.started_at),
        "ended_at": _said(there.ended_at),
    }


def row_shown(row: str, runs: Sequence[Run]) -> dict[str, Any]:
    """A row of scenarios as one run: where it is as a whole, and each of its scenarios."""
    first = runs[0]
    states = {each.state for each in runs}
    if all(state.ended for state in states):
        state = State.DONE if State.DONE in states else runs[-1].state
    else:
        state = State.QUEUED if states == {State.QUEUED} else State.RUNNING
    begun = [each.started_at for each in runs if each.started_at is not None]
    ended = [each.ended_at for each in runs if each.ended_at is not None]
    return {
        **run_shown(first),
        **dict.fromkeys(("stage", "objective", "bound", "gap", "waiting", "proposal", "problem")),
        "id": row,
        "kind": "row",
        "state": state.value,
        "stopping": False,
        "rounds": sum(each.rounds for each in runs),
        "limits": {key: value for key, value in first.asked.items() if key not in ("changes", "name", "value", "row")},
        "started_at": _said(min(begun, default=None)),
        "ended_at": _said(max(ended)) if len(ended) == len(runs) else None,
        "scenarios": [run_shown(each) for each in runs],
    }


def proposal_shown(there: StoredProposal) -> dict[str, Any]:
    """A proposal with the fields of proposal.json."""
    return {
        "id": there.id,
        **there.content,
        "stored": {
            "programme": there.programme,
            "run": there.run,
            "accepted_at": _said(there.accepted_at),
            **_stored(there.version, there.created_at, there.updated_at),
        },
    }


def proposal_listed(there: StoredProposal) -> dict[str, Any]:
    """A proposal in a list: its score, without its people."""
    whole = proposal_shown(there)
    return {key: whole[key] for key in ("id", "status", "composition", "stored")}


def page_shown(page: Page[Item], show: Callable[[Item], Mapping[str, Any]]) -> Response:
    """Some items, and `next`: what to give as `after` to get those that follow."""
    return rendered({"items": [show(item) for item in page.items], "next": page.next}, indent=None)


def merged(content: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """Content with a merge patch applied (RFC 7396): null takes a field away."""
    found = dict(content)
    for key, value in change.items():
        there = found.get(key)
        if value is None:
            found.pop(key, None)
        elif isinstance(value, Mapping):
            found[key] = merged(there if isinstance(there, Mapping) else {}, value)
        else:
            found[key] = value
    return found


def _stored(version: int, created: datetime, updated: datetime) -> dict[str, Any]:
    return {"version": version, "created_at": _said(created), "updated_at": _said(updated)}


def _said(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
