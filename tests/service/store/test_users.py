"""Organisers sign in, and what they changed by hand can be undone: in both databases."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from service.faults import InputError
from service.store import Store
from service.store.errors import NotNowError, NotThereError, StaleError
from service.store.names import now
from service.store.password_links import LASTS, choose_password, linked_user, make_password_link
from service.store.proposals import change_proposal, list_proposals, proposal, redo, undo
from service.store.runs import ask_for_run
from service.store.shares import make_share, revoke_share, shared_by, shares_of
from service.store.spaces import Scope, digest, new_space
from service.store.tables import password_links, sessions
from service.store.users import (
    IDLE,
    LONGEST,
    User,
    close_user,
    end_session,
    first_user,
    make_user,
    session_of,
    set_password,
    sign_in,
    user_named,
)
from service.worker import one_round

PASSWORD = "three quiet otters"


@pytest.fixture
def proposed(store: Store, space: str, small: str) -> str:
    """A proposal."""
    ask_for_run(store, space, small, {"effort": 1, "workers": 1})
    while one_round(store, "worker"):
        pass
    return list_proposals(store, space, small).items[0].id


def test_whoever_has_the_password_signs_in_and_out(store: Store, space: str) -> None:
    make_user(store, space, " Ann@Example.org ", (Scope.ORGANISE,), PASSWORD)
    token = sign_in(store, "ann@example.ORG", PASSWORD)
    assert token is not None
    found = session_of(store, token)
    assert found is not None
    assert (found.login, found.space, found.scopes) == ("ann@example.org", space, {Scope.ORGANISE})
    end_session(store, token)
    assert session_of(store, token) is None


@pytest.mark.parametrize(("login", "password"), [("ann", "three quiet otter"), ("bob", PASSWORD), ("", "")])
def test_login_and_password_have_to_belong_together(store: Store, space: str, login: str, password: str) -> None:
    make_user(store, space, "ann", (Scope.ORGANISE,), PASSWORD)
    assert sign_in(store, login, password) is None


def test_the_password_itself_is_nowhere(store: Store, space: str) -> None:
    make_user(store, space, "ann", (Scope.ORGANISE,), PASSWORD)
    with store.reading() as connection:
        kept = connection.exec_driver_sql("select digest from users").scalar_one()
    assert kept.startswith("$argon2id$")
    assert PASSWORD not in kept


@pytest.mark.parametrize("column, past", [("seen_at", IDLE), ("created_at", LONGEST)])
def test_a_session_ends_by_itself(store: Store, space: str, column: str, past: timedelta) -> None:
    """Seven days without a sign of life, sixty days whatever happens."""
    make_user(store, space, "ann", (Scope.ORGANISE,), PASSWORD)
    token = sign_in(store, "ann", PASSWORD)
    assert token is not None
    with store.writing() as connection:
        connection.execute(sessions.update().values({column: now() - past + timedelta(minutes=1)}))
    assert session_of(store, token) is not None
    with store.writing() as connection:
        connection.execute(sessions.update().values({column: now() - past - timedelta(minutes=1)}))
    assert session_of(store, token) is None


def test_another_password_ends_every_session(store: Store, space: str) -> None:
    make_user(store, space, "ann", (Scope.ORGANISE,), PASSWORD)
    token = sign_in(store, "ann", PASSWORD)
    assert token is not None
    made = set_password(store, user_named(store, space, "ann"))
    assert session_of(store, token) is None
    assert sign_in(store, "ann", PASSWORD) is None
    assert sign_in(store, "ann", made) is not None


def test_whoever_is_closed_out_signs_in_no_more(store: Store, space: str) -> None:
    make_user(store, space, "ann", (Scope.ORGANISE,), PASSWORD)
    token = sign_in(store, "ann", PASSWORD)
    assert token is not None
    close_user(store, user_named(store, space, "ann"))
    assert session_of(store, token) is None
    assert sign_in(store, "ann", PASSWORD) is None


def test_two_cannot_have_one_login(store: Store, space: str) -> None:
    """Not even in two spaces: whoever signs in names no space."""
    make_user(store, space, "ann", (Scope.ORGANISE,), PASSWORD)
    with pytest.raises(InputError) as raised:
        make_user(store, new_space(store, "other"), "ANN", (Scope.ORGANISE,), PASSWORD)
    assert raised.value.code == "login_taken"


@pytest.mark.parametrize(
    ("login", "password", "code"),
    [("", PASSWORD, "bad_login"), ("ann lee", PASSWORD, "bad_login"), ("ann", "short", "bad_password")],
)
def test_what_cannot_be_a_login_or_a_password_is_said(
    store: Store, space: str, login: str, password: str, code: str
) -> None:
    with pytest.raises(InputError) as raised:
        make_user(store, space, login, (Scope.ORGANISE,), password)
    assert raised.value.code == code


def test_the_first_organiser_is_made_once(store: Store, space: str) -> None:
    password = first_user(store, space)
    assert password is not None
    assert sign_in(store, "organiser", password) is not None
    assert first_user(store, space) is None


def test_what_was_done_by_hand_is_undone_and_done_again(store: Store, space: str, proposed: str) -> None:
    """Two changes, both undone, one done again, and then another change: nothing is left to do again."""
    first = proposal(store, space, proposed)
    for word in ("one", "two"):
        there = proposal(store, space, proposed)
        change_proposal(store, space, proposed, {**there.content, "by_hand": word}, version=there.version)
    said = []
    for step in (undo, undo, redo):
        said.append(step(store, space, proposed, version=proposal(store, space, proposed).version).content)
    assert [each.get("by_hand") for each in said] == ["one", None, "one"]
    assert said[1] == first.content
    there = proposal(store, space, proposed)
    changed = change_proposal(store, space, proposed, {**there.content, "by_hand": "three"}, version=there.version)
    with pytest.raises(NotNowError):
        redo(store, space, proposed, version=changed.version)
    assert undo(store, space, proposed, version=changed.version).content["by_hand"] == "one"


def test_undoing_what_somebody_else_changed_is_refused(store: Store, space: str, proposed: str) -> None:
    there = proposal(store, space, proposed)
    change_proposal(store, space, proposed, there.content, version=there.version)
    with pytest.raises(StaleError):
        undo(store, space, proposed, version=there.version)


def test_a_link_shows_a_proposal_until_it_ends_or_is_taken_back(store: Store, space: str, proposed: str) -> None:
    made, token = make_share(store, space, proposed, timedelta(days=1))
    assert shared_by(store, token)[0].id == proposed
    assert [each.id for each in shares_of(store, space, proposed)] == [made.id]
    revoke_share(store, space, proposed, made.id)
    with pytest.raises(NotThereError):
        shared_by(store, token)
    _, over = make_share(store, space, proposed, timedelta(seconds=-1))
    with pytest.raises(NotThereError):
        shared_by(store, over)


def test_another_space_cannot_share_a_proposal(store: Store, space: str, proposed: str) -> None:
    other = new_space(store, "other")
    made, _ = make_share(store, space, proposed, timedelta(days=1))
    for act in (
        lambda: make_share(store, other, proposed, timedelta(days=1)),
        lambda: shares_of(store, other, proposed),
        lambda: revoke_share(store, other, proposed, made.id),
    ):
        with pytest.raises(NotThereError):
            act()


def test_a_password_link_works_once_and_ends_every_session(store: Store, space: str) -> None:
    make_user(store, space, "ann", (Scope.ORGANISE,), PASSWORD)
    user, session = user_named(store, space, "ann"), sign_in(store, "ann", PASSWORD)
    assert session is not None
    token, ends = make_password_link(store, user)
    assert timedelta(hours=23) < ends - now() <= LASTS
    # Until it is used, nothing has changed.
    assert (linked_user(store, token).login, session_of(store, session) is not None) == ("ann", True)
    choose_password(store, token, "four loud otters")
    assert session_of(store, session) is None
    assert sign_in(store, "ann", PASSWORD) is None
    assert sign_in(store, "ann", "four loud otters") is not None
    with pytest.raises(NotThereError):
        choose_password(store, token, "five slow otters")
    with store.reading() as connection:
        assert connection.execute(password_links.select()).all() == []


def test_a_password_that_cannot_be_one_leaves_the_link(store: Store, space: str) -> None:
    make_user(store, space, "ann", (Scope.ORGANISE,), PASSWORD)
    token, _ = make_password_link(store, user_named(store, space, "ann"))
    with pytest.raises(InputError):
        choose_password(store, token, "short")
    assert linked_user(store, token).login == "ann"


def test_only_the_digest_of_a_password_link_is_kept(store: Store, space: str) -> None:
    make_user(store, space, "ann", (Scope.ORGANISE,), PASSWORD)
    token, _ = make_password_link(store, user_named(store, space, "ann"))
    with store.reading() as connection:
        row = connection.execute(password_links.select()).one()
    assert token not in str(row)
    assert row.digest == digest(token)


def _another_link(store: Store, user: User) -> None:
    make_password_link(store, user)


def _a_day(store: Store, user: User) -> None:
    with store.writing() as connection:
        connection.execute(password_links.update().values(expires_at=now()))


def _another_password(store: Store, user: User) -> None:
    set_password(store, user)


@pytest.mark.parametrize("end", [_another_link, _a_day, _another_password, close_user])
def test_a_password_link_ends(store: Store, space: str, end: Callable[[Store, User], None]) -> None:
    """By another one, after a day, by another password, and where its owner is let in no more."""
    make_user(store, space, "ann", (Scope.ORGANISE,), PASSWORD)
    user = user_named(store, space, "ann")
    token, _ = make_password_link(store, user)
    end(store, user)
    with pytest.raises(NotThereError):
        linked_user(store, token)
    with pytest.raises(NotThereError):
        choose_password(store, token, "four loud otters")


def test_of_two_who_use_one_password_link_one_gets_through(store: Store, space: str) -> None:
    """Both at once: one password is taken, and the other one is told that the link is used."""
    make_user(store, space, "ann", (Scope.ORGANISE,), PASSWORD)
    token, _ = make_password_link(store, user_named(store, space, "ann"))

    def use(password: str) -> bool:
        try:
            choose_password(store, token, password)
        except NotThereError:
            return False
        return True

    passwords = ("four loud otters", "five slow otters")
    with ThreadPoolExecutor(2) as pool:
        taken = list(pool.map(use, passwords))
    assert sorted(taken) == [False, True]
    assert [sign_in(store, "ann", password) is not None for password in passwords] == taken
