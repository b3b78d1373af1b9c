"""Rounds of pricing and of the master program, until nothing more is proven."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import islice
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from solver.columns import listing, master
from solver.columns.dealing import Group, side_by_side
from solver.columns.question import Question
from solver.columns.quick import LOOKED_AT, Quick
from solver.columns.sets import NEVER, UNIT, Cut, Duals, Members, Proven, Worth
from solver.errors import SolverBugError
from solver.limits import Watch
from solver.lower import Lowered, alike
from solver.lowering import Likeness
from solver.price import Score
from solver.problem import WAITING

MOST_UNITS, MOST_MODELLED = 1_200, 2_500
"""Units up to which one round of pricing takes a few seconds at most; and units times classes of networks."""

BOX = 0.12
"""How far duals may go from the best so far, at first, as a part of what a unit costs on average."""

WIDER, NARROWER, LEAST_BOX = 1.4, 0.7, 0.03
"""How the box changes after a round that proved more, and after one that did not; its least width."""

WIDER_AT_ONCE, WIDEST = 4.0, 2.0
"""How much wider it is tried where the mixture has settled in it, and the width from which it is not."""

FEW, MOST_WINDOW = 0.25, 2.0
"""By how much a set may be dearer than the cheapest, in steps of the objective, for a listing of all such sets to be
tried at once, and at the end."""

CLOSING = ((1.0, 250), (0.0, 1_000))
"""The same when columns prove no more without cuts, and the most sets to list for one configuration: a first try, and
another with cuts where that was too many."""

CONVERGED = 0.05
"""Of the window, by how much the mixture may lie above the limit for cuts to be worth more than another round."""

APPROACH = 4.0
"""How much wider the box is while quick pricing alone improves the duals, at the very start."""

LISTABLE = 0.7
"""Within how many steps of what has to be proven sets are few enough to be listed, so that no more cuts are wanted."""

FEW_UNITS, APPROACH_OF_FEW, APPROACH_OF_MANY = 100, 0.6, 0.4
"""Of the time or work for columns, the most for quick pricing alone: up to so many units, and with more of them."""

FIRST_CUTS, SPARED = 100, 0.01
"""Cuts at most that quick pricing alone begins with, and what each is worth at least, in steps of the objective."""

STUCK_SHARE, BEYOND = 0.5, 0.1
"""Where no limit below the mixture would be a step higher: of the time or work that is left, the most for cuts by quick
pricing alone; and by how much of a step the mixture then comes to more, for limits end a little below it."""

CLOSER = 0.05
"""By how much of a step the mixture rises at least where another round of quick pricing alone, without new cuts, is
worth it."""

AVERAGED, MOST_AVERAGED = 0.25, 20
"""With more than FEW_UNITS: of the mixtures that quick pricing alone came to, the last part, over whose duals exact
pricing begins with the mean; and of how many at most. With fewer units mixtures settle, and the last is the nearest."""

MOST_QUICK, MOST_STARTS = 8, 32
"""Rounds of quick pricing with duals near one centre, and starts in each of them."""

MISSED, MORE_PATIENT, PATIENT_WORK = 0.1, 2, 2.0
"""How far a limit may be below the mixture, in steps of the objective, where quick pricing missed nothing of worth; by
how much longer its runs are after it did; and how much work a round of them may become, beside exact pricing's."""

LONGER = 2
"""How many times as long as from a set that is known a run is from one of a configuration."""

MOST_KNOWN, BATCH = 2_000, 16
"""Sets within reach of a better answer with which listing them all is given up, and how many are looked around at once.
"""

PROPOSAL_WORK = 1e-6
"""What one proposal of quick pricing counts as, in deterministic time."""

ONE_LISTING = 0.3
"""Of the work that is left, the most for the listing of one configuration."""


def applies(lowered: Lowered) -> bool:
    """Whether there are few enough people, and the price is a sum over networks as far as it is read here.

    Sets scattered over networks and facilitators who lead several tie networks to each other: that is left out, which
    only makes more answers possible. Likeness that must be none is a promise of all networks together.
    """
    units = len(lowered.units)
    if units > MOST_UNITS or units * len(alike(lowered)) > MOST_MODELLED:
        return False
    return not any(priced.must for priced in lowered.of(Likeness))


def places(lowered: Lowered, groups: Sequence[Group]) -> list[int]:
    """The network of each person: a set with somebody pinned where they are pinned, the others in order."""
    found = [WAITING] * lowered.problem.pool.size
    taken: set[int] = set()
    pinned = [{lowered.problem.pins.get(p) for u in units for p in lowered.units.members[u]} for _, units in groups]
    order = sorted(range(len(groups)), key=lambda index: not pinned[index] - {None})
    for index in order:
        networks, units = groups[index]
        free = [network for network in networks if network not in taken]
        here = next((network for network in free if network in pinned[index]), free[0])
        taken.add(here)
        for unit in units:
            for person in lowered.units.members[unit]:
                found[person] = here
    return found


class Columns:
    """Column generation on one problem, among answers that let no more than so many wait."""

    def __init__(
        self,
        lowered: Lowered,
        score: Score,
        most_waiting: int | None,
        watch: Watch,
        *,
        known: int | None = None,
        until: float = 1.0,
        most_work: float | None = None,
    ) -> None:
        """known: what an answer costs that lets no more than so many wait."""
        self.question = Question(lowered, score, most_waiting, watch, known=known)
        self.classes = self.question.classes
        self.step = self.question.step
        self.watch = watch
        self.work = 0.0
        """deterministic time spent"""
        self.most_work = most_work
        self.best = -(1 << 60)
        """the highest limit so far, in parts of a unit"""
        self.expected = NEVER
        """what columns can prove without more cuts, as far as quick pricing alone tells: it may miss a cheaper set"""
        self.best_duals = Duals([], {})
        self.quick = [Quick(self.question, each) for each in self.classes]
        self.program = master.Program(self.question)
        self.dice = random.Random(watch.limits.seed)
        self.best_lows: list[list[int]] = []
        self.mixture: Sequence[master.Used] = ()
        """the last that was solved for"""
        self.patience = 1
        """how many times as long runs of quick pricing are, for it missed sets that exact pricing found"""
        self.looking, self.asking = 0.0, 0.0
        """the work of the last round of quick pricing, and of exact pricing"""
        self.until = until
        self.approach_share = APPROACH_OF_FEW if len(lowered.units) <= FEW_UNITS else APPROACH_OF_MANY
        self.averaged = 0.0 if len(lowered.units) <= FEW_UNITS else AVERAGED
        """what part of the mixtures of quick pricing alone exact pricing begins with"""

    def price(self, duals: Duals, most: Sequence[int | None], pool: ThreadPoolExecutor) -> list[list[int]] | None:
        """The least price less duals of each configuration of each class; None where the time was up.

        `most`: sets of a class that cost more are of no use.
        """
        lows = []
        before = self.work
        for number, useful in enumerate(most):
            low = self._price_class(number, duals, useful, pool)
            if low is None:
                return None
            lows.append(low)
        self.asking = self.work - before
        return lows

    def _price_class(self, number: int, duals: Duals, most: int | None, pool: ThreadPoolExecutor) -> list[int] | None:
        """Asks each configuration for its cheapest set: those of many tell the master program more than one of all."""
        each = self.classes[number]
        seen = self.question.seen(duals, number)
        todo = sorted(range(len(each.models)), key=lambda index: (each.values[index], index))
        jobs = [pool.submit(each.models[index].solve, seen[index], most, self.watch) for index in todo]
        for index, job in zip(todo, jobs, strict=True):
            if self.over():
                for other in jobs:
                    other.cancel()
                return None
            found = job.result()
            self.work += found.work
            each.values[index] = found.low
            if found.members is not None:
                self._keep(number, index, found.members, found.price)
        return list(each.values) or [NEVER]

    def approach(
        self,
        centre: Worth,
        objective: int,
        pool: ThreadPoolExecutor,
        *,
        share: float,
        most_cuts: int,
        beyond: float = float("inf"),
    ) -> tuple[Duals, list[int | None]]:
        """Duals nearer to the best than these, with cuts, as far as quick pricing can tell; and what sets may cost.

        share: of what is left for columns, the most for this. beyond: what the mixture need not cost more than.
        """
        over = self._for(share)
        box = APPROACH * self._widest(objective)
        met: list[tuple[Worth, NDArray[np.float64]]] = []
        best = float("-inf")
        while not over():
            mixture, dry = self.mixed(centre, box, pool)
            if mixture is None:
                break
            centre = mixture.worth
            self.expected = self.question.rounded_up(ceil(UNIT * (mixture.value + self.question.constant)))
            met.append((centre, np.array(mixture.classes)))
            if not dry:
                continue
            closer, best = mixture.value - best, mixture.value
            if closer <= CLOSER * self.step:
                if best + self.question.constant > min(beyond, objective - (1 + LISTABLE) * self.step):
                    break
                people = len(self.question.waits)
                new = [cut for cut in master.separate(people, mixture.sets) if cut not in centre.cuts]
                # Cuts that are worth nothing by now would only make exact pricing slower.
                cuts = {cut: cost for cut, cost in centre.cuts.items() if cost > SPARED * self.step}
                centre = replace(centre, cuts=cuts)
                if not new or len(cuts) + len(new) > most_cuts:
                    break
                centre = replace(centre, cuts=cuts | dict.fromkeys(new, 0.0))
        if not met:
            return centre.rounded(), [None] * len(self.classes)
        # Of many units, mixtures swing about the best duals, and the mean of the last of them is nearer than any.
        last = met[-min(MOST_AVERAGED, max(1, ceil(self.averaged * len(met)))) :]
        mean = Worth(
            np.mean([worth.units for worth, _ in last], axis=0),
            np.mean([worth.roundings for worth, _ in last], axis=0),
            {cut: sum(worth.cuts.get(cut, 0.0) for worth, _ in last) / len(last) for cut in centre.cuts},
        )
        classes = np.mean([classes for _, classes in last], axis=0)
        return mean.rounded(), [floor(worth * UNIT) for worth in classes]

    def _missed(self, mixture: master.Master, limit: int) -> None:
        """Makes runs longer from now on where quick pricing missed sets that exact pricing found.

        Where no set is worth more than it costs, the limit is what the mixture costs.
        """
        above = UNIT * (mixture.value + self.question.constant) - limit
        if above > MISSED * UNIT * self.step and MORE_PATIENT * self.looking <= PATIENT_WORK * self.asking:
            self.patience *= MORE_PATIENT

    def _for(self, share: float) -> Callable[[], bool]:
        """Tells when this part of the time or work that is left for columns is over, or somebody asked to stop."""
        limit, most = self.watch.limits.seconds, self.most_work
        now = min(self.until, self.watch.elapsed() / limit) if limit else 0.0
        end = now + share * (self.until - now) if limit else 1.0
        enough = None if most is None else self.work + share * (most - self.work)
        return lambda: self.watch.over(end) or (enough is not None and self.work >= enough)

    def _widest(self, objective: int) -> float:
        return max(LEAST_BOX, BOX * objective / len(self.question.waits))

    def mixed(self, centre: Worth, box: float, pool: ThreadPoolExecutor) -> tuple[master.Master | None, bool]:
        """The cheapest mixture of sets near duals, with what quick pricing finds for it; whether it finds no more."""
        mixture = self.program.solved(centre, box)
        for _ in range(MOST_QUICK):
            if mixture is None or self.over():
                break
            self.mixture = mixture.sets
            if not self.quickly(mixture, pool):
                return mixture, True
            mixture = self.program.solved(centre, box)
        return mixture, False

    def quickly(self, mixture: master.Master, pool: ThreadPoolExecutor) -> bool:
        """Anneals from sets of the mixture and from every configuration: whether it wants what was found.

        From what is known alone, sets far from that are missed.
        """
        duals = mixture.worth.rounded()
        wanted = False
        before = self.work
        for number in range(len(self.classes)):
            seen = self.question.seen(duals, number)
            quick = self._at(number, seen, mixture.worth.cuts)
            mine = [(used.model, used.members) for used in mixture.sets if used.number == number]
            starts = [(*one, 1) for one in self.dice.sample(mine, min(MOST_STARTS, len(mine)))]
            starts += [(*one, LONGER) for one in quick.starts(MOST_STARTS, self.dice)]
            runs = [(index, members, times * self.patience) for index, members, times in starts]
            wanted |= self._anneal(number, runs, seen, floor(UNIT * mixture.classes[number]), pool)
        self.looking = self.work - before
        return wanted

    def _anneal(
        self,
        number: int,
        starts: Sequence[tuple[int, Members, int]],
        seen: Sequence[Duals],
        worth: int,
        pool: ThreadPoolExecutor,
    ) -> bool:
        """Anneals from sets of a class, so many times as long; whether any costs less than `worth` with its duals.

        A set counts in the configuration where it is worth most, which need not be the one that it was annealed in.
        """
        each, quick = self.classes[number], self.quick[number]
        runs = [
            pool.submit(quick.run, index, members, self.dice.getrandbits(32), times) for index, members, times in starts
        ]
        self.work += PROPOSAL_WORK * quick.steps * sum(times for _, _, times in starts)
        wanted = False
        for run in runs:
            found = run.result()
            if found is None:
                continue
            members, price = found
            index = max(quick.labels(members), key=lambda index: seen[index].of(members))
            if UNIT * price - seen[index].of(members) < worth and price < each.columns[index].get(members, NEVER):
                wanted = True
                self._keep(number, index, members, price)
        return wanted

    def _at(self, number: int, seen: Sequence[Duals], cuts: Iterable[Cut]) -> Quick:
        """Quick pricing of a class at these duals, on another board where its own does not count every cut."""
        if not set(cuts).issubset(self.quick[number].cuts):
            self.quick[number] = Quick(self.question, self.classes[number], list(cuts))
        self.quick[number].worth(seen)
        return self.quick[number]

    def dealt(self) -> list[int]:
        """The network of each person in an answer to begin with, or WAITING, from the last mixture."""
        return places(self.question.lowered, side_by_side(self.question, self.mixture, self.dice))

    def know(self, places: Sequence[int]) -> list[float]:
        """Takes an answer's networks as sets, and says what each unit is worth if members share what theirs costs."""
        lowered = self.question.lowered
        duals = [0.0] * len(lowered.units)
        for number, (each, quick) in enumerate(zip(self.classes, self.quick, strict=True)):
            for network in each.networks:
                members = tuple(unit for unit, who in enumerate(lowered.units.members) if places[who[0]] == network)
                price = quick.price_of(members) if members else None
                if price is not None:
                    for index in quick.labels(members):
                        self._keep(number, index, members, price)
                    for unit in members:
                        duals[unit] = price / len(members)
        return duals

    def _known(self, number: int, most: int) -> dict[Members, int]:
        """The sets of a class that were met and cost at most so much less the best duals, with what they cost."""
        known: dict[Members, int] = {}
        seen = self.question.seen(self.best_duals, number)
        for members, met in (one for sets in self.classes[number].columns for one in sets.items()):
            # Met in one configuration, a set may be cheaper in another.
            price = self.quick[number].price_of(members)
            if price is None:
                raise SolverBugError(f"a set that holds every must was met for {met}, and quick pricing has no price")
            if UNIT * price - self._worth(number, members, seen) <= most:
                known[members] = price
        return known

    def _worth(self, number: int, members: Members, seen: Sequence[Duals]) -> int:
        """What a set is worth in the configuration where it is worth most."""
        return max(seen[index].of(members) for index in self.quick[number].labels(members))

    def _around(self, number: int, known: dict[Members, int], most: int, pool: ThreadPoolExecutor) -> None:
        """Adds what one exchange from a known set leads to, and so on: exact pricing then finds few others."""
        seen = self.question.seen(self.best_duals, number)
        quick = self._at(number, seen, self.best_duals.cuts)
        todo = list(known)
        while todo and len(known) <= MOST_KNOWN and not self.over():
            batch, todo = todo[:BATCH], todo[BATCH:]
            self.work += PROPOSAL_WORK * LOOKED_AT * len(batch)
            jobs = [
                pool.submit(quick.around, quick.labels(members)[0], members, most, self.dice.getrandbits(32))
                for members in batch
            ]
            for job in jobs:
                for members in job.result():
                    price = None if members in known else quick.price_of(members)
                    if price is not None and UNIT * price - self._worth(number, members, seen) <= most:
                        known[members] = price
                        todo.append(members)

    def _keep(self, number: int, index: int, members: Members, price: int) -> None:
        columns = self.classes[number].columns[index]
        columns[members] = min(price, columns.get(members, price))

    def over(self) -> bool:
        """Whether to stop: by the clock, by the work done, or because somebody asked."""
        return self.watch.over(self.until) or (self.most_work is not None and self.work >= self.most_work)

    def run(
        self,
        start: Sequence[float],
        objective: int,
        pool: ThreadPoolExecutor,
        tell: Callable[[int], None],
        *,
        proven: int = 0,
    ) -> Proven:
        """The highest limit that the time allows, from these duals, and a better answer of sets that were met.

        proven: what is known by other means; where columns come to no more, and not near enough to the objective to
        list what is better, they leave the time to others.
        """
        most: Sequence[int | None]
        centre = Worth(np.array(start, dtype=np.float64), np.zeros(len(self.question.roundings)), {})
        duals, most = self.approach(centre, objective, pool, share=self.approach_share, most_cuts=FIRST_CUTS)
        if self.expected <= proven and objective - self.expected > (1 + MOST_WINDOW) * self.step:
            return Proven(proven)
        groups = None
        for window, most_listed in CLOSING:
            self.generate(duals, most, objective, window, pool, tell)
            better = self._known_cover(objective)
            if better is not None:
                objective, groups = better.objective, better.groups
            found = Proven(self.question.rounded_up(self.best) if self.best_lows else 0, groups)
            if found.objective >= objective or not self.best_lows or self.over():
                break
            if UNIT * (objective - self.step) - self.best > MOST_WINDOW * UNIT * self.step:
                break
            closed = self.close(objective, most_listed, pool)
            if closed is not None:
                return Proven(closed.objective, closed.groups or groups)
            duals, most = self.best_duals, [None] * len(self.classes)
        return found

    def _known_cover(self, objective: int) -> Proven | None:
        """The best answer of sets that were met, at the prices they were met with, if it is better than the objective.

        It proves nothing: other sets were not looked at.

        Also when the time for columns is up: what is left of the limit is enough for few sets.
        """
        if self.watch.cancelled or not self.best_lows or self.question.rounded_up(self.best) >= objective:
            return None
        listed: list[dict[Members, int]] = []
        for number, each in enumerate(self.classes):
            most = self._useful(number, objective)
            seen = self.question.seen(self.best_duals, number)
            met = ((*one, duals) for duals, sets in zip(seen, each.columns, strict=True) for one in sets.items())
            near = ((members, price) for members, price, duals in met if UNIT * price - duals.of(members) <= most)
            listed.append(dict(islice(near, MOST_KNOWN + 1)))
        if sum(map(len, listed)) > MOST_KNOWN:
            return None
        found, work = listing.cover(self.question, listed, objective - self.step, self.watch)
        self.work += work
        return found if found is not None and found.groups is not None else None

    def _useful(self, number: int, objective: int) -> int:
        """What a set of a class may cost at most less the best duals, if an answer is to be better than this."""
        most = (objective - self.step) * UNIT
        others = self.question.networks(self.best_lows, without=number)
        beside = most - self.question.outside(self.best_duals) - others
        # In the limit a network of its configuration costs no more than this, and the others cost what is left of it.
        return min(beside, most - self.best + max(self.best_lows[number]))

    def generate(
        self,
        duals: Duals,
        most: Sequence[int | None],
        objective: int,
        near: float,
        pool: ThreadPoolExecutor,
        tell: Callable[[int], None],
    ) -> None:
        """Raises the limit round by round, until it reaches the objective, the best that columns can, or the end.

        `near`: within how many steps of the objective it may stop when columns prove no more without cuts.
        """
        centre = duals.worth(len(self.question.roundings))
        widest = self._widest(objective)
        box = widest
        mixture: master.Master | None = None
        reached = -(1 << 60)
        while not self.over():
            lows = self.price(duals, most, pool)
            if lows is None:
                break
            limit = self.question.limit(duals, lows)
            if mixture is not None:
                self._missed(mixture, limit)
            if limit > self.best:
                self.best, self.best_duals, self.best_lows = limit, duals, lows
                tell(self.question.rounded_up(limit))
            if limit > reached:
                reached = limit
                best = duals.worth(len(self.question.roundings))
                centre = replace(best, cuts={cut: best.cuts.get(cut, 0.0) for cut in centre.cuts})
                box = min(widest, box * WIDER)
            else:
                box = max(LEAST_BOX, box * NARROWER)
            # What an answer better by one step leaves for sets that are not the cheapest.
            window = UNIT * (objective - self.step) - self.best
            if window <= FEW * UNIT * self.step:
                break
            mixture, _ = self.mixed(centre, box, pool)
            if mixture is not None and self._stuck(mixture, window):
                # What exact pricing could prove is known, so it waits until cuts have raised the mixture.
                known = self.question.rounded_up(self.best)
                beyond = known + BEYOND * self.step
                duals, most = self.approach(
                    mixture.worth, objective, pool, share=STUCK_SHARE, most_cuts=master.MOST_CUTS, beyond=beyond
                )
                if self.expected <= known:
                    break
                centre = duals.worth(len(self.question.roundings))
                box, mixture, reached = widest, None, -(1 << 60)
                continue
            if mixture is not None and self._settled(mixture, window) and widest < WIDEST:
                # Few people may carry all that the objective is, and only the box keep what they are worth down.
                wider, dry = self.mixed(centre, WIDER_AT_ONCE * widest, pool)
                if wider is not None and dry and not self._settled(wider, window):
                    widest *= WIDER_AT_ONCE
                    box, mixture = widest, wider
            if mixture is not None and self._settled(mixture, window):
                if window <= near * UNIT * self.step:
                    break
                new = [cut for cut in master.separate(len(self.question.waits), mixture.sets) if cut not in centre.cuts]
                if not new or len(centre.cuts) + len(new) > master.MOST_CUTS:
                    break
                centre = replace(centre, cuts=centre.cuts | dict.fromkeys(new, 0.0))
                box = widest
                mixture, _ = self.mixed(centre, box, pool)
            if mixture is None:
                break
            duals = mixture.worth.rounded()
            most = [floor(worth * UNIT) for worth in mixture.classes]

    def _stuck(self, mixture: master.Master, window: float) -> bool:
        """Whether no limit below this mixture is a step higher, and what is better is too far to be listed."""
        most = self.question.rounded_up(ceil(UNIT * (mixture.value + self.question.constant)))
        return window > UNIT * self.step and most <= self.question.rounded_up(self.best)

    def _settled(self, mixture: master.Master, window: float) -> bool:
        """Whether the mixture hardly lies above the limit."""
        above = UNIT * (mixture.value + self.question.constant) - self.best
        return above < max(len(self.question.waits) / 4, CONVERGED * window)

    def close(self, objective: int, most_listed: int, pool: ThreadPoolExecutor) -> Proven | None:
        """Lists every set that an answer better than the objective could use, and covers everybody with them.

        None: there were too many, or the time was up.
        """
        listed: list[dict[Members, int]] = []
        for number, each in enumerate(self.classes):
            most = self._useful(number, objective)
            most_work = None if self.most_work is None else ONE_LISTING * (self.most_work - self.work)

            def spent(more: float, most_work: float | None = most_work) -> bool:
                return self.watch.over(self.until) or (most_work is not None and more >= most_work)

            seen = self.question.seen(self.best_duals, number)
            known = self._known(number, most)
            self._around(number, known, most, pool)
            if len(known) > MOST_KNOWN:
                return None
            # The configurations with the cheapest sets have the most of them, and begin first, all side by side.
            order = sorted(range(len(each.models)), key=each.values.__getitem__)
            jobs = [
                pool.submit(
                    listing.every_set,
                    each.models[index],
                    self.quick[number],
                    known,
                    seen[index],
                    most,
                    most_listed,
                    self.watch,
                    spent,
                )
                for index in order
            ]
            found = [job.result() for job in jobs]
            self.work += sum(one.work for one in found)
            if self.over() or not all(one.whole for one in found):
                return None
            sets = known
            for one in found:
                for members, price in one.prices.items():
                    sets[members] = min(price, sets.get(members, price))
            listed.append(sets)
        proven, work = listing.cover(self.question, listed, objective - self.step, self.watch)
        self.work += work
        return proven
