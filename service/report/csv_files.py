"""networks.csv and trios.csv: the proposal for programs, one row a member, with headings that never change.

UTF-8 without a byte order mark, commas, CRLF (RFC 4180); kring.xlsx is the file for a spreadsheet.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from service.report.escape import harmless
from service.report.model import Meeting, Person, Report, Shared
from service.report.people import CARD_COLUMNS

NETWORK_HEADINGS = ("network", "kind", "region", "place", "slot", "facilitator")
PERSON_HEADINGS = ("id", "name", "role", "organisation", "site", "sector", "member_region")
TRIO_HEADINGS = ("network", "meeting", "date", "trio", "id", "name", "case_giver", "absent")


def networks_csv(report: Report) -> bytes:
    """Everybody with their network; who waits has an empty one."""
    shared = report.shared
    fixed = (*NETWORK_HEADINGS, *PERSON_HEADINGS, "pinned")
    extra = tuple(column for column in shared.kept if column not in CARD_COLUMNS)
    headings = (*fixed, *(f"{column} (candidate)" if column in fixed else column for column in extra))
    return _csv(headings, _network_rows(report, extra))


def trios_csv(shared: Shared) -> bytes:
    """Everybody at every meeting; who is absent has an empty trio."""
    return _csv(TRIO_HEADINGS, _trio_rows(shared))


def _network_rows(report: Report, extra: Sequence[str]) -> Iterator[Sequence[str]]:
    for network in report.shared.networks:
        stated = (network.name, network.kind, network.region, network.place, network.slot, network.facilitator)
        for member in network.members:
            yield (*(cell or "" for cell in stated), *_person(member.person, extra, pinned=member.pinned))
    for waiting in report.waitlist:
        yield (*[""] * len(NETWORK_HEADINGS), *_person(waiting.person, extra, pinned=waiting.pinned))


def _person(person: Person, extra: Sequence[str], *, pinned: bool) -> tuple[str, ...]:
    known, kept = ([person.facts.get(column, "") for column in columns] for columns in (CARD_COLUMNS, extra))
    return (person.id, person.name, *known, _truth(pinned), *kept)


def _trio_rows(shared: Shared) -> Iterator[Sequence[str]]:
    for network in shared.networks:
        for meeting in network.meetings:
            for trio in meeting.trios:
                for person in trio.members:
                    giver = _truth(person == trio.case_giver)
                    yield (*_meeting(network.name, meeting), str(trio.number), person.id, person.name, giver, "false")
            for person in meeting.absent:
                yield (*_meeting(network.name, meeting), "", person.id, person.name, "false", "true")


def _meeting(network: str, meeting: Meeting) -> tuple[str, str, str]:
    start = "" if meeting.start is None else meeting.start.isoformat(timespec="minutes")
    return network, str(meeting.number), start


def _truth(value: bool) -> str:
    return "true" if value else "false"


def _csv(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(map(harmless, headings))
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8")
