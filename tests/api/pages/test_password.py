"""Whoever forgot the password gets a link from an administrator, and chooses another one."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from api.access import COOKIE
from service.store import Store
from service.store.password_links import make_password_link
from service.store.spaces import Scope, new_space
from service.store.users import begin_session, make_user, user_named
from tests.api.pages.conftest import LOGIN, PASSWORD, Reader

ANOTHER = "four loud otters"


@pytest.fixture
def admin(app: Flask, store: Store, space: str) -> Reader:
    """An organiser who may do everything, signed in."""
    make_user(store, space, "boss", (Scope.ORGANISE, Scope.ADMIN), PASSWORD)
    found = Reader(app.test_client())
    found.client.set_cookie(COOKIE, begin_session(store, user_named(store, space, "boss").id))
    return found


@pytest.fixture
def link(store: Store, space: str) -> str:
    """The address of a link for the organiser."""
    return f"/password/{make_password_link(store, user_named(store, space, LOGIN))[0]}"


def test_from_the_account_of_an_administrator_to_signing_in_with_another_password(
    app: Flask, store: Store, space: str, admin: Reader, reader: Reader
) -> None:
    """The link is shown once; the organiser's sessions end, and those of the administrator stay."""
    admin.open("/account")
    assert 'href="/organisers"' in str(admin.page and admin.page.text)
    admin.open("/organisers")
    page = admin.send(f"/organisers/{user_named(store, space, LOGIN).id}/password")
    (link,) = re.findall(r'value="http://localhost(/password/[^"]+)"', page.text)
    assert "/password/" not in admin.open("/organisers").text.replace('/password"', "")
    stranger = Reader(app.test_client())
    stranger.open(link)
    assert "This is for ann." in stranger.text
    page = stranger.send(link, new=ANOTHER, again=ANOTHER)
    assert (page.status_code, page.request.path) == (200, "/sign-in")
    assert "You have another password." in stranger.text
    assert reader.open("/account").request.path == "/sign-in"
    assert admin.open("/account").request.path == "/account"
    assert stranger.sign_in(password=ANOTHER).request.path == "/"
    again = Reader(app.test_client())
    assert again.open(link).status_code == 404
    assert "no longer works" in again.text


def test_looking_at_a_link_does_not_use_it_up(app: Flask, link: str) -> None:
    """Programs that read mail look at the links in it."""
    reader = Reader(app.test_client())
    for _ in range(3):
        page = reader.open(link)
        assert page.status_code == 200
    assert (page.headers["Referrer-Policy"], page.headers["Cache-Control"]) == ("no-referrer", "no-store")


@pytest.mark.parametrize(
    ("new", "again", "said"),
    [("short", "short", "at least 10 characters"), (ANOTHER, "four loud otter", "differs from the new")],
)
def test_a_password_that_cannot_be_taken_is_said(app: Flask, link: str, new: str, again: str, said: str) -> None:
    """And the link can be used again."""
    reader = Reader(app.test_client())
    reader.open(link)
    assert reader.send(link, new=new, again=again).status_code == 422
    assert said in reader.text
    assert reader.send(link, new=ANOTHER, again=ANOTHER).request.path == "/sign-in"


def test_an_administrator_makes_links_for_their_own_space_only(admin: Reader, store: Store) -> None:
    other = new_space(store, "other")
    make_user(store, other, "bob", (Scope.ORGANISE,), PASSWORD)
    admin.open("/organisers")
    assert "bob" not in admin.text
    token = re.findall(r'name="csrf" value="([^"]+)"', str(admin.page and admin.page.text))[0]
    answer = admin.client.post(f"/organisers/{user_named(store, other, 'bob').id}/password", data={"csrf": token})
    assert answer.status_code == 404


def test_an_organiser_makes_no_links(reader: Reader, store: Store, space: str) -> None:
    assert 'href="/organisers"' not in reader.open("/account").text
    assert reader.open("/organisers").status_code == 403


def test_whoever_tries_links_too_often_has_to_wait(app: Flask, link: str) -> None:
    """Whether there is such a link or not."""
    for address in (link, "/password/none"):
        reader = Reader(app.test_client())
        statuses = [reader.open(address).status_code for _ in range(12)]
        assert statuses[-1] == 429
        assert "Too many tries" in reader.text


@pytest.mark.parametrize(
    ("language", "title"),
    [("nl", "Kies een wachtwoord"), ("fr", "Choisissez un mot de passe"), ("de", "Wählen Sie ein Passwort")],
)
def test_the_page_speaks_the_language_that_the_browser_asks_for(
    app: Flask, link: str, language: str, title: str
) -> None:
    assert f"<h1>{title}</h1>" in Reader(app.test_client(), language).open(link).text
