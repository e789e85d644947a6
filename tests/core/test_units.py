"""Service standards as people write them, lengths and times as people read them."""

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.units import (
    counted,
    format_change,
    format_count,
    format_difference,
    format_gap,
    format_metres,
    format_metres_about,
    format_money,
    format_seconds,
    format_share,
    parse_standard,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("500m", (500.0, None)),
        ("500", (500.0, None)),
        (" 500 M ", (500.0, None)),
        ("0.5km", (500.0, None)),
        ("1.5 公里", (1500.0, None)),
        ("300米", (300.0, None)),
        ("10min", (None, 600.0)),
        ("10分钟", (None, 600.0)),
        ("90s", (None, 90.0)),
        ("0.25h", (None, 900.0)),
        ("1m", (1.0, None)),
        ("100km", (100_000.0, None)),
        ("4h", (None, 14_400.0)),
    ],
)
def test_standards(text: str, expected: tuple[float | None, float | None]) -> None:
    assert parse_standard(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "m", "-5m", "0m", "0.9m", "100.1km", "4.1h", "0s", "nan", "inf", "1e3m", "5 miles", "5mm"],
)
def test_what_is_no_standard(text: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        parse_standard(text)
    assert caught.value.parameter == "standard"
    assert caught.value.value == text
    assert "500m" in caught.value.accepted.en
    assert "500m" in caught.value.accepted.zh


@given(st.text(max_size=12))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        metres, seconds = parse_standard(text)
    except InvalidValueError:
        return
    assert (metres is None) != (seconds is None)


@pytest.mark.parametrize(
    ("metres", "zh", "en"),
    [
        (0.4, "0 米", "0 m"),
        (499.6, "500 米", "500 m"),
        (999.4, "999 米", "999 m"),
        (999.7, "1 公里", "1 km"),
        (1540, "1.5 公里", "1.5 km"),
        (250_400, "250 公里", "250 km"),
    ],
)
def test_lengths_for_people(metres: float, zh: str, en: str) -> None:
    text = format_metres(metres)
    assert (text.zh, text.en) == (zh, en)


@pytest.mark.parametrize(
    ("seconds", "zh", "en"),
    [
        (30, "30 秒", "30 s"),
        (60, "1 分钟", "1 min"),
        (61, "2 分钟", "2 min"),
        (600, "10 分钟", "10 min"),
        (3600, "1 小时", "1 h"),
        (3601, "1 小时 1 分钟", "1 h 1 min"),
    ],
)
def test_times_for_people_round_up(seconds: float, zh: str, en: str) -> None:
    text = format_seconds(seconds)
    assert (text.zh, text.en) == (zh, en)


@pytest.mark.parametrize(
    ("number", "zh", "en"),
    [
        (0, "0 个站点", "0 sites"),
        (1, "1 个站点", "1 site"),
        (0.7, "1 个站点", "1 site"),
        (2, "2 个站点", "2 sites"),
        (1_234_567, "1,234,567 个站点", "1,234,567 sites"),
    ],
)
def test_what_is_counted_has_its_plural(number: float, zh: str, en: str) -> None:
    text = counted(number, "个站点", "site")
    assert (text.zh, text.en) == (zh, en)
    assert counted(number, "处", "facility", "facilities").en.endswith(
        "facility" if en == "1 site" else "facilities"
    )


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (None, "—"),
        (math.nan, "—"),
        (0.0, "0.0%"),
        (0.275, "27.5%"),
        (1.0, "100.0%"),
        (34.3767, "3,437.7%"),
    ],
)
def test_shares_for_people(share: float | None, shown: str) -> None:
    assert format_share(share) == shown


@pytest.mark.parametrize(
    ("share", "shown"), [(0.0, "0.01%"), (1e-9, "0.01%"), (0.0001, "0.01%"), (0.01234, "1.24%")]
)
def test_a_gap_is_rounded_up(share: float, shown: str) -> None:
    assert format_gap(share) == shown


def test_counts_changes_and_money() -> None:
    assert [format_count(one) for one in (None, 0, 1, 2, 1_234_567)] == [
        "—",
        "0",
        "1",
        "2",
        "1,234,567",
    ]
    assert [format_difference(one) for one in (-1200.4, 0.2, 3)] == ["-1,200", "0", "+3"]
    assert [format_money(one) for one in (None, 5.0, 12.5, 1_234_567)] == [
        "—",
        "5",
        "12.5",
        "1,234,567",
    ]


def test_pages_scripts_and_the_service_write_the_same_figures() -> None:
    cases = json.loads((Path(__file__).parents[1] / "js/lib/figures.json").read_text("utf-8"))
    for value, shown in cases["count"]:
        assert format_count(value) == shown
    for value, shown in cases["share"]:
        assert format_share(value) == shown


def test_a_change_tells_both_shares_or_that_one_is_unknown() -> None:
    assert format_change(0.25, 1.0) == "25.0% → 100.0%"
    assert format_change(None, 0.5) == "— → 50.0%"


def test_no_length_is_told_finer_than_it_is_known(repo_root: Path) -> None:
    file = repo_root / "tests" / "js" / "worker" / "offline" / "about.json"
    for metres, off_m, zh, en in json.loads(file.read_text(encoding="utf-8")):
        assert format_metres_about(metres, off_m) == Text(zh, en)
