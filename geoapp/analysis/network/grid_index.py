"""Finds the edges near a place: a grid of cells, each with the edges that touch its box."""

from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

LEAST_CELL_DEGREES: Final = 0.0002
CELLS_PER_EDGE: Final = 2  # few edges to look at in each cell, few empty cells to look into
MOST_CELLS: Final = 16_000_000


@dataclass(frozen=True, slots=True)
class EdgeGrid:
    """Edges by cell: those of cell c are ``edges[first[c]:first[c + 1]]``.

    Cells are squares in degrees, numbered by rows from the south-west; an edge stands in every
    cell that its box touches.
    """

    first: NDArray[Any]
    edges: NDArray[Any]
    west: float
    south: float
    cell: float
    columns: int
    rows: int

    def shape(self) -> dict[str, Any]:
        """Return what describes the grid besides its arrays."""
        return {
            "west": self.west,
            "south": self.south,
            "cell": self.cell,
            "columns": self.columns,
            "rows": self.rows,
        }

    @classmethod
    def build(
        cls,
        lon: NDArray[np.float64],
        lat: NDArray[np.float64],
        start: NDArray[Any],
        end: NDArray[Any],
    ) -> Self:
        """Put m edges between points (decimal degrees) into cells."""
        west, south = float(lon.min()), float(lat.min())
        width, height = float(np.ptp(lon)), float(np.ptp(lat))
        wanted = min(MOST_CELLS, CELLS_PER_EDGE * len(start))
        # Long and thin extents, too, have no more cells than wanted.
        cell = max(
            LEAST_CELL_DEGREES,
            float(np.sqrt(width * height / wanted)),
            max(width, height) / wanted,
        )
        columns, rows = int(width / cell) + 1, int(height / cell) + 1

        def column(values: NDArray[np.float64]) -> NDArray[np.int64]:
            return np.minimum(((values - west) / cell).astype(np.int64), columns - 1)

        def row(values: NDArray[np.float64]) -> NDArray[np.int64]:
            return np.minimum(((values - south) / cell).astype(np.int64), rows - 1)

        left = column(np.minimum(lon[start], lon[end]))
        right = column(np.maximum(lon[start], lon[end]))
        low = row(np.minimum(lat[start], lat[end]))
        high = row(np.maximum(lat[start], lat[end]))
        wide = right - left + 1
        held = wide * (high - low + 1)
        edge = np.repeat(np.arange(len(start)), held)
        nth = np.arange(len(edge)) - np.repeat(np.cumsum(held) - held, held)
        cells = (low[edge] + nth // wide[edge]) * columns + left[edge] + nth % wide[edge]
        order = np.argsort(cells, kind="stable")
        counts = np.bincount(cells, minlength=columns * rows)
        first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        return cls(first, edge[order].astype(np.int32), west, south, cell, columns, rows)
