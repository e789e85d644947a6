"""``/publications/report``: the report of a month as a file, for whoever is signed in."""

from typing import Any, Final

from flask import Blueprint, Response, request

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Language, Text
from geoapp.core.roles import Permission
from geoapp.operations.moment import today
from geoapp.operations.monthly.save import MEDIA_TYPES, report_file
from geoapp.operations.monthly.scope import scope_of
from geoapp.reports.deck import has_slides
from geoapp.web.edge.access import require
from geoapp.web.edge.heavy import heavy
from geoapp.web.edge.language import language
from geoapp.web.edge.services import services

blueprint = Blueprint("monthly", __name__, url_prefix="/publications")

_FORMATS: Final = [one.removeprefix(".") for one in MEDIA_TYPES]
_LANGUAGES: Final[dict[str, Language | None]] = {"zh": "zh", "en": "en", "both": None}


def form_parts() -> dict[str, Any]:
    """Return what ``manager/_report.html`` needs: the formats, this month, the page's language."""
    month = f"{today(services().settings):%Y-%m}"
    return {
        "formats": [one for one in _FORMATS if one != "pptx" or has_slides()],
        "this_month": month,
        "reader": language(),
    }


@blueprint.get("/report")
@require(Permission.SEE_UNPUBLISHED)
@heavy
def report() -> Response:
    """Answer the report of a region and month."""
    return report_of(request.args.get("region") or None)


def report_of(region: str | None) -> Response:
    """Answer the report of a region, of the month and in the form that the address asks for.

    Parameters
    ----------
    region
        None is the region of the widest answer that is published.
    """
    suffix = _chosen("format", _FORMATS, "pdf")
    said = _LANGUAGES[_chosen("language", list(_LANGUAGES), language())]
    month, day = (request.args.get(name) or None for name in ("month", "date"))
    parts = services()
    scope = scope_of(parts.database, parts.settings, region, month, day)
    name, content = report_file(scope, f".{suffix}", said)
    response = Response(content, mimetype=MEDIA_TYPES[f".{suffix}"])
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _chosen(name: str, accepted: list[str], usual: str) -> str:
    value = request.args.get(name) or usual
    if value not in accepted:
        names = " ".join(accepted)
        raise InvalidValueError(name, value[:40], Text(names, names))
    return value
