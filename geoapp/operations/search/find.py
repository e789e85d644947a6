"""Find facilities, regions and what they offer by the words that people type."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Literal
from zoneinfo import ZoneInfo

from geoapp.core.i18n import Text
from geoapp.core.question_words import wishes_in, without_question
from geoapp.core.settings import Settings
from geoapp.core.sounds import folded, rank_of, search_terms, sounds_of
from geoapp.core.units import format_metres
from geoapp.core.vocabulary import Amenity, Kind, load_vocabulary
from geoapp.core.voices import NOTHING_SAID, Doubt, doubt_of, doubt_text
from geoapp.core.words import LEVEL_TEXT, STATUS_TEXT, Level, Status
from geoapp.operations.facilities.landmarks import ROUGH, landmarks
from geoapp.operations.facilities.read import PUBLIC_STATUSES
from geoapp.operations.facilities.search_words import WordsKeeper
from geoapp.operations.services.read import item_text, named_by
from geoapp.operations.streets.starts import StreetStart, found_streets
from geoapp.reports.words.streets import about_text
from geoapp.store.engine import Database, Session
from geoapp.store.facilities.places import RegionPlace, lowest_regions, region_places
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
_ABBREVIATION = 3

_KIND = Text("类型", "Kind")
_AMENITY = Text("设施", "Amenity")
_ALL_AT_ONCE = Text("设施，都要有", "Amenities, all of them")
_SERVICE = Text("服务", "Service")
_WITHOUT_POSITION = Text("位置未知", "position not known")

HitKind = Literal["facility", "region", "landmark", "street", "kind", "amenity", "service"]


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that was found.

    Attributes
    ----------
    code
        Of the facility, region, landmark, street, kind, amenity (of several at once, with commas), or the
        category of services.
    position
        (lon, lat), WGS-84: the facility's (of an area, a point inside it), a point inside the
        region, about where a landmark is, on the street; None where there is no one place, or it is not known.
    context
        What tells it from others of its name.
    """

    kind_of_hit: HitKind
    code: str
    name: Text
    context: Text
    position: tuple[float, float] | None
    is_sample: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, best first; ``unread`` facilities are too new to be found by name yet.

    ``meant`` is what was looked for instead of the words, where these were a question.
    """

    hits: list[Hit]
    unread: int
    meant: str | None = None


class SearchService:
    """Finds by the words that people type, in what the store holds now."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._words = WordsKeeper(database)
        self._regions: tuple[int, dict[str, RegionPlace]] = (-1, {})

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
        found is looked for without the words that only ask. Words that name several amenities
        find them all at once, before each by itself.

        Parameters
        ----------
        near
            (lon, lat), WGS-84: those that offer a service come nearest first.
        unpublished
            Whether proposed and approved facilities may be seen.
        """
        unread = self.catch_up() if search_terms(words) else 0
        hits = [*_at_once(words), *self._hits(words, limit, unpublished, near)]
        meant = None if hits else without_question(words)
        if meant is not None:
            hits = [*_at_once(meant), *self._hits(meant, limit, unpublished, near)]
        return Found(hits[:limit], unread, meant)

    def _hits(
        self, words: str, limit: int, unpublished: bool, near: tuple[float, float] | None
    ) -> list[Hit]:
        terms = search_terms(words)[:MOST_TERMS]
        if not terms:
            return []
        statuses = frozenset(Status) if unpublished else PUBLIC_STATUSES
        with self._database.snapshot() as session:
            regions = self._regions_of(session)
            facilities = find_facilities(session, terms, statuses=statuses, limit=limit)
            categories, helping = _helping(
                session, self._settings.timezone, terms, near, statuses=statuses, limit=limit
            )
            streets = _streets(session, found_streets(self._settings, terms, limit))
        if _is_abbreviation("".join(terms)):
            facilities = [one for one in facilities if one.rank < _BY_INITIALS]
        named = [_facility(one, regions) for one in facilities if one.rank <= _ITSELF]
        told = {one.code for one in (*named, *helping)}
        others = [_facility(one, regions) for one in facilities if one.rank > _ITSELF]
        others = [one for one in others if one.code not in told]
        seen = {one.code for one in named}
        helping = [one for one in helping if one.code not in seen]
        offers, areas = _offers(terms), _regions(terms, regions)
        spots = _landmarks(terms, regions)
        spots = [*spots, *streets]
        few = [*offers[:_FEW], *areas[:_FEW], *spots[:_FEW], *categories[:_FEW]]
        hits = [*named, *few, *helping, *others, *offers[_FEW:], *areas[_FEW:], *spots[_FEW:]]
        return hits[:limit]

    def catch_up(self) -> int:
        """Make changed facilities findable by words, a few hundred; return how many are left.

        The rest is made by the worker, within seconds.
        """
        if self._words.catch_up(_AT_ONCE):
            return 0
        with self._database.snapshot() as session:
            return count_unread(session)

    def _regions_of(self, session: Session) -> dict[str, RegionPlace]:
        version = data_version(session, "regions")
        if self._regions[0] != version:
            self._regions = (version, {one.code: one for one in region_places(session)})
        return self._regions[1]


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
    return Hit("facility", one.facility or "", name, _joined(told), place, one.is_sample)


def _offers(terms: list[str]) -> list[Hit]:
    """Return the kinds and amenities that carry the words, the best first."""
    vocabulary = load_vocabulary()
    ranked = [
        *(
            (_rank(one, terms), Hit("kind", one.code, one.text, _KIND, None))
            for one in vocabulary.kinds
        ),
        *((_rank(one, terms), _amenity(one)) for one in vocabulary.amenities),
    ]
    found = sorted(
        ((rank, hit) for rank, hit in ranked if rank is not None), key=lambda one: one[0]
    )
    # A Latin word that is a name (WC, AED) is not a few letters out of the initials of another.
    if found and found[0][0] == 0 and "".join(terms).isascii():
        found = [(rank, hit) for rank, hit in found if rank <= _ITSELF]
    return [hit for _, hit in found]


def _rank(one: Kind | Amenity, terms: list[str]) -> int | None:
    names = (one.name_zh, one.name_en, *one.synonyms)
    ranks = (rank_of(terms, sounds_of(name)) for name in names)
    return min((rank for rank in ranks if rank is not None), default=None)


def _amenity(one: Amenity) -> Hit:
    return Hit("amenity", one.code, one.text, _AMENITY, None)


@cache
def _amenity_names() -> dict[str, str]:
    return {
        folded(name): one.code
        for one in load_vocabulary().amenities
        for name in (one.name_zh, one.name_en, *one.synonyms)
    }


def _is_abbreviation(word: str) -> bool:
    """Return whether a folded word is a few Latin letters that name an amenity (WC, AED)."""
    return word.isascii() and len(word) <= _ABBREVIATION and word in _amenity_names()


def _at_once(words: str) -> list[Hit]:
    """Return the amenities that the words want at once: all as one hit, then each."""
    codes = wishes_in(words, _amenity_names())
    if not codes:
        return []
    wanted = [one for code in codes for one in load_vocabulary().amenities if one.code == code]
    name = Text(
        " + ".join(one.text.zh for one in wanted), " + ".join(one.text.en for one in wanted)
    )
    return [Hit("amenity", ",".join(codes), name, _ALL_AT_ONCE, None), *map(_amenity, wanted)]


def _regions(terms: list[str], regions: Mapping[str, RegionPlace]) -> list[Hit]:
    """Return the regions whose names hold all terms, the best first, greater regions before."""
    ranked = []
    for one in regions.values():
        ranks = [rank_of(terms, sounds_of(name)) for name in (one.name_zh, one.name_en or "")]
        rank = min((rank for rank in ranks if rank is not None), default=None)
        if rank is not None:
            above = regions.get(one.parent_code or "")
            context = LEVEL_TEXT[Level(one.level)]
            if above is not None:
                context = _joined([_name_of(above), context])
            place = None if one.lon is None or one.lat is None else (one.lon, one.lat)
            hit = Hit("region", one.code, _name_of(one), context, place)
            ranked.append((rank, one.code, hit))
    return [hit for _, _, hit in sorted(ranked, key=lambda one: one[:2])]


def _landmarks(terms: list[str], regions: Mapping[str, RegionPlace]) -> list[Hit]:
    """Return the landmarks whose names hold all terms, the best first."""
    ranked = []
    for one in landmarks(regions.keys()):
        names = (one.name.zh, one.name.en, *one.other_names)
        ranks = [rank_of(terms, sounds_of(name)) for name in names]
        rank = min((rank for rank in ranks if rank is not None), default=None)
        if rank is not None:
            context = _joined([_name_of(regions[one.district]), ROUGH])
            hit = Hit("landmark", one.code, one.name, context, (one.lon, one.lat))
            ranked.append((rank, one.code, hit))
    return [hit for _, _, hit in sorted(ranked, key=lambda one: one[:2])]


def _streets(session: Session, starts: list[StreetStart]) -> list[Hit]:
    """Return streets as hits, each with the district that its point lies in."""
    districts = lowest_regions(session, [(one.lon, one.lat) for one in starts])
    hits = []
    for one, district in zip(starts, districts, strict=True):
        told = [] if district is None else [Text(district[0], district[1] or district[0])]
        context = _joined([*told, about_text(one.reach_m)])
        hits.append(Hit("street", one.code, one.name, context, (one.lon, one.lat)))
    return hits


def _facility(one: FacilityHit, regions: Mapping[str, RegionPlace]) -> Hit:
    told = []
    region = regions.get(one.region_code or "")
    if region is not None:
        told.append(_name_of(region))
    if one.address:
        told.append(Text(one.address, one.address))
    told.append(_kind_text(one.kind_code))
    if one.status != Status.OPEN:
        told.append(STATUS_TEXT[Status(one.status)])
    doubt = doubt_of(one.doubt, one.doubt_voices, one.doubt_since)
    if doubt is not None:
        told.append(doubt_text(doubt))
    name = Text(one.name_zh, one.name_en or one.name_zh)
    place = None if one.lon is None or one.lat is None else (one.lon, one.lat)
    if place is None:
        told.append(_WITHOUT_POSITION)
    return Hit("facility", one.code, name, _joined(told), place, one.is_sample)


def _kind_text(code: str) -> Text:
    found = (kind.text for kind in load_vocabulary().kinds if kind.code == code)
    return next(found, Text(code, code))


def _name_of(region: RegionPlace) -> Text:
    return Text(region.name_zh, region.name_en or region.name_zh)


def _joined(parts: list[Text]) -> Text:
    return Text(" · ".join(one.zh for one in parts), " · ".join(one.en for one in parts))
