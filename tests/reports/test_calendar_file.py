"""Days as a calendar: a component at least, and a zone's clock as it is."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from geoapp.reports.calendar_file import CalendarEntry, calendar_file


def test_a_calendar_of_nothing_has_its_zone() -> None:
    """RFC 5545 asks for a component at least; a clock that never changes is told once."""
    lines = calendar_file([], ZoneInfo("Asia/Shanghai")).decode().split("\r\n")
    assert [one for one in lines if one.startswith("BEGIN")] == [
        "BEGIN:VCALENDAR",
        "BEGIN:VTIMEZONE",
        "BEGIN:STANDARD",
    ]
    assert "TZID:Asia/Shanghai" in lines
    assert {"TZOFFSETFROM:+0800", "TZOFFSETTO:+0800", "TZNAME:CST"} <= set(lines)


@pytest.mark.parametrize(
    ("name", "summer", "winter"),
    [("Europe/Helsinki", "+0300", "+0200"), ("America/St_Johns", "-0230", "-0330")],
)
def test_a_clock_that_changes_is_told_by_its_changes(name: str, summer: str, winter: str) -> None:
    zone = ZoneInfo(name)
    told = calendar_file([CalendarEntry("one", date(2026, 7, 1), "开放")], zone).decode()
    clocks = [part.splitlines()[1:] for part in told.split("BEGIN:DAYLIGHT")[1:]]
    # The year before, this one, the next.
    assert len(clocks) == 3
    assert told.count("BEGIN:STANDARD") == 4
    assert told.index("END:VTIMEZONE") < told.index("BEGIN:VEVENT")
    for onset, came, went, *_ in clocks:
        assert (came, went) == (f"TZOFFSETFROM:{winter}", f"TZOFFSETTO:{summer}")
        shown = datetime.strptime(onset, "DTSTART:%Y%m%dT%H%M%S")
        # What the clock would have shown is an hour that it leaves out.
        there = shown.replace(tzinfo=zone)
        assert there.astimezone(ZoneInfo("UTC")).astimezone(zone).hour == shown.hour + 1
        assert (shown.minute, shown.second) == (0, 0)
