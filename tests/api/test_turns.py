"""Places to solve: programs are sent away, people wait their turn."""

from __future__ import annotations

import time
from threading import Event, Thread

import pytest

from api.problems import ProblemError
from api.turns import Turns


def test_a_program_is_sent_away_at_once() -> None:
    turns = Turns(1)
    with turns.one(), pytest.raises(ProblemError) as raised, turns.one():
        pass
    assert raised.value.code == "busy"


def test_a_page_waits_for_its_turn() -> None:
    """The explanation of a card may be under way when the card is pinned."""
    turns, began, done = Turns(1), Event(), Event()

    def explain() -> None:
        with turns.one():
            began.set()
            done.wait(5)

    explaining = Thread(target=explain)
    explaining.start()
    began.wait()
    Thread(target=lambda: (time.sleep(0.1), done.set())).start()
    with turns.one(patience=5):
        assert done.is_set()
    explaining.join()
