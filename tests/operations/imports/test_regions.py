"""Region files into the store: outlines in their hierarchy, and what lies in them found anew."""

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pytest
import shapely
from sqlalchemy import text

from geoapp.core.errors import UnusableInputError
from geoapp.core.geo import geometry_to_wgs84
from geoapp.core.settings import Settings
from geoapp.core.words import Datum
from geoapp.operations.imports.file import import_file
from geoapp.operations.imports.report import ImportOptions, ImportReport
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database
from tests.operations.imports.importing import (
    CITY,
    EAST,
    WEST,
    stored,
    version,
    write_csv,
    write_rows,
)

ROWS: list[dict[str, Any]] = [
    {"code": "370202", "name_zh": "市南区", "population": 588000, "geometry_wkt": WEST},
    {"code": "370203", "name_zh": "市北区", "population": "", "geometry_wkt": EAST},
    {"code": "370200", "name_zh": "青岛市", "population": "10071722", "geometry_wkt": CITY},
]


class Importer:
    """Imports regions into one store."""

    def __init__(self, database: Database, settings: Settings, folder: Path) -> None:
        self.database = database
        self.settings = settings
        self.folder = folder

    def file(self, path: Path, kind: str = "regions", **options: Any) -> ImportReport:
        return import_file(self.database, self.settings, kind, path, ImportOptions(**options))

    def rows(self, *rows: dict[str, Any], **options: Any) -> ImportReport:
        return self.file(write_rows(self.folder / "regions.csv", rows), **options)

    def regions(self) -> list[tuple[Any, ...]]:
        with self.database.session() as session:
            rows = session.execute(
                text(
                    "select code, parent_code, level, name_zh, population, "
                    "round(st_area(geom)::numeric, 6)::float from region order by code"
                )
            )
            return [tuple(row) for row in rows]


@pytest.fixture
def importer(database: Database, settings: Settings, tmp_path: Path) -> Importer:
    initialise(database)
    return Importer(database, settings, tmp_path)


def counts(report: ImportReport) -> tuple[int, int, int, int, int]:
    return report.read, report.inserted, report.updated, report.unchanged, report.rejected


def problems(report: ImportReport) -> list[tuple[int, str, str]]:
    return [(problem.line, problem.field, problem.code) for problem in report.problems]


# 0.3 x 0.3 and 0.6 x 0.3 square degrees.
EXPECTED = [
    ("370200", None, "city", "青岛市", 10071722, 0.18),
    ("370202", "370200", "district", "市南区", 588000, 0.09),
    ("370203", "370200", "district", "市北区", None, 0.09),
]


def test_levels_and_parents_follow_from_codes(importer: Importer) -> None:
    assert counts(importer.rows(*ROWS)) == (3, 3, 0, 0, 0)
    assert importer.regions() == EXPECTED


def test_the_same_regions_twice_change_nothing_and_absence_deletes_nothing(
    importer: Importer,
) -> None:
    importer.rows(*ROWS)
    counter = version(importer.database, "regions")
    assert counts(importer.rows(*ROWS)) == (3, 0, 0, 3, 0)
    assert version(importer.database, "regions") == counter
    assert counts(importer.rows({"code": "370202", "name_zh": "新名"})) == (1, 0, 1, 0, 0)
    assert importer.regions() == [
        EXPECTED[0],
        ("370202", "370200", "district", "新名", 588000, 0.09),
        EXPECTED[2],
    ]


def test_a_dry_run_changes_nothing(importer: Importer) -> None:
    before = version(importer.database, "regions")
    report = importer.rows(*ROWS, {"code": "x", "name_zh": "?"}, dry_run=True)
    assert counts(report) == (4, 3, 0, 0, 1)
    assert importer.regions() == []
    assert version(importer.database, "regions") == before
    assert not list(importer.folder.glob("*.rejects*"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_chinese_columns_and_words(importer: Importer, encoding: str) -> None:
    path = write_csv(
        importer.folder / "区域.csv",
        ["代码", "名称", "英文名", "级别", "上级", "人口", "人口来源", "来源", "几何"],
        [
            ["QD", "青岛", "Qingdao", "市", "", "10071722", "七普", "测绘", CITY],
            ["QD-1", "香港中路街道", "", "街道", "QD", "", "", "", WEST],
        ],
        encoding,
    )
    assert counts(importer.file(path)) == (2, 2, 0, 0, 0)
    assert importer.regions() == [
        ("QD", None, "city", "青岛", 10071722, 0.18),
        ("QD-1", "QD", "street", "香港中路街道", None, 0.09),
    ]


@pytest.mark.parametrize("suffix", [".xlsx", ".geojson", ".gpkg"])
def test_the_other_formats(importer: Importer, suffix: str) -> None:
    path = importer.folder / f"in{suffix}"
    if suffix == ".xlsx":
        book = openpyxl.Workbook()
        assert book.active is not None
        book.active.append(list(ROWS[0]))
        for row in ROWS:
            book.active.append(list(row.values()))
        book.save(path)
    else:
        frame = gpd.GeoDataFrame(
            [{"code": row["code"], "name_zh": row["name_zh"]} for row in ROWS],
            geometry=shapely.from_wkt([row["geometry_wkt"] for row in ROWS]),
            crs="EPSG:4326",
        )
        frame.to_file(path, driver={".geojson": "GeoJSON", ".gpkg": "GPKG"}[suffix])
    assert counts(importer.file(path)) == (3, 3, 0, 0, 0)
    assert [(row[0], row[1], row[5]) for row in importer.regions()] == [
        (row[0], row[1], row[5]) for row in EXPECTED
    ]
    assert counts(importer.file(path)) == (3, 0, 0, 3, 0)


def test_the_declared_datum_is_converted_at_every_corner(importer: Importer) -> None:
    importer.rows(*ROWS, datum=Datum.GCJ02)
    with importer.database.session() as session:
        wkb = session.execute(text("select st_asbinary(geom) from region where code = '370202'"))
        outline = shapely.from_wkb(bytes(wkb.scalar_one()))
    truth = geometry_to_wgs84(shapely.from_wkt(WEST), Datum.GCJ02)
    assert outline.equals_exact(shapely.MultiPolygon([truth]), 1e-9)
    # The corner itself moved by some 500 m, 0.005 degrees.
    assert outline.bounds[0] < 120 - 0.003


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"code": ""}, ("code", "required")),
        ({"name_zh": ""}, ("name_zh", "required")),
        ({"level": "planet"}, ("level", "unknown_word")),
        ({"code": "home"}, ("level", "required")),
        ({"population": "-5"}, ("population", "bad_number")),
        ({"population": "many"}, ("population", "bad_number")),
        ({"parent": "999999"}, ("parent", "unknown_region")),
        ({"parent": "370203"}, ("parent", "parent_not_above")),
        (
            {
                "geometry_wkt": "POLYGON((120.1 36.1, 120.12 36.12, 120.12 36.1, 120.1 36.12, "
                "120.1 36.1))"
            },
            ("geometry", "bad_geometry"),
        ),
        ({"geometry_wkt": "POLYGON((1"}, ("geometry", "bad_geometry")),
        ({"geometry_wkt": "POINT(120 36)"}, ("geometry", "bad_geometry")),
        ({"geometry_wkt": "POLYGON EMPTY"}, ("geometry", "bad_geometry")),
        (
            {"geometry_wkt": "POLYGON((36 120,36.3 120,36.3 120.3,36 120.3,36 120))"},
            ("geometry", "bad_geometry"),
        ),
        (
            {"geometry_wkt": "POLYGON((120 36,120.1 36,120.2 36,120 36))"},
            ("geometry", "bad_geometry"),
        ),
    ],
)
def test_rows_with_trouble(
    importer: Importer, change: dict[str, Any], expected: tuple[str, str]
) -> None:
    west, east, city = ({**row, "level": "", "parent": ""} for row in ROWS)
    report = importer.rows(city, east, {**west, **change})
    assert problems(report) == [(4, *expected)]
    [problem] = report.problems
    assert problem.text.zh != problem.text.en
    assert counts(report) == (3, 2, 0, 0, 1)


def test_a_parent_that_is_rejected_takes_its_children_along_and_all_are_mended(
    importer: Importer,
) -> None:
    city = {"code": "QD", "name_zh": "青岛", "level": "city", "parent": "", "population": "x"}
    child = {"code": "QD-1", "name_zh": "一区", "level": "district", "parent": "QD"}
    report = importer.rows(city, child, {**child, "parent": ""})
    assert problems(report) == [
        (2, "population", "bad_number"),
        (3, "parent", "unknown_region"),
        (4, "code", "duplicate_code"),
    ]
    assert counts(report) == (3, 0, 0, 0, 3)
    rejects = report.rejects_path
    assert rejects is not None
    lines = rejects.read_text(encoding="utf-8-sig").splitlines()
    mended = [line.replace(",x,", ",7,") for line in lines[:3]]
    rejects.write_text("\n".join(mended), encoding="utf-8-sig")
    assert counts(importer.file(rejects)) == (2, 2, 0, 0, 0)
    assert [row[:2] for row in importer.regions()] == [("QD", None), ("QD-1", "QD")]


def test_an_outline_as_large_as_they_come_stands_in_the_rejects_whole(importer: Importer) -> None:
    circle = shapely.Point(120.2, 36.2).buffer(0.1, quad_segs=2000)
    importer.rows({"code": "x", "name_zh": "圆", "geometry_wkt": circle.wkt})
    words = (importer.folder / "regions.rejects.csv").read_text(encoding="utf-8-sig")
    assert circle.wkt in words


@pytest.mark.parametrize("missing", ["code", "name_zh"])
def test_missing_columns(importer: Importer, missing: str) -> None:
    with pytest.raises(UnusableInputError, match=missing):
        importer.rows({name: value for name, value in ROWS[0].items() if name != missing})


def test_what_lies_in_new_outlines_is_found_anew(importer: Importer) -> None:
    write_rows(
        importer.folder / "f.csv",
        [{"code": "A", "kind": "station", "name_zh": "站", "lon": 120.15, "lat": 36.15}],
    )
    importer.file(importer.folder / "f.csv", "facilities")
    write_rows(importer.folder / "d.csv", [{"lon": 120.45, "lat": 36.15, "weight": 1}])
    importer.file(importer.folder / "d.csv", "demand")
    assert stored(importer.database, "A")["region_code"] is None
    report = importer.rows(*ROWS)
    assert report.rematched == 2
    row = stored(importer.database, "A")
    assert (row["region_code"], row["region_match"]) == ("370202", "inside")
    with importer.database.session() as session:
        assert session.execute(text("select region_code from demand_point")).scalar() == "370203"
    # Nothing moves the second time, so readers have nothing to load again.
    counter = version(importer.database, "facilities")
    assert importer.rows(*ROWS).rematched == 0
    assert version(importer.database, "facilities") == counter


def test_geojson_with_features_of_other_kinds(importer: Importer) -> None:
    features = [
        {
            "type": "Feature",
            "properties": {"adcode": 370200, "name": "青岛市", "center": [120.3, 36.0]},
            "geometry": shapely.geometry.mapping(shapely.from_wkt(CITY)),
        },
        {"type": "Feature", "properties": {"adcode": 370202, "name": "市南区"}, "geometry": None},
    ]
    path = importer.folder / "map.json"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    report = importer.file(path)
    assert counts(report) == (2, 2, 0, 0, 0)
    assert report.ignored_columns == ("center",)
    assert [(row[0], row[5]) for row in importer.regions()] == [("370200", 0.18), ("370202", None)]
