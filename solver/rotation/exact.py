"""Whether a small rotation can keep its `must` rules at all: a plan, a proof that there is none, or neither.

Every group that may sit together at a meeting is a choice; each meeting takes choices that hold everybody once. Where
search finds nothing and counting proves nothing, this answers for a handful of people, exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, pairwise
from math import comb
from typing import Final

import numpy as np

from solver.cp import cp_model, cp_solver
from solver.rotation.frame import Frame
from solver.rotation.problem import MUST, Group, TrioTable
from solver.rotation.search import Blocks
from solver.rotation.turns import unanswered

MOST_CHOICES: Final = 20_000
"""Groups over all meetings; beyond it nothing is tried."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`blocks`: a plan that keeps every `must`, or None; `impossible`: whether it is proven that there is none."""

    blocks: Blocks | None
    impossible: bool


NEITHER: Final = Answer(None, False)


def keep_musts(shape: Frame, table: TrioTable | None, *, work: float, seconds: float | None = None) -> Answer:
    """Looks for a plan within so much work (about seconds, but the same every time) and, if given, so much time.

    Says NEITHER where people come and go within meetings that keep their groups, or where there are too many choices.
    """
    problem = shape.problem
    choices = sum(comb(len(people), s) for people, cut in zip(shape.people, shape.sizes, strict=True) for s in set(cut))
    untabled = problem.trio is not None and table is None
    if not shape.steady or choices > MOST_CHOICES or untabled or problem.prices.early is MUST:
        return NEITHER
    model = _Model(shape, table)
    solver = cp_solver(work=work)
    if seconds is not None:
        solver.parameters.max_time_in_seconds = max(0.01, seconds)
    status = solver.solve(model.model)
    if status == cp_model.INFEASIBLE:
        return Answer(None, impossible=True)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return NEITHER
    return Answer(model.blocks(solver), impossible=False)


class _Model:
    """The choices of every open block, and the rules that must hold between them."""

    def __init__(self, shape: Frame, table: TrioTable | None) -> None:
        self.shape, self.problem = shape, shape.problem
        self.model = cp_model.CpModel()
        self.chosen = [self._choices(u, table) for u in range(len(shape.blocks))]
        self._seat_everybody()
        prices = self.problem.prices
        if prices.at_most is not None:
            self._meet_at_most(prices.at_most)
        for spacing in prices.spaced:
            if spacing.weight is MUST:
                self._meet_apart(spacing.gap)
        if prices.size_turns is MUST:
            self._share_sizes()
        if prices.case_turns is MUST or (self.problem.exchange is not None and self.problem.exchange.weight is MUST):
            self._give_cases()
        for gathering in self.problem.gatherings:
            if gathering.weight is MUST:
                self._gather(set(gathering.members))
        self._number_people()

    def blocks(self, solver: cp_model.CpSolver) -> Blocks:
        """The groups that were chosen, larger ones first."""
        return tuple(
            tuple(sorted((g for g, choice in block.items() if solver.value(choice)), key=lambda g: (-len(g), g)))
            for block in self.chosen
        )

    def _choices(self, u: int, table: TrioTable | None) -> dict[Group, cp_model.IntVar]:
        """The groups that may sit together in a block: those that break nothing by themselves."""
        return {
            group: self.model.new_bool_var("")
            for size in sorted(set(self.shape.sizes[u]))
            for group in combinations(self.shape.people[u], size)
            if table is None or table.broken(group) == 0
        }

    def _seat_everybody(self) -> None:
        for people, cut, block in zip(self.shape.people, self.shape.sizes, self.chosen, strict=True):
            for size in set(cut):
                self.model.add(sum(v for g, v in block.items() if len(g) == size) == cut.count(size))
            for member in people:
                self.model.add(sum(v for g, v in block.items() if member in g) == 1)

    def _together(self, u: int, one: int, other: int) -> list[cp_model.IntVar]:
        return [choice for group, choice in self.chosen[u].items() if one in group and other in group]

    def _meet_at_most(self, at_most: int) -> None:
        for one, other in combinations(range(self.problem.members), 2):
            met = [choice for u in range(len(self.chosen)) for choice in self._together(u, one, other)]
            before = int(self.shape.met[one, other])
            self.model.add(sum(met) + before <= at_most)

    def _meet_apart(self, gap: int) -> None:
        blocks = self.shape.blocks
        for one, other in combinations(range(self.problem.members), 2):
            met = [self._together(u, one, other) for u in range(len(blocks))]
            last = int(self.shape.last_met[one, other])
            for u, block in enumerate(blocks):
                if last and block.start + 1 - last < gap:
                    self.model.add(sum(met[u]) == 0)
                for w in range(u):
                    if block.start + 1 - blocks[w].stop < gap:
                        self.model.add(sum(met[u]) + sum(met[w]) <= 1)

    def _share_sizes(self) -> None:
        turns = []
        for member in range(self.problem.members):
            mine = [
                len(block) * choice
                for block, chosen in zip(self.shape.blocks, self.chosen, strict=True)
                for group, choice in chosen.items()
                if member in group and len(group) != self.problem.group_size
            ]
            turns.append(sum(mine) + int(self.shape.odd[member]))
        self._within_one(turns)

    def _give_cases(self) -> None:
        """One case giver to a group at every meeting to come, in turn, and heard where that must be."""
        problem, exchange = self.problem, self.problem.exchange
        turns: list[list[cp_model.IntVar]] = [[] for _ in range(problem.members)]
        settled: list[dict[Group, cp_model.IntVar]] = [
            {group: self.model.new_constant(1) for group in groups} for groups in self.shape.settled
        ]
        meetings = settled + [
            chosen for block, chosen in zip(self.shape.blocks, self.chosen, strict=True) for _ in block
        ]
        for chosen in meetings:
            gives = {m: self.model.new_bool_var("") for m in sorted({m for group in chosen for m in group})}
            for member, variable in gives.items():
                turns[member].append(variable)
            for group, choice in chosen.items():
                self.model.add(sum(gives[m] for m in group) == 1).only_enforce_if(choice)
                if exchange is not None and exchange.weight is MUST:
                    for member in group:
                        if unanswered(exchange, member, group):
                            self.model.add_implication(choice, ~gives[member])
        if problem.prices.case_turns is MUST:
            self._within_one([sum(mine) + int(self.shape.cases[m]) for m, mine in enumerate(turns)])

    def _within_one(self, turns: list[cp_model.LinearExprT]) -> None:
        """Nobody's turns are more than one above anybody's."""
        least = self.model.new_int_var(0, self.problem.meetings, "")
        for mine in turns:
            self.model.add(mine >= least)
            self.model.add(mine <= least + 1)

    def _gather(self, members: set[int]) -> None:
        for people, chosen in zip(self.shape.people, self.chosen, strict=True):
            there = members.intersection(people)
            if len(there) > 1:
                self.model.add(sum(v for g, v in chosen.items() if there <= set(g)) == 1)

    def _number_people(self) -> None:
        """Where all members are alike, the first meeting may as well seat them in order."""
        problem = self.problem
        alike = (
            self.shape.uniform
            and bool(self.chosen)
            and problem.exchange is None
            and not problem.gatherings
            and problem.trio is None
            and not self.shape.cases.any()
            and not self.shape.odd.any()
        )
        if alike:
            ends = np.cumsum([0, *self.shape.sizes[0]]).tolist()
            for low, high in pairwise(ends):
                self.model.add(self.chosen[0][tuple(range(low, high))] == 1)
