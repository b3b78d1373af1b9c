"""Rotations of many networks with their own people's rules: `python benchmarks/many_rotations.py --networks 1000`.

Networks of 10 to 14 people, ten meetings, with `early`, `spaced`, `case_turns` and `distinct organisation` within the
trio. Prints the seconds, the processor time, the memory, how many balances stay above their limit, and the mean of the
weighted rest for the first and the last fifth: time is shared fairly when the two are alike.
"""

from __future__ import annotations

import argparse
import resource
import time
from random import Random

from solver import Category, Composition, Meetings, Network, Pool, Problem
from solver.compose import Composed, Status
from solver.limits import Limits, Watch
from solver.rotation.problem import RotationPrices, RotationProblem, full_attendance
from solver.rotation.solve import rotate
from solver.rules.case_turns import CaseTurns
from solver.rules.distinct import Distinct
from solver.rules.early import Early
from solver.rules.spaced import Spaced
from solver.solve import plan_rotations


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--networks", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    random = Random(1)
    places = [network for network in range(given.networks) for _ in range(random.randint(10, 14))]
    organisations = len(places) // 4
    employers = tuple((random.randrange(organisations),) for _ in places)
    problem = Problem(
        pool=Pool(
            tuple(map(str, range(len(places)))),
            {"organisation": Category(tuple(map(str, range(organisations))), employers)},
        ),
        networks=tuple(Network(str(network), min_size=10, max_size=14) for network in range(given.networks)),
        min_count=given.networks,
        trio_rules=(
            Early(name="early"), Spaced(name="spaced"), CaseTurns(name="case_turns"),
            Distinct(name="distinct", attribute="organisation", strength=3),
        ),
        meetings=Meetings(count=10),
    )  # fmt: skip
    nobody = (None,) * given.networks
    composed = Composed(Status.FEASIBLE, Composition(tuple(places), nobody, nobody), None, 0, 0)
    rotate(RotationProblem(7, full_attendance(7, 3), prices=RotationPrices(early=1)), seed=1, effort=0.01)
    begin, busy = time.monotonic(), time.process_time()
    watch = Watch(Limits(seconds=given.seconds, workers=given.workers), time.monotonic)
    rotations = plan_rotations(problem, composed, watch, time.monotonic, {})
    parts = [(r.result.balance, r.result.rest) for r in rotations]
    above = sum(balance is not None and balance.objective > balance.bound for balance, _ in parts)
    rest = [0 if part is None else part.objective for _, part in parts]
    fifth = max(1, len(rest) // 5)
    print(
        f"{given.networks} networks, {given.seconds:.0f} s asked: {time.monotonic() - begin:.1f} s, "
        f"{time.process_time() - busy:.1f} s of processor, "
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB; "
        f"{above} balances above their limit; rest {sum(rest[:fifth]) / fifth:.0f} first, "
        f"{sum(rest[-fifth:]) / fifth:.0f} last"
    )


if __name__ == "__main__":
    main()
