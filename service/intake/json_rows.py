"""Reads candidates from JSON: a list of objects, or `{"candidates": [...]}`.

The keys are the header, in order of first appearance, and count as row 1; so the first object is row 2, the second
row 3, as if the list stood in a spreadsheet.
"""

import json
from collections.abc import Iterator, Sequence

from service.faults import Fault, InputError
from service.intake.decode import open_text
from service.intake.guard import MAX_CELL_CHARACTERS, MAX_CELLS, MAX_COLUMNS, MAX_ROWS
from service.intake.raw import Cell, RawRow, RawTable

_FIRST_ROW = 2
_LISTS_PER_ROW = 8

# Characters that each cost the parser an object, and how many a list of candidates can need. Counting them takes
# milliseconds and keeps a small file of a million brackets from becoming a gigabyte.
_COSTLY = ((b"{", MAX_ROWS + 2), (b"[", MAX_ROWS * _LISTS_PER_ROW), (b",", MAX_CELLS))


class _RepeatedKeyError(ValueError):
    """An object that has a key twice, of which the parser would silently keep the last."""


def read(name: str, data: bytes) -> RawTable:
    """The table in a JSON file."""
    if any(data.count(character) > most for character, most in _COSTLY):
        raise InputError([Fault(code="too_many_cells", file=name, params={"limit": MAX_CELLS})])
    with open_text(name, data) as stream:
        text = stream.read()
    try:
        content = json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise InputError(
            [Fault(code="json_syntax", file=name, params={"line": error.lineno, "position": error.colno})]
        ) from error
    except _RepeatedKeyError as error:
        raise InputError([Fault(code="json_repeated_key", file=name, found=str(error))]) from error
    except (ValueError, RecursionError) as error:  # NaN, a number of thousands of digits, brackets without end
        raise InputError([Fault(code="json_shape", file=name)]) from error
    return table_of_objects(name, _rows(name, content))


def table_of_objects(name: str, objects: Sequence[object]) -> RawTable:
    """The table that a list of parsed JSON objects stands for."""
    if len(objects) > MAX_ROWS:
        raise InputError([Fault(code="too_many_rows", file=name, params={"limit": MAX_ROWS})])
    faults = [
        Fault(code="json_shape", file=name, row=row, found=json.dumps(item))
        for row, item in enumerate(objects, start=_FIRST_ROW)
        if not isinstance(item, dict)
    ]
    records = [item for item in objects if isinstance(item, dict)]
    header = tuple(dict.fromkeys(str(key) for record in records for key in record))
    if len(header) > MAX_COLUMNS:
        raise InputError([*faults, Fault(code="too_many_columns", file=name, row=1, params={"limit": MAX_COLUMNS})])
    rows = []
    for number, record in enumerate(objects, start=_FIRST_ROW):
        if isinstance(record, dict):
            faults.extend(_value_faults(name, number, record))
            if not faults:
                rows.append(RawRow(number, [_cell(record.get(key)) for key in header]))
    if faults:
        raise InputError(faults)
    if not header:
        raise InputError([Fault(code="no_candidates" if objects == [] else "empty_file", file=name)])
    return RawTable(name, 1, header, [row for row in rows if any(row.cells)], "|;")


def _rows(name: str, content: object) -> Sequence[object]:
    if isinstance(content, dict) and "candidates" in content:
        others = [key for key in content if key != "candidates"]
        if others:
            known = ("candidates",)
            raise InputError(
                [Fault(code="unknown_key", file=name, pointer=key, found=key, known=known) for key in others]
            )
        content = content["candidates"]
    if not isinstance(content, list):
        raise InputError([Fault(code="json_shape", file=name)])
    return content


def _value_faults(name: str, row: int, record: dict[str, object]) -> Iterator[Fault]:
    for key, value in record.items():
        values = value if isinstance(value, list) else [value]
        if any(isinstance(item, list | dict) for item in values):
            yield Fault(
                code="json_value", file=name, row=row, column=key, found=json.dumps(value)[:MAX_CELL_CHARACTERS]
            )
        elif any(isinstance(item, str) and "\0" in item for item in values):
            yield Fault(code="nul_bytes", file=name, row=row, column=key)
        elif any(isinstance(item, str) and len(item) > MAX_CELL_CHARACTERS for item in values):
            yield Fault(
                code="cell_too_long", file=name, row=row, column=key, params={"characters": MAX_CELL_CHARACTERS}
            )


def _cell(value: object) -> Cell:
    if isinstance(value, list):
        return tuple(_text(item) for item in value)
    return _text(value)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    record = dict(pairs)
    if len(record) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _RepeatedKeyError(next(key for key in keys if keys.count(key) > 1))
    return record


def _no_constant(constant: str) -> object:
    raise ValueError(constant)
