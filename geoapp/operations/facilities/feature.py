"""A facility as programs are told it, by the API and by webhooks alike."""

from typing import Any

from geoapp.core.geo import geometry_from_wgs84
from geoapp.core.voices import doubtful_answer
from geoapp.core.words import Datum
from geoapp.store.facilities.records import FacilityRecord


def facility_feature(record: FacilityRecord, datum: Datum) -> dict[str, Any]:
    """Return a facility as a GeoJSON feature with coordinates in a datum, as everybody is told it."""
    properties = dict(record.properties)
    at = record.geometry_wkb
    geometry = None if at is None else geometry_from_wgs84(at, datum)
    properties["places"] = [
        {
            **place,
            "geometry_wkb": None,
            "geometry": geometry_from_wgs84(place["geometry_wkb"], datum),
        }
        for place in properties["places"]
    ]
    for place in properties["places"]:
        del place["geometry_wkb"]
    properties["confirmed_on"] = record.standing.confirmed_on
    properties["doubtful"] = doubtful_answer(record.standing.doubt)
    return {"type": "Feature", "id": record.code, "geometry": geometry, "properties": properties}
