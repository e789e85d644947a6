"""Runs as they leave: their state, figures, gap zones and proposed sites; described in OpenAPI."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel

from geoapp.core.results.actions import ActionFindings, ActionRunInputs
from geoapp.core.results.coverage import (
    AccessByRegion,
    CoverageFindings,
    FacilityLoadFigures,
    GapProperties,
    OverlapFigures,
    RegionFigures,
)
from geoapp.core.results.freedom import FreedomFigures, PossibleHost
from geoapp.core.results.kept import RunInputs
from geoapp.core.results.siting import (
    SiteProperties,
    SitingFindings,
    SitingGapProperties,
    SitingRegionFigures,
    SitingRunInputs,
)
from geoapp.core.words import RunStatus
from geoapp.web.api.schemas import Feature, Geometry, Words


class GapFeature(Feature):
    """A gap zone as a GeoJSON feature."""

    id: int
    geometry: Geometry
    properties: GapProperties


class GapFeatureCollection(BaseModel):
    """Gap zones, those with the most workers first."""

    type: Literal["FeatureCollection"]
    features: list[GapFeature]
    total_zones: int
    rest_zones: int
    rest_workers: float


class _RunAnswer(BaseModel):
    """A run's state, and its figures once it has succeeded."""

    id: int
    kind: str
    status: RunStatus
    progress_share: float
    step: Words
    params: dict[str, Any]
    error: Words | None
    cancel_requested: bool
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class CoverageRunAnswer(_RunAnswer):
    """A coverage run's state, and its figures once it has succeeded."""

    inputs: RunInputs
    result: CoverageFindings | None


class CoverageRunList(BaseModel):
    """The newest runs, newest first."""

    runs: list[CoverageRunAnswer]


class SitingRunAnswer(_RunAnswer):
    """A siting run's state, and its figures once it has succeeded."""

    inputs: SitingRunInputs
    result: SitingFindings | None


class SitingRunList(BaseModel):
    """The newest runs, newest first."""

    runs: list[SitingRunAnswer]


class ActionRunAnswer(_RunAnswer):
    """The state of a run of actions, and its figures once it has succeeded."""

    inputs: ActionRunInputs
    result: ActionFindings | None


class ActionRunList(BaseModel):
    """The newest runs, newest first."""

    runs: list[ActionRunAnswer]


class RunAccess(AccessByRegion):
    """The measures of a run: in all, by region, by group of workers."""

    run: int


class RunRegions(BaseModel):
    """Figures by region."""

    run: int
    regions: list[RegionFigures]


class ShareSince(BaseModel):
    """A share covered now and with the facilities of a day, at least and at most; null = not known.

    All are from 0 to 1; ``change_least`` is from the greatest share then, ``change`` from the least.
    """

    covered_share: float | None
    compared_share: float | None
    compared_share_most: float | None
    change_least: float | None
    change: float | None


class RegionSince(ShareSince):
    """The same of a region."""

    code: str


class RunStanding(ShareSince):
    """A run beside the facilities of a day: of everybody, and by region.

    ``facilities`` stood then for certain, ``facilities_possible`` may have as well, and
    ``facilities_later`` were registered after the run, which does not know who walks there.
    """

    run: int
    compared_day: date
    facilities: int
    facilities_possible: int
    facilities_later: int
    regions: list[RegionSince]


class RunFacilities(BaseModel):
    """The facilities that most depends on, and how many counted in all."""

    run: int
    total: int
    facilities: list[FacilityLoadFigures]


class RunOverlaps(BaseModel):
    """The pairs of facilities that overlap most, and how many do at all; null = not known."""

    run: int
    total: int | None
    overlaps: list[OverlapFigures] | None


class SiteFeature(Feature):
    """A site as a GeoJSON feature."""

    id: str
    geometry: Geometry
    properties: SiteProperties


class SiteFeatureCollection(BaseModel):
    """Sites in order of what each adds."""

    type: Literal["FeatureCollection"]
    features: list[SiteFeature]


class SitingGapFeature(Feature):
    """A gap zone of a siting run as a GeoJSON feature."""

    id: int
    geometry: Geometry
    properties: SitingGapProperties


class SitingGapFeatureCollection(BaseModel):
    """Gap zones before the sites, those with the most workers first."""

    type: Literal["FeatureCollection"]
    features: list[SitingGapFeature]
    total_zones: int
    rest_zones: int
    rest_workers: float


class SitingRegions(BaseModel):
    """Figures by region, before and after."""

    run: int
    regions: list[SitingRegionFigures]


class FreedomProperties(FreedomFigures):
    """Where a site may stand instead; ``weight`` are the workers whom the plan would lose without it."""

    order: int
    code: str
    weight: float
    sample: bool


class FreedomFeature(Feature):
    """The area within which one site may move at a loss of at most a share."""

    id: str
    geometry: Geometry
    properties: FreedomProperties


class SitePossibleHosts(BaseModel):
    """What the register knows where a site may stand, the nearest first."""

    order: int
    hosts: list[PossibleHost]


class FreedomFeatureCollection(BaseModel):
    """Areas by site and share; each holds those of smaller shares."""

    type: Literal["FeatureCollection"]
    features: list[FreedomFeature]
    standard_m: float
    accuracy_m: float
    sites: list[SitePossibleHosts]
