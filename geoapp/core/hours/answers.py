"""Whether hours hold at a moment, why that is unknown, and when it changes.

A day is worked out under every reading of the rules and under all that the day may count as; what
they agree on is the answer, everything else is unknown (``docs/decisions/0010-hours.md``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import product
from zoneinfo import ZoneInfo

import numpy as np

from geoapp.core.calendar import DayNature, WorkCalendar
from geoapp.core.errors import InvalidValueError
from geoapp.core.hours.grammar import parse
from geoapp.core.hours.holidays import (
    CHINESE_ZONES,
    minds_days,
    nature,
    ordinary_view,
    sun_minute,
    views,
)
from geoapp.core.hours.rules import DAY_MINUTES, DayView, Expression, Rule, RuleState
from geoapp.core.hours.timeline import (
    CLOSED,
    OPEN,
    UNKNOWN,
    Minutes,
    Reading,
    agreed,
    as_read,
    in_turn,
    minutes,
    names_sun,
    readings,
    span_crosses,
)
from geoapp.core.i18n import Text

HORIZON_DAYS = 8
# The sun's minutes are told for a place to this many decimals of a degree: some 1 km, 5 seconds.
_PLACE_DECIMALS = 2

_NO_HOURS = Text("没有填写开放时间", "No opening hours are given")
_SAYS_UNKNOWN = Text(
    "开放时间写明不确定或有条件", "The hours themselves are uncertain or conditional"
)
_NOT_READ = Text(
    "开放时间的写法无法确定其含义", "The hours are written in a way whose meaning is not certain"
)
_OPEN_ENDED = Text("未写明关闭时间", "The hours do not say when it closes")
_TWO_WAYS = Text("开放时间有两种读法", "The hours can be read in two ways")
_OUT_OF_SEASON = Text(
    "开放时间没有提到一年中的这一段", "The hours do not speak of this part of the year"
)
_YEAR_DAYS = 366
_SUN = Text("开放时间随日出日落，此刻不能确定", "The hours follow the sun and are not certain now")
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
class Place:
    """Where a facility is, as far as its hours depend on it; lon and lat None where not given."""

    timezone: str
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """From a minute of a day on: a state (None is unknown) and, where it is unknown, why."""

    minute: int
    state: bool | None
    why: Text | None


@lru_cache(maxsize=65_536)
def _parse(text: str) -> Expression | None:
    return parse(text)


def is_unread(expression: str | None) -> bool:
    """Tell whether no hours are given, or only words that nobody could read."""
    if expression is None:
        return True
    rules = _parse(expression)
    return rules is None or rules.only_comment is not None


def tells_when(why: Text) -> bool:
    """Tell whether a reason why hours are unknown says from which day on they are known."""
    return why.zh.startswith(f"{_OUT_OF_SEASON.zh}，")


def depends_on_place(expression: str | None) -> bool:
    """Tell whether hours differ from place to place in one time zone: those that follow the sun."""
    rules = None if expression is None else _parse(expression)
    return rules is not None and names_sun(rules)


@lru_cache(maxsize=131_072)
def _day(text: str, day: date, place: Place, calendar: WorkCalendar) -> tuple[Stretch, ...]:
    """Return a day in stretches, the first from midnight."""
    expression = _parse(text)
    if expression is None:
        return (Stretch(0, None, _NOT_READ),)
    words = expression.only_comment
    if words is not None:
        zh, en = f"开放时间写的是“{words}”", f"The hours read {words!r}"
        return (Stretch(0, None, Text(zh, en)),)
    return _DayReader(expression, day, place, calendar).stretches()


class _DayReader:
    """Works out one day of an expression."""

    def __init__(
        self, expression: Expression, day: date, place: Place, calendar: WorkCalendar
    ) -> None:
        self._expression = expression
        self._day, self._place, self._calendar = day, place, calendar
        self._yesterday = day - timedelta(days=1)
        self._crosses = any(span_crosses(span) for rule in expression.rules for span in rule.spans)
        self._groups: list[list[tuple[Reading, Sequence[Rule]]]] = [
            [(reading, as_read(group, reading)) for reading in readings(group)]
            for group in expression.groups
        ]
        self._says_off = [
            any(rule.state is RuleState.CLOSED for rule in group) for group in expression.groups
        ]

    def _sun(self, view: DayView, event: str) -> int | None:
        place = self._place
        if place.lon is None or place.lat is None:
            return None
        return sun_minute(view.day, event, place.timezone, place.lon, place.lat)

    def _under(self, yesterday: DayView, today: DayView) -> tuple[Minutes, Minutes]:
        """Return what all readings agree on, and the first reading alone."""
        agreements, firsts = [], []
        for group in self._groups:
            days = [
                minutes(rules, yesterday, today, reading, self._sun) for reading, rules in group
            ]
            agreements.append(agreed(days))
            firsts.append(days[0])
        return (
            in_turn(agreements, says_off=self._says_off),
            in_turn(firsts, says_off=self._says_off),
        )

    def stretches(self) -> tuple[Stretch, ...]:
        worlds = self._worlds()
        answers = [self._under(*world) for world in worlds]
        answer = agreed([one for one, _ in answers])
        reason = np.zeros(DAY_MINUTES, dtype=np.int8)
        known_somewhere = np.any([one != UNKNOWN for one, _ in answers], axis=0)
        read_somehow = np.any([one != UNKNOWN for _, one in answers], axis=0)
        reason[answer == UNKNOWN] = 1
        reason[(answer == UNKNOWN) & read_somehow] = 2
        reason[(answer == UNKNOWN) & known_somewhere] = 3
        if self._is_out_of_season():
            silent = answer == CLOSED
            answer = np.where(silent, np.int8(UNKNOWN), answer).astype(np.int8)
            reason[silent] = 4
        why = {
            0: None,
            1: self._why_unknown(),
            2: _TWO_WAYS,
            3: self._why_by_day(),
            4: self._out_of_season() if (reason == 4).any() else None,
        }
        changes = (np.diff(answer) != 0) | (np.diff(reason) != 0)
        starts = [0, *(np.flatnonzero(changes) + 1).tolist()]
        states = {CLOSED: False, OPEN: True, UNKNOWN: None}
        return tuple(
            Stretch(start, states[int(answer[start])], why[int(reason[start])]) for start in starts
        )

    def _worlds(self) -> list[tuple[DayView, DayView]]:
        timezone = self._place.timezone
        today = views(self._expression, self._day, timezone, self._calendar)
        if not self._crosses:
            return [(ordinary_view(self._yesterday), view) for view in today]
        before = views(self._expression, self._yesterday, timezone, self._calendar)
        return list(product(before, today))

    def _is_out_of_season(self) -> bool:
        """Tell whether the hours speak of parts of the year only, and not of this day."""
        rules = self._expression.rules
        return all(rule.is_dated for rule in rules) and not any(
            rule.holds_in_year(self._day) for rule in rules
        )

    def _out_of_season(self) -> Text:
        """Say that the hours do not speak of this day, and from which day on they do."""
        ahead = (self._day + timedelta(days=n) for n in range(1, _YEAR_DAYS + 1))
        rules = self._expression.rules
        first = next((day for day in ahead if any(rule.holds_in_year(day) for rule in rules)), None)
        if first is None:
            return _OUT_OF_SEASON
        return Text(
            f"{_OUT_OF_SEASON.zh}，{first.month}月{first.day}日起有开放时间",
            f"{_OUT_OF_SEASON.en}; hours are given from {first.day} {first:%B}",
        )

    def _why_unknown(self) -> Text:
        rules = self._expression.rules
        if names_sun(self._expression):
            return _SUN
        if any(span.open_end for rule in rules for span in rule.spans):
            return _OPEN_ENDED
        return _SAYS_UNKNOWN

    def _why_by_day(self) -> Text:
        timezone = self._place.timezone
        today = nature(self._day, timezone, self._calendar)
        before = nature(self._yesterday, timezone, self._calendar)
        if today is DayNature.UNKNOWN or before is DayNature.UNKNOWN:
            return _NOT_ANNOUNCED if timezone in CHINESE_ZONES else _FOREIGN
        if today is DayNature.HOLIDAY:
            return _HOLIDAY
        if today is DayNature.SHIFTED_WORKDAY:
            return _SHIFTED
        if before is not DayNature.ORDINARY and minds_days(self._expression) and self._crosses:
            return _NIGHT
        return _COMPLEX


def _place_of(expression: str, timezone: str, lon: float | None, lat: float | None) -> Place:
    if lon is None or lat is None or not depends_on_place(expression):
        return Place(timezone)
    return Place(timezone, round(lon, _PLACE_DECIMALS), round(lat, _PLACE_DECIMALS))


def _local(at: datetime, timezone: str) -> datetime:
    if at.tzinfo is None:
        raise InvalidValueError("at", at, Text("带时区的时刻", "a moment with a time zone"))
    return at.astimezone(ZoneInfo(timezone)).replace(tzinfo=None, second=0, microsecond=0)


def _stretch_at(text: str, local: datetime, place: Place, calendar: WorkCalendar) -> Stretch:
    minute = local.hour * 60 + local.minute
    found = _day(text, local.date(), place, calendar)
    return next(stretch for stretch in reversed(found) if stretch.minute <= minute)


def state(
    expression: str | None,
    at: datetime,
    *,
    timezone: str,
    calendar: WorkCalendar,
    lon: float | None = None,
    lat: float | None = None,
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
    lon, lat
        Where the facility is (WGS-84, degrees): hours that follow the sun are unknown without.

    Returns
    -------
    True (open), False (closed) or None (unknown).
    """
    if expression is None:
        return None
    place = _place_of(expression, timezone, lon, lat)
    return _stretch_at(expression, _local(at, timezone), place, calendar).state


def explain(
    expression: str | None,
    at: datetime,
    *,
    timezone: str,
    calendar: WorkCalendar,
    lon: float | None = None,
    lat: float | None = None,
) -> Text | None:
    """Return why the state at a moment is unknown, None if it is known; parameters as ``state``."""
    if expression is None:
        return _NO_HOURS
    place = _place_of(expression, timezone, lon, lat)
    return _stretch_at(expression, _local(at, timezone), place, calendar).why


def day_stretches(
    expression: str | None,
    day: date,
    *,
    timezone: str,
    calendar: WorkCalendar,
    lon: float | None = None,
    lat: float | None = None,
) -> tuple[Stretch, ...]:
    """Return a day from midnight to midnight in stretches of one state; parameters as ``state``."""
    if expression is None:
        return (Stretch(0, None, _NO_HOURS),)
    return _day(expression, day, _place_of(expression, timezone, lon, lat), calendar)


def next_change(
    expression: str | None,
    at: datetime,
    *,
    timezone: str,
    calendar: WorkCalendar,
    lon: float | None = None,
    lat: float | None = None,
) -> datetime | None:
    """Return when the state next changes for certain, within eight days; None if that is not known.

    Parameters are those of ``state``; the answer is in the facility's zone.
    """
    if expression is None:
        return None
    local = _local(at, timezone)
    place = _place_of(expression, timezone, lon, lat)
    change = _next_change(expression, local, place, calendar)
    if change is None:
        return None
    zone = ZoneInfo(timezone)
    # Through UTC: a wall time that daylight saving skips becomes one that exists.
    return change.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)


def _next_change(
    text: str, local: datetime, place: Place, calendar: WorkCalendar
) -> datetime | None:
    now = _stretch_at(text, local, place, calendar).state
    if now is None:
        return None
    midnight = datetime.combine(local.date(), datetime.min.time())
    for number in range(HORIZON_DAYS + 1):
        start = midnight + timedelta(days=number)
        for stretch in _day(text, start.date(), place, calendar):
            moment = start + timedelta(minutes=stretch.minute)
            if moment <= local or stretch.state == now:
                continue
            return None if stretch.state is None else moment
    return None
