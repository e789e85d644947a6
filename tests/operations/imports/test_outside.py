"""What lies outside a region's outline is outside, but at a coast that the store knows.

The city of ``importing`` is a rectangle from 36 to 36.3 N. Points lie 1,110 m south of it.
"""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.settings import Settings
from geoapp.operations.coverage import run as coverage_run
from geoapp.operations.coverage.results import region_figures
from geoapp.operations.imports.file import import_file
from geoapp.operations.imports.report import ImportOptions
from geoapp.operations.upkeep.init import initialise
from geoapp.reports.words.coverage import outside_text
from geoapp.store.engine import Database
from geoapp.store.regions import rematch_demand
from tests.operations.imports.importing import seed_regions, write_rows

# The province's land begins where the city's does, so that the sea lies south of both.
PROVINCE = "POLYGON((119 36, 122 36, 122 38, 119 38, 119 36))"
NEXT_CITY = "POLYGON((120.6 36, 121 36, 121 36.3, 120.6 36.3, 120.6 36))"
FAR_CITY = "POLYGON((121 36, 121.3 36, 121.3 36.3, 121 36.3, 121 36))"
SOUTHERN_CITY = "POLYGON((120 35.5, 121 35.5, 121 35.995, 120 35.995, 120 35.5))"
# Inside; off the southern border; off the western one.
POINTS = [(120.15, 36.15, 3), (120.15, 35.99, 5), (119.99, 36.15, 7)]


def add_region(database: Database, code: str, level: str, outline: str | None) -> None:
    with database.session() as session:
        session.execute(
            text(
                "insert into region (code, level, name_zh, geom) "
                "values (:code, :level, :code, st_multi(st_geomfromtext(:outline, 4326)))"
            ),
            {"code": code, "level": level, "outline": outline},
        )
        if level == "province":
            session.execute(
                text("update region set parent_code = :code where code = '370200'"), {"code": code}
            )


def regions_of(database: Database, table: str) -> list[Any]:
    with database.session() as session:
        return list(session.scalars(text(f"select region_code from {table} order by id")))


@pytest.fixture
def city(database: Database) -> Database:
    """A city with two districts, and nothing around it."""
    initialise(database)
    seed_regions(database)
    return database


def import_points(database: Database, settings: Settings, folder: Path) -> tuple[str, ...]:
    """Import the points as demand and as candidates; return what the first report says."""
    rows = [
        {"code": f"S-{n}", "lon": lon, "lat": lat, "weight": weight}
        for n, (lon, lat, weight) in enumerate(POINTS)
    ]
    path = write_rows(folder / "points.csv", rows)
    import_file(database, settings, "candidates", path, ImportOptions())
    return tuple(
        hint.en for hint in import_file(database, settings, "demand", path, ImportOptions()).hints
    )


# What else is stored, and the regions of the three points then.
SURROUNDINGS: list[tuple[str, str | None, list[str | None]]] = [
    ("city", FAR_CITY, ["370202", None, None]),
    ("province", None, ["370202", None, None]),
    # The province ends where the city does: at the sea; the west is its own land.
    ("province", PROVINCE, ["370202", "370202", "X"]),
    # With its neighbour stored, what neither holds is nobody's land.
    ("city", NEXT_CITY, ["370202", "370202", "370202"]),
    # Inside another region, however near the border.
    ("city", SOUTHERN_CITY, ["370202", "X", None]),
]


def test_the_tolerance_is_for_coasts(city: Database, settings: Settings, tmp_path: Path) -> None:
    import_points(city, settings, tmp_path)
    # Beyond the borders of a city that is stored alone may be the land of others.
    for table in ("demand_point", "candidate"):
        assert regions_of(city, table) == ["370202", None, None]
    for level, outline, expected in SURROUNDINGS:
        add_region(city, "X", level, outline)
        with city.session() as session:
            rematch_demand(session, settings.region_tolerance_m)
        for table in ("demand_point", "candidate"):
            assert regions_of(city, table) == expected, (level, outline)
        with city.session() as session:
            for table, parent in (("demand_point", "region_code"), ("candidate", "region_code"),
                                  ("region", "parent_code")):  # fmt: skip
                session.execute(text(f"update {table} set {parent} = null where {parent} = 'X'"))
            session.execute(text("delete from region where code = 'X'"))


def test_outside_is_counted_and_said(city: Database, settings: Settings, tmp_path: Path) -> None:
    (said,) = import_points(city, settings, tmp_path)
    assert said == "Outside every region and counted in none: 2 points (weight 12)."
    with city.session() as session:
        session.execute(
            text(
                "insert into facility (code, kind_code, name_zh, geom, timezone) values ('A', "
                "'outdoor_station', '甲', st_setsrid(st_makepoint(120.15, 36.15), 4326), "
                "'Asia/Shanghai')"
            )
        )
    run = coverage_run.run_here(city, settings, CoverageParameters(standard_m=500))
    [figures] = [row for row in region_figures(city, run.id) if row.code == "370200"]
    assert figures.weight == 3
    assert outside_text(run).en == "12 workers are outside every region and count in none."


def test_regions_that_come_later_decide_anew(
    city: Database, settings: Settings, tmp_path: Path
) -> None:
    add_region(city, "X", "province", PROVINCE)
    (said,) = import_points(city, settings, tmp_path)
    assert said == (
        "Off the coast by at most 3 km and counted to the nearest region: 1 point (weight 5)."
    )
    # The next survey leaves the district's south out: the point there is no longer in it.
    with city.session() as session:
        session.execute(
            text(
                "update region set geom = st_multi(st_makeenvelope(120, 36.2, 120.6, 36.3, 4326)) "
                "where geom is not null"
            )
        )
        assert rematch_demand(session, settings.region_tolerance_m) == 6
    assert regions_of(city, "demand_point") == [None, None, None]
