"""Where something went wrong, without what it was about: a log carries no ids, names or cells of people."""

from __future__ import annotations

import traceback


def trace(error: BaseException) -> str:
    """The lines of code on the way to an error and its kind; its message may quote what somebody filled in."""
    return "".join(traceback.format_tb(error.__traceback__)) + type(error).__name__
