"""Lets organisers in: whoever has not signed in is sent to do so, and comes back to where they were going."""

from __future__ import annotations

from flask import Response, current_app, g, redirect, request, url_for

from api.access import SAFE, by_session, csrf_fits, scopes_of, store
from api.pages.show import show

FORM_FIELD = "csrf"


def guard_page() -> Response | None:
    """Before every page: who reads it, whether they may, and whether a form is one of ours."""
    view = None if request.endpoint is None else current_app.view_functions[request.endpoint]
    needed = None if view is None else scopes_of(view)
    found = by_session(store())
    if found is not None:
        g.caller = found
    if needed == frozenset():
        return None
    if found is None:
        going = request.full_path.rstrip("?") if request.method in SAFE else "/"
        return redirect(url_for("pages.signin.ask", next=None if going == "/" else going), 303)  # type: ignore[return-value]  # werkzeug's class
    if needed is None or not needed & found.scopes:
        return show("refused.html", status=403, reason="scope")
    if request.method not in SAFE and not csrf_fits(
        request.form.get(FORM_FIELD) or request.headers.get("X-CSRF-Token", "")
    ):
        return show("refused.html", status=403, reason="form")
    return None


def headers_of_pages(response: Response) -> Response:
    """After every page: only our own files are loaded, and nobody puts a page into a frame."""
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    # A page whose address is a secret has said so itself.
    response.headers.setdefault("Referrer-Policy", "same-origin")
    return response


def wants_page() -> bool:
    """Whether whoever asks reads a page, and not the API."""
    return not request.path.startswith(("/api/", "/health", "/ready", "/metrics"))
