"""Stations on the way: least added first, open when one gets there, each by the leg that costs least."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from pyproj import Geod
from sqlalchemy import text

from geoapp.core.entering import parse_entering
from geoapp.core.errors import InvalidValueError
from geoapp.core.settings import Settings
from geoapp.core.travel import By
from geoapp.core.words import Basis, Datum
from geoapp.operations.along.question import AlongQuery, parse_points, points_of
from geoapp.operations.along.said import added_text, after_text, nothing_text
from geoapp.operations.along.service import AlongItem, along
from geoapp.operations.nearest.service import NearestQuery, NearestService
from geoapp.operations.network.importing import import_network
from geoapp.store.engine import Database
from tests.analysis.conftest import extract
from tests.seed import TOWN_LAT, TOWN_LON

GEOD = Geod(ellps="WGS84")
STREETS_LON, STREETS_LAT = 24.9414, 60.1710


def at(east: float, north: float) -> tuple[float, float]:
    """A place of the town, in thousandths of a degree from its middle."""
    return TOWN_LON + east / 1000, TOWN_LAT + north / 1000


def moment(value: str) -> datetime:
    return datetime.fromisoformat(value).replace(tzinfo=ZoneInfo("Asia/Shanghai"))


# Past T-1, then north past T-3, and back to where one began.
ROUND = AlongQuery(points=(at(-2, 0), at(1, 0), at(0, 5), at(-2, 0)), k=10, more_minutes=12)


@pytest.fixture
def town(town_template: str, database: Database) -> Database:
    return database


@pytest.fixture
def service(town: Database, settings: Settings) -> NearestService:
    return NearestService(town, settings)


def found(service: NearestService, query: AlongQuery) -> dict[str, AlongItem]:
    return {item.near.facility.code: item for item in along(service, query).items}


def line_m(*places: tuple[float, float]) -> float:
    return float(sum(GEOD.inv(*one, *other)[2] for one, other in pairwise(places)))


def test_each_station_by_the_leg_on_which_it_adds_least(service: NearestService) -> None:
    answer = along(service, ROUND)
    expected = {}
    places = {"T-1": at(0, 0), "T-2": at(2, 0), "T-3": at(0, 4), "T-4": at(6, 6)}
    for code, place in places.items():
        costs = [1.3 * (line_m(a, place, b) - line_m(a, b)) for a, b in pairwise(ROUND.points)]
        expected[code] = (min(costs), 1 + costs.index(min(costs)))
    # Twelve minutes on foot are 864 m; T-4 adds more.
    assert expected["T-4"][0] > 864
    within = {code: cost for code, cost in expected.items() if cost[0] <= 864}
    told = {item.near.facility.code: (item.added_m, item.after) for item in answer.items}
    assert list(told) == ["T-1", "T-3", "T-2"] == sorted(within, key=lambda code: within[code][0])
    for code, (added_m, after) in within.items():
        assert told[code] == (pytest.approx(added_m, abs=0.06), after)
    assert told["T-1"][1] == 1
    assert told["T-3"][1] == 2
    for item in answer.items:
        assert item.near.basis is Basis.ESTIMATE
        assert item.added_seconds == pytest.approx(item.added_m / 1.2)
        stop = ROUND.points[item.after - 1]
        there = item.near.facility
        assert item.near.distance_m == pytest.approx(line_m(stop, (there.lon, there.lat)))
        assert item.near.walk_m == pytest.approx(1.3 * item.near.distance_m)
        assert item.along_m == pytest.approx(1.3 * line_m(*ROUND.points[: item.after]))
    assert sum(leg.way_m or 0 for leg in answer.legs) == pytest.approx(1.3 * line_m(*ROUND.points))


def test_by_e_bike_more_lies_within_the_same_minutes(service: NearestService) -> None:
    """At 15 km/h twelve minutes are 3,000 m."""
    on_foot, ridden = found(service, ROUND), found(service, replace(ROUND, by=By.EBIKE))
    assert "T-4" not in on_foot
    assert "T-4" in ridden
    one = ridden["T-3"]
    assert one.added_m == pytest.approx(on_foot["T-3"].added_m)
    assert one.added_seconds == pytest.approx(one.added_m / 4.17)
    assert one.near.travel_seconds == pytest.approx(((one.along_m or 0) + one.near.walk_m) / 4.17)


def test_open_when_one_gets_there(service: NearestService) -> None:
    """T-2 closes at 18:00 and lies two minutes from the first stop, ten from the last but one."""
    late = replace(
        ROUND,
        points=(at(1, 0), at(3, 0), at(3, 6), at(2.2, 0)),
        at=moment("2026-11-23T17:57"),
    )
    item = found(service, late)["T-2"]
    assert item.near.arrival is not None
    assert (item.after, item.near.arrival.open) == (1, True)
    # Passed on the way back it adds less, but it is closed by then (22 minutes): the first leg counts.
    back = replace(late, points=(at(2, 1), at(3, 6), at(2, -1)))
    shut = found(service, back)["T-2"]
    assert shut.near.arrival is not None
    assert (shut.after, shut.near.arrival.open) == (2, False)
    wanted = found(service, replace(back, open_only=True))
    assert set(wanted) == {"T-1", "T-2"}  # hours unknown is not open
    opened = wanted["T-2"]
    assert opened.near.arrival is not None
    assert (opened.after, opened.near.arrival.open) == (1, True)
    assert opened.added_m > shut.added_m
    # What opens on the way is found: T-2 at 8:00.
    early = replace(late, at=moment("2026-11-23T07:59"), open_only=True)
    assert "T-2" in found(service, early)
    assert "T-2" not in found(service, replace(early, at=moment("2026-11-23T07:20")))
    there_at = item.near.arrival.there_at
    assert there_at == late.at + timedelta(seconds=item.near.travel_seconds or 0)  # type: ignore[operator]


def test_filters_and_limits(service: NearestService) -> None:
    def asked(**changes: object) -> list[str]:
        return list(found(service, replace(ROUND, **changes)))  # type: ignore[arg-type]

    assert asked(k=1) == ["T-1"]
    assert asked(families=frozenset({"home"})) == ["T-3"]
    assert asked(kinds=frozenset({"worker_home"})) == ["T-3"]
    assert asked(amenities=frozenset({"drinking_water"})) == ["T-1", "T-2"]
    assert asked(amenities=frozenset({"toilet"})) == []
    # T-4's door asks for a card; of T-3 nobody knows how to get in.
    ridden = replace(ROUND, by=By.EBIKE)
    without_card = parse_entering("", ["card"], surely=False)
    assert set(found(service, ridden)) - set(
        found(service, replace(ridden, entering=without_card))
    ) == {"T-4"}
    surely = parse_entering("", ["card"], surely=True)
    assert "T-3" not in found(service, replace(ridden, entering=surely))
    # 36 m on foot: T-1 stands on the way, T-3 two metres beside it.
    assert asked(more_minutes=0.5) == ["T-1", "T-3"]
    # In a straight line from a stop that one leaves: both stand 90 m from the second.
    assert asked(max_m=100.0) == ["T-1", "T-2"]
    assert found(service, replace(ROUND, max_m=100.0))["T-1"].after == 2
    none = along(service, replace(ROUND, amenities=frozenset({"toilet"})))
    assert none.items == []
    assert "12" in nothing_text(none.query).en


def test_stops_that_are_one_place_are_there_and_back(service: NearestService) -> None:
    here = at(0.5, 0)
    items = found(service, replace(ROUND, points=(here, here)))
    for item in items.values():
        assert item.added_m == pytest.approx(2 * item.near.walk_m, abs=0.06)
    # At a station: nothing is added.
    at_stop = found(service, replace(ROUND, points=(at(2, 0), at(9, 0))))["T-2"]
    assert at_stop.added_m == pytest.approx(0, abs=1e-6)
    assert added_text(at_stop, By.WALK) == ("就在路上", "right on the way")


def test_a_drawn_line_is_kept_to(service: NearestService) -> None:
    """West to east 111 m south of the town's middle: T-1 and T-2 are 2 x 1.3 x 111 m there and back."""
    line = replace(ROUND, points=(at(-3, -1), at(5, -1)), is_line=True)
    items = found(service, line)
    assert set(items) == {"T-1", "T-2"}
    away_m = line_m(at(0, 0), at(0, -1))
    for code, east in {"T-1": 0, "T-2": 2}.items():
        # Left at a point no farther than half a step off the nearest.
        assert items[code].added_m == pytest.approx(2.6 * away_m, abs=2.6 * 0.5)
        assert items[code].along_m == pytest.approx(line_m(at(-3, -1), at(east, -1)), abs=10.1)
    assert items["T-1"].after == 0
    assert "沿线" in after_text(items["T-1"]).zh
    # Between two stops the same places would cost less, since one need not come back to the line.
    assert found(service, replace(line, is_line=False))["T-1"].added_m < items["T-1"].added_m


def test_of_a_facility_that_moves_the_first_place_counts_and_a_tie_goes_by_code(
    town: Database, service: NearestService
) -> None:
    with town.session() as session:
        session.execute(
            text(
                "insert into facility (code, kind_code, name_zh, geom) "
                "select 'A-1', kind_code, '同址', geom from facility where code = 'T-2'"
            )
        )
    on_the_way = replace(ROUND, points=(at(1, 0), at(3, 0)))
    assert list(found(service, on_the_way))[:3] == ["A-1", "T-2", "T-1"]


def test_on_the_network_it_is_the_walks_that_nearest_tells(
    town: Database, settings: Settings
) -> None:
    import_network(town, settings, extract())
    here, there, beyond = (
        (STREETS_LON, STREETS_LAT),
        (24.9500, 60.1680),
        (24.80, 60.30),
    )
    with town.session() as session:
        for code, lon, lat in [
            ("H-1", 24.9480, 60.1690),
            ("H-2", 24.9390, 60.1695),
            ("H-3", 24.8, 60.295),
        ]:
            session.execute(
                text(
                    "insert into facility (code, kind_code, name_zh, geom) values (:code, "
                    "'outdoor_station', '站', st_setsrid(st_makepoint(:lon, :lat), 4326))"
                ),
                {"code": code, "lon": lon, "lat": lat},
            )
    service = NearestService(town, settings)
    query = AlongQuery(points=(here, there), k=10, more_minutes=60)
    answer = along(service, query)
    assert [leg.basis for leg in answer.legs] == [Basis.NETWORK]
    assert answer.basis is Basis.NETWORK
    items = {item.near.facility.code: item for item in answer.items}
    assert set(items) >= {"H-1", "H-2"}
    walks = {}
    for lon, lat in (here, there):
        for near in service.ask(NearestQuery(lon=lon, lat=lat, k=50)):
            walks[lon, lat, near.facility.code] = near.walk_m
    [leg] = answer.legs
    assert leg.way_m is not None
    assert leg.line is not None
    assert len(leg.line.coords) > 5
    for code in ("H-1", "H-2"):
        assert items[code].near.basis is Basis.NETWORK
        added_m = walks[(*here, code)] + walks[(*there, code)] - leg.way_m
        assert items[code].added_m == pytest.approx(max(0.0, added_m), abs=1e-6)
    # Off the network both the way and the detour are estimated, with the factor of its surroundings.
    far = along(service, replace(query, points=(there, (24.9430, 60.1700), beyond)))
    assert [leg.basis for leg in far.legs] == [Basis.NETWORK, Basis.ESTIMATE]
    assert far.basis is Basis.ESTIMATE
    beside = {item.near.facility.code: item for item in far.items}["H-3"]
    assert (beside.after, beside.near.basis) == (2, Basis.ESTIMATE)
    # Along a line, the walk from the nearest point of it, there and back.
    drawn = along(service, replace(query, is_line=True))
    assert {item.near.facility.code for item in drawn.items} >= {"H-1", "H-2"}
    for item in drawn.items:
        assert item.added_m == pytest.approx(2 * item.near.walk_m, abs=0.06)


@pytest.mark.parametrize(
    ("changes", "parameter"),
    [
        ({"points": (at(0, 0),)}, "stops"),
        ({"points": (at(0, 0),) * 11}, "stops"),
        ({"points": (at(0, 0),) * 201, "is_line": True}, "path"),
        ({"points": (at(0, 0), (200.0, 36.0))}, "lon"),
        ({"points": (at(0, 0), (121.0, 36.0))}, "stops"),
        ({"points": (at(0, 0), at(200, 0)) * 4}, "stops"),
        ({"k": 51}, "k"),
        ({"max_m": 0.0}, "max_m"),
        ({"more_minutes": 61.0}, "more_minutes"),
        ({"more_minutes": float("nan")}, "more_minutes"),
        ({"kinds": frozenset({"castle"})}, "kind"),
        ({"families": frozenset({"castle"})}, "family"),
        ({"amenities": frozenset({"castle"})}, "amenity"),
    ],
)
def test_refuses_what_is_no_route(
    service: NearestService, changes: dict[str, object], parameter: str
) -> None:
    with pytest.raises(InvalidValueError) as refused:
        along(service, replace(ROUND, **changes))  # type: ignore[arg-type]
    assert refused.value.parameter == parameter


def test_points_are_read_in_their_datum() -> None:
    assert parse_points("stops", "120.1,36.2; 120.3,36.4;") == [(120.1, 36.2), (120.3, 36.4)]
    assert parse_points("stops", "120.1，36.2；120.3，36.4") == [(120.1, 36.2), (120.3, 36.4)]
    for wrong in ("120.1", "120.1,36.2,5", "a,b", "120.1,96", "nan,36"):
        with pytest.raises(InvalidValueError):
            parse_points("stops", wrong)
    [(lon, lat)] = points_of("120.3826,36.0671", None, Datum.GCJ02)
    assert GEOD.inv(lon, lat, 120.3826, 36.0671)[2] > 300
    for stops, line in ((None, None), ("1,2", "1,2")):
        with pytest.raises(InvalidValueError):
            points_of(stops, line, Datum.WGS84)
