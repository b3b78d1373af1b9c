"""Ways out of a contradiction: what gives way, by how little, and what the best answer then costs elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from solver.compose import MODEL_LIMIT
from solver.conflicts import Exit, Limit, Part, attempt, softened, with_any_count, without_facilitators
from solver.limits import Watch
from solver.lowering import Place, Term
from solver.onward import LEAST_ROUND, ROUND, begin, ground, search
from solver.price import Score, Scored, breaches, score
from solver.problem import WAITING, Composition, Pool, Problem
from solver.rules.base import MUST, Ground, Rule, Violation, Words

DEAR = 1_000
"""What a rule that gives way costs for each step: more than it could ever save elsewhere, so that it gives little."""

RUNS = 2
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
    loosened: tuple[tuple[str, str, int, int], ...] = ()
    """Rules that hold everywhere with another number: (rule, key, number before, number now)."""

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


MOST_PLACES = 3
"""Places at which rules give way one by one; where they would at more, their numbers give way everywhere."""


def way_out(
    problem: Problem, exit_: Exit, watch: Watch, *, stopped: Callable[[], bool] = lambda: False
) -> WayOut | None:
    """The best answer found when these parts give way, verified by the plain definitions; None where none was."""
    changed = _given_way(problem, exit_.parts, stopped)
    if changed is None:
        return None
    found = _answered(problem, changed, exit_, watch)
    if found is None or sum(len(scored.violations) for scored in found.given) <= MOST_PLACES:
        return found
    loose, numbers = _loosened(changed, exit_.parts, stopped)
    again = _answered(problem, loose, exit_, watch) if numbers else None
    return found if again is None else replace(again, loosened=numbers)


def _loosened(
    problem: Problem, parts: Sequence[Part], stopped: Callable[[], bool]
) -> tuple[Problem, tuple[tuple[str, str, int, int], ...]]:
    """The problem in which rules with a number hold again, with the nearest number with which everything else does."""
    numbers = []
    loose = {part for part in parts if isinstance(part, str)}
    for index, rule in enumerate(problem.rules):
        for each, key, step in LOOSENABLE.get(rule.rule, ()) if rule.name in loose else ():
            asked = getattr(rule, each)
            found = _nearest(problem, index, each, step, stopped) if isinstance(asked, int) else None
            if found is not None and found != asked:
                problem = _with_number(problem, index, each, found)
                numbers.append((rule.name, key, asked, found))
                break
    return problem, tuple(numbers)


def _with_number(problem: Problem, index: int, each: str, number: int) -> Problem:
    """The problem in which one rule has to hold with another number."""
    changes: dict[str, Any] = {"strength": MUST, each: number}
    rules = problem.rules
    return replace(problem, rules=(*rules[:index], replace(rules[index], **changes), *rules[index + 1 :]))


def _nearest(problem: Problem, index: int, each: str, step: int, stopped: Callable[[], bool]) -> int | None:
    """The nearest number with which a rule holds beside everything else; None where there is none."""
    asked: int = getattr(problem.rules[index], each)
    # The near end is known not to hold; the far end asks nothing, and is never a number that a programme may have.
    near, far = asked, 0 if step < 0 else problem.pool.size + 1
    found: int | None = None
    while abs(far - near) > 1 and not stopped():
        middle = (near + far) // 2
        if _holds(_with_number(problem, index, each, middle)):
            found = far = middle
        else:
            near = middle
    return found


LOOSENABLE: Mapping[str, tuple[tuple[str, str, int], ...]] = {
    "limit": (("minimum", "min", -1), ("maximum", "max", 1)),
    "distinct": (("at_most", "at_most", 1),),
    "spread": (("min_values", "min_values", -1),),
}
"""Rules with a number of people or values: the field, its key in a programme, and the direction in which it gives."""


def _answered(problem: Problem, changed: Problem, exit_: Exit, watch: Watch) -> WayOut | None:
    """The best answer found to what is asked after a way out; None where none keeps what must hold."""
    start: list[int | None] = [place if place < len(changed.networks) else None for place in exit_.composition.places]
    answers = [exit_.composition] if len(exit_.composition.slots) == len(changed.networks) else []
    ready = ground(changed, start)
    if ready is not None:
        steps = max(LEAST_ROUND, ROUND * len(ready.lowered.units) // 8)
        began = begin(ready, start)
        answers.append(search(ready, [began], watch, runs=RUNS * watch.limits.workers, steps=steps).composition)
    good = [scored for answer in answers if (scored := _scored(changed, answer)) is not None]
    if not good:
        trial = attempt(changed)
        scored = None if trial.example is None else _scored(changed, trial.example)
        if scored is None:
            return None
        good = [scored]
    best, priced = min(
        good, key=lambda found: (0 if changed.waiting_is_weighed else found[1].waiting, found[1].objective)
    )
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


def _scored(problem: Problem, answer: Composition) -> tuple[Composition, Score] | None:
    """An answer with its plain price, if it keeps everything that must be kept."""
    if next(breaches(problem, answer), None) is not None:
        return None
    priced = score(problem, answer)
    return None if priced.broken else (answer, priced)


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
    people = max(1, problem.pool.size)
    most = min(people, max(2 * len(problem.networks) + 2, MODEL_LIMIT // people))
    loose = with_any_count(problem, most)
    counts = range(max(1, loose.fixed_count), len(loose.networks) + 1)
    asked = range(problem.min_count, len(problem.networks) + 1)
    for count in sorted(set(counts) - set(asked), key=lambda c: (min(abs(c - asked[0]), abs(c - asked[-1])), c)):
        if stopped():
            return None
        tried = replace(loose, networks=loose.networks[:count], min_count=count)
        if _holds(tried):
            return tried
    return None
