"""What is asked of stations on the way, and what is refused."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np

from geoapp.analysis.geometry.spheroid import geodesic_m
from geoapp.core.entering import ANYBODY, Entering
from geoapp.core.errors import InvalidValueError
from geoapp.core.geo import check_lonlat, to_wgs84
from geoapp.core.i18n import Text
from geoapp.core.parsing import parse_number
from geoapp.core.travel import By
from geoapp.core.units import format_metres
from geoapp.core.words import Datum

MOST_STOPS: Final = 10
MOST_LINE_POINTS: Final = 200
# Farther apart, two stops are no errand that one goes by something on; it also bounds the search.
MOST_LEG_M: Final = 20_000.0
MOST_ROUTE_M: Final = 60_000.0
USUAL_MORE_MINUTES: Final = 15.0
MOST_MORE_MINUTES: Final = 60.0

Place = tuple[float, float]  # lon, lat; decimal degrees, WGS-84


@dataclass(frozen=True, slots=True)
class AlongQuery:
    """A question.

    Attributes
    ----------
    points
        The stops in the order in which they are made, 2 to `MOST_STOPS`; or the points of a line, 2 to
        `MOST_LINE_POINTS`.
    is_line
        Whether the line is ridden as it is drawn; else one goes the shortest way between the stops.
    by
        How one goes.
    k
        How many answers at most, 1 to 50.
    kinds, families, amenities
        As of the nearest: any, any, all.
    entering
        Who wants to enter: what is known to keep them out does not count.
    at
        When one leaves the first stop, with its zone; None is now.
    open_only
        Only those that are known to be open when one gets there.
    max_m
        Greatest straight line from where the route is left to the station, metres.
    more_minutes
        What going by a station may add at most, minutes.
    """

    points: tuple[Place, ...]
    is_line: bool = False
    by: By = By.WALK
    k: int = 5
    kinds: frozenset[str] = frozenset()
    families: frozenset[str] = frozenset()
    amenities: frozenset[str] = frozenset()
    entering: Entering = ANYBODY
    at: datetime | None = None
    open_only: bool = False
    max_m: float | None = None
    more_minutes: float = USUAL_MORE_MINUTES

    @property
    def parameter(self) -> str:
        """The name of the points in a question: ``stops`` or ``path``."""
        return "path" if self.is_line else "stops"


def parse_points(parameter: str, value: str | None) -> list[Place]:
    """Return the points of ``lon,lat;lon,lat;…`` as they are given, in whatever datum.

    Raises
    ------
    InvalidValueError
        If a part is no pair of numbers, or is out of range.
    """
    points = []
    for part in (value or "").replace("；", ";").replace("，", ",").split(";"):
        if not part.strip():
            continue
        numbers = part.split(",")
        if len(numbers) != 2:
            accepted = Text("经度,纬度;经度,纬度;…", "lon,lat;lon,lat;…")
            raise InvalidValueError(parameter, part[:100], accepted)
        lon, lat = (parse_number(parameter, one.strip()) for one in numbers)
        if not (abs(lon) <= 180 and abs(lat) <= 90):
            accepted = Text("经度 -180 至 180，纬度 -90 至 90", "lon -180 to 180, lat -90 to 90")
            raise InvalidValueError(parameter, part[:100], accepted)
        points.append((lon, lat))
    return points


def points_of(stops: str | None, path: str | None, datum: Datum) -> tuple[Place, ...]:
    """Return the points of a question, WGS-84: stops or a path that is kept to, one of the two, in a datum.

    Raises
    ------
    InvalidValueError
        If both or neither is given, or one is no list of points.
    """
    if (stops is None) == (path is None):
        raise InvalidValueError("stops", stops, Text("stops 或 path 之一", "either stops or path"))
    points = parse_points(*(("stops", stops) if path is None else ("path", path)))
    if not points or datum is Datum.WGS84:
        return tuple(points)
    lon, lat = np.array(points, np.float64).T
    lon, lat = to_wgs84(lon=lon, lat=lat, datum=datum)
    return tuple(zip(lon.tolist(), lat.tolist(), strict=True))


def check(query: AlongQuery) -> None:
    """Refuse what is no route: too few or too many points, or points too far apart.

    Raises
    ------
    InvalidValueError
        Naming the parameter.
    """
    most = MOST_LINE_POINTS if query.is_line else MOST_STOPS
    if not 2 <= len(query.points) <= most:
        accepted = Text(f"2 至 {most} 个地点", f"2 to {most} places")
        raise InvalidValueError(query.parameter, len(query.points), accepted)
    for lon, lat in query.points:
        check_lonlat(lon, lat)
    if query.max_m is not None and not 0 < query.max_m < float("inf"):
        raise InvalidValueError(
            "max_m", query.max_m, Text("正数（米）", "a positive number (metres)")
        )
    if not 0 < query.more_minutes <= MOST_MORE_MINUTES:
        accepted = Text(
            f"大于 0，至多 {MOST_MORE_MINUTES:g} 分钟", f"above 0, at most {MOST_MORE_MINUTES:g}"
        )
        raise InvalidValueError("more_minutes", query.more_minutes, accepted)
    legs_m = lines_m(query.points)
    if (far := int(np.argmax(legs_m))) >= 0 and legs_m[far] > MOST_LEG_M:
        limit = format_metres(MOST_LEG_M)
        accepted = Text(
            f"相邻两处直线不超过 {limit.zh}", f"at most {limit.en} in a line from one to the next"
        )
        raise InvalidValueError(query.parameter, _pair(query.points, far), accepted)
    if legs_m.sum() > MOST_ROUTE_M:
        limit = format_metres(MOST_ROUTE_M)
        accepted = Text(f"全程直线相加不超过 {limit.zh}", f"lines of {limit.en} at most in all")
        raise InvalidValueError(query.parameter, f"{legs_m.sum():.0f} m", accepted)


def lines_m(points: tuple[Place, ...]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the straight line of each leg in metres, shape (n - 1,)."""
    lon, lat = np.array(points, np.float64).T
    return geodesic_m(lon[:-1], lat[:-1], lon[1:], lat[1:])


def _pair(points: tuple[Place, ...], leg: int) -> str:
    return ";".join(f"{lon:g},{lat:g}" for lon, lat in points[leg : leg + 2])
