"""What is quickly known about an answer that was decided rather than searched for."""

from __future__ import annotations

from solver import bound as bounds
from solver.compose import MODEL_LIMIT, Composed, Status
from solver.limits import Watch
from solver.lower import lower
from solver.price import Score
from solver.problem import Composition, Problem


def quickly_known(problem: Problem, composition: Composition, priced: Score, watch: Watch) -> Composed:
    """What is known about an answer, among all that the programme allows."""
    lowered = lower(problem)
    least = bounds.least_waiting(lowered)
    limit, by_rule = 0, (0,) * len(problem.rules)
    proof: tuple[str, ...] = ()
    # A larger relaxation takes seconds, and the answer is waited for; 0 is always a bound.
    small = problem.pool.size * len(problem.networks) <= MODEL_LIMIT
    relaxation = bounds.relax(lowered, most_waiting=priced.waiting, score=priced) if small else None
    if relaxation is not None and not watch.over(0.8):
        limit = max(0, relaxation.bound(watch))
        by_rule = bounds.limits_by_rule(relaxation, priced, watch, until=0.8)
        proof = ("linear relaxation",) if limit else ()
    proven = limit >= priced.objective and (problem.waiting_is_weighed or priced.waiting <= least)
    status = Status.OPTIMAL if proven else Status.FEASIBLE
    return Composed(status, composition, priced, limit, least, by_rule, proof)
