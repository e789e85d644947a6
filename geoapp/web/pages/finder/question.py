"""What the finder is asked, as its form and its addresses write it."""

from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from geoapp.core.entering import ANYBODY, Entering, parse_entering
from geoapp.core.errors import InvalidValueError
from geoapp.core.geo import check_lonlat, to_wgs84
from geoapp.core.i18n import Text
from geoapp.core.parsing import parse_number, parse_whole, split_codes
from geoapp.core.travel import By, read_by
from geoapp.core.words import Datum
from geoapp.operations.facilities.places import point_of_place
from geoapp.operations.nearest.of_region import regions_of
from geoapp.operations.nearest.service import MAX_K
from geoapp.web.edge.parameters import without_nul
from geoapp.web.edge.services import services

FIRST_K = 6  # more by a press: three fit on a phone, and each is some 140 elements
MOST_ACCURACY_M = 20_100_000.0  # half around the earth


@dataclass(frozen=True, slots=True)
class Question:
    """What the form asks; ``lon`` and ``lat`` are WGS-84, None as long as no place is given.

    ``accuracy_m`` is how far the position may be off, as the device says. ``regions`` are the place and
    what lies below it, if it is a region: its stations are listed, by how far they are from ``own``, the
    asker's position, where that is known. ``or_unknown``: with ``open_only`` what has unknown hours as well.
    """

    lon: float | None
    lat: float | None
    place: str | None
    k: int
    open_only: bool
    or_unknown: bool
    what: str
    families: frozenset[str]
    kinds: frozenset[str]
    amenities: frozenset[str]
    entering: Entering = ANYBODY
    accuracy_m: float = 0.0
    regions: frozenset[str] = frozenset()
    own: tuple[float, float] | None = None
    by: By = By.WALK


def read_question(values: MultiDict[str, str], *, open_by_default: bool) -> Question:
    """Read what is asked.

    Raises
    ------
    InvalidValueError
        If a value is out of range or not known.
    """
    # A position goes before a place, which then counts for nothing.
    given = values.get("lon") or values.get("lat")
    place = None if given else without_nul(values.get("place", "")) or None
    lon, lat = _position(values, place)
    regions = regions_of(services().database, place) if place else frozenset()
    own = _own(values) if regions else None
    what = values.get("what", "")
    family, _, kind = what.partition(":")
    return Question(
        lon=lon,
        lat=lat,
        place=place,
        k=_k(values.get("k", "")),
        open_only=open_by_default or values.get("open") == "1",
        or_unknown=values.get("unknown") == "1",
        what=what,
        families=frozenset({family}) if family and not kind else frozenset(),
        kinds=frozenset({kind}) if kind else frozenset(),
        amenities=split_codes(values.getlist("amenity")),
        entering=parse_entering(
            values.get("may_enter", ""),
            split_codes(values.getlist("without")),
            surely=values.get("surely") == "1",
        ),
        accuracy_m=_accuracy_m(values.get("own_accuracy" if own else "accuracy", "")),
        regions=regions,
        own=own,
        by=read_by(values.get("by", "")),
    )


def _own(values: MultiDict[str, str]) -> tuple[float, float] | None:
    """Return the asker's position beside a region, WGS-84, where the device has told it."""
    if not (values.get("own_lon") or values.get("own_lat")):
        return None
    lon, lat = (parse_number(name, values.get(name, "")) for name in ("own_lon", "own_lat"))
    check_lonlat(lon, lat)
    return lon, lat


def _accuracy_m(value: str) -> float:
    accuracy_m = parse_number("accuracy", value) if value else 0.0
    if not 0.0 <= accuracy_m <= MOST_ACCURACY_M:
        accepted = f"0 – {MOST_ACCURACY_M:.0f}"
        raise InvalidValueError("accuracy", value, Text(accepted, accepted))
    return accuracy_m


def _k(value: str) -> int:
    return parse_whole("k", value, 1, MAX_K) if value else FIRST_K


def _position(
    values: MultiDict[str, str], place: str | None
) -> tuple[float, float] | tuple[None, None]:
    if values.get("lon") or values.get("lat"):
        lon = parse_number("lon", values.get("lon", ""))
        lat = parse_number("lat", values.get("lat", ""))
        check_lonlat(lon, lat)
        wish = values.get("datum", str(Datum.WGS84))
        if wish not in set(Datum):
            accepted = ", ".join(Datum)
            raise InvalidValueError("datum", wish, Text(accepted, accepted))
        shifted = to_wgs84(lon=lon, lat=lat, datum=Datum(wish))
        return float(shifted[0]), float(shifted[1])
    if place:
        return point_of_place(services().database, services().settings, place)
    return None, None
