"""Bounds: what no composition can be better than, and how that is known."""

from __future__ import annotations

from dataclasses import dataclass

from solver.limits import Watch
from solver.lower import Lowered
from solver.price import Score


@dataclass(frozen=True, slots=True)
class Bound:
    """Proven lower limits of the objective and of the number of people waiting."""

    objective: int
    waiting: int


def relax(lowered: Lowered, watch: Watch, *, most_waiting: int | None) -> Bound:
    """Limits from a relaxation of the whole."""
    return Bound(0, least_waiting(lowered))


def least_waiting(lowered: Lowered) -> int:
    """People less seats: whoever has no seat waits."""
    problem = lowered.problem
    if problem.waiting_is_weighed:
        return 0
    return max(0, problem.pool.size - sum(network.max_size for network in problem.networks))


def by_rule(lowered: Lowered, score: Score, objective: int, watch: Watch) -> tuple[int, ...]:
    """A proven limit of each rule's penalty."""
    return tuple(0 for _ in score.rules)
