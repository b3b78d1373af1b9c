"""Attribute balance over rounds, as groupselect-lib asks it: `python benchmarks/balance_over_rounds.py FILE ...`.

For each CSV file, people in some groups for some rounds: every column named is to have its proportional share in every
group (the rule `balance` within trios), and pairs are to meet as seldom as can be. Prints, once with the balance as a
must and once with an even spread first, how many seats lie outside the rounded-down to rounded-up share, how many
repeats there are beside the fewest possible, and the seconds.
"""

from __future__ import annotations

import argparse
import csv
import time
from pathlib import Path

from solver import MUST, Category, Meetings, Network, Pool, Problem
from solver.rotating import question
from solver.rotation.solve import rotate
from solver.rules.balance import Balance


def pool_of(path: Path, columns: list[str]) -> Pool:
    """The people of a file with these columns."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    categories = {}
    for column in columns:
        names = sorted({row[column] for row in rows})
        categories[column] = Category(tuple(names), tuple((names.index(row[column]),) for row in rows))
    return Pool(tuple(str(number) for number in range(len(rows))), categories)


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--columns", required=True, help="separated by commas")
    parser.add_argument("--groups", type=int, required=True)
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--seconds", type=float, default=3.0)
    given = parser.parse_args()
    columns = given.columns.split(",")
    pool = pool_of(given.file, columns)
    for how in (MUST, 1):
        problem = Problem(
            pool=pool,
            networks=(Network("all", min_size=pool.size, max_size=pool.size),),
            min_count=1,
            trio_rules=tuple(Balance(name=column, attribute=column, strength=how) for column in columns),
            meetings=Meetings(count=given.rounds, groups=given.groups),
        )
        posed = question(problem, 0, range(pool.size))
        begin = time.monotonic()
        result = rotate(posed, seed=1, deadline=begin + given.seconds, clock=time.monotonic)
        took = time.monotonic() - begin
        found = result.penalties
        told = "nothing found" if found is None else (
            f"{found.trio_broken + found.trio_weighted} outside, {result.repeats} repeats "
            f"(least {result.least_repeats})"
        )  # fmt: skip
        print(f"balance {'must hold' if how is MUST else 'after the spread'}: {told}, {took:.1f} s")


if __name__ == "__main__":
    main()
