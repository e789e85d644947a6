"""``/``: where is the nearest place that is open now and has what I need?

The page works as a plain form. With JavaScript the same form is sent in the background as a POST,
so that a position stands in no address, no history and no log.
"""

import tempfile
from pathlib import Path

import shapely
from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from geoapp.core.entering import WHO_TEXT, WITHOUT_TEXT
from geoapp.core.geo import check_lonlat, geometry_from_wgs84
from geoapp.core.parsing import parse_bbox, parse_number
from geoapp.core.vocabulary import load_vocabulary
from geoapp.core.words import FAMILY_TEXT, Datum, Family
from geoapp.operations.facilities.places import list_places, overview_points
from geoapp.operations.link_picture import save_overview_picture
from geoapp.operations.nearest.routes import route
from geoapp.web.edge.heavy import kept
from geoapp.web.edge.language import language
from geoapp.web.edge.parameters import without_nul
from geoapp.web.edge.replies import json_reply, public_reply
from geoapp.web.edge.security import csrf
from geoapp.web.edge.services import public_address, services
from geoapp.web.pages.cards import KEY_AMENITIES
from geoapp.web.pages.chrome import map_setup
from geoapp.web.pages.finder.answer import answer_to
from geoapp.web.pages.finder.question import read_question
from geoapp.web.pages.hits import PAGE_LIMIT, hits_of

blueprint = Blueprint("finder", __name__)

MOST_DOTS = 3000
MOST_PLACES = 2000


@blueprint.get("/")
def show() -> str | BaseResponse:
    """Show the finder, with its answer where a place is given."""
    # The page of a station leads here while there is no network.
    if code := without_nul(request.args.get("station", "")):
        return redirect(url_for("station.show", code=code))
    # Without any choice, only places that are open now are looked for.
    fresh = not any(name in request.args for name in ("lon", "place", "what", "amenity", "asked"))
    question = read_question(request.args, open_by_default=fresh)
    vocabulary = load_vocabulary()
    words = request.args.get("q", "")
    parts = services()
    places, places_left_out = list_places(
        parts.database, parts.settings, MOST_PLACES, question.place
    )
    return render_template(
        "worker/finder.html",
        question=question,
        answer=answer_to(question),
        # No search engine leads anybody to a place that is invented.
        has_samples=parts.nearest.ground()[0].has_samples,
        address=public_address(url_for("finder.show")),
        picture=public_address(url_for("finder.picture", lang=language())),
        streets_bytes=map_setup().streets_bytes,
        found=hits_of(words, PAGE_LIMIT) if words.strip() else None,
        places=places,
        places_left_out=places_left_out,
        # Those that are asked for come first: the others may lie out of sight.
        amenities=sorted(
            enumerate(
                next(word for word in vocabulary.amenities if word.code == code)
                for code in KEY_AMENITIES
            ),
            key=lambda one: one[1].code not in question.amenities,
        ),
        more_amenities=[word for word in vocabulary.amenities if word.code not in KEY_AMENITIES],
        who_texts=WHO_TEXT,
        without_texts=WITHOUT_TEXT,
        families=[
            (
                family,
                FAMILY_TEXT[family],
                [kind for kind in vocabulary.kinds if kind.family is family],
            )
            for family in Family
        ],
    )


@blueprint.get("/finder/map.png")
@kept()
def picture() -> Response:
    """Return the map of all stations, as links to the finder are shown by elsewhere."""
    parts = services()
    there = parts.nearest.ground()[0]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "map.png"
        save_overview_picture(
            parts.database,
            path,
            language(),
            has_samples=there.has_samples,
            has_osm=there.has_osm,
        )
        return Response(path.read_bytes(), mimetype="image/png")


@blueprint.post("/finder/results")
def results() -> tuple[str, dict[str, str]]:
    """Answer the form with the list alone; it changes nothing, so it needs no token."""
    question = read_question(request.form, open_by_default=False)
    page = render_template("worker/results.html", question=question, answer=answer_to(question))
    return page, {"Cache-Control": "no-store"}


@blueprint.post("/finder/way")
def way() -> Response:
    """Answer the walk to a station in WGS-84; like the list, it changes nothing.

    By POST, so that the position stands in no address.
    """
    values = request.form
    lon, lat = (parse_number(name, values.get(name, "")) for name in ("lon", "lat"))
    check_lonlat(lon, lat)
    found = route(services().nearest, lon=lon, lat=lat, code=without_nul(values.get("to", "")))
    line = None
    if found.line is not None:
        line = geometry_from_wgs84(shapely.to_wkb(found.line), Datum.WGS84)
    response = json_reply({"basis": found.basis, "line": line})
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/finder/dots.json")
def dots() -> Response:
    """Answer about where the stations are, for the ground of the map."""
    points, total = overview_points(services().database, MOST_DOTS)
    return public_reply({"points": points, "total": total})


@blueprint.post("/finder/dots.json")
def dots_in_view() -> Response:
    """Answer the same of what is in view; it changes nothing.

    By POST: the view is about where one is, and stands in no address.
    """
    bbox = parse_bbox("bbox", without_nul(request.form.get("bbox", "")))
    points, total = overview_points(services().database, MOST_DOTS, bbox)
    response = json_reply({"points": points, "total": total})
    response.headers["Cache-Control"] = "no-store"
    return response


csrf.exempt(results)
csrf.exempt(way)
csrf.exempt(dots_in_view)
