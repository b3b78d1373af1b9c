"""Where people live, as far as a postcode tells: coordinates, municipality and region of Belgian postcodes."""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import NamedTuple

from service.candidates import Candidate, match_column, parse_number

# As people write them: 9000, B-9000, BE 9000.
_POSTCODE = re.compile(r"(?:BE?[\s-]*)?([1-9][0-9]{3})", re.IGNORECASE)


class Coordinates(NamedTuple):
    """A point on the globe, in degrees."""

    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Municipality:
    """A Belgian municipality and its NUTS 2024 region of level 3, such as BE234."""

    name_nl: str
    name_fr: str
    nuts3: str

    @property
    def nuts2(self) -> str:
        """The region of level 2, the province: BE23."""
        return self.nuts3[:4]


def coordinates(postcode: str) -> Coordinates | None:
    """The centroid of a Belgian postcode, None where the table does not have it."""
    code = _bare(postcode)
    return None if code is None else _centroids().get(code)


def municipalities(postcode: str) -> tuple[Municipality, ...]:
    """The municipalities that share a postcode: nearly always one, two for 1040, 1050 and 1804, none where unknown."""
    code = _bare(postcode)
    return () if code is None else _municipalities().get(code, ())


def home(candidate: Candidate) -> Coordinates | None:
    """Where a candidate comes from: the columns lat and lon, else the postcode; None where neither says."""
    return _stated(candidate) or next(
        (found for postcode in candidate.values("postcode") if (found := coordinates(postcode))), None
    )


def _stated(candidate: Candidate) -> Coordinates | None:
    """The coordinates in the columns lat and lon, unless these are no degrees."""
    lat, lon = (_degrees(candidate, name, limit) for name, limit in (("lat", 90), ("lon", 180)))
    return None if lat is None or lon is None else Coordinates(lat, lon)


def _degrees(candidate: Candidate, name: str, limit: int) -> float | None:
    column = match_column(name, candidate.cells)
    number = parse_number(candidate.value(column) or "") if column else None
    return float(number) if number is not None and abs(number) <= limit else None


def _bare(postcode: str) -> str | None:
    match = _POSTCODE.fullmatch(postcode.strip())
    return match[1] if match else None


@cache
def _centroids() -> Mapping[str, Coordinates]:
    return {row["postcode"]: Coordinates(float(row["lat"]), float(row["lon"])) for row in _rows("centroids.csv")}


@cache
def _municipalities() -> Mapping[str, tuple[Municipality, ...]]:
    found: dict[str, tuple[Municipality, ...]] = {}
    for row in _rows("postcodes.csv"):
        municipality = Municipality(row["name_nl"], row["name_fr"], row["nuts3"])
        found[row["postcode"]] = (*found.get(row["postcode"], ()), municipality)
    return found


def _rows(name: str) -> Iterator[dict[str, str]]:
    with resources.files("service.data").joinpath(name).open(encoding="utf-8") as stream:
        yield from csv.DictReader(stream)
