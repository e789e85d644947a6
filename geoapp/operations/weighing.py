"""Weigh anew what workers say of a facility, by the settings."""

from geoapp.core.settings import Settings
from geoapp.store.engine import Session
from geoapp.store.voices import weigh_reports
from geoapp.store.voices_merged import timezone_at


def weigh_at(session: Session, settings: Settings, facility_id: int) -> None:
    """Weigh anew the reports of a facility that is there, by its number."""
    weigh_reports(
        session,
        facility_id,
        agree=settings.reports_agree,
        days=settings.reports_days,
        timezone=timezone_at(session, facility_id),
    )
