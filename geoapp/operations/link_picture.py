"""The pictures that links to the finder and to a station's page are shown by elsewhere."""

import math
from pathlib import Path
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geoapp.core.errors import NotFoundError
from geoapp.core.files import replaced_whole
from geoapp.core.i18n import Language, Text
from geoapp.core.settings import Settings
from geoapp.core.vocabulary import load_vocabulary
from geoapp.core.words import Level, is_of_osm
from geoapp.operations.facilities.read import found_facility
from geoapp.operations.nearest.rough import ROUGH_M
from geoapp.operations.streets.window import ground_reader
from geoapp.reports.card import LinkPicture, write_link_picture
from geoapp.reports.drawing import METRES_A_DEGREE
from geoapp.reports.ground import Bounds, Ground
from geoapp.store.engine import Database, Session
from geoapp.store.facilities.places import facility_dots, region_name
from geoapp.store.regions import region_shapes

_SIMPLE_M: Final = 20.0
_MOST_DOTS: Final = 3000
# Half of what is seen from north to south: with streets, and where outlines alone tell where one is.
_NEAR_M, _FAR_M = 450.0, 2_500.0
_WIDE: Final = 1200 / 452  # how much wider the map is than high


def save_station_picture(
    database: Database, settings: Settings, code: str, path: Path, language: Language
) -> None:
    """Write the map around a facility as PNG; the file appears whole or not at all.

    Raises
    ------
    NotFoundError
        If there is no such published facility, or its position is not known.
    """
    streets = ground_reader(settings)
    with database.snapshot() as session:
        record = found_facility(session, code, unpublished=False)
        known = record.properties
        if record.lonlat is None:
            raise NotFoundError(Text("设施的位置", "position of the facility"), code)
        lon, lat = record.lonlat
        bounds = _around(lon, lat, _NEAR_M)
        ground = Ground() if streets is None else streets(bounds)
        if not ground:
            bounds = _around(lon, lat, _FAR_M)
        dots, _ = facility_dots(session, _MOST_DOTS, bounds)
        region = None if known["region"] is None else region_name(session, known["region"])
        land = _land(session, bounds)
    kinds = {kind.code: kind.text for kind in load_vocabulary().kinds}
    kind = kinds.get(known["kind"], Text(known["kind"], known["kind"]))
    where = None if region is None else Text(region.name_zh, region.name_en or region.name_zh)
    address = known["address"]
    lines = [
        Text(known["name_zh"], known["name_en"] or known["name_zh"]),
        kind if where is None else Text(f"{kind.zh} · {where.zh}", f"{kind.en} · {where.en}"),
        *([] if address is None else [Text(address, address)]),
    ]
    off_m = known["position_accuracy_m"] or 0.0
    picture = LinkPicture(
        bounds=bounds,
        land=land,
        dots=[one for one in dots if not _is_same(one, (lon, lat))],
        lines=lines,
        spot=(lon, lat),
        off_m=off_m if off_m > ROUGH_M else 0.0,
        ground=ground,
        is_sample=known["sample"],
        has_osm=bool(ground) or is_of_osm(known["source"]),
    )
    _save(picture, path, language)


def save_overview_picture(
    database: Database, path: Path, language: Language, *, has_samples: bool, has_osm: bool
) -> None:
    """Write the map of all stations in service as PNG; the file appears whole or not at all.

    Parameters
    ----------
    has_samples
        Whether some of them are made up.
    has_osm
        Whether some of them are OpenStreetMap's, whose picture says so.

    Raises
    ------
    NotFoundError
        If there is none with a position.
    """
    with database.snapshot() as session:
        dots, total = facility_dots(session, _MOST_DOTS, None)
        if not dots:
            raise NotFoundError(Text("有位置的设施", "facility with a position"), "")
        # One wrong number would else show half the world.
        low, high = np.quantile(np.array(dots), [0.01, 0.99], axis=0)
        bounds = _seen((float(low[0]), float(low[1]), float(high[0]), float(high[1])))
        land = _land(session, bounds)
    lines = [
        Text("户外劳动者服务站点", "Service stations for outdoor workers"),
        Text(
            "歇脚、喝水、热饭、充电，去最近的一站",
            "Rest, water, warm food, power: the nearest stop",
        ),
        Text(f"现有 {total:,} 处在服务", f"{total:,} in service"),
    ]
    picture = LinkPicture(bounds, land, dots, lines, is_sample=has_samples, has_osm=has_osm)
    _save(picture, path, language)


def _save(picture: LinkPicture, path: Path, language: Language) -> None:
    with replaced_whole(path) as fresh:
        write_link_picture(picture, fresh, language)


def _around(lon: float, lat: float, half_m: float) -> Bounds:
    high = half_m / METRES_A_DEGREE
    wide = high * _WIDE / max(0.01, math.cos(math.radians(lat)))
    return lon - wide, lat - high, lon + wide, lat + high


def _seen(bounds: Bounds) -> Bounds:
    """Return bounds with a margin, as wide as the picture is."""
    west, south, east, north = bounds
    lat = (south + north) / 2
    narrow = math.cos(math.radians(lat))
    half_m = max(_FAR_M, (north - south) / 2 * 1.1 * METRES_A_DEGREE)
    half_m = max(half_m, (east - west) / 2 * 1.1 * METRES_A_DEGREE * narrow / _WIDE)
    return _around((west + east) / 2, lat, half_m)


def _land(session: Session, bounds: Bounds) -> list[BaseGeometry]:
    window = shapely.box(*bounds)
    found = region_shapes(session, Level.DISTRICT, None, simplify_m=_SIMPLE_M)
    shapes = [shapely.from_wkb(one.geometry_wkb) for one in found if one.geometry_wkb is not None]
    return [one for one in shapes if one.intersects(window)]


def _is_same(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return all(abs(a - b) < 1e-6 for a, b in zip(one, other, strict=True))
