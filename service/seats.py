"""Which networks a rule speaks of, as far as that is sure before anything is composed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from solver.problem import Network, Problem
from solver.rules import Rule


@dataclass(frozen=True, slots=True)
class Seats:
    """The networks that a rule applies to.

    `sure` are formed in every composition; `most` are all that may be formed; `others` may be formed too, and the rule
    says nothing about them.
    """

    sure: tuple[Network, ...]
    most: tuple[Network, ...]
    others: tuple[Network, ...]

    @property
    def smallest(self) -> int:
        """The fewest members that any of them has."""
        return min((network.min_size for network in self.most), default=1)

    @property
    def largest(self) -> int:
        """The most members that any of them may have."""
        return max((network.max_size for network in self.most), default=0)


def seats_of(problem: Problem, rule: Rule) -> Seats:
    """The networks of a rule. Given networks come first and free ones are alike, so the first ones are sure."""
    if rule.networks is None:
        return Seats(problem.networks[: problem.min_count], problem.networks, ())
    named = tuple(network for k, network in enumerate(problem.networks) if k in rule.networks)
    others = tuple(network for k, network in enumerate(problem.networks) if k not in rule.networks)
    return Seats(named, named, others)


@dataclass(frozen=True, slots=True)
class Room:
    """How many people the networks hold: one stretch of numbers for each number of networks."""

    people: int
    stretches: tuple[tuple[int, int], ...]
    """(fewest, most) members in all, for the fewest networks up to the most."""

    @property
    def fewest(self) -> int:
        """Members without whom the networks cannot be filled."""
        return self.stretches[0][0]

    @property
    def most(self) -> int:
        """Members for whom there is room."""
        return max(most for _, most in self.stretches)

    @property
    def placed(self) -> int | None:
        """The most people who can be placed, None where there are too few to form the networks."""
        return max((min(most, self.people) for low, most in self.stretches if low <= self.people), default=None)


def room_of(problem: Problem) -> Room:
    """How many people the networks of a problem hold."""
    people = problem.pool.size
    low = accumulate(network.min_size for network in problem.networks)
    high = accumulate(min(network.max_size, people) for network in problem.networks)
    return Room(people, tuple(_from(problem.min_count, zip(low, high, strict=True))))


def _from(count: int, sums: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    for networks, sizes in enumerate(sums, start=1):
        if networks >= count:
            yield sizes
