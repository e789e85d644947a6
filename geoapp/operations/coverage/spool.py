"""A demand set on this machine's disk, part by part, while a run goes through it twice."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from geoapp.analysis.coverage.part import DemandPart
from geoapp.analysis.frames import DemandFrame
from geoapp.core.arrays import FloatArray
from geoapp.store.runs.demand_rows import StoredDemand

_POINT: Final = np.dtype(
    [("lon", "f8"), ("lat", "f8"), ("weight", "f8"), ("leaf", "i4"), ("kind", "i4")]
)
_OF_PART: Final = ("lon", "lat", "weight", "leaf")


class Spool:
    """The points of a demand set and what is found of them, in files of one part each.

    Parameters
    ----------
    folder
        Where to put them: 32 bytes for a point, 8 for its walk, and 12 for each of its measures.
    at
        The moment for which points with hourly profiles are weighed; None = the whole weight.

    Attributes
    ----------
    codes, kinds
        The regions and the groups of workers that come, by their numbers.
    points
        How many there are.
    """

    def __init__(self, folder: Path, at: datetime | None) -> None:
        self._folder = folder
        self._at = at
        self._firsts: list[int] = []
        self.codes: Sequence[str] = ()
        self.kinds: Sequence[str] = ()
        self.points = 0

    def take(self, demand: StoredDemand) -> None:
        """Write down a set as it streams in."""
        self.codes, self.kinds = demand.regions, demand.groups
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
            points["weight"] = frame.weight_at(self._at)
            points["leaf"], points["kind"] = chunk.region, chunk.group
            np.save(self._file("points", len(self._firsts)), points)
            self._firsts.append(self.points)
            self.points += len(chunk)

    def __len__(self) -> int:
        """Return the number of parts."""
        return len(self._firsts)

    def parts(self) -> Iterator[DemandPart]:
        """Yield the parts in the order of their points."""
        for number, first in enumerate(self._firsts):
            points = self.columns(number)
            columns = {name: np.ascontiguousarray(points[name]) for name in _OF_PART}
            yield DemandPart(first=first, **columns)

    def columns(self, number: int) -> NDArray[Any]:
        """Return the points of a part by column, those of `DemandPart` and ``kind``; read as needed."""
        points: NDArray[Any] = np.load(self._file("points", number), mmap_mode="r")
        return points

    def keep_walks(self, number: int, walk_m: FloatArray) -> None:
        """Write down the walks of a part."""
        np.save(self._file("walks", number), walk_m)

    def walks(self, number: int) -> FloatArray:
        """Return the walks of a part."""
        walk_m: FloatArray = np.load(self._file("walks", number))
        return walk_m

    def keep_run(self, measure: str, number: int, run: NDArray[Any]) -> None:
        """Write down what a part has of a measure, in order."""
        np.save(self._file(measure, number), run)

    def runs(self, measure: str) -> list[NDArray[Any]]:
        """Return by part what `keep_run` kept; read as needed."""
        return [np.load(self._file(measure, number), mmap_mode="r") for number in range(len(self))]

    def _file(self, kind: str, number: int) -> Path:
        return self._folder / f"{kind}-{number:07}.npy"
