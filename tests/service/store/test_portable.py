"""Everything that is kept goes out of one database and into another without loss."""

from __future__ import annotations

import json
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import null, select

from service.cli import main
from service.store import Store, open_store
from service.store.database import engine_of
from service.store.errors import NoCopyError, NotEmptyError
from service.store.intake import make_source, receive, settle_waiting, switch_on
from service.store.migrate import NewerDatabaseError
from service.store.portable import load, save
from service.store.programmes import change_programme, make_programme
from service.store.proposals import list_proposals
from service.store.receipts import Receipt, keep_receipt
from service.store.runs import ask_for_run
from service.store.spaces import Scope, make_key, new_space
from service.store.tables import METADATA, proposal_versions, spaces
from service.worker import one_round
from tests.api.conftest import programme
from tests.databases import KINDS, new_database

MAPPING = {"columns": [{"column": "email", "key": "mail"}, {"column": "sector", "key": "sector"}]}


@pytest.fixture
def full(store: Store, space: str, small: str) -> Store:
    """A store with something in every table of runs, proposals and forms."""
    make_key(store, space, "clé 🗝", [Scope.INTAKE, Scope.ORGANISE])
    keep_receipt(store, space, "k", Receipt("d", 201, {"ETag": '"1"'}, '{"é": 1}\n'))
    ask_for_run(store, space, small, {"effort": 1, "workers": 1})
    assert one_round(store, "w")
    found = list_proposals(store, space, small).items[0]
    with store.writing() as connection:
        row = {"proposal": found.id, "version": 1, "content": dict(found.content), "created_at": found.created_at}
        connection.execute(proposal_versions.insert().values(row))
    source = make_source(store, space, small, "plain")
    switch_on(store, space, small, "plain", MAPPING)
    receive(store, source, {"Content-Type": "application/json"}, b'{"mail": "ann@example.org", "sector": "care"}')
    receive(store, source, {"Content-Type": "application/octet-stream"}, bytes(range(256)))
    while settle_waiting(store):
        pass
    # Queued and never begun: its moments are absent.
    ask_for_run(store, space, small, {"effort": 1})
    return store


@pytest.fixture(params=KINDS)
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Another database, without tables."""
    server = request.getfixturevalue("server") if request.param == "postgresql" else None
    made = Store(engine_of(new_database(request.param, server, tmp_path)))
    yield made
    made.close()


def everything(store: Store) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, with which of its fields are NULL to the database."""
    found = {}
    with store.reading() as connection:
        for table in METADATA.sorted_tables:
            absent = [column.is_(null()).label(f"no {column.name}") for column in table.columns]
            query = select(table, *absent).order_by(*table.primary_key)
            found[table.name] = [
                {key: bool(value) if key.startswith("no ") else value for key, value in row.items()}
                for row in connection.execute(query).mappings()
            ]
    return found


def test_nothing_is_lost_from_any_database_to_any_other(full: Store, elsewhere: Store, tmp_path: Path) -> None:
    """Every field of every row is the same, and so are the bytes of JSON's own kinds of nothing."""
    saved = save(full, tmp_path / "all.zip")
    assert load(elsewhere, tmp_path / "all.zip") == saved
    before = everything(full)
    assert everything(elsewhere) == before
    filled = {name for name, rows in before.items() if rows}
    assert filled >= {
        "spaces",
        "keys",
        "programmes",
        "candidates",
        "questions",
        "runs",
        "events",
        "proposals",
        "proposal_versions",
        "sources",
        "mappings",
        "deliveries",
        "receipts",
    }
    assert saved.total == sum(map(len, before.values()))


def test_numbers_go_on_after_those_that_came_in(full: Store, elsewhere: Store, space: str, tmp_path: Path) -> None:
    """What is made next comes last in its list; and the store works as any other: a queued run is solved."""
    save(full, tmp_path / "all.zip")
    load(elsewhere, tmp_path / "all.zip")
    new_space(elsewhere, "next")
    with elsewhere.reading() as connection:
        seqs = connection.execute(select(spaces.c.seq).order_by(spaces.c.seq)).scalars().all()
        assert connection.execute(select(spaces.c.seq).where(spaces.c.name == "next")).scalar() == seqs[-1]
    assert len(seqs) == 2
    made = make_programme(elsewhere, space, programme())
    changed = change_programme(elsewhere, space, made.id, programme(name="Other"), version=1)
    assert changed.version == 2
    assert one_round(elsewhere, "w")


def test_a_store_that_has_something_takes_nothing_in(full: Store, tmp_path: Path) -> None:
    """Nothing is mixed with what is there, nor written over; a file is not written over either."""
    save(full, tmp_path / "all.zip")
    before = everything(full)
    with pytest.raises(NotEmptyError):
        load(full, tmp_path / "all.zip")
    assert everything(full) == before
    with pytest.raises(NotEmptyError):
        save(full, tmp_path / "all.zip")


def test_only_its_owner_may_read_the_file(store: Store, tmp_path: Path) -> None:
    """It holds people."""
    save(store, tmp_path / "all.zip")
    assert stat.S_IMODE((tmp_path / "all.zip").stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.glob(".*")] == []


def rewritten(file: Path, **changes: bytes | None) -> Path:
    """A file with other members in it; None leaves one out."""
    other = file.with_name("other.zip")
    with zipfile.ZipFile(file) as archive, zipfile.ZipFile(other, "w") as changed:
        for name in archive.namelist():
            content = changes.get(name.replace(".", "_"), archive.read(name))
            if content is not None:
                changed.writestr(name, content)
    return other


def test_half_a_file_leaves_nothing(full: Store, elsewhere: Store, tmp_path: Path) -> None:
    """Rows that are missing, a row that cannot be read, no contents, half the bytes, or no archive at all."""
    file = tmp_path / "all.zip"
    save(full, file)
    with zipfile.ZipFile(file) as archive:
        lines = archive.read("candidates.jsonl").splitlines(keepends=True)
        contents = json.loads(archive.read("kring.json"))
    broken = [
        rewritten(file, candidates_jsonl=b"".join(lines[:-1])).rename(tmp_path / "1.zip"),
        rewritten(file, candidates_jsonl=b"".join(lines)[:-9]).rename(tmp_path / "2.zip"),
        rewritten(file, kring_json=None).rename(tmp_path / "3.zip"),
        rewritten(file, kring_json=b"[]").rename(tmp_path / "4.zip"),
    ]
    half = tmp_path / "half.zip"
    half.write_bytes(file.read_bytes()[:1000])
    text = tmp_path / "text.zip"
    text.write_text("a text")
    for each in (*broken, half, text):
        with pytest.raises(NoCopyError):
            load(elsewhere, each)
    newer = rewritten(file, kring_json=json.dumps({**contents, "revision": "9999"}).encode())
    with pytest.raises(NewerDatabaseError):
        load(elsewhere, newer)
    assert load(elsewhere, file).total > 0


def test_export_and_import_from_the_command_line(full: Store, address: str, tmp_path: Path) -> None:
    """Into a folder that is not there yet; the second time there is something."""
    where = ["--database", address] if "://" in address else ["--data", address]
    file, folder = str(tmp_path / "all.zip"), str(tmp_path / "new")
    told = CliRunner().invoke(main, ["export", file, *where, "--json"])
    assert told.exit_code == 0, told.output
    rows = json.loads(told.output)["rows"]
    assert rows["candidates"] == 19
    told = CliRunner().invoke(main, ["import", file, "--data", folder, "--json"])
    assert (told.exit_code, json.loads(told.output)) == (0, {"rows": rows})
    assert everything(open_store(folder)) == everything(full)
    again = CliRunner().invoke(main, ["import", file, "--data", folder])
    assert again.exit_code == 2
    assert "something already" in again.stderr
    assert CliRunner().invoke(main, ["export", file, *where]).exit_code == 2
    assert CliRunner().invoke(main, ["import", str(tmp_path / "nowhere"), "--data", str(tmp_path / "n")]).exit_code == 2
