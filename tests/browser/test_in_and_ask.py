"""People come in and wishes are made, as an organiser does it: by mouse, by keyboard, without script, on a phone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import Shots, Site
from tests.browser.looks import LANGUAGES, found_by_axe, small_controls

SHEET = (
    "Voornaam\tNaam\tE-mail\tIn welke sector werk je?\tGeslacht\tGSM\n"
    "An\tAerts\tan@x.be\tcare\tv\t1\n"
    "Bo\tBos\tbo.x.be\tcare\tm\t2\n"
    "Cas\tClaes\tcas@x.be\tindustry\tv\t3\n"
    "Dee\tDaens\tdee@x.be\tculture\tm\t4\n"
)


@pytest.fixture(scope="module")
def addresses(site: Site) -> dict[str, str]:
    """One address of each page, by name."""
    rules = [
        {"rule": "spread", "attribute": "sector", "strength": "must"},
        {"rule": "limit", "attribute": "sector", "value": "care", "min": 5, "strength": "must"},
        {"rule": "distinct", "attribute": "organisation", "weight": 7},
        {"rule": "meet_new"},
    ]
    networks = {"count": 2, "min_size": 8, "max_size": 10, "fixed": [{"name": "Gent", "facilitator": "F1"}]}
    programme = site.programme(rules=rules, networks=networks, facilitators=[{"id": "F1"}])
    site.call(f"/programmes/{programme}/sources", {"tool": "plain"})
    answers = {"email": "not an address", "sector": "care", "What colour?": "blue"}
    receipt = site.call(f"/intake/plain?programme={programme}", answers)["receipt"]
    site.call(f"/intake/receipts/{receipt}")
    people, ask = f"/programmes/{programme}/people", f"/programmes/{programme}/ask"
    return {
        "people": people,
        "people-found": f"{people}?find=ann",
        "person-new": f"{people}/new",
        "person": f"{people}/c1",
        "import": f"{people}/import",
        "forms": f"{people}/forms",
        "form": f"{people}/forms/plain",
        "mapping": f"{people}/forms/plain/mapping",
        "held": f"{people}/forms/plain/{receipt}",
        "ask": ask,
        "wish-new": f"{ask}/wishes/new",
        "wish-limit": f"{ask}/wishes/new?rule=limit",
        "wish-diverse": f"{ask}/wishes/new?rule=diverse",
        "wish": f"{ask}/wishes/1",
        "network": f"{ask}/networks/1",
        "leader": f"{ask}/leaders/new",
    }


def paste(page: Any, addresses: dict[str, str]) -> None:
    """Pastes a table with one mistake in it."""
    page.goto(addresses["import"])
    page.fill("#text", SHEET)
    with page.expect_navigation():
        page.click("main button.main")


@pytest.mark.parametrize(("language", "scheme"), [*((each, "light") for each in LANGUAGES), ("nl", "dark")])
def test_axe_finds_nothing_serious_and_every_control_has_room_for_a_finger(
    visit: Callable[..., Any], addresses: dict[str, str], shots: Shots, language: str, scheme: str
) -> None:
    page = visit(language=language, color_scheme=scheme, bypass_csp=True)
    found = {}
    for name, address in addresses.items():
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        if language == "nl":
            shots.take(page, f"{name}-{scheme}")
        found[name] = found_by_axe(page, colours=language == "nl") + small_controls(page)
    paste(page, addresses)
    shots.take(page, f"review-{language}-{scheme}")
    found["review"] = found_by_axe(page, colours=language == "nl")
    page.goto(addresses["wish-limit"])
    with page.expect_navigation():
        page.click("form.wish button.main")
    found["wrong"] = found_by_axe(page, colours=language == "nl")
    assert not {name: wrong for name, wrong in found.items() if wrong}


@pytest.mark.parametrize("width", [360, 640], ids=["a phone", "a screen of 1280 at twice the size"])
def test_nothing_has_to_be_scrolled_sideways(
    visit: Callable[..., Any], addresses: dict[str, str], shots: Shots, width: int
) -> None:
    """Wide tables scroll in a box of their own."""
    page = visit(viewport={"width": width, "height": 800})
    too_wide = []
    for name, address in [*addresses.items(), ("review", "")]:
        if address:
            page.goto(address)
        else:
            paste(page, addresses)
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        shots.take(page, f"{name}-{width}")
        if page.evaluate("document.documentElement.scrollWidth") > width:
            too_wide.append(name)
    assert not too_wide


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_pasted_list_is_mended_and_comes_in(visit: Callable[..., Any], site: Site, script: bool) -> None:
    """The summary leads to the cell, the cell is mended, and everybody comes in."""
    programme = site.programme(name=f"List {script}")
    page = visit(java_script_enabled=script)
    page.goto(f"/programmes/{programme}/people/import")
    page.fill("#text", SHEET)
    page.click("main button.main")
    page.click(".faults a")
    assert page.url.endswith("#cell-3-2")
    page.fill("#cell-3-2", "bo@x.be")
    page.press("#cell-3-2", "Enter")  # looks again; nobody is taken in by accident
    page.click("button[value=take]")
    assert page.inner_text(".said") == "4 people have come in."
    items = site.call(f"/programmes/{programme}/candidates?limit=500")["items"]
    assert {"bo@x.be"} == {each.get("email") for each in items if each["id"] == "bo@x.be"}


def test_a_wish_is_made_with_the_keyboard_alone(visit: Callable[..., Any], site: Site) -> None:
    programme = site.programme(name="Keys", rules=[])
    page = visit()
    page.goto(f"/programmes/{programme}/ask/wishes/new?rule=spread")
    page.focus("#attribute")
    page.keyboard.type("Sector")
    page.keyboard.press("Tab")
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    assert page.inner_text("#wish-1 h3") == "At least three different sectors in each network"
    assert "3 different sectors" in page.inner_text("#wish-1 .stands")


def test_a_wish_that_is_not_right_puts_the_reader_where_it_says_so(
    visit: Callable[..., Any], addresses: dict[str, str]
) -> None:
    page = visit()
    page.goto(addresses["wish-limit"])
    page.fill("#min", "many")
    with page.expect_navigation():
        page.click("form.wish button.main")
    assert page.evaluate("document.activeElement.className") == "faults"
    page.click(".faults a >> nth=0")
    assert page.evaluate("document.activeElement.id") in ("attribute", "min")
    assert page.input_value("#min") == "many"


def test_a_file_of_three_hundred_is_chosen_and_looked_at(
    visit: Callable[..., Any], addresses: dict[str, str], fixtures: Path
) -> None:
    """An XLSX as organisers have it, with Dutch headers; every column is known, and everybody can come in."""
    page = visit()
    page.goto(addresses["import"])
    page.set_input_files("#file", fixtures / "hr-managers" / "kandidaten.xlsx")
    page.click("main button.main")
    assert "kandidaten.xlsx: 300 people" in page.inner_text("main")
    assert page.inner_text("button[value=take]") == "Take in 300 people"


def test_what_a_form_delivers_appears_by_itself(visit: Callable[..., Any], site: Site) -> None:
    """Without looking again; and without anybody's focus being taken away."""
    programme = site.programme()
    source = site.call(f"/programmes/{programme}/sources", {"tool": "json"})
    page = visit()
    page.goto(f"/programmes/{programme}/people/forms/json")
    page.locator("#arrivals").wait_for()
    address = f"{source['address']}&secret={source['secret']}"
    for sent in ({"email": "new@example.org", "sector": "care"}, {"what": "ever"}):
        assert page.request.post(address, data=sent).status == 202
    page.locator("#arrivals a:has-text('new@example.org')").wait_for()
    held = page.locator("#held + p + ul a").first
    held.wait_for()
    held.focus()
    page.wait_for_timeout(9_000)
    assert page.evaluate("document.activeElement.tagName") == "A"
