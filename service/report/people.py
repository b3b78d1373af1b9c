"""Who people are to each other: names that are unique, facts that are public, addresses that stay private."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from service.candidates import Candidate, full_name, match_column
from service.question import Question
from service.report.model import Person
from service.report.telling import Teller

CARD_COLUMNS = ("role", "organisation", "site", "sector", "region")
"""What a card shows of a member where the file has it; the programme adds columns with `keep`."""

PRIVATE_COLUMNS = ("email", "notes", "apart_from", "together_with")
"""What the organiser alone reads, whatever the programme keeps."""

_UNSHOWN = {"id", "first_name", "last_name", "name", "consent", *PRIVATE_COLUMNS}
_ADDRESS = re.compile(r"[^\s<>()\[\],;:|]+@[^\s<>()\[\],;|]+\.[^\s<>()\[\],;|]+")


def without_address(text: str) -> str:
    """A text without the e-mail addresses in it."""
    return " ".join(_ADDRESS.sub("", text).split())


def public_id(id_: str) -> str | None:
    """An id that gives no e-mail address away."""
    return None if "@" in id_ else id_


class Directory:
    """Every candidate as a `Person`."""

    def __init__(self, question: Question, tell: Teller) -> None:
        self.tell = tell
        self.candidates = {candidate.id: candidate for candidate in question.candidates.candidates}
        self.kept = self._kept(question)
        self.columns = tuple(
            column
            for column in dict.fromkeys((*CARD_COLUMNS, *self.kept))
            if any(candidate.values(column) for candidate in self.candidates.values())
        )
        # An id made from an e-mail address is that address.
        self.ids_are_public = question.candidates.ids_from != "email"
        names = self._names()
        self.people = {id_: self._person(candidate, names[id_]) for id_, candidate in self.candidates.items()}

    def person(self, id_: str) -> Person:
        """The person with this id; past meetings may name somebody who has left."""
        known = self.people.get(id_)
        if known is not None:
            return known
        code = public_id(id_) if self.ids_are_public else None
        return Person(id_, code, code or self.tell("report.former_member"), {})

    def values(self, person: Person, column: str) -> tuple[str, ...]:
        """The cells of a candidate; nothing of somebody who has left."""
        candidate = self.candidates.get(person.id)
        return () if candidate is None else candidate.values(column)

    def _kept(self, question: Question) -> tuple[str, ...]:
        columns = (match_column(name, question.candidates.columns) for name in question.programme.keep)
        return tuple(column for column in columns if column is not None and column not in _UNSHOWN)

    def _person(self, candidate: Candidate, name: str) -> Person:
        facts = {column: text for column in self.columns if (text := self._fact(candidate, column))}
        return Person(candidate.id, self._code(candidate), name, facts)

    def _code(self, candidate: Candidate) -> str | None:
        return public_id(candidate.id) if self.ids_are_public else None

    def _fact(self, candidate: Candidate, column: str) -> str:
        return ", ".join(filter(None, map(without_address, candidate.values(column))))

    def _names(self) -> Mapping[str, str]:
        """A name for each id; people of one name are told apart by organisation, else by id, else by number."""
        bare = {id_: self._bare_name(candidate, n) for n, (id_, candidate) in enumerate(self.candidates.items(), 1)}
        told = self._apart(bare, {id_: self._fact(each, "organisation") for id_, each in self.candidates.items()})
        codes = {id_: self._code(each) or str(n) for n, (id_, each) in enumerate(self.candidates.items(), 1)}
        return self._apart(told, codes)

    def _bare_name(self, candidate: Candidate, number: int) -> str:
        name = without_address(full_name(candidate.cells))
        return name or self._code(candidate) or self.tell("report.candidate_number", number=number)

    def _apart(self, names: Mapping[str, str], marks: Mapping[str, str]) -> Mapping[str, str]:
        often = Counter(name.casefold() for name in names.values())
        return {
            id_: f"{name} ({marks[id_]})" if often[name.casefold()] > 1 and marks[id_] else name
            for id_, name in names.items()
        }
