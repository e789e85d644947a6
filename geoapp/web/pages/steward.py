"""``/steward``: what in the data is unknown, old or out of place."""

from flask import Blueprint, render_template, request

from geoapp.core.i18n import Text
from geoapp.core.roles import Permission
from geoapp.core.vocabulary import load_vocabulary
from geoapp.core.words import STATUS_TEXT, Status
from geoapp.operations.facilities.stewardship import list_lacking, parse_shortfall, read_data_state
from geoapp.operations.network.keeper import describe_network
from geoapp.store.facilities.stewardship import Shortfall
from geoapp.web.edge.access import require
from geoapp.web.edge.parameters import without_nul
from geoapp.web.edge.services import services
from geoapp.web.pages.region_names import region_names

blueprint = Blueprint("steward", __name__)

LACK_TEXT: dict[Shortfall, Text] = {
    "hours": Text("开放时间未知", "Opening hours unknown"),
    "entry": Text("怎么进门未知", "Way in unknown"),
    "verified": Text("一年内没有核实", "Not verified within a year"),
    "region": Text("不在任何区域内", "Outside every region"),
}


@blueprint.get("/steward")
@require(Permission.EDIT)
def show() -> str:
    """Show the counts, and the list that the address names."""
    database = services().database
    wanted = request.args.get("list")
    lack = None if wanted is None else parse_shortfall(wanted)
    page = (
        None
        if lack is None
        else list_lacking(database, lack, without_nul(request.args.get("after", "")))
    )
    return render_template(
        "steward/steward.html",
        state=read_data_state(database),
        statuses=[(status, STATUS_TEXT[status]) for status in Status],
        lacks=LACK_TEXT,
        lack=lack,
        page=page,
        kinds={kind.code: kind.text for kind in load_vocabulary().kinds},
        status_text={str(status): text for status, text in STATUS_TEXT.items()},
        regions=region_names(database),
        network=describe_network(services().settings),
    )
