"""What the header of a table means: which column is which, and which headers cannot stand."""

from collections.abc import Collection
from dataclasses import dataclass

from service.candidates import canonical_column, header_key, tidy
from service.faults import Fault
from service.intake.raw import RawTable, joined


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a file: where it stands, what it is called there, and the name Kring knows it by."""

    index: int
    header: str
    name: str
    known: bool
    wanted: bool  # known, used by a rule, or asked for with `keep`


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of one table, left to right; `width` is where the header ends."""

    columns: tuple[Column, ...]
    width: int
    faults: tuple[Fault, ...]

    def header_of(self, name: str) -> str | None:
        """What a column is called in this file, None where the file has no such column."""
        return next((column.header for column in self.columns if column.name == name), None)

    def has(self, name: str) -> bool:
        """Whether this file has a column."""
        return self.header_of(name) is not None


def understand(table: RawTable, wanted: Collection[str]) -> Header:
    """The meaning of a table's header; `wanted` are the header keys of unknown columns that someone uses."""
    texts = [tidy(cell) for cell in table.header]
    while texts and not texts[-1]:
        texts.pop()
    names = _names(texts)
    columns = tuple(
        Column(index, text, names[index], canonical_column(text) is not None, _is_wanted(text, wanted))
        for index, text in enumerate(texts)
        if text
    )
    return Header(columns, len(texts), (*_duplicates(table, columns), *_headerless(table, texts)))


def _is_wanted(header: str, wanted: Collection[str]) -> bool:
    return canonical_column(header) is not None or header_key(header) in wanted


def _names(texts: list[str]) -> list[str]:
    """The name of each column; "naam" or "nom" beside a first name is the surname."""
    names = [canonical_column(text) or text for text in texts]
    if "first_name" in names and "last_name" not in names:
        return ["last_name" if name == "name" else name for name in names]
    return names


def _duplicates(table: RawTable, columns: tuple[Column, ...]) -> list[Fault]:
    first: dict[str, Column] = {}
    faults = []
    for column in columns:
        key = column.name if column.known else f"header {header_key(column.header)}"
        earlier = first.setdefault(key, column)
        if earlier is not column:
            faults.append(
                Fault(
                    code="duplicate_header",
                    file=table.file,
                    row=table.header_row,
                    column=column.header,
                    found=column.header,
                    params={"first": earlier.header, "position": letters(earlier.index)},
                )
            )
    return faults


def _headerless(table: RawTable, texts: list[str]) -> list[Fault]:
    """Columns between others that hold values under no name: nobody could say what they mean."""
    faults = []
    for index in (position for position, text in enumerate(texts) if not text):
        filled = next((row for row in table.rows if index < len(row.cells) and tidy(joined(row.cells[index]))), None)
        if filled is not None:
            faults.append(
                Fault(
                    code="headerless_column",
                    file=table.file,
                    row=table.header_row,
                    column=letters(index),
                    found=tidy(joined(filled.cells[index])),
                    params={"first_row": filled.number},
                )
            )
    return faults


def letters(index: int) -> str:
    """The letters that a spreadsheet shows above the column at an index from 0: A, B, ... Z, AA."""
    name = ""
    remaining = index + 1
    while remaining:
        remaining, digit = divmod(remaining - 1, 26)
        name = chr(ord("A") + digit) + name
    return name
