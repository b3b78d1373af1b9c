"""`kring doctor`: what is wrong with this installation, and what to do about it."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from rich.text import Text

from service.cli.common import DONE, OTHER, as_program, out
from service.cli.stored import settings, storing

COLOURS = {"ok": "green", "warning": "yellow", "fault": "red"}


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), help="Where the server answers, or should.")
@click.option("--host", help="The address that it listens on.")
@click.option("--json", "as_json", is_flag=True, help="Print for a program.")
@storing
def doctor(port: int | None, host: str | None, data: Path | None, database: str | None, *, as_json: bool) -> None:
    """Say what is wrong, and what to do about it. Exit code 1 where something does not work; nothing is changed."""
    from service.doctor import Condition, examine  # noqa: PLC0415

    findings = examine(settings(database, data, port=port, host=host))
    works = all(each.condition is not Condition.FAULT for each in findings)
    if as_json:
        lines = [
            {"what": each.what, "condition": each.condition.value, "said": each.said, "do": each.do}
            for each in findings
        ]
        as_program({"works": works, "findings": lines})
    else:
        for each in findings:
            line = Text(f"{each.condition.value:8}", COLOURS[each.condition.value])
            out.print(line.append(f"{each.what}: {each.said}", "default"))
            if each.do is not None:
                out.print(f"{'':8}-> {each.do}", markup=False)
    sys.exit(DONE if works else OTHER)
