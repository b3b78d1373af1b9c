"""How the people stand against each wish of a programme before anything is solved, in plain sentences."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from service.candidates import CandidateList
from service.counting import Count, Said, Verdict, count_room, count_rule, count_trio_rule
from service.faults import Fault, InputError
from service.files import NoFiles
from service.programme import Programme
from service.question import ask
from service.report.telling import Teller
from service.wording import in_sentence, many
from solver.problem import Problem

__all__ = ["Standing", "Standings", "Verdict", "standings"]

_RULE = re.compile(r"rules\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Standing:
    """What counting says of one wish."""

    verdict: Verdict
    said: tuple[Said, ...] = ()
    faults: tuple[Fault, ...] = ()
    """What keeps it from being counted at all, such as a column that nobody has."""

    def texts(self, language: str) -> list[str]:
        """The sentences, in words."""
        tell = Teller(language)
        told = [tell(said.key, **_spoken(said, tell)) for said in self.said]
        return told + [fault.text(language) for fault in self.faults]


@dataclass(frozen=True, slots=True)
class Standings:
    """How the people stand: the room there is, and each rule by its place in the programme."""

    room: Standing
    rules: Mapping[int, Standing]
    faults: tuple[Fault, ...] = ()
    """What is wrong between the programme and its people besides the rules."""

    @property
    def worst(self) -> Verdict:
        """`impossible` where anything that must hold cannot; the caller knows which rules must."""
        found = {self.room.verdict, *(standing.verdict for standing in self.rules.values())}
        order = (Verdict.IMPOSSIBLE, Verdict.TIGHT, Verdict.UNKNOWN)
        return next((verdict for verdict in order if verdict in found), Verdict.POSSIBLE)


def standings(programme: Programme, candidates: CandidateList) -> Standings:
    """Counts the people of a programme against each of its wishes."""
    broken: dict[int, list[Fault]] = {}
    others: list[Fault] = []
    problem: Problem | None = None
    try:
        problem = ask(programme, candidates, NoFiles()).problem
    except InputError as error:
        for fault in error.faults:
            found = _RULE.match(fault.pointer or "")
            if found:
                broken.setdefault(int(found[1]), []).append(fault)
            else:
                others.append(fault)
        problem = None if others else _without(programme, candidates, broken)
    unknown = Standing(Verdict.UNKNOWN)
    rules = {
        index: Standing(Verdict.UNKNOWN, faults=tuple(broken[index])) if index in broken else unknown
        for index in range(len(programme.rules))
    }
    if problem is None:
        return Standings(unknown, rules, tuple(others))
    names = {rule.name: index for index, rule in enumerate(programme.rules)}
    counts = [(rule, count_rule(rule, problem)) for rule in problem.rules]
    counts += [(rule, count_trio_rule(rule, problem)) for rule in problem.trio_rules]
    rules |= {names[rule.name]: _standing(count) for rule, count in counts}
    return Standings(_standing(count_room(problem)), rules)


def _without(programme: Programme, candidates: CandidateList, broken: Mapping[int, object]) -> Problem | None:
    """The same question without the rules that cannot be asked."""
    kept = tuple(rule for index, rule in enumerate(programme.rules) if index not in broken)
    try:
        return ask(replace(programme, rules=kept), candidates, NoFiles()).problem
    except InputError:
        return None


def _standing(count: Count) -> Standing:
    return Standing(count.verdict, count.said)


def _spoken(said: Said, tell: Teller) -> dict[str, object]:
    """What is filled in, with columns and slots as the language calls them."""
    spoken: dict[str, object] = dict(said.params)
    if "attribute" in spoken:
        column = str(spoken["attribute"])
        spoken |= {"attribute": in_sentence(column, tell), "many": many(column, tell)}
    if "slot" in spoken:
        spoken["slot"] = tell.slot(str(spoken["slot"]))
    return spoken
