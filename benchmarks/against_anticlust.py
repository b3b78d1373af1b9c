"""Maximally diverse grouping beside the three-phase search of anticlust: `python benchmarks/against_anticlust.py`.

anticlust (Papenberg and others, MIT licence) has the three-phase search of Yang et al. (2022) as
`three_phase_search_anticlustering`, in C. It is installed here from its source, in the folder that `--peers` names.
That wants git, a C compiler, R, and the R packages Matrix, RANN and lpSolve (on Debian `r-base-core`, `r-cran-matrix`,
`r-cran-rann`, `r-cran-lpsolve`); `--source` may be a clone that is there already.

The peer does its iterations, and Kring gets exactly the seconds that they took (or those of `--seconds`), with one
worker; they take turns on one core. Seconds are those between a table in memory and the groups: starting R and Python
and reading count for neither. What Kring has told when its seconds are over counts, not what it hands out after them.

A row for each family, size and number of iterations, with means over the seeds. A ratio is Kring's sum of distances
inside groups to the peer's, so above 1 is better. A seed draws the instance, by the recipe in `composition.py`, and is
that of both searches. With `--proven`, how long proofs take for 10 and 12 people instead.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

import numpy as np
from composition import best_by, distances, solved
from numpy.typing import NDArray

from service.warm import warm_up
from solver.problem import Network, Pool, Problem
from solver.rules.diverse import Diverse

SOURCE, VERSION = "https://github.com/m-Py/anticlust", "v0.8.11"

FAMILIES = ("RanReal", "RanInt", "Geo")

SEARCH = """
asked <- commandArgs(trailingOnly = TRUE)
library(anticlust, lib.loc = asked[1])
numbers <- as.integer(asked[3:8])
table <- matrix(readBin(asked[2], "double", numbers[1]^2), numbers[1])
set.seed(numbers[6])
begin <- proc.time()[["elapsed"]]
groups <- three_phase_search_anticlustering(
  table, N = numbers[1], K = numbers[2], lower_bound = numbers[3], upper_bound = numbers[4],
  number_iterations = numbers[5])
cat(proc.time()[["elapsed"]] - begin, groups)
"""
"""A table to seconds and groups, all else as the package has it."""

Table = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Sizes:
    """So many people in so many groups, each from the smallest to the largest size."""

    people: int
    groups: int
    smallest: int
    largest: int

    def __str__(self) -> str:
        several = "" if self.smallest == self.largest else f" to {self.largest}"
        return f"{self.people} in {self.groups} of {self.smallest}{several}"


@dataclass(frozen=True, slots=True)
class Found:
    """A sum of distances inside groups, after so many seconds."""

    total: float
    seconds: float
    proven: bool = False


EQUAL = (Sizes(120, 10, 12, 12), Sizes(240, 12, 20, 20), Sizes(480, 20, 24, 24), Sizes(2_000, 50, 40, 40))
DIFFERING = (Sizes(120, 10, 8, 16), Sizes(240, 12, 15, 25))
TINY = (Sizes(10, 2, 5, 5), Sizes(12, 4, 3, 3))
"""As the instance library MDGPLIB has them."""


def inside(table: Table, groups: NDArray[np.int64], sizes: Sizes) -> float:
    """The sum of distances inside groups, counted from the table; sizes that were not asked for end the run."""
    counts = np.bincount(groups, minlength=sizes.groups)
    if len(counts) != sizes.groups or not (sizes.smallest <= counts.min() and counts.max() <= sizes.largest):
        raise SystemExit(f"sizes {sorted(counts)} are not {sizes}")
    return float(table[groups[:, None] == groups[None]].sum()) / 2_000


def ours(table: Table, sizes: Sizes, seconds: float, seed: int) -> Found:
    """What Kring has found by then, and when it gave its answer."""
    problem = Problem(
        pool=Pool(tuple(map(str, range(sizes.people)))),
        networks=tuple(Network(str(k), sizes.smallest, sizes.largest) for k in range(sizes.groups)),
        min_count=sizes.groups,
        rules=(Diverse(name="diverse", matrix=table),),
        must_place=frozenset(range(sizes.people)),
    )
    begin = time.monotonic()
    composed, trace = solved(problem, seconds, seed, 1)
    took = time.monotonic() - begin
    lost, everything = best_by(trace, seconds), int(table.sum()) // 2
    if composed.composition is None or composed.objective is None or lost is None:
        return Found(0.0, took)  # nothing in time is worth nothing
    groups = np.array(composed.composition.places, np.int64)
    if round(1_000 * inside(table, groups, sizes)) != everything - composed.objective or lost < composed.objective:
        raise SystemExit("what Kring told is not what its groups come to")
    return Found((everything - lost) / 1_000, took, composed.objective == composed.bound)


def theirs(table: Table, sizes: Sizes, iterations: int, seed: int, library: Path) -> Found:
    """What the three-phase search finds in so many iterations."""
    with tempfile.TemporaryDirectory() as folder:
        search, kept = Path(folder) / "search.R", Path(folder) / "table"
        search.write_text(SEARCH)
        (table / 1_000).tofile(kept)
        numbers = (sizes.people, sizes.groups, sizes.smallest, sizes.largest, iterations, seed)
        command = ["Rscript", "--vanilla", str(search), str(library), str(kept), *map(str, numbers)]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return Found(inside(table, np.array(told[1:], np.int64) - 1, sizes), float(told[0]))


def install(library: Path, source: str) -> None:
    """Installs anticlust for benchmarks alone, in a library beside everything else, unless it is there."""
    if (library / "anticlust").is_dir():
        return
    if shutil.which("Rscript") is None:
        raise SystemExit("anticlust needs R: on Debian r-base-core, r-cran-matrix, r-cran-rann and r-cran-lpsolve")
    library.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        clone = ["git", "-c", "advice.detachedHead=false", "clone", "--quiet", "--branch", VERSION, source, folder]
        subprocess.run(clone, check=True)
        build = ["R", "CMD", "INSTALL", "--no-docs", "--no-test-load", f"--library={library}", folder]
        subprocess.run(build, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def row(family: str, sizes: Sizes, iterations: int, asked: argparse.Namespace) -> str:
    """A line of the table: means over seeds, and how far the ratios are apart."""
    pairs = []
    for seed in range(1, asked.seeds + 1):
        table = distances(family, sizes.people, seed)
        peer = theirs(table, sizes, iterations, seed, asked.peers)
        pairs.append((ours(table, sizes, asked.seconds or peer.seconds, seed), peer))
    ratios = [mine.total / peer.total for mine, peer in pairs]
    spent = [asked.seconds or peer.seconds for _, peer in pairs]
    cells = (
        family,
        f"{sizes}",
        f"{iterations}",
        f"{mean(peer.seconds for _, peer in pairs):.2f}",
        f"{mean(spent):.2f}",
        f"{mean(peer.total for _, peer in pairs):,.1f}",
        f"{mean(mine.total for mine, _ in pairs):,.1f}",
        f"{mean(ratios):.4f} ({min(ratios):.4f} to {max(ratios):.4f})",
    )
    return f"| {' | '.join(cells)} |"


def proofs(asked: argparse.Namespace) -> None:
    """A line for each instance that is small enough to be proven, with what the peer finds there."""
    for sizes in TINY:
        for family in asked.families:
            for seed in range(1, asked.seeds + 1):
                table = distances(family, sizes.people, seed)
                peer = theirs(table, sizes, asked.iterations[-1], seed, asked.peers)
                mine = ours(table, sizes, asked.seconds or 10.0, seed)
                proof = "proven" if mine.proven else "not proven"
                print(
                    f"| {family} | {sizes} | {seed} | {mine.total:,.3f} | {proof} | {mine.seconds:.1f} "
                    f"| {peer.total:,.3f} |",
                    flush=True,
                )


def main() -> None:
    """Runs the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--families", nargs="*", choices=FAMILIES, default=FAMILIES)
    parser.add_argument("--people", type=int, nargs="*", default=[120, 240, 480], help="2000 takes minutes a row.")
    parser.add_argument("--sizes", choices=("equal", "differing", "both"), default="both")
    parser.add_argument("--iterations", type=int, nargs="*", default=[20, 500])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--seconds", type=float, help="For Kring; by default, those that the peer took.")
    parser.add_argument("--proven", action="store_true")
    parser.add_argument("--peers", type=Path, default=Path("build/peers/R"))
    parser.add_argument("--source", default=SOURCE, help="The repository of anticlust, or a clone of it.")
    asked = parser.parse_args()
    install(asked.peers, asked.source)
    warm_up()
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    if asked.proven:
        print("| family | people | seed | Kring | | seconds | anticlust |\n| --- | --- | --- | --- | --- | --- | --- |")
        proofs(asked)
        return
    print("| family | people | iterations | seconds of anticlust | of Kring | anticlust | Kring | ratio |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for sizes in {"equal": EQUAL, "differing": DIFFERING, "both": EQUAL + DIFFERING}[asked.sizes]:
        for iterations in asked.iterations:
            for family in asked.families:
                if sizes.people in asked.people:
                    print(row(family, sizes, iterations, asked), flush=True)


if __name__ == "__main__":
    main()
