"""Facilitators are appointed while members are searched, and everything they may not do stays undone."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path
from time import perf_counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service import reading
from solver.appoint import first_setting
from solver.board import from_places, to_places
from solver.chain import Arena, Chain
from solver.compose import compose
from solver.limits import Limits, Watch
from solver.lower import lower
from solver.price import breaches, score
from solver.problem import Composition, Facilitator, Problem
from solver.rules.facilitated import Facilitated
from solver.team import ALONE
from tests.solver.test_rules_agree import anything_goes
from tests.solver.worlds import NETWORK_RULES, a_composition, a_problem

FIXTURES = Path(__file__).parents[2] / "fixtures"
ABOUT_FACILITATORS = {"leads_too_many", "facilitator_slot", "facilitator_region", "two_places_on_one_date"}


def a_led_problem(dice: random.Random, people: int = 10) -> Problem:
    """A small problem with facilitators who want slots, regions and languages, on dates that may coincide."""
    others = [kind for kind in NETWORK_RULES if kind is not Facilitated]
    problem = anything_goes(a_problem(dice, people, [Facilitated, *dice.sample(others, 3)], musts=0.2))
    regions = ["v0", "v1"]
    slots = range(len(problem.slots))
    facilitators = tuple(
        Facilitator(
            f"F{number}",
            dice.randint(1, 2),
            frozenset(dice.sample(slots, dice.randint(0, len(slots)))) if dice.random() < 0.7 else None,
            frozenset(dice.sample(regions, 1)) if dice.random() < 0.4 else None,
            frozenset(dice.sample(range(people), dice.randint(0, 3))),
        )
        for number in range(dice.randint(1, 3))
    )
    days = ["2027-03-01", "2027-03-02", "2027-03-03"]
    dates = tuple(frozenset(dice.sample(days, dice.randint(0, 2))) for _ in slots)
    return replace(problem, facilitators=facilitators, slot_dates=dates)


def a_chain(problem: Problem, dice: random.Random) -> Chain:
    """Everybody seated by chance, and facilitators by chance or nowhere."""
    lowered = lower(problem)
    arena = Arena(lowered, len(problem.networks))
    setting = first_setting(lowered, arena.networks, dice) if dice.random() < 0.7 else None
    where = from_places(a_composition(dice, problem).places, lowered, arena.networks)
    chain = Chain(arena, where, dice.randint(1, 1000), setting)
    chain.prices[:] = 20
    return chain


def standing(chain: Chain) -> Composition:
    """What the board of a chain says."""
    return replace(chain.setting, places=to_places(chain.board.where, chain.arena.lowered, chain.arena.networks))


def price(chain: Chain) -> int:
    """What a board costs, with what must hold at its price."""
    return int(chain.now[2] + chain.prices[0] * chain.now[0])


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 1 << 32), temperature=st.sampled_from([0.0, 3.0, 1000.0]))
def test_prices_stay_right_and_nobody_does_what_they_may_not(seed: int, temperature: float) -> None:
    """However facilitators are drawn, the board says what a recount says, and their limits are kept."""
    dice = random.Random(seed)
    chain = a_chain(a_led_problem(dice), dice)
    chain.appoint(temperature, ALONE)
    again = Chain(chain.arena, chain.board.where.copy(), 1, chain.setting)
    assert chain.now.tolist() == again.now.tolist()
    assert chain.board.best.cost.tolist() == again.board.best.cost.tolist()
    problem = chain.arena.lowered.problem
    assert int(chain.now[2]) == score(problem, standing(chain)).objective
    assert not ABOUT_FACILITATORS & {breach.code for breach in breaches(problem, standing(chain))}


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 1 << 32))
def test_cold_appointing_never_makes_anything_dearer(seed: int) -> None:
    """At temperature zero, with everything at its price."""
    dice = random.Random(seed)
    chain = a_chain(a_led_problem(dice), dice)
    before = price(chain)
    chain.appoint(0.0, 1)
    assert price(chain) <= before
    assert chain.rank() == Chain(chain.arena, chain.best_where, 1, chain.best_setting).start


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 1 << 32))
def test_drawn_long_enough_it_is_the_best_there_is(seed: int) -> None:
    """Of all ways to appoint facilitators to the same members, cooling down finds one that costs least."""
    dice = random.Random(seed)
    problem = replace(a_led_problem(dice, 6), slot_dates=())
    chain = a_chain(problem, dice)
    for temperature in np.geomspace(200, 0.05, 40):
        chain.appoint(float(temperature), 1)
    settled = Chain(chain.arena, chain.best_where, 1, chain.best_setting)
    settled.prices[:] = chain.prices
    assert price(settled) == min(price(each) for each in every_way(chain))


def every_way(chain: Chain) -> Iterator[Chain]:
    """The same members with every allowed choice of facilitators and slots."""
    problem = chain.arena.lowered.problem
    here = [(None, None), *product(range(len(problem.facilitators)), range(len(problem.slots)))]
    for ways in product(here, repeat=len(problem.networks)):
        slots = tuple(
            network.slot if way[0] is None else way[1] for way, network in zip(ways, problem.networks, strict=True)
        )
        setting = Composition((), slots, tuple(way[0] for way in ways))
        if any(network.slot not in (None, slot) for network, slot in zip(problem.networks, slots, strict=True)):
            continue
        each = Chain(chain.arena, chain.board.where.copy(), 1, setting)
        each.prices[:] = chain.prices
        if not ABOUT_FACILITATORS & {breach.code for breach in breaches(problem, standing(each))}:
            yield each


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_three_hundred_people_in_networks_that_are_all_led(seed: int) -> None:
    """Facilitators can lead 24 networks; so 22 to 24 are formed, and members suit those who lead them."""
    problem = reading.load(FIXTURES / "hr-managers" / "programme.toml").question.problem
    answer = compose(problem, Watch(Limits(effort=1, seed=seed, workers=2), perf_counter), lambda progress: None)
    assert answer.composition is not None and answer.objective is not None
    formed = answer.composition.groups()
    assert 22 <= len(formed) <= 24
    assert all(answer.composition.facilitators[k] is not None for k in formed)
