"""Reads and intake posts at once against a server of its own: `python benchmarks/load.py [--solve | --placements N]`.

Sixteen connections on this machine, to a `kring serve` with its embedded database and its worker: most of them list
candidates, the others post forms as fast as they are answered, half a minute long. Prints rates, percentiles and every
status that was not a success. The one who asks shares the cores with the one who answers.

With `--placements N`, N connections rank the networks of a standing proposal for newcomers instead: 300 people in 25
networks, nine rules.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from threading import Thread
from typing import Any

READERS, WRITERS = 9, 7
LENGTH = re.compile(rb"\r\nContent-Length: (\d+)", re.IGNORECASE)
PEOPLE = 300


def main() -> None:
    """Starts a server, loads it, and says what it did."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--processes", help="as `kring serve` has it")
    parser.add_argument("--rate", type=float, nargs=2, metavar="N", help="reads and posts a second, instead of all")
    parser.add_argument("--solve", action="store_true", help="while a run is solved, too")
    parser.add_argument("--placements", type=int, metavar="N", help="N connections that ask for placements, instead")
    asked = parser.parse_args()
    sys.setswitchinterval(0.0002)  # sixteen threads that ask must not wait for each other
    command = [sys.executable, "-c", "from service.cli import main; main()", "serve", "--port", "0"]
    command += [] if asked.processes is None else ["--processes", asked.processes]
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
            if asked.placements is not None:
                place(int(port[1]), asked.seconds, asked.placements)
            else:
                load(int(port[1]), asked.seconds, asked.rate or (), solve=asked.solve)
        finally:
            server.terminate()
            server.wait()


def load(port: int, seconds: float, rates: Sequence[float], *, solve: bool) -> None:
    """Reads and posts for so many seconds; rates: of reads and of posts, a second, else as many as are answered."""
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

    pace = {"read": rates[0] / READERS, "post": rates[1] / WRITERS} if rates else {}

    def ask(kind: str, number: int) -> None:
        connection = Connection(port)
        count, began = 0, time.perf_counter()
        while time.monotonic() < until:
            count += 1
            if kind == "read":
                request = asking("GET", f"/api/v1/programmes/{made}/candidates?limit=20")
            else:
                # Nothing that a column is called, so that what is read does not grow while it is measured.
                form = json.dumps({"what": f"{number}-{count}"}).encode()
                request = asking("POST", f"/api/v1/intake/json?programme={made}", form)
            if kind in pace:
                due = began + (count + number / 16) / pace[kind]
                time.sleep(max(0.0, due - time.perf_counter()))
            else:
                due = time.perf_counter()
            status = connection.status(request)
            # From when it was due: who is kept waiting by the answer before waits all the same.
            taken[kind].append(time.perf_counter() - due)
            statuses[kind, status] += 1

    threads = [Thread(target=ask, args=("read", number)) for number in range(READERS)]
    threads += [Thread(target=ask, args=("post", number)) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for kind, found in taken.items():
        tell(kind, found, seconds)
    print("statuses:", {f"{kind} {status}": count for (kind, status), count in sorted(statuses.items())})


def place(port: int, seconds: float, connections: int) -> None:
    """Asks for placements in a standing proposal for so many seconds, each newcomer another one."""
    address = standing(port)
    taken: list[float] = []
    statuses: Counter[int] = Counter()
    until = time.monotonic() + seconds

    def ask(number: int) -> None:
        connection = Connection(port)
        count = 0
        while time.monotonic() < until:
            newcomer = person(PEOPLE + 97 * number + count) | {"id": f"new{number}-{count}"}
            request = asking("POST", f"{address}/placements", json.dumps({"candidate": newcomer}).encode())
            count += 1
            began = time.perf_counter()
            statuses[connection.status(request)] += 1
            taken.append(time.perf_counter() - began)

    threads = [Thread(target=ask, args=(number,)) for number in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tell("placements", taken, seconds)
    print("statuses:", dict(sorted(statuses.items())))


def standing(port: int) -> str:
    """The address of an accepted proposal: 300 people in 25 networks, nine rules."""
    programme = {
        "name": "Placements",
        "networks": {"count": 25, "min_size": 8, "max_size": 14},
        "rules": [
            {"rule": "spread", "attribute": "sector"},
            {"rule": "not_alone", "attribute": "size_class"},
            {"rule": "balance", "attribute": "years"},
            {"rule": "limit", "attribute": "role", "max": "50%"},
            {"rule": "distinct", "attribute": "organisation", "weight": 5},
            {"rule": "diverse", "attributes": ["sector", "size_class", "role", "years"]},
            {"rule": "near", "max_km": 40},
            {"rule": "exchange"},
            {"rule": "apart"},
        ],
    }
    made = call(port, "POST", "/api/v1/programmes", programme)[1]["id"]
    people = [person(number) for number in range(PEOPLE)]
    call(port, "POST", f"/api/v1/programmes/{made}/candidates", {"candidates": people})
    wait_until_warm(port)
    run = call(port, "POST", f"/api/v1/programmes/{made}/runs", {"time_limit": 10})[1]["id"]
    while (there := call(port, "GET", f"/api/v1/runs/{run}", None)[1])["state"] in ("queued", "running"):
        time.sleep(0.5)
    address = f"/api/v1/proposals/{there['proposal']}"
    version = call(port, "GET", address, None)[1]["stored"]["version"]
    accepted = {"Authorization": "Bearer load", "If-Match": f'"{version}"', "Content-Length": "0"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", f"{address}/accept", headers=accepted)
    if connection.getresponse().status != 200:
        raise SystemExit("The proposal could not be accepted.")
    time.sleep(5)  # each process reads what was accepted before anybody asks
    return address


def person(number: int) -> dict[str, Any]:
    """One of many who differ enough for every rule to have something to weigh."""
    return {
        "id": f"c{number}",
        "organisation": f"o{number * 7 % 120}",
        "sector": f"s{number * 5 % 9}",
        "size_class": ("1-9", "10-49", "50-249", "250+")[number * 3 % 4],
        "role": f"r{number * 11 % 6}",
        "years": str(number * 13 % 31),
        "postcode": ("1000", "2000", "3000", "8000", "9000")[number % 5],
        "asks": [f"t{number % 11}", f"t{number * 3 % 13}"],
        "offers": [f"t{number % 5}"],
        "apart_from": [f"c{(number * 17 + 1) % PEOPLE}"] if number % 10 == 0 else [],
    }


def tell(kind: str, found: list[float], seconds: float) -> None:
    """Says how fast the answers came."""
    found.sort()
    p50, p99 = (1000 * found[int(len(found) * share)] for share in (0.5, 0.99))
    print(f"{kind}: {len(found) / seconds:.0f} a second, median {p50:.0f} ms, p99 {p99:.0f} ms")


class Connection:
    """A connection that is kept, and asks with as little work as can be: the one who asks shares the cores."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def status(self, request: bytes) -> int:
        """Asks, and waits for the whole answer."""
        self._socket.sendall(request)
        answer = b""
        while (end := answer.find(b"\r\n\r\n")) < 0:
            answer += self._more()
        length = LENGTH.search(answer, 0, end)
        wanted = end + 4 + (int(length[1]) if length else 0)
        while len(answer) < wanted:
            answer += self._more()
        return int(answer[9:12])

    def _more(self) -> bytes:
        more = self._socket.recv(65536)
        if not more:
            raise SystemExit("The server hung up.")
        return more


def asking(method: str, path: str, body: bytes = b"") -> bytes:
    """A request as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Authorization: Bearer load"]
    lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"] if body else []
    return "\r\n".join([*lines, "", ""]).encode() + body


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
