"""Recounts a proposal from the files alone: every penalty from the rules' definitions, with no solver code.

It shares with the composer what a programme means and nothing of how it is solved: no terms, no search, no bounds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, comb
from typing import Any

from service.candidates import same_value_key
from service.question import Question
from service.words import say
from solver.price import Breach, Score, breaches, score
from solver.problem import WAITING, Composition
from solver.rotating import among, applying, question
from solver.rotation import price as rotation_price
from solver.rotation.problem import Meeting, RotationProblem
from solver.rules.base import Group, GroupRule, Rule, TrioRule
from solver.rules.meet_new import MeetNew
from solver.rules.spaced import Spaced
from solver.rules.together import Together

Stated = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that the proposal says and the recount does not find."""

    where: str
    stated: object
    counted: object

    def text(self) -> str:
        """One line for the terminal."""
        return f"{self.where}: the proposal says {self.stated}, the recount says {self.counted}"


def check(asked: Question, proposal: Stated) -> tuple[Difference, ...]:
    """Every difference between a proposal and its recount; none where the proposal is right."""
    checker = _Checker(asked, proposal)
    return tuple(checker.differences())


def rotation_differences(
    asked: Question, network: int, members: Sequence[int], stated: Stated, *, first: int = 1
) -> Iterator[Difference]:
    """Every difference between what is stated of a network's meetings and their recount.

    `first`: the first meeting that was still to come when they were planned; those before it are history.
    """
    yield from _Checker(asked, {"repair": {"from_meeting": first}}).rotation(network, members, stated)


class _Checker:
    """One recount."""

    def __init__(self, asked: Question, proposal: Stated) -> None:
        self.asked = asked
        self.problem = asked.problem
        self.proposal = proposal
        self.language = asked.programme.language
        self.number = {id_: person for person, id_ in enumerate(asked.ids)}
        self.past = proposal.get("repair", {}).get("from_meeting", 1) - 1
        """Meetings that were: who has left since may still be named there."""

    def differences(self) -> Iterator[Difference]:
        """All of them, in the order of the proposal."""
        people = list(self._people())
        yield from people
        if people:
            return  # who sits where has to be right before anything can be priced
        composition = self._composition()
        for breach in breaches(self.problem, composition):
            yield Difference("networks", "allowed", self._told(breach, composition))
        priced = score(self.problem, composition)
        yield from self._summary(composition, priced)
        yield from self._rules(priced)
        yield from self._rotations(composition)

    # who sits where

    def _people(self) -> Iterator[Difference]:
        """Everybody is in one place, and nobody is unknown."""
        names = {same_value_key(network.name) for network in self.problem.networks}
        for network in self.proposal["networks"]:
            if same_value_key(network["name"]) not in names:
                yield Difference("networks", network["name"], "no such network")
        seated = [id_ for network in self.proposal["networks"] for id_ in network["members"]]
        seated += [waiting["id"] for waiting in self.proposal.get("waitlist", [])]
        for id_, times in Counter(seated).items():
            if id_ not in self.number:
                yield Difference("members", id_, "no such candidate")
            elif times > 1:
                yield Difference("members", f"{id_} in {times} places", "one place each")
        for id_ in self.number.keys() - set(seated):
            yield Difference("members", f"{id_} nowhere", "in a network or on the waitlist")

    def _composition(self) -> Composition:
        networks = {same_value_key(network.name): k for k, network in enumerate(self.problem.networks)}
        slots = {same_value_key(slot): s for s, slot in enumerate(self.problem.slots)}
        leaders = {facilitator.id: f for f, facilitator in enumerate(self.problem.facilitators)}
        places = [WAITING] * self.problem.pool.size
        chosen: list[int | None] = [network.slot for network in self.problem.networks]
        led: list[int | None] = [network.facilitator for network in self.problem.networks]
        for network in self.proposal["networks"]:
            k = networks[same_value_key(network["name"])]
            for id_ in network["members"]:
                places[self.number[id_]] = k
            slot, leader = network.get("slot"), network.get("facilitator")
            chosen[k] = None if slot is None else slots.get(same_value_key(slot))
            led[k] = None if leader is None else leaders.get(leader)
        return Composition(tuple(places), tuple(chosen), tuple(led))

    def _told(self, breach: Breach, composition: Composition) -> str:
        name = "" if breach.network is None else self.problem.networks[breach.network].name
        groups = composition.groups()
        size = len(groups) if breach.network is None else len(groups.get(breach.network, ()))
        person = "" if breach.person is None else self.asked.ids[breach.person]
        return say(self.language, f"breach.{breach.code}", network=name, person=person, n=size)

    # the composition

    def _summary(self, composition: Composition, priced: Score) -> Iterator[Difference]:
        stated = self.proposal["composition"]
        waiting = len(composition.waiting)
        yield from differ("composition.waiting", stated["waiting"], waiting)
        yield from differ("composition.objective", stated["objective"], priced.objective)
        yield from part_differs("composition", stated)
        least = stated["least_waiting"]
        if (least is None) != self.problem.waiting_is_weighed or (least is not None and least > waiting):
            yield Difference("composition.least_waiting", least, f"at most {waiting}")
        proven = stated["objective"] == stated["bound"] and least in (None, waiting)
        yield from differ("composition.status", stated["status"], "optimal" if proven else "feasible")
        parts = [stated["status"], *(rotation["status"] for rotation in self.proposal["rotations"])]
        whole = "optimal" if set(parts) == {"optimal"} else "feasible"
        yield from differ("status", self.proposal["status"], whole)

    def _rules(self, priced: Score) -> Iterator[Difference]:
        stated = {same_value_key(row["name"]): row for row in self.proposal["rules"]}
        for scored in priced.rules:
            row = stated.pop(same_value_key(scored.rule.name), None)
            where = f"rules[{scored.rule.name}]"
            if row is None:
                yield Difference(where, "missing", scored.penalty)
                continue
            yield from row_differs(where, row, scored.rule, scored.penalty)
            if row["bound"] is not None and row["bound"] > scored.penalty:
                yield Difference(f"{where}.bound", row["bound"], f"at most {scored.penalty}")
        for row in stated.values():
            yield Difference(f"rules[{row['name']}]", row["penalty"], "no such rule")

    # the rotations

    def _rotations(self, composition: Composition) -> Iterator[Difference]:
        stated = {same_value_key(rotation["network"]): rotation for rotation in self.proposal["rotations"]}
        for k, members in composition.groups().items() if self.problem.meetings.count else ():
            name = self.problem.networks[k].name
            rotation = stated.pop(same_value_key(name), None)
            if rotation is None:
                yield Difference(f"rotations[{name}]", "missing", f"{self.problem.meetings.count} meetings")
            else:
                yield from self.rotation(k, members, rotation)
        for rotation in stated.values():
            yield Difference("rotations", rotation["network"], "no such network meets")

    def rotation(self, k: int, members: Sequence[int], stated: Stated) -> Iterator[Difference]:
        """The meetings of one network."""
        where = f"rotations[{stated['network']}]"
        local = {self.asked.ids[person]: index for index, person in enumerate(members)}
        unknown = [
            id_
            for meeting in stated["meetings"][self.past :]
            for trio in meeting["trios"]
            for id_ in trio["members"]
            if id_ not in local
        ]
        if unknown:
            yield Difference(where, ", ".join(sorted(set(unknown))), "no member of this network")
            return
        meetings = tuple(_meeting(meeting, local) for meeting in stated["meetings"])
        here = {self.asked.ids[person]: person for person in members}
        past = [_meeting(meeting, here) for meeting in stated["meetings"][: self.past]]
        posed = question(self.problem, k, members, past=past)
        for fault in rotation_price.faults(posed, meetings):
            yield Difference(where, "a rotation", fault)
            return
        found = rotation_price.penalties(posed, meetings)
        priced = rotation_price.score(posed, found)
        if priced.broken:
            yield Difference(where, "every must rule holds", f"broken {priced.broken} times")
        yield from differ(f"{where}.repeats", stated["repeats"], found.repeats)
        yield from self._spread(where, stated, posed, found)
        if (stated["balance"] is None) != (priced.balance is None):
            yield Difference(f"{where}.balance", stated["balance"], priced.balance)
        elif stated["balance"] is not None:
            yield from differ(f"{where}.balance.objective", stated["balance"]["objective"], priced.balance)
            yield from part_differs(f"{where}.balance", stated["balance"])
        yield from differ(f"{where}.rest.objective", stated["rest"]["objective"], priced.rest)
        yield from part_differs(f"{where}.rest", stated["rest"])
        yield from self._trio_rules(where, k, members, stated, posed, meetings, found)

    def _spread(
        self, where: str, stated: Stated, posed: RotationProblem, found: rotation_price.RotationPenalties
    ) -> Iterator[Difference]:
        least = max(0, found.pair_meetings - comb(posed.members, 2))
        if not least <= stated["least_repeats"] <= found.repeats:
            yield Difference(f"{where}.least_repeats", stated["least_repeats"], f"from {least} to {found.repeats}")

    def _trio_rules(
        self,
        where: str,
        k: int,
        members: Sequence[int],
        stated: Stated,
        posed: RotationProblem,
        meetings: Sequence[Meeting],
        found: rotation_price.RotationPenalties,
    ) -> Iterator[Difference]:
        rows = {same_value_key(row["name"]): row for row in stated["rules"]}
        for rule, penalty in self._trio_penalties(k, members, posed, meetings, found):
            row = rows.pop(same_value_key(rule.name), None)
            if row is None:
                yield Difference(f"{where}.rules[{rule.name}]", "missing", penalty)
            elif row["penalty"] != penalty:
                yield Difference(f"{where}.rules[{rule.name}].penalty", row["penalty"], penalty)
        for row in rows.values():
            if row["rule"] == MeetNew.rule and row["strength"] == "first":
                yield from differ(f"{where}.rules[{row['name']}].penalty", row["penalty"], found.meet_new)
            else:
                yield Difference(f"{where}.rules[{row['name']}]", row["penalty"], "no such rule")

    def _trio_penalties(
        self,
        k: int,
        members: Sequence[int],
        posed: RotationProblem,
        meetings: Sequence[Meeting],
        found: rotation_price.RotationPenalties,
    ) -> Iterator[tuple[Rule, int]]:
        rules = applying(self.problem, k)
        local = {person: index for index, person in enumerate(members)}
        pool = among(self.problem.pool, members)
        gatherings, spacings = iter(found.gatherings), iter(found.spaced)
        for rule in rules:
            if isinstance(rule, TrioRule):
                yield rule, next(spacings) if isinstance(rule, Spaced) else getattr(found, rule.rule)
            elif isinstance(rule, Together):
                yield rule, sum(next(gatherings) for group in rule.groups if sum(p in local for p in group) > 1)
        for rule in (rule for rule in rules if isinstance(rule, GroupRule)):
            price = rule.among(local).pricer(pool)
            yield (
                rule,
                sum(
                    price(Group(group, case_giver=giver))
                    for meeting in meetings
                    for group, giver in zip(meeting.groups, meeting.case_givers, strict=True)
                ),
            )


def _meeting(stated: Stated, number: Mapping[str, int]) -> Meeting:
    """A meeting by the numbers of those who have one; whoever has none, has left since."""
    trios = [
        (tuple(sorted(number[id_] for id_ in trio["members"] if id_ in number)), number.get(trio["case_giver"]))
        for trio in stated["trios"]
    ]
    trios = [(group, giver) for group, giver in trios if group]
    return Meeting(tuple(group for group, _ in trios), tuple(giver for _, giver in trios))


def differ(where: str, stated: object, counted: object) -> Iterator[Difference]:
    """A difference, if there is one."""
    if stated != counted:
        yield Difference(where, stated, counted)


def part_differs(where: str, stated: Stated) -> Iterator[Difference]:
    """The bound is no higher than the objective, and the gap is what the two make."""
    objective, bound = stated["objective"], stated["bound"]
    if bound > objective:
        yield Difference(f"{where}.bound", bound, f"at most {objective}")
    gap = ceil(Fraction(objective - bound, max(1, objective)) * 10**6) / 10**6
    yield from differ(f"{where}.gap", stated["gap"], gap)


def row_differs(where: str, row: Stated, rule: Rule, penalty: int) -> Iterator[Difference]:
    """Strength, penalty, and violations that add up."""
    yield from differ(f"{where}.strength", row["strength"], "must" if rule.is_must else rule.weight)
    yield from differ(f"{where}.penalty", row["penalty"], penalty)
    yield from differ(f"{where}.violations", sum(violation["penalty"] for violation in row["violations"]), penalty)
    if rule.is_must and penalty:
        yield Difference(where, "a rule that must hold", f"penalty {penalty}")
