"""One configuration of networks as a linear program sees it; it answers as `GroupModel` does, so terms encode alike.

A configuration is a class of networks that are alike, with one option fixed for each of some `best` terms. All networks
of a configuration are added up: what holds for each holds for their sum, so the least price of the sum is a bound.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property

from solver.errors import SolverBugError
from solver.lowering import Best


class Linear:
    """A linear expression: coefficients by column, and a constant."""

    __slots__ = ("columns", "constant")

    def __init__(self, columns: dict[int, int] | None = None, constant: int = 0) -> None:
        self.columns = columns if columns is not None else {}
        self.constant = constant

    def __add__(self, other: Linear | int) -> Linear:
        if isinstance(other, int):
            return Linear(self.columns, self.constant + other)
        columns = dict(self.columns)
        for column, amount in other.columns.items():
            columns[column] = columns.get(column, 0) + amount
        return Linear(columns, self.constant + other.constant)

    __radd__ = __add__

    def __neg__(self) -> Linear:
        return self * -1

    def __sub__(self, other: Linear | int) -> Linear:
        return self + (-other)

    def __rsub__(self, other: int) -> Linear:
        return self * -1 + other

    def __mul__(self, factor: int) -> Linear:
        return Linear({column: factor * amount for column, amount in self.columns.items()}, self.constant * factor)

    __rmul__ = __mul__


class Program:
    """A linear program in the making: whole coefficients, every column between 0 and a whole number."""

    def __init__(self) -> None:
        self.upper: list[int] = []
        self.rows: list[tuple[Linear, int | None]] = []
        """each expression is at least 0, and at most the number given, if any"""

    def column(self, upper: int) -> Linear:
        """A new column from 0 to `upper`."""
        self.upper.append(upper)
        return Linear({len(self.upper) - 1: 1})

    def at_least_zero(self, expression: Linear) -> None:
        """expression >= 0"""
        self.rows.append((expression, None))

    def zero(self, expression: Linear) -> None:
        """expression = 0"""
        self.rows.append((expression, 0))


class Headcount:
    """How many of some people are of each kind, where only their number counts."""

    def __init__(self, of: Sequence[int], amounts: Sequence[int]) -> None:
        """of: the kind of each person. amounts: how many units of each kind there are."""
        self.of = of
        self.amounts = amounts
        self.everybody = range(len(of))
        self._counted: dict[int, tuple[object, dict[int, int]]] = {}

    def counted(self, people: Sequence[int] | range) -> Mapping[int, int]:
        """How many of these people are in each unit of each kind."""
        if isinstance(people, list):
            return self._count(people)
        # What a term has of people is asked in every configuration.
        if id(people) not in self._counted:
            self._counted[id(people)] = people, self._count(people)
        return self._counted[id(people)][1]

    def _count(self, people: Sequence[int] | range) -> dict[int, int]:
        numbers = Counter(self.of[person] for person in people)
        return {kind: number // self.amounts[kind] for kind, number in numbers.items()}


class RelaxedGroup:
    """All networks of one configuration, added up."""

    def __init__(
        self,
        program: Program,
        heads: Headcount,
        units: Sequence[Linear | int],
        *,
        number: int,
        count: Linear,
        most: int,
        sizes: Sequence[int],
        options: Mapping[int, int],
        led: Linear | int = 0,
    ) -> None:
        """units: how many of each kind sit here, in `count` of at most `most` networks.

        options: the option fixed for each `best` term, by its identity.
        """
        self.program = program
        self.heads = heads
        self.units = units
        self._implied: set[tuple[int, int]] = set()
        self.number = number
        self.open = count
        self.most = most
        self.slots: dict[int, Linear] = {}
        self.led = led
        self.options = options
        self.sizes = list(sizes)
        self.of_size = {size: program.column(most) for size in self.sizes}
        self.size = self.sum(heads.everybody)
        program.zero(total(self.of_size.values()) - count)
        program.zero(total(size * column for size, column in self.of_size.items()) - self.size)

    def sum(self, people: Sequence[int] | range) -> Linear:
        """How many of these people sit in the configuration."""
        columns: dict[int, int] = {}
        for kind, number in self.heads.counted(people).items():
            units = self.units[kind]
            if number and isinstance(units, Linear):
                for column, amount in units.columns.items():
                    columns[column] = columns.get(column, 0) + number * amount
        return Linear(columns)

    @cached_property
    def seats(self) -> Sequence[Linear | int]:
        """The seat of each person; whoever is merged with others has none."""
        if max(self.heads.amounts, default=1) > 1:
            raise SolverBugError("a term asked for the seat of somebody who is merged with others")
        return [self.units[kind] for kind in self.heads.of]

    def flag(self) -> Linear:
        """How many of the networks have a property."""
        flag = self.program.column(self.most)
        self.program.at_least_zero(self.open - flag)
        return flag

    def least(self, upper: int) -> Linear:
        """A price, summed over the networks, each at most `upper`."""
        return self.program.column(max(0, upper) * self.most)

    def at_least(self, price: Linear | int, amount: Linear | int) -> None:
        """The price is no less than this amount."""
        difference = price - amount
        if isinstance(difference, Linear) and difference.columns:
            self.program.at_least_zero(difference)

    def implies(self, person: int, flag: Linear) -> None:
        """Where the person sits, the flag is up."""
        kind = self.heads.of[person]
        (column,) = flag.columns
        if (kind, column) not in self._implied:
            self._implied.add((kind, column))
            self.at_least(self.heads.amounts[kind] * flag, self.units[kind])

    def chosen(self, term: Best) -> int | None:
        """The option that the configuration fixes for a term, if it does."""
        return self.options.get(id(term))

    def by_size(self, table: Sequence[int]) -> Linear:
        """table[size], summed over the networks."""
        return total(table[size] * column for size, column in self.of_size.items() if table[size])


def total(parts: object) -> Linear:
    """The sum of expressions."""
    columns: dict[int, int] = {}
    constant = 0
    for part in parts:  # type: ignore[attr-defined]
        constant += part.constant
        for column, amount in part.columns.items():
            columns[column] = columns.get(column, 0) + amount
    return Linear(columns, constant)
