"""A database that does not answer: waits for it, and says so once."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import sleep

from sqlalchemy.exc import InterfaceError, OperationalError, TimeoutError

NO_ANSWER = (OperationalError, InterfaceError, TimeoutError)
"""What a database raises that is not there, or not now: never something that was asked wrongly."""

WAIT = 2.0
"""Seconds before a database that did not answer is asked again."""


class Outage:
    """Lets a loop outlast a database that does not answer.

    what: what is tried again, for the log.
    """

    def __init__(self, log: logging.Logger, what: str, *, wait: float = WAIT, pause: Callable[[float], None] = sleep):
        self._log = log
        self._what = what
        self._wait = wait
        self._pause = pause
        self._silent = False

    @contextmanager
    def outlasted(self) -> Iterator[None]:
        """Waits where the block fails because the database does not answer."""
        try:
            yield
        except NO_ANSWER as error:
            if not self._silent:
                # The driver's own words: those of the engine would hold the statement, and with it what was in it.
                reason = str(getattr(error, "orig", None) or error).strip().splitlines()
                why = reason[0] if reason else type(error).__name__
                self._log.warning("the database does not answer (%s); %s until it does", why, self._what)
            self._silent = True
            self._pause(self._wait)
        else:
            if self._silent:
                self._log.warning("the database answers again")
            self._silent = False
