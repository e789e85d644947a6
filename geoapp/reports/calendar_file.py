"""Days as a file that calendars read (iCalendar, RFC 5545)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

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


def calendar_file(entries: Iterable[CalendarEntry], title: str | None = None) -> bytes:
    """Return whole days as a calendar; they keep nobody's time busy.

    Parameters
    ----------
    title
        What the calendar is called where somebody subscribes to it.
    """
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//geoapp//calendar//ZH"]
    if title is not None:
        # RFC 7986, and what calendars had read before it.
        lines += [f"NAME:{_text(title)}", f"X-WR-CALNAME:{_text(title)}"]
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
