"""KML, KMZ, GML, zipped Shapefiles and TopoJSON: read by GDAL after their content has been checked.

GDAL opens whatever it recognises, fetches what a file refers to, and writes beside what it reads. So a
file must be what its suffix says; it is handed over in memory or in a folder of its own, and may refer
to nothing.
"""

import html
import re
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from xml.parsers import expat

import orjson

from geoapp.core.errors import UnusableInputError
from geoapp.core.i18n import Text
from geoapp.importers.formats.encoding import find_encoding
from geoapp.importers.formats.gpkg import layer_names, read_layer
from geoapp.importers.formats.table import Table

MOST_BYTES: Final = 512 * 1024**2
# A TopoJSON may refer to one long line any number of times.
MOST_CORNERS: Final = 20_000_000
_CHUNK: Final = 1024 * 1024
_SHAPE_PARTS: Final = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_SHAPE_MAGIC: Final = b"\x00\x00\x27\x0a"
_STAND_IN: Final = "geoapp_column_"
_DATA_NAME: Final = re.compile(
    rb"""(<(?:\w+:)?(?:Data|SimpleData|SimpleField)\b[^>]*?\bname=)(["'])(.*?)\2"""
)
# How a placemark is drawn, and what no list of places says by it.
_KML_STYLE: Final = frozenset(
    {"altitudeMode", "tessellate", "extrude", "visibility", "drawOrder", "icon"}
    | {"id", "timestamp", "begin", "end"}
)
_GML_OPTIONS: Final = {
    "DOWNLOAD_SCHEMA": "NO",
    "WRITE_GFS": "NO",
    "SKIP_RESOLVE_ELEMS": "ALL",
}


def open_kml(path: Path, *, sheet: str | None = None) -> Table:
    """Open a folder of placemarks of a KML or KMZ file; degrees on WGS-84 by the format's definition.

    Raises
    ------
    InvalidValueError
        If it has no such folder.
    UnusableInputError
        If it is none or is too large.
    """
    body, given = _kml(path)
    table = read_layer(path, body, "KML", stated=sheet)
    kept = [place for place, name in enumerate(table.columns) if name not in _KML_STYLE]
    records = (
        replace(record, cells=[record.cells[place] for place in kept]) for record in table.records
    )
    columns = [given.get(table.columns[place], table.columns[place]) for place in kept]
    return replace(table, columns=columns, records=records)


def kml_folders(path: Path) -> list[str]:
    """Return the names of the folders of placemarks in a KML or KMZ file.

    Raises
    ------
    UnusableInputError
        If it is none or is too large.
    """
    return layer_names(path, _kml(path)[0], "KML")


def gml_types(path: Path) -> list[str]:
    """Return the names of the feature types of a GML file.

    Raises
    ------
    UnusableInputError
        If it is none or is too large.
    """
    return layer_names(path, _xml(path, path.read_bytes, "GML", "gml"), "GML")


def _kml(path: Path) -> tuple[bytes, dict[str, str]]:
    """Return a KML as GDAL is handed it, and the names of its columns by what stands for them."""
    packed = path.suffix.lower() == ".kmz"
    body = _xml(path, (lambda: _unpacked_kml(path)) if packed else path.read_bytes, "KML", "kml")
    names: dict[str, str] = {}

    def stand_in(match: re.Match[bytes]) -> bytes:
        # GDAL makes underscores of every character beyond ASCII, and one name of many.
        name = html.unescape(match[3].decode("utf-8", "replace"))
        given = names.setdefault(name, f"{_STAND_IN}{len(names)}")
        return match[1] + match[2] + given.encode() + match[2]

    standing = _DATA_NAME.sub(stand_in, body)
    return standing, {given: name for name, given in names.items()}


def _unpacked_kml(path: Path) -> bytes:
    """Return the KML of a KMZ: ``doc.kml``, else the first at the root of the archive, else the first."""
    try:
        with zipfile.ZipFile(path) as archive, tempfile.TemporaryDirectory() as folder:
            parts = [
                part
                for part in archive.infolist()
                if part.filename.lower().endswith(".kml") and "__MACOSX" not in part.filename
            ]
            if not parts:
                raise _not_sound(path, "KMZ", "doc.kml")
            main = min(parts, key=lambda one: (one.filename != "doc.kml", "/" in one.filename))
            target = Path(folder) / "doc.kml"
            _unpack(path, archive, main, target, MOST_BYTES)
            return target.read_bytes()
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise _not_sound(path, "KMZ", str(error)) from None


def open_gml(path: Path, *, sheet: str | None = None, crs: str | None = None) -> Table:
    """Open a feature type of a GML file.

    Raises
    ------
    UnusableInputError
        If it is none, states no CRS, or is too large.
    """
    body = _xml(path, path.read_bytes, "GML", "gml")
    return read_layer(path, body, "GML", stated=sheet, crs=crs, **_GML_OPTIONS)


def open_topojson(
    path: Path, body: dict[str, Any], *, sheet: str | None = None, crs: str | None = None
) -> Table:
    """Open an object of a TopoJSON; degrees, unless ``crs`` says otherwise.

    Raises
    ------
    UnusableInputError
        If it is none, or its lines are repeated beyond measure.
    """
    arcs = body.get("arcs")
    is_sound = isinstance(arcs, list) and all(isinstance(arc, list) for arc in arcs)
    lengths = [len(arc) for arc in arcs or ()] if is_sound else []
    corners = sum(_corners(one, lengths) for one in _objects(body))
    if corners > MOST_CORNERS:
        raise _too_large(path, f"{corners:,}", f"{MOST_CORNERS:,}")
    return read_layer(path, orjson.dumps(body), "TopoJSON", stated=sheet, crs=crs or "EPSG:4326")


def open_shapefile(
    path: Path, *, sheet: str | None = None, crs: str | None = None, encoding: str | None = None
) -> Table:
    """Open a Shapefile in a ZIP archive, from the CRS of its ``.prj`` unless ``crs`` is given.

    Parameters
    ----------
    sheet
        The Shapefile's name without ``.shp``, where the archive holds several.
    encoding
        Of its ``.dbf``; None = what its ``.cpg`` says, else found out.

    Raises
    ------
    UnusableInputError
        If it holds none or several, unpacks to too much, or states no CRS.
    """
    try:
        with zipfile.ZipFile(path) as archive, tempfile.TemporaryDirectory() as folder:
            parts = _shape_parts(path, archive, sheet)
            target = Path(folder)
            left = MOST_BYTES
            for suffix, part in parts.items():
                left -= _unpack(path, archive, part, target / f"layer{suffix}", left)
            _check_shape(path, target / "layer.shp")
            _check_shape(path, target / "layer.shx")
            hints: tuple[Text, ...] = ()
            if ".cpg" not in parts or encoding is not None:
                encoding, hints = _dbf_encoding(path, target, encoding)
            table = read_layer(path, target / "layer.shp", "Shapefile", crs=crs, encoding=encoding)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise _not_sound(path, "Shapefile", str(error)) from None
    return replace(table, hints=(*table.hints, *hints))


def _xml(path: Path, read: Callable[[], bytes], name: str, wanted: str) -> bytes:
    """Return the XML that a file holds, once its root is of the wanted vocabulary."""
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise _too_large(path, f"{size / 1e6:,.0f} MB", f"{MOST_BYTES / 1e6:,.0f} MB")
    body = read()
    roots: list[str] = []
    namespaces: list[str] = []

    def start(root: str, attributes: dict[str, str]) -> None:
        if not roots:
            roots.append(root)
            namespaces.extend(value for key, value in attributes.items() if key[:5] == "xmlns")

    def doctype(*_: object) -> None:
        raise _not_sound(path, name, "DOCTYPE")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        raise _not_sound(path, name, str(error)) from None
    root = roots[0].rpartition(":")[2].lower() if roots else ""
    is_meant = root == "kml" if wanted == "kml" else any("/gml" in one for one in namespaces)
    if not is_meant:
        raise _not_sound(path, name, f"<{root}>")
    return body


def _shape_parts(
    path: Path, archive: zipfile.ZipFile, sheet: str | None
) -> dict[str, zipfile.ZipInfo]:
    """Return the files of one Shapefile in an archive, by suffix."""
    shapes = _shapes(archive)
    if sheet is not None:
        shapes = {stem: parts for stem, parts in shapes.items() if _name(stem) == sheet}
    if len(shapes) != 1:
        listed = "、".join(f"“{_name(stem)}”" for stem in _shapes(archive)) or "—"
        raise UnusableInputError(
            Text(
                f"{path.name} 里应有一个 Shapefile（.shp、.shx、.dbf），有：{listed}；多于一个时请用 "
                "--sheet 指明。",
                f"{path.name} must hold one Shapefile (.shp, .shx, .dbf) and holds {listed}; say "
                "which of several with --sheet.",
            )
        )
    [parts] = shapes.values()
    for suffix in (".shx", ".dbf"):
        if suffix not in parts:
            raise _not_sound(path, "Shapefile", suffix)
    return parts


def _shapes(archive: zipfile.ZipFile) -> dict[str, dict[str, zipfile.ZipInfo]]:
    """Return the files of each Shapefile in an archive, by its name with folders and by suffix."""
    found: dict[str, dict[str, zipfile.ZipInfo]] = {}
    for part in archive.infolist():
        stem, dot, suffix = part.filename.rpartition(".")
        if f"{dot}{suffix}".lower() in _SHAPE_PARTS and "__MACOSX" not in part.filename:
            found.setdefault(stem, {})[f".{suffix.lower()}"] = part
    return {stem: parts for stem, parts in found.items() if ".shp" in parts}


def shapefiles(path: Path) -> list[str]:
    """Return the names of the Shapefiles in an archive.

    Raises
    ------
    UnusableInputError
        If it is none.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return [_name(stem) for stem in _shapes(archive)]
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise _not_sound(path, "Shapefile", str(error)) from None


def _name(stem: str) -> str:
    return stem.rpartition("/")[2]


def _unpack(
    path: Path, archive: zipfile.ZipFile, part: zipfile.ZipInfo, target: Path, most: int
) -> int:
    """Unpack one file, counted by what is read and not by what the archive says; return its size."""
    size = 0
    with archive.open(part) as source, target.open("wb") as file:
        while chunk := source.read(_CHUNK):
            size += len(chunk)
            if size > most:
                raise _too_large(path, part.filename[-80:], f"{MOST_BYTES / 1e6:,.0f} MB")
            file.write(chunk)
    return size


def _check_shape(path: Path, file: Path) -> None:
    with file.open("rb") as opened:
        if opened.read(4) != _SHAPE_MAGIC:
            raise _not_sound(path, "Shapefile", file.suffix)


def _dbf_encoding(path: Path, folder: Path, stated: str | None) -> tuple[str, tuple[Text, ...]]:
    """Return the encoding of a ``.dbf`` that does not state it, found as that of a CSV file is."""
    body = (folder / "layer.dbf").read_bytes()
    start = int.from_bytes(body[8:10], "little")
    words = folder / path.name
    words.write_bytes(body[start:].rstrip(b"\x1a"))
    names = {"utf-8-sig": "UTF-8", "gb18030": "GB18030", "big5hkscs": "BIG5"}
    found = find_encoding(words, stated)
    return names.get(found.codec, found.codec), () if found.hint is None else (found.hint,)


def _objects(body: dict[str, Any]) -> list[Any]:
    objects = body.get("objects")
    return list(objects.values()) if isinstance(objects, dict) else []


def _corners(value: Any, lengths: list[int]) -> int:
    """Return how many corners the lines have that an object of a TopoJSON refers to."""
    total, waiting = 0, [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, bool):
            continue
        if isinstance(one, int):
            place = one if one >= 0 else ~one
            total += lengths[place] if place < len(lengths) else 0
        elif isinstance(one, list):
            waiting.extend(one)
        elif isinstance(one, dict):
            waiting.extend(one[key] for key in ("geometries", "arcs") if key in one)
        if total > MOST_CORNERS:
            break
    return total


def _not_sound(path: Path, name: str, detail: str) -> UnusableInputError:
    return UnusableInputError(
        Text(
            f"{path.name} 不是完好的 {name}（{detail}）。",
            f"{path.name} is not a sound {name} ({detail}).",
        )
    )


def _too_large(path: Path, found: str, most: str) -> UnusableInputError:
    return UnusableInputError(
        Text(
            f"{path.name} 过大（{found}，最多 {most}）；请改用 GeoPackage。",
            f"{path.name} is too large ({found}, at most {most}); use GeoPackage.",
        )
    )
