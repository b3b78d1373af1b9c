"""How long a start takes, from the shell: `python benchmarks/start.py`.

Composes a small programme (30 people in three networks, with meetings) with `kring compose` and a limit of a second,
as whoever types it sees it: from calling the command to its end. Cold is with an empty folder of compiled kernels, warm
with what the cold one left. Prints each run and the median, with the processor time, which tells what other work on the
machine was waited for.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
GENERATE = ROOT / "fixtures" / "generate.py"
KRING = [sys.executable, "-c", "from service.cli import main; main(prog_name='kring')"]
LEFT_OVER = 60.0
"""Seconds in which what is compiled behind the command is done at the latest."""


class Run(NamedTuple):
    """One start."""

    seconds: float
    processor: float


def started(programme: Path, target: Path, kernels: Path, *, limit: float) -> Run:
    """One start, with the kernels in this folder."""
    command = [*KRING, "compose", str(programme), "--time-limit", str(limit), "-o", str(target)]
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(kernels), "PYTHONPATH": str(ROOT)}
    before, begin = os.times(), time.monotonic()
    subprocess.run(command, env=environment, check=True, capture_output=True)
    seconds, after = time.monotonic() - begin, os.times()
    used = after.children_user - before.children_user + after.children_system - before.children_system
    return Run(seconds, used)


def everything_compiled(kernels: Path) -> bool:
    """Waits for what the first start leaves to a process behind it; whether that came to its end."""
    until = time.monotonic() + LEFT_OVER
    while time.monotonic() < until:
        if any(kernels.glob("complete-*")):
            return True
        time.sleep(0.2)
    return False


def tell(what: str, runs: list[Run]) -> None:
    """A line for each kind of start."""
    every = ", ".join(f"{run.seconds:.1f}" for run in runs)
    middle, processor = median(run.seconds for run in runs), median(run.processor for run in runs)
    print(f"{what:5} median {middle:5.2f} s of {len(runs)} ({every}); its own processor time {processor:.2f} s")


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=30)
    parser.add_argument("--family", default="peer", help="of programmes that fixtures/generate.py makes")
    parser.add_argument("--limit", type=float, default=1.0, help="seconds for composing")
    parser.add_argument("--cold", type=int, default=3, help="starts with nothing compiled")
    parser.add_argument("--warm", type=int, default=7, help="starts with everything compiled")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        command = [sys.executable, str(GENERATE), "family", given.family, str(given.people), str(folder / "asked")]
        subprocess.run([*command, "--seed", "1"], check=True, cwd=ROOT)
        programme = folder / "asked" / "programme.toml"
        print(
            f"{given.people} people, {given.family}, limit {given.limit:g} s, {os.cpu_count()} processors, "
            f"load {os.getloadavg()[0]:.1f}"
        )
        cold, kernels = [], folder
        for number in range(max(1, given.cold)):
            kernels = folder / f"kernels-{number}"
            cold.append(started(programme, folder / "out", kernels, limit=given.limit))
            if not everything_compiled(kernels):
                raise SystemExit("The kernels that few rotations need were not compiled within a minute.")
        tell("cold", cold)
        tell("warm", [started(programme, folder / "out", kernels, limit=given.limit) for _ in range(given.warm)])


if __name__ == "__main__":
    main()
