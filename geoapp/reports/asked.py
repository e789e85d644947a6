"""A question in a file of any format, so that an answer never goes without it.

A workbook has a sheet of it, a GeoPackage a layer, GeoJSON a member, and a CSV file a last column.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import orjson
import pandas as pd

from geoapp.core.i18n import Text
from geoapp.reports.file_table import FileTable

Asked = Sequence[tuple[Text, Text]]


def as_members(asked: Asked) -> list[dict[str, dict[str, str]]]:
    """Return a question for GeoJSON: labels and values in both languages."""
    return [
        {
            "label": {"zh": label.zh, "en": label.en},
            "value": {"zh": value.zh, "en": value.en},
        }
        for label, value in asked
    ]


def as_cell(asked: Asked) -> str:
    """Return a question as one text, a line for each condition."""
    return "\n".join(f"{label.both()}: {value.both()}" for label, value in asked)


def beside_rows(table: FileTable, asked: Asked) -> FileTable:
    """Return a table whose rows say, in a last column, what was asked: a CSV file has no other place."""
    cell = as_cell(asked)
    rows = [([*cells, cell], geometry) for cells, geometry in table.rows]
    return FileTable([*table.columns, "question"], rows, table.kinds)


def add_members(path: Path, members: dict[str, Any]) -> None:
    """Write more members into a GeoJSON file, beside its features."""
    path.write_bytes(orjson.dumps(orjson.loads(path.read_bytes()) | members))


def add_layer(path: Path, layer: str, rows: Sequence[dict[str, Any]]) -> None:
    """Write rows without places into a GeoPackage, as one more layer."""
    frame = gpd.GeoDataFrame(pd.DataFrame(list(rows)), geometry=[None] * len(rows), crs="EPSG:4326")
    frame.to_file(path, layer=layer, driver="GPKG", engine="pyogrio", mode="a")


def add_question_layer(path: Path, asked: Asked) -> None:
    """Write a question into a GeoPackage, as its layer ``question``."""
    rows = [{"label": label.both(), "value": value.both()} for label, value in asked]
    add_layer(path, "question", rows)
