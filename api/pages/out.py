"""Out: files, texts for everybody in their own language, and links that show a proposal without signing in."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, request, url_for

from api.access import opens, space, store
from api.pages.show import language, onward, show
from service.report.build import shared_of
from service.report.calendars import calendar
from service.report.letters import letters, letters_csv
from service.report.people import Directory
from service.report.telling import Teller
from service.store.names import now
from service.store.programmes import programme
from service.store.proposals import proposal, question_of
from service.store.shares import make_share, revoke_share, shared_by, shares_of
from service.store.spaces import Scope

page = Blueprint("out", __name__)

FILES = ("report", "kring.xlsx", "networks.csv", "trios.csv", "meetings.ics")

LASTS = (7, 30, 90, 365)
"""Days that a link may last."""


@page.get("/proposals/<proposal_id>/out")
@opens(Scope.ORGANISE)
def start(proposal_id: str) -> Response:
    """Everything that goes out."""
    return _page(proposal_id)


@page.get("/proposals/<proposal_id>/letters.csv")
@opens(Scope.ORGANISE)
def table(proposal_id: str) -> Response:
    """The texts as a table, for a mailing."""
    there = proposal(store(), space(), proposal_id)
    data = letters_csv(letters(question_of(store(), there).question, there.content))
    response = Response(data, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="letters.csv"'
    return response


@page.post("/proposals/<proposal_id>/shares")
@opens(Scope.ORGANISE)
def share(proposal_id: str) -> Response:
    """Makes a link, and shows it once."""
    given = request.form.get("days", "")
    days = int(given) if given.isascii() and given.isdigit() and int(given) in LASTS else LASTS[1]
    _, token = make_share(store(), space(), proposal_id, timedelta(days=days))
    return _page(proposal_id, made=url_for("pages.out.shared", token=token, _external=True))


@page.post("/proposals/<proposal_id>/shares/<share_id>/revoke")
@opens(Scope.ORGANISE)
def revoke(proposal_id: str, share_id: str) -> Response:
    """Takes a link back."""
    revoke_share(store(), space(), proposal_id, share_id)
    return onward("pages.out.start", "share_revoked", proposal_id=proposal_id, at="links")


@page.get("/shared/<token>")
@opens()
def shared(token: str) -> Response:
    """What members may see of a proposal, for whoever has the link."""
    there, link = shared_by(store(), token)
    question = question_of(store(), there).question
    response = show(
        "shared.html",
        shared=shared_of(question, there.content, Directory(question, Teller(language()))),
        link=link,
        token=token,
    )
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@page.get("/shared/<token>/meetings.ics")
@opens()
def shared_calendar(token: str) -> Response:
    """The meetings as a calendar, for whoever has the link."""
    there, _ = shared_by(store(), token)
    data = calendar(shared_of(question_of(store(), there).question, there.content))
    response = Response(data, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="meetings.ics"'
    return response


def _page(proposal_id: str, made: str | None = None) -> Response:
    there = proposal(store(), space(), proposal_id)
    return show(
        "out.html",
        programme=programme(store(), space(), there.programme),
        proposal=there,
        files=FILES,
        letters=letters(question_of(store(), there).question, there.content),
        links=shares_of(store(), space(), proposal_id),
        lasts=LASTS,
        now=now(),
        made=made,
    )
