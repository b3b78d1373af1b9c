"""A mapping of a form as its organiser fills it in: one line for each question, and what becomes of its answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.candidates import KNOWN_COLUMNS, NUMBER_COLUMNS, canonical_column, header_key, tidy
from service.drafts import LEAVE, OWN, reason_of
from service.faults import Fault, InputError
from service.forms.delivery import Question
from service.forms.mapping import By, FormMapping, Otherwise
from service.forms.mapping import Column as MappedColumn
from service.forms.suggest import suggest
from service.store.database import Store
from service.store.intake import switch_on
from service.store.programmes import change_programme, programme
from service.store.sources import Answered

SPLIT = "split"
CHOICES = ("", "lower", "number", "yes_no", "postcode", "date", SPLIT)
"""What may be done to answers, as far as a line can say it; more than one at once comes over the API and stays."""


@dataclass(frozen=True, slots=True)
class Line:
    """One question, and the column that its answers go into."""

    key: str
    label: str
    answers: tuple[str, ...]
    meaning: str
    """A known column, OWN or LEAVE."""
    transform: str = ""
    separator: str = ""
    required: bool = False
    why: str | None = None
    """Why this column is suggested, where nobody has chosen yet."""
    words: str = ""
    """What answers become: `answer = value`, one a line."""
    keep_others: bool = False
    """Whether answers that `words` do not have come in as they are; else they are held."""

    @property
    def own_name(self) -> str:
        """What a column of the organiser's own is called: the question, unless Kring means something else by it."""
        label = tidy(self.label)[:150] or self.key
        return label if canonical_column(label) is None else f"{label} (2)"


def lines_of(questions: Sequence[Answered], mapping: FormMapping | None, language: str) -> list[Line]:
    """The lines of a form's questions: as the mapping has them, else as they are suggested."""
    if mapping is None:
        asked = [Question(each.key, each.label, answers=each.answers) for each in questions]
        suggested = {each.question.key: each for each in suggest(asked)}
        return [
            Line(
                each.key,
                each.label,
                each.answers,
                suggested[each.key].column if each.key in suggested else LEAVE,
                _usual(suggested[each.key].column) if each.key in suggested else "",
                why=reason_of(suggested[each.key], language) if each.key in suggested else None,
            )
            for each in questions
        ]
    mapped = {_key(column, questions): column for column in mapping.columns}
    lines = []
    for each in questions:
        column = mapped.get(each.key)
        if column is None:
            lines.append(Line(each.key, each.label, each.answers, LEAVE))
            continue
        transform = column.transforms[0] if column.transforms else ""
        meaning = column.name if column.name in KNOWN_COLUMNS else OWN
        lines.append(
            Line(
                each.key,
                each.label,
                each.answers,
                meaning,
                transform,
                column.separator or "",
                column.required,
                words="\n".join(f"{answer} = {value}" for answer, value in column.vocabulary.items()),
                keep_others=column.otherwise is Otherwise.KEEP,
            )
        )
    return lines


def words_of(text: str) -> dict[str, str]:
    """`answer = value`, one a line; the last sign of equality counts, since an answer may have one too.

    Raises InputError with every line that says no such thing.
    """
    found: dict[str, str] = {}
    faults = []
    for line in filter(None, map(tidy, text.splitlines())):
        answer, equals, value = line.rpartition("=")
        if not equals or not answer.strip() or not value.strip():
            faults.append(Fault(code="form_words", found=line))
        else:
            found[answer.strip()] = value.strip()
    if faults:
        raise InputError(faults)
    return found


def content_of(lines: Sequence[Line], before: FormMapping | None, questions: Sequence[Answered]) -> dict[str, Any]:
    """The mapping that the lines state. What no line can say of a column that stays is taken over from before.

    Raises InputError where the words of a line cannot be read.
    """
    earlier = {_key(column, questions): column for column in before.columns} if before is not None else {}
    columns: list[dict[str, Any]] = []
    for line in lines:
        if line.meaning == LEAVE:
            continue
        entry: dict[str, Any] = {"column": line.own_name if line.meaning == OWN else line.meaning, "key": line.key}
        was = earlier.get(line.key)
        if was is not None and was.name not in KNOWN_COLUMNS and line.meaning == OWN:
            entry["column"] = was.name
        if was is not None and len(was.transforms) > 1 and was.transforms[0] == line.transform:
            entry["transform"] = list(was.transforms)
        elif line.transform:
            entry["transform"] = [line.transform]
        if line.transform == SPLIT or (line.separator and SPLIT in entry.get("transform", ())):
            entry["separator"] = line.separator or ","
        if line.required:
            entry["required"] = True
        if words := words_of(line.words):
            otherwise = Otherwise.KEEP if line.keep_others else Otherwise.HOLD
            entry |= {"vocabulary": words, "otherwise": otherwise.value}
        columns.append(entry)
    shown = {line.key for line in lines}
    columns += [_as_stated(column) for key, column in earlier.items() if key not in shown]
    return {"version": 1, "columns": columns}


def switch_on_and_keep(store: Store, space: str, programme_id: str, tool: str, content: Mapping[str, Any]) -> int:
    """Switches a mapping on, and keeps the organiser's own columns that it fills; the version."""
    with store.writing():
        asked = programme(store, space, programme_id)
        used = {header_key(name) for name in (*asked.content.get("keep", ()), *asked.read().used_columns())}
        names = [str(each["column"]) for each in content["columns"]]
        new = [name for name in names if canonical_column(name) is None and header_key(name) not in used]
        if new:
            changed = {**asked.content, "keep": [*asked.content.get("keep", ()), *new]}
            change_programme(store, space, programme_id, changed, version=asked.version)
        return switch_on(store, space, programme_id, tool, content)


def _usual(column: str) -> str:
    """What is usually done to the answers of a column."""
    if column == "consent":
        return "yes_no"
    if column in NUMBER_COLUMNS:
        return "number"
    return "lower" if column == "email" else ""


def _key(column: MappedColumn, questions: Sequence[Answered]) -> str:
    """The key of the question that a column comes from, or what else it comes from."""
    if column.by is By.LABEL:
        wanted = header_key(column.source)
        return next((each.key for each in questions if header_key(each.label) == wanted), column.source)
    return column.source


def _as_stated(column: MappedColumn) -> dict[str, Any]:
    entry: dict[str, Any] = {"column": column.name, column.by.value: column.source}
    if column.transforms:
        entry["transform"] = list(column.transforms)
    if column.separator is not None:
        entry["separator"] = column.separator
    if column.vocabulary:
        entry |= {"vocabulary": dict(column.vocabulary), "otherwise": column.otherwise.value}
    if column.required:
        entry["required"] = True
    return entry
