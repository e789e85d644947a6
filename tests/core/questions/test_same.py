"""Two questions are compared by what they ask, not by how they are written down."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from geoapp.core.geo import from_wgs84
from geoapp.core.questions.actions import ActionParameters
from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.questions.places import DrawnSite, area_in_wgs84
from geoapp.core.questions.quota import Quota
from geoapp.core.questions.siting import SitingParameters
from geoapp.core.words import Datum

RING = [(120.3, 36.0), (120.4, 36.0), (120.4, 36.1), (120.3, 36.1)]
QUESTION = SitingParameters(p=2, standard_m=400)


def area(*ring: tuple[float, float]) -> dict[str, Any]:
    """Return a polygon of a ring of corners, closed."""
    return {"type": "Polygon", "coordinates": [[list(one) for one in (*ring, ring[0])]]}


def through_the_page(ring: list[tuple[float, float]]) -> dict[str, Any]:
    """Return what comes back of an area that a map in GCJ-02 has shown, to seven decimals."""
    moved = [from_wgs84(lon=lon, lat=lat, datum=Datum.GCJ02) for lon, lat in ring]
    shown = area(*((round(float(lon), 7), round(float(lat), 7)) for lon, lat in moved))
    return area_in_wgs84(shown, Datum.GCJ02)


HALVES = (area((120.3, 36), (120.35, 36), (120.35, 36.1), (120.3, 36.1)),
          area((120.35, 36), (120.4, 36), (120.4, 36.1), (120.35, 36.1)))  # fmt: skip
AT = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
SAME: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"forbidden_areas": (area(*RING),)}, {"forbidden_areas": (area(*RING[::-1]),)}),
    ({"forbidden_areas": (area(*RING),)}, {"forbidden_areas": (area(*RING[2:], *RING[:2]),)}),
    ({"forbidden_areas": (area(*RING),)}, {"forbidden_areas": (through_the_page(RING),)}),
    ({"forbidden_areas": HALVES}, {"forbidden_areas": HALVES[::-1]}),
    ({"forbidden_areas": HALVES}, {"forbidden_areas": (area(*RING),)}),
    ({"fixed": ("A", "B")}, {"fixed": ("B", "A")}),
    ({"forbidden": ("A", "B")}, {"forbidden": ("B", "A")}),
    ({"families": ("home", "station")}, {"families": ("station", "home")}),
    ({"families": None}, {"families": ("base", "home", "station")}),
    ({"candidates": None}, {"candidates": "generated"}),
    ({"candidates": "hosts", "spacing_m": 100.0}, {"candidates": "hosts"}),
    ({"standard_m": 400}, {"standard_m": 400.0}),
    ({"at": AT}, {"at": AT.astimezone(timezone(timedelta(hours=8)))}),
    ({"quotas": (("a", Quota(0, 3)), ("b", Quota()))}, {"quotas": (("a", Quota(None, 3)),)}),
    (
        {"quotas": (("a", Quota(1)), ("b", Quota(2)))},
        {"quotas": (("b", Quota(2)), ("a", Quota(1)))},
    ),
    ({"differ": 3}, {"differ": 2}),  # of no other plans
    ({"time_limit_seconds": 1.0}, {"target_gap": 0.1}),
    (
        {"drawn": (DrawnSite("M1", 120.35, 36.07), DrawnSite("M2", 120.36, 36.07))},
        {"drawn": (DrawnSite("M2", 120.36, 36.0700001), DrawnSite("M1", 120.35, 36.07))},
    ),
]
OTHER: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"forbidden_areas": (area(*RING),)}, {"forbidden_areas": HALVES[:1]}),
    ({"forbidden_areas": (area(*RING),)}, {}),
    (
        {"forbidden_areas": (area(*RING),)},
        {"forbidden_areas": (area((120.3, 36.0), (120.4001, 36.0), (120.4, 36.1), (120.3, 36.1)),)},
    ),
    ({"fixed": ("A",)}, {"fixed": ("A", "B")}),
    ({"families": ("home",)}, {"families": None}),
    ({"spacing_m": 100.0}, {"spacing_m": 200.0}),
    ({"at": AT}, {"at": AT + timedelta(minutes=1)}),
    ({"at": AT}, {}),
    ({"quotas": (("a", Quota(1, 3)),)}, {"quotas": (("a", Quota(1)),)}),
    ({"alternatives": 2, "differ": 3}, {"alternatives": 2, "differ": 2}),
    ({"standard_m": 400}, {"standard_m": None, "standard_seconds": 400}),
    ({"drawn": (DrawnSite("M1", 120.35, 36.07),)}, {"drawn": (DrawnSite("M1", 120.351, 36.07),)}),
    ({"drawn": (DrawnSite("M1", 120.35, 36.07),)}, {"drawn": (DrawnSite("M2", 120.35, 36.07),)}),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same_asked_in_other_words(one: dict[str, Any], other: dict[str, Any]) -> None:
    first, second = replace(QUESTION, **one), replace(QUESTION, **other)
    assert first.same_as(second)
    assert second.same_as(first)
    stored = SitingParameters.from_stored(first.stored())
    assert stored.same_as(second)


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_another_question(one: dict[str, Any], other: dict[str, Any]) -> None:
    first, second = replace(QUESTION, **one), replace(QUESTION, **other)
    assert not first.same_as(second)
    assert not second.same_as(first)


def test_coverage_and_actions_too() -> None:
    every = CoverageParameters(standard_m=500, families=("station", "home", "base"))
    assert every.same_as(CoverageParameters(standard_m=500.0))
    assert not every.same_as(CoverageParameters(standard_m=501))
    later = AT + timedelta(hours=1)
    asked = ActionParameters(moments=(AT, later), budget=10, standard_m=500, build_cost=2)
    assert asked.same_as(replace(asked, moments=(later, AT), time_limit_seconds=5))
    assert not asked.same_as(replace(asked, moments=(AT, AT, later)))
    assert not asked.same_as(replace(asked, move_cost=2))
