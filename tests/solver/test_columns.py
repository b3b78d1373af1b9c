"""Columns with exact pricing: on tiny worlds nothing that is possible is below what they prove, at any duals."""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import combinations
from math import ceil
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from ortools.sat.python import cp_model

from solver.columns import Columns, Duals, applies, master, places
from solver.columns.generate import AVERAGED, FIRST_CUTS, LONGER, MOST_AVERAGED, PROPOSAL_WORK, WIDER_AT_ONCE
from solver.columns.question import Question
from solver.columns.quick import AMONG, LEAST_STARTS, Quick, _Run
from solver.columns.rounding import Configured, roundings
from solver.columns.sets import NEVER, UNIT, Cut, Worth
from solver.compose import Composed, Status, compose
from solver.cp import cp_solver
from solver.limits import Limits, Watch
from solver.lower import lower
from solver.lowering import Best
from solver.model import CompositionModel
from solver.price import Score, breaches, score
from solver.problem import WAITING, Category, Composition, Network, Pool, Problem
from solver.rules.apart import Apart
from solver.rules.base import MUST
from solver.rules.same import Same
from solver.rules.together import Together
from solver.settle import settle
from tests.solver.test_enumeration import best_of_all
from tests.solver.worlds import NETWORK_RULES, a_problem

SETTLED = [kind for kind in NETWORK_RULES if kind.rule != "facilitated"]
"""Rules whose price follows from who sits where."""


def watch(limits: Limits | None = None) -> Watch:
    """A watch over counted work."""
    return Watch(limits or Limits(effort=1, seed=3, workers=2), time.monotonic)


def a_world(dice: random.Random) -> Problem:
    """Random rules, some of which must hold, over five people; now and then with pins and with networks that choose."""
    problem = replace(a_problem(dice, 5, dice.sample(SETTLED, 4), musts=0.2), facilitators=())
    if dice.random() < 0.4:
        problem = replace(problem, pins={0: dice.randrange(2), 1: dice.choice((WAITING, 0, 1))}, must_place=frozenset())
    if dice.random() < 0.3:
        first, *others = problem.networks
        problem = replace(problem, networks=(replace(first, accepted=frozenset(dice.sample(range(5), 3))), *others))
    return problem


def nobody(problem: Problem) -> Score:
    """The price of everybody waiting, which is as good as any to say which rules are dear."""
    nothing = (None,) * len(problem.networks)
    return score(problem, Composition((WAITING,) * problem.pool.size, nothing, nothing))


def all_of_them(columns: Columns) -> None:
    """Every rounding there is, not only those that are worth their while."""
    question = columns.question
    fixed = [
        Configured(len(each.networks), each.least, question.sizes(each.networks[0]), [x.options for x in each.models])
        for each in question.classes
    ]
    question.roundings = roundings(question.lowered, fixed)
    columns.program = master.Program(question)


def check_limit(dice: random.Random, problem: Problem) -> None:
    """At random duals and with a random cut, what is proven is no more than the best."""
    lowered = lower(problem)
    best = best_of_all(problem) if applies(lowered) else None
    if best is None:
        return
    step = Question(lowered, nobody(problem), best[0], watch()).step
    known = dice.choice((None, best[1] + step * dice.randrange(4)))
    columns = Columns(lowered, nobody(problem), best[0], watch(), known=known)
    units = range(len(lowered.units))
    cuts = {}
    if len(units) >= 3:
        one, other, third = sorted(dice.sample(units, 3))
        cuts = {(one, other, third): dice.randrange(2_000)}
    all_of_them(columns)
    rounded = tuple(dice.choice((0, dice.randrange(2_000))) for _ in columns.question.roundings)
    duals = Duals([dice.randrange(-1_000, 4_000) for _ in units], cuts, rounded)
    with ThreadPoolExecutor(2) as pool:
        lows = columns.price(duals, [None] * len(columns.classes), pool)
    assert lows is not None
    assert columns.question.rounded_up(columns.question.limit(duals, lows)) <= best[1]


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 1 << 32))
def test_any_duals_and_any_cuts_give_a_limit_below_the_best(seed: int) -> None:
    """Lasdon: whatever people are said to be worth, the least price less duals proves no more than what is true."""
    dice = random.Random(seed)
    check_limit(dice, a_world(dice))


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 1 << 32))
def test_whatever_roundings_are_worth_the_limit_is_below_the_best(seed: int) -> None:
    """Six people in three pairs, who have to share something: there most kinds of people leave one over."""
    dice = random.Random(seed)
    sharing = [kind for kind in SETTLED if kind.rule in ("same", "near", "available", "exchange")]
    problem = replace(a_problem(dice, 6, sharing), facilitators=(), must_place=frozenset(), pins={})
    networks = tuple(Network(f"n{k}", 2, dice.choice((2, 2, 3))) for k in range(3))
    check_limit(dice, replace(problem, networks=networks, min_count=3))


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 1 << 32))
def test_facilitators_who_tie_networks_leave_the_limit_below_the_best(seed: int) -> None:
    """Who leads what is left out, which only makes more possible."""
    dice = random.Random(seed)
    check_limit(dice, a_problem(dice, 3, dice.sample(NETWORK_RULES, 4), musts=0.1))


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 1 << 32))
def test_what_is_proven_lies_below_the_best_whatever_the_answer_was(seed: int) -> None:
    """The whole of it, beside an answer that is some steps above the best: no limit is above the best, and what columns
    make is an answer."""
    dice = random.Random(seed)
    problem = a_world(dice)
    lowered = lower(problem)
    best = best_of_all(problem) if applies(lowered) else None
    if best is None:
        return
    columns = Columns(lowered, nobody(problem), best[0], watch(), most_work=0.15)
    objective = best[1] + columns.step * dice.choice((0, 1, 1, 3))
    told: list[int] = []
    with ThreadPoolExecutor(2) as pool:
        proven = columns.run([dice.uniform(0, 8) for _ in lowered.units.members], objective, pool, told.append)
    # Beside an answer that is not the best, nothing can be proven that is higher than the best.
    assert max([proven.objective, *told]) <= best[1]
    if proven.groups is not None:
        found = places(lowered, proven.groups)
        assert problem.waiting_is_weighed or found.count(WAITING) <= best[0]


@settings(max_examples=300, deadline=None)
@given(seed=st.integers(0, 1 << 32))
def test_quick_pricing_tells_the_price_that_exact_pricing_proves(seed: int) -> None:
    """The set that exact pricing proves cheapest costs the same by the kernel, and no quick run finds a cheaper one."""
    dice = random.Random(seed)
    lowered = lower(a_world(dice) if dice.random() < 0.7 else a_problem(dice, 5, dice.sample(NETWORK_RULES, 4)))
    if not applies(lowered):
        return
    columns = Columns(lowered, nobody(lowered.problem), None, watch())
    units = range(len(lowered.units))
    cut: Cut | None = None
    if len(units) >= 3:
        one, other, third = sorted(dice.sample(units, 3))
        cut = (one, other, third)
    all_of_them(columns)
    duals = Duals(
        [UNIT * dice.randrange(-4, 16) // 4 for _ in units],
        {cut: dice.randrange(8 * UNIT)} if cut else {},
        tuple(dice.randrange(2 * UNIT) for _ in columns.question.roundings),
    )
    for number, each in enumerate(columns.classes):
        seen = columns.question.seen(duals, number)
        answers = [model.solve(here, None, columns.watch) for model, here in zip(each.models, seen, strict=True)]
        for answer, here in zip(answers, seen, strict=True):
            assert answer.members is None or answer.low == UNIT * answer.price - here.of(answer.members)
        least = min((answer.low for answer in answers), default=NEVER)
        quick = Quick(columns.question, each, [cut] if cut else [])
        quick.worth(seen)
        for index, answer in enumerate(answers):
            if answer.members is not None and answer.low == least:
                assert quick.price_of(answer.members) == answer.price
                assert index in quick.labels(answer.members)
        if not seen:
            continue
        run = quick.run(dice.randrange(len(seen)), (), dice.getrandbits(32))
        if run is not None:
            members, price = run
            labels = quick.labels(members)
            assert labels
            assert all(UNIT * price - seen[index].of(members) >= answers[index].low for index in labels)
            assert price == quick.price_of(members)


def test_quick_pricing_charges_a_cut_once_for_all_three() -> None:
    """Three people worth 100 each and a cut of 180: with all three inside, the board has one cut and who is outside."""
    lowered = lower(Problem(Pool(tuple("abcd")), (Network("n0", 1, 3), Network("n1", 1, 3)), 2))
    columns = Columns(lowered, nobody(lowered.problem), None, watch())
    duals = Duals([100, 100, 100, -500], {(0, 1, 2): 180})
    (each,) = columns.classes
    quick = Quick(columns.question, each, list(duals.cuts))
    quick.worth([duals])
    for members, price in (((0, 1, 2), 180 - 500), ((0, 1), 180 + 100 - 500), ((0,), 200 - 500)):
        seated = _Run(quick._worth[0], quick._seated(members), quick._movable, quick._places, 1)
        assert int(seated.best[2]) == price
    assert min(model.solve(duals, None, columns.watch).low for model in each.models) == -120


def test_quick_pricing_leaves_out_whoever_is_worth_nothing() -> None:
    """From four people of whom two cost more than they are worth, the cheapest set is of the other two."""
    lowered = lower(Problem(Pool(tuple("abcd")), (Network("n0", 2, 4), Network("n1", 2, 4)), 1))
    columns = Columns(lowered, nobody(lowered.problem), None, watch())
    quick = columns.quick[0]
    quick.worth([Duals([500, -500, 500, -500], {})])
    assert quick.run(0, (0, 1, 2, 3), 1) == ((0, 2), 0)


def test_quick_pricing_starts_in_every_configuration() -> None:
    """Two roles, everybody worth the same: one start is of those with the one role, another of those with the other."""
    pool = Pool(tuple("abcdef"), {"role": Category(("x", "y"), ((0,), (0,), (0,), (1,), (1,), (1,)))})
    same = Same(name="same", strength=3, attribute="role")
    lowered = lower(Problem(pool, (Network("n0", 3, 3), Network("n1", 3, 3)), 2, rules=(same,)))
    columns = Columns(lowered, nobody(lowered.problem), None, watch())
    quick = columns.quick[0]
    quick.worth([Duals([10] * 6, {})] * 2)
    starts = quick.starts(40, random.Random(1))
    assert {(0, (0, 1, 2)), (1, (3, 4, 5))} <= set(starts)


def test_of_few_configurations_quick_pricing_starts_from_several_sets() -> None:
    """Where no rule has options there is one configuration: one start is whoever is worth most, others differ."""
    lowered = lower(Problem(Pool(tuple("abcdefgh")), (Network("n0", 4, 4), Network("n1", 4, 4)), 2))
    columns = Columns(lowered, nobody(lowered.problem), None, watch())
    columns.quick[0].worth([Duals([100, 0, 100, 0, 100, 0, 100, 0], {})])
    first, *others = [members for _, members in columns.quick[0].starts(32, random.Random(1))]
    assert first == (0, 2, 4, 6)
    assert len(others) == LEAST_STARTS - 1
    assert len(set(others)) > 1
    assert all(len(set(members)) == 4 for members in others)


def mixture_of(value: float, units: int) -> master.Master:
    """A mixture that costs so much, of nothing."""
    return master.Master(value, Worth(np.zeros(units), np.zeros(0), {}), np.array([0.0]), [])


@pytest.mark.parametrize(
    ("value", "asking", "times"),
    [(5.0, 10.0, 2), (3.0, 10.0, 1), (5.0, 0.9, 1)],
    ids=["it missed sets", "it missed nothing", "exact pricing is as quick"],
)
def test_quick_pricing_takes_longer_once_it_missed_sets(value: float, asking: float, times: int) -> None:
    """Exact pricing says 3 and the mixture 5, so sets were missed; longer runs pay while asking takes longer."""
    lowered = lower(Problem(Pool(tuple("abcd")), (Network("n0", 2, 2), Network("n1", 2, 2)), 2))
    columns = Columns(lowered, nobody(lowered.problem), None, watch())
    columns.looking, columns.asking = 1.0, asking
    columns._missed(mixture_of(value, 4), 3 * UNIT)
    before = columns.work
    with ThreadPoolExecutor(2) as pool:
        columns.quickly(mixture_of(value, 4), pool)
    proposals = LEAST_STARTS * LONGER * columns.quick[0].steps
    assert columns.work - before == pytest.approx(times * proposals * PROPOSAL_WORK)


def crowd(people: int) -> Problem:
    """Two roles by turns; a network of three wants one role. Person 4 is pinned to the first."""
    pool = Pool(tuple(map(str, range(people))), {"role": Category(("x", "y"), tuple((p % 2,) for p in range(people)))})
    same = Same(name="same", strength=3, attribute="role")
    networks = tuple(Network(f"n{k}", 3, 3, fixed=k == 0) for k in range(people // 3))
    return Problem(pool, networks, len(networks), rules=(same,), pins={4: 0})


@pytest.mark.parametrize("role", [0, 1])
def test_of_many_quick_pricing_looks_at_members_and_at_who_is_worth_most_beside_them(role: int) -> None:
    """Of 600 people, those of the members' role come first, the dearest of them first; and members stay."""
    lowered = lower(crowd(600))
    columns = Columns(lowered, nobody(lowered.problem), None, watch())
    dice = random.Random(role)
    duals = [dice.randrange(200) for _ in range(600)]
    most = [quick for quick, each in zip(columns.quick, columns.classes, strict=True) if len(each.networks) > 1]
    (quick,) = most
    quick.worth([Duals(duals, {})] * 2)
    cheap = min((person for person in range(600) if person % 2 == role and person != 4), key=duals.__getitem__)
    members = tuple(sorted((cheap, 10 + role, 20 + role)))
    among = quick._among(role, members).tolist()
    assert len(among) == AMONG
    assert set(members) <= set(among)
    assert 4 not in among
    others = set(range(role, 600, 2)) - set(among) - {4}
    chosen = set(among) - set(members)
    assert {person % 2 for person in chosen} == {role}
    assert min(duals[person] for person in chosen) >= max(duals[person] for person in others)


@pytest.mark.parametrize("role", [0, 1])
def test_of_many_quick_pricing_finds_who_is_worth_much_more(role: int) -> None:
    """Three of 300 people of a role are worth ten times as much as others: a run from three others ends with them."""
    lowered = lower(crowd(600))
    columns = Columns(lowered, nobody(lowered.problem), None, watch())
    dear = (100 + role, 300 + role, 500 + role)
    duals = [2_560 if person in dear else 200 + person % 50 for person in range(600)]
    for quick, each in zip(columns.quick, columns.classes, strict=True):
        if len(each.networks) > 1:
            quick.worth([Duals(duals, {})] * 2)
            assert quick.run(role, (10 + role, 20 + role, 30 + role), 5) == (dear, 0)


def test_cuts_are_the_threes_that_a_mixture_breaks_most() -> None:
    """Of all threes of nine people, those of whom sets with two or more make more than one network, the most first."""
    found = 0
    for seed in range(60):
        dice = random.Random(seed)
        sets: list[tuple[tuple[int, ...], float]] = []
        for _ in range(40):
            # Nobody sits in more than one network, all shares together.
            members, share = tuple(sorted(dice.sample(range(9), 3))), dice.choice((0.25, 0.5))
            if all(share + sum(x for other, x in sets if person in other) <= 1 for person in members):
                sets.append((members, share))
        broken = {}
        for three in combinations(range(9), 3):
            amount = sum(share for members, share in sets if len(set(members) & set(three)) > 1)
            if amount > 1 + master.BROKEN:
                broken[three] = amount
        expected = sorted(broken, key=lambda three: (-broken[three], three))[: master.MOST_NEW]
        assert master.separate(9, [master.Used(0, 0, members, share) for members, share in sets]) == expected
        found += len(expected)
    assert found > 60


@pytest.mark.parametrize("seed", range(10))
def test_a_master_program_that_grew_says_what_a_fresh_one_does(seed: int) -> None:
    """Sets, cuts and centres that come and go: the cheapest mixture costs what it does in a program made at once."""
    dice = random.Random(seed)
    question = Columns(lower(eighteen(seed)), nobody(eighteen(seed)), 0, watch()).question
    grown = master.Program(question)
    people = range(18)
    cuts: dict[Cut, float] = {}
    for turn in range(6):
        for each in question.classes:
            for _ in range(6):
                members = tuple(sorted(dice.sample(people, dice.choice((5, 6, 7)))))
                dice.choice(each.columns)[members] = dice.randrange(20)
        if turn % 2:
            one, other, third = sorted(dice.sample(people, 3))
            cuts[one, other, third] = dice.uniform(0, 2)
        if turn == 4:
            del cuts[next(iter(cuts))]
        centre = np.array([dice.uniform(0, 3) for _ in people])
        near = Worth(centre, np.array([dice.uniform(0, 2) for _ in question.roundings]), dict(cuts))
        found, fresh = grown.solved(near, 0.5), master.Program(question).solved(near, 0.5)
        assert found is not None
        assert fresh is not None
        assert found.value == pytest.approx(fresh.value)
        assert (abs(found.worth.units - centre) <= 0.5 + 1e-6).all()
        assert (abs(found.worth.roundings - near.roundings) <= 0.5 + 1e-6).all()
        assert sum(used.amount for used in found.sets) <= 3 + 1e-6
        for cut, worth in found.worth.cuts.items():
            assert cuts[cut] - 0.5 - 1e-6 <= worth <= cuts[cut] + 0.5 + 1e-6


def test_exact_pricing_begins_with_the_mean_of_the_last_mixtures_of_many() -> None:
    """Of what quick pricing alone comes to, the last quarter counts: each swings about the best, their mean less.

    With few people mixtures settle, and the last one counts alone.
    """
    problem = eighteen(4)
    met: list[list[float]] = []

    class Watched(Columns):
        def mixed(self, *args: Any) -> Any:
            mixture, dry = super().mixed(*args)
            if mixture is not None:
                met.append(mixture.worth.units.tolist())
            return mixture, dry

    columns = Watched(lower(problem), nobody(problem), 0, watch(), most_work=2.0)
    assert columns.averaged == 0
    columns.averaged = AVERAGED
    with ThreadPoolExecutor(1) as pool:
        start = Worth(np.zeros(18), np.zeros(len(columns.question.roundings)), {})
        duals, _ = columns.approach(start, 50, pool, share=0.6, most_cuts=FIRST_CUTS)
    last = met[-ceil(len(met) * AVERAGED) :]
    assert 1 < len(last) <= MOST_AVERAGED
    assert np.array(duals.units) / UNIT == pytest.approx(np.mean(last, axis=0), abs=1 / UNIT)
    assert np.array(duals.units) / UNIT != pytest.approx(last[-1], abs=1 / UNIT)


def test_exact_pricing_waits_until_it_could_prove_a_step_more() -> None:
    """Mixtures are not below limits: where the last mixture is no step above the limit, more cuts come first."""
    asked = 0
    for seed in range(10):
        problem = eighteen(seed)

        class Watched(Columns):
            last = 0.0
            pairs: list[tuple[int, int]]

            def mixed(self, *args: Any) -> Any:
                mixture, dry = super().mixed(*args)
                if mixture is not None:
                    self.last = mixture.value + self.question.constant
                return mixture, dry

            def price(self, *args: Any) -> Any:
                if self.best_lows:
                    most = self.question.rounded_up(ceil(UNIT * self.last))
                    self.pairs.append((self.question.rounded_up(self.best), most))
                return super().price(*args)

        columns = Watched(lower(problem), nobody(problem), 0, watch(), most_work=2.0)
        columns.pairs = []
        with ThreadPoolExecutor(2) as pool:
            columns.run([0.0] * 18, 1_000, pool, lambda limit: None)
        asked += len(columns.pairs)
        assert all(limit < most for limit, most in columns.pairs), columns.pairs
    assert asked > 2


@pytest.mark.parametrize("ended", [True, False])
def test_a_wider_box_is_kept_only_where_quick_pricing_came_to_its_end_in_it(ended: bool) -> None:
    """A mixture is also higher where sets are still missing, which says nothing of the box."""
    problem = eighteen(4)
    boxes: list[float] = []

    class Watched(Columns):
        def mixed(self, *args: Any) -> Any:
            mixture, _ = super().mixed(*args)
            boxes.append(args[1])
            return mixture, ended

        def _settled(self, *args: Any) -> bool:
            return boxes[-1] <= self._widest(50)

    columns = Watched(lower(problem), nobody(problem), 0, watch(), most_work=1.0)
    duals = Duals([UNIT] * 18, {})
    with ThreadPoolExecutor(1) as pool:
        columns.generate(duals, [None] * len(columns.classes), 50, 0.0, pool, lambda limit: None)
    widest = columns._widest(50)
    assert max(boxes) == pytest.approx(WIDER_AT_ONCE * widest)
    after = boxes[boxes.index(max(boxes)) + 1 :]
    assert after
    assert (after[0] > widest) is ended


def test_a_listing_finds_the_answer_that_is_better() -> None:
    """Six people of whom three pairs had rather be apart: an answer of cost 1 is given, and one of 0 is found."""
    pairs = frozenset({(0, 1), (2, 3), (4, 5)})
    problem = Problem(
        pool=Pool(tuple("abcdef")),
        networks=(Network("n0", 3, 3), Network("n1", 3, 3)),
        min_count=2,
        rules=(Apart(name="apart", strength=1, pairs=pairs),),
    )
    lowered = lower(problem)
    priced = score(problem, Composition((0, 0, 0, 1, 1, 1), (None, None), (None, None)))
    columns = Columns(lowered, priced, 0, watch())
    with ThreadPoolExecutor(2) as pool:
        proven = columns.run([0.0] * 6, 1, pool, lambda limit: None)
    assert proven.objective == 0
    assert proven.groups is not None
    found = settle(lowered, places(lowered, proven.groups))
    assert not list(breaches(problem, found))
    assert score(problem, found).objective == 0


@pytest.mark.parametrize("proven", [0, 900])
def test_columns_are_left_where_more_is_known_than_they_come_to(proven: int) -> None:
    """An answer costs 1,000 and cannot cost less than 900, of which columns would be far: nothing is priced exactly."""
    problem = eighteen(3)
    thirds = (0, 1, 2) * 6
    priced = score(problem, Composition(thirds, (None,) * 3, (None,) * 3))
    columns = Columns(lower(problem), priced, 0, watch(), most_work=2.0)
    with ThreadPoolExecutor(2) as pool:
        found = columns.run(columns.know(thirds), 1_000, pool, lambda limit: None, proven=proven)
    assert (found.objective, bool(columns.best_lows)) == ((900, False) if proven else (found.objective, True))
    assert 0 < columns.expected < 100


@pytest.mark.parametrize("most_work", [None, 0.0], ids=["in time", "when the time is up"])
def test_sets_that_were_met_make_a_better_answer(most_work: float | None) -> None:
    """Two sets without a pair were met, in no answer together: they are one, better than the answer of cost 1."""
    pairs = frozenset({(0, 1), (2, 3), (4, 5)})
    networks = (Network("n0", 3, 3), Network("n1", 3, 3))
    problem = Problem(Pool(tuple("abcdef")), networks, 2, rules=(Apart(name="apart", strength=1, pairs=pairs),))
    lowered = lower(problem)
    columns = Columns(lowered, nobody(problem), 0, watch(), most_work=most_work)
    for members in ((0, 2, 4), (1, 3, 5), (0, 1, 2)):
        columns._keep(0, 0, members, int(members == (0, 1, 2)))
    assert columns._known_cover(1) is None, "nothing is known of limits yet"
    columns.best, columns.best_duals, columns.best_lows = -UNIT, Duals([0] * 6, {}), [[0]]
    better = columns._known_cover(1)
    assert better is not None
    assert better.groups is not None
    assert better.objective == 0
    assert {members for _, members in better.groups} == {(0, 2, 4), (1, 3, 5)}
    assert columns._known_cover(0) is None, "nothing is better than the best"


def test_people_who_are_pinned_stay() -> None:
    """Sets with somebody pinned go where they are pinned, the others to what is left."""
    problem = Problem(Pool(tuple("abcd")), (Network("n0", 2, 2), Network("n1", 2, 2)), 2, pins={0: 1})
    lowered = lower(problem)
    assert places(lowered, [((0, 1), (2, 3)), ((0, 1), (0, 1))]) == [1, 1, 0, 0]


def eighteen(seed: int) -> Problem:
    """Eighteen people in three networks, with rules that tiny models do not close at once."""
    dice = random.Random(seed)
    kinds = [kind for kind in NETWORK_RULES if kind.rule in ("same", "distinct", "spread", "available", "exchange")]
    problem = replace(a_problem(dice, 18, kinds), facilitators=(), must_place=frozenset())
    networks = tuple(Network(f"n{k}", 5, 7) for k in range(3))
    return replace(problem, networks=networks, min_count=3)


@pytest.mark.parametrize("workers", [1, 2])
def test_the_same_effort_gives_the_same_proof(workers: int) -> None:
    """Pricing counts its work, so a rerun proves the same, whatever the machine does meanwhile."""

    def composed() -> Composed:
        limits = Limits(effort=1, seed=7, workers=workers)
        return compose(eighteen(5), Watch(limits, time.monotonic), lambda progress: None)

    assert composed() == composed()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_proof_agrees_with_the_exact_model(seed: int) -> None:
    """What columns prove of a world too large to try all: CP-SAT finds nothing better than the limit."""
    problem = eighteen(seed)
    answer = compose(problem, watch(Limits(effort=2, seed=1, workers=2)), lambda progress: None)
    assert answer.composition is not None
    model = CompositionModel(lower(problem))
    if not isinstance(model.waiting, int):
        model.model.add(model.waiting <= len(answer.composition.waiting))
    model.model.add(model.objective < answer.bound)
    assert cp_solver(work=3.0).solve(model.model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    if answer.status is Status.OPTIMAL:
        assert answer.objective == answer.bound


def test_a_stop_is_heard() -> None:
    """Somebody who says stop at once gets no proof, and no delay."""
    problem = eighteen(4)
    stopped = Watch(Limits(effort=1), time.monotonic, lambda: True)
    priced = score(problem, Composition((0, 1, 2) * 6, (None,) * 3, (None,) * 3))
    columns = Columns(lower(problem), priced, 0, stopped)
    with ThreadPoolExecutor(1) as pool:
        assert columns.run([1.0] * 18, 100, pool, lambda limit: None).objective == 0


def a_crowd(dice: random.Random) -> Problem:
    """People with a role and a region, some with two regions or none, kept together here and there, in random sizes."""
    people = dice.randrange(9, 25)
    role = Category(("x", "y"), tuple((int(dice.random() < 0.6),) for _ in range(people)))
    region = Category(("n", "s"), tuple(dice.choice([(0,), (0,), (1,), (0, 1), ()]) for _ in range(people)))
    rules: list[Any] = [
        Same(name="role", strength=5, attribute="role"),
        Same(name="region", strength=dice.choice((3, MUST)), attribute="region"),
    ]
    if dice.random() < 0.5:
        rules.append(Together(name="together", strength=MUST, groups=(tuple(dice.sample(range(people), 2)),)))
    low = dice.randrange(2, 5)
    networks = [Network(f"n{k}", low, low + dice.randrange(3), fixed=k == 0) for k in range(people // low)]
    return Problem(
        Pool(tuple(map(str, range(people))), {"role": role, "region": region}), tuple(networks), 1, rules=tuple(rules)
    )


def dealt_out(dice: random.Random, question: Question) -> list[tuple[int, tuple[int, ...]]]:
    """People in networks by chance within the sizes: the class of each and its units. Who is left over waits."""
    units = question.lowered.units.members
    left = list(range(len(units)))
    dice.shuffle(left)
    formed = []
    for number, each in enumerate(question.classes):
        for network in each.networks:
            sizes = question.sizes(network)
            members: list[int] = []
            while left and sum(len(units[u]) for u in members) < sizes.start:
                members.append(left.pop())
            while left and dice.random() < 0.5 and sum(len(units[u]) for u in [*members, left[-1]]) < sizes.stop:
                members.append(left.pop())
            if sum(len(units[u]) for u in members) in sizes:
                formed.append((number, tuple(members)))
            else:
                left += members
    return formed


@pytest.mark.parametrize("seed", range(200))
def test_every_rounding_holds_in_every_answer_whatever_its_networks_are_for(seed: int) -> None:
    """People dealt out by chance within the sizes, any options chosen for each network: no sum is below its least."""
    dice = random.Random(seed)
    problem = a_crowd(dice)
    columns = Columns(lower(problem), nobody(problem), None, watch())
    all_of_them(columns)
    amounts = [0] * len(columns.question.roundings)
    for number, members in dealt_out(dice, columns.question):
        index = dice.randrange(len(columns.classes[number].models))
        for row, rounding in enumerate(columns.question.roundings):
            if index in rounding.models[number]:
                amounts[row] += rounding.network + sum(int(rounding.units[unit]) for unit in members)
    assert all(a >= x.least for a, x in zip(amounts, columns.question.roundings, strict=True))


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 1 << 32))
def test_whatever_configurations_cost_no_answer_has_less_than_its_supply(seed: int) -> None:
    """People dealt out by chance, any options that may be for each network, and a budget of what those cost."""
    dice = random.Random(seed)
    problem = a_crowd(dice)
    lowered = lower(problem)
    question = Question(lowered, nobody(problem), None, watch())
    priced = {id(x.term): (x, x.term.options) for x in lowered.terms if isinstance(x.term, Best)}
    # Some configurations cannot be at all, which is dearer than anything.
    lows = [
        [NEVER if dice.random() < 0.1 else dice.randrange(-3_000, 1_000) for _ in x.models] for x in question.classes
    ]
    cost, worth, formed = 0, 0, [0 for _ in question.classes]
    for number, members in dealt_out(dice, question):
        people = [person for unit in members for person in lowered.units.members[unit]]
        possible = []
        for index, model in enumerate(question.classes[number].models):
            short = [
                (priced[t][0], len(people) - sum(p in priced[t][1][o] for p in people))
                for t, o in model.options.items()
            ]
            if not any(missing and x.must for x, missing in short):
                possible.append((index, sum(x.weight * missing for x, missing in short)))
        # A network that may be dissolved is, now and then, and its members wait.
        if possible and (question.classes[number].least or dice.random() < 0.7):
            index, price = dice.choice(possible)
            cost, worth = cost + price, worth + lows[number][index]
            formed[number] += 1
    assume(any(formed) and all(n >= x.least for n, x in zip(formed, question.classes, strict=True)))
    within = Question(lowered, nobody(problem), None, watch(), known=cost + question.step)
    supplied, free = within.supply.least(lows, watch()), question.supply.least(lows, watch())
    assert supplied is not None
    assert free is not None
    assert free <= supplied <= worth, "what is known of answers makes it no less, and no answer has less"


def test_of_a_role_that_few_have_there_are_few_networks() -> None:
    """Three networks of four, six people of each role: two at most are for the cheap one where others are too dear."""
    for known, two in ((None, -3 * UNIT), (15, -2 * UNIT)):
        question = Question(lower(halves()), nobody(halves()), 0, watch(), known=known)
        assert question.supply.least([[-UNIT, 0]], watch()) == two
        nothing = Duals([0] * 12, {}, (0,) * len(question.roundings))
        assert question.limit(nothing, [[-UNIT, 0]]) == two
    assert question.limit(nothing, [[-UNIT, 100 * UNIT]]) == 15 * UNIT, "no more than what is known"


def test_whoever_waits_needs_no_network() -> None:
    """Where one network of three is enough, and all cost the same, an answer may have one, and everybody else waits."""
    problem = replace(halves(), min_count=1)
    question = Question(lower(problem), nobody(problem), None, watch())
    assert question.supply.least([[UNIT, UNIT]], watch()) == UNIT


def halves() -> Problem:
    """Six of one role and six of another, in three networks of four: one of them must mix two and two."""
    pool = Pool(tuple("abcdefghijkl"), {"role": Category(("x", "y"), tuple((p // 6,) for p in range(12)))})
    same = Same(name="same", strength=5, attribute="role")
    return Problem(pool, tuple(Network(f"n{k}", 4, 4) for k in range(3)), 3, rules=(same,))


def cheapest_mixture(columns: Columns) -> master.Master:
    """The cheapest mixture of every set there is."""
    for number, quick in enumerate(columns.quick):
        for members in combinations(range(12), 4):
            price = quick.price_of(members)
            assert price is not None
            for index in quick.labels(members):
                columns._keep(number, index, members, price)
    mixture = columns.program.solved(Worth(np.zeros(12), np.zeros(len(columns.question.roundings)), {}), 1_000.0)
    assert mixture is not None
    return mixture


@pytest.mark.parametrize(("rounded", "costs"), [(True, 10), (False, 0)], ids=["whole networks", "parts of networks"])
def test_a_network_and_a_half_for_a_role_costs_what_two_networks_cost(rounded: bool, costs: int) -> None:
    """A mixture gives each role a network and a half at no cost; in whole networks two people are apart, at 5 each.

    Exact pricing proves the same at what the mixture says everything is worth.
    """
    columns = Columns(lower(halves()), nobody(halves()), 0, watch())
    assert columns.question.roundings, "they bind"
    if not rounded:
        columns.question.roundings = []
        columns.program = master.Program(columns.question)
    mixture = cheapest_mixture(columns)
    assert mixture.value == pytest.approx(costs)
    duals = mixture.worth.rounded()
    with ThreadPoolExecutor(1) as pool:
        lows = columns.price(duals, [None], pool)
    assert lows is not None
    assert columns.question.limit(duals, lows) / UNIT == pytest.approx(costs, abs=0.1)


def test_what_is_known_of_an_answer_makes_it_a_mixture() -> None:
    """Two networks of one role each and one of both: the mixture of these three sets costs what the answer does."""
    columns = Columns(lower(halves()), nobody(halves()), 0, watch())
    shares = columns.know([0, 0, 0, 0, 2, 2, 1, 1, 1, 1, 2, 2])
    assert sum(shares) == pytest.approx(10)
    near = Worth(np.array(shares), np.zeros(len(columns.question.roundings)), {})
    mixture = columns.program.solved(near, 1_000.0)
    assert mixture is not None
    assert mixture.value == pytest.approx(10)


def test_with_room_for_everybody_of_each_role_no_rounding_is_worth_its_while() -> None:
    """Eight of one role and four of another, in three networks of four: nothing has to be mixed."""
    pool = Pool(tuple("abcdefghijkl"), {"role": Category(("x", "y"), tuple((int(p < 4),) for p in range(12)))})
    columns = Columns(lower(replace(halves(), pool=pool)), nobody(halves()), 0, watch())
    assert columns.question.roundings == []
