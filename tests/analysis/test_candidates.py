"""Generated candidates: where demand is, where streets meet, so far apart and not in the lake."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geoapp.analysis.candidates import from_demand, thinned
from geoapp.analysis.geometry.spheroid import geodesic_m
from geoapp.core.errors import InvalidValueError


def least_distance_m(lon: np.ndarray, lat: np.ndarray) -> float:
    one, other = np.triu_indices(len(lon), 1)
    return float(np.min(geodesic_m(lon[one], lat[one], lon[other], lat[other]), initial=np.inf))


@given(seed=st.integers(0, 10_000), spacing_m=st.sampled_from([50.0, 300.0, 2_000.0]))
def test_what_stays_is_apart_and_what_goes_was_too_near(seed: int, spacing_m: float) -> None:
    random = np.random.default_rng(seed)
    lon, lat = 120 + random.uniform(0, 0.02, 60), 36 + random.uniform(0, 0.02, 60)
    stay = thinned(lon, lat, spacing_m)
    assert least_distance_m(lon[stay], lat[stay]) >= spacing_m
    assert stay[0] == 0
    for gone in set(range(60)) - set(stay.tolist()):
        before = stay[stay < gone]
        away = geodesic_m(
            np.full(len(before), lon[gone]), lat[gone] + 0 * before, lon[before], lat[before]
        )
        assert away.min() < spacing_m + 0.001


def test_one_for_each_cell_the_heaviest_first() -> None:
    """Three clusters 2 km apart, of 30, 50 and 20 workers: one candidate in each, on a demand point."""
    lon = np.array([120.0, 120.0002, 120.02, 120.0202, 120.04, 120.06])
    lat = np.full(6, 36.0)
    weight = np.array([10.0, 20, 25, 25, 20, 0])
    found = from_demand(lon, lat, weight, spacing_m=300)
    assert [round(one, 2) for one in found.lon] == [120.02, 120.0, 120.04]
    # The point of 20 is nearer to the weighted middle than that of 10.
    assert found.lon[1] == 120.0002
    assert found.codes[1] == "G_120.00020_36.00000"
    assert set(zip(found.lon, found.lat, strict=True)) <= set(zip(lon, lat, strict=True))


def test_the_order_of_the_points_does_not_matter() -> None:
    random = np.random.default_rng(5)
    lon, lat = 120 + random.uniform(0, 0.05, 300), 36 + random.uniform(0, 0.05, 300)
    weight = random.integers(0, 50, 300).astype(float)
    order = random.permutation(300)
    one = from_demand(lon, lat, weight, spacing_m=400)
    other = from_demand(lon[order], lat[order], weight[order], spacing_m=400)
    assert one.codes == other.codes
    assert least_distance_m(one.lon, one.lat) >= 400


def test_none_where_none_may_stand() -> None:
    lon, lat = np.linspace(120, 120.1, 50), np.full(50, 36.0)
    lake = shapely.box(120.03, 35.9, 120.06, 36.1)
    found = from_demand(lon, lat, np.ones(50), spacing_m=500, forbidden=lake)
    assert len(found)
    assert not shapely.intersects_xy(lake, found.lon, found.lat).any()
    assert len(from_demand(lon, lat, np.zeros(50), spacing_m=500)) == 0


@pytest.mark.parametrize("spacing_m", [0.0, 19.0, 20_001.0, np.nan])
def test_spacing_out_of_range(spacing_m: float) -> None:
    with pytest.raises(InvalidValueError, match="spacing_m"):
        thinned(np.array([120.0]), np.array([36.0]), spacing_m)
