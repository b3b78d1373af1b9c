"""Supply: how many networks of each configuration there can be, as far as kinds of units and their numbers tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from solver.bound import Matrix, safe_bound, solved_duals
from solver.columns.rounding import Configured, Rounding
from solver.limits import Watch
from solver.lower import Lowered
from solver.lowering import Best
from solver.terms.relaxed import Linear, Program, total

LARGEST = 20_000
"""Kinds of units times configurations: with more, nothing is told."""

SLIGHT = 1e-6
"""What is worth less is worth nothing."""

FAR = 1 << 31
"""A price less duals, in parts of a unit, than which nothing needs to be higher, or may be lower."""


class Supply:
    """A linear program over kinds of units: those that carry the same options of the terms that configurations fix.

    In it are the sizes of networks, what the fixed options cost, and roundings; all else is left out. So every answer
    is one of its answers, with as many networks of each configuration.
    """

    def __init__(
        self,
        lowered: Lowered,
        classes: Sequence[Configured],
        found: Sequence[Rounding],
        *,
        fewest: int,
        budget: int | None = None,
    ) -> None:
        """fewest: how many networks are formed at least. budget: only of answers that cost no more than this."""
        priced = {id(x.term): x for x in lowered.of(Best)}
        terms = {id(x.term): x.term for x in lowered.terms if isinstance(x.term, Best)}
        fixed = sorted(
            {item for each in classes for options in each.options for item in options.items()},
            key=lambda item: (priced[item[0]].rule, item[1]),
        )
        carriers = [frozenset(terms[term].options[option]) for term, option in fixed]
        of = [
            (len(people), *(sum(p in option for p in people) for option in carriers))
            for people in lowered.units.members
        ]
        amounts = Counter(of)
        self.found = found
        self.networks: list[list[int]] = []
        """of each class of networks, the column of each configuration: how many networks of it there are"""
        self.tells = bool(fixed) and len(amounts) * sum(len(each.options) for each in classes) <= LARGEST
        """whether there is anything to tell, and little enough to do it in no time"""
        if not self.tells:
            return
        first = {kind: of.index(kind) for kind in amounts}
        number = {item: place for place, item in enumerate(fixed, start=1)}
        program, cost = Program(), Linear()
        seated = {kind: Linear() for kind in amounts}
        sums = [Linear() for _ in found]
        every = Linear()
        for index, each in enumerate(classes):
            formed = Linear()
            self.networks.append([])
            for model, options in enumerate(each.options):
                self.networks[-1].append(len(program.upper))
                network = program.column(each.most)
                formed += network
                seats = {kind: program.column(amount) for kind, amount in amounts.items()}
                people = total(kind[0] * seat for kind, seat in seats.items())
                program.at_least_zero(people - each.sizes.start * network)
                program.at_least_zero((each.sizes.stop - 1) * network - people)
                for kind, seat in seats.items():
                    seated[kind] += seat
                for row, rounding in enumerate(found):
                    if model in rounding.models[index]:
                        members = total(int(rounding.units[first[kind]]) * seat for kind, seat in seats.items())
                        sums[row] += rounding.network * network + members
                for term, option in options.items():
                    need = terms[term].need
                    # What each member needs at least, whatever the size.
                    size = min(each.sizes, key=lambda size: Fraction(need[size], size))
                    missing = program.column(0 if priced[term].must else len(of) * (each.sizes.stop - 1))
                    having = total(kind[number[term, option]] * seat for kind, seat in seats.items())
                    program.at_least_zero(size * (missing + having) - need[size] * people)
                    cost += priced[term].weight * missing
            program.at_least_zero(formed - each.least)
            program.at_least_zero(each.most - formed)
            every += formed
        program.at_least_zero(every - fewest)
        if budget is not None:
            program.at_least_zero(budget - cost)
        # Whoever waits does because there is no room, not because it is cheaper.
        dear = 1 + sum(x.weight for x in priced.values())
        waiting = Linear()
        for kind, amount in amounts.items():
            waits = program.column(amount)
            program.zero(seated[kind] + waits - amount)
            waiting += kind[0] * dear * waits
        self._first_rounding = len(program.rows)
        for rounding, amount_of in zip(found, sums, strict=True):
            program.at_least_zero(amount_of - rounding.least)
        self._matrix = Matrix.of(program)
        self._cost = np.zeros(len(program.upper), dtype=np.int64)
        for column, weight in (cost + waiting).columns.items():
            self._cost[column] = weight

    def binding(self, watch: Watch) -> list[Rounding]:
        """The roundings that cost something here.

        All roundings would be valid, but many say nearly the same, and what each is worth then swings for long.
        """
        if not self.tells:
            return []
        worth = solved_duals(self._matrix, self._cost, watch)[self._first_rounding :]
        return [rounding for rounding, dual in zip(self.found, worth.tolist(), strict=True) if dual > SLIGHT]

    def least(self, lows: Sequence[Sequence[int]], watch: Watch) -> int | None:
        """The least sum over networks where each costs what `lows` has for its configuration; None: nothing is known.

        Proven in whole numbers, whatever the linear program says.
        """
        if not self.tells or min(map(min, lows)) < -FAR:
            return None
        cost = np.zeros(len(self._cost), dtype=np.int64)
        for columns, prices in zip(self.networks, lows, strict=True):
            cost[columns] = np.minimum(prices, FAR)
        return safe_bound(self._matrix, cost, solved_duals(self._matrix, cost, watch))
