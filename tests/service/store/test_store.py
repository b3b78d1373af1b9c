"""Tables, transactions, programmes, candidates, keys and proposals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from service.check import check
from service.faults import InputError
from service.intake.tables import Objects
from service.store import Store, now, open_store
from service.store.candidates import (
    add_candidates,
    candidate,
    change_candidate,
    list_candidates,
    remove_candidate,
)
from service.store.database import DatabaseAddressError, url_of
from service.store.errors import NotThereError, StaleError
from service.store.migrate import NewerDatabaseError
from service.store.programmes import (
    change_programme,
    delete_programme,
    list_programmes,
    make_programme,
    programme,
)
from service.store.proposals import accept, change_proposal, list_proposals, proposal, question_of
from service.store.runs import ask_for_run, run
from service.store.spaces import Scope, digest, first_space, key_with, make_key, new_space, revoke
from service.store.tables import METADATA
from service.worker import one_round
from tests.api.conftest import people
from tests.api.conftest import programme as small_programme

# Migrations.


def test_migrations_make_the_tables_that_the_code_means(store: Store) -> None:
    """Nothing is missing and nothing is left over."""
    with store.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_opening_again_changes_nothing(address: str, store: Store, small: str, space: str) -> None:
    """And what was kept is there."""
    again = open_store(address)
    assert programme(again, space, small).content["name"] == "Small"
    again.close()


def test_a_database_of_a_later_version_is_refused(address: str, store: Store) -> None:
    """An older Kring would misread it."""
    with store.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerDatabaseError, match="9999"):
        open_store(address)


@pytest.mark.parametrize("address", ["mysql://localhost/x", "postgresql:/nothing", "sqlite://"])
def test_an_address_that_is_none_is_said(address: str) -> None:
    """Before anything is opened."""
    if "://" in address:
        with pytest.raises(DatabaseAddressError):
            url_of(address)
    else:
        assert url_of(address).get_backend_name() == "sqlite"  # a folder, however odd its name


# Transactions.


def test_a_transaction_that_fails_leaves_nothing(store: Store, space: str) -> None:
    """All of it, or none."""

    def fails() -> None:
        with store.writing():
            make_programme(store, space, small_programme())
            raise RuntimeError("no power")

    with pytest.raises(RuntimeError, match="no power"):
        fails()
    assert list_programmes(store, space).items == ()


# Spaces and keys.


def test_nothing_of_one_space_is_visible_from_another(store: Store, space: str, small: str) -> None:
    """Whatever is asked about it, it is not there."""
    other = new_space(store, "Somebody else")
    run_id = ask_for_run(store, space, small, {"effort": 1}).id
    one_round(store, "w")
    proposal_id = run(store, space, run_id).proposal
    assert proposal_id is not None
    asked: list[Callable[[], Any]] = [
        lambda: programme(store, other, small),
        lambda: change_programme(store, other, small, small_programme(), version=1),
        lambda: delete_programme(store, other, small, version=1),
        lambda: list_candidates(store, other, small),
        lambda: candidate(store, other, small, "c1"),
        lambda: add_candidates(store, other, small, Objects("candidates", people())),
        lambda: remove_candidate(store, other, small, "c1", version=1),
        lambda: ask_for_run(store, other, small, {}),
        lambda: run(store, other, run_id),
        lambda: proposal(store, other, proposal_id),
        lambda: accept(store, other, proposal_id, version=1),
        lambda: list_proposals(store, other, small),
    ]
    for ask in asked:
        with pytest.raises(NotThereError):
            ask()
    assert list_programmes(store, other).items == ()


def test_a_key_opens_until_it_ends_or_is_taken_back(store: Store, space: str) -> None:
    """And only its digest is kept."""
    key, secret = make_key(store, space, "form", [Scope.INTAKE])
    found = key_with(store, digest(secret))
    assert found is not None
    assert (found.space, found.scopes, found.opens_at(now())) == (space, {Scope.INTAKE}, True)
    assert key_with(store, digest(secret + "x")) is None
    _, old = make_key(store, space, "old", [Scope.INTAKE], expires_at=now() - timedelta(seconds=1))
    over = key_with(store, digest(old))
    assert over is not None
    assert not over.opens_at(now())
    revoke(store, space, key.id)
    taken = key_with(store, digest(secret))
    assert taken is not None
    assert not taken.opens_at(now())
    with pytest.raises(NotThereError):
        revoke(store, space, key.id)
    with store.reading() as connection:
        assert secret not in str(connection.execute(text("SELECT * FROM keys")).all())


# Programmes and candidates.


def test_a_change_of_what_somebody_else_changed_is_refused(store: Store, space: str, small: str) -> None:
    """The second of two organisers reads again first."""
    change_programme(store, space, small, small_programme(name="Mine"), version=1)
    with pytest.raises(StaleError):
        change_programme(store, space, small, small_programme(name="Yours"), version=1)
    assert programme(store, space, small).content["name"] == "Mine"


def test_candidates_are_added_all_or_none(store: Store, space: str, small: str) -> None:
    """With every fault, of which those who are there already are none."""
    with pytest.raises(InputError) as refused:
        add_candidates(store, space, small, Objects("candidates", [{"id": "new"}, {"id": "c1"}, {"years": "x"}]))
    assert {fault.row for fault in refused.value.faults} == {3, 4}
    assert "id_repeated" in {fault.code for fault in refused.value.faults}
    assert len(list_candidates(store, space, small, limit=500).items) == 18


def test_columns_that_no_rule_uses_are_not_kept(store: Store, space: str, small: str) -> None:
    """And the answer says which."""
    added = add_candidates(store, space, small, Objects("candidates", [{"id": "new", "shoe size": "43"}]))
    assert added.read.dropped == ("shoe size",)
    assert "43" not in str(candidate(store, space, small, "new").content)


def test_who_refused_consent_is_not_kept(store: Store, space: str, small: str) -> None:
    """Set aside, with a reason that names nobody."""
    added = add_candidates(store, space, small, Objects("candidates", [{"id": "no", "consent": "nee"}]))
    assert (added.items, [each.why_code for each in added.read.set_aside]) == ((), ["consent_refused"])
    with pytest.raises(NotThereError):
        candidate(store, space, small, "no")


def test_pages_follow_each_other(store: Store, space: str, small: str) -> None:
    """In the order in which candidates came, each once."""
    seen, after = [], 0
    while True:
        page = list_candidates(store, space, small, after=after, limit=5)
        seen += [item.content["id"] for item in page.items]
        if page.next is None:
            break
        after = page.next
    assert seen == [person["id"] for person in people()]


def test_a_candidate_changes_but_keeps_the_id(store: Store, space: str, small: str) -> None:
    """The cells are checked as those of a file are."""
    changed = change_candidate(store, space, small, "c3", {"sector": "metal"}, version=1)
    assert (changed.version, changed.content) == (2, {"id": "c3", "sector": "metal"})
    with pytest.raises(InputError):
        change_candidate(store, space, small, "c3", {"years": "many"}, version=2)


# Proposals.


def test_a_proposal_that_is_accepted_takes_the_place_of_another(store: Store, space: str, small: str) -> None:
    """One holds at a time."""
    made = []
    for seed in (1, 2):
        run_id = ask_for_run(store, space, small, {"effort": 1, "seed": seed}).id
        one_round(store, "w")
        made.append(run(store, space, run_id).proposal)
    first, second = (proposal(store, space, str(id_)) for id_ in made)
    accept(store, space, first.id, version=1)
    accept(store, space, second.id, version=1)
    assert [each.accepted_at is not None for each in list_proposals(store, space, small).items] == [False, True]


def test_erasing_somebody_leaves_a_proposal_countable(store: Store, space: str) -> None:
    """As many members and trios as before, and the person nowhere."""
    rows = [
        {**person, "first_name": f"Voor{person['id']}", "last_name": "Achter", "email": f"{person['id']}@x.org"}
        for person in people()
    ]
    rows[5]["apart_from"] = "c3"
    content = small_programme(pins=[{"candidate": "c3", "network": "waitlist"}])
    small = make_programme(store, space, content).id
    add_candidates(store, space, small, Objects("candidates", rows))
    run_id = ask_for_run(store, space, small, {"effort": 1}).id
    one_round(store, "w")
    made = proposal(store, space, str(run(store, space, run_id).proposal))
    assert check(question_of(store, made).question, made.content) == ()
    gone = remove_candidate(store, space, small, "c3", version=1)
    assert proposal(store, space, made.id).version == made.version + 1
    with pytest.raises(StaleError):
        change_proposal(store, space, made.id, made.content, version=made.version)
    left = proposal(store, space, made.id).content
    assert len(left["waitlist"]) == 1
    assert left["waitlist"][0]["id"] == gone.ref
    assert [len(n["members"]) for n in left["networks"]] == [len(n["members"]) for n in made.content["networks"]]
    with store.reading() as connection:
        for table in METADATA.tables:
            kept = str(connection.execute(text(f"SELECT * FROM {table}")).all())  # noqa: S608  (our own tables)
            assert "Voorc3" not in kept, table
            assert "c3@x.org" not in kept, table
            assert "'c3'" not in kept, table
            assert '"c3"' not in kept, table
    assert programme(store, space, small).content["pins"] == []
    ask_for_run(store, space, small, {"effort": 1})  # and the programme can be asked again


def test_an_embedded_database_is_made_with_its_folder(tmp_path: Path) -> None:
    """On a fresh machine there is none."""
    store = open_store(tmp_path / "a" / "b")
    assert first_space(store)[1]
    assert not first_space(store)[1]
    store.close()
