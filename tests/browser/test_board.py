"""The board in a browser: dragged, by keyboard, by two at once, and without script."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import Shots, Site, shows


@pytest.fixture(scope="module")
def standing(site: Site) -> str:
    """A programme with room to move: nine in each of two networks of eight to ten."""
    return site.programme()


@pytest.fixture
def proposal(site: Site, standing: str) -> str:
    """A fresh proposal."""
    return site.proposal(standing)


def members(site: Site, proposal: str) -> list[list[str]]:
    """Who sits in each network."""
    return [network["members"] for network in site.call(f"/proposals/{proposal}")["networks"]]


def columns(page: Any) -> list[str]:
    """The networks on the board."""
    return [column.get_attribute("data-place") for column in page.locator(".column:not(.waits)").all()]


def drag(page: Any, id_: str, place: str) -> None:
    """Drags a card to a network, looks at the price there, and drops it."""
    card = page.locator(f'.card[data-id="{id_}"]')
    card.scroll_into_view_if_needed()
    start, end = card.bounding_box(), page.locator(f'ul[data-place="{place}"]').bounding_box()
    page.mouse.move(start["x"] + 30, start["y"] + 12)
    page.mouse.down()
    page.mouse.move(start["x"] + 60, start["y"] + 30, steps=4)
    page.locator(f'.column[data-place="{place}"] .offer span').first.wait_for()
    page.mouse.move(end["x"] + 60, end["y"] + 40, steps=8)
    page.mouse.up()


def test_a_card_is_dragged_to_another_network_and_back(
    visit: Callable[..., Any], site: Site, proposal: str, shots: Shots
) -> None:
    page = visit()
    page.goto(f"/proposals/{proposal}")
    _, second = columns(page)
    who = members(site, proposal)[0][0]
    drag(page, who, second)
    page.locator(".said").wait_for()
    assert "Moved" in page.inner_text(".said")
    assert who in members(site, proposal)[1]
    shots.take(page, "board-moved")
    page.click("text=Undo")
    page.locator(".said:has-text('Undone')").wait_for()
    assert who in members(site, proposal)[0]


def test_a_card_that_may_not_go_there_springs_back(visit: Callable[..., Any], site: Site, proposal: str) -> None:
    """Eight is the least: after one has left, the network of eight lets nobody go."""
    page = visit()
    page.goto(f"/proposals/{proposal}")
    _, second = columns(page)
    first, other = members(site, proposal)[0][:2]
    drag(page, first, second)
    page.locator(".said").wait_for()
    drag(page, other, second)
    page.locator("#announce:has-text('at least 8')").wait_for(state="attached")
    assert other in members(site, proposal)[0]
    shows(page.locator(f'ul[data-place="{columns(page)[0]}"] .card[data-id="{other}"]'))


def test_the_keyboard_alone_moves_pins_and_undoes(visit: Callable[..., Any], site: Site, proposal: str) -> None:
    """Enter opens a card, Tab and Enter choose a place, Escape closes it and leads back to the card."""
    page = visit()
    page.goto(f"/proposals/{proposal}")
    _, second = columns(page)
    who = members(site, proposal)[0][0]
    page.locator(f'.card[data-id="{who}"] a').focus()
    page.keyboard.press("Enter")
    page.locator("#side h1").wait_for()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.closest('.card').dataset.id") == who
    page.keyboard.press("Enter")
    page.locator("#side .options").wait_for()
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name === 'to' && document.activeElement.value") == second:
            break
    page.keyboard.press("Enter")
    page.locator(".said:has-text('Moved')").wait_for()
    assert who in members(site, proposal)[1]
    page.locator("button:has-text('Undo')").focus()
    page.keyboard.press("Enter")
    page.locator(".said:has-text('Undone')").wait_for()


def test_two_browsers_do_not_overwrite_each_other(visit: Callable[..., Any], site: Site, proposal: str) -> None:
    """The second sees what the first did, and that the own change was not made."""
    one, other = visit(), visit()
    for page in (one, other):
        page.goto(f"/proposals/{proposal}")
    _, second = columns(one)
    mine, theirs = members(site, proposal)[0][:2]
    drag(one, mine, second)
    one.locator(".said").wait_for()
    drag(other, theirs, second)
    other.locator(".faults:has-text('Somebody else has changed this proposal')").wait_for()
    shows(other.locator(f'ul[data-place="{second}"] .card[data-id="{mine}"]'))
    assert theirs in members(site, proposal)[0]


def test_without_script_a_person_is_moved_by_a_form(visit: Callable[..., Any], site: Site, proposal: str) -> None:
    page = visit(java_script_enabled=False)
    page.goto(f"/proposals/{proposal}")
    who = members(site, proposal)[0][0]
    second = site.call(f"/proposals/{proposal}")["networks"][1]["name"]
    page.click(f'.card[data-id="{who}"] a')
    page.click(f'button[name="to"][value="{second}"]')
    assert "Moved" in page.inner_text(".said")
    assert who in members(site, proposal)[1]


def test_a_card_explains_itself_beside_the_board(
    visit: Callable[..., Any], site: Site, proposal: str, shots: Shots
) -> None:
    page = visit()
    page.goto(f"/proposals/{proposal}")
    page.click(".card a >> nth=3")
    page.locator("#side .why-not").wait_for()
    shots.take(page, "board-card", full_page=False)
    assert "Why not there?" in page.inner_text("#side")
