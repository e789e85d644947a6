"""Where a place is, as people say it."""

from typing import Final

from geoapp.core.i18n import Text
from geoapp.core.units import format_metres

_THERE_M: Final = 5.0  # nearer than that it is the same door
_CORNER_M: Final = 30.0  # nearer than that one stands at it
# Of eight directions, from north by east.
_DIRECTIONS: Final = (
    Text("以北", "north"),
    Text("东北", "north-east"),
    Text("以东", "east"),
    Text("东南", "south-east"),
    Text("以南", "south"),
    Text("西南", "south-west"),
    Text("以西", "west"),
    Text("西北", "north-west"),
)


def beside_text(district: Text | None, near: Text, metres: float, azimuth_deg: float) -> Text:
    """Return how far and in which direction from something known a place lies.

    Parameters
    ----------
    near
        The name of what is known.
    metres, azimuth_deg
        From there to the place; degrees from north by east.
    """
    if metres < _THERE_M:
        told = Text(near.zh, f"at {near.en}")
    else:
        far = format_metres(round(metres, -1) if metres >= 100 else round(metres))
        where = _DIRECTIONS[round(azimuth_deg / 45) % 8]
        apart = " " if near.zh[-1:].isascii() else ""  # behind a number or a Latin word
        told = Text(f"{near.zh}{apart}{where.zh} {far.zh}", f"{far.en} {where.en} of {near.en}")
    return _in_district(district, told)


def part_text(district: Text | None, part: Text | None, lon: float, lat: float) -> Text:
    """Return in which part of a district a place lies, else its position (WGS-84)."""
    at = f"{lon:.4f}, {lat:.4f}"
    if district is None:
        return Text(at, at)
    if part is None:
        return Text(f"{district.zh} · {at}", f"{at}, {district.en}")
    return Text(f"{district.zh}{part.zh} · {at}", f"{part.en} of {district.en}, {at}")


def street_text(district: Text | None, street: Text) -> Text:
    """Return on which street a place is."""
    apart = " " if street.zh[-1:].isascii() else ""
    return _in_district(district, Text(f"{street.zh}{apart}沿线", f"on {street.en}"))


def corner_text(
    district: Text | None, street: Text, crossing: Text, metres: float, azimuth_deg: float
) -> Text:
    """Return at which corner, or how far and in which direction from it, a place on a street is.

    Parameters
    ----------
    metres, azimuth_deg
        From the corner to the place; degrees from north by east.
    """
    first = f"{street.zh} 与" if street.zh[-1:].isascii() else f"{street.zh}与"
    before = " " if crossing.zh[:1].isascii() else ""
    after = " " if crossing.zh[-1:].isascii() else ""
    corner = Text(
        f"{first}{before}{crossing.zh}{after}路口", f"the corner of {street.en} and {crossing.en}"
    )
    if metres > _CORNER_M:
        return beside_text(district, corner, metres, azimuth_deg)
    return _in_district(district, Text(corner.zh, f"at {corner.en}"))


def _in_district(district: Text | None, told: Text) -> Text:
    if district is None:
        return told
    return Text(f"{district.zh} · {told.zh}", f"{told.en}, {district.en}")
