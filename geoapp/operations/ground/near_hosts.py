"""New sites only near those who may let a place: facilities, or the units of a candidate set."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geoapp.core.arrays import FloatArray
from geoapp.core.errors import InvalidValueError
from geoapp.core.geo import GEOD
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_CANDIDATES
from geoapp.core.questions.siting import FACILITIES
from geoapp.core.words import Family
from geoapp.store.engine import Database, Session
from geoapp.store.facilities.read import read_changes
from geoapp.store.runs.sites import find_candidate_set, read_candidates

# Corners of the polygons about a host. Those of the one are as far as is asked, so that its sides lie inside;
# the middles of sides are nearer by 0.22 % (and next to nothing for sides being straight in degrees), so that
# those of the other lie outside.
_CORNERS: Final = 48
_OUTSIDE: Final = 1.003


def around_hosts(
    database: Database, named: str, within_m: float
) -> tuple[BaseGeometry, BaseGeometry, int]:
    """Return an area (EPSG:4326) surely near some hosts, one that holds all that is, and the number of hosts.

    Raises
    ------
    InvalidValueError
        If there are no such hosts, or too many.
    """
    with database.snapshot() as session:
        hosts = hosts_named(session, named)
    at = np.array(hosts)
    return _around(at, within_m), _around(at, within_m * _OUTSIDE), len(hosts)


def _around(hosts: FloatArray, radius_m: float) -> BaseGeometry:
    lon, lat = (np.repeat(one, _CORNERS) for one in hosts.T)
    azimuth = np.tile(np.linspace(0.0, 360.0, _CORNERS, endpoint=False), len(hosts))
    x, y, _ = GEOD.fwd(lon, lat, azimuth, np.full(len(lon), radius_m))
    corners = np.stack((x, y), axis=-1).reshape(len(hosts), _CORNERS, 2)
    return shapely.union_all(shapely.polygons(corners))


def hosts_named(session: Session, named: str) -> Sequence[tuple[float, float]]:
    """Return where the hosts of a question are (lon, lat), each place once.

    Raises
    ------
    InvalidValueError
        If there is no such family or set, or it has none, or too many.
    """
    hosts = _places(session, named)
    if not hosts:
        accepted = Text(
            "有位置的单位：现在一个也没有", "hosts that have a position: there are none"
        )
        raise InvalidValueError("near_hosts", named, accepted)
    if len(hosts) > MOST_CANDIDATES:
        accepted = Text(f"至多 {MOST_CANDIDATES} 处单位", f"at most {MOST_CANDIDATES} hosts")
        raise InvalidValueError("near_hosts", len(hosts), accepted)
    return hosts


def _places(session: Session, named: str) -> Sequence[tuple[float, float]]:
    name, _, kind = named.partition(":")
    if name == FACILITIES:
        if kind and kind not in set(Family):
            accepted = Text(
                f"{FACILITIES}，或 {FACILITIES}:{{{'、'.join(Family)}}} 之一",
                f"{FACILITIES}, or {FACILITIES}: followed by one of {', '.join(Family)}",
            )
            raise InvalidValueError("near_hosts", named, accepted)
        placed = read_changes(session, -1).placed
        return sorted({(one.lon, one.lat) for one in placed if not kind or one.family == kind})
    held = find_candidate_set(session, name)
    if held is None:
        accepted = Text(
            f"{FACILITIES}、{FACILITIES}:home 等、候选集的代码，或“代码:单位类型”",
            f"{FACILITIES}, such as {FACILITIES}:home, the code of a candidate set, or CODE:TYPE of host",
        )
        raise InvalidValueError("near_hosts", named, accepted)
    rows = read_candidates(session, held.id, None)
    told = zip(rows.lon.tolist(), rows.lat.tolist(), rows.host_type.tolist(), strict=True)
    return sorted({(lon, lat) for lon, lat, of in told if not kind or of == kind})
