"""Answers of the hot path, member by member, against the plain way: look at every facility."""

import json
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from flask.testing import FlaskClient
from pyproj import Geod
from sqlalchemy import text

from geoapp.core.calendar import WorkCalendar
from geoapp.core.geo import from_wgs84, to_wgs84
from geoapp.core.hours import next_change, state
from geoapp.core.links import links
from geoapp.core.settings import Settings
from geoapp.core.words import Datum
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database
from geoapp.store.facilities.read import PlacedFacility, read_changes
from geoapp.store.vocabulary import load_calendar
from tests.web.api_client import client_of, make_app

GEOD = Geod(ellps="WGS84")
ZONE = ZoneInfo("Asia/Shanghai")
# Corners of a coarse grid, several facilities at each: equal distances are the rule.
FILL = text(
    """
    insert into facility (code, kind_code, name_zh, name_en, geom, opening_hours, amenities,
        no_amenities, entry, access, address, phone, verified_on, capacity, is_sample)
    select 'E-' || (n * 7919 % 400), (array['outdoor_station', 'worker_home', 'service_base'])[1 + n % 3],
        '示例·站点 "' || n || '" & <b>/', case when n % 2 = 0 then 'Sample ' || n end,
        st_setsrid(st_makepoint(120.3 + (n * 37 % 10) / 50.0, 36.0 + (n * 53 % 9) / 50.0), 4326),
        (array['24/7', '08:00-18:00', null, 'Mo-Fr 09:00-12:00,14:00-17:00; PH off'])[1 + n % 4],
        case n % 3 when 0 then '{drinking_water}'::text[]
            when 1 then '{microwave,drinking_water}' else '{}' end,
        case n % 4 when 0 then '{toilet}'::text[] else '{}' end,
        'open', 'anyone', '示例地址 ' || n, null, current_date, n, true
    from generate_series(1, 400) n
    """
)


@pytest.fixture
def town(database: Database, settings: Settings) -> tuple[FlaskClient, Database]:
    initialise(database)
    with database.session() as session:
        session.execute(FILL)
    return client_of(make_app(settings, database), database), database


def plain_feature(
    one: PlacedFacility, metres: float, at: datetime, calendar: WorkCalendar, datum: Datum
) -> dict[str, object]:
    is_open = state(one.opening_hours, at, timezone=one.timezone, calendar=calendar)
    change = None
    if is_open is not None:
        change = next_change(one.opening_hours, at, timezone=one.timezone, calendar=calendar)
    lon, lat = from_wgs84(lon=one.lon, lat=one.lat, datum=datum)
    point = [round(lon, 7), round(lat, 7)]
    copied = ("code", "kind", "family", "name", "name_en", "entry", "access", "opening_hours")
    copied += ("amenities", "no_amenities", "address", "phone", "operator", "host", "capacity")
    properties = {name: getattr(one, name) for name in copied} | {
        "distance_m": round(metres, 2),
        "walk_m": round(1.3 * metres, 1),
        "walk_seconds": round(1.3 * metres / 1.2),
        "basis": "estimate",
        "open": is_open,
        "open_changes_at": None if change is None else change.isoformat(),
        "verified_on": None if one.verified_on is None else one.verified_on.isoformat(),
        "confirmed_on": None,
        "doubtful": None,
        "region": one.region_code,
        "place": None,
        "position_accuracy_m": one.position_accuracy_m,
        "lon": point[0],
        "lat": point[1],
        "sample": one.is_sample,
        "links": links(lon=one.lon, lat=one.lat, name=one.name),
    }
    return {
        "type": "Feature",
        "id": one.code,
        "geometry": {"type": "Point", "coordinates": point},
        "properties": properties,
    }


def plain_answer(
    placed: list[PlacedFacility], calendar: WorkCalendar, asked: Mapping[str, object]
) -> list[dict[str, object]]:
    datum = Datum(asked.get("datum", "wgs84"))
    lon, lat = to_wgs84(lon=asked["lon"], lat=asked["lat"], datum=datum)
    at = datetime.fromisoformat(str(asked["open_at"])).replace(tzinfo=ZONE)
    count = len(placed)
    metres = GEOD.inv(
        np.full(count, lon),
        np.full(count, lat),
        np.array([one.lon for one in placed]),
        np.array([one.lat for one in placed]),
    )[2].tolist()
    found = [
        (away, one.code, one)
        for away, one in zip(metres, placed, strict=True)
        if asked.get("family") in (None, one.family)
        and set(asked.get("amenity", ())) <= set(one.amenities)
        and away <= asked.get("max_m", np.inf)
        and state(one.opening_hours, at, timezone=one.timezone, calendar=calendar) is True
    ]
    return [
        plain_feature(one, away, at, calendar, datum)
        for away, _, one in sorted(found, key=lambda item: item[:2])[: asked["k"]]
    ]


def test_answers_are_those_of_the_plain_way(town: tuple[FlaskClient, Database]) -> None:
    """Ties at corners of the grid, filters, up to 50 answers, hours, limits and every datum."""
    client, database = town
    with database.session() as session:
        placed = read_changes(session, -1).placed
        calendar = load_calendar(session)
    random = np.random.default_rng(20261123)
    sizes = set()
    for number in range(150):
        lon, lat = 120.25 + random.random() * 0.3, 35.95 + random.random() * 0.3
        if number % 3 == 0:  # exactly on a place, or in the middle between two
            lon, lat = 120.3 + int(random.integers(20)) / 100, 36.0 + int(random.integers(18)) / 100
        asked: dict[str, object] = {"lon": lon, "lat": lat, "k": int(random.choice([1, 5, 17, 50]))}
        asked["open_at"] = f"2026-11-{24 + number % 5}T{number % 24:02}:30"
        if number % 2:
            asked["datum"] = ["wgs84", "gcj02", "bd09", "cgcs2000"][number // 2 % 4]
        if number % 5 == 0:
            asked["family"] = ["station", "home", "base"][number % 3]
        if number % 7 < 3:
            asked["amenity"] = ["drinking_water", "microwave"][: 1 + number % 2]
        if number % 4 == 0:
            asked["max_m"] = 4000.0
        response = client.get("/api/v1/nearest", query_string=asked)
        found = json.loads(response.get_data())["features"]
        for one in found:
            note = one["properties"].pop("open_note")
            assert (note is None) == (one["properties"]["open"] is not None)
        assert found == plain_answer(placed, calendar, asked), asked
        sizes.add(len(found))
    assert {1, 5, 17, 50} <= sizes


def test_arrival_is_told_where_it_is_asked_for(town: tuple[FlaskClient, Database]) -> None:
    client, _ = town
    # Monday 17:55; the grid's next corner lies some 20 minutes away, and 08:00-18:00 closes.
    address = "/api/v1/nearest?lon=120.3&lat=36.0101&k=50&open_at=2026-11-23T17:55"
    plain = json.loads(client.get(address).data)
    assert not {"open_on_arrival", "opens_at"} & set(plain["features"][0]["properties"])
    answer = json.loads(client.get(address + "&arrive=true").data)
    assert "beyond_m" not in answer
    by_hours: dict[str, set[tuple[object, ...]]] = {}
    for feature in answer["features"]:
        found = feature["properties"]
        if found["walk_seconds"] > 3600:
            continue
        told = (found["open_on_arrival"], found["opens_at"], found["closes_at"])
        by_hours.setdefault(found["opening_hours"], set()).add(told)
    closing = (False, "2026-11-24T08:00:00+08:00", "2026-11-23T18:00:00+08:00")
    assert by_hours == {"24/7": {(True, None, None)}, "08:00-18:00": {closing}}


def test_what_lies_beyond_a_walk_is_said(town: tuple[FlaskClient, Database]) -> None:
    client, _ = town
    # An hour at 1.2 m/s is 4320 m; the southernmost corner lies some 11 km away.
    address = "/api/v1/nearest?lon=120.3&lat=35.9&k=3"
    answer = json.loads(client.get(address + "&arrive=true").data)
    assert answer["beyond_m"] == 4320.0
    assert "4.3 公里" in answer["beyond_note"]["zh"]
    assert "4.3 km" in answer["beyond_note"]["en"]
    # Nobody walks there, so nobody arrives: what is told is how it is at the moment.
    at = json.loads(client.get(address + "&arrive=true&open_at=2026-11-23T17:30").data)
    for feature in at["features"]:
        found = feature["properties"]
        told = (found["open_on_arrival"], found["opens_at"], found["closes_at"])
        assert told == (None, None, None)
        always = found["opening_hours"] == "24/7"
        assert found["arrival_note"] == {
            "zh": "开放中 · 24 小时" if always else "开放中 · 30 分钟后关门",
            "en": "Open · 24 hours" if always else "Open · closes in 30 min",
        }
    assert "beyond_m" not in json.loads(client.get(address).data)
    none = json.loads(client.get(address + "&arrive=true&amenity=first_aid").data)
    assert none == {"type": "FeatureCollection", "features": []}
