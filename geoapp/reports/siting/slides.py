"""A siting plan as slides that can be edited, in one language: the summary, each site, the rest after them."""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import shapely
from shapely.geometry.base import BaseGeometry

from geoapp.core.i18n import Language, Text
from geoapp.core.units import counted, format_count, format_share
from geoapp.reports.book import lines_in
from geoapp.reports.deck import EDGE, FINEST, FOOT, HIGH, SOFT_HEX, TOP, WIDE, Deck, Rows
from geoapp.reports.drawing import BEYOND, DOT, GAP, LAND, SEA, SITE, Frame, apart, hex_of
from geoapp.reports.ground import WIDTHS, Ground
from geoapp.reports.sheet import MOST_IN_HEADING, shortened
from geoapp.reports.siting.paper import Bounds, Paper, PaperSite
from geoapp.reports.words import papers as words

# The map at the right of a slide, and what stands beside it.
_MAP_LEFT, _MAP_WIDE, _MAP_HIGH = 5.35, WIDE - 5.35 - EDGE, HIGH - TOP - FOOT - 0.45
_BESIDE: Final = _MAP_LEFT - EDGE - 0.25
_STREET: Final = "#c3c7c4"
_FREE_LINE: Final = "#7c5cab"
_POINTS, _SIGN_INCHES, _LINE_INCHES = 14.0, 0.1, 0.3
_MOST_SITE_ROWS, _MOST_VALUE = 9, 90
# What the eye can tell apart on a slide: paths and driveways are left out of a map of a whole city.
_MAIN: Final = ("tertiary", "secondary", "primary", "trunk", "motorway")
_MOST_FINE: Final = 4000
# Water that is less than so small a part of a map is left out.
_LEAST_WATER: Final = 2000
# In inches: numbers of sites are so far apart; those moved farther than this are led to their place.
_PIN, _LED = 0.3, 0.02


def write_siting_slides(paper: Paper, path: Path, language: Language) -> None:
    """Write a plan as slides; the same plan gives the same bytes.

    Raises
    ------
    MissingPartError
        If the library for slides is not installed.
    """
    deck = _PlanDeck(paper, language)
    deck.summary()
    deck.districts()
    for site in paper.sites:
        deck.proposal(site)
    deck.considered()
    deck.method()
    deck.finish(path)


class _PlanDeck(Deck):
    """The slides of a plan."""

    def __init__(self, paper: Paper, language: Language) -> None:
        super().__init__(paper.title, paper.day, language, sample=paper.sample)
        self._paper: Final = paper

    def summary(self) -> None:
        """Make the slide that says all that matters."""
        paper = self._paper
        slide = self._slide(_cut(paper.title), 20.0)
        verdict = self._said(paper.verdict)
        self._words(slide, EDGE, TOP, _BESIDE, [verdict], 15, hex_of(SITE))
        top = TOP + 0.25 + 0.34 * lines_in(verdict, int(_BESIDE / 0.108))
        for number, (label, value) in enumerate(paper.figures):
            left, at = EDGE + _BESIDE / 2 * (number % 2), top + 1.0 * (number // 2)
            self._words(slide, left, at, _BESIDE / 2, [self._said(label)], 11, SOFT_HEX)
            self._words(slide, left, at + 0.28, _BESIDE / 2, [self._said(value)], 20)
        top += 1.0 * -(-len(paper.figures) // 2) + 0.1
        besides = [shortened(self._said(one), 160) for one in paper.besides[:2]]
        self._words(slide, EDGE, top, _BESIDE, besides, 11, SOFT_HEX)
        bounds = paper.bounds()
        if bounds is not None:
            self._map(slide, bounds, [(one, True) for one in paper.sites], named=True)

    def districts(self) -> None:
        """Make the table of districts, the greatest gain first."""
        paper = self._paper
        if not paper.districts:
            return
        columns = [self._said(one) for one in words.DISTRICT_COLUMNS]
        rows = [
            (
                self._said(one.name),
                format_share(one.before_share),
                format_share(one.after_share),
                format_count(one.added),
            )
            for one in paper.foremost(len(paper.districts))
        ]
        widths = [
            (text, 2.0 if not number else 1.0, number > 0) for number, text in enumerate(columns)
        ]
        self._table(Rows(words.DISTRICTS, widths, rows))

    def proposal(self, site: PaperSite) -> None:
        """Make the slide of a site: what it adds at the left, its surroundings at the right."""
        must = words.MUST if site.fixed else Text("", "")
        order = site.order
        name = Text(f"{order}. {site.name.zh}{must.zh}", f"{order}. {site.name.en}{must.en}")
        slide = self._slide(_cut(name), 20.0)
        figures = [
            (words.ADDS, format_count(site.adds)),
            (words.SO_FAR, format_share(site.covered_share)),
        ]
        for number, (label, value) in enumerate(figures):
            left = EDGE + _BESIDE / 2 * number
            self._words(slide, left, TOP, _BESIDE / 2, [self._said(label)], 11, SOFT_HEX)
            self._words(slide, left, TOP + 0.28, _BESIDE / 2, [value], 20)
        rows = [(self._said(label), self._said(value)) for label, value in site.lines]
        rows += [
            (
                self._said(words.BY_DISTRICT),
                f"{self._said(name)} {self._said(counted(some, '人', 'worker'))}",
            )
            for name, some in site.gains[:3]
        ]
        most = _MOST_VALUE if self._language == "zh" else 2 * _MOST_VALUE  # as wide, at least
        told = [(label, shortened(value, most)) for label, value in rows]
        widths = (1.35, _BESIDE - 1.35)
        numbers = (False, False)
        self._rows(slide, TOP + 1.0, told[:_MOST_SITE_ROWS], widths, numbers, headed=False)
        shown = [(one, one is site) for one in self._paper.sites]
        self._map(slide, self._paper.bounds_of(site), shown, site.free)

    def considered(self) -> None:
        """Make the slides of what was considered and why it was not chosen."""
        blocks = []
        for heading, some in self._paper.considered:
            first, *others = [f"· {shortened(self._said(one), 220)}" for one in some]
            blocks += [[self._said(heading), first], *([one] for one in others)]
        self._text(words.CONSIDERED, blocks)

    def method(self) -> None:
        """Make the slides of the method, of the whole question, and of what the answer rests on."""
        paper, head = self._paper, [("", 1.0, False), ("", 3.0, False)]
        self._text(words.METHOD, [[self._said(one)] for one in paper.method])
        for title, rows in ((words.ASKED, paper.asked), (words.RESTS_ON, paper.rests_on)):
            told = [(self._said(label), self._said(value)) for label, value in rows]
            self._table(Rows(title, head, told))

    def _text(self, title: Text, blocks: Sequence[Sequence[str]]) -> None:
        """Make as many slides of paragraphs as they take; those of a block stay together."""
        for some in _text_pages(blocks):
            slide = self._slide(title)
            self._words(slide, EDGE, TOP, WIDE - 2 * EDGE, some, _POINTS)

    def _map(
        self,
        slide: Any,
        bounds: Bounds,
        sites: Sequence[tuple[PaperSite, bool]],
        free: Sequence[BaseGeometry] = (),
        *,
        named: bool = False,
    ) -> None:
        """Draw a map as shapes, with what its signs mean below it."""
        paper, said = self._paper, self._said
        frame = Frame.around(bounds, _MAP_LEFT, TOP, _MAP_WIDE, _MAP_HIGH)
        inside = frame.inside
        corners = shapely.get_coordinates(inside).tolist()
        box = [frame.at(lon, lat) for lon, lat in corners[:-1]]
        self._outline(slide, [box], hex_of(BEYOND), said(words.BEYOND))
        for name, shape in paper.outlines:
            self._outline(slide, _rings(frame, inside, [shape]), hex_of(LAND), said(name))
        ground = paper.ground(inside.bounds) if paper.ground else Ground()
        wide = [one for one in ground.water if one.area > inside.area / _LEAST_WATER]
        self._outline(slide, _rings(frame, inside, wide), hex_of(SEA), said(words.WATER), None)
        gaps = _rings(frame, inside, paper.gaps)
        self._outline(slide, gaps, hex_of(GAP), said(words.GAPS_BEFORE), None)
        for kind, lines in _streets(frame, inside, ground):
            width = max(0.008, WIDTHS[kind] * frame.mm_a_metre)
            self._outline(slide, lines, None, kind, (_STREET, width), close=False)
        ways = _rings(frame, inside, free[:1])
        self._outline(slide, ways, None, said(words.FREE), (_FREE_LINE, 0.02))
        for site, _ in sites:
            circle = _circle(frame, site, paper.reach_m)
            line = (hex_of(SITE), 0.014)
            self._outline(slide, circle, None, said(words.REACH), line, close=False)
        self._dots(slide, frame, paper.facilities, hex_of(DOT), said(words.IN_PLACE))
        if named:
            for name, (x, y) in frame.labels(paper.outlines):
                text = [shortened(said(name), 20)]
                self._words(slide, x - 0.6, y - 0.17, 1.4, text, 10, SOFT_HEX)
        shown = [one for one in sites if frame.shows(one[0].lon, one[0].lat)]
        shown.sort(key=lambda pair: pair[1])
        spots = [frame.at(site.lon, site.lat) for site, _ in shown]
        for (site, chosen), spot, place in zip(
            shown, spots, apart(spots, _PIN, frame), strict=True
        ):
            colour = hex_of(SITE) if chosen else SOFT_HEX
            led = math.dist(spot, place) > _LED
            if led:
                way = (colour, 0.014)
                self._outline(slide, [[spot, place]], None, said(words.REACH), way, close=False)
            self._pin(slide, *(place if led else spot), site.order, colour)
        length, metres = frame.bar()
        x, y = frame.left + 0.15, frame.top + frame.height - 0.15
        self._outline(slide, [[(x, y), (x + length, y)]], None, said(metres), close=False)
        self._words(slide, x - 0.1, y - 0.3, 1.2, [said(metres)], 9)
        key = words.slide_key_text(paper.reach_text, free=bool(ways), streets=bool(ground))
        below = [said(key)]
        self._words(slide, _MAP_LEFT - 0.1, TOP + _MAP_HIGH + 0.02, _MAP_WIDE, below, 9, SOFT_HEX)


def _cut(title: Text) -> Text:
    return Text(shortened(title.zh, MOST_IN_HEADING), shortened(title.en, 2 * MOST_IN_HEADING))


def _rings(
    frame: Frame, inside: BaseGeometry, shapes: Sequence[BaseGeometry]
) -> list[list[tuple[float, float]]]:
    """Return the rings of what is seen of some shapes: nothing cuts them off on a slide."""
    seen = [shapely.intersection(shapely.make_valid(one), inside) for one in shapes]
    return [ring for one in seen for part in frame.rings(one, FINEST) for ring in part]


def _streets(
    frame: Frame, inside: BaseGeometry, ground: Ground
) -> Iterator[tuple[str, list[list[tuple[float, float]]]]]:
    """Yield by kind the lines of the streets that are seen, those of the least kind first."""
    fine = len(ground.streets) <= _MOST_FINE
    for kind in WIDTHS:
        if not fine and kind not in _MAIN:
            continue
        lines = [one.line for one in ground.streets if one.kind == kind]
        if lines:
            seen = shapely.intersection(shapely.line_merge(shapely.union_all(lines)), inside)
            yield kind, frame.lines(seen, FINEST)


def _circle(frame: Frame, site: PaperSite, reach_m: float) -> list[list[tuple[float, float]]]:
    """Return what is seen of the circle of the standard around a site."""
    ring = shapely.Point(frame.at(site.lon, site.lat)).buffer(reach_m * frame.mm_a_metre).exterior
    right, low = frame.left + frame.width, frame.top + frame.height
    seen = shapely.intersection(ring, shapely.box(frame.left, frame.top, right, low))
    parts = shapely.get_parts(shapely.line_merge(seen)).tolist()
    return [shapely.get_coordinates(part).tolist() for part in parts if part.length > 0]


def _text_pages(blocks: Sequence[Sequence[str]]) -> Iterator[list[str]]:
    room, signs = HIGH - TOP - FOOT - 0.2, int((WIDE - 2 * EDGE) / _SIGN_INCHES)
    some: list[str] = []
    taken = 0.0
    for block in blocks:
        high = sum(_LINE_INCHES * lines_in(line, signs) + 0.06 for line in block)
        if some and taken + high > room:
            yield some
            some, taken = [], 0.0
        some += block
        taken += high
    if some:
        yield some
