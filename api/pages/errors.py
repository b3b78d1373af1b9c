"""What pages say where the API says a problem: the same codes, in the reader's words, with a way back."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, request
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import HTTPException, InternalServerError

from api.access import SAFE
from api.pages.guard import headers_of_pages, wants_page
from api.pages.show import show
from api.problems import BY_STATUS, ProblemError
from service.faults import InputError
from service.store.errors import NotNowError, NotThereError, QueueFullError, StaleError
from service.words import catalogue

STATUS = {"not_found": 404, "stale": 412, "queue_full": 503, "busy": 503, "too_large": 413, "internal": 500}
"""Codes with a text of their own; every other is told as `other`."""


def tell_errors(app: Flask, pages: Blueprint) -> None:
    """Makes every error on a page a page."""

    @pages.errorhandler(NotThereError)
    def not_there(error: NotThereError) -> Response:
        return error_page("not_found")

    @pages.errorhandler(StaleError)
    def stale(error: StaleError) -> Response:
        return error_page("stale")

    @pages.errorhandler(IntegrityError)
    def at_once(error: IntegrityError) -> Response:
        return error_page("stale")

    @pages.errorhandler(QueueFullError)
    def queue_full(error: QueueFullError) -> Response:
        return error_page("queue_full")

    @pages.errorhandler(NotNowError)
    def not_now(error: NotNowError) -> Response:
        return error_page(error.code, 409)

    @pages.errorhandler(InputError)
    def unexpected(error: InputError) -> Response:
        """A fault that the page itself does not show beside its field."""
        return error_page("input", 422, faults=error)

    @pages.errorhandler(ProblemError)
    def problem(error: ProblemError) -> Response:
        return error_page(error.code, int(error.kind.status))

    @pages.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Response:
        status = error.code or 500
        return error_page(BY_STATUS.get(status, "other"), status)

    def nowhere(error: HTTPException) -> Response:
        """An address that no page has: told as a page to whoever reads pages, and as a problem to programs."""
        if request.accept_mimetypes.best_match(("application/json", "text/html")) == "text/html" and wants_page():
            return headers_of_pages(error_page("not_found"))
        return app.ensure_sync(app.error_handler_spec[None][None][HTTPException])(error)  # type: ignore[no-any-return]

    app.register_error_handler(404, nowhere)

    @pages.errorhandler(InternalServerError)
    def internal(error: InternalServerError) -> Response:
        return error_page("internal")


def error_page(code: str, status: int | None = None, *, faults: InputError | None = None) -> Response:
    """The page of one error."""
    known = code if f"page.error.{code}.title" in catalogue("en") else "other"
    return show("error.html", status=status or STATUS.get(code, 500), code=known, back=_back(), faults=faults)


def _back() -> str | None:
    """The page that a form came from, where it is one of ours."""
    came = urlsplit(request.referrer or "")
    if request.method in SAFE or came.netloc != request.host:
        return None
    return came.path + (f"?{came.query}" if came.query else "")
