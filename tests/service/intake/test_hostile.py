"""Files that want to cost much get a clear error, within two seconds and 300 MB."""

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from service.faults import InputError
from service.intake import read_table
from service.intake.guard import MAX_COLUMNS, MAX_FILE_BYTES
from tests.service.intake.reading import faults
from tests.service.intake.sheets import ods, ods_of_body

SECONDS = 2
MEGABYTES = 300

_MEASURED = """
import json, resource, sys
from pathlib import Path
from service.faults import InputError
from service.intake import read_table
try:
    read_table(Path(sys.argv[1]))
    codes = []
except InputError as error:
    codes = [fault.code for fault in error.faults]
own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
seconds = sum(usage.ru_utime + usage.ru_stime for usage in (own, children))
# Not ru_maxrss of this process: that one remembers the test runner that it was forked from.
status = Path("/proc/self/status").read_text() if Path("/proc/self/status").exists() else "VmHWM: 0 kB"
peak = int(status.split("VmHWM:")[1].split()[0])
print(json.dumps([codes, seconds, (peak + children.ru_maxrss) / 1000]))
"""


def _zip(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return stream.getvalue()


def _xlsx(rows: int = 3, columns: int = 3, last_row: int | None = None, last_column: int = 0) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet()
        for row in range(rows):
            sheet.write_row(row, 0, [f"v{row}-{column}" for column in range(columns)])
        if last_row is not None:
            sheet.write(last_row, last_column, "far away")
    return stream.getvalue()


def _xlsx_with_sheet(xml: bytes) -> bytes:
    """A workbook whose sheet is this XML."""
    with zipfile.ZipFile(io.BytesIO(_xlsx())) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    return _zip({**members, "xl/worksheets/sheet1.xml": xml})


_LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + level, b"&%c;" % (97 + level) * 10) for level in range(9))
    + b']><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    b'<row r="1"><c r="A1" t="inlineStr"><is><t>&j;</t></is></c></row></sheetData></worksheet>'
)
_REPEATED = (
    '<table:table-row table:number-rows-repeated="1000000"><table:table-cell table:number-columns-repeated="16000" '
    'office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row>'
)

HOSTILE: dict[str, tuple[Callable[[], bytes], str | None]] = {
    "bomb.xlsx": (lambda: _xlsx_with_sheet(b"<worksheet>" + b" " * 180_000_000), "expands_too_much"),
    "ratio.ods": (lambda: _zip({"content.xml": b" " * 40_000_000}), "expands_too_much"),
    "many.xlsx": (lambda: _zip({f"xl/{n}.xml": b"" for n in range(5_000)}), "expands_too_much"),
    "far.xlsx": (lambda: _xlsx(last_row=1_048_575, last_column=900), "too_much_work"),
    "repeated.ods": (lambda: ods_of_body(_REPEATED), "broken_file"),
    "laughs.xlsx": (lambda: _xlsx_with_sheet(_LAUGHS), None),
    "cut.xlsx": (lambda: _xlsx()[:-400], "broken_file"),
    "cut.ods": (lambda: ods([["id"], ["c1"]])[:200], "broken_file"),
    "other.xlsx": (lambda: _zip({"word/document.xml": b"<w/>"}), "wrong_kind"),
    "wide.xlsx": (lambda: _xlsx(rows=2, columns=1_001), "too_many_columns"),
    "cell.csv": (lambda: b"id,notes\nc1," + b"x" * 10_000_000 + b"\n", "row_too_long"),
    "cell_of_lines.csv": (lambda: b'id,notes\nc1,"' + b"x\n" * 5_000_000 + b'"\n', "cell_too_long"),
    "cell.json": (lambda: json.dumps([{"id": "x" * 10_000_000}]).encode(), "cell_too_long"),
    "cell.xlsx": (
        lambda: _xlsx_with_sheet(
            b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
            b'<c r="A1" t="inlineStr"><is><t>' + b"x" * 4_000_000 + b"</t></is></c></row></sheetData></worksheet>"
        ),
        "cell_too_long",
    ),
    "columns.csv": (lambda: b",".join(b"c%d" % n for n in range(1_000_000)), "row_too_long"),
    "commas.csv": (lambda: b"id" + b"," * 900_000 + b"x\n", "too_many_columns"),
    "columns.json": (lambda: json.dumps([{f"c{n}": 1 for n in range(5_000)}]).encode(), "too_many_columns"),
    "brackets.json": (lambda: b"[" + b"{}," * 10_000_000 + b"{}]", "too_many_cells"),
    "nul.csv": (lambda: b"id,naam\nc1,A\0n\n", "nul_bytes"),
    "zeros.csv": (lambda: bytes(1_000_000), "empty_file"),
    "noise.csv": (lambda: bytes(range(256)) * 4_000, "encoding"),
    "empty.csv": (lambda: b"", "empty_file"),
    "spaces.csv": (lambda: b" \r\n\r\n", "empty_file"),
    "big.csv": (lambda: b"id\n" + b"c\n" * (MAX_FILE_BYTES // 2), "too_big"),
    "rows.csv": (lambda: b"id\n" + b"c\n" * 1_000_000, "too_many_rows"),
    "page.csv": (lambda: b"<html><table><tr><td>id</td></tr></table>", "wrong_kind"),
    "picture.csv": (lambda: b"\x89PNG\r\n\x1a\n", "wrong_kind"),
    "text.xlsx": (lambda: b"id,naam\nc1,An\n", "wrong_kind"),
    "sheet.csv": (_xlsx, "wrong_kind"),
    "locked.xlsx": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600),
        "password",
    ),
    "cut.xls": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "broken_file"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_file_is_refused_at_once_and_cheaply(name: str, tmp_path: Path) -> None:
    """Measured in a process of its own, together with the process it starts; processor time does not depend on load."""
    make, code = HOSTILE[name]
    path = tmp_path / name
    path.write_bytes(make())
    done = subprocess.run([sys.executable, "-c", _MEASURED, str(path)], capture_output=True, check=True, timeout=60)
    codes, seconds, megabytes = json.loads(done.stdout)
    if code is not None:
        assert codes == [code]
    assert seconds < SECONDS
    assert megabytes < MEGABYTES


def test_entities_are_never_expanded(tmp_path: Path) -> None:
    """A billion laughs stay a few letters, or are refused."""
    path = tmp_path / "laughs.xlsx"
    path.write_bytes(_xlsx_with_sheet(_LAUGHS))
    try:
        assert sum(len(str(cell)) for cell in read_table(path).header) < 100
    except InputError as error:
        assert error.code == "broken_file"


def test_missing_file_folder_and_device(tmp_path: Path) -> None:
    assert [fault.code for fault in faults(tmp_path / "nothing.csv")] == ["no_such_file"]
    assert [fault.code for fault in faults(tmp_path)] == ["not_a_file"]
    if Path("/dev/zero").exists():
        assert [fault.code for fault in faults(Path("/dev/zero"))] == ["not_a_file"]


def test_fault_names_the_row_of_a_nul_byte() -> None:
    assert [(fault.code, fault.row) for fault in faults(("c.csv", b"id,naam\nc1,An\nc2,B\0o\n"))] == [("nul_bytes", 3)]


def test_widest_table_that_is_allowed() -> None:
    header = ",".join(f"c{n}" for n in range(MAX_COLUMNS))
    assert len(read_table(("c.csv", header.encode())).header) == MAX_COLUMNS
