"""Facilities without a position: registered, listed, exported, and never found by place."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from geoapp.core.errors import InvalidValueError
from geoapp.core.settings import Settings
from geoapp.core.words import Datum
from geoapp.importers.problems import Problem
from geoapp.operations.facilities.desk import list_desk
from geoapp.operations.facilities.edit import add_facility, change_facility
from geoapp.operations.facilities.export import export_facilities
from geoapp.operations.history.undo import undo_change_set
from geoapp.operations.imports.file import import_file
from geoapp.operations.imports.report import ImportOptions
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database
from geoapp.store.facilities.read import FacilityFilter, read_changes
from geoapp.store.regions import rematch_facilities
from tests.operations.imports.importing import facility_picture, seed_regions, stored, write_csv

HEADER = ("code", "kind", "name_zh", "lon", "lat", "region")
POINT = {"type": "Point", "coordinates": [120.1, 36.1]}
UNPLACED = ImportOptions(without_position=True)
WANTED = {"code": "N-1", "kind": "service_base", "name_zh": "市北区的基地"}


@pytest.fixture
def town(database: Database) -> Database:
    initialise(database)
    seed_regions(database)
    return database


def _basis(database: Database, code: str = "N-1") -> tuple[object, ...]:
    row = stored(database, code)
    return row["position_basis"], row["region_code"], row["region_match"], row["lon"]


def _placed(database: Database) -> set[str]:
    with database.snapshot() as session:
        return {one.code for one in read_changes(session, -1).placed}


def _list(path: Path) -> Path:
    return write_csv(
        path,
        HEADER,
        [
            ("P-1", "outdoor_station", "有点", 120.1, 36.1, ""),
            ("P-2", "service_base", "知道区", "", "", "370203"),
            # Its name names a district; nobody said that it lies there.
            ("P-3", "service_base", "青岛市市北区研究所", "", "", ""),
        ],
    )


def test_rows_without_coordinates_go_in_only_when_asked_for(
    town: Database, settings: Settings, tmp_path: Path
) -> None:
    path = _list(tmp_path / "list.csv")
    refused = import_file(town, settings, "facilities", path)
    assert (refused.inserted, refused.rejected) == (1, 2)
    assert all(_names_the_option(problem) for problem in refused.problems)
    taken = import_file(town, settings, "facilities", path, UNPLACED)
    assert (taken.inserted, taken.unchanged, taken.rejected) == (2, 1, 0)
    assert any(hint.zh.startswith("2 行没有坐标") for hint in taken.hints)
    assert _basis(town, "P-1") == ("given", "370202", "inside", 120.1)
    assert _basis(town, "P-2") == ("region_only", "370203", "given", None)
    assert _basis(town, "P-3") == ("unknown", None, None, None)
    assert _placed(town) == {"P-1"}
    listed = list_desk(town, FacilityFilter(lack="position"), None)
    assert [record.code for record in listed.records] == ["P-2", "P-3"]


def _names_the_option(problem: Problem) -> bool:
    return "--without-position" in problem.text.zh and "--without-position" in problem.text.en


def test_a_list_of_names_alone_goes_in_and_takes_no_position_away(
    town: Database, settings: Settings, tmp_path: Path
) -> None:
    import_file(town, settings, "facilities", _list(tmp_path / "list.csv"), UNPLACED)
    names = write_csv(
        tmp_path / "names.csv",
        ("code", "kind", "name_zh"),
        [("P-1", "outdoor_station", "改了名"), ("P-2", "service_base", "知道区")],
    )
    report = import_file(town, settings, "facilities", names, UNPLACED)
    assert (report.updated, report.unchanged) == (1, 1)
    assert _basis(town, "P-1") == ("given", "370202", "inside", 120.1)
    blank = write_csv(
        tmp_path / "blank.csv", HEADER, [("P-1", "outdoor_station", "改了名", "", "", "")]
    )
    assert import_file(town, settings, "facilities", blank, UNPLACED).unchanged == 1


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".geojson", ".gpkg"])
def test_an_export_comes_back_without_a_change(
    town: Database, settings: Settings, tmp_path: Path, suffix: str
) -> None:
    import_file(town, settings, "facilities", _list(tmp_path / "list.csv"), UNPLACED)
    before = facility_picture(town)
    path = tmp_path / f"out{suffix}"
    assert export_facilities(town, path, datum=Datum.GCJ02) == 3
    again = import_file(town, settings, "facilities", path, replace(UNPLACED, datum=Datum.GCJ02))
    assert (again.unchanged, again.rejected) == (3, 0), again.problems
    assert facility_picture(town) == before


def test_a_position_is_given_later_and_taken_away_again(town: Database, settings: Settings) -> None:
    with pytest.raises(InvalidValueError, match="position_basis"):
        add_facility(town, settings, None, WANTED, Datum.WGS84)
    with pytest.raises(InvalidValueError, match="region"):
        add_facility(town, settings, None, WANTED | {"position_basis": "region_only"}, Datum.WGS84)
    stated = WANTED | {"position_basis": "只知所在区域", "region": "370203"}
    record = add_facility(town, settings, None, stated, Datum.WGS84)
    assert (record.geometry_wkb, record.lonlat) == (None, None)

    def change(geometry: object, **properties: object) -> None:
        change_facility(town, settings, "N-1", geometry, properties, Datum.WGS84, expected_rev=None)  # type: ignore[arg-type]

    change(None, phone="0532-1")
    assert _basis(town) == ("region_only", "370203", "given", None)
    change(None, region=None)
    assert _basis(town) == ("unknown", None, None, None)
    change(None, region="370203")
    # A point far outside the known district is refused, with the district named.
    with pytest.raises(InvalidValueError, match="370203"):
        change(POINT)
    change(POINT, region="370202", position_basis="surveyed")
    assert _basis(town) == ("surveyed", "370202", "inside", 120.1)
    # What was measured was the place before, not this one.
    change({"type": "Point", "coordinates": [120.11, 36.1]})
    assert _basis(town) == ("given", "370202", "inside", 120.11)
    with pytest.raises(InvalidValueError, match="given"):
        change(POINT, position_basis="unknown")
    change(None, position_basis="region_only")
    assert _basis(town) == ("region_only", "370202", "given", None)
    assert _placed(town) == set()
    with town.session() as session:
        assert rematch_facilities(session, 500.0) == 0
        last = session.execute(text("select max(id) from change_set")).scalar_one()
    undo_change_set(town, settings, last)
    assert _basis(town) == ("given", "370202", "inside", 120.11)
