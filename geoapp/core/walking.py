"""The estimate basis: walking as the straight line times a detour factor.

Used, and named in every answer, where no walking network is loaded. With one factor and one speed
for all, the order by walk is the order by line.
"""

from dataclasses import dataclass
from typing import Self, overload

import numpy as np

from geoapp.core.arrays import BoolArray, FloatArray
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.limits import (
    LEAST_STANDARD_M,
    LEAST_STANDARD_SECONDS,
    MOST_STANDARD_M,
    MOST_STANDARD_SECONDS,
)

# The class of a line straight across a square, which is no way of the map and has no length of ways.
ACROSS_KIND = 255


def _require(parameter: str, value: float, *, least: float, greatest: float) -> None:
    if not least <= value <= greatest:  # NaN too
        raise InvalidValueError(
            parameter,
            value,
            Text(f"{least:g} 到 {greatest:g} 之间的数", f"a number from {least:g} to {greatest:g}"),
        )


@dataclass(frozen=True, slots=True)
class WalkingEstimate:
    """How straight metres become walked metres and seconds.

    Attributes
    ----------
    detour_factor
        Walked metres per straight metre, 1 to 5.
    speed_m_per_s
        Metres walked per second, 0.2 to 3.

    Raises
    ------
    InvalidValueError
        If one is out of its range.
    """

    detour_factor: float = 1.3
    speed_m_per_s: float = 1.2

    def __post_init__(self) -> None:
        _require("detour_factor", self.detour_factor, least=1.0, greatest=5.0)
        _require("speed_m_per_s", self.speed_m_per_s, least=0.2, greatest=3.0)

    @overload
    def walk_m(self, line_m: float) -> float: ...
    @overload
    def walk_m(self, line_m: FloatArray) -> FloatArray: ...
    def walk_m(self, line_m: float | FloatArray) -> float | FloatArray:
        """Return walked metres for straight (geodesic) metres."""
        return line_m * self.detour_factor

    @overload
    def seconds(self, walk_m: float) -> float: ...
    @overload
    def seconds(self, walk_m: FloatArray) -> FloatArray: ...
    def seconds(self, walk_m: float | FloatArray) -> float | FloatArray:
        """Return seconds for walked metres."""
        return walk_m / self.speed_m_per_s

    def metres(self, seconds: float) -> float:
        """Return the metres walked in some seconds."""
        return seconds * self.speed_m_per_s


@dataclass(frozen=True, slots=True)
class Standard:
    """A service standard: the greatest acceptable impedance, in metres walked or in seconds.

    Closed: covered iff impedance <= standard. Make it with `of_metres` or `of_seconds`.
    """

    metres: float | None = None
    seconds: float | None = None

    def __post_init__(self) -> None:
        if (self.metres is None) == (self.seconds is None):
            raise InvalidValueError(
                "standard",
                None,
                Text("米数或秒数之一", "either metres or seconds"),
            )
        if self.metres is not None:
            _require("standard_m", self.metres, least=LEAST_STANDARD_M, greatest=MOST_STANDARD_M)
        if self.seconds is not None:
            _require(
                "standard_seconds",
                self.seconds,
                least=LEAST_STANDARD_SECONDS,
                greatest=MOST_STANDARD_SECONDS,
            )

    @classmethod
    def of_metres(cls, metres: float) -> Self:
        """Return a standard in walked metres, 1 to 100,000."""
        return cls(metres=metres)

    @classmethod
    def of_seconds(cls, seconds: float) -> Self:
        """Return a standard in seconds on foot, 1 to 14,400."""
        return cls(seconds=seconds)

    def walk_m(self, estimate: WalkingEstimate) -> float:
        """Return the metres that may be walked within this standard."""
        if self.metres is not None:
            return self.metres
        assert self.seconds is not None
        return estimate.metres(self.seconds)

    def line_m(self, estimate: WalkingEstimate) -> float:
        """Return the straight metres within which this standard is met, for drawing."""
        return self.walk_m(estimate) / estimate.detour_factor

    def covers(self, walk_m: FloatArray, estimate: WalkingEstimate) -> BoolArray:
        """Tell which walked distances (metres, inf = unreachable) are within the standard.

        The test is made in the standard's own unit, so that equality is equality.
        """
        if self.seconds is not None:
            return np.asarray(estimate.seconds(walk_m) <= self.seconds)
        return np.asarray(walk_m <= self.walk_m(estimate))
