"""Sets of members as columns: what they are worth by duals, and what is proven of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

UNIT = 2048
"""Duals are rounded to this part of the objective's unit."""

NEVER = 1 << 60
"""The price of what cannot be."""

Members = tuple[int, ...]
"""The units of one network, in order."""

Found = tuple[Members, int]
"""A set and its price."""


Cut = tuple[int, int, int]
"""Three units: of the networks that are formed, at most one holds two or more of them."""


@dataclass(frozen=True, slots=True)
class Duals:
    """What seating each unit is worth, and what each cut costs a set that it counts; in parts of a unit."""

    units: list[int]
    cuts: dict[Cut, int]
    roundings: tuple[int, ...] = ()
    """what each rounding is worth; in a configuration that is part of the others"""
    network: int = 0
    """in a configuration, what any set is worth besides"""

    def worth(self, roundings: int) -> Worth:
        """The same in units of the objective, of so many roundings."""
        rounded = np.zeros(roundings)
        rounded[: len(self.roundings)] = self.roundings
        cuts = {cut: cost / UNIT for cut, cost in self.cuts.items()}
        return Worth(np.array(self.units) / UNIT, rounded / UNIT, cuts)

    def of(self, members: Members) -> int:
        """What a set is worth by them, in their configuration."""
        inside = set(members)
        counted = sum(cost for cut, cost in self.cuts.items() if len(inside.intersection(cut)) > 1)
        return self.network + sum(self.units[unit] for unit in members) - counted


@dataclass(frozen=True, slots=True)
class Worth:
    """The same as the master program has it, in units of the objective."""

    units: NDArray[np.float64]
    roundings: NDArray[np.float64]
    cuts: dict[Cut, float]

    def rounded(self) -> Duals:
        """In parts of a unit."""
        costs = {cut: round(cost * UNIT) for cut, cost in self.cuts.items()}
        return Duals(
            [round(unit * UNIT) for unit in self.units.tolist()],
            {cut: cost for cut, cost in costs.items() if cost},
            tuple(max(0, round(worth * UNIT)) for worth in self.roundings.tolist()),
        )


@dataclass(frozen=True, slots=True)
class Proven:
    """What columns prove: a limit of the objective, and an answer that is better, where one was met."""

    objective: int
    groups: tuple[tuple[tuple[int, ...], Members], ...] | None = None
    """each set of units, with the networks of which it is one"""
