"""Cover areas and grids: areas on the spheroid, nothing lost, nothing counted twice."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point, box

from geoapp.analysis.coverage.areas import area_m2, cover_area, cover_areas
from geoapp.analysis.frames import FacilityFrame
from geoapp.analysis.geometry.grid import grid_cells
from geoapp.analysis.geometry.planes import LocalPlane
from geoapp.analysis.geometry.spheroid import GEOD
from geoapp.core.errors import InvalidValueError
from geoapp.core.walking import Standard, WalkingEstimate

STANDARD, ESTIMATE = Standard.of_metres(650), WalkingEstimate(detour_factor=1.3)


def test_a_circle_keeps_its_area():
    # 650 / 1.3 = 500 m: pi r^2 = 785,398 m2; the default approximation would lose thousandths.
    facilities = FacilityFrame.from_arrays([120.3, 120.3], [36.1, 36.2], keys=["A", "B"])
    first, second = cover_areas(facilities, STANDARD, estimate=ESTIMATE)
    assert area_m2(first) == pytest.approx(np.pi * 500**2, rel=2e-5)
    assert area_m2(cover_area([first, second])) == pytest.approx(2 * np.pi * 500**2, rel=2e-5)
    half = box(120.3, 36.0, 121, 36.15)
    assert area_m2(cover_area([first, second], half)) == pytest.approx(np.pi * 500**2 / 2, rel=1e-3)
    assert cover_area([first], box(0, 0, 1, 1)).is_empty
    assert cover_area([]).is_empty


def test_masked_facilities_have_no_area():
    facilities = FacilityFrame.from_arrays([120.3, 120.3], [36.1, 36.2], keys=["A", "B"])
    areas = cover_areas(facilities, STANDARD, estimate=ESTIMATE, open_mask=np.array([False, True]))
    assert [area is None for area in areas] == [True, False]


def test_an_area_facility_grows_on_all_sides():
    # A block of about 900 x 1110 m grown by 500 m: its area + perimeter x 500 + pi x 500^2.
    block = box(120.3, 36.1, 120.31, 36.11)
    facilities = FacilityFrame.from_arrays([120.305], [36.105], keys=["A"], areas=[block])
    (area,) = cover_areas(facilities, STANDARD, estimate=ESTIMATE)
    # The corners' compensation (0.02 % of 500 m) also moves the sides out by 0.1 m.
    perimeter_m = GEOD.geometry_area_perimeter(block)[1]
    expected_m2 = area_m2(block) + perimeter_m * 500 + np.pi * 500**2
    assert area_m2(area) == pytest.approx(expected_m2, rel=2e-4)


def test_area_of_holes_and_parts():
    ring = box(120, 36, 120.02, 36.02).difference(box(120.005, 36.005, 120.015, 36.015))
    inner = area_m2(box(120.005, 36.005, 120.015, 36.015))
    whole = area_m2(box(120, 36, 120.02, 36.02))
    assert area_m2(ring) == pytest.approx(whole - inner, rel=1e-9)
    assert area_m2(ring.reverse()) == pytest.approx(whole - inner, rel=1e-9)
    assert area_m2(shapely.union_all([ring, box(121, 36, 121.01, 36.01)])) > area_m2(ring)
    assert area_m2(Point(0, 0)) == 0


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    shape=st.sampled_from(["hexagon", "square"]),
    at=st.sampled_from([(120.4, 36.1), (179.99, -20.0), (25.0, 60.2)]),
)
def test_grids_hold_every_point_once(seed, shape, at):
    rng = np.random.default_rng(seed)
    count = 200
    lon = (at[0] + 0.05 * rng.normal(size=count) + 180) % 360 - 180
    lat = at[1] + 0.05 * rng.normal(size=count)
    weight = rng.integers(0, 9, count).astype(float)
    grid = grid_cells(lon, lat, weight, cell_m2=250_000.0, shape=shape)
    assert grid.weight.sum() == weight.sum()
    assert grid.point_count.sum() == count
    assert (grid.point_count > 0).all()
    assert np.bincount(grid.cell_of_point, weight).tolist() == grid.weight.tolist()
    for number, cell in enumerate(grid.geometry):
        assert area_m2(cell) == pytest.approx(250_000, rel=1e-4)
        held = np.flatnonzero(grid.cell_of_point == number)
        # Points on a side may lie a hair outside the straight side in degrees.
        assert (shapely.distance(cell, shapely.points(lon[held], lat[held])) < 1e-6).all()
    order = rng.permutation(count)
    again = grid_cells(lon[order], lat[order], weight[order], cell_m2=250_000.0, shape=shape)
    assert shapely.equals(again.geometry, grid.geometry).all()
    assert again.weight.tolist() == grid.weight.tolist()


def test_cells_do_not_overlap_and_make_a_frame():
    rng = np.random.default_rng(1)
    lon, lat = 120 + rng.uniform(0, 0.02, 400), 36 + rng.uniform(0, 0.02, 400)
    for shape in ("hexagon", "square"):
        grid = grid_cells(lon, lat, np.ones(400), cell_m2=40_000.0, shape=shape, middle=(120, 36))
        separate_m2 = sum(area_m2(cell) for cell in grid.geometry)
        assert area_m2(shapely.union_all(grid.geometry)) == pytest.approx(separate_m2, rel=1e-9)
        frame = grid.to_geodataframe()
        assert frame.crs.to_epsg() == 4326
        assert frame["weight"].sum() == 400


def test_empty_and_senseless_grids():
    none = np.zeros(0)
    assert len(grid_cells(none, none, none, cell_m2=1.0).to_geodataframe()) == 0
    with pytest.raises(InvalidValueError, match="cell_m2"):
        grid_cells(none, none, none, cell_m2=0.0)


def test_the_plane_and_back():
    plane = LocalPlane.around(179.9, 10.0)
    square = shapely.box(-20_000, -1000, 20_000, 1000)
    (shape,) = plane.lonlat(np.array([square], dtype=object))
    assert shape.is_valid
    assert shape.bounds[0] == -180
    assert shape.bounds[2] == 180
    assert area_m2(shape) == pytest.approx(40_000 * 2000, rel=1e-4)
