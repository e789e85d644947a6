"""Days as a file that calendars read (iCalendar, RFC 5545)."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

_ESCAPED = re.compile(r"([\\;,])")
_LONGEST_LINE = 75  # octets, RFC 5545 section 3.1


def calendar_file(entries: Iterable[tuple[str, date, str]]) -> bytes:
    """Return whole days as a calendar.

    Parameters
    ----------
    entries
        A key that names the entry for good, its day, and its words on one line.
    """
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//geoapp//calendar//ZH"]
    for key, day, words in entries:
        text = _ESCAPED.sub(r"\\\1", " ".join(words.split()))
        lines += [
            "BEGIN:VEVENT",
            f"UID:{key}@geoapp",
            f"DTSTAMP:{stamp}",
            f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{text}",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


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
