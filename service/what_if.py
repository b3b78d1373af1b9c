"""What if: scenarios of a programme beside a baseline proposal, one or a row of them, from one warm start."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from service.baseline import WAITLIST, Baseline, check_networks, merged
from service.by_hand import kept_by_hand
from service.changes import Changes, Scenario
from service.proposal import part, proposal_of, strength_of
from service.proposal_file import Proposal
from service.question import Question
from service.reading import Asked
from service.scenario import changed
from solver.compose import Composed, Status, compose
from solver.limits import Clock, Limits, Listener, Watch
from solver.onward import better, go_on, solve_again
from solver.price import Score
from solver.problem import WAITING, Composition
from solver.repair import repair
from solver.solve import Result, Rotation, plan_rotations

LESS_SHARE = 0.1
"""Of a time limit, on top of it: for finding the same with fewer moves."""

AFRESH_SHARE = 0.5
"""Of the time of one scenario that going on found nothing for: to compose it afresh."""


@dataclass(frozen=True, slots=True)
class Move:
    """Somebody who is elsewhere; None: not there at all, since they came in or dropped out."""

    id: str
    before: str | None
    after: str | None

    def as_json(self) -> dict[str, Any]:
        """As the comparison prints it."""
        return {"id": self.id, "from": self.before, "to": self.after}


@dataclass(frozen=True)
class Compared:
    """One scenario, solved and laid beside its baseline."""

    scenario: Scenario
    asked: Asked
    result: Result
    baseline: Baseline
    line: str
    """The whole command that makes it again."""
    rotated: bool
    """Whether the meetings were planned as well."""
    fewer: Composition | None = None
    """An answer as good with fewer moves; None where none was found."""

    @property
    def question(self) -> Question:
        """What was asked."""
        return self.asked.question

    @property
    def composed(self) -> Composed:
        """Who sits where, if anything was found."""
        return self.result.composed

    @property
    def status(self) -> Status:
        """What is known."""
        return self.result.status if self.rotated else self.composed.status

    @property
    def found(self) -> bool:
        """Whether there is an answer."""
        return self.composed.composition is not None and not self.result.impossible

    def proposal(self) -> Proposal:
        """The scenario as a proposal of its own, with the line that makes it again; only where there is an answer."""
        stated = proposal_of(self.question, self.result, sha256=self.asked.sha256)
        stated["scenario"] = {
            "name": self.scenario.name,
            "changes": self.scenario.changes.switches(),
            "line": self.line,
        }
        kept_by_hand(self.question, stated)
        return stated

    def moves(self) -> list[Move]:
        """Everybody who sits elsewhere than in the baseline, came in or dropped out."""
        composition = self.composed.composition
        return [] if composition is None else moves(self.baseline, self.question, composition)

    def rules(self) -> list[dict[str, Any]]:
        """Each rule of either side with its penalty on both."""
        mine = {} if self.composed.score is None else penalties(self.composed.score)
        theirs = {row["name"]: row["penalty"] for row in self.baseline.proposal["rules"]}
        names = dict.fromkeys([*theirs, *mine])
        return [{"name": name, "baseline": theirs.get(name), "scenario": mine.get(name)} for name in names]

    def as_json(self) -> dict[str, Any]:
        """The object that `what-if --json` prints."""
        told = self.moves()
        return {
            "name": self.scenario.name,
            "value": self.scenario.value,
            "line": self.line,
            "status": self.status.value,
            "baseline": side_of_proposal(self.baseline.proposal),
            "scenario": side(self.question, self.composed),
            "rules": self.rules(),
            "moved": [move.as_json() for move in told if move.before is not None and move.after is not None],
            "joined": [{"id": move.id, "to": move.after} for move in told if move.before is None],
            "left": [{"id": move.id, "from": move.before} for move in told if move.after is None],
            "same_at_less": self._same_at_less(),
            "meetings": self._meetings(),
            "notes": [note.text(self.question.programme.language) for note in self.question.notes],
        }

    def _same_at_less(self) -> dict[str, Any] | None:
        """What it would take to get the same with fewer moves."""
        if self.fewer is None:
            return None
        told = [m for m in moves(self.baseline, self.question, self.fewer) if None not in (m.before, m.after)]
        return {"moves": len(told), "moved": [move.as_json() for move in told]}

    def _meetings(self) -> list[dict[str, Any]]:
        """The repeat budget of each network on both sides, where meetings were planned."""
        theirs = {each["network"]: each for each in self.baseline.proposal["rotations"]}
        rows = []
        for rotation in self.result.rotations:
            name = self.question.problem.networks[rotation.network].name
            was = theirs.get(name)
            rows.append(
                {
                    "network": name,
                    "baseline": None if was is None else {key: was[key] for key in ("repeats", "least_repeats")},
                    "scenario": {
                        "repeats": rotation.result.repeats,
                        "least_repeats": rotation.result.least_repeats,
                    },
                }
            )
        return rows


@dataclass(frozen=True)
class WhatIf:
    """A row of scenarios beside one baseline."""

    baseline: Baseline
    compared: tuple[Compared, ...]
    seconds: float
    saved: Mapping[str, str] = field(default_factory=dict)
    """The folder of each scenario that was written, by its name."""

    def as_json(self) -> dict[str, Any]:
        """The object that `what-if --json` prints for a sweep or a file of scenarios."""
        return {
            "baseline": side_of_proposal(self.baseline.proposal),
            "scenarios": [
                {key: value for key, value in each.as_json().items() if key != "baseline"}
                | {"saved": self.saved.get(each.scenario.name)}
                for each in self.compared
            ],
            "seconds": round(self.seconds, 3),
        }


def moves(baseline: Baseline, question: Question, composition: Composition) -> list[Move]:
    """Everybody whose place differs, in the order of the candidates; those who dropped out after them."""
    networks = question.problem.networks
    found = []
    for id_, place in zip(question.ids, composition.places, strict=True):
        now = WAITLIST if place == WAITING else networks[place].name
        was = baseline.place.get(id_)
        if was is None or was.casefold() != now.casefold():
            found.append(Move(id_, was, now))
    here = set(question.ids)
    return found + [Move(id_, place, None) for id_, place in baseline.place.items() if id_ not in here]


def penalties(score: Score) -> dict[str, int]:
    """The penalty of each rule, by name."""
    return {scored.rule.name: scored.penalty for scored in score.rules}


def side_of_proposal(proposal: Proposal) -> dict[str, Any]:
    """One side of a comparison, of a proposal."""
    composition = proposal["composition"]
    return {
        **{key: composition[key] for key in ("objective", "bound", "gap", "waiting", "status")},
        "rules": [
            {key: row[key] for key in ("name", "rule", "strength", "penalty", "bound")} for row in proposal["rules"]
        ],
    }


def side(question: Question, composed: Composed) -> dict[str, Any] | None:
    """One side of a comparison, of an answer; None where there is none."""
    if composed.score is None or composed.composition is None:
        return None
    return {
        **part(composed.score.objective, composed.bound),
        "waiting": len(composed.composition.waiting),
        "status": composed.status.value,
        "rules": [
            {
                "name": scored.rule.name,
                "rule": scored.rule.rule,
                "strength": strength_of(scored.rule),
                "penalty": scored.penalty,
                "bound": bound,
            }
            for scored, bound in zip(composed.score.rules, composed.rule_bounds, strict=True)
        ],
    }


def command_line(command: str, words: Sequence[str], changes: Changes, limits: Limits) -> str:
    """A command that can be given again; with an effort it gives the same bytes."""
    said = ["kring", command, *words, *changes.switches()]
    if limits.effort is not None:
        said += ["--effort", str(limits.effort)]
    if limits.seconds is not None and limits.effort is None:
        said += ["--time-limit", f"{limits.seconds:g}"]
    said += ["--seed", str(limits.seed), "--workers", str(limits.workers)]
    return shlex.join(said)


def what_if(
    asked: Asked,
    baseline: Proposal,
    changes: Changes,
    limits: Limits,
    *,
    words: Sequence[str] = (),
    listen: Listener = lambda progress: None,
    stopped: Callable[[], bool] = lambda: False,
    clock: Clock = time.monotonic,
) -> Compared:
    """One scenario with all the time there is: networks and meetings. `words`: how the command names its files."""
    beside, posed = posed_beside(asked, baseline, changes)
    question = posed.question
    result = solve_again(
        question.problem,
        [beside.start(question)],
        limits,
        clock,
        names=beside.before(question),
        listen=listen,
        stopped=stopped,
    )
    return compared(posed, beside, changes, result, words=words, stopped=stopped, clock=clock)


def posed_beside(asked: Asked, baseline: Proposal, changes: Changes) -> tuple[Baseline, Asked]:
    """The baseline of a scenario, and what changes make of the question; raises InputError with every fault of them."""
    check_networks(baseline, changes)
    beside = Baseline(baseline, merged(changes))
    return beside, changed(asked, changes, names=beside.sizes)


def compared(
    posed: Asked,
    beside: Baseline,
    changes: Changes,
    result: Result,
    *,
    words: Sequence[str] = (),
    stopped: Callable[[], bool] = lambda: False,
    clock: Clock = time.monotonic,
) -> Compared:
    """A scenario that was solved, beside its baseline, with an answer as good that moves fewer where one is found."""
    line = command_line("what-if", words, changes, result.limits)
    fewer = _fewer_moves(posed.question, beside, result.composed, result.limits, stopped, clock)
    scenario = Scenario(changes.line(), changes)
    return Compared(scenario, posed, result, Baseline(beside.proposal), line, True, fewer)


def _fewer_moves(
    question: Question,
    baseline: Baseline,
    composed: Composed,
    limits: Limits,
    stopped: Callable[[], bool],
    clock: Clock,
) -> Composition | None:
    """An answer as good as this one that moves fewer people, if repairing the baseline comes upon one."""
    if composed.composition is None or composed.score is None or stopped():
        return None
    seconds = None if limits.seconds is None else max(0.2, LESS_SHARE * limits.seconds)
    watch = Watch(replace(limits, seconds=seconds, effort=1), clock, stopped)
    found = repair(question.problem, baseline.start(question), baseline.before(question), watch)
    weighed = question.problem.waiting_is_weighed

    def cost(priced: Score) -> tuple[int, int]:
        return 0 if weighed else priced.waiting, priced.objective

    here = len(moves(baseline, question, composed.composition))
    for choice in found.choices:
        fewer = len(moves(baseline, question, choice.composition)) < here
        if fewer and cost(choice.score) <= cost(composed.score):
            return choice.composition
    return None


def what_if_each(
    asked: Asked,
    baseline: Proposal,
    scenarios: Sequence[Scenario],
    limits: Limits,
    *,
    words: Sequence[str] = (),
    rotations: bool = False,
    listen: Callable[[int, int], None] = lambda done, of: None,
    stopped: Callable[[], bool] = lambda: False,
    clock: Clock = time.monotonic,
) -> WhatIf:
    """A row of scenarios within one limit, each going on from the baseline.

    A limit of time is shared out; an effort is that of each scenario. No scenario knows of another, so that each can be
    made again by itself.
    With `rotations` the meetings are planned too, which is needed to write a proposal.
    """
    start = clock()
    posed = []
    for scenario in scenarios:
        posed.append((scenario, *posed_beside(asked, baseline, scenario.changes)))
    row: list[Compared] = []
    for done, (scenario, beside, question) in enumerate(posed):
        if stopped():
            break
        share = limits
        if limits.seconds is not None:
            share = replace(limits, seconds=max(0.02, (limits.seconds - (clock() - start)) / (len(posed) - done)))
        result = _one(question.question, beside, share, rotations=rotations, stopped=stopped, clock=clock)
        line = command_line("what-if", [*words, "--quick"], scenario.changes, share)
        row.append(Compared(scenario, question, result, Baseline(baseline), line, rotated=rotations))
        listen(done + 1, len(posed))
    return WhatIf(Baseline(baseline), tuple(row), clock() - start)


def _one(
    question: Question,
    baseline: Baseline,
    limits: Limits,
    *,
    rotations: bool,
    stopped: Callable[[], bool],
    clock: Clock,
) -> Result:
    """One of many scenarios: going on from the baseline; afresh only where that leads nowhere."""
    problem, names = question.problem, baseline.before(question)
    watch = Watch(limits, clock, stopped)
    part_ = 0.6 if rotations and problem.meetings.count else 1.0
    first = replace(limits, seconds=None if limits.seconds is None else part_ * limits.seconds)
    composed = go_on(problem, [baseline.start(question)], Watch(first, clock, stopped), names=names)
    if composed.status is Status.UNKNOWN and not stopped():
        seconds = None if limits.seconds is None else max(0.2, AFRESH_SHARE * limits.seconds)
        afresh = compose(problem, Watch(replace(limits, seconds=seconds), clock, stopped), lambda progress: None)
        composed = better(problem, composed, afresh, names)
    planned: tuple[Rotation, ...] = ()
    if rotations and composed.composition is not None:
        planned = plan_rotations(problem, composed, watch, clock, {})
    impossible = {each.network: each.result.reasons for each in planned if not each.result.meetings}
    return Result(composed, planned, impossible, limits, watch.elapsed(), watch.cancelled)
