"""Weighs the rules within the trio where groups are too large to list: asks for prices one by one, in plain Python."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import combinations
from typing import Final

import numpy as np

from solver.rotation.frame import Frame
from solver.rotation.problem import Group
from solver.rotation.search import Blocks, Stop

TRIES: Final = 20_000
"""Moves at effort 1: about a second when a price takes ten microseconds."""

LONGEST_BUDGET: Final = 10.0
"""The effort where only the clock limits it."""


def polish(shape: Frame, blocks: Blocks, *, seed: int, budget: float, stop: Stop) -> Blocks:
    """Lets two people change seats at one meeting, or at all of them, where that lowers the price.

    Broken `must` rules come first, then the sum over pairs of met (met - 1) / 2, then the weighted price; a plan is
    never left for a worse one.
    """
    problem = shape.problem
    if problem.trio is None or not any(len(groups) > 1 for groups in blocks):
        return blocks
    trio = problem.trio

    @lru_cache(maxsize=1 << 18)
    def price(group: Group) -> tuple[int, int]:
        return trio.broken(group), trio.weighted(group)

    random = np.random.default_rng([seed, problem.members, 2])
    table = _Tables(shape, blocks, price)
    for number in range(max(1, int(TRIES * min(budget, LONGEST_BUDGET)))):
        if number % 100 == 0 and number and stop():
            break
        x, y = (int(member) for member in random.choice(problem.members, 2, replace=False))
        at = range(len(blocks)) if random.random() < 0.3 else [int(random.integers(len(blocks)))]
        # Who is absent where the other is present cannot take that seat: such a meeting stays as it is.
        change, done = [0, 0, 0], []
        for u in at:
            step = table.swap(u, x, y)
            if step is not None:
                change = [old + new for old, new in zip(change, step, strict=True)]
                done.append(u)
        if change > [0, 0, 0]:
            for u in done:
                table.swap(u, x, y)
    return table.blocks


class _Tables:
    """The groups of all open blocks, and how often each pair met."""

    def __init__(self, shape: Frame, blocks: Blocks, price: Callable[[Group], tuple[int, int]]) -> None:
        self._groups = [[list(group) for group in groups] for groups in blocks]
        self._group_of = [{m: k for k, group in enumerate(groups) for m in group} for groups in blocks]
        self._times = [len(block) for block in shape.blocks]
        self._price = price
        self._met: list[list[int]] = shape.met.tolist()
        for groups in blocks:
            for group in groups:
                for a, b in combinations(group, 2):
                    self._meet(a, b, 1)

    @property
    def blocks(self) -> Blocks:
        """The groups as they are now."""
        return tuple(tuple(tuple(sorted(group)) for group in groups) for groups in self._groups)

    def swap(self, u: int, x: int, y: int) -> tuple[int, int, int] | None:
        """Two members change seats; the change of (broken, balance, weighted), or None where they cannot."""
        k, m = self._group_of[u].get(x), self._group_of[u].get(y)
        if k is None or m is None or k == m:
            return None
        before = self._sum(u, k, m)
        balance = sum(self._meet(x, z, -1) for z in self._groups[u][k] if z != x)
        balance += sum(self._meet(y, z, -1) for z in self._groups[u][m] if z != y)
        self._groups[u][k][self._groups[u][k].index(x)] = y
        self._groups[u][m][self._groups[u][m].index(y)] = x
        self._group_of[u][x], self._group_of[u][y] = m, k
        balance += sum(self._meet(y, z, 1) for z in self._groups[u][k] if z != y)
        balance += sum(self._meet(x, z, 1) for z in self._groups[u][m] if z != x)
        after = self._sum(u, k, m)
        return after[0] - before[0], balance, after[1] - before[1]

    def _sum(self, u: int, k: int, m: int) -> tuple[int, int]:
        one, other = (self._price(tuple(sorted(self._groups[u][g]))) for g in (k, m))
        return self._times[u] * (one[0] + other[0]), self._times[u] * (one[1] + other[1])

    def _meet(self, a: int, b: int, sign: int) -> int:
        """One meeting more or fewer of a pair; the change of met (met - 1) / 2."""
        before = self._met[a][b]
        self._met[a][b] = self._met[b][a] = before + sign
        return before if sign == 1 else 1 - before
