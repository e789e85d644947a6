"""The outline of some cells of a grid, drawn in by a little so that it needs few corners."""

from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from geoapp.analysis.geometry.planes import as_multipolygon
from geoapp.core.arrays import BoolArray, FloatArray

# An outline keeps a cell away from every other cell before it is simplified, and this less after.
_SIMPLIFIED: Final = 0.8
# No place of the cells that is left out is farther, in cells, from one that is not among them.
DRAWN_IN: Final = 2**0.5 + _SIMPLIFIED


def drawn_in(cells: BoolArray) -> shapely.MultiPolygon:
    """Return polygons within some cells, each cell being one wide and one high.

    Parameters
    ----------
    cells
        Shape (rows, columns), from the lower left.

    Notes
    -----
    Cells at the edge of the grid have others beyond it that are not among them. No polygon leaves the
    cells; it may come as near to the others as a fifth of a cell.
    """
    rows, columns = np.flatnonzero(cells.any(axis=1)), np.flatnonzero(cells.any(axis=0))
    if not len(rows):
        return shapely.MultiPolygon()
    low, left = int(rows[0]), int(columns[0])
    some = np.pad(cells[low : rows[-1] + 1, left : columns[-1] + 1], 2)
    inner = some[:-2] & some[1:-1] & some[2:]
    inner = inner[:, :-2] & inner[:, 1:-1] & inner[:, 2:]
    if not inner.any():
        return shapely.MultiPolygon()
    across, up = _sides(inner), _sides(inner.T)[:, :, ::-1]
    sides: Any = shapely.linestrings(np.concatenate((across, up)))
    faces = shapely.get_parts(shapely.polygonize(sides))
    # A face lies on one side of the outline, so the cell at any place in it tells which.
    column, row = np.floor(shapely.get_coordinates(shapely.point_on_surface(faces))).astype(int).T
    area = shapely.multipolygons(faces[inner[row, column]])
    simple = shapely.make_valid(shapely.simplify(area, _SIMPLIFIED))
    return as_multipolygon(shapely.transform(simple, lambda xy: xy + (left - 1.0, low - 1.0)))


def _sides(cells: NDArray[Any]) -> FloatArray:
    """Return the straight stretches of the outline along rows: shape (n, 2, 2), pairs of x and y.

    A stretch ends where the outline turns, and where the cells change sides.
    """
    step = np.diff(np.pad(cells.astype(np.int8), ((1, 1), (1, 1))), axis=0)
    changes = step[:, 1:] != step[:, :-1]
    line, start = np.nonzero(changes & (step[:, 1:] != 0))
    _, end = np.nonzero(changes & (step[:, :-1] != 0))
    first, last = np.stack((start, line), axis=-1), np.stack((end, line), axis=-1)
    return np.stack((first, last), axis=1).astype(np.float64)
