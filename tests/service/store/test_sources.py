"""What organisers see of forms, in each database."""

from __future__ import annotations

import json

import pytest

from service.faults import InputError
from service.mapping_form import lines_of, switch_on_and_keep
from service.store import Store
from service.store.candidates import every_candidate
from service.store.errors import NotNowError, NotThereError
from service.store.intake import Settled, make_source, receive, settle_waiting, source_for
from service.store.programmes import make_programme, programme
from service.store.sources import (
    deliveries_of,
    delivery_of,
    mapping_of,
    questions_of,
    set_aside,
    settle_by_hand,
    source_of,
    sources_of,
)

JSON = {"Content-Type": "application/json"}


@pytest.fixture
def made(store: Store, space: str) -> str:
    content = {"name": "P", "networks": {"count": 1}, "vocabularies": {"sector": ["care"]}}
    return make_programme(store, space, content).id


def deliver(store: Store, space: str, made: str, **answers: str) -> str:
    source = source_for(store, space, made, "plain")
    return receive(store, source, JSON, json.dumps(answers).encode()).id


def test_a_programme_is_open_to_no_tool_until_somebody_says_so(store: Store, space: str, made: str) -> None:
    assert sources_of(store, space, made) == []
    with pytest.raises(NotThereError):
        source_of(store, space, made, "tally")
    make_source(store, space, made, "tally")
    assert [seen.source.tool for seen in sources_of(store, space, made)] == ["tally"]


def test_the_newest_come_first_and_are_counted_by_what_became_of_them(store: Store, space: str, made: str) -> None:
    deliver(store, space, made, email="an@x.be", sector="care")
    deliver(store, space, made, email="bo@x.be", sector="craft")
    while settle_waiting(store):
        pass
    seen = source_of(store, space, made, "plain")
    assert (seen.total, seen.held, seen.counts) == (2, 1, {"mapped": 1, "held": 1})
    assert [each.answers[0].answers for each in deliveries_of(store, seen.source)] == [("bo@x.be",), ("an@x.be",)]
    assert [each.state for each in deliveries_of(store, seen.source, state=Settled.HELD)] == [Settled.HELD]
    questions = questions_of(deliveries_of(store, seen.source))
    assert [(each.key, each.answers) for each in questions] == [
        ("email", ("bo@x.be", "an@x.be")),
        ("sector", ("craft", "care")),
    ]


def test_one_that_is_held_is_put_on_the_list_once(store: Store, space: str, made: str) -> None:
    id_ = deliver(store, space, made, email="bo@x.be", sector="craft")
    settle_waiting(store)
    source = source_of(store, space, made, "plain").source
    with pytest.raises(InputError):
        settle_by_hand(store, space, source, id_, {"email": "bo@x.be", "sector": "craft"})
    with pytest.raises(NotNowError):
        settle_by_hand(store, space, source, id_, {"email": "bo@x.be", "consent": "no"})
    settle_by_hand(store, space, source, id_, {"email": "bo@x.be", "sector": "care"})
    assert delivery_of(store, source, id_).state is Settled.MAPPED
    with pytest.raises(NotNowError):
        settle_by_hand(store, space, source, id_, {"email": "cy@x.be"})
    assert len(every_candidate(store, space, made)) == 1


def test_one_that_is_set_aside_says_nothing_any_more(store: Store, space: str, made: str) -> None:
    id_ = deliver(store, space, made, email="bo@x.be", sector="craft")
    settle_waiting(store)
    source = source_of(store, space, made, "plain").source
    set_aside(store, source, id_)
    seen = delivery_of(store, source, id_)
    assert (seen.state, seen.answers, seen.reasons) == (Settled.REFUSED, (), ({"code": "set_aside_by_hand"},))


def test_a_mapping_keeps_the_columns_of_the_organisers_own(store: Store, space: str, made: str) -> None:
    deliver(store, space, made, email="an@x.be", colour="blue")
    content = {"version": 1, "columns": [{"column": "email", "key": "email"}, {"column": "Colour", "key": "colour"}]}
    assert switch_on_and_keep(store, space, made, "plain", content) == 1
    settle_waiting(store)
    assert programme(store, space, made).content["keep"] == ["Colour"]
    assert every_candidate(store, space, made) == [{"id": "an@x.be", "email": "an@x.be", "Colour": "blue"}]
    source = source_of(store, space, made, "plain").source
    lines = lines_of(questions_of(deliveries_of(store, source)), mapping_of(store, source), "en")
    assert [(line.key, line.meaning) for line in lines] == [("email", "email"), ("colour", "own")]
