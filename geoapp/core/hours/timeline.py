"""The minutes of one day under one reading of some rules.

People and programs read the same rules in more than one way. Each such way is a ``Reading``;
what all of them say is certain, the rest is not.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geoapp.core.hours.rules import (
    DAY_MINUTES,
    Clock,
    DayView,
    Expression,
    Holidays,
    Rule,
    RuleState,
    Span,
)

Minutes = NDArray[np.int8]
SunTimes = Callable[[DayView, str], int | None]

CLOSED, OPEN, UNKNOWN = 0, 1, 2
# How long after a time without a stated end somebody may still be there: until eight in the morning.
_OPEN_END_MINUTES = DAY_MINUTES + 8 * 60
# How far one calculation of the sun may be from another, and a person's clock from both.
SUN_MINUTES = 10


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read rules.

    Attributes
    ----------
    keeps_nights
        Whether a night that began yesterday ends when yesterday's rule says, or is cut off by a
        rule for today, as the reference implementation has it.
    bare
        What a rule of times alone does to the rules before it (``Mo-Fr 08:00-12:00; 13:00-17:00``):
        ``replaces`` them, is ``added`` to them, or has the days of the ``last`` one.
    holidays_last
        Whether a rule for public holidays stands above the rules after it.
    """

    keeps_nights: bool
    bare: str
    holidays_last: bool


class _Paint(NamedTuple):
    start: int
    end: int
    value: int


def readings(group: Sequence[Rule]) -> list[Reading]:
    """Return the ways in which a group of rules may be read."""
    night = any(span_crosses(span) for rule in group for span in rule.spans) and len(group) > 1
    bare = ["replaces"]
    for number, rule in enumerate(group[1:], 1):
        if _is_bare(rule):
            if all(one.selects for one in group[:number]):
                bare = ["added", "last"]
            else:
                bare = ["replaces", "added", "last"]
                break
    last = [False, True] if _holidays_last(group) != list(group) else [False]
    return [Reading(*one) for one in product([True, False] if night else [True], bare, last)]


def span_crosses(span: Span) -> bool:
    """Tell whether a span may reach into the next day."""
    if span.open_end or span.end is None or span.end.event or span.start.event:
        return True
    return span.end.minutes > DAY_MINUTES


def _is_bare(rule: Rule) -> bool:
    return (
        bool(rule.spans) and not rule.selects and not rule.additional and not _is_partly_off(rule)
    )


def _is_partly_off(rule: Rule) -> bool:
    return bool(rule.spans) and rule.state is RuleState.CLOSED


def _holidays_last(group: Sequence[Rule]) -> list[Rule]:
    """Return the rules with those that are for holidays alone behind the others."""
    only = [
        rule for rule in group if rule.days and all(isinstance(day, Holidays) for day in rule.days)
    ]
    return [rule for rule in group if rule not in only] + only


def as_read(group: Sequence[Rule], reading: Reading) -> list[Rule]:
    """Return the rules as one reading has them: what is bare made explicit, and put in order."""
    rules: list[Rule] = []
    for rule in group:
        if rules and _is_bare(rule) and reading.bare != "replaces":
            if reading.bare == "last":
                former = rules[-1]
                rule = replace(
                    rule,
                    years=former.years,
                    dates=former.dates,
                    weeks=former.weeks,
                    days=former.days,
                )
            rule = replace(rule, additional=True)
        rules.append(rule)
    return _holidays_last(rules) if reading.holidays_last else rules


def value_of(rule: Rule) -> int:
    """Return what a rule says of its times."""
    if rule.state is RuleState.CLOSED:
        return CLOSED
    if rule.state is RuleState.UNKNOWN or rule.comment is not None:
        return UNKNOWN  # a condition in words
    if not rule.spans and not rule.always:
        return UNKNOWN  # "Mo-Fr", "open": the days are named or none, the times are not
    return OPEN


def minutes(
    rules: Sequence[Rule], yesterday: DayView, today: DayView, reading: Reading, sun: SunTimes
) -> Minutes:
    """Return a day's minutes, each ``CLOSED``, ``OPEN`` or ``UNKNOWN``.

    Parameters
    ----------
    rules
        As ``as_read`` returns them.
    sun
        Returns the minute of an event of the sun on a day, None where that is not known.
    """
    day = np.full(DAY_MINUTES, CLOSED, dtype=np.int8)
    # Where an open end may last stands above other times; of last night, below today's, unless
    # there are several, which programs weigh in different ways.
    lasting = np.zeros(DAY_MINUTES, dtype=np.bool_)
    last_night = np.zeros(DAY_MINUTES, dtype=np.bool_)
    for rule in rules:
        for view, shift, maybe in ((yesterday, DAY_MINUTES, last_night), (today, 0, lasting)):
            if rule.holds(view):
                for start, end in _uncertain(rule, view, sun):
                    maybe[max(0, start - shift) : max(0, end - shift)] = True
    if reading.keeps_nights:
        _paint(day, _paints(rules, yesterday, sun), DAY_MINUTES)
        _paint(day, _paints(rules, today, sun), 0)
    else:
        for rule in rules:
            if rule.holds(today):
                if _replaces(rule):
                    day[:] = CLOSED
                _paint(day, _paints_of(rule, today, sun), 0)
            if rule.holds(yesterday):
                _paint(day, _paints_of(rule, yesterday, sun), DAY_MINUTES)
    if len(rules) == 1 and len(rules[0].spans) == 1:
        last_night &= day == CLOSED
    day[lasting | last_night] = UNKNOWN
    return day


def _replaces(rule: Rule) -> bool:
    """Tell whether a rule takes the place of what was said of the day before it."""
    if rule.state is RuleState.CLOSED:
        return not rule.spans
    return not rule.additional


def _paints(rules: Sequence[Rule], view: DayView, sun: SunTimes) -> list[_Paint]:
    paints: list[_Paint] = []
    for rule in rules:
        if rule.holds(view):
            if _replaces(rule):
                paints.clear()
            paints.extend(_paints_of(rule, view, sun))
    return paints


def _paints_of(rule: Rule, view: DayView, sun: SunTimes) -> Iterator[_Paint]:
    value = value_of(rule)
    if not rule.spans:
        if value != CLOSED:  # else there is nothing to paint: the rule has replaced the others
            yield _Paint(0, DAY_MINUTES, value)
        return
    for span in rule.spans:
        if span.end is None:
            continue
        start, end = _minute(span.start, view, sun), _minute(span.end, view, sun)
        if start is None or end is None:
            continue
        if span.start.event or span.end.event:
            if end <= start:
                end += DAY_MINUTES
            start += SUN_MINUTES if span.start.event else 0
            end -= SUN_MINUTES if span.end.event else 0
        yield _Paint(start, end, value)


def _uncertain(rule: Rule, view: DayView, sun: SunTimes) -> Iterator[tuple[int, int]]:
    """Return from when to when a rule leaves open whether it still holds."""
    for span in rule.spans:
        start = _minute(span.start, view, sun)
        end = start if span.end is None else _minute(span.end, view, sun)
        if start is None or end is None:
            yield 0, _OPEN_END_MINUTES
            continue
        if span.open_end:
            yield end, max(_OPEN_END_MINUTES, end)
        if span.end is not None and (span.start.event or span.end.event):
            if end <= start:
                end += DAY_MINUTES
            for clock, minute in ((span.start, start), (span.end, end)):
                if clock.event:
                    yield minute - SUN_MINUTES, minute + SUN_MINUTES


def _minute(clock: Clock, view: DayView, sun: SunTimes) -> int | None:
    if clock.event is None:
        return clock.minutes
    event = sun(view, clock.event)
    return None if event is None else event + clock.minutes


def _paint(day: Minutes, paints: Sequence[_Paint] | Iterator[_Paint], shift: int) -> None:
    for start, end, value in paints:
        day[max(0, start - shift) : max(0, end - shift)] = value


def names_sun(expression: Expression) -> bool:
    """Tell whether hours follow the sun."""
    return any(
        clock is not None and clock.event is not None
        for rule in expression.rules
        for span in rule.spans
        for clock in (span.start, span.end)
    )


def agreed(days: Sequence[Minutes]) -> Minutes:
    """Return what several readings of a day have in common; ``UNKNOWN`` where they differ."""
    if len(days) == 1:
        return days[0]
    stack = np.stack(days)
    same = (stack == stack[0]).all(axis=0)
    return np.where(same, stack[0], np.int8(UNKNOWN)).astype(np.int8)


def in_turn(groups: Sequence[Minutes], *, says_off: Sequence[bool]) -> Minutes:
    """Return a day where each group of rules speaks when those before it say closed.

    ``says_off``: whether a group closes some days in so many words; what comes after it is then
    not certain to be meant.
    """
    day = groups[0].copy()
    off = says_off[0]
    for later, later_off in zip(groups[1:], says_off[1:], strict=True):
        speaks = np.where((later == OPEN) & off, np.int8(UNKNOWN), later)
        day = np.where(day == CLOSED, speaks, day).astype(np.int8)
        off = off or later_off
    return day
