"""Reads a matrix of distances between candidates (detail 27)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from service.candidates import CandidateList, parse_number, tidy
from service.faults import Fault, InputError


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
        for number, person in enumerate(candidates.candidates):
            cells = rows[row_of[person.id]]
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
