"""Reads what was asked: a programme and its candidates, from files or from data."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from service.candidates import CandidateList
from service.faults import Fault, InputError
from service.intake.candidates import read_candidates
from service.intake.tables import Source
from service.programme import Programme, parse_toml, read_programme
from service.question import Files, FilesBeside, Question, ask


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the fingerprint of what was asked."""

    question: Question
    sha256: str


def load(path: Path, *, skip_bad_rows: bool = False) -> Asked:
    """Reads a programme and its candidates from files; raises InputError with every fault of either."""
    text = FilesBeside(path.parent).read(path.name)
    programme = read_programme(parse_toml(text, file=path.name), file=path.name)
    if not programme.candidates:
        raise InputError([Fault(code="missing", file=path.name, pointer="candidates")])
    files = FilesBeside(path.parent)
    sources = [path.parent / name for name in programme.candidates]
    candidates = gather(programme, sources, skip_bad_rows=skip_bad_rows)
    digest = hashlib.sha256(text)
    for name in programme.candidates:
        digest.update(files.read(name))
    return Asked(ask(programme, candidates, files), digest.hexdigest())


def gather(programme: Programme, sources: Sequence[Source], *, skip_bad_rows: bool = False) -> CandidateList:
    """The candidates of a programme, checked against its vocabularies and networks."""
    fixed = programme.networks.fixed
    return read_candidates(
        sources,
        vocabularies=programme.vocabularies,
        used_columns=programme.used_columns(),
        keep=programme.keep,
        network_names=[network.name for network in fixed] if fixed else None,
        skip_bad_rows=skip_bad_rows,
    )


def asked_of(tables: Mapping[str, Any], candidates: Source, files: Files, *, sha256: str = "") -> Asked:
    """The question in a programme that comes as data, with its candidates."""
    programme = read_programme(tables)
    return Asked(ask(programme, gather(programme, [candidates]), files), sha256)
