"""Places to look from, by name: regions, landmarks, streets, corners and house numbers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from geoapp.core.former_regions import FormerRegion, former_regions
from geoapp.core.i18n import Text
from geoapp.core.question_words import without_above
from geoapp.core.settings import Settings
from geoapp.core.sounds import folded, rank_of, sounds_of
from geoapp.core.words import LEVEL_TEXT, Level
from geoapp.operations.facilities.landmarks import ROUGH, landmarks
from geoapp.operations.facilities.place_names import (
    called,
    former_called,
    initials_called,
    rough_called,
    rough_initials,
)
from geoapp.operations.search.hits import Hit, HitKind, Place, joined
from geoapp.operations.streets.starts import (
    StreetStart,
    address_words,
    found_address,
    houses_called,
    is_street,
    streets_called,
)
from geoapp.store.engine import Session
from geoapp.store.facilities.places import RegionPlace, lowest_regions, regions_above
from geoapp.store.regions import region_outline

# Borders of districts run along streets, and are drawn as exactly as that: 30 m.
_BORDER_DEG: Final = 0.0003
_MOST_OF_A_NAME: Final = 3
_LEAST_NAME: Final = 2
ONLY_THE_PLACE: Final = Text(
    "只认出了这个地方，其余的没有找到", "Only this place was recognised, not the rest"
)


@dataclass(frozen=True, slots=True)
class _Spot:
    place: Place
    lon: float
    lat: float
    note: Text | None = None


class PlaceNames:
    """What places are called, whole and `folded`; made once for a state of the regions."""

    def __init__(self, regions: Mapping[str, RegionPlace], settings: Settings) -> None:
        self.regions = regions
        self._settings = settings
        self._by_name: dict[str, list[_Spot]] = {}
        self.initials: dict[str, list[_Spot]] = {}
        for one in regions.values():
            if one.lon is not None and one.lat is not None:
                spot = _Spot(Place(one.code, name_of(one)), one.lon, one.lat)
                self._add(called(one.name_zh, one.name_en), spot)
                self._add(initials_called([one.name_zh]), spot, self.initials)
                for former in _former_of(one):
                    self._add(former_called(former), replace(spot, note=former.note(name_of(one))))
        for mark in landmarks(regions.keys()):
            spot = _Spot(Place(mark.code, mark.name), mark.lon, mark.lat)
            self._add(rough_called(mark.code, mark.name.en, mark.other_names), spot)
            self._add(rough_initials(mark.code, mark.other_names), spot, self.initials)
        # Regions without an outline are no place to start from, and stand in addresses all the same.
        self._codes: dict[str, set[str]] = {}
        for name, spots in self._by_name.items():
            self._codes.setdefault(name, set()).update(one.place.code for one in spots)
        for one in regions.values():
            for name in called(one.name_zh, one.name_en):
                self._codes.setdefault(name, set()).add(one.code)
        self._parents = {one.code: one.parent_code for one in regions.values() if one.parent_code}
        # Behind these a street's name may stand.
        self.before_streets = frozenset(
            short
            for one in regions.values()
            for short in (one.name_zh, one.name_zh[:-1])
            if len(short) >= _LEAST_NAME
        )

    def _add(self, names: list[str], spot: _Spot, by: dict[str, list[_Spot]] | None = None) -> None:
        kept = self._by_name if by is None else by
        for name in names:
            kept.setdefault(name, []).append(spot)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and (
            name in self._by_name
            or is_street(self._settings, name)
            or bool(houses_called(self._settings, name, 1))
        )

    def without_above(self, words: str) -> str:
        """Return words without the regions that they name above a place ("青岛市市南区厕所")."""
        return without_above(words, self._codes, self._parents)

    def place_first(self, words: str) -> Hit | None:
        """Return the region or landmark that words begin with, where nothing is known of the rest."""
        left = self.without_above(words)
        for end in range(len(left) - 1, _LEAST_NAME - 1, -1):
            for spot in self._by_name.get(folded(left[:end]), ()):
                if not left[:end].isascii():
                    place, position = spot.place, (spot.lon, spot.lat)
                    kind: HitKind = "region" if place.code in self.regions else "landmark"
                    return Hit(kind, place.code, place.name, ONLY_THE_PLACE, position)
        return None

    def warm_up(self) -> None:
        """Read the names of streets, which else the first question waits for."""
        is_street(self._settings, "")

    def spots(self, name: str) -> list[_Spot]:
        """Return the few places of a folded name: regions, landmarks, else streets, else house numbers."""
        found = self._by_name.get(name) or self.initials.get(name)
        if found is None:
            starts = streets_called(self._settings, name, _MOST_OF_A_NAME)
            starts = starts or houses_called(self._settings, name, _MOST_OF_A_NAME)
            found = [_Spot(Place(one.code, one.name), one.lon, one.lat) for one in starts]
        return found[:_MOST_OF_A_NAME]


def regions_named(terms: list[str], regions: Mapping[str, RegionPlace]) -> list[Hit]:
    """Return the regions whose names hold all terms, the best first, greater regions before."""
    ranked = []
    for one in regions.values():
        rank = _best_rank(terms, (one.name_zh, one.name_en or ""))
        note = None
        if rank is None:
            # By a name that it had: nobody looks for the rest of the present one.
            for former in _former_of(one):
                rank = _best_rank(terms, (former.name.zh, former.name.en))
                note = former.note(name_of(one)) if rank is not None else note
        if rank is not None:
            above = regions.get(one.parent_code or "")
            told = [] if note is None else [note]
            told += [] if above is None else [name_of(above)]
            context = joined([*told, LEVEL_TEXT[Level(one.level)]])
            place = None if one.lon is None or one.lat is None else (one.lon, one.lat)
            hit = Hit("region", one.code, name_of(one), context, place)
            ranked.append((rank, one.code, hit))
    return [hit for _, _, hit in sorted(ranked, key=lambda one: one[:2])]


def _former_of(region: RegionPlace) -> list[FormerRegion]:
    return [one for one in former_regions() if one.code == region.code]


def _best_rank(terms: list[str], names: Iterable[str]) -> int | None:
    ranks = (rank_of(terms, sounds_of(name)) for name in names)
    return min((rank for rank in ranks if rank is not None), default=None)


def landmarks_named(terms: list[str], regions: Mapping[str, RegionPlace]) -> list[Hit]:
    """Return the landmarks whose names hold all terms, the best first."""
    ranked = []
    for one in landmarks(regions.keys()):
        names = (one.name.zh, one.name.en, *one.other_names)
        rank = _best_rank(terms, names)
        if rank is not None:
            context = joined([name_of(regions[one.district]), ROUGH])
            hit = Hit("landmark", one.code, one.name, context, (one.lon, one.lat))
            ranked.append((rank, one.code, hit))
    return [hit for _, _, hit in sorted(ranked, key=lambda one: one[:2])]


def street_hits(session: Session, starts: list[StreetStart]) -> list[Hit]:
    """Return places on streets as hits, each with the district that its point lies in."""
    districts = lowest_regions(session, [(one.lon, one.lat) for one in starts])
    hits = []
    for one, district in zip(starts, districts, strict=True):
        told = [] if district is None else [Text(district[0], district[1] or district[0])]
        context = joined([*told, one.context])
        hits.append(Hit("street", one.code, one.name, context, (one.lon, one.lat)))
    return hits


def address_hits(session: Session, settings: Settings, words: str, places: PlaceNames) -> list[Hit]:
    """Return the places that an address may mean ("延安路 12 号", "延安三路与江西路路口").

    A street by itself is none.
    """
    said = address_words(settings, words, places.before_streets)
    if said is None:
        return []
    region = _region_in(words, places.regions)
    if region is None and not said.is_crossing and not any(one.numbers for one in said.named):
        return []
    outline = None if region is None else region_outline(session, region)
    within = None if outline is None else outline.buffer(_BORDER_DEG)
    return street_hits(session, found_address(settings, said, within))


def _region_in(words: str, regions: Mapping[str, RegionPlace]) -> str | None:
    """Return the code of the region that an address names; None where it names none, or several."""
    plain = words.strip()
    named = {
        one.code
        for one in regions.values()
        if len(one.name_zh) > _LEAST_NAME
        and (one.name_zh in plain or plain.startswith(one.name_zh[:-1]))
    }
    above = {
        other.code for code in named for other in regions_above(code, regions) if other.code != code
    }
    left = named - above
    return left.pop() if len(left) == 1 else None


def name_of(region: RegionPlace) -> Text:
    """Return what a region is called in both languages."""
    return Text(region.name_zh, region.name_en or region.name_zh)
