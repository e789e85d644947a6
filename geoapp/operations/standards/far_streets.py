"""Along which streets a station is farther than a rule of spacing allows."""

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely

from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.analysis.network.search import decimetres
from geoapp.analysis.network.snapping import Snap, snap
from geoapp.analysis.network.street_pieces import StreetPieces, street_pieces
from geoapp.analysis.streets.index import StreetIndex
from geoapp.core.arrays import BoolArray, FloatArray
from geoapp.core.i18n import Text
from geoapp.core.results.spacing import FarStreets, FarStretch
from geoapp.core.spacing import Spacing
from geoapp.operations.ground.places import told_at
from geoapp.operations.standards.spacing_ground import (
    SpacingGround,
    busy_at,
    district_of,
    regions_at,
)
from geoapp.operations.streets.edges import named_along, street_edges

MOST_STRETCHES: Final = 1_000


@dataclass(frozen=True, slots=True)
class MeasuredStreets:
    """The stretches, and by the deepest region known (None: unknown) the metres of street, all and too far."""

    told: FarStreets
    metres: dict[str | None, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class _Far:
    """Parts of street that are too far, by part: its district and how far the nearest station may be."""

    parts: StreetPieces
    district: list[str | None]
    allowed_m: FloatArray


def measure_streets(
    rule: Spacing,
    ground: SpacingGround,
    network: WalkingNetwork,
    streets: StreetIndex | None,
    inside: frozenset[str] | None,
) -> MeasuredStreets | None:
    """Return the streets from which every station is too far on foot; None where the rule says nothing of it.

    Somebody on a street stands on the network itself, so that all walks are exact along it. The region of a
    piece of at most 100 m, and whether it is busy there, is that of its middle. Parts of the network that
    lead nowhere are no streets.

    Parameters
    ----------
    inside
        Only streets in these regions; None is everywhere that an outline is known, and everything where
        none is.
    """
    if rule.reach_m is None or rule.busy_reach_m is None:
        return None
    placed = ground.placed
    stations = snap(network, [one.lon for one in placed], [one.lat for one in placed])
    pieces = street_pieces(network, stations, street_edges(network, streets))
    middle = pieces.at(network, (pieces.low_dm + pieces.high_dm) / 2)
    region = regions_at(ground.outlines, *middle)
    own = _own(region, inside, outlined=bool(ground.outlines))
    pieces = pieces.only(own)
    lon, lat = middle[0][own], middle[1][own]
    region = [code for code, kept in zip(region, own.tolist(), strict=True) if kept]
    busy = busy_at(rule, ground, lon, lat, region)
    allowed = np.where(busy, rule.busy_reach_m, rule.reach_m)
    limit_dm = np.where(busy, decimetres(rule.busy_reach_m), decimetres(rule.reach_m))
    piece, parts = pieces.farther_than(limit_dm.astype(np.float64))
    long_m = _by_region(region, pieces)
    far_m = _by_region([region[number] for number in piece.tolist()], parts)
    parents, levels = ground.parents, ground.levels
    district = {code: district_of(code, parents, levels) for code in set(region)}
    far = _Far(parts, [district[region[number]] for number in piece.tolist()], allowed[piece])
    told, rest, rest_m = _stretches(ground, network, streets, far)
    return MeasuredStreets(
        told=FarStreets(
            stretches=told,
            rest_stretches=rest,
            rest_m=rest_m,
            stations_beside=len(
                {placed[number].code for number in np.flatnonzero(stations.state == Snap.OFF)}
            ),
        ),
        metres={code: (metres, far_m.get(code, 0.0)) for code, metres in long_m.items()},
    )


def _own(region: list[str | None], inside: frozenset[str] | None, *, outlined: bool) -> BoolArray:
    """Tell which pieces are asked about; of a region without an outline no street is known."""
    if inside is None and not outlined:
        return np.ones(len(region), np.bool_)
    return np.array(
        [code is not None and (inside is None or code in inside) for code in region], dtype=np.bool_
    )


def _by_region(region: list[str | None], pieces: StreetPieces) -> dict[str | None, float]:
    lengths: dict[str | None, list[float]] = defaultdict(list)
    for code, metres in zip(region, ((pieces.high_dm - pieces.low_dm) / 10).tolist(), strict=True):
        lengths[code].append(metres)
    return {code: math.fsum(some) for code, some in lengths.items()}


def _stretches(
    ground: SpacingGround, network: WalkingNetwork, streets: StreetIndex | None, far: _Far
) -> tuple[tuple[FarStretch, ...], int, float]:
    """Return the stretches that the parts make, the longest first; how many are not listed, their metres."""
    parts = far.parts
    if not len(parts.edge):
        return (), 0, 0.0
    named = named_along(network, streets, parts.edge)
    # A street without a name is told from others by going straight on.
    whose = np.where(named >= 0, named, -1 - network.street[parts.edge])
    numbers = {code: number for number, code in enumerate(dict.fromkeys(far.district))}
    district = np.array([numbers[code] for code in far.district])
    kinds = np.stack([whose, district, far.allowed_m], axis=1)
    _, kind = np.unique(kinds, axis=0, return_inverse=True)
    count, stretch = parts.joined(network, kind.reshape(-1))
    metres = (parts.high_dm - parts.low_dm) / 10
    length = np.bincount(stretch, metres, minlength=count)
    # By stretch its first part, and the part with its farthest place.
    order = np.lexsort((np.arange(len(stretch)), -parts.most_walk_dm, stretch))
    farthest = order[np.searchsorted(stretch[order], np.arange(count))]
    ranked = np.lexsort((farthest, -length))
    listed, rest = ranked[:MOST_STRETCHES], ranked[MOST_STRETCHES:]
    at = farthest[listed]
    lon, lat = (one[at] for one in parts.at(network, parts.most_at_dm))
    places = told_at(
        lon,
        lat,
        [far.district[number] for number in at.tolist()],
        standing=ground.placed,
        regions=ground.regions,
        streets=streets,
    )
    lines = parts.lines(network)
    by_stretch = np.argsort(stretch, kind="stable")
    first = np.searchsorted(stretch[by_stretch], np.arange(count + 1))
    told = []
    for k, number in enumerate(listed.tolist()):
        own = by_stretch[first[number] : first[number + 1]]
        line = shapely.line_merge(shapely.MultiLineString(lines[own].tolist()))
        away = float(parts.most_walk_dm[at[k]]) / 10
        told.append(
            FarStretch(
                street=_name(streets, int(named[at[k]])),
                place=places[k],
                lon=float(lon[k]),
                lat=float(lat[k]),
                line_wkb=shapely.to_wkb(line),
                district=far.district[int(at[k])],
                length_m=float(length[number]),
                farthest_m=away if math.isfinite(away) else None,
                allowed_m=float(far.allowed_m[at[k]]),
            )
        )
    return tuple(told), len(rest), math.fsum(length[rest].tolist())


def _name(streets: StreetIndex | None, place: int) -> Text | None:
    if streets is None or place < 0:
        return None
    return streets.around.name(place)
