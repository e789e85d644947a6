"""``/publications/report``: the report of a month as a file, for whoever is signed in."""

import tempfile
from pathlib import Path
from typing import Any, Final

from flask import Blueprint, Response, request

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Language, Text
from geoapp.core.roles import Permission
from geoapp.operations.moment import today
from geoapp.operations.monthly.save import has_slides, save_report
from geoapp.operations.monthly.scope import scope_of
from geoapp.web.edge.access import require
from geoapp.web.edge.heavy import heavy
from geoapp.web.edge.language import language
from geoapp.web.edge.services import services

blueprint = Blueprint("monthly", __name__, url_prefix="/publications")

_TYPES: Final = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html; charset=utf-8",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_LANGUAGES: Final[dict[str, Language | None]] = {"zh": "zh", "en": "en", "both": None}


def form_parts() -> dict[str, Any]:
    """Return what ``manager/_report.html`` needs: the formats, this month, the page's language."""
    month = f"{today(services().settings):%Y-%m}"
    return {
        "formats": [one for one in _TYPES if one != "pptx" or has_slides()],
        "this_month": month,
        "reader": language(),
    }


@blueprint.get("/report")
@require(Permission.SEE_UNPUBLISHED)
@heavy
def report() -> Response:
    """Answer the report of a region and month."""
    suffix = _chosen("format", list(_TYPES), "pdf")
    said = _LANGUAGES[_chosen("language", list(_LANGUAGES), language())]
    region, month = (request.args.get(name) or None for name in ("region", "month"))
    day = request.args.get("date") or None
    parts = services()
    scope = scope_of(parts.database, parts.settings, region, month, day)
    with tempfile.TemporaryDirectory() as folder:
        area = "all" if scope.region is None else scope.region
        path = Path(folder) / f"report-{area}-{scope.period.day:%Y-%m}.{suffix}"
        save_report(scope, path, said)
        response = Response(path.read_bytes(), mimetype=_TYPES[suffix])
    response.headers.set("Content-Disposition", "attachment", filename=path.name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _chosen(name: str, accepted: list[str], usual: str) -> str:
    value = request.args.get(name) or usual
    if value not in accepted:
        names = " ".join(accepted)
        raise InvalidValueError(name, value[:40], Text(names, names))
    return value
