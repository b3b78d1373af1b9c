"""Two proposals side by side: each rule, the totals, who sits elsewhere, and the repeats of each network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from service.baseline import WAITLIST
from service.candidates import same_value_key
from service.proposal_file import Proposal

TOTALS = ("objective", "bound", "waiting")


@dataclass(frozen=True, slots=True)
class Pair:
    """One figure on both sides; None where a side does not have it."""

    name: str
    before: int | None
    after: int | None

    @property
    def differs(self) -> bool:
        """Whether the sides disagree."""
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class Moved:
    """Somebody who sits elsewhere: a network, the waitlist, or None where they take no part."""

    id: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Everything that differs between two proposals, and the figures that do not."""

    rules: tuple[Pair, ...]
    totals: tuple[Pair, ...]
    gaps: tuple[float, float]
    moved: tuple[Moved, ...]
    """Of everybody who takes part in both."""
    joined: tuple[Moved, ...]
    left: tuple[Moved, ...]
    repeats: tuple[Pair, ...]
    """By network."""


def side_by_side(before: Proposal, after: Proposal) -> SideBySide:
    """Lays two proposals for the same programme beside each other; rules and networks belong together by name."""
    homes, now = _homes(before), _homes(after)
    changes = [
        Moved(id_, homes.get(id_), now.get(id_))
        for id_ in dict.fromkeys([*now, *homes])
        if _key(homes.get(id_)) != _key(now.get(id_))
    ]
    return SideBySide(
        rules=_pairs(*({row["name"]: row["penalty"] for row in each["rules"]} for each in (before, after))),
        totals=tuple(Pair(key, before["composition"][key], after["composition"][key]) for key in TOTALS),
        gaps=(before["composition"]["gap"], after["composition"]["gap"]),
        moved=tuple(each for each in changes if each.before is not None and each.after is not None),
        joined=tuple(each for each in changes if each.before is None),
        left=tuple(each for each in changes if each.after is None),
        repeats=_pairs(*({each["network"]: each["repeats"] for each in side["rotations"]} for side in (before, after))),
    )


def _homes(proposal: Proposal) -> dict[str, str]:
    found = {id_: network["name"] for network in proposal["networks"] for id_ in network["members"]}
    return found | {waiting["id"]: WAITLIST for waiting in proposal["waitlist"]}


def _key(name: str | None) -> str | None:
    return None if name is None else same_value_key(name)


def _pairs(before: Mapping[str, int], after: Mapping[str, int]) -> tuple[Pair, ...]:
    """Both sides by name, in the order of the second, what only the first has at the end."""
    was = {same_value_key(name): value for name, value in before.items()}
    now = {same_value_key(name) for name in after}
    both = [Pair(name, was.get(same_value_key(name)), value) for name, value in after.items()]
    return (*both, *(Pair(name, value, None) for name, value in before.items() if same_value_key(name) not in now))
