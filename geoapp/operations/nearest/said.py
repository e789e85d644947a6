"""What is said of a place's opening: now, and when one gets there.

The one place of these words, for the finder, the API and the terminal.
"""

from datetime import datetime, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from geoapp.core.i18n import Text
from geoapp.core.units import day_word
from geoapp.operations.nearest.service import NearestItem

SOON = timedelta(minutes=30)
# Who is as near as that is there already.
NO_WALK = timedelta(minutes=3)

State = Literal["open", "shut", "unknown"]


class Said(NamedTuple):
    """A state for its colour, its words, and what else to know; None is nothing else."""

    state: State
    text: Text
    note: Text | None

    def both(self) -> Text:
        """Return words and note as one."""
        if self.note is None:
            return self.text
        return Text(f"{self.text.zh} · {self.note.zh}", f"{self.text.en} · {self.note.en}")


OPEN, SHUT = Text("开放中", "Open"), Text("已关闭", "Closed")
UNKNOWN = Text("开放时间未知", "Hours unknown")
ON_ARRIVAL = Text("到时开放", "Open when you get there")
TOO_LATE = Text("您到之前关门", "Closes before you get there")
PERHAPS_TOO_LATE = Text("您到时可能已关门", "May be closed when you get there")


def said_now(item: NearestItem, now: datetime) -> Said:
    """Return what is said of a place at a moment, for which its opening is told."""
    change = item.opening.changes_at
    if item.open is None:
        return Said("unknown", UNKNOWN, item.opening.note)
    if not item.open:
        return Said("shut", SHUT, None if change is None else _opens(item, change, now))
    if change is None:
        return Said("open", OPEN, _always(item))
    if timedelta(0) < change - now <= SOON:
        return Said("open", OPEN, _closes_in(change - now))
    return Said("open", OPEN, _until(item, change, now))


def said_on_arrival(item: NearestItem, *, later: timedelta = timedelta(0)) -> Said:
    """Return what is said of a place whose arrival is told, as one finds it; as it is now, beyond a walk.

    Parameters
    ----------
    later
        How much later one may get there, where the position is known badly; then no minutes after
        the arrival are told.
    """
    arrival = item.arrival
    if arrival is not None and arrival.as_of is not None:
        return said_now(item, arrival.as_of)
    if arrival is None or arrival.open is None or arrival.there_at is None:
        return Said("unknown", UNKNOWN, item.opening.note)
    walk = timedelta(seconds=item.till_there_seconds)
    leaving = arrival.there_at - walk
    if not arrival.open:
        if arrival.closes_at is not None:
            clock = _clock(item, arrival.closes_at, leaving)
            return Said("shut", TOO_LATE, Text(f"{clock.zh} 关门", f"at {clock.en}"))
        opens_at = arrival.opens_at
        return Said("shut", SHUT, None if opens_at is None else _opens(item, opens_at, leaving))
    if arrival.opens_at is not None:
        clock = _clock(item, arrival.opens_at, leaving)
        note = Text(f"{clock.zh} 开门，早于您到达", f"opens at {clock.en}, before you get there")
        return Said("open", ON_ARRIVAL, note)
    if arrival.closes_at is None:
        return Said("open", OPEN, _always(item))
    left = arrival.closes_at - arrival.there_at
    if later and left <= later:
        clock = _clock(item, arrival.closes_at, leaving)
        return Said(
            "unknown",
            PERHAPS_TOO_LATE,
            Text(f"{clock.zh} 关门", f"closes at {clock.en}"),
        )
    if left > SOON or later:
        return Said("open", OPEN, _until(item, arrival.closes_at, leaving))
    if walk < NO_WALK:
        return Said("open", OPEN, _closes_in(arrival.closes_at - leaving))
    minutes = left // timedelta(minutes=1)
    if minutes < 1:
        return Said("open", OPEN, Text("您刚到就关门", "closes as you get there"))
    return Said(
        "open",
        OPEN,
        Text(f"您到后 {minutes} 分钟关门", f"closes {minutes} min after you get there"),
    )


def _closes_in(left: timedelta) -> Text:
    minutes = max(1, left // timedelta(minutes=1))
    return Text(f"{minutes} 分钟后关门", f"closes in {minutes} min")


def _until(item: NearestItem, change: datetime, now: datetime) -> Text:
    clock = _clock(item, change, now)
    return Text(f"到 {clock.zh}", f"until {clock.en}")


def _opens(item: NearestItem, change: datetime, now: datetime) -> Text:
    clock = _clock(item, change, now)
    return Text(f"{clock.zh} 开放", f"opens {clock.en}")


def _clock(item: NearestItem, moment: datetime, now: datetime) -> Text:
    """Return the time by the clock there, with the day where it is another."""
    zone = ZoneInfo(item.facility.timezone)
    local, today = moment.astimezone(zone), now.astimezone(zone).date()
    clock = f"{local:%H:%M}"
    if local.date() == today:
        return Text(clock, clock)
    day = day_word(local.date(), today)
    return Text(f"{day.zh} {clock}", f"{day.en} {clock}")


def _always(item: NearestItem) -> Text:
    if item.facility.opening_hours == "24/7":
        return Text("24 小时", "24 hours")
    return Text("近期不关", "no closing time soon")
