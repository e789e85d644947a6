"""A month's report as slides that can be edited: real tables, charts and shapes, no pictures."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import shapely

from geoapp.core.errors import MissingPartError
from geoapp.core.i18n import Language, Text
from geoapp.reports.book import lines_in
from geoapp.reports.drawing import Frame
from geoapp.reports.monthly.parts import (
    CLASS_COLOURS,
    CLASS_TEXT,
    NONE_COLOUR,
    ZONE_COLOUR,
    Bars,
    Map,
    Report,
    Section,
    Table,
    class_colour,
    said,
    shown,
)
from geoapp.reports.settled import settle_file
from geoapp.reports.sheet import shortened
from geoapp.reports.words import monthly as words

if TYPE_CHECKING:
    from pptx.presentation import Presentation

# Inches; the slide is 16:9.
_WIDE, _HIGH, _EDGE, _TOP, _FOOT = 13.333, 7.5, 0.6, 1.45, 0.45
_INK, _SOFT, _HEAD, _SUM = "#182026", "#5c6870", "#dde8e1", "#f0f3f4"
# The sans serif of Chinese offices, on Windows and on what stands in for it elsewhere.
_CHINESE: Final = "Microsoft YaHei"
_TITLE_ONLY: Final = 5
_OPENING_POINTS: Final = 32.0
_FINEST: Final = 0.005
_MOST_ROWS, _MOST_SLIDES, _MOST_SIGNS = 12, 3, 160
_CELL_POINTS, _SIGN_INCHES, _LINE_INCHES = 12.0, 0.088, 0.21


def write_slides(report: Report, path: Path, language: Language | None) -> None:
    """Write a report as slides; the same report gives the same bytes.

    Parameters
    ----------
    language
        In which language; None is both, Chinese first.

    Raises
    ------
    MissingPartError
        If the library for slides is not installed.
    """
    try:
        import pptx  # noqa: PLC0415  (an extra)
    except ModuleNotFoundError as missing:
        raise MissingPartError(
            Text(
                "PPTX 需要另装：pip install 'geoapp[slides]'；也可以用 .pdf .xlsx .html",
                "PPTX needs more: pip install 'geoapp[slides]'; or take .pdf .xlsx .html",
            )
        ) from missing
    deck = _Deck(pptx.Presentation(), report, language)
    deck.opening()
    for section in report.sections:
        deck.chapter(section)
    deck.finish(path)


class _Deck:
    """The slides as they are made: each has a title, which the outline view shows, and a foot."""

    def __init__(self, slides: "Presentation", report: Report, language: Language | None) -> None:
        from pptx.util import Inches  # noqa: PLC0415  (an extra)

        self._inches: Final = Inches
        self._slides: Final = slides
        self._report: Final = report
        self._language: Final = language
        slides.slide_width, slides.slide_height = Inches(_WIDE), Inches(_HIGH)
        core = slides.core_properties
        core.title, core.author, core.last_modified_by = (
            self._said(report.title),
            "geoapp",
            "geoapp",
        )
        self._write_chinese()

    def _said(self, text: Text) -> str:
        return said(text, self._language)

    def _write_chinese(self) -> None:
        """Name the Chinese typeface in the theme, which names none of its own."""
        from pptx.opc.constants import RELATIONSHIP_TYPE  # noqa: PLC0415  (an extra)

        theme: Any = self._slides.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
        named = f'<a:ea typeface="{_CHINESE}"/>'.encode()
        theme._blob = theme.blob.replace(b'<a:ea typeface=""/>', named)

    def opening(self) -> None:
        """Make the title slide: which region and month, who published, that it is a sample."""
        slide = self._slide(self._report.title, size=_OPENING_POINTS)
        lines = [
            (f"{self._said(label)}：" if self._language != "en" else f"{self._said(label)}: ")
            + self._said(value)
            for label, value in self._report.facts
        ]
        self._words(slide, _EDGE, 1.9, _WIDE - 2 * _EDGE, lines, 16)

    def chapter(self, section: Section) -> None:
        """Make the slides of a chapter: what it says in figures, then its map, bars and tables."""
        if section.figures or section.lines:
            slide = self._slide(section.heading)
            top = self._figures(slide, section.figures)
            self._words(
                slide, _EDGE, top, _WIDE - 2 * _EDGE, [self._said(one) for one in section.lines], 15
            )
        for drawn in section.maps:
            if drawn.areas:
                self._map(drawn)
        for chart in section.bars:
            self._bars(chart)
        for table in section.tables:
            self._table(table)

    def finish(self, path: Path) -> None:
        """Write the file, with the report's day for its date."""
        self._slides.save(str(path))
        settle_file(path, self._report.day)

    def _slide(self, title: Text, size: float = 24.0) -> Any:
        slide = self._slides.slides.add_slide(self._slides.slide_layouts[_TITLE_ONLY])
        head = slide.shapes.title
        at = self._inches
        head.left, head.top = at(_EDGE), at(0.4)
        head.width, head.height = at(_WIDE - 2 * _EDGE), at(0.6 if size < _OPENING_POINTS else 0.8)
        _write(head.text_frame, [title.pick(self._language or "zh")], size, _INK)
        if self._language is None and title.zh != title.en:
            below = 1.0 if size < _OPENING_POINTS else 1.25
            self._words(slide, _EDGE, below, _WIDE - 2 * _EDGE, [title.en], 12, _SOFT)
        foot = f"{self._report.title.pick(self._language or 'zh')}"
        if self._report.sample:
            foot += " · " + words.SAMPLE.pick(self._language or "zh")
        number = len(self._slides.slides)
        self._words(
            slide, _EDGE, _HIGH - _FOOT, _WIDE - 2 * _EDGE, [f"{foot} · {number}"], 10, _SOFT
        )
        return slide

    def _words(
        self,
        slide: Any,
        left: float,
        top: float,
        width: float,
        lines: Sequence[str],
        size: float,
        colour: str = _INK,
    ) -> None:
        if not lines:
            return
        at = self._inches
        box = slide.shapes.add_textbox(at(left), at(top), at(width), at(0.35 * len(lines)))
        _write(box.text_frame, lines, size, colour)

    def _figures(self, slide: Any, figures: Sequence[tuple[Text, str]]) -> float:
        """Write the figures large, at most six in a row, and return where what follows begins."""
        across = min(6, len(figures)) or 1
        width, top = (_WIDE - 2 * _EDGE) / across, _TOP
        for number, (label, value) in enumerate(figures):
            left = _EDGE + width * (number % across)
            top = _TOP + 1.5 * (number // across)
            self._words(slide, left, top, width, [self._said(label)], 12, _SOFT)
            self._words(slide, left, top + 0.62, width, [value], 26)
        return top + (1.5 if figures else 0.0)

    def _bars(self, chart: Bars) -> None:
        """Make a chart that can be edited; what is unknown has no bar."""
        from pptx.chart.data import CategoryChartData  # noqa: PLC0415  (an extra)
        from pptx.dml.color import RGBColor  # noqa: PLC0415
        from pptx.enum.chart import XL_CHART_TYPE  # noqa: PLC0415
        from pptx.util import Pt  # noqa: PLC0415

        slide, at = self._slide(chart.title), self._inches
        data = CategoryChartData(number_format="0.0%")
        # The first stands at the top, where people begin to read.
        rows = list(chart.rows)[::-1]
        data.categories = [shortened(self._said(name), 40) for name, _ in rows]
        data.add_series(self._said(chart.title), [share for _, share in rows])
        high = _HIGH - _TOP - _FOOT - 0.1
        drawn = slide.shapes.add_chart(
            XL_CHART_TYPE.BAR_CLUSTERED, at(_EDGE), at(_TOP), at(_WIDE - 2 * _EDGE), at(high), data
        ).chart
        drawn.has_legend = drawn.has_title = False
        drawn.font.size = Pt(11)
        drawn.value_axis.visible = drawn.value_axis.has_major_gridlines = False
        drawn.value_axis.minimum_scale = 0.0
        plot = drawn.plots[0]
        plot.gap_width, plot.has_data_labels = 45, True
        plot.data_labels.number_format, plot.data_labels.number_format_is_linked = "0.0%", False
        fill = plot.series[0].format.fill
        fill.solid()
        fill.fore_color.rgb = RGBColor.from_string("2B6697")

    def _table(self, table: Table) -> None:
        """Make slides of a table, as many rows on each as there is room for."""
        many = table.paper or len(table.columns)
        columns = table.columns[:many]
        whole = sum(one.wide for one in columns)
        widths = [(_WIDE - 2 * _EDGE) * one.wide / whole for one in columns]
        rows = [
            [
                shortened(shown(cell, column.form, self._language), _MOST_SIGNS)
                for column, cell in zip(columns, row, strict=False)
            ]
            for row in table.rows
        ]
        head = [self._said(one.text) for one in columns]
        room = _HIGH - _TOP - _FOOT - 0.35 - _height(head, widths)
        slides = list(_paged(rows, widths, room))
        for number, some in enumerate(slides[:_MOST_SLIDES]):
            slide, last = self._slide(table.title), number == len(slides) - 1
            self._rows(slide, head, some, widths, table, total=table.total and last)
            if number == _MOST_SLIDES - 1 and not last:
                left = sum(len(one) for one in slides[_MOST_SLIDES:])
                text = self._said(words.left_out(left))
                self._words(slide, _EDGE, _HIGH - 0.75, _WIDE - 2 * _EDGE, [text], 11, _SOFT)
        if not slides:
            slide = self._slide(table.title)
            self._words(slide, _EDGE, _TOP, 6.0, [self._said(words.NONE_LISTED)], 15)

    def _rows(
        self,
        slide: Any,
        head: Sequence[str],
        rows: Sequence[Sequence[str]],
        widths: Sequence[float],
        table: Table,
        *,
        total: bool,
    ) -> None:
        from pptx.enum.text import PP_ALIGN  # noqa: PLC0415  (an extra)

        at = self._inches
        frame = slide.shapes.add_table(
            len(rows) + 1, len(head), at(_EDGE), at(_TOP), at(sum(widths)), at(0.3 * len(rows))
        )
        drawn = frame.table
        drawn.horz_banding = False
        for place, width in enumerate(widths):
            drawn.columns[place].width = at(width)
        for number, cells in enumerate([head, *rows]):
            drawn.rows[number].height = at(_height(cells, widths))
            last = total and number == len(rows)
            colour = _HEAD if not number else _SUM if last else "#ffffff"
            for place, text in enumerate(cells):
                cell = drawn.cell(number, place)
                cell.margin_left = cell.margin_right = at(0.05)
                cell.margin_top = cell.margin_bottom = at(0.03)
                _fill(cell.fill, colour)
                bold = not number or last
                _write(cell.text_frame, [text], _CELL_POINTS, _INK, bold=bold)
                if table.columns[place].form.is_number:
                    cell.text_frame.paragraphs[0].alignment = PP_ALIGN.RIGHT

    def _map(self, drawn: Map) -> None:
        """Draw the map as shapes; facilities are one shape of many small squares."""
        slide, language = self._slide(drawn.title), self._language
        frame = Frame.around(
            shapely.union_all([one.shape for one in drawn.areas]).bounds,
            _EDGE,
            _TOP,
            9.2,
            _HIGH - _TOP - _FOOT - 0.1,
        )
        for area in drawn.areas:
            self._outline(
                slide,
                [ring for part in frame.rings(area.shape, _FINEST) for ring in part],
                class_colour(area.share),
                self._said(area.name),
            )
        zones = [ring for one in drawn.gaps for part in frame.rings(one, _FINEST) for ring in part]
        self._outline(slide, zones, ZONE_COLOUR, self._said(words.SHEET_ZONES))
        half = 0.02
        squares = [
            [(x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half)]
            for x, y in (
                frame.at(lon, lat) for lon, lat in drawn.facilities if frame.shows(lon, lat)
            )
        ]
        self._outline(slide, squares, _INK, self._said(words.IN_PLACE))
        for area in drawn.areas:
            point = area.shape.representative_point()
            x, y = frame.at(point.x, point.y)
            self._words(slide, x - 0.6, y - 0.17, 1.8, [area.name.pick(language or "zh")], 10)
        for spot in drawn.spots:
            if frame.shows(spot.lon, spot.lat):
                self._pin(slide, *frame.at(spot.lon, spot.lat), spot.number)
        classes = [
            *zip(CLASS_COLOURS, CLASS_TEXT, strict=True),
            (NONE_COLOUR, self._said(words.NO_FIGURE)),
        ]
        for number, (colour, text) in enumerate(classes):
            left, top = 10.0, _TOP + 0.34 * number
            ring = [(left, top + 0.09), (left + 0.3, top + 0.09)]
            ring += [(left + 0.3, top + 0.27), (left, top + 0.27)]
            self._outline(slide, [ring], colour, text)
            self._words(slide, left + 0.35, top, 2.4, [text], 11)
        key = [self._said(words.MAP_KEY)]
        self._words(slide, 9.95, _TOP + 2.3, _WIDE - _EDGE - 9.95, key, 11, _SOFT)

    def _outline(
        self, slide: Any, rings: Sequence[Sequence[tuple[float, float]]], colour: str, name: str
    ) -> None:
        """Draw one shape of some rings, in inches."""
        if not rings:
            return
        # The library rounds to whole units, so these are its own: 914,400 to the inch.
        units = [[(self._inches(x), self._inches(y)) for x, y in ring] for ring in rings]
        first, *others = units
        build = _freeform(slide.shapes, *first[0])
        build.add_line_segments(first[1:], close=True)
        for ring in others:
            build.move_to(*ring[0])
            build.add_line_segments(ring[1:], close=True)
        shape = build.convert_to_shape()
        shape.name = name
        shape.shadow.inherit = False
        _fill(shape.fill, colour)
        if colour == _INK:
            shape.line.fill.background()
            return
        _fill(shape.line.fill, "#ffffff" if colour == ZONE_COLOUR else _SOFT)
        shape.line.width = self._inches(0.006)

    def _pin(self, slide: Any, x: float, y: float, number: int) -> None:
        from pptx.enum.shapes import MSO_SHAPE  # noqa: PLC0415  (an extra)
        from pptx.enum.text import PP_ALIGN  # noqa: PLC0415

        at, half = self._inches, 0.14
        disc = slide.shapes.add_shape(
            MSO_SHAPE.OVAL, at(x - half), at(y - half), at(2 * half), at(2 * half)
        )
        disc.shadow.inherit = False
        _fill(disc.fill, "#146e3c")
        _fill(disc.line.fill, "#ffffff")
        text = disc.text_frame
        text.margin_left = text.margin_right = text.margin_top = text.margin_bottom = 0
        _write(text, [str(number)], 9, "#ffffff", bold=True)
        text.paragraphs[0].alignment = PP_ALIGN.CENTER


def _freeform(shapes: Any, x: int, y: int) -> Any:
    """Begin a shape whose offset is found once: the library looks at all points for each of them."""
    from pptx.shapes.freeform import FreeformBuilder  # noqa: PLC0415  (an extra)

    class Quick(FreeformBuilder):
        @cached_property
        def shape_offset_x(self) -> Any:
            return super().shape_offset_x

        @cached_property
        def shape_offset_y(self) -> Any:
            return super().shape_offset_y

    return Quick.new(shapes, x, y, 1.0, 1.0)


def _height(cells: Sequence[str], widths: Sequence[float]) -> float:
    """Return how high a row is, in inches."""
    lines = max(
        lines_in(text, int((width - 0.1) / _SIGN_INCHES) + 2)
        for text, width in zip(cells, widths, strict=True)
    )
    return 0.08 + lines * _LINE_INCHES


def _paged(
    rows: Sequence[Sequence[str]], widths: Sequence[float], room: float
) -> Iterator[list[Sequence[str]]]:
    """Yield rows slide by slide."""
    some: list[Sequence[str]] = []
    taken = 0.0
    for row in rows:
        high = _height(row, widths)
        if some and (taken + high > room or len(some) == _MOST_ROWS):
            yield some
            some, taken = [], 0.0
        some.append(row)
        taken += high
    if some:
        yield some


def _write(
    frame: Any, lines: Sequence[str], size: float, colour: str, *, bold: bool = False
) -> None:
    """Write paragraphs in one size and colour."""
    from pptx.dml.color import RGBColor  # noqa: PLC0415  (an extra)
    from pptx.enum.text import MSO_ANCHOR, PP_ALIGN  # noqa: PLC0415
    from pptx.util import Pt  # noqa: PLC0415

    frame.word_wrap = True
    frame.vertical_anchor = MSO_ANCHOR.TOP
    for number, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if not number else frame.add_paragraph()
        paragraph.alignment = PP_ALIGN.LEFT
        paragraph.space_after = Pt(size * 0.3 if len(lines) > 1 else 0)
        run = paragraph.add_run()
        run.text = line
        run.font.size, run.font.bold = Pt(size), bold
        run.font.color.rgb = RGBColor.from_string(colour[1:].upper())


def _fill(fill: Any, colour: str) -> None:
    from pptx.dml.color import RGBColor  # noqa: PLC0415  (an extra)

    fill.solid()
    fill.fore_color.rgb = RGBColor.from_string(colour[1:].upper())
