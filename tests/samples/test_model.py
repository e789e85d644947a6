"""The sample is inside its districts, follows the census, and is the same on every machine."""

import hashlib
import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod
from shapely.geometry import Polygon, box
from shapely.geometry.base import BaseGeometry

from geoapp.core.hours import read
from geoapp.core.hours.plain import from_plain
from geoapp.core.i18n import Text
from geoapp.core.paths import shipped
from geoapp.core.standards import shipped_standards
from geoapp.core.vocabulary import load_vocabulary
from geoapp.core.words import Access, Entry, Family, Status
from geoapp.importers.boundaries import district_codes, read_boundaries
from geoapp.samples.demand import (
    DEMAND_COLUMNS,
    load_demand_mix,
    sample_demand,
    workers_of,
)
from geoapp.samples.facilities import (
    AS_OF,
    SampleFacility,
    sample_facilities,
)
from geoapp.samples.mix import load_facility_mix
from geoapp.samples.settlement import (
    BACKGROUND,
    Centre,
    Dice,
    Settlement,
    apportion,
    load_settlements,
    settled_points,
)

SEED = 20260923
GEOD = Geod(ellps="WGS84")


def _facts() -> dict[str, tuple[Text, int]]:
    rows = json.loads((shipped("data") / "facts" / "qingdao_regions.json").read_text("utf-8"))
    return {
        row["code"]: (Text(row["name_zh"], row["name_en"]), row["population"])
        for row in rows["regions"]
        if row["level"] == "district"
    }


NAMES = {code: name for code, (name, _) in _facts().items()}
POPULATION = {code: population for code, (_, population) in _facts().items()}


@pytest.fixture(scope="module")
def outlines() -> dict[str, BaseGeometry]:
    read = read_boundaries(district_codes("370200"))
    return dict(zip(read.frame["code"], read.frame.geometry, strict=True))


@pytest.fixture(scope="module")
def facilities(outlines: Mapping[str, BaseGeometry]) -> list[SampleFacility]:
    return sample_facilities(outlines, NAMES, POPULATION, seed=SEED)


def _family_of(kind: str) -> Family:
    return next(word.family for word in load_vocabulary().kinds if word.code == kind)


# The model of settlement


def test_the_facts_are_the_census() -> None:
    assert len(POPULATION) == 10
    assert sum(POPULATION.values()) == 10_071_722  # published total


def test_every_centre_lies_in_its_district_or_at_its_edge(
    outlines: Mapping[str, BaseGeometry],
) -> None:
    for code, settlement in load_settlements().items():
        for centre in settlement.centres:
            # GeoNames' towns are placed to about a kilometre.
            nearby = shapely.Point(centre.lon, centre.lat).buffer(0.005)
            assert nearby.intersects(outlines[code]), centre.name.zh


@given(
    st.lists(st.floats(0.01, 1e6), min_size=1, max_size=40),
    st.integers(0, 10_000),
)
def test_apportion_is_exact_and_within_one_of_the_share(weights: list[float], total: int) -> None:
    counts = apportion(weights, total)
    assert counts.sum() == total
    for count, weight in zip(counts, weights, strict=True):
        assert abs(count - weight / sum(weights) * total) < 1 + 1e-6


def test_apportion_gives_ties_to_the_earlier() -> None:
    assert list(apportion([1, 1, 1], 4)) == [2, 1, 1]


def test_quota_deals_exact_counts_in_another_order() -> None:
    dealt = Dice(1).quota([3, 1], 400)
    assert Counter(dealt.tolist()) == {0: 300, 1: 100}
    assert list(dealt) != sorted(dealt)


def test_points_spread_as_the_model_says() -> None:
    # One centre in the middle of a wide box and no background: the mean squared distance of a
    # two-dimensional normal is 2 sigma squared.
    settlement = Settlement("1", 0.0, (Centre(Text("甲", "A"), 120.0, 36.0, 1000.0, 1.0),))
    points = settled_points(box(119.5, 35.5, 120.5, 36.5), settlement, 20_000, Dice(3))
    _, _, distance_m = GEOD.inv([120.0] * 20_000, [36.0] * 20_000, points.lon, points.lat)
    assert math.sqrt(float(np.mean(np.square(distance_m))) / 2) == pytest.approx(1000, rel=0.02)
    assert np.mean(points.lon) == pytest.approx(120.0, abs=0.0005)


def test_background_share_holds_and_its_points_fill_the_district() -> None:
    settlement = Settlement("1", 0.25, (Centre(Text("甲", "A"), 120.01, 36.01, 200.0, 1.0),))
    points = settled_points(box(120.0, 36.0, 120.4, 36.4), settlement, 8000, Dice(4))
    background = points.centre == BACKGROUND
    assert np.mean(background) == pytest.approx(0.25, abs=0.02)
    assert np.mean(points.lon[background]) == pytest.approx(120.2, abs=0.01)


def test_islets_carry_no_points() -> None:
    # 0.008 by 0.008 degrees is about 0.6 km2, the other part about 1,000 km2.
    land = shapely.union_all([box(120.0, 36.0, 120.4, 36.3), box(121.0, 36.0, 121.008, 36.008)])
    settlement = Settlement("1", 1.0, (Centre(Text("甲", "A"), 121.004, 36.004, 100.0, 1.0),))
    points = settled_points(land, settlement, 500, Dice(5))
    assert points.lon.max() <= 120.4


def test_a_model_outside_its_outline_is_refused() -> None:
    settlement = Settlement("1", 0.0, (Centre(Text("甲", "A"), 100.0, 30.0, 10.0, 1.0),))
    with pytest.raises(ValueError, match="outside its outline"):
        settled_points(box(120.0, 36.0, 120.4, 36.4), settlement, 3, Dice(6))


# Facilities


def test_counts_of_families(facilities: list[SampleFacility]) -> None:
    families = Counter(_family_of(facility.kind) for facility in facilities)
    assert families == {Family.STATION: 600, Family.BASE: 50, Family.HOME: 300}


def test_facilities_follow_the_population(facilities: list[SampleFacility]) -> None:
    counts = Counter(facility.region for facility in facilities)
    for code, population in POPULATION.items():
        # Three families, each rounded to within one.
        assert abs(counts[code] - 950 * population / 10_071_722) <= 3


def test_every_kind_with_a_share_occurs(facilities: list[SampleFacility]) -> None:
    mix = load_facility_mix()
    expected = {kind for kinds in mix.kinds.values() for kind in kinds} | set(mix.moving)
    assert {facility.kind for facility in facilities} == expected
    assert expected <= {kind.code for kind in load_vocabulary().kinds}


def test_all_geometries_lie_inside_their_district(
    facilities: list[SampleFacility], outlines: Mapping[str, BaseGeometry]
) -> None:
    for facility in facilities:
        outline = outlines[facility.region]
        assert outline.contains(shapely.Point(facility.lon, facility.lat)), facility.code
        if facility.area is not None:
            assert outline.covers(facility.area)
            assert facility.area.contains(shapely.Point(facility.lon, facility.lat))
            assert facility.area.exterior.is_ccw
        for place in facility.places:
            assert outline.contains(shapely.Point(place.lon, place.lat))


def test_codes_are_stable_and_everything_is_called_a_sample(
    facilities: list[SampleFacility],
) -> None:
    assert facilities[0].code == "S-370202-001"
    codes = [facility.code for facility in facilities]
    assert codes == sorted(codes)
    assert len(set(codes)) == len(codes)
    for facility in facilities:
        assert facility.is_sample
        assert facility.name_zh.startswith("示例·")
        assert facility.name_en.startswith("Sample ")
        assert facility.source == f"示例数据（随机生成，种子 {SEED}）"
        assert "示例" in facility.host
        assert "示例" in facility.operator
        assert "示例" in facility.address
        assert facility.phone is None or facility.phone.startswith("0532-0000-")


def test_opening_hours_are_readable_and_varied(facilities: list[SampleFacility]) -> None:
    written = Counter(facility.opening_hours for facility in facilities)
    for hours in written:
        # Written as an import would write them, so that importing an export changes nothing.
        assert hours is None or read(hours) == hours
    assert len(written) >= 15
    assert written["24/7"] / 950 == pytest.approx(0.065, abs=0.003)
    fixed_unknown = sum(f.opening_hours is None and not f.places for f in facilities)
    assert fixed_unknown / 950 == pytest.approx(0.08, abs=0.003)
    for facility in facilities:
        assert (facility.opening_hours is None) == (facility.opening_hours_raw is None)


def test_the_signs_words_mean_the_hours(facilities: list[SampleFacility]) -> None:
    signs = {(f.opening_hours, f.opening_hours_raw) for f in facilities if f.opening_hours_raw}
    readable = {(hours, from_plain(raw)) for hours, raw in signs if raw and from_plain(raw)}
    # Summers, and days with two closing times, are beyond plain forms.
    assert len(readable) >= len(signs) - 4
    for hours, plain in readable:
        assert plain is not None
        assert read(plain) == hours


def test_amenities_have_three_states(facilities: list[SampleFacility]) -> None:
    known = {amenity.code for amenity in load_vocabulary().amenities}
    for facility in facilities:
        assert known.issuperset(facility.amenities)
        assert known.issuperset(facility.no_amenities)
        assert not set(facility.amenities) & set(facility.no_amenities)
    stations = [f for f in facilities if _family_of(f.kind) is Family.STATION]
    states = Counter(
        "yes"
        if "microwave" in f.amenities
        else "no"
        if "microwave" in f.no_amenities
        else "unknown"
        for f in stations
    )
    assert min(states["yes"], states["no"], states["unknown"]) > 40
    seven = set(shipped_standards()[0].amenity_codes)
    assert sum(seven <= set(f.amenities) for f in stations) > 40
    assert any(not f.amenities and not f.no_amenities for f in stations)


def test_words_are_known_and_unknown_occurs(facilities: list[SampleFacility]) -> None:
    assert {f.entry for f in facilities} == {None, *(str(word) for word in Entry)}
    assert {f.access for f in facilities} == {None, *(str(word) for word in Access)}
    assert {f.status for f in facilities} == {str(word) for word in Status}


def test_dates_are_in_order(facilities: list[SampleFacility]) -> None:
    for facility in facilities:
        days = (facility.opened_on, facility.verified_on, facility.closed_on)
        assert all(day <= AS_OF for day in days if day is not None)
        assert (facility.closed_on is not None) == (facility.status == Status.CLOSED)
        if facility.opened_on and facility.verified_on:
            assert facility.opened_on <= facility.verified_on
        if facility.opened_on and facility.closed_on:
            assert facility.opened_on <= facility.closed_on
    assert any(facility.verified_on is None for facility in facilities)
    assert any(f.verified_on and (AS_OF - f.verified_on).days > 365 for f in facilities)


def test_some_facilities_move(facilities: list[SampleFacility]) -> None:
    moving = [facility for facility in facilities if facility.places]
    assert Counter(f.kind for f in moving) == {"mobile_station": 4, "summer_booth": 8}
    for facility in moving:
        places = {(place.lon, place.lat) for place in facility.places}
        assert len(places) == (2 if facility.kind == "mobile_station" else 1)
        for place in facility.places:
            assert read(place.opening_hours) == place.opening_hours


def test_some_bases_are_areas_of_plausible_size(facilities: list[SampleFacility]) -> None:
    areas = [facility.area for facility in facilities if facility.area is not None]
    assert len(areas) >= 5
    for area in areas:
        assert 1000 < abs(GEOD.geometry_area_perimeter(area)[0]) < 15_000


def test_same_seed_same_bytes_other_seed_other_bytes(
    facilities: list[SampleFacility], outlines: Mapping[str, BaseGeometry]
) -> None:
    again = sample_facilities(outlines, NAMES, POPULATION, seed=SEED)
    assert again == facilities
    other = sample_facilities(outlines, NAMES, POPULATION, seed=SEED + 1)
    assert [f.lon for f in other] != [f.lon for f in facilities]


def test_the_order_of_the_districts_does_not_matter(
    facilities: list[SampleFacility], outlines: Mapping[str, BaseGeometry]
) -> None:
    backwards = dict(reversed(list(outlines.items())))
    assert sample_facilities(backwards, NAMES, POPULATION, seed=SEED) == facilities


def test_the_sample_is_the_same_on_every_machine() -> None:
    # Plain boxes around the centres stand for the districts, so that only our own arithmetic counts.
    boxes: dict[str, BaseGeometry] = {}
    for code, settlement in load_settlements().items():
        lons = [centre.lon for centre in settlement.centres]
        lats = [centre.lat for centre in settlement.centres]
        boxes[code] = box(min(lons) - 0.05, min(lats) - 0.05, max(lons) + 0.05, max(lats) + 0.05)
    facilities = facility_frame(sample_facilities(boxes, NAMES, POPULATION, seed=1))
    demand = sample_demand(boxes, POPULATION, seed=1)
    assert _digest(facilities.to_csv(index=False)) == "22759e826c10507f"
    assert _digest(demand.to_csv(index=False)) == "1d01179aa3b04fd2"


def facility_frame(facilities: Sequence[SampleFacility]) -> pd.DataFrame:
    """Return the facilities as a file would hold them: lists joined by ``;``, ISO dates, '' unknown."""
    columns = [
        field.name for field in fields(SampleFacility) if field.name not in ("area", "places")
    ]
    return pd.DataFrame(
        [[_cell(getattr(facility, column)) for column in columns] for facility in facilities],
        columns=columns,
    )


def _cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return ";".join(value)
    return value.isoformat() if isinstance(value, date) else value


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


# Demand


def test_demand_sums_to_the_census_share_exactly(outlines: Mapping[str, BaseGeometry]) -> None:
    demand = sample_demand(outlines, POPULATION, seed=SEED)
    assert tuple(demand.columns) == DEMAND_COLUMNS
    assert 30_000 <= len(demand) <= 40_000
    sums = demand.groupby("region_code")["weight"].sum().to_dict()
    assert sums == {code: round(population * 0.03) for code, population in POPULATION.items()}
    assert demand["weight"].min() >= 1
    assert (demand["weight"] % 1 == 0).all()


def test_demand_lies_inside_its_district(outlines: Mapping[str, BaseGeometry]) -> None:
    demand = sample_demand(outlines, POPULATION, seed=SEED)
    for code, points in demand.groupby("region_code"):
        assert shapely.contains_xy(outlines[str(code)], points["lon"], points["lat"]).all()


def test_demand_groups_and_hours(outlines: Mapping[str, BaseGeometry]) -> None:
    demand = sample_demand(outlines, POPULATION, seed=SEED)
    assert set(demand["group"]) == {"courier", "sanitation", "driver", "construction", "other"}
    for group, points in demand.groupby("group"):
        hours = points["hours"]
        if group == "other":
            assert hours.isna().all()
        else:
            assert hours.map(len).eq(24).all()
            assert hours.map(min).ge(0).all()
            assert hours.map(max).eq(1).all()
    mix = load_demand_mix()
    assert workers_of(1000, mix) == 30


def test_demand_is_reproducible(outlines: Mapping[str, BaseGeometry]) -> None:
    first = sample_demand(outlines, POPULATION, seed=SEED)
    assert first.equals(sample_demand(outlines, POPULATION, seed=SEED))
    assert not first.equals(sample_demand(outlines, POPULATION, seed=SEED + 1))


def test_polygons_with_holes_are_respected() -> None:
    lake = Polygon(
        [(120, 36), (120.4, 36), (120.4, 36.4), (120, 36.4)],
        [[(120.1, 36.1), (120.3, 36.1), (120.3, 36.3), (120.1, 36.3)]],
    )
    settlement = Settlement("1", 1.0, (Centre(Text("甲", "A"), 120.2, 36.2, 100.0, 1.0),))
    points = settled_points(lake, settlement, 400, Dice(8))
    assert shapely.contains_xy(lake, points.lon, points.lat).all()
