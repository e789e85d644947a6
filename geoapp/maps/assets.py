"""Folium's links to other sites, turned into our own files: served, or written into the page."""

import base64
import json
import mimetypes
import re
from functools import lru_cache
from html import escape
from pathlib import Path

from branca.element import CssLink, Element, Figure, JavascriptLink

from geoapp.core.errors import MissingPartError
from geoapp.core.i18n import Text
from geoapp.core.paths import shipped

_URL = re.compile(r"""url\(\s*['"]?([^'")]+)['"]?\s*\)""")
OWN = "geoapp:"


@lru_cache(maxsize=1)
def _cdn() -> dict[str, str]:
    path = shipped("static") / "vendor" / "manifest.json"
    if not path.is_file():
        raise MissingPartError(
            Text(
                "缺少网页组件，请运行 scripts/build_assets.py。",
                "The front-end assets are missing; run scripts/build_assets.py.",
            )
        )
    links: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))["cdn"]
    return links


def local_file(url: str) -> str:
    """Return the file below ``static/`` that stands for a link.

    Raises
    ------
    LookupError
        If the link is not one that we bring: a page must not load from another site.
    """
    if url.startswith(OWN):
        return url.removeprefix(OWN)
    file = _cdn().get(url)
    if file is None:
        raise LookupError(f"a map would load {url}; bring it by the npm lock file or drop it")
    return f"vendor/{file}"


def _data_uri(path: Path) -> str:
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"


def inline_css(path: Path) -> str:
    """Return a style sheet with the files that it names written into it."""

    def replace(match: re.Match[str]) -> str:
        target = match[1]
        if target.startswith(("data:", "#")):
            return match[0]
        return f"url({_data_uri((path.parent / target).resolve())})"

    return _URL.sub(replace, path.read_text(encoding="utf-8"))


def inlined(file: str) -> str:
    """Return a script or style element with a file of ``static/`` written into it."""
    path = shipped("static") / file
    if path.suffix == ".css":
        return f"<style>{inline_css(path)}</style>"
    # A closing tag inside a string of the script would end it.
    code = path.read_text(encoding="utf-8").replace("</script", "<\\/script")
    return f"<script>{code}</script>"


def _linked(file: str, root: str) -> str:
    address = escape(f"{root}/{file}", quote=True)
    if file.endswith(".css"):
        return f'<link rel="stylesheet" href="{address}">'
    return f'<script src="{address}"></script>'


class Verbatim(Element):
    """HTML that stands in the page as it is, whatever template signs it holds."""

    def __init__(self, html: str) -> None:
        super().__init__("{{ this.html_text }}")
        self.html_text = html


def localise(figure: Figure, *, inline: bool, root: str = "/static") -> None:
    """Replace every script and style link of a figure whose children have been rendered.

    ``JavascriptLink`` and ``CssLink`` are the two places that every link of Folium, its plugins and
    branca goes through.
    """
    for part in (figure.header, figure.html, figure.script):
        for name, child in list(part._children.items()):
            if isinstance(child, JavascriptLink | CssLink):
                file = local_file(child.url)
                html = inlined(file) if inline else _linked(file, root)
                part._children[name] = Verbatim(html)
