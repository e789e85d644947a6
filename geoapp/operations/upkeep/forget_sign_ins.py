"""What is noted of signing in is kept for a time alone; apart, since a worker that waits loads little."""

from geoapp.core.settings import Settings
from geoapp.store.engine import Database
from geoapp.store.sign_ins import forget_sign_ins


def forget_old_sign_ins(database: Database, settings: Settings) -> None:
    """Forget what is older than the setting says; the service's worker does so every hour."""
    with database.session() as session:
        forget_sign_ins(session, settings.sign_in_days)
