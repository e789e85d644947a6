"""The names of the regions by code, for lists and titles."""

from geoapp.core.i18n import Text
from geoapp.operations.facilities.places import list_regions
from geoapp.store.engine import Database


def region_names(database: Database) -> dict[str, Text]:
    """Return the names of all regions by code, in order of code."""
    return {
        one.code: Text(one.name_zh, one.name_en or one.name_zh) for one in list_regions(database)
    }
