"""Kring's solver: values in, results out.

    from solver import Limits, Problem
    from solver.solve import solve
    result = solve(problem, Limits(seconds=10), time.monotonic)

No files, no database, no clock but the one passed in. `solver.problem` says what is asked, `solver.rules` has the
rules, one file each, and `solver.solve` is the one door.
"""

from solver.limits import Limits, Progress, Watch
from solver.problem import (
    WAITING,
    Category,
    Composition,
    Facilitator,
    Location,
    Meetings,
    Network,
    Number,
    Pool,
    Problem,
    ProblemError,
    Remainder,
)
from solver.rules import MUST, RULES

__all__ = [
    "MUST",
    "RULES",
    "WAITING",
    "Category",
    "Composition",
    "Facilitator",
    "Limits",
    "Location",
    "Meetings",
    "Network",
    "Number",
    "Pool",
    "Problem",
    "ProblemError",
    "Progress",
    "Remainder",
    "Watch",
]
