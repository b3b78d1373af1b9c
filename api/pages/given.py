"""What is given beforehand: networks that exist already, and who may lead them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from api.access import opens, space, store
from api.pages.show import language, onward, show, teller
from api.pages.told import summary, wrong_at
from api.pages.way import proposal_of
from api.versions import form_version
from service.faults import InputError
from service.people_there import columns_of, people_there
from service.programme import draft_programme
from service.programme_edit import with_leader, with_network, without_leader, without_network
from service.programme_form import LEADER, NETWORK, Spec, read, shown
from service.store.programmes import StoredProgramme, change_programme, programme
from service.store.spaces import Scope
from service.words import catalogue

page = Blueprint("given", __name__)


@dataclass(frozen=True, slots=True)
class Given:
    """One of the two lists: what its entries look like, and how a programme changes with them."""

    name: str
    pointer: str
    specs: tuple[Spec, ...]
    entries: Callable[[Mapping[str, Any]], Sequence[Mapping[str, Any]]]
    put: Callable[[Mapping[str, Any], Mapping[str, Any], int | None], dict[str, Any]]
    take: Callable[[Mapping[str, Any], int], dict[str, Any]]


GIVEN = {
    "networks": Given(
        "networks",
        "networks.fixed",
        NETWORK,
        lambda content: content.get("networks", {}).get("fixed", []),
        with_network,
        without_network,
    ),
    "leaders": Given(
        "leaders",
        "facilitators",
        LEADER,
        lambda content: content.get("facilitators", []),
        with_leader,
        without_leader,
    ),
}


@page.get("/programmes/<programme_id>/ask/<which>/new")
@opens(Scope.ORGANISE)
def new(programme_id: str, which: str) -> Response:
    """An empty form."""
    there = programme(store(), space(), programme_id)
    given = _given(which)
    return _form(there, given, shown(given.specs, {}))


@page.post("/programmes/<programme_id>/ask/<which>")
@opens(Scope.ORGANISE)
def add(programme_id: str, which: str) -> Response:
    """Adds one."""
    return _kept(programme(store(), space(), programme_id), _given(which), None)


@page.get("/programmes/<programme_id>/ask/<which>/<int:number>")
@opens(Scope.ORGANISE)
def edit(programme_id: str, which: str, number: int) -> Response:
    """The form of one that is there."""
    there = programme(store(), space(), programme_id)
    given = _given(which)
    return _form(there, given, shown(given.specs, _entry(there, given, number)), number)


@page.post("/programmes/<programme_id>/ask/<which>/<int:number>")
@opens(Scope.ORGANISE)
def change(programme_id: str, which: str, number: int) -> Response:
    """Changes one."""
    return _kept(programme(store(), space(), programme_id), _given(which), number)


@page.post("/programmes/<programme_id>/ask/<which>/<int:number>/remove")
@opens(Scope.ORGANISE)
def remove(programme_id: str, which: str, number: int) -> Response:
    """Takes one away."""
    there = programme(store(), space(), programme_id)
    given = _given(which)
    _entry(there, given, number)
    content = given.take(there.content, number - 1)
    change_programme(store(), space(), programme_id, content, version=form_version())
    return onward("pages.ask.start", f"{which}_gone", programme_id=programme_id, at=which)


def _given(which: str) -> Given:
    found = GIVEN.get(which)
    if found is None:
        raise NotFound
    return found


def _kept(there: StoredProgramme, given: Given, number: int | None) -> Response:
    before = {} if number is None else _entry(there, given, number)
    answers = {spec.key: request.form.get(spec.key, "") for spec in given.specs}
    entry, faults = read(given.specs, answers, before)
    content = given.put(there.content, entry, None if number is None else number - 1)
    place = len(given.entries(content)) - 1 if number is None else number - 1
    try:
        if faults:
            raise InputError(
                [
                    *(replace(f, pointer=f"{given.pointer}[{place}].{f.pointer}") for f in faults),
                    *draft_programme(content).faults,
                ]
            )
        change_programme(store(), space(), there.id, content, version=form_version())
    except InputError as error:
        start = f"{given.pointer}[{place}]."
        mine = [replace(f, pointer=(f.pointer or "").removeprefix(start).partition("[")[0]) for f in error.faults]
        wrong = {key.partition(".")[0]: text for key, text in wrong_at(mine).items()}
        return _form(there, given, answers, number, wrong=wrong, status=422)
    return onward("pages.ask.start", f"{given.name}_kept", programme_id=there.id, at=given.name)


def _form(
    there: StoredProgramme,
    given: Given,
    answers: Mapping[str, str],
    number: int | None = None,
    *,
    wrong: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    columns = columns_of(people_there(store(), space(), there.id, there.read()), most=40)
    return show(
        "given.html",
        status=status,
        programme=there,
        proposal=proposal_of(there),
        which=given.name,
        known=catalogue(language()),
        specs=given.specs,
        answers=answers,
        number=number,
        wrong=wrong or {},
        summary=summary(wrong or {}, {spec.key: teller()(f"page.ask.label.{spec.word}") for spec in given.specs}),
        version=request.form.get("version", there.version),
        offered={
            "slot": _values(columns, "available"),
            "region": _values(columns, "region"),
            "facilitator": [leader["id"] for leader in there.content.get("facilitators", [])],
        },
    )


def _values(columns: Sequence[Any], name: str) -> tuple[str, ...]:
    return next((column.common for column in columns if column.name == name), ())


def _entry(there: StoredProgramme, given: Given, number: int) -> Mapping[str, Any]:
    entries = given.entries(there.content)
    if not 1 <= number <= len(entries):
        raise NotFound
    return entries[number - 1]
