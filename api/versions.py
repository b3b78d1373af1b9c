"""Versions over HTTP: an ETag on what is read, and If-Match on what is changed (RFC 9110, 13)."""

from __future__ import annotations

from flask import Response, request

from api.problems import ProblemError


def tagged(response: Response, version: int) -> Response:
    """A response that says which version it shows; 304 without a body where the caller has it already."""
    response.set_etag(str(version))
    if request.method == "GET":
        response.make_conditional(request)
    return response


def wanted_version(there: int) -> int:
    """The version that the caller saw and wants to change; `there`: the one that is there, for `If-Match: *`."""
    if not request.if_match:
        raise ProblemError("version_missing")
    if request.if_match.star_tag or request.if_match.contains(str(there)):
        return there
    raise ProblemError("stale")


def form_version() -> int:
    """The version that whoever fills a form in saw, which the form brings along."""
    given = request.form.get("version", "")
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        raise ProblemError("version_missing")
    return int(given)
