"""Candidates at junctions of the walking network."""

import numpy as np
import shapely

from geoapp.analysis.candidates import from_network
from geoapp.analysis.geometry.spheroid import geodesic_m
from geoapp.analysis.network.graph import WalkingNetwork


def test_junctions_near_the_demand_so_far_apart(helsinki: WalkingNetwork) -> None:
    west, south, east, north = helsinki.bounds
    lon, lat = np.array([(west + east) / 2]), np.array([(south + north) / 2])
    park = shapely.box(lon[0], south, east, north)
    asked = {"spacing_m": 150.0, "near_lon": lon, "near_lat": lat, "within_m": 600.0}
    found = from_network(helsinki, **asked)  # type: ignore[arg-type]
    assert len(found) > 5
    one, other = np.triu_indices(len(found), 1)
    apart = geodesic_m(found.lon[one], found.lat[one], found.lon[other], found.lat[other])
    assert apart.min() >= 150
    away = geodesic_m(
        np.full(len(found), lon[0]), np.full(len(found), lat[0]), found.lon, found.lat
    )
    assert away.max() <= 602  # places are rounded to about a metre
    outside = from_network(helsinki, **asked, forbidden=park)  # type: ignore[arg-type]
    assert 0 < len(outside) < len(found)
    assert (outside.lon <= lon[0] + 1e-5).all()
    assert found.codes == from_network(helsinki, **asked).codes  # type: ignore[arg-type]
    nobody = np.empty(0)
    asked |= {"near_lon": nobody, "near_lat": nobody}
    assert len(from_network(helsinki, **asked)) == 0  # type: ignore[arg-type]
