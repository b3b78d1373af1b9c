"""Small random worlds: people with columns, networks, and an instance of any rule, made from its own parameters."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np

from solver.lower import lower
from solver.price import Score, breaches, score
from solver.problem import WAITING, Category, Composition, Facilitator, Location, Network, Number, Pool, Problem
from solver.rules import MUST, RULES, Rule
from solver.rules.base import Parameter, Share, Strength
from solver.settle import best_slot

SLOTS = ("fri", "mon", "tue")
ATTRIBUTES = ("role", "sector", "organisation")


def category(dice: random.Random, people: int, values: int, most: int = 1) -> Category:
    """A column in which everybody has up to `most` of `values` values; some have none, and every value has somebody."""
    cells = [
        tuple(sorted(dice.sample(range(values), dice.randint(0 if dice.random() < 0.3 else 1, most))))
        for _ in range(people)
    ]
    used = sorted({code for cell in cells for code in cell})
    number = {code: index for index, code in enumerate(used)}
    return Category(tuple(f"v{code}" for code in used), tuple(tuple(number[code] for code in cell) for cell in cells))


def slots(dice: random.Random, people: int) -> Category:
    """When everybody is available: any of the slots, or none."""
    cells = tuple(tuple(sorted(dice.sample(range(len(SLOTS)), dice.randint(0, 3)))) for _ in range(people))
    return Category(SLOTS, cells)


def a_pool(dice: random.Random, people: int) -> Pool:
    """Everybody, with every column that some rule reads."""
    topics = category(dice, people, 4, 2)
    wishes = tuple((dice.randrange(2),) if dice.random() < 0.5 else () for _ in range(people))
    projects = tuple((0,) if dice.random() < 0.6 else () for _ in range(people))
    return Pool(
        ids=tuple(f"c{person}" for person in range(people)),
        categories={
            "role": category(dice, people, 2),
            "sector": category(dice, people, 4, 2),
            "organisation": category(dice, people, 3),
            "region": category(dice, people, 3),
            "asks": category(dice, people, 4, 2),
            "offers": topics,
            "network_wish": Category(("n0", "n1"), wishes),
            "project": Category(("yes",), projects),
        },
        numbers={
            "years": Number(
                tuple(None if dice.random() < 0.2 else Fraction(dice.randint(0, 40), 2) for _ in range(people))
            ),
            "meetings": Number(
                tuple(None if dice.random() < 0.2 else Fraction(dice.randint(0, 10)) for _ in range(people))
            ),
        },
        locations=tuple(
            None if dice.random() < 0.2 else Location(50.5 + dice.randint(0, 3) / 5, 3.5 + dice.randint(0, 3) / 4)
            for _ in range(people)
        ),
    )


def a_rule(dice: random.Random, kind: type[Rule], pool: Pool, availability: Category, strength: Strength) -> Rule:
    """An instance of a rule with random parameters, whatever the rule is."""
    given: dict[str, Any] = {"name": kind.rule, "strength": strength}
    one = dice.choice(kind.one_of) if kind.one_of else None
    for each in dataclasses.fields(kind):
        parameter = each.metadata.get("parameter")
        if parameter is None:
            continue
        key = each.metadata["key"] or each.name
        optional = each.default is not dataclasses.MISSING
        wanted = (
            key == one if kind.only_one and key in kind.one_of else key == one or not optional or dice.random() < 0.5
        )
        if wanted:
            given[each.name] = a_value(dice, parameter, pool)
    if kind.rule == "available":
        given["everyone"] = availability
    if kind.rule == "balance" and dice.random() < 0.5:
        given |= {"attribute": "years", "as_type": None}
    if given.get("as_type") == "number":
        given["attribute"] = "years"
    return kind(**given)


def a_value(dice: random.Random, parameter: Parameter, pool: Pool) -> Any:
    """A random value of one kind of parameter."""
    people = range(pool.size)
    match parameter:
        case Parameter.ATTRIBUTE:
            return dice.choice(ATTRIBUTES)
        case Parameter.ATTRIBUTES:
            return tuple(dice.sample(("role", "sector", "years"), dice.randint(1, 3)))
        case Parameter.VALUE:
            return dice.choice(("v0", "v1", "v9"))
        case Parameter.AMOUNT:
            return dice.choice((0, 1, 2, Share(Fraction(2, 5)), Share(Fraction(3, 4))))
        case Parameter.SHARE:
            return Share(Fraction(dice.randint(3, 10), 10))
        case Parameter.COUNT:
            return dice.randint(1, 3)
        case Parameter.KILOMETRES:
            return Fraction(dice.randint(0, 20))
        case Parameter.FLAG:
            return True
        case Parameter.TYPE:
            return "category"
        case Parameter.PAIRS:
            return frozenset(tuple(sorted(dice.sample(people, 2))) for _ in range(3))
        case Parameter.GROUPS:
            return tuple(tuple(sorted(dice.sample(people, dice.randint(2, 3)))) for _ in range(2))
        case Parameter.MATRIX:
            matrix = np.triu(np.array([[dice.randint(0, 3000) for _ in people] for _ in people], dtype=np.int64), 1)
            return matrix + matrix.T
        case Parameter.BASELINE:
            return {person: dice.choice(("n0", "n1", "gone")) for person in people if dice.random() < 0.7}
        case _:
            raise AssertionError(f"no random value for {parameter}: teach it here")


def a_problem(dice: random.Random, people: int, kinds: list[type[Rule]], *, musts: float = 0.0) -> Problem:
    """Two or three networks, one of them perhaps given, with one instance of each kind of rule."""
    pool = a_pool(dice, people)
    availability = slots(dice, people)
    rules = []
    for index, kind in enumerate(kinds):
        strength: Strength = MUST if dice.random() < musts and kind.rule != "place" else dice.randint(1, 6)
        rule = a_rule(dice, kind, pool, availability, strength)
        some = frozenset({dice.randrange(2)}) if kind.by_network and dice.random() < 0.3 else None
        if getattr(rule, "matrix", None) is not None:
            some = None  # one rule over all networks together
        rules.append(dataclasses.replace(rule, name=f"{kind.rule} {index}", networks=some))
    fixed = dice.random() < 0.5
    count = dice.choice((2, 2, 3))
    smallest = dice.randint(1, people // count)
    largest = dice.randint(max(smallest, -(-people // count)), people)
    networks = tuple(
        Network(
            f"n{k}",
            smallest,
            largest,
            fixed=fixed and k == 0,
            region="v0" if fixed and k == 0 and dice.random() < 0.5 else None,
            place=Location(50.7, 3.75) if fixed and k == 0 and dice.random() < 0.5 else None,
            slot=1 if fixed and k == 0 and dice.random() < 0.5 else None,
        )
        for k in range(count)
    )
    return Problem(
        pool=pool,
        networks=networks,
        min_count=dice.randint(1, count),
        rules=tuple(rules),
        facilitators=(Facilitator("F1", 1, frozenset({0, 1})), Facilitator("F2", 2, None, None, frozenset({0}))),
        slots=SLOTS,
        must_place=frozenset(range(people)) if dice.random() < 0.4 else frozenset(),
    )


def a_composition(dice: random.Random, problem: Problem) -> Composition:
    """Anybody anywhere, whatever the sizes."""
    count = len(problem.networks)
    places = tuple(dice.choice((*range(count), WAITING)) for _ in range(problem.pool.size))
    return Composition(
        places,
        tuple(network.slot for network in problem.networks),
        tuple(None for _ in problem.networks),
    )


def every_score(problem: Problem) -> Iterator[Score]:
    """What every composition costs that is allowed and keeps what must hold."""
    lowered = lower(problem)
    for places in product((*range(len(problem.networks)), WAITING), repeat=problem.pool.size):
        groups = Composition(places, (), ()).groups()
        slots = tuple(best_slot(lowered, k, groups.get(k, ())) for k in range(len(problem.networks)))
        composition = Composition(places, slots, (None,) * len(problem.networks))
        if any(breaches(problem, composition)):
            continue
        priced = score(problem, composition)
        if not priced.broken:
            yield priced


NETWORK_RULES = sorted(
    (rule for rule in RULES.values() if not issubclass(rule, RULES["early"].__mro__[1])), key=lambda rule: rule.rule
)
"""Every rule that prices networks, found by itself."""
