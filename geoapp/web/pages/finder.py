"""``/``: where is the nearest place that is open now and has what I need?

The page works as a plain form. With JavaScript the same form is sent in the background as a POST,
so that a position stands in no address, no history and no log.
"""

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import shapely
from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from geoapp.core.entering import ANYBODY, WHO_TEXT, WITHOUT_TEXT, Entering, parse_entering
from geoapp.core.errors import InvalidValueError
from geoapp.core.geo import check_lonlat, geometry_from_wgs84, to_wgs84
from geoapp.core.i18n import Text
from geoapp.core.parsing import parse_bbox, parse_number, parse_whole, split_codes
from geoapp.core.travel import By, read_by
from geoapp.core.vocabulary import load_vocabulary
from geoapp.core.words import FAMILY_TEXT, Datum, Family
from geoapp.operations.facilities.places import (
    list_places,
    name_of_place,
    overview_points,
    point_of_place,
    where_text,
)
from geoapp.operations.link_picture import save_overview_picture
from geoapp.operations.nearest.arrival import beyond_text
from geoapp.operations.nearest.of_region import list_region, regions_of
from geoapp.operations.nearest.routes import route
from geoapp.operations.nearest.service import MAX_K, NearestItem, NearestQuery
from geoapp.operations.nearest.unplaced import Somewhere
from geoapp.operations.streets.starts import is_point
from geoapp.reports.words.nearest import region_list_text
from geoapp.reports.words.streets import counted_from_text
from geoapp.web.edge.heavy import kept
from geoapp.web.edge.language import language
from geoapp.web.edge.parameters import without_nul
from geoapp.web.edge.replies import json_reply, public_reply
from geoapp.web.edge.security import csrf
from geoapp.web.edge.services import public_address, services
from geoapp.web.pages.cards import KEY_AMENITIES, Card, far_text, make_cards
from geoapp.web.pages.chrome import map_setup
from geoapp.web.pages.hits import PAGE_LIMIT, hits_of
from geoapp.web.pages.near_misses import (
    ANYTHING,
    NearMiss,
    ShownMiss,
    Ways,
    fields_without,
    missed_text,
    what_is_in_the_way,
)

blueprint = Blueprint("finder", __name__)

FIRST_K = 6  # more by a press: three fit on a phone, and each is some 140 elements
MOST_DOTS = 3000
MOST_PLACES = 2000
INACCURATE_M = 200.0
MOST_NEAR = 1000  # are looked at for what misses fewest conditions
MOST_ACCURACY_M = 20_100_000.0  # half around the earth


@dataclass(frozen=True, slots=True)
class Question:
    """What the form asks; ``lon`` and ``lat`` are WGS-84, None as long as no place is given.

    ``accuracy_m`` is how far the position may be off, as the device says. ``regions`` are the place and
    what lies below it, if it is a region: its stations are listed, by how far they are from ``own``, the
    asker's position, where that is known.
    """

    lon: float | None
    lat: float | None
    place: str | None
    k: int
    open_only: bool
    what: str
    families: frozenset[str]
    kinds: frozenset[str]
    amenities: frozenset[str]
    entering: Entering = ANYBODY
    accuracy_m: float = 0.0
    regions: frozenset[str] = frozenset()
    own: tuple[float, float] | None = None
    by: By = By.WALK


@blueprint.get("/")
def show() -> str | BaseResponse:
    """Show the finder, with its answer where a place is given."""
    # The page of a station leads here while there is no network.
    if code := without_nul(request.args.get("station", "")):
        return redirect(url_for("station.show", code=code))
    # Without any choice, only places that are open now are looked for.
    fresh = not any(name in request.args for name in ("lon", "place", "what", "amenity", "asked"))
    question = _parse(request.args, open_by_default=fresh)
    vocabulary = load_vocabulary()
    words = request.args.get("q", "")
    parts = services()
    places, places_left_out = list_places(
        parts.database, parts.settings, MOST_PLACES, question.place
    )
    return render_template(
        "worker/finder.html",
        question=question,
        answer=_answer(question),
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
    has_samples = parts.nearest.ground()[0].has_samples
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "map.png"
        save_overview_picture(parts.database, path, language(), has_samples=has_samples)
        return Response(path.read_bytes(), mimetype="image/png")


@blueprint.post("/finder/results")
def results() -> tuple[str, dict[str, str]]:
    """Answer the form with the list alone; it changes nothing, so it needs no token."""
    question = _parse(request.form, open_by_default=False)
    page = render_template("worker/results.html", question=question, answer=_answer(question))
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


def _parse(values: MultiDict[str, str], *, open_by_default: bool) -> Question:
    # A position goes before a place, which then counts for nothing.
    given = values.get("lon") or values.get("lat")
    place = None if given else without_nul(values.get("place", "")) or None
    lon, lat = _position(values, place)
    regions = regions_of(services().database, place) if place else frozenset()
    own = _own(values) if regions else None
    what = values.get("what", "")
    family, _, kind = what.partition(":")
    return Question(
        lon=lon,
        lat=lat,
        place=place,
        k=_k(values.get("k", "")),
        open_only=open_by_default or values.get("open") == "1",
        what=what,
        families=frozenset({family}) if family and not kind else frozenset(),
        kinds=frozenset({kind}) if kind else frozenset(),
        amenities=split_codes(values.getlist("amenity")),
        entering=parse_entering(
            values.get("may_enter", ""),
            split_codes(values.getlist("without")),
            surely=values.get("surely") == "1",
        ),
        accuracy_m=_accuracy_m(values.get("own_accuracy" if own else "accuracy", "")),
        regions=regions,
        own=own,
        by=read_by(values.get("by", "")),
    )


def _own(values: MultiDict[str, str]) -> tuple[float, float] | None:
    """Return the asker's position beside a region, WGS-84, where the device has told it."""
    if not (values.get("own_lon") or values.get("own_lat")):
        return None
    lon, lat = (parse_number(name, values.get(name, "")) for name in ("own_lon", "own_lat"))
    check_lonlat(lon, lat)
    return lon, lat


def _accuracy_m(value: str) -> float:
    accuracy_m = parse_number("accuracy", value) if value else 0.0
    if not 0.0 <= accuracy_m <= MOST_ACCURACY_M:
        accepted = f"0 – {MOST_ACCURACY_M:.0f}"
        raise InvalidValueError("accuracy", value, Text(accepted, accepted))
    return accuracy_m


def _k(value: str) -> int:
    return parse_whole("k", value, 1, MAX_K) if value else FIRST_K


def _position(
    values: MultiDict[str, str], place: str | None
) -> tuple[float, float] | tuple[None, None]:
    if values.get("lon") or values.get("lat"):
        lon = parse_number("lon", values.get("lon", ""))
        lat = parse_number("lat", values.get("lat", ""))
        check_lonlat(lon, lat)
        wish = values.get("datum", str(Datum.WGS84))
        if wish not in set(Datum):
            accepted = ", ".join(Datum)
            raise InvalidValueError("datum", wish, Text(accepted, accepted))
        shifted = to_wgs84(lon=lon, lat=lat, datum=Datum(wish))
        return float(shifted[0]), float(shifted[1])
    if place:
        return point_of_place(services().database, services().settings, place)
    return None, None


def _answer(question: Question) -> dict[str, object] | None:
    if question.lon is None or question.lat is None:
        return None
    query = _query(question, question.lon, question.lat)
    if question.regions:
        return _region_answer(question, query)
    nearest = services().nearest
    items = nearest.ask(query)
    # Better a door that may be shut, and said to be, than an empty page.
    none_open = question.open_only and not items
    if none_open:
        items = nearest.ask(replace(query, open_on_arrival=False))
    beyond_m = nearest.beyond_m(items, question.by)
    return {
        "where": where_text(services().database, lon=question.lon, lat=question.lat),
        "beyond": None if beyond_m is None else _beyond_text(question, beyond_m, items),
        "inaccurate_m": question.accuracy_m if question.accuracy_m > INACCURATE_M else None,
        "from_place": _from_place(question),
        "none_open": none_open and bool(items),
        **_listed(
            question,
            query,
            items,
            _misses(question, query, is_beyond=beyond_m is not None, none_open=none_open),
        ),
    }


def _beyond_text(question: Question, beyond_m: float, items: list[NearestItem]) -> Text:
    first = min(items, key=lambda item: item.walk_m)
    far = far_text(services().nearest, first, question.accuracy_m)
    return beyond_text(beyond_m, far, question.by, in_line=first.is_afar)


def _region_answer(question: Question, query: NearestQuery) -> dict[str, object]:
    """Answer with the stations of the region that was chosen, near or not."""
    odd = None
    if question.own is not None:
        # From abroad or at sea nothing is close: the list is as without a position, and says why.
        odd = where_text(services().database, lon=question.own[0], lat=question.own[1])
        if odd is not None:
            question = replace(question, own=None, accuracy_m=0.0)
    found = list_region(services().nearest, query, question.own)
    name = _place_name(question)
    told = region_list_text(
        name,
        found.total,
        only_open=question.open_only and not found.none_open,
        is_filtered=bool(question.what or question.amenities) or question.entering.is_asked,
        is_own=question.own is not None,
    )
    start = query if found.start is None else replace(query, lon=found.start[0], lat=found.start[1])
    is_off = question.own is not None and question.accuracy_m > INACCURATE_M
    return {
        "where": odd,
        "region": name,
        "is_own": question.own is not None,
        "inaccurate_m": question.accuracy_m if is_off else None,
        "from_place": told if found.items else None,
        "none_open": found.none_open and bool(found.items),
        **_listed(question, start, found.items, [] if found.items else _misses(question, start)),
        "is_cut": len(found.items) == MAX_K < found.total,
    }


def _listed(
    question: Question, query: NearestQuery, items: list[NearestItem], misses: list[NearMiss]
) -> dict[str, object]:
    """Return what every answer holds: its cards, and what stands in their way where none is near."""
    somewhere = _somewhere(question, query)
    return {
        "cards": _cards(question, query, items),
        "misses": [_shown_miss(question, query, miss) for miss in misses],
        "misses_text": missed_text(misses),
        "somewhere": None if somewhere is None else somewhere.note,
        "more": len(items) == question.k and question.k < MAX_K,
        "is_cut": len(items) == MAX_K,
        "next_k": min(question.k * 2, MAX_K),
        "lon": round(query.lon, 7),
        "lat": round(query.lat, 7),
    }


def _somewhere(question: Question, query: NearestQuery) -> Somewhere | None:
    """Return how many the answer leaves out: of the region that is listed, else of where one is."""
    nearest = services().nearest
    if not question.regions:
        return nearest.somewhere(query)
    count = nearest.unplaced_in(query)
    return Somewhere(count, question.place or "", _place_name(question)) if count else None


def _is_from(question: Question) -> bool:
    """Tell whether how far stations are is told: the list of a region is from nowhere."""
    return not question.regions or question.own is not None


def _misses(
    question: Question, query: NearestQuery, *, is_beyond: bool = False, none_open: bool = False
) -> list[NearMiss]:
    """Return what stands in the way where nothing fits, or nothing near."""
    nearest = services().nearest
    # Where nothing fits at all it does not matter whether it is open: the sentences say it.
    query = replace(query, open_on_arrival=is_beyond and question.open_only and not none_open)

    def ask(asked: NearestQuery) -> list[NearestItem]:
        return (
            list_region(nearest, asked, question.own).items if asked.regions else nearest.ask(asked)
        )

    def look_around() -> list[NearestItem]:
        if query.regions:
            return ask(replace(query, k=MAX_K, **ANYTHING))
        return nearest.within_walk(replace(query, **ANYTHING), MOST_NEAR)

    def is_near(item: NearestItem) -> bool:
        return bool(query.regions) or nearest.is_walk(item.walk_m, query.by)

    ways = Ways(ask, look_around, is_near)
    what = _what_text(question) if question.what else None
    return what_is_in_the_way(query, what, ways, is_beyond=is_beyond)


def _shown_miss(question: Question, query: NearestQuery, miss: NearMiss) -> ShownMiss:
    [card] = _cards(question, query, [miss.item])
    address = None
    if request.method == "GET":
        address = f"{url_for('finder.show')}?{fields_without(request.args, miss.drops)}"
    return ShownMiss(miss, card, address)


def _cards(question: Question, query: NearestQuery, items: list[NearestItem]) -> list[Card]:
    return make_cards(
        items,
        asked=query.amenities,
        entering=query.entering,
        accuracy_m=question.accuracy_m,
        is_from=_is_from(question),
        by=question.by,
    )


def _what_text(question: Question) -> Text:
    for kind in load_vocabulary().kinds:
        if kind.code in question.kinds:
            return kind.text
    return FAMILY_TEXT[Family(question.what)]


def _from_place(question: Question) -> Text | None:
    if not question.place:
        return None
    return counted_from_text(_place_name(question), is_point=is_point(question.place))


def _place_name(question: Question) -> Text:
    """Return what the place is called; it has a position, so it is known."""
    parts = services()
    name = name_of_place(parts.database, parts.settings, question.place or "")
    return name or Text(question.place or "", question.place or "")


def _query(question: Question, lon: float, lat: float) -> NearestQuery:
    return NearestQuery(
        lon=lon,
        lat=lat,
        k=question.k,
        kinds=question.kinds,
        families=question.families,
        amenities=question.amenities,
        entering=question.entering,
        regions=question.regions,
        by=question.by,
        arrive=True,
        open_on_arrival=question.open_only,
    )
