"""Who gets in to the pages."""

from __future__ import annotations

import pytest
from flask import Flask

from api.access import COOKIE
from service.store import Store
from service.store.spaces import Scope, new_space
from service.store.users import make_user
from tests.api.pages.conftest import LOGIN, PASSWORD, Reader


def test_whoever_has_not_signed_in_is_asked_to_and_comes_back(app: Flask) -> None:
    reader = Reader(app.test_client())
    reader.open("/account")
    assert "Sign in" in reader.text
    page = reader.send("/sign-in", login=LOGIN, password=PASSWORD)
    assert (page.status_code, page.request.path) == (200, "/account")


def test_a_wrong_password_is_said_and_the_login_stays(app: Flask) -> None:
    reader = Reader(app.test_client())
    page = reader.sign_in(password="something else")
    assert page.status_code == 401
    assert "do not belong together" in reader.text
    assert f'value="{LOGIN}"' in page.text
    assert "something else" not in page.text


def test_signing_out_ends_it(reader: Reader) -> None:
    reader.open("/")
    reader.send("/sign-out")
    assert "You have signed out." in reader.text
    assert reader.open("/").request.path == "/sign-in"


@pytest.mark.parametrize("next_", ["//elsewhere.example", "https://elsewhere.example/", "/\\elsewhere.example", "x"])
def test_signing_in_leads_nowhere_else(app: Flask, next_: str) -> None:
    """A link that signs people in and sends them on to a page that only looks like ours."""
    answer = app.test_client().post("/sign-in", data={"login": LOGIN, "password": PASSWORD, "next": next_})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(app: Flask) -> None:
    for line, secure in (("http", False), ("https", True)):
        answer = app.test_client().post(
            "/sign-in", data={"login": LOGIN, "password": PASSWORD}, base_url=f"{line}://localhost"
        )
        cookie = answer.headers["Set-Cookie"]
        assert cookie.startswith(COOKIE)
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert ("Secure" in cookie) is secure


def test_a_form_from_elsewhere_changes_nothing(reader: Reader) -> None:
    """It comes with the cookie, since browsers send that along, but without what only our pages know."""
    for csrf in ("", "0" * 64):
        answer = reader.client.post("/programmes", data={"csrf": csrf, "name": "Forged", "kind": "peer"})
        assert answer.status_code == 403
    reader.open("/")
    assert "Forged" not in reader.text


def test_a_session_opens_the_api_for_changes_only_with_its_token(reader: Reader) -> None:
    assert reader.client.get("/api/v1/programmes").status_code == 200
    answer = reader.client.post("/api/v1/programmes", json={"name": "x", "networks": {"count": 1}})
    assert (answer.status_code, answer.get_json(force=True)["code"]) == (403, "csrf_missing")


def test_a_session_sees_its_own_space_only(app: Flask, store: Store, reader: Reader) -> None:
    reader.open("/")
    there = reader.send("/programmes", name="Ours").request.path
    make_user(store, new_space(store, "other"), "bob", (Scope.ORGANISE,), PASSWORD)
    stranger = Reader(app.test_client())
    stranger.sign_in("bob")
    assert stranger.open(there).status_code == 404
    assert "Ours" not in stranger.text


def test_another_password_is_taken_and_the_old_one_opens_no_more(app: Flask, reader: Reader) -> None:
    elsewhere = Reader(app.test_client())
    elsewhere.sign_in()
    reader.open("/account")
    reader.send("/account", password=PASSWORD, new="four loud otters", again="four loud otters")
    assert "Your password has changed" in reader.text
    assert elsewhere.open("/account").request.path == "/sign-in"
    assert Reader(app.test_client()).sign_in().status_code == 401


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"password": "wrong", "new": "four loud otters", "again": "four loud otters"}, "not your password now"),
        ({"password": PASSWORD, "new": "short", "again": "short"}, "at least 10 characters"),
        ({"password": PASSWORD, "new": "four loud otters", "again": "four loud otter"}, "differs"),
    ],
)
def test_a_password_that_cannot_be_taken_is_said(reader: Reader, typed: dict[str, str], said: str) -> None:
    reader.open("/account")
    assert reader.send("/account", **typed).status_code == 422
    assert said in reader.text


@pytest.mark.parametrize(
    ("language", "title"), [("nl", "Aanmelden"), ("fr", "Se connecter"), ("en", "Sign in"), ("de", "Anmelden")]
)
def test_pages_speak_the_language_that_the_browser_asks_for(app: Flask, language: str, title: str) -> None:
    page = Reader(app.test_client(), language).open("/sign-in")
    assert f'<html lang="{language}">' in page.text
    assert f"<h1>{title}</h1>" in page.text


def test_a_language_that_is_chosen_stays(app: Flask, reader: Reader) -> None:
    reader.open("/account")
    reader.send("/language", button="language=fr")
    assert "Votre mot de passe" in reader.text
    elsewhere = Reader(app.test_client())
    elsewhere.sign_in()
    elsewhere.open("/account")
    assert "Votre mot de passe" in elsewhere.text


def test_whoever_tries_too_often_has_to_wait(app: Flask) -> None:
    """Even with the right password, so that the answer tells nothing; and the page says so."""
    reader = Reader(app.test_client())
    for _ in range(100):
        page = reader.sign_in(password="guess")
        if page.status_code == 429:
            break
    assert page.status_code == 429
    assert "Too many tries" in reader.text
    assert int(page.headers["Retry-After"]) > 0
    assert reader.sign_in().status_code == 429


def test_whoever_finds_a_session_open_cannot_guess_the_password(reader: Reader) -> None:
    """Changing it takes the one before, and tries are counted as those to sign in are."""
    guesses = {"password": "guess", "new": "another quiet otter", "again": "another quiet otter"}
    reader.open("/account")
    for _ in range(20):
        page = reader.send("/account", **guesses)
        if page.status_code == 429:
            break
    assert page.status_code == 429
    assert int(page.headers["Retry-After"]) > 0
    assert "Too many tries" in reader.text
    page = reader.send("/account", **(guesses | {"password": PASSWORD}))
    assert page.status_code == 429, "even with the right one"
