"""A coverage map as a picture (PNG) for slides and letters: title, map, legend and what it rests on."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import shapely
from PIL import Image, ImageDraw, ImageFont
from shapely.geometry.base import BaseGeometry

from geoapp.core.i18n import Language, Text
from geoapp.core.paths import shipped
from geoapp.reports.drawing import LAND, SITE, Frame
from geoapp.reports.map_names import placed_names
from geoapp.reports.parts import (
    CLASS_COLOURS,
    CLASS_TEXT,
    NONE_COLOUR,
    ZONE_COLOUR,
    Map,
    class_colour,
)
from geoapp.reports.sheet import FONT, INK, LINE, SOFT
from geoapp.reports.words import coverage_book as words
from geoapp.reports.words import monthly

WIDTH_PX: Final = 1600
_MARGIN_PX, _LEAST_PX, _MOST_PX = 40, 700, 1150
# Lines and areas are drawn so many times as large and made smaller, which smooths their edges.
_FINER: Final = 2
_WARNING: Final = (150, 60, 10)
_GAP_PX: Final = 8
_NEVER_FIRST: Final = frozenset("，。；：、）”")
# Where a name goes that has no room at its place: so far off, in pixels.
Sign = Literal["disc", "diamond", "ring"]


@dataclass(frozen=True, slots=True)
class Marks:
    """Places of one sort under one sign: a disc, a square on its corner, or a ring; WGS-84 degrees."""

    sign: Sign
    colour: str
    places: Sequence[tuple[float, float]]
    legend: Text


@dataclass(frozen=True, slots=True)
class Picture:
    """What a picture shows.

    Attributes
    ----------
    drawn
        The map; its title is the picture's.
    around
        Outlines (EPSG:4326) that are drawn for orientation, without figures.
    figures
        Said below the title.
    notes
        What the map rests on, a line each.
    sample
        Whether any of it is made up.
    share_legend, zone_legend, facility_legend, spot_legend
        What colours, zones, dots and numbered places are; without a first, no region has a share.
    marks
        Signs in the place of the map's dots, the last on top.
    """

    drawn: Map
    around: Sequence[BaseGeometry]
    figures: Text
    notes: Sequence[Text]
    sample: bool
    share_legend: Text | None = words.SHARE_LEGEND
    zone_legend: Text = words.ZONE_LEGEND
    facility_legend: Text = words.FACILITY_LEGEND
    spot_legend: Text = words.SPOT_LEGEND
    marks: Sequence[Marks] = ()


def write_picture(picture: Picture, path: Path, language: Language) -> None:
    """Write a picture as PNG, 1600 px wide; the same picture gives the same bytes."""
    drawing = _Drawing(picture, language)
    drawing.whole().save(path, format="PNG")


class _Drawing:
    def __init__(self, picture: Picture, language: Language) -> None:
        self._picture, self._language = picture, language
        self._fonts: dict[int, ImageFont.FreeTypeFont] = {}

    def _font(self, size: int) -> ImageFont.FreeTypeFont:
        if size not in self._fonts:
            self._fonts[size] = ImageFont.truetype(str(shipped("static") / FONT), size)
        return self._fonts[size]

    def whole(self) -> Image.Image:
        """Return the picture: title, map, legend and notes below each other."""
        picture, language = self._picture, self._language
        across = WIDTH_PX - 2 * _MARGIN_PX
        head = [
            *((line, 40, INK) for line in self._lines(picture.drawn.title, 40, across)),
            *((line, 26, INK) for line in self._lines(picture.figures, 26, across)),
        ]
        if picture.sample:
            head.append((words.SAMPLE_SAID.pick(language), 24, _WARNING))
        foot = [
            (line, 20, SOFT) for note in picture.notes for line in self._lines(note, 20, across)
        ]
        drawn = self._map(across)
        legend = self._legend(across)
        above, below = (sum(size + 12 for _, size, _ in part) for part in (head, foot))
        high = above + drawn.height + legend.height + below + 2 * _MARGIN_PX + 36
        image = Image.new("RGB", (WIDTH_PX, high), "white")
        pen = ImageDraw.Draw(image)
        y = self._write(pen, head, _MARGIN_PX) + 8
        image.paste(drawn, (_MARGIN_PX, y))
        y += drawn.height + 14
        image.paste(legend, (_MARGIN_PX, y))
        self._write(pen, foot, y + legend.height + 10)
        return image

    def _write(
        self,
        pen: ImageDraw.ImageDraw,
        lines: Sequence[tuple[str, int, tuple[int, int, int]]],
        y: int,
    ) -> int:
        for line, size, colour in lines:
            pen.text((_MARGIN_PX, y), line, font=self._font(size), fill=colour)
            y += size + 12
        return y

    def _lines(self, text: Text, size: int, across: int) -> list[str]:
        """Return a text as lines that fit; English breaks between words, Chinese anywhere."""
        font, lines, line = self._font(size), [], ""
        parts = text.zh if self._language == "zh" else text.en.replace(" ", " \0").split("\0")
        for part in parts:
            fits = font.getlength(line + part.rstrip()) <= across
            if line and not fits and part not in _NEVER_FIRST:
                lines.append(line.rstrip())
                line = part
            else:
                line += part
        return [*lines, line.rstrip()] if line.strip() else lines

    def _map(self, across: int) -> Image.Image:
        drawn = self._picture.drawn
        bounds = shapely.union_all([one.shape for one in drawn.areas]).bounds
        west, south, east, north = bounds
        # As high as what is shown wants, a margin of a twentieth included.
        probe = Frame.around(bounds, 0.0, 0.0, across, 1e9)
        high = (probe.at(east, south)[1] - probe.at(west, north)[1]) * 1.1
        high = int(min(_MOST_PX, max(_LEAST_PX, high)))
        pad_x, pad_y = across * 0.04 * _FINER, high * 0.04 * _FINER
        wide, tall = across * _FINER, high * _FINER
        frame = Frame.around(bounds, pad_x, pad_y, wide - 2 * pad_x, tall - 2 * pad_y)
        image = Image.new("RGB", (wide, tall), LAND)
        pen = ImageDraw.Draw(image)
        seen = Frame(frame.lon, frame.lat, frame.mm_a_metre, 0.0, 0.0, wide, tall)
        for shape in self._picture.around:
            self._outline(pen, seen, shape, LINE, 2)
        for area in drawn.areas:
            _fill(image, seen, area.shape, class_colour(area.share))
        for area in drawn.areas:
            self._outline(pen, seen, area.shape, SOFT, 2)
        for zone in drawn.gaps:
            _fill(image, seen, zone, ZONE_COLOUR)
        for lon, lat in drawn.facilities:
            if seen.shows(lon, lat):
                _dot(pen, *seen.at(lon, lat), 5.0, INK, (255, 255, 255))
        image = image.resize((across, high), Image.Resampling.LANCZOS)
        pen = ImageDraw.Draw(image)
        placed = Frame(
            seen.lon, seen.lat, seen.mm_a_metre / _FINER, 0.0, 0.0, float(across), float(high)
        )
        self._names(pen, placed)
        if self._picture.marks:  # above names, which would hide some
            above = Image.new("RGBA", (wide, tall))
            over = ImageDraw.Draw(above)
            for marks in self._picture.marks:
                for lon, lat in marks.places:
                    if seen.shows(lon, lat):
                        _sign(over, marks, *seen.at(lon, lat), 14.0)
            above = above.resize((across, high), Image.Resampling.LANCZOS)
            image.paste(above, (0, 0), above)
        self._scale(pen, placed)
        pen.rectangle((0, 0, across - 1, high - 1), outline=LINE)
        return image

    def _outline(
        self,
        pen: ImageDraw.ImageDraw,
        frame: Frame,
        shape: BaseGeometry,
        colour: tuple[int, int, int],
        width: int,
    ) -> None:
        for part in frame.rings(shape, finest=0.5):
            for ring in part:
                pen.line(ring, fill=colour, width=width, joint="curve")

    def _names(self, pen: ImageDraw.ImageDraw, frame: Frame) -> None:
        """Write the regions' names where none covers another or a number, and then the numbers."""
        drawn, font = self._picture.drawn, self._font(22)
        spots = [one for one in drawn.spots if frame.shows(one.lon, one.lat)]
        for name in placed_names(
            frame,
            [(area.shape, area.name.pick(self._language)) for area in drawn.areas],
            [(spot.lon, spot.lat) for spot in spots],
            16.0,
            lambda text: (pen.textlength(text, font=font), 22.0),
        ):
            pen.text(
                (name.x, name.y),
                name.text,
                font=font,
                fill=INK,
                anchor="mm",
                stroke_width=3,
                stroke_fill="white",
            )
        # The first is on top where two are close.
        for spot in reversed(spots):
            x, y = frame.at(spot.lon, spot.lat)
            _dot(pen, x, y, 14.0, SITE, (255, 255, 255))
            pen.text((x, y), str(spot.number), font=self._font(18), fill="white", anchor="mm")

    def _scale(self, pen: ImageDraw.ImageDraw, frame: Frame) -> None:
        length, said = frame.bar()
        x, y = 24, frame.height - 24
        pen.rectangle((x - 10, y - 40, x + length + 10, y + 12), fill="white")
        pen.line((x, y, x + length, y), fill=INK, width=4)
        pen.text((x, y - 36), said.pick(self._language), font=self._font(20), fill=INK)

    def _legend(self, across: int) -> Image.Image:
        """Return the legend: classes of shares, then what the signs are."""
        image = Image.new("RGB", (across, 84), "white")
        pen = ImageDraw.Draw(image)
        if self._picture.share_legend is not None:
            self._classes(pen, self._picture.share_legend)
        x = 0.0
        if self._picture.drawn.gaps:
            pen.rectangle((0, 50, 36, 72), fill=ZONE_COLOUR)
            x = self._entry(pen, 44, self._picture.zone_legend)
        for marks in self._picture.marks:
            _sign(pen, marks, x + 8, 61, 8.0)
            x = self._entry(pen, x + 24, marks.legend)
        if not self._picture.marks:
            _dot(pen, x + 8, 61, 5.0, INK, (255, 255, 255))
            x = self._entry(pen, x + 24, self._picture.facility_legend)
        if self._picture.drawn.spots:
            _dot(pen, x + 12, 61, 12.0, SITE, (255, 255, 255))
            self._entry(pen, x + 32, self._picture.spot_legend)
        return image if self._picture.share_legend else image.crop((0, 42, across, 84))

    def _classes(self, pen: ImageDraw.ImageDraw, told_as: Text) -> None:
        language, font = self._language, self._font(20)
        title = told_as.pick(language)
        pen.text((0, 6), title, font=font, fill=INK)
        x = font.getlength(title) + 24
        classes = [*zip(CLASS_COLOURS, CLASS_TEXT, strict=True)]
        if any(one.share is None for one in self._picture.drawn.areas):
            classes.append((NONE_COLOUR, monthly.NO_FIGURE.pick(language)))
        for colour, told in classes:
            pen.rectangle((x, 8, x + 36, 30), fill=colour, outline=LINE)
            pen.text((x + 44, 6), told, font=font, fill=INK)
            x += 44 + font.getlength(told) + 28

    def _entry(self, pen: ImageDraw.ImageDraw, x: float, text: Text) -> float:
        said = text.pick(self._language)
        pen.text((x, 48), said, font=self._font(20), fill=INK)
        return x + self._font(20).getlength(said) + 32


def _fill(image: Image.Image, frame: Frame, shape: BaseGeometry, colour: str) -> None:
    """Paint an area without its holes."""
    for outer, *holes in frame.rings(shape, finest=0.5):
        if not holes:
            ImageDraw.Draw(image).polygon(outer, fill=colour)
            continue
        left, top = (int(min(spot[axis] for spot in outer)) for axis in (0, 1))
        wide, high = (int(max(spot[axis] for spot in outer)) + 1 for axis in (0, 1))
        mask = Image.new("1", (wide - left, high - top))
        pen = ImageDraw.Draw(mask)
        for ring, inside in ((outer, 1), *((hole, 0) for hole in holes)):
            pen.polygon([(x - left, y - top) for x, y in ring], fill=inside)
        image.paste(colour, (left, top, wide, high), mask)


def _dot(
    pen: ImageDraw.ImageDraw,
    x: float,
    y: float,
    radius: float,
    fill: tuple[int, int, int],
    line: tuple[int, int, int],
) -> None:
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill, outline=line, width=2)


def _sign(pen: ImageDraw.ImageDraw, marks: Marks, x: float, y: float, radius: float) -> None:
    if marks.sign == "diamond":
        radius *= 1.2
        corners = [(x, y - radius), (x + radius, y), (x, y + radius), (x - radius, y)]
        pen.polygon(corners, fill=marks.colour, outline="white", width=2)
        return
    box = (x - radius, y - radius, x + radius, y + radius)
    if marks.sign == "ring":
        pen.ellipse(box, fill="white", outline=marks.colour, width=max(2, round(radius / 3)))
    else:
        pen.ellipse(box, fill=marks.colour, outline="white", width=2)
