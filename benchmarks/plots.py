"""Quality over time and cost over size, as pictures in docs/plots: `python benchmarks/plots.py`.

    time   the objective of Kring, plain CP-SAT and team-formation over the seconds, on one programme, in one run
    size   seconds until everybody has a place, and memory, from 1,000 people on; beside it what n log n would be

Needs matplotlib, which is installed in the folder that `--peers` names.
"""

from __future__ import annotations

import argparse
import importlib
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
from against_cp_sat import Trace, ours, plain
from against_team_formation import PEER, drawn, install, theirs

from service.warm import warm_up

PLOTS = ("matplotlib", "matplotlib==3.10.7")
TARGET = Path(__file__).parent.parent / "docs" / "plots"


def over_time(figures: Any, people: int, seconds: float) -> None:
    """One programme, three methods."""
    problem = drawn(people, 1)
    warm_up()
    figure, axes = figures.subplots(figsize=(7, 3.6))
    for label, method, style in (("Kring", ours, "-"), ("plain CP-SAT", plain, "--"), ("team-formation", theirs, ":")):
        trace: Trace = method(problem, seconds, 1, 2)
        at, best = steps(trace, seconds)
        axes.step(at, best, where="post", label=label, linestyle=style)
        print(f"{label}: first {at[0]:.1f} s, {best[0]}; at the end {best[-1]}", flush=True)
    axes.set(xlabel="seconds", ylabel="objective", xscale="log", title=f"{people} people, three rules, two cores")
    axes.legend()
    figure.savefig(TARGET / "quality-over-time.svg", bbox_inches="tight")


def steps(trace: Trace, seconds: float) -> tuple[list[float], list[int]]:
    """Moments and the best so far, to the end."""
    at: list[float] = []
    best: list[int] = []
    for moment, _, objective in trace:
        if not best or objective < best[-1]:
            at.append(moment)
            best.append(objective)
    return [*at, seconds], [*best, best[-1]]


def over_size(figures: Any, sizes: list[int]) -> None:
    """Each size in a process of its own."""
    script = Path(__file__).parent / "composition.py"
    command = [sys.executable, str(script), "scale", "--people", *map(str, sizes)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    print(told, flush=True)
    found = [
        (int(people), float(first), int(memory))
        for people, first, memory in re.findall(r"^ *(\d+) people.* first ([\d.]+) s.*, (\d+) MB$", told, re.MULTILINE)
    ]
    people, first, memory = (np.array(values, dtype=float) for values in zip(*found, strict=True))
    figure, (left, right) = figures.subplots(1, 2, figsize=(9, 3.6))
    growth = people * np.log(people)
    left.loglog(people, first, "o-", label="Kring")
    left.loglog(people, first[0] * growth / growth[0], ":", label="n log n")
    left.set(xlabel="people", ylabel="seconds until everybody has a place")
    left.legend()
    right.semilogx(people, memory, "o-")
    right.set(xlabel="people", ylabel="MB at most", ylim=(0, 1.2 * float(memory.max())))
    figure.savefig(TARGET / "cost-over-size.svg", bbox_inches="tight")


def main() -> None:
    """Draws what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", default=["time", "size"], choices=["time", "size"])
    parser.add_argument("--people", type=int, default=120)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--sizes", type=int, nargs="*", default=[1_000, 3_000, 10_000, 30_000])
    parser.add_argument("--peers", type=Path, default=Path("build/peers"))
    asked = parser.parse_args()
    for package in (PLOTS, PEER):
        install(asked.peers, *package)
    matplotlib: Any = importlib.import_module("matplotlib")
    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "kring"
    figures: Any = importlib.import_module("matplotlib.pyplot")
    TARGET.mkdir(parents=True, exist_ok=True)
    if "time" in asked.what:
        over_time(figures, asked.people, asked.seconds)
    if "size" in asked.what:
        over_size(figures, asked.sizes)


if __name__ == "__main__":
    main()
