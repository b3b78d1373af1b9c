"""What can be answered while the caller waits, and what is refused as too much for that."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from typing import Any, TypeVar, cast

from flask import request

from api.problems import ProblemError
from solver.limits import Limits

MOST_BYTES = 4_000_000
MOST_FILE_BYTES = 50_000_000
"""Of a file of candidates, which is kept and not solved while the caller waits."""
MOST_CANDIDATES = 500
MOST_NETWORKS = 100
MOST_RULES = 100
MOST_SECONDS = 10
MOST_EFFORT = 10

ELSEWHERE = "This call answers while you wait; a run takes more: POST /api/v1/programmes/{id}/runs."

View = TypeVar("View", bound=Callable[..., Any])


def roomy(view: View) -> View:
    """Lets a call take a file."""

    @wraps(view)
    def answered(*args: Any, **kwargs: Any) -> Any:
        request.max_content_length = MOST_FILE_BYTES
        return view(*args, **kwargs)

    return cast(View, answered)


def refuse_large(body: Mapping[str, Any]) -> None:
    """Raises a 413 for a question that is too large, or too long to wait for."""
    large = [{"field": field, "text": f"at most {most}; found {found}"} for field, found, most in _too_many(body)]
    if large:
        raise ProblemError("too_large", ELSEWHERE, large)
    limits = body.get("limits", {})
    asked = (("time_limit", MOST_SECONDS), ("effort", MOST_EFFORT))
    long = [
        {"field": f"/limits/{key}", "text": f"at most {most}; found {limits[key]}"}
        for key, most in asked
        if limits.get(key, 0) > most
    ]
    if long:
        raise ProblemError("too_long", ELSEWHERE, long)


def limits_in(body: Mapping[str, Any]) -> Limits:
    """The limits of a request. An effort, too, stops when the time is up."""
    asked = body.get("limits", {})
    workers = asked.get("workers") or min(8, os.cpu_count() or 1)
    return Limits(asked.get("time_limit", MOST_SECONDS), asked.get("effort"), asked.get("seed", 1), workers)


def _too_many(body: Mapping[str, Any]) -> Iterator[tuple[str, int, int]]:
    networks = body["programme"]["networks"]
    counted = {
        "/candidates": (len(body["candidates"]), MOST_CANDIDATES),
        "/programme/rules": (len(body["programme"].get("rules", ())), MOST_RULES),
        "/programme/networks/fixed": (len(networks.get("fixed", ())), MOST_NETWORKS),
        **{
            f"/programme/networks/{key}": (networks.get(key, 0), MOST_NETWORKS)
            for key in ("count", "min_count", "max_count")
        },
    }
    yield from ((field, found, most) for field, (found, most) in counted.items() if found > most)
