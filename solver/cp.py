"""The CP-SAT solver, made the same way everywhere."""

from __future__ import annotations

from ortools.sat.python import cp_model


def cp_solver(*, workers: int = 1, work: float | None = None) -> cp_model.CpSolver:
    """A solver that leaves Ctrl-C to whoever called us; `work`: a limit in deterministic time, about a second each."""
    solver = cp_model.CpSolver()
    # By default CP-SAT takes over SIGINT while it runs and afterwards restores the system's handler, not ours.
    solver.parameters.catch_sigint_signal = False
    solver.parameters.num_workers = workers
    if work is not None:
        solver.parameters.max_deterministic_time = work
    return solver
