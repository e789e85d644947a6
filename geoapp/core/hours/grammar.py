"""OpenStreetMap's syntax of opening hours, as rules.

What is not taken here (Easter, intervals, times without an end ...) has no certain answer. Blanks,
capitals and single digits are read as people write them, where no other meaning is possible.
"""

import re
from dataclasses import replace

from geoapp.core.hours.rules import (
    DAY_MINUTES,
    DAY_NAMES,
    MONTH_NAMES,
    Clock,
    Dates,
    Expression,
    Holidays,
    Rule,
    RuleState,
    Span,
    Weekdays,
    Weeks,
    Years,
)

_TOKEN = re.compile(
    r'\s*(?:(?P<comment>"[^"]*")|(?P<always>24/7)|(?P<time>\d{1,2}:\d\d)|(?P<year>(?:19|20)\d\d)'
    r"|(?P<number>\d{1,2})|(?P<word>[A-Za-z]+)|(?P<mark>\|\||[;,+:()\[\]/-]))"
)
_DAYS = {name.lower(): number for number, name in enumerate(DAY_NAMES)}
_MONTHS = {name.lower(): number for number, name in enumerate(MONTH_NAMES, 1)}
_STATES = {
    "open": RuleState.OPEN,
    "off": RuleState.CLOSED,
    "closed": RuleState.CLOSED,
    "unknown": RuleState.UNKNOWN,
}
_EVENTS = frozenset({"sunrise", "sunset", "dawn", "dusk"})
_LONGEST_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class _NotReadError(Exception):
    """The text is not in the syntax, or its meaning is not certain."""


def parse(text: str) -> Expression | None:
    """Return the rules of an expression; None where it is not one, or its meaning not certain."""
    try:
        return _Parser(text).expression()
    except _NotReadError:
        return None


def _may_fall_back(rule: Rule) -> bool:
    """Tell whether programs agree on what a rule after ``||`` adds: not on closing, nor on nights."""
    nights = any(
        span.end is None or span.open_end or span.end.minutes > DAY_MINUTES for span in rule.spans
    )
    return rule.state is not RuleState.CLOSED and not nights


class _Parser:
    """Reads tokens from left to right; each method takes what belongs to it."""

    def __init__(self, text: str) -> None:
        self._tokens: list[tuple[str, str]] = []
        self._place = 0
        position = 0
        text = text.strip()
        while position < len(text):
            match = _TOKEN.match(text, position)
            if match is None or match.lastgroup is None:
                raise _NotReadError
            self._tokens.append((match.lastgroup, match[match.lastgroup].lower()))
            if match.lastgroup == "comment":
                self._tokens[-1] = ("comment", match["comment"])
            position = match.end()

    def _peek(self, ahead: int = 0) -> tuple[str, str]:
        place = self._place + ahead
        return self._tokens[place] if place < len(self._tokens) else ("end", "")

    def _take(self, mark: str) -> bool:
        if self._peek() == ("mark", mark):
            self._place += 1
            return True
        return False

    def _next(self, kind: str) -> str:
        found, text = self._peek()
        if found != kind:
            raise _NotReadError
        self._place += 1
        return text

    def _need(self, mark: str) -> None:
        if not self._take(mark):
            raise _NotReadError

    def expression(self) -> Expression:
        groups: list[tuple[Rule, ...]] = []
        rules: list[Rule] = [self._rule()]
        while self._peek()[0] != "end":
            if self._take("||"):
                groups.append(tuple(rules))
                rules = [self._rule()]
            elif self._take(";"):
                if self._peek()[0] != "end":
                    rules.append(self._rule())
            elif self._take(","):
                rules.append(replace(self._rule(), additional=True))
            else:
                raise _NotReadError
            if groups and (len(rules) > 1 or not _may_fall_back(rules[0])):
                raise _NotReadError
        return Expression((*groups, tuple(rules)))

    def _rule(self) -> Rule:
        years, dates = self._years_and_dates()
        weeks = self._weeks()
        if years or dates or weeks:
            self._take(":")
        days = self._days()
        if days:
            self._take(":")
        always = self._peek()[0] == "always"
        spans: tuple[Span, ...] = ()
        if always:
            if days or years or dates or weeks:
                raise _NotReadError  # "Mo 24/7" contradicts itself
            self._place += 1
        elif self._at_time():
            spans = self._spans()
        state = comment = None
        if self._peek()[0] == "word" and self._peek()[1] in _STATES:
            state = _STATES[self._next("word")]
        if self._peek()[0] == "comment":
            comment = self._next("comment")[1:-1]
        if state is RuleState.CLOSED and any(span.open_end for span in spans):
            raise _NotReadError
        rule = Rule(years, dates, weeks, days, spans, state, comment, always)
        if rule == Rule():
            raise _NotReadError
        return rule

    def _at_time(self) -> bool:
        kind, text = self._peek()
        return kind == "time" or text == "(" or text in _EVENTS

    # -- parts of the year --------------------------------------------------------------------

    def _years_and_dates(self) -> tuple[tuple[Years, ...], tuple[Dates, ...]]:
        if self._peek()[0] == "year" and not self._month_ahead(1):
            return self._years(), self._dates()
        return (), self._dates()

    def _years(self) -> tuple[Years, ...]:
        years = []
        while True:
            first = int(self._next("year"))
            last: int | None = first
            if self._take("+"):
                last = None
            elif self._take("-"):
                last = int(self._next("year"))
                if last < first:
                    raise _NotReadError
            years.append(Years(first, last))
            if self._peek() != ("mark", ",") or self._peek(1)[0] != "year":
                return tuple(years)
            self._place += 1

    def _month_ahead(self, ahead: int) -> bool:
        kind, text = self._peek(ahead)
        return kind == "word" and text in _MONTHS

    def _dates(self) -> tuple[Dates, ...]:
        dates: list[Dates] = []
        while self._month_ahead(0) or (self._peek()[0] == "year" and self._month_ahead(1)):
            dates.append(self._date_range())
            comma = self._peek() == ("mark", ",")
            if not comma or not (self._month_ahead(1) or self._month_ahead(2)):
                break
            self._place += 1
        return tuple(dates)

    def _date_range(self) -> Dates:
        first_year, first = self._date()
        if not self._take("-"):
            return Dates(first, first, first_year, first_year)
        if first[1] is not None and self._peek()[0] == "number":
            day = self._day_number(first[0])
            if day < first[1]:
                raise _NotReadError
            return Dates(first, (first[0], day), first_year, first_year)
        last_year, last = self._date()
        if (first[1] is None) != (last[1] is None):
            raise _NotReadError
        if first_year is None and last_year is not None:
            raise _NotReadError
        if first_year is not None:
            last_year = first_year if last_year is None else last_year
            if (last_year, last[0], last[1] or 31) < (first_year, first[0], first[1] or 1):
                raise _NotReadError
        return Dates(first, last, first_year, last_year)

    def _date(self) -> tuple[int | None, tuple[int, int | None]]:
        year = int(self._next("year")) if self._peek()[0] == "year" else None
        word = self._next("word")
        if word not in _MONTHS:
            raise _NotReadError
        month = _MONTHS[word]
        if self._peek()[0] == "number":
            return year, (month, self._day_number(month))
        return year, (month, None)

    def _day_number(self, month: int) -> int:
        day = int(self._next("number"))
        if not 1 <= day <= _LONGEST_MONTH[month - 1]:
            raise _NotReadError
        return day

    def _weeks(self) -> tuple[Weeks, ...]:
        if self._peek() != ("word", "week"):
            return ()
        self._place += 1
        weeks = []
        while True:
            first = last = int(self._next("number"))
            step = 1
            if self._take("-"):
                last = int(self._next("number"))
                if self._take("/"):
                    step = int(self._next("number"))
            if not 1 <= first <= last <= 53 or step < 1:
                raise _NotReadError
            weeks.append(Weeks(first, last, step))
            if self._peek() != ("mark", ",") or self._peek(1)[0] != "number":
                return tuple(weeks)
            self._place += 1

    # -- days ---------------------------------------------------------------------------------

    def _day_ahead(self, ahead: int) -> bool:
        kind, text = self._peek(ahead)
        return kind == "word" and (text in _DAYS or text in ("ph", "sh"))

    def _days(self) -> tuple[Weekdays | Holidays, ...]:
        days: list[Weekdays | Holidays] = []
        while self._day_ahead(0):
            days.append(self._some_days())
            # A blank after the comma does not begin a rule: "Mo, We 09:00-17:00" is a list.
            if self._peek() != ("mark", ",") or not self._day_ahead(1):
                break
            self._place += 1
        return tuple(days)

    def _some_days(self) -> Weekdays | Holidays:
        word = self._next("word")
        if word in ("ph", "sh"):
            return Holidays(word.upper(), self._offset())
        first = last = _DAYS[word]
        if self._take("["):
            return Weekdays(first, first, self._nth())
        if self._take("-"):
            word = self._next("word")
            if word not in _DAYS:
                raise _NotReadError
            last = _DAYS[word]
        return Weekdays(first, last)

    def _nth(self) -> tuple[int, ...]:
        found: list[int] = []
        while True:
            sign = -1 if self._take("-") else 1
            first = last = int(self._next("number"))
            if sign == 1 and self._take("-"):
                last = int(self._next("number"))
            if not 1 <= first <= last <= 5:
                raise _NotReadError
            found.extend(sign * one for one in range(first, last + 1))
            if self._take("]"):
                return tuple(found)
            self._need(",")

    def _offset(self) -> int:
        mark = self._peek()[1]
        if mark not in ("+", "-") or self._peek(1)[0] != "number":
            return 0
        if self._peek(2) not in (("word", "day"), ("word", "days")):
            return 0
        days = int(self._peek(1)[1])
        self._place += 3
        if not 1 <= days <= 7:
            raise _NotReadError
        return days if mark == "+" else -days

    # -- times --------------------------------------------------------------------------------

    def _spans(self) -> tuple[Span, ...]:
        spans = [self._span()]
        while self._peek() == ("mark", ","):
            self._place += 1
            if not self._at_time():
                self._place -= 1
                break
            spans.append(self._span())
        return tuple(spans)

    def _span(self) -> Span:
        start, short_start = self._clock()
        if start.event is None and start.minutes >= DAY_MINUTES:
            raise _NotReadError
        if self._take("+"):
            return Span(start, None, open_end=True)
        self._need("-")
        end, short_end = self._clock()
        open_end = self._take("+")
        if start.event is None and end.event is None:
            short = short_start or short_end
            if end.minutes <= start.minutes:
                # "9:00-5:00" may be meant for the afternoon, and "13:00-5:00" too.
                early = start.minutes < 18 * 60 and end.minutes + DAY_MINUTES // 2 > start.minutes
                doubtful = short and end.minutes and (start.minutes < 13 * 60 or early)
                # "08:30-05:30", of 21 hours, is as often a clock of twelve hours.
                lasts = end.minutes + DAY_MINUTES - start.minutes
                doubtful = doubtful or (lasts >= 20 * 60 and 3 * 60 <= end.minutes < 12 * 60)
                if end.minutes == start.minutes or doubtful:
                    raise _NotReadError
                end = Clock(end.minutes + DAY_MINUTES)
            elif short and 60 <= start.minutes < 5 * 60 and end.minutes <= 12 * 60:
                raise _NotReadError  # "2:00-5:30" as well
            if end.minutes > 2 * DAY_MINUTES:
                raise _NotReadError
        return Span(start, end, open_end)

    def _clock(self) -> tuple[Clock, bool]:
        """Return a time, and whether its hour is written with one digit."""
        kind, text = self._peek()
        if kind == "time":
            self._place += 1
            hour, minute = map(int, text.split(":"))
            if hour > 48 or minute > 59:
                raise _NotReadError
            return Clock(hour * 60 + minute), len(text) == 4
        if self._take("("):
            event = self._next("word")
            sign = -1 if self._take("-") else 1
            if sign == 1:
                self._need("+")
            hour, minute = map(int, self._next("time").split(":"))
            self._need(")")
            if event not in _EVENTS:
                raise _NotReadError
            return Clock(sign * (hour * 60 + minute), event), False
        word = self._next("word")
        if word not in _EVENTS:
            raise _NotReadError
        return Clock(0, word), False
