"""An organiser who reads the pages without a browser: signs in, and fills forms in as they stand on the page."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api.access import COOKIE
from api.app import create_app
from service.store import Store, open_store
from service.store.spaces import Scope, first_space
from service.store.users import begin_session, make_user, user_named
from service.worker import one_round
from tests.api.conftest import KEY

LOGIN, PASSWORD = "ann", "three quiet otters"


@pytest.fixture(scope="session")
def beginning(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with its tables and an organiser who may sign in, for each test to have a copy of."""
    folder = tmp_path_factory.mktemp("beginning")
    store = open_store(folder)
    make_user(store, first_space(store)[0], LOGIN, (Scope.ORGANISE,), PASSWORD)
    store.close()
    return folder


@pytest.fixture
def store(beginning: Path) -> Iterator[Store]:
    """A database of its own."""
    folder = tempfile.mkdtemp(prefix="kring-test-")
    shutil.copytree(beginning, folder, dirs_exist_ok=True)
    store = open_store(folder)
    yield store
    store.close()


@pytest.fixture
def space(store: Store) -> str:
    """The space of whoever signs in."""
    return first_space(store)[0]


@pytest.fixture
def app(store: Store) -> Flask:
    """The application."""
    return create_app(store, key=KEY)


@pytest.fixture
def reader(app: Flask, store: Store, space: str) -> Reader:
    """The organiser, signed in: the page for that has tests of its own."""
    reader = Reader(app.test_client())
    reader.client.set_cookie(COOKIE, begin_session(store, user_named(store, space, LOGIN).id))
    reader.open("/")
    return reader


class Reader:
    """Whoever reads pages: follows links, and sends forms with everything that stands in them."""

    def __init__(self, client: FlaskClient, language: str = "en") -> None:
        self.client = client
        self.client.environ_base["HTTP_ACCEPT"] = "text/html"
        self.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
        self.page: TestResponse | None = None

    def sign_in(self, login: str = LOGIN, password: str = PASSWORD) -> TestResponse:
        """Signs in at the page that asks for it."""
        self.open("/sign-in")
        return self.send("/sign-in", login=login, password=password)

    def open(self, address: str) -> TestResponse:
        """Opens a page, wherever it leads."""
        self.page = self.client.get(address, follow_redirects=True)
        return self.page

    def send(self, action: str, button: str | None = None, **fields: Any) -> TestResponse:
        """Sends the form with this action from the page that is open, with these fields changed.

        action: the address, or how it ends. button: the name=value of the button that is pressed.
        """
        assert self.page is not None
        form = next(
            (form for form in forms(self.page.text) if form.action_at(self.page.request.path).endswith(action)), None
        )
        assert form is not None, f"no form with the action {action}"
        data = {**form.values, **fields}
        if button is not None:
            name, _, value = button.partition("=")
            data[name] = value
        self.page = self.client.post(
            form.action_at(self.page.request.path),
            data=data,
            follow_redirects=True,
            content_type=form.enctype if any(isinstance(each, tuple) for each in data.values()) else None,
            headers={"Referer": f"http://localhost{self.page.request.path}"},
        )
        return self.page

    @property
    def text(self) -> str:
        """The words on the page."""
        assert self.page is not None
        return words_of(self.page.text)


class _Form:
    def __init__(self, action: str, enctype: str) -> None:
        self.action, self.enctype = action, enctype
        self.values: dict[str, Any] = {}

    def action_at(self, path: str) -> str:
        return urlsplit(self.action).path + (f"?{urlsplit(self.action).query}" if "?" in self.action else "") or path


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[_Form] = []
        self.open: _Form | None = None
        self.select: str | None = None
        self.several = False
        self.area: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name")
        if tag == "form":
            self.open = _Form(given.get("action") or "", given.get("enctype") or "application/x-www-form-urlencoded")
            if (given.get("method") or "get").lower() == "post":
                self.found.append(self.open)
        elif self.open is not None and name:
            if tag == "input":
                kind = given.get("type") or "text"
                if kind in ("checkbox", "radio") and "checked" not in given:
                    return
                if kind not in ("submit", "file", "button"):
                    self._add(name, given.get("value") or ("on" if kind == "checkbox" else ""))
            elif tag == "select":
                self.select, self.several = name, "multiple" in given
            elif tag == "textarea":
                self.area = name
                self._add(name, "")
        first = self.open is not None and not self.several and self.select not in self.open.values
        if tag == "option" and self.select and self.open is not None and (first or "selected" in given):
            self.open.values[self.select] = given.get("value") or ""

    def _add(self, name: str, value: str) -> None:
        assert self.open is not None
        there = self.open.values.get(name)
        if there is None:
            self.open.values[name] = value
        else:
            self.open.values[name] = [*(there if isinstance(there, list) else [there]), value]

    def handle_data(self, data: str) -> None:
        if self.area and self.open is not None:
            self.open.values[self.area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None
        elif tag == "select":
            self.select = None
        elif tag == "textarea" and self.area and self.open is not None:
            self.open.values[self.area] = self.open.values[self.area].removeprefix("\n")
            self.area = None


def forms(html: str) -> list[_Form]:
    """Every form on a page that changes something."""
    parser = _Forms()
    parser.feed(html)
    return parser.found


def words_of(html: str) -> str:
    """What a page says, without its markup."""
    import html as escape

    text = re.sub(r"<(script|style|head)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", escape.unescape(re.sub(r"<[^>]+>", " ", text))).strip()


def solve(store: Store) -> None:
    """Does every run that stands in line."""
    while one_round(store, "worker"):
        pass
