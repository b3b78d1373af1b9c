"""Pictures as plain geometry: bars in percent, rings in points. Drawn from the model, coloured by the style sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin

from service.report.model import Meeting, Mix, Network

MOST_ROWS = 8
"""Values that a picture of a mix shows by themselves; rarer ones are told in a sentence."""
LEAST_FAIR = 1.5
"""The fair share from which a value is shown though hardly anybody here has it."""
MOST_COLOURS = 7
"""Segments of a stacked bar that have a colour of their own."""
RING = 42.0
"""The radius of the ring on which members sit, in a picture of 100 by 100."""
MOST_ON_RING = 40
"""Members of a network whose meetings are drawn; more would be a ball of wool."""
LEAST_LABEL = 4.5
"""The narrowest segment, in percent, that has room for a number."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One value of a mix: its bar and the mark of a fair share, both in percent of the width."""

    value: str
    count: int
    fair: float
    width: float
    mark: float


@dataclass(frozen=True, slots=True)
class Bars:
    """A mix, value by value; `singles` are the values that one member each has, left out of the bars."""

    bars: tuple[Bar, ...]
    singles: tuple[str, ...]
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a stacked bar, in percent; `colour` counts from 0, the last one standing for all other values."""

    value: str | None
    count: int
    start: float
    width: float
    colour: int

    @property
    def has_room(self) -> bool:
        """Whether a number fits in it."""
        return self.width >= LEAST_LABEL


@dataclass(frozen=True, slots=True)
class Dot:
    """A member on the ring."""

    x: float
    y: float
    kind: str
    """`case`, `sits` or `absent`."""


@dataclass(frozen=True, slots=True)
class Ring:
    """A meeting: everybody on a ring in the order of the list, each trio a shape."""

    shapes: tuple[str, ...]
    dots: tuple[Dot, ...]


def bars(mix: Mix) -> Bars:
    """The values that say something: those of several members, and those that should have been there."""
    few = len(mix.slices) <= MOST_ROWS
    shown = [each for each in mix.slices if few or each.count > 1 or each.fair >= LEAST_FAIR][:MOST_ROWS]
    left = [each for each in mix.slices if each.count and each not in shown]
    scale = max((max(each.count, each.fair) for each in shown), default=0) or 1
    return Bars(
        tuple(
            Bar(each.value, each.count, each.fair, _percent(each.count, scale), _percent(each.fair, scale))
            for each in shown
        ),
        singles=tuple(each.value for each in left if each.count == 1),
        others=tuple(f"{each.value} {each.count}" for each in left if each.count > 1),
    )


def stacked(counts: Sequence[tuple[str, int]]) -> tuple[Segment, ...]:
    """A whole bar cut in segments, the values beyond the colours as one."""
    total = sum(count for _, count in counts) or 1
    own, rest = counts[:MOST_COLOURS], counts[MOST_COLOURS:]
    pieces = [(value, count, colour) for colour, (value, count) in enumerate(own)]
    wholes: list[tuple[str | None, int, int]] = [*pieces, (None, sum(count for _, count in rest), MOST_COLOURS)]
    segments, start = [], 0
    for value, count, colour in wholes:
        if count:
            segments.append(Segment(value, count, _percent(start, total), _percent(count, total), colour))
            start += count
    return tuple(segments)


def ring(network: Network, meeting: Meeting) -> Ring | None:
    """A meeting as a picture; None where the network is too large for one."""
    size = len(network.members)
    if not 0 < size <= MOST_ON_RING:
        return None
    places = {member.person.id: _on_ring(index, size) for index, member in enumerate(network.members)}
    givers = {trio.case_giver.id for trio in meeting.trios if trio.case_giver is not None}
    sitting = {person.id for trio in meeting.trios for person in trio.members}
    shapes = []
    for trio in meeting.trios:
        # In the order of the ring, so that four people make a quadrangle and no bow.
        ids = sorted(
            {person.id for person in trio.members if person.id in places}, key=lambda id_: list(places).index(id_)
        )
        shapes.append(" ".join(f"{x:g},{y:g}" for x, y in map(places.__getitem__, ids)))
    dots = (
        Dot(x, y, "case" if id_ in givers else "sits" if id_ in sitting else "absent") for id_, (x, y) in places.items()
    )
    return Ring(tuple(shapes), tuple(dots))


def circle(count: int) -> tuple[Dot, ...]:
    """So many dots on a ring."""
    return tuple(Dot(x, y, "sits") for x, y in (_on_ring(index, count) for index in range(count)))


def _on_ring(index: int, size: int) -> tuple[float, float]:
    turn = 2 * pi * index / size - pi / 2
    return round(50 + RING * cos(turn), 1), round(50 + RING * sin(turn), 1)


def _percent(part: float, whole: float) -> float:
    return round(100 * part / whole, 2)
