"""``/use``: how facilities are used and liked, by quarter and district, and care events."""

from flask import Blueprint, render_template, request

from geoapp.core.roles import Permission
from geoapp.core.use import LEAST_VOICES, parse_quarter
from geoapp.operations.use.read import quarter_of_use
from geoapp.reports.words import use as words
from geoapp.reports.words.monthly import samples_text
from geoapp.web.edge.access import require
from geoapp.web.edge.parameters import without_nul
from geoapp.web.edge.services import services
from geoapp.web.pages.paging import paged
from geoapp.web.pages.region_names import region_names

blueprint = Blueprint("use", __name__)


@blueprint.get("/use")
@require(Permission.SEE_UNPUBLISHED)
def show() -> str:
    """Show a quarter; without one the latest of which something is known."""
    quarter = request.args.get("quarter", "").strip()
    region = without_nul(request.args.get("region", "")).strip() or None
    database = services().database
    told = quarter_of_use(database, parse_quarter("quarter", quarter) if quarter else None, region)
    return render_template(
        "manager/use.html",
        told=told,
        region=region,
        regions=region_names(database),
        words=words,
        least=LEAST_VOICES,
        samples=samples_text(told.samples, told.known) if told.samples else None,
        facilities=paged(told.facilities),
        pages_at=("use.show", {"quarter": quarter or None, "region": region}),
    )
