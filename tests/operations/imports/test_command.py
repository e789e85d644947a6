"""``geoapp import`` and ``geoapp export`` as a person meets them: hostile files, words, exit codes."""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

import click.testing
import openpyxl
import orjson
import pytest
from pyproj import Transformer
from sqlalchemy import text as text_of

from geoapp.cli import main
from geoapp.core.geo import from_wgs84
from geoapp.core.settings import Settings
from geoapp.core.words import Datum
from geoapp.store.engine import Database, open_database
from geoapp.store.facilities.write import delete_facility
from tests.conftest import copy_store
from tests.operations.imports.importing import facility_picture, seed_regions

HEADER = "编号,类型,名称,经度,纬度,区域代码,开放时间\n"
GOOD = "A,爱心驿站,甲站,120.15,36.15,370202,8:00-18:00\n"
Run = Callable[..., click.testing.Result]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("command")


@pytest.fixture(scope="module")
def store(folder: Path, made_store: Path) -> Iterator[Database]:
    """A store of its own in a data folder, as a user has, with two districts."""
    copy_store(made_store, folder / "data")
    database = open_database(Settings(data=folder / "data", database_url=None))
    seed_regions(database)
    yield database
    database.close()


@pytest.fixture
def run(store: Database, folder: Path, settings: Settings) -> Run:
    """Run ``geoapp``; nothing may ever escape as a traceback."""
    del store, settings  # the one opens the store, the other clears the environment

    def invoke(*arguments: object) -> click.testing.Result:
        runner = click.testing.CliRunner()
        result = runner.invoke(
            main, [str(part) for part in arguments], env={"GEOAPP_DATA": str(folder / "data")}
        )
        assert result.exception is None or isinstance(result.exception, SystemExit), result.output
        return result

    return invoke


@pytest.mark.parametrize(
    ("row", "field", "zh", "en"),
    [
        ("B,站点,乙,120.15,36.15,,\n", "kind", "类型“站点”不认识", "'站点' is not known"),
        ("B,base,乙,36.15,120.15,,\n", "lon, lat", "经度和纬度写反了", "are swapped"),
        ("B,base,乙,0,0,,\n", "lon, lat", "几内亚湾", "Gulf of Guinea"),
        ("B,base,乙,NaN,36.15,,\n", "lon", "不是数", "is not a number"),
        ("B,base,乙,2.35,48.85,,\n", "lon, lat", "超过 200 公里", "more than 200 km"),
        ("B,base,乙,120.55,36.15,370202,\n", "region", "距所填区域“市南区”", "the stated region"),
        ("B,base,乙,120.15,36.15,370299,\n", "region", "先导入区域", "import it first"),
        ("A,base,乙,120.15,36.15,,\n", "code", "第 2 行已用过", "before in line 2"),
        ("B,base,乙,120.15,36.15,,,多\n", "", "这一行有 8 格", "The row has 8 cells"),
    ],
)
def test_a_hostile_row_has_its_sentence(
    run: Run, folder: Path, row: str, field: str, zh: str, en: str
) -> None:
    path = folder / "rows.csv"
    path.write_text(HEADER + GOOD + row, encoding="utf-8")
    result = run("import", "facilities", path)
    assert result.exit_code == 3
    names = {
        "kind": "类型（kind）",
        "lon": "经度（lon）",
        "lon, lat": "经度、纬度（lon, lat）",
        "region": "区域代码（region）",
        "code": "编号（code）",
    }
    place = f"第 3 行 {names.get(field, field)}".strip()
    assert f"{place}: " in result.stderr
    assert f"line 3 {field}".strip() + ": " in result.stderr
    assert zh in result.stderr
    assert en in result.stderr
    assert result.stderr.index(zh) < result.stderr.index(en)
    assert "拒绝 1" in result.stdout
    assert "rejected 1" in result.stdout
    with (folder / "rows.rejects.csv").open(encoding="utf-8-sig", newline="") as file:
        [kept] = csv.DictReader(file)
    assert (kept["reject_line"], kept["reject_field"]) == ("3", field)
    assert zh in kept["reject_reason_zh"]
    assert kept["名称"] == "乙"


def test_unreadable_hours_are_a_warning(run: Run, folder: Path) -> None:
    path = folder / "moods.csv"
    row = "MOOD,base,乙,120.15,36.15,,看心情\n"
    path.write_text(HEADER + GOOD + row, encoding="utf-8")
    result = run("import", "facilities", path)
    assert result.exit_code == 0
    assert "提醒：第 3 行 开放时间（opening_hours）: 看不懂开放时间“看心情”" in result.stderr
    assert "Warning: line 3 opening_hours: " in result.stderr
    assert "rejected 0" in result.stdout
    assert not list(folder.glob("moods.rejects*"))
    # Export and import again: the words are the same, in both columns.
    assert run("export", "facilities", "-o", folder / "out.csv").exit_code == 0
    with (folder / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        [kept] = [line for line in csv.DictReader(file) if line["code"] == "MOOD"]
    assert (kept["opening_hours"], kept["opening_hours_raw"]) == ('"看心情"', "看心情")
    again = run("import", "facilities", folder / "out.csv")
    assert "inserted 0, updated 0, " in again.stdout
    assert "rejected 0" in again.stdout
    assert "看心情" not in again.stderr


def test_the_wrong_datum_is_named(run: Run, folder: Path) -> None:
    # 200 m inside the west by WGS-84; written as a map service shows it, it lies in the east.
    lon, lat = from_wgs84(lon=120.2978, lat=36.15, datum=Datum.GCJ02)
    path = folder / "gcj.csv"
    path.write_text(HEADER + f"G,base,国测局,{lon},{lat},370202,\n", encoding="utf-8")
    result = run("import", "facilities", path)
    assert result.exit_code == 3
    assert "核对坐标系（--datum gcj02）" in result.stderr
    assert run("import", "facilities", path, "--datum", "gcj02").exit_code == 0


def _sheet(path: Path, cells: dict[str, str]) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for place, value in cells.items():
        book.active[place] = value
    book.save(path)


def _wide(path: Path) -> None:
    names = ",".join(f"c{number}" for number in range(16_384))
    path.write_text(names + "\n", encoding="utf-8")


def _one_vast_cell(path: Path) -> None:
    """Write a cell of 200 MB without a line's end."""
    with path.open("wb") as file:
        file.write((HEADER + "A,base,").encode())
        for _ in range(200):
            file.write(b"x" * 1024**2)


@pytest.mark.parametrize(
    ("name", "make", "zh", "en"),
    [
        ("empty.csv", lambda path: path.write_bytes(b""), "是空文件", "is empty"),
        ("mark.csv", lambda path: path.write_bytes(b"\xef\xbb\xbf"), "是空文件", "is empty"),
        (
            "fake.xlsx",
            lambda path: path.write_text(HEADER),
            "内容与后缀 .xlsx 不符",
            "suffix .xlsx",
        ),
        ("fake.csv", lambda path: _sheet(path, {"A1": "x"}), "与后缀 .csv 不符", "suffix .csv"),
        ("fake.gpkg", lambda path: path.write_text("{}"), "与后缀 .gpkg 不符", "suffix .gpkg"),
        ("x.geojson", lambda path: path.write_text('{"type": '), "JSON", "JSON"),
        ("wide.csv", _wide, "有 16,384 列", "16,384 columns"),
        ("far.xlsx", lambda path: _sheet(path, {"XFD1048576": "x"}), "散布", "spread over"),
        ("vast.csv", _one_vast_cell, "过大的单元格", "a cell is too large"),
        (
            "lacks.csv",
            lambda path: path.write_text("编号,名称\n"),
            "类型（kind）",
            "kind, lon, lat",
        ),
        ("gone.csv", lambda path: None, "无法读取文件", "cannot be read"),
        ("x.docx", lambda path: path.write_text("x"), "后缀为", "a file ending in"),
    ],
)
def test_an_unusable_file_has_its_sentence(
    run: Run,
    store: Database,
    folder: Path,
    name: str,
    make: Callable[[Path], None],
    zh: str,
    en: str,
) -> None:
    before = facility_picture(store)
    path = folder / name
    make(path)
    result = run("import", "facilities", path)
    path.unlink(missing_ok=True)
    assert result.exit_code == 2
    first, second = result.stderr.splitlines()[:2]
    assert zh in first
    assert en in second
    assert facility_picture(store) == before


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_encodings(run: Run, store: Database, folder: Path, encoding: str) -> None:
    path = folder / f"{encoding}.csv"
    path.write_bytes((HEADER + GOOD.replace("A,", f"{encoding},")).encode(encoding))
    assert run("import", "facilities", path).exit_code == 0
    assert (encoding, "甲站") in [(row[1], row[3]) for row in facility_picture(store)]
    again = run("import", "facilities", path)
    assert (again.exit_code, "不变 1" in again.stdout) == (0, True)


def test_a_dry_run_says_so(run: Run, store: Database, folder: Path) -> None:
    before = facility_picture(store)
    path = folder / "dry.csv"
    path.write_text(HEADER + GOOD.replace("A,", "DRY,") + "?,?,?,?,?,?,?\n", encoding="utf-8")
    result = run("import", "facilities", path, "--dry-run")
    assert result.exit_code == 3
    assert "试运行，未写入" in result.stdout
    assert "Dry run, nothing written" in result.stdout
    assert facility_picture(store) == before
    assert not (folder / "dry.rejects.csv").exists()


def test_an_unknown_datum_is_refused(run: Run, folder: Path) -> None:
    path = folder / "datum.csv"
    path.write_text(HEADER + GOOD, encoding="utf-8")
    result = run("import", "facilities", path, "--datum", "epsg:3857")
    assert result.exit_code == 2
    assert "gcj02" in result.stderr


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".geojson", ".gpkg"])
def test_an_export_imports_without_a_change(
    run: Run, store: Database, folder: Path, suffix: str
) -> None:
    path = folder / "again.csv"
    path.write_text(HEADER + GOOD.replace("A,", "E,"), encoding="utf-8")
    assert run("import", "facilities", path).exit_code == 0
    before = facility_picture(store)
    out = folder / f"out{suffix}"
    result = run("export", "facilities", "-o", out, "--headers", "zh", "--datum", "gcj02")
    assert result.exit_code == 0
    assert f"{len(before)} facilities written" in result.stdout
    result = run("import", "facilities", out, "--datum", "gcj02")
    assert result.exit_code == 0
    assert f"不变 {len(before)}" in result.stdout
    assert facility_picture(store) == before


def test_an_export_that_cannot_be_written(run: Run, folder: Path) -> None:
    result = run("export", "facilities", "-o", folder / "nowhere" / "x.csv")
    assert result.exit_code == 2
    assert run("export", "facilities", "-o", folder / "x.shp").exit_code == 2


STRANGE = (
    '序号,驿站名称,详细地址,坐标\n1,甲驿站,一路,"36.15,120.15"\n2,乙驿站,二路,"36.15,120.35"\n'
)


def test_a_strangers_list_goes_in_and_again(run: Run, store: Database, folder: Path) -> None:
    path = folder / "strange.csv"
    path.write_text(STRANGE, encoding="utf-8")
    result = run("import", "facilities", path)
    assert result.exit_code == 2
    assert "--kind" in result.output and "--issue-codes" in result.output
    before = {row[1] for row in facility_picture(store)}
    options = ("--kind", "爱心驿站", "--issue-codes")
    result = run("import", "facilities", path, *options)
    assert (result.exit_code, "inserted 2" in result.output) == (0, True), result.output
    issued = {row[1] for row in facility_picture(store)} - before
    assert issued == {"370202-care_post-0001", "370203-care_post-0001"}
    # Turned round, and with one more place: nothing but that is new.
    head, *lines = STRANGE.splitlines()
    more = '3,丙驿站,三路,"36.16,120.15"'
    path.write_text("\n".join([head, more, *reversed(lines)]), encoding="utf-8")
    result = run("import", "facilities", path, *options)
    assert "inserted 1, updated 0, unchanged 2" in result.output
    assert {row[1] for row in facility_picture(store)} - before - issued == {
        "370202-care_post-0002"
    }
    # What was deleted keeps its code: it leads to what became of it.
    with store.session() as session:
        delete_facility(session, "370202-care_post-0002")
    assert "inserted 1," in run("import", "facilities", path, *options).output
    assert {row[1] for row in facility_picture(store)} - before - issued == {
        "370202-care_post-0003"
    }
    for wrong in (("--kind", "宫殿"), ("--map", "无=name_zh"), ("--code-key", "name_zh")):
        assert run("import", "facilities", path, *wrong).exit_code == 2
    result = run("import", "facilities", path, *options, "--code-key", "colour")
    assert result.exit_code == 2 and "name_zh,address" in result.output


def test_a_dry_run_says_what_would_change_and_what_may_be_twice(
    run: Run, store: Database, folder: Path
) -> None:
    head = "编号,类型,名称,经度,纬度,电话\n"
    path = folder / "diff.csv"
    path.write_text(head + "D1,爱心驿站,云南路爱心驿站,120.16,36.16,0532-1\n", encoding="utf-8")
    assert run("import", "facilities", path).exit_code == 0
    picture = facility_picture(store)
    path.write_text(
        head
        + "D1,爱心驿站,云南路爱心驿站,120.17,36.16,0532-2\n"
        + "D2,爱心驿站,贵州路爱心驿站,120.18,36.18,\n"
        + "D3,爱心驿站,贵州路驿站,120.1805,36.18,\n",
        encoding="utf-8",
    )
    result = run("import", "facilities", path, "--dry-run", "--json")
    body = orjson.loads(result.stdout)
    assert [body[name] for name in ("read", "new", "changed", "unchanged")] == [3, 2, 1, 0]
    changed, *new = body["differences"]
    assert (changed["code"], set(changed["changes"])) == ("D1", {"geometry", "phone"})
    assert changed["changes"]["phone"] == ["0532-1", "0532-2"]
    assert [(one["code"], one["changes"]) for one in new] == [("D2", None), ("D3", None)]
    [pair] = body["duplicates"]
    assert (pair["line"], pair["code"], pair["other_code"]) == (3, "D2", "D3")
    assert (pair["alike"], pair["other_is_stored"], pair["same_phone"]) == (1.0, False, None)
    assert 44 < pair["distance_m"] < 46
    assert [one["by"] for one in body["columns"]] == ["name"] * 6
    result = run("import", "facilities", path, "--dry-run")
    assert "电话（phone）: 0532-1 → 0532-2" in result.output
    assert "New: D2 贵州路爱心驿站" in result.output
    assert "names 100% alike, 45 m apart" in result.output
    assert facility_picture(store) == picture
    # Stored facilities count as well, and suspicion refuses nothing.
    path.write_text(head + "D9,爱心驿站,云南路驿站,120.1601,36.16,\n", encoding="utf-8")
    result = run("import", "facilities", path)
    assert result.exit_code == 0
    assert "and stored D1" in result.output
    # Imported again it brings no suspicion; a row that is new is held against what is stored.
    body = orjson.loads(run("import", "facilities", path, "--dry-run", "--json").stdout)
    assert (body["unchanged"], body["duplicates"]) == (1, [])
    with path.open("a", encoding="utf-8") as file:
        file.write("D8,爱心驿站,云南路驿站,120.1602,36.16,\n")
    body = orjson.loads(run("import", "facilities", path, "--dry-run", "--json").stdout)
    assert sorted(
        (one["line"], one["code"], one["other_code"], one["other_is_stored"])
        for one in body["duplicates"]
    ) == [(3, "D8", "D1", True), (3, "D8", "D9", True)]


def test_a_workbook_of_organisations_is_told_which_sheet(run: Run, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for name in ("甲", "乙"):
        sheet = book.create_sheet(name)
        sheet.append(["编号", "类型", "名称"])
        sheet.append([f"U-{name}", "工会组织", f"{name}工会"])
    book.save(tmp_path / "o.xlsx")
    command = ("import", "organisations", tmp_path / "o.xlsx", "--dry-run")
    assert "--sheet" in run(*command).output
    assert "inserted 1," in run(*command, "--sheet", "乙").output


def test_the_system_of_eastings_and_northings_is_proposed_and_never_taken(
    run: Run, folder: Path
) -> None:
    # Surveyors call the northing x; the meridian of 120 E runs through the west of the two districts.
    to_metres = Transformer.from_crs("EPSG:4326", "EPSG:4549", always_xy=True)
    places = [to_metres.transform(120.05 + n / 100, 36.1) for n in range(4)]
    rows = [f"M{n},爱心驿站,米{n}站,{north},{east}\n" for n, (east, north) in enumerate(places)]
    path = folder / "metres.csv"
    path.write_text("编号,类型,名称,经度,纬度\n" + "".join(rows), encoding="utf-8")
    result = run("import", "facilities", path, "--crs", "guess")
    assert result.exit_code == 2
    listed = [line.split("：")[0] for line in result.output.splitlines() if "：" in line]
    assert listed[:3] == ["--crs EPSG:4549", "--crs EPSG:2385", "--crs EPSG:2437"]
    assert "北京 54" in result.output and "什么也没有导入" in result.output
    taken = run("import", "facilities", path, "--crs", "EPSG:4549", "--dry-run")
    assert taken.exit_code == 0, taken.output
    local = [f"L{n},爱心驿站,地{n}站,{5_000 + n},{80_000 + n}\n" for n in range(4)]
    path.write_text("编号,类型,名称,经度,纬度\n" + "".join(local), encoding="utf-8")
    unknown = run("import", "facilities", path, "--crs", "guess")
    assert unknown.exit_code == 2 and "地方坐标系" in unknown.output


def test_points_that_fall_better_in_another_datum_are_told(run: Run, folder: Path) -> None:
    # East of the border at 120.3 by some 100 m: read as WGS-84 they seem to lie well inside; west of it
    # by 200 m, GCJ-02's shift of some 500 m brings them across, into the district that they do not name.
    rows = []
    for n in range(4):
        lon, lat = from_wgs84(lon=120.298, lat=36.1 + n / 100, datum=Datum.GCJ02)
        assert lon > 120.3
        rows.append(f"D{n},爱心驿站,移{n}站,{lon},{lat},市南区甲路 {n} 号\n")
    path = folder / "shifted.csv"
    path.write_text("编号,类型,名称,经度,纬度,地址\n" + "".join(rows), encoding="utf-8")
    looked_at = run("import", "facilities", path, "--dry-run")
    assert "没有写明坐标系。看过 4 行" in looked_at.output
    assert "WGS-84：区域内 4，写明的区内 0/4" in looked_at.output
    assert "--datum gcj02 / --datum bd09" in looked_at.output
    # What nobody says is not taken, and nothing is written.
    refused = run("import", "facilities", path)
    assert refused.exit_code == 2 and "请写明 --datum gcj02" in refused.output
    assert "拒绝 0" not in refused.output
    doubted = run("import", "facilities", path, "--datum", "wgs84", "--dry-run")
    assert doubted.exit_code == 0 and "落点却更像" in doubted.output
    stated = run("import", "facilities", path, "--datum", "gcj02", "--dry-run")
    assert "写明的区内" not in stated.output


def test_a_list_says_its_datum_by_heading_and_row_by_row(
    run: Run, folder: Path, store: Database
) -> None:
    """Above two headings, beside each, in a column; what was stated goes before headings alone."""
    there = {"lon": 120.15, "lat": 36.15}
    gcj, bd = (from_wgs84(**there, datum=one) for one in (Datum.GCJ02, Datum.BD09))
    lists = {
        "upper": "编号,类型,名称,高德坐标,,备注\n,,,经度,纬度,\n"
        + f"H0,爱心驿站,甲,{gcj[0]},{gcj[1]},\n",
        "title": "某区台账（坐标系：GCJ-02）\n编号,类型,名称,经度,纬度\n"
        + f"H0,爱心驿站,甲,{gcj[0]},{gcj[1]}\n",
        "beside": "编号,类型,名称,经度(GCJ-02),纬度(GCJ-02)\n"
        + f"H0,爱心驿站,甲,{gcj[0]},{gcj[1]}\n",
        "pair": f'编号,类型,名称,位置（百度）\nH0,爱心驿站,甲,"{bd[0]},{bd[1]}"\n',
        "both": "编号,类型,名称,百度经度,百度纬度,高德经度,高德纬度\n"
        + f"H0,爱心驿站,甲,{bd[0]},{bd[1]},{gcj[0]},{gcj[1]}\n",
        "column": "编号,类型,名称,经度,纬度,坐标系\n"
        + f"H0,爱心驿站,甲,{bd[0]},{bd[1]},百度\nH1,爱心驿站,乙,120.15,36.15,WGS84\n"
        + f"H2,爱心驿站,丙,{gcj[0]},{gcj[1]},\n",
    }
    for name, text in lists.items():
        path = folder / f"{name}.csv"
        path.write_text(text, encoding="utf-8")
        options = ["--datum", "gcj02"] if name == "column" else []
        result = run("import", "facilities", path, *options)
        assert result.exit_code == 0, result.output
        assert ("逐行按“坐标系”一列" if name == "column" else "写明坐标系，按") in result.output
        with store.session() as session:
            placed = session.execute(
                text_of("select st_x(geom), st_y(geom) from facility where code ~ '^H[0-2]$'")
            ).all()
            assert len(placed) == (3 if name == "column" else 1)
            session.execute(text_of("delete from facility where code ~ '^H[0-2]$'"))
        for lon, lat in placed:
            assert (lon, lat) == pytest.approx((120.15, 36.15), abs=1e-6)
    # What is rejected keeps it, though the title is not written out.
    path.write_text(lists["title"].replace("爱心驿站", "宫殿"), encoding="utf-8")
    assert run("import", "facilities", path).exit_code == 3
    rejects = path.with_name(f"{path.stem}.rejects.csv")
    assert "经度（GCJ-02）" in rejects.read_text(encoding="utf-8-sig")
    # No district is named, and all lie inside: what stands there already tells it.
    head = "编号,类型,名称,经度,纬度\n"
    spots = [(120.1 + n / 100, 36.1) for n in range(3)]
    rows = [f"H{n},爱心驿站,甲{n},{lon},{lat}\n" for n, (lon, lat) in enumerate(spots)]
    path.write_text(head + "".join(rows), encoding="utf-8")
    assert run("import", "facilities", path, "--datum", "wgs84").exit_code == 0
    moved = [from_wgs84(lon=lon, lat=lat, datum=Datum.GCJ02) for lon, lat in spots]
    rows = [f"K{n},爱心驿站,乙{n},{lon},{lat}\n" for n, (lon, lat) in enumerate(moved)]
    path.write_text(head + "".join(rows), encoding="utf-8")
    asked = run("import", "facilities", path)
    assert asked.exit_code == 2 and "已登记站点 100 米内 3" in asked.output
    assert "请写明 --datum gcj02，" in asked.output
    path.write_text(lists["column"], encoding="utf-8")
    aside = run("import", "facilities", path, "--map", "坐标系=-", "--dry-run", "--json")
    told = orjson.loads(aside.stdout)["datum"]
    assert (told["by"], told["read_as"], told["rows_by_column"]) == ("default", "wgs84", {})


def test_two_sheets_are_imported_as_one(run: Run, folder: Path) -> None:
    book = openpyxl.Workbook()
    # Both places lie in the west: the one in the east's sheet is held against that name.
    for number, title in enumerate(("市南区", "市北区")):
        sheet = book.create_sheet(title)
        sheet.append(("编号", "类型", "名称", "经度", "纬度"))
        sheet.append((f"Z{number}", "爱心驿站", f"{title}站", 120.1, 36.1 + number / 10))
    path = folder / "sheets.xlsx"
    book.save(path)
    sheets = ("--sheet", "市南区", "--layer", "市北区")
    result = run("import", "facilities", path, *sheets, "--dry-run")
    assert "读取 2，新增 2" in result.output
    by_name = run("import", "facilities", path, *sheets, "--map", "工作表=region", "--dry-run")
    assert "读取 2，新增 1" in by_name.output and "市北区" in by_name.output


def test_a_row_shorter_than_its_header_is_refused_alone(run: Run, folder: Path) -> None:
    path = folder / "short.csv"
    path.write_text("编号,类型,名称,经度,纬度\nSH-1\n", "utf-8")
    result = run("import", "facilities", path, "--datum", "wgs84")
    assert result.exit_code == 3, result.output
