"""A round of a large run in parts, as plain data: cut here, composed anew by any worker, and sewn together again.

A part is the numbers of some networks and of the people in them; every worker has the question, and lowers it once. The
parts of one round have no network and nobody in common, so what each finds holds whatever the others find
(`solver/partition.py`). Where one was lost, its people stay as they were.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

from service.reading import Asked
from service.rounds import ROUND_SECONDS, Standing, with_answer
from solver.chain import Work
from solver.compose import LARGE
from solver.levelling import strays
from solver.limits import Limits, Watch
from solver.lower import Lowered, lower
from solver.partition import Cutter
from solver.patchwork import DEPTHS, improve, ordered, patches, rank_of
from solver.problem import Composition, Problem
from solver.settle import slotted

AT_LEAST = 2
"""Workers, for sharing to be worth its while."""

LEAST_SECONDS = 2.0
"""Of one part: less would go into reading the question."""

PER_WORKER = 2
"""Parts for each worker in a round, so that whoever is quick does more, and whoever dies loses less."""


def worth_sharing(problem: Problem, standing: Standing, limits: Limits, workers: int) -> bool:
    """Whether the next round of a run is done in parts by all workers.

    Not where effort is counted: then the answer may not depend on who was there.
    """
    return (
        workers >= AT_LEAST
        and limits.effort is None
        and limits.seconds is not None
        and limits.seconds >= LEAST_SECONDS
        and standing.composition is not None
        and standing.rounds >= 1
        and problem.pool.size > LARGE
    )


def cut(lowered: Lowered, standing: Standing, limits: Limits, *, workers: int, cores: int) -> list[dict[str, Any]]:
    """The parts of a round, as JSON: so many that all workers are at work until its end."""
    composition = standing.composition
    assert composition is not None and limits.seconds is not None  # noqa: S101  (worth_sharing)
    dice = random.Random(limits.seed)
    order = ordered(lowered, composition, sorted(composition.groups()), standing.rounds, dice)
    found = patches(lowered, composition, [order], strays(lowered), dice)
    each = max(1, min(cores, ceil(len(found) / (workers * PER_WORKER))))
    groups = [found[first : first + each] for first in range(0, len(found), each)]
    turns = max(1, ceil(len(groups) / workers))
    seconds = max(LEAST_SECONDS, min(limits.seconds, ROUND_SECONDS) / turns)
    return [
        {
            "patches": [{"networks": list(patch.networks), "people": list(patch.people)} for patch in group],
            "seconds": round(seconds, 3),
            "seed": limits.seed + 7919 * number,
            "depth": DEPTHS[standing.rounds % len(DEPTHS)],
        }
        for number, group in enumerate(groups)
    ]


@dataclass
class Lowerings:
    """The last question that this worker has lowered, since the parts of one run ask for the same."""

    question: str | None = None
    cutter: Cutter | None = None

    def of(self, question: str, asked: Callable[[], Asked]) -> Cutter:
        """The cutter of a question."""
        if question != self.question or self.cutter is None:
            self.cutter = Cutter(lower(asked().question.problem))
            self.question = question
        return self.cutter


def compose_part(
    cutter: Cutter, standing: Standing, part: Mapping[str, Any], stopped: Callable[[], bool] = lambda: False
) -> dict[str, int]:
    """Composes the patches of a part anew, side by side; where its people are then, by number as JSON has it."""
    composition = standing.composition
    assert composition is not None  # noqa: S101  (only a run with an answer is shared)
    patch = part["patches"]
    watch = Watch(Limits(part["seconds"], None, part["seed"], len(patch)), time.monotonic, stopped)

    def one(number: int) -> dict[int, int]:
        cut_out = cutter.cut(composition, patch[number]["networks"], patch[number]["people"])
        work = Work(None, max(0.1, watch.remaining() or 0.1))
        return improve(cut_out, work, part["seed"] + number, part["depth"], watch).places

    with ThreadPoolExecutor(len(patch)) as pool:
        return {str(person): place for places in pool.map(one, range(len(patch))) for person, place in places.items()}


def sewn(
    problem: Problem, lowered: Lowered, standing: Standing, found: Sequence[Mapping[str, int]], seconds: float
) -> Standing:
    """What the parts make of the whole; never worse than it was, and counted again."""
    composition = standing.composition
    assert composition is not None  # noqa: S101  (only a run with an answer is shared)
    places = list(composition.places)
    for part in found:
        for person, place in part.items():
            places[int(person)] = place
    together = Composition(tuple(places), composition.slots, composition.facilitators)
    together = slotted(lowered, together, sorted(together.groups()))
    played = replace(standing, rounds=standing.rounds + 1, seconds=standing.seconds + seconds)
    # Parts that went on from one answer can still break together what none of them breaks alone, such as `together`.
    if rank_of(problem, together).hard:
        return replace(played, stuck=True)
    joined = with_answer(played, problem, together)
    same = (joined.objective, joined.waiting) == (standing.objective, standing.waiting)
    return replace(joined, stuck=same)
