"""Composition over time, side by side with plain CP-SAT on the same programme: `python benchmarks/against_cp_sat.py`.

Both get the same programme, the same number of workers and the same seconds, one after the other, in the same run; the
order is turned around with every seed. Plain CP-SAT is the exact model as Kring builds it, without a search before it
and without a hint. Prints, for each second, the best objective of either (waiting people first), and their ratio.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

from ortools.sat.python import cp_model

from service.reading import load
from service.warm import warm_up
from solver.compose import compose
from solver.cp import cp_solver
from solver.limits import Limits, Progress, Watch
from solver.lower import lower
from solver.model import CompositionModel
from solver.problem import Problem

FIXTURES = Path(__file__).parent.parent / "fixtures"
Trace = list[tuple[float, int, int]]
"""(seconds, waiting, objective), each better than the one before."""


def ours(problem: Problem, seconds: float, seed: int, workers: int) -> Trace:
    """What Kring has found by when."""
    begin = time.monotonic()
    trace: Trace = []

    def listen(progress: Progress) -> None:
        if progress.objective is not None:
            trace.append((time.monotonic() - begin, progress.waiting or 0, progress.objective))

    compose(problem, Watch(Limits(seconds=seconds, seed=seed, workers=workers), time.monotonic), listen)
    return trace


def plain(problem: Problem, seconds: float, seed: int, workers: int) -> Trace:
    """What CP-SAT has found by when; building the model counts, as it does for Kring."""
    begin = time.monotonic()
    trace: Trace = []
    model = CompositionModel(lower(problem))
    most = problem.pool.size * 1_000_000
    goal = model.objective if problem.waiting_is_weighed else most * model.waiting + model.objective
    model.model.minimize(goal)

    class Listener(cp_model.CpSolverSolutionCallback):  # type: ignore[misc]  # ortools ships no types
        def on_solution_callback(self) -> None:
            waiting, objective = divmod(round(self.objective_value), most)
            trace.append((time.monotonic() - begin, waiting, objective))

    solver = cp_solver(workers=workers)
    solver.parameters.random_seed = seed
    solver.parameters.max_time_in_seconds = max(0.1, seconds - (time.monotonic() - begin))
    solver.solve(model.model, Listener())
    return trace


def best_by(trace: Trace, second: float) -> tuple[int, int] | None:
    """The best of a trace at a moment."""
    return min(((waiting, objective) for at, waiting, objective in trace if at <= second), default=None)


def shown(best: tuple[int, int] | None) -> str:
    """An objective, with who waits."""
    if best is None:
        return "-"
    return f"{best[1]}" + (f" (+{best[0]} waiting)" if best[0] else "")


def main() -> None:
    """Runs the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("programmes", nargs="*", default=["sme-owners", "technical-services", "hr-managers"])
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    warm_up()
    methods: list[tuple[str, Callable[[Problem, float, int, int], Trace]]] = [("kring", ours), ("cp-sat", plain)]
    for name in asked.programmes:
        problem = load(FIXTURES / name / "programme.toml").question.problem
        print(f"\n{name}: {problem.pool.size} people, up to {len(problem.networks)} networks")
        for seed in range(1, asked.seeds + 1):
            traces = {
                label: method(problem, asked.seconds, seed, asked.workers)
                for label, method in (methods if seed % 2 else methods[::-1])
            }
            for second in (1.0, 2.0, 5.0, asked.seconds):
                one, other = (best_by(traces[label], second) for label in ("kring", "cp-sat"))
                ratio = f"{one[1] / other[1]:.2f}" if one and other and one[0] == other[0] and other[1] else "-"
                print(
                    f"  seed {seed}  {second:4.0f} s  kring {shown(one):>18}  cp-sat {shown(other):>18}  ratio {ratio}"
                )


if __name__ == "__main__":
    main()
