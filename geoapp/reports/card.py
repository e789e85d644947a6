"""The picture that a link to a page is shown by elsewhere: a map and a few words, 1200 by 630 pixels."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import shapely
from PIL import Image, ImageDraw, ImageFont
from shapely.geometry.base import BaseGeometry

from geoapp.core.i18n import Language, Text
from geoapp.core.paths import shipped
from geoapp.core.words import OSM_ATTRIBUTION
from geoapp.reports.drawing import BEYOND, LAND, SEA, Frame
from geoapp.reports.ground import BUILDING, EDGE, GREEN, RAIL, STREET, WIDTHS, Ground
from geoapp.reports.sheet import FONT, INK, LINE, SOFT

SIZE_PX: Final = (1200, 630)
_BAND_PX: Final = 178  # below the map, for the words
_MARGIN_PX: Final = 40
_FINER: Final = 2  # lines are drawn so many times as large, which smooths their edges
_ACCENT, _DOT, _WARNING = (11, 92, 138), (92, 124, 146), (150, 60, 10)


@dataclass(frozen=True, slots=True)
class LinkPicture:
    """What the picture of a link shows; places in WGS-84 degrees.

    Attributes
    ----------
    bounds
        West, south, east and north of what is seen at least.
    land
        Outlines of regions.
    dots
        Stations around.
    spot
        The station itself (lon, lat); None where the picture is of all.
    off_m
        How far the position may be off; 0 where it is good.
    lines
        Said below the map, the first as the heading.
    is_sample
        Whether what is shown is made up.
    has_osm
        Whether some of what is shown is OpenStreetMap's, whose licence asks to say so.
    """

    bounds: tuple[float, float, float, float]
    land: Sequence[BaseGeometry]
    dots: Sequence[tuple[float, float]]
    lines: Sequence[Text]
    spot: tuple[float, float] | None = None
    off_m: float = 0.0
    ground: Ground = field(default_factory=Ground)
    is_sample: bool = False
    has_osm: bool = False


def write_link_picture(picture: LinkPicture, path: Path, language: Language) -> None:
    """Write the picture as PNG; the same picture gives the same bytes."""
    wide, high = SIZE_PX
    image = Image.new("RGB", SIZE_PX, "white")
    image.paste(_map(picture, wide, high - _BAND_PX), (0, 0))
    pen = ImageDraw.Draw(image)
    pen.line((0, high - _BAND_PX, wide, high - _BAND_PX), fill=LINE, width=2)
    _write(pen, picture, high - _BAND_PX + 20, language)
    if picture.has_osm:
        _credit(pen, high - _BAND_PX - 8)
    image.save(path, format="PNG", optimize=True)


def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(shipped("static") / FONT), size)


def _map(picture: LinkPicture, across: int, down: int) -> Image.Image:
    wide, high = across * _FINER, down * _FINER
    frame = Frame.around(picture.bounds, 0.0, 0.0, wide, high)
    image = Image.new("RGB", (wide, high), BEYOND)
    pen = ImageDraw.Draw(image)
    for shape in picture.land:
        _fill(pen, frame, shape, LAND)
    for shapes, colour in (
        (picture.ground.green, GREEN),
        (picture.ground.water, SEA),
        (picture.ground.buildings, BUILDING),
    ):
        for shape in shapes:
            _fill(pen, frame, shape, colour)
    _streets(pen, frame, picture.ground)
    for shape in picture.land:
        for part in frame.rings(shape, finest=0.5):
            for ring in part:
                pen.line(ring, fill=_DOT if not picture.ground else LINE, width=3, joint="curve")
    if picture.off_m and picture.spot is not None:
        circle = shapely.Point(frame.at(*picture.spot)).buffer(picture.off_m * frame.mm_a_metre)
        pen.line(shapely.get_coordinates(circle.exterior).ravel().tolist(), _ACCENT, width=5)
    radius, edge = (14, 3) if picture.spot is not None else (7, 1)
    for lon, lat in picture.dots:
        if frame.shows(lon, lat):
            _disc(pen, frame.at(lon, lat), radius, _DOT, edge)
    if picture.spot is not None:
        _pin(pen, frame.at(*picture.spot))
    return image.resize((across, down), Image.Resampling.LANCZOS)


def _streets(pen: ImageDraw.ImageDraw, frame: Frame, ground: Ground) -> None:
    lines = {
        kind: [
            [frame.at(lon, lat) for lon, lat in shapely.get_coordinates(part).tolist()]
            for one in ground.streets
            if one.kind == kind
            for part in shapely.get_parts(one.line).tolist()
        ]
        for kind in WIDTHS
    }
    for colour, more in ((EDGE, 4), (STREET, 0)):
        for kind, width_m in WIDTHS.items():
            width = max(3, round(width_m * frame.mm_a_metre)) + more
            for line in lines[kind]:
                pen.line(line, fill=colour, width=width, joint="curve")
    for shape in ground.rail:
        for part in shapely.get_parts(shape).tolist():
            spots = shapely.get_coordinates(part).tolist()
            pen.line([frame.at(lon, lat) for lon, lat in spots], fill=RAIL, width=3)


def _fill(
    pen: ImageDraw.ImageDraw, frame: Frame, shape: BaseGeometry, colour: tuple[int, int, int]
) -> None:
    """Paint an area; its holes are painted by what lies in them."""
    if shape.geom_type in ("Polygon", "MultiPolygon"):
        for outer, *_holes in frame.rings(shape, finest=0.5):
            pen.polygon(outer, fill=colour)


def _disc(
    pen: ImageDraw.ImageDraw,
    spot: tuple[float, float],
    radius: float,
    colour: tuple[int, int, int],
    edge: int = 3,
) -> None:
    x, y = spot
    box = (x - radius, y - radius, x + radius, y + radius)
    pen.ellipse(box, fill=colour, outline="white", width=edge)


def _pin(pen: ImageDraw.ImageDraw, spot: tuple[float, float]) -> None:
    """Draw a pin whose point is the place."""
    x, y = spot
    radius, above = 44.0, y - 84.0
    pen.polygon([(x - 36, above + 26), (x + 36, above + 26), (x, y)], fill=_ACCENT)
    _disc(pen, (x, above), radius, _ACCENT)
    _disc(pen, (x, above), 16.0, (255, 255, 255))


def _write(pen: ImageDraw.ImageDraw, picture: LinkPicture, y: int, language: Language) -> None:
    heading, *others = picture.lines
    room = SIZE_PX[0] - 2 * _MARGIN_PX
    if picture.is_sample:
        words, font = Text("示例", "Sample").pick(language), _font(26)
        width = font.getlength(words) + 28
        left = SIZE_PX[0] - _MARGIN_PX - width
        pen.rounded_rectangle((left, y + 6, left + width, y + 50), 8, outline=_WARNING, width=3)
        pen.text((left + 14, y + 28), words, font=font, fill=_WARNING, anchor="lm")
        room -= round(width) + 20
    said, size = heading.pick(language), 46
    while size > 30 and _font(size).getlength(said) > room:
        size -= 2
    pen.text((_MARGIN_PX, y), _cut(said, size, room), font=_font(size), fill=INK)
    y += 66
    for one in others:
        line = _cut(one.pick(language), 28, SIZE_PX[0] - 2 * _MARGIN_PX)
        pen.text((_MARGIN_PX, y), line, font=_font(28), fill=SOFT)
        y += 40


def _cut(said: str, size: int, room: float) -> str:
    """Return a text as far as it fits."""
    font = _font(size)
    if font.getlength(said) <= room:
        return said
    while said and font.getlength(f"{said}…") > room:
        said = said[:-1]
    return f"{said.rstrip()}…"


def _credit(pen: ImageDraw.ImageDraw, y: int) -> None:
    font = _font(18)
    width = font.getlength(OSM_ATTRIBUTION)
    right = SIZE_PX[0] - 12
    pen.rectangle((right - width - 12, y - 26, right, y), fill="white")
    pen.text((right - 6, y - 13), OSM_ATTRIBUTION, font=font, fill=SOFT, anchor="rm")
