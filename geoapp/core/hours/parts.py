"""The pieces of what people write of opening hours: some days, and what is said of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from geoapp.core.hours.clocks import Pair
from geoapp.core.hours.people import Days, Token
from geoapp.core.hours.rules import MONTH_NAMES


class NotSureError(Exception):
    """The words have no meaning, or more than one."""


@dataclass(slots=True)
class Part:
    """A piece of the words: some days and what they say of them."""

    days: Days | None = None
    months: str = ""
    pairs: list[Pair] = field(default_factory=list)
    pauses: list[Pair] = field(default_factory=list)
    always: bool = False
    closed: bool = False
    others: bool = False
    same: bool = False

    @property
    def has_times(self) -> bool:
        """Whether it says when it is open."""
        return bool(self.pairs) or self.always

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing."""
        return self == Part()


def parts(found: Sequence[Token], *, bracketed: bool = False) -> list[Part]:
    """Return the pieces of some tokens; those in brackets are read by themselves."""
    reader = _Reader(bracketed=bracketed)
    place = 0
    while place < len(found):
        token = found[place]
        if token.kind == "left":
            end = next(
                (n for n in range(place + 1, len(found)) if found[n].kind in ("left", "right")),
                None,
            )
            if end is None or found[end].kind == "left":
                raise NotSureError
            reader.take_brackets(parts(found[place + 1 : end], bracketed=True))
            place = end + 1
        else:
            place = reader.take(found, place)
    return reader.finish()


class _Reader:
    """Collects pieces from left to right."""

    def __init__(self, *, bracketed: bool) -> None:
        self._bracketed = bracketed
        self._done: list[Part] = []
        self._aside: list[Part] = []
        self._part = Part()
        self._pause_comes = False
        self._except_comes = False

    def finish(self) -> list[Part]:
        self._close()
        if self._pause_comes or self._except_comes:
            raise NotSureError
        return self._done + self._aside

    def _close(self) -> None:
        if not self._part.is_empty:
            self._done.append(self._part)
        self._part = Part()

    def take_brackets(self, pieces: list[Part]) -> None:
        """Take what stands in brackets: days of the times before it, or something of its own."""
        for part in pieces:
            here = self._part
            if part.closed or part.same or (part.pauses and not part.has_times):
                if part.pauses and part.days is None and not part.closed:
                    here.pauses.extend(part.pauses)
                else:
                    self._aside.append(part)
            elif part.days is not None and not part.has_times:
                if here.days is not None and here.days != part.days:
                    raise NotSureError
                here.days = part.days
            elif part.days is None and part.has_times and not here.has_times:
                here.pairs.extend(part.pairs)
                here.always = part.always
            elif part.days is not None and here.has_times:
                self._aside.append(part)
            else:
                raise NotSureError

    def take(self, found: Sequence[Token], place: int) -> int:
        """Take the tokens that belong together from a place on; return the place after them."""
        kind = found[place].kind
        if kind in ("days", "day", "month"):
            return self._take_days(found, place)
        if kind == "time":
            return self._take_span(found, place)
        if kind == "always":
            if self._part.pairs:
                raise NotSureError
            self._part.always = True
        elif kind == "closed" and self._bracketed and self._is_one_span():
            self._make_pause()  # （12:00-13:30休息）
        elif kind in ("closed", "except"):
            self._take_closed()
        elif kind == "pause":
            self._pause_comes = _kind(found, place + 1) == "time"
            if not self._pause_comes:
                self._make_pause()
        elif kind == "same":
            if self._part.days is None or self._part.has_times:
                raise NotSureError
            self._part.same = True
            self._close()
        elif kind == "others":
            self._close()
            self._part.others = True
        elif kind == "break":
            self._close()
        elif kind != "comma":
            raise NotSureError
        return place + 1

    def _take_closed(self) -> None:
        if self._part.days is not None and not self._part.has_times:
            self._part.closed = True
            self._close()
            self._except_comes = False
        elif not self._except_comes:
            # "closed on Mondays", "除节假日外": the days follow.
            self._close()
            self._except_comes = True

    def _is_one_span(self) -> bool:
        return len(self._part.pairs) == 1 and self._part.days is None and not self._done

    def _make_pause(self) -> None:
        """Turn the last span into a pause: "12:00-13:30午休"."""
        part = self._part
        if not part.pairs or not (len(part.pairs) > 1 or self._is_one_span()):
            raise NotSureError
        part.pauses.append(part.pairs.pop())

    def _take_span(self, found: Sequence[Token], place: int) -> int:
        start = found[place].said
        following = _kind(found, place + 1)
        if following == "dash" and _kind(found, place + 2) == "time":
            end, after = found[place + 2].said, place + 3
        elif following == "time":
            # "早8晚6": from morning to evening, without a word between.
            end, after = found[place + 1].said, place + 2
            if start is None or end is None or start.half is None or end.half is None:
                raise NotSureError
        else:
            raise NotSureError
        if start is None or end is None or self._part.always or self._except_comes:
            raise NotSureError
        if self._pause_comes:
            self._part.pauses.append((start, end))
            self._pause_comes = False
        else:
            self._part.pairs.append((start, end))
        return after

    def _take_days(self, found: Sequence[Token], place: int) -> int:
        months: list[str] = []
        days: Days | None = None
        while True:
            kind = _kind(found, place)
            if kind == "month" and days is None:
                name, place = _month_range(found, place)
                months.append(name)
            elif kind in ("days", "day") or (kind == "short_day" and days is not None):
                some, place = _day_range(found, place)
                days = some if days is None else days | some
            else:
                break
            joined = _kind(found, place) == "comma"
            if joined and _kind(found, place + 1) in ("days", "day", "short_day", "month"):
                place += 1
        self._add_days(days, ",".join(months), found, place)
        return place

    def _add_days(self, days: Days | None, months: str, found: Sequence[Token], place: int) -> None:
        part = self._part
        if self._except_comes:
            if days is None or months or not part.is_empty:
                raise NotSureError
            self._part.days = days
            self._part.closed = True
            self._close()
            self._except_comes = False
            if _kind(found, place) == "except":  # 除节假日外: the second half of the word
                self._part = Part()
                found[place].kind = "comma"
            return
        if part.has_times or part.pauses:
            trails = part.days is None and not months and self._ends(found, place)
            if trails and not self._done:
                part.days = days
                return
            self._close()
        if days is not None:
            self._part.days = days if self._part.days is None else self._part.days | days
        if months:
            if self._part.months:
                raise NotSureError
            self._part.months = months

    @staticmethod
    def _ends(found: Sequence[Token], place: int) -> bool:
        return all(token.kind in ("break", "comma") for token in found[place:])


def _kind(found: Sequence[Token], place: int) -> str:
    return found[place].kind if place < len(found) else "end"


def _month_range(found: Sequence[Token], place: int) -> tuple[str, int]:
    first = _month_text(found[place])
    if _kind(found, place + 1) == "dash" and _kind(found, place + 2) == "month":
        return f"{first}-{_month_text(found[place + 2])}", place + 3
    return first, place + 1


def _month_text(token: Token) -> str:
    day = f" {token.day_of_month:02d}" if token.day_of_month else ""
    return f"{MONTH_NAMES[token.number - 1]}{day}"


def _day_range(found: Sequence[Token], place: int) -> tuple[Days, int]:
    token = found[place]
    last = _kind(found, place + 2)
    if token.kind != "days" and _kind(found, place + 1) == "dash" and last in ("day", "short_day"):
        length = (found[place + 2].number - token.number) % 7
        days = frozenset((token.number + one) % 7 for one in range(length + 1))
        return Days(days), place + 3
    return token.days, place + 1
