"""Offers "did you mean", but not without end."""

from collections.abc import Iterable

from service.faults import nearest

MOST = 100  # suggestions for one input: a column that is wrong all the way down needs no thousandth one
MOST_KNOWN = 20_000  # values to compare with; beyond these a comparison takes longer than it is worth


class Suggestions:
    """Finds the known value that was probably meant, for the first faults of an input."""

    def __init__(self) -> None:
        self._left = MOST

    def nearest(self, found: str, known: Iterable[str]) -> str | None:
        """The nearest known value, None where nothing is near or enough was suggested already."""
        values = tuple(known)
        if self._left == 0 or len(values) > MOST_KNOWN:
            return None
        self._left -= 1
        return nearest(found[:200], values)
