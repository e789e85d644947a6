"""``items?f=csv`` and its like: all that matches as one file, as real programs read it."""

import csv
import gzip
import io
import json
import zipfile
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import brotli
import geopandas as gpd
import numpy as np
import openpyxl
import orjson
import pandas as pd
import pyogrio
import pytest
import shapely
from arro3.io import read_parquet
from flask.testing import FlaskClient
from sqlalchemy import text

from geoapp.core.geo import from_wgs84
from geoapp.core.settings import Settings
from geoapp.core.words import OSM_ATTRIBUTION, Datum
from geoapp.operations.layers import files, rows
from geoapp.reports import vectors
from geoapp.store.engine import Database
from tests.seed import TOWN_LAT, TOWN_LON
from tests.web.api_client import client_of, make_app, problem_of
from tests.web.shown import seed_shown

STATIONS = "/ogc/collections/stations/items"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
WITH_SHAPES = ("geojson", "geojsonseq", "gpkg", "fgb", "kml", "parquet")
FORMULA = '=HYPERLINK("x")'
LONG = "长" * 100


@pytest.fixture
def client(database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """Stations of many sorts, in more pages than one."""
    monkeypatch.setattr(rows, "ROWS_OF_PAGE", 3)
    monkeypatch.setattr(vectors, "BATCH_ROWS", 4)
    seed_shown(database, settings)
    with database.session() as session:
        session.execute(
            text(
                """
                insert into facility (code, kind_code, name_zh, name_en, geom, status, capacity,
                    amenities, verified_on, address, is_sample, source)
                select 'F-' || lpad(n::text, 2, '0'), 'outdoor_station',
                    (array['甲 & <b>', :formula, '乙'])[1 + n % 3], null,
                    case when n = 1 then st_setsrid(st_geomfromtext(
                        'POLYGON((120.30 36.20, 120.31 36.20, 120.31 36.21, 120.30 36.20))'), 4326)
                    else st_setsrid(st_makepoint(120.30 + n / 100.0, 36.20), 4326) end,
                    'open', nullif(n % 4, 0) * 10,
                    (array['{}', '{toilet,seating}'])[1 + n % 2]::text[],
                    case when n % 2 = 0 then date '2026-01-01' + n end,
                    case when n = 5 then :long end, n % 2 = 0, :source
                from generate_series(1, 12) n
                """
            ),
            {"formula": FORMULA, "long": LONG, "source": OSM_ATTRIBUTION},
        )
    return client_of(make_app(settings, database), database)


@pytest.fixture
def asked_of(client: FlaskClient, settings: Settings) -> Callable[..., Any]:
    def asked(path: str = STATIONS, **named: object) -> Any:
        response = client.get(path, query_string=named, buffered=True)
        assert response.status_code == 200, response.get_data(as_text=True)
        body = response.get_data()
        assert len(body) == int(response.headers["Content-Length"])
        # Nothing stays behind.
        assert not list(settings.data.glob("download-*"))
        return response

    return asked


def frame_of(body: bytes, file_format: str, folder: Path) -> gpd.GeoDataFrame:
    path = folder / f"read{files.FILE_FORMATS[file_format].suffix}"
    path.write_bytes(body)
    if file_format != "parquet":
        return gpd.read_file(path)
    # By the format's own definition, without a library that knows it.
    table = read_parquet(str(path)).read_all()
    geo = orjson.loads(table.schema.metadata[b"geo"])
    about = geo["columns"][geo["primary_column"]]
    assert about["encoding"] == "WKB" and set(about["geometry_types"]) <= {"Point", "Polygon"}
    columns = {name: table.column(name).to_pylist() for name in table.schema.names}
    shapes = shapely.from_wkb(columns.pop(geo["primary_column"]))
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=about["crs"])


def test_every_format_holds_all_that_matches(
    client: FlaskClient,
    asked_of: Callable[..., Any],
    tmp_path: Path,
    subtests: pytest.Subtests,
) -> None:
    asked = {"filter": "capacity > 5 OR code = 'T-1'", "sortby": "-code"}
    page = client.get(STATIONS, query_string={**asked, "limit": 1}).get_json(force=True)
    everything = client.get(STATIONS, query_string={**asked, "limit": 100}).get_json(force=True)
    order = [one["id"] for one in everything["features"]]
    assert page["numberMatched"] == len(order) == 10
    shapes = shapely.from_geojson([json.dumps(one["geometry"]) for one in everything["features"]])
    for file_format, known in files.FILE_FORMATS.items():
        with subtests.test(file_format=file_format):
            response = asked_of(**asked, f=file_format, download=1)
            assert response.mimetype == known.mimetype
            assert response.headers["OGC-NumberMatched"] == "10"
            assert response.headers["OGC-NumberReturned"] == "10"
            disposition = response.headers["Content-Disposition"]
            assert 'filename="stations-20' in disposition
            assert disposition.endswith(f'{known.suffix}"')
            if file_format in WITH_SHAPES:
                read = frame_of(response.data, file_format, tmp_path)
                assert read.crs == "EPSG:4326"
                codes = list(read["code"])
                assert sorted(codes) == sorted(order)
                again = read.geometry.array[[codes.index(code) for code in order]]
                assert np.all(shapely.equals_exact(shapely.force_2d(again), shapes, 1e-7))
                odd = read[read["code"] == "F-01"].iloc[0]
                assert odd["source"] == OSM_ATTRIBUTION
                assert odd["Name" if file_format == "kml" else "name"] == FORMULA
                known_amenities = {"toilet", "seating"}
                told = odd["amenities"]
                assert set(told.split("; ") if isinstance(told, str) else told) == known_amenities
                if file_format != "kml":
                    assert not odd["is_sample"] and odd["capacity"] == 10
                    dated = read[read["code"] == "F-02"].iloc[0]["verified_on"]
                    assert str(dated)[:10] == "2026-01-03"
    body = asked_of(**asked, f="csv").get_data(as_text=True)
    cells = list(csv.DictReader(io.StringIO(body.removeprefix("\ufeff"))))
    assert [one["code"] for one in cells] == order
    [area] = [one for one in cells if one["code"] == "F-01"]
    assert area["source"] == OSM_ATTRIBUTION
    assert area["name"] == f"'{FORMULA}" and area["geometry_wkt"].startswith("POLYGON")
    [town] = [one for one in cells if one["code"] == "T-1"]
    assert (float(town["lon"]), float(town["lat"])) == (TOWN_LON, TOWN_LAT)
    assert town["capacity"] == town["geometry_wkt"] == ""
    book = openpyxl.load_workbook(io.BytesIO(asked_of(**asked, f="xlsx").data))
    head, *lines = book.worksheets[0].iter_rows()
    assert [line[0].value for line in lines] == order
    names = [cell.value for cell in head]
    assert {line[names.index("name")].data_type for line in lines} == {"s"}
    assert asked_of(f="csv", limit=2, offset=1).headers["OGC-NumberReturned"] == "2"


def test_shapefiles_say_what_they_lost(asked_of: Callable[..., Any], tmp_path: Path) -> None:
    archive = zipfile.ZipFile(io.BytesIO(asked_of(f="shp").data))
    archive.extractall(tmp_path)
    told = archive.read("README.txt").decode()
    points = gpd.read_file(tmp_path / "stations_point.shp")
    areas = gpd.read_file(tmp_path / "stations_polygon.shp")
    assert len(points) == 13 and list(areas["code"]) == ["F-01"]
    assert "verified_o = verified_on" in told and "address 1" in told
    cut = points[points["code"] == "F-05"].iloc[0]["address"]
    assert LONG.startswith(cut) and len(cut) == 84
    assert str(points[points["code"] == "F-02"].iloc[0]["verified_o"])[:10] == "2026-01-03"


def test_reference_systems_and_datums(
    client: FlaskClient, asked_of: Callable[..., Any], tmp_path: Path
) -> None:
    one = {"filter": "code = 'T-1'"}
    page = client.get(STATIONS, query_string={**one, "crs": f"{EPSG}4549"}).get_json(force=True)
    northing, easting = page["features"][0]["geometry"]["coordinates"]
    for file_format in ("gpkg", "geojson", "fgb", "parquet"):
        body = asked_of(**one, crs=f"{EPSG}4549", f=file_format, download=1).data
        read = frame_of(body, file_format, tmp_path)
        assert read.crs == "EPSG:4549"
        assert (read.geometry[0].x, read.geometry[0].y) == (easting, northing)
    body = asked_of(**one, crs=f"{EPSG}4549", f="csv").get_data(as_text=True)
    [row] = csv.DictReader(io.StringIO(body))
    assert (float(row["easting_m"]), float(row["northing_m"])) == (easting, northing)
    shifted = from_wgs84(lon=TOWN_LON, lat=TOWN_LAT, datum=Datum.GCJ02)
    response = asked_of(**one, datum="gcj02", f="csv")
    [row] = csv.DictReader(io.StringIO(response.get_data(as_text=True)))
    assert (float(row["lon"]), float(row["lat"])) == pytest.approx(shifted, abs=1e-7)
    assert row["datum"] == "GCJ-02"
    assert "stations-gcj02-" in response.headers["Content-Disposition"]
    # No program takes it for WGS-84.
    for file_format in ("gpkg", "fgb", "parquet"):
        body = asked_of(**one, datum="gcj02", f=file_format).data
        assert "GCJ-02" in frame_of(body, file_format, tmp_path).crs.to_wkt()
    assert frame_of(asked_of(**one, datum="cgcs2000", f="gpkg").data, "gpkg", tmp_path).crs == 4490


CONDITIONS: list[dict[str, str]] = [
    {},
    {"filter": "capacity > 5 OR verified_on IS NULL"},
    {"bbox": "120.30,36.19,120.375,36.22"},
    {"datetime": "2026-01-04/2026-01-09"},
    {"amenities": "toilet", "sortby": "-code"},
]
ENCODINGS = {"identity": bytes, "gzip": gzip.decompress, "br": brotli.decompress}
TEXTS = ("csv", "geojson", "geojsonseq", "kml")  # what is made small on its way


def combinations(*, every: bool) -> list[tuple[str, Datum, dict[str, str], str]]:
    """Return each format in each datum, with some condition or with every one, and encodings in turn."""
    pairs = product(files.FILE_FORMATS, Datum)
    if every:
        cases = list(product(files.FILE_FORMATS, Datum, CONDITIONS))
    else:
        cases = [(*pair, CONDITIONS[number % 5]) for number, pair in enumerate(pairs)]
    return [(*case, [*ENCODINGS][number % 3]) for number, case in enumerate(cases)]


def read_by_gdal(body: bytes, file_format: str, folder: Path) -> gpd.GeoDataFrame:
    """Return what GDAL reads: the points of a table by its columns, both Shapefiles of a ZIP."""
    if file_format == "parquet":  # which GDAL's wheels do not read
        return frame_of(body, file_format, folder)
    if file_format == "shp":
        archive = folder / "shapes.zip"
        archive.write_bytes(body)
        parts = [name for name in zipfile.ZipFile(archive).namelist() if name.endswith(".shp")]
        return pd.concat([gpd.read_file(f"/vsizip/{archive}/{name}") for name in parts])
    path = folder / f"read{files.FILE_FORMATS[file_format].suffix}"
    path.write_bytes(body)
    read = pyogrio.read_dataframe(path)
    if "lon" not in read:
        return read
    points = shapely.points(read["lon"].astype(float), read["lat"].astype(float))
    areas = shapely.from_wkt(
        [words if isinstance(words, str) and words else None for words in read["geometry_wkt"]]
    )
    return gpd.GeoDataFrame(read, geometry=np.where(shapely.is_missing(areas), points, areas))


@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_gdal_reads_the_same_of_every_format_datum_condition_and_encoding(
    client: FlaskClient, tmp_path: Path, *, every: bool
) -> None:
    told = {
        str(asked): client.get(STATIONS, query_string={**asked, "limit": 100}).get_json(force=True)
        for asked in CONDITIONS
    }
    assert [len(page["features"]) for page in told.values()] == [14, 11, 7, 11, 6]
    for file_format, datum, asked, encoding in combinations(every=every):
        case = (file_format, datum, asked, encoding)
        response = client.get(
            STATIONS,
            query_string={**asked, "f": file_format, "datum": datum, "download": 1},
            headers={"Accept-Encoding": encoding},
            buffered=True,
        )
        if files.FILE_FORMATS[file_format].fixed and datum is not Datum.WGS84:
            problem_of(response, 400, "datum")
            continue
        assert response.status_code == 200, case
        known = encoding if file_format in TEXTS and encoding != "identity" else None
        assert response.headers.get("Content-Encoding") == known, case
        body = ENCODINGS[known or "identity"](response.data)
        read = read_by_gdal(body, file_format, tmp_path)
        found = {one["code"]: one for _, one in read.iterrows()}
        features = told[str(asked)]["features"]
        assert list(found) == [one["id"] for one in features] or file_format in ("shp", "fgb"), case
        assert sorted(found) == sorted(one["id"] for one in features), case
        for one in features:
            row = found[one["id"]]
            # A spreadsheet is kept from taking a name for a formula.
            name = row["name_zh"].removeprefix("'")
            assert name == one["properties"]["name_zh"], case
            if file_format != "shp":  # 254 bytes, and it says so
                address = row["address"]
                known_address = address if isinstance(address, str) and address else None
                assert known_address == one["properties"]["address"], case
            shape = shapely.from_geojson(json.dumps(one["geometry"]))
            moved = shapely.transform(
                shape,
                lambda pairs, to=datum: np.column_stack(
                    from_wgs84(lon=pairs[:, 0], lat=pairs[:, 1], datum=to)
                ),
            )
            there = shapely.force_2d(row.geometry)
            assert there.geom_type == moved.geom_type, case
            # 0.05 m are 4.5e-7 degrees of latitude.
            assert shapely.hausdorff_distance(there, moved) < 4.5e-7, case


def test_files_that_are_refused_known_or_empty(
    client: FlaskClient,
    asked_of: Callable[..., Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for named, parameter in [
        ({"f": "dwg"}, "f"),
        ({"f": "kml", "crs": f"{EPSG}4549"}, "crs"),
        ({"f": "geojsonseq", "datum": "bd09"}, "datum"),
        ({"f": "csv", "datum": "mars"}, "datum"),
        ({"f": "csv", "datum": "gcj02", "crs": f"{EPSG}4326"}, "datum"),
        ({"datum": "gcj02"}, "datum"),
        ({"f": "csv", "download": "yes"}, "download"),
        ({"f": "csv", "filter": "nothing = 1"}, "filter"),
    ]:
        problem_of(client.get(STATIONS, query_string=named), 400, parameter)
    monkeypatch.setattr(files, "MOST_SHEET_ROWS", 5)
    problem_of(client.get(f"{STATIONS}?f=xlsx"), 400, "f")
    assert asked_of(f="xlsx", limit=5).headers["OGC-NumberMatched"] == "14"
    assert client.get("/ogc/collections/proposals/items?f=csv").status_code == 401
    tag = asked_of(f="gpkg").headers["ETag"]
    assert client.get(f"{STATIONS}?f=gpkg", headers={"If-None-Match": tag}).status_code == 304
    assert asked_of(f="csv").headers["ETag"] != tag
    head = client.head(f"{STATIONS}?f=gpkg")
    assert head.status_code == 200 and head.mimetype == "application/geopackage+sqlite3"
    for file_format in ("geojson", "gpkg", "fgb", "kml", "parquet"):
        body = asked_of(f=file_format, download=1, filter="code = 'nothing'").data
        assert len(frame_of(body, file_format, tmp_path)) == 0
    # A Shapefile, too, with its columns.
    archive = zipfile.ZipFile(io.BytesIO(asked_of(f="shp", filter="code = 'nothing'").data))
    archive.extractall(tmp_path)
    about = pyogrio.read_info(tmp_path / "stations_point.shp")
    assert about["features"] == 0 and {"id", "code", "name_zh"} <= set(about["fields"])
    assert "stations_point.shp" in archive.read("README.txt").decode()
    for name in ("regions", "demand"):
        found = asked_of(f"/ogc/collections/{name}/items", f="fgb")
        page = client.get(f"/ogc/collections/{name}/items").get_json(force=True)
        assert len(frame_of(found.data, "fgb", tmp_path)) == page["numberMatched"]
