"""report.html: one self-contained page, in which nothing is loaded from anywhere and no cell is markup."""

from __future__ import annotations

import base64
import hashlib
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from service.report import charts
from service.report.model import Mix, Network, Report
from service.report.sentences import repeats, strength, summary_of
from service.report.telling import Teller

OPEN_NETWORKS = 6
"""With more networks than this, each starts folded."""
MATRIX_MEMBERS = 40
"""Members of a network beyond which pairs are counted and no longer laid out one by one."""
OVERVIEW_VALUES = 14
"""Values of a column beyond which networks are not laid side by side: bars of crumbs show nothing."""
DETAILED_PEOPLE = 2000
"""Candidates beyond which the page leaves pictures and trios of each network to the other files."""
MOST_ROWS = 200
"""Networks beyond which they are not laid side by side."""
MOST_OTHERS = 12
"""Members named beside a topic; the rest is a number."""
MOST_NAMES = 200
"""Candidates in the index of names beyond which it starts folded."""


def page(report: Report) -> bytes:
    """The organiser's page."""
    tell = Teller(report.shared.language)
    style, script = (_part(name) for name in ("report.css", "report.js"))
    return (
        _environment()
        .get_template("report.html")
        .render(
            report=report,
            shared=report.shared,
            summary=summary_of(report),
            tell=tell,
            t=tell,
            charts=charts,
            repeats=lambda has, least: repeats(tell, has=has, least=least),
            strength=lambda rule: strength(tell, rule),
            overview=_overview(report),
            mixes_of=_by_network(report.mixes),
            means_of=_by_network(report.means),
            rotation_of={rotation.network: rotation for rotation in report.rotations},
            names=_names(report),
            matrix_of=_matrix,
            open_networks=len(report.shared.networks) <= OPEN_NETWORKS,
            open_names=report.people <= MOST_NAMES,
            matrix_members=MATRIX_MEMBERS,
            most_others=MOST_OTHERS,
            detailed=report.people <= DETAILED_PEOPLE,
            at_a_glance=_at_a_glance(report, tell),
            style=Markup(style),  # noqa: S704  (our own file)
            script=Markup(script),  # noqa: S704  (our own file)
            policy=_policy(style, script),
        )
        .encode("utf-8")
    )


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("service.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def read_templates() -> None:
    """Has the templates of a page read and compiled, which takes longer than the page does."""
    for name in ("parts.html", "report.html"):
        _environment().get_template(name)


@cache
def _part(name: str) -> str:
    source, _, _ = PackageLoader("service.report").get_source(_environment(), name)
    return source


def _policy(style: str, script: str) -> str:
    """What a browser may do with the page: apply this style and run this script, and load nothing at all."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}"


def _by_network(rows: Any) -> Mapping[str, list[Any]]:
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.network].append(row)
    return found


def _overview(report: Report) -> list[tuple[str, list[tuple[Mix | None, tuple[charts.Segment, ...]]]]]:
    """For each column a stacked bar of the pool (None) and of each network, the same values in the same colours."""
    columns: dict[str, list[Mix]] = {}
    if len(report.shared.networks) > MOST_ROWS:
        return []
    for mix in report.mixes:
        columns.setdefault(mix.column, []).append(mix)
    found = []
    for column, mixes in columns.items():
        slices = mixes[0].slices
        if 1 < len(slices) <= OVERVIEW_VALUES:
            pool = charts.stacked([(each.value, each.in_pool) for each in slices])
            rows = [(mix, charts.stacked([(each.value, each.count) for each in mix.slices])) for mix in mixes]
            found.append((column, [(None, pool), *rows]))
    return found


def _at_a_glance(report: Report, tell: Teller) -> dict[str, dict[str, str | None]]:
    """Column to network to cell, of the columns in which some network has anything to say."""
    rotations = {rotation.network: rotation for rotation in report.rotations}
    columns: dict[str, dict[str, str | None]] = defaultdict(dict)
    for network in report.shared.networks:
        start = network.meetings[0].start if network.meetings else None
        rotation = rotations.get(network.name)
        cells = {
            "when": None if network.slot is None else tell.slot(network.slot),
            "where": tell.place(network.place, network.region),
            "facilitator": network.facilitator,
            "first_meeting": None if start is None else tell.date(start),
            "repeats_title": None
            if rotation is None
            else tell("report.repeats_short", has=rotation.repeats, least=rotation.least_repeats),
        }
        for column, cell in cells.items():
            columns[column][network.name] = cell
    return {column: cells for column, cells in columns.items() if any(cells.values())}


def _names(report: Report) -> list[tuple[str, str | None, int]]:
    """(name, network, number of the network) of everybody, by name; those who wait have no network."""
    placed = [
        (member.person.name, network.name, number)
        for number, network in enumerate(report.shared.networks, 1)
        for member in network.members
    ]
    waiting = [(each.person.name, None, 0) for each in report.waitlist]
    return sorted([*placed, *waiting], key=lambda row: (row[0].casefold(), row[2]))


def _matrix(network: Network) -> tuple[tuple[int, ...], ...]:
    """Who meets whom, where the network is small enough to lay it out."""
    return network.matrix if len(network.members) <= MATRIX_MEMBERS else ()
