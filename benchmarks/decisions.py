"""How long decisions take once everything is loaded, and how good they are beside composing afresh.

python benchmarks/decisions.py [conflicts] [what-if] [repair] [national] [place] [explain]

Wall and processor seconds of one process; the machine's other work counts in the first.
"""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from service.changes import Changes, Scenario
from service.compose import answer
from service.conflicts import explained
from service.explain import Explainer
from service.files import NoFiles
from service.intake.tables import Objects
from service.place import Placer
from service.reading import Asked, asked_of, load
from service.repair import mend, repair_limits
from service.scenario import changed
from service.warm import warm_up
from service.what_if import what_if_each
from solver.compose import compose
from solver.limits import Limits, Watch
from solver.repair import Wanted

FIXTURES = Path(__file__).parent.parent / "fixtures"
WORKERS = 2


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Prints how long it took."""
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    print(f"{what:<58} {time.perf_counter() - wall:6.2f} s wall {time.process_time() - cpu:6.2f} s cpu")


def baseline(asked: Asked, effort: int = 5) -> dict[str, Any]:
    """A proposal to decide beside."""
    found = answer(asked, Limits(effort=effort, workers=WORKERS)).proposal
    if found is None:
        raise SystemExit("nothing to decide beside")
    return found


def contradicting() -> Asked:
    """120 people and 125 rules that must hold, with three contradictions of which one is by counting."""
    dice = random.Random(1)
    people = [
        {
            "id": f"c{i}",
            "gender": "woman" if i < 36 else "man",
            "organisation": f"o{i // 3}",
            "sector": f"s{i % 9}",
            "region": f"r{i % 5}",
        }
        for i in range(120)
    ]
    rules: list[dict[str, Any]] = [
        {"rule": "limit", "name": "six women", "attribute": "gender", "value": "woman", "min": 6},
        {"rule": "distinct", "attribute": "organisation"},
        {"rule": "spread", "attribute": "region", "min_values": 3},
        {"rule": "together", "name": "friends", "groups": [["c3", "c7"]]},
        {"rule": "apart", "name": "rivals", "pairs": [["c3", "c7"]]},
        {
            "rule": "apart",
            "name": "eleven rivals",
            "pairs": [[f"c{a}", f"c{b}"] for a in range(100, 111) for b in range(100, a)],
        },
    ]
    rules += [{"rule": "limit", "attribute": "sector", "value": f"s{s}", "max": 4} for s in range(9)]
    while len(rules) < 125:
        one, other = dice.sample(range(120), 2)
        rules.append({"rule": "apart", "name": f"apart {len(rules)}", "pairs": [[f"c{one}", f"c{other}"]]})
    programme = {
        "name": "contradicting",
        "networks": {"count": 10, "min_size": 8, "max_size": 14, "waitlist": "never"},
        "meetings": {"count": 0},
        "rules": [{**rule, "strength": "must"} for rule in rules]
        + [{"rule": "balance", "attribute": "sector", "weight": 2}],
    }
    return asked_of(programme, Objects("people", people), NoFiles())


def conflicts() -> None:
    """Contradictions at 120 people and 125 rules."""
    asked = contradicting()
    with timed("conflicts, 120 people, 125 rules, with ways out"):
        found = explained(asked, Limits(20, workers=WORKERS))
    for told in found.conflicts:
        print(f"    {told.text}")
    for way in found.ways:
        print(f"  > {way.text}")
    print(f"    complete: {found.complete}")


def scenarios(asked: Asked) -> list[Scenario]:
    """Twenty: people who leave, sizes, weights, rules left out."""
    dice = random.Random(3)
    rules = [r.name for r in asked.question.programme.rules if not r.within_trio and not r.must]
    found = []
    for i in range(20):
        changes = [
            Changes(set=(("networks.max_size", 16 + i // 4),)),
            Changes(weight=((dice.choice(rules), dice.randint(1, 12)),)),
            Changes(without=(dice.choice(rules),)),
            Changes(drop=tuple(dice.sample(asked.question.ids, 3))),
        ][i % 4]
        found.append(Scenario(f"{i} {changes.line()}", changes))
    return found


def what_if() -> None:
    """Twenty scenarios at 120 people from one warm start, beside composing each afresh for as long."""
    asked = load(FIXTURES / "technical-services" / "programme.toml")
    before = baseline(asked)
    row = scenarios(asked)
    with timed("what-if, 120 people, twenty scenarios, --time-limit 5"):
        found = what_if_each(asked, before, row, Limits(5, workers=WORKERS))
    worst = []
    for each in found.compared:
        watch = Watch(Limits(0.25, workers=WORKERS), time.monotonic)
        afresh = compose(each.question.problem, watch, lambda progress: None)
        mine = each.composed.objective
        if mine is None or afresh.objective is None:
            raise SystemExit(f"no answer: {each.scenario.name}")
        worst.append(mine / max(1, afresh.objective) - 1)
    print(f"    beside afresh for 0.25 s: worst {max(worst):+.2%}, mean {statistics.mean(worst):+.2%}")


def changes_of(asked: Asked, leave: int, join: int, seed: int) -> Changes:
    """Some leave at random; others come in who are like some that stay."""
    dice = random.Random(seed)
    people = asked.question.candidates.candidates
    out = dice.sample([person.id for person in people], leave)
    like = dice.sample([person for person in people if person.id not in out], join)
    personal = {"id", "email", "apart_from", "together_with", "name", "first_name", "last_name"}
    rows = [
        {"id": f"n{number}", **{k: "|".join(v) for k, v in person.cells.items() if k not in personal}}
        for number, person in enumerate(like)
    ]
    return Changes(drop=tuple(out), add=(Objects("joiners", rows),))


def repair_one(asked: Asked, before: dict[str, Any], leave: int, join: int, seed: int, afresh: float) -> None:
    """One repair, beside composing afresh."""
    changes = changes_of(asked, leave, join, seed)
    with timed(f"repair, {len(asked.question.ids)} people, {leave} leave, {join} join, seed {seed}"):
        mended = mend(asked, before, changes, repair_limits(None, None, 1, WORKERS), from_meeting=3, wanted=Wanted())
    sizes = {network["name"]: len(network["members"]) for network in before["networks"]}
    problem = changed(asked, changes, names=sizes).question.problem
    scratch = compose(problem, Watch(Limits(afresh, workers=WORKERS), time.monotonic), lambda progress: None)
    cost = scratch.objective
    shown = [(c.moves, c.objective, f"{c.objective / max(1, cost or 1) - 1:+.1%}") for c in mended.repaired.choices]
    print(f"    (moves, cost, beside afresh {cost} in {afresh:g} s): {shown}")


def repair() -> None:
    """120 people, 3 drop-outs and 5 joiners."""
    asked = load(FIXTURES / "technical-services" / "programme.toml")
    before = baseline(asked)
    for seed in (3, 4, 5, 6):
        repair_one(asked, before, 3, 5, seed, 5.0)


def national() -> None:
    """A thousand people in a hundred networks."""
    with TemporaryDirectory() as folder:
        command = [sys.executable, str(FIXTURES / "generate.py"), "national", "1000", folder]
        subprocess.run(command, check=True)
        asked = load(Path(folder) / "programme.toml")
        repair_one(asked, baseline(asked, 20), 10, 15, 3, 10.0)


def place() -> None:
    """A newcomer at 120 and at 300 people, two hundred times."""
    for name in ("technical-services", "hr-managers"):
        asked = load(FIXTURES / name / "programme.toml")
        before = baseline(asked, 1)
        placer = Placer(asked, before)
        dice = random.Random(1)
        spent = []
        for number in range(200):
            person = dice.choice(asked.question.candidates.candidates)
            skip = {"id", "email", "apart_from", "together_with"}
            cells = {k: "|".join(v) for k, v in person.cells.items() if k not in skip}
            start = time.perf_counter()
            placer.rank(placer.read(Objects("newcomer", [{**cells, "id": f"new{number}"}]))[0])
            spent.append(1000 * (time.perf_counter() - start))
        spent.sort()
        print(
            f"place, {len(asked.question.ids)} people, {len(before['networks'])} networks: median {spent[100]:.0f} ms, "
            f"p99 {spent[197]:.0f} ms"
        )


def explain() -> None:
    """One person at 120 people."""
    asked = load(FIXTURES / "technical-services" / "programme.toml")
    explainer = Explainer(asked, baseline(asked, 1))
    with timed("explain, 120 people, seven other networks"):
        explainer.explain("c3", Limits(20, effort=1, workers=WORKERS))


ALL: dict[str, Callable[[], None]] = {
    "conflicts": conflicts,
    "what-if": what_if,
    "repair": repair,
    "national": national,
    "place": place,
    "explain": explain,
}

if __name__ == "__main__":
    warm_up()
    for chosen in sys.argv[1:] or ALL:
        ALL[chosen]()
