"""The organisers' pages: every one of them works without script, and calls the use cases that the API calls.

A page is a module here with a Flask `Blueprint` called `page`, its template in `api/templates/pages/`, its texts in
`service/words/<language>-*.toml` under `[page.<module>]`. A view says what opens it with `@opens`, as a call of the API
does; it reads what the form says, calls one use case, and either shows the page again with what was typed and what is
wrong with it (status 422), or sends the reader on with `onward(...)` (303), which says what was done.
"""

from __future__ import annotations

from flask import Blueprint, Flask

from api.pages import (
    ask,
    assets,
    board,
    compare,
    compose,
    forms,
    given,
    home,
    lists,
    out,
    password,
    people,
    signin,
    trios,
    wishes,
)
from api.pages.errors import tell_errors
from api.pages.guard import guard_page, headers_of_pages
from api.pages.way import way_of

PAGES = (assets, signin, password, home, people, lists, forms, ask, wishes, given, compose, board, trios, compare, out)
"""Every page there is; another one is added here."""


def add_pages(app: Flask) -> None:
    """Adds the organisers' pages to the application."""
    pages = Blueprint("pages", __name__)
    pages.before_request(guard_page)
    pages.after_request(headers_of_pages)
    tell_errors(app, pages)
    for each in PAGES:
        pages.register_blueprint(each.page)
    app.register_blueprint(pages)
    app.jinja_env.globals.update(asset=assets.asset, has_asset=assets.has_asset, way_of=way_of)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
