"""The form of a programme's tables, for people: which fields there are, and how answers become keys.

A field is called by the pointer of its key, so that a fault of the programme finds the field that it is about.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from service.faults import Fault
from service.programme_schema import KINDS
from service.words import LANGUAGES


class Holds(Enum):
    """What a field of a form holds."""

    TEXT = "text"
    WHOLE = "whole"
    CHOICE = "choice"
    LIST = "list"
    """Texts with commas between them."""
    TABLE = "table"
    """A line for each key: `language: nl, fr`."""
    DATES = "dates"
    """A line for each slot, or one for all: `tue-pm: 2027-01-12 13:30, 2027-02-09 13:30`."""


@dataclass(frozen=True, slots=True)
class Spec:
    """One field: the path of its key inside the table, and what it holds."""

    key: str
    holds: Holds = Holds.TEXT
    choices: tuple[str, ...] = ()
    default: str = ""
    """The choice that counts where nothing is said."""

    @property
    def word(self) -> str:
        """The last part of the key of its words."""
        return self.key.replace(".", "_")


FRAME = (
    Spec("name"),
    Spec("language", Holds.CHOICE, LANGUAGES, "en"),
    Spec("networks.kind", Holds.CHOICE, KINDS, "peer"),
    Spec("networks.count", Holds.WHOLE),
    Spec("networks.min_count", Holds.WHOLE),
    Spec("networks.max_count", Holds.WHOLE),
    Spec("networks.min_size", Holds.WHOLE),
    Spec("networks.max_size", Holds.WHOLE),
    Spec("networks.waitlist", Holds.CHOICE, ("allowed", "never"), "allowed"),
    Spec("meetings.count", Holds.WHOLE),
    Spec("meetings.group_size", Holds.WHOLE),
    Spec("meetings.remainder", Holds.CHOICE, ("larger", "smaller"), "larger"),
    Spec("meetings.keep", Holds.WHOLE),
    Spec("meetings.minutes", Holds.WHOLE),
    Spec("meetings.timezone"),
    Spec("meetings.dates", Holds.DATES),
)
"""What every programme says."""

NETWORK = (
    Spec("name"),
    Spec("min_size", Holds.WHOLE),
    Spec("max_size", Holds.WHOLE),
    Spec("region"),
    Spec("place"),
    Spec("slot"),
    Spec("facilitator"),
    Spec("kind", Holds.CHOICE, KINDS),
    Spec("waitlist", Holds.CHOICE, ("allowed", "never")),
    Spec("accepts", Holds.TABLE),
)
"""A network that is given."""

LEADER = (
    Spec("id"),
    Spec("languages", Holds.LIST),
    Spec("regions", Holds.LIST),
    Spec("available", Holds.LIST),
    Spec("max_networks", Holds.WHOLE),
)
"""Somebody who may lead networks."""


def shown(specs: Sequence[Spec], table: Mapping[str, Any]) -> dict[str, str]:
    """The fields of a form as a table fills them in, by key."""
    found = {}
    for spec in specs:
        value = _at(table, spec.key)
        found[spec.key] = spec.default if value is None else _SHOWN.get(spec.holds, str)(value)
    return found


def read(
    specs: Sequence[Spec], answers: Mapping[str, str], table: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Fault]]:
    """A table with what a form says in place of what it said, and the faults of answers that no key can hold.

    An empty answer takes its key away; keys that the form has no field for stay as they are.
    """
    changed = _copied(table)
    faults = []
    for spec in specs:
        text = answers.get(spec.key, "").strip()
        try:
            _put(changed, spec.key, _READ[spec.holds](text) if text else None)
        except ValueError as error:
            faults.append(Fault(code=str(error), pointer=spec.key, found=text))
    return changed, faults


def _at(table: Mapping[str, Any], key: str) -> Any:
    value: Any = table
    for part in key.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _copied(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: dict(value) if isinstance(value, Mapping) else value for key, value in table.items()}


def _put(table: dict[str, Any], key: str, value: Any) -> None:
    *above, last = key.split(".")
    for part in above:
        table = table.setdefault(part, {})
    if value is None:
        table.pop(last, None)
    else:
        table[last] = value


# between texts and values

_COMMAS = re.compile(r"\s*[,;|]\s*")
_DAY_FIRST = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})")
_SLOT = re.compile(r"\s*([^0-9:,;][^:,;]*?)\s*:\s*(.*)")


def _whole(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,7}", text):
        raise ValueError("not_whole_number")
    return int(text)


def _list(text: str) -> list[str]:
    return [part for line in text.splitlines() for part in _COMMAS.split(line.strip()) if part]


def _lines(text: str) -> Iterator[str]:
    return (line.strip() for line in text.splitlines() if line.strip())


def _table(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in _lines(text):
        key, colon, values = line.partition(":")
        if not colon or not key.strip() or not _list(values):
            raise ValueError("not_lines")
        found[key.strip()] = _list(values)
    return found


def _dates(text: str) -> list[str] | dict[str, list[str]]:
    """Lines that begin with a slot are that slot's; other lines are one list for all. Both at once is neither."""
    by_slot: dict[str, list[str]] = {}
    for_all: list[str] = []
    for line in _lines(text):
        match = _SLOT.fullmatch(line)
        if match:
            by_slot.setdefault(match[1], []).extend(map(_moment, _list(match[2])))
        else:
            for_all += map(_moment, _list(line))
    if by_slot and for_all:
        raise ValueError("not_dates")
    return by_slot or for_all


def _moment(text: str) -> str:
    """A moment as people write it, as ISO writes it; what is neither is left for the programme to refuse."""
    match = _DAY_FIRST.match(text)
    if match:
        text = f"{match[3]}-{int(match[2]):02}-{int(match[1]):02}{text[match.end() :]}"
    return re.sub(r"\s+(?:om|à|um|at)?\s*", "T", text.strip(), count=1).replace("h", ":").replace("u", ":")


def _dates_shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return "\n".join(f"{slot}: {_moments_shown(moments)}" for slot, moments in value.items())
    return _moments_shown(value)


def _moments_shown(moments: Sequence[str]) -> str:
    return ", ".join(moment.replace("T", " ") for moment in moments)


_SHOWN: Mapping[Holds, Callable[[Any], str]] = {
    Holds.LIST: ", ".join,
    Holds.TABLE: lambda value: "\n".join(f"{key}: {', '.join(values)}" for key, values in value.items()),
    Holds.DATES: _dates_shown,
}

_READ: Mapping[Holds, Callable[[str], Any]] = {
    Holds.TEXT: lambda text: text,
    Holds.CHOICE: lambda text: text,
    Holds.WHOLE: _whole,
    Holds.LIST: _list,
    Holds.TABLE: _table,
    Holds.DATES: _dates,
}
