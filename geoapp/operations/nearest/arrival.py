"""Open when one gets there: the opening of a place at the end of the walk to it.

Where the walk is one that nobody takes, nobody knows how or when somebody gets there: then the arrival
is unknown, and what counts is whether the place is open at the moment of leaving.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from geoapp.core.calendar import WorkCalendar
from geoapp.core.i18n import Text
from geoapp.core.travel import By
from geoapp.core.units import format_metres
from geoapp.operations.nearest.snapshot import Opening, Schedule, opening_at


@dataclass(frozen=True, slots=True)
class Arrival:
    """A place as one finds it after the walk; None is unknown.

    Attributes
    ----------
    open
        Whether it is open on arrival.
    opens_at
        Where it is closed on arrival: when it opens next. Where it is closed on leaving and open on
        arrival: when it opens in between.
    closes_at
        Where it is open on arrival: when it closes next. Where it is open on leaving and closed on
        arrival: when it closes in between.
    there_at
        When one gets there.
    as_of
        Where nobody goes so far: the moment of leaving, for which the hours are told instead; nothing
        else is known then.
    """

    open: bool | None
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    there_at: datetime | None = field(default=None, compare=False)
    as_of: datetime | None = field(default=None, compare=False)


class Arrivals:
    """Works out arrivals for people who leave at one moment; each schedule and minute once."""

    def __init__(self, leaving: datetime, calendar: WorkCalendar) -> None:
        self._leaving, self._calendar = leaving, calendar
        self._known: dict[tuple[Schedule, datetime], Opening] = {}

    def of(self, schedule: Schedule, leaving: Opening, walk_seconds: float) -> Arrival:
        """Return how a place is found.

        Parameters
        ----------
        leaving
            The opening of the schedule at the moment of leaving.
        walk_seconds
            How long the walk takes.
        """
        try:
            there_at = self._leaving + timedelta(seconds=walk_seconds)
        except OverflowError:  # past the year 9999
            return Arrival(None)
        there = self._opening(schedule, there_at.replace(second=0, microsecond=0))
        if there.open is None:
            return Arrival(None, there_at=there_at)
        between = leaving.changes_at
        if leaving.open is there.open or between is None or between > there_at:
            between = None
        if there.open:
            return Arrival(True, between, there.changes_at, there_at)
        return Arrival(False, there.changes_at, between, there_at)

    def beyond(self) -> Arrival:
        """Return the arrival at a place to which nobody goes by these means."""
        return Arrival(None, as_of=self._leaving)

    def _opening(self, schedule: Schedule, minute: datetime) -> Opening:
        found = self._known.get((schedule, minute))
        if found is None:
            found = self._known[schedule, minute] = opening_at(schedule, minute, self._calendar)
        return found


def beyond_text(beyond_m: float, nearest: Text, by: By = By.WALK, *, in_line: bool = False) -> Text:
    """Return the sentence for answers that all lie beyond a walk, or a ride.

    Parameters
    ----------
    beyond_m
        The longest walk that is taken for one.
    nearest
        How long the walk to the nearest answer is, or the line to it.
    in_line
        Whether that is the line.
    """
    limit = format_metres(beyond_m)
    way = Text("直线", " in a straight line") if in_line else Text("路程", "")
    if by is By.EBIKE:
        return Text(
            f"骑电动车 {limit.zh}之内没有符合条件的站点，离得最近的一处{way.zh} {nearest.zh}。"
            "请核对位置，或放宽条件。",
            f"Nothing that fits lies within a ride of {limit.en}; the closest is {nearest.en} away{way.en}. "
            "Check the position, or ask for less.",
        )
    return Text(
        f"步行 {limit.zh}之内没有符合条件的站点，离得最近的一处{way.zh} {nearest.zh}。"
        "请核对位置，或放宽条件。",
        f"Nothing that fits lies within a walk of {limit.en}; the closest is {nearest.en} away{way.en}. "
        "Check the position, or ask for less.",
    )
