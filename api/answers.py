"""Renders what a solve came to: a proposal, a contradiction, or that nothing was found."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Response

from api.pointers import joined
from api.problems import ProblemError
from service.compose import Answer
from service.conflicts import Explained, conflicts_of
from service.programme import Programme
from solver.compose import Status


def rendered(content: Mapping[str, Any], *, indent: int | None = 1) -> Response:
    """JSON as people can read it too; without indent it is written several times as fast."""
    text = json.dumps(content, ensure_ascii=False, indent=indent, default=str)
    return Response(text + "\n", content_type="application/json")


def without_proposal(found: Answer) -> ProblemError:
    """Why there is no proposal.

    A proven contradiction lies in the content, so it is a 422; running out of time lies with the server (504).
    """
    if found.status is not Status.INFEASIBLE:
        return ProblemError("nothing_found", "More time may help.")
    said = told(conflicts_of(found))
    return ProblemError("contradiction", errors=list(_errors(said, found.question.programme)), more=said)


def told(found: Explained) -> dict[str, Any]:
    """The conflicts and the ways out of them, as `kring conflicts --json` has them."""
    said = found.as_json()
    return {"conflicts": said["conflicts"], "ways_out": said["ways_out"]}


def _errors(said: Mapping[str, Any], programme: Programme) -> Iterator[dict[str, str]]:
    """Each conflict, at every rule and limit that is part of it."""
    index = {rule.name: number for number, rule in enumerate(programme.rules)}
    for conflict in said["conflicts"]:
        rules = [("rules", index[name]) for name in conflict["rules"]]
        limits = [tuple(limit.split(".")) for limit in conflict["limits"]]
        for place in [*rules, *limits] or [("meetings",)]:
            yield {"field": joined(["programme", *place]), "text": conflict["text"]}
