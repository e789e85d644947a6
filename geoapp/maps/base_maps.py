"""What the script that draws base maps (``static/js/lib/base_maps.js``) is told of them."""

from collections.abc import Sequence
from html import escape
from typing import Any

from geoapp.core.base_maps import OperatorMap
from geoapp.core.i18n import Language, Text

OUTLINE = "maps/china_outline.json"

_WORDS = {
    "title": Text("底图", "Base map"),
    "streets": Text("街道", "Streets"),
    "plain": Text("轮廓", "Outlines"),
    "missing": Text("“{name}”取不到，先显示{other}", "{name} cannot be reached; showing: {other}"),
}
_BLANK = Text("空白底图", "Blank")


def maps_told(
    maps: Sequence[OperatorMap],
    language: Language,
    *,
    root: str,
    outline: str,
    inline: bool,
    outlined: bool = True,
) -> dict[str, Any] | None:
    """Return the maps and the words of their choice; None where the operator has none.

    Parameters
    ----------
    root
        What stands before the service's addresses.
    outline
        Where China's outline is, inside of which GCJ-02 and BD-09 move what is drawn.
    inline
        Whether the page is a file: one holds no map that only the service has, and no key.
    outlined
        Whether outlines are drawn where no base map is; else that choice is called blank.
    """
    told = [
        _told(one, language, root)
        for one in maps
        if not inline or (one.address.startswith("http") and not one.key)
    ]
    if not told:
        return None
    words = {name: text.pick(language) for name, text in _WORDS.items()}
    if not outlined:
        words["plain"] = _BLANK.pick(language)
    return {"maps": told, "words": words, "outline": outline}


def _told(one: OperatorMap, language: Language, root: str) -> dict[str, Any]:
    tiles = list(one.tiles)
    if one.file is not None:
        path = f"{root}/tiles/base-maps/{one.code}"
        tiles = [f"{path}.pmtiles" if one.is_vector else f"{path}/{{z}}/{{x}}/{{y}}"]
    return {
        "code": one.code,
        "name": one.name.pick(language),
        "datum": str(one.datum),
        "tiles": tiles,
        "credit": escape(one.credit),  # Leaflet takes it as HTML
        "least": one.least_zoom,
        "deepest": one.deepest_zoom,
        "subdomains": list(one.subdomains),
        "origin": one.sends_origin,
        "vector": one.is_vector,
        "side": one.side_px,
    }
