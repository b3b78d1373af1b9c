"""How often one may ask: wrong keys and sign-ins are held up soon, calls with a key only when something runs wild."""

from __future__ import annotations

import ipaddress
import math
import struct
import time
from collections.abc import Callable
from hashlib import blake2b
from mmap import mmap
from secrets import token_bytes
from threading import Lock

from flask import Flask, current_app, request

from api.problems import ProblemError
from service.settings import RateLimits

MINUTE = 60.0

PLACES = 1 << 15
"""Names that are counted at once; half a megabyte."""

TRIED = 8
"""Places in which a name may be."""

_PLACE = struct.Struct("<Qd")


class Buckets:
    """How much was asked lately, by name, in memory that processes forked from this one share.

    Of each name one moment is kept: when it would have used up what it asked for, at its limit's pace (the generic cell
    rate algorithm). So a whole minute's worth may come at once, and then no more than the pace. Two processes that
    count one name in the same microseconds may count one call less. Where more names come than there are places, the
    one that asked longest ago is forgotten; nobody is counted for another.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._memory = mmap(-1, PLACES * _PLACE.size)
        self._lock = Lock()
        # Nobody can choose names that meet.
        self._salt = token_bytes(16)

    def take(self, name: str, a_minute: int) -> float | None:
        """Counts one; the seconds until it may be asked again where it is too often, and then it does not count."""
        if a_minute == 0:
            return None
        pace, now = MINUTE / a_minute, self._clock()
        mark = (
            int.from_bytes(
                blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8, key=self._salt).digest(), "little"
            )
            or 1
        )
        with self._lock:
            place, used_up = self._find(mark)
            used_up = max(used_up, now)
            # Rounded, so that the last of a minute's worth is not refused for a billionth of a second.
            wait = round(used_up + pace - now - MINUTE, 6)
            if wait > 0:
                return wait
            _PLACE.pack_into(self._memory, place, mark, used_up + pace)
        return None

    def _find(self, mark: int) -> tuple[int, float]:
        """Where a name is, or may be, and when it will have used up what it asked for."""
        oldest, when = 0, math.inf
        for step in range(TRIED):
            place = (mark + step) % PLACES * _PLACE.size
            there, used_up = _PLACE.unpack_from(self._memory, place)
            if there == mark:
                return place, used_up
            if used_up < when:
                oldest, when = place, used_up
        return oldest, 0.0


def limit(app: Flask, limits: RateLimits, buckets: Buckets) -> None:
    """Gives an app its limits."""
    app.extensions["kring-limits"] = limits, buckets


def refuse_many_calls(key: str | None) -> None:
    """Counts a call with a key, or without one by its address; raises a 429 where there are too many."""
    limits, buckets = _limits()
    if key is not None:
        _refuse(buckets.take(f"key {key}", limits.calls))
    else:
        _refuse(buckets.take(f"address {_address()}", limits.calls_without_key))


def refuse_many_wrong_keys() -> None:
    """Counts a key that opens nothing; raises a 429 where there are too many from its address.

    Whoever shows a right key is never held up by others at the same address.
    """
    limits, buckets = _limits()
    _refuse(buckets.take(f"wrong key {_address()}", limits.wrong_keys))


def refuse_many_sign_ins(account: str) -> None:
    """Counts one try to sign in, before anybody looks at the password; raises a 429 where there are too many.

    account: what was given as name, in the form in which accounts are compared; whether there is one is not asked, so
    that the answer tells nothing. Counted for this account from this address, for the address, and for the account.
    """
    limits, buckets = _limits()
    address, most = _address(), limits.sign_ins
    _refuse(buckets.take(f"sign-in {address} {account}", most))
    _refuse(buckets.take(f"sign-ins from {address}", 5 * most))
    _refuse(buckets.take(f"sign-ins to {account}", 10 * most))


def _limits() -> tuple[RateLimits, Buckets]:
    found: tuple[RateLimits, Buckets] = current_app.extensions["kring-limits"]
    return found


def _refuse(wait: float | None) -> None:
    if wait is not None:
        seconds = math.ceil(wait)
        raise ProblemError("too_many", more={"retry_after": seconds}, headers={"Retry-After": str(seconds)})


def _address() -> str:
    """Who asks; of IPv6 the network, since whoever has one address has all of its network."""
    given = request.remote_addr or "nowhere"
    try:
        found = ipaddress.ip_address(given)
    except ValueError:
        return given
    if isinstance(found, ipaddress.IPv6Address):
        return str(found.ipv4_mapped or ipaddress.ip_network((found, 64), strict=False))
    return given
