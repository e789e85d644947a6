"""``/api/v1/siting-runs``: start a siting run, follow it, read what it proposes."""

from typing import Annotated, Any, Literal

from flask import Response
from flask_login import current_user
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from geoapp.core.errors import InvalidValueError
from geoapp.core.geo import geometry_from_wgs84, to_wgs84
from geoapp.core.i18n import Text
from geoapp.core.parsing import parse_moment
from geoapp.core.questions.siting import (
    DEFAULT_SPACING_M,
    MOST_ALTERNATIVES,
    MOST_DRAWN,
    MOST_P,
    MOST_SECONDS,
    DrawnSite,
    Quota,
    SitingModel,
    SitingParameters,
    area_in_wgs84,
)
from geoapp.core.roles import Permission
from geoapp.core.words import Datum, Family
from geoapp.operations.ground.in_service import now
from geoapp.operations.siting import results as siting_results
from geoapp.operations.siting import run as siting_run
from geoapp.web.api.coverage_runs import GeometryParameters, RunPath, describe
from geoapp.web.api.run_schemas import (
    RunAnswer,
    RunList,
    SiteFeatureCollection,
    SitingGapFeatureCollection,
    SitingRegions,
)
from geoapp.web.api.schemas import Problem
from geoapp.web.edge.access import require
from geoapp.web.edge.parameters import WITHOUT_NUL, Parameters
from geoapp.web.edge.replies import json_reply
from geoapp.web.edge.services import services

api = APIBlueprint(
    "siting_runs",
    __name__,
    url_prefix="/api/v1/siting-runs",
    abp_tags=[Tag(name="siting", description="选址 / siting runs")],
    abp_responses={404: Problem, 422: Problem, 503: Problem},
)

Code = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=WITHOUT_NUL)]


class DrawnBody(BaseModel):
    """A candidate drawn by hand."""

    model_config = ConfigDict(extra="forbid")

    code: Code
    lon: float = Field(ge=-180, le=180, allow_inf_nan=False, strict=True)
    lat: float = Field(ge=-90, le=90, allow_inf_nan=False, strict=True)
    name: Code | None = None
    cost: float | None = Field(None, ge=0, le=1e15, allow_inf_nan=False, strict=True)


class QuotaBody(BaseModel):
    """How many new sites a region must or may have."""

    model_config = ConfigDict(extra="forbid")

    min: int | None = Field(None, ge=0, le=MOST_P, strict=True)
    max: int | None = Field(None, ge=0, le=MOST_P, strict=True)


class AreaBody(BaseModel):
    """A GeoJSON polygon."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["Polygon", "MultiPolygon"]
    coordinates: list[Any]


class SitingRequest(BaseModel):
    """What is asked; exactly one of the two standards. Facilities in service count as open."""

    model_config = ConfigDict(extra="forbid")

    model: Literal["mclp", "lscp", "p_median", "p_center", "p-median", "p-center", "equity"] = (
        "mclp"
    )
    p: int | None = Field(None, ge=1, le=MOST_P, strict=True, description="新站点数 / new sites")
    standard_m: float | None = Field(None, ge=1, le=100_000, allow_inf_nan=False, strict=True)
    standard_seconds: float | None = Field(None, ge=1, le=14_400, allow_inf_nan=False, strict=True)
    region: Code | None = Field(None, description="区域代码 / region code; none: everywhere")
    demand: Code | None = Field(None, description="需求集 / demand set; none: the newest")
    candidates: Code | None = Field(
        None, description="候选集，或 generated、generated-network / a set, or generated ones"
    )
    spacing_m: float = Field(DEFAULT_SPACING_M, ge=20, le=20_000, allow_inf_nan=False, strict=True)
    drawn: list[DrawnBody] = Field([], max_length=MOST_DRAWN)
    fixed: list[Code] = Field([], max_length=MOST_P)
    forbidden: list[Code] = Field([], max_length=20_000)
    forbidden_areas: list[AreaBody] = Field([], max_length=200)
    families: list[Family] | None = Field(
        None, min_length=1, max_length=3, description="none: all three"
    )
    at: str | None = Field(
        None, max_length=64, description="此刻 / the moment; none: opening hours do not count"
    )
    quotas: dict[Code, QuotaBody] = Field({}, max_length=1_000)
    host_quotas: dict[Code, QuotaBody] = Field(
        {}, max_length=1_000, description="按单位类型 / by type of host of a candidate set"
    )
    budget: float | None = Field(None, ge=0, le=1e15, allow_inf_nan=False, strict=True)
    share: float = Field(1.0, ge=0, le=1, allow_inf_nan=False, strict=True)
    backup_share: float = Field(0.0, ge=0, le=1, allow_inf_nan=False, strict=True)
    min_spacing_m: float | None = Field(None, ge=1, le=100_000, allow_inf_nan=False, strict=True)
    capacity: float | None = Field(
        None, ge=1, le=1e9, allow_inf_nan=False, strict=True, description="座位 / seats of each"
    )
    time_limit_seconds: float = Field(
        60.0, ge=0.1, le=MOST_SECONDS, allow_inf_nan=False, strict=True
    )
    target_gap: float = Field(0.0, ge=0, le=1, allow_inf_nan=False, strict=True)
    alternatives: int = Field(
        0, ge=0, le=MOST_ALTERNATIVES, strict=True, description="另找几个方案 / other plans sought"
    )
    differ: int = Field(2, ge=1, le=MOST_P, strict=True)
    within_share: float = Field(0.01, ge=0, le=1, allow_inf_nan=False, strict=True)
    datum: Datum = Field(Datum.WGS84, description="drawn、forbidden_areas 的坐标系 / of these two")


class SitesParameters(Parameters):
    """Which sites, and how coordinates are given."""

    which: Literal["chosen", "others"] = Field(
        "chosen", description="选中的，或落选中最好的 / the chosen, or the best of the others"
    )
    datum: Datum = Datum.WGS84


def drawn_site(body: DrawnBody, datum: Datum) -> DrawnSite:
    """Return a drawn candidate in WGS-84."""
    lon, lat = to_wgs84(lon=float(body.lon), lat=float(body.lat), datum=datum)
    # A centimetre: what comes back from a page in another datum is the same place.
    return DrawnSite(body.code, round(float(lon), 7), round(float(lat), 7), body.name, body.cost)


def siting_question(body: SitingRequest, zone: str) -> SitingParameters:
    """Return what a body asks, in WGS-84; a moment without an offset is one of the zone's."""
    if (body.standard_m is None) == (body.standard_seconds is None):
        accepted = Text(
            "standard_m 与 standard_seconds 恰有其一",
            "exactly one of standard_m and standard_seconds",
        )
        raise InvalidValueError("standard_m", body.standard_m, accepted)
    at = None if body.at is None else parse_moment("at", body.at, zone)
    return SitingParameters(
        model=SitingModel(body.model.replace("-", "_")),
        p=body.p,
        standard_m=body.standard_m,
        standard_seconds=body.standard_seconds,
        region=body.region,
        demand=body.demand,
        candidates=body.candidates,
        spacing_m=body.spacing_m,
        drawn=tuple(drawn_site(one, body.datum) for one in body.drawn),
        fixed=tuple(dict.fromkeys(body.fixed)),
        forbidden=tuple(dict.fromkeys(body.forbidden)),
        forbidden_areas=tuple(
            area_in_wgs84(one.model_dump(), body.datum) for one in body.forbidden_areas
        ),
        families=None if body.families is None else tuple(sorted(set(body.families))),
        at=now() if body.at is not None and at is None else at,
        quotas=tuple((code, Quota(one.min, one.max)) for code, one in body.quotas.items()),
        host_quotas=tuple(
            (kind, Quota(one.min, one.max)) for kind, one in body.host_quotas.items()
        ),
        budget=body.budget,
        share=body.share,
        backup_share=body.backup_share,
        min_spacing_m=body.min_spacing_m,
        capacity=body.capacity,
        time_limit_seconds=body.time_limit_seconds,
        target_gap=body.target_gap,
        alternatives=body.alternatives,
        differ=body.differ,
        within_share=body.within_share,
    )


@api.post("", summary="开始选址 / Start a siting run", responses={202: RunAnswer})
@require(Permission.RUN)
def start(body: SitingRequest) -> Response:
    """Queue a siting run and answer its state; follow it at its own address."""
    parts = services()
    wanted = siting_question(body, parts.settings.timezone)
    run = siting_run.start(parts.database, wanted, created_by=current_user.name)
    response = json_reply(describe(run), 202)
    response.headers["Location"] = f"/api/v1/siting-runs/{run.id}"
    return response


@api.get("", summary="最近的选址 / The newest siting runs", responses={200: RunList})
def recent() -> Response:
    """List the newest siting runs, newest first."""
    return json_reply({"runs": [describe(run) for run in siting_run.recent(services().database)]})


@api.get("/<int:id>", summary="状态与结果 / State and results", responses={200: RunAnswer})
def state(path: RunPath) -> Response:
    """Return the state of a run, with progress; and objective, bound and gap once it is done."""
    return json_reply(describe(siting_run.read(services().database, path.id)))


@api.post("/<int:id>/cancel", summary="取消 / Cancel", responses={200: RunAnswer})
@require(Permission.RUN)
def cancel(path: RunPath) -> Response:
    """Cancel a run. One that is solving keeps its best plan so far as its result."""
    return json_reply(describe(siting_run.cancel(services().database, path.id)))


@api.get(
    "/<int:id>/sites",
    summary="站点，按新增覆盖的先后 / Sites in order of what each adds",
    responses={200: SiteFeatureCollection, 409: Problem},
)
def sites(path: RunPath, query: SitesParameters) -> Response:
    """Return the proposed sites as GeoJSON points, or the best of those that were not chosen."""
    rows = siting_results.sites_of(services().database, path.id, chosen=query.which == "chosen")
    return _collection(rows, "code", query.datum)


def _collection(rows: list[dict[str, Any]], key: str, datum: Datum) -> Response:
    features = [
        {
            "type": "Feature",
            "id": row[key],
            "geometry": geometry_from_wgs84(row.pop("geometry_wkb"), datum),
            "properties": row,
        }
        for row in rows
    ]
    body = {"type": "FeatureCollection", "features": features}
    return json_reply(body, mimetype="application/geo+json")


@api.get(
    "/<int:id>/gaps",
    summary="盲区，站点能覆盖其中多少 / Gap zones and whom the sites reach of them",
    responses={200: SitingGapFeatureCollection, 409: Problem},
)
def gaps(path: RunPath, query: GeometryParameters) -> Response:
    """Return the gap zones before the sites as GeoJSON, and whom the sites reach of each."""
    return _collection(siting_results.gap_zones(services().database, path.id), "rank", query.datum)


@api.get(
    "/<int:id>/regions",
    summary="分区域，前与后 / By region, before and after",
    responses={200: SitingRegions, 409: Problem},
)
def regions(path: RunPath) -> Response:
    """Return what each region has before and after the new sites."""
    rows = siting_results.region_figures(services().database, path.id)
    return json_reply({"run": path.id, "regions": rows})
