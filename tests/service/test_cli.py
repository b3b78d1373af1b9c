"""The command line as an organiser meets it: files written, exit codes, and words on the right stream."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from service.warm import warm_up

REPOSITORY = Path(__file__).parents[2]
FIXTURES = REPOSITORY / "fixtures"
KRING = [sys.executable, "-c", "from service.cli import main; main(prog_name='kring')"]
ENGLISH = {**os.environ, "PYTHONPATH": str(REPOSITORY), "LC_ALL": "C.UTF-8", "COLUMNS": "100"}


def kring(*arguments: str | Path, seconds: float = 120.0) -> subprocess.CompletedProcess[str]:
    """Runs a command to its end."""
    command = [*KRING, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=ENGLISH, timeout=seconds, check=False)


@pytest.fixture(scope="module")
def composed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a copy of a fixture and what composing it wrote beside it."""
    folder = tmp_path_factory.mktemp("work") / "education"
    shutil.copytree(FIXTURES / "education-domain", folder)
    done = kring("compose", folder / "programme.toml", "--effort", "1", "--workers", "2")
    assert done.returncode == 0, done.stderr
    return folder


def test_files_are_written_beside_the_programme(composed: Path) -> None:
    """Without -o, everything goes into a folder named after the programme file."""
    written = {path.name for path in (composed / "programme").iterdir()}
    assert written == {"proposal.json", "networks.csv", "trios.csv", "kring.xlsx", "report.html", "meetings.ics"}


def test_same_effort_and_seed_give_the_same_bytes(composed: Path, tmp_path: Path) -> None:
    """Apart from the seconds it took, a rerun writes the same files."""
    kring("compose", composed / "programme.toml", "--effort", "1", "--workers", "2", "-o", tmp_path)
    for name in ("networks.csv", "trios.csv", "report.html"):
        assert (tmp_path / name).read_bytes() == (composed / "programme" / name).read_bytes()
    one, other = (json.loads((folder / "proposal.json").read_text()) for folder in (tmp_path, composed / "programme"))
    assert one.pop("seconds") > 0
    assert other.pop("seconds") > 0
    assert one == other


def test_check_agrees_with_what_was_composed(composed: Path) -> None:
    """A recount from the files alone finds no difference."""
    done = kring("check", composed / "programme.toml", composed / "programme" / "proposal.json")
    assert done.returncode == 0, done.stdout
    assert "Everything agrees" in done.stdout


def test_check_names_what_was_changed_by_hand(composed: Path, tmp_path: Path) -> None:
    """Two members swapped between networks: the recount says which numbers are no longer right, and exits with 1."""
    proposal = json.loads((composed / "programme" / "proposal.json").read_text())
    one, other = proposal["networks"][0]["members"], proposal["networks"][1]["members"]
    one[0], other[0] = other[0], one[0]
    (tmp_path / "proposal.json").write_text(json.dumps(proposal))
    done = kring("check", composed / "programme.toml", tmp_path / "proposal.json", "--json")
    assert done.returncode == 1
    said = json.loads(done.stdout)
    assert not said["agrees"]
    assert any(difference["where"].startswith("rotations[") for difference in said["differences"])


def test_json_prints_the_proposal_and_nothing_else(composed: Path, tmp_path: Path) -> None:
    """--json leaves standard output to the program that reads it."""
    done = kring("compose", composed / "programme.toml", "--effort", "1", "--json", "-o", tmp_path)
    assert done.returncode == 0
    assert done.stderr == ""
    assert json.loads(done.stdout) == json.loads((tmp_path / "proposal.json").read_text())


def test_every_fault_is_named_at_once_and_nothing_is_written(tmp_path: Path) -> None:
    """The messy fixture has faults in two files; all are told in one go, and exit code 2 says that the input is bad."""
    folder = tmp_path / "messy"
    shutil.copytree(FIXTURES / "messy", folder)
    done = kring("compose", folder / "programme.toml", "--json")
    assert done.returncode == 2
    assert done.stdout == ""
    errors = json.loads(done.stderr)["errors"]
    assert {(error["file"], error["row"]) for error in errors} >= {
        *(("kandidaten.csv", row) for row in (4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 18)),
        *(("late-inschrijvingen.csv", row) for row in (3, 4, 5)),
    }
    assert not (folder / "programme").exists()


def test_rows_that_are_set_aside_stand_in_the_proposal(tmp_path: Path) -> None:
    """With --skip-bad-rows the good rows go on, and the others are listed with their reason."""
    folder = tmp_path / "messy"
    shutil.copytree(FIXTURES / "messy", folder)
    done = kring("compose", folder / "programme.toml", "--skip-bad-rows", "--effort", "1", "--json")
    assert done.returncode == 0, done.stderr
    aside = {(row["file"], row["row"]) for row in json.loads(done.stdout)["set_aside"]}
    assert ("kandidaten.csv", 15) in aside
    assert ("late-inschrijvingen.csv", 5) in aside


def test_a_contradiction_is_proven_and_named() -> None:
    """Six networks of six women each need 36; the pool has fewer. Exit code 3, with the rule and the limit."""
    done = kring("compose", FIXTURES / "impossible" / "programme.toml", "--json")
    assert done.returncode == 3
    conflict = json.loads(done.stderr)["conflicts"][0]
    assert conflict["rules"] == ["minstens zes vrouwen"]
    assert conflict["limits"] == ["networks.count"]


def test_a_file_that_is_not_there_is_bad_input() -> None:
    """No traceback, one line, exit code 2."""
    done = kring("compose", "nowhere.toml")
    assert done.returncode == 2
    assert "nowhere.toml" in done.stderr
    assert "Traceback" not in done.stderr


def test_interrupting_keeps_the_best_so_far(tmp_path: Path) -> None:
    """Ctrl-C in the middle of a long run writes the proposal found so far, and exits with 130."""
    programme = FIXTURES / "technical-services" / "programme.toml"
    command = [*KRING, "compose", str(programme), "--time-limit", "300", "-o", str(tmp_path / "out")]
    warm_up()  # so that the search is compiled before the time of this test runs
    run = subprocess.Popen(command, env=ENGLISH, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(10)  # it reads, loads, and has some answer
    run.send_signal(signal.SIGINT)
    _, said = run.communicate(timeout=60)
    assert run.returncode == 130, said
    done = kring("check", programme, tmp_path / "out" / "proposal.json")
    assert done.returncode == 0, done.stdout


def test_help_lists_the_commands() -> None:
    """kring --help names every command that there is."""
    said = kring("--help").stdout
    assert "compose" in said
    assert "check" in said
