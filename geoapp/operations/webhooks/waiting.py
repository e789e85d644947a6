"""What the worker looks at again and again: whether somebody is to be told of something."""

from datetime import timedelta

from geoapp.core.webhooks import KEPT_DAYS
from geoapp.store.engine import Database
from geoapp.store.webhooks import forget_deliveries as forget_ended
from geoapp.store.webhooks import forget_former_secrets, has_work


def is_one_to_tell(database: Database) -> bool:
    """Tell whether something has happened that is to be told, or a delivery is due."""
    with database.session() as session:
        return has_work(session)


def forget_deliveries(database: Database) -> None:
    """Forget deliveries that were over long ago, and former secrets that sign no more."""
    with database.session() as session:
        forget_ended(session, timedelta(days=KEPT_DAYS))
        forget_former_secrets(session)
