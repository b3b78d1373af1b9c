"""Links by which somebody who forgot a password chooses another one: used once, for a day, one for each organiser.

Only the SHA-256 of a link's token is kept, so nobody who reads the database can open one. Kring sends nothing: whoever
makes a link hands it on.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from service.store.database import Store
from service.store.errors import NotThereError
from service.store.names import now
from service.store.spaces import digest
from service.store.tables import password_links, users
from service.store.users import User, digested_password, put_password, user_of

LASTS = timedelta(hours=24)


def make_password_link(store: Store, user: User) -> tuple[str, datetime]:
    """Makes a link for somebody, in place of any before: its token, which nobody can read again, and its end."""
    token = secrets.token_urlsafe(24)
    moment = now()
    with store.writing() as connection:
        # Locked: two links at once would be two rows for one organiser.
        connection.execute(select(users.c.id).where(users.c.id == user.id).with_for_update())
        over = (password_links.c.user == user.id) | (password_links.c.expires_at <= moment)
        connection.execute(delete(password_links).where(over))
        connection.execute(
            insert(password_links).values(
                user=user.id, digest=digest(token), created_at=moment, expires_at=moment + LASTS
            )
        )
    return token, moment + LASTS


def linked_user(store: Store, token: str) -> User:
    """Whom a link lets choose a password; raises NotThereError where it is used, over, or none."""
    with store.reading() as connection:
        return _linked(connection, token)


def choose_password(store: Store, token: str, password: str) -> User:
    """Uses a link: the password is another one, every session of its owner ends, and the link with them.

    Raises InputError for a password that cannot be one, and then the link can be used again; NotThereError.
    """
    linked_user(store, token)  # so that a wrong link costs no hashing
    digested = digested_password(password)
    with store.writing() as connection:
        user = _linked(connection, token)
        # Of two who use it at once, the one who takes the row away is let through.
        if not connection.execute(delete(password_links).where(password_links.c.digest == digest(token))).rowcount:
            raise NotThereError("password link")
        put_password(connection, user, digested)
    return user


def _linked(connection: Connection, token: str) -> User:
    row = connection.execute(
        select(users)
        .join(password_links, password_links.c.user == users.c.id)
        .where(password_links.c.digest == digest(token), password_links.c.expires_at > now())
    ).first()
    if row is None:
        raise NotThereError("password link")
    return user_of(row)
