"""The cheapest network for what people are worth: one model of CP-SAT for each configuration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from math import prod

from solver.columns.sets import NEVER, UNIT, Duals, Found, Members
from solver.cp import cp_model, cp_solver
from solver.limits import Watch
from solver.lower import Lowered
from solver.lowering import Best, Scatter
from solver.model import encode
from solver.problem import Network
from solver.relaxation import options_of
from solver.terms.model import GroupModel, LinearExpr

MOST_OPTIONS = 40
"""Configurations of one class of networks: with more, each is quicker and all together slower."""

PRICE_WORK = 3.0
"""Deterministic time for one pricing; what is proven by then counts."""

CORE_UNITS = 40
"""Units up to which sets are refuted from unsatisfiable cores: at 60 some programmes take longer that way."""

CALL_WORK = 0.001
"""What one call of the solver counts as, however little it has to do."""


def configurations(terms: Sequence[Best], network: Network) -> list[dict[int, int]]:
    """Every choice of an option for each of these terms, by its identity: the first ones, as long as there is room."""
    chosen: dict[int, list[int]] = {}
    for term in terms:
        options = options_of(term, network)
        if len(options) * prod(map(len, chosen.values())) <= MOST_OPTIONS:
            chosen[id(term)] = options
    return [dict(zip(chosen, options, strict=True)) for options in product(*chosen.values())]


class OneNetwork(GroupModel):
    """One network, with the option of some `best` terms fixed."""

    def __init__(
        self,
        model: cp_model.CpModel,
        seats: Sequence[LinearExpr],
        options: Mapping[int, int],
        *,
        number: int,
        sizes: Sequence[int],
        slots: Mapping[int, LinearExpr],
        led: LinearExpr,
    ) -> None:
        self.options = options
        super().__init__(model, seats, number=number, sizes=sizes, slots=slots, led=led)

    def chosen(self, term: Best) -> int | None:
        """The option of this configuration."""
        return self.options.get(id(term))


@dataclass(frozen=True, slots=True)
class Priced:
    """What pricing one configuration said: no set is cheaper than `low`; `members` cost `price` if any were found."""

    low: int
    """of the price less duals, in parts of a unit"""
    work: float
    members: Members | None = None
    price: int = 0


class Pricing:
    """The model of one network of a class, in one configuration."""

    def __init__(
        self, lowered: Lowered, networks: tuple[int, ...], options: Mapping[int, int], sizes: range, seed: int
    ) -> None:
        self.model = model = cp_model.CpModel()
        self.lowered = lowered
        self.networks = networks
        self.options = options
        self.sizes = sizes
        self.seed = seed
        problem, units = lowered.problem, lowered.units
        number = networks[0]
        network = problem.networks[number]
        self.seats: list[LinearExpr] = []
        for members in units.members:
            pinned = {problem.pins[person] for person in members if person in problem.pins}
            possible = all(network.accepts(person) for person in members) and pinned <= set(networks)
            here = possible and bool(pinned) and len(networks) == 1
            self.seats.append(1 if here else model.new_bool_var("") if possible else 0)
        slots: dict[int, LinearExpr] = {} if network.slot is None else {network.slot: 1}
        group = OneNetwork(
            model,
            [self.seats[units.of[person]] for person in range(problem.pool.size)],
            options,
            number=number,
            sizes=sizes,
            slots=slots,
            # Whoever may lead elsewhere may lead here: who leads what is left open, so that networks are apart.
            led=1 if problem.facilitators or network.facilitator is not None else 0,
        )
        self.price: LinearExpr = 0
        for priced in lowered.terms:
            if isinstance(priced.term, Scatter) or not priced.speaks_about(number):
                continue
            amount: LinearExpr = sum(encode(priced.term, group))
            if not priced.must:
                self.price += priced.weight * amount
            elif not isinstance(amount, int):
                model.add(amount <= 0)
            elif amount > 0:
                model.add_bool_or([])

    def solve(self, duals: Duals, most: int | None, watch: Watch, *, any_set: bool = False) -> Priced:
        """The cheapest set less duals, or any, if it is at most so much."""
        model = self.model.clone()
        goal = UNIT * self.price - sum(dual * seat for dual, seat in zip(duals.units, self.seats, strict=True))
        goal -= duals.network
        for cut, cost in duals.cuts.items():
            counted = model.new_bool_var("")
            for one, other in combinations(cut, 2):
                model.add(counted >= self.seats[one] + self.seats[other] - 1)
            goal += cost * counted
        if isinstance(goal, int):
            goal = goal + 0 * model.new_bool_var("")
        if most is not None:
            model.add(goal <= most)
        model.minimize(goal)
        solver = cp_solver(work=PRICE_WORK)
        solver.parameters.random_seed = self.seed
        solver.parameters.linearization_level = 2
        solver.parameters.symmetry_level = 0
        # Presolve costs more than it spares where most models only have to be refuted.
        solver.parameters.cp_model_presolve = most is None
        solver.parameters.cp_model_probing_level = 0
        # So do probing and shortening clauses on the way, which take most of the time of a large model.
        solver.parameters.inprocessing_dtime_ratio = 0.0
        solver.parameters.inprocessing_probing_dtime = 0.0
        solver.parameters.inprocessing_minimization_dtime = 0.0
        # So do the cuts of its relaxation, and few people are refuted sooner from unsatisfiable cores.
        solver.parameters.cut_level = 0
        solver.parameters.optimize_with_core = any_set and len(self.seats) <= CORE_UNITS
        remaining = watch.remaining()
        if remaining is not None:
            solver.parameters.max_time_in_seconds = max(0.01, remaining)
        solver.parameters.stop_after_first_solution = any_set
        status = solver.solve(model)
        work = CALL_WORK + solver.response_proto.deterministic_time
        beyond = NEVER if most is None else most + 1
        if status == cp_model.INFEASIBLE:
            return Priced(beyond, work)
        # A limit that says nothing yet is minus infinity.
        low = round(max(-1e15, solver.best_objective_bound))
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return Priced(min(low, beyond), work)
        members, price = self.found(solver)
        return Priced(min(low, beyond), work, members, price)

    def found(self, solver: cp_model.CpSolver | cp_model.CpSolverSolutionCallback) -> Found:
        """The set in a solution, with its price."""
        seats = enumerate(self.seats)
        members = tuple(unit for unit, seat in seats if (seat if isinstance(seat, int) else solver.boolean_value(seat)))
        return members, self.price if isinstance(self.price, int) else solver.value(self.price)

    def open(self) -> list[Best]:
        """The terms whose option is still open."""
        best = [x.term for x in self.lowered.terms if isinstance(x.term, Best) and x.speaks_about(self.networks[0])]
        return [term for term in best if term.options and id(term) not in self.options]

    def again(self, options: Mapping[int, int] | None = None) -> Pricing:
        """The same without what was excluded, and with some more options fixed."""
        return Pricing(self.lowered, self.networks, {**self.options, **(options or {})}, self.sizes, self.seed)

    def split(self) -> list[Pricing]:
        """The same in all configurations of the terms that are still open."""
        network = self.lowered.problem.networks[self.networks[0]]
        return [self.again(options) for options in configurations(self.open(), network)]

    def exclude(self, members: Members) -> None:
        """Never this set again."""
        inside = set(members)
        flags = []
        for unit, seat in enumerate(self.seats):
            if not isinstance(seat, int):
                flags.append(~seat if unit in inside else seat)
        self.model.add_bool_or(flags)
