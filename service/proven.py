"""What is quickly known about an answer that was decided rather than searched for."""

from __future__ import annotations

from solver import bound as bounds
from solver.compose import Composed, Status
from solver.limits import Watch
from solver.lower import lower
from solver.price import Score
from solver.problem import Composition, Problem


def quickly_known(problem: Problem, composition: Composition, priced: Score, watch: Watch) -> Composed:
    """What is known about an answer, among all that the programme allows."""
    lowered = lower(problem)
    least = bounds.least_waiting(lowered)
    found = bounds.at_once(lowered, most_waiting=priced.waiting, score=priced, watch=watch, until=0.8)
    proof = (bounds.LINEAR,) if found.objective else ()
    proven = found.objective >= priced.objective and (problem.waiting_is_weighed or priced.waiting <= least)
    status = Status.OPTIMAL if proven else Status.FEASIBLE
    return Composed(status, composition, priced, found.objective, least, found.by_rule, proof)
