"""The rotation of one network: who shares a trio with whom at each meeting, who gives the case, and what is proven."""

from solver.rotation.problem import (
    MUST,
    Exchange,
    Gathering,
    Meeting,
    RotationPrices,
    RotationProblem,
    Spacing,
    TrioPrice,
    TrioTable,
    full_attendance,
    group_sizes,
)

__all__ = [
    "MUST",
    "Exchange",
    "Gathering",
    "Meeting",
    "RotationPrices",
    "RotationProblem",
    "Spacing",
    "TrioPrice",
    "TrioTable",
    "full_attendance",
    "group_sizes",
]
