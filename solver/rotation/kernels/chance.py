"""Random numbers and the law of Metropolis, compiled into every kernel that anneals."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from solver.rotation.problem import Ints
from solver.terms.compiled import inner

Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.uint64]


@inner
def draw(rng: Words) -> np.uint64:
    """The next of 2^64 - 1 numbers (xorshift64, Marsaglia 2003)."""
    x = rng[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    rng[0] = x
    return np.uint64(x)


@inner
def below(rng: Words, limit: int) -> int:
    """A number 0 .. limit - 1; the bias of the remainder is far below what an annealing could feel."""
    return int(np.int64((draw(rng) >> np.uint64(11)) % np.uint64(limit)))


@inner
def accepts(rng: Words, change: float, temperature: float) -> bool:
    """Metropolis: never refuses an improvement, and a worsening of d only with chance 1 - exp(-d / temperature)."""
    if change <= 0:
        return True
    if change > 40 * temperature:
        return False
    uniform = (draw(rng) >> np.uint64(11)) * (1.0 / 9007199254740992.0)
    return bool(uniform < np.exp(-change / temperature))


@inner
def copy_rows(source: Ints, target: Ints) -> None:
    """Copies two dimensions by hand: numba takes three seconds longer to compile a slice assignment."""
    for row in range(source.shape[0]):
        for column in range(source.shape[1]):
            target[row, column] = source[row, column]
