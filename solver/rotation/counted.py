"""Weighs rules that count values, such as `balance`, where groups are too large to list: compiled, not one by one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from solver.rotation.frame import Frame
from solver.rotation.kernels import Counts, Floats, weigh_counts
from solver.rotation.problem import MUST, CountRule, Ints
from solver.rotation.search import Blocks, Stop, evenness, groups_of, met_prices, seating_of, words

STEPS: Final = 3_000_000
"""Moves of all meetings together at effort 1: about a second and a half."""

ALONE: Final = 1_000_000
"""Moves of one meeting by itself."""

SWEEPS: Final = 4
"""How often each meeting takes its turn at effort 1, where what must hold is found at single meetings only."""

LONGEST_BUDGET: Final = 8.0
CHUNK: Final = 5_000
COLDEST: Final = 0.06
"""The temperature at the end, in units of what must hold."""


def weigh_counted(
    shape: Frame, blocks: Blocks, rules: Sequence[CountRule], *, seed: int, budget: float, stop: Stop
) -> Blocks:
    """Anneals the seats of all open meetings together; what must hold first, then an even spread, then the weights.

    Other rules about the rotation are not looked at: the caller keeps the better of the two plans.
    """
    if not any(len(groups) > 1 for groups in blocks):
        return blocks
    walk = _Walk(shape, blocks, rules, seed, stop)
    share = min(budget, LONGEST_BUDGET)
    if any(rule.weight is MUST for rule in rules):
        walk.together(int(STEPS * share), hot=2.0, cold=COLDEST, scale=np.array([1.0, 0.2, 0.2 / walk.unit]))
        # Rules that hold at one meeting but hardly at all of them together: the meetings take turns, each first made
        # to keep them and then to bring together whom the others have not, while the others stay as they are.
        for sweep in range(1 + int(SWEEPS * share) if walk.best[0] else 0):
            for u in walk.free:
                if walk.best[0] or sweep:
                    walk.alone(int(u), ALONE, hot=2.0, meeting=0.0 if walk.best[0] else 0.1)
    else:
        first = 6.0 if shape.problem.prices.spread_comes_first else 1.0 / walk.unit
        walk.together(int(STEPS * share), hot=3.0, cold=0.15, scale=np.array([6.0, first, 1.0 / walk.unit]))
    return groups_of(walk.best_seat, walk.seating)


class _Walk:
    """The seats, what they imply, and the best seats so far."""

    def __init__(self, shape: Frame, blocks: Blocks, rules: Sequence[CountRule], seed: int, stop: Stop) -> None:
        problem, prices = shape.problem, shape.problem.prices
        self.free = np.array([u for u, groups in enumerate(blocks) if len(groups) > 1], np.int64)
        self.seating = seating_of(blocks)
        self.counts = _counts(rules, problem.members)
        self.times = np.array([len(block) for block in shape.blocks], np.int64)
        self.met = shape.met.copy()
        self.tally = np.zeros((len(blocks), self.seating.start.shape[1] - 1, len(self.counts.cost)), np.int64)
        for u, groups in enumerate(blocks):
            for k, group in enumerate(groups):
                self.met[np.ix_(group, group)] += 1
                for value in self.counts.carried[list(group)].ravel():
                    if value >= 0:
                        self.tally[u, k, value] += 1
        np.fill_diagonal(self.met, 0)
        unit = evenness(shape) if prices.spread_comes_first else 1
        self.scale = np.array([1.0, 1.0 / unit, 1.0])
        self.price = met_prices(int(shape.met.max(initial=0)) + len(blocks), unit=unit)
        self.price *= 1 if prices.meet_new is None else prices.meet_new
        self.at = 1 if prices.spread_comes_first else 2
        self.at_most = int(np.iinfo(np.int64).max) if prices.at_most is None else prices.at_most
        # Balance and rest start at 0 wherever they are: only their changes count.
        self.now = np.array([sum(self._broken(u) for u in range(len(blocks))), 0, 0], np.int64)
        self.now[0] += int(np.maximum(0, np.triu(self.met, 1) - self.at_most).sum())
        self.best, self.best_seat = self.now.copy(), self.seating.seat.copy()
        self.rng = words(np.random.default_rng([seed, problem.members, 4]))
        weights = [rule.weight for rule in rules if rule.weight is not MUST and rule.weight > 0]
        self.unit = min([*weights, *([prices.meet_new] if prices.meet_new else [])], default=1)
        self.stop = stop

    def alone(self, u: int, steps: int, *, hot: float, meeting: float) -> None:
        """One meeting by itself: what must hold in it, and then whom it brings together again, at this weight."""
        self._take(self.best_seat)
        self.now[:] = self.best
        scale = np.array([1.0, meeting, meeting / self.unit])
        free = np.array([u], np.int64)
        chunks = max(1, steps // CHUNK)
        for chunk in range(chunks):
            if (meeting == 0 and self._broken(u) == 0) or (chunk and self.stop()):
                break
            temperature = hot * (COLDEST / hot) ** (chunk / chunks)
            self._weigh(free, self.price, temperature, scale, self.now, self.best, self.best_seat)

    def together(self, steps: int, *, hot: float, cold: float, scale: Floats) -> None:
        """All meetings. `scale`: what a unit of what must hold, of the spread and of the rest weighs."""
        chunks = max(1, steps // CHUNK)
        for chunk in range(chunks):
            if chunk and self.stop():
                break
            temperature = hot * (cold / hot) ** (chunk / chunks)
            self._weigh(self.free, self.price, temperature, scale, self.now, self.best, self.best_seat)

    def _weigh(
        self, free: Ints, price: Ints, temperature: float, scale: Floats, now: Ints, best: Ints, best_seat: Ints
    ) -> None:
        weigh_counts(
            self.seating, free, self.times, self.counts, self.tally, self.met, price, self.at, self.at_most,
            self.rng, CHUNK, temperature, self.scale * scale, now, best, best_seat,
        )  # fmt: skip

    def _broken(self, u: int) -> int:
        """What the groups of one block cost of what must hold, over its meetings."""
        total = 0
        for k, (low, high) in enumerate(pairwise(self.seating.start[u].tolist())):
            size, count = high - low, self.tally[u, k]
            below = np.maximum(self.counts.low[:, size] - count, count - self.counts.high[:, size])
            outside = np.where(self.counts.lone & (count == 0), 0, np.maximum(0, below))
            total += int((outside * self.counts.cost[:, 0]).sum()) if size else 0
        return total * int(self.times[u])

    def _take(self, seat: Ints) -> None:
        """Goes on from these seats."""
        for u in self.free:
            for k, (low, high) in enumerate(pairwise(self.seating.start[u].tolist())):
                for sign, row in ((-1, self.seating.seat[u]), (1, seat[u])):
                    group = row[low:high]
                    self.met[np.ix_(group, group)] += sign
                    for value in self.counts.carried[group].ravel():
                        if value >= 0:
                            self.tally[u, k, value] += sign
        np.fill_diagonal(self.met, 0)
        self.seating.seat[:] = seat


def _counts(rules: Sequence[CountRule], members: int) -> Counts:
    """The values of all rules behind each other."""
    values = [(rule.weight, value) for rule in rules for value in rule.values]
    mine: list[list[int]] = [[] for _ in range(members)]
    for number, (_, value) in enumerate(values):
        for member in value.carriers:
            mine[member].append(number)
    carried = np.full((members, max(map(len, mine), default=0) + 1), -1, np.int64)
    for member, own in enumerate(mine):
        carried[member, : len(own)] = own
    return Counts(
        carried=carried,
        low=np.array([value.low for _, value in values], np.int64),
        high=np.array([value.high for _, value in values], np.int64),
        lone=np.array([value.only_where_present for _, value in values], np.bool_),
        cost=np.array([[1, 0] if weight is MUST else [0, weight] for weight, _ in values], np.int64),
    )
