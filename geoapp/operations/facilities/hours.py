"""How opening hours in anybody's words are understood, and the week that follows from them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from geoapp.core.hours import Stretch, day_stretches, read_or_keep
from geoapp.core.i18n import Text
from geoapp.core.units import WEEKDAYS
from geoapp.store.engine import Database
from geoapp.store.vocabulary import load_calendar

_SHUT = Text("不开", "closed")
_UNKNOWN = Text("未知", "unknown")


@dataclass(frozen=True, slots=True)
class DayHours:
    """A day, and its hours in words."""

    name: Text
    hours: Text


@dataclass(frozen=True, slots=True)
class WeekHours:
    """The seven days from today on; ``expression`` is None where the words were not understood."""

    expression: str | None
    days: list[DayHours]


def preview_week(database: Database, words: str, timezone: str) -> WeekHours:
    """Read hours as an import would, and work out the seven days from today on."""
    if not words.strip():
        return WeekHours(None, [])
    expression, understood = read_or_keep(words)
    with database.snapshot() as session:
        calendar = load_calendar(session)
    today = datetime.now(ZoneInfo(timezone)).date()
    days = []
    for number in range(7):
        day = today + timedelta(days=number)
        name = WEEKDAYS[day.weekday()]
        found = day_stretches(expression, day, timezone=timezone, calendar=calendar)
        days.append(
            DayHours(Text(f"{name.zh} {day:%m-%d}", f"{name.en} {day:%m-%d}"), told_day(found))
        )
    return WeekHours(expression if understood else None, days)


def told_day(stretches: tuple[Stretch, ...]) -> Text:
    """Return a day in words: its open spans, and those that are unknown with the reason."""
    ends = [one.minute for one in stretches[1:]] + [24 * 60]
    parts = []
    for one, end in zip(stretches, ends, strict=True):
        if one.state is False:
            continue
        span = f"{_clock(one.minute)}–{_clock(end)}"
        if one.state:
            parts.append(Text(span, span))
        else:
            why = one.why or _UNKNOWN
            parts.append(Text(f"{span} 未知：{why.zh}", f"{span} unknown: {why.en}"))
    if not parts:
        return _SHUT
    return Text("，".join(part.zh for part in parts), ", ".join(part.en for part in parts))


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
