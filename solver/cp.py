"""The CP-SAT solver, loaded when it is first needed, and made the same way everywhere."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ortools.sat.python import cp_model
else:

    class _Late(ModuleType):
        """Loads the module when something is asked of it: with the pandas that it brings, a third of a second."""

        def __getattr__(self, name: str) -> Any:
            found = getattr(import_module(self.__name__), name)
            setattr(self, name, found)
            return found

    cp_model = _Late("ortools.sat.python.cp_model")


def cp_solver(*, workers: int = 1, work: float | None = None) -> cp_model.CpSolver:
    """A solver that leaves Ctrl-C to whoever called us; `work`: a limit in deterministic time, about a second each."""
    solver = cp_model.CpSolver()
    # By default CP-SAT takes over SIGINT while it runs and afterwards restores the system's handler, not ours.
    solver.parameters.catch_sigint_signal = False
    solver.parameters.num_workers = workers
    if work is not None:
        solver.parameters.max_deterministic_time = work
    return solver


def told(tell: Callable[[Any], None]) -> cp_model.CpSolverSolutionCallback:
    """A callback for `solve` that hands itself to `tell` at each solution."""
    return _told_class()(tell)


@cache
def _told_class() -> Any:
    class Told(cp_model.CpSolverSolutionCallback):  # type: ignore[misc]  # ortools ships no types
        def __init__(self, tell: Callable[[Any], None]) -> None:
            super().__init__()
            self._tell = tell

        def on_solution_callback(self) -> None:
            self._tell(self)

    return Told


__all__ = ["cp_model", "cp_solver", "told"]
