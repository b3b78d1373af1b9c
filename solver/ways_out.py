"""Ways out of a contradiction: what gives way, by how little, and what the best answer then costs elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from solver.conflicts import Exit, Limit, Part, attempt, softened, with_any_count, without_facilitators
from solver.limits import Watch
from solver.lowering import Place, Term
from solver.onward import LEAST_ROUND, ROUND, begin, ground, rank, search
from solver.price import Score, Scored, breaches, score
from solver.problem import WAITING, Composition, Pool, Problem
from solver.rules.base import Ground, Rule, Violation, Words

DEAR = 1_000
"""What a rule that gives way costs for each step: more than it could ever save elsewhere, so that it gives little."""

RUNS = 4
"""Runs of the search for what a way out costs elsewhere."""


@dataclass(frozen=True, slots=True)
class WayOut:
    """A way out, with an answer that shows it."""

    parts: tuple[Part, ...]
    problem: Problem
    """What is asked after it."""
    composition: Composition
    given: tuple[Scored, ...]
    """The rules that gave way, and where."""
    rest: Score
    """What the rules with a weight cost."""
    admitted: tuple[tuple[int, int], ...] = ()
    """Who sits in a network that would not accept them: (person, network)."""

    @property
    def steps(self) -> int:
        """By how much the rules give way."""
        return sum(scored.penalty for scored in self.given) + len(self.admitted)


@dataclass(frozen=True, kw_only=True)
class Accepted(Rule):
    """Members whom their network would not accept; stands in for `accepts` where that gives way."""

    rule: ClassVar[str] = "accepted"
    definition: ClassVar[Words] = Words(nl="", fr="", en="", de="")
    violation: ClassVar[Words] = Words(nl="", fr="", en="", de="")

    accepted: Mapping[int, frozenset[int]]

    def violations(self, problem: Problem, composition: Composition) -> list[Violation]:
        return [
            Violation(place, 1, {"person": person})
            for person, place in enumerate(composition.places)
            if place in self.accepted and person not in self.accepted[place]
        ]

    def lower(self, pool: Pool, ground: Ground) -> Sequence[Term]:
        columns = {
            k: tuple(int(person not in people) for person in range(pool.size)) for k, people in self.accepted.items()
        }
        return [Place(costs=columns)]


def way_out(
    problem: Problem, exit_: Exit, watch: Watch, *, stopped: Callable[[], bool] = lambda: False
) -> WayOut | None:
    """The best answer found when these parts give way, verified by the plain definitions; None where none was."""
    changed = _given_way(problem, exit_.parts, stopped)
    if changed is None:
        return None
    start: list[int | None] = [place if place < len(changed.networks) else None for place in exit_.composition.places]
    answers = [exit_.composition] if len(exit_.composition.slots) == len(changed.networks) else []
    ready = ground(changed, start)
    if ready is not None:
        steps = max(LEAST_ROUND, ROUND * len(ready.lowered.units) // 4)
        began = begin(ready, start)
        answers.append(search(ready, [began], watch, runs=RUNS * watch.limits.workers, steps=steps).composition)
    good = [answer for answer in answers if not rank(changed, answer).hard and not list(breaches(changed, answer))]
    if not good:
        trial = attempt(changed)
        if not trial.possible or trial.example is None:
            return None
        good = [trial.example]
    best = min(good, key=lambda answer: (rank(changed, answer), answer.places))
    priced = score(changed, best)
    loose = {part for part in exit_.parts if isinstance(part, str)}
    admitted = tuple(
        (person, place)
        for person, place in enumerate(best.places)
        if place != WAITING and place < len(problem.networks) and not problem.networks[place].accepts(person)
    )
    own = {rule.name for rule in problem.rules if not rule.is_must}
    return WayOut(
        exit_.parts,
        changed,
        best,
        tuple(scored for scored in priced.rules if scored.rule.name in loose and scored.violations),
        Score(tuple(scored for scored in priced.rules if scored.rule.name in own), priced.waiting),
        admitted,
    )


def _given_way(problem: Problem, parts: Sequence[Part], stopped: Callable[[], bool]) -> Problem | None:
    """The problem in which these parts give way, the limits among them by as little as they need to."""
    changed = softened(problem, parts, DEAR)
    if Limit.WAITLIST in parts:
        changed = replace(changed, must_place=frozenset())
    if Limit.FACILITATORS in parts:
        changed = without_facilitators(changed)
    if Limit.ACCEPTS in parts:
        accepted = {k: n.accepted for k, n in enumerate(changed.networks) if n.accepted is not None}
        rule = Accepted(name="accepts", strength=DEAR, accepted=accepted)
        networks = tuple(replace(network, accepted=None) for network in changed.networks)
        changed = replace(changed, networks=networks, rules=(*changed.rules, rule))
    for limit, give in ((Limit.MIN_SIZE, _smaller), (Limit.MAX_SIZE, _larger), (Limit.COUNT, _counted)):
        if limit in parts:
            given = give(changed, stopped)
            if given is None:
                return None
            changed = given
    return changed


def _holds(problem: Problem) -> bool:
    return attempt(problem).possible is True


def _smaller(problem: Problem, stopped: Callable[[], bool]) -> Problem | None:
    """Least sizes lowered to the highest number with which everything else holds."""

    def at(size: int) -> Problem:
        return replace(problem, networks=tuple(replace(n, min_size=min(n.min_size, size)) for n in problem.networks))

    low, high = 0, max(network.min_size for network in problem.networks)
    while high - low > 1 and not stopped():
        middle = (low + high) // 2
        low, high = (middle, high) if _holds(at(middle)) else (low, middle)
    return at(low) if low else None


def _larger(problem: Problem, stopped: Callable[[], bool]) -> Problem | None:
    """Largest sizes raised to the lowest number with which everything else holds."""

    def at(size: int) -> Problem:
        return replace(problem, networks=tuple(replace(n, max_size=max(n.max_size, size)) for n in problem.networks))

    low, high = min(network.max_size for network in problem.networks), problem.pool.size
    if not _holds(at(high)):
        return None
    while high - low > 1 and not stopped():
        middle = (low + high) // 2
        low, high = (low, middle) if _holds(at(middle)) else (middle, high)
    return at(high)


def _counted(problem: Problem, stopped: Callable[[], bool]) -> Problem | None:
    """Another number of networks, the nearest with which everything else holds."""
    loose = with_any_count(problem)
    counts = range(max(1, loose.fixed_count), len(loose.networks) + 1)
    asked = range(problem.min_count, len(problem.networks) + 1)
    for count in sorted(set(counts) - set(asked), key=lambda c: (min(abs(c - asked[0]), abs(c - asked[-1])), c)):
        if stopped():
            return None
        tried = replace(loose, networks=loose.networks[:count], min_count=count)
        if _holds(tried):
            return tried
    return None
