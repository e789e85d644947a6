"""Days as a file that calendars read (iCalendar, RFC 5545)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_ESCAPED = re.compile(r"([\\;,])")
_LONGEST_LINE = 75  # octets, RFC 5545 section 3.1


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """A whole day of a calendar.

    Attributes
    ----------
    key
        What names the entry for good.
    words
        What is on, on one line.
    place
        Where, as words; None where that is not known.
    page
        The address of a page that tells more, if there is one.
    """

    key: str
    day: date
    words: str
    place: str | None = None
    page: str | None = None


def calendar_file(
    entries: Iterable[CalendarEntry],
    zone: ZoneInfo,
    title: str | None = None,
    about: str | None = None,
) -> bytes:
    """Return whole days as a calendar; they keep nobody's time busy.

    Parameters
    ----------
    zone
        Where the days are those of the calendar. It is written out, too: a calendar needs a component
        at least (RFC 5545 section 3.6), and there may be no day to tell of.
    title
        What the calendar is called where somebody subscribes to it.
    about
        What is said of it there.
    """
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//geoapp//calendar//ZH"]
    if title is not None:
        # RFC 7986, and what calendars had read before it; of the description as well.
        lines += [f"NAME:{_text(title)}", f"X-WR-CALNAME:{_text(title)}"]
    if about is not None:
        lines += [f"DESCRIPTION:{_text(about)}", f"X-WR-CALDESC:{_text(about)}"]
    lines += _zone_lines(zone)
    for one in entries:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{one.key}@geoapp",
            f"DTSTAMP:{stamp}",
            f"DTSTART;VALUE=DATE:{one.day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{one.day + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_text(one.words)}",
            "TRANSP:TRANSPARENT",
        ]
        if one.place:
            lines.append(f"LOCATION:{_text(one.place)}")
        if one.page:
            lines.append(f"URL:{one.page}")
        lines.append("END:VEVENT")
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def _zone_lines(zone: ZoneInfo) -> list[str]:
    """Return a zone's clock from the year before to the year after, each change of it on its own."""
    year = datetime.now(zone).year
    moment = datetime(year - 1, 1, 1, tzinfo=zone).astimezone(UTC)
    end = datetime(year + 2, 1, 1, tzinfo=zone).astimezone(UTC)
    lines = ["BEGIN:VTIMEZONE", f"TZID:{zone.key}", *_clock_lines(moment, moment, zone)]
    while moment < end:
        later = moment + timedelta(days=1)
        if _offset(moment, zone) != _offset(later, zone):
            lines += _clock_lines(moment, _change(moment, later, zone), zone)
        moment = later
    return [*lines, "END:VTIMEZONE"]


def _change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Return the second at which a zone's clock changes between two moments."""
    while after - before > timedelta(seconds=1):
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if _offset(middle, zone) == _offset(before, zone):
            before = middle
        else:
            after = middle
    return after


def _clock_lines(before: datetime, onset: datetime, zone: ZoneInfo) -> list[str]:
    """Return what a zone's clock shows from a moment on; it begins by the clock of a moment before."""
    came, local = _offset(before, zone), onset.astimezone(zone)
    kind = "DAYLIGHT" if local.dst() else "STANDARD"
    return [
        f"BEGIN:{kind}",
        f"DTSTART:{onset + came:%Y%m%dT%H%M%S}",
        f"TZOFFSETFROM:{_signed(came)}",
        f"TZOFFSETTO:{_signed(_offset(onset, zone))}",
        f"TZNAME:{local.tzname()}",
        f"END:{kind}",
    ]


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    offset = moment.astimezone(zone).utcoffset()
    assert offset is not None, "a zone knows its offset at every moment"
    return offset


def _signed(offset: timedelta) -> str:
    sign, minutes = ("-" if offset < timedelta(0) else "+"), abs(offset) // timedelta(minutes=1)
    return f"{sign}{minutes // 60:02d}{minutes % 60:02d}"


def _text(words: str) -> str:
    return _ESCAPED.sub(r"\\\1", " ".join(words.split()))


def _folded(line: str) -> bytes:
    """Return a line in pieces of at most 75 octets that break no character."""
    pieces: list[bytes] = []
    piece = b""
    for character in line:
        octets = character.encode()
        # A piece after the first begins with a space.
        if len(piece) + len(octets) > _LONGEST_LINE - (1 if pieces else 0):
            pieces.append(piece)
            piece = b""
        piece += octets
    return b"\r\n ".join([*pieces, piece]) + b"\r\n"
