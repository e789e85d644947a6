"""Demand and facilities as the analyses take them: checked once, then trusted.

Nothing crosses into an analysis as a bare frame. A frame made here has positions (0 to n - 1) in
the order in which it was given, points in EPSG:4326 and finite numbers.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry.base import BaseGeometry

from geoapp.analysis.geometry.spheroid import checked_lonlat
from geoapp.analysis.nearest.index import FacilityIndex
from geoapp.core.arrays import FloatArray, IntArray
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text

_DAY_HOURS: Final = 24
_WEEK_HOURS: Final = 168
_CRS_TEXT = Text("坐标系 EPSG:4326", "the CRS EPSG:4326")


def _column(frame: gpd.GeoDataFrame, name: str) -> Any:
    if name not in frame.columns:
        have = "、".join(map(str, frame.columns))
        raise InvalidValueError("columns", have, Text(f"含有列 {name}", f"a column {name}"))
    return frame[name]


def _check_frame(frame: gpd.GeoDataFrame) -> None:
    if frame.crs is None or frame.crs.to_epsg() != 4326:
        raise InvalidValueError("crs", frame.crs, _CRS_TEXT)
    if not frame.index.is_unique:
        raise InvalidValueError("index", "", Text("不重复的索引", "an index without duplicates"))
    if (frame.geometry.isna() | frame.geometry.is_empty).any():
        raise InvalidValueError("geometry", None, Text("不为空的几何", "no empty geometry"))


def _profile(hours: Sequence[ArrayLike | None] | FloatArray, count: int) -> FloatArray:
    """Return the profiles as an array (n, 24 or 168); a missing profile is 1 throughout."""
    if len(hours) != count:
        raise InvalidValueError(
            "hours", len(hours), Text(f"{count} 行的时段", f"profiles for {count} points")
        )
    rows = [None if row is None else np.asarray(row, dtype=np.float64) for row in hours]
    accepted = Text(
        "每点 24 或 168 个 0 到 1 之间的数", "24 or 168 numbers from 0 to 1 for each point"
    )
    for row in rows:
        if row is not None and (row.shape not in ((_DAY_HOURS,), (_WEEK_HOURS,))):
            raise InvalidValueError("hours", row.shape, accepted)
        if row is not None and not ((row >= 0) & (row <= 1)).all():
            raise InvalidValueError("hours", row[~((row >= 0) & (row <= 1))][0], accepted)
    weekly = any(row is not None and len(row) == _WEEK_HOURS for row in rows)
    width = _WEEK_HOURS if weekly else _DAY_HOURS
    profile = np.ones((count, width))
    for place, row in enumerate(rows):
        if row is not None:
            profile[place] = row if len(row) == width else np.tile(row, 7)
    return profile


@dataclass(frozen=True, slots=True)
class DemandFrame:
    """Weighted demand points.

    Attributes
    ----------
    lon, lat
        Decimal degrees, EPSG:4326.
    weight
        Number of outdoor workers, finite and not negative.
    region
        For each point the code of its region, None = unknown; or None for all.
    profile
        Shape (n, 24) from midnight or (n, 168) from Monday's midnight, local hours: the share of
        the weight (0 to 1) that is out there in that hour. None = always all of it.
    """

    lon: FloatArray
    lat: FloatArray
    weight: FloatArray
    region: NDArray[Any] | None = None
    profile: FloatArray | None = None

    @classmethod
    def from_arrays(
        cls,
        lon: ArrayLike,
        lat: ArrayLike,
        weight: ArrayLike,
        *,
        region: Iterable[str | None] | None = None,
        hours: Sequence[ArrayLike | None] | FloatArray | None = None,
    ) -> Self:
        """Check and take up n demand points (EPSG:4326, decimal degrees).

        Raises
        ------
        InvalidValueError
            If a coordinate, weight or profile is not acceptable, or the lengths differ.
        """
        lon_deg, lat_deg = checked_lonlat(lon, lat)
        count = len(lon_deg)
        weights = np.ascontiguousarray(weight, dtype=np.float64).reshape(-1)
        good = np.isfinite(weights) & (weights >= 0)
        if len(weights) != count or not good.all():
            shown = weights[~good][0] if len(weights) == count else len(weights)
            raise InvalidValueError(
                "weight", shown, Text("每点一个不小于 0 的数", "one number >= 0 for each point")
            )
        codes = None
        if region is not None:
            codes = np.array([None if code is None else str(code) for code in region], dtype=object)
            if len(codes) != count:
                raise InvalidValueError(
                    "region", len(codes), Text("每点一个区域代码", "one region code for each point")
                )
        profile = None if hours is None else _profile(hours, count)
        return cls(lon_deg, lat_deg, weights, codes, profile)

    @classmethod
    def from_geodataframe(
        cls,
        frame: gpd.GeoDataFrame,
        *,
        weight: str = "weight",
        region: str | None = None,
        hours: str | None = None,
    ) -> Self:
        """Check and take up a frame of points with CRS EPSG:4326.

        Parameters
        ----------
        weight, region, hours
            Names of the columns; region and hours are optional.
        """
        _check_frame(frame)
        if not (frame.geometry.geom_type == "Point").all():
            raise InvalidValueError("geometry", None, Text("点", "points"))
        codes = None
        if region is not None:
            column = _column(frame, region)
            codes = column.astype(object).where(column.notna(), None)
        return cls.from_arrays(
            frame.geometry.x,
            frame.geometry.y,
            _column(frame, weight),
            region=codes,
            hours=None if hours is None else list(_column(frame, hours)),
        )

    def __len__(self) -> int:
        """Return the number of points."""
        return len(self.lon)

    def weight_at(self, moment: datetime | None) -> FloatArray:
        """Return the weights of one moment: weight times the profile of its hour.

        Parameters
        ----------
        moment
            Timezone-aware, in the zone whose clock the profiles are written in; None = the whole
            weight, whatever the hour.
        """
        if moment is None or self.profile is None:
            return self.weight
        if moment.tzinfo is None:
            raise InvalidValueError("at", moment, Text("带时区的时刻", "a moment with a time zone"))
        hour = moment.hour
        if self.profile.shape[1] == _WEEK_HOURS:
            hour += _DAY_HOURS * moment.weekday()
        weight: FloatArray = self.weight * self.profile[:, hour]
        return weight


def numbered(labels: Iterable[Hashable]) -> tuple[NDArray[Any], IntArray]:
    """Return the distinct labels in the order in which they first come, and by label its number."""
    number: dict[Hashable, int] = {}
    of = np.array([number.setdefault(label, len(number)) for label in labels], dtype=np.int64)
    distinct = np.empty(len(number), dtype=object)
    distinct[:] = list(number)
    return distinct, of


@dataclass(frozen=True, slots=True)
class FacilityFrame:
    """The places of facilities with their exact index, where their positions are.

    Attributes
    ----------
    index
        The places.
    facilities
        The facilities, in the order of their first places.
    facility_of
        By position, the number of the facility whose place it is. Two places of one facility are
        one source of service: neither is a backup of the other.
    """

    index: FacilityIndex
    facilities: NDArray[Any]
    facility_of: IntArray

    @classmethod
    def from_arrays(
        cls,
        lon: ArrayLike,
        lat: ArrayLike,
        *,
        keys: Sequence[Hashable],
        areas: Sequence[BaseGeometry | None] | None = None,
        facilities: Sequence[Hashable] | None = None,
    ) -> Self:
        """Take up n places (EPSG:4326).

        Parameters
        ----------
        lon, lat, keys, areas
            As in `FacilityIndex.build`.
        facilities
            For each place the facility whose it is; None = each is the one place of its facility.

        Raises
        ------
        InvalidValueError
            If `FacilityIndex.build` says so, or there are not as many facilities as keys.
        """
        index = FacilityIndex.build(lon, lat, keys=keys, areas=areas)
        if facilities is None:
            return cls(index, index.keys, np.arange(index.position_count))
        if len(facilities) != index.position_count:
            raise InvalidValueError(
                "facilities",
                len(facilities),
                Text("每个地点一个设施", "one facility for each place"),
            )
        return cls(index, *numbered(facilities))

    @classmethod
    def from_geodataframe(cls, frame: gpd.GeoDataFrame, *, key: str = "code") -> Self:
        """Check and take up a frame of points and areas with CRS EPSG:4326 and distinct codes."""
        _check_frame(frame)
        geometry = frame.geometry.to_numpy()
        is_point = shapely.get_type_id(geometry) == 0
        points = np.where(is_point, geometry, shapely.point_on_surface(geometry))
        areas = [None if point else shape for point, shape in zip(is_point, geometry, strict=True)]
        return cls.from_arrays(
            shapely.get_x(points),
            shapely.get_y(points),
            keys=list(_column(frame, key)),
            areas=areas,
        )

    def __len__(self) -> int:
        """Return the number of places."""
        return len(self.index)
