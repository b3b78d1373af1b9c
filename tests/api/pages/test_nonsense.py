"""Whatever a form brings along, the pages of people and wishes answer, and never with a mistake of their own."""

from __future__ import annotations

import random
from typing import Any

import pytest

from service.intake.tables import Objects
from service.store import Store
from service.store.candidates import add_candidates
from service.store.programmes import make_programme
from solver.rules import RULES
from tests.api.pages.conftest import Reader, forms

NONSENSE = [
    "",
    "0",
    "-1",
    "9" * 30,
    "²",
    "\x00",
    "<b>",
    "🙂",
    "a" * 5000,
    "1,5",
    "100%",
    "nl: ",
    ": ",
    "\n\n",
    "null",
    "c1, c2",
]


@pytest.fixture
def made(store: Store, space: str) -> str:
    content: dict[str, Any] = {
        "name": "P",
        "networks": {"count": 1, "fixed": [{"name": "Gent"}]},
        "facilitators": [{"id": "F1"}],
        "rules": [{"rule": "spread", "attribute": "sector"}],
    }
    there = make_programme(store, space, content)
    add_candidates(store, space, there.id, Objects("x", [{"id": f"c{n}", "sector": "ab"[n % 2]} for n in range(6)]))
    return there.id


def addresses(made: str) -> list[str]:
    people, ask = f"/programmes/{made}/people", f"/programmes/{made}/ask"
    return [
        ask,
        *(f"{ask}/wishes/new?rule={rule}" for rule in RULES),
        f"{ask}/wishes/1",
        f"{ask}/networks/new",
        f"{ask}/networks/1",
        f"{ask}/leaders/1",
        f"{people}/new",
        f"{people}/c1",
        f"{people}/import",
        f"{people}/forms",
    ]


@pytest.mark.parametrize("seed", range(3))
def test_forms_that_are_filled_in_with_nonsense_are_answered(reader: Reader, made: str, seed: int) -> None:
    chance = random.Random(seed)
    for address in addresses(made):
        page = reader.open(address)
        for form in forms(page.text):
            if "sign-out" in form.action or "remove" in form.action or "language" in form.action:
                continue
            kept = {"csrf", "version", "rule", "draft"}
            data = {
                key: value if key in kept or chance.random() < 0.4 else chance.choice(NONSENSE)
                for key, value in form.values.items()
            }
            answer = reader.client.post(form.action_at(page.request.path), data=data)
            assert answer.status_code in (200, 303, 404, 409, 412, 422), (
                address,
                form.action,
                answer.status_code,
                data,
            )


@pytest.mark.parametrize("seed", range(10))
def test_a_list_that_is_mended_with_nonsense_is_answered(reader: Reader, made: str, seed: int) -> None:
    chance = random.Random(seed)
    reader.open(f"/programmes/{made}/people/import")
    page = reader.send("/people/import", text="E-mail\tNaam\tX\nan.x\tAn\t1\nbo.x\tBo\t\nan.x\tAn\t1\t2\n")
    form = next(form for form in forms(page.text) if form.action.endswith("/review"))
    data = {
        key: chance.choice(NONSENSE) if key != "csrf" and chance.random() < 0.3 else value
        for key, value in form.values.items()
    }
    data |= {"do": chance.choice(["look", "take", "good", "new", "near-0", "near-²", "near-99"])}
    data |= {"cell-3-9999": "x", "cell-9999999-1": "x", "without": chance.choice(NONSENSE), "meaning-77": "email"}
    answer = reader.client.post(form.action, data=data)
    assert answer.status_code in (200, 303, 422), data


@pytest.mark.parametrize(
    "query", ["?after=²", "?after=99999999999999999999", "?after=-1", "?find=%00", "?find=%F0%9F%99%82"]
)
def test_addresses_with_nonsense_are_answered(reader: Reader, made: str, query: str) -> None:
    assert reader.open(f"/programmes/{made}/people{query}").status_code == 200
