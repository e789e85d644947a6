"""At which state of the data an answer is made."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from geoapp.core.settings import Settings
from geoapp.operations.network.keeper import NetworkKeeper
from geoapp.store.engine import Database
from geoapp.store.facilities.read import data_versions


def data_moment(database: Database, settings: Settings) -> str:
    """Return a text that changes whenever anything in the store, or the network, does."""
    with database.session() as session:
        versions = data_versions(session)
    network = NetworkKeeper(settings).sound()
    parts = [f"{name}={versions[name]}" for name in sorted(versions)]
    parts.append(f"network={None if network is None else network.version}")
    return ";".join(parts)


def today(settings: Settings) -> date:
    """Return the day of today where the service is."""
    return datetime.now(ZoneInfo(settings.timezone)).date()
