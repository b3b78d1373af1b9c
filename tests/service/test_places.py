"""What a Belgian postcode tells."""

import pytest

from service.candidates import Candidate
from service.places import Coordinates, Municipality, coordinates, home, municipalities


@pytest.mark.parametrize("written", ["9000", " 9000 ", "B-9000", "BE 9000", "be-9000"])
def test_postcode_as_people_write_it(written: str) -> None:
    """Ghent lies at 51.05 north, 3.72 east."""
    found = coordinates(written)
    assert found is not None
    assert abs(found.lat - 51.05) < 0.05
    assert abs(found.lon - 3.72) < 0.05


@pytest.mark.parametrize("written", ["0000", "9999x", "90000", "", "1012 AB", "Gent"])
def test_unknown_postcode(written: str) -> None:
    assert coordinates(written) is None
    assert municipalities(written) == ()


def test_municipality_and_region() -> None:
    """Brussels and Ixelles share 1050; Eupen is in the German-speaking region."""
    assert municipalities("9000") == (Municipality("Gent", "Gand", "BE234"),)
    assert [(place.name_fr, place.nuts2) for place in municipalities("1050")] == [
        ("Bruxelles", "BE10"),
        ("Ixelles", "BE10"),
    ]
    assert [place.nuts3 for place in municipalities("4700")] == ["BE336"]


def test_postcodes_of_one_municipality_lie_together() -> None:
    """A centroid in a namesake elsewhere would show: municipalities are seldom more than 15 km across."""
    middles: dict[Municipality, list[Coordinates]] = {}
    for code in range(1000, 10_000):
        found = coordinates(str(code))
        if found is not None:
            middles.setdefault(municipalities(str(code))[0], []).append(found)
    for municipality, points in middles.items():
        assert max(point.lat for point in points) - min(point.lat for point in points) < 0.25, municipality
        assert max(point.lon for point in points) - min(point.lon for point in points) < 0.35, municipality
    assert sum(map(len, middles.values())) == 1145


def _candidate(**cells: str) -> Candidate:
    return Candidate("c1", "c.csv", 2, {column: (value,) for column, value in cells.items()})


def test_coordinates_of_a_candidate_come_before_the_postcode() -> None:
    assert home(_candidate(Lat="50,5", LON="4.25", postcode="9000")) == Coordinates(50.5, 4.25)
    assert home(_candidate(postcode="9000")) == coordinates("9000")


def test_coordinates_that_are_none_give_way_to_the_postcode() -> None:
    for lat in ("north", "91", ""):
        assert home(_candidate(lat=lat, lon="4", postcode="9000")) == coordinates("9000")
    assert home(_candidate(postcode="1")) is None
    assert home(_candidate()) is None
