"""Where a place is, as people say it."""

from typing import Final

from geoapp.core.i18n import Text
from geoapp.core.units import format_metres

_THERE_M: Final = 5.0  # nearer than that it is the same door
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
    if district is None:
        return told
    return Text(f"{district.zh} · {told.zh}", f"{told.en}, {district.en}")


def part_text(district: Text | None, part: Text | None, lon: float, lat: float) -> Text:
    """Return in which part of a district a place lies, else its position (WGS-84)."""
    at = f"{lon:.4f}, {lat:.4f}"
    if district is None:
        return Text(at, at)
    if part is None:
        return Text(f"{district.zh} · {at}", f"{at}, {district.en}")
    return Text(f"{district.zh}{part.zh} · {at}", f"{part.en} of {district.en}, {at}")
