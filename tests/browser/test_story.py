"""The whole story, as an organiser lives it: from a spreadsheet to networks that members can read about."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import NAMES, SECTORS, Shots, Site, shows

SPREADSHEET = "\n".join(
    [
        "Voornaam;Naam;E-mail;Sector;Organisatie;Regio",
        *(
            f"{name};Peeters;{name.lower()}@example.org;{SECTORS[n % 3]};Bureau {n};BE2{1 + n % 3}"
            for n, name in enumerate(NAMES)
        ),
    ]
)
"""As Dutch Excel writes it. One of them has an address that is none, as people type them."""

WITH_A_FAULT = SPREADSHEET.replace("cem@example.org", "cem.example.org")


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_from_a_spreadsheet_to_an_accepted_proposal(
    visit: Callable[..., Any], site: Site, shots: Shots, tmp_path: Path, script: bool
) -> None:
    page = visit(java_script_enabled=script)
    name = "With script" if script else "Without script"

    # In: a programme, a file, and one cell to mend.
    page.fill("#name", name)
    page.click("text=Community of practice.")
    page.click("main button:has-text('Begin')")
    page.click(".cards a:has-text('People')")
    page.click(".tabs a:has-text('From a spreadsheet')")
    file = tmp_path / "mensen.csv"
    file.write_text(WITH_A_FAULT, "utf-8")
    page.set_input_files("#file", file)
    page.click("main button.main")
    wrong = page.locator("input[aria-invalid=true]").first
    assert wrong.input_value() == "cem.example.org"
    shots.take(page, f"story-mend-{script}")
    wrong.fill("cem@example.org")
    page.click("button[value=look]:visible >> nth=-1")
    page.click("button[value=take]")
    page.locator("text=Cem Peeters >> visible=true").first.wait_for()

    # Ask: the usual wishes, and two networks.
    page.click(".steps a:has-text('Wishes')")
    page.click("details[open] button:visible")
    page.get_by_label("How many networks", exact=True).fill("2")
    page.get_by_label("How many meetings", exact=True).fill("4")
    page.click("button:has-text('Save')")
    shots.take(page, f"story-wishes-{script}")

    # Compose: watched until it is done.
    page.click(".steps a:has-text('Compose')")
    page.click("main button:has-text('Compose')")
    page.locator("a:has-text('Look at the proposal')").wait_for(timeout=90_000)
    shots.take(page, f"story-run-{script}")
    page.click("a:has-text('Look at the proposal')")

    # Board: everybody has a card; somebody is pinned; the proposal is accepted.
    shows(page.locator(".card"), len(NAMES))
    page.click(".card a >> nth=0")
    page.click("button:has-text('Pin here')")
    page.locator(".said:has-text('Pinned')").wait_for()
    page.click("button:has-text('Accept this proposal')")
    page.locator(".said:has-text('accepted')").wait_for()

    # Trios and out: cards, and a link that shows what members may see to somebody who has not signed in.
    page.click(".steps a:has-text('Trios')")
    shows(page.locator(".meeting"), 4)
    page.click(".steps a:has-text('Share')")
    page.click("button:has-text('Make a link')")
    address = page.input_value("#link")
    assert re.fullmatch(rf"{re.escape(site.address)}/shared/[\w-]+", address)
    other = visit(signed_in=False, java_script_enabled=script)
    other.goto(address)
    other.locator("text=Cem Peeters >> visible=true").first.wait_for()
    assert "@" not in other.inner_text("main")
    shots.take(other, f"story-shared-{script}")


def test_leaving_a_run_loses_nothing(visit: Callable[..., Any], site: Site) -> None:
    """The page is closed while Kring looks; whoever comes back finds it done, or finishes it."""
    programme = site.programme()
    page = visit()
    page.goto(f"/programmes/{programme}/compose")
    page.click("main button:has-text('Compose')")
    page.wait_for_url("**/runs/**", wait_until="commit")
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    finish = page.locator("main button:has-text('Finish now')")
    done = page.locator("a:has-text('Look at the proposal')")
    finish.or_(done).first.wait_for()
    if finish.count():
        finish.first.click()
    done.wait_for(timeout=60_000)
    assert page.url.startswith(address)
