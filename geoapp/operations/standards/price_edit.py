"""Prices of lists entered one by one, held against a file's rules; what is stored of them."""

from collections.abc import Mapping

from geoapp.core.errors import NotFoundError
from geoapp.core.i18n import Text
from geoapp.core.settings import Settings
from geoapp.importers.rows.columns import PRICE_COLUMNS
from geoapp.importers.rows.keyed import read_given
from geoapp.importers.rows.prices import read_prices
from geoapp.operations.imports.keyed import stored_columns_of
from geoapp.operations.imports.named_regions import known_regions
from geoapp.operations.moment import today
from geoapp.store.engine import Database
from geoapp.store.history.chain import current_set
from geoapp.store.keyed import write_keyed
from geoapp.store.prices import PriceRecord, delete_price, price_records


def read_every_price(database: Database) -> list[PriceRecord]:
    """Return all prices, list by list in the order of the vocabulary."""
    with database.session() as session:
        return price_records(session)


def put_price(database: Database, settings: Settings, values: Mapping[str, str]) -> int | None:
    """Store a price; another one of the same list, region and item goes.

    Parameters
    ----------
    values
        The columns of a file of prices.

    Returns
    -------
    The change set; None if it was stored so before.

    Raises
    ------
    InvalidValueError
        Naming the first value that is not accepted.
    """
    with database.session() as session:
        known, day = known_regions(session), today(settings)
        # What the form leaves empty is empty then, and not what stood there before.
        given = {column.name: "" for column in PRICE_COLUMNS} | dict(values)
        reading = read_given([given], PRICE_COLUMNS, lambda table: read_prices(table, known, day))
        write_keyed(session, "prices", reading.rows, stored_columns_of(given))
        return current_set(session)


def take_price(database: Database, number: int) -> int | None:
    """Take a price away; an undo brings it back.

    Raises
    ------
    NotFoundError
        If there is no such price.
    """
    with database.session() as session:
        if not delete_price(session, number):
            raise NotFoundError(Text("价格", "price"), str(number))
        return current_set(session)
