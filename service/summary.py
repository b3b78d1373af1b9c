"""What `kring compose` shows on a terminal: the networks, what they cost, what is proven, and where the report is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from service.proposal_file import percent
from service.question import Question


def summary(console: Console, question: Question, proposal: Mapping[str, Any], files: Sequence[Path]) -> None:
    """Prints the proposal for a person."""
    composition = proposal["composition"]
    console.print(f"\n[bold]{proposal['programme']['name']}[/bold]")
    console.print(
        f"{len(question.ids)} candidates, {len(proposal['networks'])} networks, {composition['waiting']} waiting, "
        f"{len(proposal['set_aside'])} set aside, {proposal['seconds']:.1f} s\n"
    )
    console.print(_networks(question, proposal))
    console.print(_rules(proposal))
    console.print(verdict(composition))
    for rotation in proposal["rotations"][:12]:
        console.print(f"{rotation['network']}: {repeat_budget(rotation)}", markup=False)
    if len(proposal["rotations"]) > 12:
        console.print(f"... and {len(proposal['rotations']) - 12} more networks in the report")
    for waiting in proposal["waitlist"][:5]:
        console.print(f"waiting: {waiting['id']}: {waiting['why']}", markup=False)
    for note in proposal["notes"][:5]:
        console.print(f"note: {note}", markup=False)
    report = next((path for path in files if path.name == "report.html"), None)
    if report is not None:
        console.print(f"\nReport: {report}", markup=False)


def verdict(composition: Mapping[str, Any]) -> str:
    """What is proven, in one line."""
    objective, bound = composition["objective"], composition["bound"]
    waiting, least = composition["waiting"], composition["least_waiting"]
    if composition["status"] == "optimal":
        return f"[green]Proven: no composition does better than {objective}.[/green]"
    said = f"Cost {objective}; proven to be at least {bound} (gap {percent(objective, bound)})."
    if least is not None and waiting > least:
        said += f" {waiting} wait; proven that at least {least} must."
    return said


def repeat_budget(rotation: Mapping[str, Any]) -> str:
    """The repeat budget in one sentence."""
    repeats, least = rotation["repeats"], rotation["least_repeats"]
    if repeats == 0:
        return "nobody meets anybody twice"
    if repeats == least:
        return f"{least} repeats cannot be avoided; this plan has {repeats}"
    return f"at least {least} repeats cannot be avoided; this plan has {repeats}"


def _networks(question: Question, proposal: Mapping[str, Any]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("network", "members", "slot", "facilitator", "who"):
        table.add_column(heading, justify="right" if heading == "members" else "left", no_wrap=heading != "who")
    name = {person.id: person.name for person in question.candidates.candidates}
    for network in proposal["networks"][:30]:
        members = [name[id_] for id_ in network["members"]]
        shown = ", ".join(members[:3]) + (f" and {len(members) - 3} more" if len(members) > 3 else "")
        table.add_row(network["name"], str(len(members)), network["slot"] or "-", network["facilitator"] or "-", shown)
    return table


def _rules(proposal: Mapping[str, Any]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("rule")
    for heading in ("strength", "penalty", "at least", "cost"):
        table.add_column(heading, justify="right")
    for rule in proposal["rules"]:
        weight = rule["strength"] if isinstance(rule["strength"], int) else 0
        bound = "-" if rule["bound"] is None else str(rule["bound"])
        table.add_row(rule["name"], str(rule["strength"]), str(rule["penalty"]), bound, str(weight * rule["penalty"]))
    return table
