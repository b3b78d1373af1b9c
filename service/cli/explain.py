"""`kring explain`: why somebody sits where they sit."""

from __future__ import annotations

import json
from pathlib import Path

import click

from service.cli.common import DONE, INTERRUPTED, as_program, err, interruptible, out, solving, told, warmed


@click.command()
@click.argument("programme", type=click.Path(path_type=Path))
@click.argument("proposal", type=click.Path(path_type=Path))
@click.argument("id_", metavar="ID")
@click.option("--instead", metavar="NETWORK", help="Only what this other network would cost.")
@click.option("-o", "folder", type=click.Path(path_type=Path), metavar="DIR", help="Write explanation.json there too.")
@solving
@told
def explain(
    programme: Path,
    proposal: Path,
    id_: str,
    instead: str | None,
    folder: Path | None,
    *,
    time_limit: float | None,
    effort: int | None,
    seed: int,
    workers: int | None,
    skip_bad_rows: bool,
    as_json: bool,
) -> int:
    """Why the candidate ID sits here in PROPOSAL, and what every other place would cost."""
    from service.baseline import open_baseline  # noqa: PLC0415
    from service.by_hand import asked_as_left  # noqa: PLC0415
    from service.explain import explain as use_case  # noqa: PLC0415
    from service.progress import watched  # noqa: PLC0415
    from service.reading import load  # noqa: PLC0415
    from service.repair import repair_limits  # noqa: PLC0415
    from service.show import show_explained, written  # noqa: PLC0415

    asked = load(programme, skip_bad_rows=skip_bad_rows)
    beside = open_baseline(proposal)
    asked = asked_as_left(asked, beside.proposal)
    warmed(as_json=as_json)
    limits = repair_limits(time_limit, effort, seed, workers)
    with watched(err, quiet=as_json), interruptible() as stopped:
        found = use_case(asked, beside.proposal, id_, limits, instead=instead, stopped=stopped)
    if folder is not None:
        text = json.dumps(found.as_json(), ensure_ascii=False, indent=1)
        written(folder / "explanation.json", f"{text}\n".encode())
    if as_json:
        as_program(found.as_json())
    else:
        show_explained(out, found)
    return INTERRUPTED if stopped() else DONE
