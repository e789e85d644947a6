"""Whether a facility that stands today is known to have stood at a moment."""

from datetime import UTC, date, datetime, timedelta
from typing import Final

from geoapp.core.i18n import Text

RECENT_DAYS: Final = 366
UNDATED_NOTE: Final = Text(
    "没有填写启用日期，那时是否已经启用不清楚",
    "No opening date is given, so whether it was there then is not known",
)


def is_recent(at: datetime) -> bool:
    """Tell whether a moment stands for the present: planners ask what a Tuesday evening is like.

    What stands today is then taken to stand; of an older day an opening date has to say so.
    """
    return at >= datetime.now(UTC) - timedelta(days=RECENT_DAYS)


def surely_in_service(opened: date | None, at: datetime) -> bool:
    """Tell whether a facility in service is known to have stood at a moment.

    Parameters
    ----------
    opened
        The day since which it is known to stand; None = nobody knows.
    """
    return opened is not None or is_recent(at)
