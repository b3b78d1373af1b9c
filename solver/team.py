"""A team: all workers on one set of networks, each with a chain of its own, round by round."""

from __future__ import annotations

import random
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from solver import board as boards
from solver.appoint import first_setting
from solver.chain import HEATS, STEADY, WORST, Arena, Chain, Found, Hear, Heat, Rank, Work
from solver.limits import Watch
from solver.problem import Composition
from solver.seating import first_places, traits

DEPTHS = (0.5, 0.35, 0.65)
"""How far up the cooling of a run starts that goes on from the best answer, in turn."""

BEGUN = (0.65, 0.35, 0.5)
"""The same of one that starts with people together who are alike, worker by worker: what suits differs by size."""

SHALLOW, MANY = (0.2, 0.1, 0.15), 40
"""Both of them for so many networks or more, where what annealing begins is ended by dealing out again."""

ALONE = 10
"""How many times as dear as it is it seems at first that nobody leads a network: whoever could lead it finds members on
the way, and what it costs in truth is for the end."""

TRIED = HEATS[:3]
"""The heats that a run from the start may want. The coolest wins short runs and loses long ones."""

SCOUTED = 7
"""Jobs' worth of work in scouting: three heats once, then the better two for twice as long."""


@dataclass(frozen=True, slots=True)
class Job:
    """One run: `depth` 1 starts from chance; less goes on from `best`, or from `begun`, which need not seat everybody,
    or else from people together who are alike."""

    seed: int
    work: Work
    heat: Heat
    best: Found | None = None
    depth: float = 1.0
    begun: Sequence[int] | None = None


class Team:
    """All workers on one arena; each round ends with the best answer of all so far."""

    def __init__(
        self,
        arena: Arena,
        watch: Watch,
        pool: ThreadPoolExecutor,
        hear: Hear = lambda rank: None,
        *,
        alike: bool = False,
    ) -> None:
        """alike: whether runs start with people together who are alike, where chance would cost time to undo."""
        self.arena = arena
        self.alike = alike
        self.watch = watch
        self.pool = pool
        self.hear = hear
        self.rounds = 0
        self.best: Found | None = None
        self.heat = STEADY if arena.steady else HEATS[1]
        self.many = len(arena.networks) >= MANY and arena.deals
        """whether there are so many networks that dealing out again ends each run"""
        self.begun, self.depths = (SHALLOW, SHALLOW) if self.many else (BEGUN, DEPTHS)

    @property
    def rank(self) -> Rank:
        """How good the best answer so far is; worse than any where there is none."""
        return self.best.rank if self.best is not None else WORST

    def adopt(self, places: Sequence[int]) -> Found:
        """Takes an earlier answer as the one to go on from."""
        where = boards.from_places(places, self.arena.lowered, self.arena.networks)
        return self._gather([self.pool.submit(lambda: Chain(self.arena, where, 1).settled())])

    def scout(self, work: Work) -> Found:
        """Tries every heat afresh, then the better two for twice as long, and keeps to the best.

        Successive halving (Jamieson and Talwalkar 2016, "Non-stochastic best arm identification and hyperparameter
        optimization"). `work` is that of one worker for all of it. Where the heat is known, there is one run with it,
        and where there are many networks, for which dealing out again decides more than heat.
        """
        if self.heat is STEADY or self.many:
            return self.afresh(work)
        work = work.times(self.watch.limits.workers / SCOUTED)
        heats = list(TRIED)
        while len(heats) > 1:
            jobs = [self._submit(turn, work, heat) for turn, heat in enumerate(heats)]
            self._gather(jobs)
            ranked = sorted(range(len(heats)), key=lambda turn: jobs[turn].result().rank)
            heats = [heats[turn] for turn in ranked[: (len(heats) + 1) // 2]]
            work = work.times(2)
        self.heat = heats[0]
        return self._best()

    def afresh(self, work: Work) -> Found:
        """Each worker anneals once from a start of its own; from chance, every other one is a step hotter."""
        calm = self.alike or self.heat is STEADY
        hotter = self.heat if calm else HEATS[max(0, HEATS.index(self.heat) - 1)]
        workers = range(self.watch.limits.workers)
        return self._gather([self._submit(turn, work, hotter if turn % 2 else self.heat) for turn in workers])

    def round(self, work: Work) -> Found:
        """Each worker goes on from the best answer so far, from half way up the cooling; afresh where there is none."""
        jobs = []
        for turn in range(self.watch.limits.workers):
            depth = self.depths[(turn + self.rounds) % len(self.depths)] if self.best is not None else None
            jobs.append(self._submit(turn, work, self.heat, self.best, depth))
        return self._gather(jobs)

    def begin(self, starts: Sequence[Sequence[int]], work: Work) -> Found:
        """A run from each of these networks of people, where WAITING is for whoever is to be seated."""
        jobs = [
            self._submit(turn, work, self.heat, depth=self.depths[(turn + self.rounds) % 2], begun=begun)
            for turn, begun in enumerate(starts)
        ]
        return self._gather(jobs)

    def _best(self) -> Found:
        assert self.best is not None  # noqa: S101  (every round leaves an answer)
        return self.best

    def _submit(
        self,
        turn: int,
        work: Work,
        heat: Heat,
        best: Found | None = None,
        depth: float | None = None,
        begun: Sequence[int] | None = None,
    ) -> Future[Found]:
        if depth is None:
            depth = self.begun[turn % len(self.begun)] if self.alike else 1.0
        seed = self.watch.limits.seed + 1009 * self.rounds + 7919 * turn
        return self.pool.submit(run, self.arena, Job(seed, work, heat, best, depth, begun), self.watch, self.hear)

    def _gather(self, jobs: Sequence[Future[Found]]) -> Found:
        self.rounds += 1
        best = min((job.result() for job in jobs), key=lambda answer: answer.rank)
        if self.best is None or best.rank < self.best.rank:
            self.best = best
        return self._best()


def run(arena: Arena, job: Job, watch: Watch, hear: Hear = lambda rank: None) -> Found:
    """One run of annealing over an arena."""
    dice = random.Random(job.seed)
    setting: Composition | None
    depth = job.depth
    if job.best is not None:
        where = boards.from_places(job.best.composition.places, arena.lowered, arena.networks)
        setting = job.best.composition
    else:
        setting = first_setting(arena.lowered, arena.networks, dice)
        if job.begun is not None:
            where = arena.seating(dice, setting, job.begun)
        elif job.depth < 1 and (shared := traits(arena.lowered, dice)):
            places = first_places(arena.lowered, arena.networks, shared, dice).places
            where = boards.from_places(places, arena.lowered, arena.networks)
        else:
            where, depth = arena.seating(dice, setting), 1.0
    led = bool(arena.lowered.problem.facilitators)
    dearer = Chain(arena, where, job.seed + 1, setting).probe()
    chain = Chain(arena, where, job.seed, setting)
    work = job.work.times(2 / 3) if led else job.work
    chain.run(work, dearer, job.heat, watch, depth=depth, alone=ALONE, hear=hear)
    found = chain.found()
    if not led:
        return found
    # Who could lead found members; now it counts what that costs.
    again = Chain(arena, chain.best_where, job.seed + 2, found.composition)
    again.run(job.work.times(1 / 3), dearer, job.heat, watch, depth=min(DEPTHS), alone=1, hear=hear)
    return min(again.found(), found, key=lambda answer: answer.rank)
