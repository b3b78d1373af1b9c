"""Erasure: what was said of a person goes, and what was counted stays.

In what was asked and in what was proposed, the id that the organiser used becomes one that says nothing of anybody, and
the person's cells go; texts that name them lose the name. So an old proposal still has as many members, trios and
repeats as it had; recounting its rules is no longer possible, for the cells that they priced are gone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table, delete, select, update

from service.candidates import full_name
from service.store.names import now
from service.store.tables import deliveries, proposal_versions, proposals, questions, receipts, runs

NAMELESS = "..."

SECRET_COLUMNS = ("email", "first_name", "last_name", "name")
"""Cells that could stand in the text of a violation or a reason."""


def erase(connection: Connection, *, space: str, programme: str, content: Mapping[str, Any], alias: str) -> None:
    """Makes a person, whose cells are `content`, nameless in everything that a programme led to."""
    eraser = Eraser(content, alias)
    asked_otherwise = set()
    for row in connection.execute(select(questions).where(questions.c.programme == programme)).all():
        if _put(connection, questions, row.seq, row.content, eraser.question(row.content)):
            asked_otherwise.add(row.id)
    of_programme = select(proposals.c.id).where(proposals.c.programme == programme)
    # Locked, so that a change by hand at the same moment brings nobody back.
    for row in connection.execute(select(proposals).where(proposals.c.programme == programme).with_for_update()).all():
        if (
            _put(connection, proposals, row.seq, row.content, eraser.told(row.content))
            or row.question in asked_otherwise
        ):
            # Whoever saw the person, or keeps the proposal ready with them in it, has something that is no more.
            newer = {"version": row.version + 1, "updated_at": now()}
            connection.execute(update(proposals).where(proposals.c.seq == row.seq).values(newer))
    earlier = select(proposal_versions).where(proposal_versions.c.proposal.in_(of_programme))
    for row in connection.execute(earlier).all():
        _put(connection, proposal_versions, row.seq, row.content, eraser.told(row.content))
    for row in connection.execute(select(runs).where(runs.c.programme == programme)).all():
        told = {key: eraser.told(getattr(row, key)) for key in ("problem", "comparison", "asked")}
        connection.execute(update(runs).where(runs.c.seq == row.seq).values(told))
    said = deliveries.c.programme == programme, deliveries.c.candidate == alias
    connection.execute(update(deliveries).where(*said).values(body=b"", headers={}))
    # Answers that are kept for who asks twice may hold anybody.
    connection.execute(delete(receipts).where(receipts.c.space == space))


class Eraser:
    """Makes one person nameless in any JSON."""

    def __init__(self, content: Mapping[str, Any], alias: str) -> None:
        self.known_as = str(content["id"])
        self.alias = alias
        cells = {k: (v,) if isinstance(v, str) else tuple(v) for k, v in content.items() if k in SECRET_COLUMNS}
        names = {full_name(cells), *(value for values in cells.values() for value in values)} - {""}
        self._named = _any_of({self.known_as, *names})

    def question(self, content: Mapping[str, Any]) -> dict[str, Any]:
        """What was asked, with the person in it and none of their cells."""
        people = [
            {"id": self.alias} if row["id"] == self.known_as else self._mentions(row) for row in content["candidates"]
        ]
        return {
            **content,
            "programme": self.references(content["programme"]),
            "candidates": people,
            **({"names": self._ids(content["names"])} if "names" in content else {}),
        }

    def references(self, programme: Mapping[str, Any]) -> dict[str, Any]:
        """A programme whose pins, absences and lists of ids say the alias."""
        found = dict(programme)
        for key in ("pins", "rules"):
            if key in found:
                found[key] = self._ids(found[key])
        if isinstance(found.get("meetings"), Mapping):
            found["meetings"] = self._ids(found["meetings"])
        return found

    def told(self, content: Any) -> Any:
        """Anything that Kring wrote, ids and texts alike."""
        if isinstance(content, Mapping):
            return {key: self.told(value) for key, value in content.items()}
        if isinstance(content, list):
            return [self.told(value) for value in content]
        if isinstance(content, str):
            return self.alias if content == self.known_as else self._named.sub(NAMELESS, content)
        return content

    def _ids(self, content: Any) -> Any:
        if isinstance(content, Mapping):
            # The alias in place of an id; names of rules and columns stay what they are.
            return {
                key: value if key in ("rule", "name", "attribute", "network", "value") else self._ids(value)
                for key, value in content.items()
            }
        if isinstance(content, list):
            return [self._ids(value) for value in content]
        return self.alias if content == self.known_as else content

    def _mentions(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return {
            key: self._ids(value) if key in ("apart_from", "together_with") else value for key, value in row.items()
        }


def _any_of(names: set[str]) -> re.Pattern[str]:
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\w)")


def _put(connection: Connection, table: Table, seq: int, before: Any, after: Any) -> bool:
    """Whether anything was otherwise before."""
    if after != before:
        connection.execute(update(table).where(table.c.seq == seq).values(content=after))
    return bool(after != before)
