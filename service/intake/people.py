"""Who is meant: ids for rows that have none, each id once, and names in `apart_from` and `together_with` made ids."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from service.candidates import PERSON_COLUMNS, Note, full_name, same_value_key
from service.faults import Fault, Param
from service.intake.cells import slug
from service.intake.header import Header
from service.intake.suggest import Suggestions


@dataclass(slots=True)
class Row:
    """A row on its way to being a candidate."""

    file: str
    number: int
    header: Header
    cells: dict[str, tuple[str, ...]]
    id: str | None = None
    refused: bool = False  # consent
    faults: list[Fault] = field(default_factory=list)

    def fault(
        self,
        code: str,
        column: str | None,
        found: str | None = None,
        *,
        params: Mapping[str, Param] | None = None,
        known: tuple[str, ...] = (),
        nearest: str | None = None,
    ) -> None:
        """Notes that something is wrong here; `column` is the name Kring knows, the fault says the one in the file."""
        self.faults.append(
            Fault(
                code=code,
                file=self.file,
                row=self.number,
                column=None if column is None else self.header.header_of(column),
                found=found,
                params=params or {},
                known=known,
                nearest=nearest,
            )
        )


def identify(rows: Iterable[Row]) -> None:
    """Gives every row its id, or the fault that it has none or one that an earlier row has."""
    first: dict[str, Row] = {}
    for row in rows:
        row.id, source = _own_id(row) if row.header.has("id") else made_id(row)
        if row.id is None:
            if not row.refused:
                _fault_no_id(row)
            continue
        earlier = first.setdefault(row.id, row)
        if earlier is not row and not row.refused:
            code = "id_repeated" if source == "id" else "made_id_repeated"
            row.fault(code, source, row.id, params={"file": earlier.file, "row": earlier.number})


def made_id(row: Row) -> tuple[str | None, str | None]:
    """An id made from what the row says, and the column it came from."""
    email = row.cells.get("email")
    if email:
        return email[0].lower(), "email"
    parts = [*row.cells.get("first_name", ()), *row.cells.get("last_name", ())]
    if parts and (made := slug(" ".join(parts))):
        return made, "last_name" if row.header.has("last_name") else "first_name"
    if made := slug(" ".join(row.cells.get("name", ()))):
        return made, "name"
    return None, None


def _own_id(row: Row) -> tuple[str | None, str]:
    values = row.cells.get("id")
    return (values[0] if values else None), "id"


def _fault_no_id(row: Row) -> None:
    if row.header.has("id"):
        row.fault("id_missing", "id")
    else:
        row.fault("no_way_to_id", None)


class People:
    """Everyone in the files, to be found by id, else by e-mail address, else by name."""

    def __init__(self, rows: Sequence[Row], suggestions: Suggestions) -> None:
        self._by_id: dict[str, Row] = {}
        self._by_email: dict[str, list[Row]] = {}
        self._by_name: dict[str, list[Row]] = {}
        self._suggestions = suggestions
        self._known: tuple[str, ...] | None = None
        if any(column in row.cells for row in rows for column in PERSON_COLUMNS):
            self._enrol(rows)

    def _enrol(self, rows: Iterable[Row]) -> None:
        for row in rows:
            if row.id is not None:
                self._by_id.setdefault(row.id, row)
            for email in row.cells.get("email", ()):
                self._by_email.setdefault(same_value_key(email), []).append(row)
            for name in _names(row):
                self._by_name.setdefault(name, []).append(row)

    def find(self, reference: str) -> list[Row]:
        """Those who may be meant: nobody, one, or several of one name."""
        if reference in self._by_id:
            return [self._by_id[reference]]
        key = same_value_key(reference)
        return self._by_email.get(key) or self._by_name.get(key, [])

    def nearest(self, reference: str) -> str | None:
        """The id or name that was probably meant."""
        if self._known is None:
            self._known = (*self._by_id, *(full_name(rows[0].cells) for rows in self._by_name.values()))
        return self._suggestions.nearest(reference, self._known)


def check_references(rows: Iterable[Row], people: People) -> None:
    """Makes a fault of every reference that names nobody, or more than one."""
    for row, column, reference in _references(rows):
        found = people.find(reference)
        if not found:
            row.fault("nobody", column, reference, nearest=people.nearest(reference))
        elif len(found) > 1:
            row.fault("not_unique", column, reference, params={"rows": tuple(str(other.number) for other in found)})


def resolve_references(rows: Iterable[Row], people: People) -> list[Note]:
    """Turns references into ids, leaving out, with a note, those to oneself and to people who take no part."""
    notes = []
    for row in rows:
        for column in PERSON_COLUMNS:
            if column in row.cells:
                ids, left_out = _resolved(row, row.cells.pop(column), people)
                if ids:
                    row.cells[column] = ids
                header = row.header.header_of(column) or column
                notes += [Note(code, row.file, row.number, {"column": header}) for code in left_out]
    return notes


def _resolved(row: Row, references: tuple[str, ...], people: People) -> tuple[tuple[str, ...], list[str]]:
    ids: dict[str, None] = {}
    left_out = []
    for reference in references:
        (other,) = people.find(reference)
        if other is row:
            left_out.append("reference_to_self")
        elif other.id is None or other.refused or other.faults:
            left_out.append("reference_left_out")
        else:
            ids[other.id] = None
    return tuple(ids), left_out


def _references(rows: Iterable[Row]) -> Iterator[tuple[Row, str, str]]:
    for row in rows:
        for column in PERSON_COLUMNS:
            for reference in row.cells.get(column, ()):
                yield row, column, reference


def _names(row: Row) -> set[str]:
    """The names a person may be called by: the name, and first and last name."""
    parts = (*row.cells.get("first_name", ()), *row.cells.get("last_name", ()))
    return {same_value_key(name) for name in (" ".join(row.cells.get("name", ())), " ".join(parts)) if name}
