"""``/robots.txt`` and ``/sitemap.xml``: what search engines may read, and where it is.

The finder, its lists of regions and the pages of stations may be found where the operator has not said
otherwise; nothing else is for them. A page that shows samples says itself that it is not to be listed.
"""

from flask import Blueprint, Response, request, url_for

from geoapp.core.errors import NotFoundError
from geoapp.core.i18n import Text
from geoapp.operations.facilities.listed import count_parts, listed_part
from geoapp.web.edge.access import same_for_everybody
from geoapp.web.edge.services import public_address, services

blueprint = Blueprint("robots", __name__)

_MAP = Text("站点网址清单", "list of stations' addresses")
_A_DAY = "public, max-age=86400"
_NAMES = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


@blueprint.get("/robots.txt")
@same_for_everybody
def robots() -> Response:
    """Say what may be read."""
    root = request.script_root
    lines = ["User-agent: *"]
    if services().settings.robots == "stations":
        paths = ("$", "?place=", "stations/", "finder/map.png", "static/", "sitemap")
        lines += [f"Allow: {root}/{path}" for path in paths]
        lines += [f"Disallow: {root}/"]
        lines += ["", f"Sitemap: {public_address(url_for('robots.index'))}"]
    else:
        lines += [f"Disallow: {root}/"]
    response = Response("\n".join(lines) + "\n", mimetype="text/plain")
    response.headers["Cache-Control"] = _A_DAY
    return response


@blueprint.get("/sitemap.xml")
@same_for_everybody
def index() -> Response:
    """Return where the parts of the list are."""
    _check_offered()
    parts = range(1, count_parts(services().database) + 1)
    addresses = [url_for("robots.part", number=number) for number in parts]
    return _xml("sitemapindex", "".join(_entry("sitemap", address) for address in addresses))


@blueprint.get("/sitemap-<int:number>.xml")
@same_for_everybody
def part(number: int) -> Response:
    """Return the addresses of some stations."""
    _check_offered()
    found = listed_part(services().database, number) if 1 <= number < 10_000 else []
    if not found:
        raise NotFoundError(_MAP, str(number)[:20])
    entries = (
        _entry("url", url_for("station.show", code=code), f"<lastmod>{at.isoformat()}</lastmod>")
        for code, at in found
    )
    return _xml("urlset", "".join(entries))


def _check_offered() -> None:
    if services().settings.robots != "stations":
        raise NotFoundError(_MAP, "sitemap.xml")


def _entry(element: str, path: str, more: str = "") -> str:
    return f"<{element}><loc>{public_address(path).translate(_ESCAPED)}</loc>{more}</{element}>\n"


def _xml(root: str, body: str) -> Response:
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} {_NAMES}>\n{body}</{root}>\n'
    response = Response(text, mimetype="application/xml")
    response.headers["Cache-Control"] = _A_DAY
    return response
