"""What organisers see of forms: where they come in, what was delivered, and which answers there are to map."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select, update

from service.faults import InputError
from service.forms import TOOLS, Received
from service.forms.mapping import FormMapping, read_mapping
from service.intake.tables import Objects
from service.store.candidates import add_candidates
from service.store.database import Store
from service.store.errors import NotNowError, NotThereError
from service.store.intake import FormSource, Settled, tool_named
from service.store.names import now
from service.store.programmes import find_programme
from service.store.tables import deliveries, mappings, sources

MOST_ANSWERS = 3
"""Answers to a question that are shown as examples."""


@dataclass(frozen=True, slots=True)
class SourceSeen:
    """A source with how many deliveries are in each state."""

    source: FormSource
    counts: Mapping[str, int]

    @property
    def held(self) -> int:
        """Deliveries that wait for somebody."""
        return self.counts.get(Settled.HELD.value, 0)

    @property
    def total(self) -> int:
        """All deliveries."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Answered:
    """A question and some of its answers."""

    key: str
    label: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DeliverySeen:
    """A delivery as it is reviewed: what was answered, what became of it, and why."""

    id: str
    state: Settled
    reasons: tuple[Mapping[str, Any], ...]
    candidate: str | None
    created_at: datetime
    answers: tuple[Answered, ...]


def sources_of(store: Store, space: str, programme: str) -> list[SourceSeen]:
    """Every source of a programme, in the order in which they were opened."""
    counts = (
        select(deliveries.c.source, deliveries.c.state, func.count())
        .where(deliveries.c.programme == programme)
        .group_by(deliveries.c.source, deliveries.c.state)
    )
    with store.reading() as connection:
        find_programme(connection, space, programme)
        rows = connection.execute(
            select(sources).where(sources.c.programme == programme).order_by(sources.c.created_at, sources.c.id)
        ).all()
        found: dict[str, dict[str, int]] = {}
        for source, state, n in connection.execute(counts):
            found.setdefault(source, {})[state] = n
    return [SourceSeen(_source(row), found.get(row.id, {})) for row in rows]


def source_of(store: Store, space: str, programme: str, tool: str) -> SourceSeen:
    """The source of one tool; raises NotThereError where the programme is not open to it."""
    name = tool_named(tool)
    seen = next((seen for seen in sources_of(store, space, programme) if seen.source.tool == name), None)
    if seen is None:
        raise NotThereError(tool)
    return seen


def mapping_of(store: Store, source: FormSource) -> FormMapping | None:
    """The mapping that is switched on."""
    if source.mapping is None:
        return None
    query = select(mappings.c.content).where(mappings.c.source == source.id, mappings.c.version == source.mapping)
    with store.reading() as connection:
        return read_mapping(connection.execute(query).scalar_one())


def deliveries_of(
    store: Store, source: FormSource, *, state: Settled | None = None, most: int = 50
) -> list[DeliverySeen]:
    """The last deliveries of a source, the newest first."""
    query = select(deliveries).where(deliveries.c.source == source.id)
    if state is not None:
        query = query.where(deliveries.c.state == state.value)
    with store.reading() as connection:
        rows = connection.execute(query.order_by(deliveries.c.seq.desc()).limit(most)).all()
    return [_seen(row, source.tool) for row in rows]


def delivery_of(store: Store, source: FormSource, id_: str) -> DeliverySeen:
    """One delivery of a source; raises NotThereError."""
    with store.reading() as connection:
        row = connection.execute(
            select(deliveries).where(deliveries.c.source == source.id, deliveries.c.id == id_)
        ).first()
    if row is None:
        raise NotThereError(id_)
    return _seen(row, source.tool)


def questions_of(seen: list[DeliverySeen]) -> list[Answered]:
    """The questions of some deliveries together, as they stand in the newest, with some different answers."""
    labels: dict[str, str] = {}
    answers: dict[str, Counter[str]] = {}
    for each in seen:
        for answered in each.answers:
            labels.setdefault(answered.key, answered.label)
            answers.setdefault(answered.key, Counter()).update(answered.answers)
    return [
        Answered(key, label, tuple(text for text, _ in answers[key].most_common(MOST_ANSWERS)))
        for key, label in labels.items()
    ]


def settle_by_hand(store: Store, space: str, source: FormSource, id_: str, cells: Mapping[str, Any]) -> None:
    """Takes the person of a held delivery in with cells that an organiser typed; raises InputError with every fault.

    Raises NotNowError where it no longer waits: somebody, or another mapping, was first.
    """
    with store.writing() as connection:
        _waiting(connection.execute(_one(source, id_).with_for_update()).first(), id_)
        added = add_candidates(store, space, source.programme, Objects("form", [cells]))
        if not added.items:
            raise NotNowError("consent_refused")
        values = {
            "state": Settled.MAPPED.value,
            "reasons": [],
            "candidate": added.items[0].ref,
            "settled_at": now(),
        }
        connection.execute(update(deliveries).where(deliveries.c.id == id_).values(values))


def set_aside(store: Store, source: FormSource, id_: str) -> None:
    """Refuses a held delivery by hand; what somebody wrote in it is not kept any longer."""
    with store.writing() as connection:
        _waiting(connection.execute(_one(source, id_).with_for_update()).first(), id_)
        values = {
            "state": Settled.REFUSED.value,
            "reasons": [{"code": "set_aside_by_hand"}],
            "body": b"",
            "headers": {},
            "settled_at": now(),
        }
        connection.execute(update(deliveries).where(deliveries.c.id == id_).values(values))


def _one(source: FormSource, id_: str) -> Any:
    return select(deliveries).where(deliveries.c.source == source.id, deliveries.c.id == id_)


def _waiting(row: Row[Any] | None, id_: str) -> None:
    if row is None:
        raise NotThereError(id_)
    if row.state != Settled.HELD.value:
        raise NotNowError("not_held")


def _seen(row: Row[Any], tool: str) -> DeliverySeen:
    answers: tuple[Answered, ...] = ()
    if row.body:
        try:
            read = TOOLS[tool].read(Received(row.headers, bytes(row.body)))
            answers = tuple(Answered(each.key, each.label, each.answers) for each in read.questions)
        except InputError:  # its reasons say so
            answers = ()
    return DeliverySeen(row.id, Settled(row.state), tuple(row.reasons), row.candidate, row.created_at, answers)


def _source(row: Row[Any]) -> FormSource:
    return FormSource(row.id, row.space, row.programme, row.tool, tuple(row.secrets), row.mapping)
