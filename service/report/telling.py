"""Says dates, numbers, slots, regions and columns as people of one language write them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from service.places import municipalities
from service.words import catalogue, say

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SLOT = re.compile(rf"({'|'.join(DAYS)})-(am|pm|eve)")


@dataclass(frozen=True, slots=True)
class Teller:
    """The words of one language."""

    language: str

    def __call__(self, key: str, /, **params: object) -> str:
        """The text of a key."""
        return say(self.language, key, **params)

    def known(self, prefix: str, name: str) -> str:
        """The text of a name that may have one, else the name itself."""
        text = catalogue(self.language).get(f"{prefix}.{name}")
        return text if isinstance(text, str) else name

    def number(self, value: float, digits: int = 0) -> str:
        """A number with the decimal sign of the language; no digits that say nothing."""
        text = f"{value:.{digits}f}"
        if "." in text:
            text = text.rstrip("0").rstrip(".")
        return text.replace(".", self("report.format.decimal"))

    def percent(self, part: float) -> str:
        """A part as a percentage, rounded up: nothing claims more than was proven."""
        tenths = -int(-part * 1000 // 1)
        return self("report.format.percent", number=self.number(tenths / 10, 1))

    def date(self, moment: datetime) -> str:
        """Day, month and year, with the day of the week."""
        return self(
            "report.format.date",
            weekday=self(f"report.weekday.{DAYS[moment.weekday()]}"),
            day=moment.day,
            month=self(f"report.month.m{moment.month}"),
            year=moment.year,
        )

    def time(self, moment: datetime) -> str:
        """The time of day."""
        return self("report.format.time", hour=moment.hour, minute=f"{moment.minute:02}")

    def slot(self, slot: str) -> str:
        """A slot such as tue-pm in words; any other as it is written."""
        match = _SLOT.fullmatch(slot.casefold())
        return self(f"report.slot.{match[2]}", day=self(f"report.weekday.{match[1]}")) if match else slot

    def column(self, column: str) -> str:
        """The name of a column in a sentence."""
        return self.known("report.column", column)

    def heading(self, column: str) -> str:
        """The name of a column at the head of a table."""
        name = self.column(column)
        return name[:1].upper() + name[1:]

    def value(self, column: str, value: str) -> str:
        """A cell as a reader wants it: names of regions and slots for their codes."""
        known = {"region": self.region, "available": self.slot}.get(column)
        return value if known is None else ", ".join(map(known, value.split(", ")))

    def region(self, code: str) -> str:
        """The name of a province, or the code as it is."""
        return self.known("report.region", code)

    def place(self, postcode: str | None, region: str | None) -> str | None:
        """Where a network meets: postcode and municipality where the place is known, else its region."""
        if postcode is None:
            return None if region is None else self.region(region)
        french = self.language == "fr"
        names = [each.name_fr if french else each.name_nl for each in municipalities(postcode)]
        return " ".join([postcode, *names[:1]])

    def joined(self, texts: Iterable[str]) -> str:
        """A, B and C."""
        *most, last = texts
        return self("report.format.and", most=", ".join(most), last=last) if most else last
