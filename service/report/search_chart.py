"""The picture of a search: the best found falls, the proven limit rises, and the answer lies between them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

WIDTH, HEIGHT = 600.0, 180.0
MOST_POINTS = 400
"""Steps of a line that a picture shows; a longer search leaves every second one out, and so on."""


@dataclass(frozen=True, slots=True)
class Known:
    """What was known at a moment, in seconds since the start."""

    seconds: float
    objective: int | None
    bound: int | None


@dataclass(frozen=True, slots=True)
class SearchChart:
    """Both lines as points of an SVG of WIDTH by HEIGHT, and the numbers at the ends of its axes."""

    best: str
    bound: str
    between: str
    """The area that is still open, as a polygon."""
    seconds: float
    top: int
    bottom: int


def search_chart(steps: Iterable[Known], until: float) -> SearchChart | None:
    """The picture of a search so far; None before anything was found."""
    known = [step for step in steps if step.objective is not None]
    if not known:
        return None
    while len(known) > MOST_POINTS:
        known = [known[0], *known[1:-1:2], known[-1]]
    # At first anything will do: the first finds lie so high that what follows would be a flat line.
    objectives = sorted(step.objective for step in known if step.objective is not None)
    usual = objectives[len(objectives) // 2]
    top = max(usual + (usual - objectives[0]), objectives[0] + 1)
    bottom = min(step.bound if step.bound is not None else 0 for step in known)
    seconds = max(until, known[-1].seconds, 1.0)

    def place(at: float, value: int) -> tuple[float, float]:
        high = (min(value, top) - bottom) / max(1, top - bottom)
        return round(WIDTH * at / seconds, 1), round(HEIGHT * (1 - high), 1)

    best = _steps([place(step.seconds, step.objective or 0) for step in known], WIDTH)
    bound = _steps([place(step.seconds, step.bound or 0) for step in known], WIDTH)
    return SearchChart(_points(best), _points(bound), _points([*best, *reversed(bound)]), seconds, top, bottom)


def _steps(points: list[tuple[float, float]], width: float) -> list[tuple[float, float]]:
    """What holds until something better is known: a line of steps, out to the right edge."""
    found = [points[0]]
    for (_, before), (x, y) in pairwise(points):
        found += [(x, before), (x, y)]
    return [*found, (width, points[-1][1])]


def _points(points: list[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points)
