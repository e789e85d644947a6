"""Nearest answers as GeoJSON, for the API and the command line.

What does not change between two questions (name, amenities, links ...) is serialised once for each
facility and datum; a question adds the distance and whether the facility is open.
"""

from functools import lru_cache
from typing import Any

import orjson

from geoapp.core.entering import MAY_ENTER_TEXT, Entering
from geoapp.core.geo import from_wgs84, geometry_from_wgs84
from geoapp.core.i18n import Text
from geoapp.core.links import links
from geoapp.core.travel import By
from geoapp.core.units import format_metres
from geoapp.core.voices import doubtful_answer
from geoapp.core.words import Datum
from geoapp.operations.nearest.arrival import Arrival, beyond_text
from geoapp.operations.nearest.said import said_on_arrival
from geoapp.operations.nearest.sea import NO_WAY_TEXT
from geoapp.operations.nearest.service import KEPT_RENDERED, NearestItem, NearestService
from geoapp.operations.nearest.snapshot import Opening
from geoapp.operations.nearest.unplaced import Somewhere
from geoapp.store.facilities.read import PlacedFacility


def render_answer(
    service: NearestService,
    items: list[NearestItem],
    datum: Datum,
    somewhere: Somewhere | None = None,
    entering: Entering | None = None,
    by: By = By.WALK,
    where: Text | None = None,
) -> bytes:
    """Return a FeatureCollection, nearest first, with coordinates in a datum.

    Where arrivals were asked for and all lie beyond a walk, the collection says so; and how many that
    fit are known only to be somewhere in the position's district, if there are any. Where it was asked
    who wants to enter, each facility says whether they may. ``where`` is what is odd about the position.
    """
    asked = entering if entering is not None and entering.is_asked else None
    features = b",".join(
        [render_item(service, item, datum, asked, by=by, more=_ridden(item, by)) for item in items]
    )
    told = _where(where) + _beyond(service, items, by) + _somewhere(somewhere)
    return b'{"type":"FeatureCollection",%b"features":[%b]}' % (told, features)


def _where(where: Text | None) -> bytes:
    return b"" if where is None else orjson.dumps({"outside_note": _pair(where)})[1:-1] + b","


def _somewhere(found: Somewhere | None) -> bytes:
    if found is None:
        return b""
    told = {"count": found.count, "region": found.region, "note": _pair(found.note)}
    return orjson.dumps({"unplaced": told})[1:-1] + b","


def _ridden(item: NearestItem, by: By) -> dict[str, Any] | None:
    if by is By.WALK:
        return None
    return {"by": by, "ride_seconds": None if item.no_way else round(item.till_there_seconds)}


def _beyond(service: NearestService, items: list[NearestItem], by: By) -> bytes:
    if not any(item.arrival for item in items):
        return b""
    beyond_m = service.beyond_m(items, by)
    if beyond_m is None:
        return b""
    first = min(items, key=lambda item: item.walk_m)
    far = format_metres(first.distance_m if first.is_afar else first.walk_m)
    note = beyond_text(beyond_m, far, by, in_line=first.is_afar)
    return orjson.dumps({"beyond_m": round(beyond_m, 1), "beyond_note": _pair(note)})[1:-1] + b","


def render_ahead(service: NearestService) -> None:
    """Serialise the facilities in service before anybody asks, as far as they are kept."""
    for facility in service.ground()[0].facilities[:KEPT_RENDERED]:
        if facility is not None:
            service.kept(facility, Datum.WGS84, render_constant)


def render_item(
    service: NearestService,
    item: NearestItem,
    datum: Datum,
    entering: Entering | None = None,
    *,
    by: By = By.WALK,
    more: dict[str, Any] | None = None,
) -> bytes:
    """Return a feature; its links ask for the way by which one goes, ``more`` are further properties."""
    constant_of = render_constant if by is By.WALK else render_ridden
    head, constant = service.kept(item.facility, datum, constant_of)
    return b'%b"distance_m":%.2f,%b,"basis":"%b",%b%b%b%b%b' % (
        head,
        item.distance_m,
        _render_walk(item),
        item.basis.encode(),
        b"" if more is None else orjson.dumps(more)[1:-1] + b",",
        _render_opening(item.opening),
        b""
        if item.arrival is None
        else _render_arrival(item.arrival, said_on_arrival(item).both()),
        b"" if entering is None else _render_entering(entering, item.facility),
        constant,
    )


def _render_walk(item: NearestItem) -> bytes:
    """Return how far and how long; over the sea neither is known, and why."""
    if item.sea is None:
        return b'"walk_m":%.1f,"walk_seconds":%d' % (item.walk_m, round(item.walk_seconds))
    members = {
        "walk_m": None,
        "walk_seconds": None,
        "no_way_note": _pair(NO_WAY_TEXT[item.sea]),
    }
    return orjson.dumps(members)[1:-1]


@lru_cache(maxsize=4096)
def _render_opening(opening: Opening) -> bytes:
    change = opening.changes_at
    members = {
        "open": opening.open,
        "open_changes_at": None if change is None else change.isoformat(),
        "open_note": _pair(opening.note),
    }
    return orjson.dumps(members)[1:-1]


def _render_arrival(arrival: Arrival, note: Text) -> bytes:
    members = {
        "open_on_arrival": arrival.open,
        "opens_at": None if arrival.opens_at is None else arrival.opens_at.isoformat(),
        "closes_at": None if arrival.closes_at is None else arrival.closes_at.isoformat(),
        "arrival_note": _pair(note),
    }
    return b"," + orjson.dumps(members)[1:-1]


def _render_entering(entering: Entering, facility: PlacedFacility) -> bytes:
    admits = entering.admits(facility.access, facility.entry)
    members = {"may_enter": admits, "may_enter_note": _pair(MAY_ENTER_TEXT[admits])}
    return b"," + orjson.dumps(members)[1:-1]


def render_constant(facility: PlacedFacility, datum: Datum) -> tuple[bytes, bytes]:
    """Return the bytes of a feature before and after the members that belong to one question."""
    return _constant(facility, datum, riding=False)


def render_ridden(facility: PlacedFacility, datum: Datum) -> tuple[bytes, bytes]:
    """Return the same for somebody on an e-bike, whose links ask for riding."""
    return _constant(facility, datum, riding=True)


def _constant(facility: PlacedFacility, datum: Datum, *, riding: bool) -> tuple[bytes, bytes]:
    lon, lat = from_wgs84(lon=facility.lon, lat=facility.lat, datum=datum)
    point = [round(lon, 7), round(lat, 7)]
    if facility.area_wkb is None:
        geometry = {"type": "Point", "coordinates": point}
    else:
        geometry = geometry_from_wgs84(facility.area_wkb, datum)
    head = {
        "type": "Feature",
        "id": facility.code,
        "geometry": geometry,
        "properties": {
            "code": facility.code,
            "kind": facility.kind,
            "family": facility.family,
            "name": facility.name,
            "name_en": facility.name_en,
        },
    }
    rest = {
        "entry": facility.entry,
        "access": facility.access,
        "verified_on": facility.verified_on,
        "confirmed_on": facility.confirmed_on,
        "doubtful": doubtful_answer(facility.doubtful),
        "opening_hours": facility.opening_hours,
        "amenities": facility.amenities,
        "no_amenities": facility.no_amenities,
        "address": facility.address,
        "phone": facility.phone,
        "operator": facility.operator,
        "host": facility.host,
        "capacity": facility.capacity,
        "region": facility.region_code,
        "place": _pair(
            Text(facility.place_zh, facility.place_en or facility.place_zh)
            if facility.place_zh
            else None
        ),
        "position_accuracy_m": facility.position_accuracy_m,
        "lon": point[0],
        "lat": point[1],
        "sample": facility.is_sample,
        "links": links(lon=facility.lon, lat=facility.lat, name=facility.name, riding=riding),
    }
    return orjson.dumps(head)[:-2] + b",", b"," + orjson.dumps(rest)[1:] + b"}"


def _pair(text: Text | None) -> dict[str, str] | None:
    return None if text is None else {"zh": text.zh, "en": text.en}
