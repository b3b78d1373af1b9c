"""Composition over time beside team-formation and plain CP-SAT: `python benchmarks/against_team_formation.py`.

team-formation (Harvard Business School, MIT licence, PyPI) also asks CP-SAT. The programme is one that both can say:
its `cluster` is our `same` and its `different` our `distinct`, penalty for penalty, with networks of one size. It is
installed here, in the folder that `--peers` names, without its web pages. All three get the same seconds, one after
the other in one run, the order turned around with every seed; making the model counts. What team-formation finds is
priced by Kring.
"""

from __future__ import annotations

import argparse
import importlib
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd  # type: ignore[import-untyped]  # comes with ortools, without types
from against_cp_sat import Trace, best_by, ours, plain
from ortools.sat.python import cp_model

from service.warm import warm_up
from solver.price import score
from solver.problem import Category, Composition, Network, Pool, Problem
from solver.rules.distinct import Distinct
from solver.rules.same import Same

PEER = ("team_formation", "--no-deps", "team-formation==2.0.0")
"""The package, and what to ask of pip: without the web pages that it would bring along."""

SIZE = 12
WEIGHTS = {"role": 5, "region": 3, "organisation": 8}
VALUES = {"role": 6, "region": 5}
SECONDS = (1.0, 2.0, 5.0, 10.0, 20.0)


def drawn(people: int, seed: int) -> Problem:
    """A role and a region of uneven shares, and an organisation of three people on average."""
    dice = np.random.default_rng(seed)
    kinds = {name: dice.choice(n, people, p=dice.dirichlet(np.full(n, 3.0))) for name, n in VALUES.items()}
    kinds["organisation"] = dice.integers(0, people // 3, people)
    columns = {
        name: Category(
            tuple(f"{name} {value}" for value in range(int(codes.max()) + 1)), tuple((int(c),) for c in codes)
        )
        for name, codes in kinds.items()
    }
    return Problem(
        pool=Pool(tuple(map(str, range(people))), columns),
        networks=tuple(Network(f"N{number}", SIZE, SIZE) for number in range(people // SIZE)),
        min_count=people // SIZE,
        rules=(
            Same(name="role", attribute="role", strength=WEIGHTS["role"]),
            Same(name="region", attribute="region", strength=WEIGHTS["region"]),
            Distinct(name="organisation", attribute="organisation", strength=WEIGHTS["organisation"]),
        ),
        must_place=frozenset(range(people)),
    )


def theirs(problem: Problem, seconds: float, seed: int, workers: int) -> Trace:
    """What team-formation has found by when. It chooses seed and workers itself: as many as there are processors."""
    package: Any = importlib.import_module("team_formation.team_assignment")
    begin = time.monotonic()
    trace: Trace = []
    table = {name: [problem.pool.category(name).codes[p][0] for p in range(problem.pool.size)] for name in WEIGHTS}
    wishes = [(name, "different" if name == "organisation" else "cluster", weight) for name, weight in WEIGHTS.items()]
    asked = package.TeamAssignment(
        pd.DataFrame(table), pd.DataFrame(wishes, columns=["attribute", "type", "weight"]), SIZE
    )

    class Listener(cp_model.CpSolverSolutionCallback):  # type: ignore[misc]  # ortools ships no types
        def on_solution_callback(self) -> None:
            trace.append((time.monotonic() - begin, 0, round(self.objective_value)))

    left = max(0.1, seconds - (time.monotonic() - begin))
    asked.solve(solution_callback=Listener(), max_time_in_seconds=left)
    if asked.solution_found:
        nothing = (None,) * len(problem.networks)
        found = score(problem, Composition(tuple(map(int, asked.participants["team_num"])), nothing, nothing))
        if trace and trace[-1][2] != found.objective:
            raise SystemExit(f"team-formation says {trace[-1][2]}, which is {found.objective} by our rules")
    return trace


def install(folder: Path, package: str, *asked: str) -> None:
    """Installs a package for benchmarks alone, in a folder beside everything else, unless it is there."""
    if not (folder / package).is_dir():
        command = ["pip", "install", "--quiet", "--upgrade", "--target", str(folder), *asked]
        subprocess.run([sys.executable, "-m", *command], check=True)
    if str(folder) not in sys.path:
        sys.path.append(str(folder))


def main() -> None:
    """Runs the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, nargs="*", default=[60, 120, 240])
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--peers", type=Path, default=Path("build/peers"))
    asked = parser.parse_args()
    install(asked.peers, *PEER)
    warm_up()
    methods: dict[str, Callable[[Problem, float, int, int], Trace]] = {
        "kring": ours,
        "cp-sat": plain,
        "team-formation": theirs,
    }
    marks = sorted({second for second in SECONDS if second <= asked.seconds} | {asked.seconds})
    for people in asked.people:
        print(f"\n{people} people in {people // SIZE} networks of {SIZE}")
        for seed in range(1, asked.seeds + 1):
            problem = drawn(people, seed)
            order = list(methods) if seed % 2 else list(methods)[::-1]
            traces = {label: methods[label](problem, asked.seconds, seed, asked.workers) for label in order}
            for second in marks:
                best = {label: best_by(traces[label], second) for label in methods}
                told = "  ".join(f"{label} {'-' if found is None else found[1]:>5}" for label, found in best.items())
                print(f"  seed {seed}  {second:4.0f} s  {told}", flush=True)


if __name__ == "__main__":
    main()
