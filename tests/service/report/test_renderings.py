"""Files hold what the proposal holds, run nothing, load nothing, and are the same each time."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import re
from datetime import datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar
from python_calamine import CalamineWorkbook

from service.proposal_file import as_bytes
from service.report import RENDERINGS, calendar, networks_csv, page, render, report_of, trios_csv, workbook, write_files
from service.report.escape import harmless
from service.words import LANGUAGES
from tests.service.report.world import people, programme, proposal, question

FILES = {"proposal.json", "networks.csv", "trios.csv", "kring.xlsx", "report.html", "meetings.ics"}
FORMULA = '=HYPERLINK("https://x.example","hi")'


def _rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8"), newline="")))


def _sheets(data: bytes) -> dict[str, list[list[object]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


# csv


def test_networks_csv_has_a_row_for_everybody() -> None:
    rows = _rows(networks_csv(report_of(question(), proposal())))
    assert [(row["network"], row["id"], row["name"], row["pinned"]) for row in rows] == [
        ("Gent", "c1", "Ann Baert", "true"),
        ("Gent", "c2", "Bo Claes", "false"),
        ("Gent", "c3", "Cé D'Hondt", "false"),
        ("Gent", "c4", "Dirk Els", "false"),
        ("", "c5", "Eva Fret", "false"),
    ]
    headings = "network,kind,region,place,slot,facilitator,id,name,role,organisation,site,sector,member_region,pinned"
    assert ",".join(rows[0]) == headings
    assert (rows[0]["region"], rows[2]["member_region"]) == ("BE23", "BE21")


def test_columns_that_the_programme_keeps_come_last() -> None:
    """A kept column with the name of one of ours says whose it is."""
    rows = [{**row, "shoe": "38", "slot": "x"} for row in people()]
    found = _rows(networks_csv(report_of(question(programme(keep=["shoe", "slot"]), rows), proposal())))
    assert list(found[0])[-2:] == ["shoe", "slot (candidate)"]
    assert (found[4]["shoe"], found[0]["slot"]) == ("38", "tue-pm")


def test_trios_csv_has_a_row_for_everybody_at_every_meeting() -> None:
    rows = _rows(trios_csv(report_of(question(), proposal()).shared))
    assert len(rows) == 12
    second = [tuple(row.values()) for row in rows if row["meeting"] == "2"]
    assert second == [
        ("Gent", "2", "2027-03-30T13:30", "1", "c1", "Ann Baert", "false", "false"),
        ("Gent", "2", "2027-03-30T13:30", "1", "c2", "Bo Claes", "true", "false"),
        ("Gent", "2", "2027-03-30T13:30", "1", "c3", "Cé D'Hondt", "false", "false"),
        ("Gent", "2", "2027-03-30T13:30", "", "c4", "Dirk Els", "false", "true"),
    ]


@pytest.mark.parametrize("cell", ["=1+1", "+32 475", "-a", "@SUM(A1)", "\tx", "\r=1", "\n=1", "＝1+1"])
def test_cells_that_a_spreadsheet_would_run_are_shown(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["-3", "-3,5", "+4.25", "a=b", "", "Ann"])
def test_numbers_and_plain_cells_stay_as_they_are(cell: str) -> None:
    assert harmless(cell) == cell


def test_no_rendering_runs_what_somebody_typed() -> None:
    """A formula in a name, an organisation, a heading and the name of the network."""
    rows = [{**row, "name": f"{FORMULA}{row['id']}", "organisation": "@cmd|x", "-risk": "+1 2"} for row in people()]
    tables = programme(keep=["-risk"])
    tables["networks"]["fixed"][0]["name"] = "=Gent"
    tables["pins"] = []
    stated = proposal(rules=[])
    stated["networks"][0]["name"] = stated["rotations"][0]["network"] = "=Gent"
    report = report_of(question(tables, rows), stated)
    for data in (networks_csv(report), trios_csv(report.shared)):
        cells = [cell for row in csv.reader(io.StringIO(data.decode(), newline="")) for cell in row]
        assert not [cell for cell in cells if cell.startswith(tuple("=+-@"))]
        assert any(cell.startswith("'=HYPERLINK") for cell in cells)
    parts = _zip_texts(workbook(report))
    assert not [name for name, text in parts.items() if "<f>" in text or "<hyperlink" in text]


def _zip_texts(data: bytes) -> dict[str, str]:
    import zipfile

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml")}


# xlsx


def test_workbook_equals_the_proposal() -> None:
    sheets = _sheets(workbook(report_of(question(), proposal())))
    assert list(sheets) == [
        "Lees mij",
        "Netwerken",
        "Trio's",
        "Personen",
        "Regels (organisator)",
        "Wachtlijst (organisator)",
    ]
    assert [row[5] for row in sheets["Netwerken"]] == ["Naam", "Ann Baert", "Bo Claes", "Cé D'Hondt", "Dirk Els"]
    assert sheets["Trio's"][1] == [
        "Gent",
        1,
        datetime(2027, 3, 23, 13, 30),
        1,
        "Ann Baert",
        "Bo Claes",
        "Cé D'Hondt",
        "Dirk Els",
    ]
    assert sheets["Personen"][0][-3:] == ["Bijeenkomst 1", "Bijeenkomst 2", "Bijeenkomst 3"]
    assert sheets["Personen"][4][-3:] == [
        "Ann Baert (brengt in), Bo Claes, Cé D'Hondt",
        "(afwezig)",
        "Ann Baert, Bo Claes, Cé D'Hondt (brengt in)",
    ]
    rules = sheets["Regels (organisator)"]
    assert rules[0][0] == "Alleen voor de organisator – dit blad niet doorsturen"
    assert [(row[0], row[3], row[4], row[5]) for row in rules[2:]] == [
        ("Verscheidenheid: sector", 0, 0, 0),
        ("Mensen uit elkaar houden", 1, 9, 0),
        ("Van elkaar leren", 1, 1, 0),
        ("Telkens anderen ontmoeten", 9, "", ""),
    ]
    assert [row[0] for row in sheets["Wachtlijst (organisator)"][2:]] == ["Eva Fret"]


# ics


def test_dated_meetings_are_events_at_local_time_on_both_sides_of_the_clock_change() -> None:
    """Summer time begins on 28 March 2027: 13.30 is 12.30 UTC before that day, and 11.30 UTC after it."""
    read = Calendar.from_ical(calendar(report_of(question(), proposal()).shared))
    events = read.walk("VEVENT")
    starts = [event.decoded("dtstart") for event in events]
    brussels = ZoneInfo("Europe/Brussels")
    assert [start.replace(tzinfo=None) for start in starts] == [
        datetime(2027, 3, 23, 13, 30),
        datetime(2027, 3, 30, 13, 30),
    ]
    assert [start.utcoffset() for start in starts] == [timedelta(hours=1), timedelta(hours=2)]
    assert all(start.astimezone(brussels) == start for start in starts)
    assert [event.decoded("dtend") - event.decoded("dtstart") for event in events] == [timedelta(minutes=120)] * 2
    assert [str(zone["tzid"]) for zone in read.walk("VTIMEZONE")] == ["Europe/Brussels"]


def test_an_event_says_where_who_and_with_whom() -> None:
    event = Calendar.from_ical(calendar(report_of(question(), proposal()).shared)).walk("VEVENT")[1]
    assert str(event["summary"]) == "Gent: bijeenkomst 2 van 3"
    assert str(event["location"]) == "9000 Gent"
    assert str(event["description"]).split("\n") == [
        "Kleine kring",
        "Begeleider: F1",
        "Trio 1: Bo Claes brengt in; met Ann Baert, Cé D'Hondt",
        "Afwezig: Dirk Els",
    ]


def test_a_meeting_keeps_its_uid_when_the_programme_changes() -> None:
    """So that a repaired proposal moves events instead of doubling them."""
    other = proposal(programme={"name": "Kleine kring", "sha256": "cd" * 32})
    one, two = (
        [str(event["uid"]) for event in Calendar.from_ical(calendar(report_of(question(), each).shared)).walk("VEVENT")]
        for each in (proposal(), other)
    )
    assert one == two
    assert len(set(one)) == 2


def test_a_meeting_over_the_clock_change_lasts_as_long() -> None:
    """From 1.30 on 28 March 2027, two hours on a watch end at 4.30 by the clock."""
    stated = proposal()
    stated["rotations"][0]["meetings"][0]["date"] = "2027-03-28T01:30"
    event = Calendar.from_ical(calendar(report_of(question(), stated).shared)).walk("VEVENT")[0]
    assert event.decoded("dtend").replace(tzinfo=None) == datetime(2027, 3, 28, 4, 30)


def test_a_calendar_without_dates_is_still_a_calendar() -> None:
    stated = proposal()
    for meeting in stated["rotations"][0]["meetings"]:
        meeting["date"] = None
    read = Calendar.from_ical(calendar(report_of(question(), stated).shared))
    assert (read["version"], read.walk("VEVENT")) == ("2.0", [])


# html


class _Page(HTMLParser):
    """What a page asks for, and its tags that open and close."""

    def __init__(self) -> None:
        super().__init__()
        self.wanted: list[str] = []
        self.open: list[str] = []
        self.ids: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.wanted += [str(value) for key, value in attrs if key in ("src", "href", "srcset", "data", "action")]
        self.ids += [str(value) for key, value in attrs if key == "id"]
        assert not [key for key, _ in attrs if key.startswith("on") or key == "style"]
        if tag not in {"meta", "col", "input", "link", "br", "hr", "img"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def _page(text: str) -> _Page:
    read = _Page()
    # Void shapes of a picture are closed in place, which this parser reports as a start and an end.
    read.feed(text)
    assert read.open == []
    return read


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_is_sound_and_loads_nothing(language: str) -> None:
    text = page(report_of(question(programme(language)), proposal())).decode()
    read = _page(text)
    assert {link[0] for link in read.wanted} == {"#"}
    assert {link[1:] for link in read.wanted} <= set(read.ids)
    assert len(set(read.ids)) == len(read.ids)
    assert read.tags.isdisjoint({"link", "img", "iframe", "object", "embed", "form"})
    assert not re.search(r"url\(|@import|https?://", text)
    assert f'<html lang="{language}">' in text
    assert "{" not in re.sub(r"<(style|script)>.*?</\1>", "", text, flags=re.DOTALL)


def test_policy_allows_this_style_and_this_script_only() -> None:
    text = page(report_of(question(), proposal())).decode()
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert policy is not None
    assert policy[1].startswith("default-src &#39;none&#39;")
    for tag in ("style", "script"):
        inside = re.search(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        assert inside is not None
        digest = base64.b64encode(hashlib.sha256(inside[1].encode()).digest()).decode()
        assert f"{tag}-src &#39;sha256-{digest}&#39;" in policy[1].replace("&#43;", "+").replace("&#34;", '"')


def test_markup_in_a_cell_is_text() -> None:
    rows = [{**row, "name": f"<script>alert({row['id']})</script>", "sector": '"><b>x'} for row in people()]
    text = page(report_of(question(candidates=rows), proposal())).decode()
    assert "<script>alert" not in text
    assert '"><b>x' not in text
    _page(text)


def test_a_page_for_very_many_people_leaves_trios_to_the_other_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five people are very many here; the members are still on the page, and it says what is not."""
    monkeypatch.setattr("service.report.web_page.DETAILED_PEOPLE", 4)
    text = page(report_of(question(), proposal())).decode()
    _page(text)
    assert "Bijeenkomst 1" not in text
    assert "trios.csv" in text
    assert "Bo Claes" in text


# all files


def test_the_same_proposal_gives_the_same_bytes(tmp_path: Path) -> None:
    one, two = (write_files(question(), proposal(), tmp_path / name) for name in ("one", "deep/two"))
    assert [path.name for path in one] == [path.name for path in two]
    assert {path.name: path.read_bytes() for path in one} == {path.name: path.read_bytes() for path in two}
    assert {path.name for path in (tmp_path / "one").iterdir()} == FILES
    assert (tmp_path / "one" / "proposal.json").read_bytes() == as_bytes(proposal())


def test_files_are_replaced_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the disk fails, the file of before stays, and nothing half-written is left behind."""
    write_files(question(), proposal(), tmp_path)
    before = (tmp_path / "proposal.json").read_bytes()

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "no space left")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="no space"):
        write_files(question(), proposal(seed=2), tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == FILES
    assert (tmp_path / "proposal.json").read_bytes() == before


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted(RENDERINGS))
def test_every_rendering_speaks_every_language(language: str, name: str) -> None:
    """A missing text fails; violations stay in the language in which the proposal was made."""
    assert render(name, question(programme(language)), proposal())


def test_a_programme_without_meetings_has_a_report(tmp_path: Path) -> None:
    tables = programme(meetings={"count": 0})
    write_files(question(tables), proposal(rotations=[]), tmp_path)
    assert "geen bijeenkomsten" in (tmp_path / "report.html").read_text("utf-8")
