"""What the store cannot do, as values that a door can put into words.

StoreError
├── NotThereError        no such thing, or not in this space: the two look the same from outside
├── StaleError           somebody changed it since it was read
├── NotNowError          not in the state that it is in
├── QueueFullError       as many runs wait as the queue holds
├── LeaseLostError       another worker has taken the run over
├── NotEmptyError        something is where a copy should go
├── NotEmbeddedError     only the embedded database is a file that can be copied
└── NoCopyError          a file that is no copy of what Kring keeps, or not a whole one
"""

from __future__ import annotations

from service.faults import KringError


class StoreError(KringError):
    """What the store cannot do."""


class NotThereError(StoreError):
    """There is no such thing in this space."""


class StaleError(StoreError):
    """The version that the caller saw is not the one that is there."""

    def __init__(self, version: int) -> None:
        super().__init__(f"it is at version {version} now")
        self.version = version


class NotNowError(StoreError):
    """The state of a thing does not allow it; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class QueueFullError(StoreError):
    """As many runs wait as the queue holds; `seconds`: when to ask again."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"the queue is full; ask again in {seconds} s")
        self.seconds = seconds


class LeaseLostError(StoreError):
    """Another worker has taken the run over, or it has ended."""


class NotEmptyError(StoreError):
    """There is something already where something should go."""


class NotEmbeddedError(StoreError):
    """Only the embedded database is a file that can be copied."""


class NoCopyError(StoreError):
    """A file that is no copy of what Kring keeps, or not a whole one."""
