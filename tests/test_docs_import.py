"""docs/import.md names every column that imports know."""

import re
from pathlib import Path

import pytest

from geoapp.importers.columns import (
    CANDIDATE_COLUMNS,
    DEMAND_COLUMNS,
    FACILITY_COLUMNS,
    REGION_COLUMNS,
    Column,
)
from geoapp.importers.tables import check_suffix


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
    ],
)
def test_the_columns_of_other_files(page: str, file: str, columns: tuple[Column, ...]) -> None:
    [row] = re.findall(rf"^\| `{file}` \| (.*) \|$", page, re.M)
    told = re.findall(r"`(\w+)` (\w+?)(?=、|（| \||$)", row)
    assert told == [(column.name, column.zh) for column in columns]


def test_the_formats(page: str) -> None:
    [line] = re.findall(r"^- \*\*格式.*", page, re.M)
    for suffix in re.findall(r"`(\.\w+)`", line):
        assert check_suffix(Path(f"x{suffix}")) == suffix
