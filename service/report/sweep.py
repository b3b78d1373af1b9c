"""Pages of scenarios: one beside its baseline, or a row of them with a picture. Each is one file that loads nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from service.baseline import WAITLIST
from service.report.rule_titles import rule_titles
from service.report.telling import Teller
from service.what_if import Compared, WhatIf

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 640.0, 150.0, 60.0, 24.0, 14.0
"""One panel of the picture, in points."""


@dataclass(frozen=True, slots=True)
class Dot:
    """One scenario in a panel; `label` is the value itself."""

    x: float
    y: float
    label: str
    tick: str


@dataclass(frozen=True, slots=True)
class Panel:
    """One quantity over the scenarios: a line where there are neighbours with an answer, a dot for each answer."""

    title: str
    lines: tuple[str, ...]
    dots: tuple[Dot, ...]
    ticks: tuple[Dot, ...]
    highest: int
    before: float | None
    """Where the baseline lies."""


def panel(title: str, values: Sequence[int | None], ticks: Sequence[str], before: int | None) -> Panel:
    """The picture of one quantity; None where a scenario has no answer."""
    known = [value for value in values if value is not None] + ([] if before is None else [before])
    highest = max([1, *known])

    def x(index: int) -> float:
        return round(LEFT + (index + 0.5) * (WIDTH - LEFT) / max(1, len(values)), 1)

    def y(value: int) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / highest), 1)

    dots = [
        None if value is None else Dot(x(index), y(value), str(value), ticks[index])
        for index, value in enumerate(values)
    ]
    lines: list[str] = []
    run: list[Dot] = []
    for dot in [*dots, None]:
        if dot is not None:
            run.append(dot)
            continue
        if len(run) > 1:
            lines.append(" ".join(f"{each.x},{each.y}" for each in run))
        run = []
    marks = tuple(Dot(x(index), HEIGHT - 6, tick, tick) for index, tick in enumerate(ticks))
    return Panel(
        title, tuple(lines), tuple(dot for dot in dots if dot), marks, highest, None if before is None else y(before)
    )


def panels(found: WhatIf, tell: Teller) -> list[Panel]:
    """Cost first, then the people waiting, then each rule whose penalty changes or is not 0."""
    told = found.as_json()
    scenarios = told["scenarios"]
    ticks = [each["value"] or str(number) for number, each in enumerate(scenarios, 1)]
    sides = [each["scenario"] for each in scenarios]
    drawn = [
        panel(tell(f"decide.{key}"), [side and side[key] for side in sides], ticks, told["baseline"][key])
        for key in ("objective", "bound", "waiting")
    ]
    before = {row["name"]: row["penalty"] for row in told["baseline"]["rules"]}
    after: list[dict[str, int]] = [
        {row["name"]: row["penalty"] for row in side["rules"]} if side else {} for side in sides
    ]
    names = dict.fromkeys([*before, *(name for each in after for name in each)])
    titles: dict[str, str] = {}
    for compared in reversed(found.compared):
        titles |= rule_titles(compared.question.programme, tell, found.baseline.proposal)
    for name in names:
        values = [each.get(name) for each in after]
        if any(value for value in (*values, before.get(name))):
            drawn.append(panel(titles.get(name, name), values, ticks, before.get(name)))
    return drawn


def sweep_page(found: WhatIf) -> bytes:
    """A row of scenarios: the picture, then a table, then the line that makes each again."""
    language = found.compared[0].question.programme.language if found.compared else "en"
    tell = Teller(language)
    return _rendered(
        "sweep.html",
        tell=tell,
        title=found.baseline.proposal["programme"]["name"],
        told=found.as_json(),
        panels=panels(found, tell) if found.compared else [],
        width=WIDTH,
        height=HEIGHT,
        left=LEFT,
    )


def comparison_page(compared: Compared) -> bytes:
    """One scenario beside its baseline: what changed and what it costs, who moves, and how to make it again."""
    tell = Teller(compared.question.programme.language)
    told = compared.as_json()

    def place(name: str | None) -> str:
        return tell("decide.waitlist") if name == WAITLIST else name or "-"

    return _rendered(
        "comparison.html",
        tell=tell,
        title=compared.baseline.proposal["programme"]["name"],
        told=told,
        titles=rule_titles(compared.question.programme, tell, compared.baseline.proposal),
        place=place,
    )


def _rendered(name: str, **facts: Any) -> bytes:
    text: str = _environment().get_template(name).render(**facts)
    return text.encode("utf-8")


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("service.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
