"""Compiles and loads the search before anybody's time limit runs."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from service.compose import answer
from service.files import NoFiles
from service.intake.tables import Objects
from service.reading import asked_of
from solver.ahead import do, of_many, of_search, search
from solver.beside import ALL, MANY, MEETINGS, PARTS, Beside, beside
from solver.limits import Limits
from solver.rotation.problem import Exchange, RotationPrices, RotationProblem, full_attendance
from solver.rotation.solve import rotate

PROGRAMME: dict[str, Any] = {
    "name": "warming up",
    "networks": {"count": 2, "min_size": 3},
    "rules": [{"rule": "spread", "attribute": "sector"}],
}


def warm_up() -> None:
    """Compiles whatever is not compiled, and answers questions so small that their time is all spent on loading."""
    ready(beside(), all_of_it=True)
    do(of_many())
    warm_networks()
    warm_trios()


def ready(helper: Beside | None, *, all_of_it: bool, many: bool = False) -> None:
    """Has the search in memory; `helper`: what compiles beside, where anything is to be compiled.

    all_of_it, many: whether to wait for what few rotations and for what many networks need, too, the first time on a
    machine. It is compiled anyhow.
    """
    if helper is None:
        do(search())
        return
    with without_collecting():
        do(of_search(beside=False))
        helper.wait_for(PARTS)
        do(search())
    helper.wait_for(ALL if all_of_it else MANY if many else MEETINGS)


@contextmanager
def without_collecting() -> Iterator[None]:
    """Collecting garbage looks through a compiler at work again and again, for nothing."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


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
