"""From a fault's place to a JSON pointer (RFC 6901) into the body that was sent."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from service.faults import Fault

CANDIDATES = "candidates"
"""The field of a body that holds the candidates, and the file that their faults are in."""

FIRST_ROW = 2
"""What a fault calls the first candidate: the keys are row 1, as in a spreadsheet."""

_STEP = re.compile(r"\[(\d+)\]|\.?([^.\[]+)|\.?(.)")


def field_of(fault: Fault, body: object, *, inside: str = "") -> str:
    """Where a fault is in the body; `inside` is the field that the fault's own pointer starts from."""
    if fault.file == CANDIDATES:
        return joined(_in_candidates(fault, body))
    start = [inside] if inside else []
    found = body.get(inside) if inside and isinstance(body, Mapping) else body
    return joined([*start, *steps(fault.pointer or fault.file or "", found)])


def joined(parts: Sequence[str | int]) -> str:
    """A pointer; the empty one means the whole body."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def steps(pointer: str, found: object) -> list[str | int]:
    """The keys and indices on the way that a pointer such as `rules[2].attribute` describes.

    Keys of the organiser's own may hold dots and brackets, so a key that is there is preferred to the shortest one.
    """
    if not pointer:
        return []
    if isinstance(found, Mapping):
        path = pointer.removeprefix(".")
        for key in sorted(map(str, found), key=len, reverse=True):
            if path == key or path.startswith((f"{key}.", f"{key}[")):
                return [key, *steps(path[len(key) :], found[key])]
    step = _STEP.match(pointer)
    if step is None:
        return [pointer]
    rest = pointer[step.end() :]
    if step[1] is None:
        return [step[2] or step[3], *steps(rest, None)]
    index = int(step[1])
    inner = found[index] if isinstance(found, list) and index < len(found) else None
    return [index, *steps(rest, inner)]


def _in_candidates(fault: Fault, body: object) -> list[str | int]:
    if fault.row is not None and fault.row >= FIRST_ROW:
        return [CANDIDATES, fault.row - FIRST_ROW, *([] if fault.column is None else [fault.column])]
    # A fault of a header: shown at the first candidate that has such a key.
    rows = body.get(CANDIDATES) if isinstance(body, Mapping) else None
    for index, row in enumerate(rows if isinstance(rows, list) else ()):
        if isinstance(row, Mapping) and fault.column in row:
            return [CANDIDATES, index, str(fault.column)]
    return [CANDIDATES]
