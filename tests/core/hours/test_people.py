"""Opening hours as people write them: each form has one meaning, or none that is certain."""

import csv
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from geoapp.core.calendar import WorkCalendar
from geoapp.core.errors import InvalidValueError
from geoapp.core.hours import read, read_or_keep, state

CHINA = "Asia/Shanghai"
CALENDAR = WorkCalendar.from_chinesecalendar()
with (Path(__file__).parent / "words.csv").open(encoding="utf-8", newline="") as file:
    # ``↵`` is a line break in the cell; no hours: nobody can be certain.
    FORMS = [(row["words"].replace("↵", "\n"), row["hours"]) for row in csv.DictReader(file)]


@pytest.mark.parametrize(("words", "hours"), FORMS)
def test_a_form_is_understood_or_its_words_are_kept(words: str, hours: str) -> None:
    if hours:
        assert read(words) == hours
        assert read(hours) == hours
        return
    with pytest.raises(InvalidValueError, match="opening_hours"):
        read(words)
    kept, understood = read_or_keep(words)
    assert not understood
    assert " ".join(words.split()) in kept
    # What is kept reads the same when it comes back from an export.
    assert read_or_keep(kept) == (kept, True)


def test_enough_forms_are_known() -> None:
    assert len(FORMS) >= 150
    assert sum(bool(hours) for _, hours in FORMS) >= 150


# Monday 23 to Sunday 29 November 2026 are ordinary days; holidays on 1 to 7 October, Saturday
# 10 October is worked.
@pytest.mark.parametrize(
    ("words", "text", "expected"),
    [
        ("8:00-11:50；14:00-17:50", "2026-11-23T10:00", True),
        ("8:00-11:50\n14:00-17:50", "2026-11-23T10:00", True),
        ("周一至周五 8:30-11:30；13:30-17:00", "2026-11-28T14:00", False),
        ("周一至周五 8:30-11:30；13:30-17:00", "2026-11-23T09:00", True),
        ("下午1:00-晚12:00", "2026-11-23T23:30", True),
        ("下午1:00-晚12:00", "2026-11-23T09:00", False),
        ("晚上12点-早上6点", "2026-11-23T03:00", True),
        ("晚上12点-早上6点", "2026-11-23T13:00", False),
        ("Mo, Tu, We, Th, Fr 09:00-17:00", "2026-11-24T03:00", False),
        ("Mo, Tu, We, Th, Fr 09:00-17:00", "2026-11-27T10:00", True),
        ('Mo-Fr 08:00-12:00 || "电话预约"', "2026-11-23T09:00", True),
        ('Mo-Fr 08:00-12:00 || "电话预约"', "2026-11-23T13:00", None),
        ('Mo-Fr 08:00-12:00 || "电话预约"', "2026-11-28T09:00", None),
        ("夜间22:00-6:00", "2026-11-23T15:00", False),
        ("夜间22:00-6:00", "2026-11-23T03:00", True),
        # The night from Tuesday is not cut off by Wednesday's own hours.
        ("周二 22:00-次日2:00；周三 8:00-18:00", "2026-11-25T01:00", True),
        ("周二 22:00-次日2:00；周三 8:00-18:00", "2026-11-25T03:00", False),
        ("周一至周五 18:00-2:00，周末休息", "2026-11-28T01:00", True),
        ("周一至周五 18:00-2:00，周末休息", "2026-11-28T20:00", False),
        # In the syntax programs cut it off, people do not mean it.
        ("Tu 22:00-02:00; We 08:00-18:00", "2026-11-25T01:00", None),
        ("全年无休 8:00-20:00", "2026-10-01T10:00", True),
        ("周一至周五（节假日除外）8:30-17:30", "2026-10-01T10:00", False),
        ("工作日 9:00-17:00 周末 10:00-16:00", "2026-10-10T09:30", True),
        ("工作日 9:00-17:00 周末 10:00-16:00", "2026-10-01T10:30", None),
        # Seasons that nothing is said of.
        ("6月-9月 8:00-20:00", "2026-07-01T10:00", True),
        ("6月-9月 8:00-20:00", "2026-07-01T21:00", False),
        ("6月-9月 8:00-20:00", "2026-11-23T10:00", None),
        ("同营业时间", "2026-11-23T10:00", None),
    ],
)
def test_meaning_at_a_moment(words: str, text: str, expected: bool | None) -> None:
    expression, _ = read_or_keep(words)
    moment = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(CHINA))
    assert state(expression, moment, timezone=CHINA, calendar=CALENDAR) is expected


def test_long_words_are_cut_and_quotation_marks_do_not_end_them() -> None:
    kept, understood = read_or_keep('看"通知"' + "。" * 600)
    assert not understood
    assert kept.startswith('"看”通知”')
    assert len(kept) <= 202
    assert read_or_keep(kept) == (kept, True)
