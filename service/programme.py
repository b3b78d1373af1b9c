"""A programme: what the organiser asks for, read from TOML or JSON, with every fault of form named at once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from service.candidates import same_value_key
from service.faults import Fault, InputError, Param, nearest
from service.programme_schema import Kept, ProgrammeSchema, faults_of, without_faults


@dataclass(frozen=True, slots=True)
class FixedNetwork:
    """A network that is given."""

    name: str
    min_size: int | None = None
    max_size: int | None = None
    kind: str | None = None
    waitlist: str | None = None
    region: str | None = None
    place: str | None = None
    slot: str | None = None
    facilitator: str | None = None
    accepts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NetworksAsked:
    """Which networks there are to be; None where the programme leaves it open."""

    count: int | None = None
    min_count: int | None = None
    max_count: int | None = None
    min_size: int = 1
    max_size: int | None = None
    kind: str = "peer"
    waitlist: str = "allowed"
    fixed: tuple[FixedNetwork, ...] = ()


@dataclass(frozen=True, slots=True)
class FacilitatorAsked:
    """Somebody who may lead networks."""

    id: str
    languages: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    available: tuple[str, ...] = ()
    max_networks: int = 1


@dataclass(frozen=True, slots=True)
class Pin:
    """A candidate whom the organiser placed, in a network or on the waitlist."""

    candidate: str
    network: str
    pointer: str


@dataclass(frozen=True, slots=True)
class Absence:
    """A candidate who is known to miss a meeting."""

    candidate: str
    meeting: int


@dataclass(frozen=True, slots=True)
class MeetingsAsked:
    """How the networks meet; `dates` per slot, or under None one list for all."""

    count: int = 10
    group_size: int = 3
    remainder: str = "larger"
    groups: int | None = None
    keep: int = 1
    minutes: int = 180
    timezone: str = "Europe/Brussels"
    dates: Mapping[str | None, tuple[str, ...]] = field(default_factory=dict)
    absent: tuple[Absence, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleAsked:
    """One rule as the programme states it; `parameters` are still as written."""

    rule: str
    name: str
    weight: int | None
    networks: tuple[str, ...] | None
    within_trio: bool
    parameters: Mapping[str, Any]
    pointer: str

    @property
    def must(self) -> bool:
        """Whether the rule has to hold."""
        return self.weight is None


@dataclass(frozen=True, slots=True)
class Programme:
    """A programme that is right in itself; whether it fits its candidates is another question."""

    name: str
    candidates: tuple[str, ...] = ()
    language: str = "en"
    keep: tuple[str, ...] = ()
    vocabularies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    networks: NetworksAsked = NetworksAsked()
    facilitators: tuple[FacilitatorAsked, ...] = ()
    pins: tuple[Pin, ...] = ()
    meetings: MeetingsAsked = MeetingsAsked()
    rules: tuple[RuleAsked, ...] = ()
    file: str | None = None

    def used_columns(self) -> tuple[str, ...]:
        """The columns that rules and networks name, as the programme spells them."""
        used: list[str] = []
        for rule in self.rules:
            for key in ("attribute", "attributes"):
                value = rule.parameters.get(key, ())
                used += [value] if isinstance(value, str) else value
            if rule.rule == "near":
                used += ["lat", "lon"]
        for network in self.networks.fixed:
            used += network.accepts
        return tuple(dict.fromkeys(used))


def parse_toml(text: bytes, *, file: str) -> dict[str, Any]:
    """The tables of a TOML file; a byte order mark, as Windows editors write it, is no fault."""
    try:
        return tomllib.loads(text.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError([Fault(code="bad_toml", file=file, params={"problem": str(error)})]) from error


@dataclass(frozen=True, slots=True)
class Draft:
    """What could be read of a programme, and what is wrong with the rest; None where nothing could be read."""

    programme: Programme | None
    faults: tuple[Fault, ...]


def read_programme(tables: Mapping[str, Any], *, file: str | None = None) -> Programme:
    """The programme in these tables; raises InputError with every fault."""
    draft = draft_programme(tables, file=file)
    if draft.faults or draft.programme is None:
        raise InputError(draft.faults)
    return draft.programme


def draft_programme(tables: Mapping[str, Any], *, file: str | None = None) -> Draft:
    """As much of the programme as is right, so that what depends on its candidates can be checked in the same go."""
    loaded, faults = faults_of(ProgrammeSchema(), tables, file)
    kept = Kept()
    if faults:
        # Whatever is wrong is left out, but keeps its place in the count, so that pointers stay true.
        kept = without_faults(tables, faults)
        loaded, left = faults_of(ProgrammeSchema(), kept.tables, file)
        if left:
            return Draft(None, tuple(faults))
    faults += _repeated(tables, file)
    faults += [replace(fault, pointer=kept.pointer(fault.pointer)) for fault in _impossible(loaded, file)]
    programme = _programme(loaded, file)
    rules = tuple(replace(rule, pointer=kept.pointer(rule.pointer) or "") for rule in programme.rules)
    pins = tuple(replace(pin, pointer=kept.pointer(pin.pointer) or "") for pin in programme.pins)
    return Draft(replace(programme, rules=rules, pins=pins), tuple(faults))


def _repeated(tables: Mapping[str, Any], file: str | None) -> list[Fault]:
    """Names that are used twice, of networks, facilitators and rules; looks only at what has the form of one."""
    networks = tables.get("networks")
    lists = {
        "networks.fixed": ("name", networks.get("fixed") if isinstance(networks, Mapping) else None),
        "facilitators": ("id", tables.get("facilitators")),
        "rules": ("name", tables.get("rules")),
    }
    faults = []
    for pointer, (key, entries) in lists.items():
        seen: set[str] = set()
        for index, entry in enumerate(entries if isinstance(entries, list) else ()):
            name = entry.get(key) if isinstance(entry, Mapping) else None
            if not isinstance(name, str):
                continue
            value = name.strip() if key == "id" else same_value_key(name)
            if value in seen:
                faults.append(Fault(code="repeated_name", file=file, pointer=f"{pointer}[{index}].{key}", found=name))
            seen.add(value)
    return faults


def _impossible(loaded: Mapping[str, Any], file: str | None) -> list[Fault]:
    """Numbers that contradict each other within one table, and names that lead nowhere."""
    faults = []
    networks = loaded.get("networks", {})
    names = [network["name"] for network in networks.get("fixed", [])]
    for low, high in (("min_size", "max_size"), ("min_count", "max_count")):
        for pointer, table in [
            ("networks", networks),
            *((f"networks.fixed[{i}]", network) for i, network in enumerate(networks.get("fixed", []))),
        ]:
            floor, ceiling = (table.get(key, networks.get(key)) for key in (low, high))
            stated = low in table or high in table
            if stated and floor is not None and ceiling is not None and floor > ceiling:
                key = low if low in table else high
                params = {"smallest": low, "largest": high}
                faults.append(
                    Fault(code="reversed", file=file, pointer=f"{pointer}.{key}", found=str(table[key]), params=params)
                )
    most = networks.get("count", networks.get("max_count"))
    if most is not None and most < len(names):
        key = "count" if "count" in networks else "max_count"
        fixed: dict[str, Param] = {"fixed": len(names)}
        faults.append(
            Fault(code="fewer_than_fixed", file=file, pointer=f"networks.{key}", found=str(most), params=fixed)
        )
    known = {same_value_key(name): name for name in names}
    leaders = {facilitator["id"].strip() for facilitator in loaded.get("facilitators", [])}
    for i, network in enumerate(networks.get("fixed", [])):
        leader = network.get("facilitator")
        if leader is not None and leader.strip() not in leaders:
            faults.append(
                _unknown("unknown_facilitator", file, f"networks.fixed[{i}].facilitator", leader, sorted(leaders))
            )
    for i, pin in enumerate(loaded.get("pins", [])):
        if pin["network"] != "waitlist" and same_value_key(pin["network"]) not in known:
            faults.append(_unknown("unknown_network", file, f"pins[{i}].network", pin["network"], [*names, "waitlist"]))
    for i, rule in enumerate(loaded.get("rules", [])):
        for j, name in enumerate(rule.get("networks", [])):
            if same_value_key(name) not in known:
                faults.append(_unknown("unknown_network", file, f"rules[{i}].networks[{j}]", name, names))
    meetings = loaded.get("meetings", {})
    count = meetings.get("count", MeetingsAsked().count)
    for i, absence in enumerate(meetings.get("absent", [])):
        if absence["meeting"] > count:
            pointer = f"meetings.absent[{i}].meeting"
            faults.append(
                Fault(
                    code="no_such_meeting",
                    file=file,
                    pointer=pointer,
                    found=str(absence["meeting"]),
                    params={"count": count},
                )
            )
    return faults


def _unknown(code: str, file: str | None, pointer: str, found: str, known: Sequence[str]) -> Fault:
    return Fault(code=code, file=file, pointer=pointer, found=found, known=tuple(known), nearest=nearest(found, known))


def _programme(loaded: Mapping[str, Any], file: str | None) -> Programme:
    networks = dict(loaded.get("networks", {}))
    fixed = tuple(
        FixedNetwork(**{**network, "accepts": {key: tuple(v) for key, v in network.get("accepts", {}).items()}})
        for network in networks.pop("fixed", [])
    )
    meetings = dict(loaded.get("meetings", {}))
    if "dates" in meetings:
        dates = meetings["dates"]
        meetings["dates"] = {None: tuple(dates)} if isinstance(dates, list) else {s: tuple(d) for s, d in dates.items()}
    meetings["absent"] = tuple(Absence(**absence) for absence in meetings.get("absent", []))
    candidates = loaded.get("candidates", ())
    return Programme(
        name=loaded["name"],
        candidates=(candidates,) if isinstance(candidates, str) else tuple(candidates),
        language=loaded.get("language", "en"),
        keep=tuple(loaded.get("keep", ())),
        vocabularies={column: tuple(values) for column, values in loaded.get("vocabularies", {}).items()},
        networks=NetworksAsked(**networks, fixed=fixed),
        facilitators=tuple(FacilitatorAsked(**_tuples(entry)) for entry in loaded.get("facilitators", [])),
        pins=tuple(Pin(**pin, pointer=f"pins[{index}]") for index, pin in enumerate(loaded.get("pins", []))),
        meetings=MeetingsAsked(**meetings),
        rules=tuple(_rules(loaded.get("rules", []))),
        file=file,
    )


def _tuples(entry: Mapping[str, Any]) -> dict[str, Any]:
    """A table with its lists made tuples, so that it stays as it is."""
    return {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}


def usual_name(rule: str, parameters: Mapping[str, Any]) -> str:
    """What a rule is called where its programme gives it no name (detail 16); a second one gets " 2" behind it."""
    parts = [str(parameters[key]) for key in ("attribute", "value") if key in parameters]
    return " ".join([rule, *parts])


def made_name(asked: RuleAsked) -> bool:
    """Whether Kring made the name of a rule, because its organiser gave it none."""
    usual = re.escape(usual_name(asked.rule, asked.parameters))
    return re.fullmatch(rf"{usual}( \d+)?", asked.name) is not None


def _rules(entries: Sequence[Mapping[str, Any]]) -> list[RuleAsked]:
    """The rules with their names: as given, else made from the rule, the attribute and the value (detail 16)."""
    names: list[str] = []
    # Given names are taken first, so that a made one never pushes a given one aside.
    taken = {same_value_key(entry["name"]) for entry in entries if "name" in entry}
    for entry in entries:
        if "name" in entry:
            names.append(entry["name"])
            continue
        base = usual_name(entry["rule"], entry)
        name, number = base, 1
        while same_value_key(name) in taken:
            number += 1
            name = f"{base} {number}"
        taken.add(same_value_key(name))
        names.append(name)
    common = {"rule", "name", "strength", "weight", "networks", "within"}
    return [
        RuleAsked(
            rule=entry["rule"],
            name=name,
            weight=None if "strength" in entry else entry.get("weight", 1),
            networks=tuple(entry["networks"]) if "networks" in entry else None,
            within_trio=entry.get("within") == "trio",
            parameters={key: value for key, value in entry.items() if key not in common},
            pointer=f"rules[{index}]",
        )
        for index, (entry, name) in enumerate(zip(entries, names, strict=True))
    ]
