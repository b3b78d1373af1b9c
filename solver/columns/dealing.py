"""Answers to begin with: sets of a mixture, as many of them as find their members free."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence

from solver.columns.master import Used
from solver.columns.question import Question
from solver.columns.sets import Members

KEPT = 0.75
"""How much of a set is free at least where it is taken."""

Group = tuple[tuple[int, ...], Members]
"""Units that sit together, and the networks of which theirs is one."""


def side_by_side(question: Question, mixture: Sequence[Used], dice: random.Random) -> list[Group]:
    """Sets drawn by how much there is of each, without whom sets before them have.

    Drawn as Efraimidis and Spirakis (2006) do, "Weighted random sampling with a reservoir".
    """
    order = sorted(mixture, key=lambda used: -(dice.random() ** (1.0 / used.amount)))
    room = Counter({number: len(each.networks) for number, each in enumerate(question.classes)})
    taken: set[int] = set()
    groups = []
    for used in order:
        free = tuple(unit for unit in used.members if unit not in taken)
        if room[used.number] and len(free) >= KEPT * len(used.members):
            room[used.number] -= 1
            taken.update(free)
            groups.append((question.classes[used.number].networks, free))
    return groups
