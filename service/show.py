"""What decisions look like on a terminal: scenarios side by side, choices of a repair, reasons and ways out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from service.baseline import WAITLIST
from service.explain import Explained
from service.place import Ranking
from service.proposal_file import percent
from service.repair import Mended
from service.what_if import Compared, Move, WhatIf
from service.words import say

MOST_MOVES = 40
"""Moves that are listed; the rest is a number."""


def show_compared(console: Console, compared: Compared, files: Sequence[Path]) -> None:
    """One scenario beside its baseline."""
    language = compared.question.programme.language
    told = compared.as_json()
    console.print(f"\n[bold]{say(language, 'decide.scenario')}[/bold] {compared.scenario.name or '-'}", highlight=False)
    console.print(_sides(language, told["baseline"], told["scenario"], told["rules"]))
    show_moves(console, language, compared.moves())
    less = told["same_at_less"]
    if less is not None:
        people = ", ".join(move["id"] for move in less["moved"]) or "-"
        console.print(say(language, "decide.same_at_less", n=less["moves"], people=people), markup=False)
    for row in told["meetings"][:12]:
        was = row["baseline"]["repeats"] if row["baseline"] else "-"
        now, least = row["scenario"]["repeats"], row["scenario"]["least_repeats"]
        console.print(
            say(language, "decide.repeats", network=row["network"], was=was, now=now, least=least), markup=False
        )
    _notes(console, language, told["notes"], files)
    console.print(say(language, "decide.again", line=compared.line), markup=False, style="dim")


def _sides(language: str, was: Mapping[str, Any], now: Mapping[str, Any], rules: Sequence[Mapping[str, Any]]) -> Table:
    table = _table(language, ("rule", "strength", "baseline", "scenario", "difference"))
    strength = {row["name"]: row["strength"] for row in (*was["rules"], *now["rules"])}
    for row in rules:
        one, other = row["baseline"], row["scenario"]
        table.add_row(row["name"], str(strength[row["name"]]), _shown(one), _shown(other), _signed(one, other))
    table.add_section()
    for key in ("objective", "bound", "waiting"):
        table.add_row(say(language, f"decide.{key}"), "", str(was[key]), str(now[key]), _signed(was[key], now[key]))
    gaps = [percent(side["objective"], side["bound"]) for side in (was, now)]
    table.add_row(say(language, "decide.gap"), "", *gaps, "")
    return table


def show_moves(console: Console, language: str, moves: Sequence[Move]) -> None:
    """Who goes where, a line each."""
    moved = [move for move in moves if move.before is not None and move.after is not None]
    console.print(say(language, "decide.moves", n=len(moved)), markup=False)
    for move in moves[:MOST_MOVES]:
        key = "joins" if move.before is None else "leaves" if move.after is None else "moves_to"
        places = {
            "id": move.id,
            "before": place_said(language, move.before),
            "after": place_said(language, move.after),
        }
        console.print("  " + say(language, f"decide.{key}", **places), markup=False)
    if len(moves) > MOST_MOVES:
        console.print("  " + say(language, "decide.and_more", n=len(moves) - MOST_MOVES), markup=False)


def place_said(language: str, place: str | None) -> str:
    """A network by its name, the waitlist by its word."""
    return say(language, "decide.waitlist") if place == WAITLIST else place or ""


def show_row(console: Console, found: WhatIf, folder: Path | None) -> None:
    """A row of scenarios, one a line."""
    if not found.compared:
        return
    language = found.compared[0].question.programme.language
    table = _table(language, ("scenario", "objective", "bound", "gap", "waiting", "moved"))
    baseline = found.as_json()["baseline"]
    table.add_row(
        say(language, "decide.baseline"),
        str(baseline["objective"]),
        str(baseline["bound"]),
        percent(baseline["objective"], baseline["bound"]),
        str(baseline["waiting"]),
        "",
    )
    for each in found.compared:
        side = each.as_json()["scenario"] if each.found else None
        if side is None:
            key = "impossible" if each.status.value == "infeasible" else "nothing"
            table.add_row(each.scenario.name, say(language, f"decide.{key}"), "", "", "", "")
            continue
        moved = sum(move.before is not None and move.after is not None for move in each.moves())
        table.add_row(
            each.scenario.name,
            str(side["objective"]),
            str(side["bound"]),
            percent(side["objective"], side["bound"]),
            str(side["waiting"]),
            str(moved),
        )
    console.print(table)
    if folder is not None:
        console.print(say(language, "decide.written", path=folder), markup=False)


def show_repair(console: Console, mended: Mended, files: Sequence[Path]) -> None:
    """The choices of a repair, and who must be told of the one that was made."""
    language = mended.question.programme.language
    table = _table(language, ("choice", "moved", "waiting", "objective", "networks"))
    for number, choice in enumerate(mended.repaired.choices, 1):
        mark = "→ " if number - 1 == mended.repaired.chosen else "  "
        table.add_row(
            f"{mark}{number}",
            str(choice.moves),
            str(choice.waiting),
            str(choice.objective),
            ", ".join(mended.told(choice)["networks"]) or "-",
        )
    console.print(table)
    if mended.repaired.choices and mended.repaired.fewest_proven:
        fewest = mended.repaired.choices[0].moves
        said = say(language, "decide.fewest", n=fewest) if fewest else say(language, "decide.nobody")
        console.print(said, markup=False)
    if mended.repaired.chosen is None:
        console.print(say(language, "decide.none_within"), markup=False)
    if mended.repaired.chosen is not None:
        choice = mended.repaired.choices[mended.repaired.chosen]
        show_moves(console, language, mended.moves(choice))
        told = mended.told(choice)
        console.print(say(language, "decide.tell_people", people=", ".join(told["people"]) or "-"), markup=False)
        console.print(say(language, "decide.tell_networks", networks=", ".join(told["networks"]) or "-"), markup=False)
    notes = [note.text(language) for note in mended.question.notes]
    _notes(console, language, notes, files)
    console.print(say(language, "decide.again", line=mended.line), markup=False, style="dim")


def show_explained(console: Console, found: Explained) -> None:
    """Where somebody sits, what that gives, and what every other place would cost."""
    language = found.question.programme.language
    place = place_said(language, found.place)
    line = say(language, "decide.sits" if found.why is None else "decide.waits", id=found.id, place=place)
    console.print(line + (f" ({say(language, 'decide.pinned')})" if found.pinned else ""), markup=False, style="bold")
    for said in [found.why] if found.why is not None else found.gains:
        console.print(f"  {said}", markup=False)
    told = found.as_json()
    table = _table(language, ("network", "alone", "swap", "following", "why"))
    for row in told["elsewhere"]:
        alone, swap, following = row["alone"], row["swap"], row["following"]
        table.add_row(
            place_said(language, row["network"]),
            f"{alone['change']:+}" if alone["allowed"] else "-",
            "-"
            if swap is None or not swap["allowed"]
            else say(language, "decide.swap_with", cost=f"{swap['change']:+}", id=swap["with"]),
            "-"
            if following is None
            else say(language, "decide.follow_moves", cost=f"{following['change']:+}", n=following["others_moved"]),
            "; ".join(alone["why_not"]),
        )
    if told["elsewhere"]:
        console.print(table)
    for row in told["elsewhere"] if len(told["elsewhere"]) == 1 else ():
        for rule in row["alone"]["rules"]:
            console.print(f"  {rule['name']}: {rule['change']:+}", markup=False)
    if found.ways_in:
        console.print(say(language, "decide.ways_in"), style="bold", markup=False)
        for way in found.ways_in:
            console.print(f"  {way.text}", markup=False)
    console.print(say(language, "decide.letter"), style="bold", markup=False)
    console.print(f"  {found.text()}", markup=False)


def show_ranking(console: Console, ranking: Ranking) -> None:
    """The networks for one newcomer, the best first."""
    language = ranking.language
    console.print(ranking.text, markup=False, style="bold")
    for said in ranking.best.reasons if ranking.best is not None else ():
        console.print(f"  {said}", markup=False)
    table = _table(language, ("network", "rank", "objective", "why"))
    for rank, option in enumerate(ranking.options, 1):
        name = f"{option.network} ({say(language, 'decide.pinned')})" if option.pinned else str(option.network)
        table.add_row(
            name,
            str(rank) if option.allowed else "-",
            f"{option.change.objective:+}",
            "; ".join(option.why_not),
        )
    console.print(table)


def written(path: Path, data: bytes) -> None:
    """Writes a file, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.tmp")
    unfinished.write_bytes(data)
    unfinished.replace(path)


def _notes(console: Console, language: str, notes: Iterable[str], files: Sequence[Path]) -> None:
    for note in notes:
        console.print(say(language, "decide.note", note=note), markup=False)
    report = next((path for path in files if path.suffix == ".html"), None)
    if report is not None:
        console.print(say(language, "decide.written", path=report), markup=False)


def _table(language: str, headings: Sequence[str]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for number, heading in enumerate(headings):
        table.add_column(say(language, f"decide.{heading}"), justify="right" if number else "left", overflow="fold")
    return table


def _shown(penalty: int | None) -> str:
    return "-" if penalty is None else str(penalty)


def _signed(one: int | None, other: int | None) -> str:
    if one is None or other is None or one == other:
        return ""
    return f"{other - one:+}"
