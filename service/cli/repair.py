"""`kring repair`: a proposal put right with the least disruption."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from service.cli.common import (
    CONTRADICTION,
    DONE,
    INTERRUPTED,
    NOTHING_FOUND,
    as_program,
    changes_in,
    changing,
    err,
    interruptible,
    not_over,
    out,
    solving,
    tell_nothing,
    told,
    warmed,
)


@click.command()
@click.argument("programme", type=click.Path(path_type=Path))
@click.option("--baseline", type=click.Path(path_type=Path), required=True, help="The proposal to repair.")
@changing
@click.option(
    "--from-meeting",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    metavar="N",
    help="The first meeting that is still to come; those before it stay as they were.",
)
@click.option("--price-per-move", type=click.IntRange(0), metavar="N", help="What one move costs, beside the rules.")
@click.option("--move-budget", type=click.IntRange(0), metavar="N", help="At most so many moves.")
@click.option(
    "-o",
    "folder",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Where to write; PROGRAMME-repaired beside it by default.",
)
@solving
@told
def repair(
    programme: Path,
    baseline: Path,
    folder: Path | None,
    *,
    from_meeting: int,
    price_per_move: int | None,
    move_budget: int | None,
    time_limit: float | None,
    effort: int | None,
    seed: int,
    workers: int | None,
    skip_bad_rows: bool,
    as_json: bool,
    **given: Any,
) -> int:
    """Repair a baseline proposal of PROGRAMME after changes, with the fewest moves.

    Shows what more moves would save; --price-per-move and --move-budget choose among that.
    """
    from service.baseline import open_baseline  # noqa: PLC0415
    from service.by_hand import asked_as_left  # noqa: PLC0415
    from service.progress import watched  # noqa: PLC0415
    from service.reading import load  # noqa: PLC0415
    from service.repair import mend, repair_limits  # noqa: PLC0415
    from service.report import write_files  # noqa: PLC0415
    from service.show import show_repair  # noqa: PLC0415
    from solver.repair import Wanted  # noqa: PLC0415

    changes = changes_in(given)
    asked = load(programme, skip_bad_rows=skip_bad_rows)
    beside = open_baseline(baseline, changes)
    asked = asked_as_left(asked, beside.proposal)
    target = folder or programme.parent / f"{programme.stem}-repaired"
    not_over(target, baseline)
    warmed(as_json=as_json)
    with watched(err, quiet=as_json) as watch, interruptible() as stopped:
        mended = mend(
            asked,
            beside.proposal,
            changes,
            repair_limits(time_limit, effort, seed, workers),
            from_meeting=from_meeting,
            wanted=Wanted(price_per_move, move_budget),
            words=[str(programme), "--baseline", str(baseline)],
            listen=watch,
            stopped=stopped,
        )
    if mended.proposal is None:
        if mended.repaired.choices and mended.repaired.chosen is None:
            # There are repairs, but none within the budget.
            if as_json:
                as_program(mended.as_json())
            else:
                show_repair(out, mended, [])
            return CONTRADICTION if mended.repaired.fewest_proven else NOTHING_FOUND
        return tell_nothing(mended, as_json=as_json)
    files = write_files(mended.question, mended.proposal, target)
    if as_json:
        as_program(mended.proposal)
    else:
        show_repair(out, mended, files)
    return INTERRUPTED if stopped() else DONE
