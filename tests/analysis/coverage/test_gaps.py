"""Gap zones on a town with answers known in advance, and what must hold for any demand."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point, box

from geoapp.analysis.coverage.coverage import coverage
from geoapp.analysis.coverage.gaps import NamedRegion, Part, gap_zones
from geoapp.analysis.frames import DemandFrame, FacilityFrame
from geoapp.analysis.geometry.spheroid import geodesic_m
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.walking import Standard, WalkingEstimate

M = 180 / np.pi / 6378137.0  # degrees per metre along the equator
STRAIGHT = WalkingEstimate(detour_factor=1.0, speed_m_per_s=1.0)
NORTH = NamedRegion(Text("李沧区", "Licang"), box(0, -5000 * M, 10_000 * M, 5000 * M))


def town():
    """A facility at 0 m on the equator and four groups of demand, standard 500 m.

    Near: 100 m, weight 99, covered. Village: 3000, 3100, 3200 m, weights 2 each: mean 3100, worst
    3200. Farm: 8000 m, weight 6, the same workers but worse. Hut: 20 km, weight 1. Empty: 15 km,
    weight 0, nobody there.
    """
    x = np.array([100, 3000, 3100, 3200, 8000, 20_000, 15_000])
    demand = DemandFrame.from_arrays(
        x * M, np.zeros(7), [99, 2, 2, 2, 6, 1, 0], region=["L"] * 5 + [None] * 2
    )
    facilities = FacilityFrame.from_arrays([0.0], [0.0], keys=["F"])
    return demand, coverage(demand, facilities, Standard.of_metres(500), estimate=STRAIGHT)


def test_the_town_by_hand():
    demand, result = town()
    found = gap_zones(demand, result, regions={"L": NORTH})
    farm, village, hut = found.zones
    assert [zone.workers for zone in found.zones] == [6, 6, 1]
    assert [zone.point_count for zone in found.zones] == [1, 3, 1]
    assert village.mean_m == pytest.approx(3100, abs=1e-6)
    assert village.worst_m == pytest.approx(3200, abs=1e-6)
    assert farm.worst_m == pytest.approx(8000, abs=1e-6)
    assert (village.lon, village.lat) == (pytest.approx(3100 * M), 0.0)
    assert {zone.nearest_position for zone in found.zones} == {0}
    assert found.zone_of_point.tolist() == [0, 2, 2, 2, 1, 3, 0]
    # Licang is 10 km wide: 8000 m is 0.6 right of its middle, 3100 m is 0.38 left of it.
    assert (farm.part, village.part, hut.part) == (Part.EAST, Part.WEST, None)
    assert farm.name == Text("李沧区东部 · 盲区 1", "Licang east · gap 1")
    assert hut.name == Text("盲区 3", "Gap 3")
    assert (hut.region_code, farm.region_code) == (None, "L")
    assert (found.rest_zones, found.rest_workers) == (0, 0)
    less = gap_zones(demand, result, max_zones=1)
    assert (len(less.zones), less.rest_zones, less.rest_workers) == (1, 2, 7)
    assert less.zone_of_point.tolist() == [0, -1, -1, -1, 1, -1, 0]


def test_directions():
    for lon, lat, part in (
        (0.5, 0.5, Part.CENTRE),
        (0.9, 0.9, Part.NORTH_EAST),
        (0.5, 0.9, Part.NORTH),
        (0.1, 0.5, Part.WEST),
        (0.1, 0.1, Part.SOUTH_WEST),
        (0.9, 0.1, Part.SOUTH_EAST),
    ):
        demand = DemandFrame.from_arrays([lon], [lat], [1], region=["R"])
        none = FacilityFrame.from_arrays([], [], keys=[])
        result = coverage(demand, none, Standard.of_metres(500), estimate=STRAIGHT)
        regions = {"R": NamedRegion(Text("某区", "Some"), box(0, 0, 1, 1))}
        zone = gap_zones(demand, result, regions=regions).zones[0]
        assert zone.part == part
        # No facility at all: unreachable, which is not a distance.
        assert (zone.worst_m, zone.mean_m, zone.nearest_position) == (None, None, None)


def test_nobody_uncovered_is_no_zone():
    demand = DemandFrame.from_arrays([0.0], [0.0], [1])
    facilities = FacilityFrame.from_arrays([0.0], [0.0], keys=["F"])
    result = coverage(demand, facilities, Standard.of_metres(500), estimate=STRAIGHT)
    found = gap_zones(demand, result)
    assert (found.zones, found.rest_zones) == ((), 0)
    with pytest.raises(InvalidValueError, match="max_zones"):
        gap_zones(demand, result, max_zones=0)
    with pytest.raises(InvalidValueError, match="demand"):
        gap_zones(DemandFrame.from_arrays([], [], []), result)


def test_a_long_gap_is_split_and_the_antimeridian_is_not_a_border():
    # 10 km of demand every 50 m across the antimeridian: zones of at most 4 x 500 m.
    x = np.arange(-5000, 5001, 50) * M
    lon = np.where(x > 0, x - 180, x + 180)
    demand = DemandFrame.from_arrays(lon, np.zeros(len(lon)), np.ones(len(lon)))
    none = FacilityFrame.from_arrays([], [], keys=[])
    result = coverage(demand, none, Standard.of_metres(500), estimate=STRAIGHT)
    found = gap_zones(demand, result)
    assert 5 <= len(found.zones) <= 10
    assert sum(zone.workers for zone in found.zones) == len(lon)
    for zone in found.zones:
        west, _, east, _ = zone.geometry.bounds
        assert west >= -180
        assert east <= 180
        held = np.flatnonzero(found.zone_of_point == zone.rank)
        assert shapely.covers(zone.geometry, shapely.points(lon[held], np.zeros(len(held)))).all()


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    spread_deg=st.sampled_from([0.0, 0.01, 0.3]),
    max_zones=st.sampled_from([3, 500]),
)
def test_what_holds_for_any_demand(seed, spread_deg, max_zones):
    rng = np.random.default_rng(seed)
    count = 150
    lon, lat = (
        120.4 + spread_deg * rng.normal(size=count),
        36.2 + spread_deg * rng.normal(size=count),
    )
    weight = rng.integers(0, 4, count) * 0.1
    region = [["A", "B", None][one] for one in rng.integers(0, 3, count)]
    facilities = FacilityFrame.from_arrays([120.4, 120.43], [36.22, 36.2], keys=["P", "Q"])
    standard, estimate = Standard.of_metres(500), WalkingEstimate()

    def run(order):
        demand = DemandFrame.from_arrays(
            lon[order], lat[order], weight[order], region=[region[one] for one in order]
        )
        result = coverage(demand, facilities, standard, estimate=estimate)
        return result, gap_zones(demand, result, max_zones=max_zones)

    result, found = run(np.arange(count))
    # Nothing is lost: every uncovered worker is in a zone or in the counted rest.
    listed = sum(zone.workers for zone in found.zones)
    assert listed + found.rest_workers == pytest.approx(result.total.uncovered_weight)
    wanted = ~result.covered & (weight > 0)
    assert ((found.zone_of_point != 0) == wanted).all()
    assert [zone.rank for zone in found.zones] == list(range(1, len(found.zones) + 1))
    for zone in found.zones:
        held = np.flatnonzero(found.zone_of_point == zone.rank)
        assert zone.geometry.is_valid
        assert not zone.geometry.is_empty
        assert shapely.covers(zone.geometry, shapely.points(lon[held], lat[held])).all()
        assert zone.geometry.covers(Point(zone.lon, zone.lat))
        assert zone.workers == pytest.approx(weight[held].sum())
        assert zone.worst_m == result.walk_m[held].max()
        assert zone.mean_m <= zone.worst_m * (1 + 1e-12)
        assert zone.nearest_position in result.nearest_position[held]
        # Extent: at most four links as the crow flies (500 / 1.3 = 385 m), plane and rounding apart.
        far_m = max(
            geodesic_m(lon[one], lat[one], lon[held], lat[held]).max() for one in held.tolist()
        )
        assert far_m <= 4 * 500 / 1.3 * 1.01
    # The order of the points changes nothing.
    order = rng.permutation(count)
    _, again = run(order)
    assert again.zones == found.zones
    assert again.rest_workers == found.rest_workers
    assert again.zone_of_point.tolist() == found.zone_of_point[order].tolist()


def apart(found, lon, lat, covered):
    """Check that zones hold their own points alone, and that no two overlap."""
    points = shapely.points(lon, lat)
    shapes = np.array([zone.geometry for zone in found.zones], dtype=object)
    for zone, shape in zip(found.zones, shapes, strict=True):
        assert shape.is_valid
        mine = found.zone_of_point == zone.rank
        assert shapely.covers(shape, points[mine]).all()
        # Not even on the border: whoever is covered, or in another zone, listed or not.
        others = covered | ((found.zone_of_point != 0) & ~mine)
        assert not shapely.intersects(shape, points[others]).any()
    tree = shapely.STRtree(shapes)
    for first, second in tree.query(shapes, predicate="intersects").T:
        assert first == second or shapes[first].intersection(shapes[second]).area == 0


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_zones_partition_the_uncovered(data):
    """Ties, points on the edges of cells, one upon another; all covered, none covered."""
    # Steps that are powers of two of a degree lie on the very edges of the cells.
    step = data.draw(st.sampled_from([2.0**-9, 2.0**-11, 1e-3, 1e-5]), "step")
    west = data.draw(st.sampled_from([0.0, 120.0, 179.99, -180.0]), "west")
    south = data.draw(st.sampled_from([-0.01, 36.0, 89.99]), "south")
    place = st.tuples(st.integers(0, 12), st.integers(0, 12))
    demand_at = data.draw(st.lists(place, min_size=1, max_size=60), "demand")
    stands_at = data.draw(st.lists(place, max_size=3), "facilities")
    metres = data.draw(st.sampled_from([1.0, 60.0, 500.0]), "standard")

    def degrees(some):
        x, y = np.array(some, dtype=np.float64).reshape(-1, 2).T
        return np.minimum(west + x * step, 180.0), np.minimum(south + y * step, 90.0)

    lon, lat = degrees(demand_at)
    weights = data.draw(
        st.lists(st.sampled_from([0, 1, 0.1]), min_size=len(lon), max_size=len(lon)), "weights"
    )
    demand = DemandFrame.from_arrays(lon, lat, weights)
    facilities = FacilityFrame.from_arrays(*degrees(stands_at), keys=range(len(stands_at)))
    result = coverage(demand, facilities, Standard.of_metres(metres), estimate=STRAIGHT)
    found = gap_zones(demand, result, max_zones=data.draw(st.sampled_from([2, 500]), "listed"))
    assert ((found.zone_of_point != 0) == (~result.covered & (result.weight > 0))).all()
    listed = [zone.workers for zone in found.zones]
    assert sum([*listed, found.rest_workers]) == pytest.approx(result.total.uncovered_weight)
    assert sum(zone.point_count for zone in found.zones) == (found.zone_of_point > 0).sum()
    apart(found, lon, lat, result.covered)


def test_zones_of_a_town_do_not_overlap():
    """At the edge of what is covered the old outlines held covered workers, and each other."""
    rng = np.random.default_rng(7)
    lon, lat = 120 + 0.08 * rng.random(6000), 36 + 0.08 * rng.random(6000)
    demand = DemandFrame.from_arrays(lon, lat, np.ones(6000))
    stands = FacilityFrame.from_arrays(
        120 + 0.08 * rng.random(60), 36 + 0.08 * rng.random(60), keys=range(60)
    )
    result = coverage(demand, stands, Standard.of_metres(500), estimate=WalkingEstimate())
    assert 0.1 < result.covered.mean() < 0.9
    found = gap_zones(demand, result, max_zones=30)
    assert found.rest_zones > 0
    apart(found, lon, lat, result.covered)
