"""Signs organisers in and out, and keeps their language and password."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, Response, g, make_response, redirect, request

from api.access import COOKIE, Caller, caller, opens, store
from api.limits import refuse_many_sign_ins
from api.pages.show import LANGUAGE_COOKIE, onward, show, teller
from api.pages.told import summary
from api.problems import ProblemError
from service.faults import InputError
from service.store.spaces import Scope
from service.store.users import (
    LONGEST,
    begin_session,
    end_session,
    password_is_right,
    set_language,
    set_password,
    sign_in,
)
from service.words import known_language

page = Blueprint("signin", __name__)


@page.get("/sign-in")
@opens()
def ask() -> Response:
    """The form that asks who you are."""
    return show("signin.html", login="", wrong=None, going=_own_path(request.args.get("next", "/")))


@page.post("/sign-in")
@opens()
def begin() -> Response:
    """Begins a session."""
    login = request.form.get("login", "")
    going = _own_path(request.form.get("next", "/"))
    try:
        refuse_many_sign_ins(login.strip().casefold())
    except ProblemError as error:
        response = show("signin.html", status=429, login=login, wrong="wait", going=going)
        response.headers.extend(dict(error.headers))
        return response
    token = sign_in(store(), login, request.form.get("password", ""))
    if token is None:
        return show("signin.html", status=401, login=login, wrong="wrong", going=going)
    response = make_response(redirect(going, 303))
    _give(response, token)
    return response


@page.post("/sign-out")
@opens(Scope.ORGANISE, Scope.ADMIN)
def end() -> Response:
    """Ends the session."""
    end_session(store(), request.cookies[COOKIE])
    response = onward("pages.signin.ask", "signed_out")
    response.delete_cookie(COOKIE)
    return response


@page.post("/language")
@opens()
def speak() -> Response:
    """Chooses the language of the pages, for this browser and for whoever has signed in."""
    chosen = request.form.get("language", "")
    response = make_response(redirect(_own_path(request.form.get("next", "/")), 303))
    if known_language(chosen):
        response.set_cookie(LANGUAGE_COOKIE, chosen, max_age=31_536_000, samesite="Lax", httponly=True)
        signed_in: Caller | None = g.get("caller")
        if signed_in is not None and signed_in.user is not None:
            set_language(store(), signed_in.user, chosen)
    return response


@page.get("/account")
@opens(Scope.ORGANISE, Scope.ADMIN)
def account() -> Response:
    """Your own password."""
    return _account()


@page.post("/account")
@opens(Scope.ORGANISE, Scope.ADMIN)
def change_password() -> Response:
    """Chooses another password, which ends every other session."""
    user = caller().user
    assert user is not None  # noqa: S101  (a page is opened by a session only)
    tell = teller()
    try:
        # Whoever finds a session open may not guess at the password either.
        refuse_many_sign_ins(f"of their own: {user.id}")
    except ProblemError as error:
        response = _account({"password": tell("page.signin.wait")}, status=429)
        response.headers.extend(dict(error.headers))
        return response
    if not password_is_right(store(), user, request.form.get("password", "")):
        return _account({"password": tell("page.account.wrong")})
    if request.form.get("new") != request.form.get("again"):
        return _account({"again": tell("page.account.different")})
    try:
        set_password(store(), user, request.form.get("new", ""))
    except InputError as error:
        return _account({"new": error.faults[0].expected(tell.language)})
    response = onward("pages.signin.account", "password_changed")
    _give(response, begin_session(store(), user.id))
    return response


def _account(wrong: dict[str, str] | None = None, *, status: int = 422) -> Response:
    fields = {"password": "old", "new": "new", "again": "again"}
    labels = {name: teller()(f"page.account.{word}") for name, word in fields.items()}
    return show(
        "account.html", status=status if wrong else 200, wrong=wrong or {}, summary=summary(wrong or {}, labels)
    )


def _give(response: Response, token: str) -> None:
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(LONGEST.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=request.is_secure,
    )


def _own_path(going: str) -> str:
    """A path of ours; anything that leads elsewhere leads home."""
    parts = urlsplit(going)
    ours = not parts.scheme and not parts.netloc and going.startswith("/") and not going.startswith(("//", "/\\"))
    return going if ours else "/"
