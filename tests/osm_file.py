"""A few streets of the small town, or one place, as an OpenStreetMap file."""

from pathlib import Path

import osmium

from tests.seed import TOWN_LAT, TOWN_LON


def write_a_toilet(path: Path, *, lon: float, lat: float) -> Path:
    """Write one public toilet and nothing else; WGS-84."""
    with osmium.SimpleWriter(str(path)) as writer:
        toilet = {"amenity": "toilets", "opening_hours": "24/7"}
        writer.add_node(osmium.osm.mutable.Node(id=1, location=(lon, lat), tags=toilet))
    return path


def write_town_streets(path: Path) -> Path:
    """Write a footway of four points through the town, and a short one that joins nothing."""
    with osmium.SimpleWriter(str(path)) as writer:
        for number in range(6):
            spot = (TOWN_LON + number * 0.002, TOWN_LAT + (0.01 if number > 3 else 0))
            writer.add_node(osmium.osm.mutable.Node(id=number + 1, location=spot))
        for way, nodes in ((1, [1, 2, 3, 4]), (2, [5, 6])):
            writer.add_way(osmium.osm.mutable.Way(id=way, nodes=nodes, tags={"highway": "footway"}))
    return path
