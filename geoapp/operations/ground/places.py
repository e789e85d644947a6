"""Where places are, as people say it: by street and corner, a station that stands near, or the district."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from scipy.spatial import cKDTree

from geoapp.analysis.coverage.gaps import PART_TEXT, NamedRegion, part_of
from geoapp.analysis.geometry.spheroid import GEOD, ecef
from geoapp.analysis.streets.index import StreetIndex
from geoapp.analysis.streets.near import StreetsAround
from geoapp.core.arrays import FloatArray
from geoapp.core.i18n import Text
from geoapp.operations.ground.in_service import named_regions
from geoapp.reports.words.places import beside_text, corner_text, part_text, street_text
from geoapp.store.facilities.read import PlacedFacility
from geoapp.store.runs.inputs import RegionRow

# Farther away a station is no landmark.
_NEAR_M: Final = 2_000.0


def told_at(
    lon: FloatArray,
    lat: FloatArray,
    codes: Sequence[str | None],
    *,
    standing: Sequence[PlacedFacility],
    regions: Sequence[RegionRow],
    streets: StreetIndex | None,
) -> list[Text]:
    """Return where some places (WGS-84 degrees) are, in the order given.

    On a named street it is the street and its nearest corner; else the station that stands near. A
    place without either and of unknown district is told by its position.

    Parameters
    ----------
    codes
        Of each place the region that it lies in; None is unknown.
    standing
        The stations that may be near.
    streets
        None where no names of streets are loaded.
    """
    shapes = named_regions(regions)
    names = {one.code: Text(one.name_zh, one.name_en or one.name_zh) for one in regions}
    nearest = np.full(len(lon), -1)
    if standing and len(lon):
        tree = cKDTree(ecef([one.lon for one in standing], [one.lat for one in standing]))
        away, found = tree.query(ecef(lon, lat))
        nearest = np.where(away <= _NEAR_M, found, -1)
    around = None if streets is None else streets.around
    told = []
    for k, (code, x, y) in enumerate(zip(codes, lon.tolist(), lat.tolist(), strict=True)):
        district = names.get(code) if code else None
        if around is not None and (at := _on_street(around, district, x, y)) is not None:
            told.append(at)
            continue
        if nearest[k] < 0:
            told.append(part_text(district, _part(shapes.get(code), x, y) if code else None, x, y))
            continue
        near = standing[int(nearest[k])]
        azimuth, _, metres = GEOD.inv(near.lon, near.lat, x, y)
        told.append(
            beside_text(district, Text(near.name, near.name_en or near.name), metres, azimuth)
        )
    return told


def _on_street(around: StreetsAround, district: Text | None, lon: float, lat: float) -> Text | None:
    found = around.at(lon, lat)
    if found is None:
        return None
    street = around.name(found.street)
    if found.crossing is None or found.corner is None or found.corner_m is None:
        return street_text(district, street)
    azimuth, _, metres = GEOD.inv(found.corner.lon, found.corner.lat, lon, lat)
    return corner_text(district, street, around.name(found.crossing), metres, azimuth)


def _part(region: NamedRegion | None, lon: float, lat: float) -> Text | None:
    return None if region is None else PART_TEXT[part_of(region.geometry, lon=lon, lat=lat)]
