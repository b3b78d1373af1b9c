"""What an organiser may trust: every number is found again, what is called best is best, what cannot be is said so."""

from __future__ import annotations

import csv
import itertools
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from service.cli import main
from tests.outside.programmes import random_programme, toml, write_programme
from tests.outside.recount import Net, Programme, column, differences, over_trios, sizes

Rows = list[dict[str, str]]


def kring(*arguments: object) -> Result:
    """Runs one command."""
    return CliRunner().invoke(main, [str(a) for a in arguments])


def composed(programme: Path, *more: object) -> dict[str, Any]:
    """The proposal for a programme, counted again by this checker and by Kring's own."""
    done = kring("compose", programme, "-o", programme.parent / "out", "--json", *(more or ("--effort", 1)))
    assert done.exit_code == 0, done.output
    path = programme.parent / "out" / "proposal.json"
    proposal: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    assert json.loads(done.stdout) == proposal
    assert list(differences(Programme.read(programme), proposal)) == []
    assert kring("check", programme, path).exit_code == 0
    return proposal


def written(folder: Path, rows: Rows, networks: dict[str, Any], rules: list[dict[str, Any]], **more: Any) -> Path:
    """A programme with its candidates in one folder; without meetings unless `more` has them."""
    with (folder / "c.csv").open("w", encoding="utf-8", newline="") as file:
        lines = csv.DictWriter(file, list(rows[0]))
        lines.writeheader()
        lines.writerows(rows)
    fixed = networks.pop("fixed", [])
    sections = {"": {"name": "Test", "candidates": "c.csv", "language": "en"}, "networks": networks}
    sections["meetings"] = more.pop("meetings", {"count": 0})
    return write_programme(folder, sections, {"networks.fixed": fixed, "rules": rules, **more})


@pytest.mark.parametrize("seed", range(10))
def test_every_number_of_a_proposal_is_found_again(tmp_path: Path, seed: int) -> None:
    """Whatever the networks, rules, meetings and spellings, three independent counts agree."""
    done = kring("compose", random_programme(tmp_path, seed), "-o", tmp_path / "out", "--effort", 1, "--json")
    if done.exit_code == 3:
        assert json.loads(done.stderr)["conflicts"], "impossible, and nobody says why"
        return
    assert done.exit_code == 0, done.output
    proposal = json.loads(done.stdout)
    assert list(differences(Programme.read(tmp_path / "programme.toml"), proposal)) == []
    assert kring("check", tmp_path / "programme.toml", tmp_path / "out" / "proposal.json").exit_code == 0


# -- what is called best is best -------------------------------------------------------------------------------------


def mixed(number: int, networks: int, seed: int) -> Rows:
    """People who can be divided perfectly: every organisation, sector and role once or evenly in every network."""
    rows = [
        {
            "sector": f"sector {j % 5}",
            "role": f"role {j % 2}",
            "organisation": f"organisation {j}",
            "language": ("nl", "fr")[g % 2],
            "available": ("mon", "tue", "wed")[g % 3],
        }
        for g in range(networks)
        for j in range(number // networks)
    ]
    random.Random(seed).shuffle(rows)
    return [{"id": f"c{i}", **row} for i, row in enumerate(rows)]


def exactly(number: int, networks: int) -> dict[str, Any]:
    """So many networks of one size, with a place for everybody."""
    size = number // networks
    return {"count": networks, "min_size": size, "max_size": size, "waitlist": "never"}


@pytest.mark.parametrize(("number", "networks"), [(30, 3), (60, 6), (120, 12)])
def test_a_perfect_division_is_found_and_proven(tmp_path: Path, number: int, networks: int) -> None:
    """Where networks exist in which every wish holds, Kring finds them."""
    rules: list[dict[str, Any]] = [
        {"rule": "spread", "attribute": "sector", "weight": 5},
        {"rule": "distinct", "attribute": "organisation", "weight": 3},
        {"rule": "same", "attribute": "language", "weight": 4},
        {"rule": "balance", "attribute": "role", "weight": 2},
        {"rule": "available", "weight": 2},
    ]
    path = written(tmp_path, mixed(number, networks, 1), exactly(number, networks), rules)
    proposal = composed(path, "--effort", 5)
    assert (proposal["status"], proposal["composition"]["objective"]) == ("optimal", 0)


@pytest.mark.parametrize(("number", "networks"), [(30, 3), (60, 6), (120, 12)])
def test_what_cannot_be_avoided_is_paid_once(tmp_path: Path, number: int, networks: int) -> None:
    """Three women too few for two in every network cost three, at a weight of 5; nothing else need cost anything."""
    rows = mixed(number, networks, 2)
    for i, row in enumerate(rows):
        row["gender"] = "woman" if i < 2 * networks - 3 else "man"
    rules: list[dict[str, Any]] = [
        {"rule": "limit", "attribute": "gender", "value": "woman", "min": 2, "weight": 5},
        {"rule": "distinct", "attribute": "organisation", "weight": 3},
    ]
    proposal = composed(written(tmp_path, rows, exactly(number, networks), rules), "--effort", 5)
    assert (proposal["composition"]["objective"], proposal["composition"]["bound"]) == (15, 15)


def assignments(programme: Programme) -> Iterator[list[Net]]:
    """Every way to seat the candidates in the fixed networks or on the waitlist, sizes respected."""
    asks = programme.data["networks"]
    names = list(programme.fixed())
    for seats in itertools.product([*names, None], repeat=len(programme.people)):
        if asks["waitlist"] == "never" and None in seats:
            continue
        nets = [
            Net(name, tuple(m for m, at in zip(programme.people, seats, strict=True) if at == name)) for name in names
        ]
        if all(asks["min_size"] <= len(net.members) <= asks["max_size"] for net in nets):
            yield nets


def best_of_all(programme: Programme) -> tuple[int, int] | None:
    """Fewest waiting, then the least weighted sum, by trying everything; None where nothing is allowed."""
    rules = [r for r in programme.rules if not over_trios(r)]
    ranks = []
    for nets in assignments(programme):
        prices = [(r, programme.price(r, nets)) for r in rules]
        if not any(p and r.get("strength") == "must" for r, p in prices):
            soft = sum(r["weight"] * p for r, p in prices if r.get("strength") != "must")
            ranks.append((len(programme.people) - sum(len(net.members) for net in nets), soft))
    return min(ranks, default=None)


@pytest.mark.parametrize("seed", range(12))
def test_what_is_called_best_is_best_and_what_is_called_impossible_is(tmp_path: Path, seed: int) -> None:
    """Six people, two networks: all 729 ways are tried."""
    dice = random.Random(seed)
    rows = [
        {
            "id": f"c{i}",
            "role": dice.choice(("coach", "Coach ", "manager", "")),
            "sector": dice.choice(("zorg", "bouw", "zorg|bouw")),
            "years": dice.choice(("1", "3,5", "9", "")),
            "asks": dice.choice(("feedback", "onthaal", "")),
            "offers": dice.choice(("feedback", "onthaal", "")),
            "wens": dice.choice(("A", "b", "")),
        }
        for i in range(6)
    ]
    rules: list[dict[str, Any]] = [
        {"rule": "spread", "attribute": "sector", "min_values": 2, "strength": dice.choice(("must", ""))},
        {"rule": "not_alone", "attribute": "role", "strength": dice.choice(("must", ""))},
        {"rule": "balance", "attribute": "years"},
        {"rule": "wish"},
        {"rule": "exchange"},
        {"rule": "apart", "pairs": [["c0", "c1"], ["c1", "c2"]], "strength": dice.choice(("must", ""))},
        {"rule": "together", "groups": [["c3", "c4", "c5"]], "strength": dice.choice(("must", "", ""))},
        {"rule": "diverse", "attributes": ["role", "years"]},
    ]
    chosen = [
        {k: v for k, v in r.items() if v} | ({} if r.get("strength") else {"weight": dice.choice((1, 3, 20))})
        for r in dice.sample(rules, 4)
    ]
    most, waitlist = dice.choice((2, 3, 4)), dice.choice(("allowed", "never"))
    networks = {"count": 2, "min_size": 2, "max_size": most, "waitlist": waitlist}
    path = written(tmp_path, rows, networks | {"fixed": [{"name": "A"}, {"name": "B"}]}, chosen)
    best = best_of_all(Programme.read(path))
    if best is None:
        assert kring("compose", path, "-o", tmp_path / "out").exit_code == 3
        return
    part = composed(path, "--effort", 3)["composition"]
    assert part["status"] == "optimal"
    assert (part["waiting"], part["objective"]) == (part["least_waiting"], part["bound"]) == best


# -- readings that are easily got wrong ------------------------------------------------------------------------------


def penalty(proposal: dict[str, Any], name: str) -> int:
    """The stated penalty of a rule over networks."""
    return next(int(r["penalty"]) for r in proposal["rules"] if r["name"] == name)


def test_a_rule_for_some_networks_costs_nothing_in_the_others(tmp_path: Path) -> None:
    """Nobody can lead: that costs 1 in A by the first rule, and 1 in each of four networks by the second."""
    fixed = [{"name": name} for name in "ABCD"]
    rules: list[dict[str, Any]] = [
        {"rule": "facilitated", "networks": ["A"], "weight": 3},
        {"rule": "facilitated", "weight": 1000},
        {"rule": "not_alone", "attribute": "role", "at_least": 3, "weight": 2},
    ]
    rows = [{"id": f"c{i}", "role": f"r{i % 5}"} for i in range(20)]
    networks = {"count": 4, "min_size": 4, "max_size": 6, "waitlist": "never", "fixed": fixed}
    proposal = composed(written(tmp_path, rows, networks, rules))
    assert (penalty(proposal, "facilitated"), penalty(proposal, "facilitated 2")) == (1, 4)


def test_repeats_cost_what_they_come_too_soon(tmp_path: Path) -> None:
    """Five people in one group at three meetings: ten pairs repeat twice, each time 5 - 1 = 4 too soon."""
    rows = [{"id": f"c{i}"} for i in range(5)]
    networks = {"count": 1, "min_size": 5, "max_size": 5, "waitlist": "never"}
    path = written(tmp_path, rows, networks, [{"rule": "spaced", "gap": 5}], meetings={"count": 3})
    assert composed(path)["rotations"][0]["rest"]["objective"] == 80


def test_a_given_slot_is_stated_as_the_programme_writes_it(tmp_path: Path) -> None:
    """However the candidates type it."""
    rows = [{"id": f"c{i}", "available": "MON-PM"} for i in range(4)]
    networks = {"count": 1, "fixed": [{"name": "A", "slot": "mon-pm"}]}
    path = written(tmp_path, rows, networks, [{"rule": "available"}])
    assert composed(path)["networks"][0]["slot"] == "mon-pm"


@pytest.mark.parametrize(
    ("present", "asked", "expected"),
    [
        (5, {}, [5]),
        (7, {}, [4, 3]),
        (8, {}, [4, 4]),
        (7, {"group_size": 4}, [4, 3]),
        (11, {"group_size": 4}, [4, 4, 3]),
        (8, {"remainder": "smaller"}, [3, 3, 2]),
        (9, {"groups": 2}, [5, 4]),
    ],
)
def test_groups_of_a_meeting_have_the_sizes_promised(
    tmp_path: Path, present: int, asked: dict[str, Any], expected: list[int]
) -> None:
    """Nobody sits in a pair by default, and sizes differ by at most one."""
    rows = [{"id": f"c{i}"} for i in range(present)]
    networks = {"count": 1, "min_size": present, "max_size": present, "waitlist": "never"}
    proposal = composed(written(tmp_path, rows, networks, [{"rule": "early"}], meetings={"count": 2, **asked}))
    for meeting in proposal["rotations"][0]["meetings"]:
        assert sorted((len(t["members"]) for t in meeting["trios"]), reverse=True) == expected == sizes(present, asked)


# -- doors -----------------------------------------------------------------------------------------------------------


def test_every_planted_fault_is_named_at_once(tmp_path: Path) -> None:
    """One of every fault a row can have; nothing is written, and standard output stays empty."""
    empty = dict.fromkeys(("name", "email", "niet met", "avec"), "")
    good = empty | {"years": "3", "meetings": "9", "wens": "A", "regio": "X"}
    faults: list[dict[str, str]] = [
        {"id": "a1"},
        {"id": "a1"},
        {"id": ""},
        {"id": "a4", "email": "no address"},
        {"id": "a5", "years": "many"},
        {"id": "a6", "meetings": "ten"},
        {"id": "a7", "niet met": "stranger"},
        {"id": "a8", "avec": "stranger"},
        {"id": "a9", "wens": "C"},
        {"id": "a10", "regio": "Y"},
    ]
    networks = {"count": 1, "fixed": [{"name": "A"}]}
    path = written(tmp_path, [{"id": row["id"], **good, **row} for row in faults], networks, [{"rule": "wish"}])
    path.write_text(path.read_text(encoding="utf-8") + '[vocabularies]\nregio = ["X"]\n', encoding="utf-8")
    done = kring("compose", path, "--json")
    named = {(e["row"], column(e["column"])) for e in json.loads(done.stderr)["errors"]}
    assert done.exit_code == 2
    assert done.stdout == ""
    assert named == {
        (row, column(head))
        for row, head in enumerate(("id", "id", "email", "years", "meetings", "niet met", "avec", "wens", "regio"), 3)
    }
    assert {p.name for p in tmp_path.iterdir()} == {"c.csv", "programme.toml"}


def test_who_refuses_is_set_aside_and_counts_nowhere(tmp_path: Path) -> None:
    """A no to consent is not a fault: the row is reported, and the person is neither placed nor waiting."""
    rows = [{"id": f"c{i}", "toestemming": "Neen" if i == 2 else ""} for i in range(6)]
    proposal = composed(written(tmp_path, rows, {"count": 1, "waitlist": "never"}, [{"rule": "exchange"}]))
    assert [row["row"] for row in proposal["set_aside"]] == [4]
    assert "c2" not in [*proposal["networks"][0]["members"], *proposal["waitlist"]]


def test_a_contradiction_is_named_by_its_rules_and_limits(tmp_path: Path) -> None:
    """Three colleagues cannot be kept apart in two networks where everybody must be placed."""
    rows = [{"id": f"c{i}", "firma": "Acme" if i < 3 else f"f{i}"} for i in range(8)]
    rules: list[dict[str, Any]] = [
        {"name": "no colleagues", "rule": "distinct", "attribute": "firma", "strength": "must"},
        {"rule": "exchange"},
    ]
    path = written(tmp_path, rows, {"count": 2, "min_size": 2, "waitlist": "never"}, rules)
    done = kring("compose", path, "--json")
    found = json.loads(done.stderr)["conflicts"]
    assert done.exit_code == 3
    assert [c["rules"] for c in found] == [["no colleagues"]]
    assert set(found[0]["limits"]) == {"networks.count", "networks.waitlist"}


def test_the_same_effort_gives_the_same_bytes(tmp_path: Path) -> None:
    """With facilitators and a free number of networks, twice over; only the seconds differ."""
    path = random_programme(tmp_path, 3)
    seen = []
    for out in ("one", "two"):
        done = kring("compose", path, "-o", tmp_path / out, "--effort", 1, "--seed", 5, "--workers", 2, "--json")
        assert done.exit_code == 0, done.output
        proposal = json.loads((tmp_path / out / "proposal.json").read_text(encoding="utf-8")) | {"seconds": 0}
        csvs = [(tmp_path / out / name).read_bytes() for name in ("networks.csv", "trios.csv")]
        seen.append((json.dumps(proposal), csvs))
    assert seen[0] == seen[1]


def test_a_programme_of_this_checker_is_toml() -> None:
    """Nested values come out inline."""
    assert toml({"a": [1, "é"], "b": True}) == '{ "a" = [1, "é"], "b" = true }'
