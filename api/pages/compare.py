"""What if: scenarios and repairs asked for with a form, laid beside the proposal they start from, and accepted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, request

from api.access import opens, space, store
from api.pages.show import onward, show, teller
from api.pages.told import summary
from service.beside import changes_of, posed_by
from service.faults import InputError
from service.report.people import Directory
from service.report.side_by_side import side_by_side
from service.report.sweep import HEIGHT, WIDTH, Panel, panel
from service.rows import posed_row, scenarios_of
from service.store.candidates import every_candidate
from service.store.errors import NotThereError
from service.store.programmes import programme
from service.store.proposals import StoredProposal, list_proposals, proposal, question_of
from service.store.runs import REPAIR, SCENARIO, Run, ask_beside, ask_row, run, runs_beside
from service.store.spaces import Scope
from service.wording import titles

page = Blueprint("compare", __name__)

SECONDS = 20

NUMBERS = ("networks.count", "networks.min_size", "networks.max_size", "meetings.count")
"""What a form can set to another number, and sweep over."""

MOST_IN_SWEEP = 9


@page.get("/proposals/<proposal_id>/compare")
@opens(Scope.ORGANISE)
def start(proposal_id: str) -> Response:
    """What could be asked, and what was."""
    return _page(proposal(store(), space(), proposal_id))


@page.post("/proposals/<proposal_id>/what-if")
@opens(Scope.ORGANISE)
def what_if(proposal_id: str) -> Response:
    """Asks for a scenario, or for a row of them where a number is swept over."""
    there = proposal(store(), space(), proposal_id)
    form = request.form
    numbers, wrong = _numbers()
    changes: dict[str, Any] = {"without": form.getlist("without"), "drop": form.getlist("drop")}
    changes["weight"], wrong_weights = _weights()
    wrong |= wrong_weights
    swept = [key for key, values in numbers.items() if len(values) > 1]
    if len(swept) > 1:
        wrong[swept[1]] = teller()("page.compare.one_sweep")
    if wrong:
        return _page(there, status=422, wrong=wrong)
    fixed = {key: values[0] for key, values in numbers.items() if len(values) == 1}
    common = {key: value for key, value in (changes | {"set": fixed}).items() if value}
    if swept:
        return _ask_row(there, {"changes": common, "sweep": {swept[0]: numbers[swept[0]]}})
    return _ask(there, SCENARIO, {"changes": common})


@page.post("/proposals/<proposal_id>/repair")
@opens(Scope.ORGANISE)
def repair(proposal_id: str) -> Response:
    """Asks for a repair: who dropped out, who joins, who misses a meeting, from which meeting on."""
    there = proposal(store(), space(), proposal_id)
    form = request.form
    wrong: dict[str, str] = {}
    from_meeting = _whole("from_meeting", wrong) or 1
    budget = _whole("move_budget", wrong)
    missed = _whole("absent_meeting", wrong)
    absent = [{"candidate": id_, "meeting": missed} for id_ in form.getlist("absent")] if missed else []
    if form.getlist("absent") and not missed:
        wrong["absent_meeting"] = teller()("page.compare.which_meeting")
    if wrong:
        return _page(there, status=422, wrong=wrong)
    newcomers = {each["id"]: each for each in _newcomers(there)}
    add = [newcomers[id_] for id_ in form.getlist("add") if id_ in newcomers]
    changes = {"drop": form.getlist("gone"), "add": add, "absent": absent}
    body: dict[str, Any] = {"changes": {key: value for key, value in changes.items() if value}}
    body["from_meeting"] = from_meeting
    if budget is not None:
        body["move_budget"] = budget
    return _ask(there, REPAIR, body)


@page.get("/scenarios/<run_id>")
@opens(Scope.ORGANISE)
def scenario(run_id: str) -> Response:
    """A scenario or a repair beside its baseline."""
    found = run(store(), space(), run_id)
    if found.baseline is None or found.proposal is None:
        raise NotThereError(run_id)
    return _beside(
        proposal(store(), space(), found.baseline), proposal(store(), space(), found.proposal), changes=told(found)
    )


@page.get("/proposals/<proposal_id>/beside/<other_id>")
@opens(Scope.ORGANISE)
def beside(proposal_id: str, other_id: str) -> Response:
    """Any two proposals beside each other."""
    return _beside(proposal(store(), space(), proposal_id), proposal(store(), space(), other_id))


def told(found: Run) -> list[str]:
    """What a scenario or a repair changes, in the reader's words."""
    tell = teller()
    changes = found.asked.get("changes", {})
    said = [
        tell("page.compare.told.set", name=_name(key), value=value) for key, value in changes.get("set", {}).items()
    ]
    said += [tell("page.compare.told.without", name=name) for name in changes.get("without", ())]
    said += [
        tell("page.compare.told.weight", name=key, value=value) for key, value in changes.get("weight", {}).items()
    ]
    for key in ("drop", "add", "absent"):
        if changes.get(key):
            said.append(tell(f"page.compare.told.{key}", n=len(changes[key])))
    if found.asked.get("from_meeting", 1) > 1:
        said.append(tell("page.compare.told.from_meeting", number=found.asked["from_meeting"]))
    return said or [tell("page.compare.told.nothing")]


def _ask(there: StoredProposal, kind: str, body: dict[str, Any]) -> Response:
    try:
        posed = posed_by(question_of(store(), there), there.content, changes_of(body["changes"]))
    except InputError as error:
        return _page(there, status=422, faults=[fault.text(teller().language) for fault in error.faults])
    made = ask_beside(store(), space(), kind, there, posed, {**body, "time_limit": SECONDS})
    return onward("pages.compose.watch", run_id=made.id)


def _ask_row(there: StoredProposal, body: dict[str, Any]) -> Response:
    try:
        row = scenarios_of(body)
        posed = posed_row(question_of(store(), there), there.content, row)
    except InputError as error:
        return _page(there, status=422, faults=[fault.text(teller().language) for fault in error.faults])
    asked = [{"changes": each.changes, "name": each.name, "value": each.value, "time_limit": SECONDS} for each in row]
    ask_row(store(), space(), there, list(zip(posed, asked, strict=True)))
    return onward("pages.compare.start", "asked", n=len(row), proposal_id=there.id, at="asked")


def _page(
    there: StoredProposal, *, status: int = 200, wrong: dict[str, str] | None = None, faults: Sequence[str] = ()
) -> Response:
    """faults: what is wrong with no one field."""
    asked = question_of(store(), there).question
    people = Directory(asked, teller()).people
    found = runs_beside(store(), space(), there.id)
    called = titles(asked.programme, teller().language)
    return show(
        "compare.html",
        status=status,
        programme=programme(store(), space(), there.programme),
        proposal=there,
        people=sorted(people.values(), key=lambda each: each.name.casefold()),
        newcomers=_newcomers(there),
        rules=[rule["name"] for rule in there.content["rules"]],
        titles=called,
        weights={rule["name"]: rule["strength"] for rule in there.content["rules"]},
        numbers={key: _now(asked.programme, key) for key in NUMBERS},
        meetings=asked.programme.meetings.count,
        runs=[(each, told(each)) for each in found],
        others=[each for each in list_proposals(store(), space(), there.programme).items if each.id != there.id],
        charts=_charts(there, found),
        size=(WIDTH, HEIGHT),
        typed=request.form,
        wrong=wrong or {},
        summary=[*summary(wrong or {}, _labels(called)), *(("", text) for text in faults)],
    )


def _labels(called: Mapping[str, str]) -> dict[str, str]:
    """What each field is called on the page."""
    tell = teller()
    words = {"absent_meeting": "absent_meeting", "from_meeting": "from_meeting", "move_budget": "budget"}
    return (
        {key: _name(key) for key in NUMBERS}
        | {f"weight:{name}": title for name, title in called.items()}
        | {name: tell(f"page.compare.{word}") for name, word in words.items()}
    )


def _beside(before: StoredProposal, after: StoredProposal, changes: list[str] | None = None) -> Response:
    tell = teller()
    names = {
        id_: person.name
        for each in (before, after)
        for id_, person in Directory(question_of(store(), each).question, tell).people.items()
    }
    return show(
        "beside.html",
        programme=programme(store(), space(), after.programme),
        proposal=after,
        baseline=before,
        found=side_by_side(before.content, after.content),
        titles=_titles(before) | _titles(after),
        changes=changes,
        names=names,
    )


def _titles(there: StoredProposal) -> dict[str, str]:
    return titles(question_of(store(), there).question.programme, teller().language)


def _charts(there: StoredProposal, found: tuple[Run, ...]) -> list[tuple[str, Panel]]:
    """Cost over each number that several scenarios set to something else, and nothing besides."""
    tell = teller()
    by_key: dict[str, dict[int, Run]] = {}
    for each in found:
        changes = each.asked.get("changes", {})
        if list(changes) == ["set"] and len(changes["set"]) == 1 and each.state.ended:
            ((key, value),) = changes["set"].items()
            by_key.setdefault(key, {})[value] = each
    charts = []
    for key, runs in by_key.items():
        if len(runs) > 1:
            values = sorted(runs)
            costs = [runs[value].progress.get("objective") if runs[value].proposal else None for value in values]
            title = tell("page.compare.chart", name=_name(key))
            charts.append((title, panel(title, costs, [str(value) for value in values], _cost(there))))
    return charts


def _cost(there: StoredProposal) -> int:
    cost: int = there.content["composition"]["objective"]
    return cost


def _newcomers(there: StoredProposal) -> list[dict[str, Any]]:
    """Candidates of the programme whom the proposal does not know yet."""
    known = set(question_of(store(), there).question.ids)
    return [dict(row) for row in every_candidate(store(), space(), there.programme) if row["id"] not in known]


def _numbers() -> tuple[dict[str, list[int]], dict[str, str]]:
    """What a number is set to: one, or several from `2-6` or `2, 4`."""
    found: dict[str, list[int]] = {}
    wrong: dict[str, str] = {}
    for key in NUMBERS:
        text = request.form.get(key, "").replace("–", "-").replace("..", "-").strip()
        if not text:
            continue
        values: list[int] = []
        try:
            for part in text.split(","):
                first, dash, last = part.strip().partition("-")
                values += range(int(first), int(last if dash else first) + 1)
        except ValueError:
            values = []
        if not 0 < len(values) <= MOST_IN_SWEEP or any(not 0 <= value < 100_000 for value in values):
            wrong[key] = teller()("page.compare.not_number", most=MOST_IN_SWEEP)
        else:
            found[key] = list(dict.fromkeys(values))
    return found, wrong


def _weights() -> tuple[dict[str, Any], dict[str, str]]:
    found: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for key, text in request.form.items():
        if not key.startswith("weight:") or not text.strip():
            continue
        name, value = key.removeprefix("weight:"), text.strip()
        if value == "must":
            found[name] = value
        elif value.isascii() and value.isdigit() and 1 <= int(value) <= 1000:
            found[name] = int(value)
        else:
            wrong[key] = teller()("page.compare.not_weight")
    return found, wrong


def _whole(name: str, wrong: dict[str, str]) -> int | None:
    text = request.form.get(name, "").strip()
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) < 6:
        return int(text)
    wrong[name] = teller()("page.compare.not_whole")
    return None


def _now(asked: Any, key: str) -> Any:
    """What the programme says of a number now."""
    part, _, name = key.partition(".")
    return getattr(getattr(asked, part), name)


def _name(key: str) -> str:
    return teller().known("page.compare.number", key.replace(".", "_"))
