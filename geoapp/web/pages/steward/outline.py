"""An area as a list of its corners, one on a line, as somebody without a pointer writes it."""

import re
from typing import Any, Final

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text

_BETWEEN: Final = re.compile(r"\s*[,，;；\s]\s*")
MOST_CORNERS: Final = 5_000
_LEAST_CORNERS: Final = 3


def outline_text(geometry: dict[str, Any]) -> str | None:
    """Return a polygon's or several polygons' corners as text; None where one has a hole.

    Each line has longitude and latitude; an empty line begins another part.
    """
    parts = geometry["coordinates"]
    if geometry["type"] == "Polygon":
        parts = [parts]
    if any(len(rings) > 1 for rings in parts):
        return None
    return "\n\n".join(
        "\n".join(f"{lon:.7f}, {lat:.7f}" for lon, lat, *_ in rings[0][:-1]) for rings in parts
    )


def read_outline(text: str) -> dict[str, Any]:
    """Return the area whose corners a text lists, as a GeoJSON geometry.

    Raises
    ------
    InvalidValueError
        If a line is no position, or a part has fewer than three corners.
    """
    parts: list[list[list[float]]] = [[]]
    lines = text.splitlines()
    if len(lines) > MOST_CORNERS:
        raise _wrong(f"至多 {MOST_CORNERS} 行", f"at most {MOST_CORNERS} lines")
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            if parts[-1]:
                parts.append([])
            continue
        ends = _BETWEEN.split(line.strip())
        try:
            lon, lat = map(float, ends)
        except ValueError:
            raise _wrong(
                f"第 {number} 行“{line.strip()[:40]}”应为“经度, 纬度”",
                f"line {number}, {line.strip()[:40]!r}, must be “longitude, latitude”",
            ) from None
        if not (abs(lon) <= 180 and abs(lat) <= 90):
            raise _wrong(
                f"第 {number} 行“{line.strip()[:40]}”不是有效的经纬度",
                f"line {number}, {line.strip()[:40]!r}, is no valid position",
            )
        parts[-1].append([lon, lat])
    rings = [part for part in parts if part]
    for place, ring in enumerate(rings, start=1):
        if len(ring) < _LEAST_CORNERS:
            raise _wrong(
                f"第 {place} 片只有 {len(ring)} 个角，至少要 {_LEAST_CORNERS} 个",
                f"part {place} has {len(ring)} corners and needs {_LEAST_CORNERS}",
            )
        if ring[0] != ring[-1]:
            ring.append(ring[0])
    if len(rings) == 1:
        return {"type": "Polygon", "coordinates": rings}
    return {"type": "MultiPolygon", "coordinates": [[ring] for ring in rings]}


def _wrong(zh: str, en: str) -> InvalidValueError:
    error = InvalidValueError("geometry", None, Text(zh, en))
    error.text = Text(f"范围的{zh}。" if zh.startswith("第") else f"范围{zh}。", f"Area: {en}.")
    return error
