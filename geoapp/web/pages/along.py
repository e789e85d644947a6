"""``/along``: which stations are on my way?

The page works as a plain form. It is sent by POST, so that the stops stand in no address, no history
and no log; an address may name stops to begin with.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from flask import Blueprint, render_template, request
from werkzeug.datastructures import MultiDict

from geoapp.core.entering import WHO_TEXT, WITHOUT_TEXT, Entering, parse_entering
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.parsing import parse_number, split_codes
from geoapp.core.travel import BY_TEXT, WAY_TEXT, By, read_by
from geoapp.core.vocabulary import load_vocabulary
from geoapp.core.words import Basis
from geoapp.operations.along.question import (
    MOST_LEG_M,
    MOST_ROUTE_M,
    MOST_STOPS,
    USUAL_MORE_MINUTES,
    AlongQuery,
)
from geoapp.operations.along.said import (
    added_text,
    after_text,
    goes_nowhere,
    letter,
    no_way_text,
    nothing_text,
    same_places,
    too_far_text,
)
from geoapp.operations.along.service import AlongAnswer, AlongItem, along
from geoapp.operations.along.stops import Stop, read_stop
from geoapp.operations.nearest.said import Said, said_on_arrival
from geoapp.web.edge.parameters import without_nul
from geoapp.web.edge.security import csrf
from geoapp.web.edge.services import services
from geoapp.web.pages.along_misses import Miss, misses
from geoapp.web.pages.cards import KEY_AMENITIES, Card, make_cards

blueprint = Blueprint("along_pages", __name__)

SHOWN_K = 10
LEAST_ROWS = 2
MINUTES = (5, 10, 15, 30, 60)


@dataclass(frozen=True, slots=True)
class Form:
    """What the form says; ``stops`` are the words as they are written, empty rows left out."""

    stops: list[str]
    by: By
    open_only: bool
    amenities: frozenset[str]
    entering: Entering
    minutes: float
    is_line: bool

    @property
    def rows(self) -> list[str]:
        """The rows of the form: those filled in, and empty ones up to the least."""
        return self.stops + [""] * (LEAST_ROWS - len(self.stops))


@dataclass(frozen=True, slots=True)
class Found:
    """A station of the answer as the list shows it."""

    card: Card
    added: Text
    after: Text
    there_at: str | None
    said: Said
    way: Text
    is_estimate: bool


@blueprint.get("/along")
@blueprint.post("/along")
def show() -> str:
    """Show the form, with its answer where two stops are given."""
    values = request.form if request.method == "POST" else request.args
    form = _form(values, is_fresh=request.method == "GET")
    words = load_vocabulary()
    return render_template(
        "worker/along.html",
        form=form,
        answer=_answer(form),
        by_text=BY_TEXT,
        minutes=MINUTES,
        most_stops=MOST_STOPS,
        most_leg_m=MOST_LEG_M,
        most_route_m=MOST_ROUTE_M,
        usual_minutes=f"{USUAL_MORE_MINUTES:g}",
        letter=letter,
        who_texts=WHO_TEXT,
        without_texts=WITHOUT_TEXT,
        amenities=[
            next(word for word in words.amenities if word.code == code) for code in KEY_AMENITIES
        ],
    )


@blueprint.post("/along/results")
def results() -> tuple[str, dict[str, str]]:
    """Answer the form with the list alone; it changes nothing, so it needs no token."""
    form = _form(request.form, is_fresh=False)
    page = render_template(
        "worker/along_results.html", form=form, answer=_answer(form), letter=letter
    )
    return page, {"Cache-Control": "no-store"}


csrf.exempt(show)
csrf.exempt(results)


def _form(values: MultiDict[str, str], *, is_fresh: bool) -> Form:
    stops = [without_nul(one).strip() for one in values.getlist("stop")]
    minutes = values.get("more_minutes", "")
    return Form(
        stops=[one for one in stops if one],
        by=read_by(values.get("by", "")),
        open_only=is_fresh or values.get("open") == "1",
        amenities=split_codes(values.getlist("amenity")),
        entering=parse_entering(
            values.get("may_enter", ""),
            split_codes(values.getlist("without")),
            surely=values.get("surely") == "1",
        ),
        minutes=parse_number("more_minutes", minutes) if minutes else USUAL_MORE_MINUTES,
        is_line=values.get("keep") == "1",
    )


def _answer(form: Form) -> dict[str, Any] | None:
    if len(form.stops) < LEAST_ROWS:
        return None
    if len(form.stops) > MOST_STOPS:
        accepted = Text(f"2 至 {MOST_STOPS} 个地点", f"2 to {MOST_STOPS} places")
        raise InvalidValueError("stops", len(form.stops), accepted)
    parts = services()
    stops = [read_stop(parts.search, one) for one in form.stops]
    places = [one.place for one in stops if one.place is not None]
    if len(places) < len(stops):
        return {"stops": stops, "unknown": [one for one in stops if one.place is None]}
    too_far = too_far_text(tuple(places))
    if too_far is not None:
        return {"stops": stops, "unknown": [], "too_far": too_far, "odd": _odd(stops)}
    query = AlongQuery(
        points=tuple(places),
        is_line=form.is_line,
        by=form.by,
        k=SHOWN_K,
        amenities=form.amenities,
        entering=form.entering,
        open_only=form.open_only,
        more_minutes=form.minutes,
    )
    return _told(form, stops, along(parts.nearest, query))


def _told(form: Form, stops: list[Stop], answer: AlongAnswer) -> dict[str, Any]:
    cards = make_cards(
        [item.near for item in answer.items],
        asked=form.amenities,
        entering=form.entering,
        by=form.by,
    )
    lines = [
        None
        if leg.line is None
        else [[round(lon, 7), round(lat, 7)] for lon, lat in leg.line.coords]
        for leg in answer.legs
    ]
    # Of a way that goes nowhere there is no length to tell.
    joined = not goes_nowhere(answer.query.points) and all(
        leg.way_m is not None for leg in answer.legs
    )
    odd = _odd(stops)
    outside = {one for letters, _ in odd for one in letters}
    is_empty = not answer.items and len(outside) < len(stops)
    missed = _misses(form, answer.query) if is_empty else []
    # Where each leg has an end outside, and no condition stands in the way, that is why nothing is on it.
    is_outside = all({letter(leg), letter(leg + 1)} & outside for leg in range(1, len(stops)))
    return {
        "stops": stops,
        "unknown": [],
        "odd": odd,
        "same": same_places(answer.query),
        "found": [
            _found(item, card, form.by) for item, card in zip(answer.items, cards, strict=True)
        ],
        "no_way": no_way_text(answer),
        "nothing": nothing_text(answer.query) if missed or (is_empty and not is_outside) else None,
        "misses": missed,
        "way_m": sum(leg.way_m or 0.0 for leg in answer.legs) if joined else None,
        "seconds": sum(leg.seconds or 0.0 for leg in answer.legs) if joined else None,
        "way": WAY_TEXT[form.by, answer.basis],
        "drawn": orjson.dumps(
            {
                "stops": [one.place for one in stops],
                "lines": lines,
            }
        ).decode(),
    }


def _misses(form: Form, query: AlongQuery) -> list[tuple[Miss, Found]]:
    found = misses(services().nearest, query, MINUTES)
    cards = make_cards(
        [one.item.near for one in found], asked=form.amenities, entering=form.entering, by=form.by
    )
    return [(one, _found(one.item, card, form.by)) for one, card in zip(found, cards, strict=True)]


def _odd(stops: list[Stop]) -> list[tuple[list[str], Text]]:
    """Return the letters of stops outside the area of the service, with what is said of each."""
    told: dict[Text, list[str]] = {}
    for number, stop in enumerate(stops, 1):
        if stop.place is None:
            continue
        where = services().nearest.where(services().database, *stop.place)
        if where is not None:
            told.setdefault(where, []).append(letter(number))
    return [(letters, where) for where, letters in told.items()]


def _found(item: AlongItem, card: Card, by: By) -> Found:
    arrival = item.near.arrival
    there_at = None
    if arrival is not None and arrival.there_at is not None:
        zone = ZoneInfo(item.near.facility.timezone)
        # Rounded up, as minutes are: nobody is promised to be there sooner.
        there_at = f"{(arrival.there_at + timedelta(seconds=59)).astimezone(zone):%H:%M}"
    return Found(
        card=card,
        added=added_text(item, by),
        after=after_text(item),
        there_at=there_at,
        said=said_on_arrival(item.near),
        way=WAY_TEXT[by, item.near.basis],
        is_estimate=item.near.basis is Basis.ESTIMATE,
    )
