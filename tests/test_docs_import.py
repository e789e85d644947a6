"""docs/import.md names every column that imports know, and its examples work."""

import json
import re
import shlex
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from geoapp.cli import main
from geoapp.core.settings import Settings
from geoapp.importers.open import check_suffix
from geoapp.importers.rows.columns import (
    CANDIDATE_COLUMNS,
    CARE_COLUMNS,
    CONTEST_COLUMNS,
    DEMAND_COLUMNS,
    DESK_COLUMNS,
    ENTRY_COLUMNS,
    FACILITY_COLUMNS,
    OFFER_COLUMNS,
    OPINION_COLUMNS,
    ORGANISATION_COLUMNS,
    PRICE_COLUMNS,
    REGION_COLUMNS,
    SERVICE_COLUMNS,
    VISIT_COLUMNS,
    Column,
    folded,
    further_names,
)
from tests.osm_file import write_a_toilet


@pytest.fixture
def page(repo_root: Path) -> str:
    return (repo_root / "docs" / "import.md").read_text(encoding="utf-8")


def test_the_columns_of_facilities(page: str) -> None:
    told = re.findall(r"^\| `(\w+)` \| (\S+) \|", page, re.M)
    assert told == [(column.name, column.zh) for column in FACILITY_COLUMNS]


@pytest.mark.parametrize(
    ("file", "columns"),
    [
        ("regions", REGION_COLUMNS),
        ("demand", DEMAND_COLUMNS),
        ("candidates", CANDIDATE_COLUMNS),
        ("organisations", ORGANISATION_COLUMNS),
        ("services", SERVICE_COLUMNS),
        ("offers", OFFER_COLUMNS),
        ("desks", DESK_COLUMNS),
        ("visits", VISIT_COLUMNS),
        ("opinions", OPINION_COLUMNS),
        ("care", CARE_COLUMNS),
        ("contests", CONTEST_COLUMNS),
        ("entries", ENTRY_COLUMNS),
        ("prices", PRICE_COLUMNS),
    ],
)
def test_the_columns_of_other_files(page: str, file: str, columns: tuple[Column, ...]) -> None:
    [row] = re.findall(rf"^\| `{file}` \| (.*) \|$", page, re.M)
    told = re.findall(r"`(\w+)` (\w+?)(?=、|（| \||$)", row)
    assert told == [(column.name, column.zh) for column in columns]


def test_the_formats(page: str) -> None:
    [line] = re.findall(r"^- \*\*格式.*", page, re.M)
    for suffix in re.findall(r"`(\.\w+)`", line):
        read = check_suffix(Path(f"x{suffix}"))
        stands_for = {".tsv": ".csv", ".txt": ".csv", ".json": ".geojson", ".topojson": ".geojson"}
        assert read == stands_for.get(suffix, suffix)


NEEDED = {
    "stations.xlsx": ["code,kind,name_zh,lon,lat", "A,爱心驿站,甲站,120.382600,36.067100"],
    "workers.csv": ["lon,lat,weight", "120.382600,36.067100,12"],
    "sites.csv": ["code,lon,lat", "S-1,120.382600,36.067100"],
}


def test_the_examples_work(
    page: str, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Run every command of the page, the outlines first as the page says."""
    for name, lines in NEEDED.items():
        rows = [line.split(",") for line in lines]
        if name.endswith(".xlsx"):
            book = openpyxl.Workbook()
            assert book.active is not None
            for row in rows:
                book.active.append(row)
            book.save(tmp_path / name)
        else:
            (tmp_path / name).write_text("\n".join(lines), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GEOAPP_DATA", str(settings.data))
    commands = [
        shlex.split(line, comments=True) for line in re.findall(r"^    (geoapp .*)$", page, re.M)
    ]
    commands.sort(key=lambda words: words[1] != "boundaries" and "regions" not in words)
    write_a_toilet(tmp_path / "city.osm.pbf", lon=120.3826, lat=36.0671)
    assert len(commands) == 8
    for words in commands:
        result = CliRunner().invoke(main, words[1:])
        assert result.exit_code == 0, f"{words}: {result.output}"
        dry = "--dry-run" in words
        if words[1] == "import" and words[2] != "regions":
            assert ("新增 1" in result.output) and (("试运行" in result.output) == dry)
    again = CliRunner().invoke(main, ["import", "facilities", "stations.xlsx", "--datum", "gcj02"])
    # The export holds the station and the toilet.
    assert "不变 2" in again.output


def test_the_page_names_the_file_of_further_names(page: str, repo_root: Path) -> None:
    [path] = re.findall(r"台账里常见的其他写法也认（`([^`]*)`）", page)
    listed = json.loads((repo_root / path).read_text(encoding="utf-8"))["facilities"]
    further = further_names("facilities")
    assert {name for names in listed.values() for name in map(folded, names)} >= set(further)
    assert further[folded("驿站名称")] == "name_zh"
