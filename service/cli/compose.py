"""`kring compose`: networks and trios for a programme, written and told."""

from __future__ import annotations

from pathlib import Path

import click

from service.cli.common import (
    DONE,
    INTERRUPTED,
    as_program,
    beside,
    err,
    interruptible,
    limits_of,
    loading,
    out,
    solving,
    tell_nothing,
    told,
)


def what_comes_next() -> None:
    """Loads what is needed some time after the search has begun, in this order."""
    import ortools.sat.python.cp_model  # noqa: F401, PLC0415

    import service.report  # noqa: PLC0415
    import service.summary  # noqa: PLC0415

    service.report.read_templates()


@click.command()
@click.argument("programme", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "folder",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Where to write; a folder beside PROGRAMME by default.",
)
@solving
@told
def compose(
    programme: Path,
    folder: Path | None,
    *,
    time_limit: float | None,
    effort: int | None,
    seed: int,
    workers: int | None,
    skip_bad_rows: bool,
    as_json: bool,
) -> int:
    """Compose networks and trios for PROGRAMME, and write the proposal."""
    # Solving loads slowly, so only commands that solve load it.
    with loading(as_json=as_json) as wanted:
        from service.compose import answer  # noqa: PLC0415
        from service.progress import watched  # noqa: PLC0415
        from service.reading import load  # noqa: PLC0415
        from solver.chain import FEW  # noqa: PLC0415

        asked = load(programme, skip_bad_rows=skip_bad_rows)
        wanted.many = len(asked.question.problem.networks) > FEW
    limits = limits_of(time_limit, effort, seed, workers)
    with beside(what_comes_next), watched(err, quiet=as_json) as watch, interruptible() as stopped:
        found = answer(asked, limits, listen=watch, stopped=stopped)
    if found.proposal is None:
        return tell_nothing(found, as_json=as_json)
    from service.report import write_files  # noqa: PLC0415
    from service.summary import summary  # noqa: PLC0415

    target = folder or programme.parent / programme.stem
    files = write_files(found.question, found.proposal, target)
    if as_json:
        as_program(found.proposal)
    else:
        summary(out, found.question, found.proposal, files)
    if stopped():
        err.print("Interrupted: this is the best that was found so far.", style="bold")
        return INTERRUPTED
    return DONE
