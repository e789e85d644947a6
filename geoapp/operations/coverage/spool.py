"""A demand set on this machine's disk, part by part, while a run goes through it twice."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import numpy as np

from geoapp.analysis.coverage.part import DemandPart
from geoapp.analysis.frames import DemandFrame
from geoapp.core.arrays import FloatArray
from geoapp.store.runs.demand_rows import StoredDemand

_POINT: Final = np.dtype([("lon", "f8"), ("lat", "f8"), ("weight", "f8"), ("leaf", "i4")])


class Spool:
    """The points of a demand set and their walks, in files of one part each.

    Parameters
    ----------
    folder
        Where to put them: 28 bytes for a point, and 8 more for its walk.
    at
        The moment for which points with hourly profiles are weighed; None = the whole weight.
    """

    def __init__(self, folder: Path, at: datetime | None) -> None:
        self._folder = folder
        self._at = at
        self._firsts: list[int] = []
        self.codes: Sequence[str] = ()
        self.points = 0

    def take(self, demand: StoredDemand) -> None:
        """Write down a set as it streams in."""
        self.codes = demand.regions
        for chunk in demand.chunks():
            hours = None
            if demand.profiles:
                hours = [
                    None if one < 0 else demand.profiles[one] for one in chunk.profile.tolist()
                ]
            # The same checks as where all of it is read at once.
            frame = DemandFrame.from_arrays(chunk.lon, chunk.lat, chunk.weight, hours=hours)
            points = np.empty(len(chunk), _POINT)
            points["lon"], points["lat"] = frame.lon, frame.lat
            points["weight"], points["leaf"] = frame.weight_at(self._at), chunk.region
            np.save(self._file("points", len(self._firsts)), points)
            self._firsts.append(self.points)
            self.points += len(chunk)

    def __len__(self) -> int:
        """Return the number of parts."""
        return len(self._firsts)

    def parts(self) -> Iterator[DemandPart]:
        """Yield the parts in the order of their points."""
        for number, first in enumerate(self._firsts):
            points = np.load(self._file("points", number))
            columns = {name: np.ascontiguousarray(points[name]) for name in _POINT.names or ()}
            yield DemandPart(first=first, **columns)

    def keep_walks(self, number: int, walk_m: FloatArray) -> None:
        """Write down the walks of a part."""
        np.save(self._file("walks", number), walk_m)

    def walks(self, number: int) -> FloatArray:
        """Return the walks of a part."""
        walk_m: FloatArray = np.load(self._file("walks", number))
        return walk_m

    def _file(self, kind: str, number: int) -> Path:
        return self._folder / f"{kind}-{number:07}.npy"
