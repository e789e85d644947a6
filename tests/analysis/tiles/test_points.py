"""Points written as tiles from memory, read back by GDAL."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest

from geoapp.analysis.tiles.points import TilePoints, WrittenTile
from geoapp.core.tiles import EXTENT, HALF_M, Tile

COLUMNS = ("id", "name_zh", "height", "is_sample", "look")


def decoded(tile: WrittenTile, folder: Path) -> gpd.GeoDataFrame:
    """Read a tile in its own steps, up from its south-western corner."""
    path = folder / "tile.pbf"
    path.write_bytes(tile.body)
    frame = pyogrio.read_dataframe(path)
    assert len(frame) == tile.features
    return frame


def test_values_and_places_are_read_back(tmp_path: Path) -> None:
    # More values than two bytes of a number can tell apart, and numbers of each sort.
    count = 6000
    random = np.random.default_rng(5)
    side = Tile(9, 200, 420).size_m
    west, north = 420 * side - HALF_M, HALF_M - 200 * side
    x, y = west + random.uniform(0, side, count), north - random.uniform(0, side, count)
    heights = [[-7, 3_000_000_000, 1.5, None][n % 4] for n in range(count)]
    rows = [(x[n], y[n], f"A-{n}", f"名{n}", heights[n], n % 2 == 0, n % 3) for n in range(count)]
    points = TilePoints("places", COLUMNS, rows)
    tile = Tile(9, 200, 420)
    assert points.count(tile) == count
    frame = decoded(points.singly(tile, COLUMNS), tmp_path).set_index("id")
    assert len(frame) == count
    assert set(frame["count"]) == {1}
    for n in (0, 1, 2, 3, 127, 128, count - 1):
        one = frame.loc[f"A-{n}"]
        assert (one["name_zh"], bool(one["is_sample"]), one["look"]) == (
            f"名{n}",
            n % 2 == 0,
            n % 3,
        )
        assert one["height"] == heights[n] or (heights[n] is None and np.isnan(one["height"]))
        # Half a step is as near as a tile can say it.
        assert one.geometry.x == pytest.approx((x[n] - west) / side * EXTENT, abs=0.51)
        assert one.geometry.y == pytest.approx(EXTENT - (north - y[n]) / side * EXTENT, abs=0.51)
    few = decoded(points.singly(tile, ("id",)), tmp_path)
    assert {"id", "count"} <= set(few) and "name_zh" not in few


def test_gathered_points_say_what_they_share(tmp_path: Path) -> None:
    tile = Tile(3, 2, 5)
    cell = tile.size_m / 32
    west, north = 5 * tile.size_m - HALF_M, HALF_M - 2 * tile.size_m
    rows = [
        # Two in one cell that differ in class, one of them no sample; two that are alike; one alone.
        (west + 0.2 * cell, north - 0.2 * cell, "A", "甲", None, True, 0),
        (west + 0.6 * cell, north - 0.4 * cell, "B", "乙", None, False, 1),
        (west + 5.5 * cell, north - 0.5 * cell, "C", "丙", None, True, 2),
        (west + 5.5 * cell, north - 0.5 * cell, "D", "丁", None, True, 2),
        (west + 31.5 * cell, north - 31.5 * cell, "E", "戊", None, True, 1),
    ]
    frame = decoded(TilePoints("places", COLUMNS, rows).gathered(tile, 32), tmp_path)
    told = {}
    for one in frame.to_dict("records"):
        where = (one["geometry"].x, EXTENT - one["geometry"].y)
        known = [one[name] for name in ("id", "name_zh", "look") if not pd.isna(one[name])]
        told[where] = (known, bool(one["is_sample"]), one["count"])
    # A cell is 128 steps wide; the mark stands in the middle of what it is of.
    assert told == {
        (51, 38): ([], False, 2),
        (704, 64): ([2], True, 2),
        (4032, 4032): (["E", "戊", 1], True, 1),
    }


def test_each_point_lies_in_one_tile_of_a_zoom() -> None:
    """On borders and corners, too: those of the world belong to the last tiles."""
    places = [-HALF_M, -HALF_M / 2, 0.0, 1.0, HALF_M / 4, HALF_M]
    rows = [(x, y, f"{x},{y}", None, None, True, 0) for x in places for y in places]
    points = TilePoints("places", COLUMNS, rows)
    for zoom in (0, 1, 3):
        tiles = [Tile(zoom, row, column) for row in range(2**zoom) for column in range(2**zoom)]
        assert sum(points.count(one) for one in tiles) == len(rows)
    # As the border of two: what lies east and south of it begins with it.
    alone = TilePoints("places", COLUMNS, [(0.0, 0.0, "A", None, None, True, 0)])
    assert [alone.count(Tile(1, row, column)) for row in (0, 1) for column in (0, 1)] == [
        0,
        0,
        0,
        1,
    ]
    nothing = TilePoints("places", COLUMNS, [])
    assert nothing.singly(Tile(0, 0, 0), COLUMNS) == nothing.gathered(Tile(0, 0, 0), 32)
    assert nothing.count(Tile(5, 3, 3)) == 0
