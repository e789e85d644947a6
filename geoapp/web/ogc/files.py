"""All that is asked of a collection as one file: ``items?f=gpkg``, ``items?f=geojson&download=1``.

A file is made whole before its first byte leaves: whoever is slow to read it holds neither the store
nor a thread, and what goes wrong on the way is said as an error instead of a file that ends early.
"""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import shapely
from flask import Response, request
from pyproj import Transformer
from werkzeug.wsgi import FileWrapper

from geoapp.core.errors import InvalidValueError
from geoapp.core.files import swept_workspace
from geoapp.core.geo import from_wgs84, parse_datum
from geoapp.core.i18n import Text
from geoapp.core.words import Datum
from geoapp.maps.kit import Layer
from geoapp.operations.layers.files import FILE_FORMATS, FileFormat, Positions, Shapes, write_layer
from geoapp.operations.layers.rows import LayerReading
from geoapp.web.edge.compression import MADE_SMALL
from geoapp.web.edge.language import language
from geoapp.web.edge.services import services
from geoapp.web.front.front import PIECE_BYTES
from geoapp.web.ogc.crs import Crs
from geoapp.web.ogc.parameters import Wanted

_WORK: Final = "download-"
_LONLAT: Final = ("lon", "lat")
# No authority has a code for these; a file says their names, and no program takes them for WGS-84.
_LOCAL: Final = (
    'LOCAL_CS["{name}",LOCAL_DATUM["{name}",0],UNIT["degree",0.0174532925199433],'
    'AXIS["lon",EAST],AXIS["lat",NORTH]]'
)
_NAMES: Final = {Datum.GCJ02: "GCJ-02", Datum.BD09: "BD-09"}
_FIXED = Text("不给：这种格式总是 WGS-84", "nothing: this format is always WGS-84")
_EITHER = Text("不与 crs 同用", "nothing together with crs")


def wanted_file() -> str | None:
    """Return the format of the file that the present request asks for; None if it asks for a page."""
    asked = request.args.get("f", "json")
    if asked == "json" and "download" in request.args:
        return "geojson"
    if asked == "geojson" and "download" not in request.args:
        return None
    return asked if asked in FILE_FORMATS else None


def wanted_positions(file_format: FileFormat, crs: Crs) -> Positions:
    """Return what the present request wants a file's coordinates in.

    Raises
    ------
    InvalidValueError
        If there is no such datum, or the format cannot be in it.
    """
    given = request.args.get("datum")
    datum = Datum.WGS84 if given is None else parse_datum(given)
    if given is not None and "crs" in request.args:
        raise InvalidValueError("datum", given, _EITHER)
    if file_format.fixed and datum is not Datum.WGS84:
        raise InvalidValueError("datum", given, _FIXED)
    if file_format.fixed and not crs.is_lonlat:
        raise InvalidValueError("crs", crs.uri, _FIXED)
    if datum in _NAMES:
        name = _NAMES[datum]

        def shifted(pairs: Any) -> Any:
            return np.column_stack(from_wgs84(lon=pairs[:, 0], lat=pairs[:, 1], datum=datum))

        return Positions(_move(shifted, 7), _LOCAL.format(name=name), _LONLAT, name)
    if datum is Datum.CGCS2000:
        return Positions(_move(None, 7), "EPSG:4490", _LONLAT)
    code = "EPSG:4326" if crs.is_lonlat else f"EPSG:{crs.uri.rpartition('/')[2]}"
    if crs.is_geographic:
        return Positions(_move(None, 7), code, _LONLAT)
    # Files have eastings first, whatever the order of the system's own axes: so GIS programs read them.
    transformer = Transformer.from_crs("OGC:CRS84", code, always_xy=True)

    def projected(pairs: Any) -> Any:
        return np.column_stack(transformer.transform(pairs[:, 0], pairs[:, 1]))

    return Positions(_move(projected, 2), code, ("easting_m", "northing_m"))


def _move(change: Callable[[Any], Any] | None, decimals: int) -> Callable[[Shapes], Shapes]:
    def moved(pairs: Any) -> Any:
        return np.round(pairs if change is None else change(pairs), decimals)

    return lambda shapes: np.atleast_1d(shapely.transform(shapely.orient_polygons(shapes), moved))


def fill(
    response: Response,
    reading: LayerReading,
    layer: Layer,
    file_format: str,
    wanted: Wanted,
    positions: Positions,
    credit: str | None,
) -> None:
    """Make the file and put it into an answer, from where it goes as it is read.

    Parameters
    ----------
    credit
        What is to be said of whose data it holds.

    Raises
    ------
    InvalidValueError
        If there is more than the format holds.
    """
    known = FILE_FORMATS[file_format]
    with swept_workspace(services().settings.data, _WORK) as work:
        path = work / f"{layer.id}{known.suffix}"
        matched, written = write_layer(
            reading,
            layer,
            path,
            file_format=file_format,
            wanted=wanted.rows(),
            positions=positions,
            language=language(),
            credit=credit,
        )
        # Its name goes with the folder; what is open stays until it has been read.
        file = path.open("rb")
        response.content_length = path.stat().st_size
    response.response = FileWrapper(file, PIECE_BYTES)
    response.call_on_close(file.close)
    # Already small, or to be made small as it goes.
    response.direct_passthrough = known.mimetype not in MADE_SMALL
    response.headers["OGC-NumberMatched"] = str(matched)
    response.headers["OGC-NumberReturned"] = str(written)
    datum = "" if positions.datum is None else f"-{positions.datum.lower().replace('-', '')}"
    name = f"{layer.id}{datum}-{reading.moment.context.today.isoformat()}{known.suffix}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
