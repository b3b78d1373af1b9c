"""Writes the files of a proposal."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from service.proposal_file import Proposal, as_bytes
from service.question import Question
from service.report.build import report_of
from service.report.calendars import calendar
from service.report.csv_files import networks_csv, trios_csv
from service.report.model import Report
from service.report.spreadsheet import workbook
from service.report.web_page import page

RENDERINGS: Mapping[str, Callable[[Report], bytes]] = {
    "networks.csv": networks_csv,
    "trios.csv": lambda report: trios_csv(report.shared),
    "kring.xlsx": workbook,
    "report.html": page,
    "meetings.ics": lambda report: calendar(report.shared),
}
"""Every file besides the proposal itself, by name."""


def render(name: str, question: Question, proposal: Proposal) -> bytes:
    """One of the renderings, for who wants no more than that."""
    return RENDERINGS[name](report_of(question, proposal))


def write_files(question: Question, proposal: Proposal, folder: Path) -> tuple[Path, ...]:
    """Writes proposal.json and every rendering; a file is there whole or not at all.

    The folder is made where there is none. Everything is rendered before anything is written.
    """
    report = report_of(question, proposal)
    files = {"proposal.json": as_bytes(proposal)}
    files |= {name: rendering(report) for name, rendering in RENDERINGS.items()}
    folder.mkdir(parents=True, exist_ok=True)
    return tuple(_replace(folder / name, data) for name, data in files.items())


def _replace(path: Path, data: bytes) -> Path:
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        unfinished.write_bytes(data)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return path
