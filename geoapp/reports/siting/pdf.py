"""A siting plan on paper: the answer with a map, then one page for each proposed site.

Maps are drawn here as lines and areas, in an equidistant cylindrical projection about the middle of
each map: lengths are true north to south everywhere and east to west along the middle.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import shapely
from fpdf.enums import RenderStyle, TableBordersLayout
from shapely.geometry.base import BaseGeometry

from geoapp.core.i18n import Text
from geoapp.core.units import format_count, format_metres, format_share
from geoapp.reports.sheet import (
    INK,
    LINE,
    MARGIN_MM,
    MOST_IN_HEADING,
    SOFT,
    WIDTH_MM,
    Sheet,
    in_parts,
    name_missing,
    room_for,
    short_name,
    shortened,
)

_METRES_A_DEGREE: Final = 111_320.0
_LAND, _SEA, _GAP, _SITE, _DOT = (
    (251, 250, 247),
    (223, 232, 237),
    (244, 205, 196),
    (20, 110, 60),
    (40, 95, 185),
)


@dataclass(frozen=True, slots=True)
class PaperSite:
    """A proposed site: degrees in WGS-84, what it adds, and to whom."""

    order: int
    name: str
    lon: float
    lat: float
    fixed: bool
    adds: float
    covered_share: float | None
    lines: Sequence[tuple[Text, str]]
    gains: Sequence[tuple[Text, float]]
    zones: Sequence[tuple[Text, float]]


@dataclass(frozen=True, slots=True)
class Paper:
    """What is printed; geometries are EPSG:4326.

    Attributes
    ----------
    title, verdict
        What was asked, and how good the answer is.
    figures
        The few numbers that matter, as label and value.
    lines
        What it rests on.
    districts
        Name, share before and after, workers newly reached.
    sites
        In order of what each adds.
    outlines, gaps
        Regions, and gap zones before the sites.
    facilities
        Positions (lon, lat) of what stands.
    reach_m, reach_text
        Straight metres of the service standard around a site, and what that circle is.
    """

    title: Text
    verdict: Text
    sample: bool
    figures: Sequence[tuple[Text, str]]
    lines: Sequence[tuple[Text, str]]
    districts: Sequence[tuple[Text, float | None, float | None, float]]
    sites: Sequence[PaperSite]
    outlines: Sequence[BaseGeometry]
    gaps: Sequence[BaseGeometry]
    facilities: Sequence[tuple[float, float]]
    reach_m: float
    reach_text: Text
    footer: Text


@dataclass(frozen=True, slots=True)
class _Frame:
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
        cls, bounds: tuple[float, float, float, float], left: float, top: float, height: float
    ) -> "_Frame":
        west, south, east, north = bounds
        lon, lat = (west + east) / 2, (south + north) / 2
        wide = max(1.0, (east - west) * _METRES_A_DEGREE * math.cos(math.radians(lat)))
        high = max(1.0, (north - south) * _METRES_A_DEGREE)
        scale = min(WIDTH_MM / wide, height / high)
        return cls(lon, lat, scale, left, top, WIDTH_MM, height)

    def at(self, lon: float, lat: float) -> tuple[float, float]:
        """Return where a place is on the page, in millimetres."""
        east = (lon - self.lon) * _METRES_A_DEGREE * math.cos(math.radians(self.lat))
        north = (lat - self.lat) * _METRES_A_DEGREE
        return (
            self.left + self.width / 2 + east * self.mm_a_metre,
            self.top + self.height / 2 - north * self.mm_a_metre,
        )

    def shows(self, lon: float, lat: float) -> bool:
        """Tell whether a place is inside."""
        x, y = self.at(lon, lat)
        return self.left <= x <= self.left + self.width and self.top <= y <= self.top + self.height

    @property
    def window(self) -> BaseGeometry:
        """The part of the world that is shown, in degrees, with a margin."""
        high = self.height / self.mm_a_metre / _METRES_A_DEGREE * 0.55
        wide = self.width / self.mm_a_metre / _METRES_A_DEGREE * 0.55
        wide /= math.cos(math.radians(self.lat))
        return shapely.box(self.lon - wide, self.lat - high, self.lon + wide, self.lat + high)


def write_siting_pdf(paper: Paper, path: Path) -> None:
    """Write a plan as A4 pages: one with the answer, and one for each site.

    Raises
    ------
    FileNotFoundError
        If the installation does not carry the font.
    """
    pdf = Sheet(paper.footer.both())
    pdf.set_title(paper.title.both())
    pdf.set_creator("geoapp")
    _answer(pdf, paper)
    for site in paper.sites:
        _proposal(pdf, paper, site)
    name_missing(pdf)
    pdf.output(str(path))


def _tag(paper: Paper) -> Text:
    return Text("（示例数据）", " (sample data)") if paper.sample else Text("", "")


def _answer(pdf: Sheet, paper: Paper) -> None:
    pdf.add_page()
    tag = _tag(paper)
    pdf.words(f"选址方案{tag.zh} / Siting plan{tag.en}", 10, SOFT, 1)
    pdf.words(shortened(paper.title.zh, MOST_IN_HEADING), 17)
    pdf.words(shortened(paper.title.en, 3 * MOST_IN_HEADING), 9.5, SOFT, 2)
    pdf.words(paper.verdict.both(), 11.5, _SITE, 2)
    _figures(pdf, paper.figures)
    if paper.sites:
        places = shapely.MultiPoint([(one.lon, one.lat) for one in paper.sites])
        bounds = shapely.buffer(places, 1.5 * paper.reach_m / _METRES_A_DEGREE).bounds
    else:
        bounds = shapely.union_all(list(paper.outlines)).bounds
    if bounds and not math.isnan(bounds[0]):
        frame = _Frame.around(bounds, MARGIN_MM, room_for(pdf, 92), 92)
        _draw(pdf, frame, paper, [(one, True) for one in paper.sites])
    if paper.districts:
        pdf.words("各区前后 / By district, before and after", 10.5, gap_mm=1)
        _table(
            pdf,
            ("区域 / district", "此前 / before", "此后 / after", "新覆盖（人）/ newly reached"),
            [
                (short_name(name), format_share(before), format_share(after), format_count(added))
                for name, before, after, added in paper.districts
            ],
        )
    pdf.words("依据 / What it rests on", 10.5, gap_mm=1)
    _table(pdf, (), [(label.both(), value) for label, value in paper.lines])


def _proposal(pdf: Sheet, paper: Paper, site: PaperSite) -> None:
    pdf.add_page()
    tag = _tag(paper)
    asked = Text(*(shortened(one, 3 * MOST_IN_HEADING) for one in (paper.title.zh, paper.title.en)))
    pdf.words(f"{asked.both()}{tag.zh}", 8.5, SOFT, 1)
    must = "（必选 / must have）" if site.fixed else ""
    heading = shortened(site.name, MOST_IN_HEADING)
    pdf.words(f"{site.order}. {heading}{must}", 17, gap_mm=2)
    figures = [
        (Text("新覆盖的劳动者", "workers newly reached"), format_count(site.adds)),
        (
            Text("建到这一处为止的覆盖率", "covered up to this site"),
            format_share(site.covered_share),
        ),
    ]
    _figures(pdf, figures)
    half = 2.2 * paper.reach_m / _METRES_A_DEGREE
    wide = half / math.cos(math.radians(site.lat))
    bounds = (site.lon - wide, site.lat - half, site.lon + wide, site.lat + half)
    frame = _Frame.around(bounds, MARGIN_MM, room_for(pdf, 112), 112)
    _draw(pdf, frame, paper, [(one, one is site) for one in paper.sites])
    lines = [(label.both(), value) for label, value in site.lines]
    if heading != site.name:
        lines.insert(0, ("全名 / full name", site.name))
    _table(pdf, (), lines)
    for title, rows in (
        ("谁受益，按区 / Who gains, by district", site.gains),
        ("谁受益，按盲区 / Who gains, by gap zone", site.zones),
    ):
        if rows:
            pdf.words(title, 10.5, gap_mm=1)
            _table(pdf, (), [(short_name(name), format_count(workers)) for name, workers in rows])


def _figures(pdf: Sheet, figures: Sequence[tuple[Text, str]]) -> None:
    """Write a few numbers large, side by side."""
    width, top = WIDTH_MM / len(figures), pdf.get_y()
    for number, (label, value) in enumerate(figures):
        pdf.set_xy(MARGIN_MM + number * width, top)
        pdf.set_font("sans", size=7.5)
        pdf.set_text_color(*SOFT)
        pdf.multi_cell(width - 2, 3.6, label.both(), align="L", max_line_height=3.6)
        pdf.set_xy(MARGIN_MM + number * width, top + 7.6)
        pdf.set_font("sans", size=14)
        pdf.set_text_color(*INK)
        pdf.cell(width - 2, 7, value)
    pdf.set_xy(MARGIN_MM, top + 17)


def _table(pdf: Sheet, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
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
        padding=0.6,
        width=int(WIDTH_MM),
        align="LEFT",
    ) as table:
        for cells in ([head] if head else []) + parts:
            row = table.row()
            for cell in cells:
                row.cell(cell)
    pdf.ln(3)


def _draw(pdf: Sheet, frame: _Frame, paper: Paper, sites: Sequence[tuple[PaperSite, bool]]) -> None:
    """Draw a map and go on below it."""
    # The clip alone would end without the library knowing which font and colours hold again.
    with pdf.local_context(), pdf.rect_clip(frame.left, frame.top, frame.width, frame.height):
        pdf.set_fill_color(*_SEA)
        pdf.rect(frame.left, frame.top, frame.width, frame.height, style="F")
        _areas(pdf, frame, paper.outlines, _LAND, LINE)
        _areas(pdf, frame, paper.gaps, _GAP, None)
        pdf.set_draw_color(*_SITE)
        pdf.set_line_width(0.25)
        for site, _ in sites:
            if frame.shows(site.lon, site.lat):
                x, y = frame.at(site.lon, site.lat)
                pdf.circle(x, y, paper.reach_m * frame.mm_a_metre, style="D")
        pdf.set_fill_color(*_DOT)
        for lon, lat in paper.facilities:
            if frame.shows(lon, lat):
                pdf.circle(*frame.at(lon, lat), 0.7, style="F")
        for site, chosen in sorted(sites, key=lambda pair: pair[1]):
            if frame.shows(site.lon, site.lat):
                _pin(pdf, *frame.at(site.lon, site.lat), site.order, chosen)
        _scale(pdf, frame)
    pdf.set_draw_color(*LINE)
    pdf.rect(frame.left, frame.top, frame.width, frame.height, style="D")
    pdf.set_xy(MARGIN_MM, frame.top + frame.height + 1)
    pdf.words(
        f"绿点：新站点；蓝点：现有设施；浅红：此前的盲区；圆：{paper.reach_text.zh}。上为北，等距圆柱投影，以图中心的纬线为准。"
        f" / Green: new; blue: facilities; pale red: gap zones before; circle: {paper.reach_text.en}."
        " North is up; equidistant cylindrical about the middle.",
        7,
        SOFT,
        2,
    )


def _areas(
    pdf: Sheet,
    frame: _Frame,
    shapes: Iterable[BaseGeometry],
    fill: tuple[int, int, int],
    line: tuple[int, int, int] | None,
) -> None:
    window = frame.window
    pdf.set_fill_color(*fill)
    pdf.set_draw_color(*(line or fill))
    pdf.set_line_width(0.15)
    style = RenderStyle.F if line is None else RenderStyle.DF
    for shape in shapes:
        if not shape.intersects(window):
            continue
        seen = shapely.intersection(shapely.make_valid(shape), window)
        for part in shapely.get_parts(seen).tolist():
            if isinstance(part, shapely.Polygon):
                ring = shapely.simplify(part.exterior, 0.1 / frame.mm_a_metre / _METRES_A_DEGREE)
                points = [frame.at(x, y) for x, y in shapely.get_coordinates(ring).tolist()]
                if len(points) >= 4:
                    pdf.polygon(points, style=style)


def _pin(pdf: Sheet, x: float, y: float, order: int, chosen: bool) -> None:
    radius = 2.6 if chosen else 1.9
    pdf.set_fill_color(*(_SITE if chosen else SOFT))
    pdf.set_draw_color(255, 255, 255)
    pdf.set_line_width(0.3)
    pdf.circle(x, y, radius, style="DF")
    pdf.set_font("sans", size=7 if chosen else 5.5)
    pdf.set_text_color(255, 255, 255)
    pdf.set_xy(x - radius, y - radius)
    pdf.cell(2 * radius, 2 * radius, str(order), align="C")


def _scale(pdf: Sheet, frame: _Frame) -> None:
    """Draw a bar of a round length, a fifth of the width at most."""
    most = frame.width / 5 / frame.mm_a_metre
    base = 10 ** math.floor(math.log10(most))
    metres = max(step * base for step in (1, 2, 5) if step * base <= most)
    x, y = frame.left + 4, frame.top + frame.height - 4
    pdf.set_draw_color(*INK)
    pdf.set_line_width(0.4)
    pdf.line(x, y, x + metres * frame.mm_a_metre, y)
    pdf.set_font("sans", size=7)
    pdf.set_text_color(*INK)
    pdf.set_xy(x, y - 4)
    pdf.cell(30, 3.5, format_metres(metres).zh)
