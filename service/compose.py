"""The main job: a question in, a proposal out."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from service.proposal import proposal_of
from service.proposal_file import Proposal
from service.question import Question
from service.reading import Asked
from solver.compose import Status
from solver.limits import Limits, Listener
from solver.problem import Problem
from solver.solve import Result, solve

USUAL_SECONDS = 20.0
"""The time limit where nothing else is said."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a question: a proposal, or why there is none."""

    question: Question
    result: Result
    proposal: Proposal | None

    @property
    def status(self) -> Status:
        """What is known."""
        return self.result.status


def answer(
    asked: Asked,
    limits: Limits,
    *,
    listen: Listener = lambda progress: None,
    stopped: Callable[[], bool] = lambda: False,
    clock: Callable[[], float] = time.monotonic,
    start: Sequence[int] | None = None,
) -> Answer:
    """Solves a question. The proposal is None where none was found; the result says what is known."""
    problem: Problem = asked.question.problem
    result = solve(problem, limits, clock, listen=listen, stopped=stopped, start=start)
    found = result.composed.composition is not None and not result.impossible
    proposal = proposal_of(asked.question, result, sha256=asked.sha256) if found else None
    return Answer(asked.question, result, proposal)
