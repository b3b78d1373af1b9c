"""What columns are generated for: networks that are alike, whoever may wait, and how limits add up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from math import gcd
from typing import cast

import numpy as np

from solver.columns.pricing import Pricing, configurations
from solver.columns.rounding import Configured, Rounding, roundings
from solver.columns.sets import UNIT, Duals, Members
from solver.columns.supply import Supply
from solver.limits import Watch
from solver.lower import Lowered, alike
from solver.lowering import Best, Likeness, Place
from solver.price import Score
from solver.problem import WAITING


@dataclass(slots=True)
class Class:
    """Networks that are alike."""

    networks: tuple[int, ...]
    least: int
    """how many of them are formed at least"""
    models: list[Pricing]
    columns: list[dict[Members, int]]
    """of each model: each set that was met, with the least price it was met with"""
    values: list[int]
    """what each model found last, which tells in what order to ask them"""


class Question:
    """One problem among answers that let no more than so many wait."""

    def __init__(
        self, lowered: Lowered, score: Score, most_waiting: int | None, watch: Watch, *, known: int | None = None
    ) -> None:
        """known: what an answer costs that lets no more than so many wait."""
        self.lowered = lowered
        self.watch = watch
        self.known = known
        self.problem = problem = lowered.problem
        self.most_waiting = None if problem.waiting_is_weighed else most_waiting
        self.waits = [
            None
            if any(person in problem.must_place or problem.pins.get(person, WAITING) != WAITING for person in members)
            else UNIT * sum(self._waiting_price(person) for person in members)
            for members in lowered.units.members
        ]
        """what each unit costs while it waits, in parts of a unit; None: it may not"""
        self.constant = sum(x.weight * x.term.constant for x in lowered.terms if isinstance(x.term, Likeness))
        soft = [rule.weight for rule in lowered.rules if not rule.is_must]
        self.step = reduce(gcd, soft, 0) or 1
        """the least by which objectives differ"""
        costs = [scored.rule.weight * scored.penalty for scored in score.rules]
        self.every = len(problem.networks) == problem.min_count
        seed = watch.limits.seed % (1 << 31)
        self.classes = [self._class(networks, costs, seed) for networks in alike(lowered)]
        fixed = [
            Configured(len(each.networks), each.least, self.sizes(each.networks[0]), [x.options for x in each.models])
            for each in self.classes
        ]
        budget = None if known is None else known - self.step
        self.supply = Supply(lowered, fixed, roundings(lowered, fixed), fewest=problem.min_count, budget=budget)
        """how many networks of each configuration an answer may have that is better than the one known"""
        self.roundings = self.supply.binding(watch)

    def _waiting_price(self, person: int) -> int:
        return sum(
            priced.weight * priced.term.waiting[person]
            for priced in self.lowered.terms
            if isinstance(priced.term, Place) and priced.term.waiting is not None and not priced.must
        )

    def _class(self, networks: tuple[int, ...], costs: Sequence[int], seed: int) -> Class:
        network = self.problem.networks[networks[0]]
        formed = self.every or network.fixed
        terms = [
            x
            for x in self.lowered.terms
            if isinstance(x.term, Best) and x.term.options and not x.term.by_slot and x.speaks_about(networks[0])
        ]
        terms.sort(key=lambda x: -costs[x.rule] if x.rule < len(costs) else 0)
        sizes = self.sizes(networks[0])
        models = [
            Pricing(self.lowered, networks, options, sizes, seed)
            for options in configurations([cast("Best", x.term) for x in terms], network)
            if sizes
        ]
        return Class(networks, len(networks) if formed else 0, models, [{} for _ in models], [0] * len(models))

    def sizes(self, number: int) -> range:
        """The sizes of a network that leave the others theirs, where all are formed."""
        problem = self.problem
        network = problem.networks[number]
        low, high = network.min_size, min(network.max_size, problem.pool.size)
        if self.every:
            others = [other for k, other in enumerate(problem.networks) if k != number]
            high = min(high, problem.pool.size - sum(other.min_size for other in others))
            if self.most_waiting is not None:
                seated = problem.pool.size - self.most_waiting
                low = max(low, seated - sum(other.max_size for other in others))
        return range(low, high + 1)

    def seen(self, duals: Duals, number: int) -> list[Duals]:
        """What duals are in each configuration of a class, where roundings are part of what people are worth."""
        worth = [(dual, x) for dual, x in self._rounded(duals) if dual]
        found = []
        for index in range(len(self.classes[number].models)):
            mine = [(dual, x) for dual, x in worth if index in x.models[number]]
            units = sum((dual * x.units for dual, x in mine), np.array(duals.units, dtype=np.int64))
            found.append(Duals(units.tolist(), duals.cuts, network=sum(dual * x.network for dual, x in mine)))
        return found

    def outside(self, duals: Duals) -> int:
        """What the Lagrangian limit has beside networks, in parts of a unit: duals, and who is better off waiting."""
        rounded = sum(dual * x.least for dual, x in self._rounded(duals))
        every = sum(duals.units) - sum(duals.cuts.values()) + rounded
        return UNIT * self.constant + every + self.waiting(duals)

    def _rounded(self, duals: Duals) -> Iterable[tuple[int, Rounding]]:
        """What each rounding is worth; nothing where duals tell nothing of them."""
        return zip(duals.roundings, self.roundings, strict=bool(duals.roundings))

    def limit(self, duals: Duals, lows: Sequence[Sequence[int]]) -> int:
        """The Lagrangian limit in parts of a unit; lows: of each configuration of each class."""
        outside = self.outside(duals)
        limit = outside + self.networks(lows)
        supplied = self.supply.least(lows, self.watch)
        if supplied is not None:
            # It speaks of better answers: where there are none, nothing is better than the one known.
            better = outside + supplied
            limit = max(limit, better if self.known is None else min(better, UNIT * self.known))
        return limit

    def networks(self, lows: Sequence[Sequence[int]], *, without: int | None = None) -> int:
        """The least sum of what networks cost less duals: those that are formed, and any that are worth it.

        `without`: leave out one network of this class, which is formed in any case.
        """
        total = 0
        formed = 0
        optional: list[int] = []
        for index, (each, low) in enumerate(zip(self.classes, map(min, lows), strict=True)):
            least, most = each.least, len(each.networks)
            if index == without:
                least, most, formed = max(0, least - 1), most - 1, formed + 1
            total += least * low
            formed += least
            optional += [low] * (most - least)
        for low in sorted(optional):
            if low >= 0 and formed >= self.problem.min_count:
                break
            total += low
            formed += 1
        return total

    def waiting(self, duals: Duals) -> int:
        """The least that those who wait add, each unit being at least one person."""
        gains = sorted(wait - dual for wait, dual in zip(self.waits, duals.units, strict=True) if wait is not None)
        return sum(gain for gain in gains[: self.most_waiting] if gain < 0)

    def rounded_up(self, parts: int) -> int:
        """A limit as the objective can be: a multiple of the weights' common divisor, and none below nothing."""
        return max(0, -(-parts // (UNIT * self.step)) * self.step)
