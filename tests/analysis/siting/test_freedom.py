"""Where a site may stand instead: every place that is shown recounted, and every place left out."""

import math

import numpy as np
import pytest
import shapely
from pyproj import Geod

from geoapp.analysis.siting.freedom import SHARES, plan_freedom
from geoapp.core.errors import InvalidValueError

GEOD = Geod(ellps="WGS84")
# Away from everything, across the antimeridian, near a pole, on the equator.
MIDDLES = [(120.38, 36.07), (180.0, -16.8), (25.0, 89.9993), (0.0, 0.0)]


def around(middle, metres, count, rng):
    """Return places spread evenly over a circle."""
    lon, lat, _ = GEOD.fwd(
        np.full(count, middle[0]),
        np.full(count, middle[1]),
        rng.uniform(0, 360, count),
        metres * np.sqrt(rng.uniform(0, 1, count)),
    )
    return lon, lat


def reached(places, lon, lat, standard_m):
    """Return by place and point whether its geodesic is within the standard."""
    one, other = (np.repeat(column, len(lon)) for column in np.asarray(places).T)
    away_m = GEOD.inv(one, other, np.tile(lon, len(places)), np.tile(lat, len(places)))[2]
    return away_m.reshape(len(places), len(lon)) <= standard_m


def is_in(area, lon, lat):
    return shapely.intersects_xy(area, (np.asarray(lon) + 180) % 360 - 180, lat)


@pytest.mark.parametrize("middle", MIDDLES)
def test_places_shown_lose_at_most_the_share_and_places_left_out_lose_more(middle):
    rng = np.random.default_rng(14)
    shown = left_out = 0
    for standard_m, count in ((60.0, 12), (9_000.0, 40)):
        lon, lat = around(middle, 2.5 * standard_m, count, rng)
        weights = rng.integers(0, 30, count).astype(float)
        places = np.stack(around(middle, 1.5 * standard_m, 3, rng), axis=-1)
        # Where points lie as one, at the standard or under the site, nothing is different.
        lon[1], lat[1] = lon[0], lat[0]
        lon[2], lat[2] = places[0]
        lon[3], lat[3], _ = GEOD.fwd(*places[0], 77.0, standard_m)
        now = reached(places, lon, lat, standard_m)
        for site, freedom in enumerate(plan_freedom(lon, lat, weights, places, standard_m)):
            others = np.delete(now, site, axis=0).any(axis=0)
            waiting = np.where(others, 0.0, weights)
            assert freedom.weight == waiting[now[site]].sum()
            if not freedom.weight:
                assert freedom.areas == ()
                continue
            assert [one.share for one in freedom.areas] == list(SHARES)
            tries = np.stack(around(places[site], 2 * standard_m, 400, rng), axis=-1)
            kept = reached(tries, lon, lat, standard_m) @ waiting
            shorter = reached(tries, lon, lat, standard_m - freedom.accuracy_m) @ waiting
            away_m = GEOD.inv(
                np.full(400, places[site][0]), np.full(400, places[site][1]), *tries.T
            )[2]
            for area in freedom.areas:
                need = (1 - area.share) * freedom.weight
                inside = is_in(area.area, *tries.T)
                assert (kept[inside] >= need - 1e-9).all()
                near = away_m <= 2 * standard_m - freedom.accuracy_m
                assert (shorter[~inside & near] < need).all()
                shown, left_out = shown + inside.sum(), left_out + (~inside & near).sum()
                assert (away_m[inside] <= area.farthest_m + 1e-3).all()
                assert is_in(area.area, *tries[away_m < area.any_way_m].T).all()
    assert shown > 100
    assert left_out > 1000


def test_one_point_alone_is_a_disc_that_the_site_may_move_in():
    """A site on its only point may move by the standard in every direction, by no more and no less."""
    (freedom,) = plan_freedom([120.0], [36.0], [7.0], [(120.0, 36.0)], 500.0)
    assert freedom.weight == 7
    for area in freedom.areas:
        assert len(area.area.geoms) == 1
        assert 500 - freedom.accuracy_m < area.any_way_m <= area.farthest_m <= 500
        least = math.pi * (500 - freedom.accuracy_m) ** 2
        assert least < area.area_m2 < math.pi * 500**2


def test_two_places_as_good_as_each_other_are_two_pieces():
    """10 workers here; the same 10 some 900 m east that nobody reaches: the site may stand at either."""
    lon, lat, _ = GEOD.fwd(120.0, 36.0, 90.0, 900.0)
    (freedom,) = plan_freedom([120.0, lon], [36.0, lat], [10, 10], [(120.0, 36.0)], 400.0)
    assert freedom.weight == 10
    # 400 m around the one, and of those around the other what is no farther than 800 m.
    assert len(freedom.areas[0].area.geoms) == 2
    assert freedom.areas[0].any_way_m == pytest.approx(400, abs=freedom.accuracy_m)
    assert freedom.areas[0].farthest_m == pytest.approx(800, abs=2 * freedom.accuracy_m)


def test_only_allowed_ground_and_only_what_others_leave():
    west = shapely.box(119.9, 35.9, 120.0, 36.1)
    places = [(120.0, 36.0), (120.001, 36.0)]
    lon, lat, weights = [120.0, 120.004], [36.0, 36.0], [5.0, 3.0]
    # 90 m apart, 200 m: both sites cover the first point, neither would be missed.
    none, other = plan_freedom(lon, lat, weights, places, 200.0, ground=[west, None])
    assert (none.weight, none.areas, other.weight) == (0, (), 0)
    alone, _ = plan_freedom(
        lon, lat, weights, [(120.0, 36.0), (121, 36)], 200.0, ground=[west, None]
    )
    assert alone.weight == 5
    for area in alone.areas:
        assert west.covers(area.area)
        # Half a disc, less a strip; the site stands on the border and cannot move eastwards.
        assert area.area_m2 == pytest.approx(math.pi * 200**2 / 2, rel=0.06)
        assert area.any_way_m == 0
    elsewhere = shapely.box(10, 10, 11, 11)
    (nowhere,) = plan_freedom([120.0], [36.0], [5.0], [(120.0, 36.0)], 200.0, ground=[elsewhere])
    assert [one.area.is_empty for one in nowhere.areas] == [True] * 3
    assert nowhere.areas[0].area_m2 == nowhere.areas[0].farthest_m == 0


def test_degenerate_inputs():
    assert list(plan_freedom([], [], [], [], 500.0)) == []
    (nobody,) = plan_freedom([], [], [], [(120, 36)], 500.0)
    assert (nobody.weight, nobody.areas) == (0, ())
    (nothing,) = plan_freedom([120.0], [36.0], [5.0], [(120, 36)], 0.0)
    assert nothing.weight == 5
    assert all(one.area.is_empty for one in nothing.areas)
    (share,) = plan_freedom([120.0], [36.0], [0.1], [(120, 36)], 50.0, shares=(0.0,))
    assert share.areas[0].area_m2 > 0


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("lon", {"lon": [np.nan]}),
        ("lat", {"places": [(120.0, 91.0)]}),
        ("weights", {"weights": [-1.0]}),
        ("standard_m", {"standard_m": np.nan}),
        ("standard_m", {"standard_m": 100_001.0}),
    ],
)
def test_wrong_inputs_are_named(name, wrong):
    given = {"lon": [120.0], "lat": [36.0], "weights": [1.0], "places": [], "standard_m": 500.0}
    with pytest.raises(InvalidValueError) as refused:
        list(plan_freedom(**(given | wrong)))
    assert refused.value.parameter == name
