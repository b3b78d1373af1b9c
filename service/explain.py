"""Explain: why somebody sits where they sit, what each other place would cost, and what would place who waits."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from service.baseline import WAITLIST, Baseline, unknown_network
from service.candidates import PERSON_COLUMNS, same_value_key
from service.changes import Changes
from service.faults import Fault, InputError, nearest
from service.intake.tables import Objects
from service.proposal import why_waiting
from service.proposal_file import Proposal
from service.question import Question, ask
from service.reading import Asked
from service.reasons import breach_said, gains
from service.report.telling import Teller
from service.scenario import changed
from service.words import say
from solver.explain import Elsewhere, Following, elsewhere
from solver.ledger import Change, Ledger
from solver.limits import Clock, Limits, Watch
from solver.onward import go_on
from solver.problem import WAITING, Composition

MOST_LIKE = 12
"""People like one who waits, that are tried to open a network with."""

LIKE_COLUMNS = ("role", "sector", "region")
"""What makes others like somebody, in a sentence."""

PERSONAL = frozenset({"id", "name", "first_name", "last_name", "email", "notes", "network_wish", *PERSON_COLUMNS})
"""Columns that somebody who is alike does not share."""

OPENING_RUNS = 6
"""Runs of the search for one number of people who come in."""

OPENING_SHARE = 0.5
"""Of the limits, for somebody who waits: for finding out what would open a network."""


@dataclass(frozen=True, slots=True)
class WayIn:
    """Something that would place somebody who waits, verified by an answer in which it does."""

    text: str
    network: str | None
    change: int | None
    """By how much the weighted sum rises; None where it is of another pool, and cannot be compared."""
    switches: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """As `explain --json` prints it."""
        return dataclasses.asdict(self)


@dataclass(frozen=True)
class Explained:
    """One person's place, and every other place there is."""

    question: Question
    person: int
    composition: Composition
    ledger: Ledger
    gains: tuple[str, ...]
    why: str | None
    """Why the person waits; None: in a network."""
    elsewhere: tuple[Elsewhere, ...]
    ways_in: tuple[WayIn, ...]

    @property
    def id(self) -> str:
        """Whose place it is."""
        return self.question.ids[self.person]

    @property
    def place(self) -> str:
        """The network, or the waitlist."""
        return self.name(self.composition.places[self.person])

    @property
    def pinned(self) -> bool:
        """Whether the organiser decided this place."""
        return self.person in self.question.problem.pins

    def name(self, place: int) -> str:
        """A place by its name."""
        return WAITLIST if place == WAITING else self.question.problem.networks[place].name

    def text(self) -> str:
        """A few sentences to send to this person; they say nothing about anybody else but numbers."""
        tell = Teller(self.question.programme.language)
        person = self.question.candidates.candidates[self.person]
        called = person.value("first_name") or (person.name if person.name != person.id else None)
        lines = [tell("letter.dear", name=called) if called else tell("letter.hello")]
        if self.why is not None:
            why = why_waiting(self.question, self.composition, self.person, letter=True)
            lines.append(tell("letter.waits", programme=self.question.programme.name, why=why))
        else:
            place = self.composition.places[self.person]
            size = len(self.ledger.members[place])
            lines.append(tell("letter.sits", programme=self.question.programme.name, network=self.place, n=size - 1))
            lines += self.gains
        return " ".join(lines)

    def as_json(self) -> dict[str, Any]:
        """The object that `explain --json` prints."""
        return {
            "id": self.id,
            "place": self.place,
            "pinned": self.pinned,
            "why": self.why,
            "gives": list(self.gains),
            "text": self.text(),
            "elsewhere": [self._elsewhere(each) for each in self.elsewhere],
            "ways_in": [way.as_json() for way in self.ways_in],
        }

    def _elsewhere(self, each: Elsewhere) -> dict[str, Any]:
        return {
            "network": self.name(each.place),
            "alone": self._change(each.alone),
            "swap": None
            if each.swap is None
            else {"with": self.question.ids[each.swap.other], **self._change(each.swap.change)},
            "following": None if each.following is None else self._following(each.following),
        }

    def _change(self, change: Change) -> dict[str, Any]:
        return {
            "allowed": change.allowed,
            "change": change.objective,
            "waiting": change.waiting,
            "rules": self._rules(change.rules),
            "why_not": self.why_not(change),
        }

    def _following(self, found: Following) -> dict[str, Any]:
        return {
            "change": found.objective,
            "waiting": found.waiting,
            "others_moved": found.moved,
            "rules": self._rules(found.rules),
        }

    def _rules(self, changes: Sequence[int]) -> list[dict[str, Any]]:
        rules = self.question.problem.rules
        return [{"name": rule.name, "change": change} for rule, change in zip(rules, changes, strict=True)]

    def why_not(self, change: Change) -> list[str]:
        """What forbids a change, in words."""
        language = self.question.programme.language
        said = [breach_said(self.question, breach, self.ledger) for breach in change.breaches]
        return said + [
            say(language, "decide.breaks", rule=rule.name)
            for rule, more in zip(self.question.problem.rules, change.rules, strict=True)
            if rule.is_must and more > 0
        ]


class Explainer:
    """A proposal, ready to be asked about anybody in it."""

    def __init__(self, asked: Asked, proposal: Proposal) -> None:
        self.asked = asked
        self.baseline = Baseline(proposal)
        question = asked.question
        self.question = ask(
            question.programme,
            question.candidates,
            asked.origin.files,
            names=self.baseline.sizes,
            by_hand=question.by_hand,
        )
        self.composition = self.baseline.composition(self.question)
        self.ledger = Ledger(self.question.problem, self.composition)

    def explain(
        self,
        id_: str,
        limits: Limits,
        *,
        instead: str | None = None,
        stopped: Callable[[], bool] = lambda: False,
        clock: Clock = time.monotonic,
    ) -> Explained:
        """Why this person sits here; `instead`: the only other network to look at."""
        question, composition = self.question, self.composition
        person = self._person(id_)
        mine = composition.places[person]
        places = [k for k in composition.groups() if k != mine] if instead is None else [self._network(instead)]
        places += [WAITING] if instead is None and mine != WAITING and person not in question.problem.must_place else []
        watch = Watch(limits, clock, stopped)
        share = 1.0 if mine != WAITING else 1 - OPENING_SHARE
        others = elsewhere(self.ledger, person, [place for place in places if place != mine], watch, share=share)
        why = why_waiting(question, composition, person) if mine == WAITING else None
        given = gains(question, person, mine, self.ledger.members[mine], composition) if mine != WAITING else []
        ways: tuple[WayIn, ...] = ()
        if mine == WAITING:
            ways = tuple(self._ways_in(person, others, limits, stopped, clock))
        return Explained(question, person, composition, self.ledger, tuple(given), why, others, ways)

    def _person(self, id_: str) -> int:
        number = {each: person for person, each in enumerate(self.question.ids)}
        if id_.strip() not in number:
            raise InputError([Fault(code="unknown_id", pointer="ID", found=id_, nearest=nearest(id_, number))])
        return number[id_.strip()]

    def _network(self, name: str) -> int:
        names = [self.question.problem.networks[k].name for k in self.composition.groups()]
        for k in self.composition.groups():
            if same_value_key(self.question.problem.networks[k].name) == same_value_key(name):
                return k
        raise InputError([unknown_network("--instead", name, names)])

    # who waits

    def _ways_in(
        self,
        person: int,
        others: Sequence[Elsewhere],
        limits: Limits,
        stopped: Callable[[], bool],
        clock: Clock,
    ) -> list[WayIn]:
        """What would place somebody who waits, the cheapest first."""
        question, problem = self.question, self.question.problem
        language, id_ = question.programme.language, question.ids[person]
        if problem.pins.get(person) == WAITING:
            switches = ("--without", f"pin:{id_}")
            return [WayIn(say(language, "way_in.pin", id=id_), None, None, switches)]
        found = []
        for each in others:
            network = problem.networks[each.place]
            broken = [
                rule for rule, more in zip(problem.rules, each.alone.rules, strict=True) if rule.is_must and more > 0
            ]
            codes = [breach.code for breach in each.alone.breaches]
            if each.alone.allowed:
                text = say(language, "way_in.price", network=network.name, cost=each.alone.objective)
                found.append(WayIn(text, network.name, each.alone.objective, ()))
            elif codes == ["size"] and not broken:
                size = len(self.ledger.members[each.place]) + 1
                text = say(language, "way_in.room", network=network.name, n=size)
                found.append(WayIn(text, network.name, each.alone.objective, self._larger(each.place, size)))
            elif not codes and len(broken) == 1:
                text = say(language, "way_in.rule", network=network.name, rule=broken[0].name)
                found.append(WayIn(text, network.name, each.alone.objective, ("--without", broken[0].name)))
            elif each.following is not None:
                text = say(language, "way_in.follow", network=network.name, n=each.following.moved)
                found.append(WayIn(text, network.name, each.following.objective, ()))
        found.sort(key=lambda way: (way.change or 0, way.network or ""))
        opening = self._opening(person, limits, stopped, clock)
        return found if opening is None else [*found, opening]

    def _larger(self, place: int, size: int) -> tuple[str, ...]:
        network = self.question.problem.networks[place]
        given = place < len(self.question.programme.networks.fixed)
        path = f'networks.fixed."{network.name}".max_size' if given else "networks.max_size"
        return ("--set", f"{path}={size}")

    def _opening(self, person: int, limits: Limits, stopped: Callable[[], bool], clock: Clock) -> WayIn | None:
        """How few more candidates like this person open another network, by trying; None where none were found."""
        formed = len(self.composition.groups())
        start = clock()
        language = self.question.programme.language
        for more in range(MOST_LIKE + 1):
            spent = limits.seconds is not None and clock() - start > OPENING_SHARE * limits.seconds
            if stopped() or spent:
                return None
            part = replace(limits, seconds=None if limits.seconds is None else max(0.1, 0.1 * limits.seconds))
            network = self._opened(person, formed + 1, more, Watch(part, clock, stopped))
            if network is not None:
                like = self._like(person)
                said = "way_in.open" if more else "way_in.open_now"
                text = say(language, said, n=more, like=like, count=formed + 1, id=self.question.ids[person])
                return WayIn(text, network, None, ("--set", f"networks.count={formed + 1}"))
        return None

    def _opened(self, person: int, count: int, more: int, watch: Watch) -> str | None:
        """The network in which the person sits, if there are `count` networks and so many more like them."""
        source = self.question.candidates.candidates[person]
        cells = {column: "|".join(values) for column, values in source.cells.items() if column not in PERSONAL}
        rows: list[Mapping[str, Any]] = [{**cells, "id": f"{source.id}+{number}"} for number in range(1, more + 1)]
        add = (Objects("alike", rows),) if rows else ()
        try:
            asked = changed(self.asked, Changes(set=(("networks.count", count),), add=add), names=self.baseline.sizes)
        except InputError:
            return None  # a programme whose columns or matrix leave no room for somebody alike
        question = asked.question
        problem = replace(question.problem, must_place=question.problem.must_place | {person})
        composed = go_on(problem, [self.baseline.start(question)], watch, most_runs=OPENING_RUNS)
        if composed.composition is None:
            return None
        place = composed.composition.places[person]
        return None if place == WAITING else problem.networks[place].name

    def _like(self, person: int) -> str:
        """What makes others like this person: "SME owner, Limburg"."""
        tell = Teller(self.question.programme.language)
        candidate = self.question.candidates.candidates[person]
        said = [tell.value(column, value) for column in LIKE_COLUMNS if (value := candidate.value(column)) is not None]
        return ", ".join(said) or self.question.ids[person]


def explain(
    asked: Asked,
    proposal: Proposal,
    id_: str,
    limits: Limits,
    *,
    instead: str | None = None,
    stopped: Callable[[], bool] = lambda: False,
    clock: Clock = time.monotonic,
) -> Explained:
    """Why one person sits where they sit."""
    return Explainer(asked, proposal).explain(id_, limits, instead=instead, stopped=stopped, clock=clock)
