"""Several processes at one address, and what is left when they are killed."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from tests.api.conftest import programme
from tests.conftest import ROOT
from tests.databases import KINDS, new_database, postgresql

START = "from service.cli import main; main()"
KEY = "a key for tests"

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/task").exists(), reason="only Linux lists the children of a process"
)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A PostgreSQL server."""
    with postgresql() as address:
        yield address


@pytest.fixture(params=KINDS)
def where(request: pytest.FixtureRequest, tmp_path: Path) -> list[str]:
    """The options that say where the data is."""
    kind: str = request.param
    address = new_database(kind, request.getfixturevalue("server") if kind == "postgresql" else None, tmp_path)
    return ["--data" if kind == "sqlite" else "--database", address]


class Served:
    """A server that is running."""

    def __init__(self, where: list[str], *options: str) -> None:
        command = [sys.executable, "-c", START, "serve", "--port", "0", *where, *options]
        env = os.environ | {"KRING_KEY": KEY}
        self.process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        found = re.search(r":(\d+)/", self.process.stdout.readline())
        assert found is not None
        self.port = int(found[1])

    def ask(self, method: str, path: str, content: Any = None, **headers: str) -> tuple[int, Any]:
        """Status and content of one call, on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        sent = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path, None if content is None else json.dumps(content), sent)
            answer = connection.getresponse()
            text = answer.read().decode()
            return answer.status, json.loads(text) if "json" in answer.headers["Content-Type"] else text
        finally:
            connection.close()

    def children(self) -> list[int]:
        """The processes that it has started."""
        return [
            int(pid) for pid in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        ]


@contextmanager
def serving(where: list[str], *options: str) -> Iterator[Served]:
    """A server, which is asked to stop in the end."""
    served = Served(where, *options)
    try:
        yield served
    finally:
        if served.process.poll() is None:
            served.process.send_signal(signal.SIGTERM)
            assert served.process.wait(30) == 0


def soon(holds: Callable[[], bool]) -> bool:
    """Whether something holds within ten seconds."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.05)
    return False


def alive(pid: int) -> bool:
    """Whether a process runs."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False


def answers(served: Served) -> bool:
    """Whether a server answers now."""
    try:
        return served.ask("GET", "/health")[0] == 200
    except OSError:
        return False


def test_a_process_that_dies_is_replaced_and_all_stop_together(tmp_path: Path) -> None:
    """Two processes without a worker; one is killed, two are there again, and none is left in the end."""
    with serving(["--data", str(tmp_path)], "--processes", "2", "--no-worker") as served:
        assert soon(lambda: len(served.children()) == 2 and answers(served))
        before = served.children()
        time.sleep(1.2)  # what dies at once is started again only after a second
        os.kill(before[0], signal.SIGKILL)
        assert soon(lambda: len(served.children()) == 2 and before[0] not in served.children())
        assert soon(lambda: answers(served))
        after = served.children()
    assert not any(map(alive, after))


def test_connections_are_spread_over_the_processes(tmp_path: Path) -> None:
    """Of forty that come at once, each process has some: all in one has a chance of one in a thousand million."""
    with serving(["--data", str(tmp_path)], "--processes", "2", "--no-worker") as served:
        assert soon(lambda: len(served.children()) == 2 and answers(served))
        connections = [socket.create_connection(("127.0.0.1", served.port)) for _ in range(40)]
        assert soon(lambda: sum(open_sockets(child) for child in served.children()) >= 40)
        assert min(open_sockets(child) for child in served.children()) > 3
        for connection in connections:
            connection.close()


def open_sockets(pid: int) -> int:
    """How many connections a process has, and one or two sockets that it listens with."""
    found = 0
    for file in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # the process has closed it since the folder was read
            found += str(file.readlink()).startswith("socket:")
    return found


def test_processes_end_with_the_one_that_started_them(tmp_path: Path) -> None:
    """However that one ends."""
    with serving(["--data", str(tmp_path)], "--processes", "2", "--no-worker") as served:
        assert soon(lambda: len(served.children()) == 2 and answers(served))
        children = served.children()
        served.process.kill()
        served.process.wait(10)
        assert soon(lambda: not any(map(alive, children)))


def test_counts_are_of_all_processes(tmp_path: Path) -> None:
    """Whichever process is asked, and also after one has died."""
    with serving(["--data", str(tmp_path)], "--processes", "2", "--no-worker") as served:
        assert soon(lambda: answers(served))
        for _ in range(20):
            assert served.ask("GET", "/api/v1/programmes")[0] == 200
        os.kill(served.children()[0], signal.SIGKILL)
        assert soon(lambda: answers(served))
        counted = re.search(
            r'kring_request_seconds_count\{method="GET",route="/api/v1/programmes",status="200"\} (\S+)',
            served.ask("GET", "/metrics")[1],
        )
        assert counted is not None
        assert float(counted[1]) == 20


@pytest.mark.parametrize("processes", [1, 2])
def test_no_form_that_was_answered_is_lost_when_the_server_is_killed(where: list[str], processes: int) -> None:
    """Four senders; the process that answers is killed among their posts. All that got a 202 is there with the receipt
    they got, and after everything was sent again nothing is there twice."""
    answered: dict[str, str] = {}
    sent: list[str] = []
    over = Event()

    def send(served: Served, made: str, sender: int) -> None:
        count = 0
        while not over.is_set():
            name = f"{sender}-{count}"
            sent.append(name)
            try:
                status, receipt = deliver(served, made, name)
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)
            else:
                assert status == 202
                answered[name] = receipt["receipt"]
            count += 1

    with serving(where, "--processes", str(processes), "--no-worker") as served:
        assert soon(lambda: answers(served))
        made: str = served.ask("POST", "/api/v1/programmes", programme())[1]["id"]
        senders = [Thread(target=send, args=(served, made, number)) for number in range(4)]
        for sender in senders:
            sender.start()
        assert soon(lambda: len(answered) > 50)
        os.kill(served.process.pid if processes == 1 else served.children()[0], signal.SIGKILL)
        time.sleep(1)
        over.set()
        for sender in senders:
            sender.join()

    with serving(where, "--processes", str(processes), "--no-worker") as served:
        assert soon(lambda: answers(served))
        there = receipts(served, made)
        assert set(answered.values()) <= set(there)
        assert len(there) <= len(sent)
        again = {name: deliver(served, made, name)[1]["receipt"] for name in sent}
        assert {name: again[name] for name in answered} == answered
        assert sorted(receipts(served, made)) == sorted(again.values())


def deliver(served: Served, made: str, name: str) -> tuple[int, Any]:
    """One form, with a name of its sender's own."""
    path = f"/api/v1/intake/json?programme={made}"
    return served.ask("POST", path, {"what": name}, Idempotency_Key=name)


def receipts(served: Served, made: str) -> list[str]:
    """The receipts of everything that was delivered."""
    found: list[str] = []
    after = 0
    while after is not None:
        page = served.ask("GET", f"/api/v1/programmes/{made}/deliveries?limit=500&after={after}")[1]
        found += [item["receipt"] for item in page["items"]]
        after = page["next"]
    return found
