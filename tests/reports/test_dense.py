"""The dense core of a city, and the inset of a map on paper that shows it."""

import io
import itertools
import math
from dataclasses import replace

import numpy as np
import pypdf
import pytest
import shapely

from geoapp.core.i18n import Text
from geoapp.reports.beside import beside
from geoapp.reports.dense import dense_core
from geoapp.reports.drawing import Frame
from geoapp.reports.ground import Ground, Street
from geoapp.reports.monthly.paper_map import draw_map, layout_of
from geoapp.reports.parts import Area, Map, Spot
from geoapp.reports.sheet import Sheet


def _smallest(spots: list[tuple[float, float]], share: float) -> float:
    """Return the area of the smallest box by trying every one whose edges go through places."""
    lons, lats = (sorted({one[axis] for one in spots}) for axis in (0, 1))
    narrow = math.cos(math.radians(float(np.mean([lat for _, lat in spots]))))
    best = math.inf
    for west, east in itertools.combinations_with_replacement(lons, 2):
        for south, north in itertools.combinations_with_replacement(lats, 2):
            held = sum(west <= x <= east and south <= y <= north for x, y in spots)
            if held >= share * len(spots):
                best = min(best, (east - west) * narrow * (north - south))
    return best


@pytest.mark.parametrize("seed", range(6))
def test_the_core_is_the_smallest_box(seed: int) -> None:
    rng = np.random.default_rng(seed)
    spots = [(120 + x, 36 + y) for x, y in rng.random((14, 2)).round(2).tolist()]
    for share in (0.3, 0.5, 1.0):
        west, south, east, north = dense_core(spots, share)
        held = sum(west <= x <= east and south <= y <= north for x, y in spots)
        assert held >= share * len(spots)
        narrow = math.cos(math.radians(float(np.mean([lat for _, lat in spots]))))
        area = (east - west) * narrow * (north - south)
        assert area == pytest.approx(_smallest(spots, share))
    assert dense_core([(120.0, 36.0)], 0.5) == (120.0, 36.0, 120.0, 36.0)


def _city(wide: float, high: float, *, dense: bool, streets: bool = False) -> Map:
    rng = np.random.default_rng(5)
    box = shapely.box(120.0, 36.0, 120.0 + wide, 36.0 + high)
    everywhere = rng.random((80, 2)) * (wide, high) + (120.0, 36.0)
    core = rng.random((80, 2)) * 0.05 + (120.1, 36.1)
    spots = np.concatenate((everywhere, core) if dense else (everywhere,))
    line = shapely.linestrings([(120.10, 36.12), (120.15, 36.12)])
    ground = Ground(streets=[Street("primary", "示例路", line)])
    return Map(
        Text("图", "Map"),
        [Area(box, 0.5, Text("某区", "A district"))],
        [],
        [(lon, lat) for lon, lat in spots.tolist()],
        [Spot(71, 120.12, 36.12), Spot(72, 120.12, 36.1201), Spot(73, 120.0 + wide * 0.9, 36.3)],
        (lambda _: ground) if streets else None,
    )


def _words(drawn: Map) -> str:
    pdf = Sheet("x", language="zh")
    pdf.add_page()
    draw_map(pdf, drawn, layout_of(drawn), "zh")
    page = pypdf.PdfReader(io.BytesIO(bytes(pdf.output()))).pages[0]
    return page.extract_text().replace("\n", "")


def test_a_city_has_its_core_drawn_larger() -> None:
    high = layout_of(_city(0.6, 1.2, dense=True))
    assert high.core is not None and high.core_top_mm == 0.0
    assert high.width_mm + high.core_width_mm < 178.0
    broad = layout_of(_city(1.6, 0.8, dense=True))
    assert broad.core is not None and broad.core_top_mm > 0.0
    assert broad.height_mm > high.height_mm
    # Of what lies evenly, and of few, there is no core to speak of.
    assert layout_of(_city(0.6, 1.2, dense=False)).core is None
    few = _city(0.6, 1.2, dense=True)
    assert layout_of(Map(few.title, few.areas, [], few.facilities[:19], [])).core is None

    told = _words(_city(0.6, 1.2, dense=True, streets=True))
    assert "方框里另画一张放大的图" in told and "OpenStreetMap" in told and "示例路" in told
    # A number in the box is in the inset alone, one outside on the large map; none hides another.
    assert [told.count(one) for one in ("71", "72", "73")] == [1, 1, 1]
    assert told.count("某区") == 2
    plain = _words(_city(0.6, 1.2, dense=False))
    assert "方框" not in plain and "OpenStreetMap" not in plain
    # The key tells of what is seen alone.
    assert "深紫" not in told and "黑点：设施" in told and "绿底数字" in told
    assert "黑点" not in _words(Map(few.title, few.areas, [], [], []))


def test_the_key_tells_of_gap_zones_that_are_seen() -> None:
    city = _city(0.6, 1.2, dense=True)
    seen = shapely.box(120.115, 36.115, 120.125, 36.125)
    assert "深紫：人数最多的盲区" in _words(replace(city, gaps=[seen]))
    # One far smaller than a dot is there and is not seen.
    assert "深紫" not in _words(replace(city, gaps=[shapely.box(120.12, 36.12, 120.1201, 36.1201)]))


def test_a_disc_hides_neither_its_area_nor_another_disc() -> None:
    frame = Frame.around((120, 36, 120.1, 36.1), 10, 20, 100, 100)
    areas = [shapely.box(50, 60, 56, 66), shapely.box(57, 60, 60, 63), shapely.box(10, 20, 13, 23)]
    spots = [(53.0, 63.0), (58.5, 61.5), (11.0, 21.0), (90.0, 100.0)]
    row = [(58.5, 50.0 + step / 4) for step in range(40)]
    places = beside(frame, spots, areas, row, 2.0)
    discs = [shapely.Point(one).buffer(2.0) for one in places]
    box = shapely.box(10, 20, 110, 120)
    for number, disc in enumerate(discs):
        assert not any(disc.intersects(area) for area in areas)
        assert not any(disc.intersects(other) for other in discs[:number])
        assert box.covers(disc)
        assert math.dist(spots[number], places[number]) <= 14.0
    # Where nothing would be hidden it stands on its spot.
    assert places[3] == spots[3]
