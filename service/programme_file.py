"""A stored programme as programme.toml, and an uploaded programme.toml as a programme to store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import tomli_w

from service.faults import Fault, InputError
from service.programme import draft_programme, parse_toml
from service.programme_schema import faults_of
from service.proposal_schema import EarlierProposalForm, MatrixForm
from solver.rules import RULES

FIRST = ("name", "language", "keep", "networks", "meetings", "vocabularies", "facilitators", "pins", "rules")
"""The order in which a reader meets the tables."""

FIRST_IN_RULE = ("rule", "name", "attribute", "value", "strength", "weight", "within", "networks")


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A programme that came as a file."""

    content: Mapping[str, Any]
    left_out: tuple[str, ...]
    """Names of candidates files: the people are in the store."""


def as_toml(content: Mapping[str, Any]) -> str:
    """A stored programme as a file that reads back equal."""
    return tomli_w.dumps(_ordered(content), multiline_strings=False)


def from_toml(data: bytes, *, file: str) -> Uploaded:
    """The programme in a file; raises InputError with every fault of it."""
    tables = parse_toml(data, file=file)
    candidates = tables.pop("candidates", ())
    faults = [*draft_programme(tables, file=file).faults, *_in_place_of_files(tables, file)]
    if faults:
        raise InputError(faults)
    return Uploaded(tables, (candidates,) if isinstance(candidates, str) else tuple(map(str, candidates)))


def _ordered(content: Mapping[str, Any]) -> dict[str, Any]:
    known = {key: content[key] for key in FIRST if key in content}
    ordered = known | {key: value for key, value in content.items() if key not in known}
    if isinstance(ordered.get("rules"), list):
        ordered["rules"] = [_rule_ordered(rule) for rule in ordered["rules"]]
    return ordered


def _rule_ordered(rule: Mapping[str, Any]) -> dict[str, Any]:
    known = {key: rule[key] for key in FIRST_IN_RULE if key in rule}
    return known | {key: value for key, value in rule.items() if key not in known}


def _in_place_of_files(tables: Mapping[str, Any], file: str) -> Iterator[Fault]:
    """Names of files beside the programme, which a store does not have, and data in their place that is none."""
    rules = tables.get("rules")
    for index, rule in enumerate(rules if isinstance(rules, list) else ()):
        if not isinstance(rule, dict) or rule.get("rule") not in RULES:
            continue
        for key in ("matrix", "baseline"):
            pointer = f"rules[{index}].{key}"
            if isinstance(rule.get(key), str):
                yield Fault(code="path_over_http", file=file, pointer=pointer, found=rule[key])
            elif isinstance(rule.get(key), dict):
                form = MatrixForm() if key == "matrix" else EarlierProposalForm()
                for fault in faults_of(form, rule[key], file)[1]:
                    yield replace(fault, pointer=f"{pointer}.{fault.pointer}")
        history = rule.get("history")
        for number, entry in enumerate(history if isinstance(history, list) else ()):
            if isinstance(entry, str):
                pointer = f"rules[{index}].history[{number}]"
                yield Fault(code="path_over_http", file=file, pointer=pointer, found=entry)
