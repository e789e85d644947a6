"""What lies under a Folium map: what the page says of it, and the scripts that draw it."""

from typing import Any

import orjson

from geoapp.core.i18n import Language
from geoapp.core.one_script import one_script
from geoapp.core.paths import shipped
from geoapp.core.words import Datum
from geoapp.maps.assets import inlined
from geoapp.maps.base_maps import OUTLINE
from geoapp.maps.page import Outlines, Streets

_DRAWING = "vendor/protomaps-leaflet/dist/protomaps-leaflet.js"
_PAINTER = "js/lib/street_painter.js"
_MODULE = "maps/ground.js"
_SEA = "/tiles/sea.geojson"
_MOVED = (Datum.GCJ02, Datum.BD09)


def streets_told(streets: Streets, language: Language, root: str) -> dict[str, str]:
    """Return the data attributes of the map's element, as ``static/js/lib/streets.js`` reads them."""
    inside = streets.tiles is not None
    return {
        "streets": "inside" if inside else f"{root}{streets.address}",
        "drawing": "inside" if inside else f"{root}/static/{_DRAWING}",
        "language": language,
        "deepest": str(streets.deepest),
        **({} if inside else {"painter": f"{root}/static/{_PAINTER}"}),
    }


def outlines_told(outlines: Outlines, root: str) -> dict[str, str]:
    """Return the data attributes of the map's element that name the districts below, and the sea."""
    if outlines.inside is not None:
        return {"outlines": "inside"}
    return {"outlines": f"{root}{outlines.address}", "sea": f"{root}{_SEA}"}


def names_told(outlines: Outlines | None) -> list[list[Any]]:
    """Return each name on the ground with its place (lon, lat) and its area's box or null."""
    names = [] if outlines is None else outlines.names
    return [
        [
            one.text,
            round(one.lon, 5),
            round(one.lat, 5),
            None if one.box is None else [round(edge, 4) for edge in one.box],
        ]
        for one in names
    ]


def ground_scripts(
    streets: Streets | None,
    outlines: Outlines | None,
    bases: dict[str, Any] | None,
    *,
    inline: bool,
    root: str,
) -> str:
    """Return the elements that draw what lies below, to stand behind the page's own script.

    Parameters
    ----------
    bases
        What is told of the operator's base maps (``maps_told``).
    inline
        Whether scripts, tiles and outlines are written into the page.
    """
    if streets is None and outlines is None and bases is None:
        return ""
    if not inline:
        return f'<script type="module" src="{root}/static/{_MODULE}"></script>'
    parts = []
    if outlines is not None and outlines.inside is not None:
        parts.append(_data("outlines-inside", outlines.inside))  # numbers alone
        if outlines.sea is not None:
            parts.append(_data("sea-inside", outlines.sea))
    if streets is not None and streets.tiles is not None:
        # Digits, slashes and base64 alone.
        parts.append(_data("streets-inside", orjson.dumps(dict(streets.tiles)).decode()))
        parts.append(inlined(_DRAWING))
    if bases is not None and any(one["datum"] in _MOVED for one in bases["maps"]):
        outline = shipped("static") / OUTLINE
        parts.append(_data("china-outline", outline.read_text(encoding="utf-8")))
    module = one_script(shipped("static") / _MODULE).replace("</script", "<\\/script")
    return "\n".join([*parts, f'<script type="module">{module}</script>'])


def _data(name: str, json: str) -> str:
    return f'<script type="application/json" id="{name}">{json}</script>'
