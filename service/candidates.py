"""Candidates as Kring knows them, and how their values and columns compare."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import Literal

from service.faults import Fault, Param
from service.words import say

# Canonical name -> the other names that a header may have (detail 5).
COLUMN_ALIASES: Mapping[str, tuple[str, ...]] = {
    "id": ("nr", "nummer", "code", "kandidaat", "kandidaat_id", "identifiant", "kennung"),
    "first_name": ("voornaam", "prénom", "vorname"),
    "last_name": ("familienaam", "achternaam", "nom de famille", "nachname"),
    "name": ("naam", "nom"),
    "email": ("e-mail", "mail", "e-mailadres", "courriel", "adresse e-mail", "e-mail-adresse"),
    "role": ("rol", "functie", "fonction", "rolle", "funktion"),
    "sector": ("secteur", "sektor", "branche"),
    "region": ("regio", "région"),
    "municipality": ("gemeente", "commune", "gemeinde", "woonplaats"),
    "postcode": ("code postal", "plz", "postleitzahl"),
    "organisation": (
        "organisatie",
        "organization",
        "bedrijf",
        "werkgever",
        "entreprise",
        "unternehmen",
        "firma",
    ),
    "site": ("vestiging", "établissement", "standort"),
    "size_class": ("grootteklasse", "grootte", "taille", "größenklasse", "größe"),
    "profit": ("winst", "profit/non-profit"),
    "language": ("taal", "talen", "langue", "langues", "sprache", "sprachen"),
    "years": ("jaren", "jaren ervaring", "ervaring", "années", "jahre"),
    "kind": ("soort", "art"),
    "network_wish": ("netwerkwens", "wens", "souhait", "wunsch"),
    "available": (
        "beschikbaar",
        "beschikbaarheid",
        "disponible",
        "disponibilités",
        "verfügbar",
        "verfügbarkeit",
    ),
    "asks": ("vragen", "leervragen", "demandes", "fragen"),
    "offers": ("aanbod", "offres", "angebote", "angebot"),
    "project": ("veranderproject", "projet", "projekt"),
    "meetings": ("bijeenkomsten", "réunions", "treffen"),
    "notes": ("opmerkingen", "notities", "remarques", "bemerkungen"),
    "apart_from": ("niet met", "apart van", "séparé de", "getrennt von"),
    "together_with": ("samen met", "avec", "ensemble avec", "zusammen mit"),
    "consent": ("toestemming", "consentement", "einwilligung"),
}
KNOWN_COLUMNS = tuple(COLUMN_ALIASES)
UNSPLIT_COLUMNS = frozenset({"id", "first_name", "last_name", "name", "email", "project", "notes"})
NUMBER_COLUMNS = frozenset({"years", "meetings"})
PERSON_COLUMNS = ("apart_from", "together_with")

_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(?:[.,][0-9]{1,30})?")
_NOT_IN_HEADERS = re.compile(r"[\s_\u00ad\u2010-\u2015\-]+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person who wants to take part, as one row of a file says.

    `cells` holds tidied values (NFC, trimmed, spaces collapsed), keyed by the canonical name of a known column and by
    the header of any other; an empty cell is absent. `apart_from` and `together_with` hold ids of the same list.
    """

    id: str
    file: str
    row: int
    cells: Mapping[str, tuple[str, ...]]

    def values(self, column: str) -> tuple[str, ...]:
        """The values in a column, none where the cell is empty."""
        return self.cells.get(column, ())

    def value(self, column: str) -> str | None:
        """The first value in a column, None where the cell is empty."""
        values = self.cells.get(column)
        return values[0] if values else None

    @property
    def name(self) -> str:
        """The full name as people would say it, else the id."""
        return full_name(self.cells) or self.id


@dataclass(frozen=True, slots=True)
class SetAside:
    """A row that takes no part: `why_code` is `consent_refused`, or `bad_row` with the faults of that row."""

    file: str
    row: int
    why_code: str
    params: Mapping[str, Param] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()

    def why(self, language: str) -> str:
        """The reason in words; names no one."""
        if not self.faults:
            return say(language, f"set_aside.{self.why_code}", **self.params)
        reasons = [(f"{fault.column}: " if fault.column else "") + fault.expected(language) for fault in self.faults]
        return say(language, f"set_aside.{self.why_code}", reasons="; ".join(reasons))


@dataclass(frozen=True, slots=True)
class Note:
    """Something the reader did that the organiser should know of: nothing happens in silence."""

    code: str
    file: str
    row: int | None = None
    params: Mapping[str, Param] = field(default_factory=dict)

    def text(self, language: str) -> str:
        """The note in words, with the file it is about."""
        filled = {key: ", ".join(value) if isinstance(value, tuple) else value for key, value in self.params.items()}
        place = self.file if self.row is None else f"{self.file}, {say(language, 'fault_part.row', row=self.row)}"
        return f"{place}: {say(language, f'note.{self.code}', **filled)}"


@dataclass(frozen=True, slots=True)
class CandidateList:
    """All candidates of a programme, in the order of its files, and what happened to the rows that are not among them.

    `columns` names every column that the files have, read or not: canonical where known, as in the file otherwise.
    `dropped` are those among them that nobody asked for; no candidate has a cell in them.
    """

    candidates: tuple[Candidate, ...]
    set_aside: tuple[SetAside, ...]
    notes: tuple[Note, ...]
    columns: tuple[str, ...]
    ids_from: Literal["id", "email", "name"]
    dropped: tuple[str, ...] = ()


def tidy(text: str) -> str:
    """A value as it is kept: NFC, trimmed, runs of white space made one space."""
    collapsed = " ".join(text.split())
    return collapsed if collapsed.isascii() else unicodedata.normalize("NFC", collapsed)


@lru_cache(maxsize=1 << 14)
def same_value_key(text: str) -> str:
    """Equal for two values that count as the same (detail 1)."""
    # Case folding can undo NFC and NFC can follow from it (the Turkish dotted I), so the form is made again afterwards.
    folded = tidy(text).casefold()
    return folded if folded.isascii() else unicodedata.normalize("NFC", folded)


@lru_cache(maxsize=1024)
def parse_number(text: str) -> Fraction | None:
    """The exact value of `12`, `3.5` or `3,5`; None for anything else."""
    stripped = text.strip()
    if not _NUMBER.fullmatch(stripped):
        return None
    return Fraction(stripped.replace(",", "."))


def full_name(cells: Mapping[str, tuple[str, ...]]) -> str:
    """First and last name, else the name, else nothing."""
    first_and_last = " ".join((*cells.get("first_name", ()), *cells.get("last_name", ())))
    return " ".join(cells.get("name", ())) or first_and_last


@lru_cache(maxsize=4096)
def header_key(header: str) -> str:
    """Equal for two headers of one spelling: without regard to case, accents, spaces, hyphens and underscores."""
    decomposed = unicodedata.normalize("NFKD", header.casefold())
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return _NOT_IN_HEADERS.sub("", bare)


_CANONICAL: Mapping[str, str] = {
    header_key(name): canonical for canonical, aliases in COLUMN_ALIASES.items() for name in (canonical, *aliases)
}


def canonical_column(header: str) -> str | None:
    """The known column that a header means, None where it means none of them."""
    return _CANONICAL.get(header_key(header))


def match_column(name: str, columns: Iterable[str]) -> str | None:
    """The column among `columns` that a programme means by `name`, whatever language or spelling it uses."""
    present = tuple(columns)
    canonical = canonical_column(name)
    if canonical in present:
        return canonical
    if canonical == "name" and "last_name" in present:  # "naam" beside "voornaam" was read as the surname
        return "last_name"
    key = header_key(name)
    return next((column for column in present if header_key(column) == key), None)
