"""One round that symmetries turn into all: starters, searched exactly.

Members are `levels` cycles of the integers mod `cycle`, and some that stay. Turning every cycle by one makes `cycle`
rounds of one. A second symmetry takes (level, x) to (level + shift, multiplier x), so that a round is known from a part
of it. What is left is small: groups that hold every member once and no orbit of pairs twice. A depth-first search over
the first member that has no group yet finds them in a blink, where annealing stays one orbit short.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Final, NamedTuple

import numpy as np

from solver.rotation.design import BAKER_WILSON, GE_LING, Design, Round
from solver.rotation.kernels import fill_round
from solver.rotation.problem import Group, Ints

STEPS: Final = 3_000_000
"""Of one search, before it starts afresh with its members in another order: a tenth of a second."""

TRIES: Final = 3


@dataclass(frozen=True)
class Starter:
    """What to assume, and the first order of members (`seed`) that is known to get there.

    `given` groups are part of the round as they are; they hold every member of a short orbit. Each of `upright`, one
    member of every level, is turned into a round by itself, and so is all that the second symmetry makes of it; with
    `matched`, what the round leaves over between three levels is made into such groups as well. Those that stay have
    the last numbers; where there is one for each level, the second symmetry turns them too.
    """

    size: int
    cycle: int
    levels: int
    staying: int = 0
    multiplier: int = 1
    shift: int = 1
    given: Round = ()
    upright: Round = ()
    matched: bool = False
    seed: int = 0

    @property
    def members(self) -> int:
        """How many members there are."""
        return self.cycle * self.levels + self.staying

    def turned(self, member: int) -> int:
        """Where the first symmetry takes a member."""
        level, x = divmod(member, self.cycle)
        return level * self.cycle + (x + 1) % self.cycle if level < self.levels else member

    def swung(self, member: int) -> int:
        """Where the second symmetry takes a member."""
        level, x = divmod(member, self.cycle)
        if level < self.levels:
            return (level + self.shift) % self.levels * self.cycle + x * self.multiplier % self.cycle
        if self.staying == self.levels:
            first = self.cycle * self.levels
            return first + (member - first + self.shift) % self.staying
        return member


def develop(starter: Starter) -> tuple[Round, ...]:
    """All rounds of a starter. Raises ArithmeticError where the search does not find one."""
    rounds = [tuple(sorted(_swung_through(starter, (*starter.given, *_found(starter)))))]
    while len(rounds) < starter.cycle:
        rounds.append(_turned(starter, rounds[-1]))
    done: set[Group] = set()
    left_over = _matched(starter, rounds[0]) if starter.matched else ()
    for group in (*sorted(_swung_through(starter, starter.upright)), *left_over):
        if group not in done:
            groups = [group]
            while len(groups) < starter.cycle:
                groups += _turned(starter, groups[-1:])
            done.update(groups)
            rounds.append(tuple(sorted(groups)))
    return tuple(rounds)


def _turned(starter: Starter, groups: Round | list[Group]) -> Round:
    return tuple(tuple(sorted(starter.turned(member) for member in group)) for group in groups)


def _swung_through(starter: Starter, groups: Round) -> set[Group]:
    """These groups and all that the second symmetry makes of them."""
    found: set[Group] = set()
    for group in groups:
        at = tuple(sorted(group))
        while at not in found:
            found.add(at)
            at = tuple(sorted(starter.swung(member) for member in at))
    return found


def _matched(starter: Starter, base: Round) -> Round:
    """Groups of one member of each of three levels whose differences are those that the round leaves over, once each.

    Three differences round the levels make a group when they add up to 0: a matching, by depth-first search.
    """
    n = starter.cycle
    met = {tuple(sorted(pair)) for group in base for pair in combinations(group, 2)}
    open_between = [
        [by for by in range(n) if all(_pair(one * n + x, other * n + (x + by) % n) not in met for x in range(n))]
        for one, other in ((0, 1), (1, 2), (2, 0))
    ]

    def search(chosen: tuple[tuple[int, int], ...], second: frozenset[int], third: frozenset[int]) -> Round | None:
        if len(chosen) == len(open_between[0]):
            return tuple((0, n + a, 2 * n + (a + b) % n) for a, b in chosen)
        a = open_between[0][len(chosen)]
        for b in sorted(second):
            c = (-a - b) % n
            if c in third:
                found = search((*chosen, (a, b)), second - {b}, third - {c})
                if found is not None:
                    return found
        return None

    found = search((), frozenset(open_between[1]), frozenset(open_between[2]))
    if found is None:
        raise ArithmeticError("what the round leaves over does not match")
    return found


def _pair(one: int, other: int) -> Group:
    return (one, other) if one < other else (other, one)


def _found(starter: Starter) -> Round:
    """The groups that, swung, complete the round."""
    orbits = _orbits_of_pairs(starter)
    circles = _circles(starter)
    count = len(circles) // starter.size
    swings = len(circles[0]) if circles else 1
    for seed in range(starter.seed, starter.seed + TRIES):
        random = np.random.default_rng(seed)
        order = [circles[place] for place in random.permutation(len(circles)).tolist()]
        points = [int(point) for circle in order for point in random.permutation(circle)]
        kind = orbits.kind[np.ix_(points, points)]
        # A short orbit would be met twice by a group that is moved all the way round.
        kind[orbits.size[kind] < starter.cycle * swings] = -1
        used = np.zeros(len(orbits.size), np.bool_)
        for group in (*starter.given, *starter.upright):
            for one, other in combinations(group, 2):
                used[orbits.kind[one, other]] = True
        groups = np.zeros((count + 1, starter.size), np.int64)
        if fill_round(kind, np.repeat(np.arange(len(circles)), swings), used, groups, count, STEPS):
            return tuple(tuple(sorted(points[place] for place in row)) for row in groups[:count].tolist())
    raise ArithmeticError(f"no starter for {starter.members} members in groups of {starter.size} found")


def _circles(starter: Starter) -> list[list[int]]:
    """The orbits of members under the second symmetry, those in `given` groups aside; all of one length."""
    seated = {member for group in starter.given for member in group}
    circles: list[list[int]] = []
    for member in range(starter.members):
        if member not in seated:
            circle = [member]
            while (following := starter.swung(circle[-1])) != member:
                circle.append(following)
            seated.update(circle)
            circles.append(circle)
    if len({len(circle) for circle in circles}) > 1 or len(circles) % starter.size:
        raise ValueError("given groups need to hold every member of a short orbit, and to leave whole groups")
    return circles


class _Orbits(NamedTuple):
    """The orbit of each pair, shape (members, members), and the size of each orbit."""

    kind: Ints
    size: Ints


def _orbits_of_pairs(starter: Starter) -> _Orbits:
    """The orbits of pairs under both symmetries."""
    kind = np.full((starter.members, starter.members), -1, np.int64)
    np.fill_diagonal(kind, 0)
    sizes: list[int] = []
    for pair in combinations(range(starter.members), 2):
        if kind[pair] >= 0:
            continue
        orbit: set[Group] = {pair}
        waiting: list[Group] = [pair]
        while waiting:
            one, other = waiting.pop()
            for moved in (starter.turned, starter.swung):
                image = _pair(moved(one), moved(other))
                if image not in orbit:
                    orbit.add(image)
                    waiting.append(image)
        for one, other in orbit:
            kind[one, other] = kind[other, one] = len(sizes)
        sizes.append(len(orbit))
    return _Orbits(kind, np.array(sizes, np.int64))


def _fours(cycle: int, staying: int, multiplier: int, *, second: int = 0, seed: int = 0) -> Starter:
    """Fours of 3 cycles and one, two or three members that stay, as many rounds as the cycle is long."""

    def upright(x: int, stays: int) -> Group:
        return (*(level * cycle + x * multiplier**level % cycle for level in range(3)), 3 * cycle + stays)

    given = {1: (upright(0, 0),), 2: (upright(0, 0), upright(second, 1)), 3: ()}[staying]
    return Starter(4, cycle, 3, staying, multiplier, given=given, seed=seed)


_LISTED = (
    _fours(7, 3, 1), _fours(11, 3, 1), _fours(14, 2, 9, second=1), _fours(18, 2, 7, second=2), _fours(19, 3, 7),
    _fours(15, 3, 1), _fours(23, 3, 1, seed=3), _fours(26, 2, 3, second=2, seed=6), _fours(27, 3, 10, seed=2),
    _fours(33, 1, 1, seed=24), _fours(35, 3, 16, seed=15),
    Starter(
        4, 43, 4, multiplier=4, shift=0, given=((0, 43, 86, 129),),
        upright=((0, 79, 117, 155), (0, 71, 112, 166)), seed=455,
    ),
    Starter(3, 22, 3, given=((0, 22, 44),), matched=True, seed=9665),
    Starter(3, 30, 3, matched=True, seed=8205),
)  # fmt: skip

STARTERS: Final = {(starter.members, starter.size): starter for starter in _LISTED}
"""Where theory proves existence by a computer search: what to assume so that the search takes a blink."""


def started(starter: Starter) -> Design:
    """The rounds of a starter: a resolvable design, or one that leaves out small sets of members who never meet."""
    members, rounds = starter.members, develop(starter)
    complete = (starter.size - 1) * len(rounds) == members - 1
    return Design(
        members, rounds, complete,
        f"starter of {members} in groups of {starter.size} over the integers mod {starter.cycle}",
        BAKER_WILSON if starter.size == 3 else GE_LING,
    )  # fmt: skip
