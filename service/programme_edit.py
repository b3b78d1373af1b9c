"""Changes to a programme as it is stored, one thing at a time; each gives another content, for the store to check."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.candidates import same_value_key

Content = Mapping[str, Any]


def with_rule(content: Content, rule: Mapping[str, Any], at: int | None = None) -> dict[str, Any]:
    """A programme with one more rule, or another one in the place of an old one."""
    rules = list(content.get("rules", ()))
    if at is None:
        rules.append(dict(rule))
    else:
        rules[at] = dict(rule)
    return {**content, "rules": rules}


def without_rule(content: Content, at: int) -> dict[str, Any]:
    """A programme without one of its rules."""
    rules = list(content.get("rules", ()))
    del rules[at]
    return {**content, "rules": rules}


def strength_of(rule: Mapping[str, Any]) -> str:
    """ "must", or a weight in figures."""
    return "must" if "strength" in rule else str(rule.get("weight", 1))


def with_strength(rule: Mapping[str, Any], strength: str) -> dict[str, Any]:
    """A rule with another strength: must, or a weight; what is no number is left for the programme to refuse."""
    rest = {key: value for key, value in rule.items() if key not in {"strength", "weight"}}
    if strength == "must":
        return {**rest, "strength": "must"}
    text = strength.strip()
    return {**rest, "weight": int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text}


def with_network(content: Content, network: Mapping[str, Any], at: int | None = None) -> dict[str, Any]:
    """A programme with one more given network, or a changed one, which pins and rules follow under its new name."""
    networks = dict(content.get("networks", {}))
    fixed = list(networks.get("fixed", ()))
    before = None if at is None else fixed[at]
    if at is None:
        fixed.append(dict(network))
    else:
        fixed[at] = dict(network)
    changed = {**content, "networks": {**networks, "fixed": fixed}}
    if before is None or "name" not in network or before["name"] == network["name"]:
        return changed
    return _renamed(changed, before["name"], network["name"])


def without_network(content: Content, at: int) -> dict[str, Any]:
    """A programme without one of its given networks, and without the pins into it."""
    networks = dict(content.get("networks", {}))
    fixed = list(networks.get("fixed", ()))
    gone = same_value_key(fixed.pop(at)["name"])
    networks["fixed"] = fixed
    if not fixed:
        del networks["fixed"]
    changed = {**content, "networks": networks}
    if "pins" in content:
        changed["pins"] = [pin for pin in content["pins"] if same_value_key(pin["network"]) != gone]
    return changed


def with_leader(content: Content, leader: Mapping[str, Any], at: int | None = None) -> dict[str, Any]:
    """A programme with one more facilitator, or a changed one, whom given networks follow under the new name."""
    leaders = list(content.get("facilitators", ()))
    before = None if at is None else leaders[at]
    if at is None:
        leaders.append(dict(leader))
    else:
        leaders[at] = dict(leader)
    changed = {**content, "facilitators": leaders}
    if before is not None and "id" in leader and before["id"] != leader["id"]:
        networks = dict(content.get("networks", {}))
        if "fixed" in networks:
            networks["fixed"] = [
                {**each, "facilitator": leader["id"]} if each.get("facilitator") == before["id"] else each
                for each in networks["fixed"]
            ]
            changed["networks"] = networks
    return changed


def without_leader(content: Content, at: int) -> dict[str, Any]:
    """A programme without one of its facilitators."""
    leaders = list(content.get("facilitators", ()))
    del leaders[at]
    changed = {**content, "facilitators": leaders}
    if not leaders:
        del changed["facilitators"]
    return changed


def _renamed(content: dict[str, Any], before: str, after: str) -> dict[str, Any]:
    key = same_value_key(before)

    def named(name: Any) -> Any:
        return after if isinstance(name, str) and same_value_key(name) == key else name

    if "pins" in content:
        content["pins"] = [{**pin, "network": named(pin["network"])} for pin in content["pins"]]
    if "rules" in content:
        content["rules"] = [
            {**rule, "networks": list(map(named, rule["networks"]))} if "networks" in rule else rule
            for rule in content["rules"]
        ]
    return content
