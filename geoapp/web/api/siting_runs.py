"""``/api/v1/siting-runs``: start a siting run, follow it, read what it proposes."""

from typing import Any, Literal

import shapely
from flask import Response, request
from flask_login import current_user
from flask_openapi3 import APIBlueprint, Tag
from pydantic import Field

from geoapp.core.geo import from_wgs84, geometry_from_wgs84
from geoapp.core.questions.siting import SITING
from geoapp.core.results.proof import Proof
from geoapp.core.results.siting import SITING_RUNS
from geoapp.core.roles import Permission
from geoapp.core.words import Datum
from geoapp.operations.plan_report import MEDIA_TYPES, REPORTS, plan_file
from geoapp.operations.runs.queue import cancel_run
from geoapp.operations.runs.state import read_run, recent_runs
from geoapp.operations.siting import results as siting_results
from geoapp.operations.siting import run as siting_run
from geoapp.operations.siting.freedom import freedom_of, possible_hosts
from geoapp.operations.siting.proof import proof_file
from geoapp.operations.siting.scenarios import check_readable, hidden_runs
from geoapp.web.api.coverage_runs import GeometryParameters, RunPath, describe
from geoapp.web.api.question_bodies import asked, question_body
from geoapp.web.api.run_schemas import (
    FreedomFeatureCollection,
    SiteFeatureCollection,
    SitingGapFeatureCollection,
    SitingRegions,
    SitingRunAnswer,
    SitingRunList,
)
from geoapp.web.api.schemas import Problem
from geoapp.web.edge.access import require, signed_in
from geoapp.web.edge.heavy import heavy
from geoapp.web.edge.language import language
from geoapp.web.edge.parameters import Parameters
from geoapp.web.edge.replies import json_reply
from geoapp.web.edge.services import services

api = APIBlueprint(
    "siting_runs",
    __name__,
    url_prefix="/api/v1/siting-runs",
    abp_tags=[Tag(name="siting", description="选址 / siting runs")],
    abp_responses={404: Problem, 422: Problem, 503: Problem},
)

# What a feature tells as its geometry.
_PLACE = {"lon", "lat", "geometry_wkb"}

# Made from the table of the question's fields, so its type is none that mypy could know.
SitingRequest: Any = question_body(
    SITING,
    "SitingRequest",
    "What is asked; exactly one of the two standards. Facilities in service count as open.",
)


class SitesParameters(Parameters):
    """Which sites, and how coordinates are given."""

    which: Literal["chosen", "others"] = Field(
        "chosen", description="选中的，或落选中最好的 / the chosen, or the best of the others"
    )
    datum: Datum = Datum.WGS84


@api.post("", summary="开始选址 / Start a siting run", responses={202: SitingRunAnswer})
@require(Permission.RUN)
def start(body: SitingRequest) -> Response:
    """Queue a siting run and answer its state; follow it at its own address."""
    parts = services()
    wanted = asked(SITING, body, parts.settings.timezone)
    run = siting_run.start(
        parts.database, wanted, created_by=current_user.name, settings=parts.settings
    )
    response = json_reply(describe(run), 202)
    response.headers["Location"] = f"{request.script_root}/api/v1/siting-runs/{run.id}"
    return response


@api.get("", summary="最近的选址 / The newest siting runs", responses={200: SitingRunList})
@require(Permission.SEE_UNPUBLISHED)
def recent() -> Response:
    """List the newest siting runs, newest first."""
    database = services().database
    hidden = hidden_runs(database, signed_in())
    runs = [run for run in recent_runs(database, SITING_RUNS) if run.id not in hidden]
    return json_reply({"runs": [describe(run) for run in runs]})


@api.get("/<int:id>", summary="状态与结果 / State and results", responses={200: SitingRunAnswer})
@require(Permission.SEE_UNPUBLISHED)
def state(path: RunPath) -> Response:
    """Return the state of a run, with progress; and objective, bound and gap once it is done."""
    check_readable(services().database, signed_in(), path.id)
    return json_reply(describe(read_run(services().database, SITING_RUNS, path.id)))


@api.post("/<int:id>/cancel", summary="取消 / Cancel", responses={200: SitingRunAnswer})
@require(Permission.RUN)
def cancel(path: RunPath) -> Response:
    """Cancel a run. One that is solving keeps its best plan so far as its result."""
    check_readable(services().database, signed_in(), path.id)
    return json_reply(
        describe(cancel_run(services().database, SITING_RUNS, path.id, by=signed_in()))
    )


@api.get(
    "/<int:id>/sites",
    summary="站点，按新增覆盖的先后 / Sites in order of what each adds",
    responses={200: SiteFeatureCollection, 409: Problem},
)
@require(Permission.SEE_UNPUBLISHED)
def sites(path: RunPath, query: SitesParameters) -> Response:
    """Return the proposed sites as GeoJSON points, or the best of those that were not chosen."""
    check_readable(services().database, signed_in(), path.id)
    sites = siting_results.sites_of(services().database, path.id, chosen=query.which == "chosen")
    return _collection(
        [
            (site.code, shapely.Point(site.lon, site.lat).wkb, site.model_dump(exclude=_PLACE))
            for site in sites
        ],
        query.datum,
    )


def _collection(
    rows: list[tuple[str | int, bytes, dict[str, Any]]], datum: Datum, **members: Any
) -> Response:
    """Answer features, given the id, the geometry (WKB) and the properties of each.

    Parameters
    ----------
    members
        What the collection says besides.
    """
    features = [
        {
            "type": "Feature",
            "id": number,
            "geometry": geometry_from_wgs84(wkb, datum),
            "properties": properties,
        }
        for number, wkb, properties in rows
    ]
    body = {"type": "FeatureCollection", "features": features, **members}
    return json_reply(body, mimetype="application/geo+json")


@api.get(
    "/<int:id>/gaps",
    summary="盲区，站点能覆盖其中多少 / Gap zones and whom the sites reach of them",
    responses={200: SitingGapFeatureCollection, 409: Problem},
)
@require(Permission.SEE_UNPUBLISHED)
def gaps(path: RunPath, query: GeometryParameters) -> Response:
    """Return the gap zones before the sites as GeoJSON, and whom the sites reach of each."""
    check_readable(services().database, signed_in(), path.id)
    database = services().database
    zones = siting_results.gap_zones(database, path.id)
    found = siting_results.finished(database, path.id).found
    return _collection(
        [(one.rank, one.geometry_wkb, one.model_dump(exclude=_PLACE)) for one in zones],
        query.datum,
        total_zones=len(zones) + (found.gap_rest_zones or 0),
        rest_zones=found.gap_rest_zones or 0,
        rest_workers=found.gap_rest_workers or 0.0,
    )


@api.get(
    "/<int:id>/freedom",
    summary="每处可移动的范围与可能的场地 / Where each site may move, and possible hosts",
    responses={200: FreedomFeatureCollection, 409: Problem},
)
@require(Permission.SEE_UNPUBLISHED)
@heavy
def freedom(path: RunPath, query: GeometryParameters) -> Response:
    """Return by site and loss the area in which it may stand as GeoJSON, and the register's places there.

    A 409 says why a run has none: on a network, with seats or backup, or about walks.
    """
    database = services().database
    check_readable(database, signed_in(), path.id)
    run = siting_results.finished(database, path.id)
    found = freedom_of(database, run)
    hosts = possible_hosts(database, found, siting_results.sites_of(database, path.id))
    rows: list[tuple[str | int, bytes, dict[str, Any]]] = []
    for site in found.sites:
        told = {
            "order": site.order,
            "code": site.code,
            "weight": site.weight,
            "sample": run.inputs.sample,
        }
        for area in site.areas:
            figures = area.model_dump(exclude={"geometry_wkb"})
            rows.append((f"{site.order}-{area.share:g}", area.geometry_wkb, told | figures))
    return _collection(
        rows,
        query.datum,
        standard_m=found.standard_m,
        accuracy_m=found.accuracy_m,
        sites=[
            {"order": order, "hosts": [_in_datum(one.model_dump(), query.datum) for one in some]}
            for order, some in hosts.items()
        ],
    )


def _in_datum(place: dict[str, Any], datum: Datum) -> dict[str, Any]:
    lon, lat = from_wgs84(lon=place["lon"], lat=place["lat"], datum=datum)
    return place | {"lon": round(float(lon), 7), "lat": round(float(lat), 7)}


@api.get(
    "/<int:id>/proof",
    summary="证明：重算方案和界所需的一切 / All that counting plan and bound again takes",
    responses={200: Proof, 409: Problem},
)
@require(Permission.SEE_UNPUBLISHED)
@heavy
def proof(path: RunPath) -> Response:
    """Return the plan with demand, candidates and prices, as ``geoapp verify`` reads it."""
    check_readable(services().database, signed_in(), path.id)
    return Response(proof_file(services().database, path.id), mimetype="application/json")


class PaperParameters(Parameters):
    """As what a plan is told, and in which language."""

    format: Literal["pdf", "pptx", "html"] = Field("pdf")
    language: Literal["zh", "en"] | None = Field(
        None,
        description="语言；不写时按 lang=，再按 Accept-Language / language; none: that of lang=, "
        "then of Accept-Language",
    )
    lang: Literal["zh", "en"] | None = Field(None, description="同 language / the same")


@api.get(
    "/<int:id>/report",
    summary="给评审会的材料 / The plan for a committee",
    responses={
        200: {
            "content": {
                MEDIA_TYPES[one]: {"schema": {"type": "string", "format": "binary"}}
                for one in REPORTS
            }
        },
        409: Problem,
    },
)
@require(Permission.SEE_UNPUBLISHED)
@heavy
def report(path: RunPath, query: PaperParameters) -> Response:
    """Return the plan in one language: a summary, each site, what was not chosen, method and sources."""
    parts, suffix = services(), f".{query.format}"
    check_readable(parts.database, signed_in(), path.id)
    name, content = plan_file(
        parts.database, parts.settings, path.id, suffix, query.language or language()
    )
    response = Response(content, mimetype=MEDIA_TYPES[suffix])
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@api.get(
    "/<int:id>/regions",
    summary="分区域，前与后 / By region, before and after",
    responses={200: SitingRegions, 409: Problem},
)
@require(Permission.SEE_UNPUBLISHED)
def regions(path: RunPath) -> Response:
    """Return what each region has before and after the new sites."""
    check_readable(services().database, signed_in(), path.id)
    rows = siting_results.region_figures(services().database, path.id)
    return json_reply({"run": path.id, "regions": [one.model_dump() for one in rows]})
