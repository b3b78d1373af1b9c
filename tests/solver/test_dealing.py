"""Answers to begin with, from a mixture of sets: who sits together there, and where everybody else is seated."""

from __future__ import annotations

import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from solver.bound import Bound
from solver.chain import Arena, Chain, Work
from solver.columns import Columns
from solver.columns.dealing import KEPT, side_by_side
from solver.columns.master import Used
from solver.compose import MOST_FROM_MIXTURES, _Composer
from solver.limits import Limits, Watch
from solver.lower import lower
from solver.price import breaches, score
from solver.problem import WAITING, Composition, Network, Pool, Problem
from solver.team import Team
from tests.solver.test_columns import eighteen, nobody
from tests.solver.test_seating import office

THIRDS = (0, 1, 2) * 6


def columns_of(problem: Problem) -> Columns:
    """What generates columns for a problem."""
    return Columns(lower(problem), nobody(problem), 0, Watch(Limits(effort=1, seed=3), time.monotonic))


def alike(people: int) -> Problem:
    """Three networks that are alike."""
    networks = tuple(Network(f"n{k}", people // 3, people // 3) for k in range(3))
    return Problem(Pool(tuple(map(str, range(people)))), networks, 3)


def a_mixture(dice: random.Random, people: int, sets: int) -> list[Used]:
    """Random sets of three to seven people, with some of each."""
    return [
        Used(0, 0, tuple(sorted(dice.sample(range(people), dice.randrange(3, 8)))), dice.uniform(0.01, 1.0))
        for _ in range(sets)
    ]


@pytest.mark.parametrize("seed", range(10))
def test_groups_are_most_of_a_set_and_nobody_is_in_two(seed: int) -> None:
    """Eighteen people, three networks: no more groups than networks, and each is a set less whoever sits elsewhere."""
    dice = random.Random(seed)
    question = columns_of(alike(18)).question
    mixture = a_mixture(dice, 18, 12)
    groups = side_by_side(question, mixture, dice)
    everybody = [unit for _, members in groups for unit in members]
    assert 0 < len(groups) <= 3
    assert len(everybody) == len(set(everybody))
    for networks, members in groups:
        assert networks == (0, 1, 2)
        sets = [set(used.members) for used in mixture]
        assert any(set(members) <= each and len(members) >= KEPT * len(each) for each in sets)
    # Whatever was left out shares too many with what was taken, or there is no network left.
    left = [used.members for used in mixture if len(set(used.members) - set(everybody)) >= KEPT * len(used.members)]
    assert len(groups) == 3 or not left


def test_a_mixture_that_is_an_answer_is_that_answer() -> None:
    """One of each of three sets that share nobody: whatever is drawn, all of them are taken."""
    question = columns_of(alike(18)).question
    answer = [tuple(range(first, 18, 3)) for first in range(3)]
    for seed in range(10):
        groups = side_by_side(question, [Used(0, 0, members, 1.0) for members in answer], random.Random(seed))
        assert sorted(members for _, members in groups) == answer


def test_a_set_is_drawn_as_often_as_there_is_of_it() -> None:
    """Nine tenths of one set and one of another with the same people: the first comes first nine times of ten."""
    question = columns_of(alike(18)).question
    mixture = [Used(0, 0, (0, 1, 2, 3), 0.9), Used(0, 0, (2, 3, 4, 5), 0.1)]
    dice = random.Random(5)
    drawn = Counter(side_by_side(question, mixture, dice)[0][1] for _ in range(2_000))
    assert drawn[0, 1, 2, 3] == pytest.approx(1_800, abs=60)  # more than four deviations


def test_who_has_begun_stays_and_the_others_are_seated() -> None:
    """Two of three networks have most of their members: those sit there, and whoever has none fills what is left."""
    arena = Arena(lower(alike(12)), 3)
    begun = [0, 0, 0, WAITING, 2, 2, 2, 2, *([WAITING] * 4)]
    for seed in range(10):
        where = arena.seating(random.Random(seed), begun=begun)
        assert [where[person] for person in (0, 1, 2, 4, 5, 6, 7)] == [0, 0, 0, 2, 2, 2, 2]
        assert np.bincount(where).tolist() == [4, 4, 4]


def test_whoever_is_one_too_many_or_not_allowed_begins_elsewhere() -> None:
    """Five begin where four fit, one of whom is pinned there; another network takes only some."""
    networks = (Network("a", 4, 4), Network("b", 4, 4, accepted=frozenset(range(4, 8))))
    problem = Problem(Pool(tuple(map(str, range(8)))), networks, 2, pins={3: 0})
    arena = Arena(lower(problem), 2)
    # Number 3 is pinned to the first network, whatever is said; 0 may not sit in the second one.
    where = arena.seating(random.Random(1), begun=[1, 0, 0, 1, 0, 0, 1, 1])
    assert where[3] == 0
    assert where[0] == 0
    assert set(where[[6, 7]]) == {1}
    assert np.bincount(where).tolist() == [4, 4]


def test_a_run_that_begins_with_the_best_ends_with_it() -> None:
    """Hardly any work from an answer that costs nothing: it is found, which chance would not."""
    problem = office()
    lowered = lower(problem)
    watch = Watch(Limits(effort=1, workers=2), time.monotonic)
    codes = [problem.pool.categories[name].codes for name in ("role", "language")]
    best = [3 * role[0] + tongue[0] for role, tongue in zip(*codes, strict=True)]
    some = [place if person % 4 else WAITING for person, place in enumerate(best)]
    costs = []
    with ThreadPoolExecutor(2) as pool:
        for start in (best, some, [WAITING] * problem.pool.size):
            team = Team(Arena(lowered, 12), watch, pool)
            costs.append(team.begin([start, start], Work(100, None)).rank.soft)
    assert costs[0] == 0
    assert costs[0] < costs[1] < costs[2]


def composing(problem: Problem, pool: ThreadPoolExecutor, limits: Limits) -> _Composer:
    """Half way: a poor answer was found, and columns were generated for it."""
    lowered, watch = lower(problem), Watch(limits, time.monotonic)
    composer = _Composer(lowered, watch, lambda progress: None, Bound(0, 0), relax=True)
    composer.team = Team(Arena(lowered, 3), watch, pool)
    composer._take(composer.team.adopt(THIRDS))
    priced = score(problem, Composition(THIRDS, (None,) * 3, (None,) * 3))
    composer.columns = Columns(lowered, priced, 0, watch, most_work=1.0)
    composer.columns.run(composer.columns.know(THIRDS), priced.objective, pool, lambda limit: None)
    return composer


def test_what_columns_left_undecided_begins_the_next_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """After columns, short runs begin with sets of their mixture, and lead to an answer at which nothing is wrong."""
    problem = replace(eighteen(2), pins={0: 1, 5: 2})
    begun: list[Any] = []
    begin = Team.begin

    def watched(self: Team, starts: Any, work: Work) -> Any:
        begun.extend(starts)
        return begin(self, starts, work)

    monkeypatch.setattr(Team, "begin", watched)
    with ThreadPoolExecutor(2) as pool:
        composer = composing(problem, pool, Limits(seconds=3.0, workers=2))
        assert composer.columns is not None
        sets = [set(used.members) for used in composer.columns.mixture]
        before = composer.best
        composer._search_on()
    assert begun
    assert sets
    for places in begun:
        for network in range(3):
            members = {person for person, place in enumerate(places) if place == network}
            assert not members or any(members <= each for each in sets)
    assert before is not None
    assert composer.best is not None
    assert composer.best.rank < before.rank
    assert not list(breaches(problem, composer.best.composition))


def test_with_many_people_the_best_answer_goes_on_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    """A short run is too short for them; and counted work is for rounds, as it was planned."""
    with ThreadPoolExecutor(2) as pool:
        composer = composing(eighteen(2), pool, Limits(seconds=60.0, workers=2))
        assert len(composer._starts()) == 2
        monkeypatch.setattr("solver.compose.MOST_FROM_MIXTURES", 17)
        assert composer._starts() == []
        assert MOST_FROM_MIXTURES > 17
        monkeypatch.undo()
        counted = composing(eighteen(2), pool, Limits(effort=1, workers=2))
        assert counted._starts() == []


def test_seats_of_those_who_begin_are_within_every_limit() -> None:
    """Whatever is begun, chains start with sizes, pins and accepted members as the problem has them."""
    for seed in range(30):
        dice = random.Random(seed)
        problem = eighteen(seed)
        problem = replace(problem, pins={dice.randrange(18): dice.choice((WAITING, 0, 1, 2))})
        arena = Arena(lower(problem), 3)
        chain = Chain(arena, arena.seating(dice, begun=[dice.choice((WAITING, 0, 1, 2)) for _ in range(18)]), seed)
        composition = chain.found().composition
        assert all(composition.places[person] == place for person, place in problem.pins.items())
        wrong = [breach.code for breach in breaches(problem, composition)]
        assert set(wrong) <= {"size"} or not wrong
        assert max(Counter(place for place in composition.places if place != WAITING).values()) <= 7
