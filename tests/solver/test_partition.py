"""Parts of a composition: priced as the whole prices them, never worse for being composed anew, nobody lost."""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from solver import Category, Limits, Network, Pool, Problem
from solver.board import from_places
from solver.chain import Arena, Chain, Rank, Work
from solver.limits import Watch
from solver.lower import lower
from solver.partition import Cutter
from solver.patchwork import STEPS_EACH, Patchwork, chunked, improve, rank_of
from solver.problem import WAITING
from solver.rules import MUST
from solver.rules.distinct import Distinct
from solver.rules.same import Same
from solver.rules.spread import Spread
from tests.solver.worlds import NETWORK_RULES, a_composition, a_problem

ACROSS = ("together",)
"""Rules whose price is no sum over networks: a part knows only those of its own people."""


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 1 << 32))
def test_parts_cost_together_what_the_whole_costs(seed: int) -> None:
    """Cut between any networks, with the waiting in any part, the prices of the parts add up."""
    dice = random.Random(seed)
    kinds = dice.sample([kind for kind in NETWORK_RULES if kind.rule not in ACROSS], 5)
    problem = a_problem(dice, 12, kinds)
    networks = tuple(replace(network, max_size=problem.pool.size) for network in problem.networks)
    problem = replace(problem, networks=networks)
    lowered = lower(problem)
    every = tuple(range(len(problem.networks)))
    composition = a_composition(dice, problem)
    whole = Chain(Arena(lowered, len(every)), from_places(composition.places, lowered, every), 1, composition).now
    constant = sum(x.weight * getattr(x.term, "constant", 0) for x in lowered.terms)
    cutter = Cutter(lowered)
    side = [dice.random() < 0.5 for _ in every]
    waits = dice.random() < 0.5
    total = [0, 0, constant]
    for mine in (True, False):
        chosen = [k for k in every if side[k] is mine]
        people = [
            person
            for person, place in enumerate(composition.places)
            if (place in chosen if place != WAITING else waits is mine)
        ]
        if not chosen:
            continue
        part = cutter.cut(composition, chosen, people)
        arena = Arena(part.lowered, len(chosen))
        where = from_places(part.composition.places, part.lowered, arena.networks)
        now = Chain(arena, where, 1, part.composition).now
        total = [total[i] + int(now[i]) for i in range(3)]
    if len(set(side)) == 1:
        return
    assert total == [int(x) for x in whole]


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1 << 32))
def test_a_part_composed_anew_is_never_worse(seed: int) -> None:
    """Whatever is asked, the whole is no dearer after a part of it was composed anew, and everybody is still there."""
    dice = random.Random(seed)
    kinds = dice.sample([kind for kind in NETWORK_RULES if kind.rule not in ACROSS], 4)
    problem = a_problem(dice, 12, kinds)
    networks = tuple(replace(network, max_size=problem.pool.size) for network in problem.networks)
    problem = replace(problem, networks=networks)
    lowered = lower(problem)
    composition = a_composition(dice, problem)
    chosen = sorted(dice.sample(range(len(problem.networks)), max(1, len(problem.networks) - 1)))
    people = [p for p, place in enumerate(composition.places) if place == WAITING or place in chosen]
    if not people:
        return
    part = Cutter(lowered).cut(composition, chosen, people)
    watch = Watch(Limits(effort=1), time.monotonic)
    mended = improve(part, Work(3_000, None), seed & 0xFFFF, 0.6, watch)
    assert mended.after <= mended.before
    assert set(mended.places) <= set(people)
    assert set(mended.places.values()) <= {*chosen, WAITING}


def crowd(people: int, networks: int) -> Problem:
    """Two roles that must not mix, six sectors, an employer for every five people."""
    dice = random.Random(7)
    categories = {
        "role": Category(("a", "b"), tuple((person % 2,) for person in range(people))),
        "sector": Category(tuple("uvwxyz"), tuple((dice.randrange(6),) for _ in range(people))),
        "employer": Category(tuple(map(str, range(people // 5))), tuple((person // 5,) for person in range(people))),
    }
    rules = (
        Same(name="one role", attribute="role", strength=MUST),
        Distinct(name="one of each employer", attribute="employer", strength=5),
        Spread(name="sectors", attribute="sector", strength=2),
    )
    return Problem(
        pool=Pool(tuple(f"p{person}" for person in range(people)), categories),
        networks=tuple(Network(f"n{k}", 8, 14) for k in range(networks)),
        min_count=networks,
        rules=rules,
        must_place=frozenset(range(people)),
    )


def test_a_large_composition_keeps_what_must_hold_and_repeats_exactly() -> None:
    """Part by part, roles stay apart, everybody is placed, and the same effort gives the same places."""
    problem = crowd(1_400, 130)
    answers = []
    for _ in range(2):
        watch = Watch(Limits(effort=1, workers=2, seed=3), time.monotonic)
        with ThreadPoolExecutor(2) as pool:
            patchwork = Patchwork(lower(problem), 130, watch, pool)
            first = patchwork.scout(Work(700_000, None))
            later = patchwork.round(Work(700_000, None))
        assert later.rank <= first.rank
        assert later.rank.hard == 0
        assert later.rank == rank_of(problem, later.composition)
        assert patchwork.rank.soft == later.rank.soft
        answers.append(later.composition)
    assert answers[0] == answers[1]


def test_parts_have_every_network_once() -> None:
    """Thirty networks of a hundred people make three parts."""
    parts = chunked(list(range(30)), {k: tuple(range(100)) for k in range(30)})
    assert sorted(k for part in parts for k in part) == list(range(30))
    assert len(parts) == 3


def test_more_work_is_more_rounds() -> None:
    """Four times what a round is good for: four rounds, and none is worse than the one before."""
    problem = crowd(140, 13)
    heard: list[Rank] = []
    watch = Watch(Limits(effort=1, workers=2, seed=3), time.monotonic)
    with ThreadPoolExecutor(2) as pool:
        patchwork = Patchwork(lower(problem), 13, watch, pool, heard.append)
        patchwork.round(Work(STEPS_EACH * 70, None))
        assert len(heard) == 1
        patchwork.round(Work(4 * STEPS_EACH * 70, None))
    assert len(heard) == 5
    assert heard == sorted(heard, reverse=True)
