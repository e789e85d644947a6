"""Rows with longitude and latitude exchanged, where both would be degrees, as in Finland."""

import numpy as np
from shapely import box

from geoapp.importers.formats.table import Record, Table
from geoapp.importers.rows.exchanged import Exchange, find_exchanged
from geoapp.importers.rows.place_checks import RegionOutlines


def test_degrees_that_are_possible_both_ways_are_exchanged_only_where_that_is_near_a_region() -> (
    None
):
    regions = RegionOutlines({"fi": None}, {"fi": "赫尔辛基"}, {"fi": box(24.5, 60, 25.5, 60.5)})
    rows = [(24.9, 60.2), (60.2, 24.9), (2.35, 48.85)]
    table = Table(
        ["x", "y"],
        [Record(line, list(row)) for line, row in enumerate(rows, 2)],
        has_geometry=False,
        fields=("lon", "lat"),
    )
    lon, lat = (np.array(ends) for ends in zip(*rows, strict=True))
    assert find_exchanged(table, lon, lat, regions) == {1: Exchange(24.9, 60.2, "fi")}
