"""Frames go in and come out with their CRS and their index."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geoapp.analysis.network.frames import edges_frame, pairs_frame, snap_frame
from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.analysis.network.search import PlacesOnNetwork
from geoapp.analysis.network.snapping import snap
from geoapp.core.errors import InvalidValueError
from tests.analysis.conftest import random_places


def frame_of(lon, lat, prefix: str) -> gpd.GeoDataFrame:
    index = [f"{prefix}{number}" for number in range(len(lon))]
    return gpd.GeoDataFrame(index=index, geometry=gpd.points_from_xy(lon, lat), crs="EPSG:4326")


def test_pairs_carry_the_frames_index(helsinki: WalkingNetwork) -> None:
    origins = frame_of(*random_places(helsinki, 20, 41), "o")
    places = frame_of(*random_places(helsinki, 30, 42), "p")
    on = snap_frame(helsinki, origins)
    index = PlacesOnNetwork(helsinki, snap_frame(helsinki, places))
    rows = pairs_frame(index.within(on, limit_m=900), origins, places)
    table = index.table(on)
    near = table <= 9000
    assert len(rows) == near.sum() > 50
    for origin, place, walk_m in rows.itertuples(index=False):
        assert table[int(origin[1:]), int(place[1:])] == round(walk_m * 10)
    with pytest.raises(InvalidValueError, match="pairs"):
        pairs_frame(index.within(on, limit_m=900), places, places)


def test_areas_stand_at_a_point_on_them(helsinki: WalkingNetwork) -> None:
    [lon], [lat] = random_places(helsinki, 1, 43)
    square = shapely.box(lon - 1e-3, lat - 1e-3, lon + 1e-3, lat + 1e-3)
    areas = gpd.GeoDataFrame(geometry=[square], crs="EPSG:4326")
    assert snap_frame(helsinki, areas).edge[0] == snap(helsinki, lon, lat).edge[0]


def test_frames_are_checked(helsinki: WalkingNetwork) -> None:
    points = gpd.points_from_xy([24.94], [60.17])
    for frame in (
        gpd.GeoDataFrame(geometry=points),
        gpd.GeoDataFrame(geometry=points, crs="EPSG:3857"),
        gpd.GeoDataFrame(geometry=[shapely.Point()], crs="EPSG:4326"),
        gpd.GeoDataFrame(geometry=[None], crs="EPSG:4326"),
    ):
        with pytest.raises(InvalidValueError):
            snap_frame(helsinki, frame)


def test_edges_to_look_at(helsinki: WalkingNetwork) -> None:
    edges = edges_frame(helsinki)
    assert len(edges) == helsinki.edge_count
    assert edges.crs.to_epsg() == 4326
    length_m = edges.to_crs(edges.estimate_utm_crs()).length
    assert np.abs(length_m - edges.length_m).max() < 0.5
    box = (24.94, 60.168, 24.945, 60.172)
    some = edges_frame(helsinki, bounds=box)
    touching = edges.boundary.intersects(shapely.box(*box))
    assert 0 < len(some) == touching.sum() < len(edges)
    assert (some.geometry.to_numpy() == edges.geometry[touching].to_numpy()).all()
