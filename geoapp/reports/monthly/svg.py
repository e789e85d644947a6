"""A month's map and bars as SVG, to stand within a page: sharp in print, and nothing to fetch."""

import shapely
from markupsafe import Markup, escape
from shapely.geometry.base import BaseGeometry

from geoapp.core.i18n import Language, said
from geoapp.core.units import format_share
from geoapp.reports.book import text_width
from geoapp.reports.drawing import Frame
from geoapp.reports.map_names import placed_names
from geoapp.reports.parts import ZONE_COLOUR, Bars, Map, class_colour

_WIDTH, _HEIGHT = 960.0, 640.0
# How wide a narrow sign of a name is on the map.
_SIGN = 6.8
_ROW = 36.0


def map_svg(drawn: Map, language: Language | None) -> Markup:
    """Return the map; empty where no outline is known."""
    if not drawn.areas:
        return Markup()
    bounds = shapely.union_all([one.shape for one in drawn.areas]).bounds
    frame = Frame.around(bounds, 0.0, 0.0, _WIDTH, _HEIGHT)
    parts = [f'<rect width="{_WIDTH:.0f}" height="{_HEIGHT:.0f}" fill="#dfe8ed"/>']
    for area in drawn.areas:
        tip = escape(f"{said(area.name, language)} {format_share(area.share)}")
        outline = _path(frame, area.shape)
        parts.append(
            f'<path fill-rule="evenodd" d="{outline}" fill="{class_colour(area.share)}" stroke="#5c6870" '
            f'stroke-width="0.8"><title>{tip}</title></path>'
        )
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
    parts.append(f'<path d="{dots}" stroke="#182026" stroke-width="3.5" stroke-linecap="round"/>')
    for name in placed_names(
        frame,
        [(area.shape, area.name.pick(language or "zh")) for area in drawn.areas],
        [(spot.lon, spot.lat) for spot in drawn.spots if frame.shows(spot.lon, spot.lat)],
        10.0,
        lambda text: (text_width(text) * _SIGN, 2.2 * _SIGN),
    ):
        told = escape(name.text)
        parts.append(f'<text x="{name.x:.1f}" y="{name.y + 4:.1f}" class="place">{told}</text>')
    # The first is on top where two are close.
    for spot in reversed(drawn.spots):
        if frame.shows(spot.lon, spot.lat):
            x, y = frame.at(spot.lon, spot.lat)
            parts.append(
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="9" fill="#146e3c" stroke="#fff"/>'
                f'<text x="{x:.1f}" y="{y + 4:.1f}" class="spot">{spot.number}</text>'
            )
    length, words = frame.bar()
    parts.append(
        f'<path d="M20 {_HEIGHT - 20:.0f}h{length:.1f}" stroke="#182026" stroke-width="2"/>'
        f'<text x="20" y="{_HEIGHT - 28:.0f}">{escape(said(words, language))}</text>'
    )
    title = escape(said(drawn.title, language))
    return _picture(f'viewBox="0 0 {_WIDTH:.0f} {_HEIGHT:.0f}"', title, "".join(parts))


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
