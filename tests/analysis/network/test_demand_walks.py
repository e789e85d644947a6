"""Coverage on a network: the two nearest of every demand point, by brute force."""

import numpy as np
import pytest

from geoapp.analysis.coverage.coverage import coverage
from geoapp.analysis.frames import DemandFrame, FacilityFrame
from geoapp.analysis.network.demand_walks import two_nearest_by_walk
from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.analysis.network.search import PlacesOnNetwork
from geoapp.analysis.network.snapping import Snap, snap
from geoapp.core.geo import geodesic_m
from geoapp.core.walking import Standard, WalkingEstimate
from tests.analysis.conftest import random_places

ESTIMATE = WalkingEstimate(detour_factor=1.4)


def around(network: WalkingNetwork, count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return places in a box half as large again as the network: some stand away from it."""
    west, south, east, north = network.bounds
    random = np.random.default_rng(seed)
    wide, high = (east - west) / 4, (north - south) / 4
    return (
        random.uniform(west - wide, east + wide, count),
        random.uniform(south - high, north + high, count),
    )


@pytest.mark.parametrize("facilities", [60, 20, 2])
@pytest.mark.parametrize("share", [1.0, 0.5])
def test_two_nearest_equal_brute_force(
    helsinki: WalkingNetwork, share: float, facilities: int
) -> None:
    lon, lat = around(helsinki, 80, 1)
    facility_lon, facility_lat = around(helsinki, 60, 2)
    counts = np.random.default_rng(3).random(60) < share
    # Where there are fewer facilities than places, the nearest place of each counts alone.
    frame = FacilityFrame.from_arrays(
        facility_lon,
        facility_lat,
        keys=list(range(60)),
        facilities=[place % facilities for place in range(60)],
    )
    found = two_nearest_by_walk(
        helsinki,
        frame.index,
        lon,
        lat,
        estimate=ESTIMATE,
        mask=counts,
        facility_of=frame.facility_of,
    )
    asked, places = snap(helsinki, lon, lat), snap(helsinki, facility_lon, facility_lat)
    walks = PlacesOnNetwork(helsinki, places).within(asked, limit_m=1e6)
    seen = set()
    for one in range(80):
        row = dict(
            zip(
                walks.indices[walks.indptr[one] : walks.indptr[one + 1]],
                walks.data[walks.indptr[one] : walks.indptr[one + 1]],
                strict=True,
            )
        )
        nearest: dict[int, tuple[float, bool]] = {}
        for place in np.flatnonzero(counts):
            if asked.state[one] == Snap.ON and places.state[place] == Snap.ON:
                if place not in row:
                    continue
                pair = (row[place] / 10, True)
            else:
                line = geodesic_m(lon[one], lat[one], facility_lon[place], facility_lat[place])
                pair = (line * 1.4, False)
            nearest[place % facilities] = min(pair, nearest.get(place % facilities, pair))
        pairs = sorted(nearest.values())
        assert len(pairs) >= 2
        assert found.walk_m[one] == pytest.approx([walk for walk, _ in pairs[:2]])
        assert list(found.by_network[one]) == [network for _, network in pairs[:2]]
        seen |= {network for _, network in pairs[:2]}
    assert seen == {True, False}
    assert (found.state == asked.state).all()


def test_coverage_on_the_network(helsinki: WalkingNetwork) -> None:
    lon, lat = random_places(helsinki, 500, 5)
    facility_lon, facility_lat = random_places(helsinki, 20, 6)
    demand = DemandFrame.from_arrays(lon, lat, np.arange(1, 501))
    facilities = FacilityFrame.from_arrays(facility_lon, facility_lat, keys=list(range(20)))
    standard = Standard.of_metres(400)
    line = coverage(demand, facilities, standard, estimate=WalkingEstimate(detour_factor=1.0))
    walked = coverage(demand, facilities, standard, estimate=ESTIMATE, network=helsinki)
    # Nobody walks less than the straight line, but for the rounding to decimetres.
    assert (walked.walk_m >= line.walk_m - 0.3).all()
    assert walked.total.covered_weight < line.total.covered_weight
    assert (walked.covered == (walked.walk_m <= 400)).all()
    share = walked.network
    assert share is not None
    assert share.on_weight + share.cut_off_weight + share.off_weight == demand.weight.sum()
    assert share.walked_weight == demand.weight.sum()
    assert share.detour_factor is not None
    assert 1.1 < share.detour_factor < 2
    assert line.network is None


def test_without_facilities_nobody_is_reached(helsinki: WalkingNetwork) -> None:
    lon, lat = random_places(helsinki, 10, 5)
    demand = DemandFrame.from_arrays(lon, lat, np.ones(10))
    none = FacilityFrame.from_arrays([], [], keys=[])
    result = coverage(demand, none, Standard.of_metres(400), estimate=ESTIMATE, network=helsinki)
    assert result.total.unreachable_weight == 10
    assert result.network is not None
    assert result.network.detour_factor is None
