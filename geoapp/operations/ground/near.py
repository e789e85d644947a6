"""New sites only near hosts, only near streets: whatever is farther is taken for forbidden."""

from dataclasses import dataclass, replace
from typing import Final

import shapely
import shapely.geometry
from shapely.geometry.base import BaseGeometry

from geoapp.core.questions.siting import SitingParameters
from geoapp.core.settings import Settings
from geoapp.operations.ground.near_hosts import around_hosts
from geoapp.operations.ground.near_streets import StreetGround, around_streets
from geoapp.store.engine import Database

_WORLD: Final = shapely.box(-180, -90, 180, 90)


@dataclass(frozen=True, slots=True)
class NearGround:
    """A question with all forbidden that is too far from what it is to be near.

    They are forbidden areas like those that somebody draws, so that it holds for candidates and for
    places anywhere.

    Attributes
    ----------
    wanted
        The question. Its areas leave a hair less than is allowed: a plan keeps to it.
    surely
        What of its areas is surely forbidden (EPSG:4326): a bound holds what it leaves. None = all, and
        where nobody asks about sites anywhere.
    hosts
        Of how many hosts; None where that was not asked.
    streets
        None where that was not asked.
    """

    wanted: SitingParameters
    surely: BaseGeometry | None
    hosts: int | None
    streets: StreetGround | None


def near_only(database: Database, settings: Settings, wanted: SitingParameters) -> NearGround:
    """Return a question with its ground.

    Raises
    ------
    InvalidValueError
        If there is nothing to be near, or too much.
    """
    near: list[BaseGeometry] = []
    whole: list[BaseGeometry] = []
    hosts = streets = None
    if wanted.near_hosts is not None and wanted.near_hosts_m is not None:
        area, outside, hosts = around_hosts(database, wanted.near_hosts, wanted.near_hosts_m)
        near.append(area)
        whole.append(outside)
    if wanted.near_streets_m is not None:
        streets = around_streets(database, settings, wanted, wanted.near_streets_m)
        near.append(streets.area)
        if wanted.anywhere:
            whole.append(streets.whole)
    if not near:
        return NearGround(wanted, None, None, None)
    surely = None
    if wanted.anywhere:
        drawn = wanted.forbidden_shape()
        beyond = [_WORLD.difference(area) for area in whole]
        surely = shapely.union_all([*([] if drawn is None else [drawn]), *beyond])
    far = [shapely.geometry.mapping(_WORLD.difference(area)) for area in near]
    asked = replace(wanted, forbidden_areas=(*wanted.forbidden_areas, *far))
    return NearGround(asked, surely, hosts, streets)
