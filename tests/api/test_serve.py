"""The real server, as a process of its own."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.api.conftest import body
from tests.conftest import ROOT

START = "from service.cli import main; main()"


@contextmanager
def serving(**environment: str) -> Iterator[tuple[str, list[str]]]:
    """The address of a server on a free port, and what it said on the terminal."""
    env = {key: value for key, value in os.environ.items() if key != "KRING_KEY"} | environment
    command = [sys.executable, "-c", START, "serve", "--port", "0", "--data", tempfile.mkdtemp(prefix="kring-test-")]
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = [process.stdout.readline(), process.stdout.readline()]
    if "KRING_KEY" not in environment:
        said += [process.stdout.readline(), process.stdout.readline()]
    address = re.search(r"http://[\d.]+:\d+", said[0])
    try:
        assert address is not None, said
        yield address[0], said
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def call(address: str, path: str, content: Any = None, key: str | None = None) -> tuple[int, Any]:
    """Status and JSON of one call."""
    data = None if content is None else json.dumps(content).encode()
    headers = {"Content-Type": "application/json"} | ({} if key is None else {"Authorization": f"Bearer {key}"})
    request = urllib.request.Request(address + path, data, headers)  # noqa: S310  (our own address)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)


def test_the_server_composes_and_stops_when_asked() -> None:
    """With the key of the environment, and with no key shown."""
    with serving(KRING_KEY="from the environment") as (address, said):
        assert "from the environment" not in "".join(said)
        assert call(address, "/health")[0] == 200
        until = time.monotonic() + 60  # the first start compiles
        while call(address, "/ready")[0] == 503 and time.monotonic() < until:
            time.sleep(0.1)
        assert call(address, "/ready")[0] == 200
        status, proposal = call(address, "/api/v1/compose", body(), key="from the environment")
        assert (status, len(proposal["networks"])) == (200, 2)
        assert call(address, "/api/v1/compose", body())[1]["code"] == "key_missing"


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    """In one line, with the code of bad input."""
    with serving(KRING_KEY="k") as (address, _):
        port = address.rsplit(":", 1)[1]
        command = [sys.executable, "-c", START, "serve", "--port", port, "--data", str(tmp_path)]
        again = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert again.returncode == 2
    assert again.stderr.startswith("Cannot serve on 127.0.0.1")
    assert again.stderr.count("\n") == 1


def test_the_first_key_is_made_and_shown() -> None:
    """Where the environment has none."""
    with serving() as (address, said):
        shown = re.search(r"Key: (\S+)", said[2])
        assert shown is not None
        assert call(address, "/api/v1/check", {}, key=shown[1])[0] == 422
        assert call(address, "/api/v1/check", {}, key="another")[0] == 401
