"""Annealing over moves and swaps of units: the incremental search that serves every rule.

Kirkpatrick, Gelatt and Vecchi (1983), "Optimization by simulated annealing", Science 220. One kernel for all rules: it
reads what an exchange would cost, makes it or not, and knows nothing else.
"""

from __future__ import annotations

import numpy as np

from solver import terms
from solver.board import Board
from solver.stages import STAGES, commit, misplaced, of_counts, of_looks
from solver.terms.common import Flags, Ints
from solver.terms.compiled import kernel, part

STEEP = 40.0
"""Temperatures above which a dearer proposal is never taken: e^-40 is less than one proposal in 10^17."""


@part
def random_word(state: Ints) -> int:
    """The next word of a xorshift64 generator (Marsaglia 2003); `state` is one non-zero uint64."""
    word = state[0]
    word ^= word << np.uint64(13)
    word ^= word >> np.uint64(7)
    word ^= word << np.uint64(17)
    state[0] = word
    return word  # type: ignore[no-any-return]  # compiled: one machine word


@part
def scaled(word: int, limit: int) -> int:
    """A whole number from 0 to limit - 1, from 32 random bits (Lemire 2019, without the rejection)."""
    return np.int64((word * np.uint64(limit)) >> np.uint64(32))  # type: ignore[return-value]


@part
def unit_interval(state: Ints) -> float:
    """A number from 0 up to 1."""
    return (random_word(state) >> np.uint64(11)) * (1.0 / 9007199254740992.0)  # type: ignore[no-any-return]


@part
def copy(source: Ints, target: Ints) -> None:
    """Copies one array over another of its length."""
    for i in range(source.size):
        target[i] = source[i]


@part
def may_sit(column: Ints, allowed: Flags, foreign: Flags, leader: Ints, unit: int, k: int) -> bool:
    """Whether a unit is allowed in a group, or on the waitlist, rules aside."""
    if not allowed[column[k], unit]:
        return False
    return k == leader.size or not foreign[leader[k], unit]


@kernel
def anneal(
    board: Board,
    start: Ints,
    movable: Ints,
    kinds: Ints,
    places: Ints,
    anywhere: bool,
    state: Ints,
    steps: int,
    hot: float,
    cold: float,
    prices: Ints,
    now: Ints,
    best: Ints,
    best_where: Ints,
    seen: Ints,
    told: Ints,
) -> None:
    """Seats whoever is not seated yet, then anneals for `steps` proposals.

    start: where to seat each unit that is nowhere yet; seating is a move from nowhere that is always made.
    movable: the units that may move; places: the groups they may move to (the waitlist is number `groups`).
    kinds: (units, 2) where in `movable` those of one kind with each unit begin, and how many they are; (0, 2) where
    nobody is told apart. Half of all swaps are within a kind.
    anywhere: whether everybody may sit wherever proposals lead, so that nobody looks; it is most of a cheap proposal.
    prices: (of one hard violation, of one person waiting), in units of the soft price.
    now, best: (hard, waiting, soft), updated; best_where: the best board seen, by that order, and by hard and soft
    alone where waiting has no price of its own.
    seen: (moves made, proposals told), updated.
    told: (price, unit, the other unit or -1) of the last proposals told: at temperature 0 those that were dearer, and
    below 0 every one of them, for nothing is moved then; its length is a power of two.
    """
    # Each part is taken out of the board once: wherever the whole board is named, all its parts are loaded for it, and
    # the compiler spends seconds on taking that away again.
    people, low, high, column, allowed = board.people, board.low, board.high, board.column, board.allowed
    foreign, leader, lead_weight, lead_must = board.foreign, board.leader, board.lead_weight, board.lead_must
    where, filled, counts, likeness, variety = board.where, board.filled, board.counts, board.likeness, board.variety
    choices, home, cover, pairs, place = board.best, board.home, board.cover, board.pairs, board.place
    mean, scatter, owed = board.mean, board.scatter, board.owed
    covered, placed, scattered = cover.strength.weight.size, place.strength.weight.size, scatter.weight.size
    tallied = counts.strength.weight.size + variety.strength.weight.size + home.strength.weight.size
    tallied += pairs.strength.weight.size + mean.strength.weight.size
    stages = STAGES if covered else STAGES - 1 if tallied else STAGES - 2
    nobody = foreign.shape[0] - 1
    groups = low.size
    told_apart = kinds.shape[0] > 0
    seats = start.size if steps == 0 else 0
    cooling = (cold / hot) ** (1.0 / max(1, steps)) if hot > 0 else 1.0
    temperature = hot
    for step in range(seats + steps):
        seating = step < seats
        other = -1
        if seating:
            one = step
            source, target = -1, start[one]
            mine, theirs = people[one], 0
        else:
            temperature *= cooling
            word = random_word(state)
            one = movable[scaled(word >> np.uint64(32), movable.size)]
            source = where[one]
            if word & np.uint64(7):
                # The bit after those is as good as any, for what is scaled hangs on the high bits of 32.
                begin, length = 0, movable.size
                if told_apart and word & np.uint64(8):
                    begin, length = kinds[one, 0], kinds[one, 1]
                other = movable[begin + scaled(word & np.uint64(0xFFFFFFFF), length)]
                target = where[other]
                if target == source or not (anywhere or may_sit(column, allowed, foreign, leader, other, source)):
                    continue
            else:
                target = places[scaled(word & np.uint64(0xFFFFFFFF), places.size)]
                if target == source:
                    continue
            if not (anywhere or may_sit(column, allowed, foreign, leader, one, target)):
                continue
            mine = people[one]
            theirs = people[other] if other >= 0 else 0
            if mine != theirs:
                if target < groups and filled[target] + mine - theirs > high[target]:
                    continue
                if source < groups and filled[source] + theirs - mine > high[source]:
                    continue
                # Nor does anybody leave a group that has just enough: what it takes to win them back is dear.
                if source < groups and theirs < mine and filled[source] + theirs - mine < low[source]:
                    continue
                if target < groups and mine < theirs and filled[target] + mine - theirs < low[target]:
                    continue
        soft = 0
        hard = 0
        waiting = 0
        if target == groups:
            waiting = mine - theirs
        elif source == groups:
            waiting = theirs - mine
        if scattered:
            s, h = terms.scatter.change(scatter, one, other, source, target)
            soft += s
            hard += h
        # Most proposals are refused, and most of those for what is looked at first: what was not looked at yet can save
        # no more than it costs now. In a loop, so that there is one call of each to inline.
        owing = 0
        for side in range(2):
            k = target if side else source
            if k >= 0:
                for later in range(stages - 1):
                    owing += owed[k, 2 * later] + prices[0] * owed[k, 2 * later + 1]
        weighing = not seating and temperature > 0
        limit = -1.0
        refused = False
        for half in range(2 * stages):
            stage, side = half >> 1, half & 1
            if (stage == 1 and not tallied) or (stage == 2 and not covered):
                continue
            # What it would cost either group to have `into` instead of `out`, in turn.
            k = target if side else source
            if k >= 0:
                out = other if side else one
                into = one if side else other
                before = filled[k]
                after = before
                if out >= 0:
                    after -= people[out]
                if into >= 0:
                    after += people[into]
                dearer = 0
                broken = 0
                if stage == 0:
                    if placed:
                        s, h = terms.place.change(place, k, out, into)
                        dearer += s
                        broken += h
                    if not anywhere:
                        who = leader[k] if k < groups else nobody
                        broken += misplaced(column, allowed, foreign, who, people, k, out, into)
                    if k < groups:
                        if before != after:
                            broken += max(0, low[k] - after) - max(0, low[k] - before)
                            if leader[k] == nobody and (before == 0) != (after == 0):
                                led = 1 if before == 0 else -1
                                dearer += lead_weight[k] * led
                                broken += lead_must[k] * led
                        s, h = of_looks(likeness, choices, k, out, into, after)
                        dearer += s
                        broken += h
                elif k < groups and stage == 1:
                    s, h = of_counts(counts, variety, home, pairs, mean, where, k, out, into, before, after)
                    dearer += s
                    broken += h
                elif k < groups:
                    s, h = terms.cover.change(cover, k, out, into)
                    dearer += s
                    broken += h
                soft += dearer
                hard += broken
                if stage:
                    owed[groups + 1 + side, 2 * stage - 2] = dearer
                    owed[groups + 1 + side, 2 * stage - 1] = broken
                    owing -= owed[k, 2 * stage - 2] + prices[0] * owed[k, 2 * stage - 1]
            # What is looked at first may save as much as it likes, so that is looked at for both.
            if weighing and half:
                least = soft + prices[0] * hard + prices[1] * waiting - owing
                if least > 0:
                    if limit < 0:
                        if least > STEEP * temperature:
                            refused = True
                            break
                        luck = 1.0 - unit_interval(state)
                        ratio = least / temperature
                        # As e^x is more than 1 + x + x^2 / 2, most are refused without a logarithm.
                        if luck * (1.0 + ratio + ratio * ratio / 2.0) >= 1.0:
                            refused = True
                            break
                        limit = -temperature * np.log(luck)
                    if least >= limit:
                        refused = True
                        break
        if refused:
            continue
        if not seating and not weighing:
            price = soft + prices[0] * hard + prices[1] * waiting
            if temperature < 0 or price > 0:
                row = seen[1] & (told.shape[0] - 1)
                told[row, 0], told[row, 1], told[row, 2] = price, one, other
                seen[1] += 1
                continue
        for side in range(2):
            k = target if side else source
            out = other if side else one
            into = one if side else other
            if k < 0:
                continue
            if out >= 0:
                filled[k] -= people[out]
            if into >= 0:
                filled[k] += people[into]
            if k == groups:
                continue
            commit(likeness, choices, counts, variety, home, mean, cover, k, out, into, filled[k])
            for kind in range(owed.shape[1]):
                owed[k, kind] += owed[groups + 1 + side, kind]
        if scattered:
            terms.scatter.commit(scatter, one, source, target)
            if other >= 0:
                terms.scatter.commit(scatter, other, target, source)
        where[one] = target
        if other >= 0:
            where[other] = source
        now[0] += hard
        now[1] += waiting
        now[2] += soft
        seen[0] += 1
        if not seating and now[0] <= best[0]:
            fewer = now[1] - best[1] if prices[1] else 0
            if now[0] < best[0] or fewer < 0 or (fewer == 0 and now[2] < best[2]):
                copy(now, best)
                copy(where, best_where)


def generator(seed: int) -> Ints:
    """The state of a generator for a seed, spread by splitmix64 so that near seeds differ."""
    word = (seed + 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
    word = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
    word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
    return np.array([(word ^ (word >> 31)) or 1], dtype=np.uint64)


__all__ = ["anneal", "generator"]
