"""Drives the annealing kernels: an even spread first, then the weighted rest without ever giving the spread back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import comb
from typing import Final, TypeAlias

import numpy as np

from solver.rotation.frame import Frame
from solver.rotation.kernels import (
    ALIKE,
    BALANCE,
    BROKEN,
    CASES,
    FIRST,
    LAST,
    REST,
    ROW,
    SIZES,
    Seating,
    Tally,
    Terms,
    spread,
    weigh,
)
from solver.rotation.price import RotationScore
from solver.rotation.problem import MUST, Bools, Exchange, Group, Ints, Spacing, TrioTable, Weight

Blocks: TypeAlias = tuple[tuple[Group, ...], ...]
"""The groups of each open block."""

Stop: TypeAlias = Callable[[], bool]
"""Asked between chunks of iterations; True ends the search with the best found."""

SPREAD_CHUNK: Final = 20_000
WEIGH_CHUNK: Final = 1_000
HOT, COLD = 0.8, 0.18
"""Temperatures of the spread, in meetings: a first repeat costs 1, and only single steps are worth taking back."""

HARD: Final = 1_000_000
"""What a meeting beyond `at_most` costs in the spread: more than any evenness."""


@dataclass(frozen=True)
class Spread:
    """The groups of the open blocks and what their spread costs; `iterations` it took."""

    blocks: Blocks
    cost: int
    iterations: int


def even_spread(
    shape: Frame, *, barred: Bools, target: int, repeats: int, seed: int, iterations: int, restart: int, stop: Stop
) -> Spread:
    """Anneals the sum of met (met - 1) / 2 over all pairs, from random groups; among equals, the repeats.

    Pairs that are `barred` cost HARD a meeting. Restarts with fresh groups every `restart` iterations until `target` is
    reached, the iterations are used up or `stop` says so; at least one chunk is always done. With `target` reached, one
    restart more looks for so few `repeats`. Equal arguments give equal answers; `cost` is without the repeats.
    """
    v = shape.problem.members
    kind, kinds = _each_pair(v)
    ones = np.ones(kinds, np.int64)
    i, j = np.triu_indices(v, 1)
    history = np.zeros(kinds, np.int64)
    history[kind[i, j]] = shape.met[i, j]
    even = int((history * (history - 1) // 2).sum())
    unit = evenness(shape)
    price = met_prices(int(history.max()) + len(shape.blocks), shape.problem.prices.at_most, unit=unit)
    again = int(np.maximum(0, history - 1).sum())
    # A barred pair starts on a second price list behind the first, where each meeting costs HARD besides.
    history[kind[i, j][barred[i, j]]] += len(price)
    price = np.concatenate([price, price + unit * HARD * np.arange(len(price))])
    sunk = int(price[history].sum()) - unit * even - again
    random = np.random.default_rng([seed, v])
    best: Spread | None = None
    used, even_already = 0, False
    while best is None or (
        best.cost > unit * target + repeats + sunk and used < iterations and not even_already and not stop()
    ):
        even_already = best is not None and (best.cost - sunk) // unit <= target
        tried = anneal(
            deal(shape.people, shape.sizes, random),
            kind=kind, step=ones, size=ones, price=price, before=history, random=random,
            iterations=min(restart, max(SPREAD_CHUNK, iterations - used)), target=unit * target + repeats + sunk,
            stop=stop, hot=HOT * unit, cold=COLD * unit,
        )  # fmt: skip
        used += tried.iterations
        if best is None or tried.cost < best.cost:
            best = tried
    return Spread(best.blocks, (best.cost - sunk) // unit, used)


_SPREADS: Final[dict[tuple[object, ...], tuple[Spread, int]]] = {}
"""The best spread of a question, and after how many searches."""

MOST_SPREADS: Final = 512
MOST_SEARCHES: Final = 8
"""By the clock: how often a question is searched again for another network: equally even plans suit rules unequally."""


def remembered(
    shape: Frame,
    *,
    barred: Bools,
    target: int,
    repeats: int,
    seed: int,
    iterations: int,
    restart: int,
    stop: Stop,
    timed: bool,
) -> Spread:
    """`even_spread`; where members are alike and nothing was before, thousands of networks share its work.

    Without a clock (`timed`), only what was searched to its end is kept, so an answer is the same whether or not it
    was remembered. With one, each network that asks the same goes on with another seed from the best of the others.
    """
    cut = False

    def watched() -> bool:
        nonlocal cut
        cut = cut or stop()
        return cut

    plain = shape.uniform and not barred.any()
    key: tuple[object, ...] = (shape.people, shape.sizes, shape.problem.prices.at_most, target, repeats, seed)
    key = (*key, *(() if timed else (iterations, restart)))
    best, searches = _SPREADS.get(key, (None, 0)) if plain else (None, 0)
    if best is not None and (not timed or searches >= MOST_SEARCHES):
        return best
    found = even_spread(
        shape, barred=barred, target=target, repeats=repeats,
        seed=seed + searches, iterations=iterations, restart=restart, stop=watched,
    )  # fmt: skip
    if best is not None and best.cost < found.cost:
        found = best
    if plain and (timed or not cut) and (best is not None or len(_SPREADS) < MOST_SPREADS):
        _SPREADS[key] = (found, searches + 1)
    return found


def anneal(
    blocks: Sequence[Sequence[Group]],
    *,
    kind: Ints,
    step: Ints,
    size: Ints,
    price: Ints,
    before: Ints,
    random: np.random.Generator,
    iterations: int,
    target: int,
    stop: Stop,
    hot: float = HOT,
    cold: float = COLD,
    moving: Sequence[int] | None = None,
) -> Spread:
    """One annealing of the spread over kinds of pairs, cooling geometrically; see `kernels.spread`.

    `moving`: the blocks that may change, all of them unless it is given.
    """
    seating = seating_of(blocks)
    met = before.copy()
    for groups in blocks:
        for group in groups:
            for place, member in enumerate(group):
                for other in group[:place]:
                    met[kind[member, other]] += step[kind[member, other]]
    cost = np.full(2, int((size * price[met]).sum()), np.int64)
    best = seating.seat.copy()
    able = range(len(blocks)) if moving is None else moving
    free = np.array([u for u in able if len(blocks[u]) > 1], np.int64)
    rng = words(random)
    chunks = max(1, iterations // SPREAD_CHUNK)
    done = 0
    for chunk in range(chunks if len(free) else 0):
        if cost[1] <= target or (chunk and stop()):
            break
        temperature = hot * (cold / hot) ** (chunk / chunks)
        spread(seating, free, kind, step, size, price, met, rng, SPREAD_CHUNK, temperature, target, cost, best)
        done += SPREAD_CHUNK
    return Spread(groups_of(best, seating), int(cost[1]), max(done, 1))


def deal(
    people: Sequence[Group], sizes: Sequence[Sequence[int]], random: np.random.Generator
) -> tuple[tuple[Group, ...], ...]:
    """Random groups for each block."""
    dealt = []
    for members, cut in zip(people, sizes, strict=True):
        order = random.permutation(np.array(members, np.int64)).tolist()
        ends = np.cumsum([0, *cut]).tolist()
        dealt.append(tuple(tuple(sorted(order[low:high])) for low, high in pairwise(ends)))
    return tuple(dealt)


def keep_apart(blocks: Blocks, barred: Bools, *, seed: int, tries: int = 20_000) -> Blocks | None:
    """Renames the people of a finished plan so that no barred pair sits together; None where that is not found.

    The pairs that a design leaves out must cover the barred ones: swaps of two names that never add a meeting of
    a barred pair (a walk along ties, so that it does not get stuck).
    """
    members = len(barred)
    random = np.random.default_rng([seed, members, 3])
    together = np.zeros((members, members), np.int64)
    for groups in blocks:
        for group in groups:
            together[np.ix_(group, group)] = 1
    np.fill_diagonal(together, 0)
    place = random.permutation(members)
    wrong = int((together[np.ix_(place, place)] * barred).sum())
    for _ in range(tries):
        if wrong == 0:
            name = np.argsort(place).tolist()
            return tuple(tuple(tuple(sorted(name[m] for m in group)) for group in groups) for groups in blocks)
        x, y = random.choice(members, 2, replace=False)
        place[[x, y]] = place[[y, x]]
        after = int((together[np.ix_(place, place)] * barred).sum())
        if after <= wrong + (random.random() < 0.02) * 2:
            wrong = after
        else:
            place[[x, y]] = place[[y, x]]
    return None


@dataclass(frozen=True)
class Weighed:
    """The groups of the open blocks after the rest was weighed, and the search's own price of them."""

    blocks: Blocks
    broken: int
    balance: int
    rest: int


def weighed_rest(
    shape: Frame,
    blocks: Blocks,
    givers: Sequence[Sequence[int | None]],
    *,
    start: RotationScore,
    repeats: int,
    table: TrioTable | None,
    seed: int,
    iterations: int,
    rest_bound: int,
    balance_bound: int,
    repeats_bound: int,
    stop: Stop,
) -> Weighed:
    """Anneals all rules together; never returns more broken, nor a worse balance, than it was given.

    `givers` has the case givers of every meeting of the open blocks, one for each group, and `start` the price. Where
    the balance is a part of its own, it counts the repeats among equally even plans: at the start there are `repeats`.
    """
    problem = shape.problem
    unit = evenness(shape) if problem.prices.spread_comes_first else 1
    even = 0 if start.balance is None else unit * start.balance + repeats
    seating = seating_of(blocks)
    terms = _terms(shape, table)
    random = np.random.default_rng([seed, problem.members, 1])
    rng = words(random)
    free = np.array([u for u, groups in enumerate(blocks) if len(groups) > 1], np.int64)
    tally = _tally(shape, seating, _places(seating, shape, givers))
    now = np.array([start.broken, even, start.rest], np.int64) + _unfairness(terms, tally)
    best, best_seat, best_giver = now.copy(), seating.seat.copy(), tally.giver.copy()
    if not len(free):
        return Weighed(blocks, *(int(part) for part in best))
    chances = _chances(problem.exchange is not None, problem.prices.case_turns is not None, len(free))
    scale = np.array([0.0, 0.0, 1.0])
    # The first call only measures: what a typical move changes in the rest sets the temperature.
    typical = max(
        1.0, weigh(seating, tally, terms, free, chances, scale, rng, 400, -1.0, now, best, best_seat, best_giver)
    )
    scale = np.array([20 * typical, 1.5 * typical / unit, 1.0])
    smallest = min(_weights(shape, table), default=1)
    hot, cold = 0.6 * typical, max(0.12 * smallest, 0.004 * typical)
    chunks = max(1, iterations // WEIGH_CHUNK)
    for chunk in range(chunks):
        even_enough = unit == 1 or best[BALANCE] <= unit * balance_bound + repeats_bound
        done = best[BROKEN] == 0 and even_enough and best[REST] <= rest_bound
        if done or (chunk and stop()):
            break
        temperature = hot * (min(cold, hot) / hot) ** (chunk / chunks)
        weigh(
            seating, tally, terms, free, chances, scale, rng, WEIGH_CHUNK, temperature, now, best, best_seat, best_giver
        )
        if chunk == chunks // 2:
            # Halfway the best so far may be far from where the walk is: go on from there, once.
            seating.seat[:] = best_seat
            tally = _tally(shape, seating, best_giver)
            now[:] = best
    return Weighed(groups_of(best_seat, seating), *(int(part) for part in best))


def _each_pair(members: int) -> tuple[Ints, int]:
    """Every pair its own kind: the matrix of kinds and how many there are."""
    kind = np.zeros((members, members), np.int64)
    i, j = np.triu_indices(members, 1)
    kind[i, j] = np.arange(len(i))
    return kind + kind.T, max(1, len(i))


def met_prices(most: int, at_most: int | None = None, *, unit: int = 1) -> Ints:
    """What meeting 0, 1, ... times costs; with a `unit` of evenness above 1, each repeat costs 1 besides."""
    met = np.arange(most + 2, dtype=np.int64)
    price = unit * met * (met - 1) // 2
    if unit > 1:
        price += np.maximum(0, met - 1)
    return price if at_most is None else price + unit * HARD * np.maximum(0, met - at_most)


def evenness(shape: Frame) -> int:
    """What a unit of evenness costs beside a repeat: more than all repeats together, so that it always comes first."""
    return 2 + int(shape.met.sum()) + sum(comb(size, 2) for cut in shape.sizes for size in cut)


def seating_of(blocks: Sequence[Sequence[Group]]) -> Seating:
    """Groups as arrays."""
    seats = [sum(len(group) for group in groups) for groups in blocks]
    width = max(seats, default=0) or 1
    most = max((len(groups) for groups in blocks), default=0)
    seat = np.full((len(blocks), width), -1, np.int64)
    start = np.zeros((len(blocks), most + 1), np.int64)
    group_of_seat = np.full((len(blocks), width), -1, np.int64)
    for u, groups in enumerate(blocks):
        at = 0
        for k, group in enumerate(groups):
            seat[u, at : at + len(group)] = group
            group_of_seat[u, at : at + len(group)] = k
            at += len(group)
            start[u, k + 1 :] = at
    return Seating(seat, start, group_of_seat, np.array(seats, np.int64))


def groups_of(seat: Ints, seating: Seating) -> Blocks:
    """Arrays as groups, each sorted, in order."""
    return tuple(
        tuple(tuple(sorted(row[low:high].tolist())) for low, high in pairwise(seating.start[u].tolist()) if high > low)
        for u, row in enumerate(seat)
    )


def words(random: np.random.Generator) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    """A state for the kernels' random numbers; never zero, where xorshift would stay."""
    return np.array([random.integers(1, 1 << 63)], np.uint64)


def _pair(weight: Weight | None) -> Ints:
    """A weight as (what a unit adds to broken, what it adds to rest)."""
    if weight is None:
        return np.array([0, 0], np.int64)
    return np.array([1, 0] if weight is MUST else [0, weight], np.int64)


def _tally(shape: Frame, seating: Seating, giver: Ints) -> Tally:
    """What the seats imply, on top of the past."""
    blocks, v = len(seating.seats), shape.problem.members
    group_of = np.full((blocks, v), -1, np.int64)
    met, cases, odd = shape.met.copy(), shape.cases.copy(), shape.odd.copy()
    row = 0
    for u, block in enumerate(shape.blocks):
        taken = int(seating.seats[u])
        group_of[u, seating.seat[u, :taken]] = seating.group_of_seat[u, :taken]
        low, high = seating.start[u, :-1], seating.start[u, 1:]
        for first, last in zip(low.tolist(), high.tolist(), strict=True):
            group = seating.seat[u, first:last]
            met[np.ix_(group, group)] += 1
            odd[group] += len(block) * (last - first != shape.problem.group_size)
        for _ in block:
            np.add.at(cases, seating.seat[u, giver[row][high > low]], 1)
            row += 1
    np.fill_diagonal(met, 0)
    return Tally(group_of, met, giver.copy(), cases, odd)


def _places(seating: Seating, shape: Frame, givers: Sequence[Sequence[int | None]]) -> Ints:
    """The seats of case givers; where the meeting's own groups differ from its block's, the first seat of a group."""
    places = np.zeros((len(givers), seating.start.shape[1] - 1), np.int64)
    row = 0
    for u, block in enumerate(shape.blocks):
        for _ in block:
            places[row] = seating.start[u, :-1]
            for giver in givers[row]:
                seat = int(np.flatnonzero(seating.seat[u] == giver)[0])
                places[row, seating.group_of_seat[u, seat]] = seat
            row += 1
    return places


def _unfairness(terms: Terms, tally: Tally) -> Ints:
    """How far the kernel's view of turns, summed over members, is above the rules' range: added to a price at first."""
    extra = np.zeros(3, np.int64)
    for rule, turns, floor in ((CASES, tally.cases, terms.case_floor), (SIZES, tally.odd, terms.size_floor)):
        summed = int(np.maximum(0, np.maximum(floor - turns, turns - floor - 1)).sum())
        beyond = summed - max(0, int(turns.max() - turns.min()) - 1)
        extra[BROKEN] += terms.weight[rule, 0] * beyond
        extra[REST] += terms.weight[rule, 1] * beyond
    return extra


def _terms(shape: Frame, table: TrioTable | None) -> Terms:
    """The rules of the programme as the kernel reads them."""
    problem, prices = shape.problem, shape.problem.prices
    v = problem.members
    first_met = shape.first_met.copy()
    first_met[problem.earlier > 0] = -1
    meetings = [len(block) for block in shape.blocks]
    row = np.cumsum([0, *meetings]).astype(np.int64)
    groups = sum(len(cut) * times for cut, times in zip(shape.sizes, meetings, strict=True))
    odd = sum(
        sum(size for size in cut if size != problem.group_size) * times
        for cut, times in zip(shape.sizes, meetings, strict=True)
    )
    unit = evenness(shape) if prices.spread_comes_first else 1
    spread_price = met_prices(int(shape.met.max(initial=0)) + len(shape.blocks), unit=unit)
    largest = max((size for cut in shape.sizes for size in cut), default=0)
    binomial = np.array([[comb(i, s) for s in range(largest + 1)] for i in range(v + 1)], np.int64)
    trio_at, trio = _flat(table, largest)
    exchange = problem.exchange or Exchange(np.zeros((v, 1), np.uint64), np.zeros((v, 1), np.uint64), 0)
    weights = [prices.early, prices.case_turns, prices.size_turns, exchange.weight]
    weights += [gathering.weight for gathering in problem.gatherings]
    gathered = np.zeros((len(problem.gatherings), v), np.int64)
    for g, gathering in enumerate(problem.gatherings):
        gathered[g, list(gathering.members)] = 1
    attendance = [tuple(i in set(people) for people in shape.people) for i in range(v)]
    kinds = {key: n for n, key in enumerate(sorted(set(attendance)))}
    block_key = list(zip(shape.people, meetings, strict=True))
    block_kinds = {key: n for n, key in enumerate(sorted(set(block_key)))}
    block_table = np.zeros((len(meetings) + 1, 4), np.int64)
    block_table[:, ROW] = row
    block_table[:-1, FIRST] = [block.start + 1 for block in shape.blocks]
    block_table[:-1, LAST] = [block.stop for block in shape.blocks]
    block_table[:-1, ALIKE] = [block_kinds[key] for key in block_key]
    return Terms(
        block=block_table,
        past=np.stack([first_met, shape.last_met]),
        price=spread_price * (1 if prices.meet_new is None else prices.meet_new),
        weight=np.array([_pair(weight) for weight in weights], np.int64),
        binomial=binomial,
        trio_at=trio_at,
        trio=trio,
        topics=np.stack([exchange.asks, exchange.offers]),
        gathered=gathered,
        alike=np.array([kinds[key] for key in attendance], np.int64),
        meetings=problem.meetings,
        price_ledger=BALANCE if prices.spread_comes_first else REST,
        at_most=int(np.iinfo(np.int64).max) if prices.at_most is None else prices.at_most,
        timed=prices.early is not None or bool(prices.spaced),
        near=_near(prices.spaced),
        case_floor=(int(shape.cases.sum()) + groups) // v,
        size_floor=(int(shape.odd.sum()) + odd) // v,
        usual_size=problem.group_size,
    )


def _near(spacings: Sequence[Spacing]) -> Ints:
    """What a repeat costs 0, 1, ... meetings after the last, broken and weighted; nothing beyond the largest gap."""
    near = np.zeros((2, max((spacing.gap for spacing in spacings), default=0) + 1), np.int64)
    for spacing in spacings:
        for after in range(near.shape[1]):
            near[:, after] += _pair(spacing.weight) * spacing.penalty(after)
    return near


def _flat(table: TrioTable | None, largest: int) -> tuple[Ints, Ints]:
    """The trio prices of all sizes behind each other, and where each size starts; -1 for a size without."""
    at = np.full(largest + 1, -1, np.int64)
    parts, length = [np.zeros((1, 2), np.int64)], 1
    for size in sorted({*table.weights, *table.faults} if table else ()):
        if size <= largest and table is not None:
            blank = np.zeros(comb(table.members, size), np.int64)
            at[size] = length
            parts.append(np.stack([table.faults.get(size, blank), table.weights.get(size, blank)], axis=1))
            length += len(blank)
    return at, np.concatenate(parts).astype(np.int64)


def _weights(shape: Frame, table: TrioTable | None) -> list[int]:
    """The weights that the rest adds up, where they are positive."""
    prices, exchange = shape.problem.prices, shape.problem.exchange
    found: list[Weight | None] = [
        prices.meet_new, prices.early, *(spacing.weight for spacing in prices.spaced),
        prices.case_turns, prices.size_turns,
        exchange.weight if exchange else None, *(gathering.weight for gathering in shape.problem.gatherings),
    ]  # fmt: skip
    if table is not None:
        found += [int(column[column > 0].min()) for column in table.weights.values() if (column > 0).any()]
    return [weight for weight in found if isinstance(weight, int) and weight > 0]


def _chances(exchange: bool, turns: bool, blocks: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """How often each move is tried. Moves of whole people or meetings cost as much as ten swaps, so they are rare."""
    hand_over = 0.12 if exchange or turns else 0.0
    relabel, reorder = 0.06, 0.01 if blocks > 1 else 0.0
    return np.cumsum([1 - hand_over - relabel - reorder, hand_over, relabel])
