"""How much rests on each facility in a coverage run: whom it serves, and who has only this one."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from geoapp.analysis.coverage.coverage import CoverageResult
from geoapp.analysis.frames import numbered
from geoapp.core.results.coverage import FacilityLoadFigures
from geoapp.store.engine import Session
from geoapp.store.facilities.read import PlacedFacility
from geoapp.store.runs.found import run_array
from geoapp.store.runs.inputs import facility_names

_NAMES: Final = ("facility_code", "facility_weight", "facility_sole_weight")
_REACH: Final = "facility_reach_weight"


def load_arrays(
    result: CoverageResult, counted: list[PlacedFacility]
) -> list[tuple[str, NDArray[Any]]]:
    """Return the arrays that a run keeps, by facility that counted."""
    codes = numbered(one.code for one in counted)[0].astype(np.str_)
    kept = (codes, result.facility_weight, result.facility_sole_weight)
    return [*zip(_NAMES, kept, strict=True), (_REACH, result.facility_reach_weight)]


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a facility should see in a run; weights are outdoor workers.

    Attributes
    ----------
    weight
        Those within the standard whose nearest facility it is.
    sole_weight
        Of these, whom no other facility covers.
    """

    weight: float
    sole_weight: float

    @property
    def sole_share(self) -> float | None:
        """How much of it has no other facility, 0 to 1; None where nobody is within the standard."""
        return self.sole_weight / self.weight if self.weight > 0 else None


def facility_reach(session: Session, run_id: int) -> dict[str, Reach] | None:
    """Return by code whom each facility that counted should see.

    None for a run from before there was such a figure.
    """
    codes, sole, weight = (
        run_array(session, run_id, name) for name in (_NAMES[0], _NAMES[2], _REACH)
    )
    if codes is None or sole is None or weight is None:
        return None
    return {
        str(code): Reach(float(near), float(only))
        for code, near, only in zip(codes, weight, sole, strict=True)
    }


def facility_loads(session: Session, run_id: int, limit: int) -> list[FacilityLoadFigures]:
    """Return the facilities that most depends on: those with the greatest sole weight first.

    Runs from before such arrays have none.
    """
    codes, nearest, sole = (run_array(session, run_id, name) for name in _NAMES)
    if codes is None or nearest is None or sole is None:
        return []
    # Older runs kept a row for each place of a facility, and its weight is the sum of them.
    each, place = np.unique(codes, return_inverse=True)
    nearest_weight = np.bincount(place, nearest, minlength=len(each))
    sole_weight = np.bincount(place, sole, minlength=len(each))
    order = np.lexsort((each, -nearest_weight, -sole_weight))[:limit]
    names = facility_names(session, [str(each[one]) for one in order])
    loads = []
    for one in order:
        name_zh, name_en = names.get(str(each[one]), (None, None))
        loads.append(
            FacilityLoadFigures(
                code=str(each[one]),
                name_zh=name_zh,
                name_en=name_en,
                nearest_weight=float(nearest_weight[one]),
                sole_weight=float(sole_weight[one]),
            )
        )
    return loads


def load_totals(session: Session, run_id: int) -> tuple[int, int]:
    """Return how many facilities counted, and on how many of them somebody depends alone.

    Runs from before such arrays have none.
    """
    codes, _, sole = (run_array(session, run_id, name) for name in _NAMES)
    if codes is None or sole is None:
        return 0, 0
    return len(np.unique(codes)), len(np.unique(codes[sole > 0]))
