"""Where Kring is told what: command line, environment, file."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from service.cli import main
from service.faults import InputError
from service.settings import RateLimits, Settings, settings


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with a file of settings."""
    (tmp_path / "kring.toml").write_text(
        'host = "0.0.0.0"\nport = 9000\nprocesses = 3\nworker = false\n[limits]\nsign_ins = 5\n', "utf-8"
    )
    return tmp_path


def faults(**environment: str) -> list[tuple[str, str | None]]:
    """What is wrong with an environment."""
    with pytest.raises(InputError) as refused:
        settings({}, environment=environment)
    return [(fault.code, fault.pointer) for fault in refused.value.faults]


def test_without_a_word_it_is_the_usual(tmp_path: Path) -> None:
    """The folder of the system, this machine alone, port 8000."""
    found = settings({}, environment={"XDG_DATA_HOME": str(tmp_path)})
    assert found == Settings(address=tmp_path / "kring")
    assert (found.host, found.port, found.worker, found.limits) == ("127.0.0.1", 8000, True, RateLimits())


def test_the_file_lies_in_the_data_folder(folder: Path) -> None:
    """However the folder is said."""
    for found in (settings({"data": folder}, environment={}), settings({}, environment={"KRING_DATA": str(folder)})):
        assert (found.address, found.host, found.port, found.processes) == (folder, "0.0.0.0", 9000, 3)  # noqa: S104
        assert (found.worker, found.limits) == (False, RateLimits(sign_ins=5))


def test_the_nearer_wins(folder: Path) -> None:
    """Command line, then environment, then file; what one leaves open the next one says."""
    around = {"KRING_DATA": str(folder), "KRING_PORT": "9001", "KRING_WORKER": "yes"}
    found = settings({"port": 9002, "host": None}, environment=around)
    assert (found.port, found.worker, found.host) == (9002, True, "0.0.0.0")  # noqa: S104
    assert settings({}, environment=around).port == 9001


def test_a_folder_on_the_command_line_wins_over_a_database_around(tmp_path: Path) -> None:
    """And a database over a folder that is said in the same place."""
    around = {"KRING_DATABASE": "postgresql://around", "KRING_DATA": "around"}
    assert settings({"data": tmp_path}, environment=around).address == tmp_path
    assert settings({}, environment=around).address == "postgresql://around"
    assert (
        settings({"database": "postgresql://said", "data": tmp_path}, environment=around).address == "postgresql://said"
    )


def test_a_file_that_is_named_lies_anywhere(tmp_path: Path, folder: Path) -> None:
    """A folder in it starts from where the file is."""
    file = tmp_path / "elsewhere.toml"
    file.write_text('data = "here"\n', "utf-8")
    assert settings({}, file, environment={}).address == tmp_path / "here"
    assert settings({}, environment={"KRING_CONFIG": str(file), "KRING_DATA": str(folder)}).port == 8000
    with pytest.raises(InputError) as refused:
        settings({}, tmp_path / "nowhere.toml", environment={})
    assert [fault.code for fault in refused.value.faults] == ["no_such_file"]


def test_every_fault_of_the_environment_is_named_by_its_variable() -> None:
    """All at once; what a variable of Kubernetes says is nothing for us."""
    wrong = faults(KRING_PORT="many", KRING_PROCESSES="0", KRING_WORKER="perhaps")
    assert sorted(wrong) == [
        ("not_flag", "KRING_WORKER"),
        ("not_whole_number", "KRING_PORT"),
        ("out_of_range", "KRING_PROCESSES"),
    ]
    assert settings({}, environment={"KRING_PORT": "tcp://10.0.0.1:8000", "KRING_HOST": ""}).port == 8000


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("prot = 9000", "prot"),
        ("[limits]\nsign_in = 3", "limits.sign_in"),
        ("port = '9000'", "port"),
        ("port = ", "TOML"),
    ],
)
def test_what_a_file_says_wrongly_is_named(tmp_path: Path, text: str, said: str) -> None:
    """With the file, in one line, by every command that reads it."""
    (tmp_path / "kring.toml").write_text(text, "utf-8")
    for command in (["keys", "list"], ["serve"], ["worker"]):
        told = CliRunner().invoke(main, [*command, "--data", str(tmp_path)])
        assert told.exit_code == 2
        assert said in told.stderr
        assert "kring.toml" in told.stderr
    assert not (tmp_path / "kring.sqlite3").exists()


def test_a_command_takes_the_file_that_it_is_given(tmp_path: Path) -> None:
    """The data is where the file says."""
    file = tmp_path / "settings.toml"
    file.write_text('data = "there"', "utf-8")
    assert CliRunner().invoke(main, ["keys", "list", "--config", str(file)]).exit_code == 0
    assert (tmp_path / "there" / "kring.sqlite3").exists()
