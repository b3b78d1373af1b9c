"""kring.xlsx: sheets to mail around, and behind them, clearly marked, those of the organiser."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import xlsxwriter

from service.report.model import Help, Member, Network, Report, RuleRow, Shared, Trio
from service.report.sentences import strength, summary_of
from service.report.telling import Teller

Cell = str | int | datetime | None

ACCENT, RULE, WARNING = "#0F5C63", "#C9D3D4", "#9A3412"
NARROWEST, WIDEST = 7, 46
MADE = datetime(2000, 1, 1)
"""When the file says it was made: a fixed date gives the same bytes again."""
NUMBERS_AS_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with a name; `warning` stands above it where it is not for members."""

    name: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    warning: str | None = None


def workbook(report: Report) -> bytes:
    """The whole workbook."""
    tell = Teller(report.shared.language)
    mailing = [
        Sheet(tell("sheet.networks"), *_table(_network_headings(report.shared, tell), _networks(report.shared, tell))),
        Sheet(tell("sheet.trios"), *_table(_trio_headings(report.shared, tell), _trios(report.shared))),
        Sheet(tell("sheet.people"), *_table(_people_headings(report.shared, tell), _people(report.shared, tell))),
    ]
    warning = tell("sheet.organiser_only")
    own = [
        Sheet(tell("sheet.rules"), *_table(_rule_headings(tell), _rules(report, tell)), warning),
        Sheet(tell("sheet.waitlist"), *_table(_waitlist_headings(report.shared, tell), _waitlist(report)), warning),
    ]
    return _Book(report.shared, tell).written(_read_me(report, tell, mailing, own), [*mailing, *own])


def _table(headings: Sequence[str], rows: Iterator[tuple[Cell, ...]]) -> tuple[tuple[str, ...], tuple[Any, ...]]:
    return tuple(headings), tuple(rows)


# what the sheets say


def _read_me(
    report: Report, tell: Teller, mailing: Sequence[Sheet], own: Sequence[Sheet]
) -> list[tuple[str, str | None]]:
    """(text, format) lines of the first sheet."""
    summary = summary_of(report)
    lines: list[tuple[str, str | None]] = [(report.shared.programme, "title"), (summary.headline, None)]
    lines += [("", None), (tell("sheet.to_mail"), "heading")]
    lines += [(sheet.name, None) for sheet in mailing]
    lines += [("", None), (tell("sheet.to_keep"), "heading")]
    lines += [(sheet.name, None) for sheet in own]
    return [*lines, ("", None), (tell("sheet.no_private"), None), ("", None), (report.made_by, "small")]


def _person_headings(shared: Shared, tell: Teller) -> list[str]:
    code = [tell("sheet.code")] if shared.has_codes else []
    return [*code, tell("sheet.name"), *map(tell.heading, shared.columns)]


def _person(shared: Shared, member: Member, tell: Teller) -> list[Cell]:
    person = member.person
    code: list[Cell] = [person.code] if shared.has_codes else []
    facts = (tell.value(column, person.facts.get(column, "")) for column in shared.columns)
    return [*code, person.name, *facts]


def _network_headings(shared: Shared, tell: Teller) -> list[str]:
    own = [tell(f"sheet.{key}") for key in ("network", "slot", "place", "facilitator")]
    return [*own, *_person_headings(shared, tell)]


def _where(network: Network, tell: Teller) -> tuple[Cell, ...]:
    slot = None if network.slot is None else tell.slot(network.slot)
    return network.name, slot, tell.place(network.place, network.region), network.facilitator


def _networks(shared: Shared, tell: Teller) -> Iterator[tuple[Cell, ...]]:
    for network in shared.networks:
        for member in network.members:
            yield (*_where(network, tell), *_person(shared, member, tell))


def _trio_headings(shared: Shared, tell: Teller) -> list[str]:
    consultants = [tell("sheet.consultant", number=number) for number in range(1, _most_consultants(shared) + 1)]
    return [*(tell(f"sheet.{key}") for key in ("network", "meeting", "date", "trio", "case_giver")), *consultants]


def _most_consultants(shared: Shared) -> int:
    sizes = (len(trio.consultants) for network in shared.networks for each in network.meetings for trio in each.trios)
    return max(sizes, default=0)


def _trios(shared: Shared) -> Iterator[tuple[Cell, ...]]:
    for network in shared.networks:
        for meeting in network.meetings:
            for trio in meeting.trios:
                giver = None if trio.case_giver is None else trio.case_giver.name
                others = [person.name for person in trio.consultants]
                yield (network.name, meeting.number, meeting.start, trio.number, giver, *others)


def _people_headings(shared: Shared, tell: Teller) -> list[str]:
    most = max((len(network.meetings) for network in shared.networks), default=0)
    fixed = [
        tell(f"sheet.{key}") for key in ("network", "slot", "attends", "case_turns", "has_met", "received", "given")
    ]
    return [
        *_person_headings(shared, tell),
        *fixed,
        *(tell("sheet.meeting_number", number=number) for number in range(1, most + 1)),
    ]


def _people(shared: Shared, tell: Teller) -> Iterator[tuple[Cell, ...]]:
    for network in shared.networks:
        slot = None if network.slot is None else tell.slot(network.slot)
        where = [{person.id: trio for trio in meeting.trios for person in trio.members} for meeting in network.meetings]
        for member in network.members:
            trios = [_at_meeting(member, sits.get(member.person.id), tell) for sits in where]
            counts = (member.attends, member.case_turns, member.has_met)
            help_ = (_help(member.received, tell), _help(member.given, tell))
            yield (*_person(shared, member, tell), network.name, slot, *counts, *help_, *trios)


def _help(helps: Sequence[Help], tell: Teller) -> str:
    """Topics with the meeting and who was at the other end, one after the other."""
    return "; ".join(
        tell("sheet.help", topic=each.topic, meeting=each.meeting, names=", ".join(p.name for p in each.others))
        for each in helps
    )


def _at_meeting(member: Member, trio: Trio | None, tell: Teller) -> str:
    """Whom somebody works with at one meeting, and whose case it is."""
    if trio is None:
        return tell("sheet.absent")
    giver = trio.case_giver
    names = [
        tell("sheet.brings_case", name=person.name) if person == giver else person.name
        for person in trio.members
        if person != member.person
    ]
    together = ", ".join(names)
    return tell("sheet.own_case", names=together) if giver == member.person else together


def _rule_headings(tell: Teller) -> list[str]:
    keys = ("rule", "meaning", "strength", "penalty", "cost", "bound", "network", "meeting", "breach", "breach_penalty")
    return [tell(f"sheet.{key}") for key in keys]


def _rules(report: Report, tell: Teller) -> Iterator[tuple[Cell, ...]]:
    """A row for each place where a rule does not hold, at least one a rule; nobody is named."""
    for rule in report.rules:
        known = _rule(rule, tell)
        for breach in rule.breaches:
            yield (*known, breach.network, breach.meeting, breach.discreet, breach.penalty)
        if not rule.breaches:
            yield (*known, None, None, tell("sheet.holds"), 0)


def _rule(rule: RuleRow, tell: Teller) -> tuple[Cell, ...]:
    meaning = " · ".join((rule.definition, *rule.details))
    return rule.title, meaning, strength(tell, rule), rule.penalty, rule.cost, rule.bound


def _waitlist_headings(shared: Shared, tell: Teller) -> list[str]:
    return [tell("sheet.name"), *map(tell.heading, shared.columns), tell("sheet.why")]


def _waitlist(report: Report) -> Iterator[tuple[Cell, ...]]:
    for waiting in report.waitlist:
        facts = (waiting.person.facts.get(column, "") for column in report.shared.columns)
        yield (waiting.person.name, *facts, waiting.why)


# how they look


@dataclass
class _Book:
    """Writes sheets; every text as text, so that none is run."""

    shared: Shared
    tell: Teller
    stream: io.BytesIO = field(default_factory=io.BytesIO)

    def written(self, read_me: Sequence[tuple[str, str | None]], sheets: Sequence[Sheet]) -> bytes:
        """The bytes of the file."""
        self.book = xlsxwriter.Workbook(self.stream, {"in_memory": True, **NUMBERS_AS_TEXT})
        self.book.set_properties({"title": self.shared.programme, "created": MADE})
        body = {"font_name": "Calibri", "font_size": 11, "valign": "top"}
        line = {**body, "bottom": 1, "bottom_color": RULE}
        looks = {
            "title": {**body, "font_size": 20, "bold": True, "font_color": ACCENT},
            "heading": {**body, "bold": True, "font_color": ACCENT},
            "small": {**body, "font_size": 9, "font_color": "#5B6770"},
            "warning": {**body, "bold": True, "font_color": "#FFFFFF", "bg_color": WARNING},
            "head": {**body, "bold": True, "font_color": "#FFFFFF", "bg_color": ACCENT, "text_wrap": True},
            "text": {**line, "text_wrap": True},
            "number": {**line, "num_format": "0"},
            "date": {**line, "num_format": "dd/mm/yyyy hh:mm", "align": "left"},
        }
        self.looks = {name: self.book.add_format(look) for name, look in looks.items()}
        self._read_me(read_me)
        for sheet in sheets:
            self._sheet(sheet)
        self.book.close()
        return self.stream.getvalue()

    def _read_me(self, lines: Sequence[tuple[str, str | None]]) -> None:
        page = self.book.add_worksheet(self.tell("sheet.read_me"))
        page.hide_gridlines(2)
        page.set_column(0, 0, 100)
        for row, (text, look) in enumerate(lines):
            page.write_string(row, 0, text, self.looks[look] if look else None)

    def _sheet(self, sheet: Sheet) -> None:
        page = self.book.add_worksheet(sheet.name)
        top = 0
        if sheet.warning is not None:
            page.set_tab_color(WARNING)
            page.write_string(0, 0, sheet.warning, self.looks["warning"])
            for column in range(1, len(sheet.headings)):
                page.write_blank(0, column, None, self.looks["warning"])
            top = 1
        for column, heading in enumerate(sheet.headings):
            page.write_string(top, column, heading, self.looks["head"])
        for row, cells in enumerate(sheet.rows, top + 1):
            for column, cell in enumerate(cells):
                self._cell(page, row, column, cell)
        for column, width in enumerate(_widths(sheet)):
            page.set_column(column, column, width)
        page.freeze_panes(top + 1, 1)
        page.autofilter(top, 0, top + max(1, len(sheet.rows)), len(sheet.headings) - 1)
        page.hide_gridlines(2)
        self._for_paper(page, sheet, top)

    def _cell(self, page: Any, row: int, column: int, cell: Cell) -> None:
        if cell is None:
            page.write_blank(row, column, None, self.looks["text"])
        elif isinstance(cell, datetime):
            page.write_datetime(row, column, cell, self.looks["date"])
        elif isinstance(cell, int):
            page.write_number(row, column, cell, self.looks["number"])
        else:
            page.write_string(row, column, cell, self.looks["text"])

    def _for_paper(self, page: Any, sheet: Sheet, top: int) -> None:
        page.set_landscape()
        page.set_paper(9)  # A4
        page.fit_to_pages(1, 0)
        page.repeat_rows(0, top)
        page.set_margins(left=0.5, right=0.5, top=0.7, bottom=0.7)
        # An ampersand starts a code in a header or footer.
        title = self.shared.programme.replace("&", "&&")[:120]
        page.set_footer(f"&L{title}&C{sheet.name.replace('&', '&&')}&R&P / &N")


def _widths(sheet: Sheet) -> list[int]:
    """Wide enough for nearly every cell, and no wider than one can read."""
    return [min(WIDEST, max(NARROWEST, *map(_width, column)) + 2) for column in _columns(sheet)]


def _columns(sheet: Sheet) -> Iterator[tuple[Cell, ...]]:
    for index, heading in enumerate(sheet.headings):
        yield (heading, *(row[index] if index < len(row) else None for row in sheet.rows))


def _width(cell: Cell) -> int:
    return 14 if isinstance(cell, datetime) else 0 if cell is None else len(str(cell))
