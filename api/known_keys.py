"""Keys that were shown a moment ago, so that a caller who asks much is not looked up each time."""

from __future__ import annotations

import time
from collections.abc import Callable

from service.store import Store, now
from service.store.spaces import Key, digest, key_for

KNOWN = 1.0
"""Seconds that a key is known: how long one that was taken back may still open something."""

MOST = 1000
"""Keys that are known at once."""


class KnownKeys:
    """The keys of a store, asked at most once in `KNOWN` seconds. Only keys that open are known, by their digests."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._known: dict[str, tuple[Key, float]] = {}

    def key(self, secret: str) -> Key | None:
        """The key that a caller shows; None where it opens nothing."""
        name, moment = digest(secret), self._clock()
        there = self._known.get(name)
        if there is not None and moment < there[1] and there[0].opens_at(now()):
            return there[0]
        found = key_for(self._store, secret)
        if found is None:
            self._known.pop(name, None)
            return None
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[name] = found, moment + KNOWN
        return found
