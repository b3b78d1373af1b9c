"""Says which rules, pins and limits contradict each other, in the organiser's words, and what the ways out cost."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from rich.console import Console

from service.baseline import WAITLIST
from service.question import Question
from service.reading import Asked
from service.words import say
from solver.compose import Status
from solver.conflicts import Conflict, Limit, Pinned, cliques, find_conflicts
from solver.limits import Clock, Limits, Watch
from solver.problem import WAITING, Problem
from solver.rotating import question as rotation_question
from solver.rotation.solve import RotationStatus, rotate
from solver.rules.apart import Apart
from solver.rules.base import Rule, Violation, counted
from solver.rules.distinct import Distinct
from solver.rules.limit import Limit as LimitRule
from solver.rules.spread import Spread
from solver.rules.together import Together
from solver.ways_out import WayOut, way_out

if TYPE_CHECKING:
    from service.compose import Answer


MOST_SECONDS = 8.0
"""After so long a contradiction is told as it stands, perhaps with more rules than it needs."""

MOST_WAYS = 6
"""Ways out that are tried; those that let go of least come first."""

MOST_NAMED = 12
"""People whom one sentence names."""

TRIO_EFFORT = 0.02
"""The work with which a rotation is tried without one of its rules: a proof comes at once or not at all."""


@dataclass(frozen=True, slots=True)
class Told:
    """A contradiction in words."""

    rules: tuple[str, ...]
    limits: tuple[str, ...]
    pins: tuple[tuple[str, str], ...]
    text: str
    smallest: bool

    def as_json(self) -> dict[str, Any]:
        """As `conflicts --json` prints it."""
        return {
            "rules": list(self.rules),
            "limits": [*self.limits, *(["pins"] if self.pins else [])],
            "pins": [{"candidate": id_, "network": network} for id_, network in self.pins],
            "smallest": self.smallest,
            "text": self.text,
        }


@dataclass(frozen=True, slots=True)
class Way:
    """A way out in words, verified by an answer."""

    text: str
    rules: tuple[str, ...]
    limits: tuple[str, ...]
    pins: tuple[str, ...]
    switches: tuple[str, ...]
    """What would leave these parts out altogether, for `what-if`; none where no switch does."""
    steps: int
    waiting: int
    objective: int
    costs: tuple[tuple[str, int], ...]

    def as_json(self) -> dict[str, Any]:
        """As `conflicts --json` prints it."""
        return {
            "text": self.text,
            "rules": list(self.rules),
            "limits": list(self.limits),
            "pins": list(self.pins),
            "switches": list(self.switches),
            "steps": self.steps,
            "waiting": self.waiting,
            "objective": self.objective,
            "costs": [{"name": name, "penalty": penalty} for name, penalty in self.costs],
        }


@dataclass(frozen=True, slots=True)
class Explained:
    """What is known about a programme's contradictions, in its language."""

    possible: bool | None
    conflicts: tuple[Told, ...]
    ways: tuple[Way, ...]
    complete: bool
    language: str

    def as_json(self) -> dict[str, Any]:
        """The object that `conflicts --json` prints."""
        code = {True: "possible", False: "contradiction", None: "nothing_found"}[self.possible]
        return {
            "code": code,
            "conflicts": [told.as_json() for told in self.conflicts],
            "ways_out": [way.as_json() for way in self.ways],
            "complete": self.complete,
        }

    def tell(self, console: Console) -> None:
        """Prints them for a person."""
        key = {True: "conflict.none", False: "conflict.head", None: "conflict.unknown"}[self.possible]
        console.print(say(self.language, key), style="bold", markup=False)
        for told in self.conflicts:
            console.print(f"- {told.text}", markup=False)
        if self.conflicts and not self.complete:
            console.print(say(self.language, "conflict.incomplete"), markup=False)
        if self.ways:
            console.print(say(self.language, "way_out.head"), style="bold", markup=False)
        for way in self.ways:
            console.print(f"- {way.text}", markup=False)


def explained(
    asked: Asked,
    limits: Limits,
    *,
    stopped: Callable[[], bool] = lambda: False,
    clock: Clock = time.monotonic,
) -> Explained:
    """Whether the `must` rules can hold together, and if not, why and what to do; trios included."""
    question = asked.question
    watch = Watch(limits, clock, stopped)
    found = of_networks(question, limits, stopped=watch.over, clock=clock)
    trio_musts = question.problem.meetings.count and any(rule.is_must for rule in question.problem.trio_rules)
    if found.possible is not True or not trio_musts:
        return found
    from service.compose import answer  # noqa: PLC0415

    composed = answer(asked, limits, stopped=stopped, clock=clock)
    if composed.status is Status.INFEASIBLE:
        return of_trios(composed)
    language = question.programme.language
    return Explained(True if composed.proposal is not None else None, (), (), True, language)


def conflicts_of(answer: Answer) -> Explained:
    """Why an answer is that there is none: what `kring conflicts` says about the same question."""
    if answer.result.impossible:
        return of_trios(answer)
    limits = Limits(MOST_SECONDS, seed=answer.result.limits.seed, workers=answer.result.limits.workers)
    deadline = time.monotonic() + MOST_SECONDS
    found = of_networks(answer.question, limits, stopped=lambda: time.monotonic() > deadline)
    if found.conflicts:
        return found
    language = answer.question.programme.language
    unnamed = Told((), (), (), say(language, "conflict.unnamed"), smallest=False)
    return Explained(False, (unnamed,), (), False, language)


def of_networks(
    question: Question,
    limits: Limits,
    *,
    stopped: Callable[[], bool] = lambda: False,
    clock: Clock = time.monotonic,
) -> Explained:
    """Contradictions in who sits where, with the ways out."""
    problem, language = question.problem, question.programme.language
    found = find_conflicts(problem, stopped=stopped)
    told = tuple(words(conflict, question) for conflict in found.conflicts)
    # The search for what a way out costs is counted in runs, so the same question gets the same answer.
    watch = Watch(limits, clock, stopped)
    ways = []
    for exit_ in found.exits[:MOST_WAYS]:
        if stopped():
            break
        way = way_out(problem, exit_, watch, stopped=stopped)
        if way is not None:
            ways.append(_way(way, question))
    ways.sort(key=lambda way: (len(way.rules) + len(way.limits) + len(way.pins), way.waiting, way.objective, way.text))
    return Explained(found.possible, told, tuple(ways), found.complete, language)


# conflicts in words


def words(conflict: Conflict, question: Question) -> Told:
    """The conflict in one sentence, with its people and numbers."""
    problem, language = question.problem, question.programme.language
    rules = {rule.name: rule for rule in (*problem.rules, *problem.trio_rules)}
    parts = [f"“{name}”" for name in conflict.rules]
    pins = tuple((question.ids[person], _place(problem, problem.pins[person])) for person in conflict.pins)
    parts += [say(language, "conflict_limit.pin", id=id_, network=_said(language, place)) for id_, place in pins]
    facts: Mapping[str, object] = {
        "people": problem.pool.size,
        "networks": len(problem.networks),
        "least": sum(network.min_size for network in problem.networks[: problem.min_count]),
        "room": sum(network.max_size for network in problem.networks),
        "must": len(problem.must_place),
        "pins": len(problem.pins),
        "facilitators": len(problem.facilitators),
        "count": problem.min_count,
    }
    parts += [say(language, f"conflict_limit.{limit.name.lower()}", **facts) for limit in conflict.limits]
    key = "conflict.together" if conflict.smallest else "conflict.together_at_most"
    text = say(language, key, parts=", ".join(parts))
    numbers = [said for name in conflict.rules for said in _numbers(rules[name], conflict, question)]
    if numbers:
        text = f"{'; '.join(numbers)} ({text})"
    return Told(conflict.rules, tuple(limit.value for limit in conflict.limits), pins, text, conflict.smallest)


def _place(problem: Problem, place: int) -> str:
    return WAITLIST if place == WAITING else problem.networks[place].name


def _said(language: str, place: str) -> str:
    return say(language, "decide.waitlist") if place == WAITLIST else place


def _numbers(rule: Rule, conflict: Conflict, question: Question) -> list[str]:
    """Why this rule cannot hold here, by counting; nothing where that is not what is wrong."""
    problem, language = question.problem, question.programme.language
    applies = [network for k, network in enumerate(problem.networks) if rule.applies(k)]
    networks = len([k for k in range(problem.min_count) if rule.applies(k)])
    placed = Limit.WAITLIST in conflict.limits
    found: list[str] = []
    if isinstance(rule, LimitRule):
        carriers = problem.pool.category(rule.attribute).carriers()
        for value in counted(problem.pool, rule.attribute, rule.value):
            people = value.carriers(carriers)
            least = sum(rule.least(network.min_size) for network in problem.networks[: problem.min_count]
                        if network in applies)  # fmt: skip
            if least > len(people):
                each = min(rule.least(network.min_size) for network in applies)
                facts = {"n": networks, "each": each, "value": value.name, "need": least, "have": len(people)}
                found.append(say(language, "counted.least", **facts))
            must = len(problem.must_place.intersection(people))
            tops = [top for network in problem.networks if (top := rule.most(network.max_size)) is not None]
            if placed and len(tops) == len(applies) == len(problem.networks):
                room = sum(tops)
                if must > room:
                    facts = {"n": len(tops), "each": max(tops, default=0), "value": value.name, "room": room}
                    found.append(say(language, "counted.most", have=must, **facts))
    elif isinstance(rule, Distinct) and placed:
        column = problem.pool.category(rule.attribute)
        room = rule.at_most * len(problem.networks)
        for name, people in zip(column.names, column.carriers(), strict=True):
            must = len(problem.must_place.intersection(people))
            if must > room and len(applies) == len(problem.networks):
                facts = {"n": len(problem.networks), "each": rule.at_most, "value": name, "room": room}
                found.append(say(language, "counted.most", have=must, **facts))
    elif isinstance(rule, Spread) and rule.min_values is not None:
        carriers = problem.pool.category(rule.attribute).carriers()
        there = sum(min(len(people), networks) for people in carriers)
        if rule.min_values * networks > there:
            facts = {"n": networks, "each": rule.min_values, "need": rule.min_values * networks, "have": there}
            found.append(say(language, "counted.values", attribute=rule.attribute, **facts))
    elif isinstance(rule, Apart):
        found += _apart(rule, placed, question)
    elif isinstance(rule, Together):
        groups = [", ".join(question.ids[p] for p in group) for group in rule.groups]
        if 0 < len(groups) <= MOST_NAMED:
            found.append(say(language, "counted.together", people="; ".join(groups)))
    return found


def _apart(rule: Apart, placed: bool, question: Question) -> list[str]:
    """Too many people who all have to be kept apart; or, where they are few, the pairs themselves."""
    problem, language = question.problem, question.programme.language
    for clique in sorted(cliques(rule.pairs, problem.pool.size), key=len, reverse=True):
        if placed and len(clique) > len(problem.networks):
            named = ", ".join(question.ids[person] for person in clique[:MOST_NAMED])
            named += ", …" if len(clique) > MOST_NAMED else ""
            return [say(language, "counted.apart", n=len(clique), people=named, networks=len(problem.networks))]
    if len(rule.pairs) <= MOST_NAMED:
        pairs = ", ".join(f"{question.ids[one]} - {question.ids[other]}" for one, other in sorted(rule.pairs))
        return [say(language, "counted.pairs", pairs=pairs)] if pairs else []
    return []


# ways out in words


def _way(way: WayOut, question: Question) -> Way:
    """A way out in one sentence, with what it costs elsewhere."""
    language = question.programme.language
    said = [text for scored in way.given for violation in scored.violations
            for text in _gives(scored.rule, violation, way, question)]  # fmt: skip
    switches: list[str] = []
    loosened = {name for name, *_ in way.loosened}
    for name, key, before, now in way.loosened:
        said.append(say(language, f"way_out.{key}", rule=name, before=before, now=now))
        switches += ["--set", f'rules."{name}".{key}={now}']
    for part in way.parts:
        if isinstance(part, str):
            switches += [] if part in loosened else ["--without", part]
        elif isinstance(part, Pinned):
            id_ = question.ids[part.person]
            said.append(say(language, "way_out.pin", id=id_))
            switches += ["--without", f"pin:{id_}"]
        else:
            text, more = _limit(part, way, question)
            said.append(text)
            switches += more
    limits = tuple(part.value for part in way.parts if isinstance(part, Limit))
    waiting, objective = way.rest.waiting, way.rest.objective
    text = say(language, "way_out.cost", what="; ".join(said), n=waiting, objective=objective)
    return Way(
        text,
        tuple(part for part in way.parts if isinstance(part, str)),
        limits,
        tuple(question.ids[part.person] for part in way.parts if isinstance(part, Pinned)),
        tuple(switches),
        way.steps,
        waiting,
        objective,
        tuple((scored.rule.name, scored.penalty) for scored in way.rest.rules),
    )


def _gives(rule: Rule, violation: Violation, way: WayOut, question: Question) -> list[str]:
    """What gives way at one place: "allow 5 vrouw in Gent", "drop the pair c3-c77"."""
    language = question.programme.language
    network = "" if violation.network is None else way.problem.networks[violation.network].name
    members = () if violation.network is None else way.composition.members(violation.network)
    if isinstance(rule, Apart):
        here = set(members)
        pairs = [pair for pair in sorted(rule.pairs) if here.issuperset(pair)]
        return [say(language, "way_out.pair", one=question.ids[a], other=question.ids[b]) for a, b in pairs]
    if isinstance(rule, LimitRule | Distinct) and violation.network is not None:
        pool = question.problem.pool
        carriers = pool.category(rule.attribute).carriers()
        asked = counted(pool, rule.attribute, rule.value if isinstance(rule, LimitRule) else None)
        found = []
        for value in asked:
            count = len(set(members).intersection(value.carriers(carriers)))
            wrong = rule.outside(count, len(members)) if isinstance(rule, LimitRule) else count > rule.at_most
            if wrong:
                found.append(say(language, "way_out.allow", n=count, value=value.name, network=network))
        return found
    facts = {
        key: ", ".join(question.ids[person] for person in value) if isinstance(value, tuple) else value
        for key, value in violation.facts.items()
    }
    text = rule.violation.say(language, facts)
    where = network or say(language, "way_out.everywhere")
    return [say(language, "way_out.rule", rule=rule.name, network=where, text=text)]


def _limit(limit: Limit, way: WayOut, question: Question) -> tuple[str, list[str]]:
    """How a limit gives way, and the switches that make it."""
    language, problem = question.programme.language, way.problem
    match limit:
        case Limit.COUNT:
            count = len(problem.networks)
            return say(language, "way_out.count", count=count), ["--set", f"networks.count={count}"]
        case Limit.MIN_SIZE:
            size = min(network.min_size for network in problem.networks)
            return say(language, "way_out.min_size", n=size), ["--set", f"networks.min_size={size}"]
        case Limit.MAX_SIZE:
            size = max(network.max_size for network in problem.networks)
            return say(language, "way_out.max_size", n=size), ["--set", f"networks.max_size={size}"]
        case Limit.WAITLIST:
            return say(language, "way_out.waitlist"), ["--set", "networks.waitlist=allowed"]
        case Limit.ACCEPTS:
            people = ", ".join(
                f"{question.ids[person]} ({problem.networks[place].name})" for person, place in way.admitted
            )
            return say(language, "way_out.accepts", people=people), []
        case _:
            return say(language, "way_out.facilitators"), []


# what is impossible in the trios alone


def of_trios(answer: Answer) -> Explained:
    """Networks whose meetings cannot keep what must hold in trios, with the rules that are to blame."""
    question = answer.question
    problem, language = question.problem, question.programme.language
    told = []
    proven = False
    for network, why in answer.result.impossible.items():
        rotation = next(each for each in answer.result.rotations if each.network == network)
        known = rotation.result.status is RotationStatus.INFEASIBLE
        proven = proven or known
        key = "proposal.impossible_rotation" if known else "proposal.unknown_rotation"
        text = say(language, key, network=problem.networks[network].name, reasons="; ".join(why))
        rules = to_blame(problem, network, rotation.members) if known else ()
        if rules:
            text = f"{text} ({say(language, 'conflict.together', parts=', '.join(f'“{name}”' for name in rules))})"
        told.append(Told(rules, ("meetings",), (), text, smallest=bool(rules)))
    return Explained(False if proven else None, tuple(told), (), False, language)


def to_blame(problem: Problem, network: int, members: Sequence[int]) -> tuple[str, ...]:
    """The fewest `must` rules of the trios with which the meetings of these members stay proven impossible."""
    kept = [rule for rule in problem.trio_rules if rule.is_must and rule.applies(network)]

    def impossible(rules: Sequence[Rule]) -> bool:
        posed = rotation_question(replace(problem, trio_rules=tuple(rules)), network, members)
        return rotate(posed, seed=1, effort=TRIO_EFFORT).status is RotationStatus.INFEASIBLE

    for rule in list(kept):
        rest = [other for other in kept if other is not rule]
        if impossible(rest):
            kept = rest
    return tuple(rule.name for rule in kept)
