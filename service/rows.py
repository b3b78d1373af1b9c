"""Rows of scenarios as they come over HTTP and from pages: a number swept over, or a list, asked in one call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from service.beside import as_data, changes_of, posed_by
from service.changes import as_toml, bad_switch, swept_values
from service.faults import Fault, InputError
from service.proposal_file import Proposal
from service.reading import Asked
from service.what_if import side_of_proposal

MOST = 50
"""Scenarios of one row: each is a run of its own, and others wait in the same line."""


@dataclass(frozen=True, slots=True)
class InRow:
    """One scenario of a row: its changes as JSON, how it is called, and the swept value."""

    changes: Mapping[str, Any]
    name: str
    value: str | None
    where: str
    """The part of the body that it comes from, for faults."""


def scenarios_of(stated: Mapping[str, Any]) -> tuple[InRow, ...]:
    """Every combination of what is swept and of `scenarios`, on top of `changes`; raises InputError."""
    rows: list[Sequence[InRow]] = []
    faults: list[Fault] = []
    for key, values in stated.get("sweep", {}).items():
        where = f"sweep.{key}"
        try:
            swept = list(values) if isinstance(values, list) else swept_values(str(values))
            if not swept:
                raise bad_switch("--sweep", "", "2..6")
        except InputError as error:
            faults += [replace(fault, pointer=where) for fault in error.faults]
            continue
        rows.append([InRow({"set": {key: v}}, f"{key}={as_toml(v)}", as_toml(v), where) for v in swept])
    listed = stated.get("scenarios", ())
    if listed:
        rows.append(
            [
                InRow(each["changes"], each.get("name") or changes_of(each["changes"]).line(), None, f"scenarios[{n}]")
                for n, each in enumerate(listed)
            ]
        )
    if not rows and not faults:
        faults = [Fault(code="no_scenarios", pointer="sweep" if "sweep" in stated else "scenarios")]
    if faults:
        raise InputError(faults)
    count = 1
    for row in rows:
        count *= len(row)
    if count > MOST:
        where = "sweep" if stated.get("sweep") else "scenarios"
        raise InputError([Fault(code="too_many_rows", pointer=where, params={"limit": MOST})])
    return tuple(_joined(stated.get("changes", {}), each) for each in product(*rows))


def _joined(common: Mapping[str, Any], parts: Sequence[InRow]) -> InRow:
    changes: Mapping[str, Any] = common
    for part in parts:
        changes = both(changes, part.changes)
    values = [part.value for part in parts if part.value is not None]
    return InRow(changes, ", ".join(part.name for part in parts), ", ".join(values) or None, parts[-1].where)


def both(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    """Two changes one after the other: lists are put together, and of two values for one key the second holds."""
    found = dict(first)
    for key, value in second.items():
        there = found.get(key)
        if isinstance(there, list):
            found[key] = [*there, *value]
        elif isinstance(there, Mapping):
            found[key] = {**there, **value}
        else:
            found[key] = value
    return found


def posed_row(asked: Asked, baseline: Proposal, row: Sequence[InRow]) -> tuple[Asked, ...]:
    """What each scenario makes of the question; raises InputError with every fault, told with where it comes from."""
    found: list[Asked] = []
    faults: list[Fault] = []
    for each in row:
        try:
            found.append(posed_by(asked, baseline, changes_of(each.changes)))
        except InputError as error:
            told = (replace(fault, pointer=each.where, file=None) for fault in error.faults)
            faults += [fault for fault in told if fault not in faults]
    if faults:
        raise InputError(faults)
    return tuple(found)


def beside_each_other(baseline: Proposal, row: Sequence[tuple[str, str | None, Mapping[str, Any]]]) -> dict[str, Any]:
    """A row as `kring what-if --json` prints it: name, value and comparison of each scenario that has one."""
    shown = [
        {**{key: value for key, value in told.items() if key != "baseline"}, "name": name, "value": value}
        for name, value, told in row
    ]
    return as_data({"baseline": side_of_proposal(baseline), "scenarios": shown})
