"""How somebody gets about: on foot or by e-bike, and how fast.

Both go along the walking network: no other is read from an extract, and every answer says so.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, overload

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.words import BASIS_TEXT, Basis

if TYPE_CHECKING:
    from geoapp.core.arrays import FloatArray


class By(StrEnum):
    """What somebody goes by."""

    WALK = "walk"
    EBIKE = "ebike"


BY_TEXT: Final = {By.WALK: Text("步行", "On foot"), By.EBIKE: Text("电动车", "By e-bike")}


def read_by(value: str) -> By:
    """Return what a form or a request says of how one goes; nothing is on foot.

    Raises
    ------
    InvalidValueError
        If it is neither; it names ``by``.
    """
    if value and value not in set(By):
        accepted = ", ".join(By)
        raise InvalidValueError("by", value, Text(accepted, accepted))
    return By(value) if value else By.WALK


# How the walks of an answer are known, in words; by e-bike nobody takes it for a way that may be ridden.
WAY_TEXT: Final[dict[tuple[By, Basis], Text]] = {
    **{(By.WALK, basis): text for basis, text in BASIS_TEXT.items()},
    (By.EBIKE, Basis.NETWORK): Text(
        "按步行路网、电动车速度估算", "along the walking network at the speed of an e-bike"
    ),
    (By.EBIKE, Basis.ESTIMATE): Text(
        "估算（直线×绕行系数，电动车速度）",
        "estimate (straight line x detour factor, at the speed of an e-bike)",
    ),
}


@dataclass(frozen=True, slots=True)
class Speeds:
    """How fast one goes, metres per second: ``GEOAPP_WALKING_SPEED_M_PER_S``, ``GEOAPP_EBIKE_…``."""

    walk_m_per_s: float
    ebike_m_per_s: float

    def of(self, by: By) -> float:
        """Return the speed by which one goes, metres per second."""
        return self.ebike_m_per_s if by is By.EBIKE else self.walk_m_per_s

    @overload
    def seconds(self, metres: float, by: By) -> float: ...
    @overload
    def seconds(self, metres: "FloatArray", by: By) -> "FloatArray": ...
    def seconds(self, metres: "float | FloatArray", by: By) -> "float | FloatArray":
        """Return the seconds that so many metres take."""
        return metres / self.of(by)

    def metres(self, seconds: float, by: By) -> float:
        """Return the metres gone in so many seconds."""
        return seconds * self.of(by)
