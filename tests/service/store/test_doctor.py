"""What is wrong with an installation, and what to do about it."""

from __future__ import annotations

import json
import socket
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import text, update
from werkzeug.serving import make_server

from service import doctor
from service.cli import main
from service.store import Store, now
from service.store.intake import make_source, receive
from service.store.parts import seen
from service.store.runs import ask_for_run, take
from service.store.spaces import Scope, make_key, revoke
from service.store.tables import deliveries, runs
from service.store.users import close_user, make_user, user_named
from tests.api.conftest import app_with

OK, WARNING, FAULT = "ok", "warning", "fault"


@pytest.fixture
def port() -> int:
    """A port that is free."""
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


@pytest.fixture
def look(address: str, port: int) -> Any:
    """Looks at an installation; what was found, by what was looked at."""
    where = ["--database", address] if "://" in address else ["--data", address]

    def looked(*options: str) -> dict[str, tuple[str, str, str | None]]:
        options = options or ("--port", str(port))
        told = CliRunner().invoke(main, ["doctor", *where, *options, "--json"])
        said = json.loads(told.output)
        found = {each["what"]: (each["condition"], each["said"], each["do"]) for each in said["findings"]}
        assert said["works"] is (told.exit_code == 0) is (FAULT not in {each[0] for each in found.values()})
        assert all((each[2] is None) is (each[0] == OK) for each in found.values())
        return found

    return looked


def test_an_installation_that_works(look: Any, store: Store, space: str) -> None:
    """Every line is ok, and says what was seen."""
    make_key(store, space, "a key", [Scope.ORGANISE])
    make_user(store, space, "an@example.org", [Scope.ORGANISE])
    seen(store, "a worker", 2)
    found = look()
    del found["search"]  # whether it was compiled here depends on which tests ran before
    assert {what: each[0] for what, each in found.items() if each[0] != OK} == {}
    assert set(found) >= {"versions", "port", "database", "keys", "clock", "queue", "worker", "forms"}
    assert ("folder" in found) is store.embedded
    assert "is free" in found["port"][1]


def test_for_a_person_each_line_says_what_to_do(look: Any, store: Store, address: str) -> None:
    """Without a key no program gets in, and without an organiser no person."""
    where = ["--database", address] if "://" in address else ["--data", address]
    told = CliRunner().invoke(main, ["doctor", *where, "--port", "0"])
    assert told.exit_code == 0
    for line, do in (
        ("keys: none is kept: no program may call", "kring keys make NAME --scope organise"),
        ("organisers: nobody may sign in", "kring serve makes the first one; or kring users make LOGIN"),
    ):
        assert f"warning {line}\n        -> {do}\n" in told.output


def test_keys_of_the_store_and_of_the_environment_are_told_apart(
    look: Any, store: Store, space: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Either lets programs in; one that no header can carry keeps the server from starting."""
    monkeypatch.setenv("KRING_KEY", "secret")
    assert look()["keys"] == (OK, "KRING_KEY opens everything; none is kept", None)
    first, _ = make_key(store, space, "one", [Scope.ORGANISE])
    make_key(store, space, "two", [Scope.INTAKE])
    assert look()["keys"] == (OK, "KRING_KEY opens everything; of 2 keys kept, 2 open something", None)
    monkeypatch.setenv("KRING_KEY", "clé")
    assert look()["keys"][0] == FAULT
    monkeypatch.delenv("KRING_KEY")
    revoke(store, space, first.id)
    assert look()["keys"] == (OK, "of 2 keys kept, 1 opens something", None)


def test_organisers_who_may_no_longer_sign_in_are_told_from_none(look: Any, store: Store, space: str) -> None:
    """What helps differs."""
    make_user(store, space, "an", [Scope.ORGANISE])
    assert look()["organisers"] == (OK, "1 may sign in", None)
    close_user(store, user_named(store, space, "an"))
    assert look()["organisers"] == (WARNING, "nobody may sign in", "kring users password LOGIN")


def test_an_installation_that_is_not_there_yet_is_left_alone(tmp_path: Path, port: int) -> None:
    """Looking makes neither folder nor database."""
    told = CliRunner().invoke(main, ["doctor", "--data", str(tmp_path / "new"), "--port", str(port), "--json"])
    found = {each["what"]: each for each in json.loads(told.output)["findings"]}
    assert (told.exit_code, found["database"]["condition"]) == (0, WARNING)
    assert not (tmp_path / "new").exists()


def test_a_run_that_nobody_takes_is_a_fault(look: Any, store: Store, space: str, small: str) -> None:
    """After a minute; before that a worker may be on its way, and one at work explains the wait."""
    assert look()["worker"][0] == WARNING, "nobody has been seen"
    seen(store, "w", 2)
    ask_for_run(store, space, small, {"effort": 1})
    assert look()["worker"] == (OK, "1 is there; nothing waits", None)
    with store.writing() as connection:
        connection.execute(update(runs).values(served_at=now() - timedelta(seconds=70)))
    condition, said, do = look()["worker"]
    assert (condition, "1 run and 0 forms waits" in said, "kring worker" in str(do)) == (FAULT, True, True)
    assert take(store, "w") is not None
    assert look()["worker"] == (OK, "1 is there; 1 run is being solved", None)
    with store.writing() as connection:
        connection.execute(update(runs).values(leased_until=now() - timedelta(seconds=1)))
    assert look()["worker"][0] == WARNING


def test_forms_that_nobody_settles_are_a_fault(look: Any, store: Store, space: str, small: str) -> None:
    """They wait for a worker too; those that are held wait for people."""
    receive(store, make_source(store, space, small, "plain"), {}, b"{}")
    with store.writing() as connection:
        connection.execute(update(deliveries).values(created_at=now() - timedelta(seconds=70)))
    assert look()["worker"][0] == FAULT
    with store.writing() as connection:
        connection.execute(update(deliveries).values(state="held"))
    seen(store, "w", 2)
    found = look()
    assert (found["worker"][0], found["forms"][:2]) == (OK, (WARNING, "1 is held for review"))


def test_a_queue_that_is_full_is_a_fault(
    look: Any, store: Store, space: str, small: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of one place, one is taken; of two there would be one left."""
    ask_for_run(store, space, small, {"effort": 1})
    monkeypatch.setattr(doctor, "MOST_WAITING", 1)
    assert look()["queue"][:2] == (FAULT, "1 of 1 places taken")


def test_tables_of_another_version_are_said(look: Any, store: Store) -> None:
    """Those of a later one are a fault: this version would not understand them."""
    with store.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    condition, said, do = look()["database"]
    assert (condition, "9999" in said, do) == (FAULT, True, "install that version")
    with store.writing() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
    assert look()["database"][0] == WARNING


def test_a_clock_that_went_back_is_said(look: Any, store: Store, space: str, small: str) -> None:
    """Something was kept later than now. PostgreSQL has a clock of its own, which is right here."""
    ask_for_run(store, space, small, {"effort": 1})
    with store.writing() as connection:
        connection.execute(update(runs).values(created_at=now() + timedelta(hours=1)))
    assert look()["clock"][0] == (WARNING if store.embedded else OK)


def test_what_has_the_port_is_said(look: Any, store: Store) -> None:
    """A Kring of this version is as it should be; anything else is in the way."""
    server = make_server("127.0.0.1", 0, app_with())
    Thread(target=server.serve_forever, daemon=True).start()
    assert look("--port", str(server.port))["port"] == (OK, f"Kring answers at 127.0.0.1, port {server.port}", None)
    server.shutdown()
    server.server_close()
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        other.settimeout(0.1)
        taken = other.getsockname()[1]
        assert look("--port", str(taken))["port"][0] == FAULT


def test_a_file_that_is_no_database_is_a_fault(tmp_path: Path) -> None:
    """And so is a disk that is almost full, and a PostgreSQL that is not there."""
    (tmp_path / "kring.sqlite3").write_text("not a database at all, whatever it is called" * 100)
    told = CliRunner().invoke(main, ["doctor", "--data", str(tmp_path), "--port", "0", "--json"])
    assert told.exit_code == 1
    assert [each["condition"] for each in json.loads(told.output)["findings"] if each["what"] == "database"] == [FAULT]
    gone = CliRunner().invoke(main, ["doctor", "--database", "postgresql://u:secret@127.0.0.1:1/x", "--port", "0"])
    assert gone.exit_code == 1
    assert "secret" not in gone.output


def test_a_disk_that_is_almost_full_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A warning below a gigabyte, a fault below a tenth of it."""
    for little, condition in ((0, OK), (10**18, WARNING)):
        monkeypatch.setattr(doctor, "LITTLE", little)
        assert [each.condition.value for each in doctor.folder(tmp_path)] == [condition]
    monkeypatch.setattr(doctor, "TOO_LITTLE", 10**18)
    assert [each.condition.value for each in doctor.folder(tmp_path)] == [FAULT]
