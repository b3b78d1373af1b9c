"""What a group would cost with one unit for another, stage by stage, and making it so: for kernels that move units.

Each stage is written into the kernels that name it: passing it all parts of a board would cost more than it does.
"""

from __future__ import annotations

from solver import terms
from solver.terms.best import BestBoard
from solver.terms.common import Flags, Ints
from solver.terms.compiled import written_in
from solver.terms.count import CountBoard
from solver.terms.cover import CoverBoard
from solver.terms.home import HomeBoard
from solver.terms.likeness import LikenessBoard
from solver.terms.mean import MeanBoard
from solver.terms.pairs import PairsBoard
from solver.terms.variety import VarietyBoard

STAGES = 3
"""Of pricing: by what decides most for least work, by what is counted, by who helps whom."""


@written_in
def misplaced(column: Ints, allowed: Flags, foreign: Flags, who: int, people: Ints, k: int, out: int, into: int) -> int:
    """How many more people would sit in group k who may not, with unit `into` instead of `out` (-1: nobody).

    who: the facilitator of the group, or the last row of `foreign`.
    """
    more = 0
    if out >= 0 and (not allowed[column[k], out] or foreign[who, out]):
        more -= people[out]
    if into >= 0 and (not allowed[column[k], into] or foreign[who, into]):
        more += people[into]
    return more


@written_in
def of_looks(likeness: LikenessBoard, choices: BestBoard, k: int, out: int, into: int, after: int) -> tuple[int, int]:
    """The first stage, as (soft, hard) price, in a group that has `after` people then; seats are priced besides."""
    soft = 0
    hard = 0
    if likeness.strength.weight.size:
        s, h = terms.likeness.change(likeness, k, out, into)
        soft += s
        hard += h
    if choices.strength.weight.size:
        s, h = terms.best.change(choices, k, out, into, after)
        soft += s
        hard += h
    return soft, hard


@written_in
def of_counts(
    counts: CountBoard,
    variety: VarietyBoard,
    home: HomeBoard,
    pairs: PairsBoard,
    mean: MeanBoard,
    where: Ints,
    k: int,
    out: int,
    into: int,
    before: int,
    after: int,
) -> tuple[int, int]:
    """The second stage, as (soft, hard) price, in a group of `before` people that has `after` then."""
    soft = 0
    hard = 0
    if counts.strength.weight.size:
        s, h = terms.count.change(counts, k, out, into, before, after)
        soft += s
        hard += h
    if variety.strength.weight.size:
        s, h = terms.variety.change(variety, k, out, into, before, after)
        soft += s
        hard += h
    if home.strength.weight.size:
        s, h = terms.home.change(home, k, out, into)
        soft += s
        hard += h
    if pairs.strength.weight.size:
        s, h = terms.pairs.change(pairs, where, k, out, into)
        soft += s
        hard += h
    if mean.strength.weight.size:
        s, h = terms.mean.change(mean, k, out, into)
        soft += s
        hard += h
    return soft, hard


@written_in
def commit(
    likeness: LikenessBoard,
    choices: BestBoard,
    counts: CountBoard,
    variety: VarietyBoard,
    home: HomeBoard,
    mean: MeanBoard,
    cover: CoverBoard,
    k: int,
    out: int,
    into: int,
    after: int,
) -> None:
    """Puts unit `into` in group k instead of `out` (-1: nobody); it has `after` people now. Pairs keep no state."""
    if likeness.strength.weight.size:
        terms.likeness.commit(likeness, k, out, into)
    if counts.strength.weight.size:
        terms.count.commit(counts, k, out, into)
    if variety.strength.weight.size:
        terms.variety.commit(variety, k, out, into)
    if choices.strength.weight.size:
        terms.best.commit(choices, k, out, into, after)
    if home.strength.weight.size:
        terms.home.commit(home, k, out, into)
    if cover.strength.weight.size:
        terms.cover.commit(cover, k, out, into)
    if mean.strength.weight.size:
        terms.mean.commit(mean, k, out, into)
