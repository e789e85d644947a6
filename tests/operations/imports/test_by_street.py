"""``geoapp import facilities``: rows with an address alone, by the streets that are loaded."""

from pathlib import Path

import orjson
import pytest
from sqlalchemy import text

from geoapp.core.settings import Settings
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database
from tests.city_streets import load_city_streets
from tests.conftest import Command
from tests.operations.imports.importing import seed_regions, stored, write_csv

HEADER = ("编号", "类型", "名称", "地址", "所在区", "经度", "纬度")
ROWS = (
    ("A", "爱心驿站", "甲站", "香港中路68号", "", "", ""),
    ("B", "爱心驿站", "乙站", "台东三路77号甲", "市南区", "", ""),
    ("C", "爱心驿站", "丙站", "中山路1号", "", "", ""),
    ("D", "爱心驿站", "丁站", "延安路4号", "", "", ""),
    ("E", "爱心驿站", "戊站", "香港中路与南京路路口", "", "120.2", "36.2"),
)


def test_a_dry_run_proposes_and_an_option_with_a_limit_places(
    geoapp: Command,
    database: Database,
    settings: Settings,
    tmp_path: Path,
    subtests: pytest.Subtests,
) -> None:
    initialise(database)
    seed_regions(database)
    path = write_csv(tmp_path / "list.csv", HEADER, ROWS)
    with subtests.test("without streets"):
        refused = geoapp("import", "facilities", path, "--place-by-street", "500m")
        assert refused.exit_code == 2
        assert "geoapp import streets" in refused.stderr
        assert "--place-by-street" not in geoapp("import", "facilities", path, "--dry-run").stdout
    load_city_streets(settings, tmp_path)
    with subtests.test("a limit that is none"):
        for limit in ("weit", "0", "500 miles", "-5m"):
            wrong = geoapp("import", "facilities", path, "--place-by-street", limit)
            assert wrong.exit_code == 2
            assert "500m" in wrong.stderr
    with subtests.test("a dry run"):
        done = geoapp("import", "facilities", path, "--dry-run")
        assert done.exit_code == 3  # they are rejected still
        told = done.stdout
        assert (
            "第 2 行 甲站（香港中路68号）没有放置：在香港中路（市南区）上，约 960 米内，不是门口"
            in told
        )
        assert "第 4 行 丙站（中山路1号）没有放置：在中山路（市南区）上" in told
        assert "；或在中山路（市北区）上" in told
        assert "载入的街道里没有“延安路”" in told
        assert "戊站" not in told.split("新增")[0]
        assert "能按地址找到唯一一处的：2 行，没有放置" in told
        found = orjson.loads(geoapp("import", "facilities", path, "--dry-run", "--json").stdout)
        assert [(one["line"], len(one["places"]), one["placed"]) for one in found["by_street"]] == [
            (2, 1, False), (3, 1, False), (4, 2, False), (5, 0, False),
        ]  # fmt: skip
        assert found["by_street"][1]["places"][0]["accuracy_m"] == 20
        assert found["by_street"][3]["trouble"]["en"].startswith("延安路: not among")
    with subtests.test("without the option nothing is placed"):
        assert "新增 1，" in geoapp("import", "facilities", path).stdout
    with subtests.test("within the limit"):
        done = geoapp("import", "facilities", path, "--place-by-street", "0.5km")
        assert done.exit_code == 3
        assert "新增 1，更新 0，不变 1，拒绝 3" in done.stdout
        assert "按地址放在街上的：1 行" in done.stdout
        assert "没有按地址放置的：3 行" in done.stdout
        one = stored(database, "B")
        assert (one["lon"], one["lat"]) == pytest.approx((120.141, 36.1002))
        assert (one["position_basis"], one["position_accuracy_m"]) == ("address", 20)
        assert stored(database, "E")["position_basis"] == "given"
    with subtests.test("the same again changes nothing"):
        again = geoapp("import", "facilities", path, "--place-by-street", "500m")
        assert "新增 0，更新 0，不变 2，拒绝 3" in again.stdout
        assert "库中已有位置的 1 行，位置不按街道改动" in again.stdout
    with subtests.test("what is known better stays, and so does what others say of theirs"):
        with database.session() as session:
            session.execute(
                text(
                    "update facility set geom = st_setsrid(st_makepoint(120.1412, 36.1003), 4326), "
                    "position_basis = 'surveyed', position_accuracy_m = 2 where code in ('B', 'E')"
                )
            )
            session.execute(
                text(
                    "update facility set geom = st_setsrid(st_makepoint(120.2, 36.2), 4326) where code = 'E'"
                )
            )
        done = geoapp("import", "facilities", path, "--place-by-street", "1km")
        assert "新增 1，更新 0，不变 2，拒绝 2" in done.stdout
        for code in ("B", "E"):
            kept = stored(database, code)
            assert (kept["position_basis"], kept["position_accuracy_m"]) == ("surveyed", 2)
        assert stored(database, "B")["lon"] == pytest.approx(120.1412)
        assert stored(database, "A")["position_accuracy_m"] == 960
    with subtests.test("a list without any coordinates, in another datum, without codes"):
        bare = write_csv(
            tmp_path / "bare.csv", ("名称", "地址"), [("己站", "青岛市市南区台东三路9号")]
        )
        options = ("--kind", "爱心驿站", "--issue-codes", "--datum", "gcj02")
        assert geoapp("import", "facilities", bare, *options).exit_code == 2
        done = geoapp("import", "facilities", bare, *options, "--place-by-street", "500m")
        assert done.exit_code == 0, done.output
        with database.session() as session:
            place = session.execute(
                text(
                    "select st_x(geom), st_y(geom), position_basis, code from facility "
                    "where name_zh = '己站'"
                )
            ).one()
        assert tuple(place[:2]) == pytest.approx((120.1405, 36.1002), abs=1e-6)
        assert place[2] == "address"
        assert place[3].startswith("370202-")


def test_a_list_without_columns_of_positions_is_told_of_its_addresses(
    geoapp: Command, database: Database, tmp_path: Path
) -> None:
    initialise(database)
    path = write_csv(tmp_path / "list.csv", HEADER[:5], [row[:5] for row in ROWS])
    refused = geoapp("import", "facilities", path, "--dry-run")
    assert refused.exit_code == 2
    assert "--place-by-street 500m" in refused.stderr
