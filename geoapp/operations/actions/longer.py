"""Facilities that a plan would open longer, as they are today."""

from collections.abc import Sequence
from dataclasses import dataclass

from geoapp.core.i18n import Text
from geoapp.core.words import Level
from geoapp.store.engine import Database
from geoapp.store.facilities.places import region_names, regions_above
from geoapp.store.facilities.read import facilities_by_code, places_of


@dataclass(frozen=True, slots=True)
class AsItIs:
    """A facility today.

    Attributes
    ----------
    district
        Name of its district, or of its region where that lies in none; None = unknown.
    hours
        OpenStreetMap's ``opening_hours``; None = unknown.
    moves
        Whether it stands at places by a timetable, each with hours of its own.
    """

    name: Text
    district: Text | None
    hours: str | None
    moves: bool


def as_they_are(database: Database, codes: Sequence[str]) -> dict[str, AsItIs]:
    """Return by code what some facilities are today, without those that are no longer there."""
    with database.snapshot() as session:
        rows = facilities_by_code(session, codes)
        regions = {one.code: one for one in region_names(session, outlined=False)}
        places = places_of(session, [one.id for one in rows])
    found = {}
    for one in rows:
        above = list(regions_above(one.region_code, regions))
        district = next((region for region in above if region.level == Level.DISTRICT), None)
        named = district or next(iter(above), None)
        found[one.code] = AsItIs(
            name=Text(one.name_zh, one.name_en or one.name_zh),
            district=None if named is None else Text(named.name_zh, named.name_en or named.name_zh),
            hours=one.opening_hours,
            moves=one.id in places,
        )
    return found
