"""A spreadsheet on its way in: chosen or pasted, looked at, mended, and only then taken in."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Response, request

from api.access import opens, space, store
from api.pages.room import takes_a_list
from api.pages.show import language, onward, show, teller
from api.pages.told import expected
from api.pages.way import proposal_of
from service.candidates import KNOWN_COLUMNS, Note, tidy
from service.drafts import (
    LEAVE,
    OWN,
    Draft,
    Examined,
    Placed,
    begin,
    guesses,
    pack,
    pasted,
    unpack,
    why,
    with_cells,
    with_meanings,
    with_replaced,
    without_rows,
)
from service.faults import Fault, InputError
from service.intake.header import letters
from service.intake.tables import Source
from service.store.candidates import count_candidates
from service.store.programmes import StoredProgramme, programme
from service.store.spaces import Scope
from service.taking_in import looked_at, renew, renewal, take_in
from service.wording import column_said

page = Blueprint("lists", __name__)

FIRST_ROWS = 5
"""Rows that are shown whatever is in them."""

MOST_FAULTY = 40
"""Rows with a fault that are shown at once; the next ones come when these are mended."""

MOST_CHANGES = 40
"""Changes to people who are on the list that are shown at once."""

_CELL = re.compile(r"cell-(\d{1,7})-(\d{1,4})")


@page.get("/programmes/<programme_id>/people/import")
@opens(Scope.ORGANISE)
def choose(programme_id: str) -> Response:
    """Where a list comes from."""
    return _choose(programme(store(), space(), programme_id))


@page.post("/programmes/<programme_id>/people/import")
@takes_a_list
@opens(Scope.ORGANISE)
def read(programme_id: str) -> Response:
    """Reads it and shows what it holds; nothing is kept."""
    there = programme(store(), space(), programme_id)
    try:
        draft = begin(_source(), used=_used(there), language=language())
    except InputError as error:
        return _choose(there, faults=error.faults, text=request.form.get("text", ""), status=422)
    return _review(there, draft)


@page.post("/programmes/<programme_id>/people/import/review")
@takes_a_list
@opens(Scope.ORGANISE)
def review(programme_id: str) -> Response:
    """Shows it again as it was mended, or takes it in."""
    there = programme(store(), space(), programme_id)
    try:
        draft = _mended(unpack(request.form.get("draft", "")))
    except InputError as error:
        return _choose(there, faults=error.faults, status=422)
    wanted = request.form.get("do", "look")
    if wanted.startswith("near-"):
        draft = _made_near(draft, wanted.removeprefix("near-"))
    if wanted == "new":
        draft = without_rows(draft, looked_at(store(), space(), programme_id, draft).there)
    if wanted not in {"take", "good", "renew"}:
        return _review(there, draft)
    try:
        if wanted == "renew":
            known = looked_at(store(), space(), programme_id, draft).known
            done = renew(store(), space(), programme_id, draft, known)
            n = done.added + done.changed
            return onward("pages.people.start", "people_renewed", n=n, programme_id=programme_id)
        added = take_in(store(), space(), programme_id, draft, skip_bad_rows=wanted == "good")
    except InputError:
        return _review(there, draft, status=422)
    return onward("pages.people.start", "people_added", n=len(added.items), programme_id=programme_id)


def _source() -> Source:
    file = request.files.get("file")
    if file is not None and file.filename:
        return file.filename, file.read()
    text = request.form.get("text", "")
    if not text.strip():
        raise InputError([Fault(code="page_no_list", pointer="file")])
    return pasted(text)


def _used(there: StoredProgramme) -> list[str]:
    """Columns that the programme names."""
    asked = there.read()
    return [*asked.used_columns(), *asked.keep, *asked.vocabularies]


def _mended(draft: Draft) -> Draft:
    """The draft with everything that the form changes."""
    form = request.form
    for number in range(MOST_ALIKE):
        by = form.get(f"by-{number}", "").strip()
        column, found = form.get(f"column-{number}", ""), form.get(f"found-{number}", "")
        if by and by != found and column.isascii() and column.isdigit():
            draft = with_replaced(draft, int(column), found, by)
    cells = {}
    for key, text in form.items():
        match = _CELL.fullmatch(key)
        if match is not None and text != form.get(f"was-{match[1]}-{match[2]}", ""):
            cells[int(match[1]), int(match[2])] = text
    meanings = {index: form[f"meaning-{index}"] for index in range(draft.width) if f"meaning-{index}" in form}
    headers = {index: tidy(form[f"header-{index}"]) for index in range(draft.width) if f"header-{index}" in form}
    gone = {int(row) for row in form.getlist("without") if row.isascii() and row.isdigit()}
    return without_rows(with_cells(with_meanings(draft, meanings, headers), cells), gone)


def _made_near(draft: Draft, number: str) -> Draft:
    """The draft with a mistake that was made many times replaced by what was probably meant."""
    column, found, near = (request.form.get(f"{key}-{number}", "") for key in ("column", "found", "near"))
    return with_replaced(draft, int(column), found, near) if near and column.isascii() and column.isdigit() else draft


def _choose(there: StoredProgramme, *, faults: tuple[Fault, ...] = (), text: str = "", status: int = 200) -> Response:
    return show(
        "people_import.html",
        status=status,
        programme=there,
        proposal=proposal_of(there),
        faults=faults,
        text=text,
        total=count_candidates(store(), space(), there.id),
    )


def _review(there: StoredProgramme, draft: Draft, *, status: int = 200) -> Response:
    found = looked_at(store(), space(), there.id, draft)
    again = renewal(store(), space(), there.id, draft, found.known) if found.known else None
    faulty = [number for number in found.rows() if again is None or number not in found.there][:MOST_FAULTY]
    others = [number for number, _ in draft.rows if number not in set(faulty)][:FIRST_ROWS]
    alike = found.alike()[:MOST_ALIKE]
    columns = _columns(there, draft, found)
    cells = {number: cells for number, cells in draft.rows if number in {*faulty, *others}}
    return show(
        "people_review.html",
        status=status,
        programme=there,
        proposal=proposal_of(there),
        draft=draft,
        packed=pack(draft),
        found=found,
        again=again,
        most_changes=MOST_CHANGES,
        called=column_said,
        summary=[] if again is not None else _summary(draft, found, alike),
        notes=[_note(note) for note in found.notes if note.code != "columns_left_out"],
        columns=columns,
        faulty_columns=_faulty_first(columns, found),
        choices=_choices(),
        alike=alike,
        faulty=[(number, cells[number]) for number in faulty if number in cells],
        more_faulty=0 if again is not None else len(found.rows()) - len(faulty),
        others=[(number, cells[number]) for number in others],
        at=_by_place(found.faults),
        own=OWN,
        leave=LEAVE,
    )


MOST_ALIKE = 12
"""Mistakes made many times that are shown at once."""


def _columns(there: StoredProgramme, draft: Draft, found: Examined) -> list[dict[str, Any]]:
    """Each column with what it is called, some of what is in it, and what it is taken for."""
    wrong = {each.column: expected(each.fault) for each in found.faults if each.row is None}
    told = []
    for index, guess in enumerate(guesses(draft, used=_used(there), language=language())):
        values = dict.fromkeys(tidy(cells[index]) for _, cells in draft.rows[:60] if index < len(cells))
        values.pop("", None)
        same = draft.meanings[index] == guess.meaning
        told.append(
            {
                "index": index,
                "header": tidy(draft.headers[index]),
                "sample": list(values)[:3],
                "meaning": draft.meanings[index],
                "why": why(guess, language()) if same else None,
                "look": same and not guess.why.sure,
                "wrong": wrong.get(index),
                "renamed": draft.own_name(index) if draft.own_name(index) != tidy(draft.headers[index]) else None,
            }
        )
    return told


def _faulty_first(columns: list[dict[str, Any]], found: Examined) -> list[dict[str, Any]]:
    """The columns of rows to mend: who it is, then what is wrong, then the rest, so that a phone shows what matters."""
    wrong = {placed.column for placed in found.faults if placed.row is not None}
    who = next((each["index"] for each in columns if each["meaning"] in WHO), None)
    return sorted(columns, key=lambda each: (each["index"] != who, each["index"] not in wrong, each["index"]))


WHO = ("first_name", "name", "last_name", "email", "id")
"""Columns that tell a reader who somebody is."""


def _summary(draft: Draft, found: Examined, alike: list[tuple[Placed, int]]) -> list[tuple[str, str]]:
    """What is wrong, each with the place on the page where it is mended; the same mistake many times is said once."""
    tell = teller()
    told, several = [], set()
    for number, (placed, n) in enumerate(alike):
        several.add((placed.fault.code, placed.column, placed.fault.found))
        text = tell("page.people.alike_summary", n=n, found=placed.fault.found, column=_header(draft, placed.column))
        told.append((f"by-{number}", f"{text} – {_lower(expected(placed.fault))}"))
    for placed in found.faults:
        if (placed.fault.code, placed.column, placed.fault.found) in several:
            continue
        where = [tell("fault_part.row", row=placed.row)] if placed.row is not None else []
        where += [_header(draft, placed.column)] if placed.column is not None else []
        what = f"“{placed.fault.found}” – " if placed.fault.found and placed.row is not None else ""
        told.append(
            (_anchor(placed), f"{', '.join(where)}{': ' if where else ''}{what}{_lower(expected(placed.fault))}")
        )
    return told


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _anchor(placed: Placed) -> str:
    if placed.row is None:
        return "columns" if placed.column is None else f"meaning-{placed.column}"
    return f"wrong-{placed.row}" if placed.column is None else f"cell-{placed.row}-{placed.column}"


def _header(draft: Draft, column: int | None) -> str:
    text = tidy(draft.headers[column]) if column is not None and column < draft.width else ""
    return text or (letters(column) if column is not None else "")


def _note(note: Note) -> str:
    """A note without the name of the file, which the page has at its head."""
    params = {key: ", ".join(value) if isinstance(value, tuple) else value for key, value in note.params.items()}
    place = "" if note.row is None else f"{teller()('fault_part.row', row=note.row)}: "
    return place + teller()(f"note.{note.code}", **params)


def _choices() -> list[tuple[str, str]]:
    """The known columns in the reader's words."""
    tell = teller()
    return [(name, column_said(name, tell)) for name in KNOWN_COLUMNS]


def _by_place(faults: tuple[Placed, ...]) -> dict[tuple[int, int | None], list[str]]:
    """What is wrong at each cell, and (column None) with a row as a whole."""
    told: dict[tuple[int, int | None], list[str]] = {}
    for placed in faults:
        if placed.row is not None:
            told.setdefault((placed.row, placed.column), []).append(expected(placed.fault))
    return told
