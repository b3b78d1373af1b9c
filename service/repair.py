"""Repair: a proposal that life has overtaken, put right with as little disruption as was asked.

Past meetings are copied to the letter. Networks whose members stay the same keep what was announced; only the others
are planned anew, from the first meeting that is still to come.
"""

from __future__ import annotations

import copy
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from service.announced import changed_networks, laid_together, replan
from service.baseline import Baseline
from service.by_hand import kept_by_hand
from service.candidates import same_value_key
from service.changes import Changes
from service.compose import USUAL_SECONDS
from service.faults import Fault, InputError
from service.proposal import proposal_of
from service.proposal_file import Proposal
from service.proven import quickly_known
from service.question import Question
from service.reading import Asked
from service.what_if import Move, command_line, moves, posed_beside
from solver.compose import Composed, Status
from solver.conflicts import hold, parts_of
from solver.limits import Clock, Limits, Listener, Progress, Watch
from solver.problem import Problem
from solver.repair import FEWEST, Choice, Repaired, Wanted, repair
from solver.solve import Result

REPAIR_SHARE = 0.6
"""Of a time limit: for who sits where."""


@dataclass(frozen=True)
class Mended:
    """What became of a repair: the choices, and the proposal of the one that was chosen."""

    asked: Asked
    baseline: Baseline
    changes: Changes
    from_meeting: int
    repaired: Repaired
    result: Result | None
    """Of the chosen answer; None where there is none."""
    proposal: Proposal | None
    line: str

    @property
    def question(self) -> Question:
        """What was asked."""
        return self.asked.question

    @property
    def status(self) -> Status:
        """What is known."""
        return self.repaired.status if self.result is None else self.result.status

    def moves(self, choice: Choice) -> list[Move]:
        """Everybody who is elsewhere in a choice."""
        return moves(self.baseline, self.question, choice.composition)

    def as_json(self) -> dict[str, Any]:
        """What the proposal says about its repair."""
        return {
            "from_meeting": self.from_meeting,
            "line": self.line,
            "changes": self.changes.switches(),
            "fewest_proven": self.repaired.fewest_proven,
            "choices": [
                self._choice(choice, chosen=number == self.repaired.chosen)
                for number, choice in enumerate(self.repaired.choices)
            ],
            "ended": ended(self.baseline, self.question, self._chosen(), self.from_meeting),
        }

    def _chosen(self) -> Choice | None:
        number = self.repaired.chosen
        return None if number is None else self.repaired.choices[number]

    def _choice(self, choice: Choice, *, chosen: bool) -> dict[str, Any]:
        told = self.moves(choice)
        return {
            "moves": choice.moves,
            "waiting": choice.waiting,
            "objective": choice.objective,
            "chosen": chosen,
            "moved": [move.as_json() for move in told if move.before is not None and move.after is not None],
            "joined": [{"id": move.id, "to": move.after} for move in told if move.before is None],
            "left": [{"id": move.id, "from": move.before} for move in told if move.after is None],
            "told": self.told(choice),
        }

    def told(self, choice: Choice) -> dict[str, list[str]]:
        """Who must be told: those whose place changes, and the networks in which that changes the meetings to come."""
        people = [move.id for move in self.moves(choice) if move.after is not None]
        touched = changed_networks(self.baseline, self.question, choice.composition)
        return {"people": people, "networks": touched}


def repair_limits(seconds: float | None, effort: int | None, seed: int, workers: int | None) -> Limits:
    """The limits of a repair: by default one effort, which the usual seconds may end sooner on a slow machine."""
    if seconds is None and effort is None:
        seconds, effort = USUAL_SECONDS, 1
    return Limits(seconds, effort, seed, workers or os.cpu_count() or 1)


def ended(baseline: Baseline, question: Question, choice: Choice | None, from_meeting: int) -> list[dict[str, Any]]:
    """The networks that are no more, with the meetings they had: what was, is not forgotten."""
    if choice is None:
        return []
    formed = {same_value_key(question.problem.networks[k].name) for k in choice.composition.groups()}
    return [
        {"network": rotation["network"], "meetings": copy.deepcopy(rotation["meetings"][: from_meeting - 1])}
        for rotation in baseline.proposal["rotations"]
        if same_value_key(rotation["network"]) not in formed and from_meeting > 1
    ]


def mend(
    asked: Asked,
    baseline: Proposal,
    changes: Changes,
    limits: Limits,
    *,
    from_meeting: int = 1,
    wanted: Wanted = FEWEST,
    words: Sequence[str] = (),
    listen: Listener = lambda progress: None,
    stopped: Callable[[], bool] = lambda: False,
    clock: Clock = time.monotonic,
) -> Mended:
    """Repairs a baseline after changes; raises InputError with every fault of the changes."""
    beside, posed = posed_beside(asked, baseline, changes)
    check_meeting(posed.question, baseline, from_meeting)
    watch = Watch(limits, clock, stopped)
    listen(Progress("search"))
    part = replace(limits, seconds=repair_seconds(limits))
    found = choices(posed.question, beside, beside.start(posed.question), part, wanted, stopped, clock)
    return mended(
        posed,
        beside,
        changes,
        found,
        watch,
        limits=limits,
        from_meeting=from_meeting,
        wanted=wanted,
        words=words,
        listen=listen,
        clock=clock,
    )


def repair_seconds(limits: Limits) -> float | None:
    """The part of the time limit for who sits where; the meetings have the rest."""
    return None if limits.seconds is None else REPAIR_SHARE * limits.seconds


def choices(
    question: Question,
    beside: Baseline,
    start: Sequence[int | None],
    limits: Limits,
    wanted: Wanted,
    stopped: Callable[[], bool],
    clock: Clock = time.monotonic,
) -> Repaired:
    """The repairs there are, with slots and facilitators as they stand; where that cannot be, with any."""
    before = beside.before(question)
    found = repair(standing(question.problem, beside), start, before, Watch(limits, clock, stopped), wanted=wanted)
    if not found.choices:
        found = repair(question.problem, start, before, Watch(limits, clock, stopped), wanted=wanted)
    return found


def mended(
    posed: Asked,
    beside: Baseline,
    changes: Changes,
    found: Repaired,
    watch: Watch,
    *,
    limits: Limits,
    from_meeting: int,
    wanted: Wanted,
    words: Sequence[str] = (),
    listen: Listener = lambda progress: None,
    clock: Clock = time.monotonic,
) -> Mended:
    """What the chosen repair comes to, its meetings planned in what the watch leaves; `limits`: of the whole."""
    problem = posed.question.problem
    line = command_line("repair", [*words, *_switches(from_meeting, wanted)], changes, limits)
    made = Mended(posed, Baseline(beside.proposal), changes, from_meeting, found, None, None, line)
    if not found.choices:
        # Whether there is anything at all is for the exact model to say: out of time is not impossible.
        proven = not watch.cancelled and hold(problem, parts_of(problem)).possible is False
        status = Status.INFEASIBLE if proven else Status.UNKNOWN
        nothing = Composed(status, None, None, 0, 0)
        return replace(made, result=Result(nothing, (), {}, limits, watch.elapsed(), watch.cancelled))
    if found.chosen is None:
        return made
    listen(Progress("rotations"))
    return _planned(made, found.choices[found.chosen], limits, watch, clock)


def _switches(from_meeting: int, wanted: Wanted) -> list[str]:
    said = [] if from_meeting == 1 else ["--from-meeting", str(from_meeting)]
    said += [] if wanted.price is None else ["--price-per-move", str(wanted.price)]
    return said + ([] if wanted.budget is None else ["--move-budget", str(wanted.budget)])


def check_meeting(question: Question, baseline: Proposal, from_meeting: int) -> None:
    """There have to be meetings to go on from, in the programme and in every network of the baseline."""
    count = question.problem.meetings.count
    known = min([count, *(len(rotation["meetings"]) for rotation in baseline["rotations"])])
    if from_meeting > 1 and from_meeting - 1 > known:
        raise InputError(
            [
                Fault(
                    code="no_such_meeting",
                    pointer="--from-meeting",
                    found=str(from_meeting),
                    params={"count": max(1, known)},
                )
            ]
        )


def standing(problem: Problem, baseline: Baseline) -> Problem:
    """The problem in which networks keep the slot and the facilitator they have, wherever the programme lets them."""
    theirs = {same_value_key(network["name"]): network for network in baseline.proposal["networks"]}
    slots = {same_value_key(slot): number for number, slot in enumerate(problem.slots)}
    leaders = {facilitator.id: number for number, facilitator in enumerate(problem.facilitators)}
    networks = []
    for network in problem.networks:
        was = theirs.get(same_value_key(network.name), {})
        slot = network.slot if network.slot is not None else slots.get(same_value_key(was.get("slot") or ""))
        leader = network.facilitator
        if leader is None:
            leader = leaders.get(was.get("facilitator") or "")
        networks.append(replace(network, slot=slot, facilitator=leader))
    return replace(problem, networks=tuple(networks))


def _planned(mended: Mended, choice: Choice, limits: Limits, watch: Watch, clock: Clock) -> Mended:
    """The chosen answer with its meetings: those that were, those that stay as announced, and those planned anew."""
    question, baseline, from_meeting = mended.question, mended.baseline, mended.from_meeting
    composition = choice.composition
    announced = replan(question, baseline, composition, watch, clock, from_meeting=from_meeting)
    known = quickly_known(question.problem, composition, choice.score, watch)
    result = Result(known, announced.anew, announced.impossible, limits, watch.elapsed(), watch.cancelled)
    if result.impossible:
        return replace(mended, result=result)
    stated = proposal_of(question, result, sha256=mended.asked.sha256)
    laid_together(question, baseline, stated, announced.kept, from_meeting=from_meeting)
    stated["repair"] = mended.as_json()
    kept_by_hand(question, stated)
    return replace(mended, result=result, proposal=stated)
