"""From the body of a request to the question in it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from api.pointers import CANDIDATES, joined
from api.problems import ProblemError, of_faults
from api.sizes import refuse_large
from service.faults import InputError
from service.files import NoFiles
from service.intake.tables import Objects
from service.place import NAMED, Placer, Ranking, newcomer_of
from service.reading import Asked, asked_of


def asked_in(body: Mapping[str, Any]) -> Asked:
    """The question in a body; a problem with every fault where there is none."""
    refuse_large(body)
    programme, candidates = body["programme"], body["candidates"]
    try:
        return asked_of(
            programme, Objects(CANDIDATES, candidates), NoFiles(), sha256=fingerprint(programme, candidates)
        )
    except InputError as error:
        raise of_faults(error, body, inside="programme") from error


def fingerprint(*parts: object) -> str:
    """What was asked, in one number: the same whatever the order of keys and the spaces between them."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(json.dumps(part, sort_keys=True, separators=(",", ":")).encode("ascii"))
    return digest.hexdigest()


def newcomer_in(body: Mapping[str, Any], placer: Placer) -> Ranking:
    """The networks for the newcomer in a body; a problem with every fault where there is none."""
    row = dict(body["candidate"])
    # A form need not make ids up: who has no name either is the newcomer.
    if not any(column in row for column in NAMED):
        row["id"] = "newcomer"
    try:
        return placer.rank(placer.read(newcomer_of(row))[0])
    except InputError as error:
        problem = of_faults(error, body)
        errors = [
            {**said, "field": "/candidate" + (joined([fault.column]) if fault.column else "")}
            for said, fault in zip(problem.errors, error.faults, strict=True)
        ]
        raise ProblemError(problem.code, errors=errors) from error
