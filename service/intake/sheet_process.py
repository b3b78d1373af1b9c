"""The process that reads one spreadsheet: the file on standard input, JSON lines on standard output.

Runs as a script and imports nothing of Kring. The arguments are its limits: bytes of memory, processor seconds, rows,
columns, cells, characters in a cell. The first line out is `{"sheet", "others"}` or `{"fault", "row", "params"}`; then
one line a row that holds anything: `[number, cells]`. A file that makes it exceed memory or time ends it, which is what
it is for.
"""

import datetime
import html
import io
import json
import re
import sys
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook


class Limits(NamedTuple):
    """What one spreadsheet may take."""

    memory: int
    seconds: int
    rows: int
    columns: int
    cells: int
    characters: int


class Refusal(Exception):  # noqa: N818 - an answer, not an accident
    """A fault of the file, by its code."""

    def __init__(self, code: str, row: int | None = None, **params: int) -> None:
        super().__init__(code)
        self.answer = {"fault": code, "row": row, "params": params}


def main() -> None:
    """Reads the spreadsheet on standard input within the limits of the command line."""
    limits = Limits(*map(int, sys.argv[1:]))
    confine(limits)
    out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="\n")
    try:
        for line in answer(sys.stdin.buffer.read(), limits):
            out.write(json.dumps(line) + "\n")
        out.flush()
    except Refusal as refusal:
        # Nothing has been flushed that a reader would take for an answer: rows are only sent once all are known.
        out.write(json.dumps(refusal.answer) + "\n")
        out.flush()


def confine(limits: Limits) -> None:
    """Lets the operating system hold this process to its limits, where it can."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - not everywhere

    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def answer(data: bytes, limits: Limits) -> Iterator[object]:
    """The lines to send."""
    book = opened(data)
    names = sheets_with_content(book)
    if not names:
        raise Refusal("empty_file")
    sheet = book.get_sheet_by_name(names[0])
    rows = list(rows_of(sheet, limits, failed_cells(data, names[0])))
    yield {"sheet": names[0], "others": names[1:]}
    yield from rows


def opened(data: bytes) -> "CalamineWorkbook":
    """The workbook, or why it cannot be one."""
    import python_calamine as calamine  # noqa: PLC0415 - after the limits are set

    try:
        return calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except calamine.PasswordError as error:
        raise Refusal("password") from error
    except Exception as error:  # the library has an error for each way a file can be broken
        raise Refusal("broken_file") from error


def sheets_with_content(book: "CalamineWorkbook") -> list[str]:
    """The names of the sheets that hold anything: the visible ones, and only without those the hidden ones."""
    import python_calamine as calamine  # noqa: PLC0415

    found: dict[bool, list[str]] = {True: [], False: []}
    for sheet in book.sheets_metadata:
        if sheet.typ != calamine.SheetTypeEnum.WorkSheet:
            continue
        try:
            filled = book.get_sheet_by_name(sheet.name).height > 0
        except Exception as error:
            raise Refusal("broken_file") from error
        if filled:
            found[sheet.visible == calamine.SheetVisibleEnum.Visible].append(sheet.name)
    return found[True] or found[False]


def failed_cells(data: bytes, sheet: str) -> dict[tuple[int, int], str]:
    """What cells of an XLSX show whose formula failed, by row and column from 0; the library reads them as empty."""
    if not data.startswith(b"PK"):
        return {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            path = _part_of_sheet(archive, sheet)
            xml = archive.read(path) if path else b""
    except (zipfile.BadZipFile, zlib.error, OSError, NotImplementedError, RuntimeError) as error:
        raise Refusal("broken_file") from error
    found = {}
    for column, row, shown in _FAILED.findall(xml):
        found[int(row) - 1, _index(column.decode())] = shown.decode("utf-8", "replace")
    return found


# A cell of type e: <c r="B6" s="1" t="e"><f>1/0</f><v>#DIV/0!</v></c>
_FAILED = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"[^>]*? t="e"[^>]*>(?:<f[^<]*(?:</f>)?)?<v>([^<]{1,40})</v>')
_SHEET = re.compile(r"<(?:\w+:)?sheet\b[^>]*>")
_RELATION = re.compile(r"<(?:\w+:)?Relationship\b[^>]*>")
_ATTRIBUTE = re.compile(r'([\w:]+)="([^"]*)"')


def _part_of_sheet(archive: zipfile.ZipFile, sheet: str) -> str | None:
    """The member of the archive in which a sheet stands, None where there is no telling."""
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= set(archive.namelist()):
        return None
    book = archive.read("xl/workbook.xml").decode("utf-8", "replace")
    relations = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    tags = [_attributes(tag) for tag in _SHEET.findall(book)]
    ids = [tag.get("r:id") for tag in tags if html.unescape(tag.get("name", "")) == sheet]
    targets = {tag.get("Id"): tag.get("Target", "") for tag in map(_attributes, _RELATION.findall(relations))}
    target = targets.get(ids[0], "") if ids else ""
    path = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    return path if path in archive.namelist() else None


def _attributes(tag: str) -> dict[str, str]:
    return dict(_ATTRIBUTE.findall(tag))


def _index(letters: str) -> int:
    """The column from 0 under its letters: A is 0, AA is 26."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1


def rows_of(
    sheet: "CalamineSheet", limits: Limits, failed: Mapping[tuple[int, int], str]
) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold anything, with the numbers a spreadsheet shows."""
    if sheet.total_width >= limits.columns:  # it is the index of the last column
        raise Refusal("too_many_columns", limit=limits.columns)
    margin = [""] * (sheet.start[1] if sheet.start else 0)  # columns left of the table, which the library leaves out
    cells_seen = rows_seen = 0
    for number, values in enumerate(sheet.iter_rows(), start=1):  # from the first row of the sheet, empty or not
        cells = [*margin, *(text_of(value) for value in values)]
        if failed:
            cells = [cell or failed.get((number - 1, column), "") for column, cell in enumerate(cells)]
        if not any(cells):
            continue
        rows_seen += 1
        cells_seen += len(cells)
        if rows_seen > limits.rows + 1:
            raise Refusal("too_many_rows", number, limit=limits.rows)
        if cells_seen > limits.cells:
            raise Refusal("too_many_cells", number, limit=limits.cells)
        if max(map(len, cells)) > limits.characters:
            raise Refusal("cell_too_long", number, characters=limits.characters)
        if any("\0" in cell for cell in cells):
            raise Refusal("nul_bytes", number)
        yield number, cells


def text_of(value: object) -> str:
    """A cell as its reader would write it: 12.0 as 12, days and times as ISO 8601."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime):
        return value.isoformat(timespec="minutes" if not value.second else "auto")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return str(value)


if __name__ == "__main__":
    main()
