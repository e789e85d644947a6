"""Stations on the way as GeoJSON, for the API and the command line."""

from datetime import timedelta
from typing import Any

import orjson
import shapely

from geoapp.core.geo import geometry_from_wgs84
from geoapp.core.travel import WAY_TEXT
from geoapp.core.words import Datum
from geoapp.operations.along.service import AlongAnswer, AlongItem, Leg
from geoapp.operations.nearest.answer import render_item
from geoapp.operations.nearest.service import NearestService


def render_along(service: NearestService, answer: AlongAnswer, datum: Datum) -> bytes:
    """Return a FeatureCollection, least added first, with the route as its member ``route``."""
    by = answer.query.by
    entering = answer.query.entering if answer.query.entering.is_asked else None
    features = [
        render_item(service, item.near, datum, entering, by=by, more=_properties(answer, item))
        for item in answer.items
    ]
    route = orjson.dumps({"route": route_of(answer, datum)})[1:-1]
    return b'{"type":"FeatureCollection",%b,"features":[%b]}' % (route, b",".join(features))


def route_of(answer: AlongAnswer, datum: Datum) -> dict[str, Any]:
    """Return the route: how one goes, how it is known, and leg by leg how far, how long, and the line."""
    by = answer.query.by
    joined = all(leg.way_m is not None for leg in answer.legs)
    note = WAY_TEXT[by, answer.basis]
    return {
        "by": by,
        "basis": answer.basis,
        "basis_note": {"zh": note.zh, "en": note.en},
        "leaves_at": answer.at.isoformat(timespec="seconds"),
        "way_m": round(sum(leg.way_m or 0.0 for leg in answer.legs), 1) if joined else None,
        "seconds": round(sum(leg.seconds or 0.0 for leg in answer.legs)) if joined else None,
        "legs": [_leg(leg, datum) for leg in answer.legs],
    }


def _leg(leg: Leg, datum: Datum) -> dict[str, Any]:
    line = None if leg.line is None else geometry_from_wgs84(shapely.to_wkb(leg.line), datum)
    return {
        "way_m": None if leg.way_m is None else round(leg.way_m, 1),
        "seconds": None if leg.seconds is None else round(leg.seconds),
        "basis": leg.basis,
        "geometry": line,
    }


def _properties(answer: AlongAnswer, item: AlongItem) -> dict[str, Any]:
    travel_seconds = item.near.travel_seconds
    arrives_at = None
    if travel_seconds is not None:
        arrives_at = answer.at + timedelta(seconds=travel_seconds)
    return {
        "by": answer.query.by,
        "added_m": round(item.added_m, 1),
        "added_seconds": round(item.added_seconds),
        "after_stop": item.after or None,
        "along_m": None if item.along_m is None else round(item.along_m, 1),
        "arrives_at": None if arrives_at is None else arrives_at.isoformat(timespec="seconds"),
    }
