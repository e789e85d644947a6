"""A question as the siting form takes it: what the API's body would be, in the datum of the map."""

import json
from typing import Any
from zoneinfo import ZoneInfo

import shapely
import shapely.geometry

from geoapp.core.geo import from_wgs84, geometry_from_wgs84
from geoapp.core.questions.phases import phases_text
from geoapp.core.questions.siting import SitingParameters
from geoapp.core.words import Datum


def given(question: SitingParameters, datum: Datum, zone: str) -> dict[str, Any]:
    """Return what differs from the form's own defaults, with the moment in local time."""
    plain = SitingParameters().stored()
    kept = {name: value for name, value in question.stored().items() if value != plain[name]}
    kept["model"] = str(question.model)
    if question.at is not None:
        kept["at"] = question.at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")
    if question.phases:
        kept["phases"] = phases_text(question.phases)
        kept.pop("p", None)
    if question.drawn:
        kept["drawn"] = [_shifted(one, datum) for one in kept["drawn"]]
    if question.forbidden_areas:
        kept["forbidden_areas"] = [_area(one, datum) for one in question.forbidden_areas]
    # Tuples become lists, as the page's script will have them.
    known: dict[str, Any] = json.loads(json.dumps(kept))
    return known


def _shifted(site: dict[str, Any], datum: Datum) -> dict[str, Any]:
    lon, lat = from_wgs84(lon=site["lon"], lat=site["lat"], datum=datum)
    moved = site | {"lon": round(float(lon), 7), "lat": round(float(lat), 7)}
    return {name: value for name, value in moved.items() if value is not None}


def _area(area: dict[str, Any], datum: Datum) -> dict[str, Any]:
    return geometry_from_wgs84(shapely.to_wkb(shapely.geometry.shape(area)), datum)
