"""Prices of a standard's items: by a list of the store, or as people give them for once."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_MONEY
from geoapp.core.results.standards import PriceList, Prices, StoredPrice
from geoapp.core.standards import Standard
from geoapp.store.engine import Database
from geoapp.store.facilities.places import region_names, regions_above
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


def price_lists(database: Database, region: str | None) -> tuple[PriceList, ...]:
    """Return the lists with a price that holds in a region, the newest first.

    A price holds in its region and all below it; one that is nearer goes before one that is wider.

    Parameters
    ----------
    region
        None is everywhere: only prices without a region hold there.
    """
    with database.session() as session:
        records = price_records(session)
        names = {one.code: one for one in region_names(session, outlined=False)}
    ranks: dict[str | None, int] = {
        one.code: rank for rank, one in enumerate(regions_above(region, names))
    }
    ranks[None] = len(ranks)
    lists: dict[str, dict[str, PriceRecord]] = defaultdict(dict)
    narrower: dict[str, set[str]] = defaultdict(set)
    for record in records:
        if record.region not in ranks:
            above = {one.code for one in regions_above(record.region, names)}
            if record.region is not None and (region is None or region in above):
                narrower[record.list].add(record.region)
            continue
        nearest = lists[record.list].get(record.item)
        if nearest is None or ranks[record.region] < ranks[nearest.region]:
            lists[record.list][record.item] = record
    found = [
        PriceList(name, {item: _stored(one) for item, one in prices.items()}, len(narrower[name]))
        for name, prices in lists.items()
    ]
    found.sort(key=lambda one: (-one.last.toordinal(), one.name))
    return tuple(found)


def chosen_list(
    lists: Sequence[PriceList], name: str | None, parameter: str = "prices"
) -> PriceList | None:
    """Return the list of a name; None is the newest, an empty name none at all.

    Raises
    ------
    InvalidValueError
        If none is called so.
    """
    if name is None:
        return lists[0] if lists else None
    if not name:
        return None
    found = next((one for one in lists if one.name == name), None)
    if found is None:
        listed = "、".join(one.name for one in lists)
        accepted = Text(
            f"这里适用的价格表：{listed or '没有'}",
            f"a price list that holds here: {listed or 'there is none'}",
        )
        raise InvalidValueError(parameter, name[:80], accepted)
    return found


def prices_for(
    standard: Standard, price_list: PriceList | None, given: Mapping[int, float]
) -> Prices:
    """Return what the items of a standard cost: what is given goes before the list.

    Where several amenities satisfy an item, the cheapest that has a price is bought.
    """
    stored: dict[int, StoredPrice] = {}
    known = {} if price_list is None else price_list.prices
    for number, item in enumerate(standard.items or (), start=1):
        priced = [known[one] for one in item.amenities if one in known]
        if priced and number not in given:
            stored[number] = min(priced, key=lambda one: one.yuan)
    by_item = {number: one.yuan for number, one in stored.items()} | dict(given)
    return Prices(by_item, stored, price_list if stored else None)


def _stored(one: PriceRecord) -> StoredPrice:
    return StoredPrice(
        one.price, one.unit, one.as_of, one.source, one.noted_by, one.region, one.sample
    )
