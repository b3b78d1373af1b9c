"""A draft is taken in: its people onto the list, its own columns among those that are kept."""

from __future__ import annotations

import pytest

from service.drafts import OWN, begin, pasted, with_meanings
from service.faults import InputError
from service.store import Store
from service.store.candidates import every_candidate
from service.store.programmes import make_programme, programme
from service.taking_in import looked_at, take_in


def test_people_come_in_with_the_columns_that_their_organiser_keeps(store: Store, space: str) -> None:
    made = make_programme(store, space, {"name": "P", "networks": {"count": 1}})
    draft = with_meanings(begin(pasted("id\tGeslacht\tGSM\nc1\tv\t1\nc2\tm\t2\nc3\tm\t3\n")), {1: OWN})
    assert looked_at(store, space, made.id, draft).good == 3
    assert len(take_in(store, space, made.id, draft).items) == 3
    assert every_candidate(store, space, made.id)[0] == {"id": "c1", "Geslacht": "v"}
    assert programme(store, space, made.id).content["keep"] == ["Geslacht"]


def test_a_draft_that_is_not_right_changes_nothing(store: Store, space: str) -> None:
    made = make_programme(store, space, {"name": "P", "networks": {"count": 1}})
    draft = with_meanings(begin(pasted("id\tGeslacht\nc1\tv\nc1\tm\n")), {1: OWN})
    with pytest.raises(InputError):
        take_in(store, space, made.id, draft)
    assert programme(store, space, made.id).version == 1
    assert len(take_in(store, space, made.id, draft, skip_bad_rows=True).items) == 1
