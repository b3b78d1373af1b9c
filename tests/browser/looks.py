"""What a look at a page finds: what axe says, and controls that are too small for a finger."""

from __future__ import annotations

from typing import Any

from tests.browser.conftest import AXE

LANGUAGES = ("nl", "fr", "en", "de")


TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
"""WCAG 2.2 at levels A and AA."""


def found_by_axe(page: Any, *, colours: bool = True) -> list[str]:
    """What axe finds that is serious.

    colours: whether contrast is measured, which takes most of the time; no colour depends on the language.
    """
    page.add_script_tag(path=AXE)
    result = page.evaluate(
        "([tags, colours]) => axe.run({runOnly: tags, resultTypes: ['violations'],"
        " rules: {'color-contrast': {enabled: colours}}})",
        [list(TAGS), colours],
    )
    return [
        f"{each['id']}: {node['target']} {node.get('failureSummary', '')}"
        for each in result["violations"]
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"][:3]
    ]


def small_controls(page: Any) -> list[str]:
    """Controls lower than 24 pixels (WCAG 2.2, 2.5.8), but for boxes whose label can be pressed as well."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('button, select, input:not([type=hidden]), nav a, summary')]
            .filter(each => each.offsetParent && !each.closest('label') && !each.classList.contains('unseen'))
            .map(each => [each.outerHTML.slice(0, 80), each.getBoundingClientRect()])
            .filter(([, box]) => box.height < 24 && box.height > 0)
            .map(([html]) => html)"""
    )
    return found
