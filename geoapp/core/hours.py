"""Opening hours in OpenStreetMap's syntax, evaluated at a moment in the facility's own zone.

The grammar and the clock are the library's (opening-hours-py). What public holidays and shifted
working days (调休) mean is ours, because a tired person must not be sent to a closed door: where
the hours do not say, the answer is unknown (``docs/decisions/0002-opening-hours.md``).
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from importlib import resources
from zoneinfo import ZoneInfo

from opening_hours import (  # type: ignore[attr-defined]  # its stubs leave the errors out
    OpeningHours,
    ParserError,
    State,
    UnknownCountryError,
)

from geoapp.core.calendar import DayNature, WorkCalendar
from geoapp.core.errors import InvalidValueError
from geoapp.core.hours_plain import from_plain
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_HOURS_CHARACTERS

HORIZON_DAYS = 8
CHINESE_ZONES = frozenset({"Asia/Shanghai", "Asia/Urumqi", "Asia/Chongqing", "Asia/Harbin", "PRC"})

_DAY = r"(?:Mo|Tu|We|Th|Fr|Sa|Su)"
_QUOTED = re.compile(r'"[^"]*"')
_HAS_HOLIDAY = re.compile(r"\bPH\b")
_HAS_SCHOOL_HOLIDAY = re.compile(r"\bSH\b")
_HAS_WEEKDAY = re.compile(rf"\b{_DAY}\b")
_OPEN_END = re.compile(r"(\d\d:\d\d)\+")
_UNTIL = re.compile(r"-\d\d:\d\d\+")
_START = re.compile(r"(?<![-\d:])\d\d:\d\d(?![-\d:])")
_SPAN = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")
_PH_RULE = re.compile(
    rf"\s*((?:PH|SH|{_DAY}(?:-{_DAY})?)(?:,(?:PH|SH|{_DAY}(?:-{_DAY})?))*)\s+(.+)"
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_ACCEPTED = Text(
    "如 08:00-18:00、周一至周五 9:00-17:00、24小时，或 OpenStreetMap 的 opening_hours 写法",
    "such as 08:00-18:00, 24/7, Mo-Fr 09:00-17:00 (OpenStreetMap's opening_hours)",
)


def read(text: str) -> str:
    """Return hours in OpenStreetMap's syntax, from that syntax or from plain Chinese or English.

    Raises
    ------
    InvalidValueError
        If they cannot be understood for certain; nothing is guessed.
    """
    words = text.strip()
    if len(words) > MOST_HOURS_CHARACTERS:
        raise InvalidValueError("opening_hours", words[:60] + "…", _ACCEPTED)
    for candidate in (words, from_plain(words)):
        parsed = _library(candidate) if candidate else None
        if parsed is not None and not _has_empty_span(str(parsed)):
            return str(parsed)
    raise InvalidValueError("opening_hours", text, _ACCEPTED)


def _has_empty_span(text: str) -> bool:
    """Tell whether a span ends where it starts: nobody knows whether that is nothing or a day."""
    return any((span[0], span[1]) == (span[2], span[3]) for span in _SPAN.findall(text))


@dataclass(frozen=True, slots=True)
class _Answer:
    """A state and, where it is unknown, why."""

    state: bool | None
    why: Text | None = None


_NO_HOURS = Text("没有填写开放时间", "No opening hours are given")
_SAYS_UNKNOWN = Text(
    "开放时间写明不确定或有条件", "The hours themselves are uncertain or conditional"
)
_OPEN_ENDED = Text("未写明关闭时间", "The hours do not say when it closes")
_HOLIDAY = Text(
    "今天是法定节假日，开放时间未说明", "It is a public holiday, for which the hours say nothing"
)
_SHIFTED = Text(
    "今天是调休上班日，开放时间未说明",
    "It is a shifted working day, for which the hours say nothing",
)
_NOT_ANNOUNCED = Text("这一年的放假安排尚未收录", "That year's public holidays are not known yet")
_FOREIGN = Text("当地的节假日未知", "The public holidays there are not known")
_COMPLEX = Text(
    "节假日的开放规则太复杂，无法确定", "The rules for holidays are too intricate to be certain"
)
_NIGHT = Text("节假日前后的通宵时段无法确定", "Hours over midnight are uncertain beside a holiday")


@dataclass(frozen=True, slots=True)
class _Hours:
    """An expression, parsed once."""

    text: str
    plain: OpeningHours
    # With an open end, two readings: closed at the stated end (if any), and open till midnight.
    closing: OpeningHours | None
    lasting: OpeningHours | None
    names_holidays: bool
    names_school_holidays: bool
    names_weekdays: bool
    crosses_midnight: bool

    def at(self, moment: datetime, hours: OpeningHours | None = None) -> bool | None:
        """Return the library's answer at a local time; holidays do not apply."""
        state, comment = (hours or self.plain).state(moment)
        if state == State.OPEN:
            return None if comment else True
        return False if state == State.CLOSED else None


@lru_cache(maxsize=65_536)
def _parse(text: str) -> _Hours:
    if _library(text) is None:
        # An import refuses what cannot be read; what got past it is unknown.
        text = "24/7 unknown"
    words = _QUOTED.sub("", text)
    spans = [tuple(map(int, span)) for span in _SPAN.findall(words)]
    closing = lasting = None
    if _OPEN_END.search(words):
        closing = _library(_START.sub("off", _OPEN_END.sub(r"\1", text)))
        lasting = _library(_START.sub(r"\g<0>-24:00", _UNTIL.sub("+", text).replace("+", "")))
    return _Hours(
        text=text,
        plain=OpeningHours(text),
        closing=closing,
        lasting=lasting,
        names_holidays=bool(_HAS_HOLIDAY.search(words)),
        names_school_holidays=bool(_HAS_SCHOOL_HOLIDAY.search(words)),
        names_weekdays=bool(_HAS_WEEKDAY.search(words)),
        crosses_midnight=any(
            (end_hour, end_minute) <= (hour, minute) or (end_hour, end_minute) > (24, 0)
            for hour, minute, end_hour, end_minute in spans
        ),
    )


def _library(text: str) -> OpeningHours | None:
    try:
        return OpeningHours(text)
    except ParserError:
        return None


@lru_cache(maxsize=4096)
def _on_holiday(text: str, day: date) -> OpeningHours | None:
    """Return an expression with its PH rules applied to one date; None if they are too intricate."""
    written = f"{day.year} {_MONTHS[day.month - 1]} {day.day:02d}"
    rules = []
    for rule in text.split(";"):
        if not _HAS_HOLIDAY.search(rule):
            rules.append(rule)
            continue
        match = _PH_RULE.fullmatch(rule)
        if match is None or _HAS_HOLIDAY.search(match[2]) or _HAS_WEEKDAY.search(match[2]):
            return None
        others = ",".join(part for part in match[1].split(",") if part not in ("PH", "SH"))
        if others:
            rules.append(f"{others} {match[2]}")
        rules.append(f"{written} {match[2]}")
    return _library("; ".join(rules))


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    """Return the country of each zone, from the time zone database's own table."""
    table = resources.files("tzdata") / "zoneinfo" / "zone.tab"
    rows = [line.split("\t") for line in table.read_text(encoding="utf-8").splitlines()]
    return {row[2]: row[0] for row in rows if len(row) > 2 and not row[0].startswith("#")}


@lru_cache(maxsize=4096)
def _abroad(text: str, timezone: str) -> OpeningHours | None:
    """Return an expression that knows the holidays of its zone's country; None where unknown."""
    try:
        return OpeningHours(text, country=_countries().get(timezone, "??"))
    except UnknownCountryError:
        return None


def _week(moment: datetime) -> list[datetime]:
    """Return the same time of day on Monday to Sunday of the moment's week."""
    monday = moment - timedelta(days=moment.weekday())
    return [monday + timedelta(days=number) for number in range(7)]


def _workweek(moment: datetime) -> list[datetime]:
    return _week(moment)[:5]


def _agreed(answers: list[bool | None], why: Text) -> _Answer:
    first = answers[0]
    same = first is not None and all(answer == first for answer in answers)
    return _Answer(first) if same else _Answer(None, why)


@lru_cache(maxsize=131_072)
def _evaluate(text: str, moment: datetime, timezone: str, calendar: WorkCalendar) -> _Answer:
    """Answer for a local time to the minute, without zone."""
    hours = _parse(text)
    answer = _answer(hours, moment, timezone, calendar)
    if hours.lasting is not None:
        least = hours.closing is not None and hours.at(moment, hours.closing)
        if not least and (answer.state or hours.at(moment, hours.lasting)):
            return _Answer(None, _OPEN_ENDED)
    if answer.state is None and answer.why is None:
        return _Answer(None, _SAYS_UNKNOWN)
    return answer


def _answer(hours: _Hours, moment: datetime, timezone: str, calendar: WorkCalendar) -> _Answer:
    plain = hours.at(moment)
    if hours.names_school_holidays and plain is not False:
        return _Answer(None, _COMPLEX)
    if timezone not in CHINESE_ZONES:
        if not hours.names_holidays:
            return _Answer(plain)
        there = _abroad(hours.text, timezone)
        return _Answer(None, _FOREIGN) if there is None else _Answer(hours.at(moment, there))
    if not (hours.names_holidays or hours.names_weekdays):
        return _Answer(plain)
    days = [moment.date()]
    if hours.crosses_midnight:
        days.append(days[0] - timedelta(days=1))
    natures = {calendar.nature(day) for day in days}
    if natures == {DayNature.ORDINARY}:
        return _Answer(plain)
    if hours.crosses_midnight:
        if hours.names_holidays:
            return _Answer(None, _NIGHT)
        return _agreed([plain, *map(hours.at, _week(moment))], _NIGHT)
    return _on_special_day(hours, moment, plain, calendar.nature(moment.date()))


def _on_special_day(
    hours: _Hours, moment: datetime, plain: bool | None, nature: DayNature
) -> _Answer:
    """Answer for a holiday, a shifted working day, or a day of a year that is not announced yet."""
    if not hours.names_holidays:
        if nature is DayNature.HOLIDAY:
            # Either as on that weekday, or as on a Sunday.
            sunday = moment + timedelta(days=6 - moment.weekday())
            return _agreed([plain, hours.at(sunday)], _HOLIDAY)
        if nature is DayNature.SHIFTED_WORKDAY:
            return _agreed([plain, *map(hours.at, _workweek(moment))], _SHIFTED)
        # In a year that is not announced, a weekday may be a holiday and a weekend be worked.
        others = _workweek(moment) if moment.weekday() >= 5 else _week(moment)[6:]
        return _agreed([plain, *map(hours.at, others)], _NOT_ANNOUNCED)
    if nature is DayNature.SHIFTED_WORKDAY:
        # Whoever names public holidays follows the official calendar: it is a working day.
        return _agreed([hours.at(day) for day in _workweek(moment)], _SHIFTED)
    concrete = _on_holiday(hours.text, moment.date())
    if concrete is None:
        return _Answer(None, _COMPLEX)
    if nature is DayNature.HOLIDAY:
        return _Answer(hours.at(moment, concrete))
    readings = [plain, hours.at(moment, concrete)]
    if moment.weekday() >= 5:
        readings += map(hours.at, _workweek(moment))
    return _agreed(readings, _NOT_ANNOUNCED)


def _local(at: datetime, timezone: str) -> datetime:
    if at.tzinfo is None:
        raise InvalidValueError("at", at, Text("带时区的时刻", "a moment with a time zone"))
    return at.astimezone(ZoneInfo(timezone)).replace(tzinfo=None, second=0, microsecond=0)


def state(
    expression: str | None, at: datetime, *, timezone: str, calendar: WorkCalendar
) -> bool | None:
    """Tell whether hours hold at a moment.

    Parameters
    ----------
    expression
        OpenStreetMap's syntax, as ``read`` returns it; None is unknown.
    at
        The moment, with its zone.
    timezone
        The facility's zone, such as ``Asia/Shanghai``.

    Returns
    -------
    True (open), False (closed) or None (unknown).
    """
    if expression is None:
        return None
    return _evaluate(expression, _local(at, timezone), timezone, calendar).state


def explain(
    expression: str | None, at: datetime, *, timezone: str, calendar: WorkCalendar
) -> Text | None:
    """Return why the state at a moment is unknown, None if it is known; parameters as ``state``."""
    if expression is None:
        return _NO_HOURS
    return _evaluate(expression, _local(at, timezone), timezone, calendar).why


def next_change(
    expression: str | None, at: datetime, *, timezone: str, calendar: WorkCalendar
) -> datetime | None:
    """Return when the state next changes for certain, within eight days; None if that is not known.

    Parameters are those of ``state``; the answer is in the facility's zone.
    """
    if expression is None:
        return None
    local = _local(at, timezone)
    change = _next_change(expression, local, timezone, calendar)
    if change is None:
        return None
    zone = ZoneInfo(timezone)
    # Through UTC: a wall time that daylight saving skips becomes one that exists.
    return change.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)


@lru_cache(maxsize=65_536)
def _next_change(
    text: str, moment: datetime, timezone: str, calendar: WorkCalendar
) -> datetime | None:
    now = _evaluate(text, moment, timezone, calendar).state
    if now is None:
        return None
    hours = _parse(text)
    reached = moment
    while reached < moment + timedelta(days=HORIZON_DAYS):
        # Candidates: the library's changes, and midnights, where the nature of the day changes.
        midnight = datetime.combine(reached.date() + timedelta(days=1), datetime.min.time())
        changes = [midnight]
        for source in (hours.plain, _on_holiday(text, reached.date()), hours.closing):
            change = None if source is None else source.next_change(reached)
            if change is not None:
                changes.append(change)
        if calendar.nature(reached.date()) is DayNature.SHIFTED_WORKDAY:
            changes += _changes_as_workday(hours, reached)
        reached = min(changes)
        there = _evaluate(text, reached, timezone, calendar).state
        if there is None:
            return None
        if there != now:
            return reached
    return None


def _changes_as_workday(hours: _Hours, moment: datetime) -> list[datetime]:
    """Return when the state may next change on a weekend day that is worked."""
    changes = []
    for day in _workweek(moment):
        change = hours.plain.next_change(day)
        if change is not None and change.date() == day.date():
            changes.append(datetime.combine(moment.date(), change.time()))
    return changes
