"""The area of the service as a phone keeps it: coarse, and so that what lies outside surely does.

Outlines in full are too large to keep. They are drawn simpler and wider by as much as that may take away:
a position close to a border from outside counts as inside, and nothing is said of it.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geoapp.core.china import china_outline
from geoapp.store.engine import Session
from geoapp.store.facilities.places import simple_outlines

Rings = list[list[list[float]]]

_CHINA_DEGREES: Final = 0.1
_LEAST_DEGREES: Final = 0.002
# So many times what is simplified away goes into the whole area's longer side.
_PARTS: Final = 500
# Wider by what simplifying takes, by what an octagon lacks to a circle, and by rounding.
_WIDER: Final = 1.5
_SIMPLER_AFTER: Final = 0.2


def service_ground(session: Session) -> Rings | None:
    """Return rings (EPSG:4326, holes like others) outside of which no region lies.

    None where no region has an outline, so that nobody can tell.
    """
    found = simple_outlines(session, parts=_PARTS, least_degrees=_LEAST_DEGREES)
    return None if found is None else _around(found.outlines, found.degrees, 4)


@lru_cache(maxsize=1)
def china_ground() -> Rings:
    """Return rings (EPSG:4326) outside of which nothing of China's outline lies (`geoapp.core.china`)."""
    outline = china_outline().simplify(_CHINA_DEGREES, preserve_topology=True)
    return _around([outline], _CHINA_DEGREES, 2)


def _around(outlines: Sequence[BaseGeometry], degrees: float, digits: int) -> Rings:
    wider: Any = shapely.buffer(np.asarray(outlines), _WIDER * degrees, quad_segs=2)
    whole = shapely.union_all(wider).simplify(_SIMPLER_AFTER * degrees, preserve_topology=True)
    rings = shapely.get_rings(shapely.get_parts(whole))
    return [shapely.get_coordinates(ring).round(digits).tolist() for ring in rings]
