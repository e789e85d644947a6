"""Loading the sample into a real store: whole, once, and without touching what is there."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from geoapp.core.i18n import Text
from geoapp.core.paths import shipped
from geoapp.core.settings import Settings
from geoapp.core.words import Level
from geoapp.operations.demo.qingdao import load_sample
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database

_REGIONS = json.loads((shipped("data") / "facts" / "qingdao_regions.json").read_text("utf-8"))
# 3 % of the residents of each district, rounded to a person.
WORKERS = {
    row["code"]: round(row["population"] * 0.03)
    for row in _REGIONS["regions"]
    if row["level"] == Level.DISTRICT
}


@pytest.fixture
def store(database: Database) -> Database:
    """A store with its vocabulary and nothing else."""
    initialise(database)
    return database


def _counts(database: Database) -> dict[str, int]:
    tables = (
        "region",
        "facility",
        "facility_place",
        "demand_set",
        "demand_point",
        "organisation",
    )
    with database.session() as session:
        return {
            table: session.scalar(text(f"select count(*) from {table}")) or 0 for table in tables
        }


def test_load_twice(store: Database, settings: Settings) -> None:
    steps: list[float] = []
    report = load_sample(store, settings, lambda share, _step: steps.append(share))
    assert report.loaded
    assert (report.organisations, report.bases) == (30, 7)
    assert (report.regions, report.facilities, report.places) == (12, 950, 4 * 2 + 8 * 3)
    assert report.demand_points == 36_000
    assert report.workers == sum(WORKERS.values())
    assert steps == sorted(steps)
    assert steps[-1] == 1.0
    counts = _counts(store)
    assert counts == {
        "region": 12,
        "facility": 950 + 7,
        "facility_place": 32,
        "demand_set": 1,
        "demand_point": 36_000,
        "organisation": 30,
    }
    with store.session() as session:
        versions = session.execute(text("select name, version from data_version")).all()
    assert not load_sample(store, settings).loaded
    assert _counts(store) == counts
    with store.session() as session:
        assert session.execute(text("select name, version from data_version")).all() == versions
        session.execute(text("delete from facility where code = 'S-370202-001'"))
    # What somebody deleted stays deleted.
    assert not load_sample(store, settings).loaded
    assert _counts(store)["facility"] == 949 + 7


def check_published_bases(store: Database) -> None:
    """The published bases are places without a position."""
    with store.session() as session:
        rows = session.execute(
            text(
                "select r.name_zh, f.name_zh, f.kind_code, f.position_basis, f.region_match, "
                "f.opened_on, f.source, o.listed_under, x.role from facility f "
                "join region r on r.code = f.region_code "
                "join facility_role x on x.facility_id = f.id "
                "join organisation o on o.code = x.organisation_code "
                "where not f.is_sample order by f.code"
            )
        ).all()
    assert [(row[0], row[1]) for row in rows] == [
        ("市南区", "青岛新100创意文化产业园"),
        ("市北区", "青岛市市北区时代国际广场"),
        ("李沧区", "青岛喵星教育集团有限公司"),
        ("城阳区", "青岛瑞阳心语心理学应用技术发展有限公司"),
        ("胶州市", "春暖华凯服务职工基地"),
        ("平度市", "平度市星光职业培训学校"),
        ("莱西市", "莱西市妇幼保健计划生育服务中心"),
    ]
    for row in rows:
        assert row[2:6] == ("service_base", "region_only", "given", None)
        assert row.source.endswith("》，2022-06-28，附件2")
        assert (row.listed_under, row.role) == (row[0], "bears")


def test_two_loaders_at_once_load_once_and_rightly(store: Database, settings: Settings) -> None:
    with ThreadPoolExecutor(2) as pool:
        reports = list(pool.map(lambda _: load_sample(store, settings), range(2)))
    assert sorted(report.loaded for report in reports) == [False, True]
    assert _counts(store)["facility"] == 950 + 7
    with store.session() as session:
        astray = session.execute(
            text(
                """
                select f.code from facility f join region r on r.code = f.region_code
                where not st_covers(r.geom, f.geom)
                union all
                select p.id::text from demand_point p join region r on r.code = p.region_code
                where not st_covers(r.geom, p.geom)
                """
            )
        ).all()
        assert astray == []
        unmarked = session.scalar(
            text(
                """
                select (select count(*) from facility where not is_sample and geom is not null)
                     + (select count(*) from demand_set where not is_sample)
                """
            )
        )
        assert unmarked == 0
        weights = session.execute(
            text("select region_code, sum(weight) from demand_point group by 1 order by 1")
        ).all()
        assert {code: weight for code, weight in weights} == WORKERS
        header = session.execute(text("select points, weight, code from demand_set")).one()
        assert tuple(header) == (36_000, sum(weight for _, weight in weights), "qingdao-sample")
        residents = session.scalar(
            text("select sum(population) from region where level = 'district'")
        )
        assert residents == 10_071_722
        names = session.execute(
            text("select name_zh, name_en, parent_code from region where code = '370211'")
        ).one()
        assert tuple(names) == ("黄岛区", "Huangdao District (West Coast New Area)", "370200")
        hours = session.scalar(
            text("select max(cardinality(hours)) from demand_point where grp = 'courier'")
        )
        assert hours == 24
        shapes = session.scalars(
            text("select distinct geometrytype(geom) from facility where geom is not null")
        ).all()
        assert set(shapes) == {"POINT", "POLYGON"}
    check_published_bases(store)


def test_what_is_there_stays(store: Database, settings: Settings) -> None:
    with store.session() as session:
        session.execute(
            text(
                """
                insert into region (code, level, name_zh, name_en)
                values ('370000', 'province', '我的山东', 'My Shandong')
                """
            )
        )
        session.execute(
            text(
                """
                insert into facility (code, kind_code, name_zh, geom)
                values ('S-370202-001', 'care_post', '真站点', 'SRID=4326;POINT(120.38 36.07)')
                """
            )
        )
    report = load_sample(store, settings)
    assert (report.regions, report.facilities) == (11, 949)
    with store.session() as session:
        kept = session.execute(
            text("select name_zh, is_sample from facility where code = 'S-370202-001'")
        ).one()
        assert tuple(kept) == ("真站点", False)
        region = session.scalar(text("select name_zh from region where code = '370000'"))
        assert region == "我的山东"


def test_a_failure_leaves_nothing_behind(store: Database, settings: Settings) -> None:
    def stop(share: float, _step: Text) -> None:
        if share >= 0.7:
            raise RuntimeError("stopped half-way")

    before = _counts(store)
    with pytest.raises(RuntimeError, match="half-way"):
        load_sample(store, settings, stop)
    assert _counts(store) == before
