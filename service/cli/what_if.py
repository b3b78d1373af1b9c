"""`kring what-if`: scenarios beside a baseline."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from service.changes import Changes, Scenario, crossed, parsed_sweep, read_scenarios
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
    limits_of,
    not_over,
    out,
    solving,
    tell_nothing,
    told,
    warmed,
)


@click.command("what-if")
@click.argument("programme", type=click.Path(path_type=Path))
@click.option("--baseline", type=click.Path(path_type=Path), required=True, help="The proposal to compare with.")
@changing
@click.option(
    "--sweep", multiple=True, metavar="KEY=A..B", help="One scenario for each value: networks.count=2..6, or 8,10,12."
)
@click.option(
    "--scenarios", type=click.Path(path_type=Path), metavar="FILE", help="One scenario for each line of switches."
)
@click.option("--quick", is_flag=True, help="Only go on from the baseline, as sweeps do.")
@click.option(
    "-o", "folder", type=click.Path(path_type=Path), metavar="DIR", help="Where to write; nothing is by default."
)
@solving
@told
def what_if(
    programme: Path,
    baseline: Path,
    sweep: tuple[str, ...],
    scenarios: Path | None,
    folder: Path | None,
    *,
    quick: bool,
    time_limit: float | None,
    effort: int | None,
    seed: int,
    workers: int | None,
    skip_bad_rows: bool,
    as_json: bool,
    **given: Any,
) -> int:
    """Compose PROGRAMME with changes, and lay the answer beside the baseline proposal.

    The baseline is only read. With an effort, every scenario can be made again from its line.
    """
    from service import what_if as use_case  # noqa: PLC0415
    from service.baseline import open_baseline  # noqa: PLC0415
    from service.by_hand import asked_as_left  # noqa: PLC0415
    from service.compared_files import write_compared, write_row  # noqa: PLC0415
    from service.files import FilesBeside  # noqa: PLC0415
    from service.progress import watched  # noqa: PLC0415
    from service.reading import load  # noqa: PLC0415
    from service.show import show_compared, show_row  # noqa: PLC0415

    changes = changes_in(given)
    row: tuple[Scenario, ...] = ()
    if scenarios is not None:
        text = FilesBeside(scenarios.parent).read(scenarios.name).decode("utf-8-sig", errors="replace")
        row = read_scenarios(text, file=scenarios.name, folder=scenarios.parent)
    row = crossed([*(parsed_sweep(each) for each in sweep), *([row] if row else [])], changes)
    if quick and not row:
        row = (Scenario(changes.line(), changes),)
    asked = load(programme, skip_bad_rows=skip_bad_rows)
    beside = open_baseline(baseline, Changes() if row else changes)
    asked = asked_as_left(asked, beside.proposal)
    if folder is not None:
        not_over(folder, baseline)
    limits = limits_of(time_limit, effort, seed, workers)
    words = [str(programme), "--baseline", str(baseline)]
    warmed(as_json=as_json)
    with watched(err, quiet=as_json) as watch, interruptible() as stopped:
        if not row:
            single = use_case.what_if(
                asked, beside.proposal, changes, limits, words=words, listen=watch, stopped=stopped
            )
        else:
            each = use_case.what_if_each(
                asked, beside.proposal, row, limits, words=words, rotations=folder is not None, stopped=stopped
            )
    if not row:
        if not single.found:
            return tell_nothing(single, as_json=as_json)
        files = [] if folder is None else write_compared(single, folder)
        if as_json:
            as_program(single.as_json())
        else:
            show_compared(out, single, files)
    else:
        if folder is not None:
            each = write_row(each, folder)
        if as_json:
            as_program(each.compared[0].as_json() if quick and len(row) == 1 and not sweep else each.as_json())
        else:
            show_row(out, each, folder)
        if not any(one.found for one in each.compared):
            impossible = all(one.status.value == "infeasible" for one in each.compared) and each.compared
            return CONTRADICTION if impossible else NOTHING_FOUND
    return INTERRUPTED if stopped() else DONE
