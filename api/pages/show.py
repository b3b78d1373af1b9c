"""Shows a page: in the reader's language, with what every page has around it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Response, g, make_response, redirect, render_template, request, url_for

from api.access import Caller, csrf_token
from api.problems import language as asked_language
from service.report.telling import Teller
from service.words import LANGUAGES, catalogue

LANGUAGE_COOKIE = "kring_language"

NAMES = {"nl": "Nederlands", "fr": "Français", "en": "English", "de": "Deutsch"}
"""The languages of the pages, each by its own name."""


def language() -> str:
    """The language of the reader: their own choice, else what their browser asks for."""
    signed_in: Caller | None = g.get("caller")
    own = None if signed_in is None or signed_in.user is None else signed_in.user.language
    chosen = own or request.cookies.get(LANGUAGE_COOKIE)
    return chosen if chosen in LANGUAGES else asked_language()


def teller() -> Teller:
    """The words of the reader's language."""
    return Teller(language())


def show(template: str, *, status: int = 200, **context: Any) -> Response:
    """A page: `t` says texts, `csrf` goes into every form, `said` is what was just done."""
    signed_in: Caller | None = g.get("caller")
    body = render_template(
        f"pages/{template}",
        t=teller(),
        language=language(),
        languages=NAMES,
        csrf=csrf_token(),
        user=None if signed_in is None else signed_in.user,
        said=_said(),
        here=request.path,
        **context,
    )
    response = make_response(body, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def onward(endpoint: str, said: str | None = None, /, *, n: int | None = None, at: str = "", **values: Any) -> Response:
    """Sends the reader on (303).

    said: the key under `page.said` of what was done, and `n` its number. at: an anchor on the page.
    """
    more = {key: value for key, value in (("said", said), ("n", n)) if value is not None}
    address = url_for(endpoint, **values)
    joint = "&" if "?" in address else "?"
    address += f"{joint}{urlencode(more)}" if more else ""
    return make_response(redirect(address + (f"#{at}" if at else ""), 303))


def is_partial() -> bool:
    """Whether a script asks for the part of a page that changed, and not for all of it."""
    return request.headers.get("HX-Request") == "true"


def _said() -> str | None:
    """What was done before the reader was sent here. Only texts of ours, whatever the address says."""
    key = f"page.said.{request.args.get('said', '')}"
    text = catalogue(language()).get(key)
    if text is None:
        return None
    n = request.args.get("n", "")
    number = int(n) if n.isascii() and n.isdigit() and len(n) < 10 else None
    needs = text if isinstance(text, str) else text["other"]
    if number is None and (not isinstance(text, str) or "{n}" in needs):
        return None
    return teller()(key, n=number)
