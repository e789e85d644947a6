"""One found facility in words: what a worker reads before setting out."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from flask import url_for

from geoapp.core.entering import ANYBODY, MAY_ENTER_TEXT, Entering
from geoapp.core.hours import CHINESE_ZONES, tells_when
from geoapp.core.hours.words import words_of
from geoapp.core.i18n import Language, Text
from geoapp.core.links import links
from geoapp.core.phones import Telephone, telephones
from geoapp.core.travel import WAY_TEXT, By
from geoapp.core.units import format_metres, format_metres_about
from geoapp.core.vocabulary import load_vocabulary
from geoapp.core.voices import confirmed_text, doubt_text
from geoapp.core.words import ACCESS_TEXT, ENTRY_TEXT, Access, Entry
from geoapp.operations.nearest.rough import rough_m, rough_text
from geoapp.operations.nearest.said import State, said_now, said_on_arrival
from geoapp.operations.nearest.sea import NO_WAY_TEXT
from geoapp.operations.nearest.service import NearestItem, NearestService
from geoapp.store.facilities.read import PlacedFacility
from geoapp.web.edge.language import language
from geoapp.web.edge.services import public_address, services

KEY_AMENITIES = (
    "drinking_water",
    "microwave",
    "phone_charging",
    "toilet",
    "air_conditioning",
    "seating",
    "first_aid",
)
OLD_DAYS = 365
MOST_RIDE_SECONDS = 3_600.0
# Off by so much, minutes of a walk say nothing.
_VAGUE_S = 3_600.0
ABROAD = ("google", "apple", "amap", "baidu", "tencent")

Presence = Literal["yes", "no", "unknown"]

LINK_TEXT = {
    "amap": Text("高德地图", "Amap"),
    "baidu": Text("百度地图", "Baidu Maps"),
    "tencent": Text("腾讯地图", "Tencent Maps"),
    "apple": Text("苹果地图", "Apple Maps"),
    "google": Text("谷歌地图", "Google Maps"),
}


@dataclass(frozen=True, slots=True)
class AmenityMark:
    """One amenity at one facility: there, known not to be there, or unknown."""

    code: str
    text: Text
    presence: Presence


@dataclass(frozen=True, slots=True)
class Card:
    """What one line of the finder's list shows; ``lon`` and ``lat`` are in that of the page's maps (WGS-84).

    Attributes
    ----------
    is_from
        Whether it is told how far it is; of a region's list, from nowhere, it is not.
    is_walk
        Whether it is, or may be, near enough to walk to; beyond, nobody speaks of minutes.
    no_way
        Why no way there is known, though it is near enough; None where one is.
    far
        How long the walk is, or the line to what ``is_afar``; told no finer than the position is known,
        as a range if ``is_far_vague``.
    by
        How one goes; ``away_seconds`` is how long that takes.
    walk_span
        The least and the most minutes of the walk, or of the ride, where the position is known too badly for one.
    may_enter
        Whether whoever asks may enter; None where they say nothing of themselves.
    rough
        Said where the facility's own position may be far off, as of one found by its address.
    """

    number: int
    code: str
    name: str
    kind: Text
    sample: bool
    lon: float
    lat: float
    state: State
    state_text: Text
    state_note: str | None
    tells_when: bool
    is_from: bool
    is_walk: bool
    no_way: Text | None
    walk_span: tuple[int, int] | None
    by: By
    away_seconds: float
    walk_m: float
    far: Text
    is_far_vague: bool
    is_afar: bool
    distance_m: float
    basis: Text
    is_estimate: bool
    entry: Text | None
    access: Text | None
    may_enter: Text | None
    is_sure_to_enter: bool
    key_amenities: list[AmenityMark]
    other_amenities: list[AmenityMark]
    verified_on: date | None
    verified_long_ago: bool
    rough: Text | None
    doubt: Text | None
    confirmed: Text | None
    address: str | None
    place: Text | None
    opening_hours: str | None
    host: str | None
    operator: str | None
    phone: str | None
    phones: list[Telephone]
    links: list[tuple[Text, str]]
    ride_links: list[tuple[Text, str]]
    ride_seconds: float
    ride_kmh: int
    page: str

    @property
    def is_walk_vague(self) -> bool:
        """Whether the position is known so badly that minutes of a walk from it say nothing."""
        span = self.walk_span
        return span is not None and 60.0 * span[1] - self.away_seconds > _VAGUE_S


def _ride_seconds(walk_m: float) -> float:
    """Return how long a ride may take; 0 where nobody would ride so far, so that no hours are told."""
    seconds = services().nearest.speeds.seconds(walk_m, By.EBIKE)
    return seconds if seconds <= MOST_RIDE_SECONDS else 0.0


def make_cards(
    items: list[NearestItem],
    *,
    asked: frozenset[str],
    entering: Entering = ANYBODY,
    accuracy_m: float = 0.0,
    is_from: bool = True,
    by: By = By.WALK,
) -> list[Card]:
    """Return the cards of an answer, nearest first; amenities that were asked for come first.

    Parameters
    ----------
    entering
        Who wants to enter: each card then tells whether they may.
    accuracy_m
        How far the position may be off; walks are told no finer than that.
    is_from
        Whether the answer is counted from where somebody is; else how far places are is not told.
    by
        How they go.
    """
    return [
        _card(
            number,
            item,
            asked=asked,
            entering=entering,
            accuracy_m=accuracy_m,
            is_from=is_from,
            by=by,
        )
        for number, item in enumerate(items, start=1)
    ]


def _card(
    number: int,
    item: NearestItem,
    *,
    asked: frozenset[str],
    entering: Entering,
    accuracy_m: float,
    is_from: bool,
    by: By,
) -> Card:
    one = item.facility
    now = datetime.now(UTC)
    nearest = services().nearest
    off_m = rough_m(one)
    is_near = nearest.is_walk(item.walk_m, by, off_m=accuracy_m + off_m)
    is_walk = is_near and not item.no_way
    vague = nearest.walk_span(item.walk_m, accuracy_m + off_m, by)
    span = vague if is_walk else None
    later = timedelta(seconds=60.0 * vague[1] - item.till_there_seconds) if vague else timedelta(0)
    said = said_now(item, now) if item.arrival is None else said_on_arrival(item, later=later)
    today = now.astimezone(ZoneInfo(one.timezone)).date()
    marks = _marks(one, asked)
    keys = {*KEY_AMENITIES, *asked}
    admits = entering.admits(one.access, one.entry)
    return Card(
        number=number,
        code=one.code,
        name=_name(one, language()),
        kind=_kind_text(one.kind),
        sample=one.is_sample,
        lon=round(one.lon, 7),
        lat=round(one.lat, 7),
        state=said.state,
        state_text=said.text,
        state_note=None if said.note is None else said.note.pick(language()),
        tells_when=said.note is not None and tells_when(said.note),
        is_from=is_from,
        is_walk=is_walk,
        no_way=NO_WAY_TEXT[item.sea] if is_near and item.sea is not None else None,
        walk_span=span,
        by=by,
        away_seconds=item.till_there_seconds,
        walk_m=item.walk_m,
        far=far_text(nearest, item, accuracy_m + off_m),
        is_far_vague=vague is not None,
        is_afar=item.is_afar,
        distance_m=item.distance_m,
        basis=WAY_TEXT[by, item.basis],
        is_estimate=item.basis == "estimate",
        entry=ENTRY_TEXT[Entry(one.entry)] if one.entry else None,
        access=ACCESS_TEXT[Access(one.access)] if one.access else None,
        may_enter=MAY_ENTER_TEXT[admits] if entering.is_asked else None,
        is_sure_to_enter=admits is True,
        key_amenities=[mark for mark in marks if mark.code in keys],
        other_amenities=[
            mark for mark in marks if mark.code not in keys and mark.presence != "unknown"
        ],
        verified_on=one.verified_on,
        verified_long_ago=one.verified_on is not None and (today - one.verified_on).days > OLD_DAYS,
        rough=rough_text(off_m) if off_m else None,
        doubt=None if one.doubtful is None else doubt_text(one.doubtful, today),
        confirmed=None
        if one.confirmed_on is None or one.doubtful is not None
        else confirmed_text(one.confirmed_on),
        address=one.address,
        place=Text(one.place_zh, one.place_en or one.place_zh) if one.place_zh else None,
        opening_hours=words_of(one.opening_hours, language()) if one.opening_hours else None,
        host=one.host,
        operator=one.operator,
        phone=one.phone,
        phones=telephones(one.phone),
        links=_links(one),
        ride_links=_links(one, riding=True),
        ride_seconds=_ride_seconds(item.walk_m)
        if is_from and vague is None and not item.no_way
        else 0.0,
        ride_kmh=round(3.6 * nearest.speeds.of(By.EBIKE)),
        page=public_address(url_for("station.show", code=one.code)),
    )


def walk_text(nearest: NearestService, walk_m: float, off_m: float) -> Text:
    """Return how long a walk is from a position that may be off by so much, and no finer."""
    if nearest.walk_span(walk_m, off_m) is None:
        return format_metres(walk_m)
    return format_metres_about(walk_m, nearest.estimate.walk_m(off_m))


def far_text(nearest: NearestService, item: NearestItem, off_m: float) -> Text:
    """Return how long the walk to a place is, or the line to one afar; no finer than the position is known."""
    if not item.is_afar:
        return walk_text(nearest, item.walk_m, off_m)
    if nearest.walk_span(item.walk_m, off_m) is None:
        return format_metres(item.distance_m)
    return format_metres_about(item.distance_m, off_m)


def _links(one: PlacedFacility, *, riding: bool = False) -> list[tuple[Text, str]]:
    """Return the links with the maps that know the country best before the others."""
    found = links(lon=one.lon, lat=one.lat, name=one.name, riding=riding)
    names = sorted(found, key=ABROAD.index) if one.timezone not in CHINESE_ZONES else list(found)
    return [(LINK_TEXT[name], found[name]) for name in names]


def _name(one: PlacedFacility, chosen: Language) -> str:
    return one.name_en if chosen == "en" and one.name_en else one.name


def _kind_text(code: str) -> Text:
    for kind in load_vocabulary().kinds:
        if kind.code == code:
            return kind.text
    return Text(code, code)


def _marks(one: PlacedFacility, asked: frozenset[str]) -> list[AmenityMark]:
    there, absent = set(one.amenities), set(one.no_amenities)
    order = {code: place for place, code in enumerate(KEY_AMENITIES)}
    words = sorted(
        load_vocabulary().amenities,
        key=lambda word: (word.code not in asked, order.get(word.code, len(order)), word.sort),
    )
    return [
        AmenityMark(
            word.code,
            word.text,
            "yes" if word.code in there else "no" if word.code in absent else "unknown",
        )
        for word in words
    ]
