"""Which facilities stand at a moment, as the analysis takes them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import shapely

from geoapp.analysis.coverage.coverage import CoverageResult
from geoapp.analysis.coverage.gaps import NamedRegion
from geoapp.analysis.frames import FacilityFrame
from geoapp.core.i18n import Text
from geoapp.core.words import Basis
from geoapp.store.facilities.read import PlacedFacility
from geoapp.store.facilities.unplaced import UnplacedFacility
from geoapp.store.runs.demand_rows import DemandRows
from geoapp.store.runs.inputs import RegionRow


def now() -> datetime:
    """Return the present moment to the minute."""
    return datetime.now(UTC).replace(second=0, microsecond=0)


def in_service(one: PlacedFacility | UnplacedFacility, at: datetime) -> bool:
    """Tell whether a facility stands at its place on the day of a moment, by its own clock."""
    day = at.astimezone(ZoneInfo(one.timezone)).date()
    return (one.from_date is None or one.from_date <= day) and (
        one.to_date is None or day <= one.to_date
    )


def frame_of(placed: Sequence[PlacedFacility]) -> FacilityFrame:
    """Return facilities at their places as the analysis takes them."""
    return FacilityFrame.from_arrays(
        [one.lon for one in placed],
        [one.lat for one in placed],
        keys=[(one.code, one.place) for one in placed],
        areas=[None if one.area_wkb is None else shapely.from_wkb(one.area_wkb) for one in placed],
        facilities=[one.code for one in placed],
    )


def basis_of(result: CoverageResult) -> Basis:
    """Return what a result's walks rest on: the network, if anybody walks on it."""
    walked = result.network is not None and result.network.walked_weight > 0
    return Basis.NETWORK if walked else Basis.ESTIMATE


def profiles_of(rows: DemandRows) -> list[list[float] | None] | None:
    """Return by demand point its hourly multipliers; None where no point has any."""
    if not rows.profiles:
        return None
    return [None if number < 0 else rows.profiles[number] for number in rows.profile.tolist()]


def named_regions(regions: Sequence[RegionRow]) -> dict[str, NamedRegion]:
    """Return by code the regions whose outline is known, to name gap zones by."""
    return {
        one.code: NamedRegion(
            Text(one.name_zh, one.name_en or one.name_zh), shapely.from_wkb(one.outline_wkb)
        )
        for one in regions
        if one.outline_wkb is not None
    }
