"""What legends and pop-ups say, in both languages."""

from datetime import date
from typing import Any

import pytest

from geoapp.core.i18n import Language, Text
from geoapp.core.roles import Permission, Role
from geoapp.maps.kit import Category, ClassBreaks, Constant, Layer, Look, Popup, class_of
from geoapp.maps.legend import legend_rows
from geoapp.maps.values import Speaker

GREY = (Text("未知", "Unknown"), Look("#c9d0d4"))
SHARES = ClassBreaks("share", (0.2, 0.4), ("#000001", "#000002", "#000003"), "share", GREY)
STATES = Category(
    "state",
    {"yes": (Text("有", "Yes"), Look("#000001")), "no": (Text("无", "No"), Look("#2"))},
    GREY,
)
WORDS = {"microwave": Text("微波炉", "Microwave")}


def layer(style: Any, **more: Any) -> Layer:
    return Layer(
        id="x",
        title=Text("层", "Layer"),
        query=None,
        style=style,
        popup=Popup("name"),
        versions=("facilities",),
        **more,
    )


def rows_of(style: Any, used: set[int], language: Language = "zh") -> list[str]:
    return [row.text for row in legend_rows(layer(style), Speaker(language, WORDS), used=used)]


@pytest.mark.parametrize(
    ("style", "row", "expected"),
    [
        (SHARES, {"share": 0.0}, 0),
        (SHARES, {"share": 0.19999}, 0),
        (SHARES, {"share": 0.2}, 1),  # a class holds its lower break
        (SHARES, {"share": 0.4}, 2),
        (SHARES, {"share": None}, 3),
        (SHARES, {}, 3),
        (STATES, {"state": "no"}, 1),
        (STATES, {"state": "maybe"}, 2),
        (Constant(*GREY), {}, 0),
    ],
)
def test_the_class_of_a_row(style: Any, row: dict[str, Any], expected: int) -> None:
    assert class_of(style, row) == expected


def test_a_legend_names_every_class_and_the_unknown_only_where_it_is_seen() -> None:
    assert rows_of(SHARES, {0}) == ["低于 20.0%", "20.0% – 40.0%", "40.0% 及以上"]
    assert rows_of(SHARES, {3}, "en")[-2:] == ["40.0% and over", "Unknown"]
    assert rows_of(STATES, {0}) == ["有", "无"]
    assert rows_of(Constant(*GREY), set()) == ["未知"]


def test_a_legend_of_ranks() -> None:
    ranks = ClassBreaks("rank", (11, 51), ("#000001", "#000002", "#000003"), "rank", GREY)
    assert rows_of(ranks, {0}) == ["第 1–10 名", "第 11–50 名", "第 51 名以后"]
    assert rows_of(ranks, {0}, "en") == ["1 to 10", "11 to 50", "51 and after"]


@pytest.mark.parametrize(
    ("value", "form", "zh", "en"),
    [
        (None, "text", None, None),
        ("", "text", None, None),
        ([], "amenities", None, None),
        (1234.4, "number", "1,234", "1,234"),
        (0.4, "people", "<1 人", "<1"),
        (0, "people", "0 人", "0"),
        (3, "rank", "第 3 名", "No. 3"),
        (0.1234, "share", "12.3%", "12.3%"),
        (0.0, "share", "0.0%", "0.0%"),
        (1499.6, "metres", "1.5 公里", "1.5 km"),
        (date(2026, 11, 23), "date", "2026-11-23", "2026-11-23"),
        ("24/7", "hours", "全天 24 小时", "24 hours a day"),
        (["microwave", "odd"], "amenities", "微波炉、odd", "Microwave, odd"),
        ("qr", "entry", "扫码进入", "Scan a QR code"),
        ("anyone", "access", "所有人", "Anyone"),
    ],
)
def test_a_value_in_words(value: Any, form: Any, zh: str | None, en: str | None) -> None:
    assert Speaker("zh", WORDS).value(value, form) == zh
    assert Speaker("en", WORDS).value(value, form) == en


def test_a_column_in_the_readers_language_falls_back_to_chinese() -> None:
    row = {"name_zh": "站", "name_en": None}
    assert Speaker("en", {}).column(row, "name") == "站"
    assert Speaker("en", {}).column({**row, "name_en": "Station"}, "name") == "Station"
    assert Speaker("zh", {}).column({**row, "name_en": "Station"}, "name") == "站"


def test_who_may_see_a_layer() -> None:
    everyone = layer(SHARES)
    hidden = layer(SHARES, published=False)
    guarded = layer(SHARES, permission=Permission.RUN)
    assert everyone.visible_to(None)
    assert not hidden.visible_to(None)
    assert hidden.visible_to(Role.ADMIN)
    assert not guarded.visible_to(None)
    assert guarded.visible_to(Role.PLANNER)
