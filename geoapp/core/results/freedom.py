"""Where the sites of a siting run may stand instead; areas are WGS-84, lengths metres."""

from typing import Any, Final, Self

import orjson
import shapely
from pydantic import field_serializer, field_validator
from shapely.geometry.base import BaseGeometry

from geoapp.core.results.kept import Kept

# What the screen and the paper speak of; the others are drawn.
TOLD_SHARE: Final = 0.05


class FreedomFigures(Kept):
    """How far a site may be moved at a loss of at most a share of what it adds.

    Attributes
    ----------
    any_way_m
        In every direction; 0 where it cannot.
    farthest_m
        To the farthest place of the area; 0 where there is none.
    pieces
        Parts of the area that do not touch.
    """

    share: float
    area_m2: float
    any_way_m: float
    farthest_m: float
    pieces: int


class FreedomArea(FreedomFigures):
    """The area, too: WKB of a multipolygon in EPSG:4326, hexadecimal as JSON."""

    geometry_wkb: bytes

    @field_serializer("geometry_wkb", when_used="json")
    def _as_hex(self, wkb: bytes) -> str:
        return wkb.hex()

    @field_validator("geometry_wkb", mode="before")
    @classmethod
    def _from_hex(cls, wkb: Any) -> Any:
        return bytes.fromhex(wkb) if isinstance(wkb, str) else wkb

    @property
    def geometry(self) -> BaseGeometry:
        """The area."""
        return shapely.from_wkb(self.geometry_wkb)


class SiteFreedom(Kept):
    """Where one site may stand instead, the others staying.

    Attributes
    ----------
    order, code
        Of the site.
    weight
        Workers whom the plan would lose without it.
    areas
        By share, the smallest first, each within the next; empty where ``weight`` is 0.
    """

    order: int
    code: str
    weight: float
    areas: tuple[FreedomArea, ...]

    @property
    def told(self) -> FreedomArea | None:
        """The area that is spoken of; None where there are none."""
        return next((one for one in self.areas if one.share == TOLD_SHARE), None)


class PlanFreedom(Kept):
    """All sites of a run, in their order.

    Attributes
    ----------
    standard_m
        Straight metres within which a site covers.
    accuracy_m
        Places that are left out would lose more were the standard shorter by this.
    """

    standard_m: float
    accuracy_m: float
    sites: tuple[SiteFreedom, ...]

    def as_bytes(self) -> bytes:
        """Return it as bytes to be kept."""
        return orjson.dumps(self.model_dump(mode="json"))

    @classmethod
    def of_bytes(cls, kept: bytes) -> Self:
        """Return what was kept.

        Raises
        ------
        UnreadableResultError
            If it is something else.
        """
        return cls.checked(orjson.loads(kept))


class PossibleHost(Kept):
    """What the register knows within the area of a site.

    Attributes
    ----------
    source
        ``facility``, or the code of the set of candidates that it is of.
    kind, status
        Of a facility; a candidate has its host type as its kind, or None.
    distance_m
        From the site as planned.
    share
        The smallest loss at which the site may stand there.
    """

    source: str
    code: str
    name_zh: str
    name_en: str | None
    kind: str | None
    status: str | None
    distance_m: float
    share: float
    lon: float
    lat: float
