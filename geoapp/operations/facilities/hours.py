"""How opening hours in anybody's words are understood, and the week that follows from them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from geoapp.core.hours import Stretch, day_stretches, read_or_keep
from geoapp.core.i18n import Text
from geoapp.core.units import WEEKDAYS
from geoapp.store.engine import Database
from geoapp.store.vocabulary import load_calendar

_SHUT = Text("不开", "closed")
_UNKNOWN = Text("未知", "unknown")
_ALL_DAYS = Text("这七天", "These seven days")


@dataclass(frozen=True, slots=True)
class DayHours:
    """A day, and its hours in words; ``spans`` are from and to by the clock, None if any hour is unknown."""

    on: date
    name: Text
    hours: Text
    spans: tuple[tuple[str, str], ...] | None


@dataclass(frozen=True, slots=True)
class WeekHours:
    """The seven days from today on; ``expression`` is None where the words were not understood.

    Where nothing is known of any of them for one reason, they are one entry.
    """

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
    days: list[DayHours] = []
    reasons: set[Text | None] = set()
    for number in range(7):
        day = today + timedelta(days=number)
        name = WEEKDAYS[day.weekday()]
        found = day_stretches(expression, day, timezone=timezone, calendar=calendar)
        reasons.add(_unknown_all_day(found))
        days.append(
            DayHours(
                day,
                Text(f"{name.zh} {day:%m-%d}", f"{name.en} {day:%m-%d}"),
                told_day(found),
                _known_spans(found),
            )
        )
    if len(reasons) == 1 and None not in reasons:
        days = [DayHours(today, _ALL_DAYS, days[0].hours, None)]
    return WeekHours(expression if understood else None, days)


def _known_spans(stretches: tuple[Stretch, ...]) -> tuple[tuple[str, str], ...] | None:
    if any(one.state is None for one in stretches):
        return None
    ends = [one.minute for one in stretches[1:]] + [24 * 60]
    return tuple(
        (_clock(one.minute), _clock(end))
        for one, end in zip(stretches, ends, strict=True)
        if one.state
    )


def _unknown_all_day(stretches: tuple[Stretch, ...]) -> Text | None:
    """Return why nothing is known of a day; None where something is."""
    if len(stretches) > 1 or stretches[0].state is not None:
        return None
    return stretches[0].why or _UNKNOWN


def told_day(stretches: tuple[Stretch, ...]) -> Text:
    """Return a day in words: its open spans, and those that are unknown with the reason."""
    why = _unknown_all_day(stretches)
    if why is not None:
        return why if why is _UNKNOWN else Text(f"未知：{why.zh}", f"unknown: {why.en}")
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
