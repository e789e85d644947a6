"""Coordinates as people write them: one number or two in a cell, with signs, letters and words."""

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from geoapp.importers.rows.cells import number_of

Axis = Literal["lon", "lat"]
Order = Literal["lon,lat", "lat,lon"]
_MOST_CHARACTERS: Final = 80
_MARKS: Final = str.maketrans(
    {
        **dict.fromkeys("º˚度", "°"),
        **dict.fromkeys("′’‘´`分", "'"),
        **dict.fromkeys("″”“秒", '"'),
        **dict.fromkeys("、", ","),
        **dict.fromkeys("−–—", "-"),
    }
)
_HEMISPHERES: Final[dict[str, tuple[Axis, int]]] = {
    "n": ("lat", 1),
    "s": ("lat", -1),
    "e": ("lon", 1),
    "w": ("lon", -1),
    "北纬": ("lat", 1),
    "南纬": ("lat", -1),
    "东经": ("lon", 1),
    "西经": ("lon", -1),
    "lat": ("lat", 1),
    "lon": ("lon", 1),
    "lng": ("lon", 1),
}
_HEMISPHERE: Final = "北纬|南纬|东经|西经|lat|lon|lng|[nsew]"
_NUMBER: Final = r"\d{1,3}(?:[.,]\d+)?"
_ANGLE: Final = re.compile(
    rf"(?P<before>{_HEMISPHERE})?\s*[:=]?\s*(?P<sign>[+-])?\s*(?P<degrees>{_NUMBER})\s*"
    r"(?:°\s*(?:(?P<minutes>\d{1,2}(?:[.,]\d+)?)\s*'?\s*)?"
    r"(?:(?<=')\s*(?P<seconds>\d{1,2}(?:[.,]\d+)?)\s*(?:\"|'')?\s*)?)?"
    rf"(?P<after>[nsew])?"
)
_PLAIN: Final = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_THOUSANDS: Final = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_UNSEEN: Final = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_WRAPPED: Final = re.compile(r"(?:point\s*z?\s*)?[(\[{](.*)[)\]}]")


@dataclass(frozen=True, slots=True)
class Angle:
    """A number of degrees, and along which axis where letters say so."""

    value: float
    axis: Axis | None = None


def read_angle(cell: Any) -> Angle | None:
    """Return what one cell says, such as ``36°04'00"N``, ``E120.38``, ``120,38`` or ``36度4分``.

    None means that it is not a number of degrees, or contradicts itself.
    """
    number = number_of(cell)
    if number is not None:
        return Angle(number)
    text = _folded(cell)
    if text is None:
        return None
    match = _ANGLE.fullmatch(text)
    if match is None:
        return None
    before, after = match["before"], match["after"]
    if before and after:
        return None
    parts = [_float(match[name]) for name in ("degrees", "minutes", "seconds")]
    degrees, minutes, seconds = (0.0 if part is None else part for part in parts)
    has_fraction = [part is not None and not part.is_integer() for part in parts]
    if minutes >= 60 or seconds >= 60 or (has_fraction[0] and parts[1] is not None):
        return None
    value = degrees + minutes / 60 + seconds / 3600
    axis: Axis | None = None
    if before or after:
        axis, sign = _HEMISPHERES[before or after]
        if match["sign"] and (before or after) not in ("lat", "lon", "lng"):
            return None  # minus ten degrees south
        value *= sign
    return Angle(-value if match["sign"] == "-" else value, axis)


def typed_degrees(words: str, axis: Axis) -> float | None:
    """Return degrees as a person types them into the field of an axis; None if they are none.

    Letters that name the other axis are a mistake and no number.
    """
    angle = read_angle(words)
    if angle is None or angle.axis not in (None, axis) or not math.isfinite(angle.value):
        return None
    return angle.value


def plain_degrees(typed: Mapping[str, str]) -> dict[str, str]:
    """Return those of ``lon`` and ``lat`` that a form has as degrees in other than plain numbers."""
    axes: tuple[Axis, Axis] = ("lon", "lat")
    wanted = {axis: typed.get(axis) or "" for axis in axes}
    found = {
        axis: typed_degrees(words, axis)
        for axis, words in wanted.items()
        if not _PLAIN.fullmatch(words)
    }
    return {axis: f"{value:.9f}" for axis, value in found.items() if value is not None}


def read_pair(cell: Any) -> tuple[Angle, Angle] | None:
    """Return the two coordinates of a cell in the order in which they are written; None if it is no pair."""
    if isinstance(cell, list | tuple):
        ends = [read_angle(one) for one in cell[:2]]
        return (ends[0], ends[1]) if len(ends) == 2 and ends[0] and ends[1] else None
    if isinstance(cell, dict) and isinstance(cell.get("coordinates"), list):
        return read_pair(cell["coordinates"])
    text = _folded(cell)
    if text is None:
        return None
    wrapped = _WRAPPED.fullmatch(text)
    if wrapped is not None:
        text = wrapped[1].strip()
    for mark in (";", "|", "/", ",", None):
        parts = [part.strip() for part in text.split(mark)]
        parts = [part for part in parts if part]
        if len(parts) != 2:
            continue
        first, second = read_angle(parts[0]), read_angle(parts[1])
        if first is not None and second is not None:
            return first, second
    return _touching(text)


def _touching(text: str) -> tuple[Angle, Angle] | None:
    """Return two coordinates that only their letters keep apart, such as ``N36.06E120.38``."""
    match = re.fullmatch(rf"((?:{_HEMISPHERE}).+?)\s*((?:{_HEMISPHERE}).+)", text)
    match = match or re.fullmatch(r"(.+?[nsew])\s*(.+?[nsew])", text)
    if match is None:
        return None
    first, second = read_angle(match[1].strip(" ,")), read_angle(match[2])
    return (first, second) if first is not None and second is not None else None


def order_of(first: Angle, second: Angle) -> Order | None:
    """Return in which order a pair is written, by its letters or its ranges; None if both are possible."""
    if first.axis == "lon" or second.axis == "lat":
        return None if first.axis == second.axis else "lon,lat"
    if first.axis == "lat" or second.axis == "lon":
        return "lat,lon"
    if abs(first.value) > 90 >= abs(second.value):
        return "lon,lat"
    return "lat,lon" if abs(second.value) > 90 >= abs(first.value) else None


def metres_of(cell: Any) -> float | None:
    """Return an easting or northing, also with commas between its thousands."""
    if isinstance(cell, str) and _THOUSANDS.fullmatch(cell.strip()):
        cell = cell.replace(",", "")
    return number_of(cell)


def orders_of(pairs: Sequence[tuple[Angle, Angle] | None]) -> set[Order]:
    """Return the orders in which a column's pairs are certainly written."""
    found = {order_of(*pair) for pair in pairs if pair is not None}
    return {order for order in found if order is not None}


def _folded(cell: Any) -> str | None:
    """Return a cell's text in half width and lower case, its marks brought to one form."""
    if not isinstance(cell, str) or not cell.strip() or len(cell) > _MOST_CHARACTERS:
        return None
    # The sign of degrees stands in these names, too.
    cell = cell.replace("经度", "lon").replace("纬度", "lat")
    cell = _UNSEEN.sub("", cell).rstrip(" ,;，；。、")  # as copied from web pages and chats
    text = unicodedata.normalize("NFKC", cell.translate(_MARKS)).translate(_MARKS)
    return " ".join(text.lower().split()) or None


def _float(words: str | None) -> float | None:
    return None if words is None else float(words.replace(",", "."))
