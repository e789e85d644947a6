"""Forget what is kept of reports for a time alone: words, places of suggestions, senders."""

from geoapp.core.settings import Settings
from geoapp.store.engine import Database
from geoapp.store.voices import forget_reports


def forget(database: Database, settings: Settings) -> None:
    """Forget what is due, by the settings; the service's worker does so every hour."""
    with database.session() as session:
        forget_reports(session, days=settings.reports_days, keep_days=settings.reports_keep_days)
