"""The rotation that each network asks for: its members renumbered, its trio rules resolved, its past and absences.

Only values: the planner and the recount both start from here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from solver.lowering import Count
from solver.problem import Category, Composition, Number, Pool, Problem
from solver.rotation.problem import MUST as ROTATION_MUST
from solver.rotation.problem import (
    CountedValue,
    CountRule,
    Exchange,
    Gathering,
    Meeting,
    RotationPrices,
    RotationProblem,
    Spacing,
    Weight,
    full_attendance,
)
from solver.rules.base import Ground, Group, GroupRule, Pricer, Rule
from solver.rules.case_turns import CaseTurns
from solver.rules.early import Early
from solver.rules.exchange import Exchange as ExchangeRule
from solver.rules.meet_new import MeetNew
from solver.rules.size_turns import SizeTurns
from solver.rules.spaced import Spaced
from solver.rules.together import Together


def strength(rule: Rule) -> Weight:
    """The rule's strength, as the planner says it."""
    return ROTATION_MUST if rule.is_must else rule.weight


def among(pool: Pool, members: Sequence[int]) -> Pool:
    """The pool of a trio rule: the members of one network, renumbered from 0 in this order."""
    categories = {}
    for name, column in pool.categories.items():
        codes = [column.codes[person] for person in members]
        used = sorted({code for own in codes for code in own})
        number = {code: index for index, code in enumerate(used)}
        categories[name] = Category(
            tuple(column.names[code] for code in used), tuple(tuple(number[code] for code in own) for own in codes)
        )
    numbers = {name: Number(tuple(column.values[p] for p in members)) for name, column in pool.numbers.items()}
    homes = tuple(pool.location(person) for person in members) if pool.locations else ()
    return Pool(tuple(pool.ids[person] for person in members), categories, numbers, homes)


@dataclass(frozen=True)
class WithinTrio:
    """The rules about one group at a time, priced by their plain definitions."""

    weights: tuple[tuple[int, Pricer], ...]
    musts: tuple[Pricer, ...]
    known: dict[tuple[int, ...], int] = field(default_factory=dict, repr=False)

    def weighted(self, group: tuple[int, ...]) -> int:
        """Sum of weight times penalty."""
        if group not in self.known:
            self.known[group] = sum(weight * price(Group(group)) for weight, price in self.weights)
        return self.known[group]

    def broken(self, group: tuple[int, ...]) -> int:
        """Sum of the penalties of `must` rules."""
        return sum(price(Group(group)) for price in self.musts)


def applying(problem: Problem, network: int) -> tuple[Rule, ...]:
    """The trio rules that speak about this network."""
    return tuple(rule for rule in problem.trio_rules if rule.applies(network))


def within_trio(rules: Sequence[Rule]) -> tuple[GroupRule, ...]:
    """Those that price one group at a time, whoever gives the case."""
    return tuple(rule for rule in rules if isinstance(rule, GroupRule) and not isinstance(rule, ExchangeRule))


def question(
    problem: Problem,
    network: int,
    members: Sequence[int],
    *,
    past: Sequence[Meeting] = (),
) -> RotationProblem:
    """The rotation that a network of these members needs. `past`: meetings that were, by the problem's numbers."""
    meetings = problem.meetings
    rules = applying(problem, network)
    local = {person: index for index, person in enumerate(members)}
    pool = among(problem.pool, members)
    groups = [rule.among(local) for rule in within_trio(rules)]
    trio = None
    if groups:
        trio = WithinTrio(
            tuple((rule.weight, rule.pricer(pool)) for rule in groups if not rule.is_must),
            tuple(rule.pricer(pool) for rule in groups if rule.is_must),
        )
    present = full_attendance(len(members), meetings.count)
    away = _away(meetings.absent)
    for person, index in local.items():
        present[[meeting - 1 for meeting in away.get(person, ())], index] = False
    fixed = tuple(_localised(meeting, local) for meeting in past)
    for number, was in enumerate(fixed):
        present[number] = False
        present[number, [member for group in was.groups for member in group]] = True
    return RotationProblem(
        members=len(members),
        present=present,
        group_size=meetings.group_size,
        remainder=meetings.remainder.value,
        groups=meetings.groups,
        keep=meetings.keep,
        history=_history(rules, local),
        fixed=fixed,
        prices=_prices(rules),
        trio=trio,
        counted=_counted(groups, pool),
        exchange=_exchange(rules, pool),
        gatherings=tuple(
            Gathering(tuple(sorted(local[p] for p in people if p in local)), strength(rule))
            for rule in rules
            if isinstance(rule, Together)
            for people in rule.groups
            if sum(p in local for p in people) > 1
        ),
    )


def _counted(rules: Sequence[GroupRule], pool: Pool) -> tuple[CountRule, ...] | None:
    """The rules within the trio as counts of values; None where one of them is more than that."""
    ground = Ground((), pool.size)
    found = []
    for rule in rules:
        terms = rule.lower(pool, ground)
        values = tuple(
            CountedValue(people, band.low, band.high, band.only_where_present)
            for term in terms
            if isinstance(term, Count)
            for people, band in term.values
        )
        if not all(isinstance(term, Count) for term in terms):
            return None
        found.append(CountRule(strength(rule), values))
    return tuple(found) or None


@lru_cache(maxsize=8)
def _away(absent: frozenset[tuple[int, int]]) -> Mapping[int, Sequence[int]]:
    """The meetings that each person misses; looked up for every network."""
    found: dict[int, list[int]] = {}
    for person, meeting in sorted(absent):
        found.setdefault(person, []).append(meeting)
    return found


def _localised(meeting: Meeting, local: Mapping[int, int]) -> Meeting:
    """A past meeting among those who are members now."""
    kept = [
        (tuple(sorted(local[p] for p in group if p in local)), giver)
        for group, giver in zip(meeting.groups, meeting.case_givers, strict=True)
    ]
    kept = [(group, giver) for group, giver in kept if group]
    return Meeting(
        tuple(group for group, _ in kept),
        tuple(local.get(giver) if giver is not None else None for _, giver in kept),
    )


def _history(rules: Sequence[Rule], local: Mapping[int, int]) -> np.ndarray[tuple[int, int], np.dtype[np.int64]] | None:
    pairs = [
        (index, local[other])
        for rule in rules
        if isinstance(rule, MeetNew)
        for person, index in local.items()
        for other in rule.met_before.get(person, ())
        if other in local
    ]
    if not pairs:
        return None
    met = np.zeros((len(local), len(local)), dtype=np.int64)
    for one, other in pairs:
        met[one, other] += 1
    return met


def _prices(rules: Sequence[Rule]) -> RotationPrices:
    """What the rules about whole rotations weigh; of two rules of one kind the weights add up.

    Rules `spaced` stay apart, since each may ask a gap of its own.
    """
    meet_new = [rule for rule in rules if isinstance(rule, MeetNew)]
    weighed = [rule.weight for rule in meet_new if not rule.is_must]
    forbidden = [rule.at_most for rule in meet_new if rule.is_must and rule.at_most is not None]

    def one(kind: type[Rule]) -> Weight | None:
        found = [rule for rule in rules if isinstance(rule, kind)]
        if not found:
            return None
        return ROTATION_MUST if any(rule.is_must for rule in found) else sum(rule.weight for rule in found)

    return RotationPrices(
        meet_new=sum(weighed) if weighed else None,
        at_most=min(forbidden, default=None),
        early=one(Early),
        spaced=tuple(Spacing(strength(rule), rule.gap) for rule in rules if isinstance(rule, Spaced)),
        case_turns=one(CaseTurns),
        size_turns=one(SizeTurns),
    )


def _exchange(rules: Sequence[Rule], pool: Pool) -> Exchange | None:
    """The asks of case givers, as topics that both sides name alike."""
    found = [rule for rule in rules if isinstance(rule, ExchangeRule)]
    if not found:
        return None
    asks, offers = pool.category("asks"), pool.category("offers")
    topics: dict[str, int] = {}
    for name in (*asks.names, *offers.names):
        topics.setdefault(name.casefold(), len(topics))
    weight: Weight = ROTATION_MUST if any(rule.is_must for rule in found) else sum(rule.weight for rule in found)
    return Exchange.of(
        [[topics[asks.names[code].casefold()] for code in codes] for codes in asks.codes],
        [[topics[offers.names[code].casefold()] for code in codes] for codes in offers.codes],
        weight=weight,
    )


def networks_to_rotate(problem: Problem, composition: Composition) -> dict[int, tuple[int, ...]]:
    """The networks that meet, with their members."""
    return composition.groups() if problem.meetings.count else {}
