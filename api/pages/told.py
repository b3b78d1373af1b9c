"""How pages say what is wrong: what was expected, beside the field that it is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from api.pages.show import teller
from service.faults import Fault


def expected(fault: Fault) -> str:
    """What was expected; where something near is known, without everything else that is."""
    tell = teller()
    short = replace(fault, known=()) if fault.nearest else fault
    text = f"{tell('fault_part.expected')} {short.expected(tell.language)}"
    return text[:1].upper() + text[1:]


def wrong_at(faults: Iterable[Fault]) -> dict[str, str]:
    """What is wrong, by the pointer of each field; the first of several."""
    wrong: dict[str, str] = {}
    for fault in faults:
        wrong.setdefault(fault.pointer or "", expected(fault))
    return wrong


def wrong_cells(faults: Iterable[Fault]) -> dict[str, str]:
    """What is wrong with a person, by column; what is about nobody's column stands at the first name."""
    wrong: dict[str, str] = {}
    for fault in faults:
        wrong.setdefault(fault.column or "first_name", expected(fault))
    return wrong


def summary(wrong: Mapping[str, str], labels: Mapping[str, str]) -> list[tuple[str, str]]:
    """Each field that something is wrong with, and what, with the name that the field has on the page."""
    return [(name, f"{labels[name]}: {text}" if name in labels else text) for name, text in wrong.items()]
