"""A month's map and bars as SVG, to stand within a page: sharp in print, and nothing to fetch."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import shapely
from markupsafe import Markup, escape
from shapely.geometry.base import BaseGeometry

from geoapp.core.i18n import Language, Text, said
from geoapp.core.units import format_share
from geoapp.core.words import Standing
from geoapp.reports.book import text_width
from geoapp.reports.drawing import Frame
from geoapp.reports.map_names import placed_names
from geoapp.reports.parts import (
    NONE_COLOUR,
    ZONE_COLOUR,
    Area,
    Bars,
    Map,
    Swipe,
    Week,
    class_colour,
)

_WIDTH, _HEIGHT = 960.0, 640.0
# How wide a narrow sign of a name is on the map.
_SIGN = 6.8
_ROW = 36.0
_BOX: Final = f'viewBox="0 0 {_WIDTH:.0f} {_HEIGHT:.0f}"'
_GROUND: Final = f'<rect width="{_WIDTH:.0f}" height="{_HEIGHT:.0f}" fill="#dfe8ed"/>'


def map_svg(drawn: Map, language: Language | None) -> Markup:
    """Return the map; empty where no outline is known."""
    if not drawn.areas:
        return Markup()
    frame = _frame([one.shape for one in drawn.areas])
    parts = [_GROUND, *_areas(frame, drawn.areas, language)]
    parts += [
        f'<path fill-rule="evenodd" d="{_path(frame, one)}" fill="{ZONE_COLOUR}" '
        'stroke="#fff" stroke-width="0.6"/>'
        for one in drawn.gaps
    ]
    dots = "".join(
        "M{:.1f} {:.1f}h0".format(*frame.at(lon, lat))
        for lon, lat in drawn.facilities
        if frame.shows(lon, lat)
    )
    parts.append(_dots(dots))
    spots = [(spot.lon, spot.lat) for spot in drawn.spots if frame.shows(spot.lon, spot.lat)]
    parts += _names(frame, [(area.shape, area.name) for area in drawn.areas], spots, language)
    # The first is on top where two are close.
    for spot in reversed(drawn.spots):
        if frame.shows(spot.lon, spot.lat):
            x, y = frame.at(spot.lon, spot.lat)
            parts.append(
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="9" fill="#146e3c" stroke="#fff"/>'
                f'<text x="{x:.1f}" y="{y + 4:.1f}" class="spot">{spot.number}</text>'
            )
    parts.append(_scale(frame, language))
    return _picture(_BOX, escape(said(drawn.title, language)), "".join(parts))


def swipe_svgs(drawn: Swipe, language: Language | None) -> list[Markup]:
    """Return the earlier day and the later one as pictures that lie on each other; none without outlines."""
    if not drawn.then:
        return []
    frame = _frame([one.shape for one in drawn.then])
    return [
        _day_svg(frame, drawn, drawn.then, drawn.first, language),
        _day_svg(frame, drawn, drawn.now, drawn.last, language),
    ]


def _day_svg(
    frame: Frame, drawn: Swipe, areas: Sequence[Area], day: date, language: Language | None
) -> Markup:
    """Draw a day; facilities that were there on this one alone have a sign that no other has."""
    is_first = day == drawn.first
    stays: list[str] = []
    alone: list[str] = []
    perhaps: list[str] = []
    for one in drawn.facilities:
        here, other = (one.then, one.now) if is_first else (one.now, one.then)
        if here is Standing.NO or not frame.shows(one.lon, one.lat):
            continue
        x, y = frame.at(one.lon, one.lat)
        if here is Standing.POSSIBLE:
            perhaps.append(f"M{x - 3:.1f} {y:.1f}a3 3 0 1 0 6 0a3 3 0 1 0 -6 0")
        elif other is not Standing.NO:
            stays.append(f"M{x:.1f} {y:.1f}h0")
        elif is_first:
            alone.append(f"M{x - 5:.1f} {y - 5:.1f}l10 10m0 -10l-10 10")
        else:
            alone.append(f"M{x:.1f} {y - 7:.1f}l6 11h-12z")
    sign = 'stroke="#a8201a" stroke-width="3"' if is_first else 'fill="#0b6b2f" stroke="#fff"'
    parts = [
        _GROUND,
        *_areas(frame, areas, language),
        f'<path d="{"".join(perhaps)}" fill="none" stroke="#182026"/>',
        _dots("".join(stays)),
        f'<path d="{"".join(alone)}" {sign}/>',
        *_names(frame, [(area.shape, area.name) for area in areas], [], language),
        _scale(frame, language),
    ]
    return _picture(_BOX, f"{escape(said(drawn.title, language))}: {day}", "".join(parts))


def week_svg(week: Week, language: Language | None) -> Markup:
    """Return the map of a week's regions, which a script colours by the hour; empty without outlines."""
    shapes = [(row.code or "", shape, name) for row, name, shape in week.parts if shape is not None]
    if not shapes:
        return Markup()
    frame = _frame([shape for _, shape, _ in shapes])
    parts = [_GROUND]
    for code, shape, name in shapes:
        parts.append(
            f'<path fill-rule="evenodd" d="{_path(frame, shape)}" fill="{NONE_COLOUR}" stroke="#5c6870" '
            f'stroke-width="0.8" data-code="{escape(code)}">'
            f"<title>{escape(said(name, language))}</title></path>"
        )
    parts += _names(frame, [(shape, name) for _, shape, name in shapes], [], language)
    parts.append(_scale(frame, language))
    return _picture(_BOX, escape(said(week.title, language)), "".join(parts))


def _frame(shapes: Sequence[BaseGeometry]) -> Frame:
    return Frame.around(shapely.union_all(shapes).bounds, 0.0, 0.0, _WIDTH, _HEIGHT)


def _areas(frame: Frame, areas: Sequence[Area], language: Language | None) -> list[str]:
    parts = []
    for area in areas:
        tip = escape(f"{said(area.name, language)} {format_share(area.share)}")
        outline = _path(frame, area.shape)
        parts.append(
            f'<path fill-rule="evenodd" d="{outline}" fill="{class_colour(area.share)}" stroke="#5c6870" '
            f'stroke-width="0.8"><title>{tip}</title></path>'
        )
    return parts


def _dots(path: str) -> str:
    return f'<path d="{path}" stroke="#182026" stroke-width="3.5" stroke-linecap="round"/>'


def _names(
    frame: Frame,
    shapes: Sequence[tuple[BaseGeometry, Text]],
    spots: Sequence[tuple[float, float]],
    language: Language | None,
) -> list[str]:
    """Return the names of regions where they hide neither each other nor the spots."""
    return [
        f'<text x="{name.x:.1f}" y="{name.y + 4:.1f}" class="place">{escape(name.text)}</text>'
        for name in placed_names(
            frame,
            [(shape, name.pick(language or "zh")) for shape, name in shapes],
            spots,
            10.0,
            lambda text: (text_width(text) * _SIGN, 2.2 * _SIGN),
        )
    ]


def _scale(frame: Frame, language: Language | None) -> str:
    length, words = frame.bar()
    return (
        f'<path d="M20 {_HEIGHT - 20:.0f}h{length:.1f}" stroke="#182026" stroke-width="2"/>'
        f'<text x="20" y="{_HEIGHT - 28:.0f}">{escape(said(words, language))}</text>'
    )


def bars_svg(chart: Bars, language: Language | None) -> Markup:
    """Return shares as bars of one scale, each below its name and its figure.

    Its lengths are shares of the width that it has, so that words are as large on a phone as anywhere.
    """
    most = max([1.0, *(share for _, share in chart.rows if share is not None)])
    parts = []
    for number, (name, share) in enumerate(chart.rows):
        top, whole = number * _ROW, said(name, language)
        short = escape(_cut(whole))
        parts.append(
            f'<text x="0" y="{top + 13:.0f}">{short}<title>{escape(whole)}</title></text>'
            f'<text x="100%" y="{top + 13:.0f}" text-anchor="end">{format_share(share)}</text>'
            f'<rect x="0" y="{top + 18:.0f}" width="{100 / most:.2f}%" height="10" fill="#dde3e6"/>'
        )
        if share:
            parts.append(
                f'<rect x="0" y="{top + 18:.0f}" width="{100 * share / most:.2f}%" '
                'height="10" fill="#2b6697"/>'
            )
    title = escape(said(chart.title, language))
    high = len(chart.rows) * _ROW
    return _picture(f'class="rows" height="{high:.0f}"', title, "".join(parts))


def _cut(text: str) -> str:
    """Return a text as long as a label may be; a Chinese sign is two wide."""
    room, kept = 40, ""
    for sign in text:
        room -= 1 if sign.isascii() else 2
        if room < 0:
            return f"{kept.rstrip()}…"
        kept += sign
    return text


def _path(frame: Frame, shape: BaseGeometry) -> str:
    return "".join(
        "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in ring) + "Z"
        for part in frame.rings(shape)
        for ring in part
    )


def _picture(size: str, title: str, inner: str) -> Markup:
    """Return a picture; whatever was not ours is escaped in its parts."""
    return Markup(f'<svg {size} role="img" aria-label="{title}">{inner}</svg>')  # noqa: S704
