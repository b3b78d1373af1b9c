"""Reads a matrix of distances between candidates (detail 27)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from service.candidates import CandidateList, parse_number, tidy
from service.faults import Fault, InputError

NEAR_HALF = 1e-3
"""Of a thousandth: further from a half, a float of so few digits rounds as the decimal does."""

_PLAIN = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?(;[0-9]{1,12}(\.[0-9]{1,12})?)*")


def _plain_thousandths(cells: Sequence[str], order: Sequence[int]) -> NDArray[np.int64] | None:
    """A row of plain decimals at once, halves up; None where any cell needs a closer look."""
    if len(cells) <= max(order):
        return None
    ordered = [cells[at] for at in order]
    if _PLAIN.fullmatch(";".join(ordered)) is None:
        return None
    thousandths = np.array(ordered, dtype=np.float64) * 1000
    whole = np.floor(thousandths + 0.5)
    # What lies near a half is counted exactly: 0.0005 is not a number that a computer has.
    for index in np.flatnonzero(np.abs(thousandths - np.floor(thousandths) - 0.5) < NEAR_HALF):
        whole[index] = int(Fraction(ordered[index]) * 1000 + Fraction(1, 2))
    return whole.astype(np.int64)


def matrix_of(rows: Sequence[Sequence[str]], candidates: CandidateList, file: str) -> NDArray[np.int64]:
    """Distances in thousandths, in the order of the candidates; raises InputError with what is wrong."""
    header = [tidy(cell) for cell in rows[0][1:]] if rows else []
    column = {id_: index for index, id_ in enumerate(header)}
    row_of = {tidy(row[0]): index for index, row in enumerate(rows) if index}
    faults = [
        Fault(code="not_in_matrix", file=file, found=person.id)
        for person in candidates.candidates
        if person.id not in column or person.id not in row_of
    ]
    size = len(candidates.candidates)
    matrix = np.zeros((size, size), dtype=np.int64)
    if not faults:
        order = [column[person.id] + 1 for person in candidates.candidates]
        for number, person in enumerate(candidates.candidates):
            cells = rows[row_of[person.id]]
            plain = _plain_thousandths(cells, order)
            if plain is not None:
                matrix[number] = plain
                continue
            for other_number, other in enumerate(candidates.candidates):
                at = column[other.id] + 1
                value = parse_number(cells[at]) if at < len(cells) else None
                if value is None or value < 0:
                    found = cells[at] if at < len(cells) else None
                    faults.append(
                        Fault(code="not_a_distance", file=file, row=row_of[person.id] + 1, column=other.id, found=found)
                    )
                else:
                    matrix[number, other_number] = int(value * 1000 + Fraction(1, 2))
        np.fill_diagonal(matrix, 0)
        for one, other in np.argwhere(matrix != matrix.T) if not faults else ():
            if one < other:
                pair = f"{candidates.candidates[one].id}, {candidates.candidates[other].id}"
                faults.append(Fault(code="not_symmetric", file=file, found=pair))
    if faults:
        raise InputError(faults[:100])
    return matrix
