"""The regions that a cell of a file may mean, by code or by name."""

from geoapp.importers.rows.region_names import RegionNames
from geoapp.store.engine import Session
from geoapp.store.facilities.places import region_names


def known_regions(session: Session) -> RegionNames:
    """Return the stored regions by their codes, names and parents."""
    regions = region_names(session, outlined=False)
    return RegionNames(
        {one.code: one.parent_code for one in regions}, {one.code: one.name_zh for one in regions}
    )
