"""Serves the application with waitress, in one process or in several that share an address."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from errno import EADDRINUSE
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any

from waitress import create_server

from api.app import STREAMS, create_app
from api.limits import Buckets
from api.processes import Leash, Readiness, forking
from api.standing import keep_placers_ready
from api.turns import Turns, usual_places
from api.warm import warm_up_beside
from service.keeper import Keeper, Running
from service.settings import COUNTS, Settings
from service.store import Store
from service.store.database import engine_of
from service.store.spaces import EVERY_SCOPE, first_space, keys_of, make_key, usable_key
from service.store.users import FIRST, first_user

CALLS = 8
"""Threads of a process besides those of whoever follows a run, who holds one each."""

SWITCH = 0.0001
"""Seconds that a thread may compute while others wait. A call to the database gives its turn away and asks for it back,
so with the usual five milliseconds a post among readers waited for each of its statements."""

BACKLOG = 1024
"""Connections that may wait to be taken."""

MOST_BYTES_ON_DISK = 64_000_000
"""Of one body, while it comes in: beyond this waitress hangs up; below, the application says what is too large."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What the processes that answer have in common: made before they are forked."""

    sockets: Sequence[Sequence[socket.socket]]
    """Those of each process."""
    key: str | None
    settings: Settings
    processes: int
    ready: Readiness
    buckets: Buckets


def serve(
    store: Store, settings: Settings, tell: Callable[[str], None], beside: Sequence[Callable[[], Running]]
) -> None:
    """Answers until it is stopped. Port 0 is any free one; `tell` gets each line for the terminal.

    beside: how to start what runs beside the server, which it keeps running.
    Raises OSError or ValueError where it cannot listen there, or where the key of the environment is none.
    """
    given = os.environ.get("KRING_KEY")
    if given is not None:
        usable_key(given)
    processes = settings.processes or 1
    places = listening_for(settings.host, settings.port, processes)
    sockets = places[0]
    shared = Shared(places, given, settings, processes, Readiness(processes), Buckets())
    port = sockets[0].getsockname()[1]
    home = f"http://{_shown(settings.host)}:{port}/"
    tell(f"Kring: {home} for organisers, {home}api/v1/ for programs (/api/v1/docs)")
    tell(f"Data: {Path(str(store.engine.url.database)).parent if store.embedded else 'PostgreSQL'}")
    # Made only once the address is ours, so that a start that fails shows nobody a key.
    space, _ = first_space(store)
    if given is None and not keys_of(store, space):
        _, secret = make_key(store, space, "first key", EVERY_SCOPE)
        tell(f"Key: {secret}")
        tell("It is shown once; `kring keys` makes others and takes them back.")
    password = first_user(store, space)
    if password is not None:
        tell(f"Sign in at {home} as {FIRST} with the password {password}")
        tell("It is shown once; change it there, or with `kring users password`.")
    # The first process of a container ignores a request to stop unless it says otherwise.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
    if processes == 1:
        alone(store, shared, beside)
    else:
        together(store, shared, beside)
    if COUNTS in os.environ:
        shutil.rmtree(os.environ[COUNTS], ignore_errors=True)
    sys.stdout.flush()
    # A solve that still runs is in native code, and crashes when the interpreter is taken down under it.
    os._exit(0)


def alone(store: Store, shared: Shared, beside: Sequence[Callable[[], Running]]) -> None:
    """Answers in this process."""
    keeper = Keeper(beside)
    keeper.start()
    Thread(target=keeper.run, name="keeper", daemon=True).start()
    answer(store, shared, 0)
    keeper.stop()


def together(store: Store, shared: Shared, beside: Sequence[Callable[[], Running]]) -> None:
    """Answers in several processes, which this one keeps running."""
    url = store.engine.url.render_as_string(hide_password=False)
    # A connection that two processes hold is of no use to either, and SQLite's would lose its locks.
    store.close()
    leash = Leash()

    def answer_here(number: int) -> None:
        answer(Store(engine_of(url)), shared, number)
        os._exit(0)

    keeper = Keeper([*(forking(answer_here, number, leash) for number in range(shared.processes)), *beside])
    try:
        keeper.start()
        keeper.run()
    except (SystemExit, KeyboardInterrupt):
        keeper.stop()


def answer(store: Store, shared: Shared, number: int) -> None:
    """Answers in this process, which may be one of several."""
    sys.setswitchinterval(SWITCH)
    streams = share(STREAMS, shared.processes)
    app = create_app(
        store,
        key=shared.key,
        turns=Turns(share(usual_places(), shared.processes)),
        streams=streams,
        limits=shared.settings.limits,
        buckets=shared.buckets,
        ready=shared.ready.all,
    )
    server = create_server(
        app,
        sockets=list(shared.sockets[number]),
        threads=streams + CALLS,
        backlog=BACKLOG,
        ident="kring",
        max_request_body_size=MOST_BYTES_ON_DISK,
        **_behind(shared.settings.proxy),
    )
    warm_up_beside(partial(_warm, store, shared, number))
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
    server.run()


def _warm(store: Store, shared: Shared, number: int) -> None:
    """Says that this process is ready, and has ready what forms will ask about."""
    shared.ready.mark(number)
    keep_placers_ready(store)


def _behind(proxy: str | None) -> dict[str, Any]:
    """Takes the word of one proxy on who asks and how; anybody else's headers of that kind are taken away."""
    if proxy is None:
        return {}
    return {
        "trusted_proxy": proxy,
        "trusted_proxy_count": 1,
        "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"},
    }


def share(places: int, processes: int) -> int:
    """What one of several processes may have of what there is, rounded up: each has some."""
    return -(-places // processes)


def listening_for(host: str, port: int, processes: int) -> list[list[socket.socket]]:
    """Sockets for each process, made by the one that starts them all, so that those of one that dies go on waiting for
    the next; raises OSError."""
    # Alone first: sockets that share a port would share it with another server, too.
    alone = listening(host, port)
    if processes == 1 or sys.platform != "linux":
        return [alone] * processes
    # Where processes wait at one socket, whoever runs at the moment takes all connections of a moment, and keeps them.
    # Linux spreads connections over sockets that share a port.
    found = alone[0].getsockname()[1]
    for each in alone:
        each.close()
    return [listening(host, found, shared=True) for _ in range(processes)]


def listening(host: str, port: int, *, shared: bool = False) -> list[socket.socket]:
    """Sockets that listen at every address of a host, at one port; raises OSError."""
    made: list[socket.socket] = []
    refused: OSError | None = None
    found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    for family, kind, protocol, _, place in dict.fromkeys(found):
        listener = socket.socket(family, kind, protocol)
        try:
            if sys.platform != "win32":  # there it would let two servers have one port
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if shared:
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            if family == socket.AF_INET6:
                listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            listener.bind((place[0], made[0].getsockname()[1] if made else port, *place[2:]))
            listener.listen(BACKLOG)
            listener.setblocking(False)
        except OSError as error:
            listener.close()
            refused = error
            # A machine without IPv6 may still have a name for it; a port that is taken is taken.
            if error.errno == EADDRINUSE:
                break
        else:
            made.append(listener)
    if refused is not None and (not made or refused.errno == EADDRINUSE):
        for listener in made:
            listener.close()
        raise refused
    return made


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host
