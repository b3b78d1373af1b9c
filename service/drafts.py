"""A list of people on its way in: a table that its organiser looks at, says the meaning of and mends, then takes in.

A draft is a plain value that travels in the page's form, packed into one text: nothing of it is kept anywhere before
the organiser says so. Everything that changes it gives another draft.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from service.candidates import (
    KNOWN_COLUMNS,
    CandidateList,
    Note,
    canonical_column,
    header_key,
    same_value_key,
    tidy,
)
from service.faults import Fault, InputError
from service.forms.delivery import Kind, Question
from service.forms.mapping import tells_who
from service.forms.suggest import Suggestion, suggest
from service.intake.candidates import read_candidates
from service.intake.guard import MAX_COLUMNS
from service.intake.header import letters
from service.intake.raw import Cell, RawRow, RawTable
from service.intake.tables import Objects, Source, Tabled, read_table
from service.programme import Programme
from service.report.telling import Teller
from service.wording import column_said
from service.words import say

OWN = "own"
"""The meaning of a column that is kept under its own name."""
LEAVE = "leave"
"""The meaning of a column that stays out."""
UNSAID = ""
"""No meaning yet: the organiser has to say."""

PASTED = "pasted.txt"
"""What faults call a table that was pasted."""

STORED = "stored"
"""What faults call the people who are on the list already."""

MOST_CELLS = 400_000
"""Cells of a draft: 13,000 people with 30 columns. Larger lists come in over the command line or the API."""
MOST_PACKED = 8_000_000
"""Characters of a packed draft."""
MOST_UNPACKED = 64_000_000

SAMPLE = 200
"""Rows that are looked at to guess what a column holds."""
FEW = 20
"""Different values up to which a column is worth wishing for."""


class Why(Enum):
    """Why a column is thought to mean what it means."""

    LABEL = "label"
    WORDS = "words"
    KIND = "kind"
    USED = "used"
    FEW = "few"
    MANY = "many"
    EMPTY = "empty"
    NAMELESS = "nameless"

    @property
    def sure(self) -> bool:
        """Whether nobody needs to look twice."""
        return self in {Why.LABEL, Why.USED, Why.EMPTY}


@dataclass(frozen=True, slots=True)
class Draft:
    """A table as it stands now. A row is its number in the file and its cells; there may be more cells than headers."""

    file: str
    header_row: int
    headers: tuple[str, ...]
    meanings: tuple[str, ...]
    """For each column a known column, OWN, LEAVE or UNSAID."""
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    separators: str

    @property
    def width(self) -> int:
        """How many columns there are, headed or not."""
        return len(self.headers)

    def cell(self, row: int, column: int) -> str:
        """What stands somewhere, by the number of the row in the file."""
        cells = next((cells for number, cells in self.rows if number == row), ())
        return cells[column] if column < len(cells) else ""

    def own_name(self, column: int) -> str:
        """What a column of the organiser's own is called: its header, unless Kring means something else by that."""
        header = tidy(self.headers[column])
        return header if canonical_column(header) is None else f"{header} (2)"

    def kept_names(self) -> tuple[str, ...]:
        """The organiser's own columns that come in."""
        return tuple(self.own_name(index) for index, meaning in enumerate(self.meanings) if meaning == OWN)


@dataclass(frozen=True, slots=True)
class Guess:
    """What a column is thought to mean, and why."""

    meaning: str
    why: Why
    reason: str | None = None
    """In the reader's language, where there is more to say than the kind of reason."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A fault at its place in the draft: a cell, a whole column (row None) or a whole row (column None)."""

    fault: Fault
    row: int | None
    column: int | None


@dataclass(frozen=True, slots=True)
class Examined:
    """What would become of a draft."""

    faults: tuple[Placed, ...]
    notes: tuple[Note, ...]
    good: int
    """People who would come in now, the faulty ones left out."""
    refused: int
    """People who said no to taking part."""
    there: tuple[int, ...]
    """Rows of people who are on the list already."""
    known: tuple[str, ...] = ()
    """The ids of those people."""

    @property
    def ready(self) -> bool:
        """Whether everybody can come in."""
        return not self.faults and self.good > 0

    @property
    def columns_settled(self) -> bool:
        """Whether no fault is about a whole column."""
        return all(placed.row is not None for placed in self.faults)

    def rows(self) -> tuple[int, ...]:
        """The rows with a fault, in order."""
        return tuple(sorted({placed.row for placed in self.faults if placed.row is not None}))

    def alike(self) -> list[tuple[Placed, int]]:
        """Faults that stand in several rows in the same way, with their number; the most frequent first."""
        groups: dict[tuple[str, int | None, str | None], list[Placed]] = {}
        for placed in self.faults:
            if placed.row is not None and placed.column is not None and placed.fault.found is not None:
                groups.setdefault((placed.fault.code, placed.column, placed.fault.found), []).append(placed)
        several = [(group[0], len(group)) for group in groups.values() if len(group) > 1]
        return sorted(several, key=lambda found: (-found[1], found[0].row or 0))


# coming in


def begin(source: Source, *, used: Collection[str] = (), language: str = "en") -> Draft:
    """The draft of a file or of pasted text, with a meaning proposed for each column; raises InputError.

    used: columns that the programme names, in any spelling.
    """
    table = read_table(source)
    width = max(len(table.header), 1)
    rows = tuple((row.number, tuple(map(_text, row.cells))) for row in table.rows)
    if _cells(rows, width) > MOST_CELLS:
        raise InputError([Fault(code="draft_too_large", file=table.file, params={"limit": MOST_CELLS})])
    # Faults tell the people who are there by the name of their file, so no other file may have it.
    file = table.file if table.file != STORED else f"{table.file}.txt"
    draft = Draft(file, table.header_row, table.header, (UNSAID,) * len(table.header), rows, table.separators)
    return replace(draft, meanings=tuple(guess.meaning for guess in guesses(draft, used=used, language=language)))


def pasted(text: str) -> tuple[str, bytes]:
    """A table that was copied from a spreadsheet, as a source."""
    return PASTED, text.encode("utf-8", "replace")


def guesses(draft: Draft, *, used: Collection[str] = (), language: str = "en") -> list[Guess]:
    """What each column is thought to mean, and why, whatever the organiser has said since."""
    sample = [cells for _, cells in draft.rows[:SAMPLE]]
    columns = [[tidy(cells[index]) for cells in sample if index < len(cells)] for index in range(draft.width)]
    questions = [
        Question(str(index), tidy(header) or letters(index), _kind(columns[index]))
        for index, header in enumerate(draft.headers)
        if tidy(header)
    ]
    found = {int(each.question.key): each for each in suggest(questions)}
    wanted = frozenset(map(header_key, used))
    guessed = []
    for index, header in enumerate(draft.headers):
        filled = [value for value in columns[index] if value]
        suggestion = found.get(index)
        if suggestion is not None:
            guessed.append(Guess(suggestion.column, Why(suggestion.why.value), reason_of(suggestion, language)))
        elif not tidy(header):
            guessed.append(Guess(UNSAID, Why.NAMELESS) if _any_in(draft, index) else Guess(LEAVE, Why.EMPTY))
        elif header_key(header) in wanted:
            guessed.append(Guess(OWN, Why.USED))
        elif not filled:
            guessed.append(Guess(LEAVE, Why.EMPTY))
        elif len(set(map(same_value_key, filled))) <= max(2, min(FEW, len(filled) // 2)):
            guessed.append(Guess(OWN, Why.FEW))
        else:
            guessed.append(Guess(LEAVE, Why.MANY))
    return guessed


def _cells(rows: Sequence[tuple[int, tuple[str, ...]]], width: int) -> int:
    return sum(max(len(cells), width) for _, cells in rows)


def _text(cell: Cell) -> str:
    return cell if isinstance(cell, str) else "|".join(cell)


def _any_in(draft: Draft, column: int) -> bool:
    return any(column < len(cells) and cells[column].strip() for _, cells in draft.rows)


def _kind(values: Sequence[str]) -> Kind:
    filled = [value for value in values if value]
    return Kind.EMAIL if filled and sum("@" in value for value in filled) * 2 > len(filled) else Kind.TEXT


# being mended


def with_meanings(draft: Draft, meanings: Mapping[int, str], headers: Mapping[int, str] | None = None) -> Draft:
    """The draft with other meanings, and other names for the organiser's own columns. An unknown meaning is none."""
    allowed = {*KNOWN_COLUMNS, OWN, LEAVE}
    renamed = headers or {}
    return replace(
        draft,
        meanings=tuple(
            (meanings[index] if meanings[index] in allowed else UNSAID) if index in meanings else meaning
            for index, meaning in enumerate(draft.meanings)
        ),
        headers=tuple(renamed.get(index, header) for index, header in enumerate(draft.headers)),
    )


def with_cells(draft: Draft, cells: Mapping[tuple[int, int], str]) -> Draft:
    """The draft with other texts in some cells, by the number of the row and the index of the column."""
    changed: dict[int, dict[int, str]] = {}
    for (row, column), text in cells.items():
        changed.setdefault(row, {})[column] = text
    return replace(
        draft,
        rows=tuple(
            (row, _mended(was, changed[row], draft.width) if row in changed else was) for row, was in draft.rows
        ),
    )


def _mended(cells: tuple[str, ...], changed: Mapping[int, str], width: int) -> tuple[str, ...]:
    most = max(len(cells), width)
    longer = [*cells, *[""] * (most - len(cells))]
    for column, text in changed.items():
        if 0 <= column < most:
            longer[column] = text
    while len(longer) > width and not longer[-1].strip():
        longer.pop()
    return tuple(longer)


def without_rows(draft: Draft, rows: Collection[int]) -> Draft:
    """The draft without some rows."""
    return replace(draft, rows=tuple((number, cells) for number, cells in draft.rows if number not in rows))


def with_replaced(draft: Draft, column: int, found: str, by: str) -> Draft:
    """The draft with one value of a column replaced wherever it stands alone or among others in a cell."""
    key = same_value_key(found)

    def mended(text: str) -> str:
        if same_value_key(text) == key:
            return by
        separator = next((each for each in draft.separators if each in text), None)
        if separator is None:
            return text
        parts = text.split(separator)
        if not any(same_value_key(part) == key for part in parts):
            return text
        return separator.join(by if same_value_key(part) == key else part for part in parts)

    return replace(
        draft,
        rows=tuple(
            (
                number,
                tuple(mended(text) if index == column else text for index, text in enumerate(cells)),
            )
            for number, cells in draft.rows
        ),
    )


# being looked at


def as_source(draft: Draft) -> Tabled:
    """The draft as a table that is read like any other, its columns called what the organiser says they are."""
    out = set(_stay_out(draft))
    header = tuple(
        "" if index in out else draft.own_name(index) if meaning == OWN else meaning
        for index, meaning in enumerate(draft.meanings)
    )
    rows = [
        RawRow(number, ["" if index in out else text for index, text in enumerate(cells)])
        for number, cells in draft.rows
    ]
    return Tabled(draft.file, (), RawTable(draft.file, draft.header_row, header, rows, draft.separators))


def examine(draft: Draft, programme: Programme, there: Sequence[Mapping[str, Any]] = ()) -> Examined:
    """Everything that is wrong with a draft, each at its place, and what would come in.

    there: the cells of the people who are on the list already.
    """
    column_faults = list(_column_faults(draft))
    source = as_source(draft)
    names = {name: index for index, name in enumerate(source.table.header) if name}
    stored = [Objects(STORED, there)] if there else []
    fixed = [network.name for network in programme.networks.fixed]
    try:
        read = read_candidates(
            [*stored, source],
            vocabularies=programme.vocabularies,
            used_columns=programme.used_columns(),
            keep=(*programme.keep, *draft.kept_names()),
            network_names=fixed or None,
            skip_bad_rows=True,
        )
    except InputError as error:
        faults = [fault for fault in error.faults if fault.file != STORED]
        return Examined((*column_faults, *(_placed(fault, names) for fault in faults)), (), 0, 0, ())
    mine = [each for each in read.set_aside if each.file == draft.file]
    placed = [_placed(fault, names) for each in mine for fault in each.faults]
    if not tells_who({meaning for meaning in draft.meanings if meaning not in {OWN, LEAVE, UNSAID}}):
        # Said once, of the table, instead of once a row.
        placed = [each for each in placed if each.fault.code != "no_way_to_id"]
        column_faults.append(Placed(Fault(code="draft_nobody", file=draft.file), None, None))
    again = [
        each
        for each in placed
        if each.row is not None
        and each.fault.code in {"id_repeated", "made_id_repeated"}
        and each.fault.params.get("file") == STORED
    ]
    return Examined(
        (*column_faults, *placed),
        tuple(note for note in read.notes if note.file == draft.file),
        _coming_in(read, draft),
        sum(each.why_code == "consent_refused" for each in mine),
        tuple(each.row for each in again if each.row is not None),
        tuple(dict.fromkeys(str(each.fault.found) for each in again)),
    )


def _coming_in(read: CandidateList, draft: Draft) -> int:
    return sum(person.file == draft.file for person in read.candidates)


def _stay_out(draft: Draft) -> Iterator[int]:
    """Columns that are not read: those left out, those nobody has given a meaning, and the second of two alike."""
    yield from (index for index, meaning in enumerate(draft.meanings) if meaning in {LEAVE, UNSAID})
    yield from (placed.column for placed in _column_faults(draft) if placed.column is not None)


def _column_faults(draft: Draft) -> Iterator[Placed]:
    first: dict[str, int] = {}
    for index, meaning in enumerate(draft.meanings):
        header = tidy(draft.headers[index])
        if meaning == UNSAID or (meaning == OWN and not header):
            code = "draft_meaning" if meaning == UNSAID and header else "draft_nameless"
            fault = Fault(code=code, file=draft.file, row=draft.header_row, column=header or letters(index))
            yield Placed(fault, None, index)
        elif meaning != LEAVE:
            key = header_key(draft.own_name(index)) if meaning == OWN else f"known {meaning}"
            earlier = first.setdefault(key, index)
            if earlier != index:
                params = {"first": draft.headers[earlier], "position": letters(earlier)}
                fault = Fault(
                    code="duplicate_header",
                    file=draft.file,
                    row=draft.header_row,
                    column=header or letters(index),
                    found=header,
                    params=params,
                )
                yield Placed(fault, None, index)


def _placed(fault: Fault, names: Mapping[str, int]) -> Placed:
    if fault.column is None:
        return Placed(fault, fault.row, None)
    if fault.code == "extra_cell":
        return Placed(fault, fault.row, _index(fault.column))
    return Placed(fault, fault.row, names.get(fault.column))


def _index(name: str) -> int:
    """The index of a column by its letters."""
    index = 0
    for letter in name:
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1


# travelling in a form


def pack(draft: Draft) -> str:
    """A draft as one text of letters and digits."""
    content = [
        draft.file,
        draft.header_row,
        draft.separators,
        draft.headers,
        draft.meanings,
        [[number, *cells] for number, cells in draft.rows],
    ]
    data = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    return base64.urlsafe_b64encode(zlib.compress(data, 6)).decode("ascii")


def unpack(text: str) -> Draft:
    """The draft in a text; raises InputError where it was cut short or is none of ours."""
    try:
        if len(text) > MOST_PACKED:
            raise ValueError("too long")
        decompress = zlib.decompressobj()
        data = decompress.decompress(base64.urlsafe_b64decode(text.encode("ascii")), MOST_UNPACKED)
        if decompress.unconsumed_tail or not decompress.eof:
            raise ValueError("cut short, or far too long")
        file, header_row, separators, headers, meanings, rows = json.loads(data.decode("utf-8", "surrogatepass"))
        draft = Draft(
            str(file),
            int(header_row),
            tuple(map(str, headers)),
            tuple(map(str, meanings)),
            tuple((int(row[0]), tuple(map(str, row[1:]))) for row in rows),
            str(separators),
        )
        if len(draft.headers) > MAX_COLUMNS or _cells(draft.rows, draft.width) > MOST_CELLS:
            raise ValueError("more than was packed")
        if len(draft.headers) != len(draft.meanings) or not set(separators) <= {"|", ";"} or not separators:
            raise ValueError("not a draft")
    except (
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        UnicodeError,
        binascii.Error,
        zlib.error,
        RecursionError,
        OverflowError,
    ) as error:
        raise InputError([Fault(code="draft_damaged")]) from error
    return draft


def reason_of(suggestion: Suggestion, language: str) -> str:
    """Why a question or a header is thought to mean a column, with the column as the language calls it."""
    tell = Teller(language)
    column = tell("ask.own_column", column=column_said(suggestion.column, tell))
    return tell(f"form_why.{suggestion.why.value}", label=suggestion.question.label, column=column, **suggestion.params)


def why(guess: Guess, language: str) -> str:
    """The reason of a guess, in words."""
    return guess.reason or say(language, f"draft_why.{guess.why.value}")
