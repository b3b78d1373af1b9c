"""Organisers: who may sign in, and their sessions.

A session is a random token in a cookie; only its SHA-256 is kept. It ends when its owner signs out, when the password
changes, after IDLE without a sign of life, and after LONGEST whatever happens.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from service.faults import Fault, InputError
from service.passwords import LONGEST as LONGEST_PASSWORD
from service.passwords import SHORTEST, digest_of, made_password, right
from service.store.database import Store
from service.store.errors import NotThereError
from service.store.names import new_id, now
from service.store.spaces import Scope, digest
from service.store.tables import password_links, sessions, users

IDLE = timedelta(days=7)
LONGEST = timedelta(days=60)
SEEN_EVERY = timedelta(minutes=10)
"""A sign of life is written down at most so often, so that reading a page writes nothing."""

LONGEST_LOGIN = 254

FIRST = "organiser"
"""What the first organiser signs in with."""


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may sign in: never the password."""

    id: str
    space: str
    login: str
    scopes: frozenset[Scope]
    language: str | None
    created_at: datetime
    closed_at: datetime | None


def make_user(store: Store, space: str, login: str, scopes: Collection[Scope], password: str | None = None) -> str:
    """Makes a user; their password, a new one where none is given. Raises InputError with every fault."""
    login = login.strip().casefold()
    given = password if password is not None else made_password()
    faults = list(_faults_of_password(given))
    if not login or len(login) > LONGEST_LOGIN or any(sign.isspace() for sign in login):
        faults.append(Fault(code="bad_login", pointer="login", found=login, params={"most": LONGEST_LOGIN}))
    if faults:
        raise InputError(faults)
    try:
        with store.writing() as connection:
            connection.execute(
                insert(users).values(
                    id=new_id("usr"),
                    space=space,
                    login=login,
                    digest=digest_of(given),
                    scopes=sorted(scope.value for scope in scopes),
                    created_at=now(),
                )
            )
    except IntegrityError as error:
        raise InputError([Fault(code="login_taken", pointer="login", found=login)]) from error
    return given


def first_user(store: Store, space: str) -> str | None:
    """Makes the first organiser, whose password this is; None where there is one already."""
    with store.writing():
        if users_of(store, space):
            return None
        return make_user(store, space, FIRST, (Scope.ORGANISE, Scope.ADMIN))


def users_of(store: Store, space: str) -> tuple[User, ...]:
    """Everybody who may sign in to a space, or could once."""
    with store.reading() as connection:
        return tuple(
            map(user_of, connection.execute(select(users).where(users.c.space == space).order_by(users.c.seq)))
        )


def user_named(store: Store, space: str, login: str) -> User:
    """Somebody by what they sign in with; raises NotThereError."""
    with store.reading() as connection:
        row = connection.execute(
            select(users).where(users.c.space == space, users.c.login == login.strip().casefold())
        ).first()
    if row is None:
        raise NotThereError(login)
    return user_of(row)


def set_password(store: Store, user: User, password: str | None = None) -> str:
    """Gives somebody another password, a new one where none is given, and ends their sessions; the password."""
    given = password if password is not None else made_password()
    digested = digested_password(given)
    with store.writing() as connection:
        put_password(connection, user, digested)
    return given


def digested_password(password: str) -> str:
    """What is kept of a password; raises InputError for one that cannot be one."""
    faults = list(_faults_of_password(password))
    if faults:
        raise InputError(faults)
    return digest_of(password)


def put_password(connection: Connection, user: User, digested: str) -> None:
    """Puts another password in place, and ends what the one before, or a link for having forgotten it, has opened."""
    connection.execute(update(users).where(users.c.id == user.id).values(digest=digested, closed_at=None))
    _end_all(connection, user)


def set_language(store: Store, user: User, language: str) -> None:
    """The language in which somebody wants the pages."""
    with store.writing() as connection:
        connection.execute(update(users).where(users.c.id == user.id).values(language=language))


def close_user(store: Store, user: User) -> None:
    """Lets somebody in no more; another password lets them in again."""
    with store.writing() as connection:
        connection.execute(update(users).where(users.c.id == user.id).values(closed_at=now()))
        _end_all(connection, user)


def _end_all(connection: Connection, user: User) -> None:
    for table in (sessions, password_links):
        connection.execute(delete(table).where(table.c.user == user.id))


def user_with(store: Store, space: str, id_: str) -> User:
    """Somebody by id; raises NotThereError."""
    with store.reading() as connection:
        row = connection.execute(select(users).where(users.c.space == space, users.c.id == id_)).first()
    if row is None:
        raise NotThereError(id_)
    return user_of(row)


# sessions


def password_is_right(store: Store, user: User, password: str) -> bool:
    """Whether this is the password of somebody who is signed in already."""
    with store.reading() as connection:
        kept = connection.execute(select(users.c.digest).where(users.c.id == user.id)).scalar()
    return right(password[:LONGEST_PASSWORD], kept)


def sign_in(store: Store, login: str, password: str) -> str | None:
    """Begins a session; its token, or None where login and password do not belong together."""
    with store.reading() as connection:
        row = connection.execute(select(users).where(users.c.login == login.strip().casefold())).first()
    fits = right(password[:LONGEST_PASSWORD], None if row is None else row.digest)
    if row is None or not fits or row.closed_at is not None:
        return None
    return begin_session(store, row.id)


def begin_session(store: Store, user: str) -> str:
    """Begins a session of somebody; its token."""
    token = secrets.token_urlsafe(32)
    moment = now()
    with store.writing() as connection:
        over = or_(sessions.c.seen_at < moment - IDLE, sessions.c.created_at < moment - LONGEST)
        connection.execute(delete(sessions).where(over))
        connection.execute(insert(sessions).values(user=user, digest=digest(token), created_at=moment, seen_at=moment))
    return token


def session_of(store: Store, token: str) -> User | None:
    """Whose session a token is; None where it is nobody's any more."""
    moment = now()
    key = digest(token)
    with store.reading() as connection:
        row = connection.execute(
            select(users, sessions.c.seen_at, sessions.c.created_at.label("began_at"))
            .join(sessions, sessions.c.user == users.c.id)
            .where(sessions.c.digest == key, users.c.closed_at.is_(None))
        ).first()
    if row is None or row.seen_at < moment - IDLE or row.began_at < moment - LONGEST:
        return None
    if row.seen_at < moment - SEEN_EVERY:
        with store.writing() as connection:
            connection.execute(update(sessions).where(sessions.c.digest == key).values(seen_at=moment))
    return user_of(row)


def end_session(store: Store, token: str) -> None:
    """Signs out."""
    with store.writing() as connection:
        connection.execute(delete(sessions).where(sessions.c.digest == digest(token)))


def _faults_of_password(password: str) -> tuple[Fault, ...]:
    if SHORTEST <= len(password) <= LONGEST_PASSWORD:
        return ()
    return (Fault(code="bad_password", pointer="password", params={"least": SHORTEST}),)


def user_of(row: Row[Any]) -> User:
    """Somebody as their row has them."""
    scopes = frozenset(Scope(scope) for scope in row.scopes)
    return User(row.id, row.space, row.login, scopes, row.language, row.created_at, row.closed_at)
