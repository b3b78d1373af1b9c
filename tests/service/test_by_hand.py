"""Moves and pins by hand: every figure is a recount's, and what is refused leaves everything as it was."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.baseline import WAITLIST
from service.by_hand import Adjusted, Adjustment, Hand, adjust, asked_by_hand, price
from service.changes import Changes
from service.check import check
from service.compose import answer
from service.faults import InputError
from service.proposal_file import Proposal, as_bytes, read_proposal
from service.reading import Asked, load
from service.repair import mend, repair_limits
from service.what_if import what_if
from service.words import LANGUAGES
from solver.limits import Limits
from tests.outside.programmes import random_programme
from tests.service.small import LIMITS, asked, people, proposal

ASKED = asked()
STANDING = proposal(ASKED)

ROOMY: dict[str, Any] = {
    "networks": {"count": 3, "min_size": 2, "max_size": 6, "fixed": [{"name": "Gent", "slot": "tue-pm"}]},
    "rules": [
        {"rule": "spread", "attribute": "sector", "weight": 5},
        {"rule": "balance", "attribute": "role", "weight": 3},
        {"rule": "exchange", "weight": 1},
    ],
}
"""No `must` rules, and room: whoever is not pinned may go nearly anywhere."""

FREE = asked(**ROOMY)
FREE_STANDING = proposal(FREE)


def still() -> float:
    """A clock that stands."""
    return 0.0


def by_hand(of: Asked, standing: Proposal, moves: Mapping[str, str] | None = None, **more: Any) -> Adjusted:
    """One adjustment."""
    return adjust(of, standing, Adjustment(moves or {}, **more), limits=LIMITS, clock=still)


def home(standing: Proposal) -> dict[str, str]:
    """Where everybody is."""
    found = {id_: network["name"] for network in standing["networks"] for id_ in network["members"]}
    return found | {waiting["id"]: WAITLIST for waiting in standing["waitlist"]}


def scores(standing: Proposal) -> tuple[object, ...]:
    """What a composition costs."""
    part = standing["composition"]
    return part["objective"], part["waiting"], [(rule["name"], rule["penalty"]) for rule in standing["rules"]]


def elsewhere(standing: Proposal, id_: str) -> str:
    """Another network than somebody's own."""
    return next(network["name"] for network in standing["networks"] if id_ not in network["members"])


def legal_move(of: Asked, standing: Proposal) -> tuple[str, str]:
    """Somebody who may go elsewhere, and where."""
    hand = Hand(of, standing)
    for id_ in home(standing):
        for network in standing["networks"]:
            found = hand.price(Adjustment({id_: network["name"]}))
            if network["name"] != home(standing)[id_] and found.allowed:
                return id_, network["name"]
    raise AssertionError("nobody may move")


@settings(max_examples=40)
@given(st.data())
def test_check_agrees_with_whatever_is_done_by_hand(data: st.DataObject) -> None:
    """One adjustment after another, legal or refused; the price says beforehand what comes out."""
    standing = FREE_STANDING
    for _ in range(data.draw(st.integers(1, 3))):
        ids = data.draw(st.lists(st.sampled_from(sorted(home(standing))), min_size=1, max_size=3, unique=True))
        names = [network["name"] for network in standing["networks"]] + [WAITLIST]
        moves = {id_: data.draw(st.sampled_from(names)) for id_ in ids}
        pin = tuple(data.draw(st.sets(st.sampled_from(ids), max_size=2)))
        before = as_bytes(standing)
        told = price(FREE, standing, moves)
        try:
            made = by_hand(FREE, standing, moves, pin=pin)
        except InputError as error:
            assert not told.allowed
            assert error.faults == told.faults
            assert as_bytes(standing) == before
            continue
        assert told == made.priced
        assert check(made.asked.question, made.proposal) == ()
        assert check(FREE.question, made.proposal) == ()
        assert as_bytes(read_proposal(as_bytes(made.proposal), file="p.json")) == as_bytes(made.proposal)
        assert {id_: home(made.proposal)[id_] for id_ in moves} == moves
        assert made.proposal["composition"]["objective"] == told.after.objective
        assert [(r["name"], r["penalty"]) for r in made.proposal["rules"]] == [
            (rule.name, rule.after) for rule in made.changes
        ]
        for network in made.proposal["networks"]:
            wanted = {id_ for id_ in pin if home(made.proposal)[id_] == network["name"]}
            assert wanted <= set(network["pinned"])
        standing = made.proposal


@pytest.mark.parametrize("seed", range(4))
def test_check_agrees_on_programmes_of_every_kind(tmp_path: Path, seed: int) -> None:
    of = load(random_programme(tmp_path, seed))
    standing = answer(of, Limits(effort=1)).proposal
    assert standing is not None
    hand, made, tried = Hand(of, standing), 0, 0
    ids = list(home(standing))
    swaps = [Adjustment({}, (pair,)) for pair in zip(ids, ids[5:], strict=False)]
    for adjustment in [Adjustment({id_: elsewhere(standing, id_)}) for id_ in home(standing)] + swaps:
        if made == 4 or not hand.price(adjustment).allowed:
            continue
        tried += 1
        try:
            found = hand.adjust(adjustment, limits=LIMITS)
        except InputError as error:
            assert {fault.code for fault in error.faults} == {"hand_no_meetings"}
            continue
        made += 1
        assert check(of.question, found.proposal) == ()
        moved = found.proposal["by_hand"]["moved"]
        back = adjust(of, found.proposal, Adjustment({i: home(standing)[i] for i in moved}), limits=LIMITS)
        assert scores(back.proposal) == scores(standing)
    assert made or not tried


def test_there_and_back_gives_the_same_scores() -> None:
    id_, name = legal_move(FREE, FREE_STANDING)
    there = by_hand(FREE, FREE_STANDING, {id_: name})
    back = by_hand(FREE, there.proposal, {id_: home(FREE_STANDING)[id_]})
    assert scores(back.proposal) == scores(FREE_STANDING)
    assert [(rule.before, rule.after) for rule in back.changes] == [(rule.after, rule.before) for rule in there.changes]
    assert back.proposal["composition"] == FREE_STANDING["composition"]
    assert back.proposal["by_hand"] == {"moved": [id_], "pinned": [], "unpinned": []}


def test_untouched_networks_keep_their_meetings_to_the_letter() -> None:
    id_, name = legal_move(FREE, FREE_STANDING)
    made = by_hand(FREE, FREE_STANDING, {id_: name}).proposal
    touched = {name, home(FREE_STANDING)[id_]}
    was = {rotation["network"]: rotation for rotation in FREE_STANDING["rotations"]}
    assert len(made["rotations"]) == 3
    for rotation in made["rotations"]:
        if rotation["network"] in touched:
            members = {who for trio in rotation["meetings"][0]["trios"] for who in trio["members"]}
            assert (id_ in members) == (rotation["network"] == name)
        else:
            assert rotation == was[rotation["network"]]


def test_swap_keeps_sizes() -> None:
    """Two people take each other's place, where one alone would find a network full."""
    full = asked(**{**ROOMY, "networks": {**ROOMY["networks"], "min_size": 4, "max_size": 4}})
    standing = proposal(full)
    one = standing["networks"][1]["members"][0]
    other = standing["networks"][2]["members"][0]
    made = by_hand(full, standing, swaps=((one, other),)).proposal
    assert home(made)[one] == home(standing)[other]
    assert home(made)[other] == home(standing)[one]
    assert check(full.question, made) == ()
    with pytest.raises(InputError) as refused:
        by_hand(full, standing, {one: home(standing)[other]})
    assert {fault.code for fault in refused.value.faults} == {"hand_too_full", "hand_too_small"}


# what is proven


def test_bound_holds_while_no_more_people_wait() -> None:
    """The bound is of the question: whoever sits where, it cannot be cheaper."""
    id_, name = legal_move(FREE, FREE_STANDING)
    made = by_hand(FREE, FREE_STANDING, {id_: name}).proposal
    part, was = made["composition"], FREE_STANDING["composition"]
    assert part["bound"] == was["bound"]
    assert part["proof"] == was["proof"]
    assert part["status"] == ("optimal" if part["objective"] == part["bound"] else "feasible")
    assert [rule["bound"] for rule in made["rules"]] == [rule["bound"] for rule in FREE_STANDING["rules"]]


def test_bound_falls_where_more_people_wait() -> None:
    """With somebody waiting it may be cheaper than anything with everybody placed, so nothing carries over."""
    stated = copy.deepcopy(FREE_STANDING)
    id_ = next(i for i in home(stated) if price(FREE, stated, {i: WAITLIST}).allowed)
    made = by_hand(FREE, stated, {id_: WAITLIST}).proposal
    again = answer(asked(**{**ROOMY, "pins": [*_pins(), {"candidate": id_, "network": "waitlist"}]}), LIMITS).proposal
    assert again is not None
    assert made["composition"]["waiting"] == 1
    assert made["composition"]["bound"] <= again["composition"]["objective"]
    assert made["composition"]["status"] == "feasible"
    assert made["waitlist"][0]["id"] == id_
    assert check(FREE.question, made) == ()


def _pins() -> list[dict[str, str]]:
    return [{"candidate": "c1", "network": "Gent"}]


def test_bound_falls_where_a_pin_of_the_programme_goes() -> None:
    """The proof was made with the pin; without it the question is another, and so is its fingerprint."""
    made = by_hand(ASKED, STANDING, unpin=("c1",))
    free = answer(asked(pins=[]), LIMITS).proposal
    assert free is not None
    assert made.proposal["composition"]["bound"] <= free["composition"]["objective"]
    assert made.proposal["programme"]["sha256"] != STANDING["programme"]["sha256"]
    assert made.proposal["by_hand"]["unpinned"] == ["c1"]
    assert all(network["pinned"] == [] for network in made.proposal["networks"])
    assert check(made.asked.question, made.proposal) == ()
    assert asked_by_hand(ASKED, made.proposal).sha256 == made.asked.sha256


def test_bound_of_another_programme_says_nothing() -> None:
    other = replace(FREE, sha256="1" * 64)
    older = {**FREE_STANDING, "composition": {**FREE_STANDING["composition"], "proof": ["older"]}}
    made = by_hand(other, older).proposal
    assert "older" not in made["composition"]["proof"]


# pins


def test_pin_by_hand_holds_until_it_is_undone() -> None:
    id_, name = legal_move(FREE, FREE_STANDING)
    made = by_hand(FREE, FREE_STANDING, {id_: name}, pin=(id_,))
    network = next(network for network in made.proposal["networks"] if network["name"] == name)
    assert id_ in network["pinned"]
    assert made.asked.question.problem.pins[made.asked.question.ids.index(id_)] == next(
        k for k, each in enumerate(made.asked.question.problem.networks) if each.name == name
    )
    assert asked_by_hand(FREE, made.proposal).question.problem.pins == made.asked.question.problem.pins
    with pytest.raises(InputError) as refused:
        by_hand(FREE, made.proposal, {id_: home(FREE_STANDING)[id_]})
    assert [(fault.code, fault.found) for fault in refused.value.faults] == [("hand_pinned", id_)]
    back = by_hand(FREE, made.proposal, {id_: home(FREE_STANDING)[id_]}, unpin=(id_,)).proposal
    assert back["by_hand"]["pinned"] == []
    assert back["composition"] == FREE_STANDING["composition"]


def test_pin_of_the_programme_goes_only_when_asked() -> None:
    target = elsewhere(FREE_STANDING, "c1")
    with pytest.raises(InputError) as refused:
        by_hand(FREE, FREE_STANDING, {"c1": target})
    assert [fault.code for fault in refused.value.faults] == ["hand_pinned"]
    made = by_hand(FREE, FREE_STANDING, {"c1": target}, unpin=("c1",), pin=("c1",))
    assert home(made.proposal)["c1"] == target
    assert made.proposal["by_hand"] == {"moved": ["c1"], "pinned": ["c1"], "unpinned": ["c1"]}
    assert check(made.asked.question, made.proposal) == ()
    assert check(asked_by_hand(FREE, made.proposal).question, made.proposal) == ()


def test_pin_on_the_waitlist_says_so() -> None:
    id_ = next(i for i in home(FREE_STANDING) if price(FREE, FREE_STANDING, {i: WAITLIST}).allowed)
    made = by_hand(FREE, FREE_STANDING, {id_: WAITLIST}, pin=(id_,)).proposal
    assert made["waitlist"] == [{"id": id_, "why": "de organisator zette deze kandidaat op de wachtlijst"}]


# what is refused


def refused(of: Asked, standing: Proposal, adjustment: Adjustment) -> list[tuple[str, str | None]]:
    """The faults of an adjustment, which leaves the proposal as it was."""
    before = as_bytes(standing)
    with pytest.raises(InputError) as error:
        adjust(of, standing, adjustment, limits=LIMITS)
    assert as_bytes(standing) == before
    for language in LANGUAGES:
        for fault in error.value.faults:
            assert fault.text(language)
            json.dumps(fault.as_json(language))
    return [(fault.code, fault.nearest or fault.found) for fault in error.value.faults]


def test_unknown_names_are_all_told_with_the_nearest() -> None:
    adjustment = Adjustment({"C1": "Gant", "c2": "Gant"}, swaps=(("c3", "cc4"),), pin=("nobody",), unpin=("c7",))
    assert refused(FREE, FREE_STANDING, adjustment) == [
        ("unknown_network", "Gent"),
        ("unknown_id", "c1"),
        ("unknown_network", "Gent"),
        ("unknown_id", "c4"),
        ("unknown_id", "nobody"),
        ("no_such_pin", "c7"),
    ]


def test_somebody_moves_once() -> None:
    """Where to would depend on the order."""
    id_ = STANDING["networks"][1]["members"][0]
    found = refused(FREE, FREE_STANDING, Adjustment({id_: "Gent"}, swaps=((id_, "c1"),)))
    assert ("moved_twice", id_) in found


def test_must_rule_is_named() -> None:
    """c0 and c1 are colleagues, who may not be in one network."""
    colleagues = asked(pins=[])
    standing = proposal(colleagues)
    found = refused(colleagues, standing, Adjustment({"c0": home(standing)["c1"]}))
    name = next(rule["name"] for rule in standing["rules"] if rule["rule"] == "distinct")
    assert ("hand_breaks_rule", name) in found


def test_network_that_does_not_accept_and_nobody_may_wait() -> None:
    tables = {
        **ROOMY,
        "networks": {
            "count": 3,
            "min_size": 2,
            "max_size": 8,
            "waitlist": "never",
            "fixed": [{"name": "Gent", "accepts": {"sector": ["school", "care"]}}],
        },
    }
    picky = asked(**tables)
    standing = proposal(picky)
    metal = next(row["id"] for row in people() if row["sector"] == "metal")
    school = next(i for i in home(standing) if i != "c1" and home(standing)[i] != "Gent" and i != metal)
    found = refused(picky, standing, Adjustment({metal: "Gent", school: WAITLIST}))
    assert ("hand_not_accepted", metal) in found
    assert ("hand_must_place", school) in found


def test_network_that_is_given_keeps_members() -> None:
    members = [id_ for id_ in FREE_STANDING["networks"][0]["members"] if id_ != "c1"]
    found = refused(FREE, FREE_STANDING, Adjustment(dict.fromkeys([*members, "c1"], WAITLIST), unpin=("c1",)))
    assert ("hand_closes", "Gent") in found
    names = [network["name"] for network in FREE_STANDING["networks"]]
    emptied = Adjustment(dict.fromkeys(FREE_STANDING["networks"][1]["members"], WAITLIST))
    assert "hand_count" in {code for code, _ in refused(FREE, FREE_STANDING, emptied)}
    assert names[0] == "Gent"


def test_price_is_what_two_recounts_differ_by() -> None:
    """Also of what is forbidden: the board shows why and what it would cost."""
    hand = Hand(ASKED, STANDING)
    for id_ in home(STANDING):
        for network in STANDING["networks"]:
            told = hand.price(Adjustment({id_: network["name"]}))
            assert json.loads(json.dumps(told.as_json()))["allowed"] == told.allowed
            assert told.before.objective == STANDING["composition"]["objective"]
            if told.allowed:
                made = hand.adjust(Adjustment({id_: network["name"]}), limits=LIMITS)
                assert made.proposal["composition"]["objective"] == told.after.objective
                assert check(ASKED.question, made.proposal) == ()


def test_repaired_proposal_keeps_what_was() -> None:
    """Two meetings have been: they stay to the letter, also in networks that change now."""
    mended = mend(FREE, FREE_STANDING, Changes(drop=("c3",)), repair_limits(None, 1, 1, 1), from_meeting=3)
    assert mended.proposal is not None
    id_, name = legal_move(mended.asked, mended.proposal)
    made = by_hand(mended.asked, mended.proposal, {id_: name}).proposal
    assert check(mended.asked.question, made) == ()
    was = {rotation["network"]: rotation["meetings"][:2] for rotation in mended.proposal["rotations"]}
    assert {rotation["network"]: rotation["meetings"][:2] for rotation in made["rotations"]} == was
    assert made["repair"] == mended.proposal["repair"]


def test_adjusted_is_of_the_same_run() -> None:
    """Seed, workers and effort are those that it was composed with."""
    made = by_hand(FREE, FREE_STANDING).proposal
    assert {key: made[key] for key in FREE_STANDING} == FREE_STANDING


def test_what_was_pinned_by_hand_holds_in_a_scenario_and_a_repair() -> None:
    """Whoever was pinned stays where they were put, and what is proposed next says so."""
    who, to = legal_move(FREE, FREE_STANDING)
    there = by_hand(FREE, FREE_STANDING, {who: to}, pin=(who,)).proposal
    beside = asked_by_hand(FREE, there)
    compared = what_if(beside, there, Changes(), LIMITS)
    mended = mend(beside, there, Changes(), repair_limits(2, None, 1, 1))
    for made in (compared.proposal(), mended.proposal):
        assert made is not None
        assert home(made)[who] == to
        assert made["by_hand"] == {"moved": [], "pinned": [who], "unpinned": []}


def test_without_the_pin_a_scenario_may_put_them_back() -> None:
    """The other half of the test above: where everybody is free, the best is what it was."""
    who, to = legal_move(FREE, FREE_STANDING)
    there = by_hand(FREE, FREE_STANDING, {who: to}).proposal
    found = what_if(asked_by_hand(FREE, there), there, Changes(), LIMITS).proposal()
    assert found["composition"]["objective"] <= FREE_STANDING["composition"]["objective"]
    assert "by_hand" not in found
