"""All that is asked of a layer as one file."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from geoapp.core.errors import InvalidValueError
from geoapp.core.filters import Attribute, ValueKind
from geoapp.core.i18n import Language, Text
from geoapp.maps.kit import Layer
from geoapp.operations.layers.attributes import attributes_of, row_kinds
from geoapp.operations.layers.paging import Wanted
from geoapp.operations.layers.rows import LayerReading
from geoapp.reports.file_table import FileTable
from geoapp.reports.tables import MOST_SHEET_ROWS, fill_file

Shapes = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class FileFormat:
    """A format that a layer can be had in.

    Attributes
    ----------
    has_shapes
        Whether it holds shapes; else coordinates are columns.
    fixed
        Whether it is WGS-84 by its own definition.
    """

    suffix: str
    mimetype: str
    title: Text
    has_shapes: bool = True
    fixed: bool = False


FILE_FORMATS: Final[dict[str, FileFormat]] = {
    "csv": FileFormat(".csv", "text/csv", Text("CSV", "CSV"), has_shapes=False),
    "xlsx": FileFormat(
        ".xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Text("Excel 工作簿", "Excel workbook"),
        has_shapes=False,
    ),
    "geojson": FileFormat(".geojson", "application/geo+json", Text("GeoJSON", "GeoJSON")),
    "geojsonseq": FileFormat(
        ".geojsons",
        "application/geo+json-seq",
        Text("GeoJSON 序列", "GeoJSON text sequence"),
        fixed=True,
    ),
    "gpkg": FileFormat(".gpkg", "application/geopackage+sqlite3", Text("GeoPackage", "GeoPackage")),
    "fgb": FileFormat(".fgb", "application/flatgeobuf", Text("FlatGeobuf", "FlatGeobuf")),
    "kml": FileFormat(
        ".kml", "application/vnd.google-earth.kml+xml", Text("KML", "KML"), fixed=True
    ),
    "shp": FileFormat(".zip", "application/zip", Text("Shapefile（ZIP）", "Shapefile (ZIP)")),
    "parquet": FileFormat(
        ".parquet", "application/vnd.apache.parquet", Text("GeoParquet", "GeoParquet")
    ),
}


@dataclass(frozen=True, slots=True)
class Positions:
    """What coordinates are written in.

    Attributes
    ----------
    move
        Makes of shapes in EPSG:4326 (lon, lat) shapes in it, eastings before northings.
    crs
        Its code or WKT.
    names
        What its two coordinates are called as columns.
    datum
        What is said of it in a column of its own, where no program would know it else.
    """

    move: Callable[[Shapes], Shapes]
    crs: str
    names: tuple[str, str]
    datum: str | None = None


def write_layer(
    reading: LayerReading,
    layer: Layer,
    path: Path,
    *,
    file_format: str,
    wanted: Wanted,
    positions: Positions,
    language: Language,
    credit: str | None,
) -> tuple[int, int]:
    """Write rows of a layer into a new file, in order; return how many match, and how many it holds.

    Parameters
    ----------
    file_format
        One of ``FILE_FORMATS``.
    language
        The language of the column ``name``.
    credit
        What is to be said of whose data it holds, where the format has a place for it beside the rows'
        own ``source``.

    Raises
    ------
    InvalidValueError
        If there are more than the format holds.
    UnusableInputError
        If the format cannot hold a text.
    """
    known = FILE_FORMATS[file_format]
    found = reading.pages(layer, wanted)
    if file_format == "xlsx" and min(found.matched, wanted.limit) > MOST_SHEET_ROWS:
        accepted = Text(
            f"一张工作表至多 {MOST_SHEET_ROWS:,} 行；请用 csv 或 gpkg，或缩小范围",
            f"a sheet has at most {MOST_SHEET_ROWS:,} rows; csv or gpkg, or less of it",
        )
        raise InvalidValueError("f", file_format, accepted)
    writing = _Writing(layer, known, positions, attributes_of(layer, language))
    table = replace(writing.table(found.pages), credit=credit)
    fill_file(table, path, known.suffix, layer.id)
    return found.matched, writing.written


class _Writing:
    """Makes a table of a layer's rows; counts them."""

    def __init__(
        self,
        layer: Layer,
        file_format: FileFormat,
        positions: Positions,
        attributes: dict[str, Attribute],
    ) -> None:
        self._format = file_format
        self._positions = positions
        self._attributes = {name: one for name, one in attributes.items() if name != "id"}
        self._id_kind = row_kinds(layer)["id"]
        self.written = 0

    def table(self, pages: Iterator[list[dict[str, Any]]]) -> FileTable:
        """Return the table; it is filled while its rows are taken."""
        names = ["id", *self._attributes]
        kinds = {0: self._id_kind}
        kinds |= {at: one.kind for at, one in enumerate(self._attributes.values(), start=1)}
        if self._positions.datum is not None:
            names.append("datum")
        if not self._format.has_shapes:
            kinds |= dict.fromkeys((len(names), len(names) + 1), ValueKind.NUMBER)
            names += [*self._positions.names, "geometry_wkt"]
        is_geojson = self._format.suffix.startswith(".geojson")
        return FileTable(
            names,
            self._rows(pages),
            kinds,
            self._positions.crs,
            id_column=0 if is_geojson else None,
        )

    def _rows(
        self, pages: Iterator[list[dict[str, Any]]]
    ) -> Iterator[tuple[list[Any], shapely.Geometry]]:
        for page in pages:
            shapes = np.empty(len(page), dtype=object)
            shapes[:] = [row["geometry"] for row in page]
            for row, shape in zip(page, self._positions.move(shapes), strict=True):
                cells = [_number(row["id"], self._id_kind)]
                cells += [_number(one.value(row), one.kind) for one in self._attributes.values()]
                if self._positions.datum is not None:
                    cells.append(self._positions.datum)
                if not self._format.has_shapes:
                    cells = [_joined(cell) for cell in cells] + _position(shape)
                yield cells, shape
                self.written += 1


def _number(value: Any, kind: ValueKind) -> Any:
    """Return a value; what the database has as a decimal number as the nearest one."""
    return float(value) if kind is ValueKind.NUMBER and value is not None else value


def _joined(cell: Any) -> Any:
    return "; ".join(cell) if isinstance(cell, list | tuple) else cell


def _position(shape: shapely.Geometry) -> list[Any]:
    """Return two coordinates, of an area those of a point in it, and what is more than a point."""
    if isinstance(shape, shapely.Point):
        return [shape.x, shape.y, None]
    point = shapely.point_on_surface(shape)
    return [point.x, point.y, shapely.to_wkt(shape, rounding_precision=9)]
