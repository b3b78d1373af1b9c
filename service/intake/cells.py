"""From the text of a cell to its values, and what can be wrong with them."""

import re
import unicodedata
from collections.abc import Callable, Iterator

from service.candidates import UNSPLIT_COLUMNS, same_value_key, tidy
from service.intake.raw import Cell

_REMEMBERED = 20_000  # cells of one column whose values are kept to be shared; most columns repeat a few values

Values = tuple[str, ...]


def reader(column: str, separators: str) -> Callable[[Cell], Values]:
    """Reads the cells of one column of one file; equal cells give the very same values."""
    read = _unsplit(column) if column in UNSPLIT_COLUMNS else _split(separators)
    seen: dict[Cell, Values] = {"": ()}

    def remembered(cell: Cell) -> Values:
        values = seen.get(cell)
        if values is None:
            values = read(cell)
            if len(seen) < _REMEMBERED:
                seen[cell] = values
        return values

    return remembered


def has_control_character(text: str) -> bool:
    """Whether a text has characters that no one can type and that break terminals, XML or UTF-8."""
    return not text.isprintable() and any(unicodedata.category(character) in {"Cc", "Cs"} for character in text)


def is_spreadsheet_error(text: str) -> bool:
    """Whether a cell holds what a spreadsheet shows when a formula fails, in one of our four languages."""
    return text.startswith("#") and text.replace(" ", "") in _SPREADSHEET_ERRORS


def slug(text: str) -> str:
    """ASCII, lower case, hyphens."""
    spelled = text.casefold().translate(_SPELLED_OUT)
    ascii_only = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")


_SPREADSHEET_ERRORS = frozenset(
    {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"}  # English
    | {"#DEEL/0!", "#N/B", "#NAAM?", "#LEEG!", "#GETAL!", "#VERW!", "#WAARDE!"}  # Dutch
    | {"#NOM?", "#NUL!", "#NOMBRE!", "#VALEUR!"}  # French, besides some of the English ones
    | {"#NV", "#ZAHL!", "#BEZUG!", "#WERT!"}  # German, likewise
)

# Letters that Unicode does not decompose.
_SPELLED_OUT = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i"})


def _unsplit(column: str) -> Callable[[Cell], Values]:
    clean = str.strip if column == "id" else tidy  # ids compare exactly, spaces inside included

    def read(cell: Cell) -> Values:
        parts = (cell,) if isinstance(cell, str) else cell
        return tuple(cleaned for part in parts if (cleaned := clean(part)))

    return read


def _split(separators: str) -> Callable[[Cell], Values]:
    pattern = re.compile(f"[{re.escape(separators)}]")

    def read(cell: Cell) -> Values:
        parts = (part for text in ((cell,) if isinstance(cell, str) else cell) for part in pattern.split(text))
        return tuple(_distinct(cleaned for part in parts if (cleaned := tidy(part))))

    return read


def _distinct(values: Iterator[str]) -> list[str]:
    """Each value once, as first written."""
    first: dict[str, str] = {}
    for value in values:
        first.setdefault(same_value_key(value), value)
    return list(first.values())
