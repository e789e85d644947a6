"""Named queries on lists of prices."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import text

from geoapp.store.engine import Session


@dataclass(frozen=True, slots=True)
class PriceRecord:
    """A price by the names of a file's columns, in yuan for one; no region: it holds everywhere."""

    id: int
    list: str
    item: str
    price: float
    unit: str | None
    as_of: date
    source: str
    noted_by: str | None
    region: str | None
    sample: bool


def price_records(session: Session) -> list[PriceRecord]:
    """Return all prices, list by list in the order of the vocabulary."""
    rows = session.execute(
        text(
            "select p.id, p.price_list, p.amenity_code, p.price, p.unit, p.as_of, p.source, "
            "p.noted_by, p.region_code, p.is_sample from item_price p "
            "join amenity a on a.code = p.amenity_code "
            "order by p.price_list, a.sort, a.code, p.region_code nulls first"
        )
    )
    return [PriceRecord(*row) for row in rows]


def delete_price(session: Session, number: int) -> bool:
    """Delete a price; return whether there was one."""
    gone = "delete from item_price where id = :id returning id"
    return session.execute(text(gone), {"id": number}).first() is not None
