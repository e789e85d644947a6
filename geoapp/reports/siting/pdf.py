"""A siting plan on paper, in one language: a page with the answer, one for each site, the rest after them.

Maps are drawn as `geoapp.reports.drawing` has it.
"""

import math
from collections.abc import Sequence
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Final

from shapely.geometry.base import BaseGeometry

from geoapp.core.i18n import Language, Text
from geoapp.core.units import counted, format_count, format_share
from geoapp.reports.drawing import (
    BEYOND,
    DOT,
    GAP,
    LAND,
    SITE,
    Frame,
    apart,
    draw_areas,
    draw_figures,
    draw_pin,
    draw_rows,
    draw_scale,
)
from geoapp.reports.ground import Ground, draw_ground, draw_names
from geoapp.reports.sheet import (
    FOOT_MM,
    INK,
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
from geoapp.reports.siting.paper import Paper, PaperDistrict, PaperSite
from geoapp.reports.words import papers as words

# Where a site may move, from the greatest loss to the least; the last is their outline, too.
_FREE: Final = ((224, 216, 236), (179, 161, 207), (124, 92, 171))
# On the first page: so many districts, the others later; a map of at least and at most so many millimetres.
_MOST_DISTRICTS: Final = 12
_LEAST_MAP_MM, _MOST_MAP_MM, _SITE_MAP_MM = 60.0, 125.0, 112.0
# A row of a table, and what is written below a map, with what keeps them apart.
_ROW_MM, _BELOW_MM = 5.7, 12.0
# Numbers of sites are so far apart; those moved farther than this are led to their place.
_PIN_MM, _LED_MM = 5.4, 0.3
# In English a heading takes more signs for the same width.
_MOST_SIGNS: Final[dict[Language, int]] = {"zh": MOST_IN_HEADING, "en": 2 * MOST_IN_HEADING}


def write_siting_pdf(paper: Paper, path: Path, language: Language) -> None:
    """Write a plan as A4 pages: the answer, each site, what was not chosen, method and sources.

    Raises
    ------
    FileNotFoundError
        If the installation does not carry the font.
    """
    pdf = Sheet(paper.footer.pick(language), language=language)
    pdf.set_title(paper.title.pick(language))
    pdf.set_creator("geoapp")
    pdf.set_creation_date(datetime.combine(paper.day, time(), UTC))
    writer = _Writer(pdf, paper, language)
    writer.answer()
    for site in paper.sites:
        writer.proposal(site)
    writer.considered()
    writer.method()
    name_missing(pdf)
    pdf.output(str(path))


class _Writer:
    """The pages as they are written, one after the other."""

    def __init__(self, pdf: Sheet, paper: Paper, language: Language) -> None:
        self._pdf: Final = pdf
        self._paper: Final = paper
        self._language: Final[Language] = language

    def _said(self, text: Text) -> str:
        return text.pick(self._language)

    def _heading(self, text: str) -> str:
        return shortened(text, _MOST_SIGNS[self._language])

    def answer(self) -> None:
        """Write the page that says all that matters."""
        pdf, paper, said = self._pdf, self._paper, self._said
        pdf.add_page()
        kind = said(words.KIND)
        if paper.sample:
            kind = f"{kind} · {said(words.SAMPLE)}"
        pdf.words(kind, 10, SOFT, 1)
        # The question whole: a long one in smaller signs, and what follows moves down.
        title = said(paper.title)
        pdf.words(title, 17 if self._heading(title) == title else 12, gap_mm=2)
        pdf.words(said(paper.verdict), 11.5, SITE, 1)
        for one in paper.besides:
            pdf.words(said(one), 9, SOFT, 1)
        pdf.ln(1)
        draw_figures(pdf, [(said(label), said(value)) for label, value in paper.figures])
        districts = paper.foremost(_MOST_DISTRICTS)
        left = len(paper.districts) - len(districts)
        rows = len(districts) + 1 + (1 if left else 0)
        below = _BELOW_MM + (rows * _ROW_MM + 12.0 if districts else 0.0)
        room = pdf.h - FOOT_MM - pdf.get_y() - below
        high = min(_MOST_MAP_MM, max(_LEAST_MAP_MM, room))
        bounds = paper.bounds()
        if bounds is not None:
            frame = Frame.around(bounds, MARGIN_MM, room_for(pdf, high), WIDTH_MM, high)
            self._draw(frame, [(one, True) for one in paper.sites], named=True)
        self._districts(districts, left)

    def _districts(self, districts: Sequence[PaperDistrict], left: int) -> None:
        pdf, said = self._pdf, self._said
        if not districts:
            return
        pdf.words(said(words.DISTRICTS), 10.5, gap_mm=1)
        rows = [
            (
                short_name(one.name, self._language),
                format_share(one.before_share),
                format_share(one.after_share),
                format_count(one.added),
            )
            for one in districts
        ]
        if left:
            rows.append((said(words.more_districts_text(left)), "", "", ""))
        draw_rows(pdf, [said(one) for one in words.DISTRICT_COLUMNS], rows)

    def proposal(self, site: PaperSite) -> None:
        """Write the page of a site."""
        pdf, paper, said = self._pdf, self._paper, self._said
        pdf.add_page()
        pdf.words(self._heading(said(paper.title)), 8.5, SOFT, 1)
        must = said(words.MUST) if site.fixed else ""
        name = said(site.name)
        heading = self._heading(name)
        pdf.words(f"{site.order}. {heading}{must}", 17, gap_mm=2)
        figures = [
            (said(words.ADDS), format_count(site.adds)),
            (said(words.SO_FAR), format_share(site.covered_share)),
        ]
        draw_figures(pdf, figures)
        top = room_for(pdf, _SITE_MAP_MM)
        frame = Frame.around(paper.bounds_of(site), MARGIN_MM, top, WIDTH_MM, _SITE_MAP_MM)
        self._draw(frame, [(one, one is site) for one in paper.sites], site.free)
        lines = [(said(label), said(value)) for label, value in site.lines]
        if heading != name:
            lines.insert(0, (said(words.FULL_NAME), name))
        draw_rows(pdf, (), lines)
        for title, rows in ((words.BY_DISTRICT, site.gains), (words.BY_ZONE, site.zones)):
            if rows:
                pdf.words(said(title), 10.5, gap_mm=1)
                told = [
                    (
                        short_name(name, self._language),
                        counted(some, "人", "worker").pick(self._language),
                    )
                    for name, some in rows
                ]
                draw_rows(pdf, (), told)

    def considered(self) -> None:
        """Write what was considered and why it was not chosen."""
        pdf, said = self._pdf, self._said
        if not self._paper.considered:
            return
        pdf.add_page()
        pdf.words(said(words.CONSIDERED), 17, gap_mm=3)
        for heading, lines in self._paper.considered:
            room_for(pdf, 20)
            pdf.words(said(heading), 11.5, gap_mm=1)
            for line in lines:
                pdf.words(said(line), 9.5, INK, 1.2)
            pdf.ln(3)

    def method(self) -> None:
        """Write how the answer was found, what was asked in full, and what it rests on."""
        pdf, paper, said = self._pdf, self._paper, self._said
        pdf.add_page()
        pdf.words(said(words.METHOD), 17, gap_mm=3)
        pdf.words(said(words.HOW), 11.5, gap_mm=1)
        for line in paper.method:
            pdf.words(said(line), 9.5, INK, 1.2)
        pdf.ln(3)
        if len(paper.districts) > _MOST_DISTRICTS:
            self._districts(paper.districts, 0)
        for heading, rows in ((words.ASKED, paper.asked), (words.RESTS_ON, paper.rests_on)):
            pdf.words(said(heading), 11.5, gap_mm=1)
            draw_rows(pdf, (), [(said(label), said(value)) for label, value in rows])

    def _draw(
        self,
        frame: Frame,
        sites: Sequence[tuple[PaperSite, bool]],
        free: Sequence[BaseGeometry] = (),
        *,
        named: bool = False,
    ) -> None:
        """Draw a map and go on below it; with names of districts where it is asked for."""
        pdf, paper = self._pdf, self._paper
        outlines = [shape for _, shape in paper.outlines]
        # The clip alone would end without the library knowing which font and colours hold again.
        with pdf.local_context(), pdf.rect_clip(frame.left, frame.top, frame.width, frame.height):
            pdf.set_fill_color(*BEYOND)
            pdf.rect(frame.left, frame.top, frame.width, frame.height, style="F")
            draw_areas(pdf, frame, outlines, LAND, LINE)
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
            if named:
                self._name_districts(frame)
            self._pins(frame, sites)
            draw_scale(pdf, frame, self._language)
        pdf.set_draw_color(*LINE)
        pdf.rect(frame.left, frame.top, frame.width, frame.height, style="D")
        pdf.set_xy(MARGIN_MM, frame.top + frame.height + 1)
        key = words.key_text(paper.reach_text, free=bool(free), streets=bool(ground))
        pdf.words(self._said(key), 7, SOFT, 2)

    def _pins(self, frame: Frame, sites: Sequence[tuple[PaperSite, bool]]) -> None:
        """Draw the numbers of sites, beside their place and led to it where they would hide another."""
        pdf = self._pdf
        shown = [one for one in sites if frame.shows(one[0].lon, one[0].lat)]
        shown.sort(key=lambda pair: pair[1])
        spots = [frame.at(site.lon, site.lat) for site, _ in shown]
        places = apart(spots, _PIN_MM, frame)
        pdf.set_draw_color(*SITE)
        pdf.set_fill_color(*SITE)
        pdf.set_line_width(0.2)
        for spot, place in zip(spots, places, strict=True):
            if math.dist(spot, place) > _LED_MM:
                pdf.line(*spot, *place)
                pdf.circle(*spot, 0.5, style="F")
        for (site, chosen), spot, place in zip(shown, spots, places, strict=True):
            at = place if math.dist(spot, place) > _LED_MM else spot
            draw_pin(pdf, *at, site.order, chosen=chosen)

    def _name_districts(self, frame: Frame) -> None:
        """Write the name of each district inside what is seen of it."""
        pdf = self._pdf
        pdf.set_font("sans", size=7.5)
        pdf.set_text_color(*SOFT)
        for name, spot in frame.labels(self._paper.outlines):
            text = short_name(name, self._language)
            wide = pdf.get_string_width(text) + 1
            pdf.set_xy(spot[0] - wide / 2, spot[1] - 2)
            pdf.cell(wide, 4, text, align="C")
