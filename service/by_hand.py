"""By hand: people put elsewhere, pinned or unpinned in a standing proposal, with what that makes of every rule.

The proposal says what was done by hand in `by_hand`, because pins by hand are of the proposal and not of the programme:
`moved`, `pinned` and `unpinned` list ids, the last of those whose pin in the programme no longer counts.

What is still proven. A limit of what answers cost is of the question, so it holds for whatever sits where, with two
exceptions. It was proven among the answers that let no more people wait: it says nothing once more people wait. And it
was proven with the pins of the programme: without one of them there may be cheaper answers. In both cases, and where
the programme or its candidates are others than when it was proven, what was proven is dropped and a quick relaxation
says what it can, which is 0 where there is much to relax. A pin by hand only makes answers dearer and comes after every
proof, so that neither making nor undoing one drops anything.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from service.announced import laid_together, replan
from service.baseline import WAITLIST, Baseline, unknown_network
from service.candidates import same_value_key
from service.changes import Changes
from service.faults import Fault, InputError, nearest
from service.proposal import proposal_of
from service.proposal_file import Proposal
from service.proven import quickly_known
from service.question import Question, ask, pinned_by_hand
from service.reading import Asked
from service.scenario import changed
from solver.compose import Composed, Status
from solver.errors import SolverBugError
from solver.ledger import Ledger
from solver.limits import Clock, Limits, Watch
from solver.price import Breach, Score, breaches, score
from solver.problem import WAITING, Composition, Problem
from solver.rules import Rule
from solver.solve import Result

KEPT = ("seed", "workers", "effort", "seconds", "scenario", "repair")
"""What a proposal goes on saying of how it came about."""

FAULTS: Mapping[str, str] = {
    "not_formed": "hand_closes",
    "count": "hand_count",
    "pin": "hand_pinned",
    "waits": "hand_must_place",
    "not_accepted": "hand_not_accepted",
    "facilitator_language": "hand_language",
}
"""The fault of each breach that a move can make; every other is one of a facilitator."""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What an organiser does by hand, all at once."""

    moves: Mapping[str, str]
    """The network, or `waitlist`, by id."""
    swaps: tuple[tuple[str, str], ...] = ()
    """Two people who take each other's place."""
    pin: tuple[str, ...] = ()
    """Who stays where this leaves them."""
    unpin: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleChange:
    """The penalty of one rule before and after."""

    name: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Totals:
    """What a composition costs, and how many wait."""

    objective: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Priced:
    """What an adjustment makes of every rule, exactly; `faults` say what forbids it."""

    rules: tuple[RuleChange, ...]
    before: Totals
    after: Totals
    faults: tuple[Fault, ...]

    @property
    def allowed(self) -> bool:
        """Whether nothing forbids it."""
        return not self.faults

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """The price as programs read it."""
        return {
            "allowed": self.allowed,
            "objective": {"before": self.before.objective, "after": self.after.objective},
            "waiting": {"before": self.before.waiting, "after": self.after.waiting},
            "rules": [{"name": rule.name, "before": rule.before, "after": rule.after} for rule in self.rules],
            "errors": [fault.as_json(language) for fault in self.faults],
        }


@dataclass(frozen=True)
class Adjusted:
    """The proposal after an adjustment, and the question that it answers."""

    asked: Asked
    proposal: Proposal
    priced: Priced

    @property
    def changes(self) -> tuple[RuleChange, ...]:
        """Every rule before and after."""
        return self.priced.rules


def adjust(
    asked: Asked, proposal: Proposal, adjustment: Adjustment, *, limits: Limits, clock: Clock = time.monotonic
) -> Adjusted:
    """The proposal with an adjustment made; raises InputError with every fault, and then nothing is changed.

    limits: for planning the meetings of the networks that change; those of all others stay to the letter.
    """
    return Hand(asked, proposal).adjust(adjustment, limits=limits, clock=clock)


def price(asked: Asked, proposal: Proposal, moves: Mapping[str, str]) -> Priced:
    """What moves would make of every rule, without planning anything; raises InputError where a name is unknown."""
    return Hand(asked, proposal).price(Adjustment(moves))


def asked_by_hand(asked: Asked, proposal: Proposal) -> Asked:
    """The question that a proposal answers, with what was pinned and unpinned by hand.

    Its free networks have the names that they have in the proposal.
    """
    known = _without_pins(asked, proposal, _listed(proposal, "unpinned"))
    place = _places(known.question, proposal)
    return _with_pins(known, {id_: place[id_] for id_ in _listed(proposal, "pinned") if id_ in place})


def asked_as_left(asked: Asked, proposal: Proposal) -> Asked:
    """The question with the pins by hand of a proposal in a file, where it has any."""
    return asked_by_hand(asked, proposal) if proposal.get("by_hand") else asked


class Hand:
    """A standing proposal, ready to be asked what moves would cost: loaded once and asked many times."""

    def __init__(self, asked: Asked, proposal: Proposal) -> None:
        self.original = asked
        self.proposal = proposal
        self.unpinned = _listed(proposal, "unpinned")
        self.programme = _without_pins(asked, proposal, self.unpinned)
        """The question with the pins of the programme that still count, and none by hand."""
        question = self.programme.question
        self.number = {id_: person for person, id_ in enumerate(question.ids)}
        self.networks = {same_value_key(network.name): k for k, network in enumerate(question.problem.networks)}
        self.standing = Baseline(proposal).composition(question)
        places = self.standing.places
        by_hand = {self.number[id_] for id_ in _listed(proposal, "pinned") if id_ in self.number}
        self.by_hand = {person: places[person] for person in sorted(by_hand)}
        self.problem = _pinned(question.problem, self.by_hand)
        self.ledger = Ledger(self.problem, self.standing)

    def price(self, adjustment: Adjustment) -> Priced:
        """What an adjustment makes of every rule."""
        return self._price(self._places(adjustment), adjustment.unpin)

    def everywhere(self, id_: str) -> dict[str, Priced]:
        """What putting one person in each other network, or on the waitlist, would make of every rule, by its name."""
        if id_ not in self.number:
            raise InputError([self._unknown_id("candidate", id_)])
        there = self.standing.places[self.number[id_]]
        names = {k: self.problem.networks[k].name for k in self.standing.groups()} | {WAITING: WAITLIST}
        return {name: self._price({self.number[id_]: k}, ()) for k, name in names.items() if k != there}

    def _price(self, moves: Mapping[int, int], unpin: Iterable[str]) -> Priced:
        change = self.ledger.change(moves)
        rules, penalties = self.problem.rules, self.ledger.penalties()
        free = {self.number[id_] for id_ in unpin}
        wrong = [each for each in change.breaches if not (each.code == "pin" and each.person in free)]
        broken = [rule for rule, more in zip(rules, change.rules, strict=True) if rule.is_must and more > 0]
        faults = self._faults(wrong, broken, _after(self.standing, moves))
        before = Totals(
            sum(rule.weight * penalty for rule, penalty in zip(rules, penalties, strict=True)),
            len(self.standing.waiting),
        )
        return Priced(
            tuple(
                RuleChange(rule.name, penalty, penalty + more)
                for rule, penalty, more in zip(rules, penalties, change.rules, strict=True)
            ),
            before,
            Totals(before.objective + change.objective, before.waiting + change.waiting),
            tuple(faults),
        )

    def adjust(self, adjustment: Adjustment, *, limits: Limits, clock: Clock = time.monotonic) -> Adjusted:
        """The proposal with an adjustment made; raises InputError with every fault, and then nothing is changed."""
        watch = Watch(limits, clock)
        moves = self._places(adjustment)
        priced = self._price(moves, adjustment.unpin)
        if not priced.allowed:
            raise InputError(priced.faults)
        composition = _after(self.standing, moves)
        unpinned = self._unpinned(adjustment)
        programme = self.programme
        if unpinned != self.unpinned:
            programme = _without_pins(self.original, self.proposal, unpinned)
        pins = self._pins(adjustment, composition)
        asked = _with_pins(programme, {self._id(person): place for person, place in pins.items()})
        recounted = self._recount(asked.question, composition, priced)
        same = programme is self.programme and _fingerprint(self.proposal) == programme.sha256
        proven = self._proven(programme.question.problem, composition, recounted, watch, same=same)
        stated = self._planned(asked, composition, proven, watch, clock)
        moved = {self._id(person) for person, place in moves.items() if self.standing.places[person] != place}
        stated["by_hand"] = {
            "moved": self._in_order({*_listed(self.proposal, "moved"), *moved}),
            "pinned": self._in_order({self._id(person) for person in pins}),
            "unpinned": list(unpinned),
        }
        return Adjusted(asked, stated, priced)

    # what is asked

    def _places(self, adjustment: Adjustment) -> dict[int, int]:
        """Where everybody goes, by number; raises InputError with every name that is unknown."""
        faults: list[Fault] = []
        moves: dict[int, int] = {}

        def go(pointer: str, id_: str, place: int | None) -> None:
            person = self.number.get(id_)
            if person is None:
                faults.append(self._unknown_id(pointer, id_))
            elif person in moves:
                faults.append(Fault(code="moved_twice", pointer=pointer, found=id_))
            elif place is not None:
                moves[person] = place

        for id_, name in adjustment.moves.items():
            pointer = f"moves[{id_}]"
            place = WAITING if name == WAITLIST else self.networks.get(same_value_key(name))
            if place is None:
                names = [network.name for network in self.problem.networks]
                faults.append(unknown_network(pointer, name, [*names, WAITLIST]))
            go(pointer, id_, place)
        for index, (one, other) in enumerate(adjustment.swaps):
            for id_, with_ in ((one, other), (other, one)):
                to = self.number.get(with_)
                go(f"swaps[{index}]", id_, None if to is None else self.standing.places[to])
        for key, ids in (("pin", adjustment.pin), ("unpin", adjustment.unpin)):
            for index, id_ in enumerate(ids):
                if id_ not in self.number:
                    faults.append(self._unknown_id(f"{key}[{index}]", id_))
        faults += self._not_pinned(adjustment.unpin)
        if faults:
            raise InputError(faults)
        return moves

    def _unknown_id(self, pointer: str, id_: str) -> Fault:
        return Fault(code="unknown_id", pointer=pointer, found=id_, nearest=nearest(id_, self.number))

    def _not_pinned(self, unpin: Sequence[str]) -> Iterator[Fault]:
        pinned = tuple(self._id(person) for person in sorted(self.problem.pins))
        for index, id_ in enumerate(unpin):
            if id_ in self.number and id_ not in pinned:
                near = nearest(id_, pinned)
                yield Fault(code="no_such_pin", pointer=f"unpin[{index}]", found=id_, known=pinned, nearest=near)

    def _unpinned(self, adjustment: Adjustment) -> tuple[str, ...]:
        """Whose pin in the programme no longer counts."""
        freed = {id_ for id_ in adjustment.unpin if self.number[id_] in self.programme.question.problem.pins}
        return tuple(self._in_order({*self.unpinned, *freed}))

    def _pins(self, adjustment: Adjustment, composition: Composition) -> dict[int, int]:
        """The pins by hand."""
        freed = {self.number[id_] for id_ in adjustment.unpin}
        given = self.programme.question.problem.pins.keys() - freed
        kept = self.by_hand.keys() - freed
        wanted = {self.number[id_] for id_ in adjustment.pin}
        return {person: composition.places[person] for person in sorted((kept | wanted) - given)}

    def _id(self, person: int) -> str:
        return self.programme.question.ids[person]

    def _in_order(self, ids: Iterable[str]) -> list[str]:
        return sorted(ids, key=lambda id_: (self.number.get(id_, len(self.number)), id_))

    # what forbids it

    def _faults(self, wrong: Sequence[Breach], broken: Sequence[Rule], after: Composition) -> Iterator[Fault]:
        groups = after.groups()
        for breach in wrong:
            yield self._fault(breach, groups)
        for rule in broken:
            yield Fault(code="hand_breaks_rule", pointer="moves", found=rule.name, params={"rule": rule.name})

    def _fault(self, breach: Breach, groups: Mapping[int, Sequence[int]]) -> Fault:
        code, pointer = FAULTS.get(breach.code, "hand_facilitator"), "moves"
        found: str | None = None
        params: dict[str, str | int | tuple[str, ...]] = {}
        if breach.network is not None and breach.code != "pin":
            network = self.problem.networks[breach.network]
            found = network.name
            params["network"] = network.name
            if breach.code == "size":
                n = len(groups.get(breach.network, ()))
                full = n > network.max_size
                code = "hand_too_full" if full else "hand_too_small"
                params |= {"limit": network.max_size if full else network.min_size, "count": n}
        if breach.person is not None:
            found = self._id(breach.person)
            pointer = f"moves[{found}]"
        if breach.code == "count":
            params["least"] = self.problem.min_count
        return Fault(code=code, pointer=pointer, found=found, params=params)

    # what becomes of it

    def _recount(self, question: Question, composition: Composition, priced: Priced) -> Score:
        """Everything counted again from the definitions; raises InputError where the proposal did not stand before."""
        problem = question.problem
        again = score(problem, composition)
        wrong = list(breaches(problem, composition))
        if wrong or again.broken:
            raise InputError(self._faults(wrong, [scored.rule for scored in again.broken], composition))
        if (again.objective, again.waiting) != (priced.after.objective, priced.after.waiting):
            raise SolverBugError(f"the ledger says {priced.after}, the recount {again.objective}, {again.waiting}")
        return again

    def _proven(
        self, problem: Problem, composition: Composition, priced: Score, watch: Watch, *, same: bool
    ) -> Composed:
        """What is known about the answer: what was proven, as far as it still speaks of it."""
        stated = self.proposal["composition"]
        if not same or not (problem.waiting_is_weighed or priced.waiting <= stated["waiting"]):
            return quickly_known(problem, composition, priced, watch)
        least = stated["least_waiting"] or 0
        limits = {same_value_key(row["name"]): row["bound"] or 0 for row in self.proposal["rules"]}
        proven = stated["bound"] >= priced.objective and (problem.waiting_is_weighed or priced.waiting <= least)
        return Composed(
            Status.OPTIMAL if proven else Status.FEASIBLE,
            composition,
            priced,
            stated["bound"],
            least,
            tuple(limits.get(same_value_key(rule.name), 0) for rule in problem.rules),
            tuple(stated.get("proof", ())),
        )

    def _planned(
        self, asked: Asked, composition: Composition, proven: Composed, watch: Watch, clock: Clock
    ) -> Proposal:
        """The proposal, its meetings planned anew where members changed."""
        question, baseline = asked.question, Baseline(self.proposal)
        from_meeting = self.proposal.get("repair", {}).get("from_meeting", 1)
        announced = replan(question, baseline, composition, watch, clock, from_meeting=from_meeting)
        if announced.impossible:
            names = [question.problem.networks[k].name for k in announced.impossible]
            raise InputError(
                Fault(code="hand_no_meetings", pointer="moves", found=name, params={"network": name}) for name in names
            )
        result = Result(proven, announced.anew, {}, watch.limits, watch.elapsed(), watch.cancelled)
        stated = proposal_of(question, result, sha256=asked.sha256)
        laid_together(question, baseline, stated, announced.kept, from_meeting=from_meeting)
        for key in KEPT:
            if key in self.proposal:
                stated[key] = copy.deepcopy(self.proposal[key])
        return stated


def _listed(proposal: Proposal, key: str) -> tuple[str, ...]:
    """Ids that a proposal lists of what was done by hand."""
    return tuple(proposal.get("by_hand", {}).get(key, ()))


def _fingerprint(proposal: Proposal) -> str | None:
    """Of the programme and the candidates that a proposal was made from."""
    found: str | None = proposal.get("programme", {}).get("sha256")
    return found


def _without_pins(asked: Asked, proposal: Proposal, ids: Sequence[str]) -> Asked:
    """The question without these pins of the programme, its free networks named as in the proposal."""
    names = Baseline(proposal).sizes
    given = {pin.candidate.strip() for pin in asked.question.programme.pins}
    pins = tuple(f"pin:{id_}" for id_ in ids if id_ in given)
    if pins:
        return changed(asked, Changes(without=pins), names=names)
    question = asked.question
    return replace(asked, question=ask(question.programme, question.candidates, asked.origin.files, names=names))


def _with_pins(asked: Asked, places: Mapping[str, int]) -> Asked:
    """The question with pins by hand."""
    networks = asked.question.problem.networks
    names = {id_: WAITLIST if place == WAITING else networks[place].name for id_, place in places.items()}
    return replace(asked, question=pinned_by_hand(asked.question, names))


def kept_by_hand(question: Question, proposal: Proposal) -> None:
    """Says in a proposal that was made from another one which pins by hand still hold in it."""
    if question.by_hand:
        pinned = [id_ for id_ in question.ids if id_ in question.by_hand]
        proposal["by_hand"] = {"moved": [], "pinned": pinned, "unpinned": []}


def _pinned(problem: Problem, pins: Mapping[int, int]) -> Problem:
    """The problem with more pins; those of the programme come first."""
    return replace(problem, pins={**pins, **problem.pins})


def _places(question: Question, proposal: Proposal) -> dict[str, int]:
    """Where a proposal has everybody, by id."""
    return dict(zip(question.ids, Baseline(proposal).composition(question).places, strict=True))


def _after(composition: Composition, moves: Mapping[int, int]) -> Composition:
    """The composition with these people elsewhere; slots and facilitators stay."""
    places = tuple(moves.get(person, place) for person, place in enumerate(composition.places))
    return replace(composition, places=places)
