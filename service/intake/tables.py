"""From a file of any kind to a table of text cells, with the row numbers that a spreadsheet shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from service.faults import Fault, InputError
from service.intake import delimited, guard, json_rows, spreadsheet
from service.intake.raw import Cell, RawTable

__all__ = ["Cell", "Objects", "RawTable", "Source", "Tabled", "read_table"]


@dataclass(frozen=True, slots=True)
class Objects:
    """Candidates that are already in memory as JSON objects, such as those of an HTTP request."""

    name: str
    rows: Sequence[object]


@dataclass(frozen=True, slots=True)
class Tabled(Objects):
    """A table that was read already and has been looked at since; it has no objects."""

    table: RawTable


Source: TypeAlias = Path | tuple[str, bytes] | Objects

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHER_KINDS = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"{\\rtf",
    b"\x1f\x8b",
    b"7z\xbc\xaf",
    b"Rar!",
    b"\x7fELF",
)
_SHEET_ENDINGS = {".xlsx", ".xlsm", ".xls", ".ods"}
_TEXT_ENDINGS = {".csv", ".tsv", ".txt", ".json"}


def read_table(source: Source) -> RawTable:
    """The table in a file; raises InputError where there is none.

    The kind is read from the content. A file whose ending says otherwise is refused rather than guessed at.
    """
    if isinstance(source, Tabled):
        return source.table
    if isinstance(source, Objects):
        return json_rows.table_of_objects(source.name, source.rows)
    name, data = (source.name, guard.read_bytes(source)) if isinstance(source, Path) else source
    guard.check_size(name, data)
    if not data.strip(b"\x00\t\n\r "):
        raise InputError([Fault(code="empty_file", file=name)])
    ending = Path(name).suffix.lower()
    if data.startswith(_OTHER_KINDS):
        raise InputError([Fault(code="wrong_kind", file=name)])
    if data.startswith((b"PK", _OLE)):
        _refuse(name, ending in _TEXT_ENDINGS)
        return spreadsheet.read(name, data)
    _refuse(name, ending in _SHEET_ENDINGS)
    start = data[:200].lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    _refuse(name, start == b"<")  # HTML and XML, which some tools export under a friendlier ending
    if ending == ".json" or (ending not in _TEXT_ENDINGS and start in (b"[", b"{")):
        return json_rows.read(name, data)
    return delimited.read(name, data)


def _refuse(name: str, condition: bool) -> None:
    if condition:
        raise InputError([Fault(code="wrong_kind", file=name)])
