"""Opening hours as people write them, in Chinese or English, into OpenStreetMap's syntax.

Only what has one meaning is taken; the rest stays words (``read_or_keep``).
"""

import itertools
import re
from dataclasses import dataclass

from geoapp.core.hours.clocks import DAY, resolve, text_of
from geoapp.core.hours.parts import NotSureError, Part, parts
from geoapp.core.hours.people import ALL_DAYS, WEEKEND, Days, clean, tokens
from geoapp.core.hours.rules import DAY_NAMES

Spans = list[tuple[int, int]]
_SUN = re.compile(r"日出\s*[-~至到]\s*日落|sunrise\s*(?:-|~|to|until)\s*sunset", re.IGNORECASE)


def from_plain(text: str) -> str | None:
    """Return OpenStreetMap's syntax for what people write, None if its meaning is not certain."""
    words = clean(text)
    if _SUN.fullmatch(words):
        return "sunrise-sunset"
    found = tokens(words)
    if not found:
        return None
    try:
        return _Compiler(parts(found)).text()
    except NotSureError:
        return None


@dataclass(slots=True)
class _Rule:
    weekdays: frozenset[int]
    holidays: bool
    spans: Spans
    always: bool
    months: str

    def text(self, *, every_day: bool) -> str:
        times = "00:00-24:00" if self.always else text_of(self.spans)
        if self.always and self.weekdays == ALL_DAYS and not self.months:
            return "24/7"
        days = "" if every_day and not self.holidays else _days_text(self.weekdays)
        if self.holidays:
            days = f"{days},PH" if days else "PH"
        return " ".join(word for word in (self.months, days, times) if word)


class _Compiler:
    """Makes rules of the pieces: whom they hold for, what is left out, what follows what."""

    def __init__(self, pieces: list[Part]) -> None:
        pieces = [part for part in pieces if not part.is_empty]
        self._closed = Days()
        self._same = Days()
        for part in pieces:
            if part.closed and part.days is not None:
                self._closed |= part.days
            elif part.same and part.days is not None:
                self._same |= part.days
        self._parts = _joined([part for part in pieces if not part.closed and not part.same])

    def text(self) -> str:
        rules = [self._rule(part) for part in self._parts]
        if not rules or (self._closed.holidays and self._same.holidays):
            raise NotSureError
        if self._is_silent_on_sunday():
            raise NotSureError
        _make_disjoint(rules)
        covered = frozenset().union(*(rule.weekdays for rule in rules))
        if covered & self._closed.weekdays:
            raise NotSureError
        at_night = any(end > DAY for rule in rules for _, end in rule.spans)
        told = [part.days is not None and bool(part.days.weekdays) for part in self._parts]
        words = [
            rule.text(every_day=rule.weekdays == ALL_DAYS and not named)
            for rule, named in zip(rules, told, strict=True)
        ]
        # A rule that replaces would cut off the night before it.
        text = (", " if at_night else "; ").join(words)
        off = self._closed.weekdays if self._says_closed() and not at_night else frozenset()
        if off:
            text += f"; {_days_text(off)} off"
        on_holidays = self._on_holidays(rules, covered)
        return f"{text}; {on_holidays}" if on_holidays else text

    def _on_holidays(self, rules: list["_Rule"], covered: frozenset[int]) -> str | None:
        """Return the rule for public holidays, if one is to be added."""
        if any(rule.holidays for rule in rules):
            if self._closed.holidays:
                raise NotSureError
            return None
        if self._closed.holidays:
            return "PH off"
        if not any(part.days is not None and part.days.official for part in self._parts):
            return None
        # 工作日: holidays are none, worked weekends are some. With hours for weekends beside it,
        # a holiday may be like a weekend.
        return "PH unknown" if covered & WEEKEND else "PH off"

    def _is_silent_on_sunday(self) -> bool:
        """Tell whether times without days are followed by Saturday's alone: 8:00-18:00，周六休息."""
        if not any(part.days is None and not part.months for part in self._parts):
            return False
        named = self._closed.weekdays.union(
            *(part.days.weekdays for part in self._parts if part.days is not None)
        )
        return 5 in named and 6 not in named

    def _says_closed(self) -> bool:
        return any(part.days is not None or part.others for part in self._parts)

    def _rule(self, part: Part) -> _Rule:
        if not part.has_times or (part.others and part.days is not None):
            raise NotSureError
        spans = [] if part.always else _resolved(part)
        if part.always and part.pauses:
            raise NotSureError
        if part.days is None:
            weekdays = ALL_DAYS - self._closed.weekdays
            holidays = False
            if not weekdays or (part.others and not self._closed.weekdays):
                raise NotSureError
        else:
            weekdays, holidays = part.days.weekdays, part.days.holidays
            if weekdays == ALL_DAYS:
                weekdays -= self._closed.weekdays
        if self._same.weekdays or self._same.holidays:
            weekdays, holidays = self._with_same(weekdays)
        return _Rule(weekdays, holidays, spans, part.always, part.months)

    def _with_same(self, weekdays: frozenset[int]) -> tuple[frozenset[int], bool]:
        if len(self._parts) != 1:
            raise NotSureError
        return weekdays | self._same.weekdays, self._same.holidays


def _joined(pieces: list[Part]) -> list[Part]:
    """Give times that stand alone to the days before them: "周一 8:30-11:30；13:30-17:00"."""
    joined: list[Part] = []
    for part in pieces:
        bare = part.days is None and not part.months and not part.others
        if joined and bare and part.has_times:
            former = joined[-1]
            if not former.has_times:
                former.pairs, former.always = part.pairs, part.always
            elif former.always or part.always:
                raise NotSureError
            else:
                former.pairs = former.pairs + part.pairs
            former.pauses = former.pauses + part.pauses
        elif joined and bare and part.pauses:
            joined[-1].pauses = joined[-1].pauses + part.pauses
        elif joined and not joined[-1].has_times and joined[-1].days is not None:
            # 全年无休，每天8:00-20:00: the days are said twice.
            if part.days is None or joined[-1].months or part.months:
                raise NotSureError
            joined[-1] = Part(joined[-1].days | part.days, "", part.pairs, part.pauses, part.always)
        else:
            joined.append(part)
    return joined


def _resolved(part: Part) -> Spans:
    named = part.days is not None
    spans = resolve(part.pairs, has_days=named)
    if spans is None:
        raise NotSureError
    for pause in part.pauses:
        cut = resolve([pause], has_days=named)
        if cut is None:
            raise NotSureError
        spans = _without(spans, cut[0])
    return spans


def _without(spans: Spans, pause: tuple[int, int]) -> Spans:
    """Return spans without a pause; it may lie between two of them already."""
    if any(a[1] == pause[0] and b[0] == pause[1] for a, b in itertools.pairwise(spans)):
        return spans
    left: Spans = []
    inside = False
    for start, end in spans:
        if start < pause[0] and pause[1] < end:
            left += [(start, pause[0]), (pause[1], end)]
            inside = True
        else:
            left.append((start, end))
    if not inside:
        raise NotSureError
    return left


def _make_disjoint(rules: list[_Rule]) -> None:
    """Take from each rule the days that a later one speaks of."""
    for number, rule in enumerate(rules):
        for later in rules[number + 1 :]:
            if later.months == rule.months:
                rule.weekdays -= later.weekdays
                if later.holidays and rule.holidays:
                    raise NotSureError
            elif not (later.months and rule.months):
                raise NotSureError
        if not rule.weekdays and not rule.holidays:
            raise NotSureError


def _days_text(weekdays: frozenset[int]) -> str:
    """Return days of the week: the weekend, and three and more in a row, as a range."""
    words: list[str] = []
    first = 0
    while first < 7:
        last = first
        while last < 7 and last in weekdays:
            last += 1
        names = DAY_NAMES[first:last]
        as_range = len(names) > 2 or names == DAY_NAMES[5:]
        words += [f"{names[0]}-{names[-1]}"] if as_range else names
        first = max(last, first) + 1
    return ",".join(words)
