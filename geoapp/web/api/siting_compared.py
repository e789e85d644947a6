"""``/api/v1/siting-runs/compare``: two to four plans beside each other."""

from typing import Annotated

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field

from geoapp.core.geo import from_wgs84
from geoapp.core.i18n import Text
from geoapp.core.roles import Permission
from geoapp.core.words import Datum
from geoapp.operations.facilities.naming import read_naming
from geoapp.operations.siting import results as siting_results
from geoapp.operations.siting.compare import check_plans, compare, plan_of_run
from geoapp.operations.siting.scenarios import check_readable
from geoapp.reports.siting.compared import Comparison, Row, Share
from geoapp.web.api.schemas import Problem, Words
from geoapp.web.edge.access import require, signed_in
from geoapp.web.edge.heavy import heavy
from geoapp.web.edge.parameters import Parameters
from geoapp.web.edge.replies import json_reply
from geoapp.web.edge.services import services

api = APIBlueprint(
    "siting_compare_api",
    __name__,
    url_prefix="/api/v1/siting-runs",
    abp_tags=[Tag(name="siting", description="选址 / siting runs")],
    abp_responses={404: Problem, 422: Problem, 503: Problem},
)


class CompareParameters(Parameters):
    """Which plans, the first being what the others are measured by, and the datum of positions."""

    run: Annotated[
        list[int],
        Field(description="2 至 4 个选址运行，重复写 run= / 2 to 4 siting runs, run= repeated"),
    ]
    datum: Datum = Datum.WGS84


class ComparedRow(BaseModel):
    """A line, with a value for each plan and by how much it differs from the first; null: says nothing."""

    label: Words
    measure: str
    values: list[Words | float | None]
    differences: list[Words | None]


class ComparedShare(BaseModel):
    """A district or a group: shares covered before and after, workers newly reached, by plan."""

    name: Words
    before: float | None
    after: list[float | None]
    added: list[float | None]


class ComparedSite(BaseModel):
    """A site of a plan."""

    order: int
    name: Words
    adds: float
    lon: float
    lat: float


class ComparisonAnswer(BaseModel):
    """Plans beside each other; ``alike``: whether shares mean the same in all of them."""

    runs: list[int]
    titles: list[Words]
    alike: bool
    sample: bool
    asked: list[ComparedRow]
    whole: list[ComparedRow]
    districts: list[ComparedShare]
    groups: list[ComparedShare]
    sites: list[list[ComparedSite]]


@api.get(
    "/compare",
    summary="两到四个方案并排比较 / Two to four plans beside each other",
    responses={200: ComparisonAnswer, 409: Problem},
)
@require(Permission.SEE_UNPUBLISHED)
@heavy
def compared(query: CompareParameters) -> Response:
    """Return what was asked differently, what plans cost, and who gains and loses by district and group."""
    parts = services()
    check_plans(query.run)
    for number in query.run:
        check_readable(parts.database, signed_in(), number)
    naming = read_naming(parts.database, parts.settings.timezone)
    found = compare(
        [
            plan_of_run(parts.database, naming, siting_results.finished(parts.database, number))
            for number in query.run
        ]
    )
    return json_reply(_answer(found, query.datum))


def _answer(found: Comparison, datum: Datum) -> dict[str, object]:
    return {
        "runs": list(found.runs),
        "titles": [_words(one) for one in found.titles],
        "alike": found.alike,
        "sample": found.sample,
        "asked": [_row(one) for one in found.asked],
        "whole": [_row(one) for one in found.whole],
        "districts": [_share(one) for one in found.districts],
        "groups": [_share(one) for one in found.groups],
        "sites": [[_site(one, datum) for one in sites] for sites in found.sites],
    }


def _words(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _row(row: Row) -> dict[str, object]:
    return {
        "label": _words(row.label),
        "measure": str(row.measure),
        "values": [_words(one) if isinstance(one, Text) else one for one in row.values],
        "differences": [None if one is None else _words(one) for one in row.differences()],
    }


def _share(share: Share) -> dict[str, object]:
    return {
        "name": _words(share.name),
        "before": share.before,
        "after": list(share.after),
        "added": list(share.added),
    }


def _site(site: tuple[int, Text, float, float, float], datum: Datum) -> dict[str, object]:
    order, name, adds, lon, lat = site
    shown_lon, shown_lat = from_wgs84(lon=lon, lat=lat, datum=datum)
    return {
        "order": order,
        "name": _words(name),
        "adds": adds,
        "lon": round(float(shown_lon), 7),
        "lat": round(float(shown_lat), 7),
    }
