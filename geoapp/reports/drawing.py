"""Maps, figures and rows on paper, drawn as lines and areas.

Maps are in an equidistant cylindrical projection about their middle: lengths are true north to south
everywhere and east to west along the middle.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from fpdf.enums import IntersectionRule, RenderStyle, TableBordersLayout
from shapely.geometry.base import BaseGeometry

from geoapp.core.i18n import Language, Text
from geoapp.core.units import format_metres
from geoapp.reports.sheet import INK, LINE, MARGIN_MM, SOFT, WIDTH_MM, Sheet, in_parts

METRES_A_DEGREE: Final = 111_320.0
_MOVES: Final = 200
# Of what lies beyond the regions nobody knows whether it is land: water is drawn where there are data of it.
BEYOND: Final = (240, 240, 235)
LAND, SEA, GAP, SITE, DOT = (
    (251, 250, 247),
    (223, 232, 237),
    (244, 205, 196),
    (20, 110, 60),
    (40, 95, 185),
)


@dataclass(frozen=True, slots=True)
class Frame:
    """A map's place on the page and its projection."""

    lon: float
    lat: float
    mm_a_metre: float
    left: float
    top: float
    width: float
    height: float

    @classmethod
    def around(
        cls,
        bounds: tuple[float, float, float, float],
        left: float,
        top: float,
        width: float,
        height: float,
    ) -> "Frame":
        """Return the frame of a size in which bounds (west, south, east, north) are seen whole."""
        west, south, east, north = bounds
        lon, lat = (west + east) / 2, (south + north) / 2
        wide = max(1.0, (east - west) * METRES_A_DEGREE * math.cos(math.radians(lat)))
        high = max(1.0, (north - south) * METRES_A_DEGREE)
        scale = min(width / wide, height / high)
        return cls(lon, lat, scale, left, top, width, height)

    def at(self, lon: float, lat: float) -> tuple[float, float]:
        """Return where a place is, in the units of the frame."""
        east = (lon - self.lon) * METRES_A_DEGREE * math.cos(math.radians(self.lat))
        north = (lat - self.lat) * METRES_A_DEGREE
        return (
            self.left + self.width / 2 + east * self.mm_a_metre,
            self.top + self.height / 2 - north * self.mm_a_metre,
        )

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Return the longitude and latitude that are drawn at a point: what ``at`` undoes."""
        east = (x - self.left - self.width / 2) / self.mm_a_metre
        north = (self.top + self.height / 2 - y) / self.mm_a_metre
        return (
            self.lon + east / (METRES_A_DEGREE * math.cos(math.radians(self.lat))),
            self.lat + north / METRES_A_DEGREE,
        )

    def shows(self, lon: float, lat: float) -> bool:
        """Tell whether a place is inside."""
        x, y = self.at(lon, lat)
        return self.left <= x <= self.left + self.width and self.top <= y <= self.top + self.height

    @property
    def window(self) -> BaseGeometry:
        """The part of the world that is shown, in degrees, with a margin."""
        high = self.height / self.mm_a_metre / METRES_A_DEGREE * 0.55
        wide = self.width / self.mm_a_metre / METRES_A_DEGREE * 0.55
        wide /= math.cos(math.radians(self.lat))
        return shapely.box(self.lon - wide, self.lat - high, self.lon + wide, self.lat + high)

    @property
    def inside(self) -> BaseGeometry:
        """The part of the world that is shown, in degrees, without a margin."""
        west, south, east, north = self.window.bounds
        lon, lat = (east - west) / 22, (north - south) / 22
        return shapely.box(west + lon, south + lat, east - lon, north - lat)

    def labels(
        self, shapes: Iterable[tuple[Text, BaseGeometry]]
    ) -> list[tuple[Text, tuple[float, float]]]:
        """Return where names stand: inside what is seen of each shape, if enough of it is seen."""
        inside = self.inside
        found = []
        for name, shape in shapes:
            seen = shapely.intersection(shapely.make_valid(shape), inside)
            if seen.area > inside.area / 50:
                spot = seen.representative_point()
                found.append((name, self.at(spot.x, spot.y)))
        return found

    def rings(
        self, shape: BaseGeometry, finest: float = 0.1
    ) -> list[list[list[tuple[float, float]]]]:
        """Return the parts of what is seen of a shape, no finer than can be drawn.

        Each part is its outer ring, then the rings of its holes.

        Parameters
        ----------
        finest
            In the units of the frame.
        """
        window = self.window
        if not shape.intersects(window):
            return []
        seen = shapely.intersection(shapely.make_valid(shape), window)
        tolerance = finest / self.mm_a_metre / METRES_A_DEGREE
        found = []
        for part in shapely.get_parts(seen).tolist():
            if isinstance(part, shapely.Polygon):
                rings = [self._ring(ring, tolerance) for ring in (part.exterior, *part.interiors)]
                if len(rings[0]) >= 4:
                    found.append([ring for ring in rings if len(ring) >= 4])
        return found

    def lines(self, shape: BaseGeometry, finest: float = 0.1) -> list[list[tuple[float, float]]]:
        """Return the lines of a shape, no finer than can be drawn (in the units of the frame)."""
        tolerance = finest / self.mm_a_metre / METRES_A_DEGREE
        parts = shapely.get_parts(shape).tolist()
        return [self._ring(one, tolerance) for one in parts if one.geom_type == "LineString"]

    def _ring(self, ring: BaseGeometry, tolerance: float) -> list[tuple[float, float]]:
        simple = shapely.get_coordinates(shapely.simplify(ring, tolerance)).tolist()
        return [self.at(lon, lat) for lon, lat in simple]

    def bar(self) -> tuple[float, Text]:
        """Return a round length for the scale, a fifth of the width at most, drawn and in words."""
        most = self.width / 5 / self.mm_a_metre
        base = 10 ** math.floor(math.log10(most))
        metres = max(step * base for step in (1, 2, 5) if step * base <= most)
        return metres * self.mm_a_metre, format_metres(metres)


def draw_figures(pdf: Sheet, figures: Sequence[tuple[str, str]]) -> None:
    """Write a few numbers large, side by side."""
    width, top = WIDTH_MM / len(figures), pdf.get_y()
    for number, (label, value) in enumerate(figures):
        pdf.set_xy(MARGIN_MM + number * width, top)
        pdf.set_font("sans", size=7.5)
        pdf.set_text_color(*SOFT)
        pdf.multi_cell(width - 2, 3.6, label, align="L", max_line_height=3.6)
        pdf.set_xy(MARGIN_MM + number * width, top + 7.6)
        pdf.set_font("sans", size=14)
        pdf.set_font(
            "sans", size=14 * min(1.0, (width - 5) / max(1.0, pdf.get_string_width(value)))
        )
        pdf.set_text_color(*INK)
        pdf.cell(width - 2, 7, value)
    pdf.set_xy(MARGIN_MM, top + 17)


_PADDING_MM: Final = 0.6


def draw_rows(pdf: Sheet, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Write rows; where there is a head, all columns but the first are numbers."""
    pdf.set_font("sans", size=8.5)
    pdf.set_text_color(*INK)
    pdf.set_draw_color(*LINE)
    columns = len(head) or 2
    widths = (2.2, *[1.0] * (columns - 1)) if head else (1.0, 1.3)
    align = ("LEFT", *["RIGHT"] * (columns - 1)) if head else ("LEFT", "LEFT")
    parts = [part for row in rows for part in in_parts(row)]
    with pdf.table(
        cell_fill_mode="NONE",
        borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        first_row_as_headings=False,
        col_widths=widths,
        text_align=align,
        line_height=4.4,
        padding=_PADDING_MM,
        width=int(WIDTH_MM),
        align="LEFT",
    ) as table:
        for cells in ([head] if head else []) + parts:
            row = table.row()
            for cell, share in zip(cells, widths, strict=True):
                row.cell(pdf.in_lines(cell, int(WIDTH_MM) * share / sum(widths) - 2 * _PADDING_MM))
    pdf.ln(3)


def draw_areas(
    pdf: Sheet,
    frame: Frame,
    shapes: Iterable[BaseGeometry],
    fill: tuple[int, int, int],
    line: tuple[int, int, int] | None,
) -> None:
    """Draw areas in one colour, with an outline if there is one."""
    pdf.set_fill_color(*fill)
    pdf.set_draw_color(*(line or fill))
    pdf.set_line_width(0.15)
    style = RenderStyle.F if line is None else RenderStyle.DF
    for shape in shapes:
        for outer, *holes in frame.rings(shape):
            if holes:
                _draw_with_holes(pdf, [outer, *holes], fill, line)
            else:
                pdf.polygon(outer, style=style)


def _draw_with_holes(
    pdf: Sheet,
    rings: Sequence[Sequence[tuple[float, float]]],
    fill: tuple[int, int, int],
    line: tuple[int, int, int] | None,
) -> None:
    with pdf.new_path() as path:
        path.style.fill_color = hex_of(fill)
        path.style.stroke_color = None if line is None else hex_of(line)
        path.style.stroke_width = 0.15
        path.style.intersection_rule = IntersectionRule.EVENODD
        for ring in rings:
            path.move_to(*ring[0])
            for spot in ring[1:]:
                path.line_to(*spot)
            path.close()


def hex_of(colour: tuple[int, int, int]) -> str:
    """Return a colour as other formats write it: #rrggbb."""
    return "#" + "".join(f"{one:02x}" for one in colour)


def draw_pin(
    pdf: Sheet, x: float, y: float, order: int, *, chosen: bool, radius: float | None = None
) -> None:
    """Draw a numbered disc; one that is chosen is in colour and, where no radius is given, larger."""
    radius = radius or (2.6 if chosen else 1.9)
    pdf.set_fill_color(*(SITE if chosen else SOFT))
    pdf.set_draw_color(255, 255, 255)
    pdf.set_line_width(0.3)
    pdf.circle(x, y, radius, style="DF")
    pdf.set_font("sans", size=2.8 * radius)
    pdf.set_text_color(255, 255, 255)
    pdf.set_xy(x - radius, y - radius)
    pdf.cell(2 * radius, 2 * radius, str(order), align="C")


def apart(
    spots: Sequence[tuple[float, float]], least: float, frame: Frame
) -> list[tuple[float, float]]:
    """Return places for signs that hide none of each other, each near its spot and inside the frame.

    Parameters
    ----------
    spots
        Where the signs belong, in the units of the frame.
    least
        How far apart they are to be; where there are too many for the frame, they come as near to it as
        they get.
    """
    true = np.array(spots, float).reshape(-1, 2)
    at = true.copy()
    # Signs on the same spot go different ways, the same at every drawing.
    turn = np.arange(len(at)) * 2.399963
    at += 1e-3 * least * np.stack((np.cos(turn), np.sin(turn)), axis=1)
    low = np.array([frame.left, frame.top]) + least / 2
    high = np.array([frame.left + frame.width, frame.top + frame.height]) - least / 2
    for _ in range(_MOVES):
        way = at[:, None] - at[None]
        away = np.linalg.norm(way, axis=2)
        np.fill_diagonal(away, np.inf)
        close = np.maximum(least - away, 0.0)
        if close.max(initial=0.0) < 1e-3 * least:
            break
        push = (way / np.maximum(away, 1e-9)[:, :, None] * close[:, :, None]).sum(axis=1) / 2
        at = np.clip(at + push, low, high)
    return [(float(x), float(y)) for x, y in at]


def draw_scale(
    pdf: Sheet,
    frame: Frame,
    language: Language | None,
    clear: Sequence[tuple[float, float]] = (),
) -> None:
    """Draw a bar of a round length at the lower left, or in the corner with fewest signs.

    Parameters
    ----------
    clear
        Where signs are, in the units of the frame.
    """
    length, said = frame.bar()
    corners = [
        (frame.left + 4, frame.top + frame.height - 4),
        (frame.left + frame.width - 4 - length, frame.top + frame.height - 4),
        (frame.left + 4, frame.top + 6),
        (frame.left + frame.width - 4 - length, frame.top + 6),
    ]
    high, wide = 7.0, max(length, 14.0)

    def hidden(corner: tuple[float, float]) -> int:
        left, base = corner[0] - 3, corner[1] + 3
        return sum(left <= x <= left + wide + 6 and base - high - 3 <= y <= base for x, y in clear)

    x, y = min(corners, key=hidden)
    pdf.set_draw_color(*INK)
    pdf.set_line_width(0.4)
    pdf.line(x, y, x + length, y)
    pdf.set_font("sans", size=7)
    pdf.set_text_color(*INK)
    pdf.set_xy(x, y - 4)
    pdf.cell(30, 3.5, said.pick(language or "zh"))
