"""Repair: a proposal that life has overtaken, put right with as little disruption as was asked.

Past meetings are copied to the letter. Networks whose members stay the same keep what was announced; only the others
are planned anew, from the first meeting that is still to come.
"""

from __future__ import annotations

import copy
import os
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from service.baseline import Baseline, check_networks, merged
from service.candidates import same_value_key
from service.changes import Changes
from service.check import rotation_differences
from service.compose import USUAL_SECONDS
from service.faults import Fault, InputError
from service.proposal import proposal_of
from service.proposal_file import Proposal
from service.question import Question
from service.reading import Asked
from service.scenario import changed
from service.what_if import Move, command_line, moves
from solver import bound as bounds
from solver.compose import MODEL_LIMIT, Composed, Status
from solver.conflicts import hold, parts_of
from solver.limits import Clock, Limits, Listener, Progress, Watch
from solver.lower import lower
from solver.problem import Problem
from solver.repair import FEWEST, Choice, Repaired, Wanted, repair
from solver.rotating import question as rotation_question
from solver.rotation.solve import RotationResult, RotationStatus, rotate
from solver.solve import ROTATION_EFFORT, Result, Rotation, recount

MEND_EFFORT = 0.02
"""Of one effort, for the meetings of each network that changes: a repair is asked for at once."""

LEAST_ROTATION_SECONDS = 0.05
"""What the meetings of one network get, however little time is left."""


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
        touched = changed_networks(self.baseline, self.question, choice)
        return {"people": people, "networks": touched}


def repair_limits(seconds: float | None, effort: int | None, seed: int, workers: int | None) -> Limits:
    """The limits of a repair: by default one effort, which the usual seconds may end sooner on a slow machine."""
    if seconds is None and effort is None:
        seconds, effort = USUAL_SECONDS, 1
    return Limits(seconds, effort, seed, workers or os.cpu_count() or 1)


def changed_networks(baseline: Baseline, question: Question, choice: Choice) -> list[str]:
    """The networks that have other members, another slot or another facilitator than in the baseline."""
    theirs = {same_value_key(network["name"]): network for network in baseline.proposal["networks"]}
    problem, composition = question.problem, choice.composition
    found = []
    for k, members in composition.groups().items():
        was = theirs.get(same_value_key(problem.networks[k].name))
        slot, leader = composition.slots[k], composition.facilitators[k]
        now = (
            {question.ids[person] for person in members},
            None if slot is None else same_value_key(problem.slots[slot]),
            None if leader is None else problem.facilitators[leader].id,
        )
        if was is None or now != (
            set(was["members"]),
            None if was.get("slot") is None else same_value_key(was["slot"]),
            was.get("facilitator"),
        ):
            found.append(problem.networks[k].name)
    return found


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
    check_networks(baseline, changes)
    beside = Baseline(baseline, merged(changes))
    posed = changed(asked, changes, names=beside.sizes)
    question = posed.question
    _check_meeting(question, baseline, from_meeting)
    watch = Watch(limits, clock, stopped)
    listen(Progress("search"))
    before, start = beside.before(question), beside.start(question)
    part = replace(limits, seconds=None if limits.seconds is None else 0.6 * limits.seconds)
    found = repair(standing(question.problem, beside), start, before, Watch(part, clock, stopped), wanted=wanted)
    if not found.choices:
        # What stands cannot stand: let slots and facilitators be chosen anew as well.
        found = repair(question.problem, start, before, Watch(part, clock, stopped), wanted=wanted)
    line = command_line("repair", [*words, *_switches(from_meeting, wanted)], changes, limits)
    mended = Mended(posed, Baseline(baseline), changes, from_meeting, found, None, None, line)
    if not found.choices:
        # Whether there is anything at all is for the exact model to say: out of time is not impossible.
        proven = hold(question.problem, parts_of(question.problem)).possible is False
        status = Status.INFEASIBLE if proven else Status.UNKNOWN
        nothing = Composed(status, None, None, 0, 0)
        return replace(mended, result=Result(nothing, (), {}, limits, watch.elapsed(), watch.cancelled))
    if found.chosen is None:
        return mended
    listen(Progress("rotations"))
    choice = found.choices[found.chosen]
    return _planned(mended, beside, choice, limits, watch, clock)


def _switches(from_meeting: int, wanted: Wanted) -> list[str]:
    said = [] if from_meeting == 1 else ["--from-meeting", str(from_meeting)]
    said += [] if wanted.price is None else ["--price-per-move", str(wanted.price)]
    return said + ([] if wanted.budget is None else ["--move-budget", str(wanted.budget)])


def _check_meeting(question: Question, baseline: Proposal, from_meeting: int) -> None:
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


def _planned(mended: Mended, beside: Baseline, choice: Choice, limits: Limits, watch: Watch, clock: Clock) -> Mended:
    """The chosen answer with its meetings: those that were, those that stay as announced, and those planned anew."""
    question = mended.question
    composition = choice.composition
    groups = composition.groups() if question.problem.meetings.count else {}
    kept = {
        k: stated
        for k, members in groups.items()
        if (stated := _as_announced(question, mended.baseline, choice, k, members, mended.from_meeting)) is not None
    }
    anew = [k for k in groups if k not in kept]
    waves = -(-len(anew) // limits.workers)

    def plan(k: int) -> Rotation:
        name, members = question.problem.networks[k].name, groups[k]
        past = mended.baseline.past(question, name, members, mended.from_meeting)
        posed = rotation_question(question.problem, k, members, past=past)
        remaining = watch.remaining()
        deadline = None
        if remaining is not None:
            deadline = clock() + max(LEAST_ROTATION_SECONDS, min(remaining, 1.5 * remaining / max(1, waves)))

        def planned(effort: float | None) -> RotationResult:
            return rotate(
                posed,
                seed=limits.seed,
                effort=effort,
                deadline=deadline,
                clock=None if deadline is None else clock,
                should_stop=lambda: watch.cancelled,
            )

        result = planned(None if limits.effort is None else MEND_EFFORT * limits.effort)
        if limits.effort is not None and result.status is RotationStatus.UNKNOWN:
            result = planned(ROTATION_EFFORT * limits.effort)  # what must hold in trios can take a longer look
        rotation = Rotation(k, members, posed, result)
        recount(rotation)
        return rotation

    with ThreadPoolExecutor(limits.workers) as pool:
        rotations = tuple(pool.map(plan, anew))
    impossible = {each.network: each.result.reasons for each in rotations if not each.result.meetings}
    result = Result(_composed(question, choice, watch), rotations, impossible, limits, watch.elapsed(), watch.cancelled)
    if impossible:
        return replace(mended, result=result)
    stated = proposal_of(question, result, sha256=mended.asked.sha256)
    stated["rotations"] = _rotations(mended, stated, kept)
    parts = [stated["composition"]["status"], *(rotation["status"] for rotation in stated["rotations"])]
    stated["status"] = "optimal" if set(parts) == {"optimal"} else "feasible"
    stated["repair"] = mended.as_json()
    return replace(mended, result=result, proposal=stated)


def _as_announced(
    question: Question, baseline: Baseline, choice: Choice, k: int, members: Sequence[int], from_meeting: int
) -> Mapping[str, Any] | None:
    """The meetings of a network as they were announced, where nothing about them has changed."""
    stated = baseline.rotation(question.problem.networks[k].name)
    if stated is None or question.problem.networks[k].name in changed_networks(baseline, question, choice):
        return None
    absent = question.problem.meetings.absent
    for number, meeting in list(enumerate(stated["meetings"], 1))[from_meeting - 1 :]:
        away = {question.ids[person] for person in members if (person, number) in absent}
        if away != set(meeting.get("absent", ())):
            return None
    first = baseline.proposal.get("repair", {}).get("from_meeting", 1)
    same = not any(rotation_differences(question, k, members, stated, first=max(first, from_meeting)))
    return stated if same else None


def _composed(question: Question, choice: Choice, watch: Watch) -> Composed:
    """What is known about the chosen answer, among all that the programme allows."""
    problem = question.problem
    lowered = lower(problem)
    least = bounds.least_waiting(lowered)
    limit, by_rule = 0, (0,) * len(problem.rules)
    proof: tuple[str, ...] = ()
    # A larger relaxation takes seconds, and a repair is asked for at once; 0 is always a bound.
    small = problem.pool.size * len(problem.networks) <= MODEL_LIMIT
    relaxation = bounds.relax(lowered, most_waiting=choice.waiting, score=choice.score) if small else None
    if relaxation is not None and not watch.over(0.8):
        limit = max(0, relaxation.bound(watch))
        by_rule = bounds.limits_by_rule(relaxation, choice.score, watch, until=0.8)
        proof = ("linear relaxation",) if limit else ()
    proven = limit >= choice.objective and (problem.waiting_is_weighed or choice.waiting <= least)
    status = Status.OPTIMAL if proven else Status.FEASIBLE
    return Composed(status, choice.composition, choice.score, limit, least, by_rule, proof)


def _rotations(
    mended: Mended, stated: Mapping[str, Any], kept: Mapping[int, Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The meetings of every network, in the order of the networks; what was is copied to the letter."""
    planned = {rotation["network"]: rotation for rotation in stated["rotations"]}
    announced = {mended.question.problem.networks[k].name: rotation for k, rotation in kept.items()}
    past = mended.from_meeting - 1
    found = []
    for network in stated["networks"]:
        name = network["name"]
        if name in announced:
            found.append(copy.deepcopy(dict(announced[name])))
        elif name in planned:
            was = mended.baseline.rotation(name)
            rotation = planned[name]
            if was is not None:
                rotation["meetings"][:past] = copy.deepcopy(was["meetings"][:past])
            else:
                for meeting in rotation["meetings"][:past]:
                    meeting["absent"] = []
            found.append(rotation)
    return found
