"""Streets, water, green and buildings behind a map on paper, as vectors."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import shapely
from fpdf.enums import TextMode
from shapely import affinity
from shapely.geometry.base import BaseGeometry

from geoapp.reports.drawing import LAND, SEA, Frame, draw_areas
from geoapp.reports.sheet import SOFT, Sheet

Bounds = tuple[float, float, float, float]

GREEN: Final = (229, 237, 222)
BUILDING: Final = (238, 235, 229)
EDGE: Final = (206, 206, 200)
STREET: Final = (255, 255, 255)
RAIL: Final = (150, 150, 150)
# From the least to the greatest, as on the screen: kind -> width in metres as it is drawn.
WIDTHS: Final = {
    "path": 2.0,
    "service": 5.0,
    "minor": 10.0,
    "tertiary": 14.0,
    "secondary": 17.0,
    "primary": 20.0,
    "trunk": 22.0,
    "motorway": 22.0,
}
_LEAST_MM, _EDGE_MM = 0.12, 0.35
_NAME_SIZE: Final = 6.0
_NAME_MM: Final = 2.4
_MOST_NAMES: Final = 40


@dataclass(frozen=True, slots=True)
class Street:
    """A piece of street: its kind (see `WIDTHS`), its name or "", its line in EPSG:4326."""

    kind: str
    name: str
    line: BaseGeometry


@dataclass(frozen=True, slots=True)
class Ground:
    """What lies in a window of the base map; geometries in EPSG:4326. Empty where nothing is loaded."""

    water: Sequence[BaseGeometry] = ()
    green: Sequence[BaseGeometry] = ()
    buildings: Sequence[BaseGeometry] = ()
    rail: Sequence[BaseGeometry] = ()
    streets: Sequence[Street] = field(default_factory=list)

    def __bool__(self) -> bool:
        """Tell whether there are streets."""
        return bool(self.streets)


GroundOf = Callable[[Bounds], Ground]
"""Gives what lies in a window (west, south, east, north in degrees)."""


def draw_ground(pdf: Sheet, frame: Frame, ground: Ground) -> None:
    """Draw the ground behind a map whose clip is set; names come later, above areas of ours."""
    draw_areas(pdf, frame, ground.green, GREEN, None)
    draw_areas(pdf, frame, ground.water, SEA, None)
    draw_areas(pdf, frame, ground.buildings, BUILDING, None)
    lines = {
        kind: _lines(frame, [one.line for one in ground.streets if one.kind == kind])
        for kind in WIDTHS
    }
    for kind, width_m in WIDTHS.items():
        _stroke(pdf, lines[kind], EDGE, max(_LEAST_MM, width_m * frame.mm_a_metre) + _EDGE_MM)
    for kind, width_m in WIDTHS.items():
        if kind != "path":
            _stroke(pdf, lines[kind], STREET, max(_LEAST_MM, width_m * frame.mm_a_metre))
    _stroke(pdf, _lines(frame, ground.rail), RAIL, 0.25)


def _lines(frame: Frame, shapes: Sequence[BaseGeometry]) -> list[list[tuple[float, float]]]:
    """Return what is seen of lines, joined where they go on, in the units of the frame."""
    if not shapes:
        return []
    seen = shapely.intersection(shapely.union_all(list(shapes)), frame.window)
    tolerance = 0.05 / frame.mm_a_metre / 111_320.0
    found = []
    for part in shapely.get_parts(shapely.line_merge(seen)).tolist():
        if part.geom_type == "LineString":
            spots = shapely.get_coordinates(shapely.simplify(part, tolerance)).tolist()
            found.append([frame.at(lon, lat) for lon, lat in spots])
    return found


def _stroke(
    pdf: Sheet,
    lines: Sequence[Sequence[tuple[float, float]]],
    colour: tuple[int, int, int],
    width: float,
) -> None:
    pdf.set_draw_color(*colour)
    pdf.set_line_width(width)
    for points in lines:
        pdf.polyline(list(points))


def draw_names(
    pdf: Sheet,
    frame: Frame,
    streets: Sequence[Street],
    keep_clear: Sequence[tuple[float, float]],
) -> None:
    """Write each street's name once along its longest straight piece; greater streets come first.

    Parameters
    ----------
    keep_clear
        Places, in the units of the frame, that no name may cover.
    """
    order = {kind: number for number, kind in enumerate(reversed(WIDTHS))}
    named: dict[str, list[Street]] = {}
    for one in streets:
        if one.name and one.kind != "path":
            named.setdefault(one.name, []).append(one)
    ranked = sorted(
        named.items(), key=lambda pair: (min(order[one.kind] for one in pair[1]), pair[0])
    )
    inside = shapely.box(
        frame.left, frame.top, frame.left + frame.width, frame.top + frame.height
    ).buffer(-1.0)
    taken = [shapely.Point(spot).buffer(3.2) for spot in keep_clear]
    pdf.set_font("sans", size=_NAME_SIZE)
    written = 0
    for name, pieces in ranked:
        width = pdf.get_string_width(name) + 0.6
        for x, y, angle in _places_along(_lines(frame, [one.line for one in pieces]), width):
            box = affinity.rotate(
                shapely.box(x - width / 2, y - _NAME_MM / 2, x + width / 2, y + _NAME_MM / 2),
                -angle,
            )
            if inside.contains(box) and not any(box.intersects(other) for other in taken):
                taken.append(box.buffer(0.8))
                _write_along(pdf, name, x, y, angle)
                written += 1
                break
        if written == _MOST_NAMES:
            return


def _places_along(
    lines: Sequence[Sequence[tuple[float, float]]], width: float
) -> list[tuple[float, float, float]]:
    """Return where a name of a width fits along lines, the straightest long pieces first: x, y, degrees.

    The angle is anticlockwise as seen, between -90 and 90, so that nobody reads upside down.
    """
    found = []
    for points in lines:
        line = shapely.LineString(points)
        if line.length < width:
            continue
        steps = max(1, int(line.length / width))
        for step in range(steps):
            middle = (step + 0.5) * line.length / steps
            begin, end = (
                shapely.line_interpolate_point(line, middle + side * width / 2) for side in (-1, 1)
            )
            across = math.hypot(end.x - begin.x, end.y - begin.y)
            if across < 0.93 * width:  # a bend: letters would leave the street
                continue
            angle = -math.degrees(math.atan2(end.y - begin.y, end.x - begin.x))
            angle = (angle + 90) % 180 - 90
            found.append(
                (-across, line.length, (begin.x + end.x) / 2, (begin.y + end.y) / 2, angle)
            )
    return [(x, y, angle) for _, _, x, y, angle in sorted(found)]


def _write_along(pdf: Sheet, name: str, x: float, y: float, angle: float) -> None:
    wide = pdf.get_string_width(name)
    with pdf.rotation(angle, x, y):
        for mode in (TextMode.STROKE, TextMode.FILL):
            pdf.set_draw_color(*LAND)
            pdf.set_text_color(*SOFT)
            pdf.set_line_width(0.6)
            with pdf.local_context(text_mode=mode):
                pdf.text(x - wide / 2, y + _NAME_MM / 3, name)
