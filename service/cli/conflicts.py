"""`kring conflicts`: what cannot hold together, and the cheapest ways out."""

from __future__ import annotations

from pathlib import Path

import click

from service.cli.common import (
    CONTRADICTION,
    DONE,
    NOTHING_FOUND,
    as_program,
    err,
    interruptible,
    limits_of,
    out,
    solving,
    told,
    warmed,
)


@click.command()
@click.argument("programme", type=click.Path(path_type=Path))
@solving
@told
def conflicts(
    programme: Path,
    *,
    time_limit: float | None,
    effort: int | None,
    seed: int,
    workers: int | None,
    skip_bad_rows: bool,
    as_json: bool,
) -> int:
    """Name the smallest sets of must rules of PROGRAMME that cannot hold together, and the ways out.

    Exit code 0 where everything can hold together, 3 where it is proven that it cannot, 4 where neither was found out.
    """
    from service.conflicts import explained  # noqa: PLC0415
    from service.progress import watched  # noqa: PLC0415
    from service.reading import load  # noqa: PLC0415

    asked = load(programme, skip_bad_rows=skip_bad_rows)
    warmed(as_json=as_json)
    with watched(err, quiet=as_json), interruptible() as stopped:
        found = explained(asked, limits_of(time_limit, effort, seed, workers), stopped=stopped)
    if as_json:
        as_program(found.as_json())
    else:
        found.tell(out)
    return {True: DONE, False: CONTRADICTION, None: NOTHING_FOUND}[found.possible]
