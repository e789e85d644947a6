"""New sites only near those who may let a place: facilities, or the units of a candidate set."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import shapely
import shapely.geometry

from geoapp.core.errors import InvalidValueError
from geoapp.core.geo import circle
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_CANDIDATES
from geoapp.core.questions.siting import FACILITIES, SitingParameters
from geoapp.core.words import Family
from geoapp.store.engine import Database, Session
from geoapp.store.facilities.read import read_changes
from geoapp.store.runs.sites import find_candidate_set, read_candidates

# The outline of a circle strays by 0.03 % of its radius outwards at most.
_WITHIN: Final = 1 - 4e-4
_VERTICES: Final = 48
_WORLD: Final = shapely.box(-180, -90, 180, 90)


def near_hosts_only(
    database: Database, wanted: SitingParameters
) -> tuple[SitingParameters, int | None]:
    """Return the question with all forbidden that is far from every host, and how many hosts there are.

    It is a forbidden area like those that somebody draws, so that it holds for candidates and for places
    anywhere, and the bound holds beside it.

    Raises
    ------
    InvalidValueError
        If there are no such hosts, or too many.
    """
    if wanted.near_hosts is None or wanted.near_hosts_m is None:
        return wanted, None
    with database.snapshot() as session:
        hosts = hosts_named(session, wanted.near_hosts)
    around = shapely.union_all(
        [
            circle(lon=lon, lat=lat, radius_m=wanted.near_hosts_m * _WITHIN, vertices=_VERTICES)
            for lon, lat in hosts
        ]
    )
    far = shapely.geometry.mapping(_WORLD.difference(around))
    return replace(wanted, forbidden_areas=(*wanted.forbidden_areas, far)), len(hosts)


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
