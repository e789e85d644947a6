"""How many facilities stand in each region, for so many workers and on so much ground."""

import pytest
from pyproj import Geod
from sqlalchemy import text

from geoapp.core.settings import Settings
from geoapp.core.words import Family
from geoapp.operations.coverage.provision import provisions
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database

# A city of two districts of a tenth of a degree each; one has a street, and the city has a village of its own.
_REGIONS = """
insert into region (code, parent_code, level, name_zh, source, geom) values
    ('370200', null, 'city', '市', 't', null),
    ('370202', '370200', 'district', '甲区', 't', st_multi(st_makeenvelope(120.0, 36.0, 120.1, 36.1, 4326))),
    ('370203', '370200', 'district', '乙区', 't', null),
    ('370202001', '370202', 'street', '街', 't', null)
"""
_FACILITY = """
insert into facility (code, kind_code, name_zh, region_code, status, opened_on, opened_basis, closed_on,
    closed_basis, source, position_basis)
values (:code, (select code from kind where family = :family order by code limit 1), :code, :region,
    :status, :opened, :opened_basis, :closed, :closed_basis, 't', 'unknown')
"""


@pytest.fixture
def city(database: Database) -> Database:
    initialise(database)
    with database.session() as session:
        session.execute(text(_REGIONS))
        for number, (family, region, status, opened, closed) in enumerate(
            [
                ("station", "370202", "open", None, None),
                ("station", "370202001", "open", "2020-01-01", None),
                ("station", "370202001", "open", "2999-01-01", None),  # not yet
                ("station", "370202", "open", None, "2020-01-01"),  # no more
                ("base", "370202", "suspended", None, None),
                ("home", "370203", "open", None, None),
                ("home", "370203", "closed", None, None),
                ("base", "370200", "open", None, None),  # in the city, in no district
                ("station", None, "open", None, None),  # in no region
            ]
        ):
            session.execute(
                text(_FACILITY),
                {
                    "code": f"P-{number}",
                    "family": family,
                    "region": region,
                    "status": status,
                    "opened": opened,
                    "opened_basis": "unknown" if opened is None else "known",
                    "closed": closed,
                    "closed_basis": "unknown" if closed is None else "known",
                },
            )
    return database


def counted(one: object) -> tuple[int, ...]:
    return (*[one.in_service[family] for family in Family], one.suspended)  # type: ignore[attr-defined]


def test_each_is_counted_once_where_it_is_registered(city: Database, settings: Settings) -> None:
    found = provisions(city, settings, {"370202": 4000.0, "370203": 0.0}, "370200")
    own, other = found.by_region["370202"], found.by_region["370203"]
    assert counted(own) == (2, 0, 0, 1)
    assert counted(other) == (0, 0, 1, 0)
    assert counted(found.elsewhere) == (0, 1, 0, 0)
    assert counted(found.whole) == (2, 1, 1, 1)
    assert own.per_10000 == 5.0
    area_m2, _ = Geod(ellps="WGS84").polygon_area_perimeter(
        [120.0, 120.1, 120.1, 120.0], [36.0, 36.0, 36.1, 36.1]
    )
    assert own.per_km2 == pytest.approx(2 / (area_m2 / 1e6), rel=1e-9)
    # Of what has no workers and no outline nothing is said.
    assert (other.per_10000, other.per_km2) == (None, None)
    assert found.whole.per_10000 == 10.0


def test_everywhere_what_is_in_no_region_counts(city: Database, settings: Settings) -> None:
    found = provisions(city, settings, {"370202": 1.0, "370203": 1.0}, None)
    assert counted(found.elsewhere) == (1, 1, 0, 0)
    street = provisions(city, settings, {"370202001": 1.0}, "370202001")
    assert counted(street.by_region["370202001"]) == counted(street.whole) == (1, 0, 0, 0)
    assert not street.elsewhere.any


def test_every_edit_is_counted_at_once(city: Database, settings: Settings) -> None:
    workers = {"370202": 4000.0, "370203": 0.0}

    def first() -> tuple[tuple[int, ...], float | None]:
        own = provisions(city, settings, workers, "370200").by_region["370202"]
        return counted(own), own.per_km2

    assert first() == first()
    before, dense = first()
    for edit, expected in (
        ("update facility set status = 'suspended' where code = 'P-0'", (1, 0, 0, 2)),
        ("update facility set region_code = '370203' where code = 'P-1'", (0, 0, 0, 2)),
        ("update region set parent_code = '370203' where code = '370202001'", (0, 0, 0, 2)),
        ("update facility set status = 'open' where code = 'P-0'", (1, 0, 0, 1)),
        ("delete from facility where code = 'P-0'", (0, 0, 0, 1)),
    ):
        with city.session() as session:
            session.execute(text(edit))
        assert first()[0] == expected, edit
    with city.session() as session:
        session.execute(
            text(
                "update facility set region_code = '370202', status = 'open' where code = 'P-1'; "
                "update region set geom = st_multi(st_makeenvelope(120.0, 36.0, 120.2, 36.1, 4326)) "
                "where code = '370202'"
            )
        )
    now, sparse = first()
    assert (before[0], now[0]) == (2, 1)
    assert dense is not None and sparse is not None
    assert sparse == pytest.approx(dense / 4, rel=1e-6)
