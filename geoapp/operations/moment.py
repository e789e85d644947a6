"""At which state of the data an answer is made."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.settings import Settings
from geoapp.operations.base_maps.keeper import version_of_maps
from geoapp.operations.network.keeper import NetworkKeeper
from geoapp.operations.streets.keeper import base_map
from geoapp.store.engine import Database
from geoapp.store.facilities.read import data_versions

FIRST_YEAR = 1800


def data_moment(database: Database, settings: Settings) -> str:
    """Return a text that changes whenever anything in the store, the network or a base map does."""
    with database.snapshot() as session:
        versions = data_versions(session)
    network = NetworkKeeper(settings).sound()
    parts = [f"{name}={versions[name]}" for name in sorted(versions)]
    parts.append(f"network={None if network is None else network.version}")
    base = base_map(settings)
    parts.append(f"streets={None if base is None else base.version}")
    parts.append(f"base maps={version_of_maps(settings)}")
    return ";".join(parts)


def today(settings: Settings) -> date:
    """Return the day of today where the service is."""
    return datetime.now(ZoneInfo(settings.timezone)).date()


def end_of_day(day: date, zone: str) -> datetime:
    """Return the last moment of a day by the clocks of a zone."""
    return datetime.combine(day, time.max, ZoneInfo(zone))


def past_day(day: date, today: date, said: str | None = None) -> date:
    """Return a day that is asked about, no later than today.

    Parameters
    ----------
    said
        What was given for it, where that is not the day itself.

    Raises
    ------
    InvalidValueError
        If it is one to come, which nothing is known of, or long before all that is recorded.
    """
    if day.year < FIRST_YEAR or day > today:
        accepted = Text(
            f"不晚于今天（{today}）、不早于 {FIRST_YEAR} 年的日期，如 2015-01-01",
            f"a day such as 2015-01-01, from {FIRST_YEAR} on and no later than today ({today})",
        )
        raise InvalidValueError("as_of", day.isoformat() if said is None else said, accepted)
    return day
