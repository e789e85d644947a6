"""``/services/catalogue``: the services that workers choose from, and the contests that chose some."""

from flask import Blueprint, render_template

from geoapp.operations.services.catalogue import read_catalogue
from geoapp.web.edge.services import services
from geoapp.web.pages.region_names import region_names

blueprint = Blueprint("catalogue", __name__)


@blueprint.get("/services/catalogue")
def show() -> str:
    """Show all services by category; entries without a prize and points are for those signed in."""
    parts = services()
    return render_template(
        "worker/catalogue.html",
        catalogue=read_catalogue(parts.database, parts.settings),
        regions=region_names(parts.database),
    )
