"""Where a place is, in words: the direction is that from the landmark to the place."""

import pytest

from geoapp.core.i18n import Text
from geoapp.reports.words.places import beside_text, corner_text, part_text, street_text

SHIBEI, STATION = Text("市北区", "Shibei"), Text("台东驿站", "Taidong station")


@pytest.mark.parametrize(
    ("metres", "azimuth", "zh", "en"),
    [
        (149.0, 3.0, "市北区 · 台东驿站以北 150 米", "150 m north of Taidong station, Shibei"),
        (42.4, 90.0, "市北区 · 台东驿站以东 42 米", "42 m east of Taidong station, Shibei"),
        (
            1_540.0,
            -135.0,
            "市北区 · 台东驿站西南 1.5 公里",
            "1.5 km south-west of Taidong station, Shibei",
        ),
        (200.0, -179.9, "市北区 · 台东驿站以南 200 米", "200 m south of Taidong station, Shibei"),
        (4.9, 45.0, "市北区 · 台东驿站", "at Taidong station, Shibei"),
    ],
)
def test_beside(metres: float, azimuth: float, zh: str, en: str) -> None:
    assert beside_text(SHIBEI, STATION, metres, azimuth) == (zh, en)


def test_a_number_does_not_run_into_the_direction() -> None:
    told = beside_text(None, Text("驿站 020", "station 020"), 720.0, 0.0)
    assert told == ("驿站 020 以北 720 米", "720 m north of station 020")


def test_what_is_not_known_is_left_out() -> None:
    assert beside_text(None, STATION, 200.0, 0.0).en == "200 m north of Taidong station"
    assert (
        part_text(SHIBEI, Text("北部", "north"), 120.35, 36.1).zh
        == "市北区北部 · 120.3500, 36.1000"
    )
    assert part_text(SHIBEI, None, 120.35, 36.1).en == "120.3500, 36.1000, Shibei"
    assert part_text(None, None, 120.35, 36.1) == ("120.3500, 36.1000", "120.3500, 36.1000")


@pytest.mark.parametrize(
    ("metres", "zh", "en"),
    [
        (
            12.0,
            "市北区 · 香港中路与示例街路口",
            "at the corner of Hong Kong Road and 示例街, Shibei",
        ),
        (
            118.0,
            "市北区 · 香港中路与示例街路口以东 120 米",
            "120 m east of the corner of Hong Kong Road and 示例街, Shibei",
        ),
    ],
)
def test_at_a_corner(metres: float, zh: str, en: str) -> None:
    streets = Text("香港中路", "Hong Kong Road"), Text("示例街", "示例街")
    assert corner_text(SHIBEI, *streets, metres, 90.0) == (zh, en)


def test_latin_names_stand_apart() -> None:
    latin = Text("Bulevardi", "Bulevardi"), Text("Annankatu", "Annankatu")
    assert corner_text(None, *latin, 0.0, 0.0).zh == "Bulevardi 与 Annankatu 路口"
    assert street_text(None, latin[0]) == ("Bulevardi 沿线", "on Bulevardi")
    assert street_text(SHIBEI, Text("示例街", "Sample St")) == (
        "市北区 · 示例街沿线",
        "on Sample St, Shibei",
    )
