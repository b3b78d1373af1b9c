"""One group as CP-SAT sees it: who sits there, how many, when, and who leads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from solver.cp import cp_model
from solver.lowering import Best

LinearExpr: TypeAlias = "cp_model.LinearExprT"


class GroupModel:
    """Variables of one group in a model; terms add theirs through it.

    All prices are epigraphs: a variable that is at least the price, and minimised, equals it.
    """

    def __init__(
        self,
        model: cp_model.CpModel,
        seats: Sequence[LinearExpr],
        *,
        number: int,
        sizes: Sequence[int],
        open_: LinearExpr = 1,
        slots: Mapping[int, LinearExpr] | None = None,
        led: LinearExpr = 0,
    ) -> None:
        self.model = model
        self.seats = seats
        self.number = number
        self.open = open_
        self.slots = slots or {}
        self.led = led
        self.sizes = sorted(set(sizes))
        self.size = model.new_int_var_from_domain(cp_model.Domain.from_values(self.sizes), "")
        model.add(self.size == self.sum(range(len(seats))))
        self._by_size: dict[tuple[int, ...], LinearExpr] = {}

    def sum(self, people: Sequence[int] | range) -> LinearExpr:
        """How many of these people sit in the group."""
        terms: Counter[int] = Counter()
        constant = 0
        variables = {}
        for person in people:
            seat = self.seats[person]
            if isinstance(seat, int):
                constant += seat
            else:
                terms[seat.index] += 1
                variables[seat.index] = seat
        if not terms:
            return constant
        return cp_model.LinearExpr.weighted_sum([variables[i] for i in terms], list(terms.values())) + constant

    def flag(self) -> cp_model.IntVar:
        """A new yes or no."""
        return self.model.new_bool_var("")

    def least(self, upper: int) -> cp_model.IntVar:
        """A new price from 0 to `upper`."""
        return self.model.new_int_var(0, max(0, upper), "")

    def at_least(self, price: LinearExpr, amount: LinearExpr) -> None:
        """The price is no less than this amount."""
        if isinstance(price, int) and isinstance(amount, int):
            # Two constants make no constraint; a false one makes the model impossible.
            if price < amount:
                self.model.add_bool_or([])
        else:
            self.model.add(price >= amount)

    def implies(self, person: int, flag: cp_model.IntVar) -> None:
        """If the person sits here, the flag is up."""
        self.at_least(flag, self.seats[person])

    def chosen(self, term: Best) -> int | None:
        """The option that is fixed beforehand: none, since the model chooses."""
        return None

    def by_size(self, table: Sequence[int]) -> LinearExpr:
        """table[size]; linear where the table is, since that keeps the relaxation tight."""
        key = tuple(table[size] for size in self.sizes)
        if key not in self._by_size:
            self._by_size[key] = self._expression(key)
        return self._by_size[key]

    def _expression(self, key: tuple[int, ...]) -> LinearExpr:
        if len(set(key)) == 1:
            return key[0]
        if self.sizes[0] == 0 and key[0] == 0 and len(set(key[1:])) == 1:
            return key[1] * self.open
        steps = {(b - a, t - s) for a, b, s, t in zip(self.sizes, self.sizes[1:], key, key[1:], strict=False)}
        slopes = {rise / run for run, rise in steps}
        if len(slopes) == 1 and (slope := slopes.pop()).is_integer():
            return int(slope) * self.size + (key[0] - int(slope) * self.sizes[0])
        value = self.model.new_int_var(min(key), max(key), "")
        at = {size: self.flag() for size in self.sizes}
        self.model.add_exactly_one(at.values())
        self.model.add(self.size == sum(size * flag for size, flag in at.items()))
        self.model.add(value == sum(amount * at[size] for size, amount in zip(self.sizes, key, strict=True)))
        return value
