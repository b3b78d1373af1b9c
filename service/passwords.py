"""Passwords: kept as Argon2id digests (RFC 9106), and checked in the same time whether or not the login exists."""

from __future__ import annotations

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 10, 1000
"""Signs of a password; the upper limit only keeps somebody from sending megabytes to digest."""

_GIVEN = "abcdefghjkmnpqrstuvwxyz23456789"
"""For passwords that Kring makes: without signs that are mistaken for others."""

_HASHER = PasswordHasher()


def made_password() -> str:
    """A password of four groups that can be copied from a screen: about 79 random bits."""
    return "-".join("".join(secrets.choice(_GIVEN) for _ in range(4)) for _ in range(4))


def digest_of(password: str) -> str:
    """What is kept of a password. Takes some tens of milliseconds and 64 MiB, on purpose."""
    return _HASHER.hash(password)


def right(password: str, digest: str | None) -> bool:
    """Whether a password is the one of a digest; None: of nobody, which takes as long and is never right."""
    try:
        return _HASHER.verify(digest or _nobody(), password) and digest is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    return digest_of(secrets.token_urlsafe(32))
