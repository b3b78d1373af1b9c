"""Names and moments that the store gives: ids that say nothing of anybody, and times in UTC."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
"""Without i, l, o and u, which people mistake for others."""


def new_id(kind: str) -> str:
    """An id nobody can guess (100 random bits), with what it is an id of in front: `run_7k...`."""
    return f"{kind}_" + "".join(secrets.choice(_LETTERS) for _ in range(20))


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)
