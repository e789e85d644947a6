"""The stations as a phone keeps them, to answer where no network is.

Hours are shipped as what they come to, day by day, so that the phone reads none: a phone without the
network then says the same as the service, for so many days as are shipped.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import shapely

from geoapp.core.calendar import WorkCalendar
from geoapp.core.errors import InvalidValueError
from geoapp.core.former_regions import former_regions
from geoapp.core.hours import HORIZON_DAYS, day_stretches, tells_when
from geoapp.core.hours.words import words_of
from geoapp.core.i18n import Text
from geoapp.core.phones import telephones
from geoapp.core.question_words import question_words
from geoapp.core.settings import Settings
from geoapp.core.simplified import simplified, variants_of
from geoapp.core.sounds import by_initials, by_sound, folded, sounds_of
from geoapp.core.vocabulary import Vocabulary, load_vocabulary
from geoapp.core.voices import confirmed_text, doubt_text
from geoapp.core.words import ACCESS_TEXT, ENTRY_TEXT, FAMILY_TEXT
from geoapp.operations.facilities.landmarks import landmarks
from geoapp.operations.facilities.place_names import (
    called,
    former_called,
    initials_called,
    rough_called,
    rough_initials,
)
from geoapp.operations.moment import today
from geoapp.operations.nearest.grounds import china_ground
from geoapp.operations.nearest.rough import rough_m
from geoapp.operations.nearest.service import NearestService
from geoapp.operations.nearest.snapshot import Schedule
from geoapp.store.engine import Database
from geoapp.store.facilities.places import RegionPlace, region_places, regions_above
from geoapp.store.facilities.read import PlacedFacility
from geoapp.store.facilities.unplaced import unplaced_facilities

FORMAT: Final = 2
KNOWN_DAYS: Final = 14
MOST_STATIONS: Final = 5_000


def offline_stations(
    service: NearestService, database: Database, settings: Settings, region: str | None
) -> dict[str, Any]:
    """Return all that a phone needs to answer by line, by filters, hours and names.

    Parameters
    ----------
    region
        The code of a region: those in it and in the regions below it; None is all.

    Raises
    ------
    InvalidValueError
        If there are more facilities than a phone is asked to keep: a smaller region is to be named.
    """
    snapshot, _ = service.ground()
    with database.snapshot() as session:
        regions = {one.code: one for one in region_places(session)}
        within = None if region is None else _within(region, regions)
        codes = None if within is None else sorted(within)
        unplaced = 0 if codes == [] else len(unplaced_facilities(session, codes))
    area, sea = snapshot.ground.rings()
    found = [one for one in snapshot.facilities if one is not None]
    if within is not None:
        found = [one for one in found if one.region_code in within]
    if len(found) > MOST_STATIONS:
        accepted = Text(
            f"站点不超过 {MOST_STATIONS:,} 处的区域",
            f"a region of {MOST_STATIONS:,} stations at most",
        )
        raise InvalidValueError("region", region, accepted)
    first = today(settings) - timedelta(days=1)
    days = [first + timedelta(days=n) for n in range(KNOWN_DAYS + HORIZON_DAYS + 2)]
    hours = _Hours(days, snapshot.calendar)
    stations = [_station(one, hours, today(settings)) for one in found]
    vocabulary = load_vocabulary()
    return {
        "format": FORMAT,
        "version": ",".join(map(str, snapshot.versions)),
        "region": _name_of(regions[region]) if region in regions else None,
        "unplaced": unplaced,
        "first_day": _epoch_day(first),
        "known_days": KNOWN_DAYS + 1,
        "horizon_days": HORIZON_DAYS,
        "detour_factor": settings.detour_factor,
        "speed_m_per_s": settings.walking_speed_m_per_s,
        "ebike_m_per_s": settings.ebike_speed_m_per_s,
        "walk_limit_minutes": settings.walk_limit_minutes,
        "zones": {zone: _offsets(zone, days) for zone in sorted({one.timezone for one in found})},
        "patterns": hours.patterns,
        "schedules": hours.schedules,
        "kinds": [
            {
                "code": one.code,
                "family": one.family,
                **_pair(one.text),
                "names": _names(one.synonyms),
                "spoken": by_sound([one.name_zh, *one.synonyms]),
                "initials": by_initials([one.name_zh, *one.synonyms]),
            }
            for one in vocabulary.kinds
        ],
        "families": {str(one): _pair(text) for one, text in FAMILY_TEXT.items()},
        "amenities": [
            {
                "code": one.code,
                **_pair(one.text),
                "names": _names(one.synonyms),
                "spoken": by_sound([one.name_zh, *one.synonyms]),
                "initials": by_initials([one.name_zh, *one.synonyms]),
            }
            for one in vocabulary.amenities
        ],
        "question": question_words()._asdict(),
        "entries": {str(one): _pair(text) for one, text in ENTRY_TEXT.items()},
        "access": {str(one): _pair(text) for one, text in ACCESS_TEXT.items()},
        "places": [
            *(
                {"code": one.code, **_name_of(one)}
                | _found_by(one.name_zh, one.name_en, _former_names(one))
                | {"called": called(one.name_zh, one.name_en), "former": _former(one)}
                | {"initials": initials_called([one.name_zh])}
                | {"lon": one.lon, "lat": one.lat}
                for one in regions.values()
                if one.lon is not None
            ),
            *(
                {"code": one.code, **_pair(one.name)}
                | _found_by(one.name.zh, one.name.en, one.other_names)
                | {"called": rough_called(one.code, one.name.en, one.other_names)}
                | {"initials": rough_initials(one.code, one.other_names)}
                | {"lon": one.lon, "lat": one.lat}
                for one in landmarks(regions.keys())
            ),
        ],
        "parents": {
            one.code: one.parent_code for one in regions.values() if one.parent_code is not None
        },
        # Without an outline they are no place to start from, and addresses begin with them.
        "above": [
            {"code": one.code, "called": called(one.name_zh, one.name_en)}
            for one in regions.values()
            if one.lon is None
        ],
        "stations": stations,
        "traditional": _traditional(vocabulary, regions, found),
        "area": area,
        "sea": sea,
        "china": china_ground(),
    }


def _former_names(region: RegionPlace) -> list[str]:
    found = [one for one in former_regions() if one.code == region.code]
    return [name for one in found for name in (one.name.zh, one.name.en)]


def _former(region: RegionPlace) -> list[dict[str, Any]]:
    """Return the names that a region had, and what became of each."""
    now = Text(region.name_zh, region.name_en or region.name_zh)
    return [
        {"called": former_called(one), **_pair(one.note(now))}
        for one in former_regions()
        if one.code == region.code
    ]


def _traditional(
    vocabulary: Vocabulary, regions: Mapping[str, RegionPlace], found: Iterable[PlacedFacility]
) -> list[str]:
    """Return the traditional characters of what may be sought, and at the same places their simplified ones."""
    things = [name for one in vocabulary.amenities for name in (one.name_zh, *one.synonyms)]
    things += [name for one in vocabulary.kinds for name in (one.name_zh, *one.synonyms)]
    places = [one.name_zh for one in regions.values()]
    places += [one.name.zh for one in former_regions()]
    marks = [name for one in landmarks(regions.keys()) for name in (one.name.zh, *one.other_names)]
    around = [word for words in question_words() for word in words]
    told = [word for one in found for word in (one.name, one.address or "")]
    variants = variants_of("".join((*things, *places, *marks, *around, *told)))
    return ["".join(variants), "".join(variants.values())]


def _within(region: str, regions: Mapping[str, RegionPlace]) -> set[str]:
    """Return a region and those below it."""
    return {
        code
        for code in regions
        if any(above.code == region for above in regions_above(code, regions))
    }


def _name_of(region: RegionPlace) -> dict[str, str]:
    return _pair(Text(region.name_zh, region.name_en or region.name_zh))


class _Hours:
    """The schedules of many facilities over some days; each day that is like another stands once."""

    def __init__(self, days: list[date], calendar: WorkCalendar) -> None:
        self._days, self._calendar = days, calendar
        self.patterns: list[list[list[Any]]] = []
        self.schedules: list[dict[str, Any]] = []
        self._pattern_of: dict[tuple[Any, ...], int] = {}
        self._schedule_of: dict[Schedule, int] = {}

    def number(self, schedule: Schedule) -> int:
        """Return where a schedule stands in the list."""
        known = self._schedule_of.get(schedule)
        if known is None:
            known = self._schedule_of[schedule] = len(self.schedules)
            hours = schedule.opening_hours
            self.schedules.append(
                {
                    "zone": schedule.timezone,
                    "always": hours == "24/7",
                    "hours": None if hours is None else _pair(_hours_text(hours)),
                    "days": [self._pattern(schedule, day) for day in self._days],
                }
            )
        return known

    def _pattern(self, schedule: Schedule, day: date) -> int:
        hours, zone, lon, lat = schedule
        found = day_stretches(hours, day, timezone=zone, calendar=self._calendar, lon=lon, lat=lat)
        number = self._pattern_of.get(found)
        if number is None:
            number = self._pattern_of[found] = len(self.patterns)
            self.patterns.append(
                [
                    [one.minute, one.state, *([] if one.why is None else [_reason(one.why)])]
                    for one in found
                ]
            )
        return number


def _hours_text(hours: str) -> Text:
    return Text(words_of(hours, "zh"), words_of(hours, "en"))


def _station(one: PlacedFacility, hours: _Hours, day: date) -> dict[str, Any]:
    told = {
        "code": one.code,
        "name": one.name,
        "name_en": one.name_en,
        "kind": one.kind,
        "family": one.family,
        "lon": one.lon,
        "lat": one.lat,
        "region": one.region_code,
        "rings": _rings(one.area_wkb),
        "from": _epoch_day(one.from_date) if one.from_date else None,
        "to": _epoch_day(one.to_date) if one.to_date else None,
        "schedule": hours.number(Schedule.of(one)),
        "amenities": one.amenities,
        "no_amenities": one.no_amenities or None,
        "entry": one.entry,
        "access": one.access,
        "address": one.address,
        "phone": one.phone,
        "dial": next((call.href for call in telephones(one.phone) if call.href), None),
        "place": _pair(Text(one.place_zh, one.place_en or one.place_zh)) if one.place_zh else None,
        "verified_on": one.verified_on,
        "off_m": rough_m(one) or None,
        "doubt": None if one.doubtful is None else _pair(doubt_text(one.doubtful, day)),
        "confirmed": None
        if one.confirmed_on is None or one.doubtful is not None
        else _pair(confirmed_text(one.confirmed_on)),
        "sample": one.is_sample or None,
        **_found_by(one.name, one.name_en, _plainer(one.address)),
    }
    return {name: value for name, value in told.items() if value is not None}


def _rings(area_wkb: bytes | None) -> list[list[list[float]]] | None:
    if area_wkb is None:
        return None
    rings = shapely.get_rings(shapely.get_parts(shapely.from_wkb(area_wkb)))
    return [shapely.get_coordinates(ring).tolist() for ring in rings]


def _plainer(address: str | None) -> list[str]:
    """Return an address in simplified characters, if it is written in others."""
    plain = simplified(address or "")
    return [] if plain == (address or "") else [plain]


def _found_by(name: str, name_en: str | None, others: Collection[str] = ()) -> dict[str, Any]:
    """Return what a name is found by: folded, by its sound and its initials, as in the store."""
    plain = simplified(name)
    sounds = sounds_of(plain)
    return {
        "found_by": [
            sounds.name,
            sounds.pinyin,
            sounds.initials,
            folded(name_en or ""),
            *([] if plain == name else [folded(name)]),
            *_names(others),
        ]
    }


def _names(synonyms: Iterable[str]) -> list[str]:
    return sorted({folded(one) for one in synonyms})


def _pair(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _reason(why: Text) -> dict[str, str | bool]:
    return _pair(why) | ({"when": True} if tells_when(why) else {})


def _epoch_day(day: date) -> int:
    return (day - date(1970, 1, 1)).days


def _offsets(zone: str, days: list[date]) -> list[list[int]]:
    """Return from which minute since 1970 a zone's clocks are so many minutes ahead of UTC."""
    changes: list[list[int]] = []
    moment = datetime.combine(days[0], time(), UTC) - timedelta(days=1)
    end = datetime.combine(days[-1], time(), UTC) + timedelta(days=2)
    while moment < end:
        offset = moment.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()
        minutes = int(offset.total_seconds() // 60)
        if not changes or changes[-1][1] != minutes:
            changes.append([int(moment.timestamp() // 60), minutes])
        moment += timedelta(hours=1)
    return changes
