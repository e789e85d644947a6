"""Nearest answers: exact on the spheroid, filtered, and never older than a second."""

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from pyproj import Geod
from sqlalchemy import text

from geoapp.core.errors import InvalidValueError, UnavailableError
from geoapp.core.settings import Settings
from geoapp.core.travel import By
from geoapp.core.words import Basis
from geoapp.operations.nearest.of_region import list_region, regions_of
from geoapp.operations.nearest.said import said_now, said_on_arrival
from geoapp.operations.nearest.service import NearestQuery, NearestService
from geoapp.operations.nearest.snapshot import CHECK_SECONDS
from geoapp.store.engine import Database
from tests.operations.nearest.by_postgis import nearest_by_postgis
from tests.seed import TOWN_LAT, TOWN_LON

GEOD = Geod(ellps="WGS84")
HERE = NearestQuery(lon=TOWN_LON, lat=TOWN_LAT, k=10)


def moment(value: str) -> datetime:
    return datetime.fromisoformat(value).replace(tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def town(town_template: str, database: Database) -> Database:
    return database


@pytest.fixture
def service(town: Database, settings: Settings) -> NearestService:
    return NearestService(town, settings)


def codes(service: NearestService, query: NearestQuery) -> list[str]:
    return [item.facility.code for item in service.ask(query)]


def run_sql(database: Database, statement: str) -> None:
    with database.session() as session:
        session.execute(text(statement))


def soon(condition: Callable[[], bool], within_seconds: float = 1.0) -> bool:
    """Tell whether a condition comes true in time; asks all the while, as phones do."""
    end = time.monotonic() + within_seconds
    while time.monotonic() < end:
        if condition():
            return True
    return condition()


def test_nearest_first_with_geodesic_distances(service: NearestService) -> None:
    items = service.ask(HERE)
    # Closed and suspended places are no answer.
    assert [item.facility.code for item in items] == ["T-1", "T-2", "T-3", "T-4"]
    for item in items:
        there = item.facility
        expected_m = GEOD.inv(TOWN_LON, TOWN_LAT, there.lon, there.lat)[2]
        assert item.distance_m == pytest.approx(expected_m, abs=1e-6)
        assert item.walk_m == pytest.approx(expected_m * 1.3)
        assert item.walk_seconds == pytest.approx(expected_m * 1.3 / 1.2)
        assert item.basis is Basis.ESTIMATE


def test_of_a_past_day_an_opening_date_is_needed(town: Database, service: NearestService) -> None:
    """T-1 stands since 2014, the others since nobody knows when: open, in 2015, is unknown."""
    run_sql(town, "update facility set opened_on = '2014-05-01' where code = 'T-1'")
    noon = replace(HERE, at=moment("2015-11-24T12:00"), arrive=True)
    items = {item.facility.code: item for item in service.ask(noon)}
    assert {code: item.open for code, item in items.items()} == {
        "T-1": True,
        "T-2": None,
        "T-3": None,
        "T-4": None,
    }
    # It says which of the two is unknown: when it opened, or its hours.
    dated, undated = items["T-3"].opening.note, items["T-2"].opening.note
    assert dated is not None
    assert undated is not None
    assert "opening date" in undated.en
    assert "opening date" not in dated.en
    assert items["T-2"].arrival is not None
    assert items["T-2"].arrival.open is None
    assert codes(service, replace(noon, open_only=True)) == ["T-1"]
    # What is closed then is closed, whenever it opened; and of this year all is as it stands.
    night = service.ask(replace(noon, at=moment("2015-11-24T22:00")))
    assert {item.facility.code: item.open for item in night}["T-2"] is False
    recent = replace(noon, at=moment("2026-11-24T12:00"), open_only=True)
    assert codes(service, recent) == ["T-1", "T-2", "T-4"]


def test_filters(service: NearestService) -> None:
    def asked(**changes: object) -> list[str]:
        return codes(service, replace(HERE, **changes))  # type: ignore[arg-type]

    assert asked(k=2) == ["T-1", "T-2"]
    assert asked(families=frozenset({"home", "base"})) == ["T-3", "T-4"]
    assert asked(kinds=frozenset({"worker_home"})) == ["T-3"]
    assert asked(amenities=frozenset({"drinking_water"})) == ["T-1", "T-2"]
    assert asked(amenities=frozenset({"drinking_water", "microwave"})) == ["T-1"]
    # Known to be absent and unknown are both not "there".
    assert asked(amenities=frozenset({"toilet"})) == []
    assert asked(max_m=100.0) == ["T-1"]
    monday_evening, monday_noon = moment("2026-11-23T20:00"), moment("2026-11-23T12:00")
    assert asked(at=monday_evening, open_only=True) == ["T-1"]
    assert asked(at=monday_noon, open_only=True) == ["T-1", "T-2", "T-4"]
    # T-2 closes at 18:00: a minute before, nobody gets there in time.
    closing, opening = moment("2026-11-23T17:59"), moment("2026-11-23T07:59")
    assert asked(at=closing, open_only=True) == ["T-1", "T-2"]
    assert asked(at=closing, open_on_arrival=True, k=2) == ["T-1"]
    assert asked(at=opening, open_only=True) == ["T-1"]
    assert asked(at=opening, open_on_arrival=True) == ["T-1", "T-2"]
    states = [item.open for item in service.ask(replace(HERE, at=monday_evening))]
    assert states == [True, False, None, False]


def test_refuses_what_makes_no_sense(service: NearestService, subtests: pytest.Subtests) -> None:
    for changes, parameter in [
        ({"lon": float("nan")}, "lon"),
        ({"lat": 91.0}, "lat"),
        ({"k": 0}, "k"),
        ({"k": 51}, "k"),
        ({"max_m": -1.0}, "max_m"),
        ({"kinds": frozenset({"castle"})}, "kind"),
        ({"families": frozenset({"castle"})}, "family"),
        ({"amenities": frozenset({"castle"})}, "amenity"),
    ]:
        with subtests.test(changes=changes, parameter=parameter):
            with pytest.raises(InvalidValueError) as refused:
                service.ask(replace(HERE, **changes))  # type: ignore[arg-type]
            assert refused.value.parameter == parameter


def test_moving_facilities_are_where_they_are_that_day(
    town: Database, service: NearestService
) -> None:
    run_sql(
        town,
        """
        insert into facility_place (facility_id, geom, label_zh, valid_from, valid_to, opening_hours)
        select id, st_setsrid(st_makepoint(120.40, 36.10), 4326), '夏季', date '2026-06-01',
            date '2026-08-31', '10:00-20:00' from facility where code = 'T-2'
        union all
        select id, st_setsrid(st_makepoint(120.3501, 36.07), 4326), '冬季', '2026-09-01', null, null
            from facility where code = 'T-2'
        """,
    )
    winter = service.ask(replace(HERE, at=moment("2026-11-23T09:00")))
    [booth] = [item for item in winter if item.facility.code == "T-2"]
    assert booth.facility.place_zh == "冬季"
    assert booth.distance_m < 20
    assert booth.open is True
    summer = service.ask(replace(HERE, at=moment("2026-07-01T09:00")))
    [booth] = [item for item in summer if item.facility.code == "T-2"]
    assert booth.facility.place_zh == "夏季"
    assert booth.open is False
    spring = codes(service, replace(HERE, at=moment("2026-03-01T09:00")))
    assert "T-2" not in spring


def test_a_facility_counts_from_the_day_it_opens_to_the_day_it_closes(
    town: Database, service: NearestService
) -> None:
    run_sql(
        town,
        "update facility set opened_on = '2026-03-01', closed_on = '2026-06-01' where code = 'T-1'",
    )
    first = {
        day: codes(service, replace(HERE, at=moment(f"{day}T12:00")))[0]
        for day in ("2026-02-28", "2026-03-01", "2026-05-31", "2026-06-01")
    }
    assert first == {
        "2026-02-28": "T-2",
        "2026-03-01": "T-1",
        "2026-05-31": "T-1",
        "2026-06-01": "T-2",
    }


def test_an_area_counts_by_its_nearest_edge(town: Database, service: NearestService) -> None:
    run_sql(
        town,
        "update facility set geom = st_makeenvelope(120.352, 36.06, 120.36, 36.08, 4326) "
        "where code = 'T-4'",
    )
    [base] = [item for item in service.ask(HERE) if item.facility.code == "T-4"]
    # 0.002 degrees of longitude east, on the same latitude.
    expected_m = GEOD.inv(TOWN_LON, TOWN_LAT, 120.352, TOWN_LAT)[2]
    assert base.distance_m == pytest.approx(expected_m, abs=0.01)
    inside = service.ask(replace(HERE, lon=120.355, k=1))
    assert (inside[0].facility.code, inside[0].distance_m) == ("T-4", 0.0)


def test_edits_in_this_process_are_seen_within_a_second(
    town: Database, service: NearestService
) -> None:
    assert codes(service, HERE)[0] == "T-1"
    run_sql(town, "update facility set status = 'suspended' where code = 'T-1'")
    assert soon(lambda: codes(service, HERE)[0] == "T-2")
    run_sql(town, "update facility set status = 'open' where code = 'T-1'")
    assert soon(lambda: codes(service, HERE)[0] == "T-1")
    run_sql(town, "delete from facility where code = 'T-1'")
    assert soon(lambda: codes(service, HERE)[0] == "T-2")
    assert CHECK_SECONDS < 1


def test_an_edit_by_another_process_is_seen_within_a_second(
    town: Database, service: NearestService
) -> None:
    assert codes(service, HERE)[0] == "T-1"
    edit = "update facility set geom = st_setsrid(st_makepoint(121, 37), 4326) where code = 'T-1'"
    subprocess.run(
        [
            sys.executable,
            "-c",
            f"import psycopg; psycopg.connect({town.conninfo!r}, autocommit=True).execute({edit!r})",
        ],
        check=True,
    )
    assert soon(lambda: codes(service, HERE)[0] == "T-2")


def test_a_region_is_listed_with_the_open_before_the_others(
    town: Database, settings: Settings
) -> None:
    """On a Sunday at three T-1 and T-2 are open, T-4 is closed, of T-3 nobody knows."""
    run_sql(
        town,
        "insert into facility (code, kind_code, name_zh, geom, status, opening_hours) values "
        "('F-1', 'outdoor_station', '外地', st_setsrid(st_makepoint(120.3501, 36.07), 4326), "
        "'open', '24/7')",
    )
    service = NearestService(town, settings)
    there = regions_of(town, "370200")
    assert there == {"370200", "370203"}
    assert regions_of(town, "nowhere") == frozenset()
    at = moment("2026-11-22T15:00")
    query = replace(HERE, regions=there, at=at)

    def listed(own: tuple[float, float] | None, **asked: object) -> tuple[list[str], int]:
        found = list_region(service, replace(query, **asked), own)  # type: ignore[arg-type]
        return [item.facility.code for item in found.items], found.total

    # Three stand in one square of a hundredth of a degree, whose middle is closest to T-2.
    assert listed(None) == (["T-2", "T-1", "T-3", "T-4"], 4)
    assert listed(None, open_on_arrival=True) == (["T-2", "T-1"], 4)
    assert listed(None, k=3) == (["T-2", "T-1", "T-3"], 4)
    # By how far they are from me, also where I am elsewhere.
    assert listed((TOWN_LON - 0.1, TOWN_LAT)) == (["T-1", "T-2", "T-3", "T-4"], 4)
    # Nobody walks for five hours: what is open at the moment comes first.
    assert listed((TOWN_LON + 0.1, TOWN_LAT + 0.1)) == (["T-2", "T-1", "T-4", "T-3"], 4)
    nobody = list_region(
        service, replace(query, open_on_arrival=True, kinds=frozenset({"worker_home"})), None
    )
    assert nobody.none_open
    assert [item.facility.code for item in nobody.items] == ["T-3"]
    nothing = list_region(service, replace(query, amenities=frozenset({"toilet"})), None)
    assert (nothing.items, nothing.total, nothing.start) == ([], 0, None)


@pytest.mark.parametrize(
    ("leaving", "by", "wanted"),
    [
        # T-2 is open at that moment; who walks for nearly three hours finds it shut, and nobody does.
        ("2026-11-24T17:00", By.WALK, ["T-1", "T-2"]),
        ("2026-11-24T09:30", By.WALK, ["T-4", "T-1", "T-2"]),
        # They open at eight and at nine: who goes there otherwise than on foot stands before a shut door.
        ("2026-11-24T05:30", By.WALK, ["T-1"]),
        ("2026-11-24T07:30", By.EBIKE, ["T-1", "T-2"]),
        ("2026-11-24T17:30", By.EBIKE, ["T-1"]),
    ],
)
def test_beyond_a_walk_open_means_open_at_the_moment(
    service: NearestService, leaving: str, by: By, wanted: list[str]
) -> None:
    """From some 9 km away it is a walk of nearly three hours and a ride of less than one."""
    at = moment(leaving)
    away = replace(HERE, lat=TOWN_LAT + 0.085, at=at, by=by, open_on_arrival=True)
    items = service.ask(away)
    assert [item.facility.code for item in items] == wanted
    assert service.is_walk(items[0].walk_m, by) is (by is By.EBIKE)
    # The same by what is told of each place, which is what the API tells.
    told = service.ask(replace(away, open_on_arrival=False, arrive=True))
    assert [one.facility.code for one in told if one.open_then] == wanted
    for one in told:
        assert one.arrival is not None
        if by is By.WALK:
            assert (one.arrival.open, one.arrival.there_at) == (None, None)
            assert said_on_arrival(one) == said_now(one, at)


def test_where_one_may_be_near_enough_the_arrival_counts(service: NearestService) -> None:
    """Some 9 km away, T-2 opens at eight on the way: nobody knows that it is too far from here."""
    away = replace(HERE, lat=TOWN_LAT + 0.085, at=moment("2026-11-24T06:30"), open_on_arrival=True)
    assert [item.facility.code for item in service.ask(away)] == ["T-1"]
    items = service.ask(replace(away, off_m=9_000.0))
    assert [item.facility.code for item in items] == ["T-4", "T-1", "T-2"]
    assert service.beyond_m(items, accuracy_m=1_000.0) is not None
    assert service.is_walk(items[0].walk_m, off_m=9_000.0)
    assert service.beyond_m(items, accuracy_m=9_000.0) is None


def test_without_a_database_there_is_no_answer(settings: Settings) -> None:
    nowhere = Database({"host": "/nonexistent", "user": "x", "dbname": "x"})
    with pytest.raises(UnavailableError):
        NearestService(nowhere, settings).ask(HERE)


def test_the_index_agrees_with_postgis_and_the_geodesic(town: Database, settings: Settings) -> None:
    rng = np.random.default_rng(7)
    lon, lat = rng.uniform(119.5, 121.0, 3000), rng.uniform(35.5, 37.0, 3000)
    with town.session() as session:
        session.execute(text("delete from facility"))
        session.execute(
            text(
                "insert into facility (code, kind_code, name_zh, geom) select 'U-' || i, "
                "'outdoor_station', 'x', st_setsrid(st_makepoint(x, y), 4326) from unnest("
                "cast(:lon as float8[]), cast(:lat as float8[])) with ordinality as t(x, y, i)"
            ),
            {"lon": lon.tolist(), "lat": lat.tolist()},
        )
    service = NearestService(town, settings)
    for here_lon, here_lat in zip(
        rng.uniform(119.4, 121.1, 60), rng.uniform(35.4, 37.1, 60), strict=True
    ):
        truth_m = GEOD.inv(np.full(3000, here_lon), np.full(3000, here_lat), lon, lat)[2]
        order = np.argsort(truth_m)[:10]
        expected = [f"U-{number + 1}" for number in order]
        # Some of them stand in the sea: from nowhere, water between counts for nothing.
        query = NearestQuery(lon=here_lon, lat=here_lat, k=10, is_from=False)
        assert codes(service, query) == expected
        with town.session() as session:
            found = list(nearest_by_postgis(session, lon=here_lon, lat=here_lat, k=10))
        assert [code for code, _ in found] == expected
        assert [metres for _, metres in found] == pytest.approx(truth_m[order], abs=1e-3)


def test_the_nearest_query_uses_its_index(town: Database) -> None:
    with town.session() as session:
        session.execute(text("set local enable_seqscan = off"))
        plan = session.execute(
            text(
                "explain select code from facility where status = 'open' order by "
                "geom::geography <-> st_makepoint(120.35, 36.07)::geography limit 16"
            )
        ).scalars()
        assert "facility_geog_idx" in "\n".join(plan)
