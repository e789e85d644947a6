"""Service standards as people write them; lengths, times, shares, counts and money as people read them.

The one place where a figure becomes text, for pages, files, the API and the terminal alike.
"""

import math
import re
from datetime import date, datetime
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.limits import (
    LEAST_STANDARD_M,
    LEAST_STANDARD_SECONDS,
    MOST_STANDARD_M,
    MOST_STANDARD_SECONDS,
)

WEEKDAYS = (
    Text("周一", "Mon"),
    Text("周二", "Tue"),
    Text("周三", "Wed"),
    Text("周四", "Thu"),
    Text("周五", "Fri"),
    Text("周六", "Sat"),
    Text("周日", "Sun"),
)
_METRES = {"": 1.0, "m": 1.0, "米": 1.0, "公尺": 1.0, "km": 1000.0, "公里": 1000.0, "千米": 1000.0}
_SECONDS = {"s": 1.0, "秒": 1.0, "min": 60.0, "分钟": 60.0, "分": 60.0, "h": 3600.0, "小时": 3600.0}
_FORM = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-z米公里尺千秒分钟小时]*)\s*", re.IGNORECASE)
_ACCEPTED = Text(
    "1 米至 100 公里或 1 秒至 4 小时，如 500m、0.5km、10min、10分钟",
    "1 m to 100 km or 1 s to 4 h, such as 500m, 0.5km, 10min",
)


def parse_standard(value: str) -> tuple[float | None, float | None]:
    """Return the metres or the seconds that a text such as ``500m``, ``0.5km`` or ``10min`` names.

    A bare number counts metres; of the two returned, one is None.

    Raises
    ------
    InvalidValueError
        If it is neither a length nor a time, or out of range.
    """
    match = _FORM.fullmatch(value)
    unit = match[2].lower() if match else "?"
    if match and unit in _METRES:
        metres = float(match[1]) * _METRES[unit]
        if LEAST_STANDARD_M <= metres <= MOST_STANDARD_M:
            return metres, None
    if match and unit in _SECONDS:
        seconds = float(match[1]) * _SECONDS[unit]
        if LEAST_STANDARD_SECONDS <= seconds <= MOST_STANDARD_SECONDS:
            return None, seconds
    raise InvalidValueError("standard", value, _ACCEPTED)


def _plain(number: float, decimals: int) -> str:
    return f"{number:,.{decimals}f}".rstrip("0").rstrip(".") if decimals else f"{number:,.0f}"


def format_metres(metres: float) -> Text:
    """Return a length for people: whole metres below one kilometre, then kilometres."""
    if round(metres) < 1000:
        return Text(f"{metres:.0f} 米", f"{metres:.0f} m")
    kilometres = _plain(metres / 1000.0, 1 if metres < 100_000 else 0)
    return Text(f"{kilometres} 公里", f"{kilometres} km")


def format_metres_about(metres: float, off_m: float) -> Text:
    """Return a length that may be off: from the least to the most, and no finer than that.

    Both ends are rounded outwards to the greatest 1 or 5 with noughts that is no more than ``off_m``.
    """
    power = 10.0 ** math.floor(math.log10(max(off_m, 1.0)))
    step = 5.0 * power if 5.0 * power <= off_m else power
    least = max(0.0, math.floor((metres - off_m) / step) * step)
    most = math.ceil((metres + off_m) / step) * step
    far = format_metres(most)
    if least == 0:
        return Text(f"{far.zh}之内", f"within {far.en}")
    near = format_metres(least)
    if near.zh.split()[-1] == far.zh.split()[-1]:
        near = Text(near.zh.split()[0], near.en.split()[0])
    return Text(f"{near.zh}–{far.zh}", f"{near.en}–{far.en}")


def format_seconds(seconds: float) -> Text:
    """Return a time for people: whole minutes, rounded up, since nobody wants to be late."""
    if seconds < 60:
        return Text(f"{seconds:.0f} 秒", f"{seconds:.0f} s")
    minutes = math.ceil(round(seconds / 60.0, 6))
    hours, rest = divmod(minutes, 60)
    if not hours:
        return Text(f"{minutes} 分钟", f"{minutes} min")
    if not rest:
        return Text(f"{hours} 小时", f"{hours} h")
    return Text(f"{hours} 小时 {rest} 分钟", f"{hours} h {rest} min")


UNKNOWN: Final = "—"


@cache
def _english_plural(number: float) -> str:
    """Return the plural category of a number in English, by Unicode's rules (CLDR)."""
    return str(Locale.parse("en").plural_form(number))


def format_count(number: float | None) -> str:
    """Return a whole number with separators, the same in both languages; a dash where unknown."""
    if number is None or not math.isfinite(number):
        return UNKNOWN
    return f"{round(number):,}"


def format_difference(number: float | None) -> str:
    """Return a change as a whole number with its sign; no sign where nothing changes."""
    if number is None or not math.isfinite(number):
        return UNKNOWN
    return f"{round(number):+,}" if round(number) else "0"


def points_number(difference: float | None) -> str:
    """Return the difference of two shares (0 to 1) in percentage points: its number, with its sign."""
    if difference is None:
        return UNKNOWN
    points = round(difference * 100, 1)
    return f"{points:+.1f}" if points else "0.0"


def format_points(difference: float) -> Text:
    """Return the difference of two shares (0 to 1) in percentage points, with its sign."""
    shown = points_number(difference)
    return Text(f"{shown} 个百分点", f"{shown} points")


def noun(number: float, zh: str, en: str, en_many: str | None = None) -> Text:
    """Return what is counted alone, as it stands beside a figure: ``counted`` without the count."""
    one = _english_plural(abs(round(number))) == "one"
    return Text(zh, en if one else en_many or en + "s")


def counted(number: float, zh: str, en: str, en_many: str | None = None) -> Text:
    """Return a count with what is counted: ``counted(1, "个站点", "site")`` is 1 site, else sites.

    Parameters
    ----------
    zh, en
        What is counted, in the singular.
    en_many
        The English plural where it is not ``en`` with an s.
    """
    shown, what = format_count(number), noun(number, zh, en, en_many)
    return Text(f"{shown} {what.zh}", f"{shown} {what.en}")


def format_share(share: float | None, decimals: int = 1) -> str:
    """Return a share (0 to 1) as a percentage; a dash where unknown."""
    if share is None or not math.isfinite(share):
        return UNKNOWN
    return f"{share * 100:,.{decimals}f}%"


def format_change(before: float | None, after: float | None) -> str:
    """Return a share as it was and as it is then; a dash where unknown."""
    return f"{format_share(before)} → {format_share(after)}"


def format_gap(share: float) -> str:
    """Return how far an answer can be from the best at most: rounded up, never as nothing."""
    return f"{max(math.ceil(round(share * 10_000, 6)), 1) / 100:,.2f}%"


def format_money(amount: float | None) -> str:
    """Return a cost in the user's own unit, with separators; decimals only where there are some."""
    if amount is None or not math.isfinite(amount):
        return UNKNOWN
    return f"{amount:,.2f}".rstrip("0").rstrip(".")


def format_moment(value: datetime, zone: str) -> Text:
    """Return a moment as date, weekday and minute by the clocks of ``zone``."""
    local = value.astimezone(ZoneInfo(zone))
    weekday = WEEKDAYS[local.weekday()]
    return Text(
        f"{local:%Y-%m-%d} {weekday.zh} {local:%H:%M}", f"{weekday.en} {local:%Y-%m-%d %H:%M}"
    )


def day_word(day: date, today: date) -> Text:
    """Return how people call a day that is near: today, tomorrow, a weekday, or its date."""
    ahead = (day - today).days
    if ahead == 0:
        return Text("今天", "today")
    if ahead == 1:
        return Text("明天", "tomorrow")
    if 1 < ahead < 7:
        return WEEKDAYS[day.weekday()]
    return Text(f"{day.month}月{day.day}日", f"{day:%d %b}")
