"""Compiles and loads the search before anybody's time limit runs.

The first time on a machine, a process beside this one compiles the kernels of the rotations while this one compiles
those of the composition: compiling holds a lock, so threads would only take turns.
"""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np

from service.compose import answer
from service.files import NoFiles
from service.intake.tables import Objects
from service.reading import asked_of
from solver.limits import Limits
from solver.rotation.problem import Exchange, RotationPrices, RotationProblem, full_attendance
from solver.rotation.solve import rotate
from solver.terms.compiled import compiled

PROGRAMME: dict[str, Any] = {
    "name": "warming up",
    "networks": {"count": 2, "min_size": 3},
    "rules": [{"rule": "spread", "attribute": "sector"}],
}


def warm_up() -> None:
    """Answers questions so small that their time is all spent on compiling and loading."""
    beside = None if compiled() else subprocess.Popen([sys.executable, "-m", "service.warm"])
    warm_networks()
    if beside is not None:
        beside.wait()
    warm_trios()


def warm_networks() -> None:
    """Everything that composes networks."""
    people = [{"id": str(number), "sector": "ab"[number % 2]} for number in range(8)]
    answer(asked_of(PROGRAMME, Objects("candidates", people), NoFiles()), Limits(effort=1))


def warm_trios() -> None:
    """Everything that plans meetings."""
    topics = np.arange(1, 8, dtype=np.uint64).reshape(7, 1)
    question = RotationProblem(
        7,
        full_attendance(7, 3),
        prices=RotationPrices(early=1, case_turns=1),
        exchange=Exchange(topics, topics[::-1], 1),
    )
    rotate(question, seed=1, effort=0.01)


if __name__ == "__main__":
    warm_trios()
