"""`near`: members do not travel far, or come from one region."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from math import asin, ceil, cos, radians, sin, sqrt
from typing import ClassVar

from solver.lowering import Best, Home, Place, Term
from solver.problem import Location, Network, Pool
from solver.rules.base import Ground, Group, GroupRule, Parameter, Pricer, Words, count_values, parameter

EARTH_RADIUS_KM = 6371.0088


def great_circle_km(one: Location, other: Location) -> float:
    """The distance over the sphere, by the haversine formula, which keeps its digits for neighbours."""
    return _haversine(one.latitude, one.longitude, other.latitude, other.longitude)


# The same homes are asked about for every newcomer. By numbers: hashing a Location takes as long as the formula.
@lru_cache(maxsize=1 << 15)
def _haversine(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    lat1, lat2 = radians(latitude), radians(other_latitude)
    half_lat = (lat2 - lat1) / 2
    half_lon = radians(other_longitude - longitude) / 2
    chord = sin(half_lat) ** 2 + cos(lat1) * cos(lat2) * sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(chord)))


TOO_FAR = Words(nl="km te ver", fr="km de trop", en="km too far", de="km zu weit")
ELSEWHERE = Words(
    nl="leden uit een andere regio",
    fr="membres d'une autre région",
    en="members from another region",
    de="Mitglieder aus einer anderen Region",
)


@dataclass(frozen=True, kw_only=True)
class Near(GroupRule):
    """Whole km beyond max_km to the meeting place, summed; or the members from another region.

    The meeting place is the network's own, else the member's home that costs least. Members without coordinates cost 0.
    """

    rule: ClassVar[str] = "near"
    one_of: ClassVar[tuple[str, ...]] = ("max_km", "same_region")
    only_one: ClassVar[bool] = True
    in_trios: ClassVar[bool] = False
    definition: ClassVar[Words] = Words(
        nl="niemand reist te ver",
        fr="personne ne voyage trop loin",
        en="nobody travels too far",
        de="niemand reist zu weit",
    )
    violation: ClassVar[Words] = Words(
        nl="{penalty} {unit}",
        fr="{penalty} {unit}",
        en="{penalty} {unit}",
        de="{penalty} {unit}",
    )

    max_km: Fraction | None = parameter(Parameter.KILOMETRES, default=None)
    same_region: bool = parameter(Parameter.FLAG, default=False)

    def excess(self, home: Location, place: Location) -> int:
        """Whole km beyond max_km, rounded up."""
        return max(0, ceil(great_circle_km(home, place) - self._near))

    @cached_property
    def _near(self) -> float:
        assert self.max_km is not None  # noqa: S101  (only asked where distance is what counts)
        return float(self.max_km)

    def pricer(self, pool: Pool) -> Pricer:
        return self._price_of_regions(pool) if self.same_region else self._price_of_distance(pool)

    def _price_of_regions(self, pool: Pool) -> Pricer:
        column = pool.category("region")

        def price(group: Group) -> int:
            region = group.network.region if group.network else None
            if region is not None:
                return sum(not region_is(column.names, column.codes[person], region) for person in group.members)
            counts = count_values(column.codes, group.members, len(column.names))
            return len(group.members) - max(counts, default=0)

        return price

    def _price_of_distance(self, pool: Pool) -> Pricer:
        def price(group: Group) -> int:
            homes = [home for person in group.members if (home := pool.location(person)) is not None]
            place = group.network.place if group.network else None
            places = [place] if place is not None else sorted(set(homes), key=lambda x: (x.latitude, x.longitude))
            return min((sum(self.excess(home, at) for home in homes) for at in places), default=0)

        return price

    def facts(self, group: Group, pool: Pool) -> Mapping[str, object]:
        return {"unit": ELSEWHERE if self.same_region else TOO_FAR}

    def cost(self, person: int, network: Network, pool: Pool) -> int:
        """The price of one member in a network whose place or region is given."""
        if self.same_region:
            column = pool.category("region")
            return int(not region_is(column.names, column.codes[person], network.region or ""))
        home = pool.location(person)
        return 0 if home is None or network.place is None else self.excess(home, network.place)

    def given(self, network: Network) -> bool:
        """Whether the network itself says where it is."""
        return network.region is not None if self.same_region else network.place is not None

    def lower(self, pool: Pool, ground: Ground) -> Sequence[Term]:
        given = [k for k, network in enumerate(ground.networks) if self.given(network)]
        free = frozenset(range(len(ground.networks))) - set(given)
        terms: list[Term] = []
        if given:
            columns = {k: tuple(self.cost(p, ground.networks[k], pool) for p in range(pool.size)) for k in given}
            terms.append(Place(costs=columns))
        if free and self.same_region:
            carriers = pool.category("region").carriers()
            terms.append(Best(options=carriers, need=tuple(ground.sizes()), only=free))
        elif free:
            terms.append(self._home(pool, free))
        return terms

    def _home(self, pool: Pool, free: frozenset[int]) -> Term:
        homes = sorted({home for home in pool.locations if home is not None}, key=lambda x: (x.latitude, x.longitude))
        number = {home: index for index, home in enumerate(homes)}
        excess = tuple(tuple(self.excess(home, place) for home in homes) for place in homes)
        home_of = tuple(
            None if (home := pool.location(person)) is None else number[home] for person in range(pool.size)
        )
        return Home(home=home_of, excess=excess, only=free)


def region_is(names: Sequence[str], codes: tuple[int, ...], region: str) -> bool:
    """Whether one of a member's regions is this one: BE234 is not BE23."""
    return any(names[code].casefold() == region.casefold() for code in codes)
