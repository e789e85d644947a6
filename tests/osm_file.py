"""A few streets of the small town, or one place, as an OpenStreetMap file."""

from pathlib import Path

import osmium
from osmium.osm.mutable import Node, Way

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


def write_town_map(path: Path) -> Path:
    """Write streets with names, a building, a park, a station, a place and a coast, 2 km square."""
    west, south = TOWN_LON - 0.01, TOWN_LAT - 0.01
    header = osmium.io.Header()
    header.add_box(
        osmium.osm.Box(
            osmium.osm.Location(west, south), osmium.osm.Location(west + 0.02, south + 0.02)
        )
    )
    nodes: list[tuple[float, float]] = []
    ways: list[tuple[list[int], dict[str, str]]] = []

    def way(tags: dict[str, str], *spots: tuple[float, float], closed: bool = False) -> None:
        first = len(nodes) + 1
        nodes.extend((west + right, south + up) for right, up in spots)
        numbers = list(range(first, len(nodes) + 1))
        ways.append((numbers + [first] if closed else numbers, tags))

    street = {"highway": "primary", "name": "香港中路", "name:en": "Hong Kong Middle Road"}
    way(street, (0.001, 0.01), (0.01, 0.01), (0.019, 0.01))
    way({"highway": "residential", "name": "示例街"}, (0.01, 0.01), (0.01, 0.018))
    way({"highway": "footway"}, (0.001, 0.01), (0.001, 0.018))
    way({"railway": "subway"}, (0.002, 0.016), (0.018, 0.016))
    ring = (0.004, 0.012), (0.006, 0.012), (0.006, 0.014), (0.004, 0.014)
    way({"building": "yes", "name": "楼"}, *ring, closed=True)
    park = (0.012, 0.012), (0.016, 0.012), (0.016, 0.015), (0.012, 0.015)
    way({"leisure": "park", "name": "中山公园"}, *park, closed=True)
    # The land lies on the left of the way it goes: eastward, in the north.
    way({"natural": "coastline"}, (-0.01, 0.004), (0.01, 0.005), (0.03, 0.004))
    # One point of it is not in the extract.
    ways.append(([1, 2, 9999, 3], {"highway": "service"}))
    points = [
        ((0.01, 0.011), {"place": "suburb", "name": "市南区", "name:en": "Shinan"}),
        ((0.015, 0.016), {"railway": "station", "name": "五四广场"}),
    ]
    with osmium.SimpleWriter(str(path), header=header) as writer:
        for number, spot in enumerate(nodes, start=1):
            writer.add_node(Node(id=number, location=spot))
        for number, ((right, up), tags) in enumerate(points, start=len(nodes) + 1):
            writer.add_node(Node(id=number, location=(west + right, south + up), tags=tags))
        for number, (numbers, tags) in enumerate(ways, start=1):
            writer.add_way(Way(id=number, nodes=numbers, tags=tags))
    return path


# A city of made-up streets in the two districts of tests/operations/imports/importing.py: 市南区 west of
# 120.3, 市北区 east of it. 0.001 degrees are 111 m of latitude and, at 36.1 degrees, 90 m of longitude.
CITY_STREETS: dict[str, tuple[dict[str, str], tuple[tuple[float, float], ...]]] = {
    "香港中路": (
        {"name:en": "Hong Kong Middle Road", "alt_name": "老香港路"},
        ((120.10, 36.10), (120.11, 36.10), (120.12, 36.10)),
    ),
    # Two carriageways 30 m apart meet 香港中路 in two points.
    "南京路": ({}, ((120.11, 36.09), (120.11, 36.10), (120.11, 36.11))),
    "南京路 2": ({"name": "南京路"}, ((120.1103, 36.11), (120.1103, 36.10), (120.1103, 36.09))),
    "台东三路": ({}, ((120.14, 36.10), (120.144, 36.10))),
    # 16 km apart: one in each district.
    "中山路": ({"name:en": "Zhongshan Road"}, ((120.20, 36.20), (120.21, 36.20))),
    "中山路 2": (
        {"name": "中山路", "name:en": "Zhongshan Road"},
        ((120.40, 36.20), (120.404, 36.20)),
    ),
    "莱州路": ({"name:en": "Laizhou Road"}, ((120.40, 36.20), (120.40, 36.202))),
    # Over the border of the two, 9 km.
    "边界大道": ({}, ((120.25, 36.15), (120.30, 36.15), (120.35, 36.15))),
}
CITY_HOUSES = (("台东三路", "77甲", 120.1410, 36.1002), ("台东三路", "9", 120.1405, 36.1002))


def write_city_streets(path: Path) -> Path:
    """Write the streets and houses of the made-up city; equal points are one."""
    numbers: dict[tuple[float, float], int] = {}
    ways = []
    for name, (tags, spots) in CITY_STREETS.items():
        nodes = [numbers.setdefault(spot, len(numbers) + 1) for spot in spots]
        ways.append((nodes, {"highway": "secondary", "name": name, **tags}))
    # The second carriageway crosses between two points of 香港中路, at a point of its own.
    across = numbers[120.1103, 36.10]
    ways[0][0].insert(2, across)
    houses = [
        ((lon, lat), {"addr:street": street, "addr:housenumber": number})
        for street, number, lon, lat in CITY_HOUSES
    ]
    with osmium.SimpleWriter(str(path)) as writer:
        for spot, number in numbers.items():
            writer.add_node(Node(id=number, location=spot))
        for number, (spot, tags) in enumerate(houses, start=len(numbers) + 1):
            writer.add_node(Node(id=number, location=spot, tags=tags))
        for number, (nodes, tags) in enumerate(ways, start=1):
            writer.add_way(Way(id=number, nodes=nodes, tags=tags))
    return path
