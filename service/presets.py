"""What organisers of each kind of network usually wish, fitted to the columns that their people have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from service.candidates import CandidateList, canonical_column, header_key, same_value_key
from service.programme import MeetingsAsked
from service.programme_schema import KINDS

__all__ = ["KINDS", "Fitted", "fitted", "with_preset"]


@dataclass(frozen=True, slots=True)
class _Wish:
    """A rule, and the columns without which it says nothing. several: its column needs two values to be worth it."""

    rule: Mapping[str, Any]
    needs: tuple[str, ...] = ()
    several: bool = False


def _about(rule: str, attribute: str, *, several: bool = True, **more: Any) -> _Wish:
    return _Wish({"rule": rule, "attribute": attribute, **more}, (attribute,), several)


_TALK = _Wish({"rule": "exchange", "weight": 3}, ("asks", "offers"))
_TALK_IN_TRIOS = _Wish({"rule": "exchange", "within": "trio", "weight": 2}, ("asks", "offers"))
_LANGUAGE = _about("same", "language", weight=6)
_TIME = _Wish({"rule": "available", "share": "80%", "weight": 4}, ("available",))
_APART = _Wish({"rule": "apart", "strength": "must"}, ("apart_from",))
_TOGETHER = _Wish({"rule": "together", "weight": 8}, ("together_with",))
_WISHED = _Wish({"rule": "wish", "weight": 4}, ("network_wish",))
_CLOSE = _Wish({"rule": "near", "same_region": True, "weight": 2}, ("region",), several=True)
_CASES = _Wish({"rule": "case_turns", "weight": 2})
_SHARED = (_LANGUAGE, _APART, _TOGETHER, _WISHED, _TIME)
"""What matters whatever the kind."""

PRESETS: Mapping[str, tuple[_Wish, ...]] = {
    # The same role in different settings: competitors and colleagues apart, everything else as mixed as can be.
    "peer": (
        _about("distinct", "organisation", strength="must"),
        _about("same", "role", weight=5),
        _about("spread", "sector", weight=5),
        _about("spread", "size_class", weight=2),
        _about("balance", "years", weight=1),
        _CLOSE,
        _TALK,
        _TALK_IN_TRIOS,
        _CASES,
    ),
    # One organisation: the sites are what differs, so each network and each trio brings them together.
    "internal": (
        _about("spread", "site", weight=6),
        _about("distinct", "site", within="trio", weight=4),
        _about("balance", "role", weight=3),
        _about("balance", "years", weight=1),
        _TALK,
        _TALK_IN_TRIOS,
        _CASES,
    ),
    # One theme: as many roles as there are, none of them alone.
    "domain": (
        _about("spread", "role", weight=6),
        _about("not_alone", "role", weight=3),
        _about("spread", "role", within="trio", weight=3),
        _about("distinct", "organisation", at_most=2, weight=4),
        _about("balance", "sector", weight=2),
        _CLOSE,
        _TALK,
        _CASES,
    ),
    # A community of practice: who joins commits and brings a project, and everybody gets the floor.
    "practice": (
        _Wish({"rule": "commitment", "strength": "must"}, ("project", "meetings")),
        _about("spread", "sector", weight=4),
        _about("distinct", "organisation", within="trio", weight=3),
        _TALK,
        _TALK_IN_TRIOS,
        _Wish({"rule": "case_turns", "strength": "must"}),
        _Wish({"rule": "early", "weight": 1}),
    ),
}


@dataclass(frozen=True, slots=True)
class Fitted:
    """The rules of a kind that these people can have, and the columns that others would need."""

    kind: str
    rules: tuple[Mapping[str, Any], ...]
    missing: tuple[str, ...]


def fitted(kind: str, candidates: CandidateList, *, meetings: int | None = None) -> Fitted:
    """What a kind of network usually wishes, as far as the people have something at its columns.

    meetings: how many there will be, which is what members of a community of practice promise.
    """
    values = _values(candidates)
    rules: list[Mapping[str, Any]] = []
    missing: dict[str, None] = {}
    for wish in (*PRESETS[kind], *_SHARED):
        if wish.rule["rule"] == "commitment":
            rules += _commitment(values, MeetingsAsked().count if meetings is None else meetings)
            missing |= {need: None for need in wish.needs if not values.get(need)}
            continue
        lacking = [need for need in wish.needs if not values.get(need)]
        missing |= dict.fromkeys(lacking)
        if not lacking and not (wish.several and len(values[wish.needs[0]]) < 2):
            rules.append(dict(wish.rule))
    return Fitted(kind, tuple(rules), tuple(missing))


def with_preset(
    content: Mapping[str, Any], kind: str, candidates: CandidateList, *, instead: bool = False
) -> dict[str, Any]:
    """A programme with the rules of a kind written into it: besides its own, or instead of them.

    A rule that is there already, about the same column and the same groups, is left as it is.
    """
    networks = {**content.get("networks", {}), "kind": kind}
    own = [] if instead else list(content.get("rules", ()))
    there = {_subject(rule) for rule in own}
    found = fitted(kind, candidates, meetings=content.get("meetings", {}).get("count"))
    return {**content, "networks": networks, "rules": [*own, *(r for r in found.rules if _subject(r) not in there)]}


def _commitment(values: Mapping[str, frozenset[str]], meetings: int) -> Iterable[Mapping[str, Any]]:
    asked: dict[str, Any] = {}
    if values.get("meetings") and meetings:
        asked["min_meetings"] = meetings
    if values.get("project"):
        asked["project"] = True
    return [{"rule": "commitment", **asked, "strength": "must"}] if asked else []


def _values(candidates: CandidateList) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for person in candidates.candidates:
        for column, values in person.cells.items():
            found.setdefault(column, set()).update(map(same_value_key, values))
    return {column: frozenset(values) for column, values in found.items()}


def _subject(rule: Mapping[str, Any]) -> tuple[str, str, bool]:
    attribute = str(rule.get("attribute", ""))
    return rule["rule"], canonical_column(attribute) or header_key(attribute), rule.get("within") == "trio"
