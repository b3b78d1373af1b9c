"""A programme with changes applied to it: the same question, asked otherwise.

References are resolved before changes are applied, so what a change takes away may still be named in the programme; it
is then left out, and a note says so.
"""

from __future__ import annotations

import copy
import dataclasses
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from service.candidates import Candidate, CandidateList, same_value_key
from service.changes import KINDS_OF_THINGS, Changes
from service.faults import Fault, InputError, nearest
from service.intake import guard
from service.intake.tables import Objects, Source
from service.programme import Programme, draft_programme
from service.question import ask
from service.reading import Asked, Origin, gather, told_once

Tables = dict[str, Any]

RIVALS: Mapping[str, tuple[str, ...]] = {
    "count": ("min_count", "max_count"),
    "min_count": ("count",),
    "max_count": ("count",),
    "weight": ("strength",),
    "strength": ("weight",),
}
"""Keys that exclude each other: who sets the one means to leave the other."""


def changed(asked: Asked, changes: Changes, *, names: Mapping[str, int] | None = None) -> Asked:
    """The question with changes applied; raises InputError with every fault of the changes.

    `names`: the networks of the baseline with their sizes; free networks take them, so that who stays is seen to stay.
    """
    changer = _Changer(asked, changes)
    tables = changer.tables()
    if changer.faults:
        raise InputError(changer.faults)
    draft = draft_programme(tables, file=asked.question.programme.file)
    faults = list(draft.faults)
    if faults or draft.programme is None:
        raise InputError(told_once(faults))
    candidates = changer.candidates(draft.programme)
    question = ask(draft.programme, candidates, asked.origin.files, names=names, by_hand=asked.question.by_hand)
    question = dataclasses.replace(question, notes=(*question.notes, *changer.notes))
    sources = (*asked.origin.sources, *changes.add)
    origin = Origin(tables, sources, asked.origin.files, asked.origin.skip_bad_rows)
    return Asked(question, fingerprint(asked.sha256, changes), origin)


def fingerprint(sha256: str, changes: Changes) -> str:
    """The fingerprint of a programme with changes: of the programme itself where there are none."""
    if changes.nothing:
        return sha256
    digest = hashlib.sha256(sha256.encode("ascii"))
    digest.update(dataclasses.replace(changes, add=()).line().encode("utf-8"))
    for source in changes.add:
        digest.update(_bytes(source))
    return digest.hexdigest()


def _bytes(source: Source) -> bytes:
    if isinstance(source, Objects):
        return json.dumps(source.rows, sort_keys=True).encode("utf-8")
    return source[1] if isinstance(source, tuple) else guard.read_bytes(source)


class _Changer:
    """The changes on their way into the tables of a programme; faults are gathered."""

    def __init__(self, asked: Asked, changes: Changes) -> None:
        self.asked = asked
        self.changes = changes
        self.programme = asked.question.programme
        self.faults: list[Fault] = []
        self.notes: list[Fault] = []
        self.ids = {candidate.id: candidate for candidate in asked.question.candidates.candidates}
        self.gone: list[str] = []
        """Networks that were given and are no longer there."""
        self.lost_slots: set[str] = set()

    def tables(self) -> Tables:
        """The tables of the programme with the changes in them."""
        tables = copy.deepcopy(dict(self.asked.origin.tables))
        # Names that Kring made depend on the rules before; written down, they stay when a rule goes.
        for rule, asked in zip(tables.get("rules", []), self.programme.rules, strict=True):
            rule["name"] = asked.name
        for path, value in self.changes.set:
            self._set(tables, path, value)
        for kept, gone in self.changes.merge:
            self._merge(tables, kept, gone)
        for name in self.changes.split:
            self._split(tables, name)
        for thing in self.changes.without:
            self._without(tables, thing)
        for name, weight in self.changes.weight:
            self._weigh(tables, name, weight)
        for id_, meeting in self.changes.absent:
            if self._known_id(id_, "--absent"):
                tables.setdefault("meetings", {}).setdefault("absent", []).append(
                    {"candidate": id_, "meeting": meeting}
                )
        dropped = {id_.strip() for id_ in self.changes.drop if self._known_id(id_, "--drop")}
        if dropped:
            self._forget(tables, dropped)
        return tables

    def candidates(self, programme: Programme) -> CandidateList:
        """Everybody who takes part in the scenario."""
        before, origin = self.asked.question.candidates, self.asked.origin
        listed = before
        if self.changes.add or not self._reads_the_same(programme):
            sources = (*origin.sources, *self.changes.add)
            listed = gather(programme, sources, skip_bad_rows=origin.skip_bad_rows, gone=self.gone)
        dropped = {id_.strip() for id_ in self.changes.drop}
        kept = tuple(self._as_available(person) for person in listed.candidates if person.id not in dropped)
        if not kept:
            raise InputError([Fault(code="nobody_left", pointer="--drop")])
        return dataclasses.replace(listed, candidates=kept)

    def _as_available(self, person: Candidate) -> Candidate:
        """The candidate, who cannot come to a slot that is no more."""
        slots = person.values("available")
        kept = tuple(slot for slot in slots if same_value_key(slot) not in self.lost_slots)
        if kept == slots:
            return person
        cells = {column: values for column, values in person.cells.items() if column != "available"}
        return dataclasses.replace(person, cells=cells | ({"available": kept} if kept else {}))

    def _reads_the_same(self, programme: Programme) -> bool:
        """Whether the candidates' files, read for the changed programme, would say what they said before."""
        was = self.programme
        return (
            set(programme.used_columns()) <= set(was.used_columns())
            and (programme.keep, programme.vocabularies) == (was.keep, was.vocabularies)
            and {n.name for n in programme.networks.fixed} >= {n.name for n in was.networks.fixed} - set(self.gone)
        )

    # one change at a time

    def _set(self, tables: Tables, path: str, value: Any) -> None:
        *above, last = _segments(path)
        table: Any = tables
        for name in above:
            table = self._inside(table, name, path)
            if table is None:
                return
        if isinstance(table, list):
            index = self._entry(table, last, path)
            if index is not None:
                table[index] = value
        elif isinstance(table, dict):
            for other in RIVALS.get(last, ()):
                table.pop(other, None)
            table[last] = value
        else:
            self._fault("no_such_key", f"--set {path}", found=last)

    def _inside(self, table: Any, name: str, path: str) -> Any:
        if isinstance(table, list):
            index = self._entry(table, name, path)
            return None if index is None else table[index]
        if isinstance(table, dict):
            # What is not there yet may still be a key, such as [meetings] of a programme that says nothing of it.
            return table.setdefault(name, {})
        self._fault("no_such_key", f"--set {path}", found=name)
        return None

    def _entry(self, entries: Sequence[Any], name: str, path: str) -> int | None:
        """The entry of a list that has this name, id or candidate, or this number counted from 0."""
        named = {_named(entry): index for index, entry in enumerate(entries)}
        key = same_value_key(name)
        if key in named:
            return named[key]
        if name.isascii() and name.isdigit() and int(name) < len(entries):
            return int(name)
        known = tuple(dict.fromkeys(_shown(entry) for entry in entries))
        self._fault("no_such_key", f"--set {path}", found=name, known=known)
        return None

    def _weigh(self, tables: Tables, name: str, weight: int | str) -> None:
        index = self._rule(tables, name, "--weight")
        if index is not None:
            rule = tables["rules"][index]
            rule.pop("strength", None)
            rule.pop("weight", None)
            rule["strength" if weight == "must" else "weight"] = weight

    def _rule(self, tables: Tables, name: str, switch: str) -> int | None:
        rules = tables.get("rules", [])
        names = [str(rule["name"]) for rule in rules]
        keys = [same_value_key(each) for each in names]
        if same_value_key(name) in keys:
            return keys.index(same_value_key(name))
        self._fault("no_such_rule", switch, found=name, known=tuple(names))
        return None

    def _without(self, tables: Tables, thing: str) -> None:
        kind, colon, name = thing.partition(":")
        names = {same_value_key(str(rule["name"])) for rule in tables.get("rules", [])}
        if colon and kind.strip() in KINDS_OF_THINGS and same_value_key(thing) not in names:
            {
                "network": self._without_network,
                "facilitator": self._without_facilitator,
                "slot": self._without_slot,
                "pin": self._without_pin,
            }[kind.strip()](tables, name.strip())
            return
        index = self._rule(tables, thing, "--without")
        if index is not None:
            del tables["rules"][index]

    def _without_network(self, tables: Tables, name: str) -> None:
        networks = tables.setdefault("networks", {})
        fixed = networks.get("fixed", [])
        keys = [same_value_key(network["name"]) for network in fixed]
        key = same_value_key(name)
        if key in keys:
            self.gone.append(fixed[keys.index(key)]["name"])
            del fixed[keys.index(key)]
            self._forget_network(tables, key)
        _count_on(networks, -1)

    def _forget_network(self, tables: Tables, key: str) -> None:
        """Leaves out what speaks of a network that is gone."""
        pins = tables.get("pins", [])
        for pin in [pin for pin in pins if same_value_key(pin["network"]) == key]:
            pins.remove(pin)
            self._note("pins", pin["candidate"])
        for rule in list(tables.get("rules", [])):
            if "networks" in rule:
                rule["networks"] = [name for name in rule["networks"] if same_value_key(name) != key]
                if not rule["networks"]:
                    tables["rules"].remove(rule)
                    self._note("rules", rule["name"])

    def _without_facilitator(self, tables: Tables, id_: str) -> None:
        leaders = tables.get("facilitators", [])
        known = [leader["id"].strip() for leader in leaders]
        if id_ not in known:
            self._fault("unknown_facilitator", "--without", found=id_, known=tuple(known))
            return
        del leaders[known.index(id_)]
        for network in tables.get("networks", {}).get("fixed", []):
            if network.get("facilitator", "").strip() == id_:
                del network["facilitator"]

    def _without_slot(self, tables: Tables, slot: str) -> None:
        """Nobody meets then: the networks that would, choose another slot."""
        slots = self.asked.question.problem.slots
        key = same_value_key(slot)
        if key not in map(same_value_key, slots):
            self._fault("unknown_slot", "--without", found=slot, known=slots)
            return
        for network in tables.get("networks", {}).get("fixed", []):
            if same_value_key(network.get("slot", "")) == key:
                del network["slot"]
        for leader in tables.get("facilitators", []):
            if "available" in leader:
                leader["available"] = [each for each in leader["available"] if same_value_key(each) != key]
        dates = tables.get("meetings", {}).get("dates")
        if isinstance(dates, dict):
            for name in [name for name in dates if same_value_key(name) == key]:
                del dates[name]
        self.lost_slots.add(key)

    def _without_pin(self, tables: Tables, id_: str) -> None:
        pins = tables.get("pins", [])
        known = [pin["candidate"].strip() for pin in pins]
        if id_ not in known:
            self._fault("no_such_pin", "--without", found=id_, known=tuple(known))
            return
        tables["pins"] = [pin for pin in pins if pin["candidate"].strip() != id_]

    def _merge(self, tables: Tables, kept: str, gone: str) -> None:
        if same_value_key(kept) == same_value_key(gone):
            self._fault("merge_with_itself", "--merge", found=gone)
            return
        self._without_network(tables, gone)

    def _split(self, tables: Tables, name: str) -> None:
        """One network more, with limits like those of the one that is split."""
        networks = tables.setdefault("networks", {})
        for network in list(networks.get("fixed", [])):
            if same_value_key(network["name"]) == same_value_key(name):
                alike = {key: network[key] for key in ("min_size", "max_size", "kind", "waitlist", "region", "accepts",
                                                       "place") if key in network}  # fmt: skip
                networks["fixed"].append({**alike, "name": f"{network['name']} 2"})
        _count_on(networks, 1)

    # people who are gone

    def _forget(self, tables: Tables, dropped: set[str]) -> None:
        """Leaves out what speaks of people who are gone."""
        pins = tables.get("pins", [])
        absent = tables.get("meetings", {}).get("absent", [])
        for where, entries in (("pins", pins), ("meetings.absent", absent)):
            for entry in [entry for entry in entries if entry["candidate"].strip() in dropped]:
                entries.remove(entry)
                self._note(where, entry["candidate"])
        for index, rule in enumerate(tables.get("rules", [])):
            for key in ("pairs", "groups"):
                if key in rule:
                    kept = [[id_ for id_ in ids if id_.strip() not in dropped] for ids in rule[key]]
                    for ids in rule[key]:
                        for id_ in ids:
                            if id_.strip() in dropped:
                                self._note(f"rules[{index}].{key}", id_)
                    rule[key] = [ids for ids in kept if len(ids) > 1]

    def _known_id(self, id_: str, switch: str) -> bool:
        if id_.strip() in self.ids:
            return True
        self._fault("unknown_id", switch, found=id_, near=tuple(self.ids))
        return False

    def _note(self, where: str, what: str) -> None:
        self.notes.append(Fault(code="left_out_by_change", pointer=where, params={"what": what}))

    def _fault(
        self, code: str, pointer: str, *, found: str, known: tuple[str, ...] = (), near: tuple[str, ...] = ()
    ) -> None:
        close = nearest(found, near or known) if near or known else None
        self.faults.append(Fault(code=code, pointer=pointer, found=found, known=known, nearest=close))


def _count_on(networks: Tables, step: int) -> None:
    """One network more or fewer, where the programme says how many there are."""
    for key in ("count", "min_count", "max_count"):
        if key in networks:
            networks[key] = max(1, networks[key] + step)


def _segments(path: str) -> list[str]:
    """`networks.fixed."Gent 1".max_size` as its keys; also `rules[2].weight`."""
    return list(_split(path)) or [path]


def _split(path: str) -> Iterator[str]:
    word, quote = "", ""
    for character in path:
        if quote:
            if character == quote:
                quote = ""
            else:
                word += character
        elif character in "\"'":
            quote = character
        elif character in ".[]":
            if word:
                yield word.strip()
            word = ""
        else:
            word += character
    if word:
        yield word.strip()


def _shown(entry: Any) -> str:
    """What an entry of a list is called."""
    for key in ("name", "id", "candidate"):
        if isinstance(entry, dict) and isinstance(entry.get(key), str):
            return str(entry[key])
    return ""


def _named(entry: Any) -> str:
    return same_value_key(_shown(entry))
