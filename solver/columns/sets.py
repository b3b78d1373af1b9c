"""Sets of members as columns: what they are worth by duals, and what is proven of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

UNIT = 256
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

    @staticmethod
    def rounded(units: Iterable[float], cuts: Mapping[Cut, float]) -> Duals:
        """In parts of a unit, what is given in units."""
        costs = {cut: round(cost * UNIT) for cut, cost in cuts.items()}
        return Duals([round(unit * UNIT) for unit in units], {cut: cost for cut, cost in costs.items() if cost})

    @property
    def sum(self) -> int:
        """Of all right-hand sides."""
        return sum(self.units) - sum(self.cuts.values())

    def of(self, members: Members) -> int:
        """What a set is worth by them."""
        inside = set(members)
        counted = sum(cost for cut, cost in self.cuts.items() if len(inside.intersection(cut)) > 1)
        return sum(self.units[unit] for unit in members) - counted


@dataclass(frozen=True, slots=True)
class Proven:
    """What columns prove: a limit of the objective, and an answer that is better, where one was met."""

    objective: int
    groups: tuple[tuple[tuple[int, ...], Members], ...] | None = None
    """each set of units, with the networks of which it is one"""
