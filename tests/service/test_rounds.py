"""A chain of rounds: never worse, nothing forgotten, the same when it is played again."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from service.baseline import Baseline
from service.changes import Changes
from service.check import check
from service.compose import answer
from service.intake.tables import Objects
from service.proposal_file import as_bytes
from service.reading import Asked, load
from service.rounds import NEXT_SEED, Standing, compose_round, composed, finish, first, next_limits
from service.scenario import changed
from solver.compose import Status
from solver.errors import SolverBugError
from solver.limits import Limits, Progress
from tests.outside.programmes import random_programme
from tests.service.small import LIMITS, asked, people, proposal

WAITS = {"networks": {"count": 2, "min_size": 3, "max_size": 5, "fixed": [{"name": "Gent"}]}}
"""Ten seats for twelve: two wait."""


def copies(letters: str) -> list[dict[str, Any]]:
    """Everybody once for each letter, in organisations of their own."""
    return [
        row | {"id": f"{row['id']}{letter}", "organisation": f"{row['organisation']}{letter}", "apart_from": ""}
        for letter in letters
        for row in people()
    ]


MANY = copies("ab")
"""Twenty-four."""

OPEN = {
    "networks": {"count": 3, "min_size": 7, "max_size": 9},
    "pins": [],
    "rules": [
        {"rule": "spread", "attribute": "sector", "weight": 5},
        {"rule": "diverse", "attributes": ["sector", "role", "organisation"], "weight": 1},
        {"rule": "distinct", "attribute": "organisation", "strength": "must"},
    ],
}


def still() -> float:
    """A clock that stands."""
    return 0.0


def chain(of: Asked, limits: Sequence[Limits], start: Standing | None = None) -> list[Standing]:
    """The standing before the first round and after each, written down and read back every time."""
    found = [start or first(of)]
    for each in limits:
        read = Standing.of_json(json.loads(json.dumps(found[-1].as_json())))
        assert read == found[-1]
        found.append(compose_round(of, read, each, clock=still))
    return found


@cache
def open_chain() -> tuple[Asked, list[Standing]]:
    """Two rounds of forty-eight people, which are not proven at once."""
    of = asked(copies("abcd"), **OPEN | {"networks": {"count": 4, "min_size": 10, "max_size": 14}})
    return of, chain(of, parts(2))


def run(of: Asked, limits: Limits) -> list[Standing]:
    """All rounds of a run."""
    found = [first(of)]
    while (part := next_limits(of, found[-1], limits)) is not None:
        found.append(compose_round(of, found[-1], part, clock=still))
    return found


def parts(efforts: int) -> list[Limits]:
    """So many rounds of one effort, with the seeds that a chain gives them."""
    return [replace(LIMITS, seed=1 + NEXT_SEED * number) for number in range(efforts)]


def test_chain_gives_a_proposal_that_check_agrees_with() -> None:
    for of, standings in ((asked(), chain(asked(), parts(3))), (asked(**WAITS), chain(asked(**WAITS), parts(3)))):
        _gives_a_proposal(of, standings[-1])
    of, standings = open_chain()
    _gives_a_proposal(of, standings[-1])


def _gives_a_proposal(of: Asked, standing: Standing) -> None:
    found = finish(of, standing, replace(LIMITS, effort=3), clock=still)
    assert found.proposal is not None
    assert check(of.question, found.proposal) == ()
    assert len(found.proposal["rotations"]) == len(found.proposal["networks"])
    assert found.proposal["composition"]["objective"] == standing.objective
    assert found.proposal["seed"] == 1


@pytest.mark.parametrize("seed", range(6))
def test_chain_on_programmes_of_every_kind(tmp_path: Path, seed: int) -> None:
    """The objective never rises, bounds never fall, and what comes out is right."""
    of = load(random_programme(tmp_path, seed))
    standings = chain(of, parts(3))
    _never_worse(of, standings)
    last = standings[-1]
    found = finish(of, last, replace(LIMITS, effort=3), clock=still)
    if last.composition is None:
        assert found.proposal is None
        assert found.status is last.status
    elif found.proposal is not None:
        assert check(of.question, found.proposal) == ()


def _never_worse(of: Asked, standings: Sequence[Standing]) -> None:
    weighed = of.question.problem.waiting_is_weighed
    for before, after in pairwise(standings):
        assert after.bound >= before.bound
        assert after.least_waiting >= before.least_waiting
        assert all(now >= then for then, now in zip(before.rule_bounds, after.rule_bounds, strict=True))
        if before.objective is not None:
            assert after.objective is not None
            assert after.waiting is not None
            assert before.waiting is not None
            was, now = (before.waiting, before.objective), (after.waiting, after.objective)
            assert (now[1] <= was[1]) if weighed else (now <= was)


def test_round_played_again_gives_the_same() -> None:
    """What a killed process loses is found again, to the last figure."""
    of, standings = open_chain()
    _never_worse(of, standings)
    assert compose_round(of, standings[1], parts(2)[1], clock=still) == standings[2]


def test_rounds_are_no_copies_of_the_first() -> None:
    """Each round has a seed of its own, or it would find again what was found."""
    of = asked(MANY, **OPEN)
    limits = Limits(effort=50, seed=3)
    standing = replace(first(of), rounds=2, effort=34)
    assert next_limits(of, standing, limits) == Limits(effort=16, seed=3 + 2 * NEXT_SEED)


def test_round_that_finds_nothing_better_makes_the_next_begin_afresh() -> None:
    """What is proven does not depend on where a round begins, and the best stays."""
    of, standings = open_chain()
    last = standings[-1]
    assert last.status is Status.FEASIBLE
    assert last.stuck == (last.objective == standings[-2].objective)
    afresh = compose_round(of, replace(last, stuck=True), replace(LIMITS, seed=11), clock=still)
    _never_worse(of, [last, afresh])
    assert afresh.stuck == (afresh.objective == last.objective)


def test_short_run_is_the_run_of_the_command() -> None:
    """One round: the same bytes, as the clock stands still."""
    of, limits = open_chain()[0], Limits(effort=1, seed=5, workers=2)
    standings = run(of, limits)
    assert len(standings) == 2
    found = finish(of, standings[-1], limits, clock=still)
    whole = answer(of, limits, clock=still)
    assert found.proposal is not None
    assert whole.proposal is not None
    assert as_bytes(found.proposal) == as_bytes(whole.proposal)


def test_limits_of_rounds_by_the_clock() -> None:
    """The rotations' share is kept apart, 12 of 60 seconds here; what is left is cut into equal rounds."""
    of = asked(MANY, **OPEN)
    limits = Limits(seconds=60.0, seed=2)
    begun = replace(first(of), rounds=0)
    alone = next_limits(of, begun, limits)
    assert alone is not None
    assert alone.seconds == pytest.approx(16.0)  # 48 seconds in three rounds
    shared = next_limits(of, begun, limits, others_waiting=True)
    assert shared is not None
    assert shared.seconds == pytest.approx(9.6)  # in five
    late = next_limits(of, replace(begun, rounds=4, seconds=47.0), limits)
    assert late is not None
    assert late.seconds == pytest.approx(1.0)
    assert next_limits(of, replace(begun, rounds=5, seconds=47.6), limits) is None
    short = next_limits(of, begun, Limits(seconds=20.0))
    assert short is not None
    assert short.seconds == pytest.approx(15.0)
    nothing = next_limits(of, begun, Limits(seconds=0.0))
    assert nothing is not None  # as for the command, there is always one look
    assert nothing.seconds == 0.0


def test_limits_of_rounds_by_effort() -> None:
    """50 efforts in three rounds, whoever waits: the cut decides what is found."""
    of = asked(MANY, **OPEN)
    limits, standing, efforts = Limits(effort=50), first(of), []
    while (part := next_limits(of, standing, limits, others_waiting=bool(standing.rounds % 2))) is not None:
        assert part.effort is not None
        efforts.append(part.effort)
        standing = replace(standing, rounds=standing.rounds + 1, effort=standing.effort + part.effort)
    assert efforts == [17, 17, 16]


def test_nothing_is_done_after_a_proof() -> None:
    """Twelve people in three networks are proven within the first of many rounds."""
    of = asked(**WAITS)
    standings = run(of, Limits(effort=100))
    assert standings[-1].status is Status.OPTIMAL
    assert standings[-1].rounds < 5
    assert standings[-1].bound == standings[-1].objective
    assert compose_round(of, standings[-1], LIMITS) == standings[-1]


def test_stopped_at_once_keeps_the_best() -> None:
    """The round ends with what it was given, and every network still gets its meetings."""
    for of, standings in ((asked(), chain(asked(), parts(1))), open_chain()):
        _kept_when_stopped(of, replace(standings[-1], status=Status.FEASIBLE, bound=0))


def _kept_when_stopped(of: Asked, best: Standing) -> None:
    after = compose_round(of, best, LIMITS, stopped=lambda: True, clock=still)
    assert (after.objective, after.places) == (best.objective, best.places)
    found = finish(of, after, LIMITS, stopped=lambda: True, clock=still)
    assert found.proposal is not None
    assert found.result.stopped
    assert {len(rotation["meetings"]) for rotation in found.proposal["rotations"]} == {4}
    assert check(of.question, found.proposal) == ()


IMPOSSIBLE = {"networks": {"count": 5, "min_size": 3, "max_size": 5}, "pins": []}
ONE_ORGANISATION = [row | {"organisation": "one"} for row in people()]


@pytest.mark.parametrize(
    ("of", "proof"),
    [(asked(**IMPOSSIBLE), ("sizes",)), (asked(ONE_ORGANISATION), ("exact model",))],
    ids=["fifteen seats to fill", "all of one organisation"],
)
def test_infeasible_passes_on(of: Asked, proof: tuple[str, ...]) -> None:
    standings = chain(of, parts(2))
    assert standings[-1].status is Status.INFEASIBLE
    assert standings[-1].proof == proof
    assert next_limits(of, standings[-1], Limits(seconds=60.0)) is None
    found = finish(of, standings[-1], LIMITS)
    assert found.proposal is None
    assert found.status is Status.INFEASIBLE


def test_nothing_found_yet_is_unknown() -> None:
    found = finish(asked(), first(asked()), LIMITS)
    assert found.proposal is None
    assert found.status is Status.UNKNOWN


def test_baseline_as_start() -> None:
    """What still stands of an earlier answer is the best before the first round."""
    baseline = proposal(asked())
    beside = Baseline(baseline)
    late = Objects("new", [{"id": "n1", "sector": "care", "organisation": "elders", "role": "coach"}])
    for changes in (Changes(), Changes(drop=("c3",)), Changes(add=(late,))):
        of = changed(asked(), changes, names=beside.sizes)
        begun = first(of, start=beside.start(of.question))
        assert begun.objective is not None
        standings = chain(of, parts(2), begun)
        _never_worse(of, standings)
        found = finish(of, standings[-1], LIMITS)
        assert found.proposal is not None
        assert check(of.question, found.proposal) == ()
    same = first(asked(), start=beside.start(asked().question))
    assert same.objective == baseline["composition"]["objective"]


def test_start_that_cannot_stand_is_where_to_begin() -> None:
    """Everybody was in one network, which cannot be: they are seated anew, and the search begins there."""
    begun = first(asked(), start=[0] * 12)
    assert (begun.objective is None) == (begun.start is not None)
    assert chain(asked(), parts(1), begun)[-1].objective is not None


def test_what_was_written_down_is_not_believed() -> None:
    standing = chain(asked(), parts(1))[-1]
    assert standing.objective is not None
    with pytest.raises(SolverBugError):
        composed(replace(standing, objective=standing.objective - 1), asked().question.problem)


def test_progress_never_tells_less_than_is_known() -> None:
    """A round that starts at a worse answer tells the better one that stands."""
    of, standings = open_chain()
    before = standings[1]
    heard: list[Progress] = []
    tell: Callable[[Progress], None] = heard.append
    compose_round(of, before, parts(2)[1], listen=tell, clock=still)
    assert before.objective is not None
    assert heard
    assert all(progress.objective is not None and progress.objective <= before.objective for progress in heard)
    assert all(progress.bound is not None and progress.bound >= before.bound for progress in heard)
