"""The chord bound and the distances to outlines against brute force."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Polygon, box

from geoapp.analysis.geometry.outlines import Outlines
from geoapp.analysis.geometry.spheroid import (
    GEOD,
    ecef,
    ecef_point,
    geodesic_m,
    greatest_chord_m,
    least_geodesics_m,
    lonlat_of,
)


def test_the_chord_bound_holds_everywhere_and_is_tight_where_it_matters():
    rng = np.random.default_rng(11)
    count = 200_000
    lon, lat = rng.uniform(-180, 180, count), np.degrees(np.arcsin(rng.uniform(-1, 1, count)))
    azimuth, length_m = rng.uniform(0, 360, count), 10 ** rng.uniform(-3, 7.3, count)
    to_lon, to_lat, _ = GEOD.fwd(lon, lat, azimuth, length_m)
    # near-antipodal pairs too
    to_lon[:5000], to_lat[:5000] = lon[:5000] + 180, -lat[:5000] + rng.normal(0, 0.1, 5000)
    to_lon, to_lat = (to_lon + 180) % 360 - 180, np.clip(to_lat, -90, 90)
    true_m = geodesic_m(lon, lat, to_lon, to_lat)
    chord_m = np.linalg.norm(ecef(lon, lat) - ecef(to_lon, to_lat), axis=1)
    least_m = least_geodesics_m(chord_m)
    assert (least_m <= true_m).all()
    assert (chord_m <= np.array([greatest_chord_m(one) for one in true_m])).all()
    given_away_m = true_m - least_m
    assert given_away_m[true_m < 1e3].max() < 2e-6
    assert given_away_m[true_m < 1e5].max() < 0.021
    assert given_away_m[true_m < 1e6].max() < 21


def test_ecef_and_back():
    lon, lat = np.array([120.3, -180.0, 0.0, 5.0]), np.array([36.1, -45.0, 90.0, 0.0])
    back_lon, back_lat = lonlat_of(ecef(lon, lat))
    assert geodesic_m(lon, lat, back_lon, back_lat).max() < 1e-7
    assert ecef_point(120.3, 36.1) == pytest.approx(tuple(ecef([120.3], [36.1])[0]), abs=1e-8)
    # Pole: b; equator: a.
    assert ecef([0.0, 0.0], [90.0, 0.0])[:, [2, 0]].diagonal() == pytest.approx(
        [6356752.314245, 6378137.0], abs=1e-6
    )


def densified_m(area, lon, lat, pieces=20_000):
    """Least geodesic to many points on each edge, taken along the edge's geodesic."""
    least_m = np.inf
    for ring in shapely.get_rings(area):
        for (x1, y1), (x2, y2) in zip(ring.coords[:-1], ring.coords[1:], strict=True):
            azimuth, _, length_m = GEOD.inv(x1, y1, x2, y2)
            share = np.linspace(0, 1, pieces)
            x, y, _ = GEOD.fwd(
                np.full(pieces, x1), np.full(pieces, y1), np.full(pieces, azimuth), share * length_m
            )
            least_m = min(least_m, geodesic_m(lon, lat, x, y).min())
    return least_m


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), reach=st.sampled_from([0.003, 0.03, 0.3, 10.0, 100.0]))
def test_distance_to_an_outline_like_a_densified_one(seed, reach):
    rng = np.random.default_rng(seed)
    x0, y0 = rng.uniform(-180, 180), rng.uniform(-70, 70)
    angle = np.sort(rng.uniform(0, 2 * np.pi, 6))
    radius_deg = rng.uniform(0.002, 0.02, 6)
    area = Polygon(
        np.stack((x0 + radius_deg * np.cos(angle), y0 + radius_deg * np.sin(angle)), axis=1)
    )
    if not area.is_valid or np.abs(area.bounds[::2]).max() > 180:
        return
    lon = (x0 + reach * rng.uniform(-1, 1) + 180) % 360 - 180
    lat = float(np.clip(y0 + reach * rng.uniform(-1, 1), -90, 90))
    found_m = Outlines.build([area]).distance_m(np.array([0]), lon=lon, lat=lat)[0]
    if area.contains(shapely.Point(lon, lat)):
        assert found_m == 0 or found_m < 0.05  # on the other side of an edge's bend
    else:
        # Densified points are at most (edge / 40,000) from the true foot: below 0.2 m along, so
        # less than 0.2^2 / 2D across; near the outline compare with 0.1 m.
        true_m = densified_m(area, lon, lat)
        slack_m = 0.001 if true_m > 50 else 0.1
        assert found_m <= true_m + 1e-6
        assert found_m >= true_m - slack_m


def test_edges_hit_vertices_and_feet():
    square = box(120.0, 36.0, 120.01, 36.01)
    outlines = Outlines.build([square, MultiPolygon([box(121, 36, 121.01, 36.01), square])])
    which = np.array([0, 1])
    # South-west of the corner: the corner itself is nearest.
    corner_m = GEOD.inv(119.99, 35.99, 120.0, 36.0)[2]
    found_m = outlines.distance_m(which, lon=119.99, lat=35.99)
    assert found_m.tolist() == pytest.approx([corner_m, corner_m], abs=1e-6)
    # On the corner and inside: 0 exactly; in no order of asking does it change.
    assert outlines.distance_m(which, lon=120.0, lat=36.0).tolist() == [0.0, 0.0]
    assert outlines.distance_m(which[::-1], lon=120.005, lat=36.005).tolist() == [0.0, 0.0]
    # East of the side's middle, on the side's parallel: perpendicular to the meridian edge.
    east_m = GEOD.inv(120.02, 36.005, 120.01, 36.005)[2]
    assert outlines.distance_m(which[:1], lon=120.02, lat=36.005)[0] == pytest.approx(
        east_m, abs=1e-3
    )


def test_areas_on_the_antimeridian_and_at_the_pole():
    strait = MultiPolygon([box(179.9, -0.1, 180, 0.1), box(-180, -0.1, -179.9, 0.1)])
    cap = Polygon([(lon, 89.9) for lon in range(-180, 180, 10)])
    outlines = Outlines.build([strait, cap])
    assert outlines.distance_m(np.array([0]), lon=-179.95, lat=0.0)[0] == 0
    expected_m = GEOD.inv(-179.8, 0.0, -179.9, 0.0)[2]
    assert outlines.distance_m(np.array([0]), lon=-179.8, lat=0.0)[0] == pytest.approx(expected_m)
    assert outlines.distance_m(np.array([1]), lon=33.0, lat=90.0)[0] == 0


def test_an_area_beyond_the_horizon():
    # From Buenos Aires to a block in Qingdao; the densified outline tells the truth.
    area = box(120.3, 36.1, 120.31, 36.11)
    found_m = Outlines.build([area]).distance_m(np.array([0]), lon=-58.4, lat=-34.6)[0]
    assert found_m == pytest.approx(densified_m(area, -58.4, -34.6), abs=0.001)


def test_few_geodesics_are_measured_as_many_are() -> None:
    random = np.random.default_rng(11)
    lon, lat = random.uniform(-180, 180, 40), random.uniform(-90, 90, 40)
    for at_lon, at_lat in ((0.0, 0.0), (120.38, 36.07), (180.0, -90.0)):
        many = geodesic_m(at_lon, at_lat, lon, lat)
        few = [
            geodesic_m(at_lon, at_lat, lon[one : one + 1], lat[one : one + 1]) for one in range(40)
        ]
        assert np.concatenate(few).tolist() == many.tolist()
