"""The sample's stations, bases and homes: invented, inside real districts, and called samples.

Names, hosts and operators are generic words; no real station, company or person is meant.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from geoapp.core.i18n import Text
from geoapp.core.standards import shipped_standards
from geoapp.core.vocabulary import load_vocabulary
from geoapp.core.words import SAMPLE_TEXT, Family, Status
from geoapp.samples.mix import FacilityMix, HoursForm, load_facility_mix
from geoapp.samples.settlement import (
    DECIMALS,
    GEOD,
    Dice,
    Settlement,
    apportion,
    load_settlements,
    nearest_centre,
    settled_points,
)

AS_OF = date(2026, 11, 20)
"""The day on which the sample was invented; no date in it is later, but booths' next summers."""
SUMMER_YEARS = (2026, 2027, 2028)
_MIX_STREAM, _DETAIL_STREAM, _MOVING_STREAM = 11, 12, 13
_UNATTENDED = "smart_station"


@dataclass(frozen=True, slots=True)
class SamplePlace:
    """Where a moving sample stands in a period; WGS-84."""

    lon: float
    lat: float
    label: Text
    valid_from: date | None
    valid_to: date | None
    opening_hours: str


@dataclass(frozen=True, slots=True)
class SampleFacility:
    """One invented facility in the columns of an import; WGS-84, None is unknown."""

    code: str
    kind: str
    name_zh: str
    name_en: str
    lon: float
    lat: float
    status: str
    opened_on: date | None
    closed_on: date | None
    verified_on: date | None
    opening_hours: str | None
    opening_hours_raw: str | None
    amenities: tuple[str, ...]
    no_amenities: tuple[str, ...]
    entry: str | None
    access: str | None
    address: str
    phone: str | None
    operator: str
    host: str
    capacity: int | None
    source: str
    region: str
    position_accuracy_m: float | None
    is_sample: bool
    area: Polygon | None
    places: tuple[SamplePlace, ...]


@dataclass(frozen=True, slots=True)
class _Slot:
    """A facility before its details: what it is, where, and its hours."""

    district: str
    family: Family
    kind: str
    lon: float
    lat: float
    hours: HoursForm | None


def sample_facilities(
    outlines: Mapping[str, BaseGeometry],
    names: Mapping[str, Text],
    population: Mapping[str, int],
    *,
    seed: int,
) -> list[SampleFacility]:
    """Generate the facilities of the sample, in the order of their codes.

    Parameters
    ----------
    outlines
        Districts by code, EPSG:4326.
    names
        The districts' names by code.
    population
        Residents by district code; stations, bases and homes follow it.
    seed
        The same seed gives the same facilities on every machine.
    """
    mix, settlements = load_facility_mix(), load_settlements()
    slots = [
        slot
        for family in Family
        for slot in _slots(family, outlines, settlements, population, mix, seed)
    ]
    made: list[SampleFacility] = []
    for district in sorted(outlines):
        here = [slot for slot in slots if slot.district == district]
        for number, slot in enumerate(here, start=1):
            dice = Dice(seed, int(district), number, _DETAIL_STREAM)
            maker = _Maker(slot, number, settlements[district], names[district], mix, dice, seed)
            made.append(maker.make(outlines[district]))
    return made


def _slots(
    family: Family,
    outlines: Mapping[str, BaseGeometry],
    settlements: Mapping[str, Settlement],
    population: Mapping[str, int],
    mix: FacilityMix,
    seed: int,
) -> list[_Slot]:
    """Place one family by population and deal out its kinds and hours by their exact shares."""
    total, order = mix.counts[family], list(Family).index(family)
    dice = Dice(seed, order, _MIX_STREAM)
    codes = sorted(outlines)
    positions: list[tuple[str, float, float]] = []
    for code, count in zip(
        codes, apportion([population[code] for code in codes], total), strict=True
    ):
        own = Dice(seed, int(code), order)
        points = settled_points(outlines[code], settlements[code], int(count), own)
        positions += [
            (code, float(lon), float(lat)) for lon, lat in zip(points.lon, points.lat, strict=True)
        ]
    kinds = _kinds(family, mix, total, dice)
    hours = _hours(family, kinds, mix, dice)
    return [
        _Slot(code, family, kind, lon, lat, form)
        for (code, lon, lat), kind, form in zip(positions, kinds, hours, strict=True)
    ]


def _kinds(family: Family, mix: FacilityMix, total: int, dice: Dice) -> list[str]:
    moving = [kind for kind, count in mix.moving.items() for _ in range(count)]
    moving = moving if family is Family.STATION else []
    words = list(mix.kinds[family])
    fixed = dice.quota(list(mix.kinds[family].values()), total - len(moving))
    kinds = [words[index] for index in fixed] + moving
    return [kinds[index] for index in dice.order(total)]


def _hours(
    family: Family, kinds: Sequence[str], mix: FacilityMix, dice: Dice
) -> list[HoursForm | None]:
    """Unattended stations never close; the stated share of all facilities does not either."""
    forms: tuple[HoursForm | None, ...] = (*mix.hours[family], mix.always, None)
    total = len(kinds)
    unattended = sum(kind == _UNATTENDED for kind in kinds)
    always = max(0, round(mix.always_share * total) - unattended)
    unknown = round(mix.hours_unknown_share * total)
    rest = [form.weight for form in mix.hours[family]]
    counts = [*apportion(rest, total - unattended - always - unknown), always, unknown]
    dealt = np.repeat(np.arange(len(forms)), counts)[dice.order(total - unattended)]
    remaining = iter([forms[index] for index in dealt])
    return [mix.always if kind == _UNATTENDED else next(remaining) for kind in kinds]


class _Maker:
    """Fills in the details of one facility from its own stream of draws."""

    def __init__(
        self,
        slot: _Slot,
        number: int,
        settlement: Settlement,
        district: Text,
        mix: FacilityMix,
        dice: Dice,
        seed: int,
    ) -> None:
        self._slot, self._number, self._settlement = slot, number, settlement
        self._district, self._mix, self._dice, self._seed = district, mix, dice, seed
        self._near = nearest_centre(settlement, lon=slot.lon, lat=slot.lat).name
        kinds = {kind.code: kind.text for kind in load_vocabulary().kinds}
        self._kind = kinds[slot.kind]

    def make(self, outline: BaseGeometry) -> SampleFacility:
        slot, dice = self._slot, self._dice
        status = self._word(self._mix.status) or Status.OPEN
        opened_on, closed_on, verified_on = self._dates(status)
        present, absent = self._amenities()
        hosts = self._mix.hosts[slot.family]
        host = hosts[int(dice.pick([weight for _, weight in hosts], 1)[0])][0]
        entry = self._mix.entry[slot.family]
        moving = slot.kind in self._mix.moving
        return SampleFacility(
            code=f"S-{slot.district}-{self._number:03d}",
            kind=slot.kind,
            name_zh=f"{SAMPLE_TEXT.zh}·{self._near.zh}{self._kind.zh} {self._number:03d}",
            name_en=f"{SAMPLE_TEXT.en} {self._near.en} {self._kind.en} {self._number:03d}",
            lon=slot.lon,
            lat=slot.lat,
            status=status,
            opened_on=opened_on,
            closed_on=closed_on,
            verified_on=verified_on,
            opening_hours=None if moving or slot.hours is None else slot.hours.osm,
            opening_hours_raw=None if moving or slot.hours is None else slot.hours.raw,
            amenities=present,
            no_amenities=absent,
            entry=self._word(self._mix.unattended_entry if slot.kind == _UNATTENDED else entry),
            access=self._word(self._mix.access[slot.family]),
            address=f"{SAMPLE_TEXT.zh}地址：青岛市{self._district.zh}{self._near.zh}片区",
            phone=f"0532-0000-{self._number:04d}" if dice.chance(0.25) else None,
            operator=f"{SAMPLE_TEXT.zh}·{self._near.zh}片区工会联合会",
            host=f"{SAMPLE_TEXT.zh}{host}",
            capacity=dice.between(*self._mix.capacity[slot.family]) if dice.chance(0.6) else None,
            source=f"{SAMPLE_TEXT.zh}数据（随机生成，种子 {self._seed}）",
            region=slot.district,
            position_accuracy_m=float(dice.between(1, 10) * 5) if dice.chance(0.7) else None,
            is_sample=True,
            area=self._area(outline) if slot.kind in self._mix.area_kinds else None,
            places=self._places(outline) if moving else (),
        )

    def _word(self, weights: Mapping[str, float]) -> str | None:
        """Draw a word by its weight; '' stands for unknown."""
        words = list(weights)
        return words[int(self._dice.pick(list(weights.values()), 1)[0])] or None

    def _dates(self, status: str) -> tuple[date | None, date | None, date | None]:
        """Return when it opened, closed and was last verified; some are old, some unknown."""
        dice = self._dice
        opened = AS_OF - timedelta(days=dice.between(200, 3000)) if dice.chance(0.8) else None
        recently = dice.chance(0.78)
        age_days = dice.between(0, 320) if recently else dice.between(400, 1500)
        verified = AS_OF - timedelta(days=age_days) if dice.chance(0.88) else None
        closed = AS_OF - timedelta(days=dice.between(10, 190))
        if status in (Status.PROPOSED, Status.APPROVED):
            return None, None, None
        if opened and verified and verified < opened:
            verified = opened
        return opened, closed if status == Status.CLOSED else None, verified

    def _amenities(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the amenities that are there and those known not to be."""
        dice, slot = self._dice, self._slot
        if dice.chance(self._mix.nothing_known_share):
            return (), ()
        chances = self._mix.chances(slot.family, slot.kind)
        state: dict[str, bool | None] = {}
        drawn = dice.uniform(len(chances))
        for (code, (share, known_absent)), lot in zip(chances.items(), drawn, strict=True):
            state[code] = True if lot < share else (False if lot < share + known_absent else None)
        if slot.family is Family.STATION and dice.chance(self._mix.seven_ones_share):
            state |= dict.fromkeys(shipped_standards()[0].amenity_codes, True)
        return (
            tuple(code for code, there in state.items() if there),
            tuple(code for code, there in state.items() if there is False),
        )

    def _area(self, outline: BaseGeometry) -> Polygon | None:
        """Return the premises as a rectangle around the point, or None where it leaves the land."""
        width_m, depth_m = self._dice.between(40, 140), self._dice.between(30, 100)
        turn = self._dice.between(0, 89)
        half_diagonal_m = np.hypot(width_m, depth_m) / 2
        corner = np.degrees(np.arctan2(width_m, depth_m))
        bearings = turn + np.array([corner, 180 - corner, 180 + corner, -corner])
        lon, lat, _ = GEOD.fwd(
            [self._slot.lon] * 4, [self._slot.lat] * 4, bearings, [half_diagonal_m] * 4
        )
        # Compass bearings run clockwise; reversed, the ring is counter-clockwise as GeoJSON asks.
        ring = np.round(np.column_stack([lon, lat])[::-1], DECIMALS)
        area = Polygon(ring)
        return area if shapely.covers(outline, area) else None

    def _places(self, outline: BaseGeometry) -> tuple[SamplePlace, ...]:
        """Return where it stands: a service bus at two places a day, a booth in summer only."""
        slot = self._slot
        if slot.kind == "summer_booth":
            return tuple(
                SamplePlace(
                    lon=slot.lon,
                    lat=slot.lat,
                    label=Text(f"{self._near.zh}夏季点位", f"{self._near.en}, summer"),
                    valid_from=date(year, 6, 1),
                    valid_to=date(year, 9, 30),
                    opening_hours="09:00-12:00,14:00-21:00",
                )
                for year in SUMMER_YEARS
            )
        dice = Dice(self._seed, int(slot.district), self._number, _MOVING_STREAM)
        second = settled_points(outline, self._settlement, 1, dice)
        lon, lat = float(second.lon[0]), float(second.lat[0])
        evening = nearest_centre(self._settlement, lon=lon, lat=lat).name
        first_day = date(SUMMER_YEARS[0], 1, 1)
        return (
            SamplePlace(
                lon=slot.lon,
                lat=slot.lat,
                label=Text(f"{self._near.zh}（上午）", f"{self._near.en} (morning)"),
                valid_from=first_day,
                valid_to=None,
                opening_hours="Mo-Sa 07:00-12:00",
            ),
            SamplePlace(
                lon=lon,
                lat=lat,
                label=Text(f"{evening.zh}（下午）", f"{evening.en} (afternoon)"),
                valid_from=first_day,
                valid_to=None,
                opening_hours="Mo-Sa 13:30-19:30",
            ),
        )
