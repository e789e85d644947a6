"""``/api/v1/coverage-runs``: start a coverage run, follow it, read its results."""

from datetime import date
from typing import Any

import orjson
from flask import Response, request
from flask_login import current_user
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field

from geoapp.core.geo import from_wgs84, geometry_from_wgs84
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_REGION_CHARACTERS
from geoapp.core.questions.coverage import COVERAGE
from geoapp.core.results.coverage import COVERAGE_RUNS, CoverageGap
from geoapp.core.results.coverage_hours import CoverageHours
from geoapp.core.results.run import AnyRun
from geoapp.core.roles import Permission
from geoapp.core.words import Datum
from geoapp.operations.coverage import hours as coverage_hours
from geoapp.operations.coverage import results as coverage_results
from geoapp.operations.coverage import run as coverage_run
from geoapp.operations.coverage.days import needed_on_day
from geoapp.operations.runs.queue import cancel_run
from geoapp.operations.runs.state import read_run, recent_runs
from geoapp.web.api.question_bodies import asked, question_body
from geoapp.web.api.run_schemas import (
    CoverageRunAnswer,
    CoverageRunList,
    GapFeatureCollection,
    RunAccess,
    RunFacilities,
    RunOverlaps,
    RunRegions,
    RunStanding,
)
from geoapp.web.api.schemas import Problem
from geoapp.web.edge.access import require, signed_in
from geoapp.web.edge.parameters import WITHOUT_NUL, Parameters
from geoapp.web.edge.services import services

api = APIBlueprint(
    "coverage_runs",
    __name__,
    url_prefix="/api/v1/coverage-runs",
    abp_tags=[Tag(name="coverage", description="覆盖分析 / coverage runs")],
    abp_responses={404: Problem, 422: Problem, 503: Problem},
)


# Made from the table of the question's fields, so its type is none that mypy could know.
CoverageRequest: Any = question_body(
    COVERAGE,
    "CoverageRequest",
    "What to compute; exactly one of the two standards.",
    with_datum=False,
)


class RunPath(BaseModel):
    """Which run."""

    id: int = Field(description="运行编号 / number of the run")


class GeometryParameters(Parameters):
    """How coordinates are given."""

    datum: Datum = Datum.WGS84


def pair(text: Text) -> dict[str, str]:
    """Return a text in both languages."""
    return {"zh": text.zh, "en": text.en}


def describe(run: AnyRun) -> dict[str, Any]:
    """Return a run as JSON; who started it is not public."""
    return {
        "id": run.id,
        "kind": run.kind,
        "status": run.status,
        "progress_share": run.progress_share,
        "step": pair(run.step),
        "params": run.params,
        "inputs": run.inputs.as_json(),
        "result": None if run.result is None else run.result.as_json(),
        "error": pair(run.error) if run.error else None,
        "cancel_requested": run.cancel_requested,
        "created_at": run.created_at.isoformat(),
        "started_at": run.started_at.isoformat() if run.started_at else None,
        "finished_at": run.finished_at.isoformat() if run.finished_at else None,
    }


def answer_json(
    body: dict[str, Any], status: int = 200, mimetype: str = "application/json"
) -> Response:
    """Return a body as JSON that is asked for anew each time."""
    response = Response(orjson.dumps(body), status, mimetype=mimetype)
    response.headers["Cache-Control"] = "no-cache"
    return response


@api.post(
    "",
    summary="开始覆盖分析 / Start a coverage run",
    responses={202: CoverageRunAnswer},
)
@require(Permission.RUN)
def start(body: CoverageRequest) -> Response:
    """Queue a coverage run and answer its state; follow it at its own address."""
    parts = services()
    wanted = asked(COVERAGE, body, parts.settings.timezone)
    run = coverage_run.start(parts.database, wanted, created_by=current_user.name)
    response = answer_json(describe(run), 202)
    response.headers["Location"] = f"{request.script_root}/api/v1/coverage-runs/{run.id}"
    return response


class LoadParameters(Parameters):
    """How many."""

    limit: int = Field(100, ge=1, le=10_000, description="最多几处 / at most so many")


@api.get("", summary="最近的运行 / The newest runs", responses={200: CoverageRunList})
def recent() -> Response:
    """List the newest coverage runs, newest first."""
    runs = recent_runs(services().database, COVERAGE_RUNS)
    return answer_json({"runs": [describe(run) for run in runs]})


@api.get(
    "/<int:id>",
    summary="运行的状态与结果 / A run's state and figures",
    responses={200: CoverageRunAnswer},
)
def state(path: RunPath) -> Response:
    """Return the state of a run, with progress, and its figures once it has succeeded."""
    return answer_json(describe(read_run(services().database, COVERAGE_RUNS, path.id)))


@api.post(
    "/<int:id>/cancel",
    summary="取消运行 / Cancel a run",
    responses={200: CoverageRunAnswer},
)
@require(Permission.RUN)
def cancel(path: RunPath) -> Response:
    """Cancel a run: at once if it waits, else at its next step. Ended runs stay as they are."""
    return answer_json(
        describe(cancel_run(services().database, COVERAGE_RUNS, path.id, by=signed_in()))
    )


@api.get(
    "/<int:id>/regions",
    summary="分区域结果 / Figures by region",
    responses={200: RunRegions, 409: Problem},
)
def regions(path: RunPath) -> Response:
    """Return the figures of a finished run by region."""
    rows = coverage_results.region_figures(services().database, path.id)
    return answer_json({"run": path.id, "regions": [one.model_dump(mode="json") for one in rows]})


@api.get(
    "/<int:id>/gaps",
    summary="盲区 / Gap zones",
    responses={200: GapFeatureCollection, 409: Problem},
)
def gaps(path: RunPath, query: GeometryParameters) -> Response:
    """Return the gap zones of a finished run as GeoJSON, those with the most workers first.

    At most 500 are listed; ``total_zones`` counts all, ``rest_zones`` and ``rest_workers`` those left
    out and the workers in them.
    """
    database = services().database
    zones = coverage_results.gap_zones(database, path.id)
    found = coverage_results.finished(database, path.id).found
    features = [
        {
            "type": "Feature",
            "id": zone.rank,
            "geometry": geometry_from_wgs84(zone.geometry_wkb, query.datum),
            "properties": _in_datum(zone, query.datum).model_dump(
                mode="json", exclude={"geometry_wkb"}
            ),
        }
        for zone in zones
    ]
    body = {
        "type": "FeatureCollection",
        "features": features,
        "total_zones": len(zones) + found.gap_rest_zones,
        "rest_zones": found.gap_rest_zones,
        "rest_workers": found.gap_rest_workers,
    }
    return answer_json(body, mimetype="application/geo+json")


def _in_datum(zone: CoverageGap, datum: Datum) -> CoverageGap:
    """Return a gap zone with the places of what would close it in a datum."""
    if zone.closers is None:
        return zone
    moved = []
    for one in zone.closers:
        lon, lat = from_wgs84(lon=one.lon, lat=one.lat, datum=datum)
        place = {"lon": round(float(lon), 7), "lat": round(float(lat), 7)}
        moved.append(one.model_copy(update=place))
    return zone.model_copy(update={"closers": tuple(moved)})


@api.get(
    "/<int:id>/facilities",
    summary="离不开的设施 / What rests on each facility",
    responses={200: RunFacilities, 409: Problem},
)
def facilities(path: RunPath, query: LoadParameters) -> Response:
    """Return facilities of a finished run, those first without which most would be out of reach."""
    found = coverage_results.loads(services().database, path.id, query.limit)
    total, _ = coverage_results.facility_totals(services().database, path.id)
    rows = [one.model_dump() for one in found]
    return answer_json({"run": path.id, "total": total, "facilities": rows})


@api.get(
    "/<int:id>/overlaps",
    summary="重叠最多的设施 / Facilities that overlap most",
    responses={200: RunOverlaps, 409: Problem},
)
def overlaps(path: RunPath, query: LoadParameters) -> Response:
    """Return the pairs of facilities that cover the same workers, those that share most first.

    At most 50 of ``total``; null for a run from before there were any, or with too many pairs to be counted.
    """
    found = coverage_results.facility_overlaps(services().database, path.id, query.limit)
    pairs = None if found is None else [one.model_dump() for one in found]
    total = coverage_results.overlap_total(services().database, path.id)
    return answer_json({"run": path.id, "total": total, "overlaps": pairs})


@api.get(
    "/<int:id>/access",
    summary="可达性与公平 / Accessibility and equity",
    responses={200: RunAccess, 409: Problem},
)
def access(path: RunPath) -> Response:
    """Return the accessibility measures of a finished run; 409 for a run from before there were any."""
    found = coverage_results.access_measures(services().database, path.id)
    return answer_json({"run": path.id, **found.model_dump(mode="json")})


class HoursParameters(Parameters):
    """Which week, and of which regions."""

    week: date | None = Field(
        None,
        description="那一周里的任何一天，默认本周 / any day of the week; this week where none is given",
    )
    region: str | None = Field(
        None,
        pattern=WITHOUT_NUL,
        max_length=MOST_REGION_CHARACTERS,
        description="只看这个区域和它的下一级 / only this region and those directly below it",
    )


@api.get(
    "/<int:id>/hours",
    summary="一周 168 小时的覆盖 / Coverage by the hour of a week",
    responses={200: CoverageHours, 409: Problem},
)
def hours(path: RunPath, query: HoursParameters) -> Response:
    """Return who is covered in each hour of a week, by region.

    ``covered_low`` takes every facility whose hours are unknown then for closed, as coverage runs do;
    ``covered_high`` takes them for open. 409 for a run that has not kept what hours are told from.
    """
    found = coverage_hours.hours_of_week(services().database, path.id, query.week, query.region)
    return answer_json(found.model_dump(mode="json"))


class StandingParameters(Parameters):
    """Which day."""

    since: date = Field(description="哪一天在的站点 / the day whose facilities it is compared with")


@api.get(
    "/<int:id>/standing",
    summary="与某一天在的站点相比 / Compared with the facilities of an earlier day",
    responses={200: RunStanding, 409: Problem},
)
def standing(path: RunPath, query: StandingParameters) -> Response:
    """Return what a finished run covers with the facilities of a day, and the change since, by region.

    Standard, demand and walks are the run's. ``compared_share`` leaves out the facilities that may have
    stood then, ``compared_share_most`` counts them. 409 for a run that has not kept enough to tell.
    """
    parts = services()
    run = coverage_results.finished(parts.database, path.id)
    then = needed_on_day(parts.database, parts.settings, run, query.since)
    rows = coverage_results.region_figures(parts.database, path.id)
    return answer_json(
        {
            "run": run.id,
            "compared_day": then.day.isoformat(),
            "facilities": then.facilities.known,
            "facilities_possible": then.facilities.possible,
            "facilities_later": then.later,
            **_change(run.found.total.covered_share, then.whole),
            "regions": [
                {"code": one.code, **_change(one.covered_share, then.shares.get(one.code))}
                for one in rows
            ],
        }
    )


def _change(now: float | None, then: tuple[float, float] | None) -> dict[str, float | None]:
    """Return a share and by how much it has grown: the least change is from the greatest share."""
    least, most = (None, None) if then is None else then
    return {
        "covered_share": now,
        "compared_share": least,
        "compared_share_most": most,
        "change_least": None if now is None or most is None else now - most,
        "change": None if now is None or least is None else now - least,
    }
