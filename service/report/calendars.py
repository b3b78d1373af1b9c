"""meetings.ics: the members' calendar, one event for each dated meeting of each network."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from service.report.model import Meeting, Network, Shared
from service.report.telling import Teller
from service.version import __version__

STAMP = datetime(2000, 1, 1, tzinfo=UTC)
"""When an event says it was made, unless the caller brings a clock; a fixed moment gives the same bytes again."""


def calendar(shared: Shared, *, stamp: datetime = STAMP, only: str | None = None) -> bytes:
    """The meetings that have a date, of one network or of all; a calendar without any is still a calendar."""
    tell = Teller(shared.language)
    made = Calendar()
    made.add("prodid", f"-//Kring//Kring {__version__}//{shared.language.upper()}")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("x-wr-calname", shared.programme)
    years = set()
    for network in shared.networks:
        if only is not None and network.name != only:
            continue
        for meeting in network.meetings:
            if meeting.start is not None:
                made.add_component(_event(shared, network, meeting, meeting.start, stamp, tell))
                years.add(meeting.start.year)
    if years:
        # A year on either side, so that every event lies between two changes of the clock.
        made.add_missing_timezones(date(min(years) - 1, 1, 1), date(max(years) + 2, 1, 1))
    data: bytes = made.to_ical()
    return data


def _event(shared: Shared, network: Network, meeting: Meeting, start: datetime, stamp: datetime, tell: Teller) -> Event:
    zone = ZoneInfo(shared.timezone)
    begins = start.replace(tzinfo=zone)
    # Elapsed minutes: adding to local time would lose or win an hour where the clock changes.
    ends = (begins.astimezone(UTC) + timedelta(minutes=shared.minutes)).astimezone(zone)
    event = Event()
    event.add("uid", uid(shared.programme, network.name, meeting.number))
    event.add("dtstamp", stamp)
    event.add("dtstart", begins)
    event.add("dtend", ends)
    event.add("summary", tell("calendar.title", network=network.name, number=meeting.number, of=len(network.meetings)))
    place = tell.place(network.place, network.region)
    if place is not None:
        event.add("location", place)
    event.add("description", _description(shared, network, meeting, tell))
    return event


def uid(programme: str, network: str, meeting: int) -> str:
    """Names a meeting for good: a later proposal of the same programme moves the event instead of adding one."""
    text = "\n".join((programme, network, str(meeting)))
    return f"{hashlib.sha256(text.encode('utf-8')).hexdigest()[:32]}@kring"


def _description(shared: Shared, network: Network, meeting: Meeting, tell: Teller) -> str:
    lines = [shared.programme]
    if network.facilitator is not None:
        lines.append(tell("calendar.facilitator", name=network.facilitator))
    for trio in meeting.trios:
        names = ", ".join(person.name for person in trio.consultants)
        if trio.case_giver is None:
            lines.append(tell("calendar.trio", number=trio.number, names=names))
        elif names:
            lines.append(tell("calendar.trio_case", number=trio.number, name=trio.case_giver.name, names=names))
        else:
            lines.append(tell("calendar.trio", number=trio.number, names=trio.case_giver.name))
    if meeting.absent:
        lines.append(tell("calendar.absent", names=", ".join(person.name for person in meeting.absent)))
    return "\n".join(lines)
