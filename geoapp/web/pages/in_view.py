"""The stations that the finder's map shows, by name: for whoever opens a dot by a finger or the list by a key."""

from typing import Final

from flask import Blueprint, Response, make_response, render_template, request

from geoapp.core.parsing import parse_bbox
from geoapp.core.vocabulary import load_vocabulary
from geoapp.operations.facilities.places import places_in_view
from geoapp.web.edge.parameters import without_nul
from geoapp.web.edge.security import csrf
from geoapp.web.edge.services import services

blueprint = Blueprint("in_view", __name__)

MOST_LISTED: Final = 30


@blueprint.post("/finder/in-view")
def show() -> Response:
    """List the stations in a box of the map, from its middle; it changes nothing.

    By POST: the view is about where one is, and stands in no address.
    """
    bbox = parse_bbox("bbox", without_nul(request.form.get("bbox", "")))
    places, total = places_in_view(services().database, MOST_LISTED, bbox)
    kinds = {kind.code: kind.text for kind in load_vocabulary().kinds}
    page = render_template("worker/in_view.html", places=places, total=total, kinds=kinds)
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response


csrf.exempt(show)
