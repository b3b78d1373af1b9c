"""A forgotten password: an administrator makes a link, and whoever has it chooses another password, once."""

from __future__ import annotations

from flask import Blueprint, Response, request, url_for

from api.access import COOKIE, opens, space, store
from api.limits import refuse_many_sign_ins
from api.pages.show import onward, show, teller
from api.pages.told import summary
from api.problems import ProblemError
from service.faults import InputError
from service.store.errors import NotThereError
from service.store.password_links import choose_password, linked_user, make_password_link
from service.store.spaces import Scope, digest
from service.store.users import User, user_with, users_of

page = Blueprint("password", __name__)


@page.get("/organisers")
@opens(Scope.ADMIN)
def organisers() -> Response:
    """Everybody who may sign in to the space."""
    return _organisers()


@page.post("/organisers/<user_id>/password")
@opens(Scope.ADMIN)
def make(user_id: str) -> Response:
    """Makes a link for somebody, and shows it once."""
    user = user_with(store(), space(), user_id)
    token, _ = make_password_link(store(), user)
    return _organisers(user, url_for("pages.password.ask", token=token, _external=True))


@page.get("/password/<token>")
@opens()
def ask(token: str) -> Response:
    """The form that asks for another password."""
    return _limited(token) or _asked(token)


@page.post("/password/<token>")
@opens()
def choose(token: str) -> Response:
    """Takes the password, ends the sessions of its owner, and asks to sign in."""
    refused = _limited(token)
    if refused is not None:
        return refused
    tell = teller()
    if request.form.get("new") != request.form.get("again"):
        return _asked(token, {"again": tell("page.account.different")})
    try:
        choose_password(store(), token, request.form.get("new", ""))
    except InputError as error:
        return _asked(token, {"new": error.faults[0].expected(tell.language)})
    except NotThereError:
        return _gone()
    response = onward("pages.signin.ask", "password_chosen")
    response.delete_cookie(COOKIE)
    return _unseen(response)


def _organisers(made_for: User | None = None, link: str | None = None) -> Response:
    return show("organisers.html", organisers=users_of(store(), space()), made_for=made_for, link=link)


def _asked(token: str, wrong: dict[str, str] | None = None) -> Response:
    try:
        user = linked_user(store(), token)
    except NotThereError:
        return _gone()
    labels = {name: teller()(f"page.account.{name}") for name in ("new", "again")}
    return _unseen(
        show(
            "password.html",
            status=422 if wrong else 200,
            login=user.login,
            wrong=wrong or {},
            summary=summary(wrong or {}, labels),
        )
    )


def _gone() -> Response:
    return _unseen(show("password.html", status=404, login=None))


def _limited(token: str) -> Response | None:
    """As tries to sign in are: nobody guesses a link, but hashing passwords costs."""
    try:
        refuse_many_sign_ins(f"by link {digest(token)}")
    except ProblemError as error:
        response = show("password.html", status=429, login=None, wait=True)
        response.headers.extend(dict(error.headers))
        return _unseen(response)
    return None


def _unseen(response: Response) -> Response:
    """The address is a secret for as long as it works."""
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
