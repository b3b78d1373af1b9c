"""Copies of the embedded database."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest
from click.testing import CliRunner

from service.cli import main
from service.store import Store, open_store
from service.store.copies import back_up, restore
from service.store.errors import NoCopyError, NotEmbeddedError, NotEmptyError
from service.store.migrate import NewerDatabaseError
from service.store.spaces import new_space
from tests.service.store.test_portable import everything


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An embedded store with a space."""
    made = open_store(tmp_path / "data")
    new_space(made, "first")
    yield made
    made.close()


def test_a_copy_is_what_was_there_at_one_moment(store: Store, tmp_path: Path) -> None:
    """While somebody writes without a pause, and goes on writing afterwards."""
    stopping = Event()
    written: list[str] = []

    def write() -> None:
        while not stopping.is_set():
            written.append(new_space(store, "x" * 2000))

    writer = Thread(target=write)
    writer.start()
    while len(written) < 50:
        pass
    before = list(written)
    back_up(store, tmp_path / "copy")
    after = list(written)
    stopping.set()
    writer.join()
    restore(tmp_path / "copy", tmp_path / "restored")
    there = {row["id"] for row in everything(open_store(tmp_path / "restored"))["spaces"]}
    assert set(before) <= there
    assert len(there) <= len(after) + 2  # the first one, and one that was just being written


def test_what_is_restored_is_what_was_copied(store: Store, tmp_path: Path) -> None:
    """Row by row; only files that are needed lie there."""
    back_up(store, tmp_path / "copy")
    restore(tmp_path / "copy", tmp_path / "restored")
    assert everything(open_store(tmp_path / "restored")) == everything(store)
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith((".", "copy"))] == ["copy"]


def test_nothing_is_written_over(store: Store, tmp_path: Path) -> None:
    """Neither a file nor a folder with something in it; settings alone are nothing."""
    back_up(store, tmp_path / "copy")
    with pytest.raises(NotEmptyError):
        back_up(store, tmp_path / "copy")
    with pytest.raises(NotEmptyError):
        restore(tmp_path / "copy", tmp_path / "data")
    (tmp_path / "settings").mkdir()
    (tmp_path / "settings" / "kring.toml").write_text("")
    restore(tmp_path / "copy", tmp_path / "settings")
    assert everything(open_store(tmp_path / "settings")) == everything(store)


def test_only_copies_are_put_back(store: Store, tmp_path: Path) -> None:
    """Not a text, not another program's database, not one of a later version, not one that was cut off."""
    text, other, newer, half = (tmp_path / name for name in ("text", "other", "newer", "half"))
    text.write_text("a text")
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE t (a)")
    back_up(store, newer)
    half.write_bytes(newer.read_bytes()[:40_000])
    with sqlite3.connect(newer) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    for file in (text, other, half):
        with pytest.raises(NoCopyError):
            restore(file, tmp_path / "restored")
    with pytest.raises(NewerDatabaseError):
        restore(newer, tmp_path / "restored")
    with pytest.raises(FileNotFoundError):
        restore(tmp_path / "nowhere", tmp_path / "restored")
    assert not (tmp_path / "restored" / "kring.sqlite3").exists()


def test_postgresql_has_its_own_tools(server: str, tmp_path: Path) -> None:
    """Its database is no file."""
    with pytest.raises(NotEmbeddedError):
        back_up(open_store(server), tmp_path / "copy")


def test_backup_and_restore_from_the_command_line(store: Store, tmp_path: Path) -> None:
    """With what to do next; and in one line what cannot be done."""
    file, folder = str(tmp_path / "copy"), str(tmp_path / "restored")
    made = CliRunner().invoke(main, ["backup", file, "--data", str(tmp_path / "data")])
    assert made.exit_code == 0, made.output
    assert f"kring restore {file} --data DIR" in made.output
    assert CliRunner().invoke(main, ["backup", file, "--data", str(tmp_path / "data")]).exit_code == 2
    assert CliRunner().invoke(main, ["restore", file, "--data", folder]).exit_code == 0
    again = CliRunner().invoke(main, ["restore", file, "--data", folder])
    assert again.exit_code == 2
    assert again.stderr.count("\n") == 1
    assert "something already" in again.stderr
    assert everything(open_store(folder)) == everything(store)
