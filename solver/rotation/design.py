"""What a design is: rounds without a repeated pair, checked when built. And the simplest of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final, TypeAlias

from solver.rotation.problem import Group

Round: TypeAlias = tuple[Group, ...]
RAY_CHAUDHURI_WILSON: Final = "Ray-Chaudhuri and Wilson 1971, Solution of Kirkman's schoolgirl problem"
BOSE: Final = "Bose 1942, A note on the resolvability of balanced incomplete block designs"
GE_LING: Final = "Ge and Ling 2004, A survey on resolvable group divisible designs with block size four (existence)"
TRIVIAL: Final = "no theory needed"
BAKER_WILSON: Final = "Baker and Wilson 1977, Nearly Kirkman triple systems"


@dataclass(frozen=True)
class Design:
    """Rounds in which no pair shares a group twice. `complete`: every pair does once. `source`: who found it."""

    members: int
    rounds: tuple[Round, ...]
    complete: bool
    name: str
    source: str

    def __post_init__(self) -> None:
        fault = fault_of(self.members, self.rounds, complete=self.complete)
        if fault is not None:
            raise ArithmeticError(f"{self.name}: {fault}")


def fault_of(members: int, rounds: Sequence[Round], *, complete: bool = False) -> str | None:
    """What is wrong with rounds that should not repeat a pair; None when nothing is."""
    met: set[Group] = set()
    for number, groups in enumerate(rounds, 1):
        if sorted(member for group in groups for member in group) != list(range(members)):
            return f"round {number} does not seat everybody once"
        for group in groups:
            for pair in combinations(sorted(group), 2):
                if pair in met:
                    return f"round {number} repeats the pair {pair}"
                met.add(pair)
    if complete and len(met) != members * (members - 1) // 2:
        return "not every pair meets"
    return None


def cited(*sources: str) -> str:
    """Sources one after the other, each once."""
    return "; ".join(source for source in dict.fromkeys(sources) if source != TRIVIAL)


def one_group(size: int) -> Design:
    """Everybody together, once."""
    return Design(size, ((tuple(range(size)),),), True, f"one group of {size}", TRIVIAL)


def one_round(members: int, size: int) -> Design:
    """Groups of neighbours, once: what is left where nothing more is known."""
    groups = tuple(tuple(range(start, start + size)) for start in range(0, members, size))
    return Design(members, (groups,), members == size, "one round", TRIVIAL)


def circle(members: int) -> Design:
    """Pairs of an even number of members, everybody with everybody: the circle method (Kirkman 1847)."""
    turning = members - 1
    rounds = tuple(
        ((r, turning), *(((r + i) % turning, (r - i) % turning) for i in range(1, members // 2)))
        for r in range(turning)
    )
    return Design(
        members, rounds, True, f"one-factorisation of {members}", "Kirkman 1847, On a problem in combinations"
    )
