"""The names of this installation's streets: kept beside the base map, read once in a process."""

from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import orjson
import shapely

from geoapp.analysis.streets.index import StreetIndex
from geoapp.core.i18n import Text
from geoapp.core.settings import Settings
from geoapp.core.streets import Spot, Street, StreetNames
from geoapp.operations.streets.keeper import base_map

_FORMAT: Final = 2

WITHOUT_NAMES: Final = Text(
    "街道底图没有路名（由旧版本制作）：请重新导入（geoapp import streets 文件.osm.pbf）",
    "The base map has no names of streets (an older version made it): import it again "
    "(geoapp import streets FILE.osm.pbf)",
)


def as_file(names: StreetNames) -> bytes:
    """Return names as they are kept."""
    body = {
        "format": _FORMAT,
        "streets": [[one.name, one.zh, one.en, one.others, one.sounds] for one in names.streets],
        "lines": _flat([one.lines for one in names.streets]),
        "extent": None
        if names.extent is None
        else shapely.to_wkt(names.extent, rounding_precision=6),
        "crossings": [
            [*pair, [_plain(spot) for spot in spots]] for pair, spots in names.crossings.items()
        ],
        "houses": [
            [street, {number: _plain(spot) for number, spot in numbers.items()}]
            for street, numbers in names.houses.items()
        ],
    }
    return orjson.dumps(body)


def _flat(shapes: list[shapely.MultiLineString]) -> dict[str, list[Any]]:
    """Return lines as long lists: those of an object for each line are read ten times as slowly."""
    lines, of_street = shapely.get_parts(shapes, return_index=True)
    points, of_line = shapely.get_coordinates(lines, return_index=True)
    return {
        "street": of_street.tolist(),
        "line": of_line.tolist(),
        "lon": points[:, 0].tolist(),
        "lat": points[:, 1].tolist(),
    }


def _shapes(flat: dict[str, list[Any]]) -> list[Any]:
    points = np.column_stack((flat["lon"], flat["lat"]))
    lines: Any = shapely.linestrings(points, indices=np.array(flat["line"], dtype=np.int64))
    streets = np.array(flat["street"], dtype=np.int64)
    return list(shapely.multilinestrings(lines, indices=streets))


def _plain(spot: Spot) -> list[float]:
    return [spot.lon, spot.lat, round(spot.reach_m, 1)]


@lru_cache(maxsize=2)
def _read(path: Path) -> StreetIndex | None:
    told: dict[str, Any] = orjson.loads(path.read_bytes())
    if told["format"] != _FORMAT:
        return None
    names = StreetNames(
        tuple(
            Street(
                name,
                zh,
                en,
                tuple(others),
                tuple((one[0], one[1], one[2]) for one in sounds),
                lines,
            )
            for (name, zh, en, others, sounds), lines in zip(
                told["streets"], _shapes(told["lines"]) if told["streets"] else (), strict=True
            )
        ),
        {
            (first, second): tuple(Spot(*spot) for spot in spots)
            for first, second, spots in told["crossings"]
        },
        {
            street: {number: Spot(*spot) for number, spot in numbers.items()}
            for street, numbers in told["houses"]
        },
        None if told["extent"] is None else shapely.from_wkt(told["extent"]),
    )
    return StreetIndex(names)


def street_index(settings: Settings) -> StreetIndex | None:
    """Return the streets in use by their names; None where there are none.

    A file of one version never changes, so it is read once; one that is gone or damaged counts as none.
    """
    base = base_map(settings)
    if base is None or base.names is None:
        return None
    try:
        return _read(base.names)
    except (OSError, ValueError, KeyError, TypeError):
        return None
