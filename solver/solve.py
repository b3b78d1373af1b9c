"""The one door: solve(problem, limits) -> Result."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from solver.compose import Composed, Status, compose
from solver.errors import SolverBugError
from solver.limits import Clock, Limits, Listener, Progress, Watch
from solver.problem import Problem
from solver.rotating import networks_to_rotate, question
from solver.rotation import price as rotation_price
from solver.rotation.problem import Meeting, PlainQuestion, RotationProblem
from solver.rotation.solve import RotationResult, RotationStatus, rotate
from solver.rules.base import TrioRule
from solver.rules.meet_new import MeetNew

ROTATION_SECONDS = 0.2
"""What the rotation of one network wants on one core, compilation aside."""

LEAST_ROTATION_SHARE, MOST_ROTATION_SHARE = 0.25, 0.6
"""Of the time limit; what composition leaves, rotations may use as well."""

ENOUGH_OF_PLAIN = 20
"""How many times what they want rotations have at most where no rule speaks of trios: the rest is for composition."""

ROTATION_EFFORT = 0.12
"""Of one effort, for each network."""

LEAST_SECONDS = 0.01
"""What the plan of one network has, however little time is left."""


@dataclass(frozen=True, slots=True)
class Rotation:
    """The meetings of one network: people are the problem's own numbers."""

    network: int
    members: tuple[int, ...]
    question: RotationProblem
    result: RotationResult

    @property
    def meetings(self) -> tuple[Meeting, ...]:
        """Groups and case givers, by the problem's numbers."""
        return tuple(
            Meeting(
                tuple(tuple(self.members[i] for i in group) for group in meeting.groups),
                tuple(None if giver is None else self.members[giver] for giver in meeting.case_givers),
            )
            for meeting in self.result.meetings
        )


@dataclass(frozen=True, slots=True)
class Result:
    """Networks and rotations, with what is proven about each."""

    composed: Composed
    rotations: tuple[Rotation, ...]
    impossible: Mapping[int, tuple[str, ...]]
    """Networks whose rotation cannot keep its `must` rules, and why; or has not been found to."""
    limits: Limits
    seconds: float
    stopped: bool
    """Whether somebody asked to stop before the end."""

    @property
    def status(self) -> Status:
        """Optimal only where every part is."""
        if self.composed.composition is None:
            return self.composed.status
        if self.impossible:
            proven = any(
                rotation.result.status is RotationStatus.INFEASIBLE
                for rotation in self.rotations
                if rotation.network in self.impossible
            )
            return Status.INFEASIBLE if proven else Status.UNKNOWN
        parts = [self.composed.status is Status.OPTIMAL]
        parts += [rotation.result.status is RotationStatus.OPTIMAL for rotation in self.rotations]
        return Status.OPTIMAL if all(parts) else Status.FEASIBLE


def solve(
    problem: Problem,
    limits: Limits,
    clock: Clock,
    *,
    listen: Listener = lambda progress: None,
    stopped: Callable[[], bool] = lambda: False,
    start: Sequence[int] | None = None,
    past: Mapping[int, Sequence[Meeting]] | None = None,
) -> Result:
    """Composes the networks, then plans the rotation of each.

    clock: seconds, from wherever; only differences count. stopped: asked often; once true, the best so far is kept.
    start: the network of each person in an earlier answer. past: meetings that were, by network.
    """
    whole = Watch(limits, clock, stopped)
    first = replace(limits, seconds=None if limits.seconds is None else composition_seconds(problem, limits))
    composed = compose(problem, Watch(first, clock, stopped), listen, start=start)
    return with_rotations(problem, composed, whole, clock, listen=listen, past=past)


def with_rotations(
    problem: Problem,
    composed: Composed,
    watch: Watch,
    clock: Clock,
    *,
    listen: Listener = lambda progress: None,
    past: Mapping[int, Sequence[Meeting]] | None = None,
) -> Result:
    """The result that a composition makes, with the rotations that what the watch leaves allows."""
    rotations: tuple[Rotation, ...] = ()
    if composed.composition is not None:
        listen(Progress("rotations", composed.objective, composed.bound, len(composed.composition.waiting)))
        rotations = plan_rotations(problem, composed, watch, clock, past or {})
    impossible = {rotation.network: rotation.result.reasons for rotation in rotations if not rotation.result.meetings}
    return Result(composed, rotations, impossible, watch.limits, watch.elapsed(), watch.cancelled)


def composition_seconds(problem: Problem, limits: Limits) -> float:
    """The part of the time limit that composition may use."""
    assert limits.seconds is not None  # noqa: S101  (only asked where there is one)
    if not problem.meetings.count:
        return limits.seconds
    wanted = ROTATION_SECONDS * _questions(problem) / limits.workers
    least = LEAST_ROTATION_SHARE * limits.seconds
    if _plain(problem):
        least = min(least, ENOUGH_OF_PLAIN * wanted)
    return limits.seconds - min(MOST_ROTATION_SHARE * limits.seconds, max(least, wanted))


def _plain(problem: Problem) -> bool:
    """Whether networks of one size ask for the same rotation."""
    return all(isinstance(rule, TrioRule) and not isinstance(rule, MeetNew) for rule in problem.trio_rules)


def _questions(problem: Problem) -> int:
    """About how many different rotations the networks will ask for: without trio rules, one for each size."""
    networks = len(problem.networks)
    if not _plain(problem):
        return networks
    sizes = {size for network in problem.networks for size in (network.min_size, network.max_size)}
    return min(networks, max(sizes, default=0) - min(sizes, default=0) + 1 + len(problem.meetings.absent))


def plan_rotations(
    problem: Problem,
    composed: Composed,
    watch: Watch,
    clock: Clock,
    past: Mapping[int, Sequence[Meeting]],
) -> tuple[Rotation, ...]:
    """The rotation of every network, side by side on all workers; equal questions are planned once."""
    assert composed.composition is not None  # noqa: S101  (only called with an answer)
    networks = networks_to_rotate(problem, composed.composition)
    limits = watch.limits
    asked = {k: question(problem, k, members, past=past.get(k, ())) for k, members in networks.items()}
    # Networks that ask the same, people's names aside, share one plan: thousands of them cost as much as a handful.
    shared: dict[PlainQuestion | int, int] = {}
    for network, posed in asked.items():
        shared.setdefault(posed.plain or network, network)
    waves = -(-len(shared) // limits.workers)

    def plan(network: int) -> RotationResult:
        remaining = watch.remaining()
        deadline = None
        if remaining is not None:
            deadline = clock() + max(LEAST_SECONDS, min(remaining, 1.5 * remaining / max(1, waves)))
        result = rotate(
            asked[network],
            seed=limits.seed,
            effort=None if limits.effort is None else ROTATION_EFFORT * limits.effort,
            deadline=deadline,
            clock=clock if deadline is not None else None,
            should_stop=lambda: watch.cancelled,
        )
        recount(Rotation(network, networks[network], asked[network], result))
        return result

    with ThreadPoolExecutor(limits.workers) as pool:
        planned = dict(zip(shared, pool.map(plan, shared.values()), strict=True))
    return tuple(
        Rotation(network, members, asked[network], planned[asked[network].plain or network])
        for network, members in networks.items()
    )


def recount(rotation: Rotation) -> None:
    """The planner is not believed either: prices its plan again, and stops everything if that differs."""
    result = rotation.result
    if not result.meetings:
        return
    faults = rotation_price.faults(rotation.question, result.meetings)
    again = rotation_price.penalties(rotation.question, result.meetings)
    if faults or again != result.penalties:
        raise SolverBugError(f"rotation of network {rotation.network}: {faults}; {result.penalties} against {again}")
