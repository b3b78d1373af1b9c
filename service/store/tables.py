"""The tables. `seq` orders rows as they came, for paging; `id` is what the outside knows; `version` counts changes."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """A moment in UTC, kept as microseconds: the same number, and the same order, in both databases."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        return round(value.timestamp() * 1_000_000)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromtimestamp(value / 1_000_000, UTC)


Counted = BigInteger().with_variant(Integer(), "sqlite")
"""A number that the database gives; SQLite counts up only what it calls an integer."""


def _seq() -> Column[int]:
    return Column("seq", Counted, primary_key=True, autoincrement=True)


def _id() -> Column[str]:
    return Column("id", String(40), nullable=False, unique=True)


def _space() -> Column[str]:
    return Column("space", ForeignKey("spaces.id"), nullable=False)


def _version() -> Column[int]:
    return Column("version", Integer, nullable=False, default=1)


def _made() -> Column[datetime]:
    return Column("created_at", Moment, nullable=False)


spaces = Table("spaces", METADATA, _seq(), _id(), Column("name", Text, nullable=False), _made())

keys = Table(
    "keys",
    METADATA,
    _seq(),
    _id(),
    _space(),
    Column("name", Text, nullable=False),
    Column("prefix", String(20), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("scopes", JSON, nullable=False),
    _made(),
    Column("expires_at", Moment),
    Column("revoked_at", Moment),
)

users = Table(
    "users",
    METADATA,
    _seq(),
    _id(),
    _space(),
    Column("login", String(254), nullable=False, unique=True),
    Column("digest", Text, nullable=False),
    Column("scopes", JSON, nullable=False),
    Column("language", String(2)),
    _made(),
    Column("closed_at", Moment),
)
"""Organisers; `login` is what they sign in with, in lower case, and one of the whole database."""

sessions = Table(
    "sessions",
    METADATA,
    _seq(),
    Column("user", ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    _made(),
    Column("seen_at", Moment, nullable=False),
)

password_links = Table(
    "password_links",
    METADATA,
    _seq(),
    Column("user", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("digest", String(64), nullable=False, unique=True),
    _made(),
    Column("expires_at", Moment, nullable=False),
)
"""Links by which somebody who forgot a password chooses another one, once."""

programmes = Table(
    "programmes",
    METADATA,
    _seq(),
    _id(),
    _space(),
    Column("name", Text, nullable=False),
    Column("content", JSON, nullable=False),
    _version(),
    _made(),
    Column("updated_at", Moment, nullable=False),
    Index(None, "space", "seq"),
)

candidates = Table(
    "candidates",
    METADATA,
    _seq(),
    _id(),
    Column("programme", ForeignKey("programmes.id", ondelete="CASCADE"), nullable=False),
    Column("known_as", Text, nullable=False),
    Column("content", JSON, nullable=False),
    _version(),
    _made(),
    Column("updated_at", Moment, nullable=False),
    UniqueConstraint("programme", "known_as"),
    Index(None, "programme", "seq"),
)

questions = Table(
    "questions",
    METADATA,
    _seq(),
    _id(),
    Column("programme", ForeignKey("programmes.id", ondelete="CASCADE"), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("content", JSON, nullable=False),
    _made(),
    UniqueConstraint("programme", "digest"),
)
"""What was asked when a run began: later changes of the programme do not reach it. Runs that ask the same share one."""

runs = Table(
    "runs",
    METADATA,
    _seq(),
    _id(),
    _space(),
    Column("programme", ForeignKey("programmes.id", ondelete="CASCADE"), nullable=False),
    Column("question", ForeignKey("questions.id"), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("asked", JSON, nullable=False),
    Column("state", String(20), nullable=False),
    Column("stop", Boolean, nullable=False, default=False),
    Column("standing", JSON),
    Column("progress", JSON, nullable=False),
    Column("problem", JSON),
    Column("baseline", String(40)),
    Column("comparison", JSON),
    Column("proposal", String(40)),
    Column("rounds", Integer, nullable=False, default=0),
    Column("tries", Integer, nullable=False, default=0),
    Column("seconds", Integer, nullable=False, default=0),
    Column("served_at", Moment, nullable=False),
    Column("lease", String(40)),
    Column("worker", String(40)),
    Column("leased_until", Moment),
    _made(),
    Column("started_at", Moment),
    Column("ended_at", Moment),
    Index(None, "state", "served_at"),
    Index(None, "space", "seq"),
)

parts = Table(
    "parts",
    METADATA,
    _seq(),
    Column("run", ForeignKey("runs.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("asked", JSON, nullable=False),
    Column("found", JSON(none_as_null=True)),
    Column("done_by", String(40)),
    Column("tries", Integer, nullable=False, default=0),
    Column("lease", String(40)),
    Column("worker", String(40)),
    Column("leased_until", Moment),
    _made(),
    UniqueConstraint("run", "number"),
)
"""The parts of a large run in its round that is shared: numbers of networks and people, never names."""

workers = Table(
    "workers",
    METADATA,
    _seq(),
    Column("name", String(40), nullable=False, unique=True),
    Column("cores", Integer, nullable=False),
    Column("seen_at", Moment, nullable=False),
)
"""Who solves, and when they last said so."""

events = Table(
    "events",
    METADATA,
    _seq(),
    Column("run", ForeignKey("runs.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("content", JSON, nullable=False),
    _made(),
    Index(None, "run", "seq"),
)

proposals = Table(
    "proposals",
    METADATA,
    _seq(),
    _id(),
    _space(),
    Column("programme", ForeignKey("programmes.id", ondelete="CASCADE"), nullable=False),
    Column("question", ForeignKey("questions.id"), nullable=False),
    Column("run", ForeignKey("runs.id", ondelete="SET NULL"), unique=True),
    Column("content", JSON, nullable=False),
    _version(),
    _made(),
    Column("updated_at", Moment, nullable=False),
    Column("accepted_at", Moment),
    Column("undo", JSON, nullable=False, server_default="[]"),
    Column("redo", JSON, nullable=False, server_default="[]"),
    Index(None, "space", "seq"),
)
"""`undo` and `redo` list the versions that a change by hand came from, the last one at the end."""

proposal_versions = Table(
    "proposal_versions",
    METADATA,
    _seq(),
    Column("proposal", ForeignKey("proposals.id", ondelete="CASCADE"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("content", JSON, nullable=False),
    _made(),
    UniqueConstraint("proposal", "version"),
)
"""What a proposal said before it was changed by hand."""

shares = Table(
    "shares",
    METADATA,
    _seq(),
    _id(),
    Column("proposal", ForeignKey("proposals.id", ondelete="CASCADE"), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    _made(),
    Column("expires_at", Moment, nullable=False),
    Column("revoked_at", Moment),
)
"""Links that show a proposal to whoever has them, as its members may see it."""

sources = Table(
    "sources",
    METADATA,
    _seq(),
    _id(),
    _space(),
    Column("programme", ForeignKey("programmes.id", ondelete="CASCADE"), nullable=False),
    Column("tool", String(20), nullable=False),
    Column("secrets", JSON, nullable=False),
    Column("mapping", Integer),
    _made(),
    UniqueConstraint("programme", "tool"),
)
"""Where forms of one tool come in for one programme; `mapping` is the version that is switched on."""

mappings = Table(
    "mappings",
    METADATA,
    _seq(),
    Column("source", ForeignKey("sources.id", ondelete="CASCADE"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("content", JSON, nullable=False),
    _made(),
    UniqueConstraint("source", "version"),
)

deliveries = Table(
    "deliveries",
    METADATA,
    _seq(),
    _id(),
    _space(),
    Column("programme", ForeignKey("programmes.id", ondelete="CASCADE"), nullable=False),
    Column("source", ForeignKey("sources.id", ondelete="CASCADE"), nullable=False),
    Column("key", String(64), nullable=False),
    Column("headers", JSON, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("state", String(20), nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("mapping", Integer),
    Column("candidate", String(40)),
    _made(),
    Column("settled_at", Moment),
    UniqueConstraint("source", "key"),
    Index(None, "programme", "seq"),
    Index(None, "state", "seq"),
)
"""What forms delivered, as it came."""

receipts = Table(
    "receipts",
    METADATA,
    _seq(),
    _space(),
    Column("key", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("status", Integer),
    Column("headers", JSON),
    Column("body", Text),
    _made(),
    UniqueConstraint("space", "key"),
)
"""What was answered to a request with an Idempotency-Key, so that the same request is answered the same."""
