"""Changes to a programme, as an organiser states them: switches, a line of them, or a file of such lines."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

from service.faults import Fault, InputError, nearest
from service.intake.tables import Objects, Source

KINDS_OF_THINGS = ("network", "facilitator", "slot", "pin")
"""What `--without KIND:NAME` takes away besides rules."""

MOST_SCENARIOS = 500
"""Scenarios of one sweep or one file; more are a slip of the keyboard."""

_RANGE = re.compile(r"(-?\d+)\.\.(-?\d+)(?:\.\.(\d+))?")


@dataclass(frozen=True, slots=True)
class Changes:
    """What is different in a scenario. Applied in this order: set, merge, split, without, weight, absent, drop, add."""

    drop: tuple[str, ...] = ()
    """Ids of candidates who take no part any more."""
    add: tuple[Source, ...] = ()
    """Candidates who come in."""
    set: tuple[tuple[str, Any], ...] = ()
    """Keys of the programme with their new values."""
    without: tuple[str, ...] = ()
    """Rules that no longer count; `network:Gent`, `facilitator:F1`, `slot:tue-pm` or `pin:c17` for other things."""
    weight: tuple[tuple[str, int | str], ...] = ()
    """Rules with their new weight, or "must"."""
    absent: tuple[tuple[str, int], ...] = ()
    """Candidates who will miss a meeting."""
    merge: tuple[tuple[str, str], ...] = ()
    """Networks of which the second goes up in the first."""
    split: tuple[str, ...] = ()
    """Networks beside which a new one is formed, for some of their members."""

    @property
    def nothing(self) -> bool:
        """Whether everything stays as it is."""
        return not self.switches()

    def and_(self, other: Changes) -> Changes:
        """Both, one after the other."""
        names = ("drop", "add", "set", "without", "weight", "absent", "merge", "split")
        return Changes(**{name: getattr(self, name) + getattr(other, name) for name in names})

    def switches(self) -> list[str]:
        """The changes as the command line takes them."""
        said: list[str] = []
        for path, value in self.set:
            said += ["--set", f"{path}={as_toml(value)}"]
        for kept, gone in self.merge:
            said += ["--merge", kept, gone]
        for name in self.split:
            said += ["--split", name]
        for name in self.without:
            said += ["--without", name]
        for name, weight in self.weight:
            said += ["--weight", f"{name}={weight}"]
        for id_, meeting in self.absent:
            said += ["--absent", f"{id_}={meeting}"]
        for id_ in self.drop:
            said += ["--drop", id_]
        for source in self.add:
            said += ["--add", name_of(source)]
        return said

    def line(self) -> str:
        """The changes on one line that a shell, or a file of scenarios, understands."""
        return shlex.join(self.switches())


NO_CHANGES = Changes()


@dataclass(frozen=True, slots=True)
class Scenario:
    """Changes with the name under which they are told and saved."""

    name: str
    changes: Changes
    value: str | None = None
    """The swept value, in a sweep."""


def name_of(source: Source) -> str:
    """The name of a file of candidates."""
    return source.name if isinstance(source, Objects) else str(source) if isinstance(source, Path) else source[0]


def as_toml(value: Any) -> str:
    """A value as TOML writes it; text that stands for itself without quotes."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        quoted = '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        return value if parsed_value(value) == value else quoted
    if isinstance(value, list):
        return "[" + ", ".join(_inside(each) for each in value) + "]"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_inside(str(key))} = {_inside(each)}" for key, each in value.items()) + " }"
    return str(value)


def _inside(value: Any) -> str:
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return as_toml(value)


def parsed_value(text: str) -> Any:
    """A value as TOML reads it, or the text itself: `12`, `true`, `["nl"]`, but also `must` or `40%` without quotes."""
    try:
        found = tomllib.loads(f"value = {text}")
    except tomllib.TOMLDecodeError:
        return text.strip()
    return found["value"] if found.keys() == {"value"} else text.strip()


def parsed_set(text: str) -> tuple[str, Any]:
    """`networks.max_size=12` as a path and a value."""
    path, value = _halves(text, "--set", "networks.max_size=12", first=True)
    return path, parsed_value(value)


def parsed_weight(text: str) -> tuple[str, int | str]:
    """`RULE=9` or `RULE=must`; the rule's own name may have a `=` too."""
    name, value = _halves(text, "--weight", "RULE=9")
    weight = value.strip()
    if weight != "must" and not weight.isascii():
        raise bad_switch("--weight", text, "RULE=9")
    if weight != "must" and not weight.isdigit():
        raise bad_switch("--weight", text, "RULE=9")
    return name, weight if weight == "must" else int(weight)


def parsed_absent(text: str) -> tuple[str, int]:
    """`c17=4`: candidate and meeting."""
    id_, meeting = _halves(text, "--absent", "c17=4")
    if not (meeting.strip().isascii() and meeting.strip().isdigit()):
        raise bad_switch("--absent", text, "c17=4")
    return id_, int(meeting)


def parsed_sweep(text: str) -> tuple[Scenario, ...]:
    """`networks.count=2..6` (or `2..10..2`, or `2,3,5`) as one scenario for each value."""
    path, values = _halves(text, "--sweep", "networks.count=2..6", first=True)
    return tuple(
        Scenario(f"{path}={as_toml(value)}", Changes(set=((path, value),)), as_toml(value))
        for value in swept_values(values, text)
    )


def swept_values(values: str, text: str | None = None) -> list[Any]:
    """`2..6`, `2..10..2` or `2,3,5` as a list. `text`: the whole of what was said, for the fault where it is none."""
    said = values if text is None else text
    match = _RANGE.fullmatch(values.strip())
    if match:
        low, high, step = int(match[1]), int(match[2]), int(match[3] or 1)
        if low > high or step < 1 or (high - low) // step >= MOST_SCENARIOS:
            raise bad_switch("--sweep", said, "networks.count=2..6")
        return list(range(low, high + 1, step))
    found = [parsed_value(value) for value in values.split(",") if value.strip()]
    if not found:
        raise bad_switch("--sweep", said, "networks.count=2..6")
    return found


def crossed(rows: Sequence[Sequence[Scenario]], common: Changes) -> tuple[Scenario, ...]:
    """Every combination of one scenario from each row, on top of what they have in common."""
    if not rows:
        return ()
    found = []
    for each in product(*rows):
        changes = common
        for scenario in each:
            changes = changes.and_(scenario.changes)
        values = [scenario.value for scenario in each if scenario.value is not None]
        found.append(Scenario(", ".join(one.name for one in each), changes, ", ".join(values) or None))
    if len(found) > MOST_SCENARIOS:
        raise InputError([Fault(code="too_many_rows", pointer="--sweep", params={"limit": MOST_SCENARIOS})])
    return tuple(found)


def parsed_line(words: Sequence[str], folder: Path, where: str = "") -> Changes:
    """Switches as the command line has them; files of candidates stand in `folder`."""
    changes, rest = Changes(), list(words)
    while rest:
        switch = rest.pop(0)
        known = (*_ONE, "--merge")
        if "=" in switch and switch.partition("=")[0] in _ONE:
            switch, _, value = switch.partition("=")
            rest.insert(0, value)
        if switch not in known:
            raise InputError(
                [Fault(code="unknown_switch", pointer=where or None, found=switch, nearest=nearest(switch, known))]
            )
        taken = 2 if switch == "--merge" else 1
        if len(rest) < taken:
            raise bad_switch(switch, switch, f"{switch} ...")
        values, rest = rest[:taken], rest[taken:]
        changes = changes.and_(_change(switch, values, folder))
    return changes


_ONE = ("--drop", "--add", "--set", "--without", "--weight", "--absent", "--split")


def _change(switch: str, values: Sequence[str], folder: Path) -> Changes:
    value = values[0]
    match switch:
        case "--drop":
            return Changes(drop=(value,))
        case "--add":
            return Changes(add=(folder / value,))
        case "--set":
            return Changes(set=(parsed_set(value),))
        case "--without":
            return Changes(without=(value,))
        case "--weight":
            return Changes(weight=(parsed_weight(value),))
        case "--absent":
            return Changes(absent=(parsed_absent(value),))
        case "--split":
            return Changes(split=(value,))
        case _:
            return Changes(merge=((value, values[1]),))


def read_scenarios(text: str, *, file: str, folder: Path) -> tuple[Scenario, ...]:
    """A file of scenarios, one a line: switches, with a name and a colon before them where a name is wanted.

    Blank lines, and lines that start with #, are nothing. Every line that is wrong is named.
    """
    found: list[Scenario] = []
    faults: list[Fault] = []
    for number, name, rest in _lines(text):
        try:
            changes = parsed_line(shlex.split(rest), folder)
        except ValueError:
            faults.append(Fault(code="bad_switch", file=file, row=number, found=rest, params={"example": "--drop c17"}))
            continue
        except InputError as error:
            faults += [replace(fault, file=file, row=number) for fault in error.faults]
            continue
        found.append(Scenario(name or changes.line(), changes))
    if not found and not faults:
        faults = [Fault(code="no_scenarios", file=file)]
    if len(found) > MOST_SCENARIOS:
        faults = [Fault(code="too_many_rows", file=file, params={"limit": MOST_SCENARIOS})]
    if faults:
        raise InputError(faults)
    return tuple(found)


def _lines(text: str) -> Iterator[tuple[int, str, str]]:
    """(number, name, switches) of each line that says something."""
    for number, whole in enumerate(text.splitlines(), 1):
        line = whole.strip()
        if not line or line.startswith("#"):
            continue
        head, dashes, tail = line.partition("--")
        name = head.strip()
        yield number, name.removesuffix(":").strip(), f"{dashes}{tail}" if not name or name.endswith(":") else line


def bad_switch(switch: str, found: str, example: str) -> InputError:
    """A switch that cannot be read."""
    return InputError([Fault(code="bad_switch", pointer=switch, found=found, params={"example": example})])


def _halves(text: str, switch: str, example: str, *, first: bool = False) -> tuple[str, str]:
    left, equals, right = text.partition("=") if first else text.rpartition("=")
    if not equals or not left.strip() or not right.strip():
        raise bad_switch(switch, text, example)
    return left.strip(), right
