"""The candidates of a programme: read as from a file, checked together with those who are there, and kept.

Only columns that Kring knows or the programme asks for are kept; what was left out is said in a note.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, or_, select, update

from service.candidates import Candidate, CandidateList
from service.faults import InputError
from service.intake.tables import Objects, Source
from service.reading import gather
from service.store.database import Store
from service.store.erasure import Eraser, erase
from service.store.errors import NotNowError, NotThereError, StaleError
from service.store.names import new_id, now
from service.store.pages import Page, page_with, paged
from service.store.programmes import StoredProgramme, find_programme, require_programme
from service.store.tables import candidates, deliveries, programmes, proposals

STORED = "stored"
"""What faults call the candidates who are there already."""


@dataclass(frozen=True, slots=True)
class StoredCandidate:
    """One candidate: `ref` is the store's own id, `content` the cells, the organiser's id among them."""

    ref: str
    version: int
    content: Mapping[str, Any]
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Added:
    """What became of candidates that were sent."""

    items: tuple[StoredCandidate, ...]
    read: CandidateList
    """As read, with notes and with who was set aside."""


def add_candidates(
    store: Store, space: str, programme: str, source: Source, *, skip_bad_rows: bool = False, dry_run: bool = False
) -> Added:
    """Adds the candidates of a file or a list: all of them, or none and an InputError with every fault.

    dry_run: says what would become of them, and keeps nothing.
    """
    with store.writing() as connection:
        asked = find_programme(connection, space, programme, lock=True)
        rows = rows_of(connection, programme)
        there = {str(row["id"]) for row in rows}
        read = _gathered(asked, rows, source, skip_bad_rows=skip_bad_rows)
        new = [each for each in read.candidates if each.id not in there]
        if dry_run:
            return Added((), read)
        moment = now()
        made = [StoredCandidate(new_id("cnd"), 1, cells_of(each), moment, moment) for each in new]
        if made:
            connection.execute(insert(candidates), [_row(programme, each) for each in made])
    return Added(tuple(made), read)


@dataclass(frozen=True, slots=True)
class Renewed:
    """What becomes of a list in which some people are on the list already."""

    added: int
    changes: tuple[tuple[str, str, Any, Any], ...]
    """Id, column, what is kept and what the list says instead, of everybody who changes."""
    same: int
    """People on the list of whom it says nothing else."""

    @property
    def changed(self) -> int:
        """How many people change."""
        return len({id_ for id_, *_ in self.changes})


def renew_candidates(
    store: Store, space: str, programme: str, source: Source, known: Collection[str], *, dry_run: bool = False
) -> Renewed:
    """Adds the new people of a list, and changes those who are there already (`known`, by id).

    Only filled cells change anything: what the list leaves empty stays as it is. Raises InputError with every fault.
    """
    with store.writing() as connection:
        asked = find_programme(connection, space, programme, lock=True)
        rows = {str(row["id"]): row for row in rows_of(connection, programme)}
        others = [row for id_, row in rows.items() if id_ not in known]
        there = {str(row["id"]) for row in others}
        read = [each for each in _gathered(asked, others, source).candidates if each.id not in there]
        told = {each.id: cells_of(each) for each in read}
        changes = tuple(
            (id_, column, rows[id_].get(column), value)
            for id_, cells in told.items()
            if id_ in rows
            for column, value in cells.items()
            if rows[id_].get(column) != value
        )
        new = [id_ for id_ in told if id_ not in rows]
        different = sorted({id_ for id_, *_ in changes})
        found = Renewed(len(new), changes, len(told) - len(new) - len(different))
        if dry_run:
            return found
        moment = now()
        if new:
            made = [StoredCandidate(new_id("cnd"), 1, told[id_], moment, moment) for id_ in new]
            connection.execute(insert(candidates), [_row(programme, each) for each in made])
        for id_ in different:
            connection.execute(
                update(candidates)
                .where(candidates.c.programme == programme, candidates.c.known_as == id_)
                .values(content={**rows[id_], **told[id_]}, version=candidates.c.version + 1, updated_at=moment)
            )
    return found


_PAGE = paged(select(candidates).where(candidates.c.programme == bindparam("programme")), candidates)


def list_candidates(
    store: Store, space: str, programme: str, *, after: int = 0, limit: int = 50
) -> Page[StoredCandidate]:
    """The candidates of a programme, in the order in which they came."""
    with store.reading() as connection:
        require_programme(connection, space, programme)
        return page_with(connection, _PAGE, {"programme": programme}, _stored, after=after, limit=limit)


def count_candidates(store: Store, space: str, programme: str) -> int:
    """How many candidates a programme has."""
    with store.reading() as connection:
        find_programme(connection, space, programme)
        return count_of(connection, programme)


def every_candidate(store: Store, space: str, programme: str) -> list[Mapping[str, Any]]:
    """The cells of everybody, in the order in which they came."""
    with store.reading() as connection:
        find_programme(connection, space, programme)
        return rows_of(connection, programme)


def refs_of(connection: Connection, programme: str) -> dict[str, str]:
    """The store's own id of everybody, by the organiser's."""
    query = select(candidates.c.known_as, candidates.c.id).where(candidates.c.programme == programme)
    return {row.known_as: row.id for row in connection.execute(query)}


def candidate(store: Store, space: str, programme: str, id_: str) -> StoredCandidate:
    """One candidate, by the organiser's id or the store's own."""
    with store.reading() as connection:
        require_programme(connection, space, programme)
        return _find(connection, programme, id_)


def change_candidate(
    store: Store, space: str, programme: str, id_: str, content: Mapping[str, Any], *, version: int
) -> StoredCandidate:
    """Puts other cells in place of those the caller saw; raises InputError, StaleError; NotNowError for another id."""
    with store.writing() as connection:
        asked = find_programme(connection, space, programme, lock=True)
        there = _find(connection, programme, id_)
        if there.version != version:
            raise StaleError(there.version)
        known_as = there.content["id"]
        others = [row for row in rows_of(connection, programme) if row["id"] != known_as]
        read = _gathered(asked, others, Objects("candidate", [{"id": known_as, **content}]))
        found = [each for each in read.candidates if each.id not in {row["id"] for row in others}]
        if len(found) != 1 or found[0].id != known_as:
            raise NotNowError("id_is_fixed")
        changed = StoredCandidate(there.ref, version + 1, cells_of(found[0]), there.created_at, now())
        connection.execute(
            update(candidates)
            .where(candidates.c.id == there.ref)
            .values(content=dict(changed.content), version=changed.version, updated_at=changed.updated_at)
        )
    return changed


def remove_candidate(store: Store, space: str, programme: str, id_: str, *, version: int) -> StoredCandidate:
    """Erases a candidate: from the programme, from what others say of them, and by name from what was proposed."""
    with store.writing() as connection:
        asked = find_programme(connection, space, programme, lock=True)
        there = _find(connection, programme, id_)
        if there.version != version:
            raise StaleError(there.version)
        connection.execute(delete(candidates).where(candidates.c.id == there.ref))
        gone = str(there.content["id"])
        erase(connection, space=space, programme=programme, content=there.content, alias=there.ref)
        # Earlier proposals and distances that came as data have as many people as before, under another name.
        left = Eraser(there.content, there.ref).references(without_person(asked.content, gone))
        if left != asked.content:
            connection.execute(
                update(programmes)
                .where(programmes.c.id == programme)
                .values(content=left, version=asked.version + 1, updated_at=now())
            )
        for row in connection.execute(select(candidates).where(candidates.c.programme == programme)).all():
            told = without_mention(row.content, gone)
            if told != row.content:
                connection.execute(
                    update(candidates)
                    .where(candidates.c.id == row.id)
                    .values(content=told, version=row.version + 1, updated_at=now())
                )
    return there


def known_of(store: Store, space: str, programme: str, there: StoredCandidate) -> dict[str, Any]:
    """What is kept of somebody besides the cells: places in proposals, and what forms delivered, as it came."""
    with store.reading() as connection:
        require_programme(connection, space, programme)
        query = select(proposals).where(proposals.c.programme == programme).order_by(proposals.c.seq)
        places = [
            {
                "proposal": row.id,
                "network": _place_in(row.content, str(there.content["id"])),
                "accepted": bool(row.accepted_at),
            }
            for row in connection.execute(query)
        ]
        delivered = deliveries.c.programme == programme, deliveries.c.candidate == there.ref
        forms = [
            {"receipt": row.id, "body": bytes(row.body).decode("utf-8", "replace")}
            for row in connection.execute(select(deliveries).where(*delivered).order_by(deliveries.c.seq))
        ]
    return {"proposals": [place for place in places if place["network"] is not None], "deliveries": forms}


def _place_in(content: Mapping[str, Any], id_: str) -> str | None:
    """The network of somebody, or the waitlist; None: not in this proposal."""
    if any(each["id"] == id_ for each in content["waitlist"]):
        return "waitlist"
    return next((str(each["name"]) for each in content["networks"] if id_ in each["members"]), None)


def rows_of(connection: Connection, programme: str) -> list[Mapping[str, Any]]:
    """The cells of every candidate, in order."""
    query = select(candidates.c.content).where(candidates.c.programme == programme).order_by(candidates.c.seq)
    return list(connection.execute(query).scalars())


def count_of(connection: Connection, programme: str) -> int:
    """How many candidates a programme has."""
    query = select(func.count()).select_from(candidates).where(candidates.c.programme == programme)
    return int(connection.execute(query).scalar_one())


def cells_of(person: Candidate) -> dict[str, Any]:
    """The cells of a candidate as JSON: one value as a text, several as a list."""
    cells = {name: values[0] if len(values) == 1 else list(values) for name, values in person.cells.items()}
    return {"id": person.id, **{name: value for name, value in cells.items() if name != "id"}}


def without_mention(content: Mapping[str, Any], gone: str) -> dict[str, Any]:
    """The cells of somebody without what they say of a person who is gone."""
    told = dict(content)
    for column in ("apart_from", "together_with"):
        values = told.get(column, ())
        kept = [value for value in ([values] if isinstance(values, str) else values) if value != gone]
        if column in told and not kept:
            del told[column]
        elif column in told:
            told[column] = kept[0] if len(kept) == 1 else kept
    return told


def without_person(content: Mapping[str, Any], gone: str) -> dict[str, Any]:
    """A programme without what it says of a person who is gone: pins, absences, and their place in pairs and groups."""
    left = dict(content)
    if "pins" in left:
        left["pins"] = [pin for pin in left["pins"] if pin["candidate"] != gone]
    if "absent" in left.get("meetings", {}):
        absent = [each for each in left["meetings"]["absent"] if each["candidate"] != gone]
        left["meetings"] = {**left["meetings"], "absent": absent}
    if "rules" in left:
        left["rules"] = [_rule_without(rule, gone) for rule in left["rules"]]
    return left


def _rule_without(rule: Mapping[str, Any], gone: str) -> dict[str, Any]:
    left = dict(rule)
    for key in ("pairs", "groups"):
        if key in left:
            shorter = [[id_ for id_ in each if id_ != gone] for each in left[key]]
            left[key] = [each for each in shorter if len(each) > 1]
    if "history" in left:
        left["history"] = [
            [id_ for id_ in each if id_ != gone] if isinstance(each, list) else each for each in left["history"]
        ]
    return left


def _gathered(
    asked: StoredProgramme, there: Iterable[Mapping[str, Any]], source: Source, *, skip_bad_rows: bool = False
) -> CandidateList:
    stored = list(there)
    sources = ([Objects(STORED, stored)] if stored else []) + [source]
    try:
        return gather(asked.read(), sources, skip_bad_rows=skip_bad_rows)
    except InputError as error:
        # Who is there already was right once; what the programme has asked since is not for a newcomer to mend.
        raise InputError([fault for fault in error.faults if fault.file != STORED] or error.faults) from error


def _find(connection: Connection, programme: str, id_: str) -> StoredCandidate:
    named = or_(candidates.c.id == id_, candidates.c.known_as == id_)
    # Somebody may be called like the store's id of another; what the organiser calls people comes first.
    query = select(candidates).where(candidates.c.programme == programme, named)
    row = connection.execute(query.order_by(candidates.c.known_as != id_)).first()
    if row is None:
        raise NotThereError(id_)
    return _stored(row)


def _row(programme: str, each: StoredCandidate) -> dict[str, Any]:
    return {
        "id": each.ref,
        "programme": programme,
        "known_as": each.content["id"],
        "content": dict(each.content),
        "version": each.version,
        "created_at": each.created_at,
        "updated_at": each.updated_at,
    }


def _stored(row: Row[Any]) -> StoredCandidate:
    return StoredCandidate(row.id, row.version, row.content, row.created_at, row.updated_at)
