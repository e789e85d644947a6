"""Which times people mean: 上午9:00-5:00 ends in the afternoon, 9:00-5:00 nobody knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

HOUR = 60
DAY = 24 * HOUR
_HALF_DAY = 12 * HOUR


class Half(StrEnum):
    """The part of the day that is said with a time."""

    SMALL_HOURS = "small_hours"  # 凌晨
    AM = "am"
    FORENOON = "forenoon"  # 上午
    MORNING = "morning"  # 早上, also of what lasts all day: 早8点到10点
    NOON = "noon"  # 中午
    PM = "pm"
    AFTERNOON = "afternoon"  # 下午
    EVENING = "evening"  # 晚上
    NIGHT = "night"  # 夜间, which lasts until the morning


class Style(StrEnum):
    """How a time is written."""

    CLOCK = "clock"  # 8:30
    DIGITS = "digits"  # 0830
    OCLOCK = "oclock"  # 8点
    BARE = "bare"  # 8


@dataclass(frozen=True, slots=True)
class Said:
    """A time as it is said. ``padded``: with two digits, as on a clock of 24 hours."""

    hour: int
    minute: int
    style: Style
    half: Half | None = None
    padded: bool = False
    next_day: bool = False

    @property
    def plain(self) -> int:
        """The minute of the day that the digits name."""
        return self.hour * HOUR + self.minute

    @property
    def is_sure(self) -> bool:
        """Whether the digits alone say which half of the day it is."""
        return self.hour >= 13 or self.hour == 0 or (self.padded and self.hour < 12)


Pair = tuple[Said, Said]


def resolve(pairs: Sequence[Pair], *, has_days: bool) -> list[tuple[int, int]] | None:
    """Return spans in minutes, the end past 24:00 if it lies in the next day; None if not certain.

    Parameters
    ----------
    has_days
        Whether days are named beside the times; without, ``8-18`` may be a date.
    """
    spans: list[tuple[int, int]] = []
    for start, end in pairs:
        if not _is_time(start, end, bare=has_days and pairs[-1][1].hour >= 13):
            return None
        former = spans[-1][1] if spans else 0
        span = _span(start, end)
        if start.half is None and not start.is_sure and (span is None or span[0] < former):
            # "8:30-11:30 2:00-5:30": what follows the morning is the afternoon.
            span = _afternoon(start, end, former) if spans else None
        if span is None or span[0] < former or span[0] == span[1]:
            return None
        spans.append(span)
    if not spans or spans[-1][1] > spans[0][0] + DAY:
        return None
    return spans


def _is_time(start: Said, end: Said, *, bare: bool) -> bool:
    for one in (start, end):
        if one.minute > 59 or one.hour > 24 or (one.hour == 24 and one.minute):
            return False
    if start.style is Style.BARE and end.style is Style.BARE and not (start.half or end.half):
        return bare
    if start.style is Style.DIGITS or end.style is Style.DIGITS:
        return start.style is end.style and start.hour < 20  # 2020-2025 are years
    return True


def _span(start: Said, end: Said) -> tuple[int, int] | None:
    if start.next_day:
        return None
    if end.next_day:
        return _until_next_day(start, end)
    if start.half is None and end.half is None:
        return _by_digits(start, end)
    if end.half is None:
        return _end_follows(start, end)
    if start.half is None:
        return _start_precedes(start, end)
    first, last = _moment(start), _moment(end)
    if first is None or last is None:
        return None
    first %= DAY  # the night's twelve o'clock begins a day
    if last <= first:
        if end.half in (Half.AFTERNOON, Half.PM, Half.NOON):
            return None
        last += DAY
    return (first, last) if last - first < DAY else None


def _until_next_day(start: Said, end: Said) -> tuple[int, int] | None:
    first = _moment(start) if start.half else start.plain
    last = _moment(end) if end.half else end.plain
    if first is None or last is None or (not start.half and not start.is_sure and start.hour < 10):
        return None
    last %= DAY
    return (first, last + DAY) if last < first < DAY else None


def _by_digits(start: Said, end: Said) -> tuple[int, int] | None:
    first, last = start.plain, end.plain or DAY
    if first >= DAY or start.plain == end.plain:
        return None
    if last > first:
        doubtful = not start.is_sure and start.hour < 5 and last <= _HALF_DAY
        return None if doubtful else (first, last)
    # 13:00-5:00 may end in the afternoon; 22:00-6:00 cannot.
    sure = start.hour >= 18 or (start.hour >= 13 and last + _HALF_DAY <= first)
    return (first, last + DAY) if sure and last < first else None


def _end_follows(start: Said, end: Said) -> tuple[int, int] | None:
    """Return the span where only the start says its half of the day."""
    first = _moment(start)
    if first is None or (start.hour, start.minute) == (end.hour, end.minute):
        return None
    first %= DAY
    if end.is_sure or start.hour >= 13:
        last = end.plain
        return (first, last if last > first else last + DAY)
    last = end.plain % _HALF_DAY
    while last <= first:
        last += _HALF_DAY
    evening = end.style is not Style.CLOCK and 8 * HOUR <= last < _HALF_DAY
    if start.half is Half.MORNING and evening:
        return None  # 早6点-10点: the evening's ten?
    if start.half is Half.NIGHT and last < DAY:
        return None  # 夜间6点-8点: the morning's eight?
    return first, last


def _start_precedes(start: Said, end: Said) -> tuple[int, int] | None:
    """Return the span where only the end says its half of the day."""
    last = _moment(end)
    if last is None:
        return None
    first = start.plain
    if start.is_sure:
        if last <= first:
            last += DAY
        return first, last
    if end.half in (Half.AM, Half.MORNING, Half.FORENOON, Half.SMALL_HOURS):
        return (first, last) if first < last else None
    if start.hour == 12:
        return (first, last) if first < last else None
    if first + _HALF_DAY < last and end.half is not Half.NOON:
        if start.hour <= 5:
            return first + _HALF_DAY, last
        if end.half is Half.PM:
            return None  # 9-11pm
    return (first, last) if first < last else None


def _afternoon(start: Said, end: Said, former: int) -> tuple[int, int] | None:
    if not 1 <= start.hour <= 7:
        return None
    first = start.plain + _HALF_DAY
    last = _moment(end) if end.half else end.plain
    if last is None:
        return None
    if not end.half and not end.is_sure and end.hour < 12:
        last += _HALF_DAY
    return (first, last) if former <= first < last <= DAY else None


def _moment(said: Said) -> int | None:
    """Return the minute that a time with its half of the day means; 24:00 and later is tomorrow."""
    hour = said.hour
    shifted: int | None
    match said.half:
        case Half.AM:
            shifted = None if hour > 12 else hour % 12
        case Half.SMALL_HOURS:
            shifted = 0 if hour in (12, 24) else hour if hour <= 6 else None
        case Half.MORNING | Half.FORENOON:
            shifted = hour if 4 <= hour <= 12 else None
        case Half.NOON:
            shifted = hour if 10 <= hour <= 14 else hour + 12 if 1 <= hour <= 3 else None
        case Half.PM | Half.AFTERNOON:
            shifted = hour if hour >= 12 else hour + 12 if hour else None
        case Half.EVENING | Half.NIGHT:
            if hour in {0, 12}:
                shifted = 24
            elif hour < 5:
                shifted = 24 + hour
            else:
                shifted = hour + 12 if hour < 12 else hour if hour >= 17 else None
        case _:
            shifted = None
    return None if shifted is None else shifted * HOUR + said.minute


def text_of(spans: Sequence[tuple[int, int]]) -> str:
    """Return spans in OpenStreetMap's syntax."""
    return ",".join(f"{_text(start)}-{_text(end)}" for start, end in spans)


def _text(minute: int) -> str:
    minute = minute if minute <= DAY else minute - DAY
    return f"{minute // HOUR:02d}:{minute % HOUR:02d}"
