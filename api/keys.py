"""Lets nobody in without the key."""

from __future__ import annotations

import secrets
from hashlib import sha256
from hmac import compare_digest

from flask import Flask, request
from werkzeug.exceptions import MethodNotAllowed

from api.problems import DOCS, ProblemError

OPEN = (DOCS, "/api/v1/openapi.json")
"""What says how to call, and nothing of anybody."""


def new_key() -> str:
    """A key of 256 random bits."""
    return "kring_" + secrets.token_urlsafe(32)


def ask_for_key(app: Flask, key: str) -> None:
    """Makes every call under /api/v1 need `Authorization: Bearer <key>`."""
    if not key.isascii() or not key.isprintable() or not key.strip():
        raise ValueError("a key is made of letters, digits and signs of ASCII")
    right = digest(key.strip())

    @app.before_request
    def let_in() -> None:
        if not request.path.startswith("/api/v1/") or request.path in OPEN:
            return
        # Which methods an address answers is public, so a wrong method is called that, key or no key.
        if isinstance(request.routing_exception, MethodNotAllowed):
            return
        # Read by hand: the usual parser takes a key with "=" in it for something else.
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not given.strip():
            raise ProblemError("key_missing", headers={"WWW-Authenticate": 'Bearer realm="kring"'})
        # Digests have one length, so the time that comparing takes tells nothing of the key.
        if not compare_digest(digest(given.strip()), right):
            raise ProblemError("key_wrong", headers={"WWW-Authenticate": 'Bearer realm="kring", error="invalid_token"'})


def digest(key: str) -> bytes:
    """The SHA-256 of a key."""
    return sha256(key.encode("utf-8", "surrogatepass")).digest()
