"""The pages of facilities that a search engine may know of, part by part."""

from datetime import datetime
from typing import Final

from geoapp.store.engine import Database
from geoapp.store.facilities.public import count_listed, listed_codes

# A list of addresses has at most 50,000 (sitemaps.org).
PART: Final = 20_000


def count_parts(database: Database) -> int:
    """Return how many parts the list has; none where nothing is to be listed."""
    with database.snapshot() as session:
        return -(-count_listed(session) // PART)


def listed_part(database: Database, number: int) -> list[tuple[str, datetime]]:
    """Return the codes of a part, counted from 1, and when each record was changed last."""
    with database.snapshot() as session:
        return listed_codes(session, limit=PART, offset=(number - 1) * PART)
