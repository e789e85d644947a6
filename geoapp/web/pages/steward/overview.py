"""``/steward``: what in the data is unknown, old or out of place."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from geoapp.core.roles import Permission
from geoapp.core.words import STATUS_TEXT, Status
from geoapp.operations.facilities.stewardship import lack_texts, parse_shortfall
from geoapp.operations.network.keeper import describe_network
from geoapp.web.edge.access import require
from geoapp.web.edge.services import services
from geoapp.web.pages.region_names import region_names
from geoapp.web.pages.steward.saved_lists import list_lines

blueprint = Blueprint("steward", __name__)


@blueprint.get("/steward")
@require(Permission.EDIT)
def show() -> Response | str:
    """Show the counts; the lists behind them have a page of their own."""
    listed = request.args.get("list")
    if listed is not None:  # how lists were named before they had a page
        return redirect(url_for("steward_list.show", lack=parse_shortfall(listed)))
    database = services().database
    return render_template(
        "steward/overview.html",
        state=services().work_lists.state(),
        statuses=[(status, STATUS_TEXT[status]) for status in Status],
        lacks=lack_texts(knows_streets=services().work_lists.knows_streets),
        regions=region_names(database),
        lists=list_lines(),
        network=describe_network(services().settings),
    )
