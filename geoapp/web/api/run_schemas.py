"""Runs as they leave: their state, figures, gap zones and proposed sites; described in OpenAPI."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel

from geoapp.core.words import Level, RunStatus
from geoapp.web.api.access_schemas import AccessFigures
from geoapp.web.api.schemas import Feature, Geometry, Words


class Closer(BaseModel):
    """Where a station would reach most of a gap zone; ``workers`` of the zone within the standard."""

    lon: float
    lat: float
    workers: float


class GapProperties(BaseModel):
    """A gap zone of a run."""

    rank: int
    name: str
    name_zh: str
    name_en: str | None
    region: str | None
    workers: float
    points: int
    cut_off_workers: float | None
    closed_workers: float | None
    hours_unknown_workers: float | None
    worst_m: float | None
    mean_m: float | None
    nearest_code: str | None
    nearest_name: str | None
    nearest_name_en: str | None
    closers: list[Closer] | None
    sites_needed: int | None
    sites_needed_proven: bool | None
    out_of_reach_workers: float | None


class GapFeature(Feature):
    """A gap zone as a GeoJSON feature."""

    id: int
    geometry: Geometry
    properties: GapProperties


class GapFeatureCollection(BaseModel):
    """Gap zones, those with the most workers first."""

    type: Literal["FeatureCollection"]
    features: list[GapFeature]


class RunAnswer(BaseModel):
    """A run's state, and its figures once it has succeeded."""

    id: int
    kind: str
    status: RunStatus
    progress_share: float
    step: Words
    params: dict[str, Any]
    inputs: dict[str, Any]
    result: dict[str, Any] | None
    error: Words | None
    cancel_requested: bool
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class RunList(BaseModel):
    """The newest runs, newest first."""

    runs: list[RunAnswer]


class Walk(BaseModel):
    """How far workers walk, and how many in each class of distance."""

    p10_m: float | None
    p50_m: float | None
    p90_m: float | None
    mean_m: float | None
    greatest_m: float | None
    histogram_weight: list[float]


class StraightLineFigures(BaseModel):
    """What straight lines would have told of the demand on the walking network."""

    on_weight: float
    cut_off_weight: float
    off_weight: float
    walk_covered_share: float | None
    line_covered_share: float | None
    estimate_covered_share: float | None
    line_wrong_weight: float
    estimate_wrong_weight: float
    detour_factor: float | None


class RegionFigures(BaseModel):
    """A region's figures in a run; weights are outdoor workers."""

    code: str
    name_zh: str
    name_en: str | None
    level: Level | None
    parent: str | None
    weight: float
    point_count: int
    covered_weight: float
    covered_share: float | None
    backup_weight: float
    backup_share: float | None
    uncovered_weight: float
    uncovered_share: float | None
    unreachable_weight: float
    walk: Walk | None
    straight_line: StraightLineFigures | None
    access: AccessFigures | None


class RunRegions(BaseModel):
    """Figures by region."""

    run: int
    regions: list[RegionFigures]


class FacilityLoadFigures(BaseModel):
    """What rests on a facility in a run; weights are outdoor workers."""

    code: str
    name_zh: str | None
    name_en: str | None
    nearest_weight: float
    sole_weight: float


class RunFacilities(BaseModel):
    """The facilities that most depends on."""

    run: int
    facilities: list[FacilityLoadFigures]


class OverlapFigures(BaseModel):
    """Two facilities that cover the same workers; ``share`` of those whom either covers."""

    first_code: str
    first_name_zh: str | None
    first_name_en: str | None
    second_code: str
    second_name_zh: str | None
    second_name_en: str | None
    shared_weight: float
    share: float


class RunOverlaps(BaseModel):
    """The pairs of facilities that overlap most; null where it is not known."""

    run: int
    overlaps: list[OverlapFigures] | None


class DistrictGain(BaseModel):
    """Workers of a district whom a site newly reaches; no code: of unknown district."""

    code: str | None
    name_zh: str | None
    name_en: str | None
    workers: float


class ZoneGain(BaseModel):
    """Workers of a gap zone whom a site newly reaches; no rank: of a zone that is not listed."""

    rank: int | None
    name_zh: str | None
    name_en: str | None
    workers: float


class SiteProperties(BaseModel):
    """A site of a siting run; ``adds`` are the workers whom it newly reaches after those before it."""

    order: int
    code: str
    name: str | None
    region: str | None
    cost: float | None
    fixed: bool
    adds: float
    by_district: list[DistrictGain]
    by_zone: list[ZoneGain] | None
    sample: bool


class SiteFeature(Feature):
    """A site as a GeoJSON feature."""

    id: str
    geometry: Geometry
    properties: SiteProperties


class SiteFeatureCollection(BaseModel):
    """Sites in order of what each adds."""

    type: Literal["FeatureCollection"]
    features: list[SiteFeature]


class SitingGapProperties(BaseModel):
    """A gap zone before a siting run's sites; whom they reach of it, and who is left."""

    rank: int
    name: str
    name_zh: str
    name_en: str | None
    region: str | None
    workers: float
    reached_workers: float
    left_workers: float
    points: int
    worst_m: float | None
    mean_m: float | None
    nearest_code: str | None
    nearest_name: str | None
    nearest_name_en: str | None


class SitingGapFeature(Feature):
    """A gap zone of a siting run as a GeoJSON feature."""

    id: int
    geometry: Geometry
    properties: SitingGapProperties


class SitingGapFeatureCollection(BaseModel):
    """Gap zones before the sites, those with the most workers first."""

    type: Literal["FeatureCollection"]
    features: list[SitingGapFeature]


class SitingRegionFigures(BaseModel):
    """A region before and after a siting run's sites; weights are outdoor workers."""

    code: str
    name_zh: str
    name_en: str | None
    level: Level | None
    parent: str | None
    weight: float
    point_count: int
    covered_before_weight: float
    covered_before_share: float | None
    covered_after_weight: float
    covered_after_share: float | None
    added_weight: float
    backup_before_weight: float
    backup_after_weight: float
    uncovered_weight: float
    sites: int


class SitingRegions(BaseModel):
    """Figures by region, before and after."""

    run: int
    regions: list[SitingRegionFigures]
