"""A siting plan on paper: the answer with a map, then one page for each proposed site.

Maps are drawn as `geoapp.reports.drawing` has it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import shapely
from shapely.geometry.base import BaseGeometry

from geoapp.core.i18n import Text
from geoapp.core.units import format_count, format_share
from geoapp.core.words import OSM_ATTRIBUTION
from geoapp.reports.drawing import (
    DOT,
    GAP,
    LAND,
    METRES_A_DEGREE,
    SEA,
    SITE,
    Frame,
    draw_areas,
    draw_figures,
    draw_pin,
    draw_rows,
    draw_scale,
)
from geoapp.reports.ground import Ground, GroundOf, draw_ground, draw_names
from geoapp.reports.sheet import (
    LINE,
    MARGIN_MM,
    MOST_IN_HEADING,
    SOFT,
    WIDTH_MM,
    Sheet,
    name_missing,
    room_for,
    short_name,
    shortened,
)

# Where a site may move, from the greatest loss to the least; the last is their outline, too.
_FREE: Final = ((224, 216, 236), (179, 161, 207), (124, 92, 171))


@dataclass(frozen=True, slots=True)
class PaperSite:
    """A proposed site: degrees in WGS-84, what it adds, and to whom.

    ``free`` are the areas within which it may move, that of the greatest loss first.
    """

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
    free: Sequence[BaseGeometry] = ()


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
    ground
        Gives the streets of a window; None where none are loaded.
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
    ground: GroundOf | None = None


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
    pdf.words(paper.verdict.both(), 11.5, SITE, 2)
    draw_figures(pdf, [(label.both(), value) for label, value in paper.figures])
    if paper.sites:
        places = shapely.MultiPoint([(one.lon, one.lat) for one in paper.sites])
        bounds = shapely.buffer(places, 1.5 * paper.reach_m / METRES_A_DEGREE).bounds
    else:
        bounds = shapely.union_all(list(paper.outlines)).bounds
    if bounds and not math.isnan(bounds[0]):
        frame = Frame.around(bounds, MARGIN_MM, room_for(pdf, 92), WIDTH_MM, 92)
        _draw(pdf, frame, paper, [(one, True) for one in paper.sites])
    if paper.districts:
        pdf.words("各区前后 / By district, before and after", 10.5, gap_mm=1)
        draw_rows(
            pdf,
            ("区域 / district", "此前 / before", "此后 / after", "新覆盖（人）/ newly reached"),
            [
                (short_name(name), format_share(before), format_share(after), format_count(added))
                for name, before, after, added in paper.districts
            ],
        )
    pdf.words("依据 / What it rests on", 10.5, gap_mm=1)
    draw_rows(pdf, (), [(label.both(), value) for label, value in paper.lines])


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
    draw_figures(pdf, [(label.both(), value) for label, value in figures])
    half = 2.2 * paper.reach_m / METRES_A_DEGREE
    wide = half / math.cos(math.radians(site.lat))
    bounds = (site.lon - wide, site.lat - half, site.lon + wide, site.lat + half)
    frame = Frame.around(bounds, MARGIN_MM, room_for(pdf, 112), WIDTH_MM, 112)
    _draw(pdf, frame, paper, [(one, one is site) for one in paper.sites], site.free)
    lines = [(label.both(), value) for label, value in site.lines]
    if heading != site.name:
        lines.insert(0, ("全名 / full name", site.name))
    draw_rows(pdf, (), lines)
    for title, rows in (
        ("谁受益，按区 / Who gains, by district", site.gains),
        ("谁受益，按盲区 / Who gains, by gap zone", site.zones),
    ):
        if rows:
            pdf.words(title, 10.5, gap_mm=1)
            draw_rows(
                pdf, (), [(short_name(name), format_count(workers)) for name, workers in rows]
            )


def _draw(
    pdf: Sheet,
    frame: Frame,
    paper: Paper,
    sites: Sequence[tuple[PaperSite, bool]],
    free: Sequence[BaseGeometry] = (),
) -> None:
    """Draw a map and go on below it."""
    # The clip alone would end without the library knowing which font and colours hold again.
    with pdf.local_context(), pdf.rect_clip(frame.left, frame.top, frame.width, frame.height):
        pdf.set_fill_color(*SEA)
        pdf.rect(frame.left, frame.top, frame.width, frame.height, style="F")
        draw_areas(pdf, frame, paper.outlines, LAND, LINE)
        ground = paper.ground(frame.window.bounds) if paper.ground else Ground()
        spots = [(one.lon, one.lat) for one, _ in sites] + list(paper.facilities)
        draw_ground(pdf, frame, ground)
        with pdf.local_context(fill_opacity=0.6 if ground else 1.0):
            draw_areas(pdf, frame, paper.gaps, GAP, None)
        with pdf.local_context(fill_opacity=0.75):
            for shape, fill in zip(free, _FREE, strict=False):
                draw_areas(pdf, frame, [shape], fill, _FREE[-1])
        draw_names(pdf, frame, ground.streets, [frame.at(*spot) for spot in spots])
        pdf.set_draw_color(*SITE)
        pdf.set_line_width(0.25)
        for site, _ in sites:
            if frame.shows(site.lon, site.lat):
                x, y = frame.at(site.lon, site.lat)
                pdf.circle(x, y, paper.reach_m * frame.mm_a_metre, style="D")
        pdf.set_fill_color(*DOT)
        for lon, lat in paper.facilities:
            if frame.shows(lon, lat):
                pdf.circle(*frame.at(lon, lat), 0.7, style="F")
        for site, chosen in sorted(sites, key=lambda pair: pair[1]):
            if frame.shows(site.lon, site.lat):
                draw_pin(pdf, *frame.at(site.lon, site.lat), site.order, chosen=chosen)
        draw_scale(pdf, frame)
    pdf.set_draw_color(*LINE)
    pdf.rect(frame.left, frame.top, frame.width, frame.height, style="D")
    pdf.set_xy(MARGIN_MM, frame.top + frame.height + 1)
    moves = Text("", "")
    if free:
        moves = Text(
            "紫色由浅到深：这一处可移动的范围，少覆盖至多 10、5、2 %。",
            " Purple, from pale to deep: where this one may move and lose at most 10, 5, 2 %.",
        )
    pdf.words(
        f"绿点：新站点；蓝点：现有设施；浅红：此前的盲区；圆：{paper.reach_text.zh}。上为北，等距圆柱投影，以图中心的纬线为准。{moves.zh}"
        f" / Green: new; blue: facilities; pale red: gap zones before; circle: {paper.reach_text.en}."
        f" North is up; equidistant cylindrical about the middle.{moves.en}"
        + (f" {OSM_ATTRIBUTION}" if ground else ""),
        7,
        SOFT,
        2,
    )
