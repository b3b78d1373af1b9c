"""What a job is asked without anybody's name: the ids of files, which may be addresses, stay with the question.

A job speaks of people by ids that the store gives. Whom they mean stands in the question, which erasure reaches.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from service.store.names import new_id

PIN = "pin:"


@dataclass
class Names:
    """Ids of the store's own for the ids of files; `refs` has those that the store has given already."""

    refs: Mapping[str, str]
    given: dict[str, str] = field(default_factory=dict)
    """By the store's id, the file's."""

    def of(self, known_as: str) -> str:
        """The store's id for somebody."""
        own = self.refs.get(known_as) or next((own for own, id_ in self.given.items() if id_ == known_as), None)
        own = own or new_id("cnd")
        self.given[own] = known_as
        return own


def nameless(asked: Mapping[str, Any], names: Names, added: Sequence[str]) -> dict[str, Any]:
    """What a scenario or a repair asks, without names and cells. `added`: the ids of those who come in."""
    changes = _of_others(asked["changes"], lambda known_as: names.of(known_as.strip()))
    if "add" in changes:
        changes["add"] = [names.of(id_) for id_ in added]
    return {**asked, "changes": changes}


def named(asked: Mapping[str, Any], question: Mapping[str, Any]) -> dict[str, Any]:
    """What was asked, with the people of its question in it again."""
    names: Mapping[str, str] = question.get("names", {})
    cells = {row["id"]: row for row in question["candidates"]}
    changes = _of_others(asked["changes"], lambda own: names.get(own, own))
    if "add" in changes:
        # Runs of earlier versions hold the cells themselves.
        changes["add"] = [cells[names.get(own, own)] if isinstance(own, str) else own for own in changes["add"]]
    return {**asked, "changes": changes}


def _of_others(changes: Mapping[str, Any], called: Callable[[str], str]) -> dict[str, Any]:
    """The same changes with those called otherwise who leave, miss a meeting or lose their pin."""
    found = dict(changes)
    if "drop" in found:
        found["drop"] = [called(each) for each in found["drop"]]
    if "absent" in found:
        found["absent"] = [{**each, "candidate": called(each["candidate"])} for each in found["absent"]]
    if "without" in found:
        found["without"] = [
            PIN + called(each.removeprefix(PIN)) if each.startswith(PIN) else each for each in found["without"]
        ]
    return found
