"""A large run in parts: shared by all workers, and whoever dies loses one part. In both databases."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from datetime import timedelta
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import select

from service import parts as sharing
from service import rounds
from service.files import NoFiles
from service.intake.tables import Objects
from service.parts import Lowerings, compose_part, cut, sewn, worth_sharing
from service.reading import Asked, asked_of
from service.store import Store
from service.store import parts as queue
from service.store.candidates import add_candidates
from service.store.errors import LeaseLostError
from service.store.names import now
from service.store.parts import crew, part_done, parts_of, seen, share, take_part
from service.store.programmes import make_programme
from service.store.proposals import proposal
from service.store.runs import State, ask_for_run, cancel, run, take
from service.store.tables import parts
from service.worker import one_part, work
from solver import patchwork
from solver.limits import Limits
from solver.lower import lower
from solver.price import breaches, score

PROGRAMME: dict[str, Any] = {
    "name": "Many",
    "networks": {"count": 12, "min_size": 5, "max_size": 10},
    "rules": [
        {"rule": "spread", "attribute": "sector", "weight": 3},
        {"rule": "distinct", "attribute": "organisation", "weight": 5},
        {"rule": "exchange", "weight": 1},
    ],
}


def crowd(count: int = 96) -> list[dict[str, Any]]:
    """People who can be mixed well or badly; the same every time."""
    dice = random.Random(7)
    return [
        {
            "id": f"c{n}",
            "sector": dice.choice("abcdef"),
            "organisation": f"o{dice.randrange(30)}",
            "asks": [str(dice.randrange(20)) for _ in range(3)],
            "offers": [str(dice.randrange(20))],
        }
        for n in range(count)
    ]


@pytest.fixture
def small_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ninety-six people are many, and two dozen a part."""
    monkeypatch.setattr(sharing, "LARGE", 50)
    monkeypatch.setattr(sharing, "LEAST_SECONDS", 0.2)
    monkeypatch.setattr(patchwork, "PEOPLE", 16)


@pytest.fixture
def asked() -> Asked:
    """The question."""
    return asked_of(PROGRAMME, Objects("candidates", crowd()), NoFiles())


@pytest.fixture
def standing(asked: Asked) -> rounds.Standing:
    """A first answer that a short round has found."""
    return rounds.compose_round(asked, rounds.first(asked), Limits(1.0, None, 1, 1))


@pytest.mark.usefixtures("small_is_large")
def test_parts_have_everybody_once_and_put_together_they_are_no_worse(asked: Asked, standing: rounds.Standing) -> None:
    problem = asked.question.problem
    laid_out = cut(lower(problem), standing, Limits(2.0, None, 3, 1), workers=3, cores=1)
    patches = [patch for part in laid_out for patch in part["patches"]]
    assert sorted(k for patch in patches for k in patch["networks"]) == list(range(12))
    assert sorted(person for patch in patches for person in patch["people"]) == list(range(96))
    cutter = Lowerings().of("question", lambda: asked)
    found = [compose_part(cutter, standing, part) for part in laid_out]
    joined = sewn(problem, lower(problem), standing, found, 2.0)
    assert standing.objective is not None and joined.objective is not None and joined.composition is not None
    assert joined.objective <= standing.objective
    assert joined.objective == score(problem, joined.composition).objective
    assert not list(breaches(problem, joined.composition))
    assert (joined.rounds, joined.seconds) == (standing.rounds + 1, standing.seconds + 2.0)


@pytest.mark.usefixtures("small_is_large")
def test_a_part_that_nobody_could_do_leaves_its_people_where_they_are(asked: Asked, standing: rounds.Standing) -> None:
    problem = asked.question.problem
    joined = sewn(problem, lower(problem), standing, [{}], 1.0)
    assert (joined.places, joined.objective) == (standing.places, standing.objective)


@pytest.mark.usefixtures("small_is_large")
@pytest.mark.parametrize(
    ("limits", "workers", "worth"),
    [
        (Limits(5.0, None, 1, 1), 2, True),
        (Limits(5.0, None, 1, 1), 1, False),
        (Limits(None, 5, 1, 1), 3, False),
        (Limits(0.1, None, 1, 1), 3, False),
    ],
    ids=["two workers", "one worker", "the same bytes every time", "hardly any time"],
)
def test_sharing_is_for_several_workers_and_the_clock(
    asked: Asked, standing: rounds.Standing, limits: Limits, workers: int, worth: bool
) -> None:
    assert worth_sharing(asked.question.problem, standing, limits, workers) is worth


@pytest.fixture
def shared(store: Store, space: str, standing: rounds.Standing, asked: Asked, small_is_large: None) -> str:
    """A run whose parts are laid out."""
    made = make_programme(store, space, PROGRAMME)
    add_candidates(store, space, made.id, Objects("people", crowd()))
    asked_for = ask_for_run(store, space, made.id, {"time_limit": 8, "workers": 1})
    lease = take(store, "first")
    assert lease is not None
    laid_out = cut(lower(asked.question.problem), standing, Limits(1.0, None, 3, 1), workers=2, cores=1)
    share(store, lease.lease, standing.as_json(), laid_out)
    return asked_for.id


def test_a_run_whose_parts_are_at_work_waits_for_them(store: Store, shared: str) -> None:
    assert take(store, "other") is None
    while one_part(store, "other", lambda: False, Lowerings()):
        pass
    again = take(store, "other")
    assert again is not None
    assert again.run == shared
    done, since = parts_of(store, shared)
    assert len(done) > 2
    assert since is not None


def test_whoever_dies_loses_one_part_and_nobody_elses(store: Store, shared: str) -> None:
    """The dead one's lease runs out; what others did stays as it is, to the letter."""
    dead = take_part(store, "dead")
    assert dead is not None
    while one_part(store, "alive", lambda: False, Lowerings()):
        pass
    before, _ = parts_of(store, shared)
    with store.writing() as connection:
        connection.execute(parts.update().where(parts.c.lease == dead.lease).values(leased_until=now()))
    part = take_part(store, "alive")
    assert part is not None
    assert part.number == dead.number
    part_done(store, part.lease, {})
    after, _ = parts_of(store, shared)
    assert [each for each in after if each.number != dead.number] == list(before)
    with pytest.raises(LeaseLostError):
        part_done(store, dead.lease, {"0": 0})


def test_a_part_that_kills_whoever_takes_it_is_left_as_it_was(
    store: Store, shared: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "LEASE", timedelta(0))
    first = take_part(store, "w")
    for _ in range(3):
        time.sleep(0.01)
        take_part(store, "w")
    done, _ = parts_of(store, shared)
    assert first is not None
    assert [(each.number, each.found) for each in done] == [(first.number, {})]


def test_stopping_a_run_does_not_wait_for_its_parts(store: Store, space: str, shared: str) -> None:
    cancel(store, space, shared)
    assert take_part(store, "other") is None
    lease = take(store, "other")
    assert lease is not None
    assert lease.stop


def test_workers_that_are_there_are_counted_and_others_forgotten(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    seen(store, "one", 4)
    seen(store, "two", 2)
    seen(store, "one", 4)
    assert crew(store) == queue.Crew(2, 2)
    monkeypatch.setattr(queue, "now", lambda: now() + timedelta(seconds=16))
    assert crew(store).workers == 0


@pytest.fixture
def three_workers(store: Store) -> Iterator[None]:
    """Three workers, as threads."""
    stopping = Event()
    names = ("one", "two", "three")
    threads = [Thread(target=work, args=(store, name, stopping.is_set), kwargs={"idle": 0.05}) for name in names]
    for thread in threads:
        thread.start()
    yield
    stopping.set()
    for thread in threads:
        thread.join()


@pytest.mark.usefixtures("small_is_large", "three_workers")
def test_three_workers_share_a_run_and_its_answer_is_counted_again(
    store: Store, space: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rounds of a second: the first is one worker's, the others are everybody's."""
    monkeypatch.setattr(rounds, "ROUND_SECONDS", 1.0)
    monkeypatch.setattr(sharing, "ROUND_SECONDS", 1.0)
    made = make_programme(store, space, PROGRAMME)
    add_candidates(store, space, made.id, Objects("people", crowd()))
    asked_for = ask_for_run(store, space, made.id, {"time_limit": 6, "workers": 1}).id
    did: set[str] = set()
    until = time.monotonic() + 90
    while not run(store, space, asked_for).state.ended:
        with store.reading() as connection:
            did |= {str(row[0]) for row in connection.execute(select(parts.c.done_by)) if row[0] is not None}
        assert time.monotonic() < until
        time.sleep(0.05)
    ended = run(store, space, asked_for)
    assert ended.state is State.DONE
    assert len(did) > 1, "more than one worker did parts"
    assert ended.proposal is not None
    content = proposal(store, space, ended.proposal).content
    assert sum(len(network["members"]) for network in content["networks"]) == 96
