"""What the codes in a question are called, for its title and its conditions in words."""

from geoapp.core.i18n import Text
from geoapp.operations.facilities.places import list_regions
from geoapp.operations.facilities.vocabularies import read_demand_sets
from geoapp.reports.words.naming import Naming
from geoapp.store.engine import Database


def read_naming(database: Database, zone: str) -> Naming:
    """Return the names of all regions and demand sets.

    Parameters
    ----------
    zone
        Whose clocks moments are told by.
    """
    return Naming(
        zone,
        {one.code: Text(one.name_zh, one.name_en or one.name_zh) for one in list_regions(database)},
        {
            one["code"]: Text(one["name_zh"], one["name_en"] or one["name_zh"])
            for one in read_demand_sets(database)
        },
    )
