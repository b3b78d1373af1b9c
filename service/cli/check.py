"""`kring check`: a proposal counted again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from service.cli.common import DONE, OTHER, as_program, changes_in, changing, err, out, told


@click.command()
@click.argument("programme", type=click.Path(path_type=Path))
@click.argument("proposal", type=click.Path(path_type=Path))
@click.option("--skip-bad-rows", is_flag=True, help="Go on without rows that are wrong.")
@changing
@told
def check(programme: Path, proposal: Path, *, skip_bad_rows: bool, as_json: bool, **given: Any) -> int:
    """Recount PROPOSAL from the definitions of the rules, with no solver code.

    The proposal of a scenario or a repair is recounted with the changes that made it.
    """
    from service.check import check as recount  # noqa: PLC0415
    from service.files import FilesBeside  # noqa: PLC0415
    from service.proposal_file import read_proposal  # noqa: PLC0415
    from service.reading import load  # noqa: PLC0415
    from service.scenario import changed  # noqa: PLC0415

    changes = changes_in(given)
    asked = load(programme, skip_bad_rows=skip_bad_rows)
    stated = read_proposal(FilesBeside(proposal.parent).read(proposal.name), file=proposal.name)
    if not changes.nothing or "scenario" in stated or "repair" in stated:
        # Networks of an earlier answer keep their names, also where Kring would make others now.
        sizes = {network["name"]: len(network["members"]) for network in stated["networks"]}
        asked = changed(asked, changes, names=sizes)
    differences = list(recount(asked.question, stated))
    if stated.get("programme", {}).get("sha256") != asked.sha256:
        err.print("note: the programme or its candidates have changed since this proposal was written")
    if as_json:
        rows = [{"where": d.where, "stated": d.stated, "counted": d.counted} for d in differences]
        as_program({"agrees": not rows, "differences": rows})
    else:
        for difference in differences:
            out.print(difference.text(), markup=False)
        if not differences:
            out.print("Everything agrees: every penalty was counted again from its definition.")
    return OTHER if differences else DONE
