"""Earlier proposals that a wish may refer to: who was together before, and who met whom.

Only those of the same programme: whoever is erased from it is erased from what its wishes keep of them as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.store.database import Store
from service.store.errors import NotThereError
from service.store.proposals import list_proposals, proposal


@dataclass(frozen=True, slots=True)
class Earlier:
    """A proposal, with what tells it from others."""

    id: str
    created_at: datetime
    accepted: bool
    networks: int
    meetings: int


def earlier_proposals(store: Store, space: str, programme: str) -> list[Earlier]:
    """The proposals for a programme, the newest first."""
    found, after = [], 0
    while True:
        page = list_proposals(store, space, programme, after=after, limit=200)
        for there in page.items:
            meetings = max((len(rotation["meetings"]) for rotation in there.content["rotations"]), default=0)
            networks = len(there.content["networks"])
            found.append(Earlier(there.id, there.created_at, there.accepted_at is not None, networks, meetings))
        if page.next is None:
            return found[::-1]
        after = page.next


def earlier_as_data(store: Store, space: str, programme: str, id_: str) -> Mapping[str, Any] | None:
    """As much of a proposal as a baseline or a history needs, to be kept with its programme; None: not there."""
    try:
        there = proposal(store, space, id_)
    except NotThereError:
        return None
    if there.programme != programme:
        return None
    content = there.content
    return {
        "networks": [{"name": each["name"], "members": list(each["members"])} for each in content["networks"]],
        "rotations": [
            {
                "meetings": [
                    {"trios": [{"members": list(trio["members"])} for trio in meeting["trios"]]}
                    for meeting in rotation["meetings"]
                ]
            }
            for rotation in content["rotations"]
        ],
    }
