"""What members get never shows e-mail addresses, notes, reasons that name others, or who should sit apart."""

from __future__ import annotations

import io

import pytest
from python_calamine import CalamineWorkbook

from service.report import calendar, page, report_of, trios_csv, workbook
from service.report.csv_files import networks_csv
from tests.service.report.world import PEOPLE, SECRET, people, programme, proposal, question


def _cells(data: bytes) -> list[str]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return [str(cell) for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python() for cell in row]


@pytest.mark.parametrize("keep", [[], ["notes", "email", "apart_from", "contact"]])
def test_no_secret_leaves_the_organisers_page(keep: list[str]) -> None:
    """Not even where the programme asks to keep these columns, or where an address stands in another one."""
    rows = [{**row, "contact": f"bel {SECRET}@x.example"} for row in people()]
    report = report_of(question(programme(keep=keep), rows), proposal())
    for data in (networks_csv(report), trios_csv(report.shared), calendar(report.shared)):
        assert SECRET.encode() not in data
        assert b"@x.example" not in data
    assert not [cell for cell in _cells(workbook(report)) if SECRET in cell]


def test_organiser_reads_it_all() -> None:
    text = page(report_of(question(), proposal())).decode()
    assert f"{SECRET}.c1@x.example" in text
    assert f"{SECRET} note" in text
    assert "1 paar samen: Ann Baert - Bo Claes" in text


def test_nobody_is_named_in_the_rules_of_the_workbook() -> None:
    """The sheet says that a pair sits together, not which."""
    cells = _cells(workbook(report_of(question(), proposal())))
    assert "1 paar samen: …" in cells
    assert not [cell for cell in cells if "Ann Baert - Bo Claes" in cell or "c1 - c2" in cell]


def test_ids_made_from_addresses_stay_with_the_organiser() -> None:
    """Without an id column the e-mail address becomes the id; people without a name then go by a number."""
    rows = [{**row, "name": ""} for row in people()]
    for row in rows:
        del row["id"]
        row.pop("apart_from", None)
    ids = {f"c{number}": str(row["email"]) for number, row in enumerate(rows, 1)}
    tables = programme(pins=[])
    report = report_of(question(tables, rows), _renamed(ids))
    assert [member.person.name for member in report.shared.networks[0].members][:2] == ["kandidaat 1", "kandidaat 2"]
    assert b"@" not in calendar(report.shared).replace(b"@kring", b"")
    assert not [cell for cell in _cells(workbook(report)) if "@" in cell]


def _renamed(ids: dict[str, str]) -> dict[str, object]:
    stated = proposal(rules=[])
    stated["networks"][0] |= {"members": [ids[f"c{number}"] for number in range(1, 5)], "pinned": []}
    stated["waitlist"][0]["id"] = ids["c5"]
    for meeting in stated["rotations"][0]["meetings"]:
        meeting["absent"] = [ids[id_] for id_ in meeting["absent"]]
        for trio in meeting["trios"]:
            trio["members"] = [ids[id_] for id_ in trio["members"]]
            trio["case_giver"] = ids[trio["case_giver"]]
    return stated


def test_everybody_is_on_the_page() -> None:
    text = page(report_of(question(), proposal())).decode().replace("&#39;", "'")
    assert not [person["name"] for person in PEOPLE if person["name"] not in text]
