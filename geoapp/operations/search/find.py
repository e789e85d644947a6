"""Find facilities, regions and what they offer by the words that people type."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from geoapp.core.i18n import Text
from geoapp.core.question_words import without_question
from geoapp.core.settings import Settings
from geoapp.core.simplified import simplified
from geoapp.core.sounds import folded, search_terms, sounds_of
from geoapp.core.units import format_metres
from geoapp.core.vocabulary import load_vocabulary
from geoapp.core.voices import NOTHING_SAID, Doubt, doubt_of, doubt_text, status_note_text
from geoapp.core.words import STATUS_TEXT, Status
from geoapp.operations.facilities.read import PUBLIC_STATUSES
from geoapp.operations.facilities.search_words import WordsKeeper
from geoapp.operations.search.hits import Found, Hit, joined
from geoapp.operations.search.spots import (
    PlaceNames,
    address_hits,
    landmarks_named,
    name_of,
    regions_named,
    street_hits,
)
from geoapp.operations.search.wishes import at_once, help_there, is_abbreviation, offers, there
from geoapp.operations.services.read import item_text, named_by
from geoapp.operations.streets.starts import found_streets
from geoapp.store.engine import Database, Session
from geoapp.store.facilities.places import RegionPlace, region_places
from geoapp.store.facilities.read import data_version
from geoapp.store.search.words import FacilityHit, count_unread, find_facilities
from geoapp.store.services import (
    OfferFilter,
    OfferRecord,
    desk_phones,
    item_records,
    offer_records,
)
from geoapp.store.voices import standings

MOST_HITS = 50
MOST_TERMS = 8
# So many facilities can be made findable while somebody waits; more are left to the worker.
_AT_ONCE = 200
# Kinds, amenities and regions that stand before the facilities, so that none crowds them out.
_FEW = 3
_ITSELF = 1
# As well as a facility fits by its initials, or by anything else than its name and its sound.
_BY_INITIALS = 6

_SERVICE = Text("服务", "Service")
_WITHOUT_POSITION = Text("位置未知", "position not known")


class SearchService:
    """Finds by the words that people type, in what the store holds now."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._words = WordsKeeper(database)
        self._places: tuple[int, PlaceNames] | None = None

    def find(
        self,
        words: str,
        *,
        limit: int,
        unpublished: bool = False,
        near: tuple[float, float] | None = None,
    ) -> Found:
        """Find by names, codes, addresses and telephones, by pinyin and by initials.

        Words separated by blanks must all be found. First come facilities of that very code or
        name, then a few kinds, amenities, regions, landmarks, streets and categories of services, then the
        facilities that offer a service of that name, then the other facilities. A question of which nothing is
        found is looked for without the words that only ask, a full address without the regions above the
        place that it names; where nothing is found of an address, the place that it begins with is.
        Words that name several amenities find them all at once, before each by itself; words that name a
        place and what is wanted there find it there. Addresses find corners and house numbers where
        streets are loaded. Traditional characters are searched as simplified ones, and as they are.

        Parameters
        ----------
        near
            (lon, lat), WGS-84: those that offer a service come nearest first.
        unpublished
            Whether proposed and approved facilities may be seen.
        """
        if not search_terms(words):
            return Found([], 0)
        plain = simplified(words)
        found = self._found(plain, limit, unpublished, near)
        if plain != words:
            # What is registered in such characters is found by them.
            seen = {(one.kind_of_hit, one.code, one.place) for one in found.hits}
            more = self._hits(words, limit, unpublished, near)
            new = [one for one in more if (one.kind_of_hit, one.code, one.place) not in seen]
            found = replace(found, hits=[*found.hits, *new][:limit])
        return found

    def _found(
        self, words: str, limit: int, unpublished: bool, near: tuple[float, float] | None
    ) -> Found:
        unread = self.catch_up()
        with self._database.snapshot() as session:
            places = self._places_of(session)
        hits = self._hits(words, limit, unpublished, near)
        # A full address names the city, too: what is sought stands behind it.
        inner = places.without_above(words)
        tries = [inner] if folded(inner) != folded(words) and not _are_streets(hits) else []
        tries += [] if hits else [one for one in (without_question(words),) if one is not None]
        for meant in tries:
            if found := self._hits(meant, limit, unpublished, near):
                return Found(found[:limit], unread, meant)
        if not hits and (place := places.place_first(words)) is not None:
            hits = [place]
        return Found(hits[:limit], unread)

    def _hits(
        self, words: str, limit: int, unpublished: bool, near: tuple[float, float] | None
    ) -> list[Hit]:
        terms = search_terms(words)[:MOST_TERMS]
        if not terms:
            return []
        statuses = frozenset(Status) if unpublished else PUBLIC_STATUSES
        with self._database.snapshot() as session:
            places = self._places_of(session)
            facilities = find_facilities(session, terms, statuses=statuses, limit=limit)
            categories, helping = _helping(
                session, self._settings.timezone, terms, near, statuses=statuses, limit=limit
            )
            addresses = address_hits(session, self._settings, words, places)
            streets = street_hits(session, found_streets(self._settings, terms, limit))
        regions = places.regions
        if is_abbreviation("".join(terms)):
            facilities = [one for one in facilities if one.rank < _BY_INITIALS]
        named = [_facility(one, regions) for one in facilities if one.rank <= _ITSELF]
        told = {one.code for one in (*named, *helping)}
        others = [_facility(one, regions) for one in facilities if one.rank > _ITSELF]
        others = [one for one in others if one.code not in told]
        seen = {one.code for one in named}
        helping = [one for one in helping if one.code not in seen]
        offered, areas = offers(terms), regions_named(terms, regions)
        known = {one.code for one in addresses}
        spots = [
            *landmarks_named(terms, regions),
            *addresses,
            *(one for one in streets if one.code not in known),
        ]
        # A category that is called so goes before what is called otherwise, too.
        exact = [one for one in categories if _is_called(one, terms)]
        if exact and not any(_is_called(one, terms) for one in offered):
            categories = [one for one in categories if one not in exact]
        else:
            exact = []
        few = [*exact, *offered[:_FEW], *areas[:_FEW], *spots[:_FEW], *categories[:_FEW]]
        hits = [*named, *few, *helping, *others, *offered[_FEW:], *areas[_FEW:], *spots[_FEW:]]
        asked = there(words, places)
        hits = [*at_once(words), *asked, *help_there(words, places), *hits]
        return hits[:limit]

    def catch_up(self) -> int:
        """Make changed facilities findable by words, a few hundred; return how many are left.

        The rest is made by the worker, within seconds.
        """
        if self._words.catch_up(_AT_ONCE):
            return 0
        with self._database.snapshot() as session:
            return count_unread(session)

    def warm_up(self) -> None:
        """Read what the first search would wait for: the names of regions, landmarks and streets."""
        with self._database.snapshot() as session:
            places = self._places_of(session)
        places.warm_up()

    def _places_of(self, session: Session) -> PlaceNames:
        version = data_version(session, "regions")
        if self._places is None or self._places[0] != version:
            regions = {one.code: one for one in region_places(session)}
            self._places = (version, PlaceNames(regions, self._settings))
        return self._places[1]


def _is_called(hit: Hit, terms: list[str]) -> bool:
    """Tell whether folded terms are the very name of what was found, in either language, or its sound."""
    sounds = sounds_of(simplified(hit.name.zh))
    spelt = (sounds.name, *sounds.pinyin.split(), sounds.initials, folded(hit.name.en))
    return "".join(terms) in spelt


def _are_streets(hits: list[Hit]) -> bool:
    return any(one.kind_of_hit == "street" for one in hits)


def _helping(
    session: Session,
    zone: str,
    terms: list[str],
    near: tuple[float, float] | None,
    *,
    statuses: frozenset[Status],
    limit: int,
) -> tuple[list[Hit], list[Hit]]:
    """Return the categories of services that carry the words, and who offers such a service."""
    items = item_records(session)
    categories, meant = named_by(terms, items)
    hits = [Hit("service", one.code, one.text, _SERVICE, None) for one in categories]
    if not meant:
        return hits, []
    wanted = OfferFilter(
        items=frozenset(one.code for one in meant),
        on_day=datetime.now(ZoneInfo(zone)).date(),
        statuses=frozenset(map(str, statuses - {Status.CLOSED})),
    )
    lon, lat = near or (None, None)
    by_code = {one.code: item_text(one) for one in meant}
    places: dict[str, tuple[OfferRecord, list[Text]]] = {}
    for one in offer_records(session, wanted, lon=lon, lat=lat):
        if one.facility is not None:
            places.setdefault(one.facility, (one, []))[1].append(by_code[one.item_code])
    phones = desk_phones(session, [one.facility_id for one, _ in places.values()])
    shown = list(places.values())[:limit]
    said = standings(session, [one.facility_id for one, _ in shown if one.facility_id is not None])
    found = [
        _place(one, told, phones, said.get(one.facility_id or 0, NOTHING_SAID).doubt)
        for one, told in shown
    ]
    return hits, found


def _place(
    one: OfferRecord,
    services: list[Text],
    phones: Mapping[int | None, str],
    doubt: Doubt | None,
) -> Hit:
    told = [Text("、".join(text.zh for text in services), ", ".join(text.en for text in services))]
    phone = one.phone or phones.get(one.facility_id) or one.place_phone
    if phone:
        told.append(Text(f"电话 {phone}", f"telephone {phone}"))
    if one.line_m is not None:
        far = format_metres(one.line_m)
        told.append(Text(f"直线 {far.zh}", f"{far.en} in a straight line"))
    if one.address:
        told.append(Text(one.address, one.address))
    if one.status is not None and one.status != Status.OPEN:
        told.append(STATUS_TEXT[Status(one.status)])
    if doubt is not None:
        told.append(doubt_text(doubt))
    place = None if one.lon is None or one.lat is None else (one.lon, one.lat)
    if place is None:
        told.append(_WITHOUT_POSITION)
    name = Text(one.name_zh, one.name_en or one.name_zh)
    return Hit("facility", one.facility or "", name, joined(told), place, one.is_sample)


def _facility(one: FacilityHit, regions: Mapping[str, RegionPlace]) -> Hit:
    told = []
    region = regions.get(one.region_code or "")
    if region is not None:
        told.append(name_of(region))
    if one.address:
        told.append(Text(one.address, one.address))
    told.append(_kind_text(one.kind_code))
    if one.status != Status.OPEN:
        status, note = STATUS_TEXT[Status(one.status)], one.status_note
        why = status_note_text(note) if note else None
        told.append(Text(f"{status.zh}：{why.zh}", f"{status.en}: {why.en}") if why else status)
    doubt = doubt_of(one.doubt, one.doubt_voices, one.doubt_since)
    if doubt is not None:
        told.append(doubt_text(doubt))
    name = Text(one.name_zh, one.name_en or one.name_zh)
    place = None if one.lon is None or one.lat is None else (one.lon, one.lat)
    if place is None:
        told.append(_WITHOUT_POSITION)
    return Hit("facility", one.code, name, joined(told), place, one.is_sample)


def _kind_text(code: str) -> Text:
    found = (kind.text for kind in load_vocabulary().kinds if kind.code == code)
    return next(found, Text(code, code))
