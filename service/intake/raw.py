"""A table of text as it stands in a file, before anyone asks what its columns mean."""

from dataclasses import dataclass, field
from typing import TypeAlias

from service.candidates import Note

# A list only comes from JSON, where several values need no separator.
Cell: TypeAlias = str | tuple[str, ...]


def joined(cell: Cell) -> str:
    """A cell as one text."""
    return cell if isinstance(cell, str) else " ".join(cell)


@dataclass(frozen=True, slots=True)
class RawRow:
    """The cells of one row; `number` is what a spreadsheet shows beside it, the header being row 1."""

    number: int
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class RawTable:
    """A header, the rows under it that hold anything, and the characters that separate values inside a cell."""

    file: str
    header_row: int
    header: tuple[str, ...]
    rows: list[RawRow]
    separators: str
    notes: tuple[Note, ...] = field(default=())
