"""A month's map on paper, and beside or below it the dense core of a city at a larger scale."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import shapely

from geoapp.core.i18n import Language, said
from geoapp.reports.beside import beside, drawn_at
from geoapp.reports.dense import dense_core
from geoapp.reports.drawing import BEYOND, SITE, Frame, draw_areas, draw_pin, draw_scale
from geoapp.reports.ground import Ground, draw_ground, draw_names
from geoapp.reports.map_names import MapName, placed_names
from geoapp.reports.parts import (
    CLASS_COLOURS,
    CLASS_TEXT,
    NONE_COLOUR,
    ZONE_COLOUR,
    Map,
    Spot,
    class_colour,
)
from geoapp.reports.sheet import INK, LINE, MARGIN_MM, SOFT, WIDTH_MM, Sheet
from geoapp.reports.words import monthly as words

_MAP_MM, _BELOW_MM, _LEGEND_MM, _GAP_MM = 112.0, 84.0, 10.0, 3.0
# A map that is higher than wide leaves room beside it; so much wide an inset is worth it.
_LEAST_BESIDE_MM, _EDGE_MM = 58.0, 6.0
# The box that holds this share of the facilities is drawn where it comes out so many times as large.
_CORE_SHARE: Final = 0.5
_LEAST_TIMES: Final = 2.5
_FEW_FACILITIES: Final = 20
# Radii. In the inset areas are larger and numbers smaller: what lies below is to be seen there.
_PIN_MM, _CORE_PIN_MM = 2.4, 1.8
_DOT_MM, _CORE_DOT_MM = 0.45, 0.4
# Numbers moved farther than this are led to their place.
_LED_MM: Final = 0.3
# So much of the gap zones is to be seen, in square millimetres, for their colour to be told.
_LEAST_SEEN_MM2: Final = 0.5


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a map and its inset stand, in mm from the left margin and from the map's top."""

    bounds: tuple[float, float, float, float]
    width_mm: float
    core: tuple[float, float, float, float] | None = None
    core_left_mm: float = 0.0
    core_top_mm: float = 0.0
    core_width_mm: float = 0.0
    core_height_mm: float = 0.0

    @property
    def height_mm(self) -> float:
        """How much the maps and their legend take."""
        below = self.core_top_mm + self.core_height_mm if self.core_top_mm else 0.0
        return max(_MAP_MM, below) + _LEGEND_MM + _EDGE_MM


@dataclass(frozen=True, slots=True)
class Signs:
    """The radii of what stands on a map, in mm."""

    dot_mm: float
    pin_mm: float


def layout_of(drawn: Map) -> Layout:
    """Return how a map with at least one area is laid out.

    The inset is the smallest box that holds half of the facilities, beside the map where that leaves
    room and else below it; there is none where it would not be 2.5 times as large at least.
    """
    bounds = shapely.union_all([one.shape for one in drawn.areas]).bounds
    whole = Layout(bounds, WIDTH_MM)
    if len(drawn.facilities) < _FEW_FACILITIES:
        return whole
    core = dense_core(drawn.facilities, _CORE_SHARE)
    frame = Frame.around(bounds, 0.0, 0.0, WIDTH_MM, _MAP_MM)
    (west, _), (east, _) = frame.at(bounds[0], bounds[1]), frame.at(bounds[2], bounds[3])
    narrow = east - west + 2 * _EDGE_MM
    beside = WIDTH_MM - narrow - _GAP_MM
    if beside >= _LEAST_BESIDE_MM:
        found = Layout(bounds, narrow, core, narrow + _GAP_MM, 0.0, beside, _MAP_MM)
    else:
        found = Layout(bounds, WIDTH_MM, core, 0.0, _MAP_MM + _GAP_MM, WIDTH_MM, _BELOW_MM)
    inset = Frame.around(core, 0.0, 0.0, found.core_width_mm, found.core_height_mm)
    return found if inset.mm_a_metre >= _LEAST_TIMES * frame.mm_a_metre else whole


def draw_map(pdf: Sheet, drawn: Map, layout: Layout, language: Language | None) -> None:
    """Draw the map, its inset with streets where they are loaded, and the legend."""
    top = pdf.get_y()
    frame = Frame.around(layout.bounds, MARGIN_MM, top, layout.width_mm, _MAP_MM)
    inset = None
    if layout.core is not None:
        left = MARGIN_MM + layout.core_left_mm
        size = layout.core_width_mm, layout.core_height_mm
        inset = Frame.around(layout.core, left, top + layout.core_top_mm, *size)
    # A number inside the box is read there, and would hide others here.
    spots = [one for one in drawn.spots if inset is None or not inset.shows(one.lon, one.lat)]
    signs = Signs(_DOT_MM, _PIN_MM)
    zones = _draw(pdf, frame, drawn, spots, signs, language, inset=inset)
    ground = False
    if inset is not None:
        behind = drawn.ground(inset.window.bounds) if drawn.ground is not None else Ground()
        ground = bool(behind)
        signs = Signs(_CORE_DOT_MM, _CORE_PIN_MM)
        zones |= _draw(pdf, inset, drawn, drawn.spots, signs, language, ground=behind)
        lowest = max(frame.top + frame.height, inset.top + inset.height)
    else:
        lowest = frame.top + frame.height
    key = words.map_key(
        zones=zones,
        facilities=bool(drawn.facilities),
        numbers=bool(drawn.spots),
        inset=inset is not None,
        streets=ground,
    )
    _legend(pdf, lowest + 2, said(key, language), language)


def _draw(
    pdf: Sheet,
    frame: Frame,
    drawn: Map,
    spots: Sequence[Spot],
    signs: Signs,
    language: Language | None,
    *,
    inset: Frame | None = None,
    ground: Ground | None = None,
) -> bool:
    """Draw a map in its frame, and tell whether one sees gap zones in it."""
    spots = [one for one in spots if frame.shows(one.lon, one.lat)]
    box = shapely.box(frame.left, frame.top, frame.left + frame.width, frame.top + frame.height)
    zones = [
        seen
        for one in drawn.gaps
        if not (
            seen := shapely.intersection(drawn_at(frame, shapely.make_valid(one)), box)
        ).is_empty
    ]
    dots = [frame.at(*one) for one in drawn.facilities if frame.shows(*one)]
    at = [frame.at(one.lon, one.lat) for one in spots]
    places = beside(frame, at, zones, dots, signs.pin_mm)
    # The clip alone would end without the library knowing which font and colours hold again.
    with pdf.local_context(), pdf.rect_clip(frame.left, frame.top, frame.width, frame.height):
        pdf.set_fill_color(*BEYOND)
        pdf.rect(frame.left, frame.top, frame.width, frame.height, style="F")
        if ground:
            draw_ground(pdf, frame, ground)
        with pdf.local_context(fill_opacity=0.45 if ground else 1.0):
            for area in drawn.areas:
                draw_areas(pdf, frame, [area.shape], _rgb(class_colour(area.share)), SOFT)
        draw_areas(pdf, frame, drawn.gaps, _rgb(ZONE_COLOUR), (255, 255, 255))
        pdf.set_fill_color(*INK)
        for dot in dots:
            pdf.circle(*dot, signs.dot_mm, style="F")
        names = _placed(pdf, frame, drawn, places, signs.pin_mm, language)
        if ground:
            clear = list(places)
            for name in names:
                clear += [(name.x + part * name.wide / 3, name.y) for part in (-1, 0, 1)]
            draw_names(pdf, frame, ground.streets, clear)
        if inset is not None:
            _box(pdf, frame, inset)
        _names(pdf, names)
        _pins(pdf, spots, at, places, signs.pin_mm)
        draw_scale(pdf, frame, language, [*places, *dots])
    pdf.set_draw_color(*LINE)
    pdf.rect(frame.left, frame.top, frame.width, frame.height, style="D")
    discs = shapely.union_all([shapely.Point(one).buffer(signs.pin_mm) for one in places])
    return bool(shapely.union_all(zones).difference(discs).area >= _LEAST_SEEN_MM2)


def _placed(
    pdf: Sheet,
    frame: Frame,
    drawn: Map,
    pins: Sequence[tuple[float, float]],
    pin_mm: float,
    language: Language | None,
) -> list[MapName]:
    inside = frame.inside
    seen = [
        (shape, area.name.pick(language or "zh"))
        for area in drawn.areas
        if not (shape := shapely.intersection(shapely.make_valid(area.shape), inside)).is_empty
    ]
    # What is seen of least has least choice.
    seen.sort(key=lambda one: one[0].area)
    pdf.set_font("sans", size=7)
    return list(
        placed_names(
            frame,
            seen,
            [frame.place(*one) for one in pins],
            pin_mm,
            lambda text: (pdf.get_string_width(text) + 1.2, 3.4),
        )
    )


def _names(pdf: Sheet, names: Sequence[MapName]) -> None:
    pdf.set_font("sans", size=7)
    for name in names:
        # Facilities are as dark as the words: what lies below a name is paler.
        with pdf.local_context(fill_opacity=0.75):
            pdf.set_fill_color(255, 255, 255)
            pdf.rect(*name.box[:2], name.wide, name.high, style="F")
        pdf.set_text_color(*INK)
        pdf.set_xy(*name.box[:2])
        pdf.cell(name.wide, name.high, name.text, align="C")


def _pins(
    pdf: Sheet,
    spots: Sequence[Spot],
    at: Sequence[tuple[float, float]],
    places: Sequence[tuple[float, float]],
    radius: float,
) -> None:
    """Draw the numbers, each led to its place where it stands beside it, by a line with a pale edge."""
    dot_mm = radius / 6
    for colour, wide, dot in (((255, 255, 255), 0.5, dot_mm + 0.12), (SITE, 0.25, dot_mm)):
        pdf.set_draw_color(*colour)
        pdf.set_fill_color(*colour)
        pdf.set_line_width(wide)
        for spot, place in zip(at, places, strict=True):
            if math.dist(spot, place) > _LED_MM:
                pdf.line(*spot, *place)
                pdf.circle(*spot, dot, style="F")
    for one, place in reversed(list(zip(spots, places, strict=True))):
        draw_pin(pdf, *place, one.number, chosen=True, radius=radius)


def _box(pdf: Sheet, frame: Frame, inset: Frame) -> None:
    """Draw on the large map what the inset shows."""
    west, south, east, north = inset.inside.bounds
    (left, top), (right, bottom) = frame.at(west, north), frame.at(east, south)
    for width, colour in ((1.1, (255, 255, 255)), (0.5, INK)):
        pdf.set_draw_color(*colour)
        pdf.set_line_width(width)
        pdf.rect(left, top, right - left, bottom - top, style="D")


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _legend(pdf: Sheet, y: float, key: str, language: Language | None) -> None:
    x = MARGIN_MM
    entries: Sequence[tuple[str, str]] = [
        *zip(CLASS_COLOURS, CLASS_TEXT, strict=True),
        (NONE_COLOUR, said(words.NO_FIGURE, language)),
    ]
    pdf.set_font("sans", size=7.5)
    pdf.set_text_color(*INK)
    pdf.set_draw_color(*LINE)
    for colour, text in entries:
        pdf.set_fill_color(*_rgb(colour))
        pdf.rect(x, y + 0.6, 5, 3, style="DF")
        pdf.set_xy(x + 5.5, y)
        wide = pdf.get_string_width(text) + 4
        pdf.cell(wide, 4.2, text)
        x += 6 + wide
    pdf.set_xy(MARGIN_MM, y + 5)
    pdf.words(key, 7.5, SOFT, 4)
