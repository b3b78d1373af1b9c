"""Counts how the people stand against one rule. Everything here is arithmetic that a reader can redo on paper.

`impossible` is only said where no way of forming the networks makes the rule hold everywhere, whoever waits: each
argument compares what the networks need at least with what the people can bring at most. Pins, facilitators and other
rules are left out, which only makes more compositions possible, so it weakens no proof.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import accumulate
from math import comb

from service.seats import Seats, room_of, seats_of
from solver.conflicts import cliques
from solver.exact import share_up
from solver.lower import what_meetings_make
from solver.problem import Category, Problem
from solver.rotation.problem import group_sizes
from solver.rules import Rule, TrioRule
from solver.rules.apart import Apart
from solver.rules.available import Available
from solver.rules.balance import Balance
from solver.rules.base import Counted, counted
from solver.rules.commitment import Commitment
from solver.rules.distinct import Distinct
from solver.rules.diverse import Diverse
from solver.rules.exchange import Exchange
from solver.rules.facilitated import Facilitated
from solver.rules.limit import Limit
from solver.rules.meet_new import MeetNew
from solver.rules.near import Near
from solver.rules.not_alone import NotAlone
from solver.rules.place import Place
from solver.rules.same import Same
from solver.rules.spread import Spread
from solver.rules.stay import Stay
from solver.rules.together import Together
from solver.rules.wish import Wish

MOST_NAMED = 5
"""Values or people that one sentence names."""


class Verdict(Enum):
    """What counting says of a rule."""

    POSSIBLE = "possible"
    """Nothing that can be counted stands in its way."""
    TIGHT = "tight"
    """There is just enough, or some people would have to wait."""
    IMPOSSIBLE = "impossible"
    """Proven: it cannot hold everywhere."""
    UNKNOWN = "unknown"
    """Only composing tells."""


_ORDER = (Verdict.POSSIBLE, Verdict.UNKNOWN, Verdict.TIGHT, Verdict.IMPOSSIBLE)


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence: its key, and what is filled in."""

    key: str
    params: Mapping[str, int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Count:
    """What counting says: a verdict and the sentences that show it."""

    verdict: Verdict
    said: tuple[Said, ...] = ()

    def and_also(self, *said: Said) -> Count:
        """The same with more sentences."""
        return Count(self.verdict, (*self.said, *said))


def say_it(key: str, **params: int | str) -> Said:
    """A sentence about the people."""
    return Said(f"pool.{key}", params)


def worst(counts: Sequence[Count]) -> Count:
    """The count that matters most; the first of equals."""
    return max(counts, key=lambda count: _ORDER.index(count.verdict))


def count_rule(rule: Rule, problem: Problem) -> Count:
    """How the people stand against a rule over networks."""
    counter = _COUNTERS.get(type(rule))
    return Count(Verdict.UNKNOWN) if counter is None else counter(rule, problem, seats_of(problem, rule))


def count_trio_rule(rule: Rule, problem: Problem) -> Count:
    """How the people stand against a rule over trios."""
    if problem.meetings.count == 0:
        return Count(Verdict.POSSIBLE, (say_it("no_meetings"),))
    if isinstance(rule, MeetNew):
        return _meet_new(rule, problem)
    if isinstance(rule, Spread) and rule.min_values is not None:
        return _trio_spread(rule, problem)
    if isinstance(rule, TrioRule):
        return Count(Verdict.UNKNOWN)
    return Count(Verdict.UNKNOWN, tuple(_what_there_is(rule, problem)))


def count_room(problem: Problem) -> Count:
    """How many people there is room for, and who must wait."""
    room = room_of(problem)
    low, high = problem.min_count, len(problem.networks)
    must = len(problem.must_place)
    said = [say_it("people", n=room.people)]
    said.append(
        say_it("room", n=low, fewest=room.fewest, most=room.most)
        if low == high
        else say_it("room_open", low=low, high=high, fewest=room.fewest, most=room.most)
    )
    placed = room.placed
    if placed is None:
        missing = room.fewest - room.people
        return Count(Verdict.IMPOSSIBLE, (*said, say_it("room_few", n=missing)))
    waiting = room.people - placed
    if not waiting:
        tight = room.people in (room.fewest, room.most)
        return Count(Verdict.TIGHT if tight else Verdict.POSSIBLE, (*said, say_it("room_all")))
    verdict = Verdict.IMPOSSIBLE if must > placed else Verdict.TIGHT
    return Count(verdict, (*said, say_it("room_never" if verdict is Verdict.IMPOSSIBLE else "room_wait", n=waiting)))


# what the people bring


def _values(column: Category, attribute: str) -> Iterator[Said]:
    """How many different values there are, and who has none."""
    yield say_it("values", n=len(column.names), attribute=attribute)
    empty = sum(not codes for codes in column.codes)
    if empty:
        yield say_it("empty", n=empty, attribute=attribute)


def _what_there_is(rule: Rule, problem: Problem) -> Iterator[Said]:
    attribute = getattr(rule, "attribute", None)
    if isinstance(attribute, str):
        yield from _values(problem.pool.category(attribute), attribute)


def _most_codes(column: Category) -> list[int]:
    """The most values that so many people can have together, counted for each, from nobody up."""
    return [0, *accumulate(sorted(map(len, column.codes), reverse=True))]


def _at(counts: Sequence[int], size: int) -> int:
    return counts[min(size, len(counts) - 1)]


def _sizes(seats: Seats, people: int) -> Iterator[range]:
    """The sizes that each sure network may have; networks of the same sizes once."""
    known = {(network.min_size, min(network.max_size, max(people, network.min_size))) for network in seats.sure}
    for low, high in sorted(known):
        yield range(low, high + 1)


def _named(names: Sequence[str]) -> str:
    return ", ".join(names[:MOST_NAMED]) + (", …" if len(names) > MOST_NAMED else "")


# rules about values


def _spread(rule: Spread, problem: Problem, seats: Seats) -> Count:
    pool = problem.pool
    column = pool.category(rule.attribute)
    told = tuple(_values(column, rule.attribute))
    most = _most_codes(column)
    if rule.min_values is not None and seats.sure and rule.min_values > len(column.names):
        few = say_it("spread_few", wanted=rule.min_values, attribute=rule.attribute)
        return Count(Verdict.IMPOSSIBLE, (*told, few))
    for sizes in _sizes(seats, pool.size):
        if all(rule.wanted(size, pool) > _at(most, size) for size in sizes):
            wanted, largest = rule.wanted(sizes[-1], pool), sizes[-1]
            small = say_it("spread_small", wanted=wanted, size=largest, attribute=rule.attribute)
            return Count(Verdict.IMPOSSIBLE, (*told, small))
    need = sum(rule.wanted(network.min_size, pool) for network in seats.sure)
    have = sum(min(len(people), len(seats.sure)) for people in column.carriers())
    if need > have:
        rare = say_it("spread_rare", n=len(seats.sure), need=need, have=have, attribute=rule.attribute)
        return Count(Verdict.IMPOSSIBLE, (*told, rare))
    if seats.sure and have - need < len(seats.sure):
        return Count(Verdict.TIGHT, (*told, say_it("spread_just", need=need, have=have, attribute=rule.attribute)))
    return Count(Verdict.POSSIBLE, told)


def _limit(rule: Limit, problem: Problem, seats: Seats) -> Count:
    values = counted(problem.pool, rule.attribute, rule.value)
    carriers = problem.pool.category(rule.attribute).carriers()
    counts = [_limit_of(rule, problem, seats, value, frozenset(value.carriers(carriers))) for value in values]
    if rule.value is not None:
        return counts[0]
    told = tuple(_values(problem.pool.category(rule.attribute), rule.attribute))
    most = _most_codes(problem.pool.category(rule.attribute))
    for sizes in _sizes(seats, problem.pool.size):
        if all(len(values) * rule.least(size) > _at(most, size) for size in sizes):
            many = say_it("limit_all", size=sizes[-1], attribute=rule.attribute)
            return Count(Verdict.IMPOSSIBLE, (*told, many))
    if not counts:
        return Count(Verdict.POSSIBLE, told)
    found = worst(counts)
    return Count(found.verdict, (*told, *(found.said if found.verdict is not Verdict.POSSIBLE else ())))


def _limit_of(rule: Limit, problem: Problem, seats: Seats, value: Counted, have: frozenset[int]) -> Count:
    people, name = problem.pool.size, value.name
    said = (say_it("limit_have", n=len(have), value=name),)

    def most(size: int) -> int:
        limit = rule.most(size)
        return size if limit is None else min(size, limit)

    for sizes in _sizes(seats, people):
        if all(rule.least(size) > most(size) for size in sizes):
            return Count(Verdict.IMPOSSIBLE, (*said, say_it("limit_size", n=sizes[-1], value=name)))
    need = sum(rule.least(network.min_size) for network in seats.sure)
    if need > len(have):
        short = say_it("limit_short", n=len(seats.sure), need=need, short=need - len(have), value=name)
        return Count(Verdict.IMPOSSIBLE, (*said, short))
    others = sum(network.min_size - most(network.min_size) for network in seats.sure)
    if others > people - len(have):
        return Count(
            Verdict.IMPOSSIBLE, (*said, say_it("limit_others", need=others, have=people - len(have), value=name))
        )
    free = sum(min(network.max_size, people) for network in seats.others)
    places = sum(most(min(network.max_size, people)) for network in seats.most) + free
    if len(have) > places:
        never = len(have & problem.must_place) > places
        crowded = say_it("limit_never" if never else "limit_crowded", n=len(have) - places, places=places, value=name)
        return Count(Verdict.IMPOSSIBLE if never else Verdict.TIGHT, (*said, crowded))
    if need:
        spare = say_it("limit_need", n=len(seats.sure), need=need, spare=len(have) - need, value=name)
        tight = len(have) - need < len(seats.sure)
        return Count(Verdict.TIGHT if tight else Verdict.POSSIBLE, (*said, spare))
    return Count(Verdict.POSSIBLE, said)


def _not_alone(rule: NotAlone, problem: Problem, seats: Seats) -> Count:
    column = problem.pool.category(rule.attribute)
    carriers = column.carriers()
    rare = [
        (value, people)
        for value in counted(problem.pool, rule.attribute, rule.value)
        if 0 < len(people := value.carriers(carriers)) < rule.at_least
    ]
    told = tuple(_values(column, rule.attribute)) if rule.value is None else ()
    if not rare or seats.others:
        return Count(Verdict.POSSIBLE if not seats.others else Verdict.UNKNOWN, told)
    stuck = any(problem.must_place.intersection(people) for _, people in rare)
    names = _named([value.name for value, _ in rare])
    said = say_it("rare_never" if stuck else "rare", n=len(rare), values=names, least=rule.at_least)
    return Count(Verdict.IMPOSSIBLE if stuck else Verdict.TIGHT, (*told, said))


def _distinct(rule: Distinct, problem: Problem, seats: Seats) -> Count:
    people = problem.pool.size
    column = problem.pool.category(rule.attribute)
    carriers = column.carriers()
    told = tuple(_values(column, rule.attribute))
    empty = sum(not codes for codes in column.codes)
    bring = sum(min(len(each), rule.at_most * len(seats.sure)) for each in carriers) + empty
    need = sum(network.min_size for network in seats.sure)
    if bring < need:
        return Count(Verdict.IMPOSSIBLE, (*told, say_it("distinct_few", n=len(seats.sure), need=need, have=bring)))
    places = sum(min(rule.at_most, network.max_size) for network in seats.most)
    places += sum(min(network.max_size, people) for network in seats.others)
    crowded = sorted(
        ((len(each), column.names[code], each) for code, each in enumerate(carriers) if len(each) > places),
        reverse=True,
    )
    if not crowded:
        return Count(Verdict.POSSIBLE, told + _largest_group(column, carriers, places))
    never = any(len(problem.must_place.intersection(each)) > places for _, _, each in crowded)
    count, name, _ = crowded[0]
    waiting = sum(count - places for count, _, _ in crowded)
    key = "distinct_never" if never else "distinct_wait"
    said = say_it(key, count=count, value=name, places=places, n=waiting)
    return Count(Verdict.IMPOSSIBLE if never else Verdict.TIGHT, (*told, said))


def _largest_group(column: Category, carriers: Sequence[Sequence[int]], places: int) -> tuple[Said, ...]:
    """The value with most people, where there is more than one of it."""
    code = max(range(len(carriers)), key=lambda each: (len(carriers[each]), -each), default=None)
    if code is None or len(carriers[code]) < 2:
        return ()
    return (say_it("distinct_most", n=len(carriers[code]), value=column.names[code], places=places),)


def _same(rule: Same, problem: Problem, seats: Seats) -> Count:
    column = problem.pool.category(rule.attribute)
    told = tuple(_values(column, rule.attribute))
    can = sum(len(people) // seats.smallest for people in column.carriers())
    if can < len(seats.sure):
        few = say_it("same_few", n=can, size=seats.smallest, wanted=len(seats.sure), attribute=rule.attribute)
        return Count(Verdict.IMPOSSIBLE, (*told, few))
    if seats.others:
        return Count(Verdict.UNKNOWN, told)
    carriers = column.carriers()
    alone = [
        person
        for person, codes in enumerate(column.codes)
        if all(len(carriers[code]) < seats.smallest for code in codes)
    ]
    if problem.must_place.intersection(alone):
        return Count(Verdict.IMPOSSIBLE, (*told, say_it("same_never", n=len(alone), size=seats.smallest)))
    if alone:
        return Count(Verdict.TIGHT, (*told, say_it("same_alone", n=len(alone), size=seats.smallest)))
    tight = can == len(seats.sure)
    return Count(Verdict.TIGHT if tight else Verdict.POSSIBLE, (*told, say_it("same_can", n=can, size=seats.smallest)))


def _balance(rule: Balance, problem: Problem, seats: Seats) -> Count:
    if rule.is_number(problem.pool):
        numbers = problem.pool.numbers[rule.attribute].values
        empty = sum(value is None for value in numbers)
        return Count(Verdict.UNKNOWN, (say_it("empty", n=empty, attribute=rule.attribute),) if empty else ())
    column = problem.pool.category(rule.attribute)
    told = tuple(_values(column, rule.attribute))
    shared = any(len(codes) > 1 for codes in column.codes)
    everybody = room_of(problem).placed == problem.pool.size
    # Whole shares of a table whose rows and columns add up can always be rounded so that all sums stay: Cox 1987.
    sure = not shared and everybody and rule.networks is None and all(n.accepted is None for n in problem.networks)
    return Count(Verdict.POSSIBLE if sure else Verdict.UNKNOWN, told)


def _diverse(rule: Diverse, problem: Problem, seats: Seats) -> Count:
    said = [
        say_it("empty", n=empty, attribute=attribute)
        for attribute in rule.attributes
        if (empty := sum(not codes for codes in problem.pool.category(attribute).codes))
    ]
    return Count(Verdict.UNKNOWN, (*said, say_it("diverse")))


# rules about people and places


def _apart(rule: Apart, problem: Problem, seats: Seats) -> Count:
    if not rule.pairs:
        return Count(Verdict.POSSIBLE, (say_it("apart_none"),))
    told = (say_it("apart", n=len(rule.pairs)),)
    if seats.others:
        return Count(Verdict.UNKNOWN, told)
    sets = cliques(rule.pairs, problem.pool.size)
    largest = max((len(people) for people in sets), default=2)
    networks = len(seats.most)
    stuck = any(len(problem.must_place.intersection(people)) > networks for people in sets)
    if networks == 1:
        stuck = stuck or any(problem.must_place.issuperset(pair) for pair in rule.pairs)
    if stuck:
        return Count(Verdict.IMPOSSIBLE, (*told, say_it("apart_never", n=largest, networks=networks)))
    if largest > networks:
        return Count(Verdict.TIGHT, (*told, say_it("apart_wait", n=largest, networks=networks)))
    return Count(Verdict.TIGHT if largest == networks else Verdict.POSSIBLE, told)


def _together(rule: Together, problem: Problem, seats: Seats) -> Count:
    if not rule.groups:
        return Count(Verdict.POSSIBLE, (say_it("together_none"),))
    largest = max(map(len, rule.groups))
    told = (say_it("together", n=len(rule.groups), largest=largest),)
    room = max(network.max_size for network in problem.networks)
    if largest <= room:
        return Count(Verdict.TIGHT if largest == room else Verdict.POSSIBLE, told)
    # The waitlist is a place: a group that is too large may wait together, unless somebody in it may not.
    stuck = any(len(group) > room and problem.must_place.intersection(group) for group in rule.groups)
    said = say_it("together_never" if stuck else "together_wait", n=largest, room=room)
    return Count(Verdict.IMPOSSIBLE if stuck else Verdict.TIGHT, (*told, said))


def _near(rule: Near, problem: Problem, seats: Seats) -> Count:
    people = range(problem.pool.size)
    if rule.same_region:
        column = problem.pool.category("region")
        return Count(Verdict.UNKNOWN, tuple(_values(column, "region")))
    unknown = sum(problem.pool.location(person) is None for person in people)
    if unknown:
        return Count(Verdict.UNKNOWN, (say_it("no_home", n=unknown),))
    return Count(Verdict.UNKNOWN, (say_it("homes"),))


def _available(rule: Available, problem: Problem, seats: Seats) -> Count:
    carriers = rule.everyone.carriers()
    empty = sum(not codes for codes in rule.everyone.codes)
    told = [say_it("slots", n=len(rule.everyone.names))]
    if empty:
        told.append(say_it("slots_empty", n=empty))
    needs = [share_up(rule.share.part, network.min_size) for network in seats.sure]
    if not needs or not min(needs):
        return Count(Verdict.POSSIBLE, tuple(told))
    for network, need in zip(seats.sure, needs, strict=True):
        if network.slot is not None and len(carriers[network.slot]) < need:
            slot, have = rule.everyone.names[network.slot], len(carriers[network.slot])
            short = say_it("slot_short", network=network.name, slot=slot, need=need, n=have)
            return Count(Verdict.IMPOSSIBLE, (*told, short))
    if sum(needs) > len(rule.everyone.codes) - empty:
        few = say_it("slots_few", need=sum(needs), n=len(rule.everyone.codes) - empty)
        return Count(Verdict.IMPOSSIBLE, (*told, few))
    least = min(needs)
    can = sum(len(people) // least for people in carriers)
    if can < len(seats.sure):
        return Count(Verdict.IMPOSSIBLE, (*told, say_it("slots_same", n=can, need=least, wanted=len(seats.sure))))
    return Count(Verdict.TIGHT if can == len(seats.sure) else Verdict.POSSIBLE, tuple(told))


def _exchange(rule: Exchange, problem: Problem, seats: Seats) -> Count:
    asks, offers = problem.pool.category("asks"), problem.pool.category("offers")
    offered: dict[str, set[int]] = {}
    for person, codes in enumerate(offers.codes):
        for code in codes:
            offered.setdefault(offers.names[code].casefold(), set()).add(person)
    unmet = [
        (person, asks.names[code])
        for person, codes in enumerate(asks.codes)
        for code in codes
        if not offered.get(asks.names[code].casefold(), set()) - {person}
    ]
    total = sum(map(len, asks.codes))
    told = (say_it("asks", n=total, offers=sum(map(len, offers.codes))),)
    if not unmet:
        return Count(Verdict.POSSIBLE, (*told, say_it("asks_met")) if total else told)
    topics = _named(sorted({topic for _, topic in unmet}, key=str.casefold))
    stuck = not seats.others and any(person in problem.must_place for person, _ in unmet)
    said = say_it("asks_unmet", n=len(unmet), topics=topics)
    return Count(Verdict.IMPOSSIBLE if stuck else Verdict.TIGHT, (*told, said))


def _wish(rule: Wish, problem: Problem, seats: Seats) -> Count:
    column = problem.pool.category("network_wish")
    names = {network.name.casefold(): k for k, network in enumerate(problem.networks)}
    wishes = [
        {names[key] for code in codes if (key := column.names[code].casefold()) in names} for codes in column.codes
    ]
    told = (say_it("wishes", n=sum(map(bool, column.codes))),)
    if seats.others:
        return Count(Verdict.UNKNOWN, told)
    nowhere = [person for person, codes in enumerate(column.codes) if codes and not wishes[person]]
    if nowhere:
        stuck = bool(problem.must_place.intersection(nowhere))
        said = say_it("wishes_nowhere", n=len(nowhere))
        return Count(Verdict.IMPOSSIBLE if stuck else Verdict.TIGHT, (*told, said))
    for k, network in enumerate(problem.networks):
        only = frozenset(person for person, wished in enumerate(wishes) if wished == {k})
        if len(only) > network.max_size:
            stuck = len(only & problem.must_place) > network.max_size
            said = say_it("wishes_full", n=len(only), network=network.name, room=network.max_size)
            return Count(Verdict.IMPOSSIBLE if stuck else Verdict.TIGHT, (*told, said))
    return Count(Verdict.POSSIBLE, told)


def _commitment(rule: Commitment, problem: Problem, seats: Seats) -> Count:
    pool = problem.pool
    missing = frozenset(person for person in range(pool.size) if rule.misses(person, problem.networks[0], pool))
    meeting = pool.size - len(missing)
    told = (say_it("commitment", n=meeting, people=pool.size),)
    need = sum(network.min_size for network in seats.sure)
    if need > meeting:
        return Count(Verdict.IMPOSSIBLE, (*told, say_it("commitment_few", n=len(seats.sure), need=need)))
    if not missing or seats.others:
        return Count(Verdict.POSSIBLE if not missing else Verdict.UNKNOWN, told)
    stuck = bool(missing & problem.must_place)
    said = say_it("commitment_never" if stuck else "commitment_wait", n=len(missing))
    return Count(Verdict.IMPOSSIBLE if stuck else Verdict.TIGHT, (*told, said))


def _facilitated(rule: Facilitated, problem: Problem, seats: Seats) -> Count:
    lead = sum(facilitator.max_networks for facilitator in problem.facilitators)
    need = sum(network.facilitator is None for network in seats.sure)
    told = (say_it("facilitators", n=len(problem.facilitators), lead=lead),)
    if need > lead:
        return Count(Verdict.IMPOSSIBLE, (*told, say_it("facilitators_few", n=need)))
    return Count(Verdict.TIGHT if need == lead else Verdict.POSSIBLE, told)


def _place(rule: Place, problem: Problem, seats: Seats) -> Count:
    room = room_of(problem)
    if room.placed is None:
        return Count(Verdict.IMPOSSIBLE, (say_it("room_few", n=room.fewest - room.people),))
    waiting = room.people - room.placed
    if waiting:
        return Count(Verdict.IMPOSSIBLE, (say_it("room_wait", n=waiting),))
    return Count(Verdict.POSSIBLE, (say_it("room_all"),))


def _stay(rule: Stay, problem: Problem, seats: Seats) -> Count:
    return Count(Verdict.UNKNOWN, (say_it("stay", n=len(rule.before)),))


# trios


def _meet_new(rule: MeetNew, problem: Problem) -> Count:
    """For each size: more meetings of pairs than pairs may have makes repeats certain."""
    people = problem.pool.size
    low = min(network.min_size for network in problem.networks)
    high = min(people, max(network.max_size for network in problem.networks))
    if high < low:
        return Count(Verdict.UNKNOWN)
    pair_meetings = what_meetings_make(problem, high).pair_meetings
    most = rule.at_most if rule.is_must and rule.at_most is not None else 1
    too_many = [size for size in range(low, high + 1) if pair_meetings[size] > most * comb(size, 2)]
    if problem.meetings.absent:
        return Count(Verdict.UNKNOWN)  # who is absent is in some network, and which one is not known yet
    shown = too_many[-1] if too_many else high
    repeats = max(0, pair_meetings[shown] - comb(shown, 2))
    told = say_it("meet_new", size=shown, n=problem.meetings.count, repeats=repeats)
    if len(too_many) == high - low + 1:
        return Count(Verdict.IMPOSSIBLE, (told,))
    return Count(Verdict.TIGHT if too_many else Verdict.POSSIBLE, (told,) if repeats else ())


def _trio_spread(rule: Spread, problem: Problem) -> Count:
    """A group of three cannot have four sectors, unless one person has several."""
    column, people = problem.pool.category(rule.attribute), problem.pool.size
    told = tuple(_values(column, rule.attribute))
    meetings, most = problem.meetings, _most_codes(column)
    low = min(network.min_size for network in problem.networks)
    high = min(people, max(network.max_size for network in problem.networks))
    largest = max(
        (
            size
            for present in range(1, high + 1)
            for size in group_sizes(present, meetings.group_size, meetings.remainder.value, meetings.groups)
        ),
        default=0,
    )
    wanted = rule.min_values or 0
    # With nobody absent at some meeting, every network has a group there; with absences it might have none.
    if low <= high and not meetings.absent and wanted > min(len(column.names), _at(most, largest)):
        few = say_it("trio_spread", wanted=wanted, size=largest, attribute=rule.attribute)
        return Count(Verdict.IMPOSSIBLE, (*told, few))
    return Count(Verdict.UNKNOWN, told)


_COUNTERS: Mapping[type[Rule], Callable[..., Count]] = {
    Apart: _apart,
    Available: _available,
    Balance: _balance,
    Commitment: _commitment,
    Distinct: _distinct,
    Diverse: _diverse,
    Exchange: _exchange,
    Facilitated: _facilitated,
    Limit: _limit,
    Near: _near,
    NotAlone: _not_alone,
    Place: _place,
    Same: _same,
    Spread: _spread,
    Stay: _stay,
    Together: _together,
    Wish: _wish,
}
