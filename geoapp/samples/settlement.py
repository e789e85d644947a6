"""Where the sample's people live: a stated model of Qingdao's settled area, and draws from it.

The draws use nothing of numpy's generator but its uniform numbers, whose stream is fixed, and every
coordinate is rounded to six decimals: one seed gives the same sample on every machine.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod
from shapely.geometry.base import BaseGeometry

from geoapp.core.arrays import IntArray
from geoapp.core.i18n import Text
from geoapp.core.paths import shipped

GEOD = Geod(ellps="WGS84")
BACKGROUND = -1
"""The centre index of a point of the rural background."""
MIN_PART_M2 = 1_000_000.0
"""Islets under one square kilometre carry no sample points."""
DECIMALS = 6
"""About 0.1 m."""

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Centre:
    """A place around which people live; WGS-84, ``spread_m`` is the standard deviation."""

    name: Text
    lon: float
    lat: float
    spread_m: float
    weight: float


@dataclass(frozen=True, slots=True)
class Settlement:
    """The model of one district: its centres and the share of people outside them."""

    district: str
    background_share: float
    centres: tuple[Centre, ...]


@dataclass(frozen=True, slots=True)
class SettledPoints:
    """Points inside one district (WGS-84) with the centre that each was drawn from."""

    lon: Floats
    lat: Floats
    centre: Indices

    def __len__(self) -> int:
        return len(self.lon)


class Dice:
    """A named, reproducible stream of draws.

    Parameters
    ----------
    key
        The seed, then numbers that name the purpose; unequal keys give independent streams.
    """

    def __init__(self, *key: int) -> None:
        self._rng = np.random.Generator(np.random.PCG64(key))

    def uniform(self, size: int) -> Floats:
        """Return numbers in [0, 1)."""
        return self._rng.random(size)

    def chance(self, share: float) -> bool:
        """Return True with the given share."""
        return bool(self._rng.random() < share)

    def between(self, low: int, high: int) -> int:
        """Return a whole number from ``low`` to ``high``, both included."""
        return low + int(self._rng.random() * (high - low + 1))

    def pick(self, weights: Sequence[float], size: int) -> Indices:
        """Return ``size`` independent indices, each with its weight's share."""
        edges = np.cumsum(np.asarray(weights, dtype=float))
        drawn = np.searchsorted(edges / edges[-1], self.uniform(size), side="right")
        return np.minimum(drawn, len(edges) - 1).astype(np.intp)

    def quota(self, weights: Sequence[float], size: int) -> Indices:
        """Return ``size`` indices in random order whose counts follow the weights exactly."""
        counts = apportion(weights, size)
        dealt: Indices = np.repeat(np.arange(len(counts), dtype=np.intp), counts)[self.order(size)]
        return dealt

    def order(self, size: int) -> Indices:
        """Return a random order of ``size`` things."""
        return np.argsort(self.uniform(size), kind="stable")


def apportion(weights: Sequence[float] | Floats, total: int) -> NDArray[np.int64]:
    """Split ``total`` whole units by weight (largest remainder; ties go to the earlier weight).

    Returns
    -------
    Whole numbers that sum to ``total`` exactly.
    """
    exact = np.asarray(weights, dtype=float)
    exact = exact / exact.sum() * total
    counts: IntArray = np.floor(exact).astype(np.int64)
    # Rounded, so that equal remainders tie on every machine.
    by_remainder = np.argsort(-np.round(exact - counts, 9), kind="stable")
    counts[by_remainder[: total - int(counts.sum())]] += 1
    return counts


def load_settlements() -> dict[str, Settlement]:
    """Return the shipped model by district code."""
    path = shipped("data") / "sample" / "qingdao_settlement.json"
    rows = json.loads(path.read_text(encoding="utf-8"))["districts"]
    return {
        row["code"]: Settlement(
            district=row["code"],
            background_share=row["background_share"],
            centres=tuple(
                Centre(
                    name=Text(centre["zh"], centre["en"]),
                    lon=centre["lon"],
                    lat=centre["lat"],
                    spread_m=centre["spread_m"],
                    weight=centre["weight"],
                )
                for centre in row["centres"]
            ),
        )
        for row in rows
    }


def settled_points(
    outline: BaseGeometry, settlement: Settlement, count: int, dice: Dice
) -> SettledPoints:
    """Draw points of the model that lie inside the district.

    Parameters
    ----------
    outline
        The district, EPSG:4326; islets under ``MIN_PART_M2`` are left out.
    settlement
        The model of this district.
    count
        How many points.
    dice
        The stream to draw from.

    Raises
    ------
    ValueError
        If the model's centres and the outline do not meet, so that no point can be drawn.
    """
    land = _land(outline)
    centre = dice.pick(
        [
            settlement.background_share,
            *_shares([c.weight for c in settlement.centres], 1 - settlement.background_share),
        ],
        count,
    )
    centre = centre - 1  # The background came first, and is -1.
    lon, lat = np.full(count, np.nan), np.full(count, np.nan)
    for _ in range(1000):
        missing = np.flatnonzero(np.isnan(lon))
        if not missing.size:
            return SettledPoints(lon, lat, centre)
        drawn_lon, drawn_lat = _propose(land, settlement, centre[missing], dice)
        inside = shapely.contains_xy(land, drawn_lon, drawn_lat)
        lon[missing[inside]], lat[missing[inside]] = drawn_lon[inside], drawn_lat[inside]
    raise ValueError(f"the settlement model of {settlement.district} lies outside its outline")


def nearest_centre(settlement: Settlement, *, lon: float, lat: float) -> Centre:
    """Return the centre nearest to a point (WGS-84) on the spheroid."""
    centres = settlement.centres
    _, _, distance_m = GEOD.inv(
        [lon] * len(centres),
        [lat] * len(centres),
        [c.lon for c in centres],
        [c.lat for c in centres],
    )
    return centres[int(np.argmin(distance_m))]


def _shares(weights: Sequence[float], total: float) -> list[float]:
    return [weight / sum(weights) * total for weight in weights]


def _land(outline: BaseGeometry) -> BaseGeometry:
    """Return the outline without its islets, prepared for point tests."""
    parts = [
        part
        for part in shapely.get_parts(outline)
        if abs(GEOD.geometry_area_perimeter(part)[0]) >= MIN_PART_M2
    ]
    land: BaseGeometry = shapely.multipolygons(parts)
    shapely.prepare(land)
    return land


def _propose(
    land: BaseGeometry, settlement: Settlement, centre: Indices, dice: Dice
) -> tuple[Floats, Floats]:
    """Draw one rounded point per index: around its centre, or anywhere for the background."""
    first, second = dice.uniform(len(centre)), dice.uniform(len(centre))
    west, south, east, north = land.bounds
    lon = west + first * (east - west)
    lat = south + second * (north - south)
    near = centre != BACKGROUND
    if near.any():
        around = [settlement.centres[index] for index in centre[near]]
        # A two-dimensional normal: even bearing, Rayleigh distance.
        spread_m = np.array([c.spread_m for c in around])
        distance_m = spread_m * np.sqrt(-2.0 * np.log(1.0 - second[near]))
        lon[near], lat[near], _ = GEOD.fwd(
            [c.lon for c in around], [c.lat for c in around], first[near] * 360.0, distance_m
        )
    return np.round(lon, DECIMALS), np.round(lat, DECIMALS)
