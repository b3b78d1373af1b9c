"""The people of a stored programme as a list to count and to ask about."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from service.candidates import KNOWN_COLUMNS, CandidateList, same_value_key
from service.faults import InputError
from service.intake.tables import Objects
from service.programme import Programme
from service.reading import gather
from service.store.candidates import STORED, every_candidate
from service.store.database import Store

NOBODY = CandidateList((), (), (), (), "id")


@dataclass(frozen=True, slots=True)
class ColumnThere:
    """A column that people have something in: how many, and the values that most have."""

    name: str
    known: bool
    filled: int
    different: int
    common: tuple[str, ...]


def people_there(store: Store, space: str, programme_id: str, asked: Programme) -> CandidateList:
    """The people on the list of a programme; who no longer fits what it asks is left out."""
    rows = every_candidate(store, space, programme_id)
    if not rows:
        return NOBODY
    try:
        return gather(asked, [Objects(STORED, rows)], skip_bad_rows=True)
    except InputError:  # every one of them is faulty: nobody is left to count
        return NOBODY


def columns_of(people: CandidateList, *, most: int = 12) -> list[ColumnThere]:
    """The columns that anybody has something in: known ones first, in the order in which Kring knows them."""
    counts: dict[str, Counter[str]] = {}
    first: dict[tuple[str, str], str] = {}
    filled: Counter[str] = Counter()
    for person in people.candidates:
        for column, values in person.cells.items():
            filled[column] += 1
            for value in values:
                key = same_value_key(value)
                first.setdefault((column, key), value)
                counts.setdefault(column, Counter())[key] += 1
    order = {name: number for number, name in enumerate(KNOWN_COLUMNS)}
    names = sorted(counts, key=lambda name: (order.get(name, len(order)), name.casefold()))
    return [
        ColumnThere(
            name,
            name in order,
            filled[name],
            len(counts[name]),
            tuple(first[name, key] for key, _ in sorted(counts[name].items(), key=lambda kv: (-kv[1], kv[0]))[:most]),
        )
        for name in names
    ]
