"""What is asked: people, networks, facilitators, meetings, rules and pins, as codes and arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from solver.rules.base import Rule

WAITING = -1
"""The place of a candidate who is in no network, in an assignment."""


class ProblemError(ValueError):
    """A problem that contradicts itself before any rule is read; `code` names how."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(f"{code}: {facts}" if facts else code)
        self.code = code
        self.facts = facts


@dataclass(frozen=True, slots=True)
class Category:
    """The values that each person has in one column.

    `codes[i]` are the distinct values of person i, as indices into `names`; an empty cell is an empty tuple.
    """

    names: tuple[str, ...]
    codes: tuple[tuple[int, ...], ...]

    def __post_init__(self) -> None:
        for codes in set(self.codes):
            if len(set(codes)) != len(codes) or any(not 0 <= code < len(self.names) for code in codes):
                raise ProblemError("category_codes", codes=codes)

    def carriers(self) -> tuple[tuple[int, ...], ...]:
        """The people who have each value, in the order of `names`."""
        found: list[list[int]] = [[] for _ in self.names]
        for person, codes in enumerate(self.codes):
            for code in codes:
                found[code].append(person)
        return tuple(tuple(people) for people in found)


@dataclass(frozen=True, slots=True)
class Number:
    """One exact number per person, or None for an empty cell."""

    values: tuple[Fraction | None, ...]

    def span(self) -> Fraction:
        """Largest less smallest value; 0 where fewer than two are known."""
        known = [value for value in self.values if value is not None]
        return max(known) - min(known) if known else Fraction(0)


@dataclass(frozen=True, slots=True)
class Location:
    """Latitude and longitude in degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Pool:
    """Everybody who is a candidate, by column. People are the numbers 0 .. size - 1."""

    ids: tuple[str, ...]
    categories: Mapping[str, Category] = field(default_factory=dict)
    numbers: Mapping[str, Number] = field(default_factory=dict)
    locations: tuple[Location | None, ...] = ()

    def __post_init__(self) -> None:
        for category in self.categories.values():
            if len(category.codes) != self.size:
                raise ProblemError("column_length")
        for number in self.numbers.values():
            if len(number.values) != self.size:
                raise ProblemError("column_length")
        if self.locations and len(self.locations) != self.size:
            raise ProblemError("column_length")

    @property
    def size(self) -> int:
        """How many people there are."""
        return len(self.ids)

    def category(self, attribute: str) -> Category:
        """The column as values; a column that nobody filled has none."""
        return self.categories.get(attribute) or Category((), ((),) * self.size)

    def location(self, person: int) -> Location | None:
        """Where a person lives or works, if known."""
        return self.locations[person] if self.locations else None


@dataclass(frozen=True, slots=True)
class Network:
    """A network that is given, or one that Kring may form."""

    name: str
    min_size: int
    max_size: int
    fixed: bool = False
    kind: str = "peer"
    region: str | None = None
    place: Location | None = None
    slot: int | None = None
    facilitator: int | None = None
    accepted: frozenset[int] | None = None
    """Who may join; None: everybody."""

    def __post_init__(self) -> None:
        if not 1 <= self.min_size <= self.max_size:
            raise ProblemError("network_sizes", name=self.name, min_size=self.min_size, max_size=self.max_size)

    def accepts(self, person: int) -> bool:
        """Whether this person may join, rules aside."""
        return self.accepted is None or person in self.accepted


@dataclass(frozen=True, slots=True)
class Facilitator:
    """Somebody who leads networks."""

    id: str
    max_networks: int = 1
    slots: frozenset[int] | None = None
    regions: frozenset[str] | None = None
    foreign: frozenset[int] = frozenset()
    """People who speak none of the facilitator's languages, where both sides are stated."""


class Remainder(Enum):
    """What happens to those left over when the group size does not divide the members."""

    LARGER = "larger"
    SMALLER = "smaller"


def works_in(facilitator: Facilitator, region: str) -> bool:
    """Whether the facilitator works in a region, or says nothing about regions: BE234 is not BE23."""
    regions = facilitator.regions
    return regions is None or region.casefold() in {known.casefold() for known in regions}


@dataclass(frozen=True, slots=True)
class Meetings:
    """How the networks meet."""

    count: int = 0
    group_size: int = 3
    remainder: Remainder = Remainder.LARGER
    groups: int | None = None
    keep: int = 1
    absent: frozenset[tuple[int, int]] = frozenset()
    """(person, meeting number from 1)"""
    history: tuple[tuple[int, int], ...] = ()
    """Pairs of people who met before, once for each time."""

    def __post_init__(self) -> None:
        if self.count < 0 or self.group_size < 2 or self.keep < 1 or (self.groups is not None and self.groups < 1):
            raise ProblemError("meetings")


@dataclass(frozen=True, slots=True)
class Problem:
    """One question to the solver, complete and free of contradictions of form."""

    pool: Pool
    networks: tuple[Network, ...]
    """Given networks first, then as many more as Kring may form."""
    min_count: int
    """How many networks at least, the given ones included."""
    rules: tuple[Rule, ...] = ()
    trio_rules: tuple[Rule, ...] = ()
    facilitators: tuple[Facilitator, ...] = ()
    slots: tuple[str, ...] = ()
    slot_dates: tuple[frozenset[str], ...] = ()
    """The calendar days on which each slot meets, where they are known."""
    no_slot_dates: frozenset[str] = frozenset()
    """The calendar days of a network without a slot."""
    pins: Mapping[int, int] = field(default_factory=dict)
    """Person to network, or to WAITING."""
    must_place: frozenset[int] = frozenset()
    """Who may not be on the waitlist."""
    meetings: Meetings = Meetings()

    def __post_init__(self) -> None:
        if not 0 <= self.fixed_count <= self.min_count <= len(self.networks):
            raise ProblemError("network_count", minimum=self.min_count, possible=len(self.networks))
        if any(network.fixed for network in self.networks[self.fixed_count :]):
            raise ProblemError("fixed_networks_first")

    @property
    def fixed_count(self) -> int:
        """How many networks are given."""
        return sum(network.fixed for network in self.networks)

    @property
    def waiting_is_weighed(self) -> bool:
        """Whether a `place` rule weighs waiting with the rest, instead of fewest waiting coming first."""
        return any(rule.weighs_waiting for rule in self.rules)

    def dates(self, slot: int | None) -> frozenset[str]:
        """The calendar days on which a network with this slot meets."""
        return self.no_slot_dates if slot is None else self.slot_dates[slot] if self.slot_dates else frozenset()


@dataclass(frozen=True, slots=True)
class Composition:
    """One answer: where everybody is, and each network's slot and facilitator.

    `places[i]` is the network of person i, or WAITING; `slots[k]` and `facilitators[k]` belong to network k.
    A network without members is not formed.
    """

    places: tuple[int, ...]
    slots: tuple[int | None, ...]
    facilitators: tuple[int | None, ...]

    def members(self, network: int) -> tuple[int, ...]:
        """The people of one network, in order."""
        return tuple(person for person, place in enumerate(self.places) if place == network)

    def groups(self) -> dict[int, tuple[int, ...]]:
        """The members of each network that is formed, in the order of the networks."""
        found: dict[int, list[int]] = {}
        for person, place in enumerate(self.places):
            if place != WAITING:
                found.setdefault(place, []).append(person)
        return {network: tuple(found[network]) for network in sorted(found)}

    @property
    def waiting(self) -> tuple[int, ...]:
        """The people on the waitlist."""
        return tuple(person for person, place in enumerate(self.places) if place == WAITING)
