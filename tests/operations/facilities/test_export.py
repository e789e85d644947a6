"""An export reads back without a change, in every format, datum and language."""

import csv
import json
from datetime import date
from pathlib import Path

import openpyxl
import pyogrio
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import text

from geoapp.core.errors import InvalidValueError, UnusableInputError
from geoapp.core.settings import Settings
from geoapp.core.words import Datum
from geoapp.operations.facilities.edit import add_facility
from geoapp.operations.facilities.export import export_facilities
from geoapp.operations.imports.file import import_file
from geoapp.operations.imports.report import ImportOptions
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database
from geoapp.store.facilities.as_of import AsOf
from geoapp.store.facilities.read import FacilityFilter
from tests.operations.imports.importing import (
    facility_picture,
    rich_rows,
    seed_regions,
    version,
    write_rows,
)

FORMATS = (".csv", ".xlsx", ".geojson", ".gpkg")


@pytest.fixture
def rich(database: Database, settings: Settings, tmp_path: Path) -> Database:
    """A store of four facilities that use every column."""
    initialise(database)
    seed_regions(database)
    path = write_rows(tmp_path / "rich.csv", rich_rows())
    report = import_file(database, settings, "facilities", path)
    assert report.problems == ()
    assert (report.read, report.inserted) == (4, 4)
    with database.session() as session:
        session.execute(
            text(
                "update facility set extra = extra || jsonb_build_object('层数', 3, 'tags', "
                "jsonb_build_array('a'), 'Name', 'x', 'fid', 'y', ' z ', '', 'none', null) "
                "where code = 'Q-4'"
            )
        )
        # Words that no reader turns into these hours: somebody who knows the place did.
        session.execute(
            text(
                "update facility set opening_hours = 'May-Sep 07:00-20:00; Oct-Apr 08:00-18:00', "
                "opening_hours_raw = '夏季 7:00-20:00，冬季 8:00-18:00' where code = 'Q-2'"
            )
        )
    return database


def test_import_of_an_export_changes_nothing(
    rich: Database, settings: Settings, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    for datum in [Datum.WGS84, Datum.BD09]:
        for headers in ["en", "zh"]:
            for suffix in FORMATS:
                with subtests.test(suffix=suffix, headers=headers, datum=datum):
                    before, counter = facility_picture(rich), version(rich)
                    path = tmp_path / f"out{suffix}"
                    assert export_facilities(rich, path, datum=datum, headers=headers) == 4  # type: ignore[arg-type]
                    report = import_file(
                        rich, settings, "facilities", path, ImportOptions(datum=datum)
                    )
                    assert report.problems == ()
                    assert (report.read, report.unchanged, report.inserted, report.updated) == (
                        4,
                        4,
                        0,
                        0,
                    )
                    assert facility_picture(rich) == before
                    assert version(rich) == counter


@pytest.mark.parametrize("suffix", FORMATS)
def test_an_export_fills_an_empty_store_alike(
    rich: Database, settings: Settings, tmp_path: Path, suffix: str
) -> None:
    def without_numbers(rows: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
        return [row[1:29] for row in rows]

    before = without_numbers(facility_picture(rich))
    export_facilities(rich, tmp_path / f"out{suffix}")
    with rich.session() as session:
        session.execute(text("delete from facility"))
    report = import_file(rich, settings, "facilities", tmp_path / f"out{suffix}")
    assert (report.inserted, report.rejected) == (4, 0)
    with rich.session() as session:
        # Null is no value: it does not come back.
        session.execute(
            text("update facility set extra = extra || '{\"none\": null}' where code = 'Q-4'")
        )
    assert without_numbers(facility_picture(rich)) == before
    with rich.session() as session:
        assert session.execute(text("select count(*) from facility_place")).scalar_one() == 2


def test_formulas_stay_text(rich: Database, tmp_path: Path) -> None:
    export_facilities(rich, tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        first = next(csv.DictReader(file))
    assert first["name_zh"] == "'=1+1 驿站"
    assert first["phone"] == "'+86 532 8888"
    assert first["operator"] == "'@工会"
    assert first["备注"] == "'=HYPERLINK(1)"
    assert first["lon"] == "120.15"
    assert first["'=列"] == "-5"
    export_facilities(rich, tmp_path / "out.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx").active
    assert sheet is not None
    kinds = {cell.data_type for row in sheet.iter_rows() for cell in row}
    assert kinds <= {"s", "inlineStr", "n"}  # no "f": a formula
    assert sheet["C2"].value == "=1+1 驿站"


def test_geometries_and_filters(rich: Database, tmp_path: Path) -> None:
    count = export_facilities(
        rich,
        tmp_path / "out.geojson",
        wanted=FacilityFilter(region="370202", kinds=frozenset({"爱心驿站"})),
    )
    assert count == 1
    [feature] = json.loads((tmp_path / "out.geojson").read_text("utf-8"))["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": [120.15, 36.15]}
    assert feature["properties"]["amenities"] == ["microwave", "drinking_water", "wifi"]
    assert "lon" not in feature["properties"]
    export_facilities(rich, tmp_path / "all.gpkg")
    frame = pyogrio.read_dataframe(tmp_path / "all.gpkg").set_index("code")
    assert frame.crs == "EPSG:4326"
    assert frame.geometry["Q-2"].geom_type == "Polygon"
    with pytest.raises(InvalidValueError, match="region"):
        export_facilities(rich, tmp_path / "x.csv", wanted=FacilityFilter(region="999999"))
    with pytest.raises(InvalidValueError, match="kind"):
        export_facilities(
            rich, tmp_path / "x.csv", wanted=FacilityFilter(kinds=frozenset({"palace"}))
        )
    with pytest.raises(InvalidValueError, match="-o"):
        export_facilities(rich, tmp_path / "x.shp")
    with pytest.raises(UnusableInputError):
        export_facilities(rich, tmp_path / "no such folder" / "x.csv")
    assert not (tmp_path / "x.csv").exists()


def test_a_past_day_has_what_was_there_and_what_may_have_been(
    rich: Database, settings: Settings, tmp_path: Path
) -> None:
    with rich.session() as session:
        session.execute(
            text(
                "update facility set status = 'open', opened_on = case code when 'Q-1' then "
                "date '2016-03-01' when 'Q-2' then date '2016-01-01' end, opened_basis = case code "
                "when 'Q-1' then 'known' when 'Q-2' then 'year' else 'unknown' end, "
                "closed_on = null, closed_basis = 'unknown' where code in ('Q-1', 'Q-2', 'Q-3')"
            )
        )
    past = AsOf(date(2016, 4, 1), date(2026, 1, 1))
    for headers, name in (("en", "as_of_standing"), ("zh", "当日是否在")):
        path = tmp_path / f"{headers}.csv"
        export_facilities(rich, path, headers=headers, wanted=FacilityFilter(as_of=past))
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = {row["code" if headers == "en" else "编号"]: row for row in csv.DictReader(file)}
        assert [(code, rows[code][name]) for code in ("Q-1", "Q-2", "Q-3")] == [
            ("Q-1", "known"),
            ("Q-2", "possible"),
            ("Q-3", "possible"),
        ]
        # What the day adds is passed over by an import.
        report = import_file(rich, settings, "facilities", path)
        assert (report.updated, report.rejected) == (0, 0)
        assert set(report.extra_columns) == {"=列", "备注", "电梯"}
    early = AsOf(date(2015, 4, 1), date(2026, 1, 1))
    export_facilities(rich, path, wanted=FacilityFilter(as_of=early))
    assert "Q-1" not in path.read_text(encoding="utf-8")


def test_an_empty_store_exports_an_empty_file(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    initialise(database)
    for suffix in FORMATS:
        path = tmp_path / f"empty{suffix}"
        assert export_facilities(database, path) == 0
        assert path.exists()
    assert import_file(database, settings, "facilities", tmp_path / "empty.csv").read == 0


AWKWARD = st.text(
    st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff")
    | st.sampled_from("=+-@'\t\n,;\"_x0041_ "),
    min_size=1,
    max_size=20,
)


@hypothesis_settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(name=AWKWARD, note=AWKWARD, key=AWKWARD, lon=st.floats(73, 135), lat=st.floats(18, 53))
def test_awkward_texts_come_back(
    database: Database,
    settings: Settings,
    tmp_path: Path,
    name: str,
    note: str,
    key: str,
    lon: float,
    lat: float,
) -> None:
    initialise(database)
    with database.session() as session:
        session.execute(text("delete from facility"))
    if not name.strip():
        return
    properties = {"code": "A", "kind": "station", "name_zh": name, "extra": {key: note}}
    geometry = {"type": "Point", "coordinates": [lon, lat]}
    add_facility(database, settings, geometry, properties, Datum.WGS84)
    before = facility_picture(database)
    for suffix in FORMATS:
        path = tmp_path / f"out{suffix}"
        export_facilities(database, path)
        report = import_file(database, settings, "facilities", path)
        assert report.problems == ()
        assert facility_picture(database) == before
