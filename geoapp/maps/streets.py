"""Streets under a Folium map: what the page says of them, and the scripts that draw them."""

import re
from pathlib import Path

import orjson

from geoapp.core.i18n import Language
from geoapp.core.paths import shipped
from geoapp.maps.assets import inlined
from geoapp.maps.page import Streets

_DRAWING = "vendor/protomaps-leaflet/dist/protomaps-leaflet.js"
_MODULE = "maps/streets.js"
_IMPORT = re.compile(r"^import \{[^}]*\} from '([^']+)';$", re.M)


def streets_told(streets: Streets, language: Language, root: str) -> dict[str, str]:
    """Return the data attributes of the map's element, as ``static/js/lib/streets.js`` reads them."""
    inside = streets.tiles is not None
    return {
        "streets": "inside" if inside else f"{root}{streets.address}",
        "drawing": "inside" if inside else f"{root}/static/{_DRAWING}",
        "language": language,
        "deepest": str(streets.deepest),
    }


def streets_scripts(streets: Streets, root: str) -> str:
    """Return the elements that draw the streets, to stand behind the page's own script."""
    if streets.tiles is None:
        return f'<script type="module" src="{root}/static/{_MODULE}"></script>'
    tiles = orjson.dumps(dict(streets.tiles)).decode()  # digits, slashes and base64 alone
    module = _in_one(shipped("static") / _MODULE).replace("</script", "<\\/script")
    return (
        f'<script type="application/json" id="streets-inside">{tiles}</script>\n'
        f'{inlined(_DRAWING)}\n<script type="module">{module}</script>'
    )


def _in_one(path: Path) -> str:
    """Return a module with what it imports written in place of the import."""

    def replace(match: re.Match[str]) -> str:
        return _in_one((path.parent / match[1]).resolve()).replace("export ", "")

    return _IMPORT.sub(replace, path.read_text(encoding="utf-8"))
