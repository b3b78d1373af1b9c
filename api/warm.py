"""Warms up beside whatever else happens."""

from __future__ import annotations

from threading import Event, Thread

from service.warm import warm_up


def warm_up_beside(done: Event) -> None:
    """Warms up beside whatever else happens; `done` is set at the end."""

    def work() -> None:
        try:
            warm_up()
        finally:
            done.set()  # a search that cannot be compiled is for the first request to say

    Thread(target=work, name="warm-up", daemon=True).start()
