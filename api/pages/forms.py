"""Forms in which people put themselves forward: where they come in, what came, and what the answers mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request

from api.access import opens, space, store
from api.pages.people import person_fields, typed_cells
from api.pages.show import language, onward, show, teller
from api.pages.told import summary, wrong_cells
from api.pages.way import proposal_of
from service.candidates import KNOWN_COLUMNS
from service.drafts import LEAVE, OWN
from service.faults import InputError
from service.forms import TOOLS, Held
from service.forms.scheme import SecretInAddress
from service.mapping_form import CHOICES, Line, content_of, lines_of, switch_on_and_keep
from service.people_there import columns_of, people_there
from service.store.intake import Settled, make_source, settle, settle_waiting, tool_named, try_mapping
from service.store.programmes import StoredProgramme, programme
from service.store.sources import (
    DeliverySeen,
    SourceSeen,
    deliveries_of,
    delivery_of,
    mapping_of,
    questions_of,
    set_aside,
    settle_by_hand,
    source_of,
    sources_of,
)
from service.store.spaces import Scope
from service.wording import column_said
from service.words import catalogue

page = Blueprint("forms", __name__)

NAMES = {
    "typeform": "Typeform",
    "tally": "Tally",
    "jotform": "Jotform",
    "formbricks": "Formbricks",
    "limesurvey": "LimeSurvey",
    "google_forms": "Google Forms",
    "gravity_forms": "Gravity Forms",
}
"""What the makers call their tools; `plain` has a name in each language."""

TRIED = 5
"""Deliveries that a mapping is tried on."""


@page.get("/programmes/<programme_id>/people/forms")
@opens(Scope.ORGANISE)
def start(programme_id: str) -> Response:
    """Every form tool that the programme is open to."""
    there = programme(store(), space(), programme_id)
    seen = sources_of(store(), space(), programme_id)
    open_to = {each.source.tool for each in seen}
    return show(
        "forms.html",
        programme=there,
        proposal=proposal_of(there),
        sources=seen,
        named=named,
        closed=[tool for tool in TOOLS if tool not in open_to],
    )


@page.post("/programmes/<programme_id>/people/forms")
@opens(Scope.ORGANISE)
def begin(programme_id: str) -> Response:
    """Opens the programme to the forms of a tool."""
    tool = tool_named(request.form.get("tool", ""))
    if not any(seen.source.tool == tool for seen in sources_of(store(), space(), programme_id)):
        make_source(store(), space(), programme_id, tool)
    return onward("pages.forms.one", "form_open", programme_id=programme_id, tool=tool)


@page.get("/programmes/<programme_id>/people/forms/<tool>")
@opens(Scope.ORGANISE)
def one(programme_id: str, tool: str) -> Response:
    """One tool: its address and secret, and what it delivered."""
    there = programme(store(), space(), programme_id)
    settle_waiting(store())  # what came a moment ago is seen as it will be
    seen = source_of(store(), space(), programme_id, tool)
    in_address = isinstance(TOOLS[seen.source.tool].scheme, SecretInAddress)
    address = f"{request.host_url}api/v1/intake/{seen.source.tool}?programme={programme_id}"
    return show(
        "form.html",
        programme=there,
        proposal=proposal_of(there),
        seen=seen,
        called=named(seen.source.tool),
        address=f"{address}&secret={seen.source.secrets[0]}" if in_address else address,
        secret=None if in_address else seen.source.secrets[0],
        mapping=mapping_of(store(), seen.source),
        held=deliveries_of(store(), seen.source, state=Settled.HELD),
        last=[each for each in deliveries_of(store(), seen.source, most=30) if each.state is not Settled.HELD],
        reasons=reasons,
        title_of=title_of,
        how=_how(seen.source.tool),
    )


@page.post("/programmes/<programme_id>/people/forms/<tool>/secret")
@opens(Scope.ORGANISE)
def rotate(programme_id: str, tool: str) -> Response:
    """Makes a new secret; the one before goes on working until the next."""
    seen = source_of(store(), space(), programme_id, tool)
    make_source(store(), space(), programme_id, seen.source.tool)
    return onward("pages.forms.one", "secret_new", programme_id=programme_id, tool=tool)


@page.get("/programmes/<programme_id>/people/forms/<tool>/mapping")
@opens(Scope.ORGANISE)
def ask(programme_id: str, tool: str) -> Response:
    """Which answers go into which columns."""
    there = programme(store(), space(), programme_id)
    seen = source_of(store(), space(), programme_id, tool)
    questions = questions_of(deliveries_of(store(), seen.source))
    return _mapping(there, seen, lines_of(questions, mapping_of(store(), seen.source), language()))


@page.post("/programmes/<programme_id>/people/forms/<tool>/mapping")
@opens(Scope.ORGANISE)
def switch(programme_id: str, tool: str) -> Response:
    """Tries a mapping on what came, or switches it on."""
    there = programme(store(), space(), programme_id)
    seen = source_of(store(), space(), programme_id, tool)
    questions = questions_of(deliveries_of(store(), seen.source))
    before = mapping_of(store(), seen.source)
    lines = [
        Line(
            each.key,
            each.label,
            each.answers,
            request.form.get(f"meaning-{number}", LEAVE),
            request.form.get(f"transform-{number}", ""),
            request.form.get(f"separator-{number}", ""),
            f"required-{number}" in request.form,
            words=request.form.get(f"words-{number}", ""),
            keep_others=f"others-{number}" in request.form,
        )
        for number, each in enumerate(questions)
        if request.form.get(f"key-{number}") == each.key
    ]
    try:
        content = content_of(lines, before, questions)
        if request.form.get("do") == "switch":
            switch_on_and_keep(store(), space(), programme_id, tool, content)
            return onward("pages.forms.one", "mapping_on", programme_id=programme_id, tool=tool)
        tried = try_mapping(store(), space(), programme_id, tool, content, most=TRIED)
    except InputError as error:
        wrong = [fault.text(language()) for fault in error.faults]
        return _mapping(there, seen, lines, wrong=wrong, status=422)
    return _mapping(there, seen, lines, tried=tried)


@page.post("/programmes/<programme_id>/people/forms/<tool>/<delivery_id>/again")
@opens(Scope.ORGANISE)
def again(programme_id: str, tool: str, delivery_id: str) -> Response:
    """Tries a held one again."""
    seen = source_of(store(), space(), programme_id, tool)
    there = delivery_of(store(), seen.source, delivery_id)
    found = settle(store(), space(), there.id, again=True)
    said = "form_taken" if found.state is Settled.MAPPED else "form_still_held"
    return onward("pages.forms.one", said, programme_id=programme_id, tool=tool, at="held")


@page.get("/programmes/<programme_id>/people/forms/<tool>/<delivery_id>")
@opens(Scope.ORGANISE)
def review(programme_id: str, tool: str, delivery_id: str) -> Response:
    """One that is held: what was answered, beside the form of the person."""
    there = programme(store(), space(), programme_id)
    seen = source_of(store(), space(), programme_id, tool)
    held = delivery_of(store(), seen.source, delivery_id)
    return _review(there, seen, held, _guessed(seen, held))


@page.post("/programmes/<programme_id>/people/forms/<tool>/<delivery_id>")
@opens(Scope.ORGANISE)
def mend(programme_id: str, tool: str, delivery_id: str) -> Response:
    """Takes the person in as the organiser typed them."""
    there = programme(store(), space(), programme_id)
    seen = source_of(store(), space(), programme_id, tool)
    held = delivery_of(store(), seen.source, delivery_id)
    cells = typed_cells(request.form)
    try:
        settle_by_hand(store(), space(), seen.source, held.id, cells)
    except InputError as error:
        return _review(there, seen, held, cells, wrong=wrong_cells(error.faults), status=422)
    return onward("pages.forms.one", "form_taken", programme_id=programme_id, tool=tool, at="held")


@page.post("/programmes/<programme_id>/people/forms/<tool>/<delivery_id>/aside")
@opens(Scope.ORGANISE)
def aside(programme_id: str, tool: str, delivery_id: str) -> Response:
    """Sets a held one aside for good."""
    seen = source_of(store(), space(), programme_id, tool)
    set_aside(store(), seen.source, delivery_id)
    return onward("pages.forms.one", "form_aside", programme_id=programme_id, tool=tool, at="held")


def named(tool: str) -> str:
    """What a tool is called."""
    return NAMES.get(tool) or teller()("page.forms.plain")


def reasons(seen: DeliverySeen) -> list[str]:
    """Why a delivery is where it is, in the reader's language as far as its reason can be said again."""
    return list(map(_reason, seen.reasons))


def _reason(reason: Mapping[str, Any]) -> str:
    tell, code = teller(), reason["code"]
    words = catalogue(tell.language)
    if f"page.forms.reason.{code}" in words:
        return tell(f"page.forms.reason.{code}")
    if tell.language == "en" or f"fault.{code}" not in words:
        return str(reason.get("text", code))
    try:
        expected = tell(f"fault.{code}")
    except KeyError:  # it names something that was not kept
        return str(reason.get("text", code))
    column = reason.get("column")
    return f"{tell.heading(column)}: {tell('fault_part.expected')} {expected}" if column else expected


def title_of(seen: DeliverySeen) -> str:
    """What tells a delivery from others: the first answers."""
    answers = [answer for each in seen.answers for answer in each.answers[:1]]
    return " · ".join(answers[:3]) or seen.id


def _how(tool: str) -> str:
    key = f"page.forms.how.{tool}"
    return teller()(key if key in catalogue("en") else "page.forms.how.plain")


def _guessed(seen: SourceSeen, held: DeliverySeen) -> dict[str, str]:
    """The cells of a person as far as the answers tell."""
    lines = lines_of(list(held.answers), mapping_of(store(), seen.source), language())
    return {
        line.own_name if line.meaning == OWN else line.meaning: " | ".join(line.answers)
        for line in lines
        if line.meaning != LEAVE and line.answers
    }


def _review(
    there: StoredProgramme,
    seen: SourceSeen,
    held: DeliverySeen,
    cells: dict[str, str],
    *,
    wrong: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    columns = columns_of(people_there(store(), space(), there.id, there.read()), most=60)
    return show(
        "form_review.html",
        status=status,
        programme=there,
        proposal=proposal_of(there),
        seen=seen,
        called=named(seen.source.tool),
        held=held,
        reasons=reasons(held),
        waits=held.state is Settled.HELD,
        cells=cells,
        fields=person_fields(there, cells, columns),
        offered={column.name: column.common for column in columns if column.different <= 60},
        wrong=wrong or {},
        summary=summary(wrong or {}, {name: column_said(name, teller()) for name in wrong or {}}),
        long=("notes", "project", "asks", "offers"),
    )


def _mapping(
    there: StoredProgramme,
    seen: SourceSeen,
    lines: list[Line],
    *,
    wrong: list[str] | None = None,
    tried: Any = None,
    status: int = 200,
) -> Response:
    told = None
    if tried is not None:
        told = [
            {
                "held": [fault.text(language()) for fault in found.reasons] if isinstance(found, Held) else [],
                "row": {}
                if isinstance(found, Held)
                else {name: ", ".join(values) for name, values in found.row.items()},
            }
            for _, found in tried
        ]
    tell = teller()
    return show(
        "form_mapping.html",
        status=status,
        programme=there,
        proposal=proposal_of(there),
        seen=seen,
        called=named(seen.source.tool),
        lines=lines,
        wrong=wrong or [],
        tried=told,
        choices=[(name, column_said(name, tell)) for name in KNOWN_COLUMNS],
        transforms=CHOICES,
        own=OWN,
        leave=LEAVE,
    )
