"""JSON files: GeoJSON feature collections (RFC 7946) here, other kinds handed on."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
from pyproj import CRS
from pyproj.exceptions import CRSError

from geoapp.core.errors import InvalidValueError, UnusableInputError
from geoapp.core.geojson import parse_geometry
from geoapp.core.i18n import Text
from geoapp.importers.formats.gpkg import read_layer
from geoapp.importers.formats.json_list import find_lists, open_json_list
from geoapp.importers.formats.table import Record, Table
from geoapp.importers.formats.vector import open_topojson

MOST_BYTES = 1024**3
_GEOJSON_TYPES = ("FeatureCollection", "Feature", "GeometryCollection")
_EPSG = re.compile(r"\bEPSG\b[:/]*(?:[\d.]*[:/])?(\d{4,6})$", re.IGNORECASE)
_ACCEPTED_CRS = ("CRS84", "4326", "WGS84", "4490")


def open_json(path: Path, *, sheet: str | None = None, crs: str | None = None) -> Table:
    """Open a feature collection, a TopoJSON or a plain list of objects: what it is, it says itself.

    Coordinates of a collection are (lon, lat) in the declared datum; where it states the EPSG code
    of a projection, as files older than RFC 7946 do, they are converted.

    Raises
    ------
    UnusableInputError
        If it is not JSON, none of these, states another CRS, or is too large.
    """
    body = _document(path)
    kind = body.get("type") if isinstance(body, dict) else None
    if kind == "Topology":
        return open_topojson(path, body, sheet=sheet, crs=crs)
    if kind not in _GEOJSON_TYPES and "features" not in (body if isinstance(body, dict) else ()):
        table = open_json_list(path, body, sheet=sheet)
        if table is not None:
            return table
    if crs is not None:
        raise InvalidValueError(
            "--crs", crs, Text("GeoJSON 总是经纬度", "GeoJSON is always in degrees")
        )
    projected = _projected(body.get("crs")) if kind == "FeatureCollection" else None
    if projected is not None:
        named = {**body, "name": "layer"}  # else GDAL gives it another name each time
        return read_layer(path, orjson.dumps(named), "GeoJSON", crs=projected)
    return _open_collection(path, body)


def json_lists(path: Path) -> list[str]:
    """Return the names of a TopoJSON's objects, or of the lists in a plain JSON; none of a collection.

    Raises
    ------
    UnusableInputError
        If it is not JSON, or is too large.
    """
    body = _document(path)
    if not isinstance(body, dict) or body.get("type") in _GEOJSON_TYPES or "features" in body:
        return []
    objects = body.get("objects")
    if body.get("type") == "Topology":
        return list(objects) if isinstance(objects, dict) else []
    return list(find_lists(body))


def _document(path: Path) -> Any:
    """Return what a JSON file holds."""
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise UnusableInputError(
            Text(
                f"{path.name} 有 {size / 1e9:.1f} GB，GeoJSON 最多接受 {MOST_BYTES / 1e9:.1f} GB；"
                "请改用 GeoPackage 或 CSV。",
                f"{path.name} has {size / 1e9:.1f} GB, more than the {MOST_BYTES / 1e9:.1f} GB "
                "accepted as GeoJSON; use GeoPackage or CSV.",
            )
        )
    try:
        body: Any = orjson.loads(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise UnusableInputError(
            Text(
                f"{path.name} 不是有效的 UTF-8 JSON：第 {error.lineno} 行第 {error.colno} 列，"
                f"{error.msg}",
                f"{path.name} is not valid JSON in UTF-8: line {error.lineno}, column "
                f"{error.colno}: {error.msg}",
            )
        ) from None
    return body


def _open_collection(path: Path, body: Any) -> Table:
    is_collection = isinstance(body, dict) and body.get("type") == "FeatureCollection"
    features = body.get("features") if is_collection else None
    if not isinstance(features, list):
        raise UnusableInputError(
            Text(
                f"{path.name} 不是 GeoJSON 的 FeatureCollection。",
                f"{path.name} is not a GeoJSON FeatureCollection.",
            )
        )
    _check_crs(path, body.get("crs"))
    columns = _columns(features)
    return Table(columns=columns, records=_records(features, columns), has_geometry=True)


def _projected(crs: Any) -> str | None:
    """Return the EPSG code of eastings and northings that a collection says it has, as older ones do."""
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = str(properties.get("name")) if isinstance(properties, dict) else ""
    code = _EPSG.search(name)
    if code is None:
        return None
    try:
        found = CRS.from_epsg(int(code[1]))
    except CRSError:
        return None
    return f"EPSG:{code[1]}" if found.is_projected else None


def _check_crs(path: Path, crs: Any) -> None:
    """Refuse a collection that says its coordinates are not degrees on WGS-84 or CGCS2000."""
    if crs is None:
        return
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    last = str(name).upper().replace("/", ":").split(":")[-1]
    if last not in _ACCEPTED_CRS:
        raise UnusableInputError(
            Text(
                f"{path.name} 的 crs 是 {str(name)[:80]}，只接受经纬度（CRS84、EPSG:4326、"
                "EPSG:4490）；请先转换，或改用带坐标系的 GeoPackage。",
                f"{path.name} states the crs {str(name)[:80]}; only degrees are accepted (CRS84, "
                "EPSG:4326, EPSG:4490). Convert it, or use a GeoPackage with its CRS.",
            )
        )


def _columns(features: list[Any]) -> list[str]:
    names: dict[str, None] = {}
    for feature in features:
        properties = feature.get("properties") if isinstance(feature, dict) else None
        if isinstance(properties, dict):
            names.update(dict.fromkeys(properties))
    return list(names)


def _records(features: list[Any], columns: list[str]) -> Iterator[Record]:
    for number, feature in enumerate(features, start=1):
        if not isinstance(feature, dict) or feature.get("type") != "Feature":
            wrong = Text("不是 GeoJSON 的 Feature", "not a GeoJSON Feature")
            yield Record(number, [None] * len(columns), wrong, feature)
            continue
        properties = feature.get("properties")
        properties = properties if isinstance(properties, dict) else {}
        source = feature.get("geometry")
        yield Record(
            number, [properties.get(name) for name in columns], parse_geometry(source), source
        )
