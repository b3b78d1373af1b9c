"""A solve as a chain of short rounds, each of which hands its best to the next as plain data.

Whoever is killed loses one round: what stands before it is written down, and the round can be played again.

What a chain has proven, all of its rounds have. A limit of what the answers cost is proven among those that let no more
people wait than some answer found in that round. The number waiting never rises from round to round, because fewest
waiting comes first; answers that let fewer wait are among those the limit speaks of, so it holds for every later round
as well, and the largest of all rounds holds. The same goes for the limits of single rules. A round is told what is
known, and its exact model may then leave out answers below it; those let more people wait than the best, so nothing
that the limit speaks of is lost. `start` and the seed change where a search begins and never what is asked.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from math import ceil
from typing import Any

from service.compose import Answer
from service.proposal import proposal_of
from service.reading import Asked
from solver.bound import Bound
from solver.compose import Composed, Status, compose, possible_counts
from solver.errors import SolverBugError
from solver.limits import Clock, Limits, Listener, Progress, Watch
from solver.lower import lower
from solver.onward import begin, ground, rank
from solver.price import breaches, score
from solver.problem import Composition, Problem
from solver.solve import composition_seconds, with_rotations

ROUND_SECONDS, SHARED_SECONDS = 20.0, 10.0
"""The longest round by the clock: where a run has the machine to itself, and where others wait for it."""

ROUND_EFFORT = 20
"""The longest round by effort. Others may wait: how a run is cut into rounds decides what it finds."""

LEAST_SECONDS = 0.5
"""Less than this is not worth a round."""

RELAXATIONS = 2
"""Rounds that solve the linear relaxation: the second has all its time for a larger one, a third would only repeat."""

NEXT_SEED = 104_729
"""From the seed of one round to that of the next."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known between two rounds: the best answer and everything that is proven.

    Who sits where, the objective and the number waiting are None where nothing is found yet. `bound` and `rule_bounds`
    limit the objective and each rule's penalty from below among the answers that let no more people wait.
    """

    status: Status = Status.UNKNOWN
    places: tuple[int, ...] | None = None
    """The network of each person, or WAITING."""
    slots: tuple[int | None, ...] | None = None
    """By network, as are the facilitators."""
    facilitators: tuple[int | None, ...] | None = None
    objective: int | None = None
    waiting: int | None = None
    bound: int = 0
    least_waiting: int = 0
    rule_bounds: tuple[int, ...] = ()
    proof: tuple[str, ...] = ()
    """How the bound was proven."""
    start: tuple[int, ...] | None = None
    """Where to begin as long as nothing is found."""
    stuck: bool = False
    """Whether the last round found nothing better: then the next begins afresh, instead of trying the same again."""
    rounds: int = 0
    relaxations: int = 0
    """Rounds that solved the linear relaxation."""
    seconds: float = 0.0
    effort: int = 0

    @property
    def composition(self) -> Composition | None:
        """The best answer; None where nothing is found yet."""
        if self.places is None or self.slots is None or self.facilitators is None:
            return None
        return Composition(self.places, self.slots, self.facilitators)

    @property
    def settled(self) -> bool:
        """Whether no further round can change anything."""
        return self.status in (Status.OPTIMAL, Status.INFEASIBLE)

    def as_json(self) -> dict[str, Any]:
        """Everything, as JSON has it."""
        return {
            key: list(value) if isinstance(value, tuple) else value
            for key, value in (asdict(self) | {"status": self.status.value}).items()
        }

    @classmethod
    def of_json(cls, stated: Mapping[str, Any]) -> Standing:
        """The standing that was written as JSON."""
        values: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in stated.items()
        }
        return cls(**values | {"status": Status(stated["status"])})


def told_of(standing: Standing) -> Progress:
    """What is known between two rounds."""
    return Progress("search", standing.objective, standing.bound, standing.waiting)


def first(asked: Asked, *, start: Sequence[int | None] | None = None) -> Standing:
    """What is known before the first round.

    start: where everybody was in an earlier answer, such as the baseline of a what-if; None: nowhere. What the question
    still allows of it is the best answer to begin with.
    """
    problem = asked.question.problem
    nothing = Standing(rule_bounds=(0,) * len(problem.rules))
    lowered = lower(problem)
    if not possible_counts(lowered):
        return replace(nothing, status=Status.INFEASIBLE, proof=("sizes",))
    if start is None:
        return nothing
    ready = ground(problem, start, lowered=lowered)
    if ready is None:
        raise SolverBugError("there are numbers of networks, and none to begin with")
    begun = begin(ready, start)
    if rank(problem, begun).hard or any(breaches(problem, begun)):
        return replace(nothing, start=begun.places)
    return with_answer(nothing, problem, begun)


def next_limits(asked: Asked, standing: Standing, limits: Limits, *, others_waiting: bool = False) -> Limits | None:
    """The limits of the next round of a run; None: there is none.

    A run shorter than a round is one round with the limits that `solve` would give its composition. A longer one is cut
    into equal rounds. With both a time limit and an effort the rounds are counted by effort, as the answer is, and the
    clock only ends them.
    """
    if standing.settled:
        return None
    seconds, effort = None, None
    if limits.seconds is not None:
        seconds = max(0.0, composition_seconds(asked.question.problem, limits) - standing.seconds)
        if standing.rounds and seconds < LEAST_SECONDS:
            return None
    if limits.effort is not None:
        effort = limits.effort - standing.effort
        if effort <= 0:
            return None
        effort = ceil(effort / ceil(effort / ROUND_EFFORT))
    elif seconds is not None:
        seconds /= max(1, ceil(seconds / (SHARED_SECONDS if others_waiting else ROUND_SECONDS)))
    return replace(limits, seconds=seconds, effort=effort, seed=limits.seed + NEXT_SEED * standing.rounds)


def compose_round(
    asked: Asked,
    standing: Standing,
    limits: Limits,
    *,
    listen: Listener = lambda progress: None,
    stopped: Callable[[], bool] = lambda: False,
    clock: Clock = time.monotonic,
) -> Standing:
    """One round more: never worse than what it was given, and nothing that was proven is forgotten.

    limits: those of this round, as `next_limits` gives them.
    """
    if standing.settled:
        return standing
    problem = asked.question.problem
    watch = Watch(limits, clock, stopped)
    relaxes = standing.relaxations < RELAXATIONS
    found = compose(
        problem,
        watch,
        _beside(standing, problem, listen),
        start=None if standing.stuck else standing.places or standing.start,
        known=Bound(standing.bound, standing.least_waiting),
        relax=relaxes,
    )
    played = replace(
        standing,
        rounds=standing.rounds + 1,
        relaxations=standing.relaxations + (relaxes and found.composition is not None),
        seconds=standing.seconds + watch.elapsed(),
        effort=standing.effort + (limits.effort or 0),
    )
    better = joined(played, problem, found)
    same = (better.objective, better.waiting) == (standing.objective, standing.waiting)
    return replace(better, stuck=same)


def finish(
    asked: Asked,
    standing: Standing,
    limits: Limits,
    *,
    listen: Listener = lambda progress: None,
    stopped: Callable[[], bool] = lambda: False,
    clock: Clock = time.monotonic,
) -> Answer:
    """Plans the rotations of what stands, in the time that the rounds left, and writes the proposal.

    limits: those of the whole run.
    """
    left = None if limits.seconds is None else max(0.0, limits.seconds - standing.seconds)
    problem = asked.question.problem
    watch = Watch(replace(limits, seconds=left), clock, stopped)
    result = with_rotations(problem, composed(standing, problem), watch, clock, listen=listen)
    result = replace(result, limits=limits, seconds=standing.seconds + result.seconds)
    found = result.composed.composition is not None and not result.impossible
    proposal = proposal_of(asked.question, result, sha256=asked.sha256) if found else None
    return Answer(asked.question, result, proposal)


def composed(standing: Standing, problem: Problem) -> Composed:
    """What stands, counted again: what was written down is not believed either."""
    composition = standing.composition
    if composition is None:
        return Composed(standing.status, None, None, standing.bound, standing.least_waiting, proof=standing.proof)
    priced = score(problem, composition)
    wrong = list(breaches(problem, composition))
    if wrong or priced.broken or (priced.objective, priced.waiting) != (standing.objective, standing.waiting):
        raise SolverBugError(
            f"{standing.objective} with {standing.waiting} waiting was written down, and the recount says "
            f"{priced.objective} with {priced.waiting}; breaches: {wrong}"
        )
    return Composed(
        standing.status,
        composition,
        priced,
        standing.bound,
        standing.least_waiting,
        standing.rule_bounds,
        standing.proof,
    )


def joined(standing: Standing, problem: Problem, found: Composed) -> Standing:
    """The better of two answers with all that is proven of either."""
    if found.status is Status.INFEASIBLE:
        if standing.places is not None:
            raise SolverBugError("a round proves that there is no answer, and there is one")
        return replace(standing, status=found.status, least_waiting=found.least_waiting, proof=found.proof)
    by_rule = found.rule_bounds or (0,) * len(problem.rules)
    proven = replace(
        standing,
        bound=max(standing.bound, found.bound),
        least_waiting=max(standing.least_waiting, found.least_waiting),
        rule_bounds=tuple(map(max, standing.rule_bounds, by_rule)),
        proof=tuple(dict.fromkeys((*standing.proof, *found.proof))),
    )
    return with_answer(proven, problem, found.composition)


def with_answer(standing: Standing, problem: Problem, composition: Composition | None) -> Standing:
    """The standing with this answer where it is the better one, and the status that the proofs make."""
    better = standing
    if composition is not None:
        priced = score(problem, composition)
        if standing.objective is None or _key(problem, priced.waiting, priced.objective) < _key(
            problem, standing.waiting or 0, standing.objective
        ):
            better = replace(
                standing,
                places=composition.places,
                slots=composition.slots,
                facilitators=composition.facilitators,
                objective=priced.objective,
                waiting=priced.waiting,
                start=None,
            )
    if better.objective is None:
        return better
    waiting, objective = _key(problem, better.waiting or 0, better.objective)
    proven = waiting <= better.least_waiting and objective <= better.bound
    return replace(better, status=Status.OPTIMAL if proven else Status.FEASIBLE)


def _key(problem: Problem, waiting: int, objective: int) -> tuple[int, int]:
    """Smaller is better: who waits comes first, unless that is weighed with the rest."""
    return 0 if problem.waiting_is_weighed else waiting, objective


def _beside(standing: Standing, problem: Problem, listen: Listener) -> Listener:
    """Tells what the whole chain knows, where a round by itself knows less."""

    def told(progress: Progress) -> None:
        bound = max(standing.bound, progress.bound or 0)
        if standing.objective is not None and (
            progress.objective is None
            or _key(problem, progress.waiting or 0, progress.objective)
            > _key(problem, standing.waiting or 0, standing.objective)
        ):
            listen(Progress(progress.stage, standing.objective, bound, standing.waiting))
        else:
            listen(replace(progress, bound=bound))

    return told
