"""The way of a programme, from a list of people to networks that are told to their members."""

from __future__ import annotations

from typing import Any

from flask import current_app, url_for

from api.access import space, store
from service.store.programmes import StoredProgramme
from service.store.proposals import StoredProposal, standing_proposal

OF_PROGRAMME = ("people", "ask", "compose")
OF_PROPOSAL = ("board", "trios", "compare", "out")
"""Steps that show one proposal."""


def proposal_of(programme: StoredProgramme) -> StoredProposal | None:
    """The proposal that the later steps show: the accepted one, else the last one that was found."""
    return standing_proposal(store(), space(), programme.id)


def way_of(programme: StoredProgramme, proposal: StoredProposal | None) -> list[tuple[str, str | None]]:
    """Each step with its address; None where there is nothing to see yet."""
    found: list[tuple[str, str | None]] = []
    for step in OF_PROGRAMME:
        found.append((step, _address(step, programme_id=programme.id)))
    for step in OF_PROPOSAL:
        found.append((step, None if proposal is None else _address(step, proposal_id=proposal.id)))
    return found


def _address(step: str, **values: Any) -> str | None:
    endpoint = f"pages.{step}.start"
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else None
