"""The sample's demand: where outdoor workers are and when, in census totals per district."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from shapely.geometry.base import BaseGeometry

from geoapp.core.paths import shipped
from geoapp.samples.settlement import (
    BACKGROUND,
    Dice,
    Indices,
    SettledPoints,
    Settlement,
    apportion,
    load_settlements,
    settled_points,
)

DEMAND_COLUMNS = ("lon", "lat", "weight", "group", "hours", "region_code")
_STREAM = 7
"""Keeps the demand's draws apart from those of the facilities."""


@dataclass(frozen=True, slots=True)
class Group:
    """A group of workers; ``hours`` is the share at work in each hour, None where unknown."""

    code: str
    centre_share: float
    background_share: float
    hours: tuple[float, ...] | None


@dataclass(frozen=True, slots=True)
class DemandMix:
    """The assumptions behind the demand, all stated in ``data/sample/demand_mix.json``."""

    worker_share: float
    points: int
    groups: tuple[Group, ...]


def load_demand_mix() -> DemandMix:
    """Return the shipped assumptions."""
    path = shipped("data") / "sample" / "demand_mix.json"
    mix: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return DemandMix(
        worker_share=mix["worker_share"],
        points=mix["points"],
        groups=tuple(
            Group(
                code=row["code"],
                centre_share=row["centre"],
                background_share=row["background"],
                hours=None if row["hours"] is None else tuple(row["hours"]),
            )
            for row in mix["groups"]
        ),
    )


def workers_of(population: int, mix: DemandMix) -> int:
    """Return the assumed number of outdoor workers among the residents, rounded to a person."""
    return round(population * mix.worker_share)


def sample_demand(
    outlines: Mapping[str, BaseGeometry], population: Mapping[str, int], *, seed: int
) -> pd.DataFrame:
    """Generate the demand points of the sample.

    Parameters
    ----------
    outlines
        Districts by code, EPSG:4326.
    population
        Residents by district code.
    seed
        The same seed gives the same frame on every machine.

    Returns
    -------
    ``DEMAND_COLUMNS``: WGS-84 degrees, whole workers of one group per point, 24 hourly shares or
    None, the district. The weights of a district sum to ``workers_of`` its residents exactly.
    """
    mix = load_demand_mix()
    settlements = load_settlements()
    codes = sorted(outlines)
    counts = apportion([population[code] for code in codes], mix.points)
    return pd.concat(
        [
            _district(
                outlines[code],
                settlements[code],
                int(count),
                workers_of(population[code], mix),
                mix,
                Dice(seed, int(code), _STREAM),
            )
            for code, count in zip(codes, counts, strict=True)
        ],
        ignore_index=True,
    )


def _district(
    outline: BaseGeometry,
    settlement: Settlement,
    count: int,
    workers: int,
    mix: DemandMix,
    dice: Dice,
) -> pd.DataFrame:
    points = settled_points(outline, settlement, count, dice)
    # One worker stands at every point; the rest gather unevenly (exponential weights).
    extra = apportion(-np.log(1.0 - dice.uniform(count)), workers - count)
    group = _groups(points, mix, dice)
    hours = [None if g.hours is None else list(g.hours) for g in mix.groups]
    return pd.DataFrame(
        {
            "lon": points.lon,
            "lat": points.lat,
            "weight": (1 + extra).astype(float),
            "group": [mix.groups[index].code for index in group],
            "hours": pd.Series([hours[index] for index in group], dtype=object),
            "region_code": settlement.district,
        },
        columns=list(DEMAND_COLUMNS),
    )


def _groups(points: SettledPoints, mix: DemandMix, dice: Dice) -> Indices:
    """Draw each point's group; the countryside has another mix than the centres."""
    size = len(points)
    in_centre = dice.pick([group.centre_share for group in mix.groups], size)
    in_background = dice.pick([group.background_share for group in mix.groups], size)
    return np.where(points.centre == BACKGROUND, in_background, in_centre)
