"""A worker: takes a run for a round, solves, and hands the best on, until it is told to stop.

Any number of them, on any number of machines, share one database.
"""

from __future__ import annotations

import logging
import os
import socket
import time
from collections.abc import Callable, Mapping
from threading import Event, Lock, Thread
from typing import Any

from service import rounds
from service.beside import as_data, repair_rounds, scenario_rounds
from service.compose import USUAL_SECONDS, Answer
from service.conflicts import conflicts_of
from service.faults import InputError
from service.parts import Lowerings, compose_part, cut, sewn, worth_sharing
from service.proposal_file import Proposal
from service.reading import Asked
from service.repair import repair_limits
from service.rounds_beside import Rounds
from service.store.database import Store
from service.store.errors import LeaseLostError, NotThereError
from service.store.intake import settle_waiting
from service.store.names import now
from service.store.outage import NO_ANSWER, Outage
from service.store.parts import (
    crew,
    gone,
    part_back,
    part_done,
    part_still_held,
    parts_of,
    seen,
    share,
    take_part,
)
from service.store.proposals import proposal, question_of
from service.store.questions import asked_again
from service.store.runs import SCENARIO, Lease, State, asked_of_job, finish, give_back, hand_on, still_held, take
from service.trace import trace
from service.what_if import Compared
from solver.compose import Status
from solver.limits import Limits, Progress
from solver.lower import lower

BEAT = 1.0
"""Seconds between two signs of life: how soon a worker hears that its run is to stop."""

IDLE = 0.25
"""Seconds to wait where there is nothing to do."""

TURN = 0.02
"""Seconds, at least, that settling leaves the database to whoever delivers forms, before it goes on."""

SAY_SO = 5.0
"""Seconds between two times that a worker says that it is there."""

TIDY = 1.0
"""Seconds, at least, between two times that the log of SQLite is moved into the database while forms come in."""

STEADY = 15.0
"""Seconds after which a worker that cannot reach its database gives the round up."""

log = logging.getLogger("kring.worker")

Renew = Callable[[Mapping[str, Any] | None], bool]


def worker_name() -> str:
    """The name of this process among all workers."""
    return f"{socket.gethostname()[:20]}:{os.getpid()}"[:40]


def limits_of(asked: Mapping[str, Any]) -> Limits:
    """The limits that a run asks for; twenty seconds where it asks for none."""
    seconds, effort = asked.get("time_limit"), asked.get("effort")
    if seconds is None and effort is None:
        seconds = USUAL_SECONDS
    cores = os.cpu_count() or 1
    return Limits(seconds, effort, asked.get("seed", 1), asked.get("workers") or cores)


def work(store: Store, name: str, stopped: Callable[[], bool], *, idle: float = IDLE) -> None:
    """Does round after round until `stopped`; the round it is at is handed on with the best it has."""
    outage = Outage(log, "runs are asked for again")
    lowerings = Lowerings()
    Thread(target=_be_seen, args=(store, name, stopped), name="seen", daemon=True).start()
    # In turn, so that the parts of a large run do not hold up the others, nor they it.
    turns: list[Callable[[], bool]] = [
        lambda: one_round(store, name, stopped),
        lambda: one_part(store, name, stopped, lowerings),
    ]
    while not stopped():
        with outage.outlasted():
            if turns[0]() or turns[1]():
                turns.reverse()
            else:
                time.sleep(idle)
    with outage.outlasted():
        gone(store, name)


def _be_seen(store: Store, name: str, stopped: Callable[[], bool]) -> None:
    """Says from time to time that this worker is there, whatever it is at."""
    while not stopped():
        try:
            seen(store, name, os.cpu_count() or 1)
        except NO_ANSWER:
            log.debug("nobody hears that this worker is there: the database does not answer")
        time.sleep(SAY_SO)


def one_part(store: Store, name: str, stopped: Callable[[], bool], lowerings: Lowerings) -> bool:
    """Does one part of a large run; False where none waits."""
    lease = take_part(store, name)
    if lease is None:
        return False
    log.info("run %s: part %s begins", lease.run, lease.number)

    def asked() -> Asked:
        with store.reading() as connection:
            return asked_again(connection, lease.question)

    held = Held(f"run {lease.run}, part {lease.number}", lambda _: part_still_held(store, lease.lease), stopped)
    try:
        with held:
            cutter = lowerings.of(lease.question, asked)
            found = compose_part(cutter, rounds.Standing.of_json(lease.standing), lease.asked, held.over)
        if stopped():
            part_back(store, lease.lease)
        else:
            part_done(store, lease.lease, found)
    except LeaseLostError:
        log.warning("run %s: part %s is somebody else's now, or the run has gone on", lease.run, lease.number)
    except NotThereError:
        log.info("run %s: deleted while it ran", lease.run)
    return True


def settle_until(store: Store, stopped: Callable[[], bool], *, idle: float = IDLE) -> None:
    """Settles what forms deliver, beside the rounds: a delivery does not wait for a solve."""
    outage = Outage(log, "deliveries are settled again")
    tidied = 0.0
    while not stopped():
        try:
            with outage.outlasted():
                began = time.monotonic()
                settled = settle_waiting(store)
                if settled and began - tidied > TIDY:
                    store.tidy()
                    tidied = began
                # Two thirds of the time belong to whoever delivers forms, also where the disk is slow.
                time.sleep(max(TURN, 2 * (time.monotonic() - began)) if settled else idle)
        except Exception as error:  # ours, whatever it is: nothing is lost, and the next ones may be settled
            log.error("deliveries could not be settled; they are tried again\n%s", trace(error))
            time.sleep(STEADY)


def one_round(store: Store, name: str, stopped: Callable[[], bool] = lambda: False) -> bool:
    """Does one round of the run that has waited longest; False where none waits."""
    lease = take(store, name)
    if lease is None:
        return False
    log.info("run %s: a round begins", lease.run)
    held = Held(
        f"run {lease.run}",
        lambda progress: still_held(store, lease.lease, progress),
        stopped,
        stop=lease.stop,
    )
    try:
        with held:
            _do(store, lease, held, stopped)
    except LeaseLostError:
        log.warning("run %s: another worker has taken it over", lease.run)
    except NotThereError:
        log.info("run %s: deleted while it ran", lease.run)
    except InputError as error:
        _end_of(store, lease, State.FAILED, problem=error.as_json())
    except NO_ANSWER:
        # The run has not failed: its lease runs out, and the round is done again.
        log.warning("run %s: the database does not answer; the round will be done again", lease.run)
        raise
    except Exception as error:  # ours, whatever it is: the run says so, and the log has the trace
        log.error("run %s: failed\n%s", lease.run, trace(error))
        _end_of(store, lease, State.FAILED, problem={"code": "internal"})
    return True


class Held:
    """The lease of a round, renewed beside the work; says when to stop, and tells what is known so far."""

    def __init__(self, what: str, renew: Renew, leaving: Callable[[], bool], *, stop: bool = False) -> None:
        """renew: renews the lease, tells what is known, and says whether to stop; raises LeaseLostError."""
        self._what = what
        self._renew = renew
        self._leaving = leaving
        self._done = Event()
        self._stop = Event()
        self._lost = Event()
        self._lock = Lock()
        self._progress: dict[str, Any] | None = None
        self._thread = Thread(target=self._beat, name="lease", daemon=True)
        if stop:
            self._stop.set()

    def __enter__(self) -> Held:
        self._thread.start()
        return self

    def __exit__(self, *failure: object) -> None:
        self._done.set()
        self._thread.join()

    @property
    def asked_to_stop(self) -> bool:
        """Whether the owner of the run wants no more than the best so far."""
        return self._stop.is_set()

    def over(self) -> bool:
        """Whether this round should end now, whoever wants that."""
        return self._stop.is_set() or self._lost.is_set() or self._leaving()

    def hear(self, progress: Progress) -> None:
        """Takes what a solve tells."""
        told = progress_of(progress)
        with self._lock:
            self._progress = told

    def _beat(self) -> None:
        reached = time.monotonic()
        while not self._done.wait(BEAT):
            with self._lock:
                progress = self._progress
            try:
                if self._renew(progress):
                    self._stop.set()
                reached = time.monotonic()
            except LeaseLostError:
                self._lost.set()
                return
            except Exception as error:  # the database does not answer: the lease outlasts a short silence
                log.warning("%s: a sign of life did not get through (%s)", self._what, type(error).__name__)
                if time.monotonic() - reached > STEADY:
                    self._lost.set()
                    return


def progress_of(progress: Progress) -> dict[str, Any]:
    """What is known so far, as it is told."""
    gap = None
    if progress.objective is not None and progress.bound is not None:
        gap = round(max(0, progress.objective - progress.bound) / max(1, progress.objective), 6)
    return {
        "stage": progress.stage,
        "objective": progress.objective,
        "bound": progress.bound,
        "gap": gap,
        "waiting": progress.waiting,
    }


def _do(store: Store, lease: Lease, held: Held, leaving: Callable[[], bool]) -> None:
    if lease.baseline is not None:
        _do_beside(store, lease, held, leaving)
        return
    with store.reading() as connection:
        asked = asked_again(connection, lease.question)
    standing = rounds.first(asked) if lease.standing is None else rounds.Standing.of_json(lease.standing)
    standing = _sewn(store, lease, held, asked, standing)
    wanted = limits_of(lease.asked)
    limits = None if held.asked_to_stop else rounds.next_limits(asked, standing, wanted, others_waiting=lease.others)
    if limits is not None and not leaving() and _shared(store, lease, asked, standing, limits):
        return
    if limits is not None:
        standing = rounds.compose_round(asked, standing, limits, listen=held.hear, stopped=held.over)
        more = None if held.asked_to_stop else rounds.next_limits(asked, standing, wanted, others_waiting=lease.others)
        # What took several rounds has its meetings planned in a turn of their own, so that nothing is composed again.
        if not held.asked_to_stop and (leaving() or more is not None or standing.rounds > 1):
            hand_on(store, lease.lease, standing.as_json(), progress_of(rounds.told_of(standing)))
            return
    if leaving() and not held.asked_to_stop:
        give_back(store, lease.lease)
        return
    _finish(store, lease, held, asked, standing, wanted)


def _sewn(store: Store, lease: Lease, held: Held, asked: Asked, standing: rounds.Standing) -> rounds.Standing:
    """The standing with what the parts of the last round have found, where there were any."""
    done, since = parts_of(store, lease.run)
    if since is None:
        return standing
    problem, seconds = asked.question.problem, (now() - since).total_seconds()
    standing = sewn(problem, lower(problem), standing, [part.found for part in done], seconds)
    log.info("run %s: %s parts sewn together", lease.run, len(done))
    held.hear(rounds.told_of(standing))
    return standing


def _shared(store: Store, lease: Lease, asked: Asked, standing: rounds.Standing, limits: Limits) -> bool:
    """Lays out the next round for all workers, where that is worth its while; whether it was."""
    there = crew(store)
    problem = asked.question.problem
    if not worth_sharing(problem, standing, limits, there.workers):
        return False
    laid_out = cut(lower(problem), standing, limits, workers=there.workers, cores=there.cores)
    share(store, lease.lease, standing.as_json(), laid_out, progress_of(rounds.told_of(standing)))
    log.info("run %s: %s parts for %s workers", lease.run, len(laid_out), there.workers)
    return True


def _finish(store: Store, lease: Lease, held: Held, asked: Asked, standing: rounds.Standing, wanted: Limits) -> None:
    """Plans the trios around the best, and ends the run."""
    found = rounds.finish(asked, standing, wanted, listen=held.hear, stopped=held.over)
    if found.proposal is not None:
        composed = found.proposal["composition"]
        told = {"stage": "done", **{key: composed[key] for key in ("objective", "bound", "gap", "waiting")}}
        state = State.CANCELLED if held.asked_to_stop else State.DONE
        finish(store, lease.lease, state, proposal=found.proposal, progress=told, rounds=standing.rounds)
        log.info("run %s: %s", lease.run, state.value)
        return
    if held.asked_to_stop:
        finish(store, lease.lease, State.CANCELLED)
    elif found.status is Status.INFEASIBLE:
        finish(store, lease.lease, State.INFEASIBLE, problem=_contradiction(found))
    else:
        finish(store, lease.lease, State.UNKNOWN, problem={"code": "nothing_found"})


def _do_beside(store: Store, lease: Lease, held: Held, leaving: Callable[[], bool]) -> None:
    """One round of a scenario or a repair, beside the proposal that it is laid beside."""
    assert lease.baseline is not None  # noqa: S101  (only called where there is one)
    there = proposal(store, lease.space, lease.baseline)
    chain = _chain(question_of(store, there), dict(there.content), lease, asked_of_job(store, lease))
    standing = lease.standing
    limits = None if held.asked_to_stop else chain.next_limits(standing, others_waiting=lease.others)
    if limits is not None and not leaving():
        played = chain.play(standing, limits, held.hear, held.over)
        standing = played.standing
        if not held.asked_to_stop:
            hand_on(store, lease.lease, standing, progress_of(played.progress))
            return
    rounds_before = 0 if standing is None else standing["rounds"]
    found = chain.end(standing, held.hear, held.over)
    if leaving() and not held.asked_to_stop:
        give_back(store, lease.lease)
        return
    made = (found.proposal() if found.found else None) if isinstance(found, Compared) else found.proposal
    ended = rounds_before or 1
    told = as_data(found.as_json())
    if made is not None:
        state = State.CANCELLED if held.asked_to_stop else State.DONE
        composed = made["composition"]
        progress = {"stage": "done", **{key: composed[key] for key in ("objective", "bound", "gap", "waiting")}}
        finish(store, lease.lease, state, proposal=as_data(made), progress=progress, comparison=told, rounds=ended)
    elif held.asked_to_stop:
        finish(store, lease.lease, State.CANCELLED, comparison=told)
    elif found.status is Status.INFEASIBLE:
        finish(store, lease.lease, State.INFEASIBLE, problem={"code": "contradiction"}, comparison=told)
    else:
        finish(store, lease.lease, State.UNKNOWN, problem={"code": "nothing_found"}, comparison=told)
    log.info("run %s: ended", lease.run)


def _chain(asked: Asked, baseline: Proposal, lease: Lease, stated: Mapping[str, Any]) -> Rounds:
    """The rounds of a scenario or a repair."""
    if lease.kind == SCENARIO:
        return scenario_rounds(asked, baseline, stated, limits_of(stated))
    limits = repair_limits(stated.get("time_limit"), stated.get("effort"), stated.get("seed", 1), stated.get("workers"))
    return repair_rounds(asked, baseline, stated, limits)


def _contradiction(found: Answer) -> dict[str, Any]:
    return {"code": "contradiction", **conflicts_of(found).as_json()}


def _end_of(store: Store, lease: Lease, state: State, *, problem: Mapping[str, Any]) -> None:
    try:
        finish(store, lease.lease, state, problem=problem)
    except LeaseLostError:
        log.warning("run %s: another worker has taken it over", lease.run)
