"""Opening hours as rules: which days, which times, open or not; OpenStreetMap's model.

An expression is a list of groups (joined by ``||``: the next one speaks where the former says
closed), a group a list of rules. A rule replaces what earlier rules say of the same day, unless
it is additional (joined by a comma).
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

DAY_NAMES = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DAY_MINUTES = 24 * 60


class RuleState(StrEnum):
    """What a rule says of its times; ``closed`` is also written ``off``."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day in minutes, after midnight or after an event of the sun."""

    minutes: int
    event: str | None = None

    def __str__(self) -> str:
        if self.event is None:
            return f"{self.minutes // 60:02d}:{self.minutes % 60:02d}"
        if not self.minutes:
            return self.event
        away = abs(self.minutes)
        sign = "+" if self.minutes > 0 else "-"
        return f"({self.event}{sign}{away // 60:02d}:{away % 60:02d})"


@dataclass(frozen=True, slots=True)
class Span:
    """From a time until another; ``end`` past 24:00 lies in the next day.

    ``open_end``: how long after ``end`` (after ``start``, if there is none) is not said.
    """

    start: Clock
    end: Clock | None
    open_end: bool = False

    def __str__(self) -> str:
        until = "" if self.end is None else f"-{self._end()}"
        return f"{self.start}{until}{'+' if self.open_end else ''}"

    def _end(self) -> str:
        end = self.end or self.start
        if end.event is None and self.start.event is None and end.minutes > DAY_MINUTES:
            rest = end.minutes - DAY_MINUTES
            if rest < self.start.minutes:
                return str(Clock(rest))
        return str(end)


@dataclass(frozen=True, slots=True)
class Holidays:
    """Public holidays (``PH``) or school holidays (``SH``), or the day ``offset`` days after them."""

    name: str
    offset: int = 0

    def __str__(self) -> str:
        if not self.offset:
            return self.name
        days = "day" if abs(self.offset) == 1 else "days"
        return f"{self.name} {self.offset:+d} {days}"


@dataclass(frozen=True, slots=True)
class Weekdays:
    """Days of the week, Monday is 0, from one to another; ``nth`` are those of the month.

    ``nth`` counts from 1, and from -1 at the month's end.
    """

    first: int
    last: int
    nth: tuple[int, ...] = ()

    def __str__(self) -> str:
        if self.nth:
            return f"{DAY_NAMES[self.first]}[{','.join(map(str, self.nth))}]"
        if self.first == self.last:
            return DAY_NAMES[self.first]
        return f"{DAY_NAMES[self.first]}-{DAY_NAMES[self.last]}"

    def holds(self, weekday: int, day: date) -> bool:
        """Tell whether a date counts, taken as a day of the week."""
        if (weekday - self.first) % 7 > (self.last - self.first) % 7:
            return False
        if not self.nth:
            return True
        length = monthrange(day.year, day.month)[1]
        return (day.day - 1) // 7 + 1 in self.nth or -((length - day.day) // 7 + 1) in self.nth


@dataclass(frozen=True, slots=True)
class Dates:
    """Months (``day`` is None) or days of the year, from one to another, of a year or of each."""

    first: tuple[int, int | None]
    last: tuple[int, int | None]
    first_year: int | None = None
    last_year: int | None = None

    def __str__(self) -> str:
        first = _date_text(self.first_year, *self.first)
        if (self.first, self.first_year) == (self.last, self.last_year):
            return first
        if self.first_year == self.last_year:
            if self.first[0] == self.last[0] and self.last[1]:
                return f"{first}-{self.last[1]:02d}"
            return f"{first}-{_date_text(None, *self.last)}"
        return f"{first}-{_date_text(self.last_year, *self.last)}"

    def holds(self, day: date) -> bool:
        """Tell whether a date lies in them."""
        here = (day.month, day.day)
        first = (self.first[0], self.first[1] or 1)
        last = (self.last[0], self.last[1] or 31)
        if self.first_year is not None and self.last_year is not None:
            return (self.first_year, *first) <= (day.year, *here) <= (self.last_year, *last)
        if first <= last:
            return first <= here <= last
        return here >= first or here <= last


def _date_text(year: int | None, month: int, day: int | None) -> str:
    number = "" if day is None else f" {day:02d}"
    return f"{'' if year is None else f'{year} '}{MONTH_NAMES[month - 1]}{number}"


@dataclass(frozen=True, slots=True)
class Weeks:
    """Calendar weeks (ISO 8601), each or every ``step``-th."""

    first: int
    last: int
    step: int = 1

    def __str__(self) -> str:
        last = "" if self.first == self.last else f"-{self.last:02d}"
        return f"{self.first:02d}{last}{'' if self.step == 1 else f'/{self.step}'}"

    def holds(self, day: date) -> bool:
        """Tell whether a date lies in them."""
        week = day.isocalendar().week
        return self.first <= week <= self.last and (week - self.first) % self.step == 0


@dataclass(frozen=True, slots=True)
class Years:
    """Years, from one to another; ``last`` None is for ever."""

    first: int
    last: int | None

    def __str__(self) -> str:
        if self.last is None:
            return f"{self.first}+"
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"

    def holds(self, day: date) -> bool:
        """Tell whether a date lies in them."""
        return self.first <= day.year and (self.last is None or day.year <= self.last)


@dataclass(frozen=True, slots=True)
class DayView:
    """A date as one reading sees it: as which day of the week, and beside which holidays.

    ``holidays`` holds each offset from a public holiday that the date has (0: it is one).
    """

    day: date
    weekday: int
    holidays: frozenset[int] = frozenset()
    school_holiday: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; an empty selector selects every day, no spans the whole day."""

    years: tuple[Years, ...] = ()
    dates: tuple[Dates, ...] = ()
    weeks: tuple[Weeks, ...] = ()
    days: tuple[Weekdays | Holidays, ...] = ()
    spans: tuple[Span, ...] = ()
    state: RuleState | None = None
    comment: str | None = None
    always: bool = False
    additional: bool = False

    @property
    def is_dated(self) -> bool:
        """Whether it speaks of a part of the year only."""
        return bool(self.years or self.dates or self.weeks)

    @property
    def selects(self) -> bool:
        """Whether it speaks of some days only."""
        return bool(self.is_dated or self.days)

    @property
    def names_holidays(self) -> bool:
        """Whether it speaks of public holidays themselves."""
        return any(isinstance(one, Holidays) and one.name == "PH" for one in self.days)

    def holds_in_year(self, day: date) -> bool:
        """Tell whether a date lies in its part of the year."""
        return (
            (not self.years or any(one.holds(day) for one in self.years))
            and (not self.dates or any(one.holds(day) for one in self.dates))
            and (not self.weeks or any(one.holds(day) for one in self.weeks))
        )

    def holds(self, view: DayView) -> bool:
        """Tell whether it speaks of a day."""
        if not self.holds_in_year(view.day):
            return False
        return not self.days or any(_holds(one, view) for one in self.days)

    def __str__(self) -> str:
        words = [
            ",".join(map(str, self.years)),
            ",".join(map(str, self.dates)),
            f"week {','.join(map(str, self.weeks))}" if self.weeks else "",
            ",".join(map(str, self.days)),
            "24/7" if self.always else ",".join(map(str, self.spans)),
            "" if self.state is None else str(self.state),
            "" if self.comment is None else f'"{self.comment}"',
        ]
        return " ".join(word for word in words if word)


def _holds(days: Weekdays | Holidays, view: DayView) -> bool:
    if isinstance(days, Weekdays):
        return days.holds(view.weekday, view.day)
    return view.school_holiday if days.name == "SH" else days.offset in view.holidays


@dataclass(frozen=True, slots=True)
class Expression:
    """Opening hours, as written in OpenStreetMap's syntax."""

    groups: tuple[tuple[Rule, ...], ...]

    @property
    def rules(self) -> tuple[Rule, ...]:
        """All rules, of all groups."""
        return tuple(rule for group in self.groups for rule in group)

    @property
    def only_comment(self) -> str | None:
        """The comment, if it is nothing else: words that nobody could read."""
        rules = self.rules
        return rules[0].comment if rules == (Rule(comment=rules[0].comment),) else None

    def __str__(self) -> str:
        groups = []
        for group in self.groups:
            text = str(group[0])
            for rule in group[1:]:
                text += f"{',' if rule.additional else ';'} {rule}"
            groups.append(text)
        return " || ".join(groups)
