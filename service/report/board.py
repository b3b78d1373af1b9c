"""The board: networks side by side with their members, their mix at a glance, and what does not hold, where that is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from service.candidates import same_value_key
from service.proposal_file import Proposal
from service.question import Question
from service.report.build import report_of
from service.report.charts import MOST_COLOURS, Segment, stacked
from service.report.model import Breach, Network, Person, Report, RuleRow

MOST_VALUES = 14
"""Values of a column beyond which a strip of its mix shows nothing."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that does not hold in one place."""

    rule: RuleRow
    breach: Breach

    @property
    def cost(self) -> int | None:
        """What it adds to the objective; None where it is not weighed."""
        weight = self.rule.strength
        return self.breach.penalty * weight if isinstance(weight, int) else None


@dataclass(frozen=True, slots=True)
class Card:
    """One person on the board."""

    person: Person
    pinned: bool
    colour: int | None
    """Of the value that the board is coloured by; None: none, or one of the rare ones."""
    value: str | None
    broken: tuple[Broken, ...]
    why: str | None = None
    """Why somebody waits."""


@dataclass(frozen=True, slots=True)
class Strip:
    """The mix of one network in one column."""

    column: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A network on the board."""

    network: Network
    smallest: int
    largest: int | None
    cards: tuple[Card, ...]
    strips: tuple[Strip, ...]
    broken: tuple[Broken, ...]

    @property
    def cost(self) -> int:
        """What the rules that are weighed cost here."""
        return sum(each.cost or 0 for each in self.broken)


@dataclass(frozen=True, slots=True)
class Board:
    """A proposal to look at and to change."""

    report: Report
    columns: tuple[Column, ...]
    waiting: tuple[Card, ...]
    shades: tuple[str, ...]
    """Columns that the board can be coloured by."""
    shade: str | None
    legend: tuple[tuple[str, int], ...]
    """The values with a colour of their own."""


def board_of(question: Question, proposal: Proposal, language: str, shade: str | None = None) -> Board:
    """The board of a proposal in one language. shade: the column that cards are coloured by; else the first."""
    report = report_of(question, proposal, language)
    rows = [row for row in report.rules if not row.within_trios]
    strips = _strips(report)
    shades = tuple(dict.fromkeys(strip.column for found in strips.values() for strip in found))
    shade = shade if shade in shades else (shades[0] if shades else None)
    legend = _legend(report, shade)
    in_network, of_person = _broken(rows)
    limits = {same_value_key(network.name): network for network in question.problem.networks}

    def card(person: Person, *, pinned: bool, why: str | None = None) -> Card:
        value = None if shade is None else person.facts.get(shade)
        colour = None if value is None else legend.get(same_value_key(value.split(", ")[0]))
        return Card(person, pinned, colour, value, tuple(of_person.get(person.id, ())), why)

    columns = []
    for network in report.shared.networks:
        limit = limits[same_value_key(network.name)]
        columns.append(
            Column(
                network,
                limit.min_size,
                limit.max_size if limit.max_size < question.problem.pool.size else None,
                tuple(card(member.person, pinned=member.pinned) for member in network.members),
                tuple(strips.get(network.name, ())),
                tuple(in_network.get(network.name, ())),
            )
        )
    waiting = tuple(card(each.person, pinned=each.pinned, why=each.why) for each in report.waitlist)
    names = {same_value_key(each.value): each.value for mix in report.mixes for each in mix.slices}
    shown = tuple((names[key], colour) for key, colour in legend.items())
    return Board(report, tuple(columns), waiting, shades, shade, shown)


def _strips(report: Report) -> dict[str, list[Strip]]:
    """The mix of each network, for the columns in which it says something."""
    found: dict[str, list[Strip]] = defaultdict(list)
    for mix in report.mixes:
        if 1 < len(mix.slices) <= MOST_VALUES:
            found[mix.network].append(Strip(mix.column, stacked([(each.value, each.count) for each in mix.slices])))
    return found


def _legend(report: Report, shade: str | None) -> dict[str, int]:
    """The colour of each value of a column: the most common ones have their own, as in the strips."""
    for mix in report.mixes:
        if mix.column == shade:
            return {same_value_key(each.value): n for n, each in enumerate(mix.slices[:MOST_COLOURS])}
    return {}


def _broken(rows: Iterable[RuleRow]) -> tuple[Mapping[str, Sequence[Broken]], Mapping[str, Sequence[Broken]]]:
    """What does not hold, by network and by the person it is about."""
    in_network: dict[str, list[Broken]] = defaultdict(list)
    of_person: dict[str, list[Broken]] = defaultdict(list)
    for row in rows:
        for breach in row.breaches:
            broken = Broken(row, breach)
            if breach.network is not None:
                in_network[breach.network].append(broken)
            for id_ in breach.people:
                of_person[id_].append(broken)
    return in_network, of_person
