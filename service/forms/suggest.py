"""Suggests a mapping from the questions of a form. An organiser looks at it before it is switched on."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cache

from rapidfuzz import fuzz, process

from service.candidates import COLUMN_ALIASES, NUMBER_COLUMNS, canonical_column, header_key
from service.faults import Param
from service.forms.delivery import Kind, Question
from service.words import say

NEAR_ENOUGH = 88
"""rapidfuzz ratio, 0 to 100, from which words of a label count as the name of a column: one slip in seven letters."""

SHORTEST = 4  # letters of a name that may stand anywhere in a label; shorter ones are in other words as well
MOST_WORDS = 30  # of a label that are looked at; longer ones are explanations
MOST_QUESTIONS = 1000

_BY_KIND = {Kind.EMAIL: "email", Kind.CONSENT: "consent"}
_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_NUMBERING = re.compile(r"^\s*[0-9]{1,3}\s*[.)]\s*|[\s?:*.!]+$")


class Why(Enum):
    """Why a question is thought to fill a column."""

    LABEL = "label"  # it is called so, in one of four languages
    WORDS = "words"  # its label holds words that are, or nearly are, a name of the column
    KIND = "kind"  # its tool says what kind of answer it asks for, or the answer shows it


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question for a column, and why. `score` is that of the words found, 100 for the same."""

    column: str
    question: Question
    why: Why
    score: int = 100
    params: Mapping[str, Param] = field(default_factory=dict)

    def reason(self, language: str) -> str:
        """Why, in words."""
        return say(language, f"form_why.{self.why.value}", label=self.question.label, column=self.column, **self.params)

    def as_json(self) -> dict[str, object]:
        """The entry of a mapping. By key, since a label is reworded more often than a question is replaced."""
        entry: dict[str, object] = {"column": self.column, "key": self.question.key}
        if self.column == "consent":
            entry["transform"] = ["yes_no"]
        elif self.column in NUMBER_COLUMNS:
            entry["transform"] = ["number"]
        elif self.column == "email":
            entry["transform"] = ["lower"]
        return entry


def suggest(questions: Sequence[Question]) -> tuple[Suggestion, ...]:
    """At most one question for a column and one column for a question, in the order of the known columns.

    First what is called as the column is, then what comes nearest in words, then what its kind tells.
    """
    looked_at = _looked_at(questions)
    near = sorted(_near(looked_at), key=lambda found: (-found[0], -found[1].score, found[2]))
    return _first((*_called(looked_at), *(found[1] for found in near), *_of_kind(looked_at)))


def suggest_by_name(questions: Sequence[Question]) -> tuple[Suggestion, ...]:
    """Only the questions that are called as a column is: those of which nobody doubts what they mean."""
    return _first(_called(_looked_at(questions)))


def _looked_at(questions: Sequence[Question]) -> Sequence[Question]:
    return [question for question in questions[:MOST_QUESTIONS] if question.key]


def _first(suggestions: Iterable[Suggestion]) -> tuple[Suggestion, ...]:
    taken: dict[str, Suggestion] = {}
    for suggestion in suggestions:
        used = {earlier.question.key for earlier in taken.values()}
        if suggestion.column not in taken and suggestion.question.key not in used:
            taken[suggestion.column] = suggestion
    return tuple(taken[column] for column in COLUMN_ALIASES if column in taken)


def as_mapping(suggestions: Sequence[Suggestion], version: int = 1) -> dict[str, object]:
    """The suggestions as a mapping that `read_mapping` reads, where one of them tells who someone is."""
    return {"version": version, "columns": [suggestion.as_json() for suggestion in suggestions]}


def _called(questions: Sequence[Question]) -> Iterator[Suggestion]:
    """Questions whose label, or whose key, is a name of a column."""
    columns = [
        canonical_column(_NUMBERING.sub("", question.label)) or canonical_column(question.key) for question in questions
    ]
    for question, column in zip(questions, columns, strict=True):
        if column is not None:
            # "Naam" beside "Voornaam" asks for the surname, as in the header of a file.
            surname = column == "name" and "first_name" in columns and "last_name" not in columns
            yield Suggestion("last_name" if surname else column, question, Why.LABEL)


def _near(questions: Sequence[Question]) -> Iterator[tuple[int, Suggestion, int]]:
    """Suggestions between the length of the name, as the longer one tells more, and where the question stands."""
    for index, question in enumerate(questions):
        words = [header_key(word) for word in _WORD.findall(question.label)[:MOST_WORDS]]
        for length, names in _names_by_length().items():
            for start in range(len(words) - length + 1):
                window = "".join(words[start : start + length])
                for name, score, _ in process.extract(window, list(names), scorer=fuzz.ratio, score_cutoff=NEAR_ENOUGH):
                    params = {"words": " ".join(_WORD.findall(question.label)[start : start + length])}
                    found = Suggestion(names[name], question, Why.WORDS, round(score), params)
                    yield len(name), found, index


def _of_kind(questions: Sequence[Question]) -> Iterator[Suggestion]:
    for question in questions:
        if question.kind in _BY_KIND:
            yield Suggestion(_BY_KIND[question.kind], question, Why.KIND)


@cache
def _names_by_length() -> Mapping[int, Mapping[str, str]]:
    """By how many words a name has: the name as headers compare, and its column.

    "Code" and "nummer" say id as a header, but in a sentence anything.
    """
    names: dict[int, dict[str, str]] = {}
    for column, aliases in COLUMN_ALIASES.items():
        for name in (column, *aliases) if column != "id" else ():
            key = header_key(name)
            if len(key) >= SHORTEST:
                names.setdefault(len(_WORD.findall(name.replace("_", " "))), {})[key] = column
    return names
