"""Demand and candidate files into the store: sets of points, in any of the formats."""

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import text

from geoapp.core.errors import InvalidValueError, UnusableInputError
from geoapp.core.geo import to_wgs84
from geoapp.core.settings import Settings
from geoapp.core.words import Datum
from geoapp.operations.imports.file import import_file
from geoapp.operations.imports.report import ImportOptions, ImportReport
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database
from tests.operations.imports.importing import seed_regions, version, write_csv, write_rows

HERE: dict[str, Any] = {"lon": 120.15, "lat": 36.15, "weight": 3}
SITE: dict[str, Any] = {"code": "S-1", "lon": 120.15, "lat": 36.15}
DAY = ";".join(["0.5"] * 24)


class Importer:
    """Imports rows of points into one store."""

    def __init__(self, database: Database, settings: Settings, folder: Path) -> None:
        self.database = database
        self.settings = settings
        self.folder = folder

    def file(self, kind: str, path: Path, **options: Any) -> ImportReport:
        return import_file(self.database, self.settings, kind, path, ImportOptions(**options))

    def demand(self, *rows: dict[str, Any], **options: Any) -> ImportReport:
        return self.file("demand", write_rows(self.folder / "riders.csv", rows), **options)

    def sites(self, *rows: dict[str, Any], **options: Any) -> ImportReport:
        return self.file("candidates", write_rows(self.folder / "sites.csv", rows), **options)

    def all(self, query: str) -> list[tuple[Any, ...]]:
        with self.database.session() as session:
            return [tuple(row) for row in session.execute(text(query))]

    def points(self) -> list[tuple[Any, ...]]:
        return self.all(
            "select s.code, st_x(p.geom), st_y(p.geom), p.weight, p.grp, p.region_code "
            "from demand_point p join demand_set s on s.id = p.set_id order by p.id"
        )

    def sets(self) -> list[tuple[Any, ...]]:
        return self.all(
            "select code, name_zh, points, weight, version from demand_set order by code"
        )

    def candidates(self) -> list[tuple[Any, ...]]:
        return self.all(
            "select s.code, c.code, c.name, c.cost, st_x(c.geom), c.region_code from candidate c "
            "join candidate_set s on s.id = c.set_id order by s.code, c.code"
        )


@pytest.fixture
def importer(database: Database, settings: Settings, tmp_path: Path) -> Importer:
    initialise(database)
    seed_regions(database)
    return Importer(database, settings, tmp_path)


def counts(report: ImportReport) -> tuple[int, int, int, int, int]:
    return report.read, report.inserted, report.updated, report.unchanged, report.rejected


def problems(report: ImportReport) -> list[tuple[int, str, str]]:
    return [(problem.line, problem.field, problem.code) for problem in report.problems]


@pytest.mark.parametrize(
    "names",
    [("lon", "lat", "weight", "group", "hours"), ("经度", "纬度", "人数", "分组", "时段")],
)
def test_demand_in_either_language(importer: Importer, names: tuple[str, ...]) -> None:
    path = write_csv(
        importer.folder / "骑手.csv",
        names,
        [[120.15, 36.15, 3, "外卖", DAY], [120.45, 36.15, 2.5, "", ""]],
        "gb18030",
    )
    assert counts(importer.file("demand", path)) == (2, 2, 0, 0, 0)
    assert importer.points() == [
        ("骑手", 120.15, 36.15, 3.0, "外卖", "370202"),
        ("骑手", 120.45, 36.15, 2.5, None, "370203"),
    ]
    assert importer.sets() == [("骑手", "骑手", 2, 5.5, 1)]
    assert importer.all("select hours[1], cardinality(hours) from demand_point order by id") == [
        (0.5, 24),
        (None, None),
    ]


def test_the_same_demand_twice_changes_nothing(importer: Importer) -> None:
    rows = [HERE, {**HERE, "lon": 120.2, "weight": 0}]
    assert counts(importer.demand(*rows)) == (2, 2, 0, 0, 0)
    points, sets, counter = importer.points(), importer.sets(), version(importer.database, "demand")
    assert counts(importer.demand(*rows)) == (2, 0, 0, 2, 0)
    assert (importer.points(), importer.sets()) == (points, sets)
    assert version(importer.database, "demand") == counter
    # Changed content replaces the set as a whole, and readers can tell.
    assert counts(importer.demand({**HERE, "weight": 9})) == (1, 0, 1, 0, 0)
    assert importer.sets() == [("riders", "riders", 1, 9.0, 2)]
    assert version(importer.database, "demand") > counter


def test_sets_are_named_and_kept_apart(importer: Importer) -> None:
    importer.demand(HERE, set_code="east", set_name="东区骑手")
    importer.demand({**HERE, "weight": 7}, set_code="west")
    assert importer.sets() == [("east", "东区骑手", 1, 3.0, 1), ("west", "west", 1, 7.0, 1)]
    importer.demand(HERE, set_code="east")
    assert importer.sets()[0] == ("east", "东区骑手", 1, 3.0, 1)
    for bad in ("a/b", "x" * 101, "a\x00"):
        with pytest.raises(InvalidValueError, match="--set"):
            importer.demand(HERE, set_code=bad)


def test_demand_is_added_once(importer: Importer) -> None:
    importer.demand(HERE)
    more = {**HERE, "lon": 120.2}
    assert counts(importer.demand(HERE, more, add=True)) == (2, 1, 0, 1, 0)
    assert counts(importer.demand(HERE, more, add=True)) == (2, 0, 0, 2, 0)
    assert importer.sets() == [("riders", "riders", 2, 6.0, 2)]


@pytest.mark.parametrize("datum", [Datum.GCJ02, Datum.BD09])
def test_the_declared_datum_is_converted(importer: Importer, datum: Datum) -> None:
    importer.demand(HERE, datum=datum)
    importer.sites(SITE, datum=datum)
    lon, lat = to_wgs84(lon=120.15, lat=36.15, datum=datum)
    assert importer.points()[0][1:3] == pytest.approx((lon, lat), abs=1e-9)
    assert importer.candidates()[0][4] == pytest.approx(lon, abs=1e-9)


def test_a_file_without_weights_needs_a_word(importer: Importer) -> None:
    place = {"lon": 120.15, "lat": 36.15}
    with pytest.raises(UnusableInputError, match="--weight-default 1"):
        importer.demand(place)
    assert importer.sets() == []
    assert counts(importer.demand(place, weight_default=2.0)) == (1, 1, 0, 0, 0)
    assert importer.points()[0][3] == 2.0


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"weight": ""}, ("weight", "required")),
        ({"weight": "-1"}, ("weight", "bad_number")),
        ({"weight": "nan"}, ("weight", "bad_number")),
        ({"weight": "inf"}, ("weight", "bad_number")),
        ({"weight": "1e12"}, ("weight", "bad_number")),
        ({"weight": "many"}, ("weight", "bad_number")),
        ({"hours": "1;2;3"}, ("hours", "bad_hours")),
        ({"hours": DAY.replace("0.5", "1.5", 1)}, ("hours", "bad_hours")),
        ({"lon": ""}, ("lon", "required")),
        ({"lat": "nan"}, ("lat", "not_a_number")),
        ({"lon": 36.15, "lat": 120.15}, ("lon, lat", "swapped")),
        ({"lon": 0, "lat": 0}, ("lon, lat", "zero_zero")),
        ({"lon": 2.35, "lat": 48.85}, ("lon, lat", "outside_country")),
        ({"group": "a\x01"}, ("group", "bad_character")),
    ],
)
def test_rows_with_trouble(
    importer: Importer, change: dict[str, Any], expected: tuple[str, str]
) -> None:
    report = importer.demand({**HERE, **change}, {**HERE, "hours": DAY, "group": "外卖"})
    assert problems(report) == [(2, *expected)]
    [problem] = report.problems
    assert problem.text.zh != problem.text.en
    assert counts(report) == (2, 1, 0, 0, 1)


def test_a_thousands_comma_is_not_cut_off(importer: Importer) -> None:
    # 5,000 without quotation marks would be read as 5.
    path = importer.folder / "a.csv"
    path.write_text("lon,lat,weight\n120.15,36.15,5,000\n120.15,36.15,6,,\n", encoding="utf-8")
    report = importer.file("demand", path)
    assert problems(report) == [(2, "", "too_many_cells")]
    assert [point[3] for point in importer.points()] == [6.0]


def test_that_another_set_becomes_the_default_is_said(importer: Importer) -> None:
    """The newest set is what a run uses that names none."""
    for name in ("first", "second", "first"):
        path = importer.folder / f"{name}.csv"
        write_csv(path, ["lon", "lat", "weight"], [[120.15, 36.15, 3]])
        report = importer.file("demand", path)
        assert [hint.en for hint in report.hints] == [
            "Runs that name no demand set use 'second' from now on, not 'first'."
        ] * (name == "second")


def test_a_set_without_anybody_is_refused(importer: Importer) -> None:
    with pytest.raises(UnusableInputError, match="nobody to cover"):
        importer.demand({**HERE, "weight": 0}, {**HERE, "weight": "0"})
    assert importer.points() == []


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".geojson"])
def test_demand_rejects_are_mended_and_added(importer: Importer, suffix: str) -> None:
    path = importer.folder / f"riders{suffix}"
    rows = [[120.15, 36.15, 3], [120.16, 36.15, -4], [120.17, 36.15, 5]]
    if suffix == ".csv":
        write_csv(path, ["lon", "lat", "weight"], rows)
    elif suffix == ".xlsx":
        book = openpyxl.Workbook()
        assert book.active is not None
        for row in [["lon", "lat", "weight"], *rows]:
            book.active.append(row)
        book.save(path)
    else:
        features = [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [lon, lat]},
                "properties": {"weight": weight},
            }
            for lon, lat, weight in rows
        ]
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    report = importer.file("demand", path)
    assert counts(report) == (3, 2, 0, 0, 1)
    rejects = report.rejects_path
    assert rejects == importer.folder / f"riders.rejects{suffix}"
    if suffix == ".xlsx":
        book = openpyxl.load_workbook(rejects)
        assert book.active is not None
        book.active["C2"] = 4
        book.save(rejects)
    else:
        words = rejects.read_text(encoding="utf-8-sig")
        head, line = words.split("reject_reason_en", 1) if suffix == ".csv" else ("", words)
        mark = "reject_reason_en" if suffix == ".csv" else ""
        rejects.write_text(head + mark + line.replace("-4", "4", 1), encoding="utf-8")
    assert counts(importer.file("demand", rejects)) == (1, 1, 0, 0, 0)
    # The mended rows joined the set of the first file, and replaced nothing.
    assert importer.sets() == [("riders", "riders", 3, 12.0, 2)]
    assert counts(importer.file("demand", rejects)) == (1, 0, 0, 1, 0)


def test_a_dry_run_changes_nothing(importer: Importer) -> None:
    counter = version(importer.database, "demand"), version(importer.database, "candidates")
    assert counts(importer.demand(HERE, {**HERE, "lat": 99}, dry_run=True)) == (2, 1, 0, 0, 1)
    assert counts(importer.sites(SITE, dry_run=True)) == (1, 1, 0, 0, 0)
    assert (importer.sets(), importer.candidates()) == ([], [])
    assert not list(importer.folder.glob("*.rejects*"))
    after = version(importer.database, "demand"), version(importer.database, "candidates")
    assert after == counter
    importer.demand(HERE)
    assert counts(importer.demand({**HERE, "weight": 4}, dry_run=True)) == (1, 0, 1, 0, 0)
    assert counts(importer.demand({**HERE, "weight": 4}, add=True, dry_run=True))[1] == 1
    assert importer.sets() == [("riders", "riders", 1, 3.0, 1)]


def test_nothing_good_leaves_the_stored_set(importer: Importer) -> None:
    importer.demand(HERE)
    assert counts(importer.demand({**HERE, "weight": -1})) == (1, 0, 0, 0, 1)
    assert importer.sets() == [("riders", "riders", 1, 3.0, 1)]


@pytest.mark.parametrize(
    "names", [("code", "lon", "lat", "cost", "name"), ("编号", "经度", "纬度", "费用", "名称")]
)
def test_candidates_by_code(importer: Importer, names: tuple[str, ...]) -> None:
    path = importer.folder / "sites.csv"
    rows = [["S-1", 120.15, 36.15, 12.5, "空铺面"], ["S-2", 120.45, 36.15, "", ""]]
    write_csv(path, names, rows)
    assert counts(importer.file("candidates", path)) == (2, 2, 0, 0, 0)
    before, counter = importer.candidates(), version(importer.database, "candidates")
    assert before == [
        ("sites", "S-1", "空铺面", 12.5, 120.15, "370202"),
        ("sites", "S-2", None, None, 120.45, "370203"),
    ]
    assert counts(importer.file("candidates", path)) == (2, 0, 0, 2, 0)
    assert importer.candidates() == before
    assert version(importer.database, "candidates") == counter
    # One row of the file: absence deletes nothing, an absent column keeps its value.
    write_csv(path, names[:3], [["S-1", 120.16, 36.15]])
    assert counts(importer.file("candidates", path)) == (1, 0, 1, 0, 0)
    assert importer.candidates() == [
        ("sites", "S-1", "空铺面", 12.5, 120.16, "370202"),
        before[1],
    ]


def test_candidates_with_trouble_are_mended(importer: Importer) -> None:
    report = importer.sites(
        SITE,
        SITE,
        {**SITE, "code": ""},
        {**SITE, "code": "S-3", "cost": "-5"},
        {**SITE, "code": "S-4", "lon": "nan"},
    )
    assert problems(report) == [
        (3, "code", "duplicate_code"),
        (4, "code", "required"),
        (5, "cost", "bad_number"),
        (6, "lon", "not_a_number"),
    ]
    assert counts(report) == (5, 1, 0, 0, 4)
    rejects = report.rejects_path
    assert rejects is not None
    fixed = [{**SITE, "code": code, "reject_line": 1} for code in ("S-2", "S-3", "S-4")]
    assert counts(importer.file("candidates", write_rows(rejects, fixed))) == (3, 3, 0, 0, 0)
    assert [row[:2] for row in importer.candidates()] == [
        ("sites", f"S-{number}") for number in (1, 2, 3, 4)
    ]


def test_areas_lend_a_point_inside(importer: Importer) -> None:
    ring = "POLYGON((120.1 36.1,120.12 36.1,120.12 36.12,120.1 36.12,120.1 36.1))"
    importer.demand({"geometry_wkt": ring, "weight": 1})
    assert importer.points()[0][1:3] == pytest.approx((120.11, 36.11), abs=0.01)
    importer.sites({"code": "A", "几何": "POINT(120.2 36.2)"})
    assert importer.candidates()[0][4] == 120.2


def test_no_regions_are_needed(database: Database, settings: Settings, tmp_path: Path) -> None:
    initialise(database)
    importer = Importer(database, settings, tmp_path)
    importer.demand({"lon": 24.94, "lat": 60.17, "weight": 1})
    assert importer.points()[0][5] is None
