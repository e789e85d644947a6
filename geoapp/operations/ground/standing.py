"""Whether a facility that stands today is known to have stood at a moment."""

from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from geoapp.core.i18n import Text
from geoapp.store.facilities.read import PlacedFacility

RECENT_DAYS: Final = 366
UNDATED_NOTE: Final = Text(
    "没有填写启用日期，或只知年月、年份，那时是否已经启用不清楚",
    "No opening date is given, or only its month or year, so whether it was there then is not known",
)


def is_recent(at: datetime) -> bool:
    """Tell whether a moment stands for the present: planners ask what a Tuesday evening is like.

    What stands today is then taken to stand; of an older day an opening date has to say so.
    """
    return at >= datetime.now(UTC) - timedelta(days=RECENT_DAYS)


def surely_on(one: PlacedFacility, day: date) -> bool:
    """Tell whether a facility is known to have been in service on a day, by its dates."""
    return (
        one.sure_from is not None
        and one.sure_from <= day
        and (one.sure_to is None or day <= one.sure_to)
    )


def surely_in_service(one: PlacedFacility, at: datetime) -> bool:
    """Tell whether a facility in service is known to have stood at a moment."""
    return is_recent(at) or surely_on(one, at.astimezone(ZoneInfo(one.timezone)).date())
