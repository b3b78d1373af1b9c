"""Runs: nothing is lost and nothing is done twice, whoever dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from service import rounds
from service.beside import changes_of, posed_by
from service.intake.tables import Objects
from service.store import Store
from service.store import runs as queue
from service.store.candidates import add_candidates
from service.store.errors import LeaseLostError, NotNowError, QueueFullError
from service.store.names import now
from service.store.programmes import make_programme
from service.store.proposals import list_proposals, proposal, question_of
from service.store.runs import (
    REPAIR,
    SCENARIO,
    State,
    ask_beside,
    ask_for_run,
    cancel,
    events_after,
    finish,
    give_back,
    hand_on,
    run,
    still_held,
    take,
)
from service.store.tables import runs
from service.worker import one_round
from tests.api.conftest import people, programme
from tests.conftest import ROOT

WORKER = [sys.executable, "-c", "from service.cli import main; main()", "worker"]


@contextmanager
def worker(address: str) -> Iterator[subprocess.Popen[bytes]]:
    """A worker as a process of its own."""
    where = {"KRING_DATABASE": address} if "://" in address else {"KRING_DATA": address}
    process = subprocess.Popen(WORKER, cwd=ROOT, env=os.environ | where, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def until(holds: Callable[[], bool], seconds: float = 90) -> None:
    """Waits for something."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def hard(store: Store, space: str) -> str:
    """A programme that takes longer than a test has, with an answer soon."""
    made = make_programme(
        store,
        space,
        programme(
            networks={"count": 6, "min_size": 8, "max_size": 12},
            rules=[
                {"rule": "spread", "attribute": "sector", "min_values": 9},
                {"rule": "exchange"},
                {"rule": "balance", "attribute": "role"},
                {"rule": "same", "attribute": "region"},
            ],
        ),
    )
    rows = [
        {
            "id": f"p{i}",
            "sector": f"s{i * i % 17}",
            "role": f"r{i * 7 % 5}",
            "region": f"g{i * 3 % 11}",
            "asks": [f"t{i * 5 % 13}", f"t{i * 11 % 19}"],
            "offers": [f"t{i * 3 % 13}"],
        }
        for i in range(60)
    ]
    add_candidates(store, space, made.id, Objects("candidates", rows))
    return made.id


def test_a_run_goes_from_the_line_to_its_proposal(store: Store, space: str, small: str) -> None:
    """And its events tell it in order."""
    asked = ask_for_run(store, space, small, {"effort": 1})
    assert asked.state is State.QUEUED
    assert one_round(store, "w")
    done = run(store, space, asked.id)
    assert (done.state, done.progress["objective"], done.rounds) == (State.DONE, 0, 1)
    told = events_after(store, space, asked.id, 0)
    assert [event.content.get("state") for event in told if event.kind == "state"] == ["queued", "running", "done"]
    assert [event.number for event in told] == sorted({event.number for event in told})
    assert events_after(store, space, asked.id, told[-2].number) == told[-1:]
    assert not one_round(store, "w")


def test_what_the_programme_says_later_does_not_reach_a_run(store: Store, space: str, small: str) -> None:
    """It answers what was asked."""
    asked = ask_for_run(store, space, small, {"effort": 1})
    add_candidates(store, space, small, Objects("candidates", [{"id": "late"}]))
    one_round(store, "w")
    made = proposal(store, space, str(run(store, space, asked.id).proposal))
    assert sum(len(network["members"]) for network in made.content["networks"]) == 18


def test_a_contradiction_is_an_answer(store: Store, space: str) -> None:
    """With what contradicts what, in words."""
    made = make_programme(store, space, programme(networks={"count": 2, "min_size": 20, "waitlist": "never"}))
    add_candidates(store, space, made.id, Objects("candidates", people()))
    asked = ask_for_run(store, space, made.id, {"effort": 1})
    one_round(store, "w")
    ended = run(store, space, asked.id)
    assert (ended.state, ended.proposal) == (State.INFEASIBLE, None)
    assert ended.problem is not None
    assert ended.problem["code"] == "contradiction"
    assert ended.problem["conflicts"]


def test_a_programme_without_candidates_cannot_run(store: Store, space: str) -> None:
    """There is nobody to compose."""
    made = make_programme(store, space, programme())
    with pytest.raises(NotNowError, match="no_candidates"):
        ask_for_run(store, space, made.id, {})


def test_two_runs_take_turns(store: Store, space: str) -> None:
    """A round each, so that neither waits for the whole of the other."""
    long = hard(store, space)
    first, second = (ask_for_run(store, space, long, {"time_limit": 60, "workers": 1}).id for _ in range(2))
    taken = []
    for _ in range(4):
        lease = take(store, "w")
        assert lease is not None
        assert lease.others
        taken.append(lease.run)
        hand_on(store, lease.lease, {})
    assert taken == [first, second, first, second]


def test_the_end_of_a_round_tells_what_it_found(store: Store, space: str, small: str) -> None:
    """Between two rounds the best so far is seen, though the last sign of life knew of nothing yet."""
    asked = ask_for_run(store, space, small, {"effort": 40})
    lease = take(store, "w")
    assert lease is not None
    nothing, found = {"stage": "search", "objective": None}, {"stage": "search", "objective": 7}
    still_held(store, lease.lease, nothing)
    hand_on(store, lease.lease, {}, found)
    assert run(store, space, asked.id).progress == found
    assert [event.content for event in events_after(store, space, asked.id, 0)][-2:] == [nothing, found]
    with pytest.raises(LeaseLostError):
        still_held(store, lease.lease, nothing)


def test_a_full_queue_says_when_to_ask_again(
    store: Store, space: str, small: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And takes no more until somebody is served."""
    monkeypatch.setattr(queue, "MOST_WAITING", 1)
    ask_for_run(store, space, small, {"effort": 1})
    with pytest.raises(QueueFullError) as full:
        ask_for_run(store, space, small, {"effort": 1})
    assert full.value.seconds > 0
    one_round(store, "w")
    ask_for_run(store, space, small, {"effort": 1})


def test_only_one_worker_holds_a_run(store: Store, space: str, small: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One whose lease ran out can write nothing any more, and the proposal is made once."""
    asked = ask_for_run(store, space, small, {"effort": 1})
    monkeypatch.setattr(queue, "LEASE", timedelta(seconds=-1))
    dead = take(store, "dead")
    assert dead is not None
    monkeypatch.undo()
    alive = take(store, "alive")
    assert alive is not None
    assert alive.run == dead.run == asked.id
    assert take(store, "third") is None
    for write in (
        lambda: still_held(store, dead.lease),
        lambda: hand_on(store, dead.lease, {}),
        lambda: finish(store, dead.lease, State.DONE, proposal={}),
    ):
        with pytest.raises(LeaseLostError):
            write()
    finish(store, alive.lease, State.UNKNOWN)
    assert list_proposals(store, space, small).items == ()


def test_a_run_that_kills_its_workers_is_given_up(
    store: Store, space: str, small: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a few, rather than killing all that come."""
    asked = ask_for_run(store, space, small, {"effort": 1})
    monkeypatch.setattr(queue, "LEASE", timedelta(seconds=-1))
    for _ in range(queue.MOST_TRIES):
        assert take(store, "dies") is not None
    assert take(store, "dies") is None
    ended = run(store, space, asked.id)
    assert ended.state is State.FAILED
    assert ended.problem == {"code": "worker_lost"}


def test_cancelling_before_the_start_ends_a_run_at_once(store: Store, space: str, small: str) -> None:
    """There is nothing to keep."""
    asked = ask_for_run(store, space, small, {"effort": 1})
    assert cancel(store, space, asked.id).state is State.CANCELLED
    assert not one_round(store, "w")
    assert cancel(store, space, asked.id).state is State.CANCELLED


def test_cancelling_keeps_the_best_found(address: str, store: Store, space: str) -> None:
    """A proposal with whole meetings, long before the time is up."""
    asked = ask_for_run(store, space, hard(store, space), {"time_limit": 600})
    with worker(address):
        until(lambda: run(store, space, asked.id).progress.get("objective") is not None)
        cancel(store, space, asked.id)
        until(lambda: run(store, space, asked.id).state.ended, 45)
    ended = run(store, space, asked.id)
    assert ended.state is State.CANCELLED
    made = proposal(store, space, str(ended.proposal))
    assert len(made.content["networks"]) == 6
    assert all(len(rotation["meetings"]) == 4 for rotation in made.content["rotations"])


def test_killing_a_worker_loses_a_round_at_most(
    address: str, store: Store, space: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another one goes on from the best of the round before, and there is one proposal in the end."""
    programme_id = hard(store, space)
    asked = ask_for_run(store, space, programme_id, {"effort": 2, "workers": 1})
    monkeypatch.setattr(rounds, "ROUND_EFFORT", 1)
    assert one_round(store, "w")
    before = run(store, space, asked.id)
    assert (before.state, before.rounds) == (State.RUNNING, 1)
    with worker(address) as first:
        until(lambda: held(store, asked.id) is not None)
        first.send_signal(signal.SIGKILL)
        first.wait()
    assert held(store, asked.id) is not None  # it died with the run in its hands
    if store.engine.dialect.name == "postgresql":
        run_out(store, asked.id)  # in the other database these twenty seconds are waited for
    with worker(address):
        until(lambda: run(store, space, asked.id).state.ended)
    after = run(store, space, asked.id)
    assert (after.state, after.rounds) == (State.DONE, 2)
    assert [each.run for each in list_proposals(store, space, programme_id).items] == [asked.id]


@pytest.mark.parametrize("kind", [SCENARIO, REPAIR])
def test_killing_a_worker_beside_a_proposal_loses_a_round_at_most(
    address: str, store: Store, space: str, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """Scenarios and repairs go on from the best of the round before, too; of three rounds none is done twice."""
    programme_id = hard(store, space)
    ask_for_run(store, space, programme_id, {"effort": 1, "workers": 1})
    assert one_round(store, "w")
    (baseline,) = list_proposals(store, space, programme_id).items
    body = {"changes": {"drop": ["p1"]}, "effort": 40, "workers": 1}
    posed = posed_by(question_of(store, baseline), dict(baseline.content), changes_of(body["changes"]))
    asked = ask_beside(store, space, kind, baseline, posed, body)
    monkeypatch.setattr(rounds, "ROUND_EFFORT", 1)
    assert one_round(store, "w")
    monkeypatch.undo()
    before = run(store, space, asked.id)
    assert (before.state, before.rounds) == (State.RUNNING, 1)
    assert before.progress["objective"] is not None
    with worker(address) as first:
        until(lambda: held(store, asked.id) is not None)
        first.send_signal(signal.SIGKILL)
        first.wait()
    assert run(store, space, asked.id).rounds == 1
    run_out(store, asked.id)
    lease = take(store, "next")
    assert lease is not None
    assert lease.standing is not None  # the first round is not done again
    give_back(store, lease.lease)
    cancel(store, space, asked.id)
    assert one_round(store, "w")
    after = run(store, space, asked.id)
    assert (after.state, after.rounds) == (State.CANCELLED, 1)
    made = proposal(store, space, str(after.proposal))
    assert made.content["composition"]["objective"] <= before.progress["objective"]
    assert after.comparison is not None


def run_out(store: Store, run_id: str) -> None:
    """Twenty seconds pass without a sign of life of whoever holds a run."""
    with store.writing() as connection:
        connection.execute(update(runs).where(runs.c.id == run_id).values(leased_until=now()))


def held(store: Store, run_id: str) -> str | None:
    """Who holds a run."""
    with store.reading() as connection:
        return connection.execute(select(runs.c.worker).where(runs.c.id == run_id)).scalar()


def test_a_worker_that_is_stopped_hands_its_round_on(address: str, store: Store, space: str) -> None:
    """At once, with what it found; nobody waits for a lease to run out."""
    asked = ask_for_run(store, space, hard(store, space), {"time_limit": 600})
    with worker(address) as process:
        until(lambda: run(store, space, asked.id).progress.get("objective") is not None)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    lease = take(store, "next")
    assert lease is not None
    assert lease.standing is not None
    assert lease.standing["places"] is not None
