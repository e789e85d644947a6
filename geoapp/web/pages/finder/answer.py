"""What the finder answers: cards, what stands in their way, and what is odd about the question."""

from dataclasses import replace
from urllib.parse import urlencode

from flask import request, url_for

from geoapp.core.i18n import Text
from geoapp.core.vocabulary import load_vocabulary
from geoapp.core.words import FAMILY_TEXT, Family
from geoapp.operations.facilities.places import name_of_place
from geoapp.operations.nearest.arrival import beyond_text
from geoapp.operations.nearest.of_region import list_region
from geoapp.operations.nearest.service import MAX_K, NearestItem, NearestQuery
from geoapp.operations.nearest.unplaced import Somewhere
from geoapp.operations.streets.starts import is_point
from geoapp.reports.words.nearest import (
    UNKNOWN_HOURS_LISTED_TEXT,
    region_list_text,
    unknown_hours_text,
)
from geoapp.reports.words.streets import counted_from_text
from geoapp.web.edge.services import services
from geoapp.web.pages.cards import Card, far_text, make_cards
from geoapp.web.pages.finder.question import Question
from geoapp.web.pages.near_misses import (
    ANYTHING,
    NearMiss,
    ShownMiss,
    Ways,
    fields_without,
    missed_text,
    what_is_in_the_way,
)

INACCURATE_M = 200.0
MOST_NEAR = 1000  # are looked at for what misses fewest conditions


def answer_to(question: Question) -> dict[str, object] | None:
    """Return what the template of results shows; None where no place is given."""
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
    beyond_m = nearest.beyond_m(items, question.by, accuracy_m=question.accuracy_m)
    misses: list[NearMiss] = []
    if not items or beyond_m is not None:
        misses = _misses(question, query, is_beyond=beyond_m is not None, none_open=none_open)
    return {
        "where": nearest.where(
            services().database, question.lon, question.lat, question.accuracy_m
        ),
        "beyond": None if beyond_m is None else _beyond_text(question, beyond_m, items),
        "inaccurate_m": question.accuracy_m if question.accuracy_m > INACCURATE_M else None,
        "from_place": _from_place(question),
        "none_open": none_open and bool(items),
        "hours": None if none_open or beyond_m is not None else _hours(question, query, items),
        **_listed(question, query, items, misses),
    }


def _hours(
    question: Question, query: NearestQuery, items: list[NearestItem]
) -> dict[str, object] | None:
    """Return what is said of those of unknown hours that are left out, or listed; None where it is nothing."""
    if not (question.open_only and items):
        return None
    address = None
    if question.or_unknown:
        text = UNKNOWN_HOURS_LISTED_TEXT
    else:
        hidden, is_more = services().nearest.hidden(query, items)
        if not hidden:
            return None
        far = far_text(services().nearest, hidden[0], question.accuracy_m)
        text = unknown_hours_text(len(hidden), far, is_more=is_more)
    if request.method == "GET":
        asked = request.args.to_dict(flat=False) | {"open": ["1"], "asked": ["1"]}
        asked.pop("unknown", None)
        if not question.or_unknown:
            asked["unknown"] = ["1"]
        address = f"{url_for('finder.show')}?{urlencode(asked, doseq=True)}"
    return {"text": text, "is_listed": question.or_unknown, "address": address}


def _beyond_text(question: Question, beyond_m: float, items: list[NearestItem]) -> Text:
    first = min(items, key=lambda item: item.walk_m)
    far = far_text(services().nearest, first, question.accuracy_m)
    return beyond_text(beyond_m, far, question.by, in_line=first.is_afar)


def _region_answer(question: Question, query: NearestQuery) -> dict[str, object]:
    """Answer with the stations of the region that was chosen, near or not."""
    odd = None
    if question.own is not None:
        # From abroad or at sea nothing is close: the list is as without a position, and says why.
        odd = services().nearest.where(services().database, *question.own, question.accuracy_m)
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
        if query.regions:
            return True
        return not item.no_way and nearest.is_walk(item.walk_m, query.by)

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
        or_unknown=question.or_unknown and not question.regions,
        off_m=question.accuracy_m,
    )
