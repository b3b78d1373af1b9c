"""Rounds without a repeated pair where no whole design is known: fewer rounds, from differences, and guests.

A design of columns over the integers mod k is known by one group of each round: turned k times it is the round, and
nobody repeats a pair when no two columns show a difference twice. All k rounds at once are a difference matrix, which
even k never has (Drake 1979, Partial lambda-geometries and generalized Hadamard matrices over groups); some of them are
found in milliseconds by annealing a handful of numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final, TypeAlias

import numpy as np

from solver.rotation.kernels import differ, seat_guests
from solver.rotation.problem import Group

Round: TypeAlias = tuple[Group, ...]

DIFFER_STEPS: Final = 1_000_000
GUEST_STEPS: Final = 2_000_000
TRIES: Final = 8


@lru_cache(maxsize=128)
def columns(size: int, order: int, rounds: int) -> tuple[Round, ...] | None:
    """Groups of one member from each of `size` columns of `order` members; None where none is found.

    Member x of column c is c `order` + x; those of one column never meet.
    """
    if rounds > order:
        return None
    each = np.arange(order, dtype=np.int64)
    minus = (each[:, None] - each[None, :]) % order
    random = np.random.default_rng([size, order, rounds])
    for _ in range(TRIES):
        rows = random.integers(0, order, (rounds, size))
        if differ(rows, minus, _words(random), DIFFER_STEPS, 0.6, 0.12) == 0:
            return tuple(
                tuple(tuple(c * order + (int(x) + by) % order for c, x in enumerate(row)) for by in range(order))
                for row in rows
            )
    return None


@lru_cache(maxsize=128)
def with_guests(design: tuple[Round, ...], guests: int, rounds: int) -> tuple[Round, ...] | None:
    """Some of the rounds, with more people, at most one to a group, who meet nobody twice; they get the next numbers.

    Only the guests move; None where no seats for them are found.
    """
    everything = np.array(design, np.int64)
    _, hosts, size = everything.shape
    if guests > hosts or rounds > min(hosts, len(design)):
        return None
    random = np.random.default_rng([hosts * size, guests, rounds])
    for _ in range(TRIES):
        groups = everything[np.sort(random.permutation(len(design))[:rounds])]
        at = np.array([random.permutation(hosts)[:guests] for _ in range(rounds)], np.int64).T.copy()
        if seat_guests(groups, at, _words(random), GUEST_STEPS, 0.5, 0.2) == 0:
            return tuple(
                _joined(tuple(map(tuple, row)), at[:, number].tolist(), hosts * size)
                for number, row in enumerate(groups.tolist())
            )
    return None


def square(order: int) -> tuple[Round, ...]:
    """Three rounds for `order` x `order` people: the rows, the columns and the diagonals of a square, turned round."""
    each = range(order)
    return (
        tuple(tuple(row * order + column for column in each) for row in each),
        tuple(tuple(row * order + column for row in each) for column in each),
        tuple(tuple(row * order + (start - row) % order for row in each) for start in each),
    )


def _joined(groups: Round, seats: Sequence[int], first: int) -> Round:
    """The groups with guest e, number first + e, in group seats[e]."""
    guest = {seat: first + number for number, seat in enumerate(seats)}
    return tuple((*group, guest[place]) if place in guest else group for place, group in enumerate(groups))


def _words(random: np.random.Generator) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    """A state for the kernels' random numbers."""
    return np.array([random.integers(1, 1 << 63)], np.uint64)
