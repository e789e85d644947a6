"""Prices of a standard's items as people give them; the service knows none."""

import math
from collections.abc import Mapping

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_MONEY
from geoapp.core.standards import Standard


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
