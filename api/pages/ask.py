"""What an organiser asks for: how many networks, when they meet, and wishes, beside what the people allow."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, make_response, request

from api.access import opens, space, store
from api.pages.show import language, onward, show, teller
from api.pages.told import summary, wrong_at
from api.pages.way import proposal_of
from api.versions import form_version
from service.faults import Fault, InputError
from service.people_there import people_there
from service.pool import Standings, standings
from service.presets import KINDS, fitted, with_preset
from service.programme import draft_programme, read_programme
from service.programme_edit import strength_of
from service.programme_file import as_toml, from_toml
from service.programme_form import FRAME, read, shown
from service.store.programmes import StoredProgramme, change_programme, programme
from service.store.spaces import Scope
from service.wording import wishes

page = Blueprint("ask", __name__)

PROGRAMME_FILE = "programme.toml"


@page.get("/programmes/<programme_id>/ask")
@opens(Scope.ORGANISE)
def start(programme_id: str) -> Response:
    """Everything that is asked."""
    return ask_page(programme(store(), space(), programme_id))


@page.post("/programmes/<programme_id>/ask")
@opens(Scope.ORGANISE)
def change(programme_id: str) -> Response:
    """Changes how many networks there are and when they meet."""
    there = programme(store(), space(), programme_id)
    answers = {key: request.form.get(key, "") for key in request.form}
    content, faults = read(FRAME, answers, there.content)
    try:
        if faults:
            raise InputError([*faults, *draft_programme(content).faults])
        change_programme(store(), space(), programme_id, content, version=form_version())
    except InputError as error:
        return ask_page(there, frame=answers, wrong=wrong_at(error.faults), version=form_version(), status=422)
    return onward("pages.ask.start", "frame_kept", programme_id=programme_id)


@page.post("/programmes/<programme_id>/ask/preset")
@opens(Scope.ORGANISE)
def preset(programme_id: str) -> Response:
    """Writes the wishes that usually go with a kind of network."""
    there = programme(store(), space(), programme_id)
    kind = request.form.get("kind", "")
    people = people_there(store(), space(), programme_id, there.read())
    if kind not in KINDS:
        return onward("pages.ask.start", programme_id=programme_id, at="presets")
    content = with_preset(there.content, kind, people, instead="instead" in request.form)
    added = len(content["rules"]) - (0 if "instead" in request.form else len(there.content.get("rules", ())))
    change_programme(store(), space(), programme_id, content, version=form_version())
    return onward("pages.ask.start", "preset", n=added, programme_id=programme_id, at="wishes")


@page.get(f"/programmes/<programme_id>/ask/{PROGRAMME_FILE}")
@opens(Scope.ORGANISE)
def out(programme_id: str) -> Response:
    """The programme as a file."""
    text = as_toml(programme(store(), space(), programme_id).content)
    response = make_response(text)
    response.headers["Content-Type"] = "application/toml; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{PROGRAMME_FILE}"'
    response.headers["Cache-Control"] = "no-store"
    return response


@page.post("/programmes/<programme_id>/ask/file")
@opens(Scope.ORGANISE)
def take(programme_id: str) -> Response:
    """Puts the programme of a file in the place of this one."""
    there = programme(store(), space(), programme_id)
    file = request.files.get("file")
    try:
        if file is None or not file.filename:
            raise InputError([Fault(code="page_no_file", pointer="file")])
        found = from_toml(file.read(), file=file.filename)
        change_programme(store(), space(), programme_id, found.content, version=form_version())
    except InputError as error:
        return ask_page(there, file_faults=error.faults, version=form_version(), status=422)
    return onward("pages.ask.start", "file_taken", programme_id=programme_id)


def ask_page(
    there: StoredProgramme,
    *,
    frame: dict[str, str] | None = None,
    wrong: dict[str, str] | None = None,
    file_faults: tuple[Fault, ...] = (),
    version: int | None = None,
    status: int = 200,
) -> Response:
    """The page, as the programme is or as it was typed."""
    asked = there.read()
    people = people_there(store(), space(), there.id, asked)
    counted: Standings | None = standings(asked, people) if people.candidates else None
    rules = there.content.get("rules", [])
    return show(
        "ask.html",
        status=status,
        programme=there,
        proposal=proposal_of(there),
        version=there.version if version is None else version,
        specs={spec.key: spec for spec in FRAME},
        frame=shown(FRAME, there.content) if frame is None else frame,
        wrong=wrong or {},
        summary=summary(wrong or {}, {spec.key: teller()(f"page.ask.label.{spec.word}") for spec in FRAME}),
        wishes=wishes(asked, language()),
        strengths=[strength_of(rule) for rule in rules],
        counted=counted,
        people=len(people.candidates),
        fixed=there.content.get("networks", {}).get("fixed", []),
        leaders=there.content.get("facilitators", []),
        presets=_presets(there, people),
        file_faults=file_faults,
        weights=WEIGHTS,
    )


WEIGHTS = ("1", "2", "3", "5", "8", "10", "20")
"""Weights that are offered; any other that a rule has is offered beside them."""


def _presets(there: StoredProgramme, people: Any) -> list[dict[str, Any]]:
    """What each kind would write."""
    meetings = there.content.get("meetings", {}).get("count")
    found = []
    for kind in KINDS:
        fit = fitted(kind, people, meetings=meetings)
        added = with_preset(there.content, kind, people)["rules"][len(there.content.get("rules", ())) :]
        asked = there.read()
        sentences = _sentences(there, added) if added else []
        found.append(
            {
                "kind": kind,
                "rules": sentences,
                "missing": teller().joined(map(teller().column, fit.missing)) if fit.missing else "",
                "now": asked.networks.kind == kind,
            }
        )
    return found


def _sentences(there: StoredProgramme, rules: list[dict[str, Any]]) -> list[Any]:
    return wishes(read_programme({**there.content, "rules": rules}), language())
