"""Straight-line cover areas: what lies within the standard of a facility, as polygons to draw.

Coverage itself is decided point by point (`geoapp.analysis.coverage.coverage`), never by these polygons.
"""

from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geoapp.analysis.frames import FacilityFrame
from geoapp.analysis.geometry.planes import LocalPlane, area_m2, as_multipolygon
from geoapp.core.arrays import BoolArray
from geoapp.core.geo import circle
from geoapp.core.walking import Standard, WalkingEstimate

__all__ = ["area_m2", "cover_area", "cover_areas"]

_QUAD_SEGS = 32  # 128 vertices in a full turn, like the circles


def cover_areas(
    facilities: FacilityFrame,
    standard: Standard,
    *,
    estimate: WalkingEstimate,
    open_mask: BoolArray | None = None,
) -> list[shapely.MultiPolygon | None]:
    """Return for each facility position the area within the standard in a straight line.

    Parameters
    ----------
    facilities, standard, estimate, open_mask
        As in `coverage`; the straight distance is the standard divided by the detour factor.

    Returns
    -------
    areas
        EPSG:4326; None where the position is dead or masked out.

    Notes
    -----
    Circles are geodesic and their polygons have the circle's own area: a polygon of 32 vertices
    inscribed in the circle would lose 0.64 % of it.
    """
    index = facilities.index
    wanted = index.alive if open_mask is None else index.alive & open_mask
    radius_m = standard.line_m(estimate)
    areas: list[shapely.MultiPolygon | None] = []
    for position in range(index.position_count):
        if not wanted[position]:
            areas.append(None)
            continue
        lon, lat = float(index.lon[position]), float(index.lat[position])
        outline = index.area_of(position)
        if outline is None:
            areas.append(as_multipolygon(circle(lon=lon, lat=lat, radius_m=radius_m)))
        else:
            areas.append(_grown(outline, lon=lon, lat=lat, by_m=radius_m))
    return areas


def cover_area(
    areas: Sequence[BaseGeometry | None], within: BaseGeometry | None = None
) -> shapely.MultiPolygon:
    """Return the union of cover areas (EPSG:4326), cut to a region's shape if one is given.

    Empty where nothing is covered.
    """
    shapes = np.array([area for area in areas if area is not None], dtype=object)
    if within is not None and len(shapes):
        shapely.prepare(within)
        shapes = shapes[shapely.intersects(within, shapes)]
    whole = shapely.union_all(shapes)
    if within is not None:
        whole = shapely.intersection(whole, within)
    return as_multipolygon(whole)


def _grown(outline: BaseGeometry, *, lon: float, lat: float, by_m: float) -> shapely.MultiPolygon:
    """Return an area grown by some metres on all sides."""
    plane = LocalPlane.around(lon, lat, kind="aeqd")
    flat = shapely.transform(outline, lambda xy: plane.forward(xy[:, 0], xy[:, 1]))
    # Round corners drawn with vertices outside, so that they lose no area: see `circle`.
    angle = np.pi / (2 * _QUAD_SEGS)
    grown = shapely.buffer(flat, by_m * np.sqrt(angle / np.sin(angle)), quad_segs=_QUAD_SEGS)
    return as_multipolygon(plane.lonlat(np.array([grown], dtype=object))[0])
