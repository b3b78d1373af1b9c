"""Decisions on the command line, as an organiser meets them: files, exit codes, and what is left alone."""

from __future__ import annotations

import csv
import json
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from service.cli import main
from service.words import LANGUAGES
from tests.outside.programmes import toml
from tests.service.small import people, programme


def kring(*arguments: object) -> Result:
    """Runs a command in this process."""
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def write(folder: Path, rows: list[dict[str, Any]] | None = None, **more: Any) -> Path:
    """The small programme and its candidates as files."""
    rows = rows or people()
    with (folder / "people.csv").open("w", newline="") as file:
        lines = csv.DictWriter(file, list(rows[0]))
        lines.writeheader()
        lines.writerows(rows)
    tables = programme(**more) | {"candidates": "people.csv"}
    (folder / "programme.toml").write_text("".join(f"{key} = {toml(value)}\n" for key, value in tables.items()))
    return folder / "programme.toml"


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the programme, its proposal in `programme/`, and a newcomer in new.csv."""
    folder = tmp_path_factory.mktemp("decide")
    path = write(folder)
    done = kring("compose", path, "--effort", 1, "--workers", 1)
    assert done.exit_code == 0, done.output
    (folder / "new.csv").write_text("id,sector,organisation,role\nn1,care,elders,coach\n")
    return folder


@pytest.fixture(autouse=True)
def baseline_stays(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a command does, the programme, its candidates and the baseline have the bytes they had."""
    if "work" not in request.fixturenames:
        yield
        return
    folder: Path = request.getfixturevalue("work")
    files = [folder / "programme.toml", folder / "people.csv", *sorted((folder / "programme").iterdir())]
    before = [file.read_bytes() for file in files]
    yield
    assert [file.read_bytes() for file in files] == before


def baseline(work: Path) -> Path:
    """The proposal to decide beside."""
    return work / "programme" / "proposal.json"


QUICK = ("--effort", 1, "--workers", 1)


# what-if


def test_what_if_lays_both_sides_beside_each_other(work: Path) -> None:
    """The object of the contract; rules on both sides, and everybody whose place differs."""
    done = kring("what-if", work / "programme.toml", "--baseline", baseline(work), "--drop", "c4", *QUICK, "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    stated = json.loads(baseline(work).read_text())
    assert told["baseline"]["objective"] == stated["composition"]["objective"]
    assert {"objective", "bound", "gap", "rules"} <= told["scenario"].keys()
    assert [row["name"] for row in told["rules"]] == [row["name"] for row in stated["rules"]]
    assert [row["baseline"] for row in told["rules"]] == [row["penalty"] for row in stated["rules"]]
    assert [row["id"] for row in told["left"]] == ["c4"]
    assert all(row["id"] != "c4" and row["from"] != row["to"] for row in told["moved"])
    assert not (work / "programme" / "comparison.json").exists()


def test_a_saved_scenario_is_made_again_by_its_line_and_recounted(work: Path, tmp_path: Path) -> None:
    """The line in the proposal gives the same bytes; check agrees, with the same changes."""
    changes = ["--set", "networks.max_size=6", "--weight", "exchange=4", "--add", work / "new.csv"]
    done = kring(
        "what-if", work / "programme.toml", "--baseline", baseline(work), *changes, *QUICK, "-o", tmp_path / "a"
    )
    assert done.exit_code == 0, done.output
    stated = json.loads((tmp_path / "a" / "proposal.json").read_text())
    line = shlex.split(stated["scenario"]["line"])
    assert kring(*line[1:], "-o", tmp_path / "b").exit_code == 0
    again = json.loads((tmp_path / "b" / "proposal.json").read_text())
    assert stated | {"seconds": 0} == again | {"seconds": 0}
    checked = kring("check", work / "programme.toml", tmp_path / "a" / "proposal.json", *changes)
    assert checked.exit_code == 0, checked.output
    assert (tmp_path / "a" / "comparison.html").read_text().startswith("<!doctype html>")


def test_a_sweep_is_a_table_a_picture_and_a_folder_each(work: Path, tmp_path: Path) -> None:
    """Each scenario can be made again by itself, byte for byte; an impossible one says so in its row."""
    asked = (work / "programme.toml", "--baseline", baseline(work), *QUICK)
    done = kring("what-if", *asked, "--sweep", "networks.count=2..4", "-o", tmp_path / "out", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert [row["value"] for row in told["scenarios"]] == ["2", "3", "4"]
    # Two networks of five leave two waiting; five are never asked for; all three can be formed.
    assert [row["scenario"]["waiting"] for row in told["scenarios"]] == [2, 0, 0]
    page = (tmp_path / "out" / "sweep.html").read_text()
    assert page.count("<svg") >= 3
    assert "http" not in page.replace("http-equiv", "")
    for row in told["scenarios"][::2]:
        stated = json.loads((tmp_path / "out" / row["saved"] / "proposal.json").read_text())
        again = kring(*shlex.split(row["line"])[1:], "-o", tmp_path / "again")
        assert again.exit_code == 0, again.output
        folder = tmp_path / "again" / f"01-set-networks-count-{row['value']}"
        made = json.loads((folder / "proposal.json").read_text())
        ignored = {"seconds": 0, "scenario": None}
        assert stated | ignored == made | ignored
    impossible = kring("what-if", *asked, "--sweep", "networks.count=4,5", "--json")
    assert [row["status"] for row in json.loads(impossible.stdout)["scenarios"]][1] == "infeasible"


def test_a_file_of_scenarios_is_a_row(work: Path) -> None:
    """On top of what they have in common."""
    (work / "row.txt").write_text("larger: --set networks.max_size=6\nwithout: --without exchange\n")
    done = kring("what-if", work / "programme.toml", "--baseline", baseline(work), "--scenarios", work / "row.txt",
                 "--drop", "c3", *QUICK, "--json")  # fmt: skip
    rows = json.loads(done.stdout)["scenarios"]
    assert [row["name"] for row in rows] == ["larger", "without"]
    assert all([left["id"] for left in row["left"]] == ["c3"] for row in rows)


def test_what_if_on_a_contradiction_says_what_conflicts_says(work: Path) -> None:
    """Exit code 3 and the conflict, with the changes in it."""
    done = kring("what-if", work / "programme.toml", "--baseline", baseline(work), "--set", "networks.count=9",
                 *QUICK, "--json")  # fmt: skip
    assert done.exit_code == 3
    (conflict,) = json.loads(done.stderr)["conflicts"]
    assert conflict["limits"] == ["networks.count", "networks.min_size"]


# repair


@pytest.fixture(scope="module")
def repaired(work: Path) -> dict[str, Any]:
    """Somebody drops out after two meetings and somebody joins."""
    done = kring("repair", work / "programme.toml", "--baseline", baseline(work), "--drop", "c4", "--add",
                 work / "new.csv", "--from-meeting", 3, *QUICK, "-o", work / "mended")  # fmt: skip
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads((work / "mended" / "proposal.json").read_text())
    return found


def test_past_meetings_are_copied_to_the_letter(work: Path, repaired: dict[str, Any]) -> None:
    """Those who dropped out included; who joins is in none of them, neither in trios nor absent."""
    before = {each["network"]: each["meetings"] for each in json.loads(baseline(work).read_text())["rotations"]}
    for rotation in repaired["rotations"]:
        assert rotation["meetings"][:2] == before[rotation["network"]][:2]
        coming = str(rotation["meetings"][2:])
        assert "'c4'" not in coming
    assert any("'c4'" in str(rotation["meetings"][:2]) for rotation in repaired["rotations"])
    assert any("'n1'" in str(rotation["meetings"][2:]) for rotation in repaired["rotations"])


def test_networks_in_which_nothing_changes_keep_what_was_announced(work: Path, repaired: dict[str, Any]) -> None:
    """All meetings, not only the past ones."""
    before = {each["network"]: each for each in json.loads(baseline(work).read_text())["rotations"]}
    touched = next(choice for choice in repaired["repair"]["choices"] if choice["chosen"])["told"]["networks"]
    untouched = [each for each in repaired["rotations"] if each["network"] not in touched]
    assert untouched
    assert all(each == before[each["network"]] for each in untouched)


def test_nobody_moves_unless_somebody_has_to(work: Path, repaired: dict[str, Any]) -> None:
    """Everybody who stays is where they were; the pin still shows; only the newcomer has to be told."""
    was = {id_: network["name"] for network in json.loads(baseline(work).read_text())["networks"]
           for id_ in network["members"]}  # fmt: skip
    now = {id_: network["name"] for network in repaired["networks"] for id_ in network["members"]}
    assert now == {id_: name for id_, name in was.items() if id_ != "c4"} | {"n1": now["n1"]}
    assert ["c1"] in [network["pinned"] for network in repaired["networks"]]
    first = repaired["repair"]["choices"][0]
    assert (first["moves"], first["chosen"], first["told"]["people"]) == (0, True, ["n1"])


def test_a_repair_is_recounted_with_its_changes(work: Path, repaired: dict[str, Any]) -> None:
    """Agrees; and differs by name where a trio still to come names who has left."""
    changes = ("--drop", "c4", "--add", work / "new.csv")
    assert kring("check", work / "programme.toml", work / "mended" / "proposal.json", *changes).exit_code == 0
    wrong = json.loads(json.dumps(repaired))
    rotation = next(each for each in wrong["rotations"] if "'n1'" in str(each))
    rotation["meetings"][3]["trios"][0]["members"][0] = "c4"
    (work / "wrong.json").write_text(json.dumps(wrong))
    done = kring("check", work / "programme.toml", work / "wrong.json", *changes)
    assert done.exit_code == 1
    assert "c4" in done.stdout


def test_a_network_goes_up_in_another(work: Path, tmp_path: Path) -> None:
    """Its members move there, one network fewer is left, and what it had of meetings is not forgotten."""
    names = {len(n["members"]): n["name"] for n in json.loads(baseline(work).read_text())["networks"]}
    stated = json.loads(baseline(work).read_text())
    kept, gone = [network["name"] for network in stated["networks"]][:2]
    assert names
    done = kring("repair", work / "programme.toml", "--baseline", baseline(work), "--merge", kept, gone, "--set",
                 "networks.max_size=12", "--without", "distinct organisation", "--from-meeting", 2, *QUICK,
                 "-o", tmp_path / "merged", "--json")  # fmt: skip
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    members = {network["name"]: set(network["members"]) for network in found["networks"]}
    assert gone not in members
    together = {id_ for network in stated["networks"][:2] for id_ in network["members"]}
    assert members[kept] >= together - {"c0", "c5"}
    assert found["repair"]["ended"] == [
        {"network": gone, "meetings": next(r for r in stated["rotations"] if r["network"] == gone)["meetings"][:1]}
    ]


def test_a_split_forms_a_network_that_was_at_no_past_meeting(work: Path, tmp_path: Path) -> None:
    """One network more; its past meetings are there, and empty; the recount agrees."""
    done = kring("repair", work / "programme.toml", "--baseline", baseline(work), "--split", "Gent",
                 "--from-meeting", 2, *QUICK, "-o", tmp_path, "--json")  # fmt: skip
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    new = next(rotation for rotation in found["rotations"] if rotation["network"] == "Gent 2")
    assert [len(meeting["trios"]) > 0 for meeting in new["meetings"]] == [False, True, True, True]
    assert new["meetings"][0]["absent"] == []
    checked = kring("check", work / "programme.toml", tmp_path / "proposal.json", "--split", "Gent")
    assert checked.exit_code == 0, checked.output


def test_a_no_show_is_planned_for_where_it_happens_only(work: Path, tmp_path: Path) -> None:
    """The network in which somebody will miss a meeting is planned anew; the person sits in no trio of it."""
    done = kring("repair", work / "programme.toml", "--baseline", baseline(work), "--absent", "c7=3",
                 "--from-meeting", 2, *QUICK, "-o", tmp_path, "--json")  # fmt: skip
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    mine = next(network["name"] for network in found["networks"] if "c7" in network["members"])
    rotation = next(each for each in found["rotations"] if each["network"] == mine)
    assert rotation["meetings"][2]["absent"] == ["c7"]
    assert "'c7'" not in str(rotation["meetings"][2]["trios"])
    before = {each["network"]: each for each in json.loads(baseline(work).read_text())["rotations"]}
    assert all(each == before[each["network"]] for each in found["rotations"] if each["network"] != mine)


def test_no_repair_within_the_budget_is_a_contradiction(work: Path, tmp_path: Path) -> None:
    """A network is taken away, so its members have to move: none within a budget of 0, which is proven."""
    gone = json.loads(baseline(work).read_text())["networks"][2]["name"]
    done = kring("repair", work / "programme.toml", "--baseline", baseline(work), "--without", f"network:{gone}",
                 "--set", "networks.max_size=8", "--without", "distinct organisation", "--move-budget", 0, *QUICK,
                 "-o", tmp_path / "none")  # fmt: skip
    assert done.exit_code in (3, 4), done.output
    assert not (tmp_path / "none").exists()


def test_a_repair_that_cannot_be_says_what_contradicts(work: Path, tmp_path: Path) -> None:
    """Exit code 3 with the conflict, as conflicts has it; nothing is written."""
    asked = ("repair", work / "programme.toml", "--baseline", baseline(work), "--set", "networks.count=9")
    done = kring(*asked, *QUICK, "-o", tmp_path / "none", "--json")
    assert done.exit_code == 3, done.output
    assert json.loads(done.stderr)["conflicts"][0]["limits"] == ["networks.count", "networks.min_size"]
    assert not (tmp_path / "none").exists()


# explain, place, conflicts


def test_explain_and_place_are_told_for_people_and_for_programs(work: Path, tmp_path: Path) -> None:
    """Words for the one, an object for the other, a file where one is asked for."""
    asked = (work / "programme.toml", baseline(work), "c4", *QUICK)
    told = json.loads(kring("explain", *asked, "--json", "-o", tmp_path).stdout)
    assert told == json.loads((tmp_path / "explanation.json").read_text())
    assert {each["network"] for each in told["elsewhere"]} >= {"waitlist"}
    assert "Dag Voornaam4" in kring("explain", *asked).stdout
    asked = (work / "programme.toml", "--baseline", baseline(work), "--candidate", work / "new.csv")
    told = json.loads(kring("place", *asked, "--json").stdout)
    assert told["best"] == told["networks"][0]["name"]
    assert f"n1 past het best in {told['best']}" in kring("place", *asked).stdout


def test_conflicts_and_compose_say_the_same(tmp_path: Path) -> None:
    """Exit code 3 both; ways out with what they cost, and the switch that makes them."""
    path = write(tmp_path, networks={"count": 4, "min_size": 4, "fixed": [{"name": "Gent"}]})
    one, other = kring("conflicts", path, "--json"), kring("compose", path, "--json")
    assert (one.exit_code, other.exit_code) == (3, 3)
    told = json.loads(one.stdout)
    assert told == json.loads(other.stderr)
    assert [conflict["limits"] for conflict in told["conflicts"]] == [["networks.count", "networks.min_size"]]
    ways = {way["switches"][1] for way in told["ways_out"]}
    assert ways == {"networks.count=3", "networks.min_size=3"}
    for way in told["ways_out"]:
        tables = dict(pair.split("=") for pair in way["switches"][1::2])
        key, value = next(iter(tables.items()))
        networks = {"count": 4, "min_size": 4, "fixed": [{"name": "Gent"}], key.removeprefix("networks."): int(value)}
        assert kring("conflicts", write(tmp_path, networks=networks)).exit_code == 0


def test_a_must_that_is_impossible_in_the_trios_is_a_conflict(tmp_path: Path) -> None:
    """Nobody may meet twice in ten meetings of four people: named by the rule that is to blame."""
    rules = [{"rule": "meet_new", "at_most": 1, "strength": "must"}, {"rule": "case_turns", "strength": "must"}]
    path = write(tmp_path, rules=rules, meetings={"count": 10})
    done = kring("conflicts", path, "--json", *QUICK)
    assert done.exit_code == 3, done.output
    told = json.loads(done.stdout)
    assert told["conflicts"]
    assert all("meet_new" in conflict["rules"] for conflict in told["conflicts"])
    assert not any("case_turns" in conflict["rules"] for conflict in told["conflicts"])


def test_no_contradiction_is_exit_code_0(work: Path) -> None:
    """And says so."""
    done = kring("conflicts", work / "programme.toml", "--json", *QUICK)
    assert done.exit_code == 0
    assert json.loads(done.stdout)["conflicts"] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_speaks_the_language_of_the_programme(language: str, tmp_path: Path) -> None:
    """One word of each language in what each command says."""
    path = write(tmp_path, language=language)
    assert kring("compose", path, *QUICK).exit_code == 0
    (tmp_path / "new.csv").write_text("id,sector\nn1,care\n")
    beside = ("--baseline", tmp_path / "programme" / "proposal.json")
    waits = {"nl": "wachtend", "fr": "en attente", "en": "waiting", "de": "wartend"}[language]
    assert waits in kring("what-if", path, *beside, "--quick", "--drop", "c3", *QUICK).stdout
    assert waits in kring("repair", path, *beside, "--drop", "c3", *QUICK).stdout
    best = {"nl": "past het best", "fr": "convient le mieux", "en": "fits best", "de": "passt am besten"}[language]
    assert best in kring("place", path, *beside, "--candidate", tmp_path / "new.csv").stdout
    letter = {"nl": "Dag", "fr": "Bonjour", "en": "Dear", "de": "Guten Tag"}[language]
    assert letter in kring("explain", path, beside[1], "c3", *QUICK).stdout
    path = write(tmp_path, language=language, networks={"count": 4, "min_size": 4}, pins=[])
    head = {"nl": "spreken elkaar tegen", "fr": "se contredisent", "en": "contradict", "de": "widersprechen"}[language]
    assert head in kring("conflicts", path).stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("what-if", "{p}", "--baseline", "nowhere.json"), "nowhere.json"),
        (("what-if", "{p}", "--baseline", "{p}"), "proposal.json"),
        (("what-if", "{p}", "--baseline", "{b}", "--drop", "c33"), "c3"),
        (("what-if", "{p}", "--baseline", "{b}", "--without", "exchang"), "exchange"),
        (("what-if", "{p}", "--baseline", "{b}", "--sweep", "networks.count"), "networks.count=2..6"),
        (("what-if", "{p}", "--baseline", "{b}", "-o", "{f}"), "baseline"),
        (("repair", "{p}", "--baseline", "{b}", "-o", "{f}"), "baseline"),
        (("repair", "{p}", "--baseline", "{b}", "--from-meeting", "9"), "1"),
        (("repair", "{p}", "--baseline", "{b}", "--merge", "Gent", "Gand"), "Gent"),
        (("explain", "{p}", "{b}", "c33"), "c3"),
        (("explain", "{p}", "{b}", "c3", "--instead", "Gand"), "Gent"),
        (("place", "{p}", "--baseline", "{b}", "--candidate", "nowhere.csv"), "nowhere.csv"),
        (("conflicts", "nowhere.toml"), "nowhere.toml"),
        (("check", "{p}", "{b}", "--weight", "exchange=heavy"), "RULE=9"),
    ],
)
def test_wrong_input_is_exit_code_2_and_says_what_would_be_right(
    work: Path, arguments: tuple[str, ...], said: str
) -> None:
    """On standard error, with --json as an object; nothing is written."""
    filled = [a.format(p=work / "programme.toml", b=baseline(work), f=work / "programme") for a in arguments]
    done = kring(*filled)
    assert done.exit_code == 2, done.output
    assert said in done.stderr
    assert done.stdout == ""
    assert json.loads(kring(*filled, "--json").stderr)["errors"]
