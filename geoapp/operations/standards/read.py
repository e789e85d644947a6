"""Hold facilities against a published standard: who complies, who lacks what, what is unknown."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from geoapp.core.errors import UnusableInputError
from geoapp.core.i18n import Text
from geoapp.core.results.standards import (
    ComplianceCount,
    FacilityCompliance,
    ItemCount,
    PricedPieces,
    Prices,
    Purchase,
    PurchaseList,
    RegionCompliance,
    StandardResult,
    StoredPrice,
    summed,
)
from geoapp.core.settings import Settings
from geoapp.core.standards import (
    Compliance,
    Standard,
    judge,
    standard_of,
    standards_for,
    state_of,
)
from geoapp.core.words import Level
from geoapp.operations.facilities.read import check_region
from geoapp.store.engine import Database
from geoapp.store.facilities.places import RegionName, region_names, regions_above
from geoapp.store.standards import CheckedFacility, checked_facilities

_SUMMED_UP = (Level.PROVINCE, Level.CITY, Level.DISTRICT)
_NO_DISTRICT = Text("区未知", "District unknown")


@dataclass(frozen=True, slots=True)
class OwnCompliance:
    """How one facility stands to one standard."""

    standard: Standard
    state: Compliance
    lacking: tuple[Text, ...]
    unknown: tuple[Text, ...]


def check_standard(
    database: Database, settings: Settings, code: str, region: str | None = None
) -> StandardResult:
    """Hold the facilities in service of a region, of the standard's kinds, against it.

    Parameters
    ----------
    region
        None is everywhere.

    Raises
    ------
    NotFoundError
        If there is no such standard.
    InvalidValueError
        If there is no such region.
    UnusableInputError
        If nothing in a facility's record answers to the standard, or its items are not known.
    """
    standard = standard_of(settings, code)
    if not standard.can_be_checked:
        raise UnusableInputError(
            Text(
                f"{standard.zh}不能核对：{why_not(standard).zh}。",
                f"{standard.en} cannot be checked: {why_not(standard).en}.",
            )
        )
    with database.snapshot() as session:
        check_region(session, region)
        asked = [one.amenities for one in standard.items or ()]
        found = checked_facilities(session, asked, standard.kinds, region)
        names = {one.code: one for one in region_names(session, outlined=False)}
    samples = sum(one.is_sample for one in found)
    sample = 0 < samples == len(found)
    facilities = tuple(
        _compliance(one, standard, names) for one in found if one.is_sample is sample
    )
    return StandardResult(
        standard=standard,
        region=region,
        sample=sample,
        left_out_samples=0 if sample else samples,
        total=_count(facilities, standard),
        regions=_by_region(facilities, standard, names, region),
        facilities=facilities,
    )


def why_not(standard: Standard) -> Text:
    """Return why a standard that cannot be checked cannot."""
    if standard.items is None and standard.spacing is not None:
        return Text(
            "它只规定站点的间距，没有设施的清单",
            "it rules the spacing of stations and lists no equipment",
        )
    if standard.items is None:
        return Text("我们的来源没有公布它的内容", "its items are not published in our sources")
    return Text(
        "设施的资料里没有与它的任何一项对应的内容",
        "nothing in a facility's record answers to any of its items",
    )


def own_compliance(settings: Settings, facility: Mapping[str, Any]) -> list[OwnCompliance]:
    """Return how a facility stands to the standards that it is held against.

    Parameters
    ----------
    facility
        Its ``kind``, ``region``, ``amenities`` and ``no_amenities``.
    """
    found = []
    for standard in standards_for(settings, facility["kind"], facility["region"]):
        items = standard.items or ()
        there, lacking = judge(standard, facility["amenities"], facility["no_amenities"])
        known = {*there, *lacking}
        found.append(
            OwnCompliance(
                standard,
                state_of(len(items), there, lacking),
                tuple(items[number - 1].text for number in lacking),
                tuple(
                    item.text for number, item in enumerate(items, start=1) if number not in known
                ),
            )
        )
    return found


def purchase_list(
    standard: Standard, facilities: Sequence[FacilityCompliance], prices: Prices
) -> PurchaseList:
    """Return what must be bought so that all of some facilities comply.

    Parameters
    ----------
    prices
        Of the places where they stand; what has none is counted and not summed up.
    """
    lacking: Counter[tuple[int, str | None]] = Counter()
    unknown: Counter[tuple[int, str | None]] = Counter()
    places: dict[str | None, None] = {}
    for one in facilities:
        places[one.region_code] = None
        lacking.update((number, one.region_code) for number in one.lacking)
        unknown.update((number, one.region_code) for number in one.unknown)
    items = []
    for number, item in enumerate(standard.items or (), start=1):
        # Keyed by what is paid: places that share a price stand together.
        parts: dict[tuple[float | None, StoredPrice | None], list[int]] = {}
        for place in places or prices.by_place:
            stored = prices.by_place[place].get(number)
            price = prices.given.get(number) if stored is None else stored.yuan
            pieces = parts.setdefault((price, stored), [0, 0])
            pieces[0] += lacking[number, place]
            pieces[1] += unknown[number, place]
        items.append(
            Purchase(
                number,
                item.text,
                tuple(PricedPieces(*key, *parts[key]) for key in sorted(parts, key=_by_price))
                if item.is_recorded
                else None,
            )
        )
    # What nobody lacks costs nothing, and says nothing of what the rest costs.
    wanted = [one for one in items if one.is_needed] or items
    return PurchaseList(
        tuple(items),
        summed([one.cost for one in wanted]),
        sum(one.is_unpriced for one in items),
        sum(one.pieces is None for one in items),
    )


def _by_price(key: tuple[float | None, StoredPrice | None]) -> tuple[float, str, str]:
    price, stored = key
    if price is None or stored is None:
        return (math.inf if price is None else price), "", ""
    return price, stored.region or "", stored.price_list


def _compliance(
    one: CheckedFacility, standard: Standard, names: Mapping[str, RegionName]
) -> FacilityCompliance:
    items, known = len(standard.items or ()), {*one.there, *one.lacking}
    return FacilityCompliance(
        code=one.code,
        name=Text(one.name_zh, one.name_en or one.name_zh),
        region_code=one.region_code,
        district=next(
            (r.code for r in regions_above(one.region_code, names) if r.level == Level.DISTRICT),
            None,
        ),
        sample=one.is_sample,
        lon=one.lon,
        lat=one.lat,
        there=one.there,
        lacking=one.lacking,
        unknown=tuple(number for number in range(1, items + 1) if number not in known),
        state=state_of(items, one.there, one.lacking),
    )


def _count(facilities: Sequence[FacilityCompliance], standard: Standard) -> ComplianceCount:
    states = [one.state for one in facilities]
    there, lacking = [0] * len(standard.items or ()), [0] * len(standard.items or ())
    for one in facilities:
        for number in one.there:
            there[number - 1] += 1
        for number in one.lacking:
            lacking[number - 1] += 1
    return ComplianceCount(
        len(facilities),
        states.count(Compliance.COMPLIES),
        states.count(Compliance.LACKS),
        states.count(Compliance.UNKNOWN),
        tuple(
            ItemCount(has, lacks, len(facilities) - has - lacks)
            for has, lacks in zip(there, lacking, strict=True)
        ),
    )


def _by_region(
    facilities: Iterable[FacilityCompliance],
    standard: Standard,
    names: Mapping[str, RegionName],
    within: str | None,
) -> tuple[RegionCompliance, ...]:
    """Return the counts of provinces, cities and districts by code, then of no known district.

    Parameters
    ----------
    within
        The region that was asked about: those above it are not counted whole, and left out.
    """
    parts: dict[str, list[FacilityCompliance]] = defaultdict(list)
    nowhere: list[FacilityCompliance] = []
    for one in facilities:
        for region in regions_above(one.region_code, names):
            if region.level in _SUMMED_UP:
                parts[region.code].append(one)
        if one.district is None:
            nowhere.append(one)
    rows = [
        RegionCompliance(
            code,
            names[code].level,
            Text(names[code].name_zh, names[code].name_en or names[code].name_zh),
            _count(parts[code], standard),
        )
        for code in sorted(parts)
        if within is None or within in {one.code for one in regions_above(code, names)}
    ]
    if nowhere:
        rows.append(RegionCompliance(None, None, _NO_DISTRICT, _count(nowhere, standard)))
    return tuple(rows)
