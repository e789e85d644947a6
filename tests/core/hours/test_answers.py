"""Opening hours: what they say, what holidays make of them, and where the answer is unknown.

The official calendar of 2026: holidays on 1 to 7 October; Saturday 10 October is worked.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from geoapp.core.calendar import DayNature, WorkCalendar
from geoapp.core.errors import InvalidValueError
from geoapp.core.hours import explain, next_change, read, state

CHINA = "Asia/Shanghai"
CALENDAR = WorkCalendar.from_chinesecalendar()
OFFICE = "Mo-Fr 09:00-17:00"
OFFICE_PH = "Mo-Fr 09:00-17:00; PH off"


def moment(text: str, zone: str = CHINA) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def at(hours: str | None, text: str, zone: str = CHINA) -> bool | None:
    return state(hours, moment(text, zone), timezone=zone, calendar=CALENDAR)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("8:00-18:00", "08:00-18:00"),
        ("08:00—18:00", "08:00-18:00"),
        ("8：00～18：00", "08:00-18:00"),
        ("24小时", "24/7"),
        ("全天候", "24/7"),
        ("周一至周五 9:00-17:00", "Mo-Fr 09:00-17:00"),
        ("星期一到星期五 9:00-11:30, 13:00-17:00", "Mo-Fr 09:00-11:30,13:00-17:00"),
        (
            "周一至周五8:30-12:00、13:30-17:30；周六 9:00-12:00",
            "Mo-Fr 08:30-12:00,13:30-17:30; Sa 09:00-12:00",
        ),
        ("工作日 9:00-17:00", "Mo-Fr 09:00-17:00; PH closed"),
        ("周一至周日9:00-17:00（节假日休息）", "Mo-Su 09:00-17:00; PH closed"),
        ("上午8:30-11:30 下午2:00-5:30", "08:30-11:30,14:00-17:30"),
        ("18:00-次日6:00", "18:00-06:00"),
        ("早8点到晚6点", "08:00-18:00"),
        ("8点半-17点", "08:30-17:00"),
        ("周一休息；周二至周日 9:00-17:00", "Tu-Su 09:00-17:00; Mo closed"),
        ("Mo-Fr 9:00-17:00; PH off", "Mo-Fr 09:00-17:00; PH closed"),
    ],
)
def test_reads_plain_forms(written: str, expected: str) -> None:
    assert read(written) == expected
    assert read(expected) == expected


@pytest.mark.parametrize(
    "written",
    [
        "",
        "夏季 8:00-18:00",
        "随所在单位",
        "25:00-26:00",
        "9:00-9:00",
        "8:00",
        "x" * 501,
        "周八 8:00-9:00",
    ],
)
def test_refuses_what_is_not_certain(written: str) -> None:
    with pytest.raises(InvalidValueError, match="opening_hours"):
        read(written)


@pytest.mark.parametrize(
    ("hours", "text", "expected"),
    [
        # Monday 23 November 2026, an ordinary day.
        ("24/7", "2026-11-23T03:00", True),
        ("08:00-18:00", "2026-11-23T08:00", True),
        ("08:00-18:00", "2026-11-23T18:00", False),
        ("08:30-11:30,13:30-17:30", "2026-11-23T12:00", False),
        ("22:00-06:00", "2026-11-24T05:59", True),
        ("22:00-06:00", "2026-11-24T06:00", False),
        (None, "2026-11-23T10:00", None),
        ("unknown", "2026-11-23T10:00", None),
        ('Mo-Fr 09:00-17:00 "call first"', "2026-11-23T10:00", None),
        # An open end is known up to the time it names and no further.
        ("08:00-18:00+", "2026-11-23T17:00", True),
        ("08:00-18:00+", "2026-11-23T19:00", None),
        ("10:00+", "2026-11-23T11:00", None),
        ("10:00+", "2026-11-23T09:00", False),
        # Public holiday on Thursday 1 October.
        (OFFICE_PH, "2026-10-01T10:00", False),
        (OFFICE, "2026-10-01T10:00", None),
        (OFFICE, "2026-10-01T20:00", False),
        ("Mo-Fr 09:00-17:00; Sa-Su 10:00-16:00", "2026-10-01T11:00", True),
        ("08:00-18:00", "2026-10-01T10:00", True),
        ("Mo-Fr,PH 09:00-17:00", "2026-10-01T10:00", True),
        ("Mo-Fr 09:00-17:00; PH 10:00-12:00", "2026-10-01T11:00", True),
        ("Mo-Fr 09:00-17:00; PH 10:00-12:00", "2026-10-01T13:00", False),
        # The night before a holiday may end when it would on any day, or with the day itself.
        ("22:00-06:00; PH off", "2026-10-01T23:00", False),
        ("22:00-06:00; PH off", "2026-10-01T03:00", None),
        # Saturday 10 October is worked.
        (OFFICE_PH, "2026-10-10T10:00", True),
        (OFFICE, "2026-10-10T10:00", None),
        (OFFICE, "2026-10-10T08:00", False),
        ("Mo,We 09:00-17:00; PH off", "2026-10-10T10:00", None),
        # 2027 is not announced: only what no holiday could change is known.
        (OFFICE_PH, "2027-03-01T10:00", None),
        (OFFICE_PH, "2027-03-01T20:00", False),
        (OFFICE, "2027-03-01T10:00", None),
        (OFFICE, "2027-03-01T20:00", False),
        (OFFICE, "2027-03-06T10:00", None),
        ("24/7", "2027-03-01T10:00", True),
        ("Mo-Su 08:00-18:00", "2027-03-01T10:00", True),
        ("Mo-Su 18:00-02:00", "2027-03-01T23:00", True),
        ("Mo-Fr 18:00-02:00", "2027-03-01T23:00", None),
        ("Mo-Su 18:00-02:00", "2026-10-01T23:00", True),
    ],
)
def test_state_in_china(hours: str | None, text: str, expected: bool | None) -> None:
    assert at(hours, text) is expected


def test_unknown_has_a_reason_and_known_has_none() -> None:
    def why(hours: str | None, text: str) -> str:
        found = explain(hours, moment(text), timezone=CHINA, calendar=CALENDAR)
        return "" if found is None else found.zh

    assert why(OFFICE, "2026-11-23T10:00") == ""
    assert "没有填写" in why(None, "2026-11-23T10:00")
    assert "法定节假日" in why(OFFICE, "2026-10-01T10:00")
    assert "调休" in why(OFFICE, "2026-10-10T10:00")
    assert "放假安排" in why(OFFICE_PH, "2027-03-01T10:00")


def test_out_of_season_it_is_said_when_hours_are_given_again() -> None:
    def said(hours: str, text: str) -> str | None:
        found = explain(hours, moment(text), timezone=CHINA, calendar=CALENDAR)
        return None if found is None else found.both()

    silent = "开放时间没有提到一年中的这一段"
    english = "The hours do not speak of this part of the year"
    summer = "Jun-Sep 08:00-21:00"
    assert said(summer, "2026-11-30T12:00") == (
        f"{silent}，6月1日起有开放时间 / {english}; hours are given from 1 June"
    )
    assert said(summer, "2026-07-30T23:00") is None
    assert said("Dec 10-Mar 05 Sa 08:00-12:00", "2026-03-06T12:00") == (
        f"{silent}，12月10日起有开放时间 / {english}; hours are given from 10 December"
    )
    # What is over for good does not come again.
    assert said("2020 Jun-Sep 08:00-21:00", "2026-11-30T12:00") == f"{silent} / {english}"


def test_what_cannot_be_read_is_unknown() -> None:
    at = moment("2026-11-24 12:00")
    for hours in ("早上到晚上", "Mo-Su 25:99", "((("):
        assert state(hours, at, timezone=CHINA, calendar=CALENDAR) is None
        assert explain(hours, at, timezone=CHINA, calendar=CALENDAR) is not None
        assert next_change(hours, at, timezone=CHINA, calendar=CALENDAR) is None


def test_abroad_the_countrys_own_holidays_count() -> None:
    # Independence Day, Sunday 6 December 2026; 25 December is a Friday.
    assert at("Mo-Su 10:00-16:00; PH off", "2026-12-25T11:00", "Europe/Helsinki") is False
    assert at("Mo-Su 10:00-16:00; PH off", "2026-12-15T11:00", "Europe/Helsinki") is True
    assert at(OFFICE, "2026-10-01T10:00", "Europe/Helsinki") is True


def test_the_moment_is_taken_in_the_facilitys_zone() -> None:
    # 00:30 UTC is 08:30 in Qingdao.
    asked = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
    assert state("08:00-18:00", asked, timezone=CHINA, calendar=CALENDAR) is True
    with pytest.raises(InvalidValueError):
        state("24/7", datetime(2026, 11, 23), timezone=CHINA, calendar=CALENDAR)


def test_next_change() -> None:
    def change(hours: str | None, text: str) -> str | None:
        found = next_change(hours, moment(text), timezone=CHINA, calendar=CALENDAR)
        return None if found is None else found.isoformat()

    assert change("08:00-18:00", "2026-11-23T10:00") == "2026-11-23T18:00:00+08:00"
    assert change("08:00-18:00", "2026-11-23T20:00") == "2026-11-24T08:00:00+08:00"
    assert change("24/7", "2026-11-23T10:00") is None
    assert change(None, "2026-11-23T10:00") is None
    # Wednesday evening before the holidays: the next opening is after them, on the 8th.
    assert change(OFFICE_PH, "2026-09-30T18:00") == "2026-10-08T09:00:00+08:00"
    # Without a word on holidays nobody knows about Thursday.
    assert change(OFFICE, "2026-09-30T18:00") is None
    # Friday evening before a worked Saturday.
    assert change(OFFICE_PH, "2026-10-09T18:00") == "2026-10-10T09:00:00+08:00"


def test_summer_time_in_helsinki() -> None:
    # On 29 March 2026 clocks go from 03:00 to 04:00.
    found = next_change(
        "08:00-18:00",
        moment("2026-03-29T02:30", "Europe/Helsinki"),
        timezone="Europe/Helsinki",
        calendar=CALENDAR,
    )
    assert found is not None
    assert found.isoformat() == "2026-03-29T08:00:00+03:00"


def test_many_threads_agree() -> None:
    moments = [f"2026-11-23T{hour:02d}:{minute:02d}" for hour in range(24) for minute in (0, 29)]
    expected = [at("08:30-11:30,13:30-17:30", one) for one in moments]
    with ThreadPoolExecutor(8) as pool:
        for _ in range(20):
            assert (
                list(pool.map(lambda one: at("08:30-11:30,13:30-17:30", one), moments)) == expected
            )


def test_the_calendar_knows_what_it_does_not_know() -> None:
    last = max(CALENDAR.years)
    assert CALENDAR.nature(datetime(last, 10, 1).date()) is DayNature.HOLIDAY
    assert CALENDAR.nature(datetime(last + 1, 10, 1).date()) is DayNature.UNKNOWN
