"""A proposal: one complete answer as the contract writes it, and how it is read back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import ceil
from typing import Any

from service.candidates import same_value_key
from service.proposal_file import Proposal
from service.question import Question
from service.version import __version__
from service.words import say
from solver.price import Scored
from solver.problem import WAITING, Composition, Problem
from solver.rotating import among, applying
from solver.rotation.price import met
from solver.rules.base import Group, GroupRule, Rule, TrioRule, Violation
from solver.rules.meet_new import MeetNew
from solver.rules.spaced import Spaced
from solver.rules.together import Together
from solver.solve import Result, Rotation

STEPS = 10**6


def gap(objective: int, bound: int) -> float:
    """(objective - bound) / max(1, objective), rounded up to 6 decimals."""
    return ceil(Fraction(objective - bound, max(1, objective)) * STEPS) / STEPS


def part(objective: int, bound: int) -> dict[str, Any]:
    """An objective with its bound and gap."""
    return {"objective": objective, "bound": bound, "gap": gap(objective, bound)}


def strength_of(rule: Rule) -> str | int:
    """A rule's strength as the proposal states it."""
    return "must" if rule.is_must else rule.weight


def proposal_of(question: Question, result: Result, *, sha256: str) -> Proposal:
    """The proposal of a result that has an answer."""
    composed = result.composed
    if composed.composition is None or composed.score is None or result.impossible:
        raise ValueError("a proposal needs an answer")
    composition = composed.composition
    writer = _Writer(question, composition)
    return {
        "kring": __version__,
        "programme": {"name": question.programme.name, "sha256": sha256},
        "seed": result.limits.seed,
        "workers": result.limits.workers,
        "effort": result.limits.effort,
        "seconds": round(result.seconds, 3),
        "status": result.status.value,
        "composition": {
            "status": composed.status.value,
            "waiting": len(composition.waiting),
            "least_waiting": None if question.problem.waiting_is_weighed else composed.least_waiting,
            **part(composed.score.objective, composed.bound),
            "proof": list(composed.proof),
        },
        "networks": [writer.network(k, members) for k, members in composition.groups().items()],
        "waitlist": [
            {"id": question.ids[person], "why": why_waiting(question, composition, person)}
            for person in composition.waiting
        ],
        "set_aside": [
            {"file": aside.file, "row": aside.row, "why": aside.why(question.programme.language)}
            for aside in question.candidates.set_aside
        ],
        "notes": writer.notes(),
        "rules": [
            writer.rule(scored, bound) for scored, bound in zip(composed.score.rules, composed.rule_bounds, strict=True)
        ],
        "rotations": [writer.rotation(rotation) for rotation in result.rotations],
    }


def why_waiting(question: Question, composition: Composition, person: int, *, letter: bool = False) -> str:
    """Why somebody waits, in words that name nobody; as the organiser reads it, or as that person does."""
    code = why_code(question, composition, person)
    places = sum(network.max_size for network in question.problem.networks)
    facts = {"places": places, "people": question.problem.pool.size} if code == "waits_full" else {}
    return say(question.programme.language, f"letter.{code}" if letter else f"proposal.{code}", **facts)


def why_code(question: Question, composition: Composition, person: int) -> str:
    """The reason why somebody waits."""
    problem = question.problem
    if problem.pins.get(person) == WAITING:
        return "waits_pinned"
    groups, networks = composition.groups(), problem.networks
    open_to = [k for k, network in enumerate(networks) if network.accepts(person)]
    if not open_to:
        return "waits_accepted"
    if all(len(groups.get(k, ())) >= networks[k].max_size for k in open_to):
        return "waits_full"
    return "waits_price" if problem.waiting_is_weighed else "waits_rules"


class _Writer:
    """Turns numbers back into the organiser's names and words."""

    def __init__(self, question: Question, composition: Composition) -> None:
        self.question = question
        self.problem: Problem = question.problem
        self.programme = question.programme
        self.language = question.programme.language
        self.composition = composition
        self.ids = question.ids

    def notes(self) -> list[str]:
        """What was done that the organiser should know."""
        said = [note.text(self.language) for note in self.question.candidates.notes]
        return said + [note.text(self.language) for note in self.question.notes]

    def slot(self, network: int) -> str | None:
        """The slot of a network, by name."""
        slot = self.composition.slots[network]
        return None if slot is None else self.problem.slots[slot]

    def network(self, k: int, members: Sequence[int]) -> dict[str, Any]:
        """One network with its members."""
        network, fixed = self.problem.networks[k], self.programme.networks.fixed
        leader = self.composition.facilitators[k]
        return {
            "name": network.name,
            "kind": network.kind,
            "region": network.region,
            "place": fixed[k].place if k < len(fixed) else None,
            "slot": self.slot(k),
            "facilitator": None if leader is None else self.problem.facilitators[leader].id,
            "members": [self.ids[person] for person in members],
            "pinned": [self.ids[person] for person in members if person in self.problem.pins],
        }

    def text(self, rule: Rule, facts: Mapping[str, object]) -> str:
        """A violation in words; people by id."""
        told = {
            key: ", ".join(self.ids[person] for person in value) if isinstance(value, tuple) else value
            for key, value in facts.items()
        }
        return rule.violation.say(self.language, told)

    def rule(self, scored: Scored, bound: int | None) -> dict[str, Any]:
        """One rule with its penalty, bound and violations."""
        return {
            "name": scored.rule.name,
            "rule": scored.rule.rule,
            "strength": strength_of(scored.rule),
            "penalty": scored.penalty,
            "bound": bound,
            "violations": [self._violation(scored.rule, violation) for violation in scored.violations],
        }

    def _violation(self, rule: Rule, violation: Violation) -> dict[str, Any]:
        network = None if violation.network is None else self.problem.networks[violation.network].name
        return {"network": network, "penalty": violation.penalty, "text": self.text(rule, violation.facts)}

    def dates(self, network: int) -> list[str | None]:
        """The date of each meeting of a network; those without one are null."""
        stated = {None if s is None else same_value_key(s): dates for s, dates in self.programme.meetings.dates.items()}
        slot = self.slot(network)
        known = stated.get(None if slot is None else same_value_key(slot), stated.get(None, ()))
        count = self.problem.meetings.count
        return [*known[:count], *[None] * (count - len(known))]

    def rotation(self, rotation: Rotation) -> dict[str, Any]:
        """The meetings of one network, with what is proven about them."""
        result = rotation.result
        assert result.penalties is not None and result.rest is not None  # noqa: S101  (there are meetings)
        meetings = []
        for number, (date, meeting) in enumerate(zip(self.dates(rotation.network), rotation.meetings, strict=True), 1):
            absent = [self.ids[p] for p in rotation.members if (p, number) in self.problem.meetings.absent]
            trios = [
                {
                    "members": [self.ids[person] for person in group],
                    "case_giver": None if giver is None else self.ids[giver],
                }
                for group, giver in zip(meeting.groups, meeting.case_givers, strict=True)
            ]
            meetings.append({"number": number, "date": date, "absent": absent, "trios": trios})
        return {
            "network": self.problem.networks[rotation.network].name,
            "status": result.status.value,
            "repeats": result.repeats,
            "least_repeats": result.least_repeats,
            "balance": None if result.balance is None else part(result.balance.objective, result.balance.bound),
            "rest": part(result.rest.objective, result.rest.bound),
            "origin": result.origin,
            "rules": self.trio_rules(rotation),
            "meetings": meetings,
        }

    def trio_rules(self, rotation: Rotation) -> list[dict[str, Any]]:
        """Every trio rule with its penalty over all meetings; an even spread first where it comes first."""
        rules = applying(self.problem, rotation.network)
        found = rotation.result.penalties
        assert found is not None  # noqa: S101  (there are meetings)
        rows = []
        forbidding = next((rule for rule in rules if isinstance(rule, MeetNew)), None)
        if rotation.result.balance is not None:
            name = forbidding.name if forbidding is not None else MeetNew.rule
            text = MeetNew.violation.say(self.language, {"pairs": self._meet_again(rotation)})
            rows.append(_row(name, MeetNew.rule, "first", found.meet_new, text))
        gatherings, spacings = iter(found.gatherings), iter(found.spaced)
        for rule in rules:
            if isinstance(rule, MeetNew):
                if not rule.is_must:
                    text = rule.violation.say(self.language, {"pairs": self._meet_again(rotation)})
                    rows.append(_row(rule.name, rule.rule, rule.weight, found.meet_new, text))
            elif isinstance(rule, TrioRule):
                penalty: int = next(spacings) if isinstance(rule, Spaced) else getattr(found, rule.rule)
                text = rule.violation.say(self.language, {"penalty": penalty})
                rows.append(_row(rule.name, rule.rule, strength_of(rule), penalty, text))
            elif isinstance(rule, Together):
                members = set(rotation.members)
                penalty = sum(next(gatherings) for people in rule.groups if len(members.intersection(people)) > 1)
                text = rule.violation.say(
                    self.language,
                    {
                        "penalty": penalty,
                        "group": self._named(members.intersection(p for people in rule.groups for p in people)),
                    },
                )
                rows.append(_row(rule.name, rule.rule, strength_of(rule), penalty, text))
        rows += self._within_trio(rotation, rules)
        order = {rule.name: index for index, rule in enumerate(rules)}
        return sorted(rows, key=lambda row: (row["strength"] != "first", order.get(row["name"], -1)))

    def _named(self, people: Iterable[int]) -> str:
        return ", ".join(self.ids[person] for person in sorted(people))

    def _meet_again(self, rotation: Rotation) -> int:
        counts = met(rotation.question, rotation.result.meetings)
        return sum(count > 1 for count in counts.values())

    def _within_trio(self, rotation: Rotation, rules: Sequence[Rule]) -> list[dict[str, Any]]:
        local = {person: index for index, person in enumerate(rotation.members)}
        pool = among(self.problem.pool, rotation.members)
        rows = []
        for rule in (rule for rule in rules if isinstance(rule, GroupRule)):
            localised = rule.among(local)
            price = localised.pricer(pool)
            violations: list[dict[str, Any]] = []
            for number, meeting in enumerate(rotation.result.meetings, 1):
                for members, giver in zip(meeting.groups, meeting.case_givers, strict=True):
                    found = localised.priced(Group(members, case_giver=giver), None, pool, price)
                    if found is not None:
                        text = rule.violation.say(self.language, found.facts)
                        violations.append({"meeting": number, "penalty": found.penalty, "text": text})
            penalty = sum(int(violation["penalty"]) for violation in violations)
            rows.append(
                {
                    "name": rule.name,
                    "rule": rule.rule,
                    "strength": strength_of(rule),
                    "penalty": penalty,
                    "violations": violations,
                }
            )
        return rows


def _row(name: str, rule: str, strength: str | int, penalty: int, text: str) -> dict[str, Any]:
    violations = [{"penalty": penalty, "text": text}] if penalty else []
    return {"name": name, "rule": rule, "strength": strength, "penalty": penalty, "violations": violations}
