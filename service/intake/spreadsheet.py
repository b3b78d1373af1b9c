"""Reads XLSX, XLS and ODS, each in a process of its own that cannot take much."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from service.candidates import Note
from service.faults import Fault, InputError
from service.intake import sheet_process
from service.intake.guard import MAX_CELL_CHARACTERS, MAX_CELLS, MAX_COLUMNS, MAX_ROWS, check_zip
from service.intake.raw import Cell, RawRow, RawTable

MEMORY_BYTES = 250_000_000  # address space of the reading process, libraries included
WALL_SECONDS = 30.0  # only a stuck process comes near; busy ones run into their processor seconds long before
MEGABYTES_PER_SECOND = 10  # of content, a third of what the reader was seen to do

_ENCRYPTED_OFFICE = "EncryptedPackage".encode("utf-16-le")


def read(name: str, data: bytes) -> RawTable:
    """The first visible sheet that has content; cells with formulas by their stored value."""
    size = len(data)
    if data.startswith(b"PK"):
        archive = check_zip(name, data)
        _check_kind(name, archive.members)
        size = archive.unzipped_bytes
    elif _ENCRYPTED_OFFICE in data:
        raise InputError([Fault(code="password", file=name)])
    answer = _run(name, data, processor_seconds=1 + size // (MEGABYTES_PER_SECOND * 1_000_000))
    return _table(name, answer)


def _check_kind(name: str, members: frozenset[str]) -> None:
    if not members & {"xl/workbook.xml", "content.xml"}:
        raise InputError([Fault(code="wrong_kind", file=name)])


def _run(name: str, data: bytes, *, processor_seconds: int) -> Iterator[str]:
    """The lines that the reading process answers.

    The script is started by its path, without its folder on the search path (`-P`), so that it needs nothing but the
    spreadsheet library and starts in a tenth of a second.
    """
    limits = [MEMORY_BYTES, processor_seconds, MAX_ROWS, MAX_COLUMNS, MAX_CELLS, MAX_CELL_CHARACTERS]
    command = [sys.executable, "-P", str(Path(sheet_process.__file__)), *map(str, limits)]
    try:
        done = subprocess.run(  # noqa: S603 - our own script, and numbers
            command, input=data, capture_output=True, timeout=WALL_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise InputError([Fault(code="too_much_work", file=name)]) from error
    if b"ModuleNotFoundError" in done.stderr:  # the installation is broken, not the file
        raise RuntimeError(done.stderr.decode("utf-8", "replace"))
    if done.returncode != 0:  # killed by one of its limits, or the library gave up on memory
        raise InputError([Fault(code="too_much_work", file=name)])
    return iter(done.stdout.decode("utf-8").splitlines())


def _table(name: str, lines: Iterator[str]) -> RawTable:
    head = json.loads(next(lines))
    if "fault" in head:
        row = head.get("row")
        raise InputError([Fault(code=head["fault"], file=name, row=row, params=head.get("params", {}))])
    rows = [RawRow(number, list[Cell](cells)) for number, cells in map(json.loads, lines)]
    if not rows:
        raise InputError([Fault(code="empty_file", file=name)])
    header = rows.pop(0)
    return RawTable(
        name,
        header.number,
        tuple(str(cell) for cell in header.cells),
        rows,
        "|;",
        _notes(name, head["sheet"], head["others"]),
    )


def _notes(name: str, sheet: str, others: list[str]) -> tuple[Note, ...]:
    if not others:
        return ()
    return (Note("other_sheets", name, params={"sheet": sheet, "others": tuple(others)}),)
