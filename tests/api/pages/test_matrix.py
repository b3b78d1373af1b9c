"""Every page says what opens it, and opens to nobody else."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from api.access import scopes_of
from service.store import Store
from service.store.spaces import Scope
from service.store.users import make_user
from tests.api.conftest import app_with
from tests.api.pages.conftest import PASSWORD, Reader

ROUTES = [
    (rule.rule, method, rule.endpoint)
    for rule in app_with().url_map.iter_rules()
    for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    if rule.endpoint.startswith("pages.")
]


def test_there_are_pages() -> None:
    assert len(ROUTES) > 10


@pytest.mark.parametrize(("path", "method", "endpoint"), ROUTES)
def test_every_page_says_what_opens_it(
    app: Flask, store: Store, space: str, path: str, method: str, endpoint: str
) -> None:
    """Whoever has not signed in is sent to do so; whoever may not see it is refused; nothing is there for others."""
    needed = scopes_of(app.view_functions[endpoint])
    assert needed is not None, f"{method} {path} does not say what opens it"
    address = re.sub(r"<(?:int:)?number>", "1", path)
    address = re.sub(r"<any\((\w+)[^>]*>", r"\1", address)
    address = re.sub(r"<[^>]*>", "none", address)
    answer = app.test_client().open(address, method=method)
    asked = answer.status_code == 303 and answer.headers["Location"].startswith("/sign-in")
    assert asked == bool(needed)
    if needed and Scope.INTAKE not in needed:
        make_user(store, space, "form", (Scope.INTAKE,), PASSWORD)
        reader = Reader(app.test_client())
        reader.sign_in("form")
        assert reader.client.open(address, method=method).status_code == 403
