"""The command line: each command reads, calls one use case, and prints."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console

from service.faults import InputError
from service.version import __version__
from service.words import known_language

DONE, OTHER, BAD_INPUT, CONTRADICTION, NOTHING_FOUND, INTERRUPTED = 0, 1, 2, 3, 4, 130
"""Exit codes."""

Command = TypeVar("Command", bound=Callable[..., Any])

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="kring")
def main() -> None:
    """Kring composes learning networks: who learns with whom, proven and explained."""


def solving(command: Command) -> Command:
    """The options that every command which solves has."""
    for option in reversed(
        (
            click.option(
                "--time-limit", type=click.FloatRange(0.1), metavar="S", help="Seconds to spend; 20 by default."
            ),
            click.option(
                "--effort",
                type=click.IntRange(1),
                metavar="N",
                help="Work to spend instead: the same answer every time.",
            ),
            click.option(
                "--seed",
                type=click.IntRange(0),
                default=1,
                show_default=True,
                metavar="N",
                help="Another seed, another search.",
            ),
            click.option(
                "--workers", type=click.IntRange(1), metavar="N", help="Processor cores to use; all by default."
            ),
            click.option("--skip-bad-rows", is_flag=True, help="Go on without rows that are wrong, and list them."),
        )
    ):
        command = option(command)
    return command


def told(command: Callable[..., int]) -> Callable[..., None]:
    """Turns what a command raises into an exit code and words on standard error."""

    @click.option("--json", "as_json", is_flag=True, help="Print for a program.")
    @wraps(command)
    def run(*args: Any, as_json: bool, **kwargs: Any) -> None:
        try:
            code = command(*args, as_json=as_json, **kwargs)
        except InputError as error:
            tell_faults(error, as_json=as_json)
            code = BAD_INPUT
        except BrokenPipeError:
            # Whoever reads us has gone (kring ... | head): nothing more to say, and no trace of it at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = OTHER
        except KeyboardInterrupt:
            err.print("Interrupted before anything was found.")
            code = INTERRUPTED
        sys.exit(code)

    return run


def language_of_terminal() -> str:
    """The language that the terminal is set to, where Kring speaks it; else English."""
    stated = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return stated[:2] if known_language(stated[:2]) else "en"


def tell_faults(error: InputError, *, as_json: bool) -> None:
    """Every fault on standard error."""
    language = language_of_terminal()
    if as_json:
        print(json.dumps(error.as_json(language), ensure_ascii=False), file=sys.stderr)  # noqa: T201
        return
    for fault in error.faults:
        err.print(fault.text(language), markup=False)
    count = len(error.faults)
    err.print(f"{count} fault{'s' if count != 1 else ''}; nothing was written.", style="bold")


@main.command()
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
    from service.compose import answer  # noqa: PLC0415
    from service.progress import watched  # noqa: PLC0415
    from service.reading import load  # noqa: PLC0415
    from service.report import write_files  # noqa: PLC0415
    from service.summary import summary  # noqa: PLC0415
    from service.warm import warm_up  # noqa: PLC0415
    from solver.terms.compiled import compiled  # noqa: PLC0415

    asked = load(programme, skip_bad_rows=skip_bad_rows)
    if not (as_json or compiled()):
        err.print("Compiling the search: once, and some fifteen seconds; it does not count as time.", style="dim")
    warm_up()
    with watched(err, quiet=as_json) as watch, interruptible() as stopped:
        found = answer(asked, limits_of(time_limit, effort, seed, workers), listen=watch, stopped=stopped)
    if found.proposal is None:
        return tell_nothing(found, as_json=as_json)
    target = folder or programme.parent / programme.stem
    files = write_files(found.question, found.proposal, target)
    if as_json:
        print(json.dumps(found.proposal, ensure_ascii=False))  # noqa: T201
    else:
        summary(out, found.question, found.proposal, files)
    if stopped():
        err.print("Interrupted: this is the best that was found so far.", style="bold")
        return INTERRUPTED
    return DONE


def limits_of(seconds: float | None, effort: int | None, seed: int, workers: int | None) -> Any:
    """The limits that the options ask for: 20 seconds where they ask for none."""
    from service.compose import USUAL_SECONDS  # noqa: PLC0415
    from solver.limits import Limits  # noqa: PLC0415

    if seconds is None and effort is None:
        seconds = USUAL_SECONDS
    return Limits(seconds, effort, seed, workers or os.cpu_count() or 1)


def tell_nothing(found: Any, *, as_json: bool) -> int:
    """Says why there is no proposal: a contradiction, or nothing found."""
    from service.conflicts import conflicts_of  # noqa: PLC0415
    from solver.compose import Status  # noqa: PLC0415

    if found.status is Status.INFEASIBLE:
        explained = conflicts_of(found)
        if as_json:
            print(json.dumps(explained.as_json(), ensure_ascii=False), file=sys.stderr)  # noqa: T201
        else:
            explained.tell(err)
        return CONTRADICTION
    text = "Stopped with nothing found and nothing proven. More time may help."
    if as_json:
        print(json.dumps({"code": "nothing_found", "errors": []}), file=sys.stderr)  # noqa: T201
    else:
        err.print(text)
    return NOTHING_FOUND


@contextmanager
def interruptible() -> Iterator[Callable[[], bool]]:
    """Ctrl-C asks to stop with the best so far; a second one stops at once."""
    asked: list[int] = []

    def stop(number: int, frame: object) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield lambda: bool(asked)
    finally:
        signal.signal(signal.SIGINT, before)


@main.command()
@click.argument("programme", type=click.Path(path_type=Path))
@click.argument("proposal", type=click.Path(path_type=Path))
@click.option("--skip-bad-rows", is_flag=True, help="Go on without rows that are wrong.")
@told
def check(programme: Path, proposal: Path, *, skip_bad_rows: bool, as_json: bool) -> int:
    """Recount PROPOSAL from the definitions of the rules, with no solver code."""
    from service.check import check as recount  # noqa: PLC0415
    from service.files import FilesBeside  # noqa: PLC0415
    from service.proposal_file import read_proposal  # noqa: PLC0415
    from service.reading import load  # noqa: PLC0415

    asked = load(programme, skip_bad_rows=skip_bad_rows)
    stated = read_proposal(FilesBeside(proposal.parent).read(proposal.name), file=proposal.name)
    differences = list(recount(asked.question, stated))
    if stated.get("programme", {}).get("sha256") != asked.sha256:
        err.print("note: the programme or its candidates have changed since this proposal was written")
    if as_json:
        rows = [{"where": d.where, "stated": d.stated, "counted": d.counted} for d in differences]
        print(json.dumps({"agrees": not rows, "differences": rows}, ensure_ascii=False, default=str))  # noqa: T201
    else:
        for difference in differences:
            out.print(difference.text(), markup=False)
        if not differences:
            out.print("Everything agrees: every penalty was counted again from its definition.")
    return OTHER if differences else DONE


@main.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0: any free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
def serve(port: int, host: str) -> None:
    """Answer over HTTP: compose, check and conflicts at /api/v1."""
    # By name: the doors import the use cases, and the command line, which is a door itself, only starts the other one.
    door = import_module("api.serve")
    try:
        door.serve(host, port, lambda line: out.print(line, markup=False))
    except (OSError, ValueError) as error:
        err.print(f"Cannot serve on {host}, port {port}: {error}", markup=False)
        sys.exit(BAD_INPUT)
