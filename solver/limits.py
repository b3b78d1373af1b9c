"""How long a solve may take, and how it tells what it is doing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Limits:
    """A time limit in seconds, or an effort that gives the same answer every time.

    One effort is about a second of search at 120 people on two cores. With both, the clock can still stop the solve.
    """

    seconds: float | None = None
    effort: int | None = None
    seed: int = 1
    workers: int = 1

    def __post_init__(self) -> None:
        if self.seconds is None and self.effort is None:
            raise ValueError("a solve needs a time limit or an effort")
        if self.workers < 1 or (self.effort is not None and self.effort < 1):
            raise ValueError("workers and effort are whole numbers from 1")
        if self.seconds is not None and self.seconds < 0:
            raise ValueError("a time limit is not negative")


@dataclass(frozen=True, slots=True)
class Progress:
    """What is known so far, and what is being done."""

    stage: str
    objective: int | None = None
    bound: int | None = None
    waiting: int | None = None


Listener = Callable[[Progress], None]


class Watch:
    """The clock of one solve: how much of the limit is left, and whether somebody asked to stop."""

    def __init__(self, limits: Limits, clock: Clock, stopped: Callable[[], bool] | None = None) -> None:
        self.limits = limits
        self._clock = clock
        self._start = clock()
        self._stopped = stopped or (lambda: False)

    def elapsed(self) -> float:
        """Seconds since the solve began."""
        return self._clock() - self._start

    def remaining(self) -> float | None:
        """Seconds left; None: no limit by the clock."""
        return None if self.limits.seconds is None else max(0.0, self.limits.seconds - self.elapsed())

    def over(self, share: float = 1.0) -> bool:
        """Whether this share of the time limit has passed, or somebody asked to stop."""
        if self._stopped():
            return True
        return self.limits.seconds is not None and self.elapsed() >= share * self.limits.seconds

    @property
    def cancelled(self) -> bool:
        """Whether somebody asked to stop."""
        return self._stopped()

    @property
    def by_effort(self) -> bool:
        """Whether work is counted, so that a rerun gives the same answer."""
        return self.limits.effort is not None
