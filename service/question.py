"""Puts a programme and its candidates to the solver: resolves every name to the person, column or network it means."""

from __future__ import annotations

import csv
import dataclasses
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from itertools import chain, combinations, count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service import places
from service.candidates import (
    KNOWN_COLUMNS,
    NUMBER_COLUMNS,
    CandidateList,
    match_column,
    parse_number,
    same_value_key,
    tidy,
)
from service.faults import Fault, InputError, nearest
from service.files import Files
from service.matrix import matrix_of
from service.programme import FixedNetwork, Programme, RuleAsked
from service.proposal_schema import EarlierProposalForm
from solver.problem import (
    WAITING,
    Category,
    Facilitator,
    Location,
    Meetings,
    Network,
    Number,
    Pool,
    Problem,
    ProblemError,
    Remainder,
)
from solver.rules import MUST, RULES, Rule, TrioRule
from solver.rules.base import Parameter, Share

COLUMNS_OF_RULES = ("role", "region", "asks", "offers", "network_wish", "project", "language", "available")
"""Columns that rules and networks read without naming them."""


@dataclass(frozen=True, slots=True)
class Question:
    """A problem with the names that lead back from it."""

    programme: Programme
    candidates: CandidateList
    problem: Problem
    notes: tuple[Fault, ...] = ()
    """What the organiser should know, though it is no error: ids of history that are gone, homes that are unknown."""
    by_hand: Mapping[str, str] = field(default_factory=dict)
    """The network, or the waitlist, of everybody whom the organiser pinned in a proposal, by id."""

    @property
    def ids(self) -> tuple[str, ...]:
        """The id of each person."""
        return self.problem.pool.ids


def ask(
    programme: Programme,
    candidates: CandidateList,
    files: Files,
    *,
    names: Mapping[str, int] | None = None,
    by_hand: Mapping[str, str] | None = None,
    before: Pool | None = None,
) -> Question:
    """The problem that a programme and its candidates make; raises InputError with every fault.

    names: networks of an earlier answer, with how many members each had; networks that are free take these names.
    by_hand: pins of an earlier answer; whom or what is no longer there is left out. Those of the programme come first.
    before: the pool of the same candidates without the last one, so that most columns need not be read again.
    """
    asker = _Asker(programme, candidates, files, names or {}, before)
    problem = asker.problem()
    if asker.faults or problem is None:
        raise InputError(asker.faults)
    return pinned_by_hand(Question(programme, candidates, problem, tuple(asker.notes)), by_hand or {})


def pinned_by_hand(question: Question, pins: Mapping[str, str]) -> Question:
    """The question with more pins, by id: a network by name, or the waitlist."""
    if not pins:
        return question
    people = {id_: person for person, id_ in enumerate(question.ids)}
    places = {same_value_key(network.name): k for k, network in enumerate(question.problem.networks)}
    places["waitlist"] = WAITING
    there = {id_: name for id_, name in pins.items() if id_ in people and same_value_key(name) in places}
    more = {people[id_]: places[same_value_key(name)] for id_, name in there.items()}
    problem = replace(question.problem, pins={**more, **question.problem.pins})
    return replace(question, problem=problem, by_hand=there)


@dataclass
class _Asker:
    """What is known while names are resolved; faults are gathered, not raised."""

    programme: Programme
    candidates: CandidateList
    files: Files
    names: Mapping[str, int] = field(default_factory=dict)
    before: Pool | None = None
    faults: list[Fault] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)
    proposals: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def problem(self) -> Problem | None:
        networks = self._networks()
        rules = [self._rule(asked) for asked in self.programme.rules]
        facilitators = self._facilitators()
        pins = self._pins()
        meetings = self._meetings(rules)
        if self.faults:
            return None
        asked = self.programme.networks
        fixed = len(asked.fixed)
        dates = self.programme.meetings.dates
        days = {
            None if slot is None else same_value_key(slot): frozenset(moment[:10] for moment in moments)
            for slot, moments in dates.items()
        }
        try:
            return Problem(
                pool=self.pool,
                networks=networks,
                min_count=max(fixed, asked.count or asked.min_count or (fixed if self._only_fixed else 1)),
                rules=tuple(
                    rule
                    for rule, spec in zip(rules, self.programme.rules, strict=True)
                    if rule is not None and not _in_trios(spec)
                ),
                trio_rules=tuple(
                    rule
                    for rule, spec in zip(rules, self.programme.rules, strict=True)
                    if rule is not None and _in_trios(spec)
                ),
                facilitators=facilitators,
                slots=self.slots,
                slot_dates=tuple(days.get(same_value_key(slot), days.get(None, frozenset())) for slot in self.slots),
                no_slot_dates=days.get(None, frozenset()),
                pins=pins,
                must_place=self._must_place(),
                meetings=meetings,
            )
        except ProblemError as error:
            self._fault("contradiction", "networks", found=str(error))
            return None

    # the pool

    @cached_property
    def ids(self) -> dict[str, int]:
        """The number of each person, by id."""
        return {candidate.id: number for number, candidate in enumerate(self.candidates.candidates)}

    @cached_property
    def pool(self) -> Pool:
        """Everybody, by column."""
        people = self.candidates.candidates
        columns = [column for column in self.candidates.columns if column not in self.candidates.dropped]
        categories = {column: self._category(column) for column in (*columns, *COLUMNS_OF_RULES) if column != "id"}
        numbers = {column: number for column in columns if (number := self._number(column)) is not None}
        known = () if self.before is None else self.before.locations
        homes = tuple(
            Location(home.lat, home.lon) if (home := places.home(person)) is not None else None
            for person in people[len(known) :]
        )
        return Pool(tuple(person.id for person in people), categories, numbers, (*known, *homes))

    def _category(self, column: str) -> Category:
        before = None if self.before is None else self.before.categories.get(column)
        if before is not None:
            code = {same_value_key(name): index for index, name in enumerate(before.names)}
            keys = dict.fromkeys(map(same_value_key, self.candidates.candidates[-1].values(column)))
            # A value that nobody had may come between the others, and then all have other codes.
            if keys.keys() <= code.keys():
                return Category(before.names, (*before.codes, tuple(code[key] for key in keys)))
        return self._category_of_all(column)

    def _category_of_all(self, column: str) -> Category:
        names: dict[str, str] = {}
        cells = [person.values(column) for person in self.candidates.candidates]
        for cell in cells:
            for value in cell:
                names.setdefault(same_value_key(value), value)
        order = sorted(names)
        code = {key: index for index, key in enumerate(order)}
        codes = tuple(tuple(dict.fromkeys(code[same_value_key(value)] for value in cell)) for cell in cells)
        return Category(tuple(names[key] for key in order), codes)

    def _number(self, column: str) -> Number | None:
        """A column as numbers: years and meetings, and others whose filled cells are all numbers."""
        if column in KNOWN_COLUMNS and column not in NUMBER_COLUMNS:
            return None
        return self._as_number(column)

    def _as_number(self, column: str) -> Number | None:
        before = None if self.before is None else self.before.numbers.get(column)
        values: list[Fraction | None] = [] if before is None else list(before.values)
        for person in self.candidates.candidates[len(values) :]:
            cell = person.values(column)
            number = parse_number(cell[0]) if len(cell) == 1 else None
            if cell and number is None:
                return None
            values.append(number)
        return Number(tuple(values)) if any(value is not None for value in values) else None

    @cached_property
    def slots(self) -> tuple[str, ...]:
        """Every slot that anybody names, in order; as the programme spells it, if it does."""
        programme = self.programme
        named = [network.slot for network in programme.networks.fixed if network.slot is not None]
        named += [slot for facilitator in programme.facilitators for slot in facilitator.available]
        named += [slot for slot in programme.meetings.dates if slot is not None]
        named += [value for person in self.candidates.candidates for value in person.values("available")]
        first: dict[str, str] = {}
        for slot in named:
            first.setdefault(same_value_key(slot), tidy(slot))
        return tuple(first[key] for key in sorted(first))

    @cached_property
    def slot_number(self) -> dict[str, int]:
        """The number of each slot."""
        return {same_value_key(slot): number for number, slot in enumerate(self.slots)}

    # networks and who leads them

    @property
    def _only_fixed(self) -> bool:
        """Whether the programme says nothing about networks besides the given ones."""
        asked = self.programme.networks
        return bool(asked.fixed) and asked.count is asked.min_count is asked.max_count is None

    def _networks(self) -> tuple[Network, ...]:
        asked = self.programme.networks
        people = max(1, len(self.candidates.candidates))
        largest = max(asked.max_size or people, asked.min_size)
        fixed = [self._fixed(network, index) for index, network in enumerate(asked.fixed)]
        most = asked.count or asked.max_count
        if most is None:
            # As many as there are people for; the sizes decide where the number is left open.
            most = len(fixed) if self._only_fixed else max(people // asked.min_size, asked.min_count or 1, len(fixed))
        taken = {same_value_key(network.name) for network in fixed}
        free: list[Network] = []
        for name in chain(self._names_before(most, taken), self._names_to_stay_in(), self._new_names()):
            if len(fixed) + len(free) >= most:
                break
            if same_value_key(name) not in taken:
                taken.add(same_value_key(name))
                free.append(Network(name, asked.min_size, largest, kind=asked.kind))
        return (*fixed, *free)

    def _names_before(self, most: int, taken: set[str]) -> list[str]:
        """The names of an earlier answer, in its order; where there are too many, the largest networks keep theirs."""
        free = [name for name in self.names if same_value_key(name) not in taken]
        kept = set(sorted(free, key=lambda name: -self.names[name])[: max(0, most - len(taken))])
        return [name for name in free if name in kept]

    def _names_to_stay_in(self) -> Iterator[str]:
        """The networks of a baseline in which members are to stay: a free network takes such a name first."""
        for rule in self.programme.rules:
            if rule.rule == "stay":
                earlier = self._proposal(rule.parameters["baseline"], f"{rule.pointer}.baseline")
                yield from (network["name"] for network in earlier.get("networks", []))

    def _new_names(self) -> Iterator[str]:
        return (f"{_network_word(self.programme.language)} {number}" for number in count(1))

    def _fixed(self, network: FixedNetwork, index: int) -> Network:
        asked = self.programme.networks
        pointer = f"networks.fixed[{index}]"
        smallest = network.min_size or asked.min_size
        largest = network.max_size or asked.max_size or max(smallest, len(self.candidates.candidates), 1)
        place = None
        if network.place is not None:
            found = places.coordinates(network.place)
            if found is None:
                self._fault("unknown_place", f"{pointer}.place", found=network.place)
            else:
                place = Location(found.lat, found.lon)
        leaders = [facilitator.id for facilitator in self.programme.facilitators]
        leader = (network.facilitator or "").strip()
        return Network(
            tidy(network.name),
            smallest,
            max(smallest, largest),
            fixed=True,
            kind=network.kind or asked.kind,
            region=network.region,
            place=place,
            slot=None if network.slot is None else self.slot_number[same_value_key(network.slot)],
            facilitator=leaders.index(leader) if leader in leaders else None,
            accepted=self._accepted(network, pointer),
        )

    def _accepted(self, network: FixedNetwork, pointer: str) -> frozenset[int] | None:
        if not network.accepts:
            return None
        accepted = set(range(len(self.candidates.candidates)))
        for attribute, values in network.accepts.items():
            column = self._column(attribute, f"{pointer}.accepts.{attribute}")
            if column is not None:
                keys = {same_value_key(value) for value in values}
                accepted &= {
                    number
                    for number, person in enumerate(self.candidates.candidates)
                    if keys.intersection(map(same_value_key, person.values(column)))
                }
        return frozenset(accepted)

    def _facilitators(self) -> tuple[Facilitator, ...]:
        found = []
        for asked in self.programme.facilitators:
            spoken = {same_value_key(language) for language in asked.languages}
            foreign = {
                number
                for number, person in enumerate(self.candidates.candidates)
                if spoken
                and person.values("language")
                and not spoken & set(map(same_value_key, person.values("language")))
            }
            slots = frozenset(self.slot_number[same_value_key(slot)] for slot in asked.available)
            found.append(
                Facilitator(
                    asked.id, asked.max_networks, slots or None, frozenset(asked.regions) or None, frozenset(foreign)
                )
            )
        return tuple(found)

    def _pins(self) -> dict[int, int]:
        names = {same_value_key(network.name): number for number, network in enumerate(self.programme.networks.fixed)}
        pins: dict[int, int] = {}
        for pin in self.programme.pins:
            person = self._person(pin.candidate, f"{pin.pointer}.candidate")
            place = WAITING if pin.network == "waitlist" else names.get(same_value_key(pin.network))
            if person is None or place is None:
                continue
            if pins.get(person, place) != place:
                self._fault("pinned_twice", f"{pin.pointer}.candidate", found=pin.candidate)
            pins[person] = place
        return pins

    def _must_place(self) -> frozenset[int]:
        """Who may not wait: everybody, or who wishes for a network that lets nobody wait."""
        asked = self.programme.networks
        stated = {same_value_key(network.name): network.waitlist or asked.waitlist for network in asked.fixed}
        found = set()
        for number, person in enumerate(self.candidates.candidates):
            wishes = [stated[key] for wish in person.values("network_wish") if (key := same_value_key(wish)) in stated]
            if "never" in (wishes or [asked.waitlist]):
                found.add(number)
        return frozenset(found)

    def _meetings(self, rules: Sequence[Rule | None]) -> Meetings:
        asked = self.programme.meetings
        absent = set()
        for index, absence in enumerate(asked.absent):
            person = self._person(absence.candidate, f"meetings.absent[{index}].candidate")
            if person is not None:
                absent.add((person, absence.meeting))
        return Meetings(
            asked.count, asked.group_size, Remainder(asked.remainder), asked.groups, asked.keep, frozenset(absent)
        )

    # rules

    def _rule(self, asked: RuleAsked) -> Rule | None:
        """The solver's rule, with every name resolved; None where something is wrong."""
        kind = RULES[asked.rule]
        before = len(self.faults)
        given: dict[str, Any] = {"name": asked.name, "strength": MUST if asked.must else asked.weight}
        if asked.networks is not None:
            names = [same_value_key(network.name) for network in self.programme.networks.fixed]
            wanted = {same_value_key(name) for name in asked.networks}
            given["networks"] = frozenset(k for k, name in enumerate(names) if name in wanted)
        for each in dataclasses.fields(kind):
            parameter = each.metadata.get("parameter")
            if parameter is None:
                continue
            key = each.metadata["key"] or each.name
            read = self._readers[parameter]
            if key in asked.parameters:
                given[each.name] = read(asked.parameters[key], f"{asked.pointer}.{key}", asked)
            elif parameter is Parameter.PAIRS:
                given[each.name] = self._pairs_of_column()
            elif parameter is Parameter.GROUPS:
                given[each.name] = self._groups_of_column()
        if asked.rule == "available":
            given["everyone"] = self._availability()
        return kind(**given) if len(self.faults) == before else None

    @cached_property
    def _readers(self) -> Mapping[Parameter, Callable[[Any, str, RuleAsked], Any]]:
        """How each kind of parameter is read: (value, pointer, rule) to what the solver's rule holds."""
        return {
            Parameter.ATTRIBUTE: self._read_attribute,
            Parameter.ATTRIBUTES: lambda value, where, rule: tuple(
                self._column(name, f"{where}[{i}]") or "" for i, name in enumerate(value)
            ),
            Parameter.VALUE: lambda value, where, rule: tidy(str(value)),
            Parameter.AMOUNT: lambda value, where, rule: value if isinstance(value, int) else share(value),
            Parameter.SHARE: lambda value, where, rule: share(value),
            Parameter.COUNT: lambda value, where, rule: value,
            Parameter.KILOMETRES: lambda value, where, rule: Fraction(str(value)),
            Parameter.FLAG: lambda value, where, rule: value,
            Parameter.TYPE: lambda value, where, rule: value,
            Parameter.PAIRS: self._read_pairs,
            Parameter.GROUPS: self._read_groups,
            Parameter.MATRIX: self._read_matrix,
            Parameter.BASELINE: self._read_baseline,
            Parameter.HISTORY: self._read_history,
        }

    def _read_attribute(self, value: str, pointer: str, rule: RuleAsked) -> str:
        column = self._column(value, pointer) or ""
        wanted = rule.parameters.get("as")
        if column and wanted == "number" and column not in self.pool.numbers:
            number = self._as_number(column)
            if number is None:
                self._fault("not_all_numbers", pointer, found=value)
            else:
                # The pool is ours until the problem is built; a rule may ask for a column to be read as numbers.
                self.pool.numbers[column] = number  # type: ignore[index]
        return column

    def _column(self, name: str, pointer: str) -> str | None:
        column = match_column(name, self.candidates.columns)
        if column is None:
            known = tuple(self.candidates.columns)
            self._fault("unknown_column", pointer, found=name, known=known)
        return column

    def _person(self, id_: str, pointer: str) -> int | None:
        person = self.ids.get(id_.strip())
        if person is None:
            self._fault("unknown_id", pointer, found=id_, near=self.ids)
        return person

    def _people(self, ids: Sequence[str], pointer: str) -> list[int]:
        found = (self._person(id_, f"{pointer}[{index}]") for index, id_ in enumerate(ids))
        return [person for person in found if person is not None]

    def _read_pairs(self, value: Sequence[Sequence[str]], pointer: str, rule: RuleAsked) -> frozenset[tuple[int, int]]:
        pairs = set()
        for index, ids in enumerate(value):
            people = sorted(set(self._people(ids, f"{pointer}[{index}]")))
            if len(people) == 2:
                pairs.add((people[0], people[1]))
        return frozenset(pairs)

    def _read_groups(
        self, value: Sequence[Sequence[str]], pointer: str, rule: RuleAsked
    ) -> tuple[tuple[int, ...], ...]:
        groups = (self._people(ids, f"{pointer}[{index}]") for index, ids in enumerate(value))
        return tuple(tuple(sorted(set(people))) for people in groups)

    def _links(self, column: str) -> Iterator[tuple[int, int]]:
        """The pairs that a column names, each once."""
        linked = set()
        for number, person in enumerate(self.candidates.candidates):
            for other in person.values(column):
                if other in self.ids and self.ids[other] != number:
                    linked.add((min(number, self.ids[other]), max(number, self.ids[other])))
        yield from sorted(linked)

    def _pairs_of_column(self) -> frozenset[tuple[int, int]]:
        return frozenset(self._links("apart_from"))

    def _groups_of_column(self) -> tuple[tuple[int, ...], ...]:
        """People linked by the column, transitively (detail 10)."""
        group = {person: {person} for person in range(len(self.candidates.candidates))}
        for one, other in self._links("together_with"):
            if group[one] is not group[other]:
                group[one] |= group[other]
                for person in group[other]:
                    group[person] = group[one]
        return tuple(sorted({tuple(sorted(people)) for people in group.values() if len(people) > 1}))

    def _availability(self) -> Category:
        codes = tuple(
            tuple(dict.fromkeys(self.slot_number[same_value_key(slot)] for slot in person.values("available")))
            for person in self.candidates.candidates
        )
        return Category(self.slots, codes)

    def _read_matrix(self, value: Any, pointer: str, rule: RuleAsked) -> NDArray[np.int64] | None:
        try:
            rows = self._matrix_rows(value)
            return matrix_of(rows, self.candidates, str(value) if isinstance(value, str) else pointer)
        except InputError as error:
            self.faults += [
                fault if fault.file else dataclasses.replace(fault, pointer=pointer) for fault in error.faults
            ]
            return None

    def _matrix_rows(self, value: Any) -> list[list[str]]:
        if isinstance(value, dict):
            ids = value.get("ids", [])
            rows = value.get("rows", [])
            return [["", *map(str, ids)], *([str(id_), *map(str, row)] for id_, row in zip(ids, rows, strict=False))]
        text = self.files.read(value).decode("utf-8-sig", errors="replace")
        return [row for row in csv.reader(text.splitlines()) if row]

    def _read_baseline(self, value: Any, pointer: str, rule: RuleAsked) -> dict[int, str]:
        proposal = self._proposal(value, pointer)
        return {
            self.ids[id_]: network["name"]
            for network in proposal.get("networks", [])
            for id_ in network["members"]
            if id_ in self.ids
        }

    def _proposal(self, value: Any, pointer: str) -> Mapping[str, Any]:
        """An earlier proposal: sent as data, or the name of its file. Read once, whoever asks for it."""
        if pointer not in self.proposals:
            self.proposals[pointer] = self._read_proposal(value, pointer)
        return self.proposals[pointer]

    def _read_proposal(self, value: Any, pointer: str) -> Mapping[str, Any]:
        try:
            loaded = value if isinstance(value, dict) else json.loads(self.files.read(value))
        except InputError as error:
            self.faults += [dataclasses.replace(fault, pointer=pointer) for fault in error.faults]
            return {}
        except ValueError:
            loaded = None
        if not isinstance(loaded, dict) or EarlierProposalForm().validate(loaded):
            self._fault("not_a_proposal", pointer, found=value if isinstance(value, str) else None)
            return {}
        return loaded

    def _read_history(self, value: Sequence[Any], pointer: str, rule: RuleAsked) -> tuple[tuple[int, int], ...]:
        """Pairs who met: all pairs of each list of ids, and of each trio of an earlier proposal."""
        met: list[Sequence[str]] = []
        for index, entry in enumerate(value):
            if isinstance(entry, list):
                met.append(entry)
                continue
            for rotation in self._proposal(entry, f"{pointer}[{index}]").get("rotations", []):
                for meeting in rotation["meetings"]:
                    met += [trio["members"] for trio in meeting["trios"]]
        gone = sorted({id_ for ids in met for id_ in ids} - self.ids.keys())
        if gone:
            self.notes.append(Fault(code="history_gone", pointer=pointer, params={"ids": tuple(gone)}))
        pairs = []
        for ids in met:
            people = sorted({self.ids[id_] for id_ in ids if id_ in self.ids})
            pairs += list(combinations(people, 2))
        return tuple(pairs)

    def _fault(
        self,
        code: str,
        pointer: str,
        *,
        found: str | None = None,
        known: tuple[str, ...] = (),
        near: Mapping[str, int] | None = None,
    ) -> None:
        close = nearest(found, near or known) if found is not None and (near or known) else None
        file = self.programme.file
        self.faults.append(Fault(code=code, file=file, pointer=pointer, found=found, known=known, nearest=close))


def _in_trios(asked: RuleAsked) -> bool:
    """Whether a rule speaks of trios: by itself, or since the programme says so."""
    return asked.within_trio or issubclass(RULES[asked.rule], TrioRule)


def share(text: str) -> Share:
    """ "40%" as an exact part."""
    return Share(Fraction(text.strip()[:-1].strip().replace(",", ".")) / 100)


def _network_word(language: str) -> str:
    return {"nl": "Netwerk", "fr": "Réseau", "de": "Netzwerk"}.get(language, "Network")
