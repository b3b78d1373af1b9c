"""What was announced and may stay: meetings of networks that nothing changed, beside those that are planned anew.

Past meetings are copied to the letter. Networks whose members stay the same keep what was announced; only the others
are planned anew, from the first meeting that is still to come.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from service.baseline import Baseline
from service.candidates import same_value_key
from service.check import rotation_differences
from service.proposal_file import Proposal
from service.question import Question
from solver.limits import Clock, Watch
from solver.problem import Composition
from solver.rotating import question as rotation_question
from solver.rotation.solve import RotationResult, RotationStatus, rotate
from solver.solve import ROTATION_EFFORT, Rotation, recount

MEND_EFFORT = 0.02
"""Of one effort, for the meetings of each network that changes: the answer is waited for."""

LEAST_ROTATION_SECONDS = 0.05
"""What the meetings of one network get, however little time is left."""


@dataclass(frozen=True)
class Announced:
    """The meetings of an answer: those that stay as they were announced, and those that are planned anew."""

    kept: Mapping[int, Mapping[str, Any]]
    """By network, as the earlier proposal has them."""
    anew: tuple[Rotation, ...]

    @property
    def impossible(self) -> dict[int, tuple[str, ...]]:
        """Networks whose rotation cannot keep its `must` rules, and why; or has not been found to."""
        return {each.network: each.result.reasons for each in self.anew if not each.result.meetings}


def replan(
    question: Question, baseline: Baseline, composition: Composition, watch: Watch, clock: Clock, *, from_meeting: int
) -> Announced:
    """The meetings of an answer that differs from a baseline in some networks."""
    limits = watch.limits
    groups = composition.groups() if question.problem.meetings.count else {}
    kept = {
        k: stated
        for k, members in groups.items()
        if (stated := _as_announced(question, baseline, composition, k, members, from_meeting)) is not None
    }
    anew = [k for k in groups if k not in kept]
    waves = -(-len(anew) // limits.workers)

    def plan(k: int) -> Rotation:
        name, members = question.problem.networks[k].name, groups[k]
        past = baseline.past(question, name, members, from_meeting)
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
        return Announced(kept, tuple(pool.map(plan, anew)))


def laid_together(
    question: Question,
    baseline: Baseline,
    stated: Proposal,
    kept: Mapping[int, Mapping[str, Any]],
    *,
    from_meeting: int,
) -> None:
    """Puts the meetings that stay among those that a proposal has planned anew, in the order of its networks.

    What was is copied to the letter, and the proposal as a whole is optimal only where every part is.
    """
    planned = {rotation["network"]: rotation for rotation in stated["rotations"]}
    announced = {question.problem.networks[k].name: rotation for k, rotation in kept.items()}
    past = from_meeting - 1
    found = []
    for network in stated["networks"]:
        name = network["name"]
        if name in announced:
            found.append(copy.deepcopy(dict(announced[name])))
        elif name in planned:
            was = baseline.rotation(name)
            rotation = planned[name]
            if was is not None:
                rotation["meetings"][:past] = copy.deepcopy(was["meetings"][:past])
            else:
                for meeting in rotation["meetings"][:past]:
                    meeting["absent"] = []
            found.append(rotation)
    stated["rotations"] = found
    parts = [stated["composition"]["status"], *(rotation["status"] for rotation in found)]
    stated["status"] = "optimal" if set(parts) == {"optimal"} else "feasible"


def changed_networks(baseline: Baseline, question: Question, composition: Composition) -> list[str]:
    """The networks that have other members, another slot or another facilitator than in the baseline."""
    theirs = {same_value_key(network["name"]): network for network in baseline.proposal["networks"]}
    problem = question.problem
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


def _as_announced(
    question: Question,
    baseline: Baseline,
    composition: Composition,
    k: int,
    members: Sequence[int],
    from_meeting: int,
) -> Mapping[str, Any] | None:
    """The meetings of a network as they were announced, where nothing about them has changed."""
    stated = baseline.rotation(question.problem.networks[k].name)
    if stated is None or question.problem.networks[k].name in changed_networks(baseline, question, composition):
        return None
    absent = question.problem.meetings.absent
    for number, meeting in list(enumerate(stated["meetings"], 1))[from_meeting - 1 :]:
        away = {question.ids[person] for person in members if (person, number) in absent}
        if away != set(meeting.get("absent", ())):
            return None
    first = baseline.proposal.get("repair", {}).get("from_meeting", 1)
    same = not any(rotation_differences(question, k, members, stated, first=max(first, from_meeting)))
    return stated if same else None
