"""The programmes of a space, a new one, an example to look around in, and where one programme stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request

from api.access import opens, space, store
from api.pages.show import language, onward, show
from api.pages.way import proposal_of
from api.versions import form_version
from service.demo import make_demo
from service.faults import InputError
from service.store.candidates import count_candidates
from service.store.programmes import StoredProgramme, delete_programme, list_programmes, make_programme, programme
from service.store.proposals import StoredProposal
from service.store.spaces import Scope

page = Blueprint("home", __name__)

KINDS = ("peer", "internal", "domain", "practice")

FIRST_SIZES = {"count": 3, "min_size": 6, "max_size": 14, "waitlist": "allowed"}
FIRST_MEETINGS = {"count": 10, "group_size": 3}
"""What a new programme begins with, until its organiser says otherwise."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a programme is."""

    programme: StoredProgramme
    people: int
    proposal: StoredProposal | None

    @property
    def stage(self) -> str:
        """The word for it."""
        if not self.people:
            return "no_people"
        if self.proposal is None:
            return "no_proposal"
        return "proposed" if self.proposal.accepted_at is None else "accepted"

    @property
    def next_step(self) -> str:
        """What to do now."""
        return {"no_people": "people", "no_proposal": "compose", "proposed": "board", "accepted": "out"}[self.stage]


@page.get("/")
@opens(Scope.ORGANISE)
def show_all() -> Response:
    """Every programme."""
    return _home()


@page.post("/programmes")
@opens(Scope.ORGANISE)
def make() -> Response:
    """Makes a programme."""
    name, kind = request.form.get("name", "").strip(), request.form.get("kind", KINDS[0])
    content = {
        "name": name,
        "language": language(),
        "networks": {**FIRST_SIZES, "kind": kind},
        "meetings": dict(FIRST_MEETINGS),
    }
    try:
        made = make_programme(store(), space(), content)
    except InputError as error:
        return _home(name=name, kind=kind, wrong=error.faults[0].expected(language()), status=422)
    return onward("pages.home.overview", "programme_made", programme_id=made.id)


@page.post("/programmes/demo")
@opens(Scope.ORGANISE)
def demo() -> Response:
    """Makes the example."""
    return onward("pages.home.overview", "demo_made", programme_id=make_demo(store(), space()))


@page.get("/programmes/<programme_id>")
@opens(Scope.ORGANISE)
def overview(programme_id: str) -> Response:
    """Where a programme stands, and what comes next."""
    there = programme(store(), space(), programme_id)
    standing = _standing(there)
    return show(
        "overview.html",
        programme=there,
        proposal=standing.proposal,
        stage=standing.stage,
        next_step=standing.next_step,
        people=standing.people,
        figures=_figures(standing),
    )


@page.post("/programmes/<programme_id>/delete")
@opens(Scope.ORGANISE)
def delete(programme_id: str) -> Response:
    """Deletes a programme with everything in it."""
    delete_programme(store(), space(), programme_id, version=form_version())
    return onward("pages.home.show_all", "programme_deleted")


def _home(name: str = "", kind: str = KINDS[0], wrong: str | None = None, status: int = 200) -> Response:
    given = request.args.get("after", "")
    after = int(given) if given.isascii() and given.isdigit() and len(given) < 16 else 0
    found = list_programmes(store(), space(), after=after)
    return show(
        "home.html",
        status=status,
        standings=[_standing(each) for each in found.items],
        after=found.next,
        kinds=KINDS,
        chosen=kind,
        name=name,
        wrong=wrong,
    )


def _standing(there: StoredProgramme) -> Standing:
    return Standing(there, count_candidates(store(), space(), there.id), proposal_of(there))


def _figures(standing: Standing) -> dict[str, Any]:
    """A number beside each step, where there is one."""
    content = standing.programme.content
    found: dict[str, Any] = {"people": standing.people, "ask": len(content.get("rules", ()))}
    if standing.proposal is not None:
        found["board"] = len(standing.proposal.content["networks"])
        found["trios"] = sum(
            len(meeting["trios"])
            for rotation in standing.proposal.content["rotations"]
            for meeting in rotation["meetings"]
        )
    return found
