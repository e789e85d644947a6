"""The rows of layers that are derived outside the database: made once for each version."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final
from weakref import WeakKeyDictionary

import numpy as np
import shapely
from cachetools import LRUCache
from shapely.geometry.base import BaseGeometry

from geoapp.store.engine import Database

MOST_KEPT_ROWS: Final = 100_000


@dataclass(frozen=True, slots=True)
class DerivedRows:
    """All rows of a layer in order of their ids; they are shared, so nobody changes one."""

    rows: list[dict[str, Any]]
    shapes: np.ndarray[Any, np.dtype[np.object_]]

    def touching(self, frame: BaseGeometry | None) -> list[dict[str, Any]]:
        """Return the rows that touch a shape (EPSG:4326); all, if there is none."""
        if frame is None:
            return self.rows
        return [
            self.rows[place] for place in np.flatnonzero(shapely.intersects(self.shapes, frame))
        ]


class KeptRows:
    """Rows by what they rest on; those not asked for longest make room. For all threads."""

    def __init__(self) -> None:
        self._kept: Final[LRUCache[str, DerivedRows]] = LRUCache(
            MOST_KEPT_ROWS, lambda made: len(made.rows) + 1
        )
        self._lock: Final = threading.Lock()

    def get(self, version: str, make: Callable[[], Iterable[dict[str, Any]]]) -> DerivedRows:
        """Return the rows of a version of a layer, made if they are not kept."""
        with self._lock:
            found = self._kept.get(version)
        if found is not None:
            return found
        made = derived_rows(make())
        if len(made.rows) < MOST_KEPT_ROWS:
            with self._lock:
                self._kept[version] = made
        return made


def derived_rows(rows: Iterable[dict[str, Any]]) -> DerivedRows:
    """Return rows in order of their ids, which are distinct."""
    found = sorted(rows, key=lambda row: row["id"])
    shapes = np.array([row["geometry"] for row in found], dtype=np.object_)
    return DerivedRows(found, shapes)


_of_stores: Final[WeakKeyDictionary[Database, KeptRows]] = WeakKeyDictionary()


def kept_rows(database: Database) -> KeptRows:
    """Return what is kept of a store."""
    return _of_stores.setdefault(database, KeptRows())
