"""What may be walked, and how files are read and refused."""

from pathlib import Path

import numpy as np
import osmium
import pyrosm
import pytest
from pyproj import Geod

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
