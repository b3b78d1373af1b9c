"""`kring place`: the networks for a newcomer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from service.cli.common import DONE, as_program, out, solving, told


@click.command()
@click.argument("programme", type=click.Path(path_type=Path))
@click.option("--baseline", type=click.Path(path_type=Path), required=True, help="The proposal that stands.")
@click.option("--candidate", type=click.Path(path_type=Path), required=True, help="A file with the newcomer.")
@click.option("-o", "folder", type=click.Path(path_type=Path), metavar="DIR", help="Write placement.json there too.")
@solving
@told
def place(
    programme: Path,
    baseline: Path,
    candidate: Path,
    folder: Path | None,
    *,
    skip_bad_rows: bool,
    as_json: bool,
    **limits: Any,
) -> int:
    """Rank the networks of a standing proposal for a newcomer, without moving anybody.

    Everything is counted exactly and at once, so limits, seed and workers change nothing.
    """
    from service.baseline import open_baseline  # noqa: PLC0415
    from service.by_hand import asked_as_left  # noqa: PLC0415
    from service.place import rankings  # noqa: PLC0415
    from service.reading import load  # noqa: PLC0415
    from service.show import show_ranking, written  # noqa: PLC0415

    asked = load(programme, skip_bad_rows=skip_bad_rows)
    beside = open_baseline(baseline).proposal
    found = rankings(asked_as_left(asked, beside), beside, candidate)
    told = found[0].as_json() if len(found) == 1 else {"placements": [each.as_json() for each in found]}
    if folder is not None:
        written(folder / "placement.json", f"{json.dumps(told, ensure_ascii=False, indent=1)}\n".encode())
    if as_json:
        as_program(told)
    else:
        for each in found:
            show_ranking(out, each)
    return DONE
