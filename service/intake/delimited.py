"""Reads text tables: comma, semicolon or tab, as spreadsheets write them."""

import csv
import re
from collections.abc import Iterator
from itertools import islice

from service.candidates import canonical_column
from service.faults import Fault, InputError
from service.intake.decode import open_text
from service.intake.guard import MAX_CELL_CHARACTERS, MAX_CELLS, MAX_COLUMNS, MAX_ROW_CHARACTERS, MAX_ROWS
from service.intake.raw import Cell, RawRow, RawTable

DELIMITERS = (",", ";", "\t")

_SAMPLE_ROWS = 20
_DIRECTIVE = re.compile(r'^"?sep=(.)"?\s*$', re.IGNORECASE)


def read(name: str, data: bytes) -> RawTable:
    """The table in a text file.

    A first line `sep=;` names the separator and is no row, as in a spreadsheet. A line break inside quotes does not
    start a row; a blank line is a row without a candidate.
    """
    declared = _declared_separator(name, data)
    delimiter = declared or _likeliest(name, data)
    rows: list[RawRow] = []
    cells_seen = 0
    for number, cells in enumerate(_records(name, data, delimiter, skip_first=declared is not None), start=1):
        if not any(cell.strip() for cell in cells):
            continue
        cells_seen += len(cells)
        _check_row(name, number, len(cells), len(rows), cells_seen)
        rows.append(RawRow(number, list[Cell](cells)))
    if not rows:
        raise InputError([Fault(code="empty_file", file=name)])
    header = rows.pop(0)
    return RawTable(name, header.number, tuple(str(cell) for cell in header.cells), rows, _separators(delimiter))


def _separators(delimiter: str) -> str:
    return "|" if delimiter == ";" else "|;"


def _declared_separator(name: str, data: bytes) -> str | None:
    first = _first_line(name, data)
    match = _DIRECTIVE.match(first)
    if match is None:
        return None
    if match[1] not in DELIMITERS:
        raise InputError([Fault(code="bad_separator", file=name, row=1, found=match[1])])
    return match[1]


def _first_line(name: str, data: bytes) -> str:
    with open_text(name, data) as stream:
        return stream.readline(20)


def _likeliest(name: str, data: bytes) -> str:
    """The separator under which the header says most, and then under which most rows are as wide as the header.

    The known column names settle nearly every file; a general guesser would also have to consider spaces and pipes,
    which stand inside our cells.
    """
    return max(DELIMITERS, key=lambda delimiter: _plausibility(_sample(name, data, delimiter)))


def _sample(name: str, data: bytes, delimiter: str) -> list[list[str]]:
    """The first rows under a separator, as far as they can be read under it."""
    rows: list[list[str]] = []
    try:
        for cells in islice(_records(name, data, delimiter, skip_first=False), _SAMPLE_ROWS):
            if any(cell.strip() for cell in cells):
                rows.append(cells)
    except InputError:
        # Wrong separators break quotes; with the right one the same fault comes back in the real reading.
        pass
    return rows


def _plausibility(rows: list[list[str]]) -> tuple[int, int, int]:
    if not rows:
        return (0, 0, 0)
    header, *others = rows
    known = len({canonical_column(cell) for cell in header[:MAX_COLUMNS] if len(cell) < 100} - {None})
    as_wide = sum(len(row) == len(header) for row in others) if len(header) > 1 else 0
    return (known, as_wide, len(header))


class _Lines:
    """The lines of a file, refused once a single row takes more of them than any row needs."""

    def __init__(self, name: str, data: bytes) -> None:
        self._name = name
        self._stream = open_text(name, data)
        self._in_this_row = 0
        self.rows_begun = 0

    def begin_row(self) -> None:
        """Tells that the row so far is complete."""
        self._in_this_row = 0
        self.rows_begun += 1

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._stream.readline(MAX_ROW_CHARACTERS + 1)
        if not line:
            raise StopIteration
        self._in_this_row += len(line)
        if self._in_this_row > MAX_ROW_CHARACTERS:
            raise self.fault("row_too_long", characters=MAX_ROW_CHARACTERS)
        if "\0" in line:
            raise self.fault("nul_bytes")
        return line

    def fault(self, code: str, **params: int) -> InputError:
        """An error at the row that is being read."""
        return InputError([Fault(code=code, file=self._name, row=self.rows_begun + 1, params=params)])


def _records(name: str, data: bytes, delimiter: str, *, skip_first: bool) -> Iterator[list[str]]:
    lines = _Lines(name, data)
    if skip_first:
        next(lines)
        lines.begin_row()
        lines.rows_begun = 0
    # `strict` makes a quote that never closes an error; otherwise it would swallow the rest of the file as one cell.
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=delimiter != "\t", strict=True)
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "field larger" in str(error):
                raise lines.fault("cell_too_long", characters=MAX_CELL_CHARACTERS) from error
            raise lines.fault("broken_quotes") from error
        lines.begin_row()
        yield cells


def _check_row(name: str, number: int, width: int, rows: int, cells: int) -> None:
    for code, limit, size in (
        ("too_many_columns", MAX_COLUMNS, width),
        ("too_many_rows", MAX_ROWS, rows),
        ("too_many_cells", MAX_CELLS, cells),
    ):
        if size > limit:
            raise InputError([Fault(code=code, file=name, row=number, params={"limit": limit})])
