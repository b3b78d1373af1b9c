"""What each network is made of, column by column, set against the pool."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import fmean

from service.candidates import match_column
from service.question import Question
from service.report.model import Mean, Mix, Slice
from service.report.people import PRIVATE_COLUMNS
from solver.rules import Rule

ALWAYS = ("sector", "role", "region", "organisation")
"""Shown for every programme whose file has them; columns that a rule weighs come after."""

FEW_VALUES = 40
"""Values of a column beyond which a mix lists only those that are present."""

_NEVER = {"id", "name", "first_name", "last_name", "available", "asks", "offers", *PRIVATE_COLUMNS}


def attributes(rule: Rule) -> Sequence[str]:
    """The columns that a rule names."""
    return (*filter(None, [getattr(rule, "attribute", None)]), *(getattr(rule, "attributes", None) or ()))


def _columns(question: Question) -> tuple[str, ...]:
    named = [column for rule in question.problem.rules for column in attributes(rule)]
    known = (match_column(column, question.candidates.columns) for column in (*ALWAYS, *named))
    return tuple(dict.fromkeys(column for column in known if column is not None and column not in _NEVER))


def mixes(question: Question, networks: Sequence[tuple[str, Sequence[int]]]) -> Iterator[Mix]:
    """The mix of each network in each column of categories that somebody filled."""
    pool = question.problem.pool
    for column in _columns(question):
        category = pool.category(column)
        if column in pool.numbers or not category.names:
            continue
        in_pool = Counter(code for codes in category.codes for code in codes)
        order = sorted(in_pool, key=lambda code: (-in_pool[code], code))
        rank = {code: place for place, code in enumerate(order)}
        few = len(order) <= FEW_VALUES
        for network, members in networks:
            here = Counter(code for person in members for code in category.codes[person])
            slices = tuple(
                Slice(category.names[code], here[code], len(members) * in_pool[code] / pool.size, in_pool[code])
                for code in (order if few else sorted(here, key=rank.__getitem__))
            )
            unknown = sum(not category.codes[person] for person in members)
            yield Mix(network, column, len(members), slices, unknown)


def means(question: Question, networks: Sequence[tuple[str, Sequence[int]]]) -> Iterator[Mean]:
    """The average of each network in each column of numbers that a rule names."""
    for column in _columns(question):
        number = question.problem.pool.numbers.get(column)
        if number is None:
            continue
        of_pool = _mean([value for value in number.values if value is not None])
        for network, members in networks:
            known = [value for person in members if (value := number.values[person]) is not None]
            yield Mean(network, column, _mean(known), of_pool)


def _mean(values: Sequence[object]) -> float | None:
    return fmean(map(float, values)) if values else None  # type: ignore[arg-type]  # fractions, which float() takes
