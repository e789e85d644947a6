"""Layers that GDAL reads, GeoPackage first, brought to degrees on WGS-84 from the CRS that they state."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyogrio.errors
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from geoapp.core.errors import InvalidValueError, UnusableInputError
from geoapp.core.i18n import Text
from geoapp.importers.formats.table import Record, Table


def open_gpkg(
    path: Path, layer: str | None = None, *, stated: str | None = None, crs: str | None = None
) -> Table:
    """Open a layer: the one asked for, else the preferred one, the first with geometries, the first.

    Parameters
    ----------
    layer
        The layer that is preferred.
    stated
        The layer that the user asks for.
    crs
        What the user says the coordinates are in; None = what the file states.

    Raises
    ------
    InvalidValueError
        If there is no such layer or CRS.
    UnusableInputError
        If it cannot be read, has no layer, or a layer with geometries states no CRS.
    """
    return read_layer(path, path, "GeoPackage", prefer=layer, stated=stated, crs=crs)


def gpkg_layers(path: Path) -> list[str]:
    """Return the names of a GeoPackage's layers.

    Raises
    ------
    UnusableInputError
        If it cannot be read.
    """
    return layer_names(path, path, "GeoPackage")


def read_layer(
    path: Path,
    source: Path | bytes,
    format_name: str,
    *,
    prefer: str | None = None,
    stated: str | None = None,
    crs: str | None = None,
    **options: Any,
) -> Table:
    """Read a layer of a source that GDAL opens; ``path`` is what it is called to the user."""
    with _sound(path, format_name):
        names, chosen, (meta, _, wkb, fields) = _read(path, source, prefer, stated, options)
    hints: tuple[Text, ...] = ()
    if len(names) > 1 and stated is None:
        hints = (
            Text(
                f"只读了图层“{chosen}”（共 {len(names)} 层）。",
                f"Only the layer {chosen!r} of {len(names)} was read.",
            ),
        )
    geometries = None if wkb is None else _in_degrees(path, wkb, crs or meta["crs"])
    count = len(geometries) if geometries is not None else len(fields[0]) if len(fields) else 0
    columns = [str(name) for name in meta["fields"]]
    records = _records([_listed(values) for values in fields], geometries, count)
    return Table(columns, records, has_geometry=geometries is not None, hints=hints)


def layer_names(path: Path, source: Path | bytes, format_name: str) -> list[str]:
    """Return the names of the layers of a source that GDAL opens.

    Raises
    ------
    UnusableInputError
        If it cannot be read.
    """
    with _sound(path, format_name):
        return [str(name) for name in pyogrio.list_layers(source)[:, 0]]


@contextmanager
def _sound(path: Path, format_name: str) -> Iterator[None]:
    """Say of a source that GDAL cannot read that it is not what it is called."""
    try:
        with warnings.catch_warnings():
            # GDAL warns of many oddities in files that it reads all the same.
            warnings.simplefilter("ignore")
            yield
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError) as error:
        if isinstance(error, InvalidValueError):
            raise
        raise UnusableInputError(
            Text(
                f"{path.name} 不是完好的 {format_name}：{error}",
                f"{path.name} is not a sound {format_name}: {error}",
            )
        ) from None


def _read(
    path: Path,
    source: Path | bytes,
    prefer: str | None,
    stated: str | None,
    options: dict[str, Any],
) -> tuple[list[str], str, Any]:
    layers = pyogrio.list_layers(source)
    if len(layers) == 0:
        raise UnusableInputError(Text(f"{path.name} 没有图层。", f"{path.name} has no layer."))
    names = [str(name) for name in layers[:, 0]]
    if stated is not None and stated not in names:
        listed = "、".join(f"“{name}”" for name in names[:20])
        raise InvalidValueError("--sheet", stated[:80], Text(listed, listed))
    spatial = [str(name) for name, kind in layers if kind is not None]
    chosen = stated or (prefer if prefer in names else (spatial or names)[0])
    return names, chosen, pyogrio.raw.read(source, layer=chosen, **options)


def parse_crs(words: str) -> CRS:
    """Return the coordinate reference system that a user names, such as ``EPSG:4547``.

    Raises
    ------
    InvalidValueError
        If there is no such system, or it has no place on earth.
    """
    accepted = Text("坐标参考系，如 EPSG:4547", "a coordinate reference system such as EPSG:4547")
    try:
        crs = CRS.from_user_input(words.strip())
    except CRSError:
        raise InvalidValueError("--crs", words[:80], accepted) from None
    if not (crs.is_projected or crs.is_geographic):
        raise InvalidValueError("--crs", words[:80], accepted)
    return crs


def _in_degrees(path: Path, wkb: NDArray[np.object_], crs: str | None) -> NDArray[np.object_]:
    """Return geometries in EPSG:4326, (lon, lat), from the CRS that the layer states."""
    geometries = shapely.force_2d(shapely.from_wkb(wkb, on_invalid="ignore"))
    try:
        stated = None if not crs else CRS.from_user_input(crs)
    except CRSError:
        stated = None
    if stated is None or "Undefined" in (stated.name or "") or stated.is_engineering:
        raise UnusableInputError(
            Text(
                f"{path.name} 没有写明坐标参考系（CRS），无法确定位置；请用 --crs 指明（如 EPSG:4547），"
                "或在 GIS 软件中指定后重新保存。",
                f"{path.name} does not state its coordinate reference system (CRS); state --crs (such "
                "as EPSG:4547), or assign one in a GIS and save it again.",
            )
        )
    if stated.to_epsg() in (4326, 4490):
        return geometries
    transformer = Transformer.from_crs(stated, "EPSG:4326", always_xy=True)

    def move(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(transformer.transform(points[:, 0], points[:, 1]))

    return shapely.transform(geometries, move)


def _listed(values: NDArray[Any]) -> list[Any]:
    """Return a column as Python values: None for nulls, whole numbers as int, ISO dates."""
    if np.issubdtype(values.dtype, np.datetime64):
        days = values.astype("datetime64[D]")
        return [None if np.isnat(day) else str(day) for day in days]
    if np.issubdtype(values.dtype, np.floating):
        return [
            None if np.isnan(value) else int(value) if float(value).is_integer() else float(value)
            for value in values
        ]
    listed: list[Any] = values.tolist()
    return listed


def _records(
    fields: list[list[Any]], geometries: NDArray[np.object_] | None, count: int
) -> Iterator[Record]:
    for number in range(count):
        yield Record(
            number + 1,
            [column[number] for column in fields],
            None if geometries is None else geometries[number],
        )
