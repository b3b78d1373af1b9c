"""Every page for everybody: four languages, light and dark, a phone, twice the size, and what axe finds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import Shots, Site
from tests.browser.looks import LANGUAGES, found_by_axe, small_controls


@pytest.fixture(scope="module")
def addresses(site: Site) -> dict[str, str]:
    """One address of each page, by name."""
    programme = site.programme()
    proposal = site.proposal(programme)
    there = site.call(f"/proposals/{proposal}")
    who = there["networks"][0]["members"][0]
    return {
        "home": "/",
        "account": "/account",
        "organisers": "/organisers",
        "overview": f"/programmes/{programme}",
        "compose": f"/programmes/{programme}/compose",
        "run": f"/runs/{there['stored']['run']}",
        "board": f"/proposals/{proposal}",
        "person": f"/proposals/{proposal}/person?id={who}",
        "why": f"/proposals/{proposal}/why?id={who}",
        "trios": f"/proposals/{proposal}/trios",
        "cards": f"/proposals/{proposal}/cards",
        "compare": f"/proposals/{proposal}/compare",
        "beside": f"/proposals/{proposal}/beside/{proposal}",
        "out": f"/proposals/{proposal}/out",
        "nowhere": "/nothing",
    }


@pytest.mark.parametrize(("language", "scheme"), [*((each, "light") for each in LANGUAGES), ("nl", "dark")])
def test_axe_finds_nothing_serious_and_every_control_has_room_for_a_finger(
    visit: Callable[..., Any], addresses: dict[str, str], shots: Shots, language: str, scheme: str
) -> None:
    page = visit(language=language, color_scheme=scheme, bypass_csp=True)
    found = {}
    for name, address in addresses.items():
        page.goto(address)
        assert page.get_attribute("html", "lang") == language
        if language == "nl":
            shots.take(page, f"{name}-{scheme}")
        serious = found_by_axe(page, colours=language == "nl") + small_controls(page)
        if serious:
            found[name] = serious
    assert not found


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_serious_for_whoever_has_not_signed_in(
    visit: Callable[..., Any], addresses: dict[str, str], language: str
) -> None:
    """The page that asks who you are, and what links show: to a proposal, and for a forgotten password."""
    organiser = visit()
    organiser.goto(addresses["organisers"])
    organiser.click("form[action$='/password'] button")
    forgotten = organiser.input_value("#link")
    organiser.goto(addresses["out"])
    organiser.click("form[action$='/shares'] button")
    stranger = visit(signed_in=False, language=language, bypass_csp=True)
    for address in ("/sign-in", forgotten, "/password/none", organiser.input_value("#link")):
        stranger.goto(address)
        assert stranger.get_attribute("html", "lang") == language
        assert not found_by_axe(stranger)


@pytest.mark.parametrize("width", [360, 640], ids=["a phone", "a screen of 1280 at twice the size"])
def test_nothing_has_to_be_scrolled_sideways(
    visit: Callable[..., Any], addresses: dict[str, str], shots: Shots, width: int
) -> None:
    """Wide tables scroll in a box of their own."""
    page = visit(viewport={"width": width, "height": 800})
    too_wide = []
    for name, address in addresses.items():
        page.goto(address)
        shots.take(page, f"{name}-{width}", full_page=False)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            too_wide.append(name)
    assert not too_wide
