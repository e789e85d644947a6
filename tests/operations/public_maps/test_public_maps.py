"""Lists of public maps: in from files in each map's datum, matched, decided on, told to the owners."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import click.testing
import openpyxl
import pytest
from sqlalchemy import text

from geoapp.core.acting import Acting, Via, declare
from geoapp.core.errors import NotAllowedError, NotFoundError
from geoapp.core.geo import from_wgs84, geodesic_m, to_wgs84
from geoapp.core.public_maps import Finding, PublicMap, Sureness, Verdict
from geoapp.core.settings import Settings
from geoapp.core.words import Datum
from geoapp.operations.duplicates.merge import merge_facilities
from geoapp.operations.history.undo import undo_change_set
from geoapp.operations.public_maps.compare import Line, compare
from geoapp.operations.public_maps.decide import decide
from geoapp.store.engine import Database
from tests.operations.imports.importing import write_csv
from tests.seed import TOWN_LAT, TOWN_LON

AMAP = PublicMap.AMAP
Run = Callable[..., click.testing.Result]
# id, name, east and north of T-1 in thousandths of a degree, address, status; None is left out.
LISTED = [
    ("B1", "示例T-1", 0.1, 0, "一路 1 号", "营业中"),
    ("B2", "示例·T-2", 2, 3, "", ""),  # its name alone, 333 m too far north
    ("B4", "示例·T-4", 6, 6, "", "暂停营业"),
    ("B5", "示例·T-5", 1, 1, "", "在建"),  # closed since; what the map says is not understood
    ("B9", "别家驿站", 4, 0, "四路", ""),
]


def rows(datum: Datum, listed: list[tuple[str, str, float, float, str, str]]) -> list[list[str]]:
    made = []
    for code, name, east, north, address, status in listed:
        lon, lat = from_wgs84(lon=TOWN_LON + east / 1000, lat=TOWN_LAT + north / 1000, datum=datum)
        made.append([code, name, f"{lon:.7f}", f"{lat:.7f}", address, status])
    return made


HEADER = ["id", "名称", "经度", "纬度", "地址", "状态"]


def found(database: Database, public_map: PublicMap = AMAP) -> dict[tuple[str, str], Line]:
    """Return what is found, by the codes of facility and listing."""
    lines = compare(database, public_map).lines
    return {
        (
            "" if one.facility is None else one.facility.code,
            "" if one.listing is None else one.listing.listing,
        ): one
        for one in lines
    }


def test_a_list_is_held_against_the_register(
    town_template: str, database: Database, settings: Settings, geoapp: Run, tmp_path: Path
) -> None:
    path = write_csv(tmp_path / "amap.csv", HEADER, rows(Datum.GCJ02, LISTED))
    assert geoapp("public-maps").exit_code == 2  # nothing was read yet
    trial = geoapp("import", "public-map", path, "--map", "amap", "--dry-run")
    assert (trial.exit_code, geoapp("public-maps").exit_code) == (0, 2)
    assert "没有高德地图的名录" in geoapp("public-maps", "--map", "amap").output
    done = geoapp("import", "public-map", path, "--map", "amap")
    assert done.exit_code == 0, done.output
    assert "1 条的状态读不懂，按未知" in done.output
    lines = found(database)
    assert {key: one.finding for key, one in lines.items()} == {
        ("T-1", "B1"): Finding.LISTED,
        ("T-2", "B2"): Finding.MOVED,
        # Nobody said what the list covers; T-6 is suspended: nobody misses it.
        ("T-3", ""): Finding.UNLISTED,
        ("T-4", "B4"): Finding.LISTED_CLOSED,
        ("T-5", "B5"): Finding.CLOSED_LISTED,
        ("", "B9"): Finding.NOT_OURS,
    }
    off = lines["T-2", "B2"].distance_m
    east, north = TOWN_LON + 0.002, TOWN_LAT
    assert off == pytest.approx(geodesic_m(east, north, east, north + 0.003), abs=1.0)
    assert lines["T-1", "B1"].sureness is Sureness.ALIKE
    assert all(
        one.finding is not Finding.MOVED for one in compare(database, AMAP, moved_m=400).lines
    )
    _decisions_stay_when_the_list_is_read_anew(database, settings, geoapp, tmp_path)
    _the_owner_is_told_in_the_maps_own_datum(geoapp, tmp_path)
    _what_cannot_be_used_changes_nothing(database, geoapp, tmp_path)
    _each_map_has_its_own_list_and_datum(database, geoapp, tmp_path)


def _decisions_stay_when_the_list_is_read_anew(
    database: Database, settings: Settings, geoapp: Run, tmp_path: Path
) -> None:
    number = decide(database, AMAP, "B9", "T-3", Verdict.SAME)
    assert decide(database, AMAP, "B9", "T-3", Verdict.SAME) is None
    assert decide(database, AMAP, "B1", "T-1", Verdict.DIFFERENT) is not None
    lines = found(database)
    assert lines["T-3", "B9"].sureness is Sureness.BY_HAND
    assert ("T-1", "") in lines  # missing, since its listing was refused
    assert lines["", "B1"].finding is Finding.NOT_OURS
    # The list anew: B2 is gone, and a second listing may be T-4 as well; decisions are there still.
    listed = [one for one in LISTED if one[0] != "B2"]
    listed.append(("B7", "示例·T-4", 6.2, 6, "", ""))
    path = write_csv(tmp_path / "again.csv", HEADER, rows(Datum.GCJ02, listed))
    again = geoapp("import", "public-map", path, "--map", "amap", "--region", "370203")
    assert again.exit_code == 0
    assert "新名录里没有了的 1 条：示例·T-2。" in again.output
    lines = found(database)
    assert lines["T-3", "B9"].sureness is Sureness.BY_HAND
    assert lines["T-2", ""].finding is Finding.MISSING
    assert lines["T-4", "B4"].finding is Finding.LISTED_CLOSED  # the nearer of two of one name
    assert lines["", "B7"].finding is Finding.UNDECIDED
    assert [one.facility.code for one in lines["", "B7"].candidates] == ["T-4"]
    assert number is not None
    undo_change_set(database, settings, number)
    assert ("T-3", "") in found(database)
    with pytest.raises(NotFoundError):
        decide(database, AMAP, "B2", "T-2", Verdict.SAME)
    declare(Acting(Via.WEB, actor="li", role="steward", regions=("370299",)))
    try:
        with pytest.raises(NotAllowedError):
            decide(database, AMAP, "B9", "T-3", Verdict.SAME)
    finally:
        declare(None)
    # What was decided of a facility that is merged into another holds of that one.
    assert geoapp("public-maps", "--same", "B9", "T-6").exit_code == 0
    merge_facilities(database, settings, "T-3", "T-6", {})
    assert ("T-3", "B9") in found(database)


def _the_owner_is_told_in_the_maps_own_datum(geoapp: Run, tmp_path: Path) -> None:
    told = tmp_path / "told.csv"
    assert geoapp("public-maps", "-o", told).exit_code == 0
    with told.open(encoding="utf-8-sig", newline="") as file:
        lines = {one["编号 / code"]: one for one in csv.DictReader(file)}
    assert sorted(lines) == ["T-1", "T-2", "T-3", "T-4", "T-5"]
    lon, lat = (float(lines["T-2"][name]) for name in ("经度 / lon", "纬度 / lat"))
    assert lines["T-2"]["坐标系 / datum"] == "gcj02"
    back = to_wgs84(lon=lon, lat=lat, datum=Datum.GCJ02)
    assert geodesic_m(*back, TOWN_LON + 0.002, TOWN_LAT) < 2
    book = tmp_path / "told.xlsx"
    assert geoapp("public-maps", "-o", book).exit_code == 0
    sheets = openpyxl.load_workbook(book)
    assert sheets.sheetnames[1:] == ["请地图改正", "请自己核实"]
    body = json.loads(geoapp("public-maps", "--json").output)
    assert body["counts"]["missing"] == 2
    assert geoapp("public-maps", "-o", tmp_path / "told.pdf").exit_code == 2
    assert geoapp("public-maps", "--region", "999999").exit_code == 2


def _what_cannot_be_used_changes_nothing(database: Database, geoapp: Run, tmp_path: Path) -> None:
    before = found(database).keys()
    empty = write_csv(tmp_path / "empty.csv", HEADER, [])
    assert geoapp("import", "public-map", empty, "--map", "amap").exit_code == 2
    wrong = write_csv(
        tmp_path / "wrong.csv",
        HEADER,
        [["", "", "120.35", "36.07", "", ""], ["", "x", "", "", "", ""]],
    )
    assert geoapp("import", "public-map", wrong, "--map", "amap").exit_code == 3
    # What has no positions at all is told what it needs, and not what a list of facilities may do.
    bare = write_csv(tmp_path / "bare.csv", ["名称", "地址"], [["某驿站", "一路 1 号"]])
    refused = geoapp("import", "public-map", bare, "--map", "amap")
    assert refused.exit_code == 2
    assert "请从这个地图导出带经纬度的名录" in refused.output
    assert "--without-position" not in refused.output
    path = write_csv(tmp_path / "some.csv", HEADER, rows(Datum.BD09, LISTED))
    assert geoapp("import", "public-map", path, "--map", "other").exit_code == 2
    nowhere = geoapp("import", "public-map", path, "--map", "amap", "--region", "999999")
    assert nowhere.exit_code == 2
    assert found(database).keys() == before


def _each_map_has_its_own_list_and_datum(database: Database, geoapp: Run, tmp_path: Path) -> None:
    # Without codes a place is known again by its name and address.
    bare = [[name, lon, lat, address] for _, name, lon, lat, address, _ in rows(Datum.BD09, LISTED)]
    for _ in range(2):
        path = write_csv(tmp_path / "baidu.csv", ["名称", "lng", "lat", "地址"], bare)
        asked = ("--map", "baidu", "--region", "370200")
        done = geoapp("import", "public-map", path, *asked)
        assert done.exit_code == 0, done.output
    assert "不变 5" in done.output
    lines = {
        one.facility.code: one for one in compare(database, PublicMap.BAIDU).lines if one.facility
    }
    off = lines["T-4"].distance_m
    assert off is not None
    assert off < 1.5
    with database.session() as session:
        kept = session.execute(text("select map, region_code from public_map_list order by map"))
        assert [tuple(one) for one in kept] == [("amap", "370203"), ("baidu", "370200")]
