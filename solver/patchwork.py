"""A patchwork: large compositions, part by part on all workers, cut along other lines in every round.

At first people who are alike sit together, by what must be the same and what costs most, and parts are cut within each
kind of people. Then each round cuts the networks into parts of a thousand people, composes each part by itself, and
cuts elsewhere the next time, so that what one round could not mend across a border the next one can.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from solver import board as boards
from solver.appoint import first_setting
from solver.chain import HEATS, WORST, Arena, Chain, Found, Hear, Rank, Work, given
from solver.levelling import Strays, evened, strays
from solver.limits import Watch
from solver.lower import Lowered, formed_first
from solver.lowering import Best, Scatter
from solver.partition import Cutter, Part
from solver.price import breaches, score
from solver.problem import WAITING, Composition, Problem
from solver.seating import first_places, traits
from solver.settle import most_common, slotted

PEOPLE = 1_000
"""In one part, about: enough to mix, few enough to stay in the fast memory of a processor."""

OPENING, OPENING_SECONDS = 0.15, 1.5e-4
"""For a first answer soon: of the first work, and at most so many seconds of each worker for each person."""

OPENING_DEPTH = 0.05
"""How far up the cooling the first round starts where networks are for people alike; hotter mixes them again."""

APART = 2
"""Rounds that cut within kinds of people, who mix as soon as they are in one part."""

DEPTHS = (0.6, 0.4, 0.5)
"""How far up the cooling of a part starts after the first round, in turn."""

SECONDS_EACH, STEPS_EACH = 5e-4, 1_250
"""For each person in one round; with more work there are more rounds, for a part is soon as good as it gets."""

DEALT = 0.95
"""Of a part after the first round, how much is for dealing out again: annealing from there hardly gains."""


@dataclass(frozen=True, slots=True)
class Patch:
    """What to cut out of the whole: these networks and these people, by number."""

    networks: tuple[int, ...]
    people: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Mended:
    """A part composed anew: where its people are, and how good it was and is."""

    places: dict[int, int]
    before: Rank
    after: Rank


def improve(part: Part, work: Work, seed: int, depth: float, watch: Watch, *, opening: bool = False) -> Mended:
    """Composes one part anew, from where its people are; never worse than it was.

    opening: whether it is the first time, and annealing is still to come.
    """
    arena = Arena(part.lowered, len(part.networks))
    where = boards.from_places(part.composition.places, part.lowered, arena.networks)
    dearer = Chain(arena, where, seed + 1, part.composition).probe()
    chain = Chain(arena, where, seed, part.composition)
    before = chain.start
    # Only moves bring back whoever waits, or a network to its size; those are for annealing.
    sound = before.hard == 0 and before.waiting == 0
    dealt = DEALT if arena.dealt and sound and not opening else None
    chain.run(work, dearer, HEATS[1], watch, depth=depth, dealt=dealt)
    if chain.rank() > before:
        return Mended({}, before, before)
    return Mended(part.whole(boards.to_places(chain.best_where, part.lowered, arena.networks)), before, chain.rank())


class Patchwork:
    """All workers on one large set of networks, round by round; each ends with the best answer so far."""

    def __init__(
        self, lowered: Lowered, count: int, watch: Watch, pool: ThreadPoolExecutor, hear: Hear = lambda rank: None
    ) -> None:
        self.lowered = lowered
        self.networks = formed_first(lowered, count)
        self.watch = watch
        self.pool = pool
        self.hear = hear
        self.cutter = Cutter(lowered)
        self.dice = random.Random(watch.limits.seed)
        self.rounds = 0
        self.rank = WORST
        shared = traits(lowered, self.dice)
        self.opening_depth = OPENING_DEPTH if any(trait.divides for trait in shared) else 1.0
        setting = first_setting(lowered, self.networks, self.dice) or given(lowered)
        self.strays = strays(lowered)
        seats = first_places(lowered, self.networks, shared, self.dice)
        self.blocks = seats.blocks
        self.composition = Composition(seats.places, setting.slots, setting.facilitators)

    def adopt(self, places: Sequence[int]) -> Found:
        """Takes an earlier answer as the one to go on from."""
        formed = set(self.networks)
        self.blocks = (tuple(self.networks),)
        kept = tuple(place if place in formed else WAITING for place in places)
        self.composition = Composition(kept, self.composition.slots, self.composition.facilitators)
        return self.found()

    def scout(self, work: Work) -> Found:
        """The first round, which composes every part from what sits together at first."""
        opening = OPENING
        if work.seconds:
            opening = min(opening, OPENING_SECONDS * self.lowered.problem.pool.size / work.seconds)
        self._open(work.times(opening))
        return self._rounds(work.times(1 - opening))

    def afresh(self, work: Work) -> Found:
        """Rounds along other lines; what was composed is not thrown away, for a fresh start would never catch up."""
        return self._rounds(work)

    def round(self, work: Work) -> Found:
        """Rounds along other lines; the first of all composes every part."""
        return self._rounds(work) if self.rounds else self._open(work)

    def _open(self, work: Work) -> Found:
        """The first round."""
        return self._go(work, self.opening_depth, opening=True)

    def _rounds(self, work: Work) -> Found:
        """As many rounds along other lines as the work is good for."""
        each = self.lowered.problem.pool.size / self.watch.limits.workers
        turns = max(
            1, round((work.seconds or 0) / (each * SECONDS_EACH)), round((work.steps or 0) / (each * STEPS_EACH))
        )
        for _ in range(turns):
            if self.watch.over():
                break
            self._go(work.times(1 / turns), DEPTHS[self.rounds % len(DEPTHS)])
        return self.found()

    def _go(self, work: Work, depth: float, *, opening: bool = False) -> Found:
        """One round: work is that of each worker."""
        limits = self.watch.limits
        people = self.lowered.problem.pool.size
        jobs = []
        for number, patch in enumerate(self._patches()):
            share = work.times(limits.workers * len(patch.people) / people)
            seed = limits.seed + 1009 * self.rounds + 7919 * number
            jobs.append(self.pool.submit(self._job, patch, share, seed, depth, opening))
        places = list(self.composition.places)
        first = self.rounds == 0
        total = Rank(0, 0, 0) if first else self.rank
        for job in jobs:
            mended = job.result()
            for person, place in mended.places.items():
                places[person] = place
            base = Rank(0, 0, 0) if first else mended.before
            total = Rank(
                total.hard + mended.after.hard - base.hard,
                total.waiting + mended.after.waiting - base.waiting,
                total.soft + mended.after.soft - base.soft,
            )
        self.rank = total
        self.composition = Composition(tuple(places), self.composition.slots, self.composition.facilitators)
        self.rounds += 1
        self.hear(total)
        return self.found()

    def _patches(self) -> list[Patch]:
        """What to compose side by side in this round."""
        if self.rounds >= APART:
            order = ordered(self.lowered, self.composition, self.networks, self.rounds, self.dice)
            return patches(self.lowered, self.composition, [order], self.strays, self.dice)
        blocks = [self.dice.sample(block, len(block)) if self.rounds else list(block) for block in self.blocks]
        return patches(self.lowered, self.composition, blocks, self.strays, self.dice)

    def _job(self, patch: Patch, work: Work, seed: int, depth: float, opening: bool) -> Mended:
        # A part is cut when its turn comes, so that only as many are held as are worked on.
        part = self.cutter.cut(self.composition, patch.networks, patch.people)
        return improve(part, work, seed, depth, self.watch, opening=opening)

    def found(self) -> Found:
        """The answer so far; where people are to stay together across parts, priced by the plain definitions."""
        composition = slotted(self.lowered, self.composition, self.networks)
        if not self.rounds or self.lowered.of(Scatter):
            self.rank = rank_of(self.lowered.problem, composition)
        return Found(self.rank, composition)


def patches(
    lowered: Lowered, composition: Composition, blocks: Sequence[Sequence[int]], stray: Strays, dice: random.Random
) -> list[Patch]:
    """How a round cuts the whole; no part goes beyond a block of networks, and those who wait are dealt out."""
    groups = composition.groups()
    of = lowered.units.of
    members = {k: tuple(dict.fromkeys(of[person] for person in people)) for k, people in groups.items()}
    chunks = [chunk for block in blocks for chunk in chunked(evened(block, members, stray), groups)]
    waiting = list(composition.waiting)
    dice.shuffle(waiting)
    return [
        Patch(
            tuple(chunk),
            tuple([person for k in chunk for person in groups.get(k, ())] + waiting[number :: len(chunks)]),
        )
        for number, chunk in enumerate(chunks)
    ]


def ordered(
    lowered: Lowered, composition: Composition, networks: Sequence[int], turn: int, dice: random.Random
) -> list[int]:
    """The networks, so that neighbours are alike in one respect: another one in each round, or none."""
    terms = [x.term for x in lowered.terms if isinstance(x.term, Best) and len(x.term.options) > 1]
    order = dice.sample(networks, len(networks))
    chosen = turn % (len(terms) + 1)
    if chosen < len(terms):
        tally = most_common(terms[chosen].options, composition.places)
        order.sort(key=lambda k: tally.get(k, -1))
    return order


def rank_of(problem: Problem, composition: Composition) -> Rank:
    """How good an answer is, by the plain definitions."""
    priced = score(problem, composition)
    hard = sum(x.penalty for x in priced.broken) + sum(1 for _ in breaches(problem, composition))
    return Rank(hard, 0 if problem.waiting_is_weighed else priced.waiting, priced.objective)


def chunked(order: Sequence[int], groups: dict[int, tuple[int, ...]]) -> list[list[int]]:
    """Consecutive networks with about so many people in each part."""
    people = sum(len(groups.get(k, ())) for k in order)
    parts = max(1, round(people / PEOPLE))
    size = -(-len(order) // parts)
    return [list(order[first : first + size]) for first in range(0, len(order), size)]
