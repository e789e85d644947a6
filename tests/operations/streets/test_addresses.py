"""Places that addresses are proposed: the street in its district, a crossing, a house, or a choice."""

from dataclasses import replace
from pathlib import Path

import pytest
import shapely

from geoapp.analysis.streets.index import StreetIndex
from geoapp.core.geo import geodesic_m
from geoapp.importers.osm.street_names import read_street_names
from geoapp.importers.rows.place_checks import RegionOutlines
from geoapp.operations.streets.addresses import AddressPlacer
from tests.operations.imports.importing import CITY, EAST, WEST
from tests.osm_file import write_city_streets

REGIONS = RegionOutlines(
    {"370200": None, "370202": "370200", "370203": "370200", "370203001": "370203"},
    {"370200": "青岛市", "370202": "市南区", "370203": "市北区", "370203001": "东边街道"},
    {
        code: shapely.from_wkt(outline)
        for code, outline in (("370200", CITY), ("370202", WEST), ("370203", EAST))
    },
)


@pytest.fixture(scope="module")
def placer(tmp_path_factory: pytest.TempPathFactory) -> AddressPlacer:
    path: Path = write_city_streets(tmp_path_factory.mktemp("osm") / "city.osm.pbf")
    return AddressPlacer(StreetIndex(read_street_names(path)), REGIONS)


def test_one_place_and_how_far_off_it_may_be(
    placer: AddressPlacer, subtests: pytest.Subtests
) -> None:
    # 0.01 degrees at 36.1: 900 m to each end, and 50 m beside the road, in whole tens.
    for address, region, lon, lat, accuracy_m, text in (
        ("香港中路68号", "", 120.11, 36.10, 960, "在香港中路（市南区）上，约 960 米内，不是门口"),
        # The two carriageways are 27 m apart.
        ("香港中路与南京路交叉口", "", 120.11015, 36.10, 70,
         "香港中路与南京路路口（市南区），约 70 米内，不是门口"),
        ("台东三路77号甲", "", 120.141, 36.1002, 20, "台东三路 77 号甲（市南区），约 20 米内，不是门口"),
        # Two streets of the name: the district tells, in the address or in its column.
        ("市北区中山路12号", "", 120.402, 36.20, 230, "在中山路（市北区）上，约 230 米内，不是门口"),
        ("中山路12号", "市南", 120.205, 36.20, 500, "在中山路（市南区）上，约 500 米内，不是门口"),
        # A region without an outline is as large as the one above it.
        ("东边街道中山路1号", "", 120.402, 36.20, 230, "在中山路（市北区）上，约 230 米内，不是门口"),
        # Only the part in the district, and 100 m over its border.
        ("市南区边界大道5号", "", 120.2755, 36.15, 2350, "在边界大道（市南区）上，约 2.4 公里内，不是门口"),
        ("边界大道5号", "", 120.30, 36.15, 4550, "在边界大道（市南区、市北区）上，约 4.5 公里内，不是门口"),
        ("香港中路与延安路交叉口", "", 120.11, 36.10, 960,
         "在香港中路（市南区）上，约 960 米内，不是门口；“延安路”没有载入"),
    ):  # fmt: skip
        with subtests.test(address=address, region=region):
            found = placer.propose(address, region)
            [one] = found.places
            assert (one.lon, one.lat) == pytest.approx((lon, lat), abs=1e-4)
            assert (one.accuracy_m, one.text.zh) == (accuracy_m, text)
            assert one.text.en.startswith(("on ", "where ", "台东三路"))
    crossing = placer.propose("香港中路与南京路交叉口").places[0]
    assert geodesic_m(crossing.lon, crossing.lat, 120.11, 36.10) < crossing.accuracy_m


def test_several_places_are_a_choice_and_none_is_said(
    placer: AddressPlacer, subtests: pytest.Subtests
) -> None:
    both = placer.propose("中山路12号").places
    assert ["市南区" in one.text.zh for one in both] == [True, False]
    # What meets one of them tells it from the other, where districts do not.
    assert both[1].text.zh.endswith("不是门口；与莱州路相交的那条")
    assert both[1].text.en.endswith("not the door; the one that meets Laizhou Road")
    assert len({one.key for one in both}) == 2
    assert len(placer.propose("香港中路近南京路").places) == 2
    for address, region, why in (
        ("市北区香港中路", "", "香港中路不在市北区"),
        ("香港中路1号", "370203", "香港中路不在市北区"),
        ("崂山区香港中路", "", "登记的区域里没有“崂山区”"),
        ("延安路4号", "", "载入的街道里没有“延安路”"),
        ("香港中路与台东三路交叉口", "", "地图上香港中路与台东三路不相交"),
        ("海边", "", "地址里没有认出载入的街道"),
    ):
        with subtests.test(address=address):
            found = placer.propose(address, region)
            assert found.places == ()
            assert found.trouble is not None
            assert found.trouble.zh == why
            assert found.trouble.en


def test_what_reaches_the_end_of_the_extract_may_go_on(placer: AddressPlacer) -> None:
    names = replace(placer.index.names, extent=shapely.box(120.0, 36.0, 120.3502, 36.4))
    cut = AddressPlacer(StreetIndex(names), REGIONS)
    [whole] = cut.propose("边界大道5号").places
    assert whole.may_go_on
    assert whole.text.zh.endswith("数据到这里为止，街道可能更长")
    # Its part in the district does not.
    [part] = cut.propose("市南区边界大道5号").places
    assert not part.may_go_on
    assert not cut.propose("香港中路1号").places[0].may_go_on
