"""Tiles of a layer that is held in this process, as PostGIS would make them.

Points are written from memory. Where something that is more than a point is drawn as itself, PostGIS
makes the tile: it knows how to cut and to simplify.
"""

import math
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from geoapp.analysis.tiles.points import TilePoints
from geoapp.core.arrays import FloatArray
from geoapp.core.tiles import BUFFER, EXTENT, HALF_M, Tile
from geoapp.store.engine import Session
from geoapp.store.layer_tile_rows import PLACES, read_tile_rows, tile_row_columns
from geoapp.store.layer_tiles import CELLS, MOST_FEATURES, TilePlan

# A tile that would be larger, before it is compressed, gathers what it holds.
MOST_BYTES: Final = 1024 * 1024
# Points that are written, or gathered, in a few milliseconds: up to these a tile waits for no turn.
MOST_AT_ONCE: Final = 20_000
# How long reading a layer is taken to take before it was done once.
_FIRST_SECONDS: Final = 0.5
# A layer that would take up more is left to PostGIS: some 600,000 stations in each web process.
MOST_HELD_BYTES: Final = 128 * 1024 * 1024


class HeldLayer:
    """A layer's rows as they were at one state of the store.

    Parameters
    ----------
    plan
        What its tiles hold, with a query of everywhere.
    """

    def __init__(self, session: Session, plan: TilePlan) -> None:
        self._columns: Final = tile_row_columns(plan)
        boxes: list[Sequence[float]] = []

        def rows() -> Iterator[Sequence[Any]]:
            for row in read_tile_rows(session, plan):
                if row[2] is not None:
                    boxes.append(row[2:PLACES])
                yield (*row[:2], *row[PLACES:])

        self._points: Final = TilePoints(plan.name, self._columns, rows())
        # The sides of what is more than a point, shape (n, 4), metres of EPSG:3857.
        self._boxes: Final[FloatArray] = np.array(boxes, dtype=np.float64).reshape(-1, 4)

    @property
    def size(self) -> int:
        """How much it takes up, in bytes."""
        return self._points.size + self._boxes.nbytes

    def is_made_soon(self, tile: Tile) -> bool:
        """Tell whether a tile holds nothing that PostGIS must draw, and little enough to be written at once."""
        return self._points.count(tile) <= MOST_AT_ONCE and self._widest_m(tile) is None

    def read(
        self, tile: Tile, *, gathered: bool, fields: frozenset[str] | None, always: Sequence[str]
    ) -> bytes | None:
        """Return a tile; None where PostGIS must make it.

        Parameters
        ----------
        gathered
            Whether what is smaller than a cell is gathered, however little there is.
        fields
            The columns that features have beside those of every tile; None is all.
        always
            The columns of every tile.
        """
        wide_m = self._widest_m(tile)
        if not gathered and wide_m is None and self._points.count(tile) <= MOST_FEATURES:
            columns = [
                one for one in self._columns if fields is None or one in fields or one in always
            ]
            body = self._points.singly(tile, columns).body
            if len(body) <= MOST_BYTES:
                return body
        if wide_m is not None and (not gathered or wide_m >= tile.size_m / CELLS):
            return None
        return self._points.gathered(tile, CELLS).body

    def _widest_m(self, tile: Tile) -> float | None:
        """Return the longest side of what reaches into a tile and is more than a point; None if nothing does."""
        if not len(self._boxes):
            return None
        aside = tile.size_m * (BUFFER + 1) / EXTENT
        west, north = tile.column * tile.size_m - HALF_M, HALF_M - tile.row * tile.size_m
        left, low, right, high = self._boxes.T
        there = (right >= west - aside) & (left <= west + tile.size_m + aside)
        there &= (high >= north - tile.size_m - aside) & (low <= north + aside)
        if not there.any():
            return None
        return float(np.maximum(right - left, high - low)[there].max())


@dataclass(slots=True)
class _State:
    """What is known of a layer: at which state of the store it is held, or for how long PostGIS was asked."""

    mark: str = ""
    spent_seconds: float = 0.0
    held: HeldLayer | None = None
    reading_seconds: float = _FIRST_SECONDS


class HeldLayers:
    """Which layers are held. For all threads of a process.

    To read a layer costs as much as many tiles by PostGIS, and an edit makes it worthless. So it is read
    when PostGIS has worked on tiles of its state for as long as reading took the last time: whatever
    comes next, that is at most twice what either way alone would have cost (the ski rental problem,
    Karlin et al. 1988).
    """

    def __init__(self) -> None:
        self._states: Final[dict[str, _State]] = {}
        self._lock: Final = threading.Lock()

    def get(self, layer_id: str, mark: str) -> HeldLayer | None:
        """Return a layer as it is held for a state of the store; None if it is not."""
        with self._lock:
            state = self._states.get(layer_id)
            return state.held if state is not None and state.mark == mark else None

    def note(self, layer_id: str, mark: str, seconds: float) -> bool:
        """Take down that PostGIS worked for a tile; tells whether the layer shall be read now, by the caller."""
        with self._lock:
            state = self._states.setdefault(layer_id, _State())
            if state.mark != mark:
                state.mark, state.spent_seconds, state.held = mark, 0.0, None
            before = state.spent_seconds
            state.spent_seconds += seconds
            return before < state.reading_seconds <= state.spent_seconds

    def put(self, layer_id: str, mark: str, held: HeldLayer, began: float) -> None:
        """Hold a layer for a state of the store, unless it is too large to be held.

        Parameters
        ----------
        began
            When reading did (`time.perf_counter`).
        """
        fits = held.size <= MOST_HELD_BYTES
        with self._lock:
            state = self._states.setdefault(layer_id, _State())
            state.reading_seconds = time.perf_counter() - began if fits else math.inf
            if fits and state.mark == mark:
                state.held = held
