"""Regions as places: to start from when a device gives no position, and as names."""

from typing import Final

from geoapp.core.china import point_in_china
from geoapp.core.errors import NotFoundError
from geoapp.core.i18n import Text
from geoapp.core.parsing import Bbox
from geoapp.core.settings import Settings
from geoapp.core.units import format_metres
from geoapp.core.words import Level
from geoapp.operations.facilities.landmarks import Landmark, landmark
from geoapp.operations.streets.starts import StreetStart, street_start
from geoapp.store.engine import Database
from geoapp.store.facilities import places as store
from geoapp.store.facilities.places import PlaceInView, RegionName
from geoapp.store.region_tree import codes_above


def list_regions(database: Database) -> list[RegionName]:
    """Return all regions by code: what contains others comes before them."""
    with database.snapshot() as session:
        return store.region_names(session, outlined=False)


def containing(database: Database, code: str) -> list[str]:
    """Return the codes of the regions that contain one, from its parent outwards."""
    with database.snapshot() as session:
        return codes_above(session, code)[1:]


def list_places(
    database: Database, settings: Settings, most: int, chosen: str | None
) -> tuple[list[RegionName], int]:
    """Return the districts and streets that one can start from, and how many are left out.

    Parameters
    ----------
    most
        How many at most: districts come first, and ``chosen`` is there in any case, also where it
        is another region, a landmark or a street.
    """
    with database.snapshot() as session:
        regions = store.region_names(session, outlined=True)
    found = [
        one for one in regions if one.level in (Level.DISTRICT, Level.STREET) or one.code == chosen
    ]
    spot = None if chosen is None else _spot(settings, chosen)
    if spot is not None:
        found.insert(0, RegionName(spot.code, "spot", spot.name.zh, spot.name.en, None))
    if len(found) <= most:
        return found, 0
    by_need = sorted(found, key=lambda one: (one.code != chosen, one.level != Level.DISTRICT))
    shown = sorted(by_need[:most], key=lambda one: one.code)
    return shown, len(found) - len(shown)


def _spot(settings: Settings, code: str) -> Landmark | StreetStart | None:
    return landmark(code) or street_start(settings, code)


def point_of_place(database: Database, settings: Settings, code: str) -> tuple[float, float]:
    """Return a point (lon, lat), WGS-84, inside a region, on a street, or where a landmark is.

    Raises
    ------
    NotFoundError
        If there is no such region, landmark or street, or the region's outline is unknown.
    """
    with database.snapshot() as session:
        point = store.point_in_region(session, code)
    if point is not None:
        return point
    spot = _spot(settings, code)
    if spot is None:
        raise NotFoundError(Text("区域", "region"), code)
    return spot.lon, spot.lat


def name_of_place(database: Database, settings: Settings, code: str) -> Text | None:
    """Return what a region, a landmark or a street is called; of the last two that they are rough."""
    with database.snapshot() as session:
        region = store.region_name(session, code)
    if region is not None:
        return Text(region.name_zh, region.name_en or region.name_zh)
    spot = _spot(settings, code)
    return None if spot is None else spot.name


# Farther out the way to the nearest station says enough.
FAR_OUT_M: Final = 100_000.0


def where_text(database: Database, *, lon: float, lat: float, at_sea: bool = False) -> Text | None:
    """Return what is odd about a position (WGS-84); None where it lies in the service's area.

    And where no region has an outline, so that nobody can tell. One that would lie in a region the other
    way round is said to be written so, as by who begins with the latitude.
    """
    if abs(lon) < 0.01 and abs(lat) < 0.01:
        return Text(
            "收到的位置是 0°, 0°（几内亚湾的海面）：设备其实没有定到位。",
            "The position is 0°, 0°, at sea off Africa: the device did not really find one.",
        )
    with database.snapshot() as session:
        inside = store.is_in_area(session, lon, lat)
        may_swap = inside is False and abs(lon) <= 90
        is_swapped = may_swap and store.is_in_area(session, lat, lon) is True
        edge_m = store.area_edge_m(session, lon, lat) if inside is False else 0.0
    if inside is not False:
        return None
    if is_swapped:
        return Text(
            "这个位置不在本服务的区域内：经度和纬度可能写反了（先经度，后纬度）。",
            "This position lies outside the area of this service: longitude and latitude may be the wrong way "
            "round (longitude first).",
        )
    edge = Text("", "")
    if edge_m <= FAR_OUT_M:
        far = format_metres(edge_m)
        edge = Text(f"，离它的边界 {far.zh}", f", {far.en} from its edge")
    if at_sea:
        return Text(
            f"这个位置不在本服务的区域内{edge.zh}：它在海上。",
            f"This position lies outside the area of this service{edge.en}: at sea.",
        )
    if not point_in_china(lon, lat):
        return Text(
            f"这个位置不在本服务的区域内{edge.zh}：它在海上或境外。",
            f"This position lies outside the area of this service{edge.en}: at sea, or outside mainland China.",
        )
    return Text(
        f"这个位置不在本服务的区域内{edge.zh}。",
        f"This position lies outside the area of this service{edge.en}.",
    )


def overview_points(
    database: Database, limit: int, bbox: Bbox | None = None
) -> tuple[list[tuple[float, float]], int]:
    """Return about where the facilities in service are: at most ``limit`` points (lon, lat).

    Beside them stands how many facilities there are in all.

    Parameters
    ----------
    bbox
        Only those in this box are wanted, and counted.
    """
    with database.snapshot() as session:
        found, total = store.facility_dots(session, limit, bbox)
    return [(round(lon, 5), round(lat, 5)) for lon, lat in found], total


def places_in_view(database: Database, limit: int, bbox: Bbox) -> tuple[list[PlaceInView], int]:
    """Return the facilities in service in a box of WGS-84, from its middle, and how many there are in all."""
    with database.snapshot() as session:
        return store.facilities_in_view(session, limit, bbox)
