"""Rows that are refused: mended in the file that holds them, and imported again."""

import csv
import json
import stat
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from geoapp.importers.open import open_table
from tests.operations.imports.facility_importer import Importer, counts, importer
from tests.operations.imports.importing import (
    stored,
    write_csv,
)

__all__ = ["importer"]

GOOD: dict[str, Any] = {
    "code": "A",
    "kind": "station",
    "name_zh": "站",
    "lon": 120.15,
    "lat": 36.15,
}


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".geojson", ".gpkg"])
def test_rejects_can_be_mended_and_imported(importer: Importer, suffix: str) -> None:
    path = importer.folder / f"in{suffix}"
    names = ["code", "kind", "name_zh", "lon", "lat", "capacity", "备注"]
    rows = [
        ["A", "station", "甲", 120.15, 36.15, "9", "x"],
        ["B", "station", "乙", 120.16, 36.15, "many", "y"],
        ["C", "palace", "丙", 36.15, 120.17, "7", "=1"],
    ]
    if suffix == ".csv":
        write_csv(path, names, rows, "gb18030")
    elif suffix == ".xlsx":
        book = openpyxl.Workbook()
        assert book.active is not None
        for row in [names, *rows]:
            book.active.append(["'=1" if cell == "=1" else cell for cell in row])
        book.save(path)
    else:
        write_geo(path, names, rows)
    report = importer.file(path)
    assert counts(report) == (3, 1, 0, 0, 2)
    assert report.problems[0].field == "capacity"
    assert report.extra_columns == ("备注",)
    rejects = report.rejects_path
    assert rejects == importer.folder / f"in.rejects{suffix}"
    assert stat.S_IMODE(rejects.stat().st_mode) == 0o600
    table = open_table(rejects)
    assert table.columns[-5:] == [
        "reject_line",
        "reject_field",
        "reject_value",
        "reject_reason_zh",
        "reject_reason_en",
    ]
    assert len(list(table.records)) == 2
    # As they are, they are rejected again, and what was read is not overwritten.
    before = rejects.read_bytes()
    again = importer.file(rejects)
    assert counts(again) == (2, 0, 0, 0, 2)
    assert again.rejects_path == importer.folder / f"in.rejects-2{suffix}"
    assert rejects.read_bytes() == before
    mend(rejects)
    assert counts(importer.file(rejects)) == (2, 2, 0, 0, 0)
    assert stored(importer.database, "B")["capacity"] == 8
    assert stored(importer.database, "B")["extra"] == {"备注": "y"}
    assert stored(importer.database, "C")["lon"] == pytest.approx(120.17)


def write_geo(path: Path, names: list[str], rows: list[list[Any]]) -> None:
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": row[3:5]},
            "properties": {
                name: cell
                for name, cell in zip(names, row, strict=True)
                if name not in ("lon", "lat")
            },
        }
        for row in rows
    ]
    source = path.with_name("source.geojson")
    body = {"type": "FeatureCollection", "features": features}
    source.write_text(json.dumps(body), encoding="utf-8")
    if path.suffix == ".gpkg":
        import geopandas as gpd  # noqa: PLC0415

        gpd.read_file(source).to_file(path, driver="GPKG")
    else:
        source.rename(path)


def mend(path: Path) -> None:
    """Correct the two rejected rows in their own format."""
    words = {"many": "8", "palace": "base"}
    if path.suffix == ".csv":
        content = path.read_text("utf-8-sig")
        content = content.replace(",many,", ",8,").replace(
            "palace,丙,36.15,120.17", "base,丙,120.17,36.15"
        )
        path.write_text(content, encoding="utf-8")
    elif path.suffix == ".xlsx":
        book = openpyxl.load_workbook(path)
        assert book.active is not None
        for row in book.active.iter_rows(min_row=2):
            for cell in row:
                cell.value = words.get(cell.value, cell.value)
            if row[0].value == "C":
                row[3].value, row[4].value = row[4].value, row[3].value
        book.save(path)
    elif path.suffix == ".geojson":
        body = json.loads(path.read_text("utf-8"))
        for feature in body["features"]:
            properties = feature["properties"]
            properties.update(
                {k: words.get(v, v) for k, v in properties.items() if isinstance(v, str)}
            )
            if properties["code"] == "C":
                feature["geometry"]["coordinates"].reverse()
        path.write_text(json.dumps(body), encoding="utf-8")
    else:
        import geopandas as gpd  # noqa: PLC0415
        import shapely  # noqa: PLC0415

        frame = gpd.read_file(path).replace(words)
        frame.loc[frame["code"] == "C", "geometry"] = shapely.Point(120.17, 36.15)
        path.unlink()
        frame.to_file(path, driver="GPKG")


def test_rejects_go_to_the_data_folder_where_the_input_cannot_be_written(
    importer: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geoapp.operations.imports.rejects._is_writable", lambda path: False)
    report = importer.rows({**GOOD, "code": ""})
    assert report.rejects_path is not None
    assert report.rejects_path.parent == importer.settings.data / "rejects"
    with report.rejects_path.open(encoding="utf-8-sig", newline="") as file:
        [row] = csv.DictReader(file)
    assert (row["reject_line"], row["reject_field"], row["name_zh"]) == ("2", "code", "站")
