"""Goes on from an earlier answer: a warm search that stays near it, and the bound that the linear relaxation proves.

`compose` starts anew and may use all the time there is; this is for many questions that differ a little from one that
was answered. What it does depends on the work alone where the limits are an effort.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from dataclasses import dataclass, replace

import numpy as np

from solver import board as boards
from solver import bound as bounds
from solver.chain import HEATS, Arena, Chain, Found, Heat, Rank, Work
from solver.compose import STEPS_PER_EFFORT, Composed, Status, compose, possible_counts
from solver.errors import SolverBugError
from solver.ledger import seat
from solver.limits import Clock, Limits, Listener, Watch
from solver.linear import matched
from solver.lower import Lowered, alike, lower
from solver.lowering import Place
from solver.price import breaches, score
from solver.problem import WAITING, Composition, Problem
from solver.rules.base import Rule
from solver.settle import best_slot, settle
from solver.solve import Result, composition_seconds, with_rotations

ROUND = 250
"""Proposals for each unit in one run: a tenth of what a run from scratch should have."""

LEAST_ROUND = 6_000
"""Proposals of one run, at least."""

TURNS = (HEATS[3], HEATS[0], HEATS[1], HEATS[2])
"""The heats in which runs take turns: beside a cool one that leaves an answer carefully, one that crosses walls."""

DEPTH = 0.5
"""How far up the cooling a run starts, so that it goes on from an answer instead of forgetting it."""

WARM_SHARE = 0.25
"""Of the limits, where both going on and starting afresh are tried: for going on."""

BOUND_SHARE = 0.7
"""Of the time limit: for searching, before the bound."""


@dataclass(frozen=True, slots=True)
class Ground:
    """One question, made ready to be searched from any answer."""

    lowered: Lowered
    arena: Arena

    @property
    def problem(self) -> Problem:
        """What is asked."""
        return self.lowered.problem


def ground(problem: Problem, start: Sequence[int | None], *, lowered: Lowered | None = None) -> Ground | None:
    """The networks to form: as many as `start` has, or the nearest number there can be; None where there is none."""
    lowered = lowered or lower(problem)
    counts = possible_counts(lowered)
    if not counts:
        return None
    had = len({place for place in start if place is not None and place != WAITING})
    count = min(counts, key=lambda count: (abs(count - had), count))
    return Ground(lowered, Arena(lowered, count))


def begin(
    ground: Ground,
    start: Sequence[int | None],
    setting: Composition | None = None,
    *,
    problem: Problem | None = None,
) -> Composition:
    """A complete answer as near to `start` as the question allows; `setting` has slots and facilitators to keep.

    `problem`: what to price by while seating, where that is not the question itself.
    """
    lowered, problem = ground.lowered, problem or ground.problem
    networks = problem.networks
    given = setting or Composition((), tuple(x.slot for x in networks), tuple(x.facilitator for x in networks))
    front = _to_the_front(ground, start)
    places = seat(problem, front, given, ground.arena.networks, lowered.units.members)
    return settle(lowered, places)


def repriced(ground: Ground, rule: int, weight: int) -> Ground:
    """The same question with another weight for a rule that prices places, such as `stay`; the rest is shared."""
    lowered = ground.lowered
    terms = tuple(replace(x, weight=weight) if x.rule == rule else x for x in lowered.terms)
    lowered = replace(lowered, terms=terms)
    strength = ground.arena.board.place.strength
    weights = strength.weight.copy()
    for index, priced in enumerate(lowered.of(Place)):
        weights[index] = priced.weight
    arena = copy(ground.arena)
    arena.lowered = lowered
    board = arena.board
    arena.board = board._replace(place=board.place._replace(strength=strength._replace(weight=weights)))
    return Ground(lowered, arena)


def _to_the_front(ground: Ground, start: Sequence[int | None]) -> list[int | None]:
    """Of networks that nothing tells apart the first ones are formed: who was in a later one goes to an earlier."""
    formed = set(ground.arena.networks)
    used = {place for place in start if place is not None}
    renamed: dict[int, int] = {}
    for networks in alike(ground.lowered):
        free = [k for k in networks if k in formed and k not in used]
        for k in networks:
            if k in used and k not in formed and free:
                renamed[k] = free.pop(0)
    return [place if place is None else renamed.get(place, place) for place in start]


def rank(problem: Problem, composition: Composition) -> Rank:
    """How good an answer is, by the plain definitions."""
    priced = score(problem, composition)
    short = sum(breach.code == "size" for breach in breaches(problem, composition))
    waiting = 0 if problem.waiting_is_weighed else priced.waiting
    return Rank(sum(x.penalty for x in priced.broken) + short, waiting, priced.objective)


def search(
    ground: Ground,
    starts: Sequence[Composition],
    watch: Watch,
    *,
    runs: int,
    steps: int,
    share: float = 1.0,
    movable: Sequence[int] | None = None,
    heats: Sequence[Heat] = TURNS,
) -> Found:
    """The best answer of so many runs, each from the best so far; `movable`: the only people who may move."""
    arena = ground.arena
    if movable is not None:
        units = sorted({ground.lowered.units.of[person] for person in movable} & set(arena.movable.tolist()))
        arena = _with_movable(arena, units)
    best = min((_priced(arena, start) for start in starts), key=lambda found: found.rank)
    if not arena.movable.size:
        return best
    workers = max(1, min(watch.limits.workers, runs))

    def job(number: int, start: Found) -> Found:
        seed = watch.limits.seed + 7919 * number
        where = boards.from_places(start.composition.places, arena.lowered, arena.networks)
        chain = Chain(arena, where, seed, start.composition)
        dearer = Chain(arena, where, seed + 1, start.composition).probe()
        chain.run(Work(steps, None), dearer, heats[number % len(heats)], watch, depth=DEPTH)
        return _found(chain, start.composition)

    with ThreadPoolExecutor(workers) as pool:
        for first in range(0, runs, workers):
            if watch.over(share):
                break
            numbers = range(first, min(first + workers, runs))
            for found in pool.map(job, numbers, [best] * len(numbers)):
                if found.rank < best.rank:
                    best = found
    return best


def _with_movable(arena: Arena, units: Sequence[int]) -> Arena:
    other = copy(arena)
    other.let_move(units)
    return other


def _found(chain: Chain, start: Composition) -> Found:
    """What a run came to; whoever leads goes on leading, since to appoint anew takes longer than to search."""
    arena = chain.arena
    if not arena.lowered.problem.facilitators:
        return chain.found()
    places = boards.to_places(chain.best_where, arena.lowered, arena.networks)
    slots = list(start.slots)
    groups = Composition(places, (), ()).groups()
    for k in arena.networks:
        if start.facilitators[k] is None:
            slots[k] = best_slot(arena.lowered, k, groups.get(k, ()))
    return Found(chain.rank(), Composition(places, tuple(slots), start.facilitators))


def _priced(arena: Arena, composition: Composition) -> Found:
    """An answer as the search prices it, to be compared with what the search finds."""
    where = boards.from_places(composition.places, arena.lowered, arena.networks)
    return Found(Chain(arena, where, 1, composition).start, composition)


def go_on(
    problem: Problem,
    starts: Sequence[Sequence[int | None]],
    watch: Watch,
    *,
    names: Mapping[int, str] | None = None,
    most_runs: int = 1 << 20,
) -> Composed:
    """The best answer within the limits that going on from these finds, with its bound.

    UNKNOWN where nothing was found that keeps the `must` rules: whether there is anything is for `compose` to say.
    `names`: the network in which each person was, by name; networks that are alike are named so that most stay.
    `most_runs`: for a quick look, whatever the limits allow.
    """
    ready = ground(problem, starts[0])
    if ready is None:
        return Composed(Status.INFEASIBLE, None, None, 0, 0, proof=("sizes",))
    begun = [begin(ready, start) for start in starts]
    steps = max(LEAST_ROUND, ROUND * len(ready.lowered.units))
    limits = watch.limits
    if limits.effort is not None:
        runs = max(2, int(STEPS_PER_EFFORT * limits.effort * limits.workers) // steps)
    else:
        runs = 1 << 20
    found = search(ready, begun, watch, runs=min(runs, most_runs), steps=steps, share=BOUND_SHARE)
    if problem.facilitators:
        again = _priced(ready.arena, settle(ready.lowered, found.composition.places))
        found = min(found, again, key=lambda answer: answer.rank)
    return composed(ready, found, watch, names=names)


def composed(ready: Ground, found: Found, watch: Watch, *, names: Mapping[int, str] | None = None) -> Composed:
    """What is known about an answer, counted again."""
    problem = ready.problem
    composition = renamed(ready.lowered, found.composition, names or {})
    least = bounds.least_waiting(ready.lowered)
    if found.rank.hard:
        return Composed(Status.UNKNOWN, None, None, 0, least)
    priced = score(problem, composition)
    wrong = list(breaches(problem, composition))
    again = rank(problem, composition)
    if wrong or again != found.rank:
        raise SolverBugError(f"search says {found.rank}, recount says {again}; breaches: {wrong}")
    proved = bounds.at_once(ready.lowered, most_waiting=again.waiting, score=priced, watch=watch, until=0.9)
    proof = (bounds.LINEAR,) if proved.objective else ()
    proven = again.waiting <= least and priced.objective <= proved.objective
    return Composed(
        Status.OPTIMAL if proven else Status.FEASIBLE,
        composition,
        priced,
        proved.objective,
        least,
        proved.by_rule,
        proof,
    )


def renamed(lowered: Lowered, composition: Composition, names: Mapping[int, str]) -> Composition:
    """The same answer with networks that nothing tells apart, not even a pin, named so that most people keep theirs."""
    networks = lowered.problem.networks
    pinned = set(lowered.problem.pins.values())
    places = list(composition.places)
    slots, leaders = list(composition.slots), list(composition.facilitators)
    for same in alike(lowered):
        formed = [k for k in same if k in set(places) and k not in pinned]
        if len(formed) < 2 or not names:
            continue
        number = {networks[k].name.casefold(): column for column, k in enumerate(formed)}
        kept = np.zeros((len(formed), len(formed)), dtype=np.int64)
        for person, name in names.items():
            if composition.places[person] in formed and name.casefold() in number:
                kept[formed.index(composition.places[person]), number[name.casefold()]] += 1
        moved = {formed[row]: formed[column] for row, column in enumerate(assignment(kept))}
        places = [moved.get(place, place) for place in places]
        for old, new in moved.items():
            slots[new], leaders[new] = composition.slots[old], composition.facilitators[old]
    return Composition(tuple(places), tuple(slots), tuple(leaders))


def assignment(kept: np.ndarray[tuple[int, int], np.dtype[np.int64]]) -> list[int]:
    """The column of each row so that the sum is largest; of equals the one that leaves most in their place."""
    return matched(kept * (len(kept) + 1) + np.eye(len(kept), dtype=np.int64))


def solve_again(
    problem: Problem,
    starts: Sequence[Sequence[int | None]],
    limits: Limits,
    clock: Clock,
    *,
    names: Mapping[int, str],
    listen: Listener = lambda progress: None,
    stopped: Callable[[], bool] = lambda: False,
) -> Result:
    """Solves a question that resembles one that was answered: goes on from there, then afresh, and keeps the better.

    Of answers that are equally good the one that goes on is kept, since it moves fewer people.
    """
    whole = Watch(limits, clock, stopped)
    seconds = None if limits.seconds is None else composition_seconds(problem, limits)
    part = None if seconds is None else WARM_SHARE * seconds
    effort = None if limits.effort is None else max(1, int(WARM_SHARE * limits.effort))
    warm = go_on(problem, starts, Watch(replace(limits, seconds=part, effort=effort), clock, stopped), names=names)
    left = None if seconds is None else max(0.0, seconds - whole.elapsed())
    afresh = compose(problem, Watch(replace(limits, seconds=left), clock, stopped), listen)
    best = better(problem, warm, afresh, names)
    return with_rotations(problem, best, whole, clock, listen=listen)


def better(problem: Problem, warm: Composed, afresh: Composed, names: Mapping[int, str]) -> Composed:
    """The better of two answers to one question, with all that both have proven."""
    if warm.composition is None or warm.score is None:
        if afresh.composition is None:
            return afresh
        return replace(afresh, composition=renamed(lower(problem), afresh.composition, names))
    weighed = problem.waiting_is_weighed
    mine = Rank(0, 0 if weighed else warm.score.waiting, warm.score.objective)
    if afresh.composition is not None and afresh.score is not None:
        other = Rank(0, 0 if weighed else afresh.score.waiting, afresh.score.objective)
        if other < mine:
            composition = renamed(lower(problem), afresh.composition, names)
            return replace(afresh, composition=composition, score=score(problem, composition))
    # A limit of what costs less among answers with more people waiting is one among those with fewer.
    least = max(warm.least_waiting, afresh.least_waiting)
    limit = max(warm.bound, afresh.bound)
    proven = mine.waiting <= least and mine.soft <= limit
    by_rule = tuple(map(max, warm.rule_bounds, afresh.rule_bounds)) if afresh.rule_bounds else warm.rule_bounds
    return replace(
        warm,
        status=Status.OPTIMAL if proven else Status.FEASIBLE,
        bound=limit,
        least_waiting=least,
        rule_bounds=by_rule,
        proof=tuple(dict.fromkeys((*warm.proof, *afresh.proof))),
    )


def with_rule(problem: Problem, rule: Rule) -> Problem:
    """The problem with one rule more, after its own."""
    return replace(problem, rules=(*problem.rules, rule))
