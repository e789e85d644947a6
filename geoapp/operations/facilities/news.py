"""What happened to public facilities: for feeds, and without a word on who did it."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.operations.facilities.read import PUBLIC_STATUSES
from geoapp.store.engine import Database, Session
from geoapp.store.facilities.public import PublicFacility, changed_lately, dated_since
from geoapp.store.facilities.read import regions_below

MOST_NEWS: Final = 100
# How long ago a day of a calendar may be.
_KEPT_DAYS: Final = 366


@dataclass(frozen=True, slots=True)
class DatedNews:
    """That a facility opens or closes on a day; the same key is the same news for good."""

    key: str
    day: date
    facility: PublicFacility
    opens: bool


def latest_changes(database: Database, region: str | None) -> list[PublicFacility]:
    """Return the public facilities whose records changed last, the latest first.

    Raises
    ------
    InvalidValueError
        If there is no such region.
    """
    with database.snapshot() as session:
        return changed_lately(session, PUBLIC_STATUSES, _below(session, region), limit=MOST_NEWS)


def openings_and_closings(database: Database, today: date, region: str | None) -> list[DatedNews]:
    """Return the openings and closings of a year back and of all that is to come, by their days.

    Only days that are known: a month or a year of which no day is known is no day.

    Raises
    ------
    InvalidValueError
        If there is no such region.
    """
    since = today - timedelta(days=_KEPT_DAYS)
    with database.snapshot() as session:
        found = dated_since(session, PUBLIC_STATUSES, _below(session, region), since)
    news = [
        DatedNews(f"{one.code}-{word}", day, one, opens)
        for one in found
        for word, day, opens in (("open", one.opened_on, True), ("close", one.closed_on, False))
        if day is not None and day >= since
    ]
    return sorted(news, key=lambda one: (one.day, one.key))


def _below(session: Session, region: str | None) -> list[str] | None:
    if region is None:
        return None
    found = regions_below(session, region)
    if not found:
        accepted = Text("已有区域的代码", "the code of a stored region")
        raise InvalidValueError("region", region, accepted)
    return list(found)
