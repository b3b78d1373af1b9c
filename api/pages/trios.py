"""Trios: the meetings of one network, who met whom, what cannot be avoided, and cards to print."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from api.access import opens, space, store
from api.pages.show import language, onward, show
from service.beside import changes_of, posed_by
from service.candidates import same_value_key
from service.report import charts
from service.report.build import report_of
from service.report.model import Network, RotationProof
from service.report.sentences import repeats
from service.report.telling import Teller
from service.report.web_page import MATRIX_MEMBERS
from service.store.errors import NotThereError
from service.store.programmes import programme
from service.store.proposals import proposal, question_of
from service.store.runs import REPAIR, ask_beside
from service.store.spaces import Scope
from service.wording import titles

page = Blueprint("trios", __name__)

SECONDS = 10


@page.get("/proposals/<proposal_id>/trios")
@opens(Scope.ORGANISE)
def start(proposal_id: str) -> Response:
    """The meetings of `?network=`; of the first one by default."""
    return show("trios.html", **_of_network(proposal_id))


@page.get("/proposals/<proposal_id>/cards")
@opens(Scope.ORGANISE)
def cards(proposal_id: str) -> Response:
    """Cards of the trios of a network, one for each meeting, to print and cut."""
    return show("trio_cards.html", **_of_network(proposal_id))


@page.post("/proposals/<proposal_id>/attendance")
@opens(Scope.ORGANISE)
def attendance(proposal_id: str) -> Response:
    """Plans the meetings anew from one on, around who misses which. What was before stays to the letter."""
    there = proposal(store(), space(), proposal_id)
    missed = []
    for each in request.form.getlist("absent"):
        number, _, id_ = each.partition(":")
        if number.isascii() and number.isdigit():
            missed.append({"candidate": id_, "meeting": int(number)})
    given = request.form.get("from_meeting", "1")
    body: dict[str, Any] = {
        "changes": {"absent": missed} if missed else {},
        "from_meeting": int(given) if given.isascii() and given.isdigit() else 1,
        "move_budget": 0,
    }
    posed = posed_by(question_of(store(), there), there.content, changes_of(body["changes"]))
    asked = ask_beside(store(), space(), REPAIR, there, posed, {**body, "time_limit": SECONDS})
    return onward("pages.compose.watch", run_id=asked.id)


def _of_network(proposal_id: str) -> dict[str, Any]:
    there = proposal(store(), space(), proposal_id)
    question = question_of(store(), there).question
    report = report_of(question, there.content, language())
    networks = report.shared.networks
    network = _named(networks, request.args.get("network"))
    proofs = {proof.network: proof for proof in report.rotations}
    proof = None if network is None else proofs.get(network.name)
    tell = Teller(language())
    return {
        "programme": programme(store(), space(), there.programme),
        "proposal": there,
        "titles": titles(question.programme, language()),
        "networks": networks,
        "network": network,
        "proof": proof,
        "budget": None if proof is None else _budget(tell, proof),
        "rules": [row for row in report.rules if row.within_trios],
        "keep": report.shared.keep,
        "charts": charts,
        "most": MATRIX_MEMBERS,
    }


def _named(networks: tuple[Network, ...], wanted: str | None) -> Network | None:
    if wanted is None:
        return networks[0] if networks else None
    for network in networks:
        if same_value_key(network.name) == same_value_key(wanted):
            return network
    raise NotThereError(wanted)


def _budget(tell: Teller, proof: RotationProof) -> str:
    return repeats(tell, has=proof.repeats, least=proof.least_repeats)
