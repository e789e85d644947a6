"""Accessibility measures of a run, as they leave; weights are outdoor workers."""

from pydantic import BaseModel


class WalkMeasures(BaseModel):
    """How far workers walk to the nearest facility; quantiles by percent of the workers."""

    weight: float
    unreachable_share: float | None
    mean_m: float | None
    quantiles_m: dict[str, float | None]
    worst_mean_m: float | None
    gini: float | None


class SupplyMeasures(BaseModel):
    """How much there is for each worker, and how evenly it lies."""

    mean: float | None
    none_share: float | None
    worst_mean: float | None
    gini: float | None


class AccessFigures(BaseModel):
    """The measures of some of the demand."""

    walk: WalkMeasures
    within: SupplyMeasures
    shared: SupplyMeasures
    shared_enhanced: SupplyMeasures
    seats: SupplyMeasures | None
    seats_enhanced: SupplyMeasures | None


class RunAccess(BaseModel):
    """The measures of a run: in all, by region, by group of workers."""

    run: int
    total: AccessFigures
    regions: dict[str, AccessFigures]
    groups: dict[str, AccessFigures]
    regions_gini: float | None
    groups_gini: float | None
    facilities: int
    capacity_known: int
