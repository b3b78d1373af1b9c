"""Chains of annealing: restarts, reheats and rounds over all workers, for one set of networks."""

from __future__ import annotations

import random
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from solver import board as boards
from solver.board import Board
from solver.limits import Watch
from solver.lower import Lowered, formed_first
from solver.lowering import Likeness
from solver.problem import WAITING, Composition, works_in
from solver.search import anneal, generator
from solver.settle import settle
from solver.terms.common import Ints

CHUNK = 100_000
"""Proposals between two looks at the clock: a tenth to a fifth of a second."""

LEAST_CHUNKS = 12
"""Steps in which a run cools down and what must hold becomes dear, however short it is."""

SAMPLE = 4_096
"""Proposals from which temperatures are read."""

FRESH = 1_000
"""Proposals for each unit below which no worker starts afresh once there is an answer."""

DEAR = 8.0
"""The last price of breaking what must hold, as a part of the mean price of a dearer proposal."""


@dataclass(frozen=True, slots=True)
class Heat:
    """How a run cools: the shares of dearer proposals taken at first and at last; what breaking a must costs at first.

    Which suits differs by programme: sums of distances want to stay cool, tangled counts want to cross walls. So a team
    tries each once and keeps to the best.
    """

    hot: float
    cold: float
    cheap: float


HEATS = (Heat(0.3, 1e-3, 0.5), Heat(0.015, 2e-3, 0.5), Heat(0.12, 1e-3, 0.25), Heat(0.002, 2e-4, 0.25))


def temperature(dearer: Ints, share: float) -> float:
    """The temperature at which this share of dearer proposals would be taken, by bisection of its logarithm."""
    low, high = 1e-6, max(1.0, 4.0 * float(dearer[-1]))
    prices = dearer.astype(np.float64)
    for _ in range(60):
        middle = float(np.sqrt(low * high))
        if np.exp(-prices / middle).mean() > share:
            high = middle
        else:
            low = middle
    return high


@dataclass(frozen=True, slots=True, order=True)
class Rank:
    """How good an answer is: hard violations, then people waiting, then the weighted sum."""

    hard: int
    waiting: int
    soft: int


WORST = Rank(1 << 60, 1 << 60, 1 << 60)


@dataclass(frozen=True, slots=True)
class Found:
    """An answer of the search."""

    rank: Rank
    composition: Composition


class Arena:
    """One set of networks to fill: so many of the problem's."""

    def __init__(self, lowered: Lowered, count: int) -> None:
        self.lowered = lowered
        self.networks = formed_first(lowered, count)
        self.board = boards.build(lowered, self.networks)
        problem, units = lowered.problem, lowered.units
        pinned = {units.of[person] for person in problem.pins}
        self.movable = np.array([unit for unit in range(len(units)) if unit not in pinned], dtype=np.int64)
        self.weighed = problem.waiting_is_weighed
        may_wait = bool(self.board.allowed[-1].any()) or any(place == WAITING for place in problem.pins.values())
        self.places = np.arange(count + may_wait, dtype=np.int64)

    def seating(self, dice: random.Random, setting: Composition | None = None) -> Ints:
        """A first seating: pins, then everybody where there is room, the least sizes first."""
        board, problem, units = self.board, self.lowered.problem, self.lowered.units
        groups = len(self.networks)
        where = np.full(len(units), -1, dtype=np.int64)
        for person, place in problem.pins.items():
            # Pins name given networks, and those are always formed, in this order.
            where[units.of[person]] = groups if place == WAITING else self.networks.index(place)
        filled = np.zeros(groups, dtype=np.int64)
        seated = (where >= 0) & (where < groups)
        np.add.at(filled, where[seated], board.people[seated])
        order = self.movable.copy()
        np.random.default_rng(dice.getrandbits(64)).shuffle(order)
        choices = board.allowed[board.column[:groups]].sum(axis=0)
        # Big units and those with few networks to choose from come first, while there is room.
        order = order[np.lexsort((choices[order], -board.people[order]))]
        nobody = board.foreign.shape[0] - 1
        named = (setting or given(self.lowered)).facilitators
        leaders = np.array([nobody if named[k] is None else named[k] for k in self.networks], dtype=np.int64)
        jitter = np.array([dice.random() for _ in range(groups)]) / 1000
        for unit in order:
            size = board.people[unit]
            fits = (board.allowed[board.column[:groups], unit] == 1) & (filled + size <= board.high)
            fits &= board.foreign[leaders, unit] == 0
            if fits.any():
                k = int(np.argmin(np.where(fits, (filled >= board.low) + filled / board.high + jitter, np.inf)))
                where[unit] = k
                filled[k] += size
            else:
                where[unit] = groups
        return where


def given(lowered: Lowered) -> Composition:
    """The slots and facilitators that the problem gives."""
    networks = lowered.problem.networks
    return Composition((), tuple(x.slot for x in networks), tuple(x.facilitator for x in networks))


def constants(lowered: Lowered) -> tuple[int, int]:
    """What terms cost before anybody is seated, as (soft, hard) price."""
    terms = [(x, x.term.constant) for x in lowered.terms if isinstance(x.term, Likeness)]
    return sum(x.weight * constant for x, constant in terms), sum(x.must * constant for x, constant in terms)


class Chain:
    """One run of annealing over one board."""

    def __init__(self, arena: Arena, start: Ints, seed: int, setting: Composition | None = None) -> None:
        self.arena = arena
        self.board: Board = boards.empty(arena.board)
        self.state = generator(seed)
        self._set(setting or given(arena.lowered))
        groups = len(arena.networks)
        soft, hard = constants(arena.lowered)
        self.now = np.array([int(self.board.low.sum()) + hard, 0, soft], dtype=np.int64)
        self.best = np.array([1 << 40, 1 << 40, 1 << 60], dtype=np.int64)
        self.best_where = self.board.where.copy()
        self.seen = np.zeros(2, dtype=np.int64)
        self.dearer = np.zeros(SAMPLE, dtype=np.int64)
        self.prices = np.zeros(2, dtype=np.int64)
        self._run(start, 0, 0.0, 0.0)
        self.groups = groups
        self._keep()
        self.start = self.rank()

    def _set(self, setting: Composition) -> None:
        nobody = self.board.foreign.shape[0] - 1
        for k, network in enumerate(self.arena.networks):
            slot, leader = setting.slots[network], setting.facilitators[network]
            given = self.arena.lowered.problem.networks[network].slot is not None
            # Without a facilitator the slot follows the members, so the search leaves it open.
            self.board.best.slot[k] = slot if slot is not None and (given or leader is not None) else -1
            self.board.leader[k] = nobody if leader is None else leader

    def _keep(self) -> None:
        self.best[:] = self.now
        self.best_where[:] = self.board.where

    def _run(self, start: Ints, steps: int, hot: float, cold: float) -> None:
        arena = self.arena
        anneal(
            self.board,
            start,
            arena.movable,
            arena.places,
            self.state,
            steps,
            hot,
            cold,
            self.prices,
            self.now,
            self.best,
            self.best_where,
            self.seen,
            self.dearer,
        )

    def rank(self) -> Rank:
        """How good the best answer is."""
        return self._rank(self.best)

    def _rank(self, values: Ints) -> Rank:
        return Rank(int(values[0]), 0 if self.arena.weighed else int(values[1]), int(values[2]))

    def run(self, steps: int, dearer: Ints, heat: Heat, *, warm: bool, watch: Watch) -> None:
        """Anneals in chunks until done or told to stop; a warm run begins half way down."""
        hot, cold = temperature(dearer, heat.hot), temperature(dearer, heat.cold)
        if warm:
            hot = float(np.sqrt(hot * cold))
        mean = max(1.0, float(dearer.mean()))
        chunks = max(LEAST_CHUNKS, -(-steps // CHUNK))
        ratio = (cold / hot) ** (1 / chunks)
        for chunk in range(chunks):
            if watch.over():
                break
            dear = mean * heat.cheap * (DEAR / heat.cheap) ** (chunk / (chunks - 1))
            self.prices[0] = max(1, int(dear))
            self.prices[1] = 0 if self.arena.weighed else max(1, int(dear))
            self._run(self.board.where, max(1, steps // chunks), hot * ratio**chunk, hot * ratio ** (chunk + 1))

    def probe(self) -> Ints:
        """Descends a little, and returns by how much proposals are then dearer, in soft price, in order."""
        self.prices[:] = 0
        self._run(self.board.where, 40 * len(self.board.where), 0.0, 0.0)
        self.seen[:] = 0
        self._run(self.board.where, 2 * SAMPLE, 0.0, 0.0)
        return np.sort(self.dearer[: min(SAMPLE, max(1, int(self.seen[1])))])

    def found(self) -> Found:
        """The best answer, with its slots and facilitators settled."""
        arena = self.arena
        composition = settle(arena.lowered, boards.to_places(self.best_where, arena.lowered, arena.networks))
        if not arena.lowered.problem.facilitators:
            return Found(self.rank(), composition)
        # Others may lead now than while it was searched, so it is seated and priced again.
        return Found(Chain(arena, self.best_where, 1, composition).start, composition)


def first_setting(arena: Arena, dice: random.Random) -> Composition | None:
    """Facilitators and their slots to begin with, at random but possible; None where there are none to appoint."""
    problem = arena.lowered.problem
    if not problem.facilitators:
        return None
    leaders: list[int | None] = [network.facilitator for network in problem.networks]
    slots: list[int | None] = [network.slot for network in problem.networks]
    led = {f: [k for k, leader in enumerate(leaders) if leader == f] for f in range(len(problem.facilitators))}
    networks = [k for k in arena.networks if leaders[k] is None]
    dice.shuffle(networks)
    for k in networks:
        choices = list(led)
        dice.shuffle(choices)
        # Whoever leads least comes first, so that facilitators are spread.
        for f in sorted(choices, key=lambda f: len(led[f]) / problem.facilitators[f].max_networks):
            slot = _slot_for(arena.lowered, k, f, [slots[other] for other in led[f]], dice)
            if slot is not None:
                leaders[k], slots[k] = f, slot[0]
                led[f].append(k)
                break
    return Composition((), tuple(slots), tuple(leaders))


def _slot_for(
    lowered: Lowered, k: int, f: int, taken: Sequence[int | None], dice: random.Random
) -> tuple[int | None] | None:
    """A slot at which the facilitator can lead the network as well as those they lead already; None: there is none."""
    problem = lowered.problem
    facilitator, network = problem.facilitators[f], problem.networks[k]
    if len(taken) >= facilitator.max_networks:
        return None
    if network.region is not None and not works_in(facilitator, network.region):
        return None
    options: list[int | None] = [network.slot] if network.slot is not None or not problem.slots else []
    if not options:
        options = list(range(len(problem.slots)))
    dice.shuffle(options)
    for slot in options:
        if slot is not None and facilitator.slots is not None and slot not in facilitator.slots:
            continue
        if any(problem.dates(slot) & problem.dates(other) for other in taken):
            continue
        return (slot,)
    return None


class Team:
    """All workers on one arena, round by round; each round ends with the best answer of all so far."""

    def __init__(self, arena: Arena, watch: Watch, pool: ThreadPoolExecutor) -> None:
        self.arena = arena
        self.watch = watch
        self.pool = pool
        self.rounds = 0
        self.best: Found | None = None
        self.heat = HEATS[0]
        self.speed: float | None = None
        """Proposals a second of one worker, as last seen."""

    @property
    def rank(self) -> Rank:
        """How good the best answer so far is; worse than any where there is none."""
        return self.best.rank if self.best is not None else WORST

    def scout(self, steps: int, start: Sequence[int] | None = None) -> Found:
        """Tries every heat once from a start of its own (or from `start`), and keeps to the one that did best."""
        jobs = [self._submit(turn, steps, heat, start) for turn, heat in enumerate(HEATS)]
        found = self._gather(jobs)
        self.heat = HEATS[min(range(len(HEATS)), key=lambda turn: found[turn].rank)]
        return self._best()

    def round(self, steps: int, start: Sequence[int] | None = None) -> Found:
        """Each worker anneals once: the first from the best so far, the others afresh."""
        self._gather([self._submit(turn, steps, self.heat, start) for turn in range(self.watch.limits.workers)])
        return self._best()

    def _best(self) -> Found:
        assert self.best is not None  # noqa: S101  (every round leaves an answer)
        return self.best

    def _submit(self, turn: int, steps: int, heat: Heat, start: Sequence[int] | None) -> Future[Found]:
        seed = self.watch.limits.seed + 1009 * self.rounds + 7919 * turn
        # A fresh start needs many proposals for each unit; with fewer, everybody goes on from the best.
        fresh = turn % 2 == 1 and steps >= FRESH * len(self.arena.lowered.units)
        warm = self.best if self.rounds and not fresh else None
        return self.pool.submit(self._job, seed, steps, heat, warm, start)

    def _gather(self, jobs: Sequence[Future[Found]]) -> list[Found]:
        found = [job.result() for job in jobs]
        self.rounds += 1
        for answer in found:
            if self.best is None or answer.rank < self.best.rank:
                self.best = answer
        return found

    def _job(self, seed: int, steps: int, heat: Heat, best: Found | None, start: Sequence[int] | None) -> Found:
        arena = self.arena
        dice = random.Random(seed)
        if best is not None:
            where = boards.from_places(best.composition.places, arena.lowered, arena.networks)
            setting: Composition | None = best.composition
        else:
            setting = first_setting(arena, dice)
            where = (
                arena.seating(dice, setting)
                if start is None
                else boards.from_places(start, arena.lowered, arena.networks)
            )
        dearer = Chain(arena, where, seed + 1, setting).probe()
        chain = Chain(arena, where, seed, setting)
        before = self.watch.elapsed()
        chain.run(steps, dearer, heat, warm=best is not None, watch=self.watch)
        self.speed = steps / max(1e-3, self.watch.elapsed() - before)
        found = chain.found()
        if not arena.lowered.problem.facilitators:
            return found
        # Slots and facilitators were settled for these members; now let the members follow them.
        where = boards.from_places(found.composition.places, arena.lowered, arena.networks)
        again = Chain(arena, where, seed + 2, found.composition)
        again.run(steps // 2, dearer, heat, warm=True, watch=self.watch)
        return min(again.found(), found, key=lambda answer: answer.rank)
