"""Proposals that were asked about before, ready to be asked again without being read anew."""

from __future__ import annotations

import gc
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

from service.by_hand import Hand
from service.explain import Explainer
from service.place import Placer, newcomer_of
from service.store import Store
from service.store.errors import NotThereError
from service.store.outage import NO_ANSWER
from service.store.proposals import StoredProposal, accepted_lately, asked_at_first, proposal, question_of, version_of
from service.trace import trace

Ready = TypeVar("Ready")

MOST = 16
"""Proposals that are kept ready: each takes some megabytes."""

MOST_AHEAD = 8
"""Proposals that are read before anybody asks: those that were accepted last."""

LOOK = 1.0
"""Seconds between two looks at what was accepted."""

log = logging.getLogger("kring.standing")


class Shelf(Generic[Ready]):
    """The last few proposals that were asked about, by id and version."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, int], Ready] = OrderedDict()
        self._lock = Lock()

    def get(self, id_: str, version: int, make: Callable[[], Ready]) -> Ready:
        """What was made of a proposal before, or what is made of it now."""
        key = (id_, version)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        # Made outside the lock: two may make the same one at first, and the others need not wait.
        made = make()
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
        _set_aside()
        return made


def _set_aside() -> None:
    """Takes what stays out of the collector's rounds: each whole round would hold up somebody's call for 100 ms.

    What has left a shelf since the last time is collected first.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


_placers: Shelf[Placer] = Shelf()


def placer(store: Store, space: str, id_: str) -> Placer:
    """A proposal of a space, ready to rank its networks for newcomers; raises NotThereError."""

    def make() -> Placer:
        there = proposal(store, space, id_)
        return Placer(question_of(store, there), there.content)

    # Only the version is looked up each time: what a large proposal says takes milliseconds to read.
    return _placers.get(id_, version_of(store, space, id_), make)


def keep_placers_ready(store: Store, stopped: Callable[[], bool] = lambda: False) -> None:
    """Reads what was accepted before a form asks about it, at the start and whenever another one is accepted."""
    tried: set[tuple[str, int]] = set()
    while not stopped():
        try:
            for space, id_, version in accepted_lately(store, MOST_AHEAD):
                if (id_, version) not in tried:
                    tried.add((id_, version))
                    ready = placer(store, space, id_)
                    ready.rank(ready.read(newcomer_of({"id": "newcomer"}))[0])
        except (*NO_ANSWER, NotThereError):
            log.debug("what was accepted cannot be read now")
        except Exception as error:  # a proposal that cannot be read is for whoever asks about it
            log.warning("an accepted proposal could not be made ready\n%s", trace(error))
        time.sleep(LOOK)


_hands: Shelf[Hand] = Shelf()


def hand(store: Store, there: StoredProposal) -> Hand:
    """A proposal, ready to say what moves would cost; a `Hand` changes nothing, so many may ask one at once."""
    return _hands.get(there.id, there.version, lambda: Hand(asked_at_first(store, there), there.content))


def explainer(store: Store, there: StoredProposal) -> Explainer:
    """A proposal, ready to explain itself."""
    return Explainer(question_of(store, there), there.content)
