"""Outlines of cells: never beyond the cells, and near to where they end."""

import numpy as np
import shapely

from geoapp.analysis.geometry.squares import DRAWN_IN, drawn_in


def test_no_place_is_added_and_only_the_rim_is_left_out():
    """Cells at random: holes, islands in holes, corners that touch, narrow bridges."""
    rng = np.random.default_rng(2)
    left_out = 0
    for _ in range(40):
        cells = rng.random((30, 40)) < rng.uniform(0.85, 1)
        area = drawn_in(cells)
        row, column = np.nonzero(cells)
        whole = shapely.union_all(shapely.box(column, row, column + 1, row + 1))
        assert area.is_valid
        assert whole.covers(area)
        others = shapely.box(-9, -9, 49, 39).difference(whole)
        places = shapely.points(rng.random((500, 2)) * (40, 30))
        beyond = places[~shapely.intersects(area, places)]
        assert shapely.distance(others, beyond).max() <= DRAWN_IN
        left_out += len(beyond)
    assert left_out > 1000


def test_a_block_loses_its_rim_and_one_missing_cell_makes_a_hole():
    cells = np.ones((12, 12), np.bool_)
    assert drawn_in(cells).equals(shapely.box(1, 1, 11, 11))
    cells[6, 6] = False
    assert drawn_in(cells).equals(shapely.box(1, 1, 11, 11).difference(shapely.box(5, 5, 8, 8)))
    assert drawn_in(cells[:2]).is_empty
    assert drawn_in(np.zeros((5, 5), np.bool_)).is_empty
