"""A server with a worker, an organiser, and Chromium before it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.api.conftest import programme
from tests.api.test_serve import START, call
from tests.conftest import ROOT

KEY = "a key for browsers"
LOGIN, PASSWORD = "ann", "three quiet otters"

AXE = ROOT / "api" / "pages" / "npm" / "node_modules" / "axe-core" / "axe.min.js"
SCRIPTS = ROOT / "api" / "static" / "vendor"

NAMES = (
    *("Ann", "Bob", "Cem", "Dina", "Els", "Finn", "Gust", "Hana", "Ivo"),
    *("Joke", "Koen", "Lies", "Mo", "Nele", "Omar", "Pia", "Quinten", "Rosa"),
)
SECTORS = ("care", "industry", "culture")


@dataclass(frozen=True)
class Site:
    """The server, as programs and people reach it."""

    address: str

    def call(self, path: str, content: Any = None) -> Any:
        """What the API answers."""
        status, answer = call(self.address, f"/api/v1{path}", content, KEY)
        assert status < 400, answer
        return answer

    def programme(self, **changes: Any) -> str:
        """A programme for eighteen people in two networks; its id."""
        asked = programme(**{"name": "Small", "language": "en", "meetings": {"count": 4}, **changes})
        made: str = self.call("/programmes", asked)["id"]
        self.call(f"/programmes/{made}/candidates", {"candidates": folk()})
        return made

    def proposal(self, of: str) -> str:
        """A proposal for a programme; its id."""
        run = self.call(f"/programmes/{of}/runs", {"effort": 1})["id"]
        until(lambda: self.call(f"/runs/{run}")["state"] == "done")
        made: str = self.call(f"/runs/{run}")["proposal"]
        return made


def folk() -> list[dict[str, Any]]:
    """Eighteen people of three sectors, each of an organisation of their own."""
    return [
        {
            "id": f"c{n}",
            "first_name": name,
            "last_name": "Peeters",
            "sector": SECTORS[n % 3],
            "organisation": f"Bureau {n}",
            "region": "BE23" if n % 2 else "BE21",
        }
        for n, name in enumerate(NAMES)
    ]


def until(holds: Callable[[], bool], seconds: float = 120) -> None:
    """Waits for something."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.2)


def shows(found: Any, number: int = 1) -> None:
    """Waits until a page shows so many: a click returns when the next page begins to come in, not when all is there."""
    from playwright.sync_api import expect

    expect(found).to_have_count(number, timeout=20_000)


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """A server of this process's own, with its worker."""
    folder = tempfile.mkdtemp(prefix="kring-test-")
    env = os.environ | {"KRING_KEY": KEY}
    command = [sys.executable, "-c", START]
    subprocess.run(
        [*command, "users", "make", LOGIN, "--admin", "--password-stdin", "--data", folder],
        cwd=ROOT,
        env=env,
        input=PASSWORD,
        text=True,
        check=True,
        capture_output=True,
    )
    process = subprocess.Popen(
        [*command, "serve", "--port", "0", "--data", folder],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        address = re.search(r"http://[\d.]+:\d+", process.stdout.readline())
        assert address is not None
        yield Site(address[0])
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Chromium, as the system has it."""
    where = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if where is None:
        pytest.skip("part missing: Chromium")
    if not AXE.exists() or not (SCRIPTS / "htmx.min.js").exists():
        pytest.skip("part missing: the scripts of the pages (make scripts)")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        pytest.skip("part missing: Playwright")
    with sync_playwright() as playwright:
        # As root, which containers are, Chromium needs to be told that it has no sandbox of its own.
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
        browser = playwright.chromium.launch(executable_path=where, args=arguments)
        yield browser
        browser.close()


def is_fault(said: Any) -> bool:
    """Whether a line on the console is a mistake of ours; an answer such as 404 or 412 is none."""
    return bool(said.type == "error" and not said.text.startswith("Failed to load resource"))


@pytest.fixture(scope="session")
def session(chromium: Any, site: Site) -> Any:
    """What a browser keeps of an organiser who has signed in at the page for that."""
    context = chromium.new_context(base_url=site.address, locale="en")
    page = context.new_page()
    page.goto("/sign-in")
    page.fill("#login", LOGIN)
    page.fill("#password", PASSWORD)
    page.click("main button.main")
    page.wait_for_url("**/")
    kept = context.storage_state()
    context.close()
    return kept


@pytest.fixture
def visit(chromium: Any, site: Site, session: Any) -> Iterator[Callable[..., Any]]:
    """Opens a window of its own, signed in; what goes wrong in a script there fails the test."""
    open_now, faults = [], []

    def visited(*, signed_in: bool = True, language: str = "en", **more: Any) -> Any:
        kept = {"storage_state": session} if signed_in else {}
        context = chromium.new_context(
            **{"base_url": site.address, "locale": language, "viewport": {"width": 1280, "height": 900}, **kept, **more}
        )
        open_now.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if is_fault(said) else None)
        if signed_in:
            page.goto("/")
        return page

    yield visited
    for context in open_now:
        context.close()
    assert not faults


class Shots:
    """Screenshots for whoever wants to look, in the folder that KRING_SHOTS names; none where it names none."""

    def __init__(self) -> None:
        where = os.environ.get("KRING_SHOTS")
        self._folder = None if where is None else Path(where)

    def take(self, page: Any, name: str, *, full_page: bool = True) -> None:
        """Keeps what a page looks like."""
        if self._folder is not None:
            self._folder.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=self._folder / f"{name}.png", full_page=full_page)


@pytest.fixture(scope="session")
def shots() -> Shots:
    """Where screenshots go."""
    return Shots()
