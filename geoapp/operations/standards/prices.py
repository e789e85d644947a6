"""Prices of a standard's items: by lists of the store, or as people give them for once."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_MONEY
from geoapp.core.results.standards import PriceList, Prices, StandardResult, StoredPrice
from geoapp.core.standards import Standard
from geoapp.store.engine import Database
from geoapp.store.facilities.places import RegionName, region_names, regions_above
from geoapp.store.prices import PriceRecord, price_records


def parse_prices(
    standard: Standard, given: Mapping[str, str], parameter: str = "price_{}"
) -> dict[int, float]:
    """Return prices by the number of the item; what is left empty has none.

    Parameters
    ----------
    given
        By the number of the item (from 1), as text.
    parameter
        What the parameter of a number is called, for the message.

    Raises
    ------
    InvalidValueError
        If the standard has no such item, or a price is no amount of money.
    """
    items, prices = len(standard.items or ()), {}
    for number, words in given.items():
        if not (number.isascii() and number.isdigit() and 1 <= int(number) <= items):
            accepted = Text(f"1 到 {items} 的项号", f"the number of an item, 1 to {items}")
            raise InvalidValueError(parameter.format(number), number, accepted)
        if not words.strip():
            continue
        try:
            price = float(words)
        except ValueError:
            price = math.nan
        if not 0 <= price <= MOST_MONEY:
            accepted = Text("一件的价格（元），不小于 0", "the price of one, not below 0")
            raise InvalidValueError(parameter.format(number), words, accepted)
        prices[int(number)] = price
    return prices


def price_lists(
    database: Database, region: str | None, chosen: str | None = None
) -> tuple[PriceList, ...]:
    """Return the lists with a price that holds in a region or in a part of it, the newest first.

    Parameters
    ----------
    region
        None is everywhere.
    chosen
        The name of a list that is among them in any case, if there is one.
    """
    records, names = _read(database)
    above = {one.code for one in regions_above(region, names)}
    parts: dict[str | None, bool] = {}
    for code in {one.region for one in records}:
        within = {one.code for one in regions_above(code, names)}
        parts[code] = code is None or region is None or code in above or region in within
    return _lists(
        (one.list, one.as_of, one.sample)
        for one in records
        if parts[one.region] or one.list == chosen
    )


def prices_for(
    database: Database,
    result: StandardResult,
    given: Mapping[int, float],
    chosen: str | None = None,
    parameter: str = "prices",
) -> Prices:
    """Return what the items of a standard cost wherever a facility of a result stands.

    A price of a region holds there and in all below it. The nearest goes before a wider one, of
    those of one region the newest; so the districts of a city sum to it. What is given goes before
    a list's. Where several amenities satisfy an item, the cheapest with a price is bought.

    Parameters
    ----------
    given
        By the number of the item, in yuan.
    chosen
        The list that counts alone; None is all of them, an empty name none.
    parameter
        What that is called, for the message.

    Raises
    ------
    InvalidValueError
        If no list is called so.
    """
    records, names = ([], {}) if chosen == "" else _read(database)
    if chosen:
        listed = sorted({one.list for one in records})
        records = [one for one in records if one.list == chosen]
        if not records:
            accepted = Text(
                f"价格表的名称：{'、'.join(listed) or '没有'}",
                f"the name of a price list: {', '.join(listed) or 'there is none'}",
            )
            raise InvalidValueError(parameter, chosen[:80], accepted)
    newest: dict[tuple[str, str | None], StoredPrice] = {}
    for one in records:
        held = newest.get((one.item, one.region))
        if held is None or (-one.as_of.toordinal(), one.list) < (
            -held.as_of.toordinal(),
            held.price_list,
        ):
            newest[one.item, one.region] = _stored(one)
    places = {one.region_code for one in result.facilities} or {result.region}
    by_place = {place: _prices_at(place, result.standard, given, newest, names) for place in places}
    used = {one for prices in by_place.values() for one in prices.values()}
    return Prices(given, by_place, _lists((one.price_list, one.as_of, one.sample) for one in used))


def _prices_at(
    place: str | None,
    standard: Standard,
    given: Mapping[int, float],
    newest: Mapping[tuple[str, str | None], StoredPrice],
    names: Mapping[str, RegionName],
) -> dict[int, StoredPrice]:
    nearest_first = [*(one.code for one in regions_above(place, names)), None]
    found: dict[int, StoredPrice] = {}
    for number, item in enumerate(standard.items or (), start=1):
        priced = [
            next(newest[amenity, code] for code in nearest_first if (amenity, code) in newest)
            for amenity in item.amenities
            if any((amenity, code) in newest for code in nearest_first)
        ]
        if priced and number not in given:
            found[number] = min(priced, key=lambda one: one.yuan)
    return found


def _read(database: Database) -> tuple[list[PriceRecord], dict[str, RegionName]]:
    with database.session() as session:
        names = {one.code: one for one in region_names(session, outlined=False)}
        return price_records(session), names


def _lists(prices: Iterable[tuple[str, date, bool]]) -> tuple[PriceList, ...]:
    """Return the lists of prices that are told by list, day and whether they are made up."""
    parts: dict[str, list[tuple[date, bool]]] = defaultdict(list)
    for name, day, sample in prices:
        parts[name].append((day, sample))
    found = [
        PriceList(
            name,
            min(day for day, _ in told),
            max(day for day, _ in told),
            any(sample for _, sample in told),
        )
        for name, told in parts.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.last.toordinal(), one.name)))


def _stored(one: PriceRecord) -> StoredPrice:
    return StoredPrice(one.list, one.price, one.unit, one.as_of, one.source, one.region, one.sample)
