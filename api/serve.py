"""Serves the application with waitress."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from threading import Event

from waitress import create_server

from api.app import STREAMS, create_app
from api.warm import warm_up_beside
from service.store import Store
from service.store.spaces import EVERY_SCOPE, first_space, keys_of, make_key
from service.store.users import FIRST, first_user

THREADS = STREAMS + 8
"""Whoever follows a run holds a thread; eight are left for all other calls."""

SWITCH = 0.0005
"""Seconds that a thread may compute while others wait. A call to the database gives its turn away and asks for it back,
so with the usual five milliseconds a post among readers waited for each of its statements."""

MOST_BYTES_ON_DISK = 64_000_000
"""Of one body, while it comes in: beyond this waitress hangs up; below, the application says what is too large."""


def serve(
    store: Store, host: str, port: int, tell: Callable[[str], None], beside: Callable[[], Callable[[], None]]
) -> None:
    """Answers until it is stopped. Port 0 is any free one; `tell` gets each line for the terminal.

    beside: starts what runs beside the server once it has its address, and gives what stops that again.
    Raises OSError or ValueError where it cannot listen there, or where the key of the environment is none.
    """
    sys.setswitchinterval(SWITCH)
    given = os.environ.get("KRING_KEY")
    warm = Event()
    server = create_server(
        create_app(store, key=given, ready=warm.is_set),
        host=host,
        port=port,
        threads=THREADS,
        ident="kring",
        max_request_body_size=MOST_BYTES_ON_DISK,
    )
    warm_up_beside(warm)
    tell(f"Kring: http://{_shown(host)}:{server.effective_port}/ for organisers, /api/v1/ for programs (/api/v1/docs)")
    stop = beside()
    # Made only once the address is ours, so that a start that fails shows nobody a key.
    space, _ = first_space(store)
    if given is None and not keys_of(store, space):
        _, secret = make_key(store, space, "first key", EVERY_SCOPE)
        tell(f"Key: {secret}")
        tell("It is shown once; `kring keys` makes others and takes them back.")
    password = first_user(store, space)
    if password is not None:
        tell(f"Sign in at http://{_shown(host)}:{server.effective_port}/ as {FIRST} with the password {password}")
        tell("It is shown once; change it there, or with `kring users password`.")
    # The first process of a container ignores a request to stop unless it says otherwise.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
    server.run()
    stop()
    # A solve that still runs is in native code, and crashes when the interpreter is taken down under it.
    sys.stdout.flush()
    os._exit(0)


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host
