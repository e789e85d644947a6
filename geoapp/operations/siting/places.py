"""Where sites are, as people say it: by the station that stands near, or the part of the district."""

from typing import Final

import numpy as np
from scipy.spatial import cKDTree

from geoapp.analysis.coverage.gaps import PART_TEXT, NamedRegion, part_of
from geoapp.analysis.geometry.spheroid import GEOD, ecef
from geoapp.core.arrays import IntArray
from geoapp.core.i18n import Text
from geoapp.operations.ground.in_service import named_regions
from geoapp.operations.siting.inputs import SitingInputs
from geoapp.reports.words.places import beside_text, part_text

# Farther away a station is no landmark.
_NEAR_M: Final = 2_000.0


def told_places(inputs: SitingInputs, candidates: IntArray) -> list[Text]:
    """Return where some candidates are, in the order given.

    A candidate without a station near and of unknown district is told by its position.
    """
    held, standing = inputs.candidates, inputs.existing
    lon, lat = held.lon[candidates], held.lat[candidates]
    regions = named_regions(inputs.regions)
    names = {one.code: Text(one.name_zh, one.name_en or one.name_zh) for one in inputs.regions}
    nearest = np.full(len(candidates), -1)
    if standing and len(candidates):
        tree = cKDTree(ecef([one.lon for one in standing], [one.lat for one in standing]))
        away, found = tree.query(ecef(lon, lat))
        nearest = np.where(away <= _NEAR_M, found, -1)
    told = []
    for k, (one, x, y) in enumerate(
        zip(candidates.tolist(), lon.tolist(), lat.tolist(), strict=True)
    ):
        code = held.region[one]
        district = names.get(code) if code else None
        if nearest[k] < 0:
            told.append(part_text(district, _part(regions.get(code), x, y) if code else None, x, y))
            continue
        near = standing[int(nearest[k])]
        azimuth, _, metres = GEOD.inv(near.lon, near.lat, x, y)
        told.append(
            beside_text(district, Text(near.name, near.name_en or near.name), metres, azimuth)
        )
    return told


def _part(region: NamedRegion | None, lon: float, lat: float) -> Text | None:
    return None if region is None else PART_TEXT[part_of(region.geometry, lon=lon, lat=lat)]
