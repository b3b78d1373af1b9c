"""Spaces, and the keys that open them.

A space is one organisation that organises networks. Of a key only its SHA-256 is kept: it has 256 random bits, so a
slow digest would protect nothing more.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from hashlib import sha256
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update

from service.store.database import Store
from service.store.errors import NotThereError
from service.store.names import new_id, now
from service.store.tables import keys, spaces

PREFIX = "kring_"
SHOWN = 12
"""Characters of a key that stay readable, so that its owner can tell which one it is."""


class Scope(Enum):
    """What a key may do. None of them includes another."""

    INTAKE = "intake"
    ORGANISE = "organise"
    ADMIN = "admin"


EVERY_SCOPE = frozenset(Scope)


@dataclass(frozen=True, slots=True)
class Key:
    """A key as the store knows it: never the key itself."""

    id: str
    space: str
    name: str
    prefix: str
    scopes: frozenset[Scope]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None

    def opens_at(self, moment: datetime) -> bool:
        """Whether it opens anything at a moment."""
        return self.revoked_at is None and (self.expires_at is None or moment < self.expires_at)


def first_space(store: Store, name: str = "Kring") -> tuple[str, bool]:
    """The first space, and whether it was made just now."""
    with store.writing() as connection:
        found = connection.execute(select(spaces.c.id).order_by(spaces.c.seq).limit(1)).scalar()
        if found is not None:
            return str(found), False
        made = new_id("spc")
        connection.execute(insert(spaces).values(id=made, name=name, created_at=now()))
        return made, True


def new_space(store: Store, name: str) -> str:
    """Makes a space; its id."""
    made = new_id("spc")
    with store.writing() as connection:
        connection.execute(insert(spaces).values(id=made, name=name, created_at=now()))
    return made


@dataclass(frozen=True, slots=True)
class Space:
    """One organisation that organises networks."""

    id: str
    name: str
    created_at: datetime


def every_space(store: Store) -> tuple[Space, ...]:
    """The spaces, in the order in which they were made."""
    with store.reading() as connection:
        rows = connection.execute(select(spaces).order_by(spaces.c.seq)).all()
    return tuple(Space(row.id, row.name, row.created_at) for row in rows)


def space_called(store: Store, named: str) -> str:
    """The space with an id, or the only one with a name; its id. Raises NotThereError."""
    found = every_space(store)
    called = [each.id for each in found if each.id == named] or [each.id for each in found if each.name == named]
    if len(called) != 1:
        raise NotThereError(named)
    return called[0]


def make_key(
    store: Store, space: str, name: str, scopes: Collection[Scope], *, expires_at: datetime | None = None
) -> tuple[Key, str]:
    """Makes a key; what is kept of it, and the key itself, which nobody can read again."""
    secret = PREFIX + secrets.token_urlsafe(32)
    key = Key(new_id("key"), space, name, secret[:SHOWN], frozenset(scopes), now(), expires_at, None)
    with store.writing() as connection:
        connection.execute(
            insert(keys).values(
                id=key.id,
                space=space,
                name=name,
                prefix=key.prefix,
                digest=digest(secret),
                scopes=sorted(scope.value for scope in key.scopes),
                created_at=key.created_at,
                expires_at=expires_at,
            )
        )
    return key, secret


_WITH_DIGEST = select(keys).where(keys.c.digest == bindparam("digest"))


def key_with(store: Store, digest: str) -> Key | None:
    """The key with a digest, whether or not it opens anything now."""
    with store.reading() as connection:
        row = connection.execute(_WITH_DIGEST, {"digest": digest}).first()
    return None if row is None else _key(row)


def keys_of(store: Store, space: str) -> tuple[Key, ...]:
    """Every key of a space, in the order in which they were made."""
    with store.reading() as connection:
        rows = connection.execute(select(keys).where(keys.c.space == space).order_by(keys.c.seq)).all()
    return tuple(map(_key, rows))


def revoke(store: Store, space: str, key: str) -> None:
    """Makes a key open nothing from now on."""
    with store.writing() as connection:
        done = connection.execute(
            update(keys)
            .where(keys.c.space == space, keys.c.id == key, keys.c.revoked_at.is_(None))
            .values(revoked_at=now())
        )
        if not done.rowcount:
            raise NotThereError(key)


def digest(secret: str) -> str:
    """The SHA-256 of a key."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def usable_key(key: str) -> str:
    """A key as callers send it; raises ValueError for one that no header can carry."""
    if not key.isascii() or not key.isprintable() or not key.strip():
        raise ValueError("a key is made of letters, digits and signs of ASCII")
    return key.strip()


def _key(row: Row[Any]) -> Key:
    scopes = frozenset(Scope(scope) for scope in row.scopes)
    return Key(row.id, row.space, row.name, row.prefix, scopes, row.created_at, row.expires_at, row.revoked_at)
