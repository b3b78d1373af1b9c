"""Writes scenarios: each as a proposal with all its files, and beside them the comparison, as data and as a page."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from service.intake.cells import slug
from service.report import write_files
from service.report.sweep import comparison_page, sweep_page
from service.what_if import Compared, WhatIf

LONGEST_NAME = 60
"""Characters of a folder's name."""


def write_compared(compared: Compared, folder: Path) -> list[Path]:
    """One scenario: its proposal's files, `comparison.json` and `comparison.html`."""
    files = [*write_files(compared.question, compared.proposal(), folder)]
    told = compared.as_json()
    files.insert(0, _write(folder / "comparison.html", comparison_page(compared)))
    return [*files, _write(folder / "comparison.json", _json(told))]


def write_row(found: WhatIf, folder: Path) -> WhatIf:
    """A row of scenarios: a folder each, `comparison.json`, and `sweep.html` with its picture."""
    folder.mkdir(parents=True, exist_ok=True)
    saved: dict[str, str] = {}
    for number, each in enumerate(found.compared, 1):
        if each.found:
            name = f"{number:02}-{slug(each.scenario.name)[:LONGEST_NAME]}".rstrip("-")
            write_files(each.question, each.proposal(), folder / name)
            saved[each.scenario.name] = name
    written = replace(found, saved=saved)
    _write(folder / "sweep.html", sweep_page(written))
    _write(folder / "comparison.json", _json(written.as_json()))
    return written


def _json(told: Any) -> bytes:
    return (json.dumps(told, ensure_ascii=False, indent=1, default=str) + "\n").encode("utf-8")


def _write(path: Path, data: bytes) -> Path:
    """A file is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        unfinished.write_bytes(data)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return path
