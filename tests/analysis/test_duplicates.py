"""Which places may be one: names, distances and telephones, with their figures."""

import numpy as np
import pytest

from geoapp.analysis.duplicates import FacilityWords, duplicates
from geoapp.core.geo import GEOD

HERE = (120.3, 36.1)


def pair(
    first: tuple[str, str, str | None], second: tuple[str, str, str | None], metres: float
) -> FacilityWords:
    """Two places, each a name, a kind and a telephone, some metres apart."""
    lon, lat, _ = GEOD.fwd(*HERE, 90.0, metres)
    return FacilityWords(
        [first[0], second[0]],
        [first[1], second[1]],
        [first[2], second[2]],
        np.array([HERE[0], lon]),
        np.array([HERE[1], lat]),
    )


STATION, POST, BOOKS = "outdoor_station", "care_post", "workers_reading_room"
SUSPECTED = [
    # Beside each other, under like names.
    (("台东一路爱心驿站", POST, None), ("台东1路爱心驿站", POST, None), 60, 0.75, False),
    (("香港中路街道爱心驿站", POST, None), ("香港中路爱心驿站", POST, None), 60, 0.8, True),
    (("香港中路街道爱心驿站", POST, None), ("香港中路爱心驿站", POST, None), 140, 0.8, False),
    # What the kind is called counts for nothing: these have nothing else in common.
    (("台东户外劳动者服务站点", STATION, None), ("辽宁路户外劳动者服务站点", STATION, None), 20, 0, False),
    # One house may hold places of several kinds under the name of its host.
    (("市南区总工会职工书屋", BOOKS, None), ("市南区总工会爱心驿站", POST, None), 5, 0, False),
    # A note in brackets behind one name alone is passed over; behind both it tells two places apart.
    (("五四广场驿站", POST, None), ("五四广场爱心驿站（东海西路）", POST, None), 5, 0.9, True),
    (("五四广场驿站", POST, None), ("五四广场爱心驿站（东海西路）", POST, None), 560, 0, False),
    (("市总工会驿站（1号楼一层东厅）", POST, None), ("市总工会驿站（甲座大门传达室）", POST, None), 40, 0, False),
    # As far apart as a wrong datum moves.
    (("台东驿站", POST, None), ("台东　爱心驿站", POST, None), 560, 1, True),
    (("台东驿站", POST, None), ("台东爱心驿站", POST, None), 1100, 1, False),
    # One telephone and like names.
    (("台东三路步行街驿站", POST, "0532-8888 0000"), ("台东步行街驿站", POST, "053288880000"), 1500, 0.8, True),
    (("台东三路步行街驿站", POST, "0532-88880000"), ("辽宁路驿站", POST, "0532-88880000"), 10, 0, False),
]  # fmt: skip


@pytest.mark.parametrize(("first", "second", "metres", "least", "expected"), SUSPECTED)
def test_what_is_suspected(
    first: tuple[str, str, str | None],
    second: tuple[str, str, str | None],
    metres: float,
    least: float,
    expected: bool,
) -> None:
    found = duplicates(pair(first, second, metres))
    assert bool(found) == expected
    for one in found:
        assert (one.first, one.second) == (0, 1)
        assert one.alike >= least
        assert one.distance_m == pytest.approx(metres, abs=0.01)
        known = first[2] is not None
        assert one.same_phone == (True if known else None)


def test_the_pairs_planted_among_many_are_found_and_no_others() -> None:
    """Twenty thousand places, each with a name of its own, of which some stand twice."""
    count, twice = 20_000, 50
    rng = np.random.default_rng(7)
    lon, lat = 120 + rng.random(count), 36 + rng.random(count)
    marks = "金木水火土日月星山河湖海风云雷电"
    names = [
        "".join(marks[(number >> (4 * k)) % 16] for k in range(4)) * 3 for number in range(count)
    ]
    lon[:twice], lat[:twice] = lon[twice : 2 * twice] + 0.0005, lat[twice : 2 * twice]
    names[:twice] = [f"{name}爱心驿站" for name in names[twice : 2 * twice]]
    frame = FacilityWords(names, ["care_post"] * count, [None] * count, lon, lat)
    found = duplicates(frame)
    assert {(one.first, one.second) for one in found} == {
        (number, number + twice) for number in range(twice)
    }
    assert duplicates(FacilityWords([], [], [], np.empty(0), np.empty(0))) == []


def test_a_crowd_on_one_point_is_answered() -> None:
    """Ten thousand on one point are fifty million pairs: only names and telephones tell them apart."""
    count = 10_000
    names = [f"甲{number:05d}" for number in range(count)]
    names[1] = names[0]
    here = np.full(count, 36.0)
    frame = FacilityWords(names, [None] * count, [None] * count, here + 84, here)
    assert [(one.first, one.second) for one in duplicates(frame)] == [(0, 1)]


def test_a_name_that_all_have_suspects_nobody_and_lists_have_an_end() -> None:
    """Thousands called the same, a metre apart, were two million suspicions."""
    count = 2000
    lon, lat = 120 + np.arange(count) / 1e5, np.full(count, 36.1)
    same = FacilityWords(["站"] * count, [None] * count, [None] * count, lon, lat)
    assert duplicates(same) == []
    alike = [f"台东镇街道办事处一层{number:04d}" for number in range(count)]
    numbered = FacilityWords(alike, [None] * count, [None] * count, lon, lat)
    assert len(duplicates(numbered, most=10)) == 10
