"""What the README shows is true."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from service.cli import main
from service.programme import read_programme
from service.settings import RateLimits, Settings, settings
from service.settings_schema import SettingsForm
from tests.api.conftest import app_with
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text("utf-8")


def block(language: str, containing: str = "") -> str:
    """The one code block in this language that contains a text."""
    found = [text for text in re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL) if containing in text]
    assert len(found) == 1
    return str(found[0])


def test_the_snippet_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """And prints what the comment says."""
    exec(compile(block("python"), "README.md", "exec"), {})  # noqa: S102  (it is ours)
    assert capsys.readouterr().out.startswith("optimal 0 0\n")


def test_the_programme_is_a_programme() -> None:
    """Ten lines or so, with three rules."""
    programme = read_programme(tomllib.loads(block("toml", "candidates =")))
    assert [rule.rule for rule in programme.rules] == ["distinct", "spread", "exchange"]
    assert programme.candidates == ("candidates.csv",)


def test_the_settings_are_settings(tmp_path: Path) -> None:
    """Every key there is, with what holds where it is left out."""
    file = tmp_path / "kring.toml"
    file.write_text(block("toml", "[limits]"), "utf-8")
    found = settings({}, file, environment={})
    assert found.limits == RateLimits()
    assert (found.host, found.port, found.worker) == (Settings("").host, Settings("").port, Settings("").worker)
    assert set(tomllib.loads(file.read_text("utf-8"))) == set(SettingsForm().fields)


def test_the_call_over_http_gets_a_proposal() -> None:
    """Six people at two tables."""
    body = json.loads(block("console", "curl").split("-d '")[1].rsplit("'", 1)[0])
    header = {"Authorization": "Bearer secret"}
    answer = app_with(key="secret").test_client().post("/api/v1/compose", json=body, headers=header)
    assert answer.status_code == 200
    assert sorted(len(network["members"]) for network in answer.get_json()["networks"]) == [3, 3]


@pytest.mark.parametrize("command", sorted(main.commands))
def test_every_command_is_in_the_table(command: str) -> None:
    """A row for each, and each says for itself what it does."""
    assert re.search(rf"^\| `kring {command}\b", README, re.MULTILINE)
    assert CliRunner().invoke(main, [command, "--help"]).exit_code == 0


@pytest.mark.parametrize(
    "path",
    [Path("README.md"), Path("CONTRIBUTING.md"), *(ROOT / "docs/decisions").glob("*.md")],
    ids=lambda path: path.name,
)
def test_every_file_that_is_named_is_there(path: Path) -> None:
    """Paths in backticks that start with a folder of ours."""
    text = (ROOT / path).read_text("utf-8")
    named = re.findall(r"`((?:solver|service|api|tests|fixtures|docs|requirements|benchmarks)/[\w./-]*)`", text)
    assert [name for name in named if not (ROOT / name).exists()] == []
