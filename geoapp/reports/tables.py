"""Tables as files, so that an import reads back what was written.

Text stays text: a spreadsheet never runs a cell as a formula.
"""

import csv
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import orjson
import shapely
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from shapely.geometry.base import BaseGeometry

from geoapp.core.errors import InvalidValueError, UnusableInputError
from geoapp.core.files import replaced_whole
from geoapp.core.i18n import Text
from geoapp.reports import vectors
from geoapp.reports.file_table import WGS84, FileTable, plain

SUFFIXES = (".geojson", ".csv", ".xlsx", ".gpkg")
MOST_SHEET_ROWS = 1_048_575
MOST_SHEET_CHARACTERS = 32_767
# What a spreadsheet takes for a formula, and what an import would take for the guard itself.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
# A negative number is harmless, and a person who mends it wants no apostrophe before it.
_NEGATIVE = re.compile(r"-\d+(?:\.\d+)?")
# OOXML writes characters as _xHHHH_; a text that looks so is written with its underscore escaped.
OOXML_ESCAPE = re.compile(r"_(x[0-9A-Fa-f]{4}_)")


def check_format(path: Path) -> str:
    """Return the format by a file's name.

    Raises
    ------
    InvalidValueError
        If no format belongs to the suffix.
    """
    suffix = path.suffix.lower()
    if suffix == ".json":
        return ".geojson"
    if suffix not in SUFFIXES:
        names = " ".join(SUFFIXES)
        raise InvalidValueError(
            "-o", path.name, Text(f"后缀为 {names} 的文件名", f"a file name ending in {names}")
        )
    return suffix


def write_table(table: FileTable, path: Path, *, layer: str, private: bool = False) -> None:
    """Write a table in the format of the file's suffix; an existing file is replaced at the end.

    Parameters
    ----------
    layer
        The name of the GeoPackage's layer and the workbook's sheet.
    private
        Whether the file is for its owner alone.

    Raises
    ------
    UnusableInputError
        If the folder cannot be written, or the format cannot hold the table.
    """
    suffix = check_format(path)
    try:
        with replaced_whole(path, private=private) as fresh:
            fill_file(table, fresh, suffix, layer)
    except OSError as error:
        raise UnusableInputError(
            Text(
                f"无法写入 {path}：{error.strerror or error}",
                f"{path} cannot be written: {error.strerror or error}",
            )
        ) from None


def fill_file(table: FileTable, path: Path, suffix: str, layer: str) -> None:
    """Write a table into a new file, in the format of a suffix.

    Raises
    ------
    UnusableInputError
        If the format cannot hold the table.
    OSError
        If the file cannot be written.
    """
    writers: dict[str, Callable[[FileTable, Path, str], None]] = {
        ".csv": _write_csv,
        ".xlsx": _write_xlsx,
        ".geojson": _write_geojson,
        ".geojsons": _write_geojson_sequence,
        **vectors.WRITERS,
    }
    writers[suffix](table, path, layer)


def _guarded(cell: Any) -> Any:
    """Put an apostrophe before what a spreadsheet would run; imports take it away again."""
    if isinstance(cell, str) and _FORMULA.match(cell) and not _NEGATIVE.fullmatch(cell):
        return f"'{cell}"
    return cell


def _write_csv(table: FileTable, path: Path, layer: str) -> None:
    del layer
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([_guarded(name) for name in table.columns])
        for cells, _ in table.rows:
            writer.writerow([_guarded(plain(cell)) for cell in cells])


def _write_xlsx(table: FileTable, path: Path, layer: str) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(layer[:31])
    sheet.freeze_panes = "A2"
    for number, name in enumerate(table.columns, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = min(40, max(12, len(name) + 4))

    def cell_of(value: Any) -> Any:
        value = plain(value)
        if not isinstance(value, str):
            return value
        if len(value) > MOST_SHEET_CHARACTERS:
            raise UnusableInputError(
                Text(
                    f"有一格共 {len(value):,} 个字符，超过工作簿的上限 {MOST_SHEET_CHARACTERS:,}；"
                    "请改用 .geojson、.gpkg 或 .csv。",
                    f"A cell has {len(value):,} characters, more than a workbook's "
                    f"{MOST_SHEET_CHARACTERS:,}; use .geojson, .gpkg or .csv.",
                )
            )
        value = OOXML_ESCAPE.sub(r"_x005F_\1", value)
        value = ILLEGAL_CHARACTERS_RE.sub(lambda found: f"_x{ord(found[0]):04X}_", value)
        if not value.startswith(("=", "#")):
            return value
        cell = WriteOnlyCell(sheet, value)
        cell.data_type = "s"
        return cell

    head = [WriteOnlyCell(sheet, name) for name in table.columns]
    for cell in head:
        cell.data_type = "s"
        cell.font = Font(bold=True)
    sheet.append(head)
    for number, (cells, _) in enumerate(table.rows, start=1):
        if number > MOST_SHEET_ROWS:
            raise UnusableInputError(
                Text(
                    f"超过工作表的上限 {MOST_SHEET_ROWS:,} 行；请改用 .csv 或 .gpkg。",
                    f"More than a sheet's {MOST_SHEET_ROWS:,} rows; use .csv or .gpkg.",
                )
            )
        sheet.append([cell_of(cell) for cell in cells])
    book.save(path)


def _write_geojson(table: FileTable, path: Path, layer: str) -> None:
    with path.open("wb") as file:
        named: dict[str, Any] = {"type": "FeatureCollection", "name": layer}
        if table.credit is not None:
            named["attribution"] = table.credit
        authority, colon, code = table.crs.partition(":")
        if table.crs != WGS84 and colon and code.isalnum():
            # No longer in the standard, and read by GIS programs all the same.
            urn = f"urn:ogc:def:crs:{authority}::{code}"
            named["crs"] = {"type": "name", "properties": {"name": urn}}
        file.write(orjson.dumps(named)[:-1] + b',"features":[')
        for number, feature in enumerate(_features(table)):
            file.write((b",\n" if number else b"\n") + feature)
        file.write(b"\n]}\n")


def _write_geojson_sequence(table: FileTable, path: Path, layer: str) -> None:
    del layer
    with path.open("wb") as file:
        for feature in _features(table):
            file.write(b"\x1e" + feature + b"\n")  # RFC 8142


def _features(table: FileTable) -> Iterator[bytes]:
    names = list(table.columns)
    for cells, geometry in table.rows:
        properties = dict(zip(names, cells, strict=False))
        feature = {"type": "Feature", "geometry": _mapping(geometry), "properties": properties}
        if table.id_column is not None:
            feature["id"] = properties.pop(names[table.id_column])
        yield orjson.dumps(feature)


def _mapping(geometry: Any) -> Any:
    return shapely.geometry.mapping(geometry) if isinstance(geometry, BaseGeometry) else geometry
