"""How good compositions are, how much of that is proven, and what size costs: `python benchmarks/composition.py TABLE`.

    gaps      best, bound and gap over families of programmes, several seeds a row
    diverse   maximally diverse grouping on instances of the published families, by time
    scale     national programmes from 1,000 people on: seconds, objective and memory, each size in a process of its own

Instances are made here: `RanReal` and `RanInt` draw every distance uniformly from 0 to 100, `Geo` takes Euclidean
distances of points with 2 to 21 coordinates drawn from 0 to 10 (the recipe of the instance library MDGPLIB).
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from service.reading import load
from service.warm import warm_up
from solver.compose import Composed, compose
from solver.limits import Limits, Progress, Watch
from solver.problem import Network, Pool, Problem
from solver.rules.diverse import Diverse

GENERATE = Path(__file__).parent.parent / "fixtures" / "generate.py"
TIMES = {30: 10.0, 60: 25.0, 120: 60.0, 300: 120.0, 1_000: 120.0}
"""Seconds for so many people, where none are asked for."""

Trace = list[tuple[float, int]]
"""(seconds, objective), each better than the one before."""


def solved(problem: Problem, seconds: float, seed: int, workers: int) -> tuple[Composed, Trace]:
    """A composition, and what was found by when."""
    begin = time.monotonic()
    trace: Trace = []

    def listen(progress: Progress) -> None:
        if progress.objective is not None:
            trace.append((time.monotonic() - begin, progress.objective))

    limits = Limits(seconds=seconds, seed=seed, workers=workers)
    return compose(problem, Watch(limits, time.monotonic), listen), trace


def best_by(trace: Trace, second: float) -> int | None:
    """The best objective at a moment."""
    return min((objective for at, objective in trace if at <= second), default=None)


def gaps(asked: argparse.Namespace) -> None:
    """A row for each family and size, a line for each seed."""
    warm_up()
    with tempfile.TemporaryDirectory() as folder:
        for people, seconds in TIMES.items():
            if people not in (asked.people or TIMES):
                continue
            for family in asked.families:
                for seed in range(1, asked.seeds + 1):
                    target = Path(folder) / f"{family}-{people}-{seed}"
                    command = [sys.executable, str(GENERATE), "family", family, str(people), str(target)]
                    subprocess.run([*command, "--seed", str(seed)], check=True)
                    problem = load(target / "programme.toml").question.problem
                    began = time.monotonic()
                    found, trace = solved(problem, asked.seconds or seconds, 1, asked.workers)
                    took = time.monotonic() - began
                    objective = found.objective or 0
                    print(
                        f"{family:7} {people:5} seed {seed:2}  after 1 s {best_by(trace, 1.0)}  10 s "
                        f"{best_by(trace, 10.0)}  best {objective}  bound {found.bound}  "
                        f"gap {100 * (objective - found.bound) / max(1, objective):5.1f} %  {took:5.1f} s  "
                        f"{', '.join(found.proof)}",
                        flush=True,
                    )


def distances(kind: str, people: int, seed: int) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """An instance of a family, in thousandths."""
    dice = np.random.default_rng(seed)
    if kind == "Geo":
        points = dice.uniform(0, 10, (people, int(dice.integers(2, 22))))
        found = np.sqrt(((points[:, None] - points[None]) ** 2).sum(axis=2))
    elif kind == "RanInt":
        found = dice.integers(0, 101, (people, people)).astype(np.float64)
    else:
        found = dice.uniform(0, 100, (people, people))
    upper = np.triu(np.rint(1000 * found), 1).astype(np.int64)
    return upper + upper.T


def diverse(asked: argparse.Namespace) -> None:
    """The sum of distances inside groups, after some seconds."""
    warm_up()
    for kind in ("RanReal", "RanInt", "Geo"):
        for people, groups in ((120, 10), (240, 12), (480, 20), (2_000, 50)):
            table = distances(kind, people, 1)
            size = people // groups
            problem = Problem(
                pool=Pool(tuple(map(str, range(people)))),
                networks=tuple(Network(str(k), size, size) for k in range(groups)),
                min_count=groups,
                rules=(Diverse(name="diverse", matrix=table),),
                must_place=frozenset(range(people)),
            )
            seconds = asked.seconds or 20.0
            found, trace = solved(problem, seconds, 1, asked.workers)
            everything = int(table.sum()) // 2
            told = []
            for second in (1.0, 2.0, 5.0, 10.0, seconds):
                lost = best_by(trace, second)
                told.append(f"{second:g} s {'-' if lost is None else f'{(everything - lost) / 1000:,.1f}'}")
            most = (everything - found.bound) / 1000
            print(f"{kind:8} n {people:5}, {groups} groups: {'  '.join(told)}  (at most {most:,.1f})", flush=True)


def scale(asked: argparse.Namespace) -> None:
    """Each size by itself, so that memory is its own."""
    for people in asked.people:
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([sys.executable, str(GENERATE), "national", str(people), folder], check=True)
            command = [sys.executable, __file__, "one", folder, "--seconds", str(asked.seconds or people / 200)]
            subprocess.run(command, check=True)


def one(asked: argparse.Namespace) -> None:
    """One size: the line that `scale` shows."""
    warm_up()
    begin = time.monotonic()
    problem = load(asked.folder / "programme.toml").question.problem
    read = time.monotonic() - begin
    found, trace = solved(problem, asked.seconds, 1, asked.workers)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    first = f"{trace[0][0]:.1f} s" if trace else "-"
    print(
        f"{problem.pool.size:7} people, {len(problem.networks)} networks: read {read:.1f} s, first {first}, after "
        f"{asked.seconds:g} s {found.objective} ({(found.objective or 0) / problem.pool.size:.3f} a person), "
        f"{memory:.0f} MB",
        flush=True,
    )


def main() -> None:
    """Runs one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, default=2)
    tables = parser.add_subparsers(required=True)
    for name, run in (("gaps", gaps), ("diverse", diverse), ("scale", scale), ("one", one)):
        table = tables.add_parser(name, help=run.__doc__)
        table.set_defaults(run=run)
        table.add_argument("--seconds", type=float, default=None)
        if run is gaps:
            table.add_argument("--seeds", type=int, default=3)
            table.add_argument("--families", nargs="*", default=["peer", "domain", "mixed"])
            table.add_argument("--people", type=int, nargs="*", choices=sorted(TIMES), help="All by default.")
        if run is scale:
            table.add_argument("--people", type=int, nargs="*", default=[1_000, 3_000, 10_000, 30_000, 100_000])
        if run is one:
            table.add_argument("folder", type=Path)
    asked = parser.parse_args()
    asked.run(asked)


if __name__ == "__main__":
    main()
