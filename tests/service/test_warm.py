"""Warming up: what is compiled then is all that composing and planning ever call."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numba as nb
import pytest

from solver.ahead import Job, of_few, of_meetings, of_search
from solver.beside import ALL, MANY, MEETINGS, PARTS, Beside
from solver.search import anneal
from solver.terms.folder import complete

REPOSITORY = Path(__file__).parent.parent.parent
SMALL = ("career-counsellors", "education-domain", "sustainable-careers", "team-leaders", "sme-owners")
"""Fixtures of up to fifty people; with rules within the trio and over the meetings between them."""

NEW = """
import random
import sys
from dataclasses import replace
from pathlib import Path

from service.compose import answer
from service.reading import load
from service.warm import warm_up
from solver.ahead import do, of_few, of_led, of_meetings
from solver.appoint import draw
from solver.chain import FEW
from solver.compose import compose
from solver.limits import Limits, Watch
from solver.problem import Network
from solver.rotation import kernels
from solver.rules import MUST
from solver.reassign import reassign
from solver.search import anneal
from tests.solver.worlds import NETWORK_RULES, a_problem

unheard = lambda progress: None
warm_up()
do([*of_meetings(), *of_few(), *of_led()])
called = [anneal, reassign, draw, *(each for each in vars(kernels).values() if hasattr(each, "overloads"))]
before = {each.py_func.__name__: set(each.overloads) for each in called}
assert len(before) == 9, before
for kind in NETWORK_RULES:
    for seed in range(3):
        for musts in (0.0, 1.0):
            problem = a_problem(random.Random(seed), 9, [kind], musts=musts)
            compose(problem, Watch(Limits(effort=1), lambda: 0.0), unheard)
crowd = a_problem(random.Random(1), 60, [kind for kind in NETWORK_RULES if kind.rule not in ("together", "diverse")])
many = tuple(Network(f"n{k}", 1, 4) for k in range(FEW + 2))
compose(replace(crowd, networks=many, min_count=len(many)), Watch(Limits(effort=1), lambda: 0.0), unheard)
for fixture in sys.argv[1:]:
    answer(load(Path("fixtures") / fixture / "programme.toml"), Limits(effort=1))
for each in called:
    for signature in set(each.overloads) - before[each.py_func.__name__]:
        print(each.py_func.__name__, signature)
"""


def test_nothing_is_compiled_after_warming_up() -> None:
    """Every rule over networks, as a must and with a weight, and fixtures with meetings: no kernel has a new signature.

    In a process of its own: numbers that other tests make up may be larger than those of any programme.
    """
    command = [sys.executable, "-c", NEW, *SMALL]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


@pytest.mark.parametrize("job", [*of_search(beside=False), *of_search(beside=True)], ids=lambda job: job[0].__module__)
def test_a_part_of_the_search_is_compiled_for_what_the_search_gives_it(job: Job) -> None:
    """The arrays of a term are a part of the board for which the search is compiled, and all else are whole numbers."""
    _, (board, *others) = job
    anneal_takes = {field for signature in anneal.overloads for field in signature[0].types}
    if anneal_takes:
        assert nb.typeof(board) in anneal_takes
    assert {nb.typeof(other) for other in others} <= {nb.int64, nb.int64[::1]}


def test_every_part_of_the_search_is_compiled_ahead() -> None:
    """Each term has a `change`, and a `commit` where it has a state; one half has none of the other."""
    mine, others = ([kernel for kernel, _ in of_search(beside=beside)] for beside in (False, True))
    assert not set(mine) & set(others)
    names = sorted(f"{kernel.__module__.rpartition('.')[2]}.{kernel.__name__}" for kernel in [*mine, *others])
    stateful = ("best", "count", "cover", "home", "likeness", "mean", "scatter", "variety")
    assert names == sorted(
        [f"{term}.commit" for term in stateful] + [f"{term}.change" for term in (*stateful, "pairs", "place")]
    )


def test_each_kernel_of_the_meetings_is_compiled_ahead() -> None:
    """All that the package of kernels exports."""
    from solver.rotation import kernels

    exported = {each for each in vars(kernels).values() if hasattr(each, "overloads")}
    assert {kernel for kernel, _ in [*of_meetings(), *of_few()]} == exported


def test_whoever_waits_for_a_process_that_fails_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it would have compiled is then compiled by whoever needs it; nobody waits for ever."""
    monkeypatch.setattr(sys, "executable", "false")
    helper = Beside()
    for stage in (PARTS, MEETINGS, MANY, ALL):
        helper.wait_for(stage)


def test_a_process_that_has_nothing_to_compile_says_so_stage_by_stage() -> None:
    """Each stage is heard once; after the last the process is gone."""
    helper = Beside()
    for stage in (PARTS, MEETINGS, MANY, ALL):
        helper.wait_for(stage)
    assert complete()
