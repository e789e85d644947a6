"""Which rows of a layer are wanted, and the cutting of rows that are made outside the database."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final

import shapely
from shapely.geometry.base import BaseGeometry

from geoapp.core.filters import Condition, SortKey
from geoapp.core.parsing import Bbox
from geoapp.operations.layers.derived import DerivedRows
from geoapp.operations.layers.matching import comes_after, in_order, matches
from geoapp.store.layer_rows import RowFilter

MOST_ROWS: Final = 50_000
# How many rows are held at a time where all are wanted.
ROWS_OF_PAGE: Final = 5000
ALL_ROWS: Final = 2**62


@dataclass(frozen=True, slots=True)
class LayerRows:
    """The rows of a layer.

    Attributes
    ----------
    matched
        How many are asked for, whatever the page.
    rows
        By column; ``geometry`` is a shapely geometry in EPSG:4326, ``id`` distinct.
    """

    matched: int
    rows: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class LayerPages:
    """The rows of a layer a page at a time; see ``LayerRows``."""

    matched: int
    pages: Iterator[list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows are wanted, in order of their ids unless ``thinned`` and cut; see `RowFilter`."""

    bbox: Bbox | None = None
    limit: int = MOST_ROWS
    offset: int = 0
    row_id: str | None = None
    thinned: bool = False
    first: Bbox | None = None
    where: Condition | None = None
    keys: tuple[SortKey, ...] = ()
    after: tuple[tuple[Any, ...], Any] | None = None
    near: tuple[float, float] | None = None

    @property
    def frame(self) -> BaseGeometry | None:
        """The box as a shape."""
        return None if self.bbox is None else frame_of(self.bbox)

    def in_store(self) -> RowFilter:
        """Return what is asked of a layer's query."""
        return RowFilter(
            self.frame,
            self.row_id,
            self.limit,
            self.offset,
            where=self.where,
            keys=self.keys,
            after=self.after,
            near=self.near,
        )

    def cuts(self, matched: int) -> bool:
        """Tell whether some of so many rows are left out, evenly."""
        return self.thinned and matched > self.limit


def frame_of(bbox: Bbox) -> BaseGeometry:
    """Return a box as a shape: an area, or the line or point that a box without width is."""
    west, south, east, north = bbox
    spans = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    lines = [shapely.LineString([(left, south), (right, north)]) for left, right in spans]
    return shapely.union_all([line.envelope for line in lines])


def cut(made: DerivedRows, wanted: Wanted) -> LayerRows:
    """Apply box, id and page to rows that were derived outside the database."""
    found = made.touching(wanted.frame)
    if wanted.row_id is not None:
        found = [row for row in found if str(row["id"]) == wanted.row_id]
    if wanted.cuts(len(found)):
        found = evenly(found, wanted.first)
    return paged(found, wanted)


def paged(rows: list[dict[str, Any]], wanted: Wanted) -> LayerRows:
    """Apply filter, order and page to rows that are in order of their ids or evenly thinned."""
    condition, after = wanted.where, wanted.after
    if condition is not None:
        rows = [row for row in rows if matches(condition, row)]
    matched = len(rows)
    rows = in_order(rows, wanted.keys)
    if wanted.near is not None:
        place = shapely.Point(wanted.near)
        rows = sorted(rows, key=lambda row: shapely.distance(row["geometry"], place))
    if after is not None:
        rows = [row for row in rows if comes_after(row, wanted.keys, *after)]
    return LayerRows(matched, rows[wanted.offset : wanted.offset + wanted.limit])


def evenly(rows: list[dict[str, Any]], first: Bbox | None) -> list[dict[str, Any]]:
    """Put rows in an order whose beginning is a fair part of everywhere; see `RowFilter`."""
    frame = None if first is None else frame_of(first)

    def place(row: dict[str, Any]) -> tuple[bool, bytes]:
        beside = frame is not None and not row["geometry"].intersects(frame)
        return beside, blake2b(str(row["id"]).encode(), digest_size=8).digest()

    return sorted(rows, key=place)
