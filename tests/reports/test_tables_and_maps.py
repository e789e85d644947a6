"""Widths of columns and names on maps, as all papers have them."""

import pytest
import shapely

from geoapp.reports.drawing import Frame
from geoapp.reports.map_names import MapName, placed_names
from geoapp.reports.widths import fair_widths, longest_words


@pytest.mark.parametrize(
    ("shares", "least", "whole", "widths"),
    [
        ([1, 1, 2], [1, 1, 1], 40, [10, 10, 20]),
        # One that needs more takes it from all others, by their shares.
        ([1, 1, 2], [16, 1, 1], 40, [16, 8, 16]),
        # What is left makes another one too narrow.
        ([1, 1, 2], [16, 9, 1], 40, [16, 9, 15]),
        ([1, 1], [30, 30], 40, [20, 20]),
    ],
)
def test_no_word_is_broken_where_there_is_room(
    shares: list[float], least: list[float], whole: float, widths: list[float]
) -> None:
    assert fair_widths(shares, least, whole) == pytest.approx(widths)


def test_words_and_figures_stand_on_one_line() -> None:
    assert longest_words(["2026-10-31 确定在", "Suspended"]) == ["2026-10-31", "Suspended"]
    assert longest_words(["中文"]) == ["中"]


def test_a_name_stands_in_its_own_area_beside_all_others() -> None:
    """Ten strips beside each other, in each a name that is wider than the strip."""
    areas = [
        (shapely.box(120 + k / 100, 36, 120 + (k + 1) / 100, 36.1), f"Area {k}") for k in range(10)
    ]
    frame = Frame.around((120, 36, 120.1, 36.1), 10, 20, 100, 100)
    placed = list(placed_names(frame, areas, [(120.055, 36.05)], 5, lambda text: (14.0, 4.0)))
    assert [one.text for one in placed] == [name for _, name in areas]
    shapes = {name: shape for shape, name in areas}
    for one in placed:
        shape = shapes[one.text]
        lon, lat = frame.place(one.x, one.y)
        assert frame.at(lon, lat) == pytest.approx((one.x, one.y))
        assert shape.covers(shapely.Point(lon, lat))
    boxes = [shapely.box(*one.box) for one in placed]
    for number, box in enumerate(boxes):
        assert not any(box.intersects(other) for other in boxes[:number])
        assert not box.intersects(shapely.box(*MapName("", *frame.at(120.055, 36.05), 10, 10).box))


def test_a_name_without_room_is_left_out_and_none_is_cut_off_at_the_edge() -> None:
    low = [
        (shapely.box(120 + k / 100, 36, 120 + (k + 1) / 100, 36.004), f"Area {k}")
        for k in range(10)
    ]
    frame = Frame.around((120, 36, 120.1, 36.004), 10, 20, 100, 5)
    placed = list(placed_names(frame, low, [], 5, lambda text: (14.0, 4.0)))
    assert 3 < len(placed) < 10
    # Of an area at the edge the middle of what is seen is too near to it for the whole name.
    edge = shapely.box(120.095, 36, 120.2, 36.1)
    frame = Frame.around((120, 36, 120.1, 36.1), 10, 20, 100, 100)
    seen = shapely.intersection(edge, frame.inside)
    [one] = placed_names(frame, [(seen, "At the edge")], [], 5, lambda text: (8.0, 4.0))
    assert one.box[2] <= frame.left + frame.width
