"""From candidates files to candidates, or to every fault in those files."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from service.candidates import (
    NUMBER_COLUMNS,
    UNSPLIT_COLUMNS,
    Candidate,
    CandidateList,
    Note,
    SetAside,
    header_key,
    match_column,
    parse_number,
    same_value_key,
    tidy,
)
from service.faults import Fault, InputError
from service.intake.cells import has_control_character, is_spreadsheet_error, reader
from service.intake.header import Column, Header, letters, understand
from service.intake.people import People, Row, check_references, identify, made_id, resolve_references
from service.intake.raw import RawRow, RawTable, joined
from service.intake.suggest import Suggestions
from service.intake.tables import Source, read_table

NO = frozenset({"nee", "neen", "non", "nein", "no", "false", "onwaar", "faux", "falsch", "0"})


def read_candidates(
    sources: Sequence[Source],
    *,
    vocabularies: Mapping[str, Sequence[str]],
    used_columns: Collection[str],
    keep: Collection[str],
    network_names: Collection[str] | None,
    skip_bad_rows: bool,
) -> CandidateList:
    """The candidates of all files together, as one list.

    `used_columns` are the columns that rules name and `keep` those the programme asks to keep, each in any spelling;
    an unknown column that neither names is left out, with a note. `network_names` are the names that a wish may have,
    None where networks are not fixed. Raises InputError with every fault of every file; with `skip_bad_rows`, rows that
    are wrong in themselves are set aside instead, but a file or header that is wrong still raises.
    """
    wanted = frozenset(header_key(name) for name in (*used_columns, *keep, *vocabularies))
    files, faults = _read_files(sources, wanted)
    rows = [row for file in files for row in file.rows]
    if not rows and not faults:
        faults = [Fault(code="no_candidates", file=_name(source)) for source in sources]
    suggestions = Suggestions()
    identify(rows)
    taking_part = [row for row in rows if not row.refused]
    _check_values(taking_part, _Allowed(vocabularies, network_names, suggestions))
    people = People(rows, suggestions)
    check_references(taking_part, people)
    if not skip_bad_rows:
        faults += [fault for row in taking_part for fault in row.faults]
    if faults:
        raise InputError(faults)
    good = [row for row in taking_part if not row.faults]
    notes = [note for file in files for note in (*file.notes, *_id_notes(file))]
    notes += resolve_references(good, people)
    return CandidateList(
        candidates=tuple(_candidate(row) for row in good),
        set_aside=tuple(_set_aside(row) for row in rows if row.refused or row.faults),
        notes=tuple(notes),
        columns=tuple(dict.fromkeys(column.name for file in files for column in file.header.columns)),
        ids_from=_ids_from(good),
        dropped=tuple(
            dict.fromkeys(column.name for file in files for column in file.header.columns if not column.wanted)
        ),
    )


@dataclass(frozen=True, slots=True)
class _File:
    """One file, its columns understood."""

    name: str
    header: Header
    rows: list[Row]
    notes: tuple[Note, ...]


def _read_files(sources: Sequence[Source], wanted: Collection[str]) -> tuple[list[_File], list[Fault]]:
    """Every file that can be read, and the faults of those that cannot."""
    files: list[_File] = []
    faults: list[Fault] = []
    names: dict[str, str] = {}  # header key -> name of an unknown column, so that all files agree on its spelling
    for source in sources:
        try:
            table = read_table(source)
        except InputError as error:
            faults.extend(error.faults)
            continue
        header = _with_agreed_names(understand(table, wanted), names)
        faults.extend(header.faults)
        rows = [] if header.faults else list(_reading(table, header))
        files.append(_File(table.file, header, rows, (*table.notes, *_column_notes(table, header))))
    return files, faults


def _with_agreed_names(header: Header, names: dict[str, str]) -> Header:
    columns = tuple(
        column
        if column.known
        else Column(
            column.index, column.header, names.setdefault(header_key(column.header), column.name), False, column.wanted
        )
        for column in header.columns
    )
    return Header(columns, header.width, header.faults)


def _column_notes(table: RawTable, header: Header) -> Iterator[Note]:
    unwanted = tuple(column.header for column in header.columns if not column.wanted)
    if unwanted:
        yield Note("columns_left_out", table.file, params={"columns": unwanted, "n": len(unwanted)})


def _reading(table: RawTable, header: Header) -> Iterator[Row]:
    """The rows of a table with their cells read and checked one by one."""
    columns = [(column, reader(column.name, table.separators)) for column in header.columns if column.wanted]
    for raw in table.rows:
        cells: dict[str, tuple[str, ...]] = {}
        width = len(raw.cells)
        for column, read in columns:
            if column.index < width:
                values = read(raw.cells[column.index])
                if values:
                    cells[column.name] = values
        row = Row(table.file, raw.number, header, cells)
        row.refused = any(same_value_key(value) in NO for value in cells.get("consent", ()))
        if not row.refused:
            _check_shape(row, raw)
        yield row


def _check_shape(row: Row, raw: RawRow) -> None:
    """Faults that any cell of any column can have."""
    extra = [(index, cell) for index, cell in enumerate(raw.cells[row.header.width :], row.header.width) if cell]
    filled = [(index, text) for index, cell in extra if (text := tidy(joined(cell)))]
    if filled:
        index, text = filled[0]
        row.faults.append(
            Fault(
                code="extra_cell",
                file=row.file,
                row=row.number,
                column=letters(index),
                found=text,
                params={"headers": row.header.width, "last": letters(row.header.width - 1)},
            )
        )
    for column, values in row.cells.items():
        if column in UNSPLIT_COLUMNS and len(values) > 1:
            row.fault("one_value", column, " | ".join(values))
        for value in values:
            if has_control_character(value):
                row.fault("control_character", column, repr(value)[1:-1])
            elif is_spreadsheet_error(value):
                row.fault("error_cell", column, value)


class _Allowed:
    """The values that a column may have."""

    def __init__(
        self,
        vocabularies: Mapping[str, Sequence[str]],
        network_names: Collection[str] | None,
        suggestions: Suggestions,
    ) -> None:
        self._vocabularies = {name: _Known(values) for name, values in vocabularies.items()}
        self._networks = None if network_names is None else _Known(sorted(network_names))
        self.suggestions = suggestions
        self._of_header: dict[int, dict[str, tuple[str, _Known]]] = {}

    def of(self, header: Header) -> dict[str, tuple[str, "_Known"]]:
        """For each limited column of a file, the code of the fault and the known values."""
        if id(header) not in self._of_header:
            self._of_header[id(header)] = self._limits(header)
        return self._of_header[id(header)]

    def _limits(self, header: Header) -> dict[str, tuple[str, "_Known"]]:
        names = [column.name for column in header.columns]
        limits = {
            column: ("not_in_vocabulary", known)
            for name, known in self._vocabularies.items()
            if (column := match_column(name, names)) is not None
        }
        if self._networks is not None:
            limits["network_wish"] = ("unknown_network", self._networks)
        return limits


class _Known:
    """A set of values as written, and as they compare."""

    def __init__(self, values: Iterable[str]) -> None:
        self.values = tuple(values)
        self.keys = frozenset(map(same_value_key, self.values))


def _check_values(rows: Iterable[Row], allowed: _Allowed) -> None:
    """Faults of single values: numbers, addresses, vocabularies, networks."""
    for row in rows:
        for column in NUMBER_COLUMNS & row.cells.keys():
            values = row.cells[column]
            if len(values) > 1 or parse_number(values[0]) is None:
                row.fault("not_a_number", column, " | ".join(values))
        for email in row.cells.get("email", ()):
            if "@" not in email:
                row.fault("no_at", "email", email)
        for column, (code, known) in allowed.of(row.header).items():
            for value in row.cells.get(column, ()):
                if same_value_key(value) not in known.keys:
                    near = allowed.suggestions.nearest(value, known.values)
                    row.fault(code, column, value, known=known.values, nearest=near)


def _candidate(row: Row) -> Candidate:
    if row.id is None:
        raise ValueError("a row without an id has a fault")
    return Candidate(row.id, row.file, row.number, row.cells)


def _set_aside(row: Row) -> SetAside:
    if row.refused:
        return SetAside(row.file, row.number, "consent_refused")
    return SetAside(row.file, row.number, "bad_row", faults=tuple(row.faults))


def _id_notes(file: _File) -> Iterator[Note]:
    """Tells where ids were made, and from what."""
    if file.header.has("id"):
        return
    taking_part = [row for row in file.rows if not row.refused and row.id is not None]
    from_email = sum("email" in row.cells for row in taking_part)
    for code, n in (("ids_from_email", from_email), ("ids_from_name", len(taking_part) - from_email)):
        if n:
            yield Note(code, file.name, params={"n": n})


def _ids_from(rows: Sequence[Row]) -> Literal["id", "email", "name"]:
    """Where ids came from; where rows differ, the first of e-mail, name and id that any row used."""
    sources = {None if row.header.has("id") else made_id(row)[1] for row in rows}
    if "email" in sources:
        return "email"
    return "name" if sources - {None} else "id"


def _name(source: Source) -> str:
    return source[0] if isinstance(source, tuple) else source.name
