"""Compiles kernels ahead of their first use: `python -m solver.ahead` does its share beside the process that waits.

Compiling holds a lock, so threads would only take turns. What one process has compiled, the other loads: first each
takes half of the parts of the search; then the one that waits puts them together while the other turns to meetings.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import numba as nb
import numpy as np

from solver import board as boards
from solver import terms
from solver.appoint import draw, offices
from solver.beside import ALL, MANY, MEETINGS, PARTS
from solver.lower import lower
from solver.problem import Network, Pool, Problem
from solver.reassign import desk, reassign
from solver.rotation.kernels import (
    Counts,
    Seating,
    Tally,
    Terms,
    differ,
    fill_round,
    seat_guests,
    spread,
    weigh,
    weigh_counts,
)
from solver.search import anneal
from solver.terms.folder import say_complete

Job = tuple[Any, tuple[Any, ...]]
"""A kernel, and arguments of the types that it is to be compiled for."""


def do(jobs: Iterable[Job]) -> None:
    """Compiles, or loads what is compiled."""
    for kernel, arguments in jobs:
        kernel.compile(tuple(map(nb.typeof, arguments)))


def _array(dimensions: int, kind: type = np.int64) -> Any:
    return np.zeros((1,) * dimensions, kind)


def _problem() -> Problem:
    return Problem(Pool(("a", "b")), (Network("A", 1, 2),), 1)


def _board() -> boards.Board:
    return boards.build(lower(_problem()), [0])


def search() -> list[Job]:
    """The search itself, of all its parts."""
    row = _array(1)
    return [
        (anneal, (_board(), row, row, _array(2), row, True, _array(1, np.uint64), 0, 0.0, 0.0, *[row] * 5, _array(2)))
    ]


def of_many() -> list[Job]:
    """What many networks need besides."""
    row, board = _array(1), _board()
    return [(reassign, (board, True, _array(1, np.uint64), 0, 0, *[row] * 4, desk(board, row[:0])))]


def of_led() -> list[Job]:
    """What networks with facilitators need besides."""
    row, table, board = _array(1), _array(2), _board()
    held, words = offices(lower(_problem()), [0]), _array(1, np.uint64)
    return [(draw, (board.best, *[row] * 4, table, held, words, 0.0, 0, 0, row))]


def of_search(*, beside: bool) -> list[Job]:
    """The parts of the search, in two halves that take about as long."""
    board = _board()
    move, sized = (0, 0, 0), (0, 0, 0, 0, 0)
    if beside:
        return [
            (terms.count.change, (board.counts, *sized)),
            (terms.count.commit, (board.counts, *move)),
            (terms.cover.change, (board.cover, *move)),
            (terms.cover.commit, (board.cover, *move)),
        ]
    return [
        (terms.home.change, (board.home, *move)),
        (terms.home.commit, (board.home, *move)),
        (terms.scatter.change, (board.scatter, 0, 0, 0, 0)),
        (terms.scatter.commit, (board.scatter, *move)),
        (terms.place.change, (board.place, *move)),
        (terms.likeness.change, (board.likeness, *move)),
        (terms.likeness.commit, (board.likeness, *move)),
        (terms.variety.change, (board.variety, *sized)),
        (terms.variety.commit, (board.variety, *move)),
        (terms.best.change, (board.best, *move, 0)),
        (terms.best.commit, (board.best, *move, 0)),
        (terms.pairs.change, (board.pairs, board.where, *move)),
        (terms.mean.change, (board.mean, *move)),
        (terms.mean.commit, (board.mean, *move)),
    ]


def of_meetings() -> list[Job]:
    """What most rotations need: an even spread, and all rules weighed together."""
    row, table, words = _array(1), _array(2), _array(1, np.uint64)
    seating = Seating(table, table, table, row)
    tally = Tally(table, table, table, row, row)
    rules = Terms(
        table, _array(3), row, table, table, row, table, _array(3, np.uint64), table, row,
        0, 0, 0, False, table, 0, 0, 0,
    )  # fmt: skip
    floats = _array(1, np.float64)
    return [
        (spread, (seating, row, table, row, row, row, row, words, 0, 0.0, 0, row, table)),
        (weigh, (seating, tally, rules, row, floats, floats, words, 0, 0.0, row, row, table, table)),
    ]


def of_few() -> list[Job]:
    """What few rotations need: values that are counted in large groups, and constructions."""
    row, table, words, flags = _array(1), _array(2), _array(1, np.uint64), _array(1, np.bool_)
    seating = Seating(table, table, table, row)
    counts = Counts(table, table, table, flags, table)
    floats = _array(1, np.float64)
    return [
        (
            weigh_counts,
            (seating, row, row, counts, _array(3), table, row, 0, 0, words, 0, 0.0, floats, row, row, table),
        ),
        (fill_round, (table, row, flags, table, 0, 0)),
        (differ, (table, table, words, 0, 0.0, 0.0)),
        (seat_guests, (_array(3), table, words, 0, 0.0, 0.0)),
    ]


def _say(stage: str) -> None:
    # Whoever waited may be gone.
    with suppress(BrokenPipeError):
        print(stage, flush=True)  # noqa: T201  (the process that waits reads it)


def main() -> None:
    """The share of the process beside."""
    gc.disable()  # it would look through a compiler at work again and again, for nothing
    do(of_search(beside=True))
    _say(PARTS)
    do(of_meetings())
    _say(MEETINGS)
    do(of_many())
    _say(MANY)
    if hasattr(os, "nice"):
        os.nice(10)  # from here on, somebody may be composing
    do(of_few())
    do(of_led())
    say_complete()
    _say(ALL)


if __name__ == "__main__":
    main()
