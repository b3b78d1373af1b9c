"""The whole composition as one CP-SAT model: seats, sizes, slots, facilitators, and every term's price."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from solver.cp import cp_model, cp_solver
from solver.lower import Lowered, alike
from solver.lowering import Best, Count, Cover, Home, Lead, Likeness, Mean, Pairs, Place, Scatter, Term, Variety
from solver.problem import WAITING, Composition, Facilitator, works_in
from solver.terms import best, count, cover, home, likeness, mean, pairs, place, scatter, variety
from solver.terms.common import Priced
from solver.terms.model import GroupModel, LinearExpr


def encode(term: Term, group: GroupModel) -> list[LinearExpr]:
    """The price of a term in one group, as expressions to be added up."""
    match term:
        case Count():
            return count.encode(term, group)
        case Variety():
            return variety.encode(term, group)
        case Best():
            return best.encode(term, group)
        case Home():
            return home.encode(term, group)
        case Cover():
            return cover.encode(term, group)
        case Pairs():
            return pairs.encode(term, group)
        case Likeness():
            return likeness.encode(term, group)
        case Place():
            return place.encode(term, group)
        case Mean():
            return mean.encode(term, group)
        case Lead():
            return [group.open - group.led]
        case _:
            raise TypeError(f"{type(term).__name__} is not a term of one group")


@dataclass(frozen=True, slots=True)
class Leading:
    """Who may lead one network, and the variables that say who does."""

    given: int | None
    leads: Mapping[int, LinearExpr]

    @property
    def led(self) -> LinearExpr:
        """1 where somebody leads."""
        return sum(self.leads.values())


class CompositionModel:
    """The model of a lowered problem. `fixed` keeps some people where they are: person to network, or WAITING.

    `penalties[r]` is the penalty of rule r; `objective` their weighted sum; `waiting` the number of people waiting.
    `terms`: price only these. Facilitators are a decision where a rule prices them, or with `lead_always`.
    `sized`: keep the least sizes.
    With `keep_musts` the `must` rules are constraints; without, they are only counted in `penalties`.
    """

    def __init__(
        self,
        lowered: Lowered,
        *,
        fixed: Mapping[int, int] | None = None,
        lead_always: bool = False,
        keep_musts: bool = True,
        sized: bool = True,
        terms: Sequence[Priced[Term]] | None = None,
    ) -> None:
        self.lowered = lowered
        self.problem = lowered.problem
        self.model = cp_model.CpModel()
        self.sized = sized
        self.fixed = {**(fixed or {}), **self.problem.pins}
        self.waits, self.seats = self._seat()
        self.open = self._open()
        self.slots = [self._slots(k) for k in range(len(self.problem.networks))]
        self.leading = [self._leading(k, lead_always) for k in range(len(self.problem.networks))]
        self._share_facilitators()
        self.groups = [self._group(k) for k in range(len(self.problem.networks))]
        self.waiting = sum(len(members) * self.waits[unit] for unit, members in enumerate(lowered.units.members))
        self.penalties: list[LinearExpr] = [0] * len(lowered.rules)
        for priced in lowered.terms if terms is None else terms:
            self.penalties[priced.rule] += self._price(priced)
        if keep_musts:
            for rule, penalty in zip(lowered.rules, self.penalties, strict=True):
                if rule.is_must:
                    self.forbid(penalty)
        self.objective: LinearExpr = sum(
            rule.weight * penalty
            for rule, penalty in zip(lowered.rules, self.penalties, strict=True)
            if not rule.is_must
        )

    def forbid(self, penalty: LinearExpr) -> None:
        """Keeps a penalty at 0."""
        if not isinstance(penalty, int):
            self.model.add(penalty <= 0)
        elif penalty > 0:
            self.model.add_bool_or([])

    def _seat(self) -> tuple[list[LinearExpr], list[list[LinearExpr]]]:
        """For each unit, whether it waits; for each network and unit, whether it sits there."""
        model, problem, units = self.model, self.problem, self.lowered.units
        waits: list[LinearExpr] = []
        seats: list[list[LinearExpr]] = [[] for _ in problem.networks]
        for members in units.members:
            pinned = {self.fixed[person] for person in members if person in self.fixed}
            choices = []
            for k, network in enumerate([*problem.networks, None]):
                place = WAITING if network is None else k
                if network is None:
                    possible = not any(person in problem.must_place for person in members)
                else:
                    possible = all(network.accepts(person) for person in members)
                possible = possible and pinned <= {place}
                variable: LinearExpr = model.new_bool_var("") if possible else 0
                if possible:
                    choices.append(variable)
                if network is None:
                    waits.append(variable)
                else:
                    seats[k].append(variable)
            model.add_exactly_one(choices)
        return waits, seats

    def _open(self) -> list[LinearExpr]:
        """Whether each network is formed: the given ones, and at least `min_count`; of those alike the first ones."""
        problem = self.problem
        every = len(problem.networks) == problem.min_count
        flags: list[LinearExpr] = [
            1 if every or network.fixed else self.model.new_bool_var("") for network in problem.networks
        ]
        if not every:
            self.model.add(sum(flags) >= problem.min_count)
        for networks in alike(self.lowered):
            for earlier, later in pairwise(networks):
                if not isinstance(flags[later], int):
                    self.model.add_implication(flags[later], flags[earlier])
        return flags

    def _slots(self, k: int) -> dict[int, LinearExpr]:
        network, problem = self.problem.networks[k], self.problem
        if network.slot is not None:
            return {network.slot: 1}
        matters = problem.facilitators or any(
            isinstance(priced.term, Best) and priced.term.by_slot for priced in self.lowered.terms
        )
        if not problem.slots or not matters:
            return {}
        flags = {slot: self.model.new_bool_var("") for slot in range(len(problem.slots))}
        self.model.add_exactly_one(flags.values())
        return dict(flags)

    def _leading(self, k: int, always: bool) -> Leading:
        network, problem, model = self.problem.networks[k], self.problem, self.model
        if network.facilitator is not None:
            leads: dict[int, LinearExpr] = {network.facilitator: 1}
        elif always or any(isinstance(priced.term, Lead) for priced in self.lowered.terms):
            leads = {f: model.new_bool_var("") for f in range(len(problem.facilitators))}
            model.add_at_most_one(leads.values())
        else:
            leads = {}
        seats = self.seats[k]
        possible = (
            {p for p, unit in enumerate(self.lowered.units.of) if not isinstance(seats[unit], int)} if leads else set()
        )
        for f, lead in leads.items():
            facilitator = problem.facilitators[f]
            if network.region is not None and not works_in(facilitator, network.region):
                self.forbid(lead)
            if facilitator.slots is not None:
                for slot, flag in self.slots[k].items():
                    if slot not in facilitator.slots:
                        self._not_both(lead, flag)
            for unit in sorted({self.lowered.units.of[person] for person in facilitator.foreign & possible}):
                self._not_both(lead, self.seats[k][unit])
            if not isinstance(self.open[k], int) and not isinstance(lead, int):
                model.add_implication(lead, self.open[k])
        return Leading(network.facilitator, leads)

    def _not_both(self, one: LinearExpr, other: LinearExpr) -> None:
        self._at_most(one + other, 1)

    def _at_most(self, amount: LinearExpr, limit: int) -> None:
        if not isinstance(amount, int):
            self.model.add(amount <= limit)
        elif amount > limit:
            self.model.add_bool_or([])

    def _share_facilitators(self) -> None:
        """Nobody leads more networks than they may, nor two on one date."""
        problem = self.problem
        for f, facilitator in enumerate(problem.facilitators):
            led = [(k, leading.leads[f]) for k, leading in enumerate(self.leading) if f in leading.leads]
            self._at_most(sum(lead for _, lead in led), facilitator.max_networks)
            if facilitator.max_networks > 1:
                self._one_place_a_day(led, facilitator)

    def _one_place_a_day(self, led: Sequence[tuple[int, LinearExpr]], facilitator: Facilitator) -> None:
        """For each day, at most one of the networks that somebody leads meets on it."""
        on: dict[str, list[LinearExpr]] = {}
        for k, lead in led:
            for slot, flag in self._times(k):
                days = self.problem.dates(slot)
                if not days or (slot is not None and facilitator.slots is not None and slot not in facilitator.slots):
                    continue
                both: LinearExpr = lead
                if not isinstance(flag, int):
                    both = self.model.new_bool_var("")
                    self.model.add(both >= lead + flag - 1)
                for day in days:
                    on.setdefault(day, []).append(both)
        for meetings in on.values():
            if len(meetings) > 1:
                self._at_most(sum(meetings), 1)

    def _times(self, k: int) -> list[tuple[int | None, LinearExpr]]:
        """When a network may meet, and whether it does."""
        return [*self.slots[k].items()] or [(None, 1)]

    def _group(self, k: int) -> GroupModel:
        network, problem = self.problem.networks[k], self.problem
        of = self.lowered.units.of
        largest = min(network.max_size, problem.pool.size)
        smallest = network.min_size if self.sized else 0
        sizes = set(range(smallest, largest + 1))
        if not isinstance(self.open[k], int):
            sizes.add(0)
        group = GroupModel(
            self.model,
            [self.seats[k][of[person]] for person in range(problem.pool.size)],
            number=k,
            sizes=sorted(sizes) or [0],
            open_=self.open[k],
            slots=self.slots[k],
            led=self.leading[k].led,
        )
        if not sizes:
            self.model.add_bool_or([])
        if not isinstance(self.open[k], int):
            self.model.add(group.size <= largest * self.open[k])
            self.model.add(group.size >= max(1, smallest) * self.open[k])
        return group

    def _price(self, priced: Priced[Term]) -> LinearExpr:
        term, units = priced.term, self.lowered.units
        if isinstance(term, Scatter):
            places = [
                [seats[units.of[p]] for p in range(self.problem.pool.size)] for seats in (*self.seats, self.waits)
            ]
            return sum(scatter.encode(term, self.model, places))
        total: LinearExpr = term.constant if isinstance(term, Likeness) else 0
        for k, group in enumerate(self.groups):
            if priced.speaks_about(k):
                total += sum(encode(term, group))
        if isinstance(term, Place) and term.waiting is not None:
            total += sum(cost * self.waits[units.of[person]] for person, cost in enumerate(term.waiting) if cost)
        return total

    def hint(self, composition: Composition) -> None:
        """Starts from an answer: where everybody sits, when, and who leads."""
        self.model.clear_hints()
        for unit, members in enumerate(self.lowered.units.members):
            place = composition.places[members[0]]
            for k, seats in enumerate(self.seats):
                self._hint(seats[unit], place == k)
            self._hint(self.waits[unit], place == WAITING)
        for k, slots in enumerate(self.slots):
            for slot, flag in slots.items():
                self._hint(flag, composition.slots[k] == slot)
            for f, lead in self.leading[k].leads.items():
                self._hint(lead, composition.facilitators[k] == f)

    def _hint(self, variable: LinearExpr, value: bool) -> None:
        if not isinstance(variable, int):
            self.model.add_hint(variable, value)

    def complete_hint(self, composition: Composition) -> bool:
        """Hints every variable, by solving with the answer fixed: a partial hint is lost. False: it does not fit."""
        self.hint(composition)
        solver = cp_solver(work=5.0)
        solver.parameters.fix_variables_to_their_hinted_value = True
        if solver.solve(self.model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return False
        values = list(solver.response_proto.solution)
        self.model.clear_hints()
        for index, value in enumerate(values):
            self.model.add_hint(self.model.get_int_var_from_proto_index(index), value)
        return True

    def composition(self, value: Sequence[int]) -> Composition:
        """The answer in a solution, given as the values of all variables."""

        def holds(expression: LinearExpr) -> bool:
            return bool(expression) if isinstance(expression, int) else bool(value[expression.index])

        of = self.lowered.units.of
        places = []
        for person in range(self.problem.pool.size):
            here = [k for k, seats in enumerate(self.seats) if holds(seats[of[person]])]
            places.append(here[0] if here else WAITING)
        slots = [next((s for s, flag in slots.items() if holds(flag)), None) for slots in self.slots]
        leaders = [next((f for f, lead in x.leads.items() if holds(lead)), None) for x in self.leading]
        return Composition(tuple(places), tuple(slots), tuple(leaders))
