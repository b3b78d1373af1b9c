"""One wish at a time: chosen, filled in, made stronger or weaker, taken away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from api.access import opens, space, store
from api.pages.ask import WEIGHTS
from api.pages.show import language, onward, show, teller
from api.pages.told import summary, wrong_at
from api.pages.way import proposal_of
from api.versions import form_version
from service.faults import Fault, InputError
from service.people_there import columns_of, people_there
from service.programme import draft_programme
from service.programme_edit import strength_of, with_rule, with_strength, without_rule
from service.rule_form import FROM, answers_of, every_rule, read_answers, rule_asked_for
from service.store.earlier import earlier_as_data, earlier_proposals
from service.store.programmes import StoredProgramme, change_programme, programme
from service.store.spaces import Scope
from solver.rules import RULES
from solver.rules.base import Parameter

page = Blueprint("wishes", __name__)

COMMON = ("name", "networks", "within")
"""What every wish may say besides its own parameters and its strength."""


@page.get("/programmes/<programme_id>/ask/wishes/new")
@opens(Scope.ORGANISE)
def choose(programme_id: str) -> Response:
    """Which wish; then the form of the one that was chosen."""
    there = programme(store(), space(), programme_id)
    rule = request.args.get("rule", "")
    if rule not in RULES:
        return show("wish_new.html", programme=there, proposal=proposal_of(there), rules=every_rule(language()))
    return _form(there, rule, {}, {"strength": "1"})


@page.post("/programmes/<programme_id>/ask/wishes")
@opens(Scope.ORGANISE)
def add(programme_id: str) -> Response:
    """Adds a wish."""
    there = programme(store(), space(), programme_id)
    rule = request.form.get("rule", "")
    if rule not in RULES:
        return onward("pages.wishes.choose", programme_id=programme_id)
    return _kept(there, rule, None)


@page.get("/programmes/<programme_id>/ask/wishes/<int:number>")
@opens(Scope.ORGANISE)
def edit(programme_id: str, number: int) -> Response:
    """The form of a wish that is there."""
    there = programme(store(), space(), programme_id)
    entry = _entry(there, number)
    return _form(there, entry["rule"], answers_of(entry), _common_of(entry), number)


@page.post("/programmes/<programme_id>/ask/wishes/<int:number>")
@opens(Scope.ORGANISE)
def change(programme_id: str, number: int) -> Response:
    """Puts another wish in its place."""
    there = programme(store(), space(), programme_id)
    return _kept(there, _entry(there, number)["rule"], number)


@page.post("/programmes/<programme_id>/ask/wishes/<int:number>/strength")
@opens(Scope.ORGANISE)
def weigh(programme_id: str, number: int) -> Response:
    """Makes a wish stronger or weaker."""
    there = programme(store(), space(), programme_id)
    rule = with_strength(_entry(there, number), request.form.get("strength", ""))
    content = with_rule(there.content, rule, number - 1)
    change_programme(store(), space(), programme_id, content, version=form_version())
    return onward("pages.ask.start", "weighed", programme_id=programme_id, at=f"wish-{number}")


@page.post("/programmes/<programme_id>/ask/wishes/<int:number>/remove")
@opens(Scope.ORGANISE)
def remove(programme_id: str, number: int) -> Response:
    """Takes a wish away."""
    there = programme(store(), space(), programme_id)
    _entry(there, number)
    content = without_rule(there.content, number - 1)
    change_programme(store(), space(), programme_id, content, version=form_version())
    return onward("pages.ask.start", "wish_gone", programme_id=programme_id, at="wishes")


def _kept(there: StoredProgramme, rule: str, number: int | None) -> Response:
    """Keeps what the form says, or shows it again with what is wrong."""
    before = None if number is None else _entry(there, number)
    answers = {key: request.form.getlist(key) for key in request.form}
    parameters, faults = read_answers(
        rule, answers, before=before, earlier=lambda id_: earlier_as_data(store(), space(), there.id, id_)
    )
    common = {key: request.form.get(key, "").strip() for key in ("name", "within", "strength")}
    networks = request.form.getlist("networks")
    entry: dict[str, Any] = {"rule": rule, **parameters}
    entry |= {key: common[key] for key in ("name", "within") if common[key]}
    entry |= {"networks": networks} if networks else {}
    entry = with_strength(entry, common["strength"] or "1")
    index = None if number is None else number - 1
    content = with_rule(there.content, entry, index)
    place = len(content["rules"]) - 1 if index is None else index
    try:
        if faults:
            raise InputError([*faults, *draft_programme(content).faults])
        change_programme(store(), space(), there.id, content, version=form_version())
    except InputError as error:
        wrong = wrong_at(_of_this(error.faults, place))
        return _form(there, rule, answers, {**common, "networks": networks}, number, wrong=wrong, status=422)
    return onward("pages.ask.start", "wished", programme_id=there.id, at=f"wish-{place + 1}")


def _of_this(faults: Sequence[Fault], place: int) -> list[Fault]:
    """Faults with the key of a field in place of the pointer into the programme."""
    start = f"rules[{place}]."
    found = []
    for fault in faults:
        pointer = fault.pointer or ""
        key = pointer.removeprefix(start).partition("[")[0] if pointer.startswith(start) else pointer
        found.append(replace(fault, pointer="strength" if key == "weight" else key))
    return found


def _form(
    there: StoredProgramme,
    rule: str,
    answers: Mapping[str, Sequence[str]],
    common: Mapping[str, Any],
    number: int | None = None,
    *,
    wrong: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    people = people_there(store(), space(), there.id, there.read())
    form = rule_asked_for(rule, language())
    labels = {field.key: field.label for field in form.fields}
    asks_earlier = any(field.kind in {Parameter.BASELINE, Parameter.HISTORY} for field in form.fields)
    labels |= {"strength": teller()("page.ask.strength"), "name": teller()("page.ask.name")}
    return show(
        "wish.html",
        status=status,
        programme=there,
        proposal=proposal_of(there),
        form=form,
        summary=summary(wrong or {}, labels),
        answers=answers,
        common=common,
        number=number,
        wrong=wrong or {},
        version=request.form.get("version", there.version),
        columns=columns_of(people),
        networks=[network["name"] for network in there.content.get("networks", {}).get("fixed", [])],
        weights=WEIGHTS,
        earlier=earlier_proposals(store(), space(), there.id) if asks_earlier else [],
        kept=[] if number is None else answers_of(_entry(there, number)).get(f"history.{FROM}", []),
        has_baseline=number is not None and "baseline" in _entry(there, number),
    )


def _common_of(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {**{key: entry[key] for key in COMMON if key in entry}, "strength": strength_of(entry)}


def _entry(there: StoredProgramme, number: int) -> Mapping[str, Any]:
    rules = there.content.get("rules", [])
    if not 1 <= number <= len(rules):
        raise NotFound
    found: Mapping[str, Any] = rules[number - 1]
    return found
