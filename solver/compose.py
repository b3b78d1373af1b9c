"""Composes networks: searches, polishes, proves, and says what it knows."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from enum import Enum
from threading import Lock

import numpy as np

from solver import bound as bounds
from solver import columns, enumeration, levelling
from solver.chain import WORST, Arena, Found, Rank, Work
from solver.cp import cp_model, cp_solver, told
from solver.errors import SolverBugError
from solver.limits import Listener, Progress, Watch
from solver.lower import Lowered, formed_first, lower
from solver.lowering import Likeness
from solver.model import CompositionModel
from solver.patchwork import Patchwork
from solver.price import Score, breaches, score
from solver.problem import WAITING, Composition, Problem
from solver.settle import settle
from solver.team import Team

STEPS_PER_EFFORT = 2_000_000
"""Proposals of one worker for one effort: about a second at 120 people."""

STEPS_PER_SECOND = 2_500_000
"""What to plan with where proposals have to become seconds."""

COUNT_SHARE = 0.2
"""Of the limits: for finding how many networks to form, where that is open."""

SCOUT_SHARE, FRESH_SHARE, ROUND_SHARE = 0.15, 0.6, 0.1
"""Of the limits: to find the heat that suits, for one long run from the start, and for each round after it."""

FIRST_SHARE = 0.02
"""Of the limits: for a first answer where it is known what heat suits."""

FRESH_OF_REST, STEADY_OF_REST = 0.8, 0.95
"""Of the time that is left, the part of the long run, once the relaxation has had its own."""

BESIDE_COLUMNS, BESIDE_OF_MANY = 0.2, 0.25
"""The same where columns follow, and where they do of many networks, whose heat nobody looked for."""

UNITS_A_SECOND, LONG = 4, 100
"""Units for one second of the limit, or one effort, with which columns come far enough to be worth it; and the limit
with which they do for as many units as they are for at all."""

ROUNDS = 2
"""Rounds after the long run, where work is counted."""

ENOUGH = 12_000
"""Proposals for each unit with which a run is long enough to prove from, up to TINY seats; with more, as many more."""

MODEL_LIMIT = 4_000
"""The most seats (people times networks) for which the exact model is built."""

MODEL_PAIRS = 20_000
"""The most pairs of people who are alike at all, times networks, for which it is built: a second of building."""

TINY = 120
"""Seats up to which columns come before any relaxation, and soon: they meet whatever better answer there is."""

SHORT, AGAIN, AGAIN_UNTIL, FEW_AGAIN = 6_000, 8, 0.25, 3
"""Proposals for each unit in a short run, how many runs each worker does for one effort, until which part of the limit
it does, and how many runs where columns come soon."""

FROM_MIXTURES, MOST_FROM_MIXTURES = 15_000, 200
"""Proposals for each unit in a run that begins with sets of a mixture; and the most units where such runs, one after
the other, come to better answers than one that goes on from the best. With more, a run that short is too short."""

BEFORE_SEARCH = 0.25
"""Of the time that is left, the most for a program that comes before the long run."""

COLUMNS_UNTIL, COLUMNS_WORK = 0.98, 0.4
"""Of the limit, when to stop generating columns; the deterministic time for them in one effort."""

LARGE = 2_000
"""Units from which a composition is worked on in parts."""

RIVAL, MUCH_BETTER = 0.5, 0.8
"""Where parts by kind scout too: how much work they get of what chains over everybody get, and of what those cost then
how much parts may cost to be taken, for chains gain more later."""

SETTLED = 400
"""The most seats for which a short search is as good as a long one."""


Crew = Team | Patchwork
"""Who searches."""


class Status(Enum):
    """What is known about an answer, or about there being none."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Composed:
    """The best composition found and what is proven about it.

    `composition` and `score` are None where none was found. `bound` limits the objective from below among the answers
    that let no more people wait; `least_waiting` limits the number waiting.
    """

    status: Status
    composition: Composition | None
    score: Score | None
    bound: int
    least_waiting: int
    rule_bounds: tuple[int, ...] = ()
    proof: tuple[str, ...] = ()
    """How the bound was proven."""

    @property
    def objective(self) -> int | None:
        """The weighted sum of penalties; None where nothing was found."""
        return None if self.score is None else self.score.objective


def compose(
    problem: Problem,
    watch: Watch,
    listen: Listener,
    *,
    start: Sequence[int] | None = None,
    known: bounds.Bound | None = None,
    relax: bool = True,
) -> Composed:
    """The best networks within the limits.

    start: the network of each person, from an earlier answer. known: what was proven earlier, of answers that let no
    more people wait than `start` does. relax: whether the linear relaxation is worth its time.
    """
    lowered = lower(problem)
    counts = possible_counts(lowered)
    if not counts:
        return Composed(Status.INFEASIBLE, None, None, 0, 0, proof=("sizes",))
    worker = _Composer(lowered, watch, listen, known or bounds.Bound(0, 0), relax=relax)
    with ThreadPoolExecutor(watch.limits.workers) as pool:
        return worker.run(counts, pool, start)


def possible_counts(lowered: Lowered) -> list[int]:
    """How many networks there can be, by their sizes alone; the fewest waiting first where that comes first."""
    problem = lowered.problem
    people = problem.pool.size - sum(place == WAITING for place in problem.pins.values())
    counts = []
    for count in range(problem.min_count, len(problem.networks) + 1):
        networks = [problem.networks[k] for k in formed_first(lowered, count)]
        room = sum(network.max_size for network in networks)
        if sum(network.min_size for network in networks) <= people and room >= len(problem.must_place):
            counts.append((0 if problem.waiting_is_weighed else max(0, people - room), count))
    least = min(counts, default=(0, 0))[0]
    return [count for waiting, count in counts if waiting == least]


class _Composer:
    """The state of one composition."""

    def __init__(self, lowered: Lowered, watch: Watch, listen: Listener, known: bounds.Bound, *, relax: bool) -> None:
        self.lowered = lowered
        self.problem = lowered.problem
        self.watch = watch
        self.listen = listen
        self.best: Found | None = None
        self.bound = known
        self.relax = relax
        self.rule_bounds = (0,) * len(lowered.problem.rules)
        self.proof: tuple[str, ...] = ()
        """how the bound was proven, if it was here"""
        self.seats = seats = self.problem.pool.size * len(self.problem.networks)
        terms = (priced.term for priced in lowered.terms)
        pairs = sum(int(np.count_nonzero(term.numerators)) // 2 for term in terms if isinstance(term, Likeness))
        self.settled = seats <= SETTLED
        limit = watch.limits.effort or watch.limits.seconds or 0.0
        sparse = pairs * len(self.problem.networks) <= MODEL_PAIRS
        enough = self.settled or limit >= LONG or len(lowered.units) <= UNITS_A_SECOND * limit
        self.exact = sparse and seats <= MODEL_LIMIT
        self.generates = sparse and enough and columns.applies(lowered)
        self.climbed = False
        """whether relaxations were tried"""
        self.columns: columns.Columns | None = None
        """what generates columns, once it did"""
        self._told = WORST
        self._heard = Lock()

    def run(self, counts: Sequence[int], pool: ThreadPoolExecutor, start: Sequence[int] | None) -> Composed:
        self._search_counts(counts, pool, start)
        if self.settled and start is None and not self._proven():
            self._glance()
            self._start_again()
        self._settle()
        if not self.watch.cancelled and not self._proven() and enumeration.applies(self.lowered):
            self._enumerate()
        first = self.generates and self.relax and self.seats <= TINY
        if first and not self.watch.cancelled and not self._proven():
            # So few people that columns are done before the limits of single rules would be.
            self._bound_waiting()
            self._generate(pool)
        if not self.watch.cancelled and not self._proven() and not self._waits_for_search(start):
            self._relax()
        if not self.settled and start is None and not self.watch.over() and not self._proven():
            # A bound wants an answer, but not the best; so the long run has what time the bound leaves.
            self._take(self.team.afresh(self._long_run()))
            self._settle()
            if not self.climbed and not self.watch.cancelled and not self._proven():
                self._relax()
        if not first and self.generates and self.relax and not self.watch.cancelled and not self._proven():
            self._generate(pool)
        status = None
        if self.exact and (self.settled or self.columns is None) and not self._proven() and not self.watch.cancelled:
            status = self._prove()
        if status is None and not self._proven() and not self.watch.cancelled:
            self._search_on()
            self._settle()
        if not self.climbed and not self.watch.cancelled and self._proven():
            # What is proven of the whole says nothing of single rules.
            self._relax()
        return self._result(status)

    def _work(self, share: float) -> Work:
        """What one worker may do in a share of the limits."""
        limits = self.watch.limits
        most = int(ENOUGH * len(self.lowered.units) * max(1, self.seats / TINY)) if self.settled else None
        if limits.effort is not None:
            steps = max(20_000, int(STEPS_PER_EFFORT * limits.effort * share))
            return Work(steps if most is None else min(steps, most), None)
        seconds = share * (limits.seconds or 0.0)
        return Work(None, seconds if most is None else min(seconds, most / STEPS_PER_SECOND))

    def _short(self, each: int) -> Work:
        """The work of a run with so many proposals for each unit."""
        steps = each * len(self.lowered.units)
        return Work(steps, None) if self.watch.by_effort else Work(None, steps / STEPS_PER_SECOND)

    def _waits_for_search(self, start: Sequence[int] | None) -> bool:
        """Whether the relaxation, which says little of sums of distances, comes after the long run."""
        return self._steady() and not self.settled and start is None

    def _steady(self) -> bool:
        return isinstance(self.team, Team) and self.team.arena.steady

    def _many(self) -> bool:
        return isinstance(self.team, Team) and self.team.many

    def _long_run(self) -> Work:
        """What one worker may do in the long run."""
        remaining = self.watch.remaining()
        if self.watch.by_effort or remaining is None:
            return self._work(FRESH_SHARE)
        if self.generates:
            share = BESIDE_OF_MANY if self._many() else BESIDE_COLUMNS
        else:
            share = STEADY_OF_REST if self._steady() else FRESH_OF_REST
        return Work(None, share * remaining)

    def _search_counts(self, counts: Sequence[int], pool: ThreadPoolExecutor, start: Sequence[int] | None) -> None:
        """A short search for some numbers of networks, and the heat that suits the best of them."""
        self.team = team = self._pick_count(counts, pool, start)
        if start is not None:
            self._take(team.adopt(start))
            self._take(team.round(self._work(SCOUT_SHARE)))
            return
        rival = self._rival(team, pool)
        # Whoever has a rival is given the time to tell which of them is better.
        known = self._waits_for_search(start) or (self._many() and not self.settled and rival is None)
        work = self._work(FIRST_SHARE if known else SCOUT_SHARE)
        self._take(team.scout(work))
        if rival is not None:
            self._take(rival.scout(work.times(RIVAL)))
            if rival.rank < replace(team.rank, soft=int(MUCH_BETTER * team.rank.soft)):
                self.team = rival

    def _rival(self, team: Crew, pool: ThreadPoolExecutor) -> Patchwork | None:
        """Who composes kind by kind, where several kinds of people are to have the same means."""
        facilitated = bool(self.problem.facilitators)
        if isinstance(team, Patchwork) or self.settled or facilitated or not levelling.asked(self.lowered):
            return None
        rival = Patchwork(self.lowered, len(team.arena.networks), self.watch, pool, self._hear)
        return rival if len(rival.blocks) > 1 else None

    def _pick_count(self, counts: Sequence[int], pool: ThreadPoolExecutor, start: Sequence[int] | None) -> Crew:
        """The number of networks that does best in short runs: both ends and the middle, then closer to the best."""
        if start is not None:
            used = len(set(start) - {WAITING})
            counts = [min(counts, key=lambda count: abs(count - used))]
        teams: dict[int, Crew] = {}
        wanted = sorted({counts[0], counts[len(counts) // 2], counts[-1]})
        work = self._work(COUNT_SHARE / 6)
        spent = 0
        while wanted:
            for count in wanted:
                teams[count] = self._crew(count, pool)
                if len(counts) > 1 and not (self.best is not None and self.watch.over(COUNT_SHARE)):
                    self._take(teams[count].round(work))
                    spent += 1
            best = min(teams, key=lambda count: teams[count].rank)
            if spent >= 6 or self.watch.over(COUNT_SHARE):
                break
            wanted = between(best, sorted(teams), counts)
        return teams[min(teams, key=lambda count: teams[count].rank)]

    def _crew(self, count: int, pool: ThreadPoolExecutor) -> Crew:
        """Who searches: chains over everybody, or, where there are many, over parts."""
        if len(self.lowered.units) > LARGE:
            return Patchwork(self.lowered, count, self.watch, pool, self._hear)
        arena = Arena(self.lowered, count)
        # Facilitators are drawn before anybody sits, and who leads decides who may.
        alike = not (self.settled or arena.steady or self.problem.facilitators)
        return Team(arena, self.watch, pool, self._hear, alike=alike)

    def _search_on(self) -> None:
        """Rounds of search until the limits are reached or the answer is proven."""
        rounds = 0
        while not self.watch.over() and not self._proven():
            starts = self._starts()
            if starts and isinstance(self.team, Team):
                self._take(self.team.begin(starts, self._short(FROM_MIXTURES)))
            else:
                self._take(self.team.round(self._work(ROUND_SHARE)))
            rounds += 1
            if self.watch.limits.effort is not None and rounds >= ROUNDS:
                break

    def _starts(self) -> list[list[int]]:
        """For each worker, the network of each person to begin a short run with; none where those are not worth it."""
        many = len(self.lowered.units) > MOST_FROM_MIXTURES
        if self.columns is None or not self.columns.mixture or many or self.watch.by_effort:
            return []
        return [self.columns.dealt() for _ in range(self.watch.limits.workers)]

    def _settle(self) -> None:
        """The best facilitators for the members of the best answer, which the search leaves to chance."""
        if self.problem.facilitators and self.best is not None and isinstance(self.team, Team):
            composition = settle(self.lowered, self.best.composition.places)
            self._take(Found(self._rank(composition), composition))

    def _hear(self, rank: Rank) -> None:
        """A worker tells how good its best answer is, while it goes on."""
        with self._heard:
            if rank < self._told:
                self._told = rank
                self._tell("search")

    def _take(self, found: Found) -> None:
        if self.best is None or found.rank < self.best.rank:
            self.best = found
        with self._heard:
            self._told = min(self._told, found.rank)
            self._tell("search")

    def _tell(self, stage: str) -> None:
        rank = self._told if self._told.hard == 0 else None
        self.listen(Progress(stage, rank.soft if rank else None, self.bound.objective, rank.waiting if rank else None))

    def _proven(self) -> bool:
        if self.best is None or self.best.rank.hard:
            return False
        rank = self.best.rank
        return rank.waiting <= self.bound.waiting and rank.soft <= self.bound.objective

    def _prove(self) -> Status | None:
        """The exact model: least waiting first, then the objective, from a complete hint."""
        self._tell("model")
        model = CompositionModel(self.lowered)
        best = self.best.composition if self.best is not None and self.best.rank.hard == 0 else None
        if not self.problem.waiting_is_weighed and not isinstance(model.waiting, int):
            fewest = self._solve(model, model.waiting, best, 0.3, _waiting)
            if fewest.status is Status.INFEASIBLE:
                return Status.INFEASIBLE
            self.bound = replace(self.bound, waiting=max(self.bound.waiting, fewest.bound))
            best = self._adopt(model, fewest.values, best)
            if best is None:
                return None
            model.model.add(model.waiting <= len(best.waiting))
        if not isinstance(model.objective, int):
            model.model.add(model.objective >= self.bound.objective)
        found = self._solve(model, model.objective, best, 0.8, _objective)
        if found.status is Status.INFEASIBLE:
            return Status.INFEASIBLE
        self._adopt(model, found.values, best)
        self._raise(found.bound, "exact model")
        return None

    def _adopt(
        self, model: CompositionModel, values: Sequence[int] | None, best: Composition | None
    ) -> Composition | None:
        """Takes an answer of the model if it is better."""
        if values is None:
            return best
        composition = model.composition(values)
        found = Found(self._rank(composition), composition)
        if self.best is None or found.rank < self.best.rank:
            self.best = found
        return self.best.composition

    def _rank(self, composition: Composition) -> Rank:
        priced = score(self.problem, composition)
        waiting = 0 if self.problem.waiting_is_weighed else priced.waiting
        return Rank(sum(x.penalty for x in priced.broken), waiting, priced.objective)

    def _solve(
        self, model: CompositionModel, goal: object, best: Composition | None, share: float, what: str
    ) -> _Answer:
        model.model.minimize(goal)
        if best is not None:
            model.complete_hint(best)
        solver = cp_solver(workers=self.watch.limits.workers)
        parameters = solver.parameters
        parameters.random_seed = self.watch.limits.seed % (1 << 31)
        parameters.symmetry_level = 4
        parameters.linearization_level = 2
        # Workers take turns: measured to give a bound three times as high, and the same answer every time.
        parameters.interleave_search = True
        if self.watch.limits.effort is not None:
            parameters.max_deterministic_time = 1.0 * self.watch.limits.effort
        remaining = self.watch.remaining()
        if remaining is not None:
            parameters.max_time_in_seconds = max(0.05, remaining * share)
        callback = _Stop(self, what)
        status = solver.solve(model.model, told(callback))
        if status == cp_model.INFEASIBLE:
            return _Answer(Status.INFEASIBLE, None, 0)
        limit = max(0, _whole_bound(max(solver.best_objective_bound, callback.bound)))
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            known = Status.OPTIMAL if status == cp_model.OPTIMAL else Status.FEASIBLE
            return _Answer(known, list(solver.response_proto.solution), limit)
        return _Answer(Status.UNKNOWN, None, limit)

    def _enumerate(self) -> None:
        """Every composition of a tiny problem, in effect: what is found is the best there is."""
        self._tell("model")
        exact = enumeration.enumerate_all(self.lowered, self.watch)
        if exact is None or exact.composition is None:
            return
        found = Found(self._rank(exact.composition), exact.composition)
        if self.best is None or found.rank < self.best.rank:
            self.best = found
        if found.rank.hard == 0:
            self.bound = bounds.Bound(found.rank.soft, found.rank.waiting)
            self.proof = ("enumeration",)

    def _relax(self) -> None:
        """The linear relaxation of the whole: quick, and often close."""
        self._bound_waiting()
        if self.best is None or self.best.rank.hard or not self.relax:
            return
        self.climbed = True
        priced = score(self.problem, self.best.composition)
        found = bounds.climb(
            self.lowered,
            most_waiting=self.best.rank.waiting,
            score=priced,
            watch=self.watch,
            tell=self._raise,
            # Columns prove more than the next program would; the first one tells the limits of single rules.
            ladder=bounds.LADDER[:1] if self.generates else bounds.LADDER,
            share=bounds.NEXT_SHARE if self.settled else BEFORE_SEARCH,
            whole=not self._proven(),
        )
        self.rule_bounds = found.by_rule

    def _bound_waiting(self) -> None:
        self._tell("bound")
        self.bound = replace(self.bound, waiting=max(self.bound.waiting, bounds.least_waiting(self.lowered)))

    def _glance(self) -> None:
        """What takes a blink to prove, so that no more runs begin where the first one found the best there is."""
        if not self.relax or self.best is None or self.best.rank.hard:
            return
        self._bound_waiting()
        priced, waiting = score(self.problem, self.best.composition), self.best.rank.waiting
        relaxation = bounds.relax_kinds(self.lowered, most_waiting=waiting, score=priced, watch=self.watch)
        if relaxation is not None:
            self._raise(relaxation.bound(self.watch), bounds.LINEAR)

    def _start_again(self) -> None:
        """Many short runs where that is worth as much as a long one: which of them comes to the best is chance."""
        work = self._short(SHORT)
        most = FEW_AGAIN if self.seats <= TINY else None
        if most is None and self.watch.limits.effort is not None:
            most = AGAIN * self.watch.limits.effort
        rounds = 0
        while not self._proven() and not self.watch.over(AGAIN_UNTIL) and rounds != most:
            self._take(self.team.afresh(work))
            rounds += 1

    def _generate(self, pool: ThreadPoolExecutor) -> None:
        """Networks as columns, priced exactly: slower than the relaxation, and often close where it is not."""
        if self.watch.cancelled or self.best is None or self.best.rank.hard:
            return
        self._tell("bound")
        best = self.best
        limits = self.watch.limits
        self.columns = generated = columns.Columns(
            self.lowered,
            score(self.problem, best.composition),
            best.rank.waiting,
            self.watch,
            known=best.rank.soft,
            until=COLUMNS_UNTIL,
            most_work=None if limits.effort is None else COLUMNS_WORK * limits.effort,
        )
        shares = generated.know(best.composition.places)

        def tell(limit: int) -> None:
            self._raise(limit, "columns")

        proven = generated.run(shares, best.rank.soft, pool, tell, proven=self.bound.objective)
        if proven.groups is not None:
            composition = settle(self.lowered, columns.places(self.lowered, proven.groups))
            found = Found(self._rank(composition), composition)
            if found.rank < best.rank:
                self._take(found)
        tell(proven.objective)

    def _raise(self, objective: int, how: str) -> None:
        """Takes what was proven if it is more than was known."""
        if objective > self.bound.objective:
            self.bound = replace(self.bound, objective=objective)
            self.proof = (how,)
            self._tell("bound")

    def _result(self, status: Status | None) -> Composed:
        if status is Status.INFEASIBLE:
            return Composed(Status.INFEASIBLE, None, None, 0, self.bound.waiting, proof=("exact model",))
        if self.best is None or self.best.rank.hard:
            return Composed(Status.UNKNOWN, None, None, self.bound.objective, self.bound.waiting)
        composition = self.best.composition
        priced = score(self.problem, composition)
        wrong = list(breaches(self.problem, composition))
        rank = self._rank(composition)
        if rank != self.best.rank or wrong:
            raise SolverBugError(f"search says {self.best.rank}, recount says {rank}; breaches: {wrong}")
        proven = self._proven()
        return Composed(
            Status.OPTIMAL if proven else Status.FEASIBLE,
            composition,
            priced,
            self.bound.objective,
            self.bound.waiting,
            self.rule_bounds,
            self.proof,
        )


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the exact model said."""

    status: Status
    values: list[int] | None
    bound: int


_waiting, _objective = "waiting", "objective"


def _whole_bound(bound: float) -> int:
    """A bound of a whole objective, as a whole number: CP-SAT computes with whole numbers and reports a float."""
    return round(bound)


class _Stop:
    """Tells about better answers, and stops when asked to."""

    def __init__(self, composer: _Composer, what: str) -> None:
        self._composer = composer
        self._what = what
        self.bound = 0.0

    def __call__(self, solution: cp_model.CpSolverSolutionCallback) -> None:
        self.bound = max(self.bound, solution.best_objective_bound)
        if self._what == _objective:
            known = self._composer.bound
            found = round(solution.objective_value)
            bound = max(known.objective, _whole_bound(self.bound))
            self._composer.listen(Progress("model", found, bound, known.waiting))
        if self._composer.watch.cancelled:
            solution.stop_search()


def between(best: int, tried: Sequence[int], counts: Sequence[int]) -> list[int]:
    """The untried numbers half way from the best to its neighbours among those tried; none where they touch."""
    at = tried.index(best)
    found = []
    for neighbour in (tried[max(0, at - 1)], tried[min(len(tried) - 1, at + 1)]):
        open_ = [
            count for count in counts if min(best, neighbour) < count < max(best, neighbour) and count not in tried
        ]
        if open_:
            found.append(open_[len(open_) // 2])
    return sorted(set(found))
