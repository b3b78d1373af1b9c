"""Random programmes of every kind, written as organisers write them, and the values behind them."""

from __future__ import annotations

import json
import random
import unicodedata
from pathlib import Path
from typing import Any

NAMES = ("Gent", "Élan Bruxelles", "Turnhout", "Aalst")
ROLES = ("HR manager", "directeur", "coach", "L&D manager")
SECTORS = ("zorg", "onderwijs", "bouw", "ICT", "Énergie")
REGIONS = ("BE10", "BE21", "BE23", "BE25")
LANGUAGES = ("nl", "fr", "de")
TOPICS = ("coaching", "feedback", "welzijn", "onthaal", "planning")
SLOTS = ("mon-am", "tue-pm", "wed-am", "thu-pm")
POSTCODES = ("1000", "3000", "9000", "8500", "2300")
HEADERS = {
    "id": ("id", "Nr", "KANDIDAAT-ID"),
    "role": ("role", "Functie"),
    "sector": ("Secteur", "sector"),
    "region": ("région", "Regio"),
    "organisation": ("Organization", "Werkgever"),
    "language": ("Langue", "taal"),
    "years": ("Jaren ervaring", "years"),
    "network_wish": ("wens", "network wish"),
    "available": ("Beschikbaarheid", "verfugbar"),
    "asks": ("Leervragen", "asks"),
    "offers": ("Aanbod", "offers"),
    "postcode": ("Code Postal", "postcode"),
    "apart_from": ("niet met", "Apart-from"),
    "together_with": ("samen_met", "avec"),
}
Rule = dict[str, Any]


def variant(dice: random.Random, value: str) -> str:
    """One value as different hands type it: it stays the same value."""
    return dice.choice(
        (value, value, value.upper(), f" {value} ", unicodedata.normalize("NFD", value), value.replace(" ", "  "))
    )


def several(dice: random.Random, values: tuple[str, ...], least: int, most: int) -> str:
    """A cell of several values."""
    return "|".join(variant(dice, v) for v in dice.sample(values, dice.randint(least, most)))


def people(dice: random.Random, number: int, wishes: tuple[str, ...]) -> list[dict[str, str]]:
    """The rows of a file of candidates, some cells empty."""
    rows = []
    for i in range(number):
        row = {
            "id": f"c{i + 1}",
            "role": variant(dice, dice.choice(ROLES)),
            "sector": several(dice, SECTORS, 1, 2),
            "region": dice.choice(REGIONS),
            "organisation": variant(dice, f"Org {dice.randrange(number // 2)}"),
            "language": several(dice, LANGUAGES, 1, 2),
            "years": dice.choice(("3", "12", "3.5", "3,5", "20")),
            "network_wish": dice.choice(wishes) if wishes and dice.random() < 0.6 else "",
            "available": several(dice, SLOTS, 1, 3),
            "asks": several(dice, TOPICS, 0, 2),
            "offers": several(dice, TOPICS, 0, 3),
            "postcode": dice.choice(POSTCODES),
            "apart_from": "",
            "together_with": "",
        }
        rows.append({k: "" if k != "id" and dice.random() < 0.06 else v for k, v in row.items()})
    for head in ("apart_from", "together_with"):
        for _ in range(2):
            one, other = dice.sample(rows, 2)
            one[head] = other["id"]
    return rows


def composition_rules(dice: random.Random, ids: list[str], fixed: tuple[str, ...]) -> list[Rule]:
    """One rule of every kind over networks."""
    category = ("role", "Secteur", "regio", "taal")
    rules: list[Rule] = [
        {"rule": "same", "attribute": dice.choice(category)},
        {"rule": "spread", "attribute": dice.choice(category)},
        {"rule": "spread", "attribute": "sector", "min_values": 3},
        {"rule": "limit", "attribute": "role", "value": variant(dice, "coach"), "max": "33.3%", "min": 1},
        {"rule": "limit", "attribute": "sector", "max": 3},
        {"rule": "not_alone", "attribute": dice.choice(category), "at_least": dice.choice((2, 3))},
        {"rule": "balance", "attribute": dice.choice(category)},
        {"rule": "balance", "attribute": "years"},
        {"rule": "balance", "attribute": "years", "as": "category"},
        {"rule": "distinct", "attribute": "organisatie", "at_most": dice.choice((1, 2))},
        {"rule": "apart", "strength": dice.choice(("", "must"))},
        {"rule": "apart", "pairs": [dice.sample(ids, 2) for _ in range(3)]},
        {"rule": "together"},
        {"rule": "together", "groups": [dice.sample(ids, 3) for _ in range(2)]},
        {"rule": "near", "max_km": dice.choice((10, 35.5))},
        {"rule": "near", "same_region": True},
        {"rule": "available", "share": dice.choice(("60%", "100%"))},
        {"rule": "exchange"},
        {"rule": "wish"},
        {"rule": "commitment", "min_meetings": 8},
        {"rule": "diverse", "attributes": ["role", "years", "sector"]},
        {"rule": "facilitated"},
    ]
    chosen = dice.sample(rules, 5)
    for rule in chosen:
        if fixed and rule["rule"] != "together" and dice.random() < 0.3:
            rule["networks"] = list(fixed)
    return [weighed(dice, rule) for rule in chosen]


def trio_rules(dice: random.Random, ids: list[str]) -> list[Rule]:
    """Some rules over trios."""
    rules: list[Rule] = [
        {"rule": "meet_new", "weight": 2, "history": [dice.sample(ids, 3)]},
        {"rule": "early"},
        {"rule": "spaced", "gap": dice.choice((2, 4))},
        {"rule": "case_turns"},
        {"rule": "size_turns"},
        {"rule": "distinct", "attribute": "organisation", "within": "trio"},
        {"rule": "spread", "attribute": "sector", "within": "trio"},
        {"rule": "balance", "attribute": "years", "within": "trio"},
        {"rule": "exchange", "within": "trio"},
        {"rule": "together", "groups": [dice.sample(ids, 4)], "within": "trio"},
    ]
    return [weighed(dice, rule) for rule in dice.sample(rules, 3)]


def weighed(dice: random.Random, rule: Rule) -> Rule:
    """The rule with a weight, unless it must hold or has one, or keeps the default."""
    if rule.get("strength") == "must":
        return rule
    rule.pop("strength", None)
    return {"weight": dice.choice((1, 2, 5, 1000)), **rule} if dice.random() < 0.8 else rule


def random_programme(folder: Path, seed: int) -> Path:
    """A programme file of 18 to 36 people, its candidates beside it."""
    dice = random.Random(seed)
    number = dice.choice((18, 19, 24, 27, 31, 36))
    count = dice.choice((2, 3))
    fixed = NAMES[: dice.choice((0, 1, count))]
    rows = people(dice, number, fixed)
    ids = [row["id"] for row in rows]
    networks: dict[str, Any] = {"min_size": number // count - 2, "waitlist": dice.choice(("allowed", "never"))}
    tight = networks["waitlist"] == "allowed" and dice.random() < 0.5
    networks["max_size"] = -(-number // count) + (-1 if tight else 1)
    if fixed or dice.random() < 0.5:
        networks["count"] = count
    else:
        networks |= {"min_count": count - 1, "max_count": count + 1}
    meetings: dict[str, Any] = {"count": dice.choice((0, 3, 6)), "remainder": dice.choice(("larger", "smaller"))}
    if meetings["count"]:
        meetings["absent"] = [{"candidate": i, "meeting": dice.randint(1, 3)} for i in dice.sample(ids, 2)]
        meetings["dates"] = {slot: [f"2027-01-{4 + i:02d}T13:30"] for i, slot in enumerate(SLOTS)}
        meetings["keep"] = dice.choice((1, 1, 2))
    hosts = zip(fixed, REGIONS, POSTCODES, SLOTS, strict=False)
    tables: dict[str, list[dict[str, Any]]] = {
        "networks.fixed": [{"name": n, "region": region, "place": p, "slot": slot} for n, region, p, slot in hosts],
        "facilitators": [
            {"id": "F1", "languages": ["nl", "FR"], "available": ["mon-am", "wed-am"], "max_networks": 2},
            {"id": "F2", "regions": list(REGIONS)},
        ],
        "pins": [{"candidate": dice.choice(ids), "network": fixed[0]}] if fixed else [],
        "rules": composition_rules(dice, ids, fixed) + (trio_rules(dice, ids) if meetings["count"] else []),
    }
    candidates = write_candidates(dice, rows, folder)
    head = {"name": f"Random {seed}", "candidates": candidates, "language": dice.choice(("nl", "fr", "en", "de"))}
    return write_programme(folder, {"": head, "networks": networks, "meetings": meetings}, tables)


def write_candidates(dice: random.Random, rows: list[dict[str, str]], folder: Path) -> str:
    """Writes the rows in one of the dialects that occur; the name of the file."""
    heads = {known: dice.choice(HEADERS[known]) for known in rows[0]}
    if dice.random() < 0.2:
        found = [{heads[k]: v.split("|") if "|" in v else v for k, v in row.items()} for row in rows]
        (folder / "candidates.json").write_text(json.dumps(found), encoding="utf-8")
        return "candidates.json"
    comma = dice.choice((",", ";", "\t"))
    lines = [list(heads.values()), *(list(row.values()) for row in rows)]
    quoted = [comma.join(f'"{cell}"' if comma in cell else cell for cell in line) for line in lines]
    encoding = dice.choice(("utf-8", "utf-8-sig", "utf-16"))
    (folder / "candidates.csv").write_text("\n".join(quoted) + "\n", encoding=encoding)
    return "candidates.csv"


def toml(value: object) -> str:
    """A value as TOML writes it."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(k)} = {toml(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def write_programme(folder: Path, sections: dict[str, dict[str, Any]], tables: dict[str, list[dict[str, Any]]]) -> Path:
    """Writes `programme.toml`: sections first, then lists of tables."""
    blocks = [(f"[{name}]" if name else "", section) for name, section in sections.items()]
    blocks += [(f"[[{name}]]", table) for name, rows in tables.items() for table in rows]
    blocks.sort(key=lambda block: block[0] not in {"", "[networks]", "[[networks.fixed]]"})
    lines = [line for head, values in blocks for line in (head, *(f"{k} = {toml(v)}" for k, v in values.items()))]
    path = folder / "programme.toml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
