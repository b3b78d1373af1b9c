"""A draft is taken in: its people onto the list, its own columns among those that are kept."""

from __future__ import annotations

import pytest

from service.drafts import OWN, begin, pasted, with_meanings
from service.faults import InputError
from service.intake.tables import Objects
from service.store import Store
from service.store.candidates import add_candidates, candidate, every_candidate, remove_candidate
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


def test_who_is_erased_is_out_of_the_data_that_rules_brought_along(store: Store, space: str) -> None:
    """An earlier proposal, a history and a table of distances keep their size, and say nothing of the person."""
    rules = [
        {"rule": "stay", "baseline": {"networks": [{"name": "Gent", "members": ["an@x.be", "c2"]}]}},
        {"rule": "diverse", "matrix": {"ids": ["an@x.be", "c2"], "rows": [[0, 1], [1, 0]]}},
        {"rule": "meet_new", "history": [["an@x.be", "c2"], {"networks": [], "rotations": []}]},
    ]
    made = make_programme(store, space, {"name": "P", "networks": {"count": 1}, "rules": rules})
    add_candidates(store, space, made.id, Objects("x", [{"id": "an@x.be"}, {"id": "c2"}]))
    there = candidate(store, space, made.id, "an@x.be")
    remove_candidate(store, space, made.id, "an@x.be", version=there.version)
    content = programme(store, space, made.id).content
    assert "an@x.be" not in str(content)
    assert content["rules"][0]["baseline"]["networks"][0]["members"] == [there.ref, "c2"]
    assert content["rules"][1]["matrix"]["ids"] == [there.ref, "c2"]
