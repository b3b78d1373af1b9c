"""Place: the networks of a standing proposal, ranked for a newcomer by the exact change of every rule.

Loaded once and asked many times. Nobody moves: everything is counted twice from the plain definitions, with the
newcomer waiting and with the newcomer in each network, so that the difference is exact.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.baseline import Baseline
from service.candidates import Candidate, CandidateList
from service.faults import Fault, InputError
from service.intake.candidates import read_candidates
from service.intake.tables import Objects, Source
from service.proposal_file import Proposal
from service.question import Question, ask
from service.reading import Asked
from service.reasons import breach_said, gains
from service.words import say
from solver.ledger import Change, Ledger
from solver.problem import WAITING, Composition

NAMED = ("id", "first_name", "last_name", "name", "email")
"""Columns by which a newcomer may name somebody who is there already."""


@dataclass(frozen=True, slots=True)
class Option:
    """One network for one newcomer, or the waitlist."""

    network: str | None
    """None: the waitlist."""
    allowed: bool
    change: Change
    why_not: tuple[str, ...]
    """What forbids it, in words."""
    reasons: tuple[str, ...]
    """What this network gives the newcomer, in words that name nobody."""
    pinned: bool = False


@dataclass(frozen=True)
class Ranking:
    """Every network for one newcomer, the best first, and the waitlist."""

    candidate: str
    rules: tuple[str, ...]
    options: tuple[Option, ...]
    waitlist: Option
    language: str

    @property
    def best(self) -> Option | None:
        """The network to take; None: the waitlist."""
        first = self.options[0] if self.options else None
        return first if first is not None and first.allowed else None

    @property
    def text(self) -> str:
        """The answer in one sentence."""
        if self.best is not None:
            return say(self.language, "place.best", id=self.candidate, network=self.best.network)
        why = "; ".join(dict.fromkeys(reason for option in self.options for reason in option.why_not))
        return say(self.language, "place.none", id=self.candidate, why=why or say(self.language, "place.no_network"))

    def as_json(self) -> dict[str, Any]:
        """The object that `place --json` prints."""
        return {
            "candidate": self.candidate,
            "best": None if self.best is None else self.best.network,
            "text": self.text,
            "networks": [
                {"name": option.network, "rank": rank if option.allowed else None, **self._option(option)}
                for rank, option in enumerate(self.options, 1)
            ],
            "waitlist": self._option(self.waitlist),
        }

    def public(self) -> dict[str, Any]:
        """What an intake form may show: names and ranks, and nothing about anybody else."""
        return {
            "best": None if self.best is None else self.best.network,
            "networks": [
                {"name": option.network, "rank": rank} for rank, option in enumerate(self.options, 1) if option.allowed
            ],
        }

    def _option(self, option: Option) -> dict[str, Any]:
        return {
            "allowed": option.allowed,
            "change": option.change.objective,
            "pinned": option.pinned,
            "why_not": list(option.why_not),
            "reasons": list(option.reasons),
            "rules": [
                {"name": name, "change": change} for name, change in zip(self.rules, option.change.rules, strict=True)
            ],
        }


class Placer:
    """A standing proposal, ready to be asked about newcomers."""

    def __init__(self, asked: Asked, baseline: Proposal) -> None:
        self.asked = asked
        self.baseline = Baseline(baseline)
        self.question = self._named(asked.question)
        self.composition = self.baseline.composition(self.question)
        self._rows = _rows(self.question.candidates)

    def _named(self, question: Question) -> Question:
        """The question with its free networks named as in the proposal."""
        sizes = self.baseline.sizes
        return ask(
            question.programme, question.candidates, self.asked.origin.files, names=sizes, by_hand=question.by_hand
        )

    def read(self, source: Source) -> tuple[Candidate, ...]:
        """The newcomers in a file; raises InputError with every fault."""
        question = self.question
        programme = question.programme
        fixed = [network.name for network in programme.networks.fixed]
        found = read_candidates(
            [Objects("candidates", self._rows), source],
            vocabularies=programme.vocabularies,
            used_columns=programme.used_columns(),
            keep=programme.keep,
            network_names=fixed or None,
            skip_bad_rows=False,
        )
        newcomers = found.candidates[len(self._rows) :]
        if not newcomers:
            raise InputError([Fault(code="no_candidates", file=_name(source))])
        return newcomers

    def rank(self, newcomer: Candidate) -> Ranking:
        """Every network for one newcomer."""
        base = self.question
        listed = _with(base.candidates, newcomer)
        question = ask(
            base.programme,
            listed,
            self.asked.origin.files,
            names=self.baseline.sizes,
            by_hand=base.by_hand,
            before=base.problem.pool,
        )
        person = len(question.ids) - 1
        standing = Composition((*self.composition.places, WAITING), *self._setting(question))
        ledger = Ledger(question.problem, standing)
        pinned = question.problem.pins.get(person)
        options = []
        for k in standing.groups():
            change = ledger.change({person: k})
            options.append(self._option(question, ledger, person, k, change, pinned=pinned == k))
        options.sort(key=lambda option: (not option.allowed, option.change.key, option.network))
        nothing = ledger.change({})
        waits = person not in question.problem.must_place and pinned in (None, WAITING)
        why = () if waits else (say(question.programme.language, "breach.waits", person=newcomer.id, network="", n=0),)
        waitlist = Option(None, waits, nothing, why, (), pinned == WAITING)
        names = tuple(rule.name for rule in question.problem.rules)
        return Ranking(newcomer.id, names, tuple(options), waitlist, question.programme.language)

    def _setting(self, question: Question) -> tuple[tuple[int | None, ...], tuple[int | None, ...]]:
        """Slots and facilitators as the proposal has them; a newcomer may name slots that nobody named before."""
        number = {slot: index for index, slot in enumerate(question.problem.slots)}
        slots = self.question.problem.slots
        chosen = tuple(None if slot is None else number[slots[slot]] for slot in self.composition.slots)
        free = len(question.problem.networks) - len(chosen)
        return chosen + (None,) * free, self.composition.facilitators + (None,) * free

    def _option(
        self, question: Question, ledger: Ledger, person: int, k: int, change: Change, *, pinned: bool
    ) -> Option:
        language = question.programme.language
        why = [breach_said(question, breach, ledger) for breach in change.breaches]
        why += [
            say(language, "place.breaks", rule=rule.name, network=question.problem.networks[k].name)
            for rule, more in zip(question.problem.rules, change.rules, strict=True)
            if rule.is_must and more > 0
        ]
        members = ledger.members.get(k, frozenset())
        reasons = gains(question, person, k, members, ledger.composition)
        return Option(question.problem.networks[k].name, change.allowed, change, tuple(why), tuple(reasons), pinned)


def _rows(listed: CandidateList) -> list[Mapping[str, Any]]:
    """Who is there already, as far as a newcomer may name them."""
    return [
        {column: "|".join(person.values(column)) for column in NAMED if column != "id" and person.values(column)}
        | {"id": person.id}
        for person in listed.candidates
    ]


def _with(listed: CandidateList, newcomer: Candidate) -> CandidateList:
    """The list with one candidate more."""
    columns = tuple(dict.fromkeys((*listed.columns, *newcomer.cells)))
    dropped = tuple(column for column in listed.dropped if column not in newcomer.cells)
    return dataclasses.replace(listed, candidates=(*listed.candidates, newcomer), columns=columns, dropped=dropped)


def _name(source: Source) -> str:
    return source.name if not isinstance(source, tuple) else source[0]


def rankings(asked: Asked, baseline: Proposal, source: Source) -> tuple[Ranking, ...]:
    """The networks for each newcomer in a file, each as if they came alone."""
    placer = Placer(asked, baseline)
    return tuple(placer.rank(newcomer) for newcomer in placer.read(source))


def newcomer_of(row: Mapping[str, Any]) -> Objects:
    """A newcomer who comes as data."""
    return Objects("candidate", [row])
