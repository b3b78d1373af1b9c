"""Progress on a terminal: a bar with what is being done, the best, the bound and the gap; silent elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from service.proposal_file import percent
from solver.limits import Listener, Progress

STAGES = {
    "search": "searching",
    "model": "proving with the exact model",
    "bound": "bounding",
    "rotations": "planning the trios",
}


@contextmanager
def watched(console: Console, *, quiet: bool) -> Iterator[Listener]:
    """A listener that draws what it hears."""
    if quiet or not console.is_terminal:
        yield lambda progress: None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("reading", total=1.0)

        def listen(progress: Progress) -> None:
            bar.update(task, description=line(progress), completed=closed(progress))

        yield listen


def line(progress: Progress) -> str:
    """One line: the stage, the best, the bound and the gap."""
    stage = STAGES.get(progress.stage, progress.stage)
    if progress.objective is None:
        return f"{stage}: nothing found yet"
    if progress.bound is None:
        return f"{stage}: best {progress.objective}"
    gap = percent(progress.objective, progress.bound)
    waiting = f", {progress.waiting} waiting" if progress.waiting else ""
    return f"{stage}: best {progress.objective}{waiting}, bound {progress.bound}, gap {gap}"


def closed(progress: Progress) -> float:
    """How much of the gap is closed, from 0 to 1."""
    if progress.objective is None or progress.bound is None:
        return 0.0
    return 1.0 if progress.objective <= progress.bound else progress.bound / max(1, progress.objective)
