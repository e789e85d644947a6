"""A rule of spacing along streets: a town of three streets, every length measured by hand."""

from pathlib import Path
from typing import Any

import openpyxl
import osmium
import pytest
from click.testing import CliRunner
from osmium.osm.mutable import Node, Way
from sqlalchemy import text

from geoapp.cli import main
from geoapp.core.geo import geodesic_m
from geoapp.core.settings import Settings
from geoapp.operations.network.importing import import_network
from geoapp.operations.standards.files import save_spacing
from geoapp.operations.standards.spacing import check_spacing
from geoapp.reports.words.spacing import streets_text
from geoapp.store.engine import Database
from tests.city_streets import load_street_names
from tests.operations.standards.test_spacing import write_rule

# 市南区 west of 120.34, 市北区 from there to 120.36; the long street goes on beyond both.
BORDER, STATION, END = 120.34, 120.345, 120.36
LONG = {"highway": "primary", "name": "长街", "name:en": "Long Street"}
WAYS: list[tuple[dict[str, str], list[tuple[float, float]]]] = [
    (LONG, [(lon, 36.07) for lon in (120.325, BORDER, STATION, END, 120.37)]),
    ({"highway": "residential"}, [(STATION, 36.07), (STATION, 36.079)]),
    ({"highway": "pedestrian", "name": "步行街"}, [(STATION, 36.07), (STATION, 36.061)]),
    # No streets: a path, the rim of a square, and a road that joins nothing.
    ({"highway": "footway"}, [(BORDER, 36.07), (BORDER, 36.079)]),
    ({"highway": "pedestrian"}, [(END, 36.07), (END, 36.062)]),
    ({"highway": "residential", "name": "孤路"}, [(120.357, 36.075), (120.357, 36.079)]),
]
RULE: dict[str, Any] = {
    **{"by": "walk", "within_m": 500},
    "busy": {"regions": ["370202"], "within_m": 300},
}


def line_m(one: tuple[float, float], other: tuple[float, float]) -> float:
    return float(geodesic_m(*one, *other))


def write_streets(path: Path) -> Path:
    numbers: dict[tuple[float, float], int] = {}
    ways = [
        ([numbers.setdefault(at, len(numbers) + 1) for at in spots], tags) for tags, spots in WAYS
    ]
    with osmium.SimpleWriter(str(path)) as writer:
        for spot, number in numbers.items():
            writer.add_node(Node(id=number, location=spot))
        for number, (nodes, tags) in enumerate(ways, start=1):
            writer.add_way(Way(id=number, nodes=nodes, tags=tags))
    return path


def test_streets_too_far_from_any_station(
    town_template: str,
    database: Database,
    settings: Settings,
    tmp_path: Path,
    subtests: pytest.Subtests,
) -> None:
    with database.session() as session:
        session.execute(
            text(
                "insert into region (code, parent_code, level, name_zh, name_en, geom) values "
                "('370202', '370200', 'district', '市南区', 'Shinan', st_multi(st_makeenvelope("
                "120.32, 36.06, 120.34, 36.08, 4326)))"
            )
        )
        session.execute(text("delete from facility where code not in ('T-1', 'T-2')"))
        # One stands on the long street, the other a kilometre off any way.
        for code, lat in (("T-1", 36.07), ("T-2", 36.06)):
            session.execute(
                text(
                    "update facility set geom = st_setsrid(st_makepoint(:lon, :lat), 4326) "
                    "where code = :code"
                ),
                {"code": code, "lon": STATION if code == "T-1" else 120.332, "lat": lat},
            )
    write_rule(settings, "walked", RULE)
    with subtests.test("without a network it is said, and nothing is made up"):
        found = check_spacing(database, settings, "walked")
        assert (found.streets, found.total.street_m, found.total.far_street_m) == (None, None, None)
        assert "没有导入步行路网" in said(found)
    extract = write_streets(tmp_path / "town.osm.pbf")
    import_network(database, settings, extract)
    with subtests.test("without names of streets a street is what goes straight on"):
        found = check_spacing(database, settings, "walked")
        assert found.streets is not None
        assert {one.street for one in found.streets.stretches} == {None}
        assert len(found.streets.stretches) == 3
    load_street_names(settings, extract)
    west = line_m((120.325, 36.07), (BORDER, 36.07))
    to_border = line_m((BORDER, 36.07), (STATION, 36.07))
    east = line_m((STATION, 36.07), (END, 36.07))
    north = line_m((STATION, 36.07), (STATION, 36.079))
    south = line_m((STATION, 36.07), (STATION, 36.061))
    found = check_spacing(database, settings, "walked")
    with subtests.test("every stretch, the longest first"):
        assert found.streets is not None
        stretches = found.streets.stretches
        lengths = [one.length_m for one in stretches]
        assert lengths == sorted(lengths, reverse=True)
        told = {
            (one.street and one.street.en, one.district): (
                one.length_m,
                one.farthest_m,
                one.allowed_m,
            )
            for one in stretches
        }
        assert len(told) == len(stretches) == 4
        truth = {
            ("Long Street", "370202"): (west, west + to_border, 300),
            ("Long Street", "370203"): (east - 500, east, 500),
            (None, "370203"): (north - 500, north, 500),
            ("步行街", "370203"): (south - 500, south, 500),
        }
        for key, metres in truth.items():
            assert told[key] == pytest.approx(metres, abs=0.3), key
        assert found.streets.stations_beside == 1
        assert "1 处站点离路网太远" in said(found)
        assert "长街" in found.streets.stretches[0].place.zh
    with subtests.test("districts sum to the city"):
        counts = {one.code: one.count for one in found.regions}
        assert counts["370202"].far_street_m == pytest.approx(west, abs=0.3)
        assert counts["370202"].street_m == pytest.approx(west, abs=0.3)
        assert counts["370203"].street_m == pytest.approx(to_border + east + north + south, abs=0.5)
        assert counts["370203"].far_street_m == pytest.approx(east + north + south - 1500, abs=0.5)
        for name in ("street_m", "far_street_m"):
            parts = [getattr(counts[code], name) for code in ("370202", "370203")]
            assert getattr(counts["370200"], name) == pytest.approx(sum(parts))
            assert getattr(found.total, name) == pytest.approx(sum(parts))
    with subtests.test("a district alone has its own stretches"):
        alone = check_spacing(database, settings, "walked", "370202")
        assert alone.streets is not None
        assert [one.district for one in alone.streets.stretches] == ["370202"]
        assert alone.total.far_street_m == pytest.approx(west, abs=0.3)
    with subtests.test("by line streets are not measured, and it is said what to do"):
        straight = check_spacing(database, settings, "walked", None, "line")
        assert straight.streets is None
        assert "选“步行”" in said(straight)
    with subtests.test("in the workbook and in the terminal"):
        save_spacing(database, found, tmp_path / "spacing.xlsx")
        book = openpyxl.load_workbook(tmp_path / "spacing.xlsx")
        assert book["太远的路段"].max_row == 5
        assert book["太远的路段"]["B2"].value == "长街"
        head = [cell.value for cell in book["各区"][1]]
        assert head[-3:] == ["道路（米）", "太远的道路（米）", "太远的道路的比例"]
        env = {"DATABASE_URL": database.url, "GEOAPP_DATA": str(settings.data)}
        done = CliRunner().invoke(main, ["standards", "walked", "--spacing"], env=env)
        assert "Long Street" in done.output
        assert "太远的路段" in done.output


def said(found: Any) -> str:
    told = streets_text(found)
    return "" if told is None else told.zh
