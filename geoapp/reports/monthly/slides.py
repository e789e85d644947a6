"""A month's report as slides that can be edited: real tables, charts and shapes, no pictures."""

from pathlib import Path
from typing import Final

import shapely

from geoapp.core.i18n import Language
from geoapp.reports.book import text_width
from geoapp.reports.deck import (
    EDGE,
    FINEST,
    FOOT,
    HIGH,
    INK_HEX,
    OPENING_POINTS,
    SOFT_HEX,
    TOP,
    WIDE,
    Deck,
    Rows,
)
from geoapp.reports.drawing import Frame
from geoapp.reports.map_names import placed_names
from geoapp.reports.parts import (
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
    shown,
    written,
)
from geoapp.reports.sheet import shortened
from geoapp.reports.words import monthly as words


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
    deck = _Deck(report, language)
    deck.opening()
    for section in report.sections:
        deck.chapter(section)
    deck.finish(path)


# How wide a narrow sign of a name of 10 points is.
_NAME_INCHES: Final = 0.078


class _Deck(Deck):
    """The slides of a month."""

    def __init__(self, report: Report, language: Language | None) -> None:
        super().__init__(report.title, report.day, language, sample=report.sample)
        self._report: Final = report

    def opening(self) -> None:
        """Make the title slide: which region and month, who published, that it is a sample."""
        slide = self._slide(self._report.title, size=OPENING_POINTS)
        lines = [
            (f"{self._said(label)}：" if self._language != "en" else f"{self._said(label)}: ")
            + written(value, self._language)
            for label, value in self._report.facts
        ]
        self._words(slide, EDGE, 1.9, WIDE - 2 * EDGE, lines, 16)

    def chapter(self, section: Section) -> None:
        """Make the slides of a chapter: what it says in figures, then its map, bars and tables."""
        if section.figures or section.lines:
            slide = self._slide(section.heading)
            top = self._figures(
                slide, [(label, written(value, self._language)) for label, value in section.figures]
            )
            self._words(
                slide, EDGE, top, WIDE - 2 * EDGE, [self._said(one) for one in section.lines], 15
            )
        for drawn in section.maps:
            if drawn.areas:
                self._map(drawn)
        for chart in section.bars:
            self._bars(chart)
        for table in section.tables:
            self._table(self._shown(table))

    def _shown(self, table: Table) -> Rows:
        columns = table.columns[: table.paper or len(table.columns)]
        return Rows(
            title=table.title,
            columns=[(self._said(one.text), one.wide, one.form.is_number) for one in columns],
            rows=[
                [
                    shown(cell, column.form, self._language)
                    for column, cell in zip(columns, row, strict=False)
                ]
                for row in table.rows
            ],
            total=table.total,
        )

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
        high = HIGH - TOP - FOOT - 0.1
        drawn = slide.shapes.add_chart(
            XL_CHART_TYPE.BAR_CLUSTERED, at(EDGE), at(TOP), at(WIDE - 2 * EDGE), at(high), data
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

    def _map(self, drawn: Map) -> None:
        """Draw the map as shapes; facilities are one shape of many small squares."""
        slide, language = self._slide(drawn.title), self._language
        frame = Frame.around(
            shapely.union_all([one.shape for one in drawn.areas]).bounds,
            EDGE,
            TOP,
            9.2,
            HIGH - TOP - FOOT - 0.1,
        )
        for area in drawn.areas:
            self._outline(
                slide,
                [ring for part in frame.rings(area.shape, FINEST) for ring in part],
                class_colour(area.share),
                self._said(area.name),
            )
        zones = [ring for one in drawn.gaps for part in frame.rings(one, FINEST) for ring in part]
        self._outline(slide, zones, ZONE_COLOUR, self._said(words.SHEET_ZONES), ("#ffffff", 0.006))
        self._dots(slide, frame, drawn.facilities, INK_HEX, self._said(words.IN_PLACE))
        spots = [one for one in drawn.spots if frame.shows(one.lon, one.lat)]
        for name in placed_names(
            frame,
            [(area.shape, area.name.pick(language or "zh")) for area in drawn.areas],
            [(spot.lon, spot.lat) for spot in spots],
            0.14,
            lambda text: (text_width(text) * _NAME_INCHES + 0.08, 0.19),
        ):
            self._label(slide, name)
        for spot in reversed(spots):
            self._pin(slide, *frame.at(spot.lon, spot.lat), spot.number)
        classes = [
            *zip(CLASS_COLOURS, CLASS_TEXT, strict=True),
            (NONE_COLOUR, self._said(words.NO_FIGURE)),
        ]
        for number, (colour, text) in enumerate(classes):
            left, top = 10.0, TOP + 0.34 * number
            ring = [(left, top + 0.09), (left + 0.3, top + 0.09)]
            ring += [(left + 0.3, top + 0.27), (left, top + 0.27)]
            self._outline(slide, [ring], colour, text)
            self._words(slide, left + 0.35, top, 2.4, [text], 11)
        key = [self._said(words.MAP_KEY)]
        self._words(slide, 9.95, TOP + 2.3, WIDE - EDGE - 9.95, key, 11, SOFT_HEX)
