"""Rotations beside plain CP-SAT and published figures: `python benchmarks/rotations.py`.

Prints one line for each question: people, rounds, the fewest repeats that counting allows, ours with the processor time
it took, what CP-SAT found in its seconds on the model as anybody would write it, and the figures of other programs as
they were published or measured elsewhere. With `--index FILE`, a list of names such as `16@5_1x4_4x3` (people, rounds,
groups and their sizes), it counts instead how many of them are met without a repeat.
"""

from __future__ import annotations

import argparse
import re
import time
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Final

import numpy as np
from ortools.sat.python import cp_model

from solver.cp import cp_solver
from solver.rotation.price import faults
from solver.rotation.problem import RotationProblem, full_attendance
from solver.rotation.solve import RotationResult, rotate

ELSEWHERE: Final = {
    (15, 7, 3): (3, 28), (13, 10, 3): (None, 76), (30, 10, 3): (0, 74), (24, 11, 3): (8, 81), (27, 13, 3): (14, 105),
    (32, 10, 4): (28, 155),
}  # fmt: skip
"""Repeats of good-enough-golfers in 30 s and of groupselect-lib in 10 s, measured 2026-11 on a like machine."""

QUESTIONS: Final = (
    *((v, r, 3) for v, r in zip(range(9, 37, 3), (4, 4, 7, 8, 10, 11, 13, 14, 16, 17), strict=True)),
    (16, 5, 4), (28, 9, 4), (32, 10, 4),
    (30, 10, 3), *((v, 10, 3) for v in (8, 10, 11, 13, 14, 17, 20, 22, 23, 25)),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Timed:
    """A rotation and the processor seconds it took."""

    result: RotationResult
    seconds: float


def ours(problem: RotationProblem, seconds: float) -> Timed:
    """Kring's rotation, checked from outside the search."""
    begin = time.process_time()
    result = rotate(problem, seed=1, deadline=time.monotonic() + seconds, clock=time.monotonic)
    took = time.process_time() - begin
    wrong = faults(problem, result.meetings)
    if wrong or not result.meetings:
        raise ArithmeticError(f"no rotation: {wrong or result.reasons}")
    return Timed(result, took)


def plain(problem: RotationProblem, seconds: float) -> int | None:
    """Repeats that CP-SAT finds: who sits in which group at which meeting, and which pairs meet."""
    model = cp_model.CpModel()
    people, rounds = range(problem.members), range(problem.meetings)
    together: dict[tuple[int, int], list[cp_model.IntVar]] = {pair: [] for pair in combinations(people, 2)}
    for meeting in rounds:
        sizes = problem.sizes[meeting]
        seat = [[model.new_bool_var("") for _ in sizes] for _ in people]
        for row in seat:
            model.add_exactly_one(row)
        for group, size in enumerate(sizes):
            model.add(sum(seat[i][group] for i in people) == size)
        for (i, j), meetings in together.items():
            met = model.new_bool_var("")
            for group in range(len(sizes)):
                model.add(seat[i][group] + seat[j][group] <= 1 + met)
            meetings.append(met)
    again = []
    for meetings in together.values():
        more = model.new_int_var(0, problem.meetings, "")
        model.add(more >= sum(meetings) - 1)
        again.append(more)
    model.minimize(sum(again))
    solver = cp_solver()
    solver.parameters.max_time_in_seconds = seconds
    status = solver.solve(model)
    return round(solver.objective_value) if status in (cp_model.OPTIMAL, cp_model.FEASIBLE) else None


def compare(seconds: float) -> None:
    """One line for each question."""
    # The first rotation of a process compiles or loads the search, which is no part of any answer.
    rotate(RotationProblem(7, full_attendance(7, 3)), seed=1, effort=0.01)
    print("people rounds size | least | ours  seconds  from | CP-SAT | good-enough-golfers, groupselect-lib")
    for members, rounds, size in QUESTIONS:
        problem = RotationProblem(members, full_attendance(members, rounds), group_size=size)
        timed = ours(problem, 5.0)
        found = plain(problem, seconds)
        golfers, groupselect = ELSEWHERE.get((members, rounds, size), (None, None))
        others = ", ".join("-" if figure is None else str(figure) for figure in (golfers, groupselect))
        print(
            f"{members:6} {rounds:6} {size:4} | {timed.result.least_repeats:5} | {timed.result.repeats:4}"
            f"  {timed.seconds:7.3f}  {timed.result.origin[:60]} | {'none' if found is None else found} | {others}",
            flush=True,
        )


def against_index(path: Path, seconds: float) -> None:
    """How many published schedules are matched with no repeat, in so many seconds each, and which are not."""
    entries = [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    missed: list[str] = []
    slowest = 0.0
    for entry in entries:
        told = re.fullmatch(r"(\d+)@(\d+)_(.+)", entry)
        if told is None:
            raise ValueError(f"{entry}: not people@rounds_AxS_BxT")
        counts = [part.split("x") for part in told[3].split("_")]
        groups = sum(int(count) for count, _ in counts)
        problem = RotationProblem(int(told[1]), full_attendance(int(told[1]), int(told[2])), groups=groups)
        timed = ours(problem, seconds)
        slowest = max(slowest, timed.seconds)
        sizes = sorted((int(size) for count, size in counts for _ in range(int(count))), reverse=True)
        if timed.result.repeats or not np.array_equal(problem.sizes[0], sizes):
            missed.append(f"{entry} ({timed.result.repeats})")
    matched = len(entries) - len(missed)
    print(
        f"{matched} of {len(entries)} without a repeat ({100 * matched / len(entries):.1f} %), slowest {slowest:.1f} s"
    )
    print("missed, with their repeats:", ", ".join(missed))


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0, help="for CP-SAT, or for each entry of an index")
    parser.add_argument("--index", type=Path, help="names of published schedules, one a line")
    given = parser.parse_args()
    if given.index is not None:
        against_index(given.index, given.seconds)
    else:
        compare(given.seconds)


if __name__ == "__main__":
    main()
