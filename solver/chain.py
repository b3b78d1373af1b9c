"""One chain of annealing over one set of networks: its seating, its temperatures and its answer."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from solver import board as boards
from solver.appoint import appoint, offices
from solver.board import Board
from solver.kinds import NO_KINDS, Kinds, by_kind
from solver.limits import Watch
from solver.lower import Lowered, formed_first
from solver.lowering import Likeness, Scatter
from solver.problem import WAITING, Composition
from solver.reassign import MOST, reassign
from solver.reassign import desk as desk_for
from solver.search import anneal, generator
from solver.settle import settle, slotted
from solver.terms.common import Ints

CHUNK_SECONDS = 0.04
"""Between two looks at the clock."""

MOST_CHUNK = 100_000
"""Proposals between two looks at whether to stop, where work is counted."""

LEAST_CHUNKS = 16
"""Steps in which a run cools down and what must hold becomes dear, however short it is."""

SAMPLE = 4_096
"""Proposals from which temperatures are read."""

DEAR = 8.0
"""The last price of breaking what must hold, as a part of the mean price of a dearer proposal."""

DEALT, FEW = 0.35, 25
"""Of a run, how much is for dealing out again, with 80 networks or more; and how many networks gain nothing by it."""

WORTH_A_LOOK = 0.15
"""Of the mean price of a dearer proposal: what one unit in one group may cost to be thought of in dealing out again."""


@dataclass(frozen=True, slots=True)
class Heat:
    """How a run cools: the shares of dearer proposals taken at first and at last; what breaking a must costs at first.

    Which suits differs by programme: sums of distances want to stay cool, tangled counts want to cross walls. So a team
    tries each and keeps to the best.
    """

    hot: float
    cold: float
    cheap: float
    of_mean: bool = False
    """whether hot and cold are temperatures instead, as parts of the mean price of a dearer proposal"""

    def span(self, dearer: Ints) -> tuple[float, float]:
        """The first and the last temperature, from by how much proposals are dearer, in order."""
        if self.of_mean:
            mean = max(1.0, float(dearer.mean()))
            return self.hot * mean, self.cold * mean
        return temperature(dearer, self.hot), temperature(dearer, self.cold)


HEATS = (Heat(0.1, 1e-3, 0.5), Heat(0.03, 3e-4, 0.5), Heat(0.01, 3e-4, 0.25), Heat(0.003, 3e-5, 0.25))
"""From hot to cool."""

STEADY = Heat(0.08, 0.025, 0.25, of_mean=True)
"""For sums of distances and nothing else, where nothing is tried out. Their prices are all different, so the share of a
thousandth is read from four proposals, and temperatures by such shares differed eightfold between starts."""


@dataclass(frozen=True, slots=True)
class Work:
    """How much one run may do: so many proposals, or so many seconds."""

    steps: int | None
    seconds: float | None

    def times(self, factor: float) -> Work:
        """A multiple of this."""
        if self.steps is not None:
            return Work(max(1, int(self.steps * factor)), None)
        return Work(None, (self.seconds or 0.0) * factor)


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


Hear = Callable[[Rank], None]


class Arena:
    """One set of networks to fill: so many of the problem's."""

    def __init__(self, lowered: Lowered, count: int) -> None:
        self.lowered = lowered
        self.networks = formed_first(lowered, count)
        self.board = boards.build(lowered, self.networks)
        problem, units = lowered.problem, lowered.units
        pinned = {units.of[person] for person in problem.pins}
        self.let_move([unit for unit in range(len(units)) if unit not in pinned])
        self.weighed = problem.waiting_is_weighed
        self.may_wait = bool(self.board.allowed[-1].any()) or any(place == WAITING for place in problem.pins.values())
        self.places = np.arange(count + self.may_wait, dtype=np.int64)
        self.steady = all(isinstance(priced.term, Likeness) for priced in lowered.terms)
        """whether everything is a sum over pairs, so that it is known what heat suits"""
        self.mixes = bool(self.board.allowed[:-1].all() and not self.board.foreign.any())
        """whether everybody may sit in every group"""
        self.anywhere = self.mixes and bool(self.board.allowed[-1].all())
        self.deals = not self.steady and not lowered.of(Scatter)
        """whether it is any use to deal out again, and what that costs is known group by group"""
        self.dealt = DEALT * max(0, min(count, MOST) - FEW) / (MOST - FEW) if self.deals else 0.0
        """what part of a run is for dealing out again"""
        self.offices = offices(lowered, self.networks) if problem.facilitators else None
        """what facilitators may do, where there are any"""

    def let_move(self, units: Sequence[int]) -> None:
        """Only these may move.

        Where facilitators are appointed, runs begin with people of all kinds together, and only other swaps part those.
        """
        movable: Ints = np.array(units, dtype=np.int64)
        led = bool(self.lowered.problem.facilitators)
        kinds = Kinds(movable, NO_KINDS) if led else by_kind(self.lowered, movable)
        self.movable, self.kinds = kinds.order, kinds.spans

    def seating(
        self, dice: random.Random, setting: Composition | None = None, begun: Sequence[int] | None = None
    ) -> Ints:
        """A first seating: pins, then everybody where there is room, the least sizes first.

        begun: networks of people who sit there if they fit; WAITING for others, who come after them.
        """
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
        begun = [WAITING] * problem.pool.size if begun is None else begun
        wanted = boards.from_places(begun, self.lowered, self.networks)
        # Big units and those with few networks to choose from come first, while there is room.
        order = order[np.lexsort((choices[order], -board.people[order], wanted[order] == groups))]
        nobody = board.foreign.shape[0] - 1
        named = (setting or given(self.lowered)).facilitators
        leaders = np.array([nobody if named[k] is None else named[k] for k in self.networks], dtype=np.int64)
        jitter = np.array([dice.random() for _ in range(groups)]) / 1000
        for unit in order:
            size = board.people[unit]
            fits = (board.allowed[board.column[:groups], unit] == 1) & (filled + size <= board.high)
            fits &= board.foreign[leaders, unit] == 0
            if fits.any():
                least = np.where(fits, (filled >= board.low) + filled / board.high + jitter, np.inf)
                k = wanted[unit] if wanted[unit] < groups and fits[wanted[unit]] else int(np.argmin(least))
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
        self.state = generator(seed)
        self.setting = setting or given(arena.lowered)
        self.best = np.array([1 << 40, 1 << 40, 1 << 60], dtype=np.int64)
        self.seen = np.zeros(2, dtype=np.int64)
        self.told = np.zeros((SAMPLE, 3), dtype=np.int64)
        self.prices = np.zeros(2, dtype=np.int64)
        self._seat(within_sizes(arena.board, start))
        self._keep()
        self.start = self.rank()

    def _seat(self, start: Ints) -> None:
        arena = self.arena
        self.board: Board = boards.empty(arena.board)
        self._set(self.setting)
        soft, hard = constants(arena.lowered)
        self.now = np.array([int(self.board.low.sum()) + hard, 0, soft], dtype=np.int64)
        self.best_where = self.board.where.copy()
        self.best_setting = self.setting
        self.anywhere = arena.anywhere
        self._run(start, 0, 0.0, 0.0)
        if arena.mixes and not arena.may_wait and (self.board.where < len(arena.networks)).all():
            # Where nobody waits and nobody may, nobody ever will, and nobody needs to look.
            self.anywhere = True

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
        self.best_setting = self.setting

    def _run(self, start: Ints, steps: int, hot: float, cold: float) -> None:
        arena = self.arena
        if steps and not arena.movable.size:
            return  # everybody is pinned
        before = tuple(self.best)
        anneal(
            self.board,
            start,
            arena.movable,
            arena.kinds,
            arena.places,
            self.anywhere,
            self.state,
            steps,
            hot,
            cold,
            self.prices,
            self.now,
            self.best,
            self.best_where,
            self.seen,
            self.told,
        )
        if tuple(self.best) != before:
            self.best_setting = self.setting

    def appoint(self, temperature: float, alone: int) -> None:
        """Draws anew who leads which network and when, at this temperature; who sits where stays.

        alone: how many times as dear as it is it shall seem to have nobody.
        """
        held = self.arena.offices
        if held is None:
            return
        leader, slot = self.board.leader.copy(), self.board.best.slot.copy()
        appoint(self.board, held, self.state, temperature, int(self.prices[0]), alone, self.now)
        if (leader != self.board.leader).any() or (slot != self.board.best.slot).any():
            self.setting = self._appointed()
            if self._rank(self.now) < self.rank():
                self._keep()

    def _appointed(self) -> Composition:
        slots, leaders = list(self.setting.slots), list(self.setting.facilitators)
        for k, network in enumerate(self.arena.networks):
            slot, leader = int(self.board.best.slot[k]), int(self.board.leader[k])
            slots[network] = slot if slot >= 0 else self.arena.lowered.problem.networks[network].slot
            leaders[network] = leader if leader < len(self.arena.lowered.problem.facilitators) else None
        return Composition((), tuple(slots), tuple(leaders))

    def rank(self) -> Rank:
        """How good the best answer is."""
        return self._rank(self.best)

    def _rank(self, values: Ints) -> Rank:
        return Rank(int(values[0]), 0 if self.arena.weighed else int(values[1]), int(values[2]))

    def run(
        self,
        work: Work,
        dearer: Ints,
        heat: Heat,
        watch: Watch,
        *,
        depth: float = 1.0,
        dealt: float | None = None,
        alone: int | None = None,
        hear: Hear = lambda rank: None,
    ) -> None:
        """Anneals, then deals out again, until the work is done or the watch says stop.

        dearer: by how much proposals are dearer, sorted, as `probe` tells. depth: how far up the cooling starts, 1
        being the hottest; less than that goes on from the answer it starts with. dealt: what part of the work is for
        dealing out again; None: as suits the arena. alone: how many times as dear as it is it shall seem that nobody
        leads a network; None: whoever leads goes on leading. hear: told of the best so far.
        """
        part = self.arena.dealt if dealt is None else dealt
        if part < 1:
            self._anneal(work.times(1 - part), dearer, heat, watch, depth, alone, hear)
        if part:
            self._reassign(work.times(part), dearer, watch, hear)

    def _anneal(
        self, work: Work, dearer: Ints, heat: Heat, watch: Watch, depth: float, alone: int | None, hear: Hear
    ) -> None:
        """In chunks, with what must hold ever dearer."""
        hot, cold = heat.span(dearer)
        mean = max(1.0, float(dearer.mean()))
        begin, done = watch.elapsed(), 0
        chunk = max(1, work.steps // LEAST_CHUNKS) if work.steps is not None else 20 * len(self.board.where)
        if work.steps is not None:
            chunk = min(chunk, MOST_CHUNK)
        while not watch.over():
            # By the clock, temperatures follow the clock: a run on a busy machine is shorter, not cut off while hot.
            elapsed = watch.elapsed() - begin
            progress = done / work.steps if work.steps is not None else elapsed / max(1e-9, work.seconds or 0.0)
            if progress >= 1:
                break
            dear = mean * heat.cheap * (DEAR / heat.cheap) ** progress
            self.prices[0] = max(1, int(dear))
            self.prices[1] = 0 if self.arena.weighed else max(1, int(dear))
            now = cold * (hot / cold) ** (depth * (1 - progress))
            self._run(self.board.where, chunk, now, now)
            if alone is not None:
                self.appoint(now, alone)
            done += chunk
            hear(self.rank())
            if work.seconds is not None:
                took = watch.elapsed() - begin - elapsed
                wanted = min(CHUNK_SECONDS, work.seconds / LEAST_CHUNKS)
                chunk = max(100, min(2 * chunk, int(chunk * wanted / max(1e-6, took))))

    def _reassign(self, work: Work, dearer: Ints, watch: Watch, hear: Hear) -> None:
        """Goes on from the best board by dealing out again, until the work is done or the watch says stop.

        Never ends worse. One price of a unit in a group is as much work as one proposal.
        """
        self.setting = self.best_setting
        self._seat(self.best_where)
        self._keep()
        desk = desk_for(self.board, self.arena.movable)
        if desk.order.size < 2:
            return
        self.prices[:] = max(1, int(DEAR * dearer[-1]))
        most = max(1, int(WORTH_A_LOOK * dearer.mean()))
        begin, done = watch.elapsed(), 0
        priced = min(MOST, desk.order.size) ** 2
        rounds = max(1, 20_000 // priced)
        while not watch.over():
            elapsed = watch.elapsed() - begin
            if done >= work.steps if work.steps is not None else elapsed >= (work.seconds or 0.0):
                break
            reassign(
                self.board,
                self.anywhere,
                self.state,
                rounds,
                most,
                self.prices,
                self.now,
                self.best,
                self.best_where,
                desk,
            )
            done += rounds * priced
            hear(self.rank())
            if work.seconds is not None:
                took = watch.elapsed() - begin - elapsed
                rounds = max(1, min(2 * rounds, int(rounds * CHUNK_SECONDS / max(1e-6, took))))

    def probe(self) -> Ints:
        """Descends a little, and returns by how much proposals are then dearer, in soft price, in order."""
        self.prices[:] = 0
        self._run(self.board.where, 40 * len(self.board.where), 0.0, 0.0)
        self.seen[:] = 0
        self._run(self.board.where, 2 * SAMPLE, 0.0, 0.0)
        return np.sort(self.told[: min(SAMPLE, max(1, int(self.seen[1]))), 0])

    def found(self) -> Found:
        """The best answer, at the best slots; where facilitators are appointed, they stay as they were found."""
        arena = self.arena
        places = boards.to_places(self.best_where, arena.lowered, arena.networks)
        if arena.offices is None:
            return Found(self.rank(), settle(arena.lowered, places))
        return Found(self.rank(), slotted(arena.lowered, replace(self.best_setting, places=places), arena.networks))

    def settled(self) -> Found:
        """The best answer with the best facilitators and slots there are for its members."""
        found = self.found()
        if self.arena.offices is None:
            return found
        composition = settle(self.arena.lowered, found.composition.places)
        # Others may lead now than while it was searched, so it is seated and priced again.
        again = Found(Chain(self.arena, self.best_where, 1, composition).start, composition)
        return min(again, found, key=lambda answer: answer.rank)


def within_sizes(board: Board, start: Ints) -> Ints:
    """The same seating, but whoever is too many for a group waits: tables of prices end at the largest size."""
    groups = board.low.size
    filled = np.zeros(groups + 1, dtype=np.int64)
    seated = start >= 0
    np.add.at(filled, start[seated], board.people[seated])
    if not (filled[:groups] > board.high).any():
        return start
    kept = start.copy()
    for unit in range(len(kept) - 1, -1, -1):
        k = kept[unit]
        if 0 <= k < groups and filled[k] > board.high[k]:
            kept[unit] = groups
            filled[k] -= board.people[unit]
    return kept
