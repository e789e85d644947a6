"""Opening hours in words: exact words for common hours, and nothing lost from the others."""

import pytest

from geoapp.core.hours.words import words_of


@pytest.mark.parametrize(
    ("hours", "zh", "en"),
    [
        ("24/7", "全天 24 小时", "24 hours a day"),
        ("Mo-Su 08:00-18:00", "每天 08:00-18:00", "daily 08:00-18:00"),
        (
            "Mo-Fr 09:00-12:00,13:30-17:30; PH off",
            "周一至周五 09:00-12:00、13:30-17:30；法定节假日 不开放",
            "Mon-Fri 09:00-12:00,13:30-17:30; public holidays closed",
        ),
        ("Sa,Su 10:00-16:00", "周六、周日 10:00-16:00", "Sat,Sun 10:00-16:00"),
        ("Jun-Sep 06:00-22:00", "6月至9月 06:00-22:00", "Jun-Sep 06:00-22:00"),
        ("Jun 15-Sep 01 06:00-22:00", "6月15日至9月01日 06:00-22:00", "Jun 15-Sep 01 06:00-22:00"),
        (
            'Mo 08:00-10:00 "Mo is by call"',
            '周一 08:00-10:00 "Mo is by call"',
            'Mon 08:00-10:00 "Mo is by call"',
        ),
        ("22:00-06:00", "22:00-06:00", "22:00-06:00"),
        ('"同营业时间,见门口"', '"同营业时间,见门口"', '"同营业时间,见门口"'),
        (
            'Mo-Fr 08:00-12:00 || "Mo-Su, by phone"',
            '周一至周五 08:00-12:00；其余时间 "Mo-Su, by phone"',
            'Mon-Fri 08:00-12:00; else "Mo-Su, by phone"',
        ),
        (
            "Tu 22:00-02:00, We 08:00-18:00",
            "周二 22:00-02:00；周三 08:00-18:00",
            "Tue 22:00-02:00, Wed 08:00-18:00",
        ),
        ("week 1-53/2 Fr 09:00+", "week 1-53/2 周五 09:00+", "week 1-53/2 Fri 09:00+"),
    ],
)
def test_hours_in_words(hours: str, zh: str, en: str) -> None:
    """Both languages, word for word."""
    assert words_of(hours, "zh") == zh
    assert words_of(hours, "en") == en
