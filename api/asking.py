"""From the body of a request to the question in it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from api.pointers import CANDIDATES
from api.problems import of_faults
from api.sizes import refuse_large
from service.faults import InputError
from service.files import NoFiles
from service.intake.tables import Objects
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
