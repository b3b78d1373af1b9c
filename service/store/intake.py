"""What forms deliver: kept as it came before anybody is told, then mapped to a candidate, or held with the reasons.

A delivery is received, and then mapped, held for review, or refused by the person who filled it in. Nothing is dropped:
a held one is tried again when another mapping is switched on.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from service.candidates import same_value_key
from service.faults import Fault, InputError
from service.forms import (
    TOOLS,
    FormMapping,
    Held,
    Mapped,
    Received,
    as_mapping,
    authenticate,
    delivery_id,
    outcome,
    read_mapping,
    suggest,
)
from service.forms.suggest import suggest_by_name
from service.intake.tables import Objects
from service.store.candidates import add_candidates, change_candidate, remove_candidate
from service.store.database import Store
from service.store.errors import NotThereError
from service.store.names import new_id, now
from service.store.pages import Page, page_of
from service.store.programmes import find_programme, require_programme
from service.store.tables import candidates, deliveries, mappings, sources
from service.trace import trace

log = logging.getLogger("kring.intake")

KEPT_HEADERS = ("content-type", "webhook-id")
"""What reading a body again needs of its headers; the others may say who sent it, and are not kept."""

ALIASES = {"json": "plain", "form": "plain", "generic": "plain", "googleforms": "google_forms"}
"""Other names of tools in addresses."""


class Settled(Enum):
    """What became of a delivery."""

    RECEIVED = "received"
    MAPPED = "mapped"
    HELD = "held"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class FormSource:
    """Where forms of one tool come in for one programme."""

    id: str
    space: str
    programme: str
    tool: str
    secrets: tuple[str, ...]
    mapping: int | None


@dataclass(frozen=True, slots=True)
class Delivered:
    """A delivery as its sender and its reviewer see it."""

    id: str
    source: str
    state: Settled
    reasons: Sequence[Mapping[str, Any]]
    mapping: int | None
    candidate: str | None
    created_at: datetime


def tool_named(name: str) -> str:
    """The tool that an address means; raises NotThereError."""
    key = name.strip().lower().replace("-", "_")
    key = ALIASES.get(key, key)
    if key not in TOOLS:
        raise NotThereError(name)
    return key


def make_source(store: Store, space: str, programme: str, tool: str, secret: str | None = None) -> FormSource:
    """Opens a programme to the forms of a tool; where it is open already, the secret becomes the newest of two."""
    name = tool_named(tool)
    with store.writing() as connection:
        find_programme(connection, space, programme, lock=True)
        row = connection.execute(
            select(sources).where(sources.c.programme == programme, sources.c.tool == name)
        ).first()
        newest = secret or secrets.token_urlsafe(32)
        if row is not None:
            # The one before stays valid, so that nothing is lost while the form is told the new one.
            kept = [newest, *(each for each in row.secrets if each != newest)][:2]
            connection.execute(update(sources).where(sources.c.id == row.id).values(secrets=kept))
            return FormSource(row.id, row.space, programme, name, tuple(kept), row.mapping)
        made = FormSource(new_id("src"), space, programme, name, (newest,), None)
        connection.execute(
            insert(sources).values(
                id=made.id,
                space=space,
                programme=programme,
                tool=name,
                secrets=list(made.secrets),
                mapping=None,
                created_at=now(),
            )
        )
    return made


# Statements of every delivery are made once: building one takes longer than SQLite takes to answer it.
_SOURCE = select(sources).where(sources.c.programme == bindparam("programme"), sources.c.tool == bindparam("tool"))
_SOURCE_OF_SPACE = _SOURCE.where(sources.c.space == bindparam("space"))
_SOURCE_BY_ID = select(sources).where(sources.c.id == bindparam("source"))
_SAME = select(deliveries).where(deliveries.c.source == bindparam("source"), deliveries.c.key == bindparam("key"))
_KEEP = {
    name: insert_for(deliveries).on_conflict_do_nothing().returning(deliveries.c.seq)
    for name, insert_for in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}
_ONE = select(deliveries).where(deliveries.c.space == bindparam("space"), deliveries.c.id == bindparam("id"))
_ONE_LOCKED = _ONE.with_for_update()
_WAITING = (
    select(deliveries.c.id, deliveries.c.space)
    .where(deliveries.c.state == Settled.RECEIVED.value)
    .order_by(deliveries.c.seq)
    .limit(bindparam("most"))
)
_SETTLE = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("settled"))
    .values({name: bindparam(name) for name in ("state", "reasons", "mapping", "candidate", "settled_at")})
)
_BLANK = update(deliveries).where(deliveries.c.id == bindparam("settled")).values(body=b"", headers={})


def source_for(store: Store, space: str, programme: str, tool: str) -> FormSource:
    """The source of a tool, for a caller whose key has opened the programme already; made where there is none."""
    name = tool_named(tool)
    with store.reading() as connection:
        asked = {"space": space, "programme": programme, "tool": name}
        row = connection.execute(_SOURCE_OF_SPACE, asked).first()
    # `make_source` is what says that there is no such programme.
    return make_source(store, space, programme, name) if row is None else _source(row)


def open_source(
    store: Store,
    programme: str,
    tool: str,
    *,
    headers: Mapping[str, str],
    body: bytes,
    address_secret: str | None,
    moment: datetime,
) -> FormSource:
    """The source that a delivery without a key proves to come from; raises NotThereError or RefusedError."""
    name = tool_named(tool)
    with store.reading() as connection:
        row = connection.execute(_SOURCE, {"programme": programme, "tool": name}).first()
    if row is None:
        raise NotThereError(programme)
    found = _source(row)
    authenticate(TOOLS[name], found.secrets, headers, address_secret=address_secret, body=body, now=moment)
    return found


def receive(store: Store, source: FormSource, headers: Mapping[str, str], body: bytes) -> Delivered:
    """Keeps a delivery as it came; one that came before is the same one. Raises NotThereError."""
    known = {name.lower(): value for name, value in headers.items() if name.lower() in KEPT_HEADERS}
    told = delivery_id(TOOLS[source.tool], Received(headers, body))
    digest = sha256(told.encode("utf-8", "surrogatepass")).hexdigest()
    row: dict[str, Any] = {
        "id": new_id("dlv"),
        "space": source.space,
        "programme": source.programme,
        "source": source.id,
        "key": digest,
        "headers": known,
        "body": body,
        "state": Settled.RECEIVED.value,
        "reasons": [],
        "created_at": now(),
    }

    def keep() -> Delivered:
        with store.writing() as connection:
            if connection.execute(_KEEP[connection.dialect.name], row).first() is not None:
                return Delivered(row["id"], source.id, Settled.RECEIVED, (), None, None, row["created_at"])
            return _delivered(connection.execute(_SAME, {"source": source.id, "key": digest}).one())

    try:
        return store.together(keep)
    except IntegrityError as error:  # what it refers to was deleted meanwhile; nothing else can clash
        raise NotThereError(source.id) from error


def delivery(store: Store, space: str, id_: str) -> Delivered:
    """A delivery of a space; raises NotThereError."""
    with store.reading() as connection:
        return _delivered(_find(connection, space, id_))


def list_deliveries(
    store: Store, space: str, programme: str, *, state: str | None = None, after: int = 0, limit: int = 50
) -> Page[Delivered]:
    """The deliveries for a programme, those in one state where it says so."""
    query = select(deliveries).where(deliveries.c.space == space, deliveries.c.programme == programme)
    if state is not None:
        query = query.where(deliveries.c.state == state)
    with store.reading() as connection:
        require_programme(connection, space, programme)
        return page_of(connection, query, deliveries, _delivered, after=after, limit=limit)


SETTLING = 0.01
"""Seconds for which deliveries are settled in one transaction: a commit costs more than most of them, and whoever
delivers a form waits meanwhile."""


def settle_waiting(store: Store, *, most: int = 200) -> int:
    """Settles deliveries that nobody has looked at yet, as far as one transaction goes; how many."""
    with store.reading() as connection:
        waiting = connection.execute(_WAITING, {"most": most}).all()
    if not waiting:
        return 0
    try:
        return _settle_some(store, waiting)
    except Exception:  # whichever it was, it is found below
        return _settle_some(store, waiting, apart=True)


def _settle_some(store: Store, waiting: Sequence[Row[Any, Any]], *, apart: bool = False) -> int:
    """apart: each can fail without the others, which costs a savepoint each."""
    settled, until = 0, time.monotonic() + SETTLING
    with store.writing() as connection:
        for row in waiting:
            try:
                with connection.begin_nested() if apart else nullcontext():
                    settle(store, row.space, row.id)
            except Exception as error:  # ours: one delivery that breaks Kring must not hold up all others
                if not apart:
                    raise
                log.error("delivery %s could not be settled; it is held\n%s", row.id, trace(error))
                held = {"state": Settled.HELD.value, "reasons": [{"code": "internal"}], "settled_at": now()}
                connection.execute(update(deliveries).where(deliveries.c.id == row.id).values(held))
            settled += 1
            if time.monotonic() > until:
                break
    return settled


def settle(store: Store, space: str, id_: str, *, again: bool = False) -> Delivered:
    """Maps a delivery, or holds it with every reason. again: also one that was held before."""
    with store.writing() as connection:
        row = _find(connection, space, id_, lock=True)
        settled = Settled(row.state)
        if settled is not Settled.RECEIVED and not (again and settled is Settled.HELD):
            return _delivered(row)
        source = _source(connection.execute(_SOURCE_BY_ID, {"source": row.source}).one())
        received = Received(row.headers, row.body)
        mapping = _switched_on(connection, source, received)
        found: Mapped | Held = Held((Fault(code="form_no_mapping"),))
        if mapping is not None:
            found = outcome(TOOLS[source.tool], mapping, received)
        candidate, reasons = None, found.reasons if isinstance(found, Held) else ()
        state, refusal = Settled.HELD, "consent_refused"
        if isinstance(found, Mapped) and found.refused:
            state = Settled.REFUSED
            if _taken_out(store, connection, source, found):
                refusal = "consent_withdrawn"
        elif isinstance(found, Mapped):
            try:
                candidate = _taken_in(store, connection, source, found)
                state = Settled.MAPPED
            except InputError as error:
                reasons = error.faults
        values: dict[str, Any] = {
            "state": state.value,
            "reasons": [_reason(fault) for fault in reasons]
            or ([{"code": refusal}] if state is Settled.REFUSED else []),
            "mapping": source.mapping,
            "candidate": candidate,
            "settled_at": now(),
        }
        if state is Settled.REFUSED:
            # Who says no to taking part is not kept.
            connection.execute(_BLANK, {"settled": id_})
        connection.execute(_SETTLE, {**values, "settled": id_})
        return Delivered(id_, row.source, state, values["reasons"], source.mapping, candidate, row.created_at)


def try_mapping(
    store: Store, space: str, programme: str, tool: str, content: object, *, most: int = 50
) -> list[tuple[str, Mapped | Held]]:
    """What a mapping would make of the last deliveries, by id; nothing is kept. Raises InputError for the mapping."""
    mapping = read_mapping(content)
    source = source_for(store, space, programme, tool)
    query = select(deliveries).where(deliveries.c.source == source.id).order_by(deliveries.c.seq.desc()).limit(most)
    with store.reading() as connection:
        rows = connection.execute(query).all()
    return [(row.id, outcome(TOOLS[source.tool], mapping, Received(row.headers, row.body))) for row in rows]


def switch_on(store: Store, space: str, programme: str, tool: str, content: Mapping[str, Any]) -> int:
    """Keeps a mapping as the next version and switches it on, and tries what was held again; the version."""
    source = source_for(store, space, programme, tool)
    with store.writing() as connection:
        find_programme(connection, space, programme, lock=True)
        last = connection.execute(
            select(mappings.c.version).where(mappings.c.source == source.id).order_by(mappings.c.version.desc())
        ).scalar()
        version = (last or 0) + 1
        stated = {**content, "version": version}
        read_mapping(stated)
        connection.execute(insert(mappings).values(source=source.id, version=version, content=stated, created_at=now()))
        connection.execute(update(sources).where(sources.c.id == source.id).values(mapping=version))
        held = deliveries.c.source == source.id, deliveries.c.state == Settled.HELD.value
        ids = connection.execute(select(deliveries.c.id).where(*held).order_by(deliveries.c.seq)).scalars().all()
    for id_ in ids:
        settle(store, space, id_, again=True)
    return version


def suggested(store: Store, space: str, programme: str, tool: str) -> dict[str, Any]:
    """A mapping suggested from the questions of the last delivery; raises NotThereError where there is none yet."""
    source = source_for(store, space, programme, tool)
    query = select(deliveries).where(deliveries.c.source == source.id).order_by(deliveries.c.seq.desc()).limit(1)
    with store.reading() as connection:
        row = connection.execute(query).first()
    if row is None:
        raise NotThereError(source.id)
    read = TOOLS[source.tool].read(Received(row.headers, row.body))
    found = suggest(read.questions)
    why = [{"column": each.column, "question": each.question.label, "why": each.why.value} for each in found]
    return {"mapping": as_mapping(found), "why": why}


def _switched_on(connection: Connection, source: FormSource, received: Received) -> FormMapping | None:
    """The mapping that counts. A plain body whose keys are names of columns needs none."""
    if source.mapping is not None:
        query = select(mappings.c.content).where(mappings.c.source == source.id, mappings.c.version == source.mapping)
        return read_mapping(connection.execute(query).scalar_one())
    if source.tool != "plain":
        return None
    try:
        questions = TOOLS["plain"].read(received).questions
        named = suggest_by_name(questions)
        return read_mapping(as_mapping(named)) if named else None
    except InputError:
        return None


def _taken_in(store: Store, connection: Connection, source: FormSource, found: Mapped) -> str:
    """Adds the person of a row, or updates who is there already; the store's id. Raises InputError."""
    cells = _cells(found)
    there = _same_person(connection, source.programme, cells)
    if there is None:
        added = add_candidates(store, source.space, source.programme, Objects("form", [cells]))
        return added.items[0].ref
    merged = {**there.content, **cells, "id": there.content["id"]}
    changed = change_candidate(store, source.space, source.programme, there.id, merged, version=there.version)
    return changed.ref


def _taken_out(store: Store, connection: Connection, source: FormSource, found: Mapped) -> bool:
    """Erases who said yes before and says no now; whether there was anybody."""
    there = _same_person(connection, source.programme, _cells(found))
    if there is None:
        return False
    remove_candidate(store, source.space, source.programme, there.id, version=there.version)
    return True


def _cells(found: Mapped) -> dict[str, Any]:
    return {name: values[0] if len(values) == 1 else list(values) for name, values in found.row.items()}


def _same_person(connection: Connection, programme: str, cells: Mapping[str, Any]) -> Row[Any] | None:
    rows = connection.execute(select(candidates).where(candidates.c.programme == programme)).all()
    if "id" in cells:
        return next((row for row in rows if row.known_as == cells["id"]), None)
    if isinstance(cells.get("email"), str):
        email = same_value_key(cells["email"])
        return next((row for row in rows if same_value_key(str(row.content.get("email", ""))) == email), None)
    return None


def _reason(fault: Fault) -> dict[str, Any]:
    return {"code": fault.code, "column": fault.column, "text": fault.text("en")}


def _find(connection: Connection, space: str, id_: str, *, lock: bool = False) -> Row[Any]:
    row = connection.execute(_ONE_LOCKED if lock else _ONE, {"space": space, "id": id_}).first()
    if row is None:
        raise NotThereError(id_)
    return row


def _source(row: Row[Any]) -> FormSource:
    return FormSource(row.id, row.space, row.programme, row.tool, tuple(row.secrets), row.mapping)


def _delivered(row: Row[Any]) -> Delivered:
    return Delivered(row.id, row.source, Settled(row.state), row.reasons, row.mapping, row.candidate, row.created_at)
