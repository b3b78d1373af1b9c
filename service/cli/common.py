"""What all commands share: options, exit codes, and how faults are told."""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar

import click
from rich.console import Console

from service.changes import Changes, parsed_absent, parsed_set, parsed_weight
from service.faults import Fault, InputError
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
    return with_options(
        command,
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
        ),
    )


def changing(command: Command) -> Command:
    """The options that change a programme; all of them may be given more than once."""
    return with_options(
        command,
        (
            click.option("--drop", multiple=True, metavar="ID", help="Without this candidate."),
            click.option(
                "--add",
                multiple=True,
                type=click.Path(path_type=Path),
                metavar="FILE",
                help="With the candidates in this file too.",
            ),
            click.option(
                "set_",
                "--set",
                multiple=True,
                metavar="KEY=VALUE",
                help="With another value in the programme: networks.max_size=12, networks.fixed.Gent.slot=tue-pm.",
            ),
            click.option(
                "--without",
                multiple=True,
                metavar="RULE",
                help="Without this rule; network:NAME, facilitator:ID, slot:SLOT or pin:ID for other things.",
            ),
            click.option("--weight", multiple=True, metavar="RULE=N", help="With another weight; must instead of N."),
            click.option("--absent", multiple=True, metavar="ID=N", help="This candidate misses meeting N."),
            click.option("--merge", multiple=True, nargs=2, metavar="A B", help="Network B goes up in network A."),
            click.option("--split", multiple=True, metavar="A", help="One network more, for some of A."),
        ),
    )


def with_options(command: Command, options: Sequence[Callable[[Command], Command]]) -> Command:
    """The command with these options, in this order in its help."""
    for option in reversed(options):
        command = option(command)
    return command


def changes_in(given: dict[str, Any]) -> Changes:
    """Takes the changes out of what a command was given; every switch that cannot be read is named."""
    faults: list[Fault] = []

    def read(values: Sequence[str], reader: Callable[[str], Any]) -> tuple[Any, ...]:
        found = []
        for value in values:
            try:
                found.append(reader(value))
            except InputError as error:
                faults.extend(error.faults)
        return tuple(found)

    changes = Changes(
        drop=given.pop("drop"),
        add=given.pop("add"),
        set=read(given.pop("set_"), parsed_set),
        without=given.pop("without"),
        weight=read(given.pop("weight"), parsed_weight),
        absent=read(given.pop("absent"), parsed_absent),
        merge=given.pop("merge"),
        split=given.pop("split"),
    )
    if faults:
        raise InputError(faults)
    return changes


@dataclass
class Wanted:
    """What is to be loaded besides: `many`, for many networks."""

    many: bool = False


@contextmanager
def loading(*, as_json: bool) -> Iterator[Wanted]:
    """Loads the search beside what is done meanwhile, before anybody's clock runs; what is read may want more of it.

    It takes a while the first time on a machine, so another process begins at once.
    """
    from solver import beside as compiling  # noqa: PLC0415

    helper = compiling.beside()
    # What is loaded stays: looking for garbage in it, again and again while it grows, finds none.
    gc.disable()
    wanted = Wanted()
    try:
        yield wanted
        if helper is not None and not as_json:
            err.print("Compiling the search: once, and some ten seconds; it does not count as time.", style="dim")
        from service.warm import ready  # noqa: PLC0415

        ready(helper, all_of_it=False, many=wanted.many)
        gc.freeze()
    finally:
        gc.enable()


def warmed(*, as_json: bool) -> None:
    """Loads the search where nothing else is to be done meanwhile."""
    with loading(as_json=as_json):
        pass


@contextmanager
def beside(work: Callable[[], None]) -> Iterator[None]:
    """Does what will be needed beside what is done meanwhile: kernels leave the interpreter to others."""
    thread = Thread(target=work, name="beside", daemon=True)
    thread.start()
    yield
    thread.join()


def as_program(found: Any) -> None:
    """Prints for a program."""
    print(json.dumps(found, ensure_ascii=False, default=str))  # noqa: T201


def not_over(target: Path, baseline: Path) -> None:
    """Refuses to write over the baseline, which nothing ever touches."""
    if (target / "proposal.json").resolve() == baseline.resolve():
        raise InputError([Fault(code="over_baseline", pointer="-o", found=str(target))])


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
