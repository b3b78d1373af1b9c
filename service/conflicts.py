"""Says which rules and limits contradict each other, in the organiser's words."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.console import Console

from service.words import say
from solver.conflicts import Conflict, find_conflict
from solver.problem import Problem

if TYPE_CHECKING:
    from service.compose import Answer


MOST_SECONDS = 8.0
"""After so long a contradiction is told as it stands, perhaps with more rules than it needs."""


@dataclass(frozen=True, slots=True)
class Explained:
    """Contradictions with their words."""

    conflicts: tuple[tuple[Conflict, str], ...]
    reasons: tuple[str, ...]
    language: str

    def as_json(self) -> dict[str, Any]:
        """The object that `conflicts --json` prints."""
        found = [
            {"rules": list(conflict.rules), "limits": [limit.value for limit in conflict.limits], "text": text}
            for conflict, text in self.conflicts
        ]
        found += [{"rules": [], "limits": [], "text": reason} for reason in self.reasons]
        return {"code": "contradiction", "conflicts": found, "ways_out": []}

    def tell(self, console: Console) -> None:
        """Prints them for a person."""
        console.print(say(self.language, "conflict.head"), style="bold", markup=False)
        for _, text in self.conflicts:
            console.print(f"- {text}", markup=False)
        for reason in self.reasons:
            console.print(f"- {reason}", markup=False)


def conflicts_of(answer: Answer) -> Explained:
    """Why an answer is that there is none."""
    programme = answer.question.programme
    problem = answer.question.problem
    if answer.result.impossible:
        reasons = tuple(
            say(
                programme.language,
                "proposal.impossible_rotation" if why else "proposal.unknown_rotation",
                network=problem.networks[network].name,
                reasons="; ".join(why),
            )
            for network, why in answer.result.impossible.items()
        )
        return Explained((), reasons, programme.language)
    deadline = time.monotonic() + MOST_SECONDS
    conflict = find_conflict(problem, stopped=lambda: time.monotonic() > deadline)
    if conflict is None:
        return Explained((), (say(programme.language, "conflict.unnamed"),), programme.language)
    return Explained(((conflict, words(conflict, problem, programme.language)),), (), programme.language)


def words(conflict: Conflict, problem: Problem, language: str) -> str:
    """The conflict in one sentence, with its numbers."""
    facts: Mapping[str, object] = {
        "people": problem.pool.size,
        "networks": len(problem.networks),
        "least": sum(network.min_size for network in problem.networks[: problem.min_count]),
        "room": sum(network.max_size for network in problem.networks),
        "must": len(problem.must_place),
        "pins": len(problem.pins),
        "facilitators": len(problem.facilitators),
        "count": problem.min_count,
    }
    parts = [f"“{name}”" for name in conflict.rules]
    parts += [say(language, f"conflict_limit.{limit.name.lower()}", **facts) for limit in conflict.limits]
    key = "conflict.together" if conflict.smallest else "conflict.together_at_most"
    return say(language, key, parts=", ".join(parts))
