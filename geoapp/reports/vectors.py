"""Tables as the files of GIS programs: GeoPackage, and what GDAL makes of one piece by piece.

Rows are put into a GeoPackage some at a time, and every other format is made of that as a stream, so
that no table is held in memory, however long.
"""

import re
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np
import orjson
import shapely
from pyogrio.raw import open_arrow, write, write_arrow
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geoapp.core.filters import ValueKind
from geoapp.reports.file_table import FileTable, plain
from geoapp.reports.words.files import shapefile_losses

BATCH_ROWS: Final = 5000
_GEOMETRY: Final = "geom"
# What XML 1.0 cannot say at all.
_NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_DBF_NAME_BYTES: Final = 10
_DBF_TEXT_BYTES: Final = 254
# A Shapefile holds shapes of one sort.
_SORTS: Final = {
    "Point": ("point", ("Point",)),
    "MultiPoint": ("multipoint", ("MultiPoint",)),
    "LineString": ("line", ("LineString", "MultiLineString")),
    "Polygon": ("polygon", ("Polygon", "MultiPolygon")),
}
_TYPES: Final[dict[ValueKind, Any]] = {
    ValueKind.NUMBER: np.float64,
    ValueKind.INTEGER: np.int64,
    ValueKind.BOOLEAN: np.bool_,
    ValueKind.DATE: "datetime64[D]",
}
_NOTHING: Final[dict[ValueKind, Any]] = {
    ValueKind.NUMBER: np.nan,
    ValueKind.INTEGER: 0,
    ValueKind.BOOLEAN: False,
    ValueKind.DATE: date(1970, 1, 1),
}


def _write_gpkg(table: FileTable, path: Path, layer: str) -> None:
    rows = iter(table.rows)
    begun = False
    while (batch := list(islice(rows, BATCH_ROWS))) or not begun:
        _add(table, batch, path, layer, append=begun)
        begun = True


def _add(
    table: FileTable,
    batch: Sequence[tuple[Sequence[Any], Any]],
    path: Path,
    layer: str,
    *,
    append: bool,
) -> None:
    columns = [
        _column(
            [cells[place] if place < len(cells) else None for cells, _ in batch],
            table.kinds.get(place, ValueKind.TEXT),
        )
        for place in range(len(table.columns))
    ]
    shapes = np.empty(len(batch), dtype=object)
    shapes[:] = [shape if isinstance(shape, BaseGeometry) else None for _, shape in batch]
    options = {} if append else _credited(table)
    write(
        path,
        np.asarray(shapely.to_wkb(shapes), dtype=object),
        [values for values, _ in columns],
        list(table.columns),
        field_mask=[mask for _, mask in columns],
        layer=layer,
        driver="GPKG",
        geometry_type="Unknown",
        crs=table.crs,
        append=append,
        **options,
    )


def _credited(table: FileTable) -> dict[str, str]:
    """Return the option that has a layer describe itself by whose data it is."""
    return {} if table.credit is None else {"DESCRIPTION": table.credit}


def _column(cells: list[Any], kind: ValueKind) -> tuple[Any, Any]:
    """Return the values of a column, and where there are none."""
    empty = np.array([cell is None for cell in cells], dtype=np.bool_)
    if kind in _TYPES:
        filled = [_NOTHING[kind] if cell is None else cell for cell in cells]
        return np.array(filled, dtype=_TYPES[kind]), empty
    values = np.empty(len(cells), dtype=object)
    values[:] = [None if cell is None else str(_text(cell)) for cell in cells]
    return values, empty


def _text(cell: Any) -> Any:
    if isinstance(cell, list | tuple) and all(isinstance(one, str) for one in cell):
        return "; ".join(cell)
    return plain(cell)


@contextmanager
def _staged(table: FileTable, path: Path, layer: str) -> Iterator[Path]:
    """Yield a table as a GeoPackage beside the file that is to be made of it."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".staged-") as folder:
        staged = Path(folder) / "staged.gpkg"
        _write_gpkg(table, staged, layer)
        yield staged


def _convert(staged: Path, path: Path, driver: str, layer: str, **options: Any) -> None:
    where = options.pop("where", None)
    kind = options.pop("geometry_type", "Unknown")
    with open_arrow(staged, use_pyarrow=False, batch_size=BATCH_ROWS, where=where) as (about, told):
        write_arrow(
            told,
            path,
            layer=layer,
            driver=driver,
            geometry_name=_GEOMETRY,
            geometry_type=kind,
            crs=about["crs"],
            **options,
        )


def _write_fgb(table: FileTable, path: Path, layer: str) -> None:
    with _staged(table, path, layer) as staged:
        _convert(staged, path, "FlatGeobuf", layer, **_credited(table))


def _write_kml(table: FileTable, path: Path, layer: str) -> None:
    # KML's own types lose dates and truths; its texts do not.
    numbers = (ValueKind.NUMBER, ValueKind.INTEGER)
    kinds = {place: kind for place, kind in table.kinds.items() if kind in numbers}

    def said(cell: Any) -> Any:
        text = _text(cell)
        return _NOT_XML.sub("", text) if isinstance(text, str) else text

    rows = (([said(cell) for cell in cells], shape) for cells, shape in table.rows)
    named = [name for name in table.columns if name == "name"]
    with _staged(replace(table, rows=rows, kinds=kinds), path, layer) as staged:
        options = {"NameField": named[0]} if named else {}
        _convert(staged, path, "KML", layer, dataset_options=options)


def _noting(
    rows: Iterable[tuple[Sequence[Any], Any]], found: set[str]
) -> Iterator[tuple[Sequence[Any], Any]]:
    """Pass rows on, and note what sorts of shapes there are."""
    for cells, shape in rows:
        if isinstance(shape, BaseGeometry):
            found.add(shape.geom_type)
        yield cells, shape


def _write_parquet(table: FileTable, path: Path, layer: str) -> None:
    # Loaded by whoever wants it: nothing else here does.
    from arro3.io import write_parquet  # noqa: PLC0415

    found: set[str] = set()
    with _staged(replace(table, rows=_noting(table.rows, found)), path, layer) as staged:
        about = {
            "encoding": "WKB",
            "geometry_types": sorted(found),
            "crs": CRS.from_user_input(table.crs).to_json_dict(),
        }
        geo = {"version": "1.1.0", "primary_column": _GEOMETRY, "columns": {_GEOMETRY: about}}
        said = {"geo": orjson.dumps(geo).decode()}
        if table.credit is not None:
            said["attribution"] = table.credit
        with open_arrow(staged, use_pyarrow=False, batch_size=BATCH_ROWS) as (_, told):
            write_parquet(told, str(path), key_value_metadata=said)


def _write_shapefiles(table: FileTable, path: Path, layer: str) -> None:
    """Write a ZIP of one Shapefile for each sort of shape, and what was lost on the way."""
    names = _dbf_names(table.columns)
    cut: dict[str, int] = {}
    found: set[str] = set()

    def fitting() -> Iterator[tuple[Sequence[Any], Any]]:
        for cells, shape in table.rows:
            short = []
            for name, cell in zip(table.columns, cells, strict=False):
                text = _text(cell)
                if isinstance(text, str) and len(text.encode()) > _DBF_TEXT_BYTES:
                    text = text.encode()[:_DBF_TEXT_BYTES].decode("utf-8", "ignore")
                    cut[name] = cut.get(name, 0) + 1
                short.append(
                    text if isinstance(text, str) and not isinstance(cell, bool | date) else cell
                )
            yield short, shape

    with _staged(
        replace(table, columns=names, rows=_noting(fitting(), found)), path, layer
    ) as staged:
        made = _shapefiles(staged, layer, found)
        told = shapefile_losses(
            [(old, new) for old, new in zip(table.columns, names, strict=True) if old != new],
            cut,
            [part for part, _ in made],
            table.credit,
        )
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("README.txt", told)
            for _, parts in made:
                for part in parts:
                    archive.write(part, part.name)


def _shapefiles(staged: Path, layer: str, found: set[str]) -> list[tuple[str, list[Path]]]:
    made = []
    if not found:  # a file with the columns and no row, as of every other format
        found = {"Point"}
    for kind, (suffix, types) in _SORTS.items():
        if found.isdisjoint(types):
            continue
        within = ", ".join(f"'{one.upper()}'" for one in types)
        where = f"ST_GeometryType({_GEOMETRY}) in ({within})"
        target = staged.with_name(f"{layer}_{suffix}.shp")
        _convert(
            staged,
            target,
            "ESRI Shapefile",
            target.stem,
            where=where,
            geometry_type=kind,
            encoding="UTF-8",
        )
        parts = sorted(staged.parent.glob(f"{target.stem}.*"))
        made.append((target.name, parts))
    return made


def _dbf_names(columns: Sequence[str]) -> list[str]:
    """Return names of at most ten bytes, each of them once, whatever the case of its letters."""
    names: list[str] = []
    taken: set[str] = set()
    for column in columns:
        number, name = 0, _shortened(column, "")
        while name.lower() in taken:
            number += 1
            name = _shortened(column, f"_{number}")
        taken.add(name.lower())
        names.append(name)
    return names


def _shortened(column: str, tail: str) -> str:
    return column.encode()[: _DBF_NAME_BYTES - len(tail)].decode("utf-8", "ignore") + tail


WRITERS: Final[dict[str, Callable[[FileTable, Path, str], None]]] = {
    ".gpkg": _write_gpkg,
    ".fgb": _write_fgb,
    ".kml": _write_kml,
    ".parquet": _write_parquet,
    ".zip": _write_shapefiles,
}
