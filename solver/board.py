"""The board: where every unit sits and what every term says about it, kept up to date move by move."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from solver.lower import Lowered
from solver.lowering import Best, Count, Cover, Home, Lead, Likeness, Mean, Pairs, Place, Scatter, Term, Variety
from solver.problem import WAITING
from solver.terms import best, count, cover, home, likeness, mean, pairs, place, scatter, variety
from solver.terms.common import Flags, Ints, Priced


class Board(NamedTuple):
    """Units in groups 0 .. groups - 1, or on the waitlist, which is group number `groups`."""

    people: Ints
    """(units,) how many people a unit has"""
    low: Ints
    """(groups,) the fewest members"""
    high: Ints
    """(groups,) the most members"""
    column: Ints
    """(groups + 1,) the column of `allowed`; networks that accept everybody share one"""
    allowed: Flags
    """(columns, units)"""
    foreign: Flags
    """(facilitators + 1, units): who does not speak a facilitator's languages; the last row is nobody's"""
    leader: Ints
    """state (groups,): the facilitator, or the number of facilitators"""
    lead_weight: Ints
    """(groups,) what it costs to have no facilitator"""
    lead_must: Ints
    """(groups,) how many rules that must hold want one"""
    where: Ints
    """state (units,): the group of each unit, or -1 before it is placed"""
    filled: Ints
    """state (groups + 1,): people in each group"""
    owed: Ints
    """state (groups + 3, 4): what each group costs by the terms that the search looks at second, and third, soft and
    hard; the last two rows hold what a proposal would change of that, in the group that is left and in the other"""
    counts: count.CountBoard
    variety: variety.VarietyBoard
    best: best.BestBoard
    home: home.HomeBoard
    cover: cover.CoverBoard
    pairs: pairs.PairsBoard
    likeness: likeness.LikenessBoard
    place: place.PlaceBoard
    mean: mean.MeanBoard
    scatter: scatter.ScatterBoard


def build(lowered: Lowered, networks: Sequence[int]) -> Board:
    """An empty board over some of the problem's networks, which become groups 0, 1, ... in this order."""
    problem, units = lowered.problem, lowered.units
    groups = len(networks)
    number = {network: k for k, network in enumerate(networks)}
    terms = [renumber(priced, number) for priced in lowered.terms]

    def of(kind: type[Term]) -> list[Any]:
        return [priced for priced in terms if isinstance(priced.term, kind)]

    own = [k for k, network in enumerate(networks) if problem.networks[network].accepted is not None]
    column = np.full(groups + 1, len(own), dtype=np.int64)
    column[own] = np.arange(len(own))
    column[groups] = len(own) + 1
    allowed = np.ones((len(own) + 2, len(units)), dtype=np.uint8)
    for index, k in enumerate(own):
        network = problem.networks[networks[k]]
        allowed[index] = [all(network.accepts(person) for person in members) for members in units.members]
    allowed[-1] = [not any(person in problem.must_place for person in members) for members in units.members]
    foreign = np.zeros((len(problem.facilitators) + 1, len(units)), dtype=np.uint8)
    for f, facilitator in enumerate(problem.facilitators):
        foreign[f] = [any(person in facilitator.foreign for person in members) for members in units.members]
    leads = [[priced for priced in of(Lead) if priced.speaks_about(k)] for k in range(groups)]
    return Board(
        people=np.array([len(members) for members in units.members], dtype=np.int64),
        low=np.array([problem.networks[network].min_size for network in networks], dtype=np.int64),
        high=np.array([min(problem.networks[n].max_size, lowered.ground.largest) for n in networks], dtype=np.int64),
        column=column,
        allowed=allowed,
        foreign=foreign,
        leader=np.full(groups, len(problem.facilitators), dtype=np.int64),
        lead_weight=np.array([sum(priced.weight for priced in here) for here in leads], dtype=np.int64),
        lead_must=np.array([sum(priced.must for priced in here) for here in leads], dtype=np.int64),
        where=np.full(len(units), -1, dtype=np.int64),
        filled=np.zeros(groups + 1, dtype=np.int64),
        owed=np.zeros((groups + 3, 4), dtype=np.int64),
        counts=count.build(of(Count), units, groups),
        variety=variety.build(of(Variety), units, groups),
        best=best.build(of(Best), units, groups),
        home=home.build(of(Home), units, groups),
        cover=cover.build(of(Cover), units, groups),
        pairs=pairs.build(of(Pairs), units, groups),
        likeness=likeness.build(of(Likeness), units, groups),
        place=place.build(of(Place), units, groups),
        mean=mean.build(of(Mean), units, groups),
        scatter=scatter.build(of(Scatter), units, groups),
    )


def renumber(priced: Priced[Term], number: dict[int, int]) -> Priced[Term]:
    """The same term, speaking of groups instead of networks."""

    def some(networks: frozenset[int] | None) -> frozenset[int] | None:
        return None if networks is None else frozenset(k for n, k in number.items() if n in networks)

    term = replace(priced.term, only=some(priced.term.only))
    if isinstance(term, Place):
        term = replace(term, costs={k: term.costs[n] for n, k in number.items() if n in term.costs})
    return replace(priced, term=term, networks=some(priced.networks))


def empty(board: Board) -> Board:
    """The same board with nobody on it; what does not change is shared."""

    def cleared(part: Any) -> Any:
        states = [
            name
            for name in ("tally", "cost", "found", "travel", "gain", "total", "sum", "most")
            if name in part._fields
        ]
        return part._replace(**{name: np.zeros_like(getattr(part, name)) for name in states})

    fresh = {name: cleared(getattr(board, name)) for name in board._fields[board._fields.index("counts") :]}
    fresh["best"] = fresh["best"]._replace(slot=board.best.slot.copy())
    return board._replace(
        where=np.full_like(board.where, -1),
        filled=np.zeros_like(board.filled),
        owed=np.zeros_like(board.owed),
        leader=board.leader.copy(),
        **fresh,
    )


def to_places(board_where: Ints, lowered: Lowered, networks: Sequence[int]) -> tuple[int, ...]:
    """The network of each person, from the group of each unit."""
    of = lowered.units.of
    groups = [*networks, WAITING]
    return tuple(groups[board_where[of[person]]] for person in range(len(of)))


def from_places(places: Sequence[int], lowered: Lowered, networks: Sequence[int]) -> Ints:
    """The group of each unit, from the network of each person; a unit's first person speaks for it.

    Who was in a network that is not among these waits.
    """
    number = {network: k for k, network in enumerate(networks)}
    waitlist = len(networks)
    return np.array([number.get(places[members[0]], waitlist) for members in lowered.units.members], dtype=np.int64)
