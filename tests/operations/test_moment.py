"""A day that is refused is told why."""

from datetime import date

import pytest

from geoapp.core.errors import InvalidValueError
from geoapp.operations.moment import past_day


@pytest.mark.parametrize("day", [date(1, 1, 1), date(2026, 1, 2)])
def test_a_refused_day_is_told_both_ends(day: date) -> None:
    with pytest.raises(InvalidValueError) as caught:
        past_day(day, date(2026, 1, 1))
    assert "不晚于今天（2026-01-01）、不早于 1800 年" in caught.value.text.zh
    assert "from 1800 on and no later than today (2026-01-01)" in caught.value.text.en
