"""The one door: a rotation for one network, its price, and what is proven about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from itertools import combinations
from math import comb
from typing import Final

import numpy as np

from solver.cp import cp_model, cp_solver
from solver.rotation.bound import RotationBounds, barred_pairs, rotation_bounds
from solver.rotation.counted import weigh_counted
from solver.rotation.covers import BOUND_WORK, from_whole_groups, keeping, least_from
from solver.rotation.exact import keep_musts
from solver.rotation.frame import Frame, frame, lay_out
from solver.rotation.polish import polish
from solver.rotation.price import RotationPenalties, RotationScore, penalties, score
from solver.rotation.problem import (
    LARGEST_TABLE,
    MUST,
    Group,
    Ints,
    Meeting,
    PlainQuestion,
    RotationProblem,
    TrioTable,
    tabulate,
)
from solver.rotation.schedules import mended, schedule
from solver.rotation.search import Blocks, Stop, keep_apart, remembered, weighed_rest
from solver.rotation.symmetry import cooked, known_recipe, recipes
from solver.rotation.turns import case_givers

SPREAD_ITERATIONS: Final = 10_000_000
"""Moves of the spread at effort 1: about a second."""

WEIGH_ITERATIONS: Final = 500_000
"""Moves of the weighing at effort 1."""

MOVES_A_SECOND: Final = 6_000_000
"""Of the spread, on a slow machine."""

RESTART: Final = 1_500_000
"""Moves of the spread before it starts afresh."""

COUNTED_SECONDS: Final = 3.0
"""What the walk of rules that count values takes at effort 1, on a slow machine."""

WALK_SHARE: Final = 0.1
"""Of the time that is left, for that walk, where few groups keep what must hold: exact steps make more of the rest."""

BOUND_SHARE: Final = 0.2
"""Of the time to the deadline, for each of the two limits that those groups give."""

LONGEST_COVERS: Final = 100.0
"""The effort after which exact steps are not tried any more."""

EXACT_WORK: Final = 10.0
"""What proving or finding a plan that keeps its `must` rules may take at effort 1, where search found none."""

USUAL_EFFORT: Final = 0.3
"""The effort where neither effort nor deadline is given."""


SPREAD_SHARE: Final = 0.4
"""The share of the time to the deadline after which the spread leaves the rest to the weighing."""

LONGEST_SPREAD: Final = 8.0
"""The effort after which a better spread is not to be expected."""


class RotationStatus(Enum):
    """What is known about the rotation."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Part:
    """An objective with its proven lower limit."""

    objective: int
    bound: int


@dataclass(frozen=True)
class RotationResult:
    """One network's rotation.

    `meetings` holds every meeting, past ones unchanged. It is empty when the status is INFEASIBLE (proven; `reasons`
    say by which rule) or UNKNOWN (nothing found that keeps the `must` rules, and nothing proven). `balance` is None
    where `meet_new` has a weight. `origin` names the design or search the even spread comes from.
    """

    status: RotationStatus
    meetings: tuple[Meeting, ...]
    penalties: RotationPenalties | None
    bounds: RotationBounds
    balance: Part | None
    rest: Part | None
    repeats: int | None
    least_repeats: int
    origin: str
    reasons: tuple[str, ...]
    seed: int
    stopped_by_clock: bool


@dataclass(frozen=True)
class RotationProgress:
    """What is known while the work goes on: after the spread, and at the end."""

    stage: str
    score: RotationScore
    bounds: RotationBounds


Progress = Callable[[RotationProgress], None]


def rotate(
    problem: RotationProblem,
    *,
    seed: int,
    effort: float | None = None,
    deadline: float | None = None,
    clock: Callable[[], float] | None = None,
    should_stop: Callable[[], bool] | None = None,
    progress: Progress | None = None,
) -> RotationResult:
    """Composes the groups and case givers of every meeting that is still to come.

    `effort` limits the iterations (1 is about a second for twenty members and all rules) and makes the answer repeat
    exactly. `deadline` is a reading of `clock` at which the search stops with the best it has; without `effort` it
    uses all that time unless everything is proven. `should_stop` may end it sooner. At least one plan is always made.
    """
    if deadline is not None and clock is None:
        raise ValueError("a deadline needs a clock")
    shape = frame(problem)
    table = _table(problem)
    bounds = rotation_bounds(shape, table)
    if bounds.broken:
        return _without_answer(RotationStatus.INFEASIBLE, bounds, bounds.broken_by, seed)
    watch = _Watch(deadline, clock, should_stop)
    budget = effort if effort is not None else (float("inf") if deadline is not None else USUAL_EFFORT)
    few = keeping(shape, problem.counted) if table is None else None
    if few is not None:
        even, repeats = least_from(shape, few, work=BOUND_WORK * min(1.0, budget), seconds=watch.share(BOUND_SHARE))
        bounds = bounds.raised(even, repeats, weight=problem.prices.meet_new)
    return _rotate(_Work(problem, shape, table, bounds, seed, watch, few), budget, progress)


class _Watch:
    """Whether it is time to stop, and whether the clock ever said so."""

    def __init__(
        self, deadline: float | None, clock: Callable[[], float] | None, should_stop: Callable[[], bool] | None
    ) -> None:
        self._deadline, self._clock, self._should_stop = deadline, clock, should_stop
        self._start = clock() if clock is not None else 0.0
        self.called = False

    def after(self, share: float) -> Stop:
        """Stops when this share of the time from the start to the deadline is over, and whenever all should stop."""
        if self._deadline is None or self._clock is None:
            return self
        clock, end = self._clock, self._start + share * (self._deadline - self._start)
        return lambda: clock() >= end or self()

    def share(self, share: float) -> float | None:
        """This share of the seconds to the deadline; None without one."""
        left = self.remaining()
        return None if left is None else max(0.01, share * left)

    def remaining(self) -> float | None:
        """Seconds to the deadline; None without one."""
        return None if self._deadline is None or self._clock is None else self._deadline - self._clock()

    def __call__(self) -> bool:
        late = self._deadline is not None and self._clock is not None and self._clock() >= self._deadline
        self.called = self.called or late or (self._should_stop is not None and self._should_stop())
        return self.called


@dataclass(frozen=True)
class _Work:
    """What all steps share."""

    problem: RotationProblem
    shape: Frame
    table: TrioTable | None
    bounds: RotationBounds
    seed: int
    stop: _Watch
    few: tuple[Group, ...] | None = None
    """The groups that keep what must hold, where they are few."""


@dataclass(frozen=True)
class _Plan:
    """A complete rotation with its price."""

    meetings: tuple[Meeting, ...]
    blocks: Blocks
    penalties: RotationPenalties
    score: RotationScore

    @property
    def key(self) -> tuple[int, int, int, int]:
        """Smaller is better: what must be 0, what comes first and then the repeats, the rest."""
        if self.score.balance is None:
            return self.score.broken, 0, 0, self.score.rest
        return self.score.broken, self.score.balance, self.penalties.repeats, self.score.rest


def _rotate(work: _Work, budget: float, progress: Progress | None) -> RotationResult:
    """Spread, weigh, and again with fresh seeds while the budget lasts and something is unproven."""
    blocks, origin = _spread(work, min(budget, LONGEST_SPREAD), work.stop.after(SPREAD_SHARE))
    best = first = _plan(work, blocks)
    common = _common(work.problem) if work.stop.remaining() is not None else None
    if common is not None and common in _SKELETONS:
        best = min(best, _plan(work, _SKELETONS[common][1]), key=lambda plan: plan.key)
    if progress is not None:
        progress(RotationProgress("spread", best.score, work.bounds))
    spent, lap = 0.0, 0
    while _needs_weighing(work, best) and (lap == 0 or (spent < budget and not work.stop())):
        share = min(budget - spent, 1.0 * 2**lap, 16.0) if budget > spent else budget
        start = best if lap % 2 == 0 else first
        best = min(best, _weighed(work, start, work.seed + lap, share), key=lambda plan: plan.key)
        spent, lap = spent + share, lap + 1
    if work.table is None and work.problem.counted is not None:
        # A walk that the clock cuts off has not cooled: with a deadline it is made as long as there is time for.
        left = work.stop.remaining()
        usual = 1.0 if work.few is None else WALK_SHARE
        share = budget if left is None else min(budget, max(0.05, usual * left / COUNTED_SECONDS))
        counted = weigh_counted(
            work.shape, best.blocks, work.problem.counted, seed=work.seed, budget=share, stop=work.stop.after(usual)
        )
        best = min(best, _plan(work, counted), key=lambda plan: plan.key)
        if work.few is not None:
            whole = from_whole_groups(
                work.shape, best.blocks, work.few, target=work.bounds.meet_new.value, seed=work.seed,
                budget=min(budget, LONGEST_COVERS), stop=work.stop, remaining=work.stop.remaining,
            )  # fmt: skip
            best = min(best, _plan(work, whole), key=lambda plan: plan.key)
    elif work.table is None and work.problem.trio is not None:
        best = min(best, _plan(work, polish(work.shape, best.blocks, seed=work.seed, budget=budget, stop=work.stop)),
                   key=lambda plan: plan.key)  # fmt: skip
    impossible = False
    if best.score.broken:
        answer = keep_musts(
            work.shape, work.table, work=EXACT_WORK * min(budget, LONGEST_SPREAD), seconds=work.stop.remaining()
        )
        impossible = answer.impossible
        if answer.blocks is not None:
            best, origin = _plan(work, answer.blocks), "an exact model of what must hold"
            best = min(best, _weighed(work, best, work.seed, min(budget, 1.0)), key=lambda plan: plan.key)
    if common is not None and not best.score.broken:
        _remember(work.problem, common, best)
    if progress is not None:
        progress(RotationProgress("weighed", best.score, work.bounds))
    return _result(work, best, origin, impossible=impossible)


_SKELETONS: Final[dict[PlainQuestion, tuple[tuple[int, int, int], Blocks]]] = {}
"""By the clock: the best plan of a question, whoever its people are, for the next network that asks as much."""

MOST_SKELETONS: Final = 256


def _common(problem: RotationProblem) -> PlainQuestion | None:
    """What the problem asks whoever its people are: all but the rules about one group at a time."""
    return replace(problem, trio=None, counted=None, exchange=None, gatherings=()).plain


def _remember(problem: RotationProblem, common: PlainQuestion, plan: _Plan) -> None:
    """Keeps the blocks of a plan that is the best so far of what is common.

    Thousands of networks with a few milliseconds each so go on where the last one ended, and have only their own
    people left to place.
    """
    alone = replace(problem, trio=None, counted=None, exchange=None, gatherings=())
    scored = score(alone, penalties(alone, plan.meetings))
    price = (scored.balance or 0, plan.penalties.repeats, scored.rest)
    known = _SKELETONS.get(common)
    if (known is None and len(_SKELETONS) < MOST_SKELETONS) or (known is not None and price < known[0]):
        _SKELETONS[common] = (price, plan.blocks)


def _weighed(work: _Work, start: _Plan, seed: int, share: float) -> _Plan:
    """The plan after one lap of weighing; not necessarily better."""
    weighed = weighed_rest(
        work.shape,
        start.blocks,
        tuple(meeting.case_givers for meeting in start.meetings[-work.shape.rows :]),
        start=start.score,
        repeats=start.penalties.repeats,
        table=work.table,
        seed=seed,
        iterations=max(1000, int(WEIGH_ITERATIONS * share)),
        rest_bound=work.bounds.rest,
        balance_bound=work.bounds.meet_new.value,
        repeats_bound=work.bounds.least_repeats.value,
        stop=work.stop,
    )
    return _plan(work, weighed.blocks)


def _spread(work: _Work, budget: float, stop: Stop) -> tuple[Blocks, str]:
    """An even spread: by a design where one is known, else by search, else by search among symmetric plans."""
    shape, target = work.shape, work.bounds.meet_new.value
    if not shape.blocks:
        return (), "nothing left to plan"
    sizes = shape.sizes[0]
    barred = barred_pairs(shape, work.table)
    alike = shape.uniform and len(set(shape.sizes)) == 1
    symmetric = alike and work.problem.prices.at_most is None and not barred.any()
    design = schedule(work.problem.members, sizes, len(shape.blocks)) if alike else None
    if design is not None:
        named = keep_apart(design[0], barred, seed=work.seed) if barred.any() else design[0]
        if named is not None:
            return named, f"{design[1]} ({design[2]})"
    known = known_recipe(work.problem.members, sizes, len(shape.blocks)) if symmetric else None
    if known is not None:
        # Where even this is above the bound, no search here has ever done better: the time is worth more elsewhere.
        return cooked(known, target)[0], f"search among plans with a symmetry of order {known.order}"
    iterations = max(40_000, int(SPREAD_ITERATIONS * budget))
    left = work.stop.remaining()
    # A walk that the clock cuts off has not cooled: it is made as long as there is time for.
    restart = RESTART if left is None else min(RESTART, max(LEAST_SHARE, int(MOVES_A_SECOND * SPREAD_SHARE * left)))

    def search(share: int) -> tuple[int, Blocks, str]:
        nonlocal iterations
        found = remembered(
            shape, barred=barred, target=target, repeats=work.bounds.least_repeats.value,
            seed=work.seed, iterations=share, restart=restart, stop=stop, timed=left is not None,
        )  # fmt: skip
        iterations -= found.iterations
        return found.cost, found.blocks, "search"

    best = search(min(iterations // 3, RESTART) if symmetric else iterations)
    if symmetric and best[0] > target:
        # Plans with a symmetry are few, so this is soon over; where there is one at the bound, it is found.
        for recipe in recipes(work.problem.members, sizes, len(shape.blocks)):
            share = iterations // 2 // recipe.restarts
            if share < LEAST_SHARE or stop() or best[0] <= target:
                break
            smaller = replace(recipe, iterations=min(recipe.iterations, share))
            rounds, cost = cooked(smaller, target)
            iterations -= smaller.iterations * smaller.restarts
            if cost < best[0]:
                best = (cost, rounds, f"search among plans with a symmetry of order {recipe.order}")
        near = mended(work.problem.members, sizes, len(shape.blocks)) if best[0] > target else None
        if near is not None:
            best = min(best, (_even(near[0]), near[0], f"{near[1]} ({near[2]})"), key=lambda found: found[0])
        if best[0] > target and not stop():
            best = min(best, search(max(iterations, LEAST_SHARE)), key=lambda found: found[0])
    return best[1], best[2]


def _even(blocks: Blocks) -> int:
    """The sum over pairs of met (met - 1) / 2 of these groups alone."""
    met = Counter(pair for groups in blocks for group in groups for pair in combinations(group, 2))
    return sum(times * (times - 1) // 2 for times in met.values())


LEAST_SHARE: Final = 20_000
"""Moves of the spread that are worth starting."""


def _needs_weighing(work: _Work, plan: _Plan) -> bool:
    """Whether some rule that depends on the groups, and not only on case givers, is above its bound."""
    prices, problem = work.problem.prices, work.problem
    grouped = (
        prices.early is not None
        or bool(prices.spaced)
        or prices.size_turns is not None
        or prices.meet_new is not None
        or problem.exchange is not None
        or bool(problem.gatherings)
        or work.table is not None
    )
    return grouped and not _proven(work, plan)


def _proven(work: _Work, plan: _Plan) -> bool:
    balance = plan.score.balance
    return (
        plan.score.broken == 0
        and (balance is None or balance <= work.bounds.meet_new.value)
        and plan.score.rest <= work.bounds.rest
    )


def _plan(work: _Work, blocks: Blocks) -> _Plan:
    """Lays the blocks out over their meetings, chooses case givers, and prices it all from the words of the rules."""
    problem = work.problem
    groups = lay_out(work.shape, blocks)
    givers = case_givers(problem, groups, work.shape.cases)
    meetings = problem.fixed + tuple(
        Meeting(groups=row, case_givers=tuple(chosen)) for row, chosen in zip(groups, givers, strict=True)
    )
    found = penalties(problem, meetings)
    return _Plan(meetings, blocks, found, score(problem, found))


def _result(work: _Work, plan: _Plan, origin: str, *, impossible: bool) -> RotationResult:
    """What may be said about the plan."""
    bounds, scored = work.bounds, plan.score
    if scored.broken:
        reasons = _impossible_meetings(work)
        if impossible and not reasons:
            reasons = (f"{', '.join(_musts(work.problem))}: no plan keeps them, which an exact model proves",)
        status = RotationStatus.INFEASIBLE if reasons else RotationStatus.UNKNOWN
        return replace(_without_answer(status, bounds, reasons, work.seed), stopped_by_clock=work.stop.called)
    return RotationResult(
        status=RotationStatus.OPTIMAL if _proven(work, plan) else RotationStatus.FEASIBLE,
        meetings=plan.meetings,
        penalties=plan.penalties,
        bounds=bounds,
        balance=None if scored.balance is None else Part(scored.balance, bounds.meet_new.value),
        rest=Part(scored.rest, bounds.rest),
        repeats=plan.penalties.repeats,
        # With `keep` and absences the meetings of pairs differ by plan; those of this plan leave at least so many.
        least_repeats=max(bounds.least_repeats.value, plan.penalties.pair_meetings - work.problem.pairs),
        origin=origin,
        reasons=(),
        seed=work.seed,
        stopped_by_clock=work.stop.called,
    )


def _without_answer(
    status: RotationStatus, bounds: RotationBounds, reasons: tuple[str, ...], seed: int
) -> RotationResult:
    return RotationResult(
        status=status, meetings=(), penalties=None, bounds=bounds, balance=None, rest=None, repeats=None,
        least_repeats=bounds.least_repeats.value, origin="", reasons=reasons, seed=seed, stopped_by_clock=False,
    )  # fmt: skip


def _musts(problem: RotationProblem) -> list[str]:
    """The rules that must hold, by name."""
    prices = problem.prices
    named = [
        ("meet_new at_most", prices.at_most is not None),
        ("early", prices.early is MUST),
        ("spaced", any(spacing.weight is MUST for spacing in prices.spaced)),
        ("case_turns", prices.case_turns is MUST),
        ("size_turns", prices.size_turns is MUST),
        ("exchange", problem.exchange is not None and problem.exchange.weight is MUST),
        ("together", any(gathering.weight is MUST for gathering in problem.gatherings)),
        ("must rules within the trio", problem.trio is not None),
    ]
    return [name for name, asked in named if asked]


def _impossible_meetings(work: _Work) -> tuple[str, ...]:
    """Meetings that cannot be cut into groups without breaking a `must` rule within the trio, proven exactly."""
    problem, table = work.problem, work.table
    if table is None or not any(column.any() for column in table.faults.values()):
        return ()
    reasons, known = [], {}
    for number in range(len(problem.fixed), problem.meetings):
        key = problem.present[number].tobytes()
        if key not in known:
            known[key] = _can_be_cut(problem, table, number)
        if not known[key]:
            reasons.append(f"meeting {number + 1}: no groups keep every must rule within the trio")
    return tuple(reasons)


def _can_be_cut(problem: RotationProblem, table: TrioTable, number: int) -> bool:
    """Whether those present can be split into groups without a fault: an exact cover, by CP-SAT.

    Only a proof counts: where CP-SAT gives up, the answer is yes.
    """
    people = np.flatnonzero(problem.present[number])
    sizes = problem.sizes[number]
    model = cp_model.CpModel()
    seat: dict[int, list[cp_model.IntVar]] = {int(i): [] for i in people}
    for size in sorted(set(sizes)):
        of_size = []
        for group in _faultless(table, people, size):
            chosen = model.new_bool_var("")
            of_size.append(chosen)
            for member in group:
                seat[member].append(chosen)
        model.add(sum(of_size) == sizes.count(size))
    for chosen_groups in seat.values():
        model.add_exactly_one(chosen_groups)
    solver = cp_solver(work=5.0)
    return bool(solver.solve(model) != cp_model.INFEASIBLE)


def _faultless(table: TrioTable, people: Ints, size: int) -> list[Group]:
    return [group for group in combinations(people.tolist(), size) if table.broken(group) == 0]


def _table(problem: RotationProblem) -> TrioTable | None:
    """The rules within the trio as a table, where every possible group can be listed."""
    trio = problem.trio
    if trio is None or isinstance(trio, TrioTable):
        return trio
    sizes = sorted({size for sizes in problem.sizes[len(problem.fixed) :] for size in sizes})
    if sum(comb(problem.members, size) for size in sizes) > LARGEST_TABLE:
        return None
    return tabulate(trio, members=problem.members, sizes=sizes)
