"""Quick pricing: annealing over one network at a time, for sets that the master program wants; it proves nothing.

The kernel that composes networks (`solver.search`) on a board with one group. Whoever is outside costs what seating
them is worth, and a cut counts its three people.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import cast

import numpy as np
from numpy.typing import NDArray

from solver import board as boards
from solver.board import Board
from solver.columns.question import Class, Question
from solver.columns.sets import UNIT, Cut, Duals, Found, Members
from solver.kinds import NO_KINDS
from solver.lowering import Band, Best, Count, Place, Scatter, Term
from solver.search import anneal, generator
from solver.terms.common import Flags, Ints, Priced

STEPS, CHUNKS = 100, 8
"""Proposals of one run, for each unit, and in how many steps it cools."""

AMONG = 150
"""Units that one run may seat: those worth most beside its first members, for of all most proposals lead nowhere."""

LEAST_STARTS, NOISE = 8, 2.0
"""Sets to start from, of a class with fewer configurations too; and how much chance adds to what units are worth for
all but the first of a configuration, as a part of what a unit costs on average."""

HOT, COLD = 0.5, 0.05
"""The first temperature of a run and its last, as a part of what a unit costs on average."""

LOOKED_AT = 4_096
"""Proposals from one set when its neighbours are listed; a power of two."""

FORBIDDING = 1 << 40
"""The price of breaking what must hold where no such set is wanted."""

INSIDE, OUTSIDE = 0, 1
"""The two places of a board with one group."""


class Quick:
    """One class of networks as a board with one group; `cuts` are counted as well."""

    def __init__(self, question: Question, each: Class, cuts: Sequence[Cut] = ()) -> None:
        self.cuts = tuple(cuts)
        self._threes: Ints = np.array(self.cuts, dtype=np.int64).reshape(-1, 3)
        self._costs: Ints = np.zeros(len(self.cuts), dtype=np.int64)
        """what each cut costs"""
        networks, pins = set(each.networks), question.problem.pins
        units = question.lowered.units.members
        pinned = [{pins[person] for person in members if person in pins} for members in units]
        network = question.problem.networks[each.networks[0]]
        accepted = np.array([all(network.accepts(person) for person in members) for members in units])
        may = accepted & np.array([places <= networks for places in pinned])
        here = accepted & np.array([len(networks) == 1 and places == networks for places in pinned])
        self._pinned = np.flatnonzero(here)
        self._units = question.lowered.units.members
        self._sizes = question.sizes(each.networks[0])
        self._fixed = [model.options for model in each.models]
        best = [(x.weight, cast("Best", x.term)) for x in question.lowered.of(Best) if x.speaks_about(each.networks[0])]
        self._best = [(term, UNIT * weight * _carried(term, units)) for weight, term in best if term.options]
        self._carried = [(term, _carried(term, units)) for _, term in best if term.options]
        self._plain = self._board(question, each, here, may, self._cut_terms(question))
        self._worth: list[Board] = []
        """of each configuration: the same with what units and cuts are worth, which `worth` writes"""
        self._movable: Ints = np.flatnonzero(self._plain.allowed[self._plain.column[0]].astype(bool) & ~here)
        self._places: Ints = np.array([INSIDE, OUTSIDE], dtype=np.int64)
        self._duals: list[Ints] = []
        """of each configuration: what seating each unit is worth"""
        self._mean = 1.0
        self.steps = STEPS * min(AMONG, len(self._movable))
        """proposals of one run"""

    def _cut_terms(self, question: Question) -> list[Priced[Term]]:
        """Whoever comes second costs what the cut does, and the third nothing more: one price less another."""
        largest = question.lowered.ground.largest + 1
        units = question.lowered.units.members
        people = [tuple(units[unit][0] for unit in cut) for cut in self.cuts]
        return [
            Priced(Count(values=((three, Band((0,) * largest, (free,) * largest)),)), 0, 0, False, None)
            for free in (1, 2)
            for three in people
        ]

    @staticmethod
    def _board(question: Question, each: Class, here: Flags, may: Flags, cuts: Iterable[Priced[Term]]) -> Board:
        lowered, sizes = question.lowered, question.sizes(each.networks[0])
        terms = [
            replace(priced, weight=UNIT * priced.weight, term=_seated(priced.term))
            for priced in lowered.terms
            if not isinstance(priced.term, Scatter)
        ]
        worth: Priced[Term] = Priced(Place(costs={}, waiting=(0,) * lowered.problem.pool.size), 0, 1, False, None)
        board = boards.build(replace(lowered, terms=(*terms, *cuts, worth)), each.networks[:1])
        slot = lowered.problem.networks[each.networks[0]].slot
        board.best.slot[INSIDE] = -1 if slot is None else slot
        board.allowed[board.column[INSIDE]] &= may
        board.allowed[board.column[OUTSIDE]] = ~here
        return board._replace(
            low=np.array([sizes.start], dtype=np.int64),
            high=np.array([sizes.stop - 1], dtype=np.int64),
            # Who leads is left open, as in the exact pricing.
            lead_weight=np.zeros(1, dtype=np.int64),
            lead_must=np.zeros(1, dtype=np.int64),
        )

    def worth(self, seen: Sequence[Duals]) -> None:
        """Sets what seating each unit is worth in each configuration, and what each cut costs."""
        self._duals = [np.array(duals.units, dtype=np.int64) for duals in seen]
        if seen:
            self._costs = np.array([seen[0].cuts.get(cut, 0) for cut in self.cuts], dtype=np.int64)
        self._worth = [self._at(units) for units in self._duals]
        amounts = np.abs(self._duals[0]) if seen else np.ones(1)
        self._mean = max(1.0, float(amounts.mean()))

    def _at(self, units: Ints) -> Board:
        place, counts = self._plain.place, self._plain.counts
        price, weight = place.price.copy(), counts.strength.weight.copy()
        # What each unit outside costs is what seating it is worth.
        price[-1, place.column[OUTSIDE]] = units
        weight[len(weight) - 2 * len(self._costs) :] = np.concatenate([self._costs, -self._costs])
        strength = counts.strength._replace(weight=weight)
        return self._plain._replace(place=place._replace(price=price), counts=counts._replace(strength=strength))

    def labels(self, members: Members) -> list[int]:
        """The configurations in which a set costs no more than in any other."""
        here = np.array(members, dtype=np.int64)
        size = int(self._plain.people[here].sum())
        cheapest: dict[int, set[int]] = {}
        for term, carried in self._carried:
            short = np.maximum(0, term.need[size] - carried[:, here].sum(axis=1))
            cheapest[id(term)] = set(np.flatnonzero(short == short.min()).tolist())
        return [
            index
            for index, fixed in enumerate(self._fixed)
            if all(option in cheapest[term] for term, option in fixed.items())
        ]

    def price_of(self, members: Members) -> int | None:
        """What a set costs, duals apart; None where it breaks what must hold."""
        where = self._seated(members)
        if self._too_many(where == INSIDE):
            return None
        run = _Run(self._plain, where, self._movable, self._places, 1)
        return None if run.best[0] else int(run.best[2]) // UNIT

    def _too_many(self, inside: NDArray[np.bool_]) -> bool:
        """Whether more are inside than there is room: nobody moves into a full group, so the kernel has no price."""
        return bool(self._plain.people[inside].sum() > self._plain.high[0])

    def starts(self, many: int, dice: random.Random) -> list[tuple[int, Members]]:
        """Sets of whoever is worth most with some options, those of one configuration after the other, with its number.

        Where configurations are few, they come again, and what units are worth then depends on chance as well.
        """
        chosen = dice.sample(range(len(self._fixed)), min(many, len(self._fixed)))
        again = dice.choices(chosen, k=max(0, LEAST_STARTS - len(chosen))) if chosen else []
        chance = np.random.default_rng(dice.getrandbits(64))
        found = []
        for number, index in enumerate(chosen + again):
            fixed = self._fixed[index]
            options = [fixed.get(id(term), dice.randrange(len(term.options))) for term, _ in self._best]
            worth = self._with(index, options)
            noise = chance.normal(0, NOISE * self._mean, len(worth)) if number >= len(chosen) else 0
            order = np.argsort(-(worth + noise), kind="stable")
            size = dice.choice(self._sizes)
            found.append((index, tuple(sorted(self._movable[order[:size]].tolist()))))
        return found

    def _with(self, index: int, options: Sequence[int]) -> Ints:
        """What each of those who may move is worth in a configuration where each `best` term has this option."""
        worth = self._duals[index].copy()
        for (_, share), option in zip(self._best, options, strict=True):
            worth += share[option]
        return worth[self._movable]

    def _among(self, index: int, members: Members) -> Ints:
        """Whoever may move in a run that begins with these: they, and who is worth most with what most of them have."""
        if len(self._movable) <= AMONG:
            return self._movable
        here = np.array(members, dtype=np.int64)
        worth = self._duals[index].copy()
        for _, share in self._best:
            worth += share[share[:, here].sum(axis=1).argmax()]
        worth[here] = np.iinfo(np.int64).max
        return self._movable[np.sort(np.argpartition(-worth[self._movable], AMONG)[:AMONG])]

    def run(self, index: int, start: Members, seed: int, times: int = 1) -> Found | None:
        """The cheapest set, less duals of a configuration, on the way from one, with its price; None where musts stay
        broken.

        `times`: how many times as long as usual.
        """
        run = _Run(self._worth[index], self._seated(start), self._among(index, start), self._places, seed)
        dear = max(1, int(2 * self._mean))
        for chunk in range(CHUNKS):
            heat = self._mean * HOT * (COLD / HOT) ** (chunk / (CHUNKS - 1))
            run.go(times * self.steps // CHUNKS, heat, dear * (1 + chunk))
        inside = run.best_where == INSIDE
        if run.best[0] or self._too_many(inside):
            return None
        # What the board costs is what the set does, what whoever is outside is worth, and the cuts that count the set.
        counted = self._costs[inside[self._threes].sum(axis=1) > 1].sum()
        price = int(run.best[2] - self._duals[index][~inside].sum() - counted)
        return tuple(np.flatnonzero(inside).tolist()), price // UNIT

    def around(self, index: int, members: Members, most: int, seed: int) -> list[Members]:
        """Sets one exchange from this one that cost about as much less duals, and hold every must; random, but many."""
        run = _Run(self._worth[index], self._seated(members), self._movable, self._places, seed, LOOKED_AT)
        told = run.look(LOOKED_AT)
        inside = frozenset(members)
        most -= int(run.best[2]) - int(self._duals[index].sum())
        found = set()
        for one, other in {(one, other) for price, one, other in told.tolist() if price <= most}:
            changed = inside ^ {one} if other < 0 else inside ^ {one, other}
            found.add(tuple(sorted(changed)))
        return sorted(found)

    def _seated(self, members: Members) -> Ints:
        where = np.full(len(self._plain.people), OUTSIDE, dtype=np.int64)
        where[list(members)] = INSIDE
        where[self._pinned] = INSIDE
        return where


class _Run:
    """A board that somebody sits on: its price, and the best it had."""

    def __init__(self, board: Board, where: Ints, movable: Ints, places: Ints, seed: int, told: int = 1) -> None:
        self._board = boards.empty(board)
        self._movable, self._places = movable, places
        self._state = generator(seed)
        self._prices = np.zeros(2, dtype=np.int64)
        self._now = np.array([int(board.low[0]), 0, 0], dtype=np.int64)
        self.best = np.array([1 << 40, 0, 1 << 60], dtype=np.int64)
        self.best_where = where.copy()
        self._seen, self._told = np.zeros(2, dtype=np.int64), np.zeros((told, 3), dtype=np.int64)
        self._anneal(where, 0, 0.0)
        # That somebody is outside is in the price by what they are worth.
        self._now[1] = 0
        self.best[:] = self._now
        self.best_where[:] = self._board.where

    def go(self, steps: int, heat: float, dear: int) -> None:
        """So many proposals at one temperature, with a price for what must hold."""
        self._prices[0] = dear
        self._anneal(self._board.where, steps, heat)

    def look(self, steps: int) -> Ints:
        """Proposals from where everybody sits, as (price, unit, the other unit or -1)."""
        self._prices[0] = FORBIDDING
        self._anneal(self._board.where, steps, -1.0)
        return self._told[: min(len(self._told), int(self._seen[1]))]

    def _anneal(self, where: Ints, steps: int, heat: float) -> None:
        anneal(
            self._board,
            where,
            self._movable,
            NO_KINDS,
            self._places,
            False,
            self._state,
            steps,
            heat,
            heat,
            self._prices,
            self._now,
            self.best,
            self.best_where,
            self._seen,
            self._told,
        )


def _carried(term: Best, units: Sequence[Sequence[int]]) -> Ints:
    """(options, units): how many people of each unit carry each option."""
    carried = np.zeros((len(term.options), len(units)), dtype=np.int64)
    for option, people in enumerate(term.options):
        carriers = set(people)
        carried[option] = [sum(person in carriers for person in members) for members in units]
    return carried


def _seated(term: Term) -> Term:
    """The same term without what it costs to wait."""
    return replace(term, waiting=None) if isinstance(term, Place) else term
