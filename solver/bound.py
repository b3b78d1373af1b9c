"""Bounds: what no composition can be better than, and how that is known.

First come programs in which people are merged who are alike in what costs most, also with whole numbers of people and
networks; then ever larger relaxations in which everybody is apart and every rule counts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from solver.limits import Watch
from solver.lower import Lowered, alike
from solver.lowering import Term
from solver.merging import Merging, each_alone
from solver.minimum import SMALL
from solver.price import Score
from solver.relaxation import Relaxation
from solver.terms.common import Priced

LINEAR, WHOLE = "linear relaxation", "whole numbers"
"""How a limit was proven."""

LADDER = (1_000, 3_000, 9_000, 27_000)
"""People times configurations: the most for which a program is built, smallest first. More prove more, and slower."""

LARGEST = 9_000
"""People times classes of networks: above it nobody is apart in a program."""

SURE = 3_000
"""The largest of these where work is counted and no clock can stop it."""

KINDS, KINDS_UNTIL = 3_000, 0.5
"""Kinds of people times configurations, at most, where people are merged; of the limit, until when they may be."""

MOST_ORDERS = 16
"""Orders of terms that are tried for it: each takes a tenth of a second at most."""

WHOLE_SHARE, WHOLE_WORK = 0.1, 0.5
"""Of the time that is left, the most for that in whole numbers, and its deterministic time for one effort: most of what
it proves comes in the first second."""

BLINK = 4_000
"""People times networks up to which everybody may be apart where there is no time: a larger program takes seconds."""

GROWTH = 3.0
"""The time that a program takes grows about with this power of its columns."""

RULES_SHARE, RULES_UNTIL = 0.2, 0.8
"""Of the time that is left, the most that limits of single rules may take; of the limit, when to stop with them."""

NEXT_SHARE = 0.75
"""The most of the time that is left for the next program, as it is foreseen."""


@dataclass(frozen=True, slots=True)
class Bound:
    """Proven lower limits of the objective and of the number of people waiting."""

    objective: int
    waiting: int


def least_waiting(lowered: Lowered) -> int:
    """People less seats: whoever has no seat waits."""
    problem = lowered.problem
    if problem.waiting_is_weighed:
        return 0
    return max(0, problem.pool.size - sum(network.max_size for network in problem.networks))


def relax(lowered: Lowered, *, most_waiting: int | None, score: Score, most_seats: int = SURE) -> Relaxation | None:
    """The relaxation of a problem among answers that let no more than so many wait; None where it would be too large.

    `score`, of a good answer, tells which rules cost most: their options make the configurations.
    """
    classes = alike(lowered)
    if lowered.problem.pool.size * len(classes) > LARGEST:
        return None
    return Relaxation(lowered, classes, each_alone(lowered), most_waiting, _costs(score), most_seats)


def relax_kinds(lowered: Lowered, *, most_waiting: int | None, score: Score, watch: Watch) -> Relaxation | None:
    """The same where people are merged, of the rules that cost most, and of those others that make them cost most."""
    classes, costs = alike(lowered), _costs(score)
    merging = Merging(lowered, classes)

    def cost(priced: Priced[Term]) -> int:
        return costs[priced.rule] if priced.rule < len(costs) else 0

    order = sorted(merging.terms, key=lambda priced: (-cost(priced), not priced.must, -priced.weight))
    paid, free = [x for x in order if cost(x)], [x for x in order if not cost(x)]
    # What costs something may do so by chance, and what costs nothing may be why other things do.
    orders = [order]
    orders += [[*(x for x in order if x is not one), one] for one in paid[1:]]
    orders += [[*paid, one, *(x for x in free if x is not one)] for one in free[1:]]
    tried: set[frozenset[int]] = set()
    """the terms of each, which are all that tells people apart"""
    best: Relaxation | None = None
    for each in orders[:MOST_ORDERS]:
        merged = merging.merged(each, KINDS)
        if merged is None or watch.over(KINDS_UNTIL):
            break
        terms = frozenset(id(priced.term) for priced in merged.terms)
        if terms not in tried:
            tried.add(terms)
            relaxation = Relaxation(lowered, classes, merged, most_waiting, costs, KINDS)
            if best is None or relaxation.bound(watch) > best.bound(watch):
                best = relaxation
    return best


def _costs(score: Score) -> list[int]:
    return [scored.rule.weight * scored.penalty for scored in score.rules]


@dataclass(frozen=True, slots=True)
class Relaxed:
    """What relaxations have proven: a limit of the objective, and of each rule's penalty."""

    objective: int
    by_rule: tuple[int, ...]

    def raised(self, objective: int, by_rule: Sequence[int] = ()) -> Relaxed:
        """With what else was proven."""
        limits = tuple(map(max, self.by_rule, by_rule)) if by_rule else self.by_rule
        return Relaxed(max(objective, self.objective), limits)


Teller = Callable[[int, str], None]
"""Is told of a limit and how it was proven."""


def climb(
    lowered: Lowered,
    *,
    most_waiting: int,
    score: Score,
    watch: Watch,
    tell: Teller = lambda bound, how: None,
    share: float = NEXT_SHARE,
    ladder: Sequence[int] = LADDER,
    whole: bool = True,
) -> Relaxed:
    """The limits that ever larger relaxations prove, as far as the time goes; the first take a blink.

    `share`: of the time that is left, the most for the next program. `ladder`: how large programs may be, in turn,
    where everybody is apart. `whole`: whether whole numbers are worth their time where people are merged.
    """
    found = Relaxed(0, (0,) * len(score.rules))
    kinds = relax_kinds(lowered, most_waiting=most_waiting, score=score, watch=watch)
    if kinds is not None:
        found = _with_kinds(found, kinds, score, watch, tell, whole=whole)
    # With fewer configurations than those, everybody apart proves something of single rules at most.
    fewest = len(lowered.units) * kinds.configurations if kinds is not None else 0
    columns, took = 0, 0.0
    for most_seats in ladder:
        if found.objective >= score.objective or (most_seats > SURE and watch.by_effort):
            break
        if ladder[0] < most_seats < fewest:
            continue
        relaxation = relax(lowered, most_waiting=most_waiting, score=score, most_seats=most_seats)
        if relaxation is None or watch.over():
            break
        size = len(relaxation.program.upper)
        if size <= columns:
            continue
        remaining = watch.remaining()
        foreseen = took * (size / max(1, columns)) ** GROWTH
        if remaining is not None and foreseen > share * remaining:
            break
        begin = watch.elapsed()
        found = found.raised(relaxation.bound(watch))
        columns, took = size, watch.elapsed() - begin
        tell(found.objective, LINEAR)
        if remaining is None or took * len(score.rules) <= RULES_SHARE * remaining:
            found = found.raised(0, limits_by_rule(relaxation, score, watch, until=RULES_UNTIL))
    return found


def at_once(lowered: Lowered, *, most_waiting: int | None, score: Score, watch: Watch, until: float) -> Relaxed:
    """What is proven in a blink about an answer that somebody waits for."""
    found = Relaxed(0, (0,) * len(score.rules))
    small = lowered.problem.pool.size * len(lowered.problem.networks) <= BLINK
    relaxation = (
        relax(lowered, most_waiting=most_waiting, score=score)
        if small
        else relax_kinds(lowered, most_waiting=most_waiting, score=score, watch=watch)
    )
    if relaxation is None or watch.over(until):
        return found
    return found.raised(relaxation.bound(watch), limits_by_rule(relaxation, score, watch, until=until))


def _with_kinds(found: Relaxed, kinds: Relaxation, score: Score, watch: Watch, tell: Teller, *, whole: bool) -> Relaxed:
    """With what a program proves in which people are merged."""
    found = found.raised(kinds.bound(watch), limits_by_rule(kinds, score, watch, until=RULES_UNTIL))
    tell(found.objective, LINEAR)
    if whole and found.objective < score.objective and not watch.over():
        found = found.raised(kinds.whole_bound(watch, share=WHOLE_SHARE, work=WHOLE_WORK))
        tell(found.objective, WHOLE)
    return found


def limits_by_rule(relaxation: Relaxation, score: Score, watch: Watch, *, until: float) -> tuple[int, ...]:
    """A proven limit of each rule's penalty: 0 where the penalty is 0, or where the share of the time is up."""
    # Without a clock to stop it, only what is surely quick is solved again for each rule.
    quick = len(relaxation.program.upper) <= SMALL or not watch.by_effort
    return tuple(
        relaxation.rule_bound(index, watch) if scored.penalty and quick and not watch.over(until) else 0
        for index, scored in enumerate(score.rules)
    )
