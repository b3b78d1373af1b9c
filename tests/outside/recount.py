"""Recounts a proposal from the programme, its candidates and the contract; shares no code with Kring.

Written from `contract.md` and `contract-details.md` only; "D25" in a comment is detail 25. `differences` is the door.
"""

from __future__ import annotations

import csv
import hashlib
import io
import itertools
import json
import math
import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

CENTROIDS = Path(__file__).parents[2] / "service" / "data" / "centroids.csv"
"""The shipped table of postcode centroids: data, not code."""

WHOLE = {"id", "first_name", "last_name", "name", "email", "project", "notes"}
"""Columns whose cells are not split (D4)."""

HEADERS = {
    "id": "nr, nummer, code, kandidaat, kandidaat_id, identifiant, kennung",
    "first_name": "voornaam, prénom, vorname",
    "last_name": "familienaam, achternaam, nom de famille, nachname",
    "name": "naam, nom",
    "municipality": "gemeente, commune, gemeinde, woonplaats",
    "email": "e-mail, mail, e-mailadres, courriel, adresse e-mail, e-mail-adresse",
    "role": "rol, functie, fonction, rolle, funktion",
    "sector": "secteur, sektor, branche",
    "region": "regio, région",
    "postcode": "code postal, plz, postleitzahl",
    "organisation": "organisatie, organization, bedrijf, werkgever, entreprise, unternehmen, firma",
    "site": "vestiging, établissement, standort",
    "size_class": "grootteklasse, grootte, taille, größenklasse, größe",
    "profit": "winst, profit/non-profit",
    "language": "taal, talen, langue, langues, sprache, sprachen",
    "years": "jaren, jaren ervaring, ervaring, années, jahre",
    "kind": "soort, art",
    "network_wish": "netwerkwens, wens, souhait, wunsch",
    "available": "beschikbaar, beschikbaarheid, disponible, disponibilités, verfügbar, verfügbarkeit",
    "asks": "vragen, leervragen, demandes, fragen",
    "offers": "aanbod, offres, angebote, angebot",
    "project": "veranderproject, projet, projekt",
    "meetings": "bijeenkomsten, réunions, treffen",
    "notes": "opmerkingen, notities, remarques, bemerkungen",
    "apart_from": "niet met, apart van, séparé de, getrennt von",
    "together_with": "samen met, avec, ensemble avec, zusammen mit",
    "consent": "toestemming, consentement, einwilligung",
}
REFUSALS = {"nee", "neen", "non", "nein", "no", "false", "onwaar", "faux", "falsch", "0"}
TRIO_ONLY = {"meet_new", "early", "spaced", "case_turns", "size_turns"}


def norm(text: object) -> str:
    """Two values with one norm are one value (D1)."""
    return " ".join(unicodedata.normalize("NFC", str(text)).split()).casefold()


def plain(header: str) -> str:
    """Two headers with one plain form are one column (D5)."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", header) if not unicodedata.combining(c))
    return re.sub(r"[\s\-_]", "", bare).casefold()


COLUMNS = {plain(word): known for known, words in HEADERS.items() for word in [known, *words.split(",")]}


def column(header: str) -> str:
    """The known column a header names, else its plain form."""
    return COLUMNS.get(plain(header), plain(header))


def number(cell: object) -> Fraction | None:
    """12, 3.5 and 3,5 are numbers (D9)."""
    text = str(cell).strip()
    return Fraction(text.replace(",", ".")) if re.fullmatch(r"[+-]?\d+([.,]\d+)?", text) else None


def share(value: object) -> Fraction | None:
    """The exact part that "40%" asks for; None for a count."""
    text = str(value).strip()
    return Fraction(text[:-1].strip().replace(",", ".")) / 100 if text.endswith("%") else None


def half_up(value: Fraction) -> int:
    """The nearest whole, halves up (D24)."""
    return math.floor(value + Fraction(1, 2))


@dataclass(frozen=True)
class Person:
    """One candidate: each column's values by norm, as written, and whole."""

    id: str
    cells: dict[str, tuple[str, ...]]
    written: dict[str, str]

    def values(self, name: str) -> tuple[str, ...]:
        """The different values of one column, by norm."""
        return self.cells.get(name, ())


def rows_of(path: Path) -> tuple[list[dict[str, str]], str]:
    """The rows of a CSV or JSON file by known column, and what splits a cell beside the bar."""
    if path.suffix == ".json":
        data = json.loads(path.read_text(encoding="utf-8"))
        found = data["candidates"] if isinstance(data, dict) else data
        as_text = [
            {
                column(k): "|".join(str(x) for x in v) if isinstance(v, list) else "" if v is None else str(v)
                for k, v in row.items()
            }
            for row in found
        ]
        return as_text, "|;"
    if path.suffix in {".xlsx", ".ods"}:
        return sheet_rows(path), "|;"
    raw = path.read_bytes()
    text = ""
    for encoding in ("utf-16",) if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252"):
        try:
            text = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    lines = text.splitlines(keepends=True)
    if lines[0].lower().startswith("sep="):
        lines = lines[1:]
    comma = max(",;\t", key=lines[0].count)
    table = [row for row in csv.reader(io.StringIO("".join(lines)), delimiter=comma) if any(c.strip() for c in row)]
    heads = [column(h) for h in table[0]]
    if "name" in heads and "first_name" in heads and "last_name" not in heads:
        heads[heads.index("name")] = "last_name"
    return [dict(zip(heads, row, strict=False)) for row in table[1:]], "|" if comma == ";" else "|;"


def sheet_rows(path: Path) -> list[dict[str, str]]:
    """The rows of the first sheet of a workbook."""
    from python_calamine import load_workbook

    def written(cell: object) -> str:
        return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)

    table = [[written(c) for c in row] for row in load_workbook(str(path)).get_sheet_by_index(0).to_python()]
    heads = [column(h) for h in table[0]]
    if "name" in heads and "first_name" in heads and "last_name" not in heads:
        heads[heads.index("name")] = "last_name"
    return [dict(zip(heads, row, strict=False)) for row in table[1:] if any(c.strip() for c in row)]


def slug(text: str) -> str:
    """An id made from a name (D6)."""
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", bare.lower()).strip("-")


def made_id(row: dict[str, str]) -> str:
    """The id of a row without one (D6)."""
    if row.get("email", "").strip():
        return row["email"].strip().lower()
    full = f"{row.get('first_name', '')} {row.get('last_name', '')}".strip()
    return slug(full or row.get("name", ""))


def people_of(paths: Iterable[Path]) -> dict[str, Person]:
    """All candidates who did not refuse consent, by id."""
    people: dict[str, Person] = {}
    for path in paths:
        rows, bars = rows_of(path)
        for row in rows:
            if norm(row.get("consent", "")) in REFUSALS:
                continue
            cells: dict[str, tuple[str, ...]] = {}
            for head, cell in row.items():
                parts = [cell] if head in WHOLE else re.split(f"[{re.escape(bars)}]", cell)
                cells[head] = tuple(dict.fromkeys(n for n in map(norm, parts) if n))
            own = row.get("id", "").strip() or made_id(row)
            people[own] = Person(own, cells, row)
    return people


@dataclass(frozen=True)
class Net:
    """A network as the proposal states it, or as a brute force tries it."""

    name: str
    members: tuple[str, ...]
    slot: str | None = None
    region: str | None = None
    facilitator: str | None = None
    place: str | None = None
    """The postcode that the programme gives a fixed network."""


@dataclass
class Programme:
    """A programme and its candidates, read by the contract."""

    path: Path
    data: dict[str, Any]
    people: dict[str, Person]
    baseline: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Programme:
        """The programme in one file."""
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        return cls(path, data, people_of(cls.files(path, data)))

    @staticmethod
    def files(path: Path, data: dict[str, Any]) -> list[Path]:
        """The candidates files, in order."""
        named = data["candidates"]
        return [path.parent / n for n in ([named] if isinstance(named, str) else named)]

    @property
    def rules(self) -> list[dict[str, Any]]:
        """All rules as written, each with its default name filled in (D16)."""
        seen: Counter[str] = Counter()
        named = []
        for rule in self.data.get("rules", []):
            base = " ".join(str(x) for x in (rule["rule"], rule.get("attribute"), rule.get("value")) if x is not None)
            name = rule.get("name", base)
            if "name" not in rule:
                seen[name] += 1
                name = name if seen[name] == 1 else f"{name} {seen[name]}"
            named.append({**rule, "name": name})
        return named

    def fixed(self) -> dict[str, dict[str, Any]]:
        """The networks that are given, by name."""
        return {n["name"]: n for n in self.data["networks"].get("fixed", [])}

    def linked(self, head: str) -> list[set[str]]:
        """The pairs that a column such as apart_from names (D10), or none."""
        by_mail: dict[str, list[str]] = {}
        by_name: dict[str, list[str]] = {}
        for p in self.people.values():
            by_mail.setdefault(norm(p.written.get("email", "")), []).append(p.id)
            full = f"{p.written.get('first_name', '')} {p.written.get('last_name', '')}".strip()
            by_name.setdefault(norm(full or p.written.get("name", "")), []).append(p.id)
        pairs: list[set[str]] = []
        for p in self.people.values():
            for part in re.split(r"[|;]", p.written.get(head, "")):
                if not part.strip():
                    continue
                other = part.strip()
                if other not in self.people:
                    found = by_mail.get(norm(part)) or by_name.get(norm(part)) or []
                    if len(found) != 1:
                        continue
                    other = found[0]
                if other != p.id and {p.id, other} not in pairs:
                    pairs.append({p.id, other})
        return pairs

    def groups(self, rule: dict[str, Any]) -> list[set[str]]:
        """Who must be kept together: the groups given, else the linked ones, transitively (D10, D26)."""
        if "groups" in rule:
            return [{str(x).strip() for x in g} for g in rule["groups"]]
        merged: list[set[str]] = []
        for pair in self.linked("together_with"):
            touching = [g for g in merged if g & pair]
            merged = [g for g in merged if not g & pair] + [pair.union(*touching)]
        return merged

    def pairs(self, rule: dict[str, Any]) -> list[set[str]]:
        """Who must be kept apart, each unordered pair once (D26)."""
        if "pairs" not in rule:
            return self.linked("apart_from")
        once: list[set[str]] = []
        for pair in rule["pairs"]:
            if set(pair) not in once:
                once.append(set(pair))
        return once

    def is_number(self, rule: dict[str, Any], head: str, pool: Iterable[str]) -> bool:
        """Whether a column is one of numbers (D9)."""
        if "as" in rule:
            return bool(rule["as"] == "number")
        if head in {"years", "meetings"}:
            return True
        if head in HEADERS:
            return False
        filled = [self.people[i].written.get(head, "") for i in pool if self.people[i].written.get(head, "").strip()]
        return bool(filled) and all(number(cell) is not None for cell in filled)

    def number(self, who: str, head: str) -> Fraction | None:
        """One member's number in a column."""
        return number(self.people[who].written.get(head, ""))

    # -- rules over one group: a network, or a trio in a network ------------------------------------------------

    def group_price(
        self, rule: dict[str, Any], members: tuple[str, ...], pool: tuple[str, ...], giver: str | None = None
    ) -> int:
        """The penalty of one group under a rule that looks at nothing but its members and the pool."""
        n = len(members)
        head = column(rule["attribute"]) if "attribute" in rule else ""
        c: Counter[str] = Counter(v for m in members for v in self.people[m].values(head)) if head else Counter()
        everything = sorted({v for m in pool for v in self.people[m].values(head)}) if head else []
        asked = [norm(rule["value"])] if "value" in rule else everything
        match rule["rule"]:
            case "same":
                return n - max(c.values(), default=0)
            case "spread":
                least = int(rule.get("min_values", min(n, len(everything))))
                return max(0, least - len(c))
            case "limit":
                return sum(self._outside(rule, c[v], n) for v in asked)
            case "not_alone":
                least = int(rule.get("at_least", 2))
                return sum(least - c[v] for v in asked if 0 < c[v] < least)
            case "balance" if self.is_number(rule, head, self.people):
                return self._mean_distance(head, members, pool)
            case "balance":
                total: Counter[str] = Counter(v for m in pool for v in self.people[m].values(head))
                price = 0
                for v in everything:
                    fair = Fraction(n * total[v], len(pool))
                    price += max(0, math.floor(fair) - c[v], c[v] - math.ceil(fair))
                return price
            case "distinct":
                return sum(max(0, k - int(rule.get("at_most", 1))) for k in c.values())
            case "apart":
                return sum(pair <= set(members) for pair in self.pairs(rule))
            case "exchange":
                asking = members if giver is None else (giver,)
                return sum(
                    all(topic not in self.people[o].values("offers") for o in members if o != m)
                    for m in asking
                    for topic in self.people[m].values("asks")
                )
            case "diverse":
                return self._likeness(rule, members, pool)
        raise NotImplementedError(rule["rule"])

    @staticmethod
    def _outside(rule: dict[str, Any], count: int, n: int) -> int:
        over = under = 0
        if "max" in rule:
            part = share(rule["max"])
            over = max(0, count - (math.floor(part * n) if part is not None else int(rule["max"])))
        if "min" in rule:
            part = share(rule["min"])
            under = max(0, (math.ceil(part * n) if part is not None else int(rule["min"])) - count)
        return over + under

    def _mean_distance(self, head: str, members: tuple[str, ...], pool: tuple[str, ...]) -> int:
        """D25, rounded by comparing squares: the largest k with k - 1/2 <= 100 d / sd."""
        every = [x for m in pool if (x := self.number(m, head)) is not None]
        own = [x for m in members if (x := self.number(m, head)) is not None]
        if not own:
            return 0
        mean = sum(every, Fraction(0)) / len(every)
        variance = sum(((x - mean) ** 2 for x in every), Fraction(0)) / len(every)
        if not variance:
            return 0
        square = 10000 * (sum(own, Fraction(0)) / len(own) - mean) ** 2 / variance
        k = math.isqrt(math.floor(square)) + 2
        while k > 0 and Fraction(2 * k - 1, 2) ** 2 > square:
            k -= 1
        return k

    def _likeness(self, rule: dict[str, Any], members: tuple[str, ...], pool: tuple[str, ...]) -> int:
        """D27: ten times the sum over pairs of (1 - Gower), rounded once."""
        heads = [column(a) for a in rule["attributes"]]
        numeric = {h: self.is_number(rule, h, self.people) for h in heads}
        width: dict[str, Fraction] = {}
        for h in heads:
            found = [x for m in pool if (x := self.number(m, h)) is not None] if numeric[h] else []
            width[h] = max(found) - min(found) if found else Fraction(0)
        total = Fraction(0)
        for a, b in itertools.combinations(members, 2):
            parts: list[Fraction] = []
            for h in heads:
                if numeric[h]:
                    x, y = self.number(a, h), self.number(b, h)
                    if x is not None and y is not None:
                        parts.append(abs(x - y) / width[h] if width[h] else Fraction(0))
                else:
                    s, t = set(self.people[a].values(h)), set(self.people[b].values(h))
                    if s and t:
                        parts.append(1 - Fraction(len(s & t), len(s | t)))
            gower = sum(parts, Fraction(0)) / len(parts) if parts else Fraction(0)
            total += 1 - gower
        return half_up(10 * total)

    # -- rules over networks --------------------------------------------------------------------------------------

    def price(self, rule: dict[str, Any], nets: list[Net]) -> int:
        """The penalty of one rule over networks."""
        pool = tuple(self.people)
        seat = {m: net.name for net in nets for m in net.members}
        match rule["rule"]:
            case "place":
                return len(self.people) - len(seat)
            case "together":
                price = 0
                for group in self.groups(rule):
                    here = Counter(seat.get(m) for m in group if m in self.people)
                    price += sum(here.values()) - max(here.values(), default=0)
                return price
            case "stay":
                return sum(seat.get(m) != at for m, at in self.moved_from(rule).items() if m in self.people)
            case "diverse" if "matrix" in rule:
                return self._distance_lost(rule, seat)
        return sum(self.net_price(rule, net, pool) for net in nets if net.name in rule.get("networks", [net.name]))

    def moved_from(self, rule: dict[str, Any]) -> dict[str, str]:
        """Where the baseline of a `stay` rule had everybody."""
        found = json.loads((self.path.parent / rule["baseline"]).read_text(encoding="utf-8"))
        return {m: net["name"] for net in found["networks"] for m in net["members"]}

    def _distance_lost(self, rule: dict[str, Any], seat: dict[str, str]) -> int:
        text = (self.path.parent / rule["matrix"]).read_text(encoding="utf-8-sig")
        table = list(csv.reader(io.StringIO(text)))
        heads = [h.strip() for h in table[0]]
        at = {row[0].strip(): dict(zip(heads[1:], row[1:], strict=True)) for row in table[1:] if row}
        return sum(
            half_up(1000 * Fraction(at[a][b].strip()))
            for a, b in itertools.combinations(self.people, 2)
            if seat.get(a) is None or seat.get(a) != seat.get(b)
        )

    def net_price(self, rule: dict[str, Any], net: Net, pool: tuple[str, ...]) -> int:
        """The penalty of one network."""
        match rule["rule"]:
            case "facilitated":
                return int(net.facilitator is None)
            case "wish":
                wishes = [self.people[m].values("network_wish") for m in net.members]
                return sum(bool(w) and norm(net.name) not in w for w in wishes)
            case "commitment":
                return sum(self._uncommitted(rule, m) for m in net.members)
            case "available":
                part = share(rule.get("share", "100%"))
                assert part is not None
                needed = math.ceil(part * len(net.members))
                by_slot = Counter(s for m in net.members for s in self.people[m].values("available"))
                there = max(by_slot.values(), default=0) if net.slot is None else by_slot[norm(net.slot)]
                return max(0, needed - there)
            case "near" if "max_km" in rule:
                return self._too_far(rule, net)
            case "near":
                c = Counter(v for m in net.members for v in self.people[m].values("region"))
                here = max(c.values(), default=0) if net.region is None else c[norm(net.region)]
                return len(net.members) - here
        return self.group_price(rule, net.members, pool)

    def _uncommitted(self, rule: dict[str, Any], who: str) -> bool:
        late = False
        if "min_meetings" in rule:
            promised = self.number(who, "meetings")
            late = promised is None or promised < rule["min_meetings"]
        return late or (bool(rule.get("project", False)) and not self.people[who].values("project"))

    def home(self, who: str) -> tuple[float, float] | None:
        """Where a candidate lives: lat and lon, else the centroid of the postcode (D29)."""
        lat, lon = self.number(who, "lat"), self.number(who, "lon")
        if lat is not None and lon is not None:
            return float(lat), float(lon)
        return centroid(self.people[who].written.get("postcode", ""))

    def _too_far(self, rule: dict[str, Any], net: Net) -> int:
        limit = float(rule["max_km"])
        homes = [h for m in net.members if (h := self.home(m))]
        given = centroid(str(net.place)) if net.place is not None else None
        places = [given] if given else homes
        return min((sum(max(0, math.ceil(km(p, h) - limit)) for h in homes) for p in places), default=0)


_TABLE: dict[str, tuple[float, float]] = {}


def centroid(postcode: str) -> tuple[float, float] | None:
    """The coordinates of a postcode in the shipped table."""
    if not _TABLE:
        with CENTROIDS.open(encoding="utf-8", newline="") as lines:
            _TABLE.update({r["postcode"]: (float(r["lat"]), float(r["lon"])) for r in csv.DictReader(lines)})
    return _TABLE.get(postcode.strip())


def km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """The great circle between two places (D29)."""
    la, lo, lb, lp = map(math.radians, (*a, *b))
    h = math.sin((lb - la) / 2) ** 2 + math.cos(la) * math.cos(lb) * math.sin((lp - lo) / 2) ** 2
    return 2 * 6371.0088 * math.asin(min(1.0, math.sqrt(h)))


def sizes(n: int, meetings: dict[str, Any]) -> list[int]:
    """The sizes of the groups of n people, largest first (D32)."""
    g = int(meetings.get("group_size", 3))
    if n == 0:
        return []
    if "groups" in meetings:
        k = int(meetings["groups"])
    elif meetings.get("remainder", "larger") == "smaller":
        k = math.ceil(n / g)
    else:
        k = max(1, n // g)
        if math.ceil(n / k) > g + 1:
            k = math.ceil(n / g)
            if n // k < 3 <= g:
                k = max(1, n // g)
    k = min(k, n)
    return sorted([n // k + (i < n % k) for i in range(k)], reverse=True)


# -- trios ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rotation:
    """The meetings of one network as a proposal states them."""

    members: tuple[str, ...]
    meetings: list[list[tuple[tuple[str, ...], str]]]
    keep: int

    def met_at(self) -> dict[frozenset[str], list[int]]:
        """The numbers of the meetings at which each pair shares a trio."""
        at: dict[frozenset[str], list[int]] = {frozenset(p): [] for p in itertools.combinations(self.members, 2)}
        for number_, trios in enumerate(self.meetings, 1):
            for trio, _ in trios:
                for pair in itertools.combinations(trio, 2):
                    at[frozenset(pair)].append(number_)
        return at

    def met(self, history: Counter[frozenset[str]]) -> dict[frozenset[str], int]:
        """How often each pair has met, a block once, earlier years included (D32, D33)."""
        return {p: len({(m - 1) // self.keep for m in found}) + history[p] for p, found in self.met_at().items()}


def history_of(programme: Programme) -> Counter[frozenset[str]]:
    """The pairs that met before, from the `history` of the rules meet_new."""
    pairs: Counter[frozenset[str]] = Counter()
    for rule in programme.data.get("rules", []):
        for past in rule.get("history", []) if rule["rule"] == "meet_new" else []:
            if isinstance(past, list):
                pairs.update(frozenset(p) for p in itertools.combinations(sorted(set(past)), 2))
                continue
            found = json.loads((programme.path.parent / past).read_text(encoding="utf-8"))
            for rotation in found["rotations"]:
                for meeting in rotation["meetings"]:
                    for trio in meeting["trios"]:
                        pairs.update(frozenset(p) for p in itertools.combinations(trio["members"], 2))
    return pairs


def even_spread(total: int, pairs: int) -> int:
    """The least meet_new penalty of `total` pair-meetings over `pairs` pairs."""
    if not pairs:
        return 0
    q, r = divmod(total, pairs)
    return (pairs - r) * q * (q - 1) // 2 + r * q * (q + 1) // 2


def trio_price(programme: Programme, rule: dict[str, Any], rotation: Rotation) -> int:
    """The penalty of one rule over the trios of one network."""
    count = len(rotation.meetings)
    at = rotation.met_at()
    history = history_of(programme)
    match rule["rule"]:
        case "meet_new":
            met = rotation.met(history)
            if rule.get("strength") == "must":
                return sum(max(0, k - rule["at_most"]) for k in met.values())
            return sum(k * (k - 1) // 2 for k in met.values())
        case "early":
            return sum(0 if history[p] else min(found, default=count + 1) for p, found in at.items())
        case "spaced":
            gap = int(rule.get("gap", 3))
            # With `keep`, the meetings of one block are one meeting of a pair, as they are in met(p).
            return sum(
                max(0, gap - (b - a))
                for found in at.values()
                for a, b in itertools.pairwise(sorted(found))
                if (a - 1) // rotation.keep != (b - 1) // rotation.keep
            )
        case "case_turns":
            turns = Counter(giver for trios in rotation.meetings for _, giver in trios)
            every = [turns[m] for m in rotation.members]
            return max(0, max(every) - min(every) - 1)
        case "size_turns":
            usual = int(programme.data["meetings"].get("group_size", 3))
            others = Counter(m for trios in rotation.meetings for t, _ in trios if len(t) != usual for m in t)
            every = [others[m] for m in rotation.members]
            return max(0, max(every) - min(every) - 1)
        case "together":
            price = 0
            for trios in rotation.meetings:
                seat = {m: i for i, (trio, _) in enumerate(trios) for m in trio}
                for group in programme.groups(rule):
                    here = Counter(seat[m] for m in group if m in seat)
                    price += sum(here.values()) - max(here.values(), default=0)
            return price
    return sum(
        programme.group_price(rule, trio, rotation.members, giver)
        for trios in rotation.meetings
        for trio, giver in trios
    )


# -- a whole proposal -----------------------------------------------------------------------------------------------


def strength_of(rule: dict[str, Any]) -> int | str:
    """The word must, or the weight: 1 unless the rule says otherwise (D15)."""
    return "must" if rule.get("strength") == "must" else int(rule.get("weight", 1))


def over_trios(rule: dict[str, Any]) -> bool:
    """Whether a rule is about trios."""
    return rule["rule"] in TRIO_ONLY or rule.get("within") == "trio"


def gap_of(objective: int, bound: int) -> float:
    """(objective - bound) / max(1, objective), rounded up to six decimals (D36)."""
    part = Fraction(max(0, objective - bound), max(1, objective))
    return math.ceil(part * 1000000) / 1000000


def differences(programme: Programme, proposal: dict[str, Any]) -> Iterator[str]:
    """Every way in which a proposal departs from the contract, one line each."""
    data = programme.data
    given = programme.fixed()
    nets = [
        Net(
            n["name"],
            tuple(n["members"]),
            n["slot"],
            n["region"],
            n["facilitator"],
            given.get(n["name"], {}).get("place"),
        )
        for n in proposal["networks"]
    ]
    yield from _people(programme, proposal, nets)
    yield from _networks(programme, proposal, nets)
    yield from _facilitators(programme, nets)
    yield from _composition(programme, proposal, nets)
    yield from _rotations(programme, proposal, nets)
    parts = [proposal["composition"]["status"], *(r["status"] for r in proposal["rotations"])]
    if (proposal["status"] == "optimal") != (set(parts) == {"optimal"}):
        yield f"status {proposal['status']} with parts {parts}"
    digest = hashlib.sha256(programme.path.read_bytes())
    for path in Programme.files(programme.path, data):
        digest.update(path.read_bytes())
    if proposal["programme"]["sha256"] != digest.hexdigest():
        yield "programme.sha256 is not of the programme and then its candidates"
    if proposal["programme"]["name"] != data["name"]:
        yield "programme.name"


def _people(programme: Programme, proposal: dict[str, Any], nets: list[Net]) -> Iterator[str]:
    everybody = [m for net in nets for m in net.members] + [w["id"] for w in proposal["waitlist"]]
    if Counter(everybody) != Counter(list(programme.people)):
        yield f"people: {Counter(everybody) - Counter(list(programme.people))} {set(programme.people) - set(everybody)}"
    if any(not w.get("why") for w in proposal["waitlist"]):
        yield "a waiting candidate without a reason"
    seat = {m: net.name for net in nets for m in net.members}
    pinned = {net["name"]: set(net["pinned"]) for net in proposal["networks"]}
    for pin in programme.data.get("pins", []):
        at = None if pin["network"] == "waitlist" else pin["network"]
        if seat.get(pin["candidate"]) != at:
            yield f"pin of {pin['candidate']} to {at} broken"
        if at is not None and pin["candidate"] not in pinned[at]:
            yield f"{pin['candidate']} not listed as pinned"
    wanted = {p["candidate"] for p in programme.data.get("pins", []) if p["network"] != "waitlist"}
    if set().union(*pinned.values()) != wanted if pinned else wanted:
        yield f"pinned lists {pinned} for pins {wanted}"


def _networks(programme: Programme, proposal: dict[str, Any], nets: list[Net]) -> Iterator[str]:
    asks = programme.data["networks"]
    given = programme.fixed()
    least = asks.get("count", asks.get("min_count", 0))
    most = asks.get("count", asks.get("max_count", math.inf))
    if not least <= len(nets) <= most:
        yield f"{len(nets)} networks, asked {least} to {most}"
    if len({norm(net.name) for net in nets}) != len(nets):
        yield "two networks of one name"
    if missing := set(given) - {net.name for net in nets}:
        yield f"fixed networks not formed: {missing}"
    if asks.get("waitlist") == "never" and proposal["waitlist"]:
        yield "somebody waits though nobody may"
    for net, stated in zip(nets, proposal["networks"], strict=True):
        own = {**asks, **given.get(net.name, {})}
        if not own.get("min_size", 1) <= len(net.members) <= own.get("max_size", math.inf):
            yield f"{net.name} has {len(net.members)} members"
        if "kind" in own and stated["kind"] != own["kind"]:
            yield f"{net.name}: kind {stated['kind']}"
        for key in ("slot", "region", "place", "facilitator"):
            if key in given.get(net.name, {}) and norm(stated[key]) != norm(given[net.name][key]):
                yield f"{net.name}: {key} {stated[key]} for {given[net.name][key]}"
        for attribute, allowed in own.get("accepts", {}).items():
            wanted = {norm(v) for v in ([allowed] if isinstance(allowed, str) else allowed)}
            for m in net.members:
                if not wanted & set(programme.people[m].values(column(attribute))):
                    yield f"{net.name} does not accept {m} ({attribute})"


def _dates(programme: Programme, slot: str | None) -> list[str | None]:
    meetings = programme.data.get("meetings", {})
    dates = meetings.get("dates", [])
    if isinstance(dates, dict):
        by_slot = {norm(k): v for k, v in dates.items()}
        dates = by_slot.get(norm(slot), []) if slot is not None else []
    count = int(meetings.get("count", 0))
    return [str(d) for d in dates[:count]] + [None] * max(0, count - len(dates))


def _facilitators(programme: Programme, nets: list[Net]) -> Iterator[str]:
    known = {f["id"]: f for f in programme.data.get("facilitators", [])}
    for net in nets:
        if net.facilitator is None:
            continue
        if net.facilitator not in known:
            yield f"{net.name}: unknown facilitator {net.facilitator}"
            continue
        f = known[net.facilitator]
        if net.slot is not None and f.get("available") and norm(net.slot) not in map(norm, f["available"]):
            yield f"{net.facilitator} is not available at {net.slot}"
        if net.region is not None and f.get("regions") and net.region not in f["regions"]:
            yield f"{net.facilitator} does not work in {net.region}"
        for m in net.members:
            spoken = programme.people[m].values("language")
            if f.get("languages") and spoken and not set(map(norm, f["languages"])) & set(spoken):
                yield f"{net.facilitator} and {m} have no language in common"
    for who, f in known.items():
        led = [net for net in nets if net.facilitator == who]
        if len(led) > f.get("max_networks", 1):
            yield f"{who} leads {len(led)} networks"
        for a, b in itertools.combinations(led, 2):
            days = {d[:10] for d in _dates(programme, a.slot) if d} & {d[:10] for d in _dates(programme, b.slot) if d}
            if days:
                yield f"{who} is in {a.name} and {b.name} on {sorted(days)[0]}"


def _composition(programme: Programme, proposal: dict[str, Any], nets: list[Net]) -> Iterator[str]:
    stated = {r["name"]: r for r in proposal["rules"]}
    objective = 0
    wanted = [r for r in programme.rules if not over_trios(r)]
    if [r["name"] for r in wanted] != [r["name"] for r in proposal["rules"]]:
        yield f"rules {[r['name'] for r in proposal['rules']]}, expected {[r['name'] for r in wanted]}"
    for rule in wanted:
        penalty = programme.price(rule, nets)
        strength = strength_of(rule)
        if strength == "must" and penalty:
            yield f"must rule {rule['name']} has {penalty}"
        objective += 0 if isinstance(strength, str) else strength * penalty
        said = stated.get(rule["name"])
        if said is None:
            continue
        if said["rule"] != rule["rule"] or said["strength"] != strength:
            yield f"{rule['name']}: {said['rule']} {said['strength']}"
        if said["penalty"] != penalty:
            yield f"{rule['name']}: stated {said['penalty']}, counted {penalty}"
        if sum(v["penalty"] for v in said["violations"]) != penalty:
            yield f"{rule['name']}: violations add up to {sum(v['penalty'] for v in said['violations'])}, not {penalty}"
        if rule["rule"] not in {"place", "stay", "together"} and "matrix" not in rule:
            here = {net.name: programme.net_price(rule, net, tuple(programme.people)) for net in nets}
            told: Counter[str] = Counter()
            for v in said["violations"]:
                told[v["network"]] += v["penalty"]
            for name, told_price in told.items():
                if here.get(name) != told_price:
                    yield f"{rule['name']} in {name}: stated {told_price}, counted {here.get(name)}"
        if said["bound"] is not None and not 0 <= said["bound"] <= penalty:
            yield f"{rule['name']}: bound {said['bound']} of {penalty}"
    part = proposal["composition"]
    waiting = len(programme.people) - sum(len(net.members) for net in nets)
    if part["waiting"] != waiting or len(proposal["waitlist"]) != waiting:
        yield f"waiting {part['waiting']}, counted {waiting}"
    weighed = any(r["rule"] == "place" and r.get("strength") != "must" for r in wanted)
    if weighed != (part["least_waiting"] is None):
        yield f"least_waiting {part['least_waiting']}"
    if part["least_waiting"] is not None and not 0 <= part["least_waiting"] <= waiting:
        yield f"least_waiting {part['least_waiting']} of {waiting}"
    yield from _scored("composition", part, objective)
    proven = part["objective"] == part["bound"] and part["least_waiting"] in (None, waiting)
    if (part["status"] == "optimal") != proven:
        yield f"composition is {part['status']}: {part}"


def _scored(name: str, part: dict[str, Any], objective: int) -> Iterator[str]:
    if part["objective"] != objective:
        yield f"{name}: objective {part['objective']}, counted {objective}"
    if not isinstance(part["bound"], int) or not 0 <= part["bound"] <= part["objective"]:
        yield f"{name}: bound {part['bound']} of {part['objective']}"
    elif abs(part["gap"] - gap_of(part["objective"], part["bound"])) > 1e-12:
        yield f"{name}: gap {part['gap']}, counted {gap_of(part['objective'], part['bound'])}"


def _rotations(programme: Programme, proposal: dict[str, Any], nets: list[Net]) -> Iterator[str]:
    asks = programme.data.get("meetings", {})
    count = int(asks.get("count", 0)) if "meetings" in programme.data else None
    if count == 0 and proposal["rotations"]:
        yield "rotations though there are no meetings"
    if not count:
        return
    if [r["network"] for r in proposal["rotations"]] != [n.name for n in nets]:
        yield f"rotations of {[r['network'] for r in proposal['rotations']]}"
        return
    for net, said in zip(nets, proposal["rotations"], strict=True):
        for line in _rotation(programme, net, said, count):
            yield f"{net.name}: {line}"


def _rotation(programme: Programme, net: Net, said: dict[str, Any], count: int) -> Iterator[str]:
    asks = programme.data["meetings"]
    keep = int(asks.get("keep", 1))
    if [m["number"] for m in said["meetings"]] != list(range(1, count + 1)):
        yield "meeting numbers"
    absent: dict[int, set[str]] = {}
    for a in asks.get("absent", []):
        if a["candidate"] in net.members:
            absent.setdefault(a["meeting"], set()).add(a["candidate"])
    rotation = Rotation(
        net.members, [[(tuple(t["members"]), t["case_giver"]) for t in m["trios"]] for m in said["meetings"]], keep
    )
    dates = _dates(programme, net.slot)
    together: dict[int, list[set[frozenset[str]]]] = {}
    for meeting, trios in zip(said["meetings"], rotation.meetings, strict=True):
        away = absent.get(meeting["number"], set())
        if set(meeting["absent"]) != away:
            yield f"meeting {meeting['number']}: absent {meeting['absent']}, expected {sorted(away)}"
        present = sorted(set(net.members) - away)
        if sorted(m for t, _ in trios for m in t) != present:
            yield f"meeting {meeting['number']}: trios do not hold who is present"
        if any(giver not in t for t, giver in trios):
            yield f"meeting {meeting['number']}: a case giver from outside the trio"
        block = (meeting["number"] - 1) // keep
        changing = any(absent.get(b + 1, set()) != away for b in range(block * keep, min(count, (block + 1) * keep)))
        if not (keep > 1 and changing) and sorted((len(t) for t, _ in trios), reverse=True) != sizes(
            len(present), asks
        ):
            yield f"meeting {meeting['number']}: sizes {sorted(len(t) for t, _ in trios)} of {len(present)}"
        together.setdefault(block, []).append({frozenset(t) for t, _ in trios})
        if meeting["date"] != dates[meeting["number"] - 1]:
            yield f"meeting {meeting['number']}: date {meeting['date']}, expected {dates[meeting['number'] - 1]}"
        if not changing and any(t != together[block][0] for t in together[block]):
            yield f"meeting {meeting['number']}: groups of a block differ"
    yield from _trio_rules(programme, net, said, rotation)


def _trio_rules(programme: Programme, net: Net, said: dict[str, Any], rotation: Rotation) -> Iterator[str]:
    met = rotation.met(history_of(programme))
    pairs, total = len(met), sum(met.values())
    repeats = sum(max(0, k - 1) for k in met.values())
    if said["repeats"] != repeats:
        yield f"repeats {said['repeats']}, counted {repeats}"
    if not max(0, total - pairs) <= said["least_repeats"] <= repeats:
        yield f"least_repeats {said['least_repeats']}, between {max(0, total - pairs)} and {repeats}"
    rules = [r for r in programme.rules if over_trios(r) and net.name in r.get("networks", [net.name])]
    weighed = any(r["rule"] == "meet_new" and r.get("strength") != "must" for r in rules)
    spread = sum(k * (k - 1) // 2 for k in met.values())
    if weighed != (said["balance"] is None):
        yield f"balance {said['balance']}"
    if said["balance"] is not None:
        yield from _scored("balance", said["balance"], spread)
    stated = {r["name"]: r for r in said["rules"]}
    firsts = [r for r in said["rules"] if r["strength"] == "first"]
    if len(firsts) != int(not weighed) or any(r["penalty"] != spread or r["rule"] != "meet_new" for r in firsts):
        yield f"first: {[(r['name'], r['penalty']) for r in firsts]}, counted {spread}"
    rest = 0
    for rule in rules:
        strength = strength_of(rule)
        if rule["rule"] == "meet_new" and strength == "must":
            if worst := trio_price(programme, rule, rotation):
                yield f"must rule {rule['name']} has {worst}"
            if not weighed:
                continue  # docs/decisions/0008: its row says "first", and at_most holds besides
        penalty = trio_price(programme, rule, rotation)
        if strength == "must" and penalty:
            yield f"must rule {rule['name']} has {penalty}"
        rest += 0 if isinstance(strength, str) else strength * penalty
        if rule["name"] not in stated:
            yield f"rule {rule['name']} is missing from {sorted(stated)}"
            continue
        told = stated[rule["name"]]
        if (told["rule"], told["strength"], told["penalty"]) != (rule["rule"], strength, penalty):
            yield f"{rule['name']}: stated {told['strength']} {told['penalty']}, counted {strength} {penalty}"
        if sum(v["penalty"] for v in told["violations"]) != penalty:
            yield f"{rule['name']}: violations add up to {sum(v['penalty'] for v in told['violations'])}, not {penalty}"
        if told.get("bound") is not None and not 0 <= told["bound"] <= penalty:
            yield f"{rule['name']}: bound {told['bound']} of {penalty}"
    if len(said["rules"]) > len(rules) + len(firsts):
        yield f"rules nobody asked for: {sorted(stated)}"
    yield from _scored("rest", said["rest"], rest)
    proven = said["rest"]["objective"] == said["rest"]["bound"] and (
        said["balance"] is None or said["balance"]["objective"] == said["balance"]["bound"]
    )
    if (said["status"] == "optimal") != proven:
        yield f"status {said['status']}: {said['balance']} {said['rest']}"
