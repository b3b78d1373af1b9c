"""Reads and intake posts at once against a server of its own: `python benchmarks/load.py [--solve]`.

Sixteen connections on this machine, to a `kring serve` with its embedded database and its worker: most of them list
candidates, the others post forms as fast as they are answered, half a minute long. Prints rates, percentiles and every
status that was not a success. The one who asks shares the cores with the one who answers.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from threading import Thread
from typing import Any

READERS, WRITERS = 9, 7
PEOPLE = 300


def main() -> None:
    """Starts a server, loads it, and says what it did."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--solve", action="store_true", help="while a run is solved, too")
    asked = parser.parse_args()
    sys.setswitchinterval(0.0002)  # sixteen threads that ask must not wait for each other
    command = [sys.executable, "-c", "from service.cli import main; main()", "serve", "--port", "0"]
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen(
            [*command, "--data", folder],
            env=os.environ | {"KRING_KEY": "load"},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            said = "" if server.stdout is None else server.stdout.readline()
            port = re.search(r":(\d+)/", said)
            if port is None:
                raise SystemExit(f"The server did not start: {said}")
            load(int(port[1]), asked.seconds, solve=asked.solve)
        finally:
            server.terminate()
            server.wait()


def load(port: int, seconds: float, *, solve: bool) -> None:
    """Reads and posts for so many seconds."""
    programme = {
        "name": "Load",
        "networks": {"count": 25, "min_size": 8, "max_size": 14},
        "rules": [{"rule": "spread", "attribute": "sector"}, {"rule": "exchange"}],
    }
    made = call(port, "POST", "/api/v1/programmes", programme)[1]["id"]
    people = [
        {"id": f"c{i}", "sector": f"s{i % 7}", "asks": [f"t{i % 11}"], "offers": [f"t{i % 5}"]} for i in range(PEOPLE)
    ]
    call(port, "POST", f"/api/v1/programmes/{made}/candidates", {"candidates": people})
    wait_until_warm(port)
    if solve:
        call(port, "POST", f"/api/v1/programmes/{made}/runs", {"time_limit": seconds + 30})
        time.sleep(3)
    taken: dict[str, list[float]] = {"read": [], "post": []}
    statuses: Counter[tuple[str, int]] = Counter()
    until = time.monotonic() + seconds

    def reader() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while time.monotonic() < until:
            once("read", connection, "GET", f"/api/v1/programmes/{made}/candidates?limit=20", None)

    def writer(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        count = 0
        while time.monotonic() < until:
            count += 1
            # Another programme's form, so that what is read does not grow while it is measured.
            form = {"what": f"{number}-{count}"}
            once("post", connection, "POST", f"/api/v1/intake/json?programme={made}", form)

    def once(kind: str, connection: http.client.HTTPConnection, method: str, path: str, body: Any) -> None:
        began = time.perf_counter()
        status, _ = exchange(connection, method, path, body)
        taken[kind].append(time.perf_counter() - began)
        statuses[kind, status] += 1

    threads = [Thread(target=reader) for _ in range(READERS)]
    threads += [Thread(target=writer, args=(number,)) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for kind, found in taken.items():
        found.sort()
        p50, p99 = (1000 * found[int(len(found) * share)] for share in (0.5, 0.99))
        print(f"{kind}: {len(found) / seconds:.0f} a second, median {p50:.0f} ms, p99 {p99:.0f} ms")
    print("statuses:", {f"{kind} {status}": count for (kind, status), count in sorted(statuses.items())})


def wait_until_warm(port: int) -> None:
    """Compiling would be measured otherwise."""
    while call(port, "GET", "/ready", None)[0] != 200:
        time.sleep(0.2)


def call(port: int, method: str, path: str, body: Any) -> tuple[int, Any]:
    """One call on a connection of its own."""
    return exchange(http.client.HTTPConnection("127.0.0.1", port, timeout=60), method, path, body)


def exchange(connection: http.client.HTTPConnection, method: str, path: str, body: Any) -> tuple[int, Any]:
    """One call."""
    headers = {"Authorization": "Bearer load", "Content-Type": "application/json"}
    connection.request(method, path, None if body is None else json.dumps(body), headers)
    answer = connection.getresponse()
    data = answer.read()
    return answer.status, json.loads(data) if data else None


if __name__ == "__main__":
    main()
