"""The proposal that a scenario, a repair or a newcomer is laid beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from service.candidates import same_value_key
from service.changes import NO_CHANGES, Changes
from service.faults import Fault, InputError, nearest
from service.files import FilesBeside
from service.proposal_file import Proposal, read_proposal
from service.question import Question
from solver.problem import WAITING, Composition
from solver.rotation.problem import Meeting

WAITLIST = "waitlist"
"""How a place on the waitlist is written where the name of a network could stand."""


@dataclass(frozen=True)
class Baseline:
    """A proposal, found again by the ids of its people and the names of its networks."""

    proposal: Proposal
    renamed: Mapping[str, str] = field(default_factory=dict)
    """Networks that went up in another: who was in the one counts as having been in the other."""

    @cached_property
    def sizes(self) -> dict[str, int]:
        """The networks, in order, with how many members each has."""
        found: dict[str, int] = {}
        for network in self.proposal["networks"]:
            name = self._renamed(network["name"])
            found[name] = found.get(name, 0) + len(network["members"])
        return found

    @cached_property
    def place(self) -> dict[str, str]:
        """The network of each id, or the waitlist."""
        found = {id_: network["name"] for network in self.proposal["networks"] for id_ in network["members"]}
        return found | {waiting["id"]: WAITLIST for waiting in self.proposal.get("waitlist", [])}

    def home(self, id_: str) -> str | None:
        """The network of somebody as `stay` counts it; None: in no network."""
        place = self.place.get(id_)
        return None if place in (None, WAITLIST) else self._renamed(str(place))

    def _renamed(self, name: str) -> str:
        return self.renamed.get(same_value_key(name), name)

    def before(self, question: Question) -> dict[int, str]:
        """The network of each person who was in one."""
        homes = ((person, self.home(id_)) for person, id_ in enumerate(question.ids))
        return {person: home for person, home in homes if home is not None}

    def start(self, question: Question) -> list[int | None]:
        """Where everybody is to begin with, by the question's numbers; None: nowhere yet."""
        number = {same_value_key(network.name): k for k, network in enumerate(question.problem.networks)}
        found: list[int | None] = []
        for id_ in question.ids:
            home = self.home(id_)
            if home is not None:
                found.append(number.get(same_value_key(home)))
            else:
                found.append(WAITING if self.place.get(id_) == WAITLIST else None)
        return found

    def composition(self, question: Question) -> Composition:
        """The proposal as the question's own composition; raises InputError where it is of other people or networks."""
        faults: list[Fault] = []
        problem = question.problem
        number = {same_value_key(network.name): k for k, network in enumerate(problem.networks)}
        slots = {same_value_key(slot): index for index, slot in enumerate(problem.slots)}
        leaders = {facilitator.id: index for index, facilitator in enumerate(problem.facilitators)}
        chosen: list[int | None] = [network.slot for network in problem.networks]
        led: list[int | None] = [network.facilitator for network in problem.networks]
        people = {id_: person for person, id_ in enumerate(question.ids)}
        places: dict[int, int] = {}
        for network in self.proposal["networks"]:
            k = number.get(same_value_key(network["name"]))
            if k is None:
                faults.append(Fault(code="other_network", pointer="networks", found=network["name"]))
                continue
            for id_ in network["members"]:
                if id_ in people:
                    places[people[id_]] = k
                else:
                    faults.append(Fault(code="other_person", pointer=f"networks[{network['name']}]", found=id_))
            slot, leader = network.get("slot"), network.get("facilitator")
            chosen[k] = None if slot is None else slots.get(same_value_key(slot))
            led[k] = None if leader is None else leaders.get(leader)
        for waiting in self.proposal.get("waitlist", []):
            if waiting["id"] in people:
                places[people[waiting["id"]]] = WAITING
        missing = [question.ids[person] for person in range(problem.pool.size) if person not in places]
        faults += [Fault(code="not_in_proposal", pointer="networks", found=id_) for id_ in missing]
        if faults:
            raise InputError(faults)
        return Composition(tuple(places[person] for person in range(problem.pool.size)), tuple(chosen), tuple(led))

    def rotation(self, name: str) -> Mapping[str, Any] | None:
        """The meetings of a network, as the proposal has them."""
        key = same_value_key(name)
        return next((each for each in self.proposal["rotations"] if same_value_key(each["network"]) == key), None)

    def past(self, question: Question, name: str, members: Sequence[int], before: int) -> tuple[Meeting, ...]:
        """The meetings of a network before number `before`, as far as its present members were there."""
        rotation = self.rotation(name)
        here = {question.ids[person]: person for person in members}
        found = []
        for meeting in rotation["meetings"][: before - 1] if rotation is not None else ():
            trios = [
                (tuple(sorted(here[id_] for id_ in trio["members"] if id_ in here)), here.get(trio["case_giver"]))
                for trio in meeting["trios"]
            ]
            trios = [(group, giver) for group, giver in trios if group]
            found.append(Meeting(tuple(group for group, _ in trios), tuple(giver for _, giver in trios)))
        if rotation is None:
            # A network that is new was at no meeting: nobody sat anywhere.
            found = [Meeting((), ()) for _ in range(before - 1)]
        return tuple(found)


def merged(changes: Changes) -> dict[str, str]:
    """For each network that goes up in another, the other."""
    return {same_value_key(gone): kept for kept, gone in changes.merge}


def open_baseline(path: Path, changes: Changes = NO_CHANGES) -> Baseline:
    """The baseline in a file; raises InputError where it is none, or where a change names a network it has not."""
    baseline = Baseline(read_proposal(FilesBeside(path.parent).read(path.name), file=path.name), merged(changes))
    check_networks(baseline.proposal, changes)
    return baseline


def check_networks(proposal: Proposal, changes: Changes) -> None:
    """Refuses to merge, split or take away a network that is not there."""
    names = [network["name"] for network in proposal["networks"]]
    known = set(map(same_value_key, names))
    asked = [("--merge", name) for pair in changes.merge for name in pair]
    asked += [("--split", name) for name in changes.split]
    asked += [
        ("--without", thing.partition(":")[2].strip()) for thing in changes.without if thing.startswith("network:")
    ]
    faults = [unknown_network(switch, name, names) for switch, name in asked if same_value_key(name) not in known]
    if faults:
        raise InputError(faults)


def unknown_network(pointer: str, name: str, names: Sequence[str]) -> Fault:
    """The fault of a network that is not there, with the nearest that is."""
    return Fault(code="unknown_network", pointer=pointer, found=name, known=tuple(names), nearest=nearest(name, names))
