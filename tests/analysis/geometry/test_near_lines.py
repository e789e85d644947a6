"""What lies within so many metres of lines: against the nearest of many spots on each of them."""

import numpy as np
import pytest
import shapely

from geoapp.analysis.geometry.near_lines import Lines
from geoapp.analysis.geometry.spheroid import geodesic_m
from geoapp.core.arrays import FloatArray

SPOTS = 201


def nearest_m(lon: FloatArray, lat: FloatArray, start: FloatArray, end: FloatArray) -> FloatArray:
    """Return how far places are from the nearest of lines straight in degrees, to a tenth of a millimetre."""
    best = np.full(len(lon), np.inf)
    for first, last in zip(start, end, strict=True):
        # Twice: all along the line, then along what is beside the nearest spot.
        low, high = np.zeros(len(lon)), np.ones(len(lon))
        for _ in range(2):
            share = low + (high - low) * np.linspace(0.0, 1.0, SPOTS)[:, None]
            spots = first + (last - first) * share[..., None]
            at = (
                np.broadcast_to(lon, share.shape).ravel(),
                np.broadcast_to(lat, share.shape).ravel(),
            )
            away = geodesic_m(*at, spots[..., 0].ravel(), spots[..., 1].ravel())
            away = away.reshape(share.shape)
            best = np.minimum(best, away.min(axis=0))
            near, step = share[away.argmin(axis=0), np.arange(len(lon))], (high - low) / (SPOTS - 1)
            low, high = np.maximum(near - step, 0), np.minimum(near + step, 1)
    return best


@pytest.mark.parametrize("seed", range(100))
def test_the_area_holds_no_more_and_misses_a_hair(seed: int) -> None:
    rng = np.random.default_rng(seed)
    middle = np.array([rng.uniform(-170, 170), rng.uniform(-72, 72)])
    metres = float(rng.choice([1.0, 17.0, 60.0, 250.0]))
    east = 1 / (111_320.0 * np.cos(np.radians(middle[1])))
    scale = np.array([east, 1 / 110_700.0])
    many = int(rng.integers(1, 6))
    start = middle + rng.uniform(-600, 600, (many, 2)) * scale
    end = start + rng.normal(0, rng.choice([3.0, 150.0]), (many, 2)) * scale
    lines = Lines.of(start, end)
    area, whole = lines.within(metres), lines.about(metres)
    off_m = 0.003 * metres + 0.05
    # Places about the edge of the area, and anywhere.
    edge = shapely.line_interpolate_point(area.boundary, rng.uniform(0, 1, 60), normalized=True)
    spots = shapely.get_coordinates(edge)
    about = spots + rng.normal(0, 2.5 * off_m, spots.shape) * scale
    far = middle + rng.uniform(-900, 900, (30, 2)) * scale
    lon, lat = np.concatenate((about, far)).T
    true_m = nearest_m(lon, lat, start, end)
    held = shapely.intersects_xy(area, lon, lat)
    wide = shapely.intersects_xy(whole, lon, lat)
    assert held.any() and not held.all()
    assert (true_m[held] <= metres).all()
    assert wide[true_m <= metres - 1e-4].all()
    assert (true_m[wide] <= metres + off_m).all() and held[true_m <= metres - off_m].all()
    measured = lines.metres_to(lon, lat)
    assert (measured >= true_m - 1e-4).all() and (measured <= true_m + 1e-3).all()
