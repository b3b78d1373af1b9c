"""The board: who sits where, what it costs, and what another place would cost; moved, swapped and pinned by hand."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, jsonify, request

from api.access import opens, space, store
from api.pages.show import is_partial, language, onward, show, teller
from api.standing import explainer, hand
from api.turns import turns
from api.versions import form_version
from service.baseline import WAITLIST
from service.beside import posed_by
from service.by_hand import Adjustment, Priced, RuleChange
from service.candidates import same_value_key
from service.changes import NO_CHANGES
from service.faults import InputError
from service.proposal_file import Proposal
from service.report.board import Board, Card, board_of
from service.report.people import Directory
from service.report.sentences import summary_of
from service.store.errors import NotThereError, StaleError
from service.store.programmes import programme
from service.store.proposals import StoredProposal, accept, before, change_proposal, proposal, question_of, redo, undo
from service.store.runs import SCENARIO, ask_beside
from service.store.spaces import Scope
from service.wording import titles
from solver.limits import Limits

page = Blueprint("board", __name__)

PLAN_SECONDS = 0.6
"""For planning the meetings of the networks that a move changes: a move is to feel like one."""

EXPLAIN_SECONDS = 1.5

PATIENCE = 15.0
"""Seconds that a page waits for its turn to compute: somebody looks at it, and explanations take a second or two."""

AROUND_SECONDS = 20
"""For solving the rest around what is pinned."""


@dataclass(frozen=True, slots=True)
class Option:
    """Another place for somebody, and what it would cost."""

    place: str
    priced: Priced

    @property
    def change(self) -> int:
        """By how much the objective would rise."""
        return self.priced.after.objective - self.priced.before.objective

    @property
    def waiting(self) -> int:
        """How many more would wait."""
        return self.priced.after.waiting - self.priced.before.waiting

    @property
    def rank(self) -> tuple[bool, int, int, str]:
        """The best first: what is allowed, then fewest waiting, then the cheapest."""
        return not self.priced.allowed, self.waiting, self.change, self.place

    @property
    def changes(self) -> tuple[RuleChange, ...]:
        """The rules that would cost something else."""
        return tuple(rule for rule in self.priced.rules if rule.before != rule.after)


@page.get("/proposals/<proposal_id>")
@opens(Scope.ORGANISE)
def start(proposal_id: str) -> Response:
    """The board."""
    return _board(proposal(store(), space(), proposal_id))


@page.get("/proposals/<proposal_id>/prices")
@opens(Scope.ORGANISE)
def prices(proposal_id: str) -> Response:
    """What each other place would cost somebody, for a script that shows it while a card is dragged."""
    there = proposal(store(), space(), proposal_id)
    options = _options(there, request.args.get("person", ""))
    tell, called = teller(), titles(hand(store(), there).programme.question.programme, language())
    found = {
        option.place: {
            "allowed": option.priced.allowed,
            "change": option.change,
            "text": _said(option),
            "rules": [
                tell(
                    "page.board.rule_change",
                    rule=called.get(rule.name, rule.name),
                    before=rule.before,
                    after=rule.after,
                )
                for rule in option.changes
            ],
        }
        for option in options
    }
    return jsonify({"version": there.version, "places": found})


@page.get("/proposals/<proposal_id>/person")
@opens(Scope.ORGANISE)
def person(proposal_id: str) -> Response:
    """The place of `?id=`, and what each other place would cost; `&swap=` prices a swap.

    In the query, for an id may have any sign in it.
    """
    there = proposal(store(), space(), proposal_id)
    return _person(there, request.args.get("id", ""))


@page.get("/proposals/<proposal_id>/why")
@opens(Scope.ORGANISE)
def why(proposal_id: str) -> Response:
    """Why `?id=` sits here, what would follow if they sat elsewhere, and what would place who waits."""
    there = proposal(store(), space(), proposal_id)
    with turns().one(patience=PATIENCE):
        explained = explainer(store(), there).explain(request.args.get("id", ""), Limits(EXPLAIN_SECONDS))
    people = Directory(explained.question, teller()).people
    context: dict[str, Any] = {
        "proposal": there,
        "who": people[explained.id],
        "told": explained.as_json(),
        "people": people,
    }
    if is_partial():
        return show("why_part.html", **context)
    return show("why.html", programme=programme(store(), space(), there.programme), **context)


@page.post("/proposals/<proposal_id>/move")
@opens(Scope.ORGANISE)
def move(proposal_id: str) -> Response:
    """Moves, swaps, pins or unpins somebody."""
    there = proposal(store(), space(), proposal_id)
    id_, to, other = (request.form.get(name, "") for name in ("person", "to", "swap"))
    wants = {name: (id_,) if request.form.get(name) else () for name in ("pin", "unpin")}
    adjustment = Adjustment({id_: to} if to else {}, ((id_, other),) if other else (), **wants)
    version = form_version()
    try:
        if version != there.version:
            raise StaleError(there.version)
        with turns().one(patience=PATIENCE):
            limits = Limits(PLAN_SECONDS, workers=os.cpu_count() or 1)
            adjusted = hand(store(), there).adjust(adjustment, limits=limits)
        change_proposal(store(), space(), proposal_id, adjusted.proposal, version=version)
    except InputError as error:
        wrong = [fault.expected(language()) for fault in error.faults]
        return _board(there, status=422, wrong=wrong)
    except StaleError:
        return _stale(proposal_id)
    done = "moved" if to else "swapped" if other else "pinned" if wants["pin"] else "unpinned"
    return onward("pages.board.start", done, proposal_id=proposal_id, by=request.form.get("by") or None)


@page.post("/proposals/<proposal_id>/<any(undo, redo):which>")
@opens(Scope.ORGANISE)
def go_back(proposal_id: str, which: str) -> Response:
    """Undoes the last change by hand, or does it again."""
    try:
        (undo if which == "undo" else redo)(store(), space(), proposal_id, version=form_version())
    except StaleError:
        return _stale(proposal_id)
    return onward("pages.board.start", f"{which}ne", proposal_id=proposal_id, by=request.form.get("by") or None)


@page.post("/proposals/<proposal_id>/accept")
@opens(Scope.ORGANISE)
def accept_it(proposal_id: str) -> Response:
    """Makes this the proposal that holds."""
    try:
        accept(store(), space(), proposal_id, version=form_version())
    except StaleError:
        return _stale(proposal_id)
    return onward("pages.board.start", "accepted", proposal_id=proposal_id)


@page.post("/proposals/<proposal_id>/around")
@opens(Scope.ORGANISE)
def around(proposal_id: str) -> Response:
    """Solves the rest around what is pinned: a scenario without changes, which keeps every pin."""
    there = proposal(store(), space(), proposal_id)
    posed = posed_by(question_of(store(), there), there.content, NO_CHANGES)
    asked = ask_beside(store(), space(), SCENARIO, there, posed, {"changes": {}, "time_limit": AROUND_SECONDS})
    return onward("pages.compose.watch", run_id=asked.id)


def _stale(proposal_id: str) -> Response:
    """The board as somebody else has left it, with what that means for the change that was just asked for."""
    there = proposal(store(), space(), proposal_id)
    return _board(there, status=412, wrong=[teller()("page.board.stale")])


def _board(there: StoredProposal, *, status: int = 200, wrong: list[str] | None = None) -> Response:
    question = question_of(store(), there).question
    shade = request.values.get("by")
    board = board_of(question, there.content, language(), shade)
    return show(
        "board.html",
        status=status,
        programme=programme(store(), space(), there.programme),
        proposal=there,
        board=board,
        titles=titles(question.programme, language()),
        summary=summary_of(board.report),
        last=_last_change(there),
        pins=_pins(board),
        wrong=wrong or [],
        WAITLIST=WAITLIST,
    )


def _person(there: StoredProposal, id_: str) -> Response:
    question = question_of(store(), there).question
    board = board_of(question, there.content, language())
    card, place = _card(board, id_)
    other = request.args.get("swap", "")
    swap = None
    if other:
        swap = Option(other, hand(store(), there).price(Adjustment({}, ((id_, other),))))
    context: dict[str, Any] = {
        "proposal": there,
        "board": board,
        "titles": titles(question.programme, language()),
        "card": card,
        "place": place,
        "options": sorted(_options(there, id_), key=lambda each: each.rank),
        "price_said": _said,
        "swap": swap,
        "WAITLIST": WAITLIST,
    }
    if is_partial():
        return show("person_part.html", **context)
    return show("person.html", programme=programme(store(), space(), there.programme), **context)


def _card(board: Board, id_: str) -> tuple[Card, str]:
    for column in board.columns:
        for card in column.cards:
            if card.person.id == id_:
                return card, column.network.name
    for card in board.waiting:
        if card.person.id == id_:
            return card, WAITLIST
    raise NotThereError(id_)


def _options(there: StoredProposal, id_: str) -> list[Option]:
    return [Option(place, priced) for place, priced in hand(store(), there).everywhere(id_).items()]


def _said(option: Option) -> str:
    """One line on what another place would cost."""
    tell = teller()
    if not option.priced.allowed:
        return " ".join(fault.expected(tell.language) for fault in option.priced.faults)
    if option.change == 0:
        cost = tell("page.board.same_cost")
    else:
        cost = tell("page.board.dearer" if option.change > 0 else "page.board.cheaper", n=abs(option.change))
    if option.waiting == 0:
        return cost
    more = tell("page.board.more_wait" if option.waiting > 0 else "page.board.fewer_wait", n=abs(option.waiting))
    return f"{more}; {cost[:1].lower()}{cost[1:]}"


def _last_change(there: StoredProposal) -> dict[str, Any] | None:
    """What the last change by hand has made of every rule."""
    was = before(store(), space(), there)
    if was is None:
        return None
    rules = _penalties(was)
    changed = [
        RuleChange(name, rules.get(same_value_key(name), penalty), penalty)
        for name, penalty in ((row["name"], row["penalty"]) for row in there.content["rules"])
        if rules.get(same_value_key(name), penalty) != penalty
    ]
    return {
        "before": was["composition"]["objective"],
        "after": there.content["composition"]["objective"],
        "rules": changed,
    }


def _penalties(content: Proposal) -> dict[str, int]:
    return {same_value_key(row["name"]): row["penalty"] for row in content["rules"]}


def _pins(board: Board) -> int:
    return sum(card.pinned for column in board.columns for card in column.cards)
