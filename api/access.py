"""Who may call what: each call says what opens it, and a call that says nothing opens to nobody.

A caller shows a key, or the cookie of an organiser's session. A browser sends the cookie by itself, whoever made it
call, so a change by session also needs a token that only Kring's own pages know.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hmac import compare_digest
from typing import Any, TypeVar

from flask import Flask, current_app, g, request
from werkzeug.exceptions import MethodNotAllowed

from api.known import Known
from api.limits import refuse_many_calls, refuse_many_wrong_keys
from api.problems import DOCS, ProblemError
from service.store import Store, now
from service.store.spaces import EVERY_SCOPE, Key, Scope, digest, first_space, key_with, usable_key
from service.store.users import User, session_of

OPEN = (DOCS, "/api/v1/openapi.json")
"""What says how to call, and nothing of anybody."""

COOKIE = "kring_session"

CSRF_HEADER = "X-CSRF-Token"

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing."""

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever calls: the space they see, and what they may do in it."""

    space: str
    scopes: frozenset[Scope]
    user: User | None = None
    """Who has signed in; None: a key."""


def opens(*scopes: Scope) -> Callable[[View], View]:
    """Lets callers in who have any of these scopes; none: everybody, without a key."""

    def mark(view: View) -> View:
        view.kring_scopes = frozenset(scopes)  # type: ignore[attr-defined]  # read by `scopes_of`
        return view

    return mark


def scopes_of(view: Callable[..., Any]) -> frozenset[Scope] | None:
    """What opens a call; None where it does not say."""
    found: frozenset[Scope] | None = getattr(view, "kring_scopes", None)
    return found


def ask_for_key(app: Flask, store: Store, key: str | None) -> None:
    """Makes every call under /api/v1 need `Authorization: Bearer <key>`.

    key: one that has every scope on the first space, beside those that the store keeps.
    """
    right = None
    if key is not None:
        right = Caller(first_space(store)[0], EVERY_SCOPE), digest(usable_key(key))
    # By digest: no key stands in the memory of this process for longer than its call.
    known = Known[str, Key](lambda name: key_with(store, name))

    @app.before_request
    def let_in() -> None:
        if not request.path.startswith("/api/v1/"):
            return
        if request.path in OPEN:
            refuse_many_calls(None)
            return
        # Which methods an address answers is public, so a wrong method is called that, key or no key.
        if isinstance(request.routing_exception, MethodNotAllowed):
            return
        view = None if request.endpoint is None else current_app.view_functions[request.endpoint]
        needed = None if view is None else scopes_of(view)
        if needed == frozenset() and "Authorization" not in request.headers:
            refuse_many_calls(None)
            return
        g.caller = _shown()
        if view is not None and (needed is None or (needed and not needed & g.caller.scopes)):
            raise ProblemError("scope_missing", headers={"WWW-Authenticate": 'Bearer error="insufficient_scope"'})

    def _shown() -> Caller:
        if "Authorization" not in request.headers:
            signed_in = by_session(store)
            if signed_in is not None:
                if request.method not in SAFE and not csrf_fits(request.headers.get(CSRF_HEADER, "")):
                    raise ProblemError("csrf_missing")
                if signed_in.user is not None:
                    refuse_many_calls(signed_in.user.id)
                return signed_in
        # Read by hand: the usual parser takes a key with "=" in it for something else.
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not given.strip():
            refuse_many_calls(None)
            raise ProblemError("key_missing", headers={"WWW-Authenticate": 'Bearer realm="kring"'})
        return _caller(given.strip())

    def _caller(given: str) -> Caller:
        # Digests have one length, so the time that comparing takes tells nothing of the key.
        if right is not None and compare_digest(digest(given), right[1]):
            refuse_many_calls("of the environment")
            return right[0]
        kept = known.get(digest(given))
        if kept is None or not kept.opens_at(now()):
            refuse_many_wrong_keys()
            raise ProblemError("key_wrong", headers={"WWW-Authenticate": 'Bearer realm="kring", error="invalid_token"'})
        refuse_many_calls(kept.id)
        return Caller(kept.space, kept.scopes)


def by_session(store: Store) -> Caller | None:
    """Who calls with the cookie of a session; None where there is none that is still open."""
    token = request.cookies.get(COOKIE)
    user = session_of(store, token) if token else None
    return None if user is None else Caller(user.space, user.scopes, user)


def csrf_token() -> str:
    """What a change by the session has to bring along: it follows from the cookie, which no other page can read."""
    return digest("csrf " + request.cookies.get(COOKIE, ""))


def csrf_fits(given: str) -> bool:
    """Whether this is what a change by the session has to bring along."""
    return COOKIE in request.cookies and compare_digest(given.encode(), csrf_token().encode())


def caller() -> Caller:
    """Who calls now."""
    found: Caller = g.caller
    return found


def caller_with(scope: Scope) -> Caller | None:
    """Who calls with a key that has a scope, where the call needs none; None: nobody who has shown one."""
    found: Caller | None = g.get("caller")
    return found if found is not None and scope in found.scopes else None


def space() -> str:
    """The space that the caller sees."""
    return caller().space


def store() -> Store:
    """What is kept."""
    found: Store = current_app.extensions["kring-store"]
    return found
