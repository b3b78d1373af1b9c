"""Reads what was asked: a programme and its candidates, from files or from data."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from service.candidates import CandidateList
from service.faults import Fault, InputError
from service.files import Files, FilesBeside
from service.intake.candidates import read_candidates
from service.intake.tables import Source
from service.programme import Programme, draft_programme, parse_toml, read_programme
from service.question import Question, ask


@dataclass(frozen=True, slots=True)
class Origin:
    """What a question was read from, so that it can be asked again with changes."""

    tables: Mapping[str, Any]
    sources: tuple[Source, ...]
    files: Files
    skip_bad_rows: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the fingerprint of what was asked, and where it came from."""

    question: Question
    sha256: str
    origin: Origin


def load(path: Path, *, skip_bad_rows: bool = False) -> Asked:
    """Reads a programme and its candidates from files; raises InputError with every fault of either."""
    files = FilesBeside(path.parent)
    text = files.read(path.name)
    tables = parse_toml(text, file=path.name)
    draft = draft_programme(tables, file=path.name)
    faults = list(draft.faults)
    programme = draft.programme
    if programme is None:
        raise InputError(faults)
    if not programme.candidates and not any(fault.pointer == "candidates" for fault in faults):
        faults.append(Fault(code="missing", file=path.name, pointer="candidates"))
    if not programme.candidates:
        raise InputError(faults)
    sources = [path.parent / name for name in programme.candidates]
    question = None
    try:
        question = ask(programme, gather(programme, sources, skip_bad_rows=skip_bad_rows), files)
    except InputError as error:
        faults += error.faults
        faults += _faults_despite(programme, sources, files)
    if faults or question is None:
        raise InputError(told_once(faults))
    digest = hashlib.sha256(text)
    for name in programme.candidates:
        digest.update(files.read(name))
    return Asked(question, digest.hexdigest(), Origin(tables, tuple(sources), files, skip_bad_rows))


def told_once(faults: Sequence[Fault]) -> list[Fault]:
    """Each fault once, in order; a contradiction that follows from other faults is left out."""
    once: list[Fault] = []
    for fault in faults:
        if fault not in once and not (fault.code == "contradiction" and len(faults) > 1):
            once.append(fault)
    return once


def _faults_despite(programme: Programme, sources: Sequence[Source], files: Files) -> tuple[Fault, ...]:
    """What is wrong between a programme and the good rows of its files, so that it need not wait for the bad ones."""
    try:
        ask(programme, gather(programme, sources, skip_bad_rows=True), files)
    except InputError as error:
        return error.faults
    return ()


def gather(
    programme: Programme, sources: Sequence[Source], *, skip_bad_rows: bool = False, gone: Sequence[str] = ()
) -> CandidateList:
    """The candidates of a programme, checked against its vocabularies and networks.

    `gone`: networks that were given once, and that somebody may therefore still wish for.
    """
    fixed = [network.name for network in programme.networks.fixed]
    return read_candidates(
        sources,
        vocabularies=programme.vocabularies,
        used_columns=programme.used_columns(),
        keep=programme.keep,
        network_names=[*fixed, *gone] if fixed else None,
        skip_bad_rows=skip_bad_rows,
    )


def asked_of(tables: Mapping[str, Any], candidates: Source, files: Files, *, sha256: str = "") -> Asked:
    """The question in a programme that comes as data, with its candidates."""
    programme = read_programme(tables)
    question = ask(programme, gather(programme, [candidates]), files)
    return Asked(question, sha256, Origin(tables, (candidates,), files))
