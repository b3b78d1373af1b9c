"""Scenarios and repairs as chains of short rounds, as `rounds` has them for compositions.

One that is shorter than a round is done in one go, and comes to what the command comes to.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from math import ceil
from typing import Any, Protocol

from service import rounds
from service.changes import Changes
from service.proposal_file import Proposal
from service.reading import Asked
from service.repair import Mended, check_meeting, choices, mend, mended, repair_seconds
from service.rounds import LEAST_SECONDS, NEXT_SEED, Standing, told_of
from service.what_if import Compared, compared, posed_beside, what_if
from solver.compose import Status
from solver.errors import SolverBugError
from solver.limits import Clock, Limits, Listener, Progress, Watch
from solver.lower import lower
from solver.onward import go_on, renamed
from solver.price import breaches, score
from solver.problem import Composition
from solver.repair import FEWEST, Choice, Repaired, Wanted, pareto, thinned
from solver.rules.stay import Stay
from solver.solve import composition_seconds, with_rotations

CUT_SHORT = 0.9
"""Of the time of a round: a repair that took as long was ended by the clock, and has not come to its end."""

Stopped = Callable[[], bool]


class Rounds(Protocol):
    """A scenario or a repair, a round at a time. What stands between two rounds is plain data; None: nothing yet."""

    def next_limits(self, standing: Mapping[str, Any] | None, *, others_waiting: bool = False) -> Limits | None:
        """The limits of the next round; None: there is none, or the whole is no longer than one."""

    def play(self, standing: Mapping[str, Any] | None, limits: Limits, listen: Listener, stopped: Stopped) -> Played:
        """One round more."""

    def end(self, standing: Mapping[str, Any] | None, listen: Listener, stopped: Stopped) -> Compared | Mended:
        """What it has come to, with its meetings."""


@dataclass(frozen=True, slots=True)
class Played:
    """What stands after a round, and how it is told."""

    standing: dict[str, Any]
    progress: Progress


class ScenarioRounds:
    """A scenario: the first round goes on from the baseline, the next begins afresh, and the better one stands."""

    def __init__(
        self, asked: Asked, baseline: Proposal, changes: Changes, limits: Limits, clock: Clock = time.monotonic
    ) -> None:
        """asked: what the baseline answers; limits: of the whole. Raises InputError with every fault of the changes."""
        self._asked, self._baseline, self._changes = asked, baseline, changes
        self._limits, self._clock = limits, clock
        self._beside, self._posed = posed_beside(asked, baseline, changes)
        self._problem = self._posed.question.problem

    def next_limits(self, standing: Mapping[str, Any] | None, *, others_waiting: bool = False) -> Limits | None:
        known = self._known(standing)
        limits = rounds.next_limits(self._posed, known, self._limits, others_waiting=others_waiting)
        return None if limits is None or (not known.rounds and self._is_whole(limits)) else limits

    def _is_whole(self, limits: Limits) -> bool:
        seconds = self._limits.seconds
        whole = None if seconds is None else composition_seconds(self._problem, self._limits)
        return (limits.seconds, limits.effort) == (whole, self._limits.effort)

    def _known(self, standing: Mapping[str, Any] | None) -> Standing:
        return rounds.first(self._posed) if standing is None else Standing.of_json(standing)

    def play(self, standing: Mapping[str, Any] | None, limits: Limits, listen: Listener, stopped: Stopped) -> Played:
        known = self._known(standing)
        if known.rounds:
            after = rounds.compose_round(self._posed, known, limits, listen=listen, stopped=stopped, clock=self._clock)
        else:
            listen(Progress("search"))
            after = self._gone_on(known, limits, stopped)
        return Played(after.as_json(), told_of(after))

    def _gone_on(self, known: Standing, limits: Limits, stopped: Stopped) -> Standing:
        question = self._posed.question
        watch = Watch(limits, self._clock, stopped)
        start, names = self._beside.start(question), self._beside.before(question)
        found = go_on(self._problem, [start], watch, names=names)
        after = rounds.joined(known, self._problem, found)
        return replace(after, rounds=1, seconds=watch.elapsed(), effort=limits.effort or 0, stuck=True)

    def end(self, standing: Mapping[str, Any] | None, listen: Listener, stopped: Stopped) -> Compared:
        known = self._known(standing)
        if not known.rounds:
            return what_if(
                self._asked,
                self._baseline,
                self._changes,
                self._limits,
                listen=listen,
                stopped=stopped,
                clock=self._clock,
            )
        left = None if self._limits.seconds is None else max(0.0, self._limits.seconds - known.seconds)
        watch = Watch(replace(self._limits, seconds=left), self._clock, stopped)
        composed = rounds.composed(known, self._problem)
        if composed.composition is not None:
            names = self._beside.before(self._posed.question)
            composition = renamed(lower(self._problem), composed.composition, names)
            composed = replace(composed, composition=composition, score=score(self._problem, composition))
        result = with_rotations(self._problem, composed, watch, self._clock, listen=listen)
        result = replace(result, limits=self._limits, seconds=known.seconds + result.seconds)
        return compared(self._posed, self._beside, self._changes, result, stopped=stopped, clock=self._clock)


@dataclass(frozen=True, slots=True)
class Mending:
    """What is known between two rounds of a repair."""

    choices: tuple[Composition, ...] = ()
    """Whatever nothing beats in both moves and cost so far."""
    chosen: int | None = None
    fewest_proven: bool = False
    status: str = "unknown"
    rounds: int = 0
    seconds: float = 0.0
    effort: int = 0

    def as_json(self) -> dict[str, Any]:
        """Everything, as JSON has it."""
        return asdict(self)

    @classmethod
    def of_json(cls, stated: Mapping[str, Any]) -> Mending:
        """What was written as JSON."""
        made = tuple(Composition(**{key: tuple(value) for key, value in each.items()}) for each in stated["choices"])
        return cls(**{**stated, "choices": made})


class RepairRounds:
    """A repair: each round looks for choices with a seed of its own, from the best so far; all of them compete."""

    def __init__(
        self,
        asked: Asked,
        baseline: Proposal,
        changes: Changes,
        limits: Limits,
        *,
        from_meeting: int = 1,
        wanted: Wanted,
        clock: Clock = time.monotonic,
    ) -> None:
        """asked: what the baseline answers; limits: of the whole. Raises InputError with every fault of the changes."""
        self._asked, self._baseline, self._changes = asked, baseline, changes
        self._limits, self._clock = limits, clock
        self._from_meeting, self._wanted = from_meeting, wanted
        self._beside, self._posed = posed_beside(asked, baseline, changes)
        check_meeting(self._posed.question, baseline, from_meeting)
        self._problem = self._posed.question.problem

    def next_limits(self, standing: Mapping[str, Any] | None, *, others_waiting: bool = False) -> Limits | None:
        known = self._known(standing)
        whole = repair_seconds(self._limits)
        seconds = None if whole is None else max(0.0, whole - known.seconds)
        effort = (self._limits.effort or 1) - known.effort
        if effort <= 0 or (known.rounds and seconds is not None and seconds < LEAST_SECONDS):
            return None
        each = ceil(effort / ceil(effort / rounds.ROUND_EFFORT))
        longest = rounds.SHARED_SECONDS if others_waiting else rounds.ROUND_SECONDS
        if not known.rounds and each == effort and (seconds is None or seconds <= longest):
            return None
        seconds = None if seconds is None else seconds / max(1, ceil(seconds / longest))
        seed = self._limits.seed + NEXT_SEED * known.rounds
        return replace(self._limits, seconds=seconds, effort=None if self._limits.effort is None else each, seed=seed)

    def _known(self, standing: Mapping[str, Any] | None) -> Mending:
        return Mending() if standing is None else Mending.of_json(standing)

    def play(self, standing: Mapping[str, Any] | None, limits: Limits, listen: Listener, stopped: Stopped) -> Played:
        known = self._known(standing)
        listen(self._told(known))
        watch = Watch(limits, self._clock, stopped)
        found = choices(
            self._posed.question, self._beside, self._start(known), limits, self._wanted, stopped, self._clock
        )
        # A round that the clock ended has not come to its end, so it counts as time and not as effort.
        done = 0 if watch.over(CUT_SHORT) else limits.effort or 1
        both = self._better(self._repaired(known), found)
        after = Mending(
            tuple(choice.composition for choice in both.choices),
            both.chosen,
            both.fewest_proven,
            both.status.value,
            known.rounds + 1,
            known.seconds + watch.elapsed(),
            known.effort + done,
        )
        return Played(after.as_json(), self._told(after))

    def _start(self, known: Mending) -> list[int | None]:
        """Where everybody is in the best so far; newcomers are newcomers still."""
        start = self._beside.start(self._posed.question)
        if known.chosen is None:
            return start
        places = known.choices[known.chosen].places
        return [was if was is None else now for was, now in zip(start, places, strict=True)]

    def _told(self, known: Mending) -> Progress:
        if known.chosen is None:
            return Progress("search")
        best = score(self._problem, known.choices[known.chosen])
        return Progress("search", best.objective, None, best.waiting)

    def repaired(self, standing: Mapping[str, Any]) -> Repaired:
        """The choices that stand after a round."""
        return self._repaired(Mending.of_json(standing))

    def _repaired(self, known: Mending) -> Repaired:
        """What stands, counted again: what was written down is not believed."""
        stay = Stay(name="", strength=1, before=self._beside.before(self._posed.question))
        made = []
        for composition in known.choices:
            priced = score(self._problem, composition)
            wrong = list(breaches(self._problem, composition))
            if wrong or priced.broken:
                raise SolverBugError(f"a repair was written down that breaks {priced.broken}; breaches: {wrong}")
            made.append(Choice(len(stay.violations(self._problem, composition)), composition, priced))
        return Repaired(tuple(made), known.chosen, known.fewest_proven, Status(known.status))

    def _better(self, first: Repaired, second: Repaired) -> Repaired:
        """The choices of two rounds together, and which of them is asked for."""
        weighed = self._problem.waiting_is_weighed
        front = pareto([*first.choices, *second.choices], weighed=weighed)
        if not front:
            return first if first.status is Status.INFEASIBLE else second
        proven = any(one.fewest_proven and one.choices[0].moves == front[0].moves for one in (first, second))
        budget, price = self._wanted.budget, self._wanted.price or 0
        allowed = [choice for choice in front if budget is None or choice.moves <= budget]
        if not allowed:
            status = Status.INFEASIBLE if proven else Status.UNKNOWN
            return Repaired(tuple(thinned(front)), None, proven, status)

        def cost(choice: Choice) -> tuple[int, int, int]:
            return 0 if weighed else choice.waiting, choice.objective + price * choice.moves, choice.moves

        best = allowed[0] if self._wanted == FEWEST else min(allowed, key=cost)
        shown = thinned(front, best)
        return Repaired(tuple(shown), shown.index(best), proven, Status.FEASIBLE)

    def end(self, standing: Mapping[str, Any] | None, listen: Listener, stopped: Stopped) -> Mended:
        known = self._known(standing)
        if not known.rounds:
            return mend(
                self._asked,
                self._baseline,
                self._changes,
                self._limits,
                from_meeting=self._from_meeting,
                wanted=self._wanted,
                listen=listen,
                stopped=stopped,
                clock=self._clock,
            )
        left = None if self._limits.seconds is None else max(0.0, self._limits.seconds - known.seconds)
        return mended(
            self._posed,
            self._beside,
            self._changes,
            self._repaired(known),
            Watch(replace(self._limits, seconds=left), self._clock, stopped),
            limits=self._limits,
            from_meeting=self._from_meeting,
            wanted=self._wanted,
            listen=listen,
            clock=self._clock,
        )
