"""Takes a draft in: its people onto the list, and the organiser's own columns among those that are kept."""

from __future__ import annotations

from collections.abc import Collection

from service.candidates import header_key
from service.drafts import Draft, Examined, as_source, examine
from service.faults import InputError
from service.store.candidates import Added, Renewed, add_candidates, every_candidate, renew_candidates
from service.store.database import Store
from service.store.programmes import change_programme, programme


def looked_at(store: Store, space: str, programme_id: str, draft: Draft) -> Examined:
    """What would become of a draft, beside the people who are on the list already."""
    asked = programme(store, space, programme_id)
    return examine(draft, asked.read(), every_candidate(store, space, programme_id))


def take_in(store: Store, space: str, programme_id: str, draft: Draft, *, skip_bad_rows: bool = False) -> Added:
    """Adds the people of a draft: all of them, or none and an InputError; with `skip_bad_rows` all who are right.

    The columns are kept and the people added in one go, so that neither is there without the other.
    """
    with store.writing():
        _keep_columns(store, space, programme_id, draft)
        return add_candidates(store, space, programme_id, as_source(draft), skip_bad_rows=skip_bad_rows)


def renewal(store: Store, space: str, programme_id: str, draft: Draft, known: Collection[str]) -> Renewed | None:
    """What taking in and changing those who are there would do; None where the draft has other faults."""
    try:
        return renew_candidates(store, space, programme_id, as_source(draft), known, dry_run=True)
    except InputError:
        return None


def renew(store: Store, space: str, programme_id: str, draft: Draft, known: Collection[str]) -> Renewed:
    """Takes in who is new, and changes who is there already: all of it, or nothing and an InputError."""
    with store.writing():
        _keep_columns(store, space, programme_id, draft)
        return renew_candidates(store, space, programme_id, as_source(draft), known)


def _keep_columns(store: Store, space: str, programme_id: str, draft: Draft) -> None:
    asked = programme(store, space, programme_id)
    used = {header_key(name) for name in (*asked.content.get("keep", ()), *asked.read().used_columns())}
    new = [name for name in draft.kept_names() if header_key(name) not in used]
    if new:
        content = {**asked.content, "keep": [*asked.content.get("keep", ()), *new]}
        change_programme(store, space, programme_id, content, version=asked.version)
