"""What a phone keeps of the finder: its manifest, the worker that serves it offline, a page that says so."""

import hashlib
import json
from base64 import b64encode
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, current_app, render_template, request, url_for

from geoapp import __version__
from geoapp.core.i18n import Text
from geoapp.web.edge.language import language
from geoapp.web.edge.replies import json_reply
from geoapp.web.edge.static_files import fingerprint
from geoapp.web.pages.chrome import map_setup

blueprint = Blueprint("kept_finder", __name__)

_NAME = Text("户外劳动者服务站点", "Service stations for outdoor workers")
_SHORT_NAME = Text("服务站点", "Rest stations")
# What the finder loads, below ``static``; streets and what draws them are kept where somebody asks for them.
_SHELL = (
    "css/tokens.css",
    "css/base.css",
    "css/worker/finder.css",
    "css/worker/station.css",
    "css/worker/along.css",
    "vendor/leaflet/dist/leaflet.css",
    "vendor/leaflet/dist/leaflet.js",
    "img/icons.svg",
    "img/logo.svg",
)
_DRAWING = "vendor/protomaps-leaflet/dist/protomaps-leaflet.js"
_SCRIPTS = (
    "made/js/menu.js",
    "made/js/outbox.js",
    "made/js/lib/*.js",
    "made/js/worker/*.js",
    "made/js/worker/offline/*.js",
    "made/js/worker/along/*.js",
    "made/shared/*.js",
)


@blueprint.get("/manifest.webmanifest")
def manifest() -> Response:
    """Answer what a phone needs to put the finder on its screen; its names in the page's language."""
    icons = [("192", "any"), ("512", "any"), ("512", "maskable")]
    body = {
        "id": url_for("finder.show"),
        "name": _NAME.pick(language()),
        "short_name": _SHORT_NAME.pick(language()),
        "lang": "zh-CN" if language() == "zh" else "en",
        "start_url": url_for("finder.show"),
        "scope": url_for("finder.show"),
        "display": "standalone",
        "background_color": "#eef1f2",
        "theme_color": "#ffffff",
        "icons": [
            {
                "src": url_for("static", filename=_icon(size, purpose)),
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": purpose,
            }
            for size, purpose in icons
        ],
    }
    return json_reply(body, mimetype="application/manifest+json")


def _icon(size: str, purpose: str) -> str:
    return f"img/icon-{'maskable-' if purpose == 'maskable' else ''}{size}.png"


@blueprint.get("/offline")
def show() -> str:
    """Show the page that stands for another one while there is no network."""
    return render_template("worker/offline.html")


@blueprint.get("/sw.js")
def worker() -> Response:
    """Answer the worker, which begins with what it keeps of this release."""
    static = Path(current_app.static_folder or "")
    given = {
        "version": _release(static, Path(current_app.root_path, current_app.template_folder or "")),
        "root": f"{request.script_root}/",
        "offline": url_for("kept_finder.show"),
        "suggest": url_for("report.suggest"),
        "along": url_for("along_pages.show"),
        "outbox": url_for("static", filename="js/outbox.js"),
        "reports": url_for("reports.report"),
        "files": {
            url_for("static", filename=name): digest for name, digest in _files(static).items()
        },
        "ground": [map_setup().regions, url_for("finder.dots")],
        "stations": url_for("offline.stations"),
        "tiles": url_for("tiles.base"),
        "drawing": url_for("static", filename=_DRAWING),
    }
    code = (static / "js" / "sw.js").read_text(encoding="utf-8")
    response = Response(f"self.GEOAPP = {json.dumps(given)};\n{code}", mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response


@cache
def _files(static: Path) -> dict[str, str]:
    """Return what is kept below ``static``, each with its digest (SHA-256, base64)."""
    scripts = [path.relative_to(static).as_posix() for one in _SCRIPTS for path in static.glob(one)]
    return {
        name: b64encode(hashlib.sha256((static / name).read_bytes()).digest()).decode()
        for name in (*_SHELL, *sorted(scripts))
    }


@cache
def _release(static: Path, templates: Path) -> str:
    parts = (__version__, fingerprint(static), fingerprint(templates))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]
