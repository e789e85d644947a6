"""Styles, scripts and pictures under addresses that change with them.

A page names them below ``/static/v-FINGERPRINT/``, and what a script imports or a style loads is
named relative to that: a page gets all its modules from one release, and a browser that has them
need not ask again.
"""

import hashlib
from pathlib import Path
from typing import Any

from flask import Flask, Response, g, send_from_directory

from geoapp.web.edge.access import same_for_everybody
from geoapp.web.edge.compression import MADE_SMALL
from geoapp.web.edge.scripts import as_made, bundled, module

_A_YEAR = 365 * 86400
_MARK = "v-"


def fingerprint(folder: Path) -> str:
    """Return what tells the files of a folder from those of another release.

    Third-party files stand for themselves by the manifest that their build writes.
    """
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and (not name.startswith("vendor/") or name == "vendor/manifest.json"):
            digest.update(f"{name}\0{path.stat().st_size}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def init_static_files(app: Flask) -> None:
    """Let ``url_for('static', ...)`` name this release's addresses, and answer them.

    A page of another release, open while the service was updated, gets what is there now and keeps
    nothing of it. Addresses without a fingerprint stay, for whoever links to them.
    """
    bundled()  # a page without its scripts is worse than a service that says why it does not start
    folder = Path(app.static_folder or "")
    mark = _MARK + fingerprint(folder)

    @app.url_defaults
    def with_fingerprint(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static":
            values["filename"] = f"{mark}/{as_made(values['filename'])}"

    def send(filename: str) -> Response:
        head, _, rest = filename.partition("/")
        if not (head.startswith(_MARK) and rest):
            return app.send_static_file(filename)
        if head != mark:
            answer = send_from_directory(folder, rest, max_age=0)
            answer.cache_control.no_cache = True
            return answer
        answer = send_from_directory(folder, rest, max_age=_A_YEAR)
        answer.cache_control.immutable = True
        if answer.status_code == 200 and answer.mimetype in MADE_SMALL:
            # Whole, so that it is made small once for all who ask.
            answer.direct_passthrough = False
            answer.make_sequence()
            g.small_mark = filename
        return answer

    app.jinja_env.globals["module"] = module
    app.view_functions["static"] = same_for_everybody(send)
