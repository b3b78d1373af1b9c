"""The report as data: what members may see, and what only the organiser sees.

Whatever members get is made from `Shared` alone. It has no place for e-mail addresses, notes, reasons or who should not
sit with whom, so no rendering can show them by mistake.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Strength = int | Literal["must", "first"]
"""A weight, `must`, or `first`: an even spread that comes before everything weighed."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as the others may know them."""

    id: str
    """As the proposal has it; may be made from an e-mail address, so only for files that machines join on."""
    code: str | None
    """The id where it gives no e-mail address away."""
    name: str
    """Unique among the candidates."""
    facts: Mapping[str, str]
    """What the cards show, by column; a column without a value is absent."""


@dataclass(frozen=True, slots=True)
class Topic:
    """Something that a member asks or offers, and who in the network is at the other end of it."""

    name: str
    others: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class Encounter:
    """The meetings at which a member shares a trio with somebody, in order; none where they never do."""

    other: Person
    meetings: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Help:
    """A topic that a case giver asks and a consultant offers, at one meeting; who was at the other end of it."""

    topic: str
    meeting: int
    others: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """One person's year: give and take, turns and encounters."""

    person: Person
    pinned: bool
    asks: tuple[Topic, ...]
    offers: tuple[Topic, ...]
    attends: int
    """Meetings that the member comes to."""
    case_turns: int
    """Meetings at which the member is case giver."""
    encounters: tuple[Encounter, ...]
    """With each other member, in the order of the network."""
    received: tuple[Help, ...] = ()
    """What consultants offered of what the member asked, meeting by meeting."""
    given: tuple[Help, ...] = ()
    """What the member offered, as consultant, of what case givers asked."""

    @property
    def has_met(self) -> int:
        """How many other members share a trio with this one at least once."""
        return sum(bool(encounter.meetings) for encounter in self.encounters)


@dataclass(frozen=True, slots=True)
class Trio:
    """A peer-advice group of one meeting."""

    number: int
    members: tuple[Person, ...]
    case_giver: Person | None

    @property
    def consultants(self) -> tuple[Person, ...]:
        """Everybody in the trio but the case giver."""
        return tuple(person for person in self.members if person != self.case_giver)


@dataclass(frozen=True, slots=True)
class Meeting:
    """One gathering of one network; `start` is local time, None where there is no date yet."""

    number: int
    start: datetime | None
    trios: tuple[Trio, ...]
    absent: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class Network:
    """A network as its members may see it."""

    name: str
    kind: str
    region: str | None
    place: str | None
    slot: str | None
    facilitator: str | None
    members: tuple[Member, ...]
    meetings: tuple[Meeting, ...]
    matrix: tuple[tuple[int, ...], ...]
    """How often two members share a trio, in the order of `members`; a block of meetings that stays together is one
    time. Empty where there are no meetings."""

    @property
    def all_met_by(self) -> int | None:
        """The meeting by which everybody has shared a trio with everybody; None where some never do."""
        if len(self.members) < 2 or not self.meetings:
            return None
        if any(not encounter.meetings for member in self.members for encounter in member.encounters):
            return None
        return max(encounter.meetings[0] for member in self.members for encounter in member.encounters)

    def pairs_by_times(self) -> dict[int, int]:
        """How many pairs share a trio 0, 1, 2... times."""
        found: dict[int, int] = {}
        for index, row in enumerate(self.matrix):
            for times in row[:index]:
                found[times] = found.get(times, 0) + 1
        return dict(sorted(found.items()))


@dataclass(frozen=True, slots=True)
class Shared:
    """Everything that members may see."""

    programme: str
    language: str
    sha256: str
    timezone: str
    minutes: int
    keep: int
    """Meetings that a trio stays together."""
    columns: tuple[str, ...]
    """The columns that cards show, in order."""
    kept: tuple[str, ...]
    """Those among them that the programme asked for with `keep`."""
    has_codes: bool
    """Whether every member has a code to show."""
    networks: tuple[Network, ...]

    def undated(self) -> int:
        """How many meetings have no date yet."""
        return sum(meeting.start is None for network in self.networks for meeting in network.meetings)


@dataclass(frozen=True, slots=True)
class Slice:
    """One value of a column: how many members have it, beside the share of the pool that would fall to the network."""

    value: str
    count: int
    fair: float
    in_pool: int


@dataclass(frozen=True, slots=True)
class Mix:
    """What a network is made of in one column, set against the pool."""

    network: str
    column: str
    size: int
    slices: tuple[Slice, ...]
    """Every value of the pool, the most common first; of a column with very many values only those present."""
    unknown: int
    """Members with an empty cell."""


@dataclass(frozen=True, slots=True)
class Mean:
    """The average of a column of numbers in one network, beside the pool's; None where nobody has a number."""

    network: str
    column: str
    mean: float | None
    of_pool: float | None


@dataclass(frozen=True, slots=True)
class Breach:
    """A place where a rule does not hold; `text` names people, `discreet` does not."""

    network: str | None
    meeting: int | None
    penalty: int
    text: str
    discreet: str
    people: tuple[str, ...] = ()
    """Who is named, by id."""


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule with what it costs; a rule over trios is summed over the networks and has no bound of its own."""

    name: str
    """As programmes and the command line know it."""
    title: str
    """As a reader does."""
    rule: str
    definition: str
    details: tuple[str, ...]
    within_trios: bool
    strength: Strength
    penalty: int
    bound: int | None
    breaches: tuple[Breach, ...]

    @property
    def cost(self) -> int | None:
        """What the rule adds to the objective; None where it is not weighed."""
        return self.penalty * self.strength if isinstance(self.strength, int) else None


@dataclass(frozen=True, slots=True)
class Part:
    """An objective, its proven lower limit and the gap between them."""

    objective: int
    bound: int
    gap: float

    @property
    def proven(self) -> bool:
        """Whether nothing lower exists."""
        return self.objective <= self.bound


@dataclass(frozen=True, slots=True)
class CompositionProof:
    """What is known about who sits in which network."""

    optimal: bool
    part: Part
    waiting: int
    least_waiting: int | None


@dataclass(frozen=True, slots=True)
class RotationProof:
    """What is known about the trios of one network; `balance` is None where meeting new people is weighed."""

    network: str
    optimal: bool
    repeats: int
    least_repeats: int
    balance: Part | None
    rest: Part


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody on the waitlist, and why."""

    person: Person
    why: str
    pinned: bool


@dataclass(frozen=True, slots=True)
class Aside:
    """A row that takes no part, and why."""

    file: str | None
    row: int
    why: str


@dataclass(frozen=True, slots=True)
class Private:
    """What only the organiser reads about somebody: (column, text) of what the cards leave out."""

    person: Person
    network: str | None
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Report:
    """The organiser's report."""

    shared: Shared
    optimal: bool
    people: int
    composition: CompositionProof
    rotations: tuple[RotationProof, ...]
    mixes: tuple[Mix, ...]
    means: tuple[Mean, ...]
    rules: tuple[RuleRow, ...]
    waitlist: tuple[Waiting, ...]
    set_aside: tuple[Aside, ...]
    notes: tuple[str, ...]
    private: tuple[Private, ...]
    made_by: str
    """The version, seed and limits that make the proposal again."""

    @property
    def placed(self) -> int:
        """How many candidates are in a network."""
        return sum(len(network.members) for network in self.shared.networks)

    @property
    def repeats(self) -> int:
        """Repeated pairs over all networks."""
        return sum(rotation.repeats for rotation in self.rotations)

    @property
    def least_repeats(self) -> int:
        """How many repeats cannot be avoided."""
        return sum(rotation.least_repeats for rotation in self.rotations)
