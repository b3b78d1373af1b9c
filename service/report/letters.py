"""A text for each person, in their own language: where they sit, when they meet, and whom they meet first.

Made from what members may see of each other, so it names no reasons that are about others.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from service.baseline import Baseline
from service.candidates import Candidate
from service.proposal import why_waiting
from service.proposal_file import Proposal
from service.question import Question
from service.report.build import shared_of
from service.report.escape import harmless
from service.report.model import Member, Network
from service.report.people import Directory
from service.report.telling import Teller

SPOKEN: Mapping[str, tuple[str, ...]] = {
    "nl": ("nl", "nld", "dut", "nederlands", "néerlandais", "dutch", "niederländisch"),
    "fr": ("fr", "fra", "fre", "frans", "français", "francais", "french", "französisch"),
    "en": ("en", "eng", "engels", "anglais", "english", "englisch"),
    "de": ("de", "deu", "ger", "duits", "allemand", "german", "deutsch"),
}
"""How people write the languages that Kring speaks."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What one person is told."""

    id: str
    name: str
    email: str | None
    """For the organiser's own mailing; never in the text."""
    language: str
    network: str | None
    """None: they wait."""
    subject: str
    text: str


def letters(question: Question, proposal: Proposal) -> tuple[Letter, ...]:
    """A letter for everybody who sits in a network or waits, in the order of the candidates."""
    return tuple(_Writer(question, proposal).everybody())


def letters_csv(found: Sequence[Letter]) -> bytes:
    """The letters as a table for a mail merge: UTF-8 with a mark that spreadsheets understand."""
    sheet = io.StringIO()
    table = csv.writer(sheet, lineterminator="\r\n")
    table.writerow(["email", "name", "language", "network", "subject", "text"])
    for letter in found:
        cells = (letter.email or "", letter.name, letter.language, letter.network or "", letter.subject, letter.text)
        table.writerow([harmless(cell) for cell in cells])
    return sheet.getvalue().encode("utf-8-sig")


class _Writer:
    def __init__(self, question: Question, proposal: Proposal) -> None:
        self.question = question
        self.composition = Baseline(proposal).composition(question)
        directories = {language: Directory(question, Teller(language)) for language in SPOKEN}
        self.networks: dict[str, dict[str, tuple[Network, Member]]] = {}
        for language, directory in directories.items():
            shared = shared_of(question, proposal, directory)
            self.networks[language] = {
                member.person.id: (network, member) for network in shared.networks for member in network.members
            }

    def everybody(self) -> Iterator[Letter]:
        names = Directory(self.question, Teller(self.question.programme.language)).people
        for number, candidate in enumerate(self.question.candidates.candidates):
            language = self._language(candidate)
            tell = Teller(language)
            found = self.networks[language].get(candidate.id)
            lines = [self._greeting(candidate, tell)]
            lines += self._sits(*found, tell) if found else self._waits(number, tell)
            yield Letter(
                candidate.id,
                names[candidate.id].name,
                candidate.value("email"),
                language,
                found[0].name if found else None,
                tell("page.letter.subject", programme=self.question.programme.name),
                "\n\n".join(lines),
            )

    def _language(self, candidate: Candidate) -> str:
        """The first of their languages that Kring speaks, else that of the programme."""
        for value in candidate.values("language"):
            for language, names in SPOKEN.items():
                if value.casefold() in names:
                    return language
        return self.question.programme.language

    def _greeting(self, candidate: Candidate, tell: Teller) -> str:
        called = candidate.value("first_name") or (candidate.name if candidate.name != candidate.id else None)
        return tell("letter.dear", name=called) if called else tell("letter.hello")

    def _sits(self, network: Network, member: Member, tell: Teller) -> Iterator[str]:
        programme = self.question.programme.name
        yield tell("letter.sits", programme=programme, network=network.name, n=len(network.members) - 1)
        place = tell.place(network.place, network.region)
        if network.slot and place:
            yield tell("page.letter.when_where", slot=tell.slot(network.slot), place=place)
        elif network.slot or place:
            yield tell("page.letter.when", it=tell.slot(network.slot) if network.slot else place)
        dated = [meeting for meeting in network.meetings if meeting.start is not None]
        if dated:
            rows = [f"{each.number}. {tell.date(each.start)}, {tell.time(each.start)}" for each in dated if each.start]
            yield tell("page.letter.dates") + "\n" + "\n".join(rows)
        yield from self._trios(network, member, tell)

    def _trios(self, network: Network, member: Member, tell: Teller) -> Iterator[str]:
        me = member.person.id
        mine = [
            (meeting.number, trio)
            for meeting in network.meetings
            for trio in meeting.trios
            if any(person.id == me for person in trio.members)
        ]
        if not mine:
            return
        number, first = mine[0]
        others = [person.name for person in first.members if person.id != me]
        if others:
            yield tell("page.letter.first", number=number, names=tell.joined(others))
        cases = [str(number) for number, trio in mine if trio.case_giver is not None and trio.case_giver.id == me]
        if cases:
            yield tell("page.letter.cases", n=len(cases), numbers=tell.joined(cases))

    def _waits(self, number: int, tell: Teller) -> Iterator[str]:
        """Why somebody waits, as far as it is about nobody else."""
        theirs = replace(self.question, programme=replace(self.question.programme, language=tell.language))
        why = why_waiting(theirs, self.composition, number, letter=True)
        yield tell("letter.waits", programme=self.question.programme.name, why=why)
