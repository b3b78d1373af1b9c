"""Who takes part: the list, one person at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask import Blueprint, Response, request

from api.access import opens, space, store
from api.pages.room import make_room
from api.pages.show import onward, show, teller
from api.pages.told import summary, wrong_cells
from api.pages.way import proposal_of
from api.versions import form_version
from service.candidates import KNOWN_COLUMNS, header_key
from service.faults import InputError
from service.intake.tables import Objects
from service.people_there import ColumnThere, columns_of, people_there
from service.store.candidates import (
    StoredCandidate,
    add_candidates,
    candidate,
    change_candidate,
    count_candidates,
    list_candidates,
    remove_candidate,
)
from service.store.programmes import StoredProgramme, programme
from service.store.spaces import Scope
from service.wording import column_said

page = Blueprint("people", __name__)
page.before_app_request(make_room)

PAGE = 100
"""People on one page."""

BASIC = ("first_name", "last_name", "email", "role", "sector", "organisation", "region", "language", "available")
"""Columns that the form of a person always begins with."""

SHOWN = 7
"""Columns of the list besides the name."""

LONG = frozenset({"notes", "project", "asks", "offers"})


@page.get("/programmes/<programme_id>/people")
@opens(Scope.ORGANISE)
def start(programme_id: str) -> Response:
    """The list."""
    there = programme(store(), space(), programme_id)
    wanted = request.args.get("find", "").strip()
    after = request.args.get("after", "")
    found = list_candidates(
        store(),
        space(),
        programme_id,
        after=int(after) if after.isascii() and after.isdigit() and len(after) < 16 else 0,
        limit=PAGE,
    )
    items = list(found.items) if not wanted else list(_matching(programme_id, wanted))
    columns = columns_of(people_there(store(), space(), programme_id, there.read()))
    return show(
        "people.html",
        programme=there,
        proposal=proposal_of(there),
        items=items,
        name_of=name_of,
        columns=[column for column in columns if column.name not in NAMES][:SHOWN],
        total=count_candidates(store(), space(), programme_id),
        find=wanted,
        after=None if wanted else found.next,
    )


NAMES = ("id", "name", "first_name", "last_name", "consent")
"""Columns that say who somebody is, which the list shows as one."""


@page.get("/programmes/<programme_id>/people/new")
@opens(Scope.ORGANISE)
def new(programme_id: str) -> Response:
    """An empty form."""
    return _form(programme(store(), space(), programme_id), {})


@page.post("/programmes/<programme_id>/people")
@opens(Scope.ORGANISE)
def add(programme_id: str) -> Response:
    """Adds somebody."""
    there = programme(store(), space(), programme_id)
    cells = _typed()
    try:
        add_candidates(store(), space(), programme_id, Objects("form", [cells]))
    except InputError as error:
        return _form(there, cells, wrong=wrong_cells(error.faults), status=422)
    return onward("pages.people.start", "person_added", programme_id=programme_id)


@page.get("/programmes/<programme_id>/people/<candidate_id>")
@opens(Scope.ORGANISE)
def edit(programme_id: str, candidate_id: str) -> Response:
    """The form of somebody who is there."""
    there = programme(store(), space(), programme_id)
    person = candidate(store(), space(), programme_id, candidate_id)
    return _form(there, _cells_of(person), person)


@page.post("/programmes/<programme_id>/people/<candidate_id>")
@opens(Scope.ORGANISE)
def change(programme_id: str, candidate_id: str) -> Response:
    """Puts what was typed in place of what was there."""
    there = programme(store(), space(), programme_id)
    person = candidate(store(), space(), programme_id, candidate_id)
    cells = _typed()
    kept = {key: value for key, value in person.content.items() if key not in request.form}
    try:
        change_candidate(store(), space(), programme_id, person.ref, {**kept, **cells}, version=form_version())
    except InputError as error:
        return _form(there, cells, person, wrong=wrong_cells(error.faults), status=422)
    return onward("pages.people.start", "person_changed", programme_id=programme_id)


@page.post("/programmes/<programme_id>/people/<candidate_id>/remove")
@opens(Scope.ORGANISE)
def remove(programme_id: str, candidate_id: str) -> Response:
    """Takes somebody off the list, and out of what others say of them."""
    person = candidate(store(), space(), programme_id, candidate_id)
    remove_candidate(store(), space(), programme_id, person.ref, version=form_version())
    return onward("pages.people.start", "person_gone", programme_id=programme_id)


def name_of(person: StoredCandidate) -> str:
    """What the list calls somebody."""
    content = person.content
    parts = (content.get("name"), *(content.get(key) for key in ("first_name", "last_name")))
    said = " ".join(str(part) for part in ([parts[0]] if parts[0] else parts[1:]) if part)
    return said or str(content["id"])


def typed_cells(form: Mapping[str, str]) -> dict[str, str]:
    """The cells that a form states; its own fields are none."""
    return {key: text for key, text in form.items() if key not in {"csrf", "version"} and text.strip()}


def person_fields(there: StoredProgramme, cells: Mapping[str, Any], columns: list[ColumnThere]) -> dict[str, list[str]]:
    """The columns that a form of a person shows at once, and those behind a fold."""
    used = [column.name for column in columns if column.name not in {"id", "consent"}]
    own = [name for name in there.content.get("keep", ()) if header_key(name) not in set(map(header_key, used))]
    who = ["name"] if "name" in used and "first_name" not in used else ["first_name", "last_name"]
    first = list(dict.fromkeys([*who, *(name for name in BASIC if name not in NAMES), *used, *own]))
    first = [name for name in first if name not in ({"first_name", "last_name"} - set(who))]
    rest = [name for name in KNOWN_COLUMNS if name not in first and name not in {"id", "consent", "name", *who}]
    filled = [name for name in rest if cells.get(name)]
    return {"first": [*first, *filled], "rest": [name for name in rest if name not in filled]}


def _typed() -> dict[str, str]:
    return typed_cells(request.form)


def _cells_of(person: StoredCandidate) -> dict[str, str]:
    return {
        key: value if isinstance(value, str) else " | ".join(map(str, value)) for key, value in person.content.items()
    }


def _matching(programme_id: str, wanted: str) -> Iterator[StoredCandidate]:
    """Everybody in whose cells a text stands."""
    key, after = wanted.casefold(), 0
    while True:
        found = list_candidates(store(), space(), programme_id, after=after, limit=500)
        for person in found.items:
            if any(key in str(value).casefold() for value in person.content.values()):
                yield person
        if found.next is None:
            return
        after = found.next


def _form(
    there: StoredProgramme,
    cells: Mapping[str, Any],
    person: StoredCandidate | None = None,
    *,
    wrong: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    columns = columns_of(people_there(store(), space(), there.id, there.read()), most=60)
    return show(
        "people_person.html",
        status=status,
        programme=there,
        proposal=proposal_of(there),
        person=person,
        called=None if person is None else name_of(person),
        cells=cells,
        fields=person_fields(there, cells, columns),
        offered={column.name: column.common for column in columns if column.different <= 60},
        wrong=wrong or {},
        summary=summary(wrong or {}, {name: column_said(name, teller()) for name in wrong or {}}),
        long=LONG,
        version=request.form.get("version", "" if person is None else person.version),
    )
