"""Serves the application with waitress."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from threading import Event

from waitress import create_server

from api.app import create_app
from api.keys import new_key
from api.warm import warm_up_beside

THREADS = 8
MOST_BYTES_ON_DISK = 64_000_000
"""Of one body, while it comes in: beyond this waitress hangs up; below, the application says what is too large."""


def serve(host: str, port: int, tell: Callable[[str], None]) -> None:
    """Answers until it is stopped. Port 0 is any free one; `tell` gets each line for the terminal.

    Raises OSError or ValueError where it cannot listen there, or where the key of the environment is none.
    """
    given = os.environ.get("KRING_KEY")
    key = given or new_key()
    warm = Event()
    server = create_server(
        create_app(key=key, ready=warm.is_set),
        host=host,
        port=port,
        threads=THREADS,
        ident="kring",
        max_request_body_size=MOST_BYTES_ON_DISK,
    )
    warm_up_beside(warm)
    tell(f"Kring answers at http://{_shown(host)}:{server.effective_port}/api/v1/ (what it answers: .../api/v1/docs)")
    if not given:
        tell(f"Key: {key}")
        tell("It is shown once and holds until Kring stops. Set KRING_KEY to choose one that stays.")
    # The first process of a container ignores a request to stop unless it says otherwise.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
    server.run()
    # A solve that still runs is in native code, and crashes when the interpreter is taken down under it.
    sys.stdout.flush()
    os._exit(0)


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host
