"""What was asked when a run began, so that later changes of the programme or its candidates do not reach it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

from sqlalchemy import Connection, insert, select

from service.candidates import PERSON_COLUMNS
from service.files import NoFiles
from service.intake.tables import Objects
from service.reading import Asked, asked_of
from service.store.candidates import cells_of, rows_of, without_mention
from service.store.errors import NotThereError
from service.store.names import new_id, now
from service.store.programmes import StoredProgramme
from service.store.tables import questions

CANDIDATES = "candidates"
"""What faults call the list of candidates."""


def keep_question(connection: Connection, programme: StoredProgramme) -> str:
    """The id of the question that a programme and its candidates ask now. What was asked before is kept once."""
    return _kept(connection, programme.id, programme.content, rows_of(connection, programme.id))


def keep_changed_question(
    connection: Connection, programme: str, posed: Asked, names: Mapping[str, str] | None = None
) -> str:
    """The id of a question that changes have made of another one; `names`: whom the ids in those changes mean."""
    listed = posed.question.candidates.candidates
    there = {person.id for person in listed}
    # Whom a change has dropped may still be named by others; read again, that would be a fault.
    gone = sorted({id_ for person in listed for column in PERSON_COLUMNS for id_ in person.values(column)} - there)
    people = [reduce(without_mention, gone, cells_of(person)) for person in listed]
    return _kept(connection, programme, posed.origin.tables, people, names or {})


def _kept(
    connection: Connection,
    programme: str,
    tables: Mapping[str, Any],
    people: Sequence[Mapping[str, Any]],
    names: Mapping[str, str] | None = None,
) -> str:
    content = {"programme": dict(tables), "candidates": list(people)} | ({"names": dict(names)} if names else {})
    digest = hashlib.sha256(json.dumps(content, separators=(",", ":")).encode("ascii")).hexdigest()
    query = select(questions.c.id).where(questions.c.programme == programme, questions.c.digest == digest)
    there = connection.execute(query).scalar()
    if there is not None:
        return str(there)
    made = new_id("qst")
    connection.execute(
        insert(questions).values(id=made, programme=programme, digest=digest, content=content, created_at=now())
    )
    return made


def content_of(connection: Connection, question: str) -> Mapping[str, Any]:
    """A question as it is kept."""
    content: Mapping[str, Any] | None = connection.execute(
        select(questions.c.content).where(questions.c.id == question)
    ).scalar()
    if content is None:
        raise NotThereError(question)
    return content


def asked_again(connection: Connection, question: str) -> Asked:
    """A question as it was asked; raises InputError where this version of Kring no longer accepts it."""
    row = connection.execute(select(questions).where(questions.c.id == question)).first()
    if row is None:
        raise NotThereError(question)
    return asked_of(
        row.content["programme"], Objects(CANDIDATES, row.content["candidates"]), NoFiles(), sha256=row.digest
    )
